"""The standing cast: an estate with its staff, a Chinese owner, an English tenant, and strangers.

Mr Chen (陈先生) owns 3-2-1501, Emma rents 5-1-802; Zhao Min is butler to both, Li Wei stands in for her.
The estate next door has a butler and a resident of its own: they must never see anything of ours.
"""

from dataclasses import dataclass

from backend.clock import HandClock
from backend.db import Database
from backend.models import Estate, Home, Resident, User
from backend.people import invitations, service, setup
from backend.people.address import Form
from backend.people.homes import HomeName
from backend.people.roles import Role
from backend.vault import Vault
from tests import beginning

PASSWORD = "eleven blue herons"
SECRET = "a secret key for tests, never used anywhere else"
#: codes without limit, as in the demo
CHEN_CODE, EMMA_CODE, NEIGHBOUR_CODE = "TEST-CHEN-0001", "TEST-EMMA-0002", "TEST-NEXT-0003"
STAFF = {
    "butler": (Role.BUTLER, "赵敏", "Zhao Min"),
    "deputy": (Role.BUTLER, "李伟", "Li Wei"),
    "supervisor": (Role.SUPERVISOR, "周岚", "Zhou Lan"),
    "manager": (Role.MANAGER, "孙磊", "Sun Lei"),
    "engineer": (Role.ENGINEER, "王强", "Wang Qiang"),
    "guard": (Role.GUARD, "马超", "Ma Chao"),
}


@dataclass(frozen=True)
class Cast:
    """Rows as they were when the cast came on; read a fresh one before looking at what changed."""

    estate: Estate
    next_door: Estate
    home: Home
    flat: Home
    chen: Resident
    emma: Resident
    neighbour: Resident
    butler: User
    deputy: User
    supervisor: User
    manager: User
    engineer: User
    guard: User
    stranger: User


def vault() -> Vault:
    return Vault(SECRET)


def enter(db: Database, clock: HandClock) -> Cast:
    """Put the cast into an empty database."""
    return beginning.once(db, ("cast", clock.real_now()), lambda: _enter(db, clock))


def _enter(db: Database, clock: HandClock) -> Cast:
    now, safe = clock.real_now(), vault()
    with db.write() as session:
        estate = setup.create_estate(
            session, code="JADE", name_zh="翠园", name_en="Jade Garden", hotline="010-8888 6666",
            address_zh="北京市朝阳区翠园路1号", address_en="1 Cuiyuan Road, Chaoyang, Beijing",
        )  # fmt: skip
        next_door = setup.create_estate(session, code="NEXT", name_zh="隔壁", name_en="Next Door")

        def user(username: str, role: Role, zh: str, en: str, at: Estate) -> User:
            return service.create_user(
                session, safe, username=username, password=PASSWORD, role=role, name_zh=zh, name_en=en,
                estate_ids=[at.id], now=now, is_cheap=True,
            )  # fmt: skip

        staff = {name: user(name, role, zh, en, estate) for name, (role, zh, en) in STAFF.items()}
        stranger = user("stranger", Role.BUTLER, "钱多", "Qian Duo", next_door)
        staff["butler"].deputy_id = staff["deputy"].id
        home = setup.create_home(session, estate, HomeName("3", "2", "1501"), butler=staff["butler"])
        flat = setup.create_home(session, estate, HomeName("5", "1", "802"), butler=staff["butler"])
        far = setup.create_home(session, next_door, HomeName("1", "1", "101"), butler=stranger)
        chen = setup.create_resident(
            session, safe, home, now, name="陈建国", form=Form.MR, surname_en="Chen", phone="13800138000"
        )
        emma = setup.create_resident(
            session, safe, flat, now, name="Emma Brown", form=Form.MS, language="en", kind="tenant",
            phone="+447700900123",
        )  # fmt: skip
        neighbour = setup.create_resident(session, safe, far, now, name="林平")
        for place, person, code in (
            (home, chen, CHEN_CODE), (flat, emma, EMMA_CODE), (far, neighbour, NEIGHBOUR_CODE)
        ):  # fmt: skip
            invitations.add_invitation(
                session, safe, place, person, code=code, now=now, uses=None, expires_at=None
            )
    return Cast(
        estate=estate, next_door=next_door, home=home, flat=flat, chen=chen, emma=emma, neighbour=neighbour,
        stranger=stranger, **staff,
    )  # fmt: skip
