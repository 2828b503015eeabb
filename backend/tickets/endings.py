"""Telling a resident how a ticket ended: done and asked about, or refused and why. Nothing here commits."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.models import Ticket
from backend.tickets import news, telling, wording
from backend.tickets.telling import Reader

#: whose resident is asked at the end whether everything is right (SLA-06, SLA-26)
ASKED: Final = frozenset(
    {"repair", "housekeeping", "general", "paid", "booking", "aid", "standing_report", "warranty"}
)
#: steps at which somebody said no, in words of their own
REFUSED: Final = frozenset({"refused", "rejected", "declined", "unavailable", "redirected"})


def tell_done(session: Session, ticket: Ticket, reader: Reader, now: datetime) -> None:
    """The work is over: ask whether it is right, where that is asked at all."""
    if ticket.workflow == "emergency":
        pushed = wording.safe(reader.language, reader.address_as, ticket.number)
    elif ticket.workflow in ASKED:
        pushed = wording.done(reader.language, reader.address_as, ticket.number, ticket.name(reader.language))
    else:
        return
    telling.push(session, ticket, reader, pushed, now, "done")


def tell_dropped(session: Session, ticket: Ticket, reader: Reader, now: datetime, reason: str) -> None:
    """It goes no further here, and why; what another ticket carries on is told there."""
    about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language), now,
                       reader.zone)  # fmt: skip
    if ticket.step == "merged":
        pushed = news.merged(about)
    elif ticket.step in REFUSED and reason:
        pushed = news.refused(about, reason)
    elif reason:
        pushed = wording.cancelled(reader.language, reader.address_as, ticket.number, reason)
    else:
        return
    telling.push(session, ticket, reader, pushed, now, "cancelled")
