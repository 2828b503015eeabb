"""Building the demo's estates, homes and people from ``people.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.models import Estate, Home, Resident, User, UserEstate, Zone
from backend.people import homes, invitations, passwords, service, setup
from backend.people.address import Form
from backend.people.viewer import Viewer
from backend.vault import Vault

FILE: Final = Path(__file__).with_name("people.toml")
#: The known password of every demo login; no real account may have it (``passwords.COMMON``).
PASSWORD: Final = "guanjia-demo"
#: Everybody had moved in before the history begins.
MOVED_IN: Final = timedelta(days=400)
Table = Mapping[str, Any]


@dataclass(slots=True)
class World:
    """The demo's people by the names that the data files use."""

    estates: dict[str, Estate] = field(default_factory=dict)
    zones: dict[tuple[str, str], Zone] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    residents: dict[str, Resident] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)


def build(session: Session, vault: Vault, now: datetime, *, is_cheap: bool) -> World:
    """Create estates, staff, homes, residents and the two invitations."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    world = World()
    for table in data["estates"]:
        world.estates[table["code"]] = _estate(session, table)
    for table in data["zones"]:
        estate = world.estates[table["estate"]]
        zone = setup.create_zone(session, estate, table["code"], table["name"]["zh"], table["name"]["en"])
        world.zones[table["estate"], table["code"]] = zone
    _staff(session, vault, world, data["users"], now, is_cheap=is_cheap)
    for group in data["groups"]:
        for table in group["homes"]:
            _home(session, vault, world, group, table, now)
    return world


def _estate(session: Session, table: Table) -> Estate:
    return setup.create_estate(
        session,
        code=table["code"],
        name_zh=table["name"]["zh"],
        name_en=table["name"]["en"],
        hotline=table["hotline"],
        address_zh=table["address"]["zh"],
        address_en=table["address"]["en"],
        settings={"desk_hours": table["desk_hours"]},
    )


def _staff(
    session: Session, vault: Vault, world: World, tables: list[Table], now: datetime, *, is_cheap: bool
) -> None:
    # One hash for all: the password is printed at the start anyway, and ten hashes would take a second.
    password_hash = passwords.hash_password(PASSWORD, is_cheap)
    for table in tables:
        user = User(
            username=table["username"],
            password_hash=password_hash,
            role=table["role"],
            name_zh=table["name"]["zh"],
            name_en=table["name"]["en"],
            created_at=now - MOVED_IN,
        )
        service.set_phone(user, vault, table.get("phone", ""))
        world.users[user.username] = user
    session.add_all(world.users.values())
    session.flush()
    for table in tables:
        user = world.users[table["username"]]
        user.deputy_id = world.users[table["deputy"]].id if "deputy" in table else None
        session.add_all(UserEstate(user_id=user.id, estate_id=world.estates[c].id) for c in table["estates"])
    session.flush()
    world.viewers = {name: service.viewer_of(session, user) for name, user in world.users.items()}


def _home(session: Session, vault: Vault, world: World, group: Table, table: Table, now: datetime) -> None:
    estate, name = world.estates[group["estate"]], homes.parse_home(table["home"])
    if name is None:
        raise ValueError(f"people.toml: {table['home']!r} is no home")
    zone, butler = world.zones[group["estate"], group["zone"]], world.users[group["butler"]]
    home = setup.create_home(session, estate, name, zone=zone, butler=butler, tier=group["tier"])
    for person in table["residents"]:
        resident = _resident(session, vault, home, person, now)
        world.residents[resident.name], world.homes[resident.name] = resident, home
        if "code" in person:
            invitations.add_invitation(
                session, vault, home, resident, code=person["code"], now=now, uses=None, expires_at=None
            )


def _resident(session: Session, vault: Vault, home: Home, table: Table, now: datetime) -> Resident:
    return setup.create_resident(
        session,
        vault,
        home,
        now - MOVED_IN,
        name=table["name"],
        language=table.get("language", "zh"),
        kind=table.get("kind", "owner"),
        form=Form(table["form"]) if "form" in table else None,
        surname_en=table.get("surname_en", ""),
        phone=table.get("phone", ""),
        is_large_type=table.get("is_large_type", False),
    )
