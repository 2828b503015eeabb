"""All SQL of the desk: which tickets stand in a queue, in which order, and what belongs to each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, not_, or_, select, update
from sqlalchemy.orm import Session

from backend.desk.channel_queries import list_unreachable
from backend.models import (
    Alert,
    Deadline,
    Draft,
    Estate,
    Home,
    Message,
    Resident,
    Ticket,
    User,
)
from backend.models.base import Instant
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

R = TypeVar("R", Home, Resident, User, Estate)
PAGE: Final = 50
ACTIVE: Final = ("open", "waiting", "done")
TABS: Final = ("mine", "team", "unassigned")
STATES: Final = ("late", "soon", "ok", "paused", "done", "draft")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after this rank. Ranks are (group, instant, number)."""

    group: int
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """What a queue page asks for. ``day_start``: local midnight, for what was done today."""

    tab: str
    now: datetime
    day_start: datetime
    state: str = ""
    text: str = ""
    after: Cursor | None = None


@dataclass(slots=True)
class Entry:
    """One ticket with what a row shows; ``rank`` is the cursor of the page that follows it."""

    ticket: Ticket
    rank: Cursor
    home: Home | None = None
    resident: Resident | None = None
    butler: User | None = None
    estate: Estate | None = None
    deadlines: list[Deadline] = field(default_factory=list)
    unread: int = 0
    is_unreachable: bool = False


def in_tab(query: Select[Ticket], viewer: Viewer, tab: str) -> Select[Ticket]:
    """Narrow tickets to a tab: mine (I answer for it or do it), unassigned, or the whole team's."""
    if tab == "mine":
        return query.where(or_(Ticket.butler_id == viewer.user_id, Ticket.worker_id == viewer.user_id))
    if tab == "unassigned":
        return query.where(Ticket.butler_id.is_(None))
    return query


def _standing(scope: Select[Ticket]) -> Subquery:
    """For each ticket in scope the nearest instants of its running clocks, and of its waiting ones.

    A clock that was late before it was paused counts as running: late outranks paused.
    """
    ids = scope.with_only_columns(Ticket.id).subquery()
    runs = or_(Deadline.paused_at.is_(None), Deadline.paused_at >= Deadline.due_at)
    return (
        select(
            ids.c.id,
            func.min(case((runs, Deadline.due_at))).label("due_at"),
            func.min(case((runs, Deadline.warn_at))).label("warn_at"),
            func.min(case((not_(runs), Deadline.due_at))).label("waiting_due_at"),
        )
        .outerjoin(
            Deadline,
            and_(Deadline.ticket_id == ids.c.id, Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None)),
        )
        .group_by(ids.c.id)
        .subquery()
    )


def _is_in_state(standing: Subquery, state: str, now: datetime) -> ColumnElement[bool]:
    due, warn = standing.c.due_at, standing.c.warn_at
    return {
        "late": due <= now,
        "soon": and_(due > now, warn <= now),
        "ok": and_(due > now, or_(warn.is_(None), warn > now)),
        "paused": and_(due.is_(None), standing.c.waiting_due_at.is_not(None)),
    }[state]


def _rank(standing: Subquery) -> tuple[ColumnElement[int], ColumnElement[datetime]]:
    """What is pressing first: alarms, then running clocks by due instant, then waiting, then the rest."""
    is_alarm = and_(Ticket.workflow == "emergency", Ticket.state.in_(("open", "waiting")))
    group = case(
        (is_alarm, 0),
        (standing.c.due_at.is_not(None), 1),
        (standing.c.waiting_due_at.is_not(None), 2),
        else_=3,
    )
    at = func.coalesce(standing.c.due_at, standing.c.waiting_due_at, Ticket.received_at, type_=Instant())
    return group, at


def _after(group: ColumnElement[int], at: ColumnElement[datetime], cursor: Cursor) -> ColumnElement[bool]:
    moment = literal(cursor.at, Instant())
    later = or_(at > moment, and_(at == moment, Ticket.number > cursor.number))
    return or_(group > cursor.group, and_(group == cursor.group, later))


