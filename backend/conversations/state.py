"""The values of a conversation: what is remembered, what is known, what is heard, what is decided.

Pure: standard library and ``intents`` only.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from intents.meaning import Intent, Meaning, TimeWindow

Slots = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A wish whose details are being taken. ``step``: asking, confirming, changing, day (of when).

    ``said``: the person's own words for details that are choices, where those words are known.
    ``wants_consent``: a tenant's wish that needs the owner's; ``told_needs``: papers and rules were told.
    ``incident``: the one that this report may be part of.
    """

    item: str
    slots: dict[str, Any]
    words: str
    own_words: bool
    asked_at: str
    step: str = "asking"
    asking: str | None = None
    asked: tuple[str, ...] = ()
    file_ids: tuple[str, ...] = ()
    said: dict[str, str] = field(default_factory=dict)
    wants_consent: bool = False
    told_needs: bool = False
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What one channel link remembers between messages; stored as JSON on the link.

    ``said_at``: when the bot last spoke. ``expects``: details, new_time or cancel, of
    the ticket ``about``; alarm: details of the emergency that was raised just now; thing: which of them
    has failed again.
    ``unsettled``: earlier words for which services were offered, and none was chosen.
    ``place`` and ``file_ids`` came before it was said what they are about. ``aside``: a choice that was
    open when another wish began; it is asked again after that. ``question``: the last one that was answered.
    """

    form: Form | None = None
    waiting: tuple[dict[str, Any], ...] = ()
    failures: int = 0
    offered: tuple[str, ...] = ()
    offered_words: str = ""
    offered_slots: dict[str, Any] = field(default_factory=dict)
    offered_at: str = ""
    unsettled: tuple[str, ...] = ()
    other_language: int = 0
    language_offered: bool = False
    about: int | None = None
    expects: str | None = None
    file_ids: tuple[str, ...] = ()
    said_at: str = ""
    place: str = ""
    aside: dict[str, Any] = field(default_factory=dict)
    question: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "State":
        """Read a stored state; an unknown or missing field falls back to its default."""
        known = {k: v for k, v in data.items() if k in cls.__dataclass_fields__}
        form = known.pop("form", None)
        if form:
            fields = {k: v for k, v in form.items() if k in Form.__dataclass_fields__}
            for name in ("asked", "file_ids"):
                fields[name] = tuple(fields.get(name, ()))
            known["form"] = Form(**fields)
        for name in ("waiting", "offered", "file_ids", "unsettled"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket of this resident that is not closed, as the dialogue may speak of it.

    ``own``: the kinds of steps it waits for that are the resident's own (``tickets.own_steps``).
    ``is_timed``: an agreed visit still lies ahead. ``words``, ``where``, ``slots``: what it was opened with.
    """

    number: int
    item: str
    name: str
    workflow: str
    state: str
    step: str
    actions: tuple[str, ...]
    who: str
    due_at: datetime | None
    clock: str | None
    wants_follow_up: bool = False
    opened_at: datetime | None = None
    own: tuple[str, ...] = ()
    is_timed: bool = True
    words: str = ""
    where: str = ""
    slots: Slots = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownIncident:
    """An incident that staff have opened: what is told about it (``text``), and who is on it."""

    id: int
    topic: str
    building: str
    state: str
    text: str
    who: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the house knows at this moment; read fresh for every turn, never stored with the state.

    ``pointed``: the open ticket whose message the person answers by the channel's own reply. ``staff_on``:
    the open ticket of which a person of the house wrote last, in the quiet half hour after it. ``kind``:
    owner, tenant or family, "" for a visitor.
    """

    language: str
    zone: str
    estate: str
    hotline: str
    linked: bool
    kind: str = ""
    channel: str = "web"
    address_as: str = ""
    home: str = ""
    butler: str = ""
    tickets: tuple[OpenTicket, ...] = ()
    is_quiet: bool = False
    human_replied_at: datetime | None = None
    pointed: int | None = None
    staff_on: int | None = None
    building: str = ""
    incidents: tuple[KnownIncident, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button, already checked to be this person's and unused."""

    action: str
    values: Slots


