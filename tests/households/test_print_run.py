"""Invitations for a whole building: one slip a home, made at once, shown once, in both languages."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from sqlalchemy import select

from backend.audit.service import Actor
from backend.households import inviting
from backend.households.service import Desk
from backend.models import AuditEntry, Home, Invitation
from backend.people import service as people
from backend.people import setup
from backend.people.homes import HomeName
from tests.house import cast
from tests.households.conftest import Browser
from tests.staff_browser import told
from tests.tickets.office import Office

Browse = Callable[..., Browser]
CODE = re.compile(r'code">([2-9A-Z]{4}(?:-[2-9A-Z]{4}){3})<')
BUILDING = {"estate": "JADE", "building": "3"}


@pytest.fixture
def doors(office: Office) -> Office:
    """Building 3 has Mr Chen's home, which has an invitation already, and three more without any."""
    with office.db.write() as session:
        for flat in ("1601", "201", "1502"):
            home = setup.create_home(
                session, office.cast.estate, HomeName("3", "2", flat), butler=office.cast.butler
            )
            if flat == "201":
                setup.create_resident(session, cast.vault(), home, office.clock.now(), name="Sophie Martin",
                                      language="en", kind="tenant")  # fmt: skip
    return office


def made(office: Office) -> list[Invitation]:
    with office.db.read() as session:
        query = select(Invitation).join(Home, Home.id == Invitation.home_id).where(Home.building == "3")
        return list(session.scalars(query.order_by(Invitation.id)))


def test_each_home_without_an_invitation_gets_a_slip_in_both_languages_that_works(
    doors: Office, browse: Browse
) -> None:
    answer = browse("butler").press("/homes/invitations", 200, **BUILDING)
    page, codes = unescape(answer.text), CODE.findall(answer.text)
    assert len(codes) == 3
    assert answer.headers["cache-control"] == "no-store"
    assert page.count("<svg") >= 3
    names = ("翠园", "Jade Garden", "3号楼2单元201", "Bldg 3, Unit 2, Flat 201")
    assert re.search(r"有效期至 20\d\d年\d+月\d+日，可用 6 次", page)
    assert re.search(r"Good until \d+ [A-Z][a-z]{2} 20\d\d\.", page)
    for text in (*names, "扫描二维码", "Scan the code", f"/chat?invitation={codes[0]}"):
        assert text in page, text
    assert "1501" not in told(page)
    places = [page.index(f"3号楼2单元{flat}") for flat in ("201", "1502", "1601")]
    assert places == sorted(places)
    first = page[: page.index(codes[1])]  # Sophie's: she lives there alone, her language comes first
    assert first.index("Scan the code") < first.index("扫描二维码")
    for code in codes:
        assert doors.client.post("/api/chat/sessions", json={"invitation": code}).status_code == 201


def test_a_run_is_one_entry_of_the_audit_log_without_any_code(doors: Office, browse: Browse) -> None:
    codes = CODE.findall(browse("butler").press("/homes/invitations", 200, **BUILDING).text)
    with doors.db.read() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "invitation.run"))
    assert (entry.subject, entry.subject_id, entry.after) == ("building", "3", {"homes": 3})
    assert not any(code in str(entry.after) for code in codes)
    page = browse("manager", "en").read("/audit?kind=home")
    assert "Invitations of a building made" in page


def test_a_second_run_makes_nothing_and_says_so(doors: Office, browse: Browse) -> None:
    browser = browse("butler")
    browser.press("/homes/invitations", 200, **BUILDING)
    before = len(made(doors))
    answer = browser.press("/homes/invitations", 303, **BUILDING)
    assert answer.headers["location"] == "/homes?estate=JADE&building=3"
    assert "每套房屋都有可用的邀请码" in browser.read(answer.headers["location"])
    assert len(made(doors)) == before


def test_two_who_press_at_once_make_one_slip_a_home(doors: Office, browse: Browse) -> None:
    def press(one: Browser) -> str:
        return one.post("/homes/invitations", data={"csrf": one.token, **BUILDING}).text

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, [browse("butler"), browse("supervisor")]))
    assert sum(len(CODE.findall(one)) for one in answers) == 3
    assert len(made(doors)) == 4


def test_slips_that_were_not_printed_are_withdrawn_together_and_made_anew(
    doors: Office, browse: Browse
) -> None:
    browser = browse("butler")
    page = browser.press("/homes/invitations", 200, **BUILDING).text
    made_at = re.search(r'name="made_at" value="([^"]+)"', page)
    assert made_at
    at = unescape(made_at[1])
    browse("supervisor").press("/homes/invitations/withdraw", made_at=at, **BUILDING)  # not theirs: none
    browser.press("/homes/invitations/withdraw", made_at=at, **BUILDING)
    for code in CODE.findall(page):
        assert doors.client.post("/api/chat/sessions", json={"invitation": code}).status_code == 422
    with doors.db.read() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "invitation.withdraw"))
    assert entry.after == {"homes": 3}
    assert doors.client.post("/api/chat/sessions", json={"invitation": "TEST-CHEN-0001"}).status_code == 201
    assert len(CODE.findall(browser.press("/homes/invitations", 200, **BUILDING).text)) == 3
    browser.press("/homes/invitations/withdraw", 422, made_at="yesterday", **BUILDING)


def test_a_large_building_takes_several_runs_and_is_told_how_many_homes_wait(
    doors: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with doors.db.write() as session:
        viewer = people.viewer_of(session, session.merge(doors.cast.butler))
        desk = Desk(viewer, Actor(viewer.user_id), cast.vault(), doors.clock.now(), doors.clock.real_now())
        run = inviting.invite_building(session, desk, session.merge(doors.cast.estate), "3", most=2)
    assert ([one.home.flat for one in run.slips], run.left) == (["201", "1502"], 1)
    assert "还有" not in browse("butler").press("/homes/invitations", 200, **BUILDING).text


@pytest.mark.parametrize(
    ("who", "building", "status"),
    [("guard", BUILDING, 403), ("engineer", BUILDING, 403), ("deputy", {"building": "9"}, 404),
     ("stranger", BUILDING, 404), ("stranger", {"building": "3"}, 404),
     ("butler", {"estate": "NEXT", "building": "1"}, 404)],
)  # fmt: skip
def test_engineers_guards_and_whoever_works_elsewhere_make_none(
    doors: Office, browse: Browse, who: str, building: dict[str, str], status: int
) -> None:
    before = len(made(doors))
    browse(who).press("/homes/invitations", status, **building)
    assert len(made(doors)) == before


def test_a_butler_invites_only_the_homes_they_see(doors: Office, browse: Browse) -> None:
    with doors.db.write() as session:
        setup.create_home(session, doors.cast.estate, HomeName("3", "1", "102"), butler=doors.cast.supervisor)
    assert len(CODE.findall(browse("butler").press("/homes/invitations", 200, **BUILDING).text)) == 3
    assert len(CODE.findall(browse("supervisor").press("/homes/invitations", 200, **BUILDING).text)) == 1


def test_the_building_on_the_page_of_homes_offers_the_run(doors: Office, browse: Browse) -> None:
    page = browse("butler", "en").read("/homes?building=3")
    assert 'action="/homes/invitations"' in page
    assert "Make the slips" in page
    assert 'action="/homes/invitations"' not in browse("butler", "en").read("/homes?q=3-2-1501")
