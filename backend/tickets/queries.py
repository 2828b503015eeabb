"""All SQL about tickets. Every staff query takes the viewer: foreign rows do not exist for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    delete,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import (
    VISITOR,
    Alert,
    ComposerDraft,
    Counter,
    Deadline,
    Estate,
    IdempotencyKey,
    Message,
    Record,
    StoredFile,
    Ticket,
    TicketEvent,
    User,
    UserEstate,
)
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets.expiring import Expiry, Reminder

FIRST_NUMBER: Final = 1001
T = TypeVar("T")
OPEN_STATES: Final = ("open", "waiting")
#: constants in the statement's words, which cost less than values handed in each time
IS_UNFINISHED: Final = Ticket.state.in_([literal_column(f"'{one}'") for one in (*OPEN_STATES, "done")])
#: a bigint column cannot be asked for this, nor can a JSON reader hold it
TOO_LARGE: Final = 2**53
KEPT_FOR: Final = timedelta(hours=24)


#: passes that whoever is at the gate compares, visitors that are expected there, and permits that security
#: looks at (WF-20, WF-21)
_AT_THE_GATE: Final = (
    and_(Ticket.workflow == "release_pass", Ticket.step.in_(("approved", "released"))),
    and_(Ticket.item_id == VISITOR, Ticket.step != "cancelled"),
    and_(Ticket.workflow == "permit", Ticket.step != "cancelled"),
)


def visible(viewer: Viewer) -> Select[Ticket]:
    """Tickets that exist for this viewer: own estates, never a complaint about themselves."""
    query = select(Ticket).where(
        Ticket.estate_id.in_(viewer.estate_ids),
        or_(Ticket.hidden_from_id.is_(None), Ticket.hidden_from_id != viewer.user_id),
    )
    if not roles.sees_all_tickets(viewer.role):
        # Own jobs, and every emergency: whoever of the duty staff is nearest takes it (WF-19).
        own = [Ticket.worker_id == viewer.user_id, Ticket.workflow == "emergency"]
        query = query.where(or_(*own, *(_AT_THE_GATE if roles.stands_at_the_gate(viewer.role) else ())))
    return query


def get_ticket(session: Session, viewer: Viewer, number: int, *, lock: bool = False) -> Ticket:
    """Return the ticket. Raises NotFound for an unknown, foreign or hidden one alike."""
    if not 0 < number < TOO_LARGE:
        raise NotFound
    query = visible(viewer).where(Ticket.number == number)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    ticket = session.scalars(query).first()
    if ticket is None:
        raise NotFound
    return ticket


def find_own_ticket(session: Session, conversation_id: int, number: int) -> Ticket | None:
    """Return a ticket of this conversation, held for the change that follows."""
    return session.scalars(
        select(Ticket)
        .where(Ticket.number == number, Ticket.conversation_id == conversation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()


def list_own_tickets(
    session: Session, conversation_id: int, *, only_unfinished: bool, limit: int = 20
) -> Sequence[Ticket]:
    asked = {"conversation_id": conversation_id, "most": limit}
    return session.scalars(_own_tickets(only_unfinished), asked).all()


# What every turn asks is built once: building a statement takes longer than running it.


@cache
def _own_tickets(only_unfinished: bool) -> Select[Ticket]:
    return _newest_own(select(Ticket), only_unfinished)


def _newest_own(query: Select[T], only_unfinished: bool) -> Select[T]:
    query = query.where(Ticket.conversation_id == bindparam("conversation_id"))
    if only_unfinished:
        query = query.where(IS_UNFINISHED)
    return query.order_by(Ticket.id.desc()).limit(bindparam("most", type_=Integer))


def list_own_numbers(session: Session, conversation_id: int, limit: int = 20) -> Sequence[int]:
    """Return the numbers of a conversation's unfinished tickets, newest first."""
    asked = {"conversation_id": conversation_id, "most": limit}
    return session.scalars(_own_numbers(), asked).all()


@cache
def _own_numbers() -> Select[int]:
    return _newest_own(select(Ticket.number), only_unfinished=True)


def list_tickets(
    session: Session,
    viewer: Viewer,
    *,
    state: str | None = None,
    queue: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Ticket]:
    """Return a page of tickets, newest first, by keyset on the number. ``queue``: mine, team, unassigned."""
    query = visible(viewer)
    if state:
        query = query.where(Ticket.state == state)
    if queue == "mine":
        query = query.where(or_(Ticket.butler_id == viewer.user_id, Ticket.worker_id == viewer.user_id))
    if queue == "unassigned":
        query = query.where(Ticket.butler_id.is_(None))
    if before is not None:
        query = query.where(Ticket.number < before)
    return session.scalars(query.order_by(Ticket.number.desc()).limit(limit)).all()


