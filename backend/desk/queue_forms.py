"""The forms of what is done to a ticket's place in the queue: set aside, pass on, merge, split, take back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from backend.desk import colleagues
from backend.desk.views import Choice, FieldView
from backend.models import Message, Ticket, User
from backend.tickets.schemas import MAX_HANDOVER, MAX_REASON
from locales import N_, t
from locales.dates import format_moment, format_time, local

if TYPE_CHECKING:
    from backend.desk.forms import Desk

Errors = dict[str, str]
Body = dict[str, Any]
#: action → (icon, title, what the button says)
TITLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "set_aside": ("hourglass", N_("Set aside"), N_("Set aside")),
    "bring_back": ("play", N_("Bring back"), N_("Bring back")),
    "pass_on": ("users", N_("Pass on"), N_("Pass on")),
    "merge": ("link-2", N_("Same matter as …"), N_("Merge the two")),
    "separate": ("link-2", N_("Separate again"), N_("Separate again")),
    "not_arrived": ("x", N_("Not there yet: take back the arrival"), N_("Take back the arrival")),
    "split": ("plus", N_("Split off a part"), N_("Open the new ticket")),
}
#: what is taken back by another action: nobody outside was told of it, or they are told that it was wrong
UNDONE_BY: Final[Mapping[str, str]] = {"set_aside": "bring_back", "check_in": "not_arrived"}
QUIET: Final = frozenset(TITLES) - {"bring_back", "separate"}
DONE: Final[Mapping[str, str]] = {
    "set_aside": N_("Set aside. The clocks run on; “Bring back” undoes it."),
    "bring_back": N_("Back in the queue."),
    "pass_on": N_("Passed on. Your colleague and the resident have been told."),
    "merge": N_("Merged. The resident has been told; “Separate again” undoes it."),
    "separate": N_("Separated. It goes on under a new number, and the resident has been told."),
    "split": N_("Split. The new ticket counts from the first asking, and the resident has been told."),
}
HINTS: Final[Mapping[str, str]] = {
    "set_aside": N_("The clocks run on. It comes back by itself at that time, earlier when a promise is "
                    "nearly due, or when the resident writes."),
    "pass_on": N_("Your colleague gets the note, the resident is told who looks after it now, and no "
                  "promise starts anew."),
    "merge": N_("The older ticket goes on, and of two promises of one kind the stricter holds; the younger "
                "ticket ends, and its resident is told once."),
    "split": N_("The new ticket counts from when the resident first asked. The resident is told both "
                "numbers."),
}  # fmt: skip
#: a message in a list of them: this much is shown
SHOWN: Final = 80
#: of a ticket's words in a list of tickets
TOLD: Final = 40
MESSAGE: Final = "message."
#: over the messages to tick: what stands in this ticket, and what was written since and stands in none
SPLIT_OWN: Final = N_("Written about #{number}: tick what belongs to the new ticket")
SPLIT_BESIDE: Final = N_("Written since, about no ticket: tick what belongs to the new ticket")
AFTERNOON, EVENING, MORNING = 14, 17, 9


@dataclass(frozen=True, slots=True)
class Beside:
    """What these forms choose from; ``find_item`` gives the id of a service by any of its names, or ""."""

    alike: Sequence[Ticket] = ()
    messages: Sequence[Message] = ()
    on_duty: Sequence[User] = ()
    services: Sequence[str] = ()
    find_item: Callable[[str], str] = str


NOTHING_BESIDE: Final = Beside()


def _area(desk: "Desk", name: str, label: str, *, is_required: bool = True, limit: int = 0) -> FieldView:
    return FieldView(name, t(desk.language, label), "area", is_required=is_required, limit=limit)


def times(now: datetime, zone: str) -> dict[str, datetime]:
    """Return the times that are offered, by name: in a quarter, in an hour, this afternoon, tomorrow at 9."""
    here = local(now, zone)
    found = {"quarter": now + timedelta(minutes=15), "hour": now + timedelta(hours=1)}
    later = next((hour for hour in (AFTERNOON, EVENING) if here.hour < hour - 1), None)
    if later is not None:
        found["afternoon"] = _at(here, later)
    found["tomorrow"] = _at(here + timedelta(days=1), MORNING)
    return found


def _at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)


NAMES: Final[Mapping[str, str]] = {
    "quarter": N_("15 minutes"),
    "hour": N_("1 hour"),
    "afternoon": N_("This afternoon ({moment})"),
    "tomorrow": N_("Tomorrow ({moment})"),
    "own": N_("Another time"),
}


def _set_aside(desk: "Desk") -> tuple[FieldView, ...]:
    offered = times(desk.now, desk.zone)
    choices = tuple(
        Choice(name, t(desk.language, NAMES[name],
                       moment=format_time(at, desk.zone)))
        for name, at in offered.items()
    )  # fmt: skip
    own = Choice("own", t(desk.language, NAMES["own"]))
    return (
        FieldView("until", t(desk.language, "Until when"), "radio", "hour", choices=(*choices, own)),
        FieldView("at", t(desk.language, "The other time"), "moment", is_required=False),
        _area(desk, "reason", N_("Why it can wait"), limit=MAX_REASON),
    )


def read_set_aside(
    desk: "Desk", body: Body, errors: Errors, read: Callable[[str, str], datetime | None]
) -> Body:
    """``read``: reads a date-and-time field in the estate's zone."""
    chosen = body["until"]
    at = read(body.get("at", ""), desk.zone) if chosen == "own" else times(desk.now, desk.zone).get(chosen)
    if at is None or at <= desk.now:
        errors["at"] = t(desk.language, "Please give a date and a time that lie ahead.")
    return {"until": at, "reason": body["reason"]}


