"""Absences that a leader writes down: who may, for whom, and where new matters go meanwhile."""

from collections.abc import Callable

from sqlalchemy import select

from backend.clock import HandClock
from backend.models import User
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
AWAY = {"start": "2026-03-11T09:00", "end": "2026-03-12T18:00", "reason": "发烧"}


def user_id(office: Office, username: str) -> int:
    with office.db.read() as session:
        return session.scalars(select(User.id).where(User.username == username)).one()


def note(office: Office, leader: StaffBrowser, username: str, deputy: str = "", status: int = 303) -> str:
    chosen = str(user_id(office, deputy)) if deputy else ""
    fields = {**AWAY, "user": str(user_id(office, username)), "deputy": chosen}
    return leader.submit("/absences/add", fields, status).text


def test_a_supervisor_notes_that_a_butler_is_ill_and_new_matters_go_to_the_deputy(
    office: Office, browse: Browse, clock: HandClock
) -> None:
    supervisor = browse("supervisor")
    assert "大家都在岗" in supervisor.read("/absences")
    assert 'href="/absences"' in supervisor.read("/rota")
    note(office, supervisor, "butler", "deputy")
    page = supervisor.read("/absences")
    assert "发烧" in page
    assert "代班：" in page
    assert office.see(office.open("general"), "supervisor")["butler"]["name"] == "Li Wei"
    supervisor.submit(f"/absences/{user_id(office, 'butler')}/back", {})
    assert "大家都在岗" in supervisor.read("/absences")
    assert office.see(office.open("general"), "supervisor")["butler"]["name"] == "Zhao Min"
    assert browse("manager").read("/audit").count("登记请假") >= 2


def test_without_anybody_to_stand_in_a_butler_cannot_be_noted_as_away(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        session.scalars(select(User).where(User.username == "butler")).one().deputy_id = None
    assert "还没有指定代班人" in note(office, browse("supervisor"), "butler", status=422)
    assert "不能在这里代班" in note(office, browse("supervisor"), "butler", "engineer", status=422)


def test_a_supervisor_notes_no_leader_no_stranger_and_others_do_not_come_in(
    office: Office, browse: Browse
) -> None:
    supervisor = browse("supervisor")
    for username in ("manager", "supervisor", "stranger"):
        note(office, supervisor, username, status=404)
    note(office, browse("manager"), "supervisor")
    for username in ("butler", "engineer", "guard"):
        browse(username).read("/absences", 403)
