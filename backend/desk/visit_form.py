"""What the desk's forms ask and propose about going to a home: when, and whether anybody was there at all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from backend.desk import next_step, price_form
from backend.desk.views import Choice, FieldView
from backend.models import Ticket
from backend.tickets import lifecycle, unvisited
from backend.tickets.spans import WISHED
from locales import N_, t
from locales.dates import format_window

if TYPE_CHECKING:
    from backend.desk.forms import Desk

WAS_THERE: Final = "was_there"
#: what a resident who names an hour alone, or nobody at all, is given
USUAL: Final = timedelta(hours=2)
#: a wish that leaves more open than this is a day, and no time to come
LONGEST: Final = timedelta(hours=5)
#: the details in which a resident wished for a time, a change of it first
_EDGES: Final = ("start", "end")
PENDING: Final = N_("asks for another time: {window}")
WISHES: Final = (WISHED, "when")


def is_asked(desk: "Desk") -> bool:
    """Whether an emergency would end now of which nobody recorded that somebody came."""
    machine = lifecycle.machine_of(desk.ticket.workflow, desk.ticket.step)
    return unvisited.is_open(machine, desk.ticket.step)


def fields_of(desk: "Desk") -> tuple[FieldView, ...]:
    """Whether somebody was there, where that is asked."""
    if not is_asked(desk):
        return ()
    choices = (Choice("yes", t(desk.language, "Yes, somebody was there")),
               Choice("no", t(desk.language, "No, nobody had to go")))  # fmt: skip
    label = t(desk.language, N_("Was somebody there?"))
    return (FieldView(WAS_THERE, label, "radio", choices=choices),)


def read(desk: "Desk", body: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """The body of finished work; without the question nothing is said about who was there."""
    said = body.pop(WAS_THERE, "")
    made = price_form.read(desk, body, errors)
    return {**made, WAS_THERE: said == "yes"} if said else made


def window_of(desk: "Desk") -> tuple[datetime, datetime]:
    """When a visit is proposed: as it is agreed, else as the resident wished, else the next hour by day."""
    ticket = desk.ticket
    pending = wished(ticket, desk.now, (WISHED,))
    if pending is not None:
        return pending
    if ticket.appointment_start is not None:
        return _whole(ticket.appointment_start, ticket.appointment_end)
    found = wished(ticket, desk.now)
    return found or _whole(next_step.proposed_start(ticket, desk.now, desk.zone), None)


def wished(
    ticket: Ticket, now: datetime, names: tuple[str, ...] = WISHES
) -> tuple[datetime, datetime] | None:
    """Return the time to come that a resident wished for; None for a mere day, or what is over."""
    for name in names:
        start, end = _edges(ticket.slots.get(name))
        if start is None or start <= now or (end is not None and end - start > LONGEST):
            continue
        return _whole(start, end)
    return None


def pending(language: str, ticket: Ticket, zone: str) -> str:
    """Say which other time the resident asks for, until it is confirmed or declined; "" where none."""
    value = ticket.slots.get(WISHED)
    if not isinstance(value, Mapping) or ticket.state not in ("open", "waiting"):
        return ""
    start, end = (datetime.fromisoformat(value[edge]) if value.get(edge) else None for edge in _EDGES)
    window = format_window(language, start, end, zone, str(value.get("grain", "hour")))
    return t(language, PENDING, window=window)


def _edges(value: Any) -> tuple[datetime | None, datetime | None]:
    if not isinstance(value, Mapping) or value.get("grain") in ("day", "week"):
        return None, None
    start, end = (datetime.fromisoformat(value[edge]) if value.get(edge) else None for edge in _EDGES)
    return start, end


def _whole(start: datetime, end: datetime | None) -> tuple[datetime, datetime]:
    return start, end if end is not None and end > start else start + USUAL
