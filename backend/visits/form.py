"""The form that plans or moves one visit: what stands in it, and what was typed as a wish."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from backend.desk import colleagues, tell_choice
from backend.desk.forms import BadForm
from backend.desk.queries import Entry
from backend.desk.queue import row_of
from backend.desk.views import Choice, FieldView
from backend.tickets.service import actions_for
from backend.visits import asked as addresses
from backend.visits import rules, wording
from backend.visits.service import Day, Told, Wish, changes, check, goers, instants, person_of
from backend.visits.views import MoveView
from backend.visits.wording import Teller
from locales import N_, html_tag, t
from locales.dates import format_window, local

MOST_REASON: Final = 500
NO_DAY: Final = N_("Please give the day as year-month-day.")
NO_TIME: Final = N_("Please give the time as hours and minutes, for example 14:30.")
BACKWARDS: Final = N_("The end of the visit must be after its start.")
WHY: Final = N_("Please say why it is planned all the same. The reason stands in the ticket.")
TELLS: Final = N_("The resident is told the new time once, in their language.")
READS: Final = N_("The resident reads:")
SILENT: Final = N_("The time stays as it is, so nothing is sent to the resident.")
NO_CHAT: Final = N_("The resident has no chat, so nothing can be sent. Please tell them by phone.")
UNTOLD: Final = N_("Nothing is sent to the resident. The timeline says so.")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the fields hold, whether from the address, the ticket or a refused post."""

    day: str
    start: str
    end: str
    person: str
    reason: str = ""
    tell: str = ""


def blank(teller: Teller, entry: Entry, given: Mapping[str, str]) -> Typed:
    """What the form starts with: what the address says, else the visit as it is, else the next full hour."""
    ticket = entry.ticket
    start = ticket.appointment_start or _next_hour(teller.reader.now)
    span = rules.span_of(start, ticket.appointment_end)
    begins, ends = local(span.start, teller.zone), local(span.end, teller.zone)
    asked_start = given.get("start", "")
    person = given.get("person", "")
    return Typed(
        day=given.get("day", "") or begins.date().isoformat(),
        start=asked_start or f"{begins:%H:%M}",
        end=given.get("end", "") or _later(asked_start, span.length) or f"{ends:%H:%M}",
        person=person if addresses.number_of(person) else str(person_of(ticket) or ""),
        reason=given.get("reason", ""),
        tell=given.get("tell", ""),
    )


def in_a_gap(teller: Teller, day: Day, entry: Entry, typed: Typed) -> Typed:
    """Return ``typed`` at the first whole hour of its day that nothing speaks against, else as it is."""
    for hour in range(24):
        start = f"{hour:02}:00"
        one = replace(typed, start=start, end=_later(start, rules.USUAL))
        wish = wish_of(teller, entry, one)
        if wish.start > teller.reader.now and not check(day, entry, wish):
            return one
    return typed


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _later(text: str, length: timedelta) -> str:
    """The end of a visit of this length that begins at ``text``; "" for what is no time."""
    start = time_of(text)
    if start is None:
        return ""
    day = date(2000, 1, 1)
    ends = datetime.combine(day, start) + min(length, rules.LOOSE)
    return f"{ends:%H:%M}" if ends.date() == day else "23:45"


def time_of(text: str) -> time | None:
    try:
        found = time.fromisoformat(text.strip().replace("：", ":"))
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def wish_of(teller: Teller, entry: Entry, typed: Typed) -> Wish:
    """Return what was typed as a wish. Raises BadForm with a sentence at each field."""
    language, errors = teller.language, dict[str, str]()
    day = addresses.day_of(typed.day, teller.asked.today)
    start, end = time_of(typed.start), time_of(typed.end)
    if day is None:
        errors["day"] = t(language, NO_DAY)
    for name, value in (("start", start), ("end", end)):
        if value is None:
            errors[name] = t(language, NO_TIME)
    person = addresses.number_of(typed.person)
    allowed = {one.id for one in goers(entry.ticket, teller.staff.values())} | {person_of(entry.ticket), 0}
    if person not in allowed:
        errors["person"] = t(language, "There is no active colleague of that name in this estate.")
    if errors or day is None or start is None or end is None:
        raise BadForm(errors)
    begins, ends = instants(day, start, end, teller.zone)
    if ends <= begins:
        raise BadForm({"end": t(language, BACKWARDS)})
    return _as_it_is(entry, Wish(begins, ends, person))