def list_queue(session: Session, viewer: Viewer, asked: QueueQuery) -> list[Entry]:
    """Return one page and one more (so that the caller knows whether it ends here), most pressing first."""
    scope = in_tab(_scope(viewer, asked), viewer, asked.tab)
    standing = _standing(scope)
    group, at = _rank(standing)
    query = select(Ticket, group, at).join(standing, standing.c.id == Ticket.id)
    if asked.state in ("late", "soon", "ok", "paused"):
        query = query.where(_is_in_state(standing, asked.state, asked.now))
    if asked.after:
        query = query.where(_after(group, at, asked.after))
    rows = session.execute(query.order_by(group, at, Ticket.number).limit(PAGE + 1))
    return _with_details(session, [Entry(t, Cursor(g, moment, t.number)) for t, g, moment in rows])


def _scope(viewer: Viewer, asked: QueueQuery) -> Select[Ticket]:
    """Active tickets; a search and the chip "done today" look at finished ones too."""
    query = visible(viewer)
    if asked.text:
        return query.where(_matches(asked.text))
    if asked.state == "done":
        return query.where(
            func.coalesce(Ticket.closed_at, Ticket.done_at, type_=Instant()) >= asked.day_start
        )
    return query.where(Ticket.state.in_(ACTIVE))


def _matches(text: str) -> ColumnElement[bool]:
    """By number, home, name or form of address of the resident, or a word of the matter itself."""
    plain = text.strip().lstrip("#＃")
    pattern = "%" + plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    homes = select(Home.id).where(Home.code.ilike(pattern, escape="\\"))
    names = (Resident.name, Resident.address_as_zh, Resident.address_as_en)
    residents = select(Resident.id).where(or_(*(name.ilike(pattern, escape="\\") for name in names)))
    found: list[ColumnElement[bool]] = [
        Ticket.home_id.in_(homes),
        Ticket.resident_id.in_(residents),
        Ticket.name_zh.ilike(pattern, escape="\\"),
        Ticket.name_en.ilike(pattern, escape="\\"),
    ]
    if plain.isascii() and plain.isdigit() and len(plain) < 16:
        found.append(Ticket.number == int(plain))
    return or_(*found)


def list_rows(session: Session, viewer: Viewer, numbers: Iterable[int], now: datetime) -> list[Entry]:
    """Return these tickets as rows, as far as the viewer may see them, in the order of the queue."""
    scope = visible(viewer).where(Ticket.number.in_(list(numbers)))
    standing = _standing(scope)
    group, at = _rank(standing)
    rows = session.execute(
        select(Ticket, group, at)
        .join(standing, standing.c.id == Ticket.id)
        .order_by(group, at, Ticket.number)
    )
    return _with_details(session, [Entry(t, Cursor(g, moment, t.number)) for t, g, moment in rows])


def list_matching(
    session: Session, viewer: Viewer, asked: QueueQuery, numbers: Iterable[int]
) -> frozenset[int]:
    """Return those of ``numbers`` that belong in the list ``asked`` describes."""
    scope = in_tab(_scope(viewer, asked), viewer, asked.tab).where(Ticket.number.in_(list(numbers)))
    standing = _standing(scope)
    query = select(Ticket.number).join(standing, standing.c.id == Ticket.id)
    if asked.state in ("late", "soon", "ok", "paused"):
        query = query.where(_is_in_state(standing, asked.state, asked.now))
    return frozenset(session.scalars(query))


def count_states(session: Session, viewer: Viewer, asked: QueueQuery) -> dict[str, int]:
    """Return how many tickets of the tab stand in each deadline state, and what was done today."""
    active = in_tab(visible(viewer).where(Ticket.state.in_(ACTIVE)), viewer, asked.tab)
    standing = _standing(active)
    states = ("late", "soon", "ok", "paused")
    sums = [func.sum(case((_is_in_state(standing, state, asked.now), 1), else_=0)) for state in states]
    row = session.execute(select(*sums)).one()
    done = in_tab(
        visible(viewer).where(
            func.coalesce(Ticket.closed_at, Ticket.done_at, type_=Instant()) >= asked.day_start
        ),
        viewer,
        asked.tab,
    )
    counts = {state: int(number or 0) for state, number in zip(states, row, strict=True)}
    return {**counts, "done": _count(session, done), "draft": count_drafts(session, viewer, asked.tab)}


