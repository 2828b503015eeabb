"""Two small estates with their people, for the tests of this room."""

from dataclasses import dataclass

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.models import Estate, Home, Resident, User
from backend.people import service, setup
from backend.people.address import Form
from backend.people.homes import HomeName
from backend.people.roles import Role
from backend.vault import Vault

PASSWORD = "eleven blue herons"


@dataclass(frozen=True)
class House:
    """What the tests know by name."""

    here: Estate
    there: Estate
    home: Home
    far_home: Home
    resident: Resident
    tenant: Resident
    butler: User
    deputy: User
    manager: User
    stranger: User


@pytest.fixture
def vault() -> Vault:
    return Vault("a secret key for tests, never used anywhere else")


@pytest.fixture
def house(db: Database, clock: HandClock, vault: Vault) -> House:
    now = clock.real_now()
    with db.write() as session:
        here = setup.create_estate(session, code="HERE", name_zh="此间", name_en="Here")
        there = setup.create_estate(session, code="THERE", name_zh="彼处", name_en="There")

        def user(name: str, role: Role, estate: Estate) -> User:
            return service.create_user(
                session, vault, username=name, password=PASSWORD, role=role, name_zh=name, name_en=name,
                estate_ids=[estate.id], now=now, is_cheap=True,
            )  # fmt: skip

        butler, deputy = user("butler", Role.BUTLER, here), user("deputy", Role.BUTLER, here)
        manager, stranger = user("manager", Role.MANAGER, here), user("stranger", Role.BUTLER, there)
        butler.deputy_id = deputy.id
        home = setup.create_home(session, here, HomeName("3", "2", "1501"), butler=butler)
        far_home = setup.create_home(session, there, HomeName("3", "2", "1501"), butler=stranger)
        setup.create_home(session, here, HomeName("10", "1", "201"))
        resident = setup.create_resident(
            session, vault, home, now, name="欧阳文静", form=Form.MS, surname_en="Ouyang", phone="13800138000"
        )
        tenant = setup.create_resident(
            session,
            vault,
            far_home,
            now,
            name="Tom Brown",
            language="en",
            kind="tenant",
            phone="+447700900123",
        )
    return House(here, there, home, far_home, resident, tenant, butler, deputy, manager, stranger)
