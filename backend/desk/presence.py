"""Who else is at this ticket and who writes there. Signs of life are rows, so that every process knows them.

Times are real ones: the demo clock may leap, people do not. Nothing here commits.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend.desk import presence_queries as queries
from backend.desk.talk_views import Watching
from backend.messages import live
from backend.models import Presence, Ticket, User
from backend.people.viewer import Viewer
from locales import N_, t

#: how long after the last key somebody still counts as writing, for colleagues
WRITES: Final = timedelta(seconds=15)
BOTH: Final = N_("Another colleague is writing to this resident at this moment: {names}. Send yours too?")


def seen(session: Session, viewer: Viewer, ticket: Ticket, now: datetime, *, writes: bool = False) -> None:
    """Note a sign of life; pages are told when somebody came or began to write."""
    row = queries.find_own(session, viewer, ticket)
    was_here = row is not None and row.seen_at > now - queries.HERE
    wrote = row is not None and _writes(row, now)
    if row is None:
        queries.forget_old(session, viewer, now)
        row = Presence(user_id=viewer.user_id, ticket_id=ticket.id, estate_id=ticket.estate_id, seen_at=now,
                       typing_until=None)  # fmt: skip
        session.add(row)
    row.seen_at = now
    if writes:
        row.typing_until = now + WRITES
    if not was_here or (writes and not wrote):
        _tell(session, viewer, ticket, now)


def stopped(session: Session, viewer: Viewer, ticket: Ticket, now: datetime) -> None:
    """Note that nothing is being written any more."""
    row = queries.find_own(session, viewer, ticket)
    if row is not None and _writes(row, now):
        row.typing_until = None
        _tell(session, viewer, ticket, now)


def left(session: Session, viewer: Viewer, ticket: Ticket, now: datetime) -> None:
    """Note that the page was closed."""
    row = queries.find_own(session, viewer, ticket)
    if row is not None:
        session.delete(row)
        _tell(session, viewer, ticket, now)


def watching(session: Session, viewer: Viewer, ticket: Ticket, language: str, now: datetime) -> Watching:
    """Word who else is here; empty words when nobody is."""
    others = queries.list_others(session, viewer, ticket, now)
    text = t(language, "Also here: {names}", names=_names(language, [u for u, _ in others])) if others else ""
    writing = [user for user, row in others if _writes(row, now)]
    typing = t(language, "Writing here now: {names}", names=_names(language, writing)) if writing else ""
    return Watching(text, typing, viewer.user_id)


def writers(session: Session, viewer: Viewer, ticket: Ticket, language: str, now: datetime) -> str:
    """Return the names of the colleagues who are writing here now; "" when nobody is."""
    others = queries.list_others(session, viewer, ticket, now)
    return _names(language, [user for user, row in others if _writes(row, now)])


def _writes(row: Presence, now: datetime) -> bool:
    return row.typing_until is not None and row.typing_until > now


def _names(language: str, users: Sequence[User]) -> str:
    return ("、" if language == "zh" else ", ").join(user.name(language) for user in users)


def _tell(session: Session, viewer: Viewer, ticket: Ticket, now: datetime) -> None:
    """Tell pages, and whose doing it was: their own pages have nothing new to ask for."""
    told = {"number": ticket.number, "by": viewer.user_id}
    live.emit(session, ticket.estate_id, "presence", told, now)
