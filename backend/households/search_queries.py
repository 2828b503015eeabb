"""Looking for homes: by a phone number, by a home in any form, by words. Every query takes a viewer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from backend.households.queries import current, seen_homes
from backend.models import Home, Residency, Resident
from backend.people.viewer import Viewer

FOUND: Final = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What homes are looked for by: a phone number, else the code of a home, else words of any kind.

    ``last4_hash``: the words are four digits, in which a phone may end as well.
    """

    text: str
    phone_hash: str = ""
    code: str = ""
    last4_hash: str = ""


def search(
    session: Session, viewer: Viewer, wanted: Wanted, now: datetime
) -> list[tuple[Home, Resident | None]]:
    """Homes with the resident that fits, the first 50 of them."""
    query = _fitting(viewer, wanted, now).order_by(Home.estate_id, Home.code, Resident.id)
    return [(home, resident) for home, resident in session.execute(query.limit(FOUND))]


def list_found(
    session: Session, viewer: Viewer, wanted: Wanted, now: datetime, limit: int, after: Home | None = None
) -> list[Home]:
    """Homes that fit, by estate and code; ``after`` is the last one that was shown before."""
    query = _found(viewer, wanted, now).order_by(Home.estate_id, Home.code).limit(limit)
    if after is not None:
        query = query.where(tuple_(Home.estate_id, Home.code) > (after.estate_id, after.code))
    return list(session.scalars(query))


def count_found(session: Session, viewer: Viewer, wanted: Wanted, now: datetime) -> dict[int, int]:
    """How many homes fit, by estate."""
    query = _found(viewer, wanted, now).with_only_columns(Home.estate_id, func.count())
    return {row[0]: row[1] for row in session.execute(query.group_by(Home.estate_id))}


def ids_found(
    session: Session, viewer: Viewer, wanted: Wanted, now: datetime, estate_id: int
) -> frozenset[int]:
    """All homes of an estate that fit."""
    query = _found(viewer, wanted, now).where(Home.estate_id == estate_id)
    return frozenset(session.scalars(query.with_only_columns(Home.id)))


def _found(viewer: Viewer, wanted: Wanted, now: datetime) -> Select[Home]:
    """Each home that fits once, however many of its residents do."""
    return select(Home).where(Home.id.in_(_fitting(viewer, wanted, now).with_only_columns(Home.id)))


def _fitting(viewer: Viewer, wanted: Wanted, now: datetime) -> Select[Home, Resident]:
    living = and_(Residency.home_id == Home.id, current(now))
    query = (
        seen_homes(viewer)
        .with_only_columns(Home, Resident)
        .outerjoin(Residency, living)
        .outerjoin(Resident, Resident.id == Residency.resident_id)
    )
    if wanted.phone_hash:
        return query.where(Resident.phone_hash == wanted.phone_hash)
    if wanted.code:
        return query.where(Home.code == wanted.code)
    pattern = "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    names = (Resident.name, Resident.address_as_zh, Resident.address_as_en, Home.code)
    ways: list[ColumnElement[bool]] = [name.ilike(pattern, escape="\\") for name in names]
    if wanted.last4_hash:
        ways.append(Resident.phone_last4_hash == wanted.last4_hash)
    return query.where(or_(*ways))
