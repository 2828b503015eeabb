"""Events as the page of seats shows them: who has a seat, who waits in which order, what may be done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.desk import tell_choice
from backend.desk.queue import Reader
from backend.desk.views import FieldView
from backend.tickets import seat_queries
from backend.tickets.seat_queries import Signed
from backend.tickets.work import actions_for
from intents.menu import Item, Menu
from locales import t
from locales.dates import format_moment


@dataclass(frozen=True, slots=True)
class PersonView:
    """One ticket of an event. ``place``: in the waiting line, from 1, 0 for those with a seat."""

    number: int
    version: int
    name: str
    home: str
    people: str
    since: str
    step: str
    place: int
    may_enter: bool
    may_cancel: bool
    fields: tuple[FieldView, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class EventView:
    """One event of an estate; ``taken_text`` says how its seats stand."""

    item: str
    title: str
    taken_text: str
    is_full: bool
    seats: FieldView
    seated: tuple[PersonView, ...]
    asked: tuple[PersonView, ...]
    waiting: tuple[PersonView, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """What a refused post brings back: the field's or the ticket's sentence, and what was typed."""

    item: str = ""
    number: int = 0
    error: str = ""
    typed: Mapping[str, str] | None = None


def list_items(menu: Menu) -> list[Item]:
    """Return the events of the menu."""
    return [one for one in menu.items.values() if one.workflow == seat_queries.WORKFLOW and not one.alias_of]


def events_of(
    reader: Reader, menu: Menu, settings: Mapping[str, object], people: Iterable[Signed], again: Again
) -> list[EventView]:
    """Word every event; those with people or counted seats first, each in the order of the menu."""
    rows = list(people)
    found = [
        _event(reader, one, seat_queries.capacity_of(settings, one.id), _of(rows, one.id), again)
        for one in list_items(menu)
    ]
    return sorted(found, key=lambda one: not (one.seated or one.asked or one.waiting or one.seats.value))


def _of(rows: Iterable[Signed], item: str) -> list[Signed]:
    return [one for one in rows if one.ticket.item_id == item]


def _event(reader: Reader, item: Item, seats: int | None, rows: list[Signed], again: Again) -> EventView:
    language = reader.language
    seated = [one for one in rows if one.ticket.step in seat_queries.TAKEN]
    waiting = [one for one in rows if one.ticket.step == "waiting"]
    taken = sum(seat_queries.party_of(one.ticket.slots) for one in seated)
    is_mine = again.item == item.id
    value = (again.typed or {}).get("seats", "") if is_mine else str(seats if seats is not None else "")
    return EventView(
        item=item.id,
        title=item.name.in_(language),
        taken_text=_stands(language, seats, taken),
        is_full=seats is not None and taken >= seats,
        seats=FieldView("seats", t(language, "Seats of this event"), "number", value, is_required=False,
                        hint=t(language, "Empty: not counted, everybody who asks is entered by hand."),
                        error=again.error if is_mine else ""),
        seated=tuple(_person(reader, one, again) for one in seated),
        asked=tuple(_person(reader, one, again) for one in rows if one.ticket.step == "open"),
        waiting=tuple(_person(reader, one, again, place) for place, one in enumerate(waiting, 1)),
    )  # fmt: skip


def _stands(language: str, seats: int | None, taken: int) -> str:
    if seats is None:
        return t(language, "{taken} signed up; seats are not counted", taken=taken)
    return t(language, "{taken} of {seats} seats taken", taken=taken, seats=seats)


def _person(reader: Reader, row: Signed, again: Again, place: int = 0) -> PersonView:
    language, ticket = reader.language, row.ticket
    allowed = actions_for(ticket, reader.viewer)
    is_mine = again.number == ticket.number
    typed = again.typed or {} if is_mine else {}
    reason = FieldView("reason", t(language, "Reason"), "text", typed.get("reason", ""))
    return PersonView(
        number=ticket.number,
        version=ticket.version,
        name=row.resident.name if row.resident else t(language, "Visitor"),
        home=row.home.code if row.home else "",
        people=_people(language, seat_queries.party_of(ticket.slots)),
        since=t(language, "asked {moment}",
                moment=format_moment(language, ticket.received_at, reader.zone, reader.now)),
        step=ticket.step,
        place=place,
        may_enter="move" in allowed and ticket.step in ("open", "waiting"),
        may_cancel="cancel" in allowed,
        fields=(reason, tell_choice.field_of(language, value=typed.get(tell_choice.TELL, ""))),
        error=again.error if is_mine else "",
    )  # fmt: skip


def _people(language: str, count: int) -> str:
    return t(language, "1 person") if count == 1 else t(language, "{count} people", count=count)
