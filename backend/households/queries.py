"""All SQL about homes and their people as staff see them. Every query takes a viewer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.deadlines.queries import NOT_WAITING
from backend.households import rules
from backend.models import (
    AuditEntry,
    ChannelLink,
    ChannelState,
    Consent,
    Conversation,
    Deadline,
    Home,
    Invitation,
    Remark,
    Residency,
    Resident,
    Ticket,
    User,
    Zone,
)
from backend.people import queries as people
from backend.people.queries import OPEN_STATES
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """How many homes a part of the tree has, and of their tickets how many are open and late."""

    homes: int = 0
    open: int = 0
    late: int = 0


def seen_homes(viewer: Viewer) -> Select[Home]:
    """The homes that exist for a viewer (``rules``)."""
    query = select(Home).where(Home.estate_id.in_(viewer.estate_ids))
    if rules.may_edit(viewer.role):
        return query
    covered = select(User.id).where(User.deputy_id == viewer.user_id)
    busy = select(Ticket.home_id).where(
        Ticket.butler_id == viewer.user_id, Ticket.state.in_((*OPEN_STATES, "done"))
    )
    own = or_(Home.butler_id == viewer.user_id, Home.butler_id.in_(covered), Home.id.in_(busy))
    return query.where(own)


def find_home(session: Session, viewer: Viewer, home_id: int) -> Home | None:
    return session.scalars(seen_homes(viewer).where(Home.id == home_id)).first()


def count_parts(
    session: Session, viewer: Viewer, estate_id: int, now: datetime, building: str | None = None
) -> dict[str, Counts]:
    """Counts by building of an estate, or by unit of one building."""
    part = Home.building if building is None else Home.unit
    homes = seen_homes(viewer).where(Home.estate_id == estate_id)
    if building is not None:
        homes = homes.where(Home.building == building)
    numbers = session.execute(homes.with_only_columns(part, func.count()).group_by(part))
    found = {name: Counts(count) for name, count in numbers}
    ids = homes.with_only_columns(Home.id)
    for name, opened, late in session.execute(_tickets_by(viewer, now, part, ids)):
        found[name] = Counts(found[name].homes, opened, late)
    return found


def _tickets_by(
    viewer: Viewer, now: datetime, part: InstrumentedAttribute[str], ids: Select[int]
) -> Select[str, int, int]:
    return (
        visible(viewer)
        .join(Home, Home.id == Ticket.home_id)
        .where(Ticket.home_id.in_(ids), Ticket.state.in_(OPEN_STATES))
        .with_only_columns(part, func.count(), func.sum(case((_is_late(now), 1), else_=0)))
        .group_by(part)
    )


def _is_late(now: datetime) -> ColumnElement[bool]:
    """A clock of the ticket is past due and runs, or was late before it was paused."""
    unmet = and_(Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None))
    return exists().where(Deadline.ticket_id == Ticket.id, unmet, Deadline.due_at <= now, NOT_WAITING)


def count_homes(
    session: Session, viewer: Viewer, home_ids: Sequence[int], now: datetime
) -> dict[int, Counts]:
    """Open and late tickets of these homes."""
    rows = session.execute(
        visible(viewer)
        .where(Ticket.home_id.in_(home_ids), Ticket.state.in_(OPEN_STATES))
        .with_only_columns(Ticket.home_id, func.count(), func.sum(case((_is_late(now), 1), else_=0)))
        .group_by(Ticket.home_id)
    )
    return {home_id: Counts(1, opened, late) for home_id, opened, late in rows}


def list_homes_in(
    session: Session, viewer: Viewer, estate_id: int, building: str, unit: str | None
) -> list[Home]:
    """The homes of a building, or of one unit of it."""
    query = seen_homes(viewer).where(Home.estate_id == estate_id, Home.building == building)
    if unit is not None:
        query = query.where(Home.unit == unit)
    return list(session.scalars(query))


def hold_homes_in(session: Session, viewer: Viewer, estate_id: int, building: str) -> list[Home]:
    """The homes of a building that the viewer sees, held until the transaction ends."""
    query = seen_homes(viewer).where(Home.estate_id == estate_id, Home.building == building)
    return list(session.scalars(query.order_by(Home.id).with_for_update(key_share=True)))


def current(now: datetime) -> ColumnElement[bool]:
    return or_(Residency.ends_at.is_(None), Residency.ends_at > now)


def list_people(
    session: Session, viewer: Viewer, home_ids: Sequence[int], now: datetime
) -> list[tuple[Residency, Resident]]:
    """Who lives in these homes now."""
    rows = session.execute(
        select(Residency, Resident)
        .join(Resident, Resident.id == Residency.resident_id)
        .where(Residency.home_id.in_(home_ids), Residency.estate_id.in_(viewer.estate_ids), current(now))
        .order_by(Residency.starts_at, Residency.id)
    )
    return [(residency, resident) for residency, resident in rows]


def list_former(
    session: Session, viewer: Viewer, home_id: int, now: datetime
) -> list[tuple[Residency, Resident]]:
    """Who lived in a home once, the last to leave first."""
    rows = session.execute(
        select(Residency, Resident)
        .join(Resident, Resident.id == Residency.resident_id)
        .where(Residency.home_id == home_id, Residency.estate_id.in_(viewer.estate_ids),
               Residency.ends_at <= now, Resident.merged_into_id.is_(None))
        .order_by(Residency.ends_at.desc(), Residency.id.desc())
        .limit(PAGE)
    )  # fmt: skip
    return [(residency, resident) for residency, resident in rows]


def find_resident(
    session: Session, viewer: Viewer, resident_id: int, now: datetime, *, lock: bool = False
) -> Resident | None:
    """Somebody who lives in one of the viewer's homes; leaders and the desk see everybody of an estate.

    ``lock`` holds the row to the end of the transaction: of two who change it the second sees the first.
    """
    query = select(Resident).where(Resident.id == resident_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    if row is None or not viewer.works_in(row.estate_id):
        return None
    if rules.may_edit(viewer.role):
        return row
    homes = seen_homes(viewer).with_only_columns(Home.id)
    lives = select(Residency.id).where(
        Residency.resident_id == resident_id, Residency.home_id.in_(homes), current(now)
    )
    return row if session.scalar(lives.limit(1)) is not None else None


def list_residencies(session: Session, viewer: Viewer, resident_id: int) -> list[tuple[Residency, Home]]:
    """Where somebody lives and lived, the present first."""
    rows = session.execute(
        select(Residency, Home)
        .join(Home, Home.id == Residency.home_id)
        .where(Residency.resident_id == resident_id, Residency.estate_id.in_(viewer.estate_ids))
        .order_by(Residency.ends_at.is_not(None), Residency.starts_at.desc())
    )
    return [(residency, home) for residency, home in rows]


def list_links(session: Session, resident_ids: Sequence[int]) -> list[tuple[int, ChannelLink]]:
    """(resident id, chat) of every chat that is, or was, theirs."""
    rows = session.execute(
        select(Conversation.resident_id, ChannelLink)
        .join(ChannelLink, ChannelLink.conversation_id == Conversation.id)
        .where(Conversation.resident_id.in_(resident_ids))
        .order_by(ChannelLink.id)
    )
    return [(resident_id, link) for resident_id, link in rows if resident_id is not None]


def list_consents(session: Session, link_ids: Sequence[int]) -> list[Consent]:
    rows = session.scalars(
        select(Consent).where(Consent.link_id.in_(link_ids)).order_by(Consent.shown_at.desc())
    )
    return list(rows)


def list_tickets(
    session: Session, viewer: Viewer, *, home_id: int | None = None, resident_id: int | None = None,
    is_open: bool, after: int | None = None, limit: int = PAGE,
) -> list[Ticket]:  # fmt: skip
    """Tickets of a home or a resident, the newest first; one beyond ``limit`` tells of more."""
    query = visible(viewer)
    query = query.where(Ticket.state.in_(OPEN_STATES) if is_open else Ticket.state.not_in(OPEN_STATES))
    if home_id is not None:
        query = query.where(Ticket.home_id == home_id)
    if resident_id is not None:
        query = query.where(Ticket.resident_id == resident_id)
    if after is not None:
        query = query.where(Ticket.number < after)
    return list(session.scalars(query.order_by(Ticket.number.desc()).limit(limit + 1)))


def list_deadlines(session: Session, ticket_ids: Sequence[int]) -> list[Deadline]:
    return list(session.scalars(select(Deadline).where(Deadline.ticket_id.in_(ticket_ids))))


def list_remarks(
    session: Session, viewer: Viewer, *, home_id: int | None = None, resident_id: int | None = None
) -> list[tuple[Remark, User]]:
    """The notes that staff keep about a home or a resident, the newest first."""
    query = select(Remark, User).join(User, User.id == Remark.by_user_id)
    query = query.where(Remark.estate_id.in_(viewer.estate_ids), Remark.removed_at.is_(None))
    about = Remark.home_id == home_id if home_id is not None else Remark.resident_id == resident_id
    return [(row, user) for row, user in session.execute(query.where(about).order_by(Remark.id.desc()))]


def list_invitations(session: Session, viewer: Viewer, home_id: int, now: datetime) -> list[Invitation]:
    """Invitations to a home that can still be used."""
    query = select(Invitation).where(
        Invitation.home_id == home_id,
        Invitation.estate_id.in_(viewer.estate_ids),
        or_(Invitation.expires_at.is_(None), Invitation.expires_at > now),
        or_(Invitation.uses_left.is_(None), Invitation.uses_left > 0),
    )
    return list(session.scalars(query.order_by(Invitation.id.desc())))


def invited_homes(session: Session, home_ids: Sequence[int], now: datetime) -> frozenset[int]:
    """Which of these homes have an invitation that can still be used."""
    query = select(Invitation.home_id).where(
        Invitation.home_id.in_(home_ids),
        or_(Invitation.expires_at.is_(None), Invitation.expires_at > now),
        or_(Invitation.uses_left.is_(None), Invitation.uses_left > 0),
    )
    return frozenset(session.scalars(query))


def list_made(session: Session, home_ids: Sequence[int], user_id: int, made_at: datetime) -> list[Invitation]:
    """The invitations to these homes that somebody made at this very instant."""
    query = select(Invitation).where(
        Invitation.home_id.in_(home_ids), Invitation.created_by == user_id, Invitation.created_at == made_at
    )
    return list(session.scalars(query))


def open_invitations(session: Session, home_id: int, resident_id: int, now: datetime) -> list[Invitation]:
    """Those that somebody who leaves could still use: their own, and those to the home alone."""
    query = select(Invitation).where(
        Invitation.home_id == home_id,
        or_(Invitation.resident_id == resident_id, Invitation.resident_id.is_(None)),
        or_(Invitation.expires_at.is_(None), Invitation.expires_at > now),
    )
    return list(session.scalars(query))


def list_alike(session: Session, resident: Resident, now: datetime, limit: int = 5) -> list[Resident]:
    """Others of the estate with the same name or phone, who may be the same person."""
    same: list[ColumnElement[bool]] = [Resident.name == resident.name] if resident.name else []
    if resident.phone_hash:
        same.append(Resident.phone_hash == resident.phone_hash)
    if not same:
        return []
    query = select(Resident).where(
        Resident.estate_id == resident.estate_id, Resident.id != resident.id,
        Resident.merged_into_id.is_(None), or_(*same),
    )  # fmt: skip
    return list(session.scalars(query.order_by(Resident.id).limit(limit)))


def list_with_phone(session: Session, estate_id: int, phone_hash: str, limit: int = 5) -> list[Resident]:
    query = select(Resident).where(
        Resident.estate_id == estate_id, Resident.phone_hash == phone_hash,
        Resident.merged_into_id.is_(None),
    )  # fmt: skip
    return list(session.scalars(query.order_by(Resident.id).limit(limit)))


def list_butlers(session: Session, viewer: Viewer, estate_id: int) -> list[User]:
    """Active butlers of an estate by name."""
    return [one for one in people.list_staff(session, viewer, estate_id) if one.role == "butler"]


def find_zone(session: Session, zone_id: int | None) -> Zone | None:
    return session.get(Zone, zone_id) if zone_id is not None else None


def last_change(session: Session, subject: str, subject_id: int) -> tuple[AuditEntry, User | None] | None:
    """Who changed a row last, as the audit log has it."""
    row = session.execute(
        select(AuditEntry, User)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(AuditEntry.subject == subject, AuditEntry.subject_id == str(subject_id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def hold_chats(session: Session, resident_id: int, home_id: int) -> list[Conversation]:
    """The chats in which somebody speaks of this home, held for the change that follows."""
    query = select(Conversation).where(
        Conversation.resident_id == resident_id, Conversation.home_id == home_id
    )
    query = query.order_by(Conversation.id).with_for_update(key_share=True)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def find_residency(session: Session, resident_id: int, home_id: int) -> Residency | None:
    return session.scalars(
        select(Residency).where(Residency.resident_id == resident_id, Residency.home_id == home_id)
    ).first()


def list_homes_of_zone(session: Session, viewer: Viewer, estate_id: int, zone_id: int) -> list[Home]:
    query = seen_homes(viewer).where(Home.estate_id == estate_id, Home.zone_id == zone_id)
    return list(session.scalars(query))


def find_bot(session: Session) -> str | None:
    """The user name of the bot on Telegram as it was last told."""
    told = select(ChannelState.name).where(ChannelState.channel == "telegram", ChannelState.name != "")
    return session.scalar(told.order_by(ChannelState.seen_at.desc()).limit(1))
