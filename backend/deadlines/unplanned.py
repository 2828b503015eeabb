"""A promise that cannot be reckoned, because the estate's calendar has no open day, must be told, not hidden.

The ticket is opened all the same, without that clock; the manager hears of it once, and the log each time.
Nothing here commits.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend import logs
from backend.deadlines import alerts, claims, queries
from backend.deadlines.alerts import Call
from backend.deadlines.faults import DeadlineError
from backend.deadlines.promises import Policy
from backend.models import Ticket

TOLD = ("manager", "admin")


def tell_unplanned(
    session: Session, ticket: Ticket, policy: Policy, error: DeadlineError, at: datetime
) -> None:
    """Log why a clock was not started, and let managers and administrators know, once for each calendar."""
    estate = queries.get_estate(session, ticket.estate_id)
    logs.get("deadlines").warning(
        "clock_not_started",
        ticket=ticket.number,
        clock=policy.id,
        calendar=estate.calendar,
        because=str(error),
    )
    values = {"number": ticket.number, "name": policy.name, "what": "calendar", "calendar": estate.calendar}
    team = claims.list_team(session, [estate.id], at).get(estate.id, [])
    alerts.write(
        session,
        [
            Call(estate.id, one.id, "attention", at, f"calendar:{estate.id}:{estate.calendar}", ticket.id,
                 None, policy.id, values)
            for one in team
            if one.role in TOLD
        ],
        at,
    )  # fmt: skip