def count_tabs(session: Session, viewer: Viewer) -> dict[str, int]:
    """Return how many active tickets each tab holds."""
    active = visible(viewer).where(Ticket.state.in_(ACTIVE))
    return {tab: _count(session, in_tab(active, viewer, tab)) for tab in TABS}


def count_needing(session: Session, viewer: Viewer, now: datetime) -> int:
    """Return how many of the viewer's own tickets are late or nearly so: the number in the tab's title."""
    standing = _standing(in_tab(visible(viewer).where(Ticket.state.in_(ACTIVE)), viewer, "mine"))
    pressing = or_(standing.c.due_at <= now, standing.c.warn_at <= now)
    return session.scalar(select(func.count()).select_from(standing).where(pressing)) or 0


def _count(session: Session, query: Select[Any]) -> int:
    return (
        session.scalar(select(func.count()).select_from(query.with_only_columns(Ticket.id).subquery())) or 0
    )


def _with_details(session: Session, entries: list[Entry]) -> list[Entry]:
    """Give each row its home, people and clocks: seven statements however long the page is."""
    tickets = [one.ticket for one in entries]
    homes = by_id(session, Home, (t.home_id for t in tickets))
    residents = by_id(session, Resident, (t.resident_id for t in tickets))
    users = by_id(session, User, (t.butler_id for t in tickets))
    estates = by_id(session, Estate, (t.estate_id for t in tickets))
    clocks = deadlines_of(session, [t.id for t in tickets])
    unread = _count_unread(session, tickets)
    lost = list_unreachable(session, (t.conversation_id for t in tickets))
    for one in entries:
        one.home = homes.get(one.ticket.home_id)
        one.resident = residents.get(one.ticket.resident_id)
        one.butler = users.get(one.ticket.butler_id)
        one.estate = estates.get(one.ticket.estate_id)
        one.deadlines = clocks.get(one.ticket.id, [])
        one.unread = unread.get(one.ticket.id, 0)
        one.is_unreachable = one.ticket.conversation_id in lost
    return entries


