"""Staff accounts as managers and admins see and change them, and what they cannot do."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.models import AuditEntry, Home, Shift, StaffSession, User, UserEstate
from backend.people import service
from backend.people.roles import Role
from tests.house.cast import PASSWORD, vault
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
NEW = {"username": "lin", "name_zh": "林青", "name_en": "Lin Qing", "role": "butler", "phone": "13900139000"}


def add_admin(office: Office, username: str = "admin") -> User:
    with office.db.write() as session:
        return service.create_user(
            session, vault(), username=username, password=PASSWORD, role=Role.ADMIN, name_zh="何源",
            name_en="He Yuan", estate_ids=[office.cast.estate.id], now=office.clock.real_now(), is_cheap=True,
        )  # fmt: skip


def user(office: Office, username: str) -> User:
    with office.db.read() as session:
        return session.scalars(select(User).where(User.username == username)).one()


def actions(office: Office) -> list[str]:
    with office.db.read() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def form(page: str) -> dict[str, str]:
    """The state that the form of an account was made from."""
    found = re.search(r'name="state" value="(\w+)"', page)
    assert found
    return {"state": found[1]}


def test_the_list_tells_load_homes_deputy_and_who_is_on_duty(office: Office, browse: Browse) -> None:
    office.open("repair")
    office.clock.advance(minutes=30)  # the first answer is late by now
    page = browse("manager", "en").read("/team")
    row = page.split(f'id="u{office.cast.butler.id}"')[1].split("</tr>")[0]
    assert all(text in row for text in ("Zhao Min", "Bldg 3, Bldg 5", "Li Wei", "On duty"))
    assert re.findall(r"#open\">(\d+)<", row) == ["1", "1"]
    assert "钱多" not in page
    assert "赵敏" in browse("manager").read("/team")


def test_a_supervisor_sees_load_duty_and_homes_and_can_change_nothing(office: Office, browse: Browse) -> None:
    office.open("repair")
    office.clock.advance(minutes=30)  # the first answer is late by now
    with office.db.write() as session:
        session.get_one(User, office.cast.deputy.id).is_active = False
    page = browse("supervisor", "en").read("/team")
    row = page.split(f'id="u{office.cast.butler.id}"')[1].split("</tr>")[0]
    assert all(text in row for text in ("Zhao Min", "Bldg 3, Bldg 5", "On duty", "<span>1</span>"))
    body = page.split("<main", 1)[1]
    for text in ("/team/", "First password", "Second factor", "<small>butler</small>", "钱多", "Qian Duo"):
        assert text not in body, text
    assert f'id="u{office.cast.deputy.id}"' not in page  # a closed account is the managers' matter
    assert 'href="/team"' in page


def test_the_rota_of_one_estate_takes_nobody_of_another_off_duty(office: Office, browse: Browse) -> None:
    cast, now = office.cast, office.clock.now()
    with office.db.write() as session:
        session.add(UserEstate(user_id=cast.supervisor.id, estate_id=cast.next_door.id))
        session.add(Shift(estate_id=cast.estate.id, user_id=cast.butler.id, starts_at=now,
                          ends_at=now + timedelta(hours=8)))  # fmt: skip
    page = browse("supervisor", "en").read("/team")
    duty = {
        one: "On duty</span>" in page.split(f'id="u{one}"')[1].split("</tr>")[0]
        for one in (cast.butler.id, cast.deputy.id, cast.stranger.id)
    }
    assert duty == {cast.butler.id: True, cast.deputy.id: False, cast.stranger.id: True}


def test_a_supervisor_next_door_sees_only_those_next_door(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        session.get_one(User, office.cast.stranger.id).role = "supervisor"
    page = browse("stranger", "en").read("/team")
    assert re.findall(r'<tr id="u(\d+)"', page) == [str(office.cast.stranger.id)]
    browse("stranger").read(f"/team/{office.cast.butler.id}", 403)


@pytest.mark.parametrize("username", ["butler", "supervisor", "engineer", "guard"])
def test_only_managers_and_admins_change_accounts(office: Office, browse: Browse, username: str) -> None:
    someone, pages = browse(username), ("/team/new", "/team/homes", f"/team/{office.cast.butler.id}")
    is_leader = username == "supervisor"
    assert ('href="/team"' in someone.read("/alerts")) == is_leader
    someone.read("/team", 200 if is_leader else 403)
    for path in pages:
        someone.read(path, 403)
    someone.submit("/team", NEW, 403)
    someone.submit(f"/team/{office.cast.butler.id}/password", {}, 403)


def test_a_colleague_is_added_and_the_first_password_is_shown_once(office: Office, browse: Browse) -> None:
    answer = browse("manager", "en").submit("/team", NEW, 200)
    first = re.findall(r"<code>([^<]+)</code>", answer.text)[1]
    assert answer.headers["cache-control"] == "no-store"
    added = user(office, "lin")
    assert (added.must_change_password, added.role, added.phone_sealed is not None) == (True, "butler", True)
    assert first not in browse("manager").read(f"/team/{added.id}")
    assert "user.add" in actions(office)
    with office.db.read() as session:
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "user.add").order_by(AuditEntry.id)
        )
        assert first not in str(entry.after)
        assert "139" not in str(entry.after)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    page = manager.submit("/team", {**NEW, "name_en": " ", "phone": "abc"}, 422).text
    assert "Please fill this in." in page
    assert "This is not a phone number we can read." in page
    assert 'value="林青"' in page
    taken = manager.submit("/team", {**NEW, "username": "butler"}, 422).text
    assert "already taken" in taken
    for name in ("lin qing", "小林"):
        refused = manager.submit("/team", {**NEW, "username": name}, 422).text
        assert "Please use letters a to z and digits, without spaces" in refused
        assert f'value="{name}" type="text"' in refused


def test_a_manager_gives_no_admin_role_and_touches_no_admin(office: Office, browse: Browse) -> None:
    admin = add_admin(office)
    manager = browse("manager", "en")
    manager.submit("/team", {**NEW, "role": "admin"}, 403)
    page = manager.read(f"/team/{admin.id}")
    assert "belongs to an administrator" in page
    for verb in ("password", "sessions", "second-factor", "close"):
        manager.submit(f"/team/{admin.id}/{verb}", {}, 403)
    manager.submit(f"/team/{admin.id}", {"name_zh": "x", "name_en": "x", "state": "x"}, 409)
    assert user(office, "admin").name_zh == "何源"


def test_nobody_raises_or_closes_themselves(office: Office, browse: Browse) -> None:
    manager, own = browse("manager", "en"), office.cast.manager
    page = manager.read(f"/team/{own.id}")
    assert 'name="role"' not in page
    fields = {"name_zh": "孙磊", "name_en": "Sun Lei", "role": "supervisor", **form(page)}
    assert "Nobody changes their own role" in manager.submit(f"/team/{own.id}", fields, 409).text
    manager.submit(f"/team/{own.id}/close", {}, 409)
    manager.submit(f"/team/{own.id}/password", {}, 409)
    assert user(office, "manager").role == "manager"


def test_the_last_admin_stays_and_the_second_may_go(office: Office, browse: Browse) -> None:
    first = add_admin(office)
    second = add_admin(office, "admin2")
    admin = browse("admin", "en")
    fields = {"name_zh": "何源", "name_en": "He Yuan", "role": "butler"}
    fields |= form(admin.read(f"/team/{second.id}"))
    admin.submit(f"/team/{second.id}", fields)
    assert user(office, "admin2").role == "butler"
    with office.db.write() as session:
        session.get_one(User, second.id).role = "manager"
    third = add_admin(office, "admin3")
    with office.db.write() as session:
        session.get_one(User, first.id).is_active = False
        session.get_one(User, third.id).deputy_id = None
    last = browse("admin3", "en")
    last.submit(f"/team/{third.id}/close", {}, 409)  # their own


def test_another_estate_does_not_exist_and_who_also_works_there_is_left_alone(
    office: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    manager.read(f"/team/{office.cast.stranger.id}", 404)
    manager.submit(f"/team/{office.cast.stranger.id}/password", {}, 404)
    with office.db.write() as session:
        session.add(UserEstate(user_id=office.cast.butler.id, estate_id=office.cast.next_door.id))
    manager.submit(f"/team/{office.cast.butler.id}/password", {}, 403)


def test_an_account_is_changed_and_a_change_made_meanwhile_is_told(office: Office, browse: Browse) -> None:
    manager, butler = browse("manager", "en"), office.cast.butler
    state = form(manager.read(f"/team/{butler.id}"))
    fields = {"name_zh": "赵敏", "name_en": "Min Zhao", "role": "butler", "deputy": "", **state}
    manager.submit(f"/team/{butler.id}", fields)
    assert (user(office, "butler").name_en, user(office, "butler").deputy_id) == ("Min Zhao", None)
    page = manager.submit(f"/team/{butler.id}", {**fields, "name_en": "Another"}, 409).text
    assert "Sun Lei changed this account at" in page
    assert 'value="Another"' in page


def test_a_deputy_does_the_same_kind_of_work(office: Office, browse: Browse) -> None:
    manager, butler = browse("manager", "en"), office.cast.butler
    page = manager.read(f"/team/{butler.id}")
    fields = {"name_zh": "赵敏", "name_en": "Zhao Min", "role": "butler", **form(page)}
    wrong = manager.submit(f"/team/{butler.id}", {**fields, "deputy": str(office.cast.engineer.id)}, 422).text
    assert "This colleague cannot stand in here." in wrong
    manager.submit(f"/team/{butler.id}", {**fields, "deputy": str(office.cast.supervisor.id)})
    assert user(office, "butler").deputy_id == office.cast.supervisor.id


def test_a_narrower_role_ends_what_is_open_in_a_browser(office: Office, browse: Browse) -> None:
    theirs, manager = browse("supervisor"), browse("manager")
    someone = office.cast.supervisor
    fields = {"name_zh": "周岚", "name_en": "Zhou Lan", "role": "guard"}
    manager.submit(f"/team/{someone.id}", fields | form(manager.read(f"/team/{someone.id}")))
    assert theirs.get("/queue").headers["location"].startswith("/login")


def test_a_new_password_ends_the_sessions_and_the_old_one(office: Office, browse: Browse) -> None:
    theirs, manager = browse("butler"), browse("manager", "en")
    answer = manager.submit(f"/team/{office.cast.butler.id}/password", {}, 200)
    fresh = re.findall(r"<code>([^<]+)</code>", answer.text)[1]
    assert theirs.get("/queue").status_code == 303
    login = {"username": "butler", "password": PASSWORD}
    assert office.client.post("/api/staff/login", json=login).status_code == 401
    login["password"] = fresh
    theirs.cookies.clear()
    assert theirs.post("/login", data=login).status_code == 303
    assert user(office, "butler").must_change_password


def test_sessions_are_ended_and_a_lost_second_factor_reset(office: Office, browse: Browse) -> None:
    theirs, manager, butler = browse("butler"), browse("manager", "en"), office.cast.butler
    manager.submit(f"/team/{butler.id}/sessions", {})
    assert theirs.get("/queue").status_code == 303
    with office.db.write() as session:
        session.get_one(User, butler.id).totp_sealed = vault().seal("JBSWY3DPEHPK3PXP")
    assert "Second factor lost" in manager.read(f"/team/{butler.id}")
    manager.submit(f"/team/{butler.id}/second-factor", {})
    assert user(office, "butler").totp_sealed is None
    assert {"user.sessions", "user.second_factor"} <= set(actions(office))


def test_closing_an_account_passes_everything_on_in_one_step(office: Office, browse: Browse) -> None:
    number, butler, deputy = office.open("repair"), office.cast.butler, office.cast.deputy
    now = office.clock.now()
    with office.db.write() as session:
        session.add(Shift(estate_id=office.cast.estate.id, user_id=butler.id,
                          starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=3.3)))  # fmt: skip
    theirs, manager = browse("butler"), browse("manager", "en")
    page = manager.read(f"/team/{butler.id}")
    assert "1 open tickets, 2 homes, 1 shifts to come" in page
    nobody = manager.submit(f"/team/{butler.id}/close", {"to": ""}, 422).text
    assert "Please say who takes over" in nobody
    assert user(office, "butler").is_active
    engineer = {"to": str(office.cast.engineer.id)}
    assert "cannot take over" in manager.submit(f"/team/{butler.id}/close", engineer, 422).text
    manager.submit(f"/team/{butler.id}/close", {"to": str(deputy.id)})
    assert office.ticket(number).butler_id == deputy.id
    with office.db.read() as session:
        assert set(
            session.scalars(select(Home.butler_id).where(Home.estate_id == office.cast.estate.id))
        ) == {deputy.id}
        assert not session.scalars(select(Shift).where(Shift.user_id == butler.id)).all()
        assert not session.scalars(select(StaffSession).where(StaffSession.user_id == butler.id)).all()
    theirs.cookies.clear()
    assert theirs.post("/login", data={"username": "butler", "password": PASSWORD}).status_code == 401
    assert {"user.close", "user.pass_on"} <= set(actions(office))
    manager.submit(f"/team/{butler.id}/open", {})
    assert user(office, "butler").is_active


def test_buildings_are_given_to_butlers(office: Office, browse: Browse) -> None:
    manager, cast = browse("manager", "en"), office.cast
    assert "Butler of building 3" in manager.read("/team/homes")
    field = f"b.{cast.estate.id}.3"
    manager.submit("/team/homes", {field: str(cast.deputy.id), f"b.{cast.estate.id}.5": "mixed"})
    with office.db.read() as session:
        served = {home.code: home.butler_id for home in session.scalars(select(Home))}
    assert (served["3-2-1501"], served["5-1-802"]) == (cast.deputy.id, cast.butler.id)
    manager.submit("/team/homes", {field: str(cast.engineer.id)}, 422)
    manager.submit("/team/homes", {f"b.{cast.next_door.id}.1": str(cast.deputy.id)}, 404)
    assert "home.building" in actions(office)