def take_number(session: Session) -> int:
    """Return the next ticket number; two racers never get the same."""
    step = _next_number(session.get_bind().dialect.name)
    return int(session.connection().execute(step).scalar_one())


@cache
def _next_number(dialect: str) -> Any:
    return (
        _insert(dialect, Counter.__table__)
        .values(name="ticket", value=FIRST_NUMBER)
        .on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )


def _insert(dialect: str, table: Any) -> Any:
    """An insert that may meet a row already there: the same words on both databases, from two dialects."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def list_events(session: Session, ticket_id: int) -> Sequence[TicketEvent]:
    return session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
    ).all()


def list_events_of_kind(session: Session, ticket_id: int, kind: str, cycle: int) -> list[TicketEvent]:
    rows = session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.kind == kind)
    ).all()
    return [row for row in rows if row.values.get("cycle", 1) == cycle]


def find_colleague(
    session: Session, estate_id: int, user_id: int | None, username: str | None
) -> User | None:
    """Return an active member of staff of the estate, by id or user name."""
    query = (
        select(User)
        .join(UserEstate, UserEstate.user_id == User.id)
        .where(UserEstate.estate_id == estate_id, User.is_active.is_(True))
    )
    query = query.where(User.id == user_id) if user_id is not None else query.where(User.username == username)
    return session.scalars(query).first()


def get_user(session: Session, user_id: int) -> User:
    return session.scalars(select(User).where(User.id == user_id)).one()


def names_of(session: Session, user_ids: set[int]) -> dict[int, User]:
    if not user_ids:
        return {}
    return {user.id: user for user in session.scalars(_users(), {"ids": list(user_ids)})}


@cache
def _users() -> Select[User]:
    return select(User).where(User.id.in_(bindparam("ids", expanding=True)))


def rows_of(session: Session, model: Any, ids: set[int | None]) -> dict[int, Any]:
    """Return the rows of a table with these ids, by id; None is no id."""
    wanted = [i for i in ids if i is not None]
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(wanted)))}


def attach_files(session: Session, ticket: Ticket, file_ids: Sequence[str]) -> None:
    """Show these files of the ticket's conversation on the ticket, and what came in the same album since."""
    if file_ids and ticket.conversation_id is not None:
        together = select(StoredFile.message_id).where(
            StoredFile.id.in_(file_ids), StoredFile.message_id.is_not(None)
        )
        session.execute(
            update(StoredFile)
            .where(
                or_(StoredFile.id.in_(file_ids), StoredFile.message_id.in_(together)),
                StoredFile.conversation_id == ticket.conversation_id,
            )
            .values(ticket_id=ticket.id)
        )


def list_pushes(session: Session, ticket_id: int) -> Sequence[Message]:
    """Return the bot's own messages about a ticket that still stand."""
    return session.scalars(
        select(Message).where(
            Message.ticket_id == ticket_id, Message.author == "bot", Message.replaced_by_id.is_(None)
        )
    ).all()


def zone_of(session: Session, estate_id: int) -> str:
    """Return the time zone of an estate, as IANA names it."""
    return session.get_one(Estate, estate_id).timezone


def list_ticket_files(session: Session, ticket_id: int) -> Sequence[StoredFile]:
    return session.scalars(
        select(StoredFile).where(StoredFile.ticket_id == ticket_id).order_by(StoredFile.created_at)
    ).all()


