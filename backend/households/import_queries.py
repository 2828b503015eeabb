"""SQL of the import: what an estate has, read in three strokes, and its imports."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.households.plan import Butler, Known, KnownHome, KnownPerson
from backend.models import Estate, Home, Import, Residency, Resident, User, UserEstate, Zone
from backend.people.roles import Role
from backend.people.viewer import Viewer
from locales.dates import local

CHUNK = 500


def find_estate(session: Session, code: str) -> Estate | None:
    return session.scalars(select(Estate).where(Estate.code == code)).first()


def known_of(session: Session, estate: Estate, now: datetime) -> Known:
    """What the sheet is compared with: every home of the estate and who lives, or lived, in it."""
    zones = {row.id: row for row in session.scalars(select(Zone).where(Zone.estate_id == estate.id))}
    people = _people(session, estate, now)
    rows = session.execute(
        select(Home.id, Home.code, Home.zone_id, Home.tier, Home.butler_id).where(Home.estate_id == estate.id)
    )
    homes = {
        code: KnownHome(id_, zones[zone_id].code if zone_id else "", tier, butler_id, tuple(people[id_]))
        for id_, code, zone_id, tier, butler_id in rows
    }
    called = {
        name.casefold(): zone.code
        for zone in zones.values()
        for name in (zone.name_zh, zone.name_en, zone.code)
    }
    return Known(homes, list_butlers(session, estate.id), called)


def _people(session: Session, estate: Estate, now: datetime) -> Mapping[int, list[KnownPerson]]:
    rows = session.execute(
        select(
            Residency.home_id, Residency.starts_at, Residency.ends_at, Resident.id, Resident.name,
            Resident.phone_hash, Resident.address_as_zh, Resident.address_as_en, Resident.kind,
            Resident.language, Resident.is_large_type,
        )
        .join(Resident, Resident.id == Residency.resident_id)
        .where(Residency.estate_id == estate.id, Resident.merged_into_id.is_(None))
        .order_by(Residency.id)
    )  # fmt: skip
    found: dict[int, list[KnownPerson]] = defaultdict(list)
    for home_id, starts_at, ends_at, id_, name, phone, zh, en, kind, language, large in rows:
        since = local(starts_at, estate.timezone).date().isoformat()
        has_left = ends_at is not None and ends_at <= now
        found[home_id].append(
            KnownPerson(id_, name, phone or "", zh, en, kind, language, large, since, has_left)
        )
    return found


def list_butlers(session: Session, estate_id: int) -> list[Butler]:
    """The butlers at work in the estate, by user name."""
    rows = session.execute(
        select(User.id, User.username, User.name_zh, User.name_en)
        .join(UserEstate, UserEstate.user_id == User.id)
        .where(UserEstate.estate_id == estate_id, User.is_active, User.role == Role.BUTLER.value)
        .order_by(User.username)
    )
    return [Butler(id_, username, (zh, en)) for id_, username, zh, en in rows]


def zone_ids(session: Session, estate_id: int) -> dict[str, int]:
    rows = session.execute(select(Zone.code, Zone.id).where(Zone.estate_id == estate_id))
    return {row.code: row.id for row in rows}


def homes_by_id(session: Session, ids: Iterable[int]) -> dict[int, Home]:
    """These homes, asked for in portions: a statement takes only so many values."""
    return {
        row.id: row for part in _parts(ids) for row in session.scalars(select(Home).where(Home.id.in_(part)))
    }


def residents_by_id(session: Session, ids: Iterable[int]) -> dict[int, Resident]:
    return {
        row.id: row
        for part in _parts(ids)
        for row in session.scalars(select(Resident).where(Resident.id.in_(part)))
    }


def residencies_of(session: Session, resident_ids: Iterable[int]) -> dict[tuple[int, int], Residency]:
    """The residencies of these people by (resident, home)."""
    return {
        (row.resident_id, row.home_id): row
        for part in _parts(resident_ids)
        for row in session.scalars(select(Residency).where(Residency.resident_id.in_(part)))
    }


def _parts(ids: Iterable[int]) -> list[list[int]]:
    wanted = sorted(set(ids))
    return [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]


def find_import(
    session: Session, viewer: Viewer | None, import_id: str, *, lock: bool = False
) -> Import | None:
    """Return an import of one of the viewer's estates; ``lock`` holds it to the end of the transaction.

    ``viewer`` None: the command line.
    """
    query = select(Import).where(Import.id == import_id)
    if viewer is not None:
        query = query.where(Import.estate_id.in_(viewer.estate_ids))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def list_imports(session: Session, viewer: Viewer, limit: int = 10) -> list[tuple[Import, User | None]]:
    """The latest imports that were carried out, with who did."""
    rows = session.execute(
        select(Import, User)
        .outerjoin(User, User.id == Import.user_id)
        .where(Import.estate_id.in_(viewer.estate_ids), Import.state == "done")
        .order_by(Import.created_at.desc())
        .limit(limit)
    )
    return [(row, user) for row, user in rows]


def forget_unused(session: Session, before: datetime) -> None:
    """Remove what was read and never imported: names and phones are not kept for nothing."""
    session.execute(delete(Import).where(Import.state == "read", Import.created_at < before))


def lock_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate, held: of two imports into it the second sees what the first has written."""
    query = select(Estate).where(Estate.id == estate_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def export_of(session: Session, estate_id: int, now: datetime) -> list[tuple[Home, Residency, Resident]]:
    """Every home with its residents of now; a home of nobody comes with None for both."""
    living = (Residency.home_id == Home.id) & (Residency.ends_at.is_(None) | (Residency.ends_at > now))
    rows = session.execute(
        select(Home, Residency, Resident)
        .outerjoin(Residency, living)
        .outerjoin(Resident, Resident.id == Residency.resident_id)
        .where(Home.estate_id == estate_id)
        .order_by(Home.id, Residency.id)
    )
    return [(home, residency, resident) for home, residency, resident in rows]
