"""What needs a person, as the page shows it: each matter with its sentence and what can be done."""

from dataclasses import dataclass
from typing import Any, Final

from backend.desk import reach
from backend.desk.parts import Part
from backend.desk.promises import person
from backend.desk.queue import Reader
from backend.models import StaffAddress
from backend.notifier.faults import fault_of
from backend.office.attention_queries import Trouble
from locales import N_, t
from locales.dates import format_moment

#: so much of a message stands in the list
SHOWN: Final = 160


@dataclass(frozen=True, slots=True)
class MatterView:
    """One matter. ``action`` is the address of its button, ``href`` of its ticket (either may be empty)."""

    id: int
    at: str
    time: str
    full_time: str
    who: str
    words: str
    lang: str
    sentence: str
    href: str = ""
    action: str = ""
    button: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Matters of one kind; ``hint`` says what happened by itself and what is left to do.

    ``part``: how many there are, and the way to the others.
    """

    name: str
    icon: str
    title: str
    hint: str
    matters: tuple[MatterView, ...]
    part: Part[Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What the queries found. ``dead``: alerts to staff that were given up of late."""

    parked: Part[Trouble]
    undelivered: Part[Trouble]
    lost: Part[Trouble]
    staff: Part[StaffAddress]
    dead: int = 0


def groups_of(reader: Reader, found: Found) -> tuple[Group, ...]:
    """Word everything; kinds with nothing in them are left out."""
    made = (_parked(reader, found.parked), _undelivered(reader, found.undelivered),
            _lost(reader, found.lost), _staff(reader, found.staff, found.dead))  # fmt: skip
    return tuple(one for one in made if one.matters or one.part.count)


def _parked(reader: Reader, part: Part[Trouble]) -> Group:
    language = reader.language
    button = t(language, "I have seen to it")
    return Group(
        "parked",
        "triangle-alert",
        t(language, "Messages the assistant could not handle"),
        t(language, "The resident was told that a person will look, and a ticket was opened."),
        tuple(
            _matter(reader, one, t(language, "Fault {id}", id=one.error_id or "–"),
                    f"/attention/{one.id}/settle", button)
            for one in part.rows
        ),
        part,
    )  # fmt: skip


def _undelivered(reader: Reader, part: Part[Trouble]) -> Group:
    language = reader.language
    return Group(
        "undelivered",
        "send",
        t(language, "Messages that did not arrive"),
        t(language, "Try again, or ring the resident. In the web chat they can be read all the same."),
        tuple(
            _matter(reader, one, _why(language, one), f"/attention/{one.id}/send", t(language, "Send again"))
            for one in part.rows
        ),
        part,
    )


def _why(language: str, trouble: Trouble) -> str:
    sentence = reach.UNDELIVERED.get(trouble.reason, N_("Not delivered"))
    return t(language, sentence, channel=reach.channel_name(language, trouble.channel))


def _lost(reader: Reader, part: Part[Trouble]) -> Group:
    language = reader.language
    return Group(
        "lost",
        "ban",
        t(language, "Residents out of reach, with an open ticket"),
        t(language, "They no longer hear from us where they wrote. Please ring them."),
        tuple(
            _matter(reader, one, t(language, "{channel}: the resident {reason}",
                                   channel=reach.channel_name(language, one.channel),
                                   reason=reach.reason_of(language, one.reason)))
            for one in part.rows
        ),
        part,
    )  # fmt: skip


def _staff(reader: Reader, part: Part[StaffAddress], dead: int) -> Group:
    """The addresses of staff that fail; several given up at once without one that fails is a matter too."""
    language = reader.language
    matters = [
        MatterView(one.id, "", "", "", one.label, "", "", fault_of(language, one.fault), "/settings/alerts")
        for one in part.rows
    ]
    if dead and not part.count:
        sentence = t(language, "{count} alerts to staff were given up within a day", count=dead)
        matters = [MatterView(0, "", "", "", sentence, "", "", "", "/settings/alerts")]
    return Group(
        "staff",
        "bell",
        t(language, "Alerts that do not reach staff"),
        t(language, "Colleagues who do not open this page hear nothing. Please test the address."),
        tuple(matters),
        part,
    )


def _matter(reader: Reader, one: Trouble, sentence: str, action: str = "", button: str = "") -> MatterView:
    home = one.home.code if one.home else ""
    name = person(reader.language, one.resident)
    words = one.words if len(one.words) <= SHOWN else one.words[: SHOWN - 1] + "…"
    moment = format_moment(reader.language, one.at, reader.zone, reader.now)
    return MatterView(
        id=one.id,
        at=one.at.isoformat(),
        time=moment,
        full_time=moment,
        who=" ".join(part for part in (home, name) if part),
        words=words,
        lang="zh-Hans-CN" if one.language == "zh" else "en",
        sentence=sentence,
        href=f"/tickets/{one.ticket_number}" if one.ticket_number else "",
        action=action,
        button=button,
    )
