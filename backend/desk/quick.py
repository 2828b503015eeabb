"""Quick sends: a time, a name, a price … worded by us in both languages at once, so that nobody translates.

The resident gets their language; the butler sees both before it goes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from backend.desk import colleagues, words
from backend.desk.forms import BadForm, Desk, moment_text, read_moment
from backend.desk.views import FieldView
from locales import N_, html_tag, t
from locales.dates import format_window

LANGUAGES: Final = ("zh", "en")
MOST_MINUTES: Final = 24 * 60
MOST_YUAN: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A quick send: its name on the button and what it says when nothing has to be filled in."""

    name: str
    icon: str
    text: str


#: in the order in which they are offered
KINDS: Final[Mapping[str, Kind]] = {
    "thanks": Kind(N_("Thanks"), "check", N_("Thank you, I am looking into it now.")),
    "wait": Kind(N_("One moment"), "hourglass", N_("One moment, please. I am looking into it for you.")),
    "time": Kind(N_("A time"), "calendar-clock", N_("We will come at this time: {window}.")),
    "who": Kind(N_("A name"), "user-plus", N_("{name} ({role}) will come and see to it.")),
    "coming": Kind(N_("On the way"), "map-pin", N_("Our colleague is on the way to you.")),
    "late": Kind(N_("Running late"), "clock",
                 N_("I am sorry, we are running late. I will tell you the new time in a moment.")),
    "price": Kind(N_("Price"), "tags",
                  N_("I will send you the price first, and we start only when you agree.")),
    "which_time": Kind(N_("Which time?"), "calendar-clock", N_("Which time would suit you?")),
    "done": Kind(N_("Done"), "circle-check", N_("It is done. Please tell me if anything is not right.")),
}  # fmt: skip


#: what the butler should know before it goes (SLA-25)
HINTS: Final[Mapping[str, str]] = {
    "wait": N_("Once this is sent, the resident must hear more within a minute: a clock runs."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A quick send in both languages; ``lang`` marks the text for a screen reader."""

    language: str
    text: str
    lang: str
    is_sent: bool


def fields_of(desk: Desk, kind: str) -> tuple[FieldView, ...]:
    """Return what has to be filled in for ``kind``; nothing for most."""
    return FIELDS[kind](desk) if kind in FIELDS else ()


def _time_fields(desk: Desk) -> tuple[FieldView, ...]:
    hour = desk.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = desk.ticket.appointment_start or hour
    end = desk.ticket.appointment_end or start + timedelta(hours=2)
    return (
        FieldView("start", t(desk.language, "From"), "moment", moment_text(start, desk.zone)),
        FieldView("end", t(desk.language, "Until"), "moment", moment_text(end, desk.zone), is_required=False),
    )


def _who_fields(desk: Desk) -> tuple[FieldView, ...]:
    people = colleagues.choices(desk.language, desk.colleagues, desk.here)
    chosen = str(desk.ticket.worker_id or (people[0].value if people else ""))
    return (FieldView("user", t(desk.language, "Who comes"), "select", chosen, choices=people),)


def _late_fields(desk: Desk) -> tuple[FieldView, ...]:
    label = t(desk.language, "How many minutes later")
    return (FieldView("minutes", label, "number", "", is_required=False),)


def _price_fields(desk: Desk) -> tuple[FieldView, ...]:
    return (FieldView("amount", t(desk.language, "Price in yuan"), "number", "", is_required=False),)


FIELDS: Final[Mapping[str, Callable[[Desk], tuple[FieldView, ...]]]] = {
    "time": _time_fields,
    "who": _who_fields,
    "late": _late_fields,
    "price": _price_fields,
}


def said(desk: Desk, kind: str, typed: Mapping[str, str]) -> tuple[Said, ...]:
    """Word a quick send in both languages, the resident's first. Raises BadForm."""
    word = WORDED[kind](desk, typed) if kind in WORDED else lambda language: t(language, KINDS[kind].text)
    order = sorted(LANGUAGES, key=lambda language: language != desk.reader_language)
    return tuple(Said(one, word(one), html_tag(one), one == desk.reader_language) for one in order)


Worded = Callable[[str], str]


def _time(desk: Desk, typed: Mapping[str, str]) -> Worded:
    start = read_moment(typed.get("start", ""), desk.zone)
    end = read_moment(typed["end"], desk.zone) if typed.get("end") else None
    if start is None or (typed.get("end") and end is None):
        name = "start" if start is None else "end"
        raise BadForm({name: t(desk.language, "Please give a date and a time.")})
    if end is not None and end <= start:
        raise BadForm({"end": t(desk.language, "The end of the visit must be after its start.")})
    return lambda language: t(
        language, KINDS["time"].text, window=format_window(language, start, end, desk.zone)
    )


def _who(desk: Desk, typed: Mapping[str, str]) -> Worded:
    user = next((one for one in desk.colleagues if str(one.id) == typed.get("user")), None)
    if user is None:
        raise BadForm({"user": t(desk.language, "Please fill this in.")})
    return lambda language: t(
        language, KINDS["who"].text, name=user.name(language),
        role=words.name_of(language, words.ROLES, user.role),
    )  # fmt: skip


def _late(desk: Desk, typed: Mapping[str, str]) -> Worded:
    minutes = _whole(desk, typed, "minutes", MOST_MINUTES)
    if minutes is None:
        return lambda language: t(language, KINDS["late"].text)
    sentence = N_("I am sorry, we are running about {minutes} minutes late.")
    return lambda language: t(language, sentence, minutes=minutes)


def _price(desk: Desk, typed: Mapping[str, str]) -> Worded:
    amount = _whole(desk, typed, "amount", MOST_YUAN)
    if amount is None:
        return lambda language: t(language, KINDS["price"].text)
    sentence = N_("The price is {amount} yuan. We start only when you agree.")
    return lambda language: t(language, sentence, amount=amount)


def _whole(desk: Desk, typed: Mapping[str, str], name: str, most: int) -> int | None:
    text = typed.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:12]) <= most:
        raise BadForm({name: t(desk.language, "Please give a whole number.")})
    return int(text)


WORDED: Final[Mapping[str, Callable[[Desk, Mapping[str, str]], Worded]]] = {
    "time": _time,
    "who": _who,
    "late": _late,
    "price": _price,
}