def _pass_on(desk: "Desk") -> tuple[FieldView, ...]:
    people = colleagues.choices(desk.language, desk.beside.on_duty)  # nobody else stands in this list
    nobody = "" if people else t(desk.language, "Nobody else is on duty now.")
    return (
        FieldView("user", t(desk.language, "To whom (on duty now)"), "select", choices=people, hint=nobody),
        _area(desk, "note", N_("What they must know"), limit=MAX_HANDOVER),
    )


def read_pass_on(desk: "Desk", body: Body, errors: Errors) -> Body:
    """A colleague of the list, by id."""
    return {"user": int(body["user"]), "note": body["note"]}


def _merge(desk: "Desk") -> tuple[FieldView, ...]:
    alike = tuple(Choice(str(one.number), _told(desk, one)) for one in desk.beside.alike)
    # One alone about the same service is proposed; of several nobody but the butler can tell which.
    kin = [str(one.number) for one in desk.beside.alike if one.item_id == desk.ticket.item_id]
    proposed = kin[0] if len(kin) == 1 else ""
    listed = FieldView("into", t(desk.language, "Which ticket is the same matter?"), "radio", proposed,
                       choices=alike, is_required=False)  # fmt: skip
    number = N_("Or the number of another ticket") if alike else N_("The number of the other ticket")
    return (
        *((listed,) if alike else ()),
        FieldView("number", t(desk.language, number), is_required=not alike),
        _area(desk, "note", N_("Note"), is_required=False),
    )  # fmt: skip


def _told(desk: "Desk", ticket: Ticket) -> str:
    """A ticket to choose: its number alone tells nobody what it is about."""
    told = [f"#{ticket.number} {ticket.name(desk.language)}", ticket.words[:TOLD],
            format_moment(desk.language, ticket.received_at, desk.zone, desk.now)]  # fmt: skip
    return " · ".join(filter(None, told))


def read_merge(desk: "Desk", body: Body, errors: Errors) -> Body:
    """A number that was written wins over the list."""
    text = (body.get("number") or body.get("into") or "").lstrip("#＃")
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 16 and int(text)):
        errors["number"] = t(desk.language, "Please choose a ticket or write its number.")
        return {}
    return {"into": int(text), "note": body.get("note")}


def _split(desk: "Desk") -> tuple[FieldView, ...]:
    services = tuple(Choice(name, name) for name in desk.beside.services)
    ordered = sorted(desk.beside.messages, key=lambda one: one.ticket_id != desk.ticket.id)
    said = tuple(_said(desk, one) for one in ordered if one.text)
    label = N_("Or in words: what the new ticket is about") if said else N_("What the new ticket is about")
    return (
        FieldView(
            "item",
            t(desk.language, "Which service is the new ticket about?"),
            "list",
            choices=services,
            hint=t(desk.language, "Type a few letters and choose."),
        ),
        *said,
        _area(desk, "words", label, is_required=not said),
    )


def _said(desk: "Desk", message: Message) -> FieldView:
    """A message to tick, with its hour; whether it is of this ticket or of none tells which ones to move."""
    own = message.ticket_id == desk.ticket.id
    group = SPLIT_OWN if own else SPLIT_BESIDE
    at = format_moment(desk.language, message.sent_at, desk.zone, desk.now)
    return FieldView(f"{MESSAGE}{message.id}", f"{at} · {message.text[:SHOWN]}", "check", is_required=False,
                     group=t(desk.language, group, number=desk.ticket.number))  # fmt: skip


def read_split(desk: "Desk", body: Body, errors: Errors) -> Body:
    """The service by any of its names; the messages by their boxes."""
    messages = [int(name[len(MESSAGE) :]) for name in body if _is_message(name)]
    found = desk.beside.find_item(body["item"])
    if not found:
        errors["item"] = t(desk.language, "Please choose a service from the menu.")
    if not messages and not body.get("words"):
        errors["words"] = t(desk.language, "Please choose what the new ticket is about: words or messages.")
    return {"item": found, "words": body.get("words"), "messages": messages}


def _is_message(name: str) -> bool:
    number = name.removeprefix(MESSAGE)
    return name != number and number.isascii() and number.isdigit() and len(number) < 16


FIELDS: Final[Mapping[str, Callable[["Desk"], tuple[FieldView, ...]]]] = {
    "set_aside": _set_aside,
    "pass_on": _pass_on,
    "merge": _merge,
    "split": _split,
}
READERS: Final[Mapping[str, Callable[["Desk", Body, Errors], Body]]] = {
    "pass_on": read_pass_on,
    "merge": read_merge,
    "split": read_split,
}
