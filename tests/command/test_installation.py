"""What an operator does: set up a real estate, remove a demo, add staff, invite residents."""

import pytest
from sqlalchemy import func, select

from backend import installation
from backend.clock import HandClock
from backend.db import Database
from backend.errors import BadInput
from backend.installation import CannotDo, Guest, House, NewEstate, NewUser, Wish
from backend.models import Estate, Home, Installation, Resident, User
from backend.people import doors, invitations, service
from backend.people.passwords import BadPassword
from backend.people.roles import Role
from backend.settings import Settings
from backend.vault import Vault
from intents.loader import load_menu

ANSWERS = NewEstate(
    name_zh="清源里",
    name_en="Qingyuan Gardens",
    code="QY",
    timezone="Asia/Shanghai",
    hotline="0571 8888 0000",
    admin="head",
    password="a long and private sentence",
)


@pytest.fixture
def house(db: Database, settings: Settings, clock: HandClock) -> House:
    return House(settings, db, Vault(settings.secret_key), clock)


def _changed(**values: str) -> NewEstate:
    return NewEstate(**{**{name: getattr(ANSWERS, name) for name in NewEstate.__slots__}, **values})


def test_set_up_makes_an_estate_and_an_admin_who_can_sign_in(house: House, clock: HandClock) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    (estate,) = installation.list_estates(house.database)
    assert (estate.code, estate.name_zh, estate.name_en) == ("QY", "清源里", "Qingyuan Gardens")
    assert installation.is_demo(house.database) is False
    attempt = service.LoginTry("head", ANSWERS.password)
    signed_in = doors.sign_in(house.database, house.vault, attempt, clock.now(), is_cheap=True)
    assert signed_in.user.role == Role.ADMIN.value


@pytest.mark.parametrize("code", ["", "a b", "小区", "x" * 21, "-x"])
def test_a_code_that_cannot_be_in_a_link_is_refused(house: House, code: str) -> None:
    with pytest.raises(CannotDo, match="letters, digits"):
        installation.set_up(house, _changed(code=code), may_wipe_demo=False)


def test_an_unknown_time_zone_is_refused(house: House) -> None:
    with pytest.raises(CannotDo, match="Asia/Shanghai"):
        installation.set_up(house, _changed(timezone="Mars/Olympus"), may_wipe_demo=False)


def test_a_weak_password_leaves_nothing_behind(house: House) -> None:
    with pytest.raises(BadPassword):
        installation.set_up(house, _changed(password="short"), may_wipe_demo=False)
    assert installation.list_estates(house.database) == []


