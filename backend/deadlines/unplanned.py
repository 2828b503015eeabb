"""A calendar that is of no use to a promise must be told, not hidden.

Without any open day no working days can be promised: the ticket is opened all the same, without that clock.
Under a name that nobody entered another calendar stands in. The manager hears of it once, the log each time.
Nothing here commits.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend import logs
from backend.deadlines import alerts, claims, queries
from backend.deadlines.alerts import Call
from backend.models import Ticket

TOLD = ("manager", "admin")


def tell_unplanned(session: Session, ticket: Ticket, clock: str, because: str, at: datetime) -> None:
    """Log what is wrong with the estate's calendar, and let managers and administrators know of it once."""
    estate = queries.get_estate(session, ticket.estate_id)
    logs.get("deadlines").warning(
        "calendar_of_no_use", ticket=ticket.number, clock=clock, calendar=estate.calendar, because=because
    )
    key = f"calendar:{estate.id}:{estate.calendar}"
    values = {"number": ticket.number, "what": "calendar", "calendar": estate.calendar}
    team = claims.list_team(session, [estate.id], at).get(estate.id, [])
    told = [
        Call(estate.id, one.id, "attention", at, key, ticket.id, values=values, is_live=True)
        for one in team
        if one.role in TOLD
    ]
    alerts.write(session, told, at)