def by_id(session: Session, model: type[R], ids: Iterable[int | None]) -> dict[int | None, R]:
    """Return the rows with these ids; None among them is passed over."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    key = model.__table__.c.id
    return {row.id: row for row in session.scalars(select(model).where(key.in_(wanted)))}


def deadlines_of(session: Session, ticket_ids: Sequence[int]) -> dict[int, list[Deadline]]:
    """Return the clocks of each ticket, in the order in which they began."""
    found: dict[int, list[Deadline]] = {}
    if ticket_ids:
        rows = session.scalars(
            select(Deadline)
            .where(Deadline.ticket_id.in_(ticket_ids))
            .order_by(Deadline.started_at, Deadline.id)
        )
        for row in rows:
            found.setdefault(row.ticket_id, []).append(row)
    return found


def _count_unread(session: Session, tickets: Sequence[Ticket]) -> dict[int, int]:
    """Messages of the resident that came after somebody took the ticket and after the last human answer."""
    open_ones = [t for t in tickets if t.conversation_id is not None and t.accepted_at is not None]
    conversations = {t.conversation_id for t in open_ones}
    if not conversations:
        return {}
    answered = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .where(Message.conversation_id.in_(conversations), Message.author == "butler")
        .group_by(Message.conversation_id)
        .subquery()
    )
    rows = session.execute(
        select(Message.conversation_id, Message.ticket_id, Message.sent_at)
        .outerjoin(answered, answered.c.conversation_id == Message.conversation_id)
        .where(
            Message.conversation_id.in_(conversations),
            Message.author == "resident",
            Message.kind != "button",
            Message.seq > func.coalesce(answered.c.seq, 0),
        )
    ).all()
    return {ticket.id: sum(_is_news(ticket, row) for row in rows) for ticket in open_ones}


def _is_news(ticket: Ticket, row: Any) -> bool:
    is_here = row.conversation_id == ticket.conversation_id and row.ticket_id in (None, ticket.id)
    return is_here and ticket.accepted_at is not None and row.sent_at > ticket.accepted_at


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """A wish that the resident has not confirmed yet."""

    draft: Draft
    home: Home | None
    resident: Resident | None


def _drafts(viewer: Viewer, tab: str) -> Select[Draft, Home, Resident]:
    query = (
        select(Draft, Home, Resident)
        .outerjoin(Home, Home.id == Draft.home_id)
        .outerjoin(Resident, Resident.id == Draft.resident_id)
        .where(Draft.state == "to_confirm", Draft.estate_id.in_(viewer.estate_ids))
    )
    if tab == "mine":
        return query.where(Home.butler_id == viewer.user_id)
    return query.where(Home.butler_id.is_(None)) if tab == "unassigned" else query


def list_drafts(session: Session, viewer: Viewer, tab: str) -> list[DraftEntry]:
    """Return the drafts to be confirmed, the longest silent first; field staff see none."""
    if not roles.sees_all_tickets(viewer.role):
        return []
    rows = session.execute(_drafts(viewer, tab).order_by(Draft.last_at).limit(PAGE))
    return [DraftEntry(draft, home, resident) for draft, home, resident in rows]


def count_drafts(session: Session, viewer: Viewer, tab: str) -> int:
    if not roles.sees_all_tickets(viewer.role):
        return 0
    ids = _drafts(viewer, tab).with_only_columns(Draft.id).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def find_draft(session: Session, viewer: Viewer, draft_id: int) -> DraftEntry | None:
    """Return a draft of the viewer's estates that still waits to be confirmed."""
    row = session.execute(_drafts(viewer, "team").where(Draft.id == draft_id)).first()
    return DraftEntry(row[0], row[1], row[2]) if row else None


def list_alerts(
    session: Session, viewer: Viewer, now: datetime, limit: int = PAGE
) -> list[tuple[Alert, Ticket | None, Home | None]]:
    """Return the viewer's own alerts, newest first, with ticket and home where there are any.

    A digest is shown from its hour on.
    """
    rows = session.execute(
        select(Alert, Ticket, Home)
        .outerjoin(Ticket, Ticket.id == Alert.ticket_id)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .where(Alert.user_id == viewer.user_id, Alert.at <= now)
        .order_by(Alert.id.desc())
        .limit(limit)
    )
    return [(alert, ticket, home) for alert, ticket, home in rows]


def count_unseen(session: Session, viewer: Viewer, now: datetime) -> int:
    """Return how many of the viewer's alerts nobody has looked at."""
    own = (Alert.user_id == viewer.user_id, Alert.at <= now, Alert.seen_at.is_(None))
    query = select(func.count()).select_from(Alert).where(*own)
    return session.scalar(query) or 0


def mark_seen(session: Session, viewer: Viewer, now: datetime) -> None:
    """Mark all of the viewer's alerts as seen."""
    session.execute(
        update(Alert)
        .where(Alert.user_id == viewer.user_id, Alert.at <= now, Alert.seen_at.is_(None))
        .values(seen_at=now)
    )


def first_estate(session: Session, viewer: Viewer) -> Estate | None:
    """Return the estate whose name and zone the viewer's pages carry."""
    query = select(Estate).where(Estate.id.in_(viewer.estate_ids)).order_by(Estate.id).limit(1)
    return session.scalars(query).first()


def list_estate_ids(session: Session) -> Sequence[int]:
    """Return every estate of the house: the demo clock is one for all of them."""
    return session.scalars(select(Estate.id).order_by(Estate.id)).all()
