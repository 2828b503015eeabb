"""SQL of the names behind the ids that the audit log keeps: what the viewer may read, and nothing else."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.models import (
    CannedAnswer,
    Estate,
    Home,
    Remark,
    Resident,
    SavedView,
    StaffAddress,
    User,
    UserEstate,
)
from backend.people.viewer import Viewer

#: ids of one look: a workbook names thousands, and a database takes only so many at once
PART: Final = 500
R = TypeVar("R")
Row = Home | Resident | Remark | CannedAnswer | SavedView | StaffAddress
#: subject of an entry → the table of the rows that it names by their id
TABLES: Final[dict[str, type[Row]]] = {
    "home": Home, "resident": Resident, "remark": Remark, "answer": CannedAnswer, "view": SavedView,
    "address": StaffAddress,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ids:
    """What entries name: user ids, logins, and ids by subject (``TABLES``)."""

    users: set[int] = field(default_factory=set)
    logins: set[str] = field(default_factory=set)
    rows: dict[str, set[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """The rows behind the ids. ``own``: users who work in one of the viewer's estates."""

    estates: dict[int, Estate] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    logins: dict[str, User] = field(default_factory=dict)
    own: frozenset[int] = frozenset()
    rows: dict[tuple[str, int], Row] = field(default_factory=dict)


def look_up(session: Session, viewer: Viewer, ids: Ids) -> Known:
    """Return what stands behind the ids; rows of estates that are not the viewer's are left out."""
    users = {one.id: one for one in _parts(session, User, User.id, ids.users)}
    logins = {one.username: one for one in _parts(session, User, User.username, ids.logins)}
    known = users | {one.id: one for one in logins.values()}
    own = select(UserEstate.user_id).where(UserEstate.estate_id.in_(viewer.estate_ids))
    estates = session.scalars(select(Estate).where(Estate.id.in_(viewer.estate_ids)))
    found = Known({one.id: one for one in estates}, users, logins,
                  frozenset(session.scalars(own)) if known else frozenset())  # fmt: skip
    wanted = {name: set(more) for name, more in ids.rows.items()}
    _read(session, found, "remark", wanted.pop("remark", set()))
    for row in [one for one in found.rows.values() if isinstance(one, Remark)]:
        name, key = ("home", row.home_id) if row.home_id is not None else ("resident", row.resident_id)
        wanted.setdefault(name, set()).add(key or 0)
    for name, more in wanted.items():
        _read(session, found, name, more)
    return found


def _read(session: Session, found: Known, name: str, ids: Collection[int]) -> None:
    table = TABLES[name]
    for row in _parts(session, table, table.id, ids):
        if row.estate_id in found.estates:
            found.rows[name, row.id] = row


def _parts(
    session: Session, table: type[R], column: InstrumentedAttribute[Any], values: Collection[Any]
) -> Iterable[R]:
    wanted = sorted(values)
    for start in range(0, len(wanted), PART):
        yield from session.scalars(select(table).where(column.in_(wanted[start : start + PART])))
