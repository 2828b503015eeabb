"""All SQL of the office's own tables: what is overdue now, homes per butler, unanswered questions, fees."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from backend.desk.promise_queries import CLOCKS
from backend.models import Deadline, Home, Message, Record, Ticket
from backend.people.viewer import Viewer
from backend.reports.group_queries import Choice
from backend.reports.period import Span
from backend.reports.queries import is_newest, is_overdue
from backend.tickets.queries import visible
from backend.tickets.secret_queries import was_said_of

#: what the assistant says when it did not understand, or has no answer
UNCLEAR: Final = ("not_understood", "say_it_differently", "out_of_scope")
#: different wordings that one report shows
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Miss:
    """Words that were not understood: in which language, how often in the month, and when last."""

    text: str
    language: str
    times: int
    last_at: datetime


def count_overdue(session: Session, viewer: Viewer, choice: Choice) -> dict[str, tuple[int, datetime]]:
    """Return clock → (how many are late and open now, the due instant of the oldest)."""
    query = (
        visible(viewer)
        .with_only_columns(Deadline.clock, func.count(), func.min(Deadline.due_at))
        .select_from(Ticket)
        .join(Deadline, Deadline.ticket_id == Ticket.id)
        .where(Deadline.estate_id == choice.estate_id, Deadline.clock.in_(CLOCKS), is_overdue(choice.now))
        .group_by(Deadline.clock)
    )
    if choice.butler is not None:
        query = query.where(Ticket.butler_id == choice.butler)
    return {clock: (int(count), oldest) for clock, count, oldest in session.execute(query)}


def count_homes(session: Session, estate_id: int) -> dict[int | None, dict[str, int]]:
    """Return butler → tier → how many homes they answer for; None: the pool's."""
    query = (
        select(Home.butler_id, Home.tier, func.count())
        .where(Home.estate_id == estate_id)
        .group_by(Home.butler_id, Home.tier)
    )
    found: dict[int | None, dict[str, int]] = {}
    for butler, tier, count in session.execute(query):
        found.setdefault(butler, {})[tier] = int(count)
    return found


def list_misses(session: Session, viewer: Viewer, estate_id: int, span: Span) -> list[Miss]:
    """Return what residents wrote and the assistant did not understand, the most frequent first.

    Nothing that belongs to a complaint about whoever looks.
    """
    asked = aliased(Message)
    query = (
        _missed(viewer, asked, estate_id, span)
        .with_only_columns(asked.text, asked.language, func.count(), func.max(Message.sent_at))
        .group_by(asked.text, asked.language)
        .order_by(func.count().desc(), func.max(Message.sent_at).desc())
        .limit(MOST)
    )
    return [Miss(*row) for row in session.execute(query)]


def count_misses(session: Session, viewer: Viewer, estate_id: int, span: Span) -> int:
    """Return how often something was not understood, in however many wordings."""
    query = _missed(viewer, aliased(Message), estate_id, span).with_only_columns(func.count())
    return session.scalar(query) or 0


def _missed(viewer: Viewer, asked: type[Message], estate_id: int, span: Span) -> Select[Any]:
    return (
        select(Message.id)
        .select_from(Message)
        .join(asked, asked.id == Message.answers_id)
        .where(
            Message.estate_id == estate_id,
            Message.reply_kind.in_(UNCLEAR),
            Message.sent_at >= span.start,
            Message.sent_at < span.end,
            asked.text != "",
            ~was_said_of(viewer, asked),
        )
    )


def list_unknown(session: Session, viewer: Viewer, estate_id: int, span: Span) -> list[tuple[Ticket, Record]]:
    """Return the month's enquiries that the FAQ had no answer to (REC-07), the newest first."""
    query = _unknown(viewer, estate_id, span).order_by(Record.id.desc()).limit(MOST)
    return [(ticket, record) for ticket, record in session.execute(query)]


def count_unknown(session: Session, viewer: Viewer, estate_id: int, span: Span) -> int:
    """Return how many enquiries of the month the FAQ had no answer to."""
    query = _unknown(viewer, estate_id, span).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(query) or 0


def _unknown(viewer: Viewer, estate_id: int, span: Span) -> Select[Ticket, Record]:
    return (
        visible(viewer)
        .with_only_columns(Ticket, Record)
        .select_from(Ticket)
        .join(Record, Record.ticket_id == Ticket.id)
        .where(Record.kind == "REC-07", Record.estate_id == estate_id, is_newest())
        .where(Record.at >= span.start, Record.at < span.end)
        .where(Record.values["is_unknown"].as_boolean().is_(True))
    )


def list_fees(
    session: Session, viewer: Viewer, estate_id: int, span: Span
) -> list[tuple[dict[str, Any], Ticket | None]]:
    """Return the month's lines of the fee ledger (REC-16) as they stand, with the ticket of each.

    None of a ticket that is hidden from whoever looks.
    """
    shown = visible(viewer).with_only_columns(Ticket.id)
    query = (
        select(Record.values, Ticket)
        .outerjoin(Ticket, Ticket.id == Record.ticket_id)
        .where(
            Record.estate_id == estate_id,
            Record.kind == "REC-16",
            Record.at >= span.start,
            Record.at < span.end,
            is_newest(),
            Record.ticket_id.is_(None) | Record.ticket_id.in_(shown),
        )
        .order_by(Record.id)
    )
    return [(values, ticket) for values, ticket in session.execute(query)]
