"""Telling a resident who came, and how a ticket ended: done and asked about, or refused and why.

Nothing here commits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.models import Ticket, User
from backend.people.viewer import Viewer
from backend.tickets import arriving, milestones, news, queries, telling, wording
from backend.tickets.steps_told import next_of
from backend.tickets.telling import Reader
from backend.tickets.work import actions_of
from locales import N_, t

#: whose resident is asked at the end whether everything is right (SLA-06, SLA-26); not after a visitor's pass
ASKED: Final = frozenset(
    {"repair", "housekeeping", "general", "paid", "booking", "aid", "standing_report", "warranty"}
)
#: who does the work of a step that is no colleague's → how a resident reads of them
STRANGERS: Final[Mapping[str, str]] = {"P": N_("our partner’s staff"), "DEV": N_("the contractor’s staff")}
#: steps at which somebody said no, in words of their own
REFUSED: Final = frozenset({"refused", "rejected", "declined", "unavailable", "redirected"})


def tell_arrival(session: Session, ticket: Ticket, reader: Reader, now: datetime, viewer: Viewer) -> None:
    """Somebody is on site: the engineer or guard by name; what a colleague recorded of a provider's staff
    is never told as their own coming."""
    if ticket.workflow not in arriving.VISITS:
        return
    named = session.get(User, ticket.worker_id) if ticket.worker_id else None
    if named is not None:
        who = named.name(reader.language)
    else:
        following = next_of(ticket.workflow, ticket.step)
        theirs = STRANGERS.get(following.actor) if following else None
        who = t(reader.language, theirs) if theirs else viewer.name(reader.language)
    pushed = wording.arrived(reader.language, reader.address_as, ticket.number, who)
    telling.push(session, ticket, reader, pushed, now, "arrived")


def tell_done(
    session: Session, ticket: Ticket, reader: Reader, now: datetime, cost_fen: int | None = None
) -> None:
    """The work is over, at the price that was booked: ask whether it is right, where that is asked at all."""
    if ticket.workflow == "emergency":
        pushed = wording.safe(reader.language, reader.address_as, ticket.number)
    elif ticket.manner in ASKED and cost_fen:
        about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language),
                           now, reader.zone)  # fmt: skip
        pushed = news.done_at(about, wording.money(cost_fen))
    elif ticket.manner in ASKED:
        pushed = wording.done(reader.language, reader.address_as, ticket.number, ticket.name(reader.language))
    else:
        return
    telling.push(session, ticket, reader, pushed, now, "done")


def tell_signed(session: Session, ticket: Ticket, reader: Reader, now: datetime) -> None:
    """The sign-off that was asked for in the chat took the place of the question for an opinion: it comes
    back now. Nothing is said where no sign-off was asked for there, or the work was judged already."""
    asked = (
        one
        for one in queries.list_pushes(session, ticket.id)
        if one.reply_kind == "to_confirm" and one.values.get("cycle") == ticket.cycle
    )
    if next(asked, None) is None or "follow_up" not in actions_of(ticket):
        return
    about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language), now,
                       reader.zone)  # fmt: skip
    telling.push(session, ticket, reader, news.signed(about), now, "done")


def tell_dropped(session: Session, ticket: Ticket, reader: Reader, now: datetime, reason: str) -> None:
    """It goes no further here, and why; what another ticket carries on is told there, and what has a
    sentence of its own (no loan is free) by that."""
    if milestones.is_news(ticket.workflow, ticket.step):
        return
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