def test_the_same_code_twice_is_refused(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    with pytest.raises(CannotDo, match="already"):
        installation.set_up(house, _changed(admin="other"), may_wipe_demo=False)


def test_a_demo_is_removed_only_when_that_was_allowed(house: House) -> None:
    installation.ensure_data(house, load_menu(), wants_demo=True)
    assert installation.is_demo(house.database)
    with pytest.raises(CannotDo, match="yes"):
        installation.set_up(house, ANSWERS, may_wipe_demo=False)
    installation.set_up(house, ANSWERS, may_wipe_demo=True)
    with house.database.read() as session:
        assert session.scalars(select(User.username)).all() == ["head"]
        assert session.scalars(select(Installation.is_demo)).all() == [False]
        assert session.scalar(select(func.count(Resident.id))) == 0


def test_the_demo_refuses_a_real_estate(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    with pytest.raises(CannotDo, match="real estate"):
        installation.ensure_data(house, load_menu(), wants_demo=True)


def test_a_real_estate_is_served_as_it_is(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    installation.ensure_data(house, load_menu(), wants_demo=False)
    assert [estate.code for estate in installation.list_estates(house.database)] == ["QY"]


def test_an_empty_database_gets_the_demo_on_sqlite_only(house: House) -> None:
    if house.database.is_sqlite:
        installation.ensure_data(house, load_menu(), wants_demo=False)
        assert installation.is_demo(house.database)
    else:
        with pytest.raises(CannotDo, match="setup"):
            installation.ensure_data(house, load_menu(), wants_demo=False)


def test_a_new_member_of_staff_can_sign_in_with_the_password_shown(house: House, clock: HandClock) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    new = NewUser("li.na", Role.BUTLER, "李娜", "Li Na", ("QY",), must_change=True)
    password = installation.add_user(house, new)
    attempt = service.LoginTry("li.na", password)
    signed_in = doors.sign_in(house.database, house.vault, attempt, clock.now(), is_cheap=True)
    with house.database.read() as session:
        viewer = service.viewer_of(session, signed_in.user)
    assert len(viewer.estate_ids) == 1
    assert viewer.must_change_password


def test_an_account_for_a_script_keeps_its_password(house: House, clock: HandClock) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    robot = NewUser("robot", Role.DESK, "前台程序", "Desk robot")
    attempt = service.LoginTry("robot", installation.add_user(house, robot))
    signed_in = doors.sign_in(house.database, house.vault, attempt, clock.now(), is_cheap=True)
    with house.database.read() as session:
        assert not service.viewer_of(session, signed_in.user).must_change_password


def test_a_taken_user_name_is_refused(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    with pytest.raises(BadInput):
        installation.add_user(house, NewUser("head", Role.BUTLER, "李娜", "Li Na"))


def test_staff_of_an_unknown_estate_is_refused_with_the_known_ones(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    with pytest.raises(CannotDo, match="QY"):
        installation.add_user(house, NewUser("li.na", Role.BUTLER, "李娜", "Li Na", ("ZZ",)))


def test_an_invitation_names_the_resident_and_works(house: House, clock: HandClock) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    wish = Wish("3号楼2单元1501", guest=Guest("陈伟"), is_new=True, uses=1, days=7)
    code, estate = installation.invite(house, wish)
    assert estate == "QY"
    with house.database.write() as session:
        redeemed = invitations.redeem_invitation(session, house.vault, code, clock.now())
        assert redeemed.home.code == "3-2-1501"
        assert redeemed.resident is not None
        assert redeemed.resident.name == "陈伟"


def test_a_second_invitation_is_for_the_same_resident(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    wish = Wish("3-2-1501", guest=Guest("陈伟"), is_new=True)
    assert installation.invite(house, wish)[0] != installation.invite(house, wish)[0]
    with house.database.read() as session:
        assert session.scalar(select(func.count(Resident.id))) == 1
        assert session.scalar(select(func.count(Home.id))) == 1


def test_a_new_home_belongs_to_the_estates_first_butler(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    installation.add_user(house, NewUser("li.na", Role.BUTLER, "李娜", "Li Na"))
    installation.invite(house, Wish("1-1-101", is_new=True))
    with house.database.read() as session:
        home = session.scalars(select(Home)).one()
        assert session.get_one(User, home.butler_id).username == "li.na"
        assert session.scalar(select(Estate.code).where(Estate.id == home.estate_id)) == "QY"


@pytest.mark.parametrize(("text", "said"), [("9-9-999", "--new"), ("somewhere nice", "3-2-1501")])
def test_a_home_that_is_not_there_is_refused_with_the_way_out(house: House, text: str, said: str) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    with pytest.raises(CannotDo, match=said):
        installation.invite(house, Wish(text))


def test_before_set_up_there_is_nothing_to_invite_to(house: House) -> None:
    with pytest.raises(CannotDo, match="setup"):
        installation.invite(house, Wish("1-1-101"))


def test_of_several_estates_one_must_be_named(house: House) -> None:
    installation.set_up(house, ANSWERS, may_wipe_demo=False)
    installation.set_up(house, _changed(code="HT", admin="second"), may_wipe_demo=False)
    with pytest.raises(CannotDo, match="--estate: QY, HT"):
        installation.invite(house, Wish("1-1-101"))
