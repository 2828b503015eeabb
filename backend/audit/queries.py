"""The SQL of the audit log: entries a viewer may read, by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from backend.models import AuditEntry, User, UserEstate


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: by whom, which kinds of action (``user`` finds ``user.add``), from when to when.

    ``before`` and ``after`` are the keyset: entries older than the one, newer than the other.
    ``only_own_of``: of the house's own entries, which tell of accounts, only those of this member of staff.
    """

    estate_ids: frozenset[int]
    user_id: int | None = None
    kinds: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    before: int | None = None
    after: int | None = None
    only_own_of: int | None = None


def list_entries(session: Session, wanted: Wanted, limit: int) -> list[tuple[AuditEntry, User | None]]:
    """Return entries of these estates and of the house itself, newest first, at most ``limit``."""
    query = _found(wanted)
    if wanted.after is not None:
        rows = session.execute(query.where(AuditEntry.id > wanted.after).order_by(AuditEntry.id).limit(limit))
        return [(entry, user) for entry, user in reversed(rows.all())]
    if wanted.before is not None:
        query = query.where(AuditEntry.id < wanted.before)
    rows = session.execute(query.order_by(AuditEntry.id.desc()).limit(limit))
    return [(entry, user) for entry, user in rows]


def count_entries(session: Session, wanted: Wanted) -> int:
    """Return how many entries the filters find, on however many pages."""
    return session.scalar(_found(wanted).with_only_columns(func.count(), maintain_column_froms=True)) or 0


def _found(wanted: Wanted) -> Select[AuditEntry, User]:
    """The house's own entries (no estate) are of those members of staff who work in these estates."""
    own = select(UserEstate.user_id).where(UserEstate.estate_id.in_(wanted.estate_ids))
    by: ColumnElement[bool] = AuditEntry.user_id.in_(own)
    if wanted.only_own_of is not None:
        by = AuditEntry.user_id == wanted.only_own_of
    query = (
        select(AuditEntry, User)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(
            or_(
                AuditEntry.estate_id.in_(wanted.estate_ids),
                AuditEntry.estate_id.is_(None) & by,
            )
        )
    )
    if wanted.user_id is not None:
        query = query.where(AuditEntry.user_id == wanted.user_id)
    if wanted.kinds:
        named = (AuditEntry.action.startswith(f"{kind}.", autoescape=True) for kind in wanted.kinds)
        query = query.where(or_(*named))
    if wanted.start is not None:
        query = query.where(AuditEntry.at >= wanted.start)
    if wanted.end is not None:
        query = query.where(AuditEntry.at < wanted.end)
    return query


def list_people(session: Session, estate_ids: frozenset[int]) -> Sequence[User]:
    """Return everybody who works or worked in these estates, to choose from."""
    own = select(UserEstate.user_id).where(UserEstate.estate_id.in_(estate_ids))
    return session.scalars(select(User).where(User.id.in_(own)).order_by(User.role, User.id)).all()


def last_of(session: Session, subject: str, subject_id: object) -> tuple[AuditEntry, User | None] | None:
    """Return the newest entry about a row, with who made it."""
    row = session.execute(
        select(AuditEntry, User)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(AuditEntry.subject == subject, AuditEntry.subject_id == str(subject_id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None
