"""Building up an estate: the estate itself, zones, homes, residents, and emptying a demo. Nothing commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.errors import Forbidden
from backend.models import (
    Base,
    Conversation,
    Estate,
    Home,
    Installation,
    Residency,
    Resident,
    Ticket,
    User,
    Zone,
)
from backend.people import address, homes, kept_phone, phones, service
from backend.people.address import Form
from backend.people.roles import Role
from backend.vault import Vault


def create_estate(
    session: Session,
    *,
    code: str,
    name_zh: str,
    name_en: str,
    hotline: str = "",
    timezone: str = "Asia/Shanghai",
    address_zh: str = "",
    address_en: str = "",
    settings: dict[str, Any] | None = None,
) -> Estate:
    """Create an estate; ``settings`` holds greeting, colour and desk hours."""
    estate = Estate(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        hotline=hotline,
        timezone=timezone,
        address_zh=address_zh,
        address_en=address_en,
        settings=settings or {},
    )
    session.add(estate)
    session.flush()
    return estate


def create_zone(session: Session, estate: Estate, code: str, name_zh: str, name_en: str) -> Zone:
    """Create a zone 组团 of an estate."""
    zone = Zone(estate_id=estate.id, code=code, name_zh=name_zh, name_en=name_en)
    session.add(zone)
    session.flush()
    return zone


def create_home(
    session: Session,
    estate: Estate,
    name: homes.HomeName,
    *,
    zone: Zone | None = None,
    butler: User | None = None,
    tier: str = "standard",
) -> Home:
    """Create a home; the butler answers for it."""
    home = Home(
        estate_id=estate.id,
        zone_id=zone.id if zone else None,
        code=name.code,
        building=name.building,
        unit=name.unit,
        flat=name.flat,
        tier=tier,
        butler_id=butler.id if butler else None,
    )
    session.add(home)
    session.flush()
    return home


def create_resident(
    session: Session,
    vault: Vault,
    home: Home,
    now: datetime,
    *,
    name: str,
    language: str = "zh",
    kind: str = "owner",
    form: Form | None = None,
    surname_en: str = "",
    phone: str = "",
    is_large_type: bool = False,
) -> Resident:
    """Create a resident of a home; addressed neutrally unless ``form`` says what they chose.

    ``surname_en`` is the surname in Latin letters of somebody whose name is written in Chinese.
    """
    surname, given = address.split_name(name)
    is_latin = name[:1].isascii()
    first_name = given if is_latin else ""
    latin_surname = surname if is_latin else surname_en
    resident = Resident(
        estate_id=home.estate_id,
        name=name,
        surname=surname,
        address_as_zh=_chosen_zh(surname, first_name, form),
        address_as_en=address.address_en(latin_surname, form, first_name),
        language=language,
        kind=kind,
        is_large_type=is_large_type,
        created_at=now,
    )
    kept_phone.keep(resident, vault, phones.normalise(phone))
    session.add(resident)
    session.flush()
    session.add(Residency(estate_id=home.estate_id, resident_id=resident.id, home_id=home.id, starts_at=now))
    session.flush()
    return resident


def create_first_admin(
    session: Session,
    vault: Vault,
    *,
    username: str,
    password: str,
    name: str,
    language: str,
    now: datetime,
    is_cheap: bool = False,
) -> User:
    """Create the admin of a new installation, at work in every estate. Raises BadInput, BadPassword."""
    estate_ids = list(session.scalars(select(Estate.id)))
    return service.create_user(
        session,
        vault,
        username=username,
        password=password,
        role=Role.ADMIN,
        name_zh=name,
        name_en=name,
        estate_ids=estate_ids,
        now=now,
        language=language,
        is_cheap=is_cheap,
    )


def wipe_all(session: Session) -> None:
    """Empty every table of a demo. Raises Forbidden on anything that is not marked as a demo."""
    mark = session.scalar(select(Installation))
    if mark is None or not mark.is_demo:
        raise Forbidden
    for model, columns in ((Ticket, ("reopened_from_id",)), (User, ("deputy_id",))):
        session.execute(update(model).values(dict.fromkeys(columns)))
    session.execute(update(Conversation).values(last_link_id=None))
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(delete(table))
    session.expunge_all()


def _chosen_zh(surname: str, first_name: str, form: Form | None) -> str:
    """先生 after the surname or, for a name in Latin letters, after it as well: Brown 先生."""
    if form is Form.FIRST_NAME:
        return first_name
    if form is None or not surname:
        return ""
    title = address.address_zh(surname, form)
    return title if not first_name else title.replace(surname, f"{surname} ", 1)