def _as_it_is(entry: Entry, wish: Wish) -> Wish:
    """Hours that were not touched leave the agreed instants alone, seconds and open ends with them."""
    ticket = entry.ticket
    if ticket.appointment_start is None:
        return wish
    span = rules.span_of(ticket.appointment_start, ticket.appointment_end)
    minute = timedelta(minutes=1)
    is_same = abs(wish.start - span.start) < minute and abs(wish.end - span.end) < minute
    return (
        replace(wish, start=ticket.appointment_start, end=ticket.appointment_end or span.end)
        if is_same
        else wish
    )


def conflicts_of(teller: Teller, day: Day, entry: Entry, wish: Wish) -> tuple[str, ...]:
    """What speaks against a wish, in words."""
    person = wish.person or person_of(entry.ticket)
    return tuple(wording.conflict_text(teller, day, one, person) for one in check(day, entry, wish))


def move_of(
    teller: Teller, entry: Entry, typed: Typed, *, back: str, conflicts: tuple[str, ...] = (),
    wish: Wish | None = None, errors: Mapping[str, str] | None = None, said: Told | None = None,
    has_chat: bool = True, here: Collection[int] = (),
) -> MoveView:  # fmt: skip
    """Word the form, with what was typed and a message at each field that needs one.

    ``here``: the ids of those on duty now, who are offered first and marked.
    """
    language, ticket, wrong = teller.language, entry.ticket, errors or {}
    has_time = ticket.appointment_start is not None
    names = (("day", N_("Day"), "date", typed.day), ("start", N_("From"), "time", typed.start),
             ("end", N_("Until"), "time", typed.end))  # fmt: skip
    fields = tuple(
        FieldView(name, t(language, label), kind, value, error=wrong.get(name, ""))
        for name, label, kind, value in names
    )
    now = format_window(language, ticket.appointment_start, ticket.appointment_end, teller.zone)
    return MoveView(
        title=t(language, N_("Move the visit") if has_time else N_("Plan the visit")),
        row=row_of(teller.reader, entry),
        now=now if has_time else t(language, "No time is agreed yet."),
        fields=(*fields, _people(teller, entry, typed, wrong, here)),
        conflicts=conflicts,
        reason=FieldView("reason", t(language, "Reason"), "area", typed.reason,
                         "" if wrong.get("reason") else t(language, WHY), wrong.get("reason", "")),
        told=t(language, _told(entry, typed, wish, said, has_chat)),
        said=said.text if said and tell_choice.is_told({"tell": typed.tell}) else "",
        said_lang=html_tag(said.language) if said else "",
        tell=tell_choice.field_of(language, value=typed.tell) if has_chat else None,
        call_off=_leading(teller, entry, "unschedule", back),
        cancel=_leading(teller, entry, "cancel", back),
        error=wrong.get("", ""),
        back=back,
        version=ticket.version,
        is_possible="schedule" in actions_for(ticket, teller.reader.viewer),
    )  # fmt: skip


def _told(entry: Entry, typed: Typed, wish: Wish | None, said: Told | None, has_chat: bool) -> str:
    """What comes of it for the resident."""
    if wish is not None and not changes(entry.ticket, wish)[0]:
        return SILENT
    if not has_chat:
        return NO_CHAT
    if not tell_choice.is_told({"tell": typed.tell}):
        return UNTOLD
    return READS if said else TELLS


def _leading(teller: Teller, entry: Entry, action: str, back: str) -> str:
    """Where the visit alone is called off, or its whole ticket, with the same choice; "" where not.

    ``back``: the calendar that doing it leads back to."""
    ticket = entry.ticket
    may = action in actions_for(ticket, teller.reader.viewer)
    return f"/tickets/{ticket.number}?{urlencode({'do': action, 'back': back})}" if may else ""


def _people(
    teller: Teller, entry: Entry, typed: Typed, wrong: Mapping[str, str], here: Collection[int]
) -> FieldView:
    """Who may go. A visit that has somebody stays with somebody: there is no way back to nobody."""
    language, mine = teller.language, person_of(entry.ticket)
    staff = colleagues.in_order(goers(entry.ticket, teller.staff.values()), here)
    choices = list(colleagues.choices(language, staff, here))
    if not mine:
        choices.insert(0, Choice("", t(language, "Nobody named yet")))
    elif mine not in {one.id for one in staff}:
        user = teller.staff.get(mine)
        choices.insert(0, Choice(str(mine), user.name(language) if user else t(language, "A colleague")))
    return FieldView("person", t(language, "Who goes"), "select", typed.person, error=wrong.get("person", ""),
                     choices=tuple(choices))  # fmt: skip