def claim_key(
    session: Session, user_id: int, key: str, body_hash: str, now: datetime
) -> tuple[IdempotencyKey, bool]:
    """Return the row of an Idempotency-Key and whether this call is its first in 24 hours.

    The row is written before the work: of two calls at once the second waits here for the first.
    """
    old = IdempotencyKey.created_at <= now - KEPT_FOR
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.user_id == user_id, old))
    made = session.execute(
        _insert(session.get_bind().dialect.name, IdempotencyKey)
        .values(user_id=user_id, key=key, body_hash=body_hash, status=0, response={}, created_at=now)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    is_first = made.scalar() is not None
    return session.get_one(IdempotencyKey, (user_id, key)), is_first


def find_draft(session: Session, user_id: int, ticket_id: int, mode: str) -> ComposerDraft | None:
    return session.get(ComposerDraft, (user_id, ticket_id, mode))


def forget_drafts(session: Session, user_id: int, ticket_id: int, mode: str) -> None:
    draft: Any = find_draft(session, user_id, ticket_id, mode)
    if draft is not None:
        session.delete(draft)


def has_alert(session: Session, dedupe_key: str) -> bool:
    return session.scalar(select(Alert.id).where(Alert.dedupe_key == dedupe_key)) is not None


def list_alerted(session: Session, ticket_id: int) -> set[int]:
    """Everybody who was called to a ticket."""
    return set(session.scalars(select(Alert.user_id).where(Alert.ticket_id == ticket_id)))


def take_record_number(session: Session, estate_id: int, kind: str) -> int:
    """Return the next number of a kind of record in an estate; a rolled back one is given again."""
    step = _next_record(session.get_bind().dialect.name)
    return int(session.connection().execute(step, {"of": f"record:{estate_id}:{kind}"}).scalar_one())


@cache
def _next_record(dialect: str) -> Any:
    return (
        _insert(dialect, Counter.__table__)
        .values(name=bindparam("of"), value=1)
        .on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + 1})
        .returning(Counter.value)
    )


def find_record(session: Session, ticket_id: int, kind: str, cycle: int) -> Record | None:
    """Return a ticket's newest record of a kind in this cycle."""
    rows = session.scalars(
        select(Record).where(Record.ticket_id == ticket_id, Record.kind == kind).order_by(Record.id.desc())
    ).all()
    return next((row for row in rows if row.values.get("cycle", 1) == cycle), None)


def list_records(session: Session, ticket_id: int) -> Sequence[Record]:
    """Return what was written down about a ticket, oldest first, replaced ones too."""
    return session.scalars(select(Record).where(Record.ticket_id == ticket_id).order_by(Record.id)).all()


def lock_ticket(session: Session, ticket_id: int) -> Ticket | None:
    """Return a ticket as it is now, held for the change that follows."""
    return session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).first()


def list_over(session: Session, now: datetime, expiries: Sequence[Expiry], limit: int) -> list[int]:
    """Return the ids of open tickets whose date has come, at a step that it ends."""
    at = [and_(Ticket.workflow == one.workflow, Ticket.step.in_(one.from_steps)) for one in expiries]
    query = select(Ticket.id).where(_dated_until(now), or_(*at))
    return list(session.scalars(query.order_by(Ticket.limit_at).limit(limit)))


def list_near(session: Session, now: datetime, reminders: Sequence[Reminder], limit: int) -> list[int]:
    """Return the ids of open tickets that are to be reminded of now; each date once."""
    at = [
        and_(
            Ticket.workflow == one.workflow,
            Ticket.step == one.step,
            Ticket.limit_at > now,
            Ticket.limit_at <= now + one.before,
            Ticket.item_id != VISITOR,  # who stands in the door needs no reminder
        )
        for one in reminders
    ]
    most = now + max(one.before for one in reminders)
    rows = session.execute(
        select(Ticket.id, Ticket.limit_at, Ticket.facts).where(_dated_until(most), or_(*at))
    )
    due = [row.id for row in rows if row.facts.get("reminded") != row.limit_at.isoformat()]
    return due[:limit]


def _dated_until(instant: datetime) -> ColumnElement[bool]:
    """In the very words of the index, which holds no ticket that is over."""
    is_dated = and_(Ticket.limit_at.is_not(None), Ticket.closed_at.is_(None))
    return and_(is_dated, Ticket.limit_at <= instant, IS_UNFINISHED)


def list_breached(
    session: Session, now: datetime, expiry: Expiry, limit: int, ticket_id: int | None = None
) -> list[int]:
    """Return the ids of tickets at such a step with a promise of these that is due, unmet and not waiting."""
    query = (
        select(Ticket.id)
        .join(Deadline, Deadline.ticket_id == Ticket.id)
        .where(
            Deadline.estate_id.in_(select(Estate.id)),
            Deadline.clock.in_(expiry.clocks),
            Deadline.due_at <= now,
            Deadline.met_at.is_(None),
            Deadline.cancelled_at.is_(None),
            Deadline.paused_at.is_(None),
            Ticket.workflow == expiry.workflow,
            Ticket.step.in_(expiry.from_steps),
        )
        .order_by(Ticket.id)
        .limit(limit)
    )
    if ticket_id is not None:
        query = query.where(Ticket.id == ticket_id)
    return list(session.scalars(query.distinct()))