@dataclass(frozen=True, slots=True)
class Attachment:
    """Without words of their own: photos, a voice message, or a place (``words``: the place in words).

    ``refused``: why another file of the same message could not be taken (too_large, kind).
    """

    file_ids: tuple[str, ...] = ()
    is_voice: bool = False
    words: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Words with their meaning, and files that came with them."""

    meaning: Meaning
    file_ids: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Odd:
    """What cannot be read: a sticker, an unsupported kind, a foreign_contact, a refused file (``reason``)."""

    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """A message in a new wording after its turn. ``before``: the old one; ``ticket``: where it belongs.

    ``is_last``: the person has written nothing since; ``was_unclear``: the old wording said nothing to us.
    """

    said: Said
    is_last: bool
    before: str = ""
    ticket: int | None = None
    was_unclear: bool = False


Heard = Said | Press | Attachment | Odd | Edited


@dataclass(frozen=True, slots=True)
class Button:
    """``label`` is a kind worded later; ``values`` are its holes and the press's own values."""

    label: str
    action: str
    values: Slots = field(default_factory=dict)
    single: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """One bubble: its kind, holes and buttons. ``order`` names the order whose ticket it speaks of."""

    kind: str
    values: Slots = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    order: int | None = None
    ticket: int | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Order: open a ticket with its clocks. ``reason``: confirmed, complaint, emergency, voice, handover."""

    item: str
    slots: Slots
    words: str
    asked_at: str
    reason: str
    file_ids: tuple[str, ...] = ()
    emergency_kind: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Order: show this form to the butler should its owner fall silent; ``noted``: words of what waits."""

    form: Form
    noted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndDraft:
    """Order: the draft of this link is over: confirmed, dropped or handed_over."""

    outcome: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    language: str


@dataclass(frozen=True, slots=True)
class OnTicket:
    """Order on an open ticket: urge, cancel, follow_up, add, reschedule, own, not_helped."""

    verb: str
    number: int
    values: Slots = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Learn:
    """Order: the person chose ``item`` for these words; an operator may make an example of it."""

    item: str
    words: str


Order = Open | KeepDraft | EndDraft | SetLanguage | OnTicket | Learn


@dataclass(frozen=True, slots=True)
class Turn:
    """The decision: what to remember, what to say, what to do."""

    state: State
    replies: tuple[Reply, ...] = ()
    orders: tuple[Order, ...] = ()

    def also(self, *orders: Order) -> "Turn":
        return replace(self, orders=self.orders + orders)


@dataclass(frozen=True, slots=True)
class OrLater(TimeWindow):
    """ "After three": no moment of its own, but the first one that suits."""


class HoursAlone(dict[str, Any]):
    """A window whose day nobody named. Only while a message is read: stored, it is a window like any."""


class Told(str):
    """A choice with the person's own words for it. Only while a message is read: stored, it is the choice."""

    words: str = ""

    @classmethod
    def of(cls, choice: str, words: str) -> "Told":
        told = cls(choice)
        told.words = words
        return told


#: details that a person names; of others ("I am home") the menu's words say better what was understood
_NAMED: Final = frozenset({"where", "origin", "dest", "appliance"})
_MARKUP: Final = re.compile(r"[<>*_`~#|\\\[\]{}@/:：。！？!?\d]")
_LONGEST_TOLD: Final = 24


def own_words(slots: Slots) -> dict[str, str]:
    """The person's words for choices, where they are short and plain enough to be read back."""
    told = {k: " ".join(v.words.split()) for k, v in slots.items() if isinstance(v, Told) and k in _NAMED}
    return {k: v for k, v in told.items() if v and len(v) <= _LONGEST_TOLD and not _MARKUP.search(v)}


def window_json(window: TimeWindow) -> dict[str, Any]:
    kind = dict if window.day_named else HoursAlone
    later = {"or_later": True} if isinstance(window, OrLater) else {}
    return kind(
        {
            "start": window.start.isoformat() if window.start else None,
            "end": window.end.isoformat() if window.end else None,
            "grain": window.grain,
            **later,
        }
    )


def slot_values(intent: Intent) -> dict[str, Any]:
    """Return an intent's slots as plain JSON values under the menu's slot ids."""
    values: dict[str, Any] = {}
    for name, value in intent.slots.items():
        if isinstance(value, TimeWindow):
            values["when"] = window_json(value)
        elif name == "recurrence" and value is not None:
            values["freq"] = _plain(value)
        elif name == "duration_minutes":
            values["duration"] = value
        elif name in ("asap", "any_time") and value:
            values["when"] = {"asap": True}
        elif isinstance(value, str | int) and not name.endswith("_problem"):
            is_told = isinstance(value, str) and name in intent.said
            values[name] = Told.of(str(value), intent.said[name]) if is_told else value
    return values


def _plain(value: object) -> Any:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value  # type: ignore[call-overload]


def free_windows(now: datetime) -> tuple[TimeWindow, TimeWindow]:
    """Return the next two parts of a day (08–12, 13–18) that begin at least two hours after local ``now``."""
    found: list[TimeWindow] = []
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    while len(found) < 2:
        for first, last in ((8, 12), (13, 18)):
            start = day + timedelta(hours=first)
            if start >= now + timedelta(hours=2) and len(found) < 2:
                found.append(TimeWindow(start, day + timedelta(hours=last), "part_of_day"))
        day += timedelta(days=1)
    return found[0], found[1]
