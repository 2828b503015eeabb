"""Incidents on a page: proposed, opened with a tap, worded, ended."""

import re
from collections.abc import Callable

import pytest

from backend.incidents import sweep
from backend.models import Incident, UserEstate
from backend.people import setup
from backend.people.homes import HomeName
from tests.desk.conftest import Desk, World, menu

Open = Callable[..., Desk]
PAGE = "/incidents"
LIFT = "common.equipment.lift-fault"
TEXTS = {"text_zh": "电梯故障，师傅在路上。", "text_en": "The lift is stuck; help is on its way."}


@pytest.fixture
def storm(world: World) -> list[int]:
    """Three homes of building 3 have reported the lift."""
    numbers = []
    for flat in ("101", "201", "301"):
        with world.db.write() as session:
            home = setup.create_home(session, world.estate, HomeName("3", "1", flat), butler=world.butler)
            who = setup.create_resident(session, world.vault, home, world.clock.now(), name=f"住户{flat}")
        world.home = home
        numbers.append(world.open(LIFT, resident=who, words="电梯坏了"))
    sweep.tick(world.db, world.clock, menu())
    return numbers


def state(world: World) -> str:
    with world.db.read() as session:
        return session.query(Incident).one().state


def test_a_proposal_stands_with_its_tickets_and_two_sentences_that_may_be_sent_as_they_are(
    desk: Open, world: World, storm: list[int]
) -> None:
    html = desk("lin").get(PAGE).text
    assert "3号楼1单元 · 电梯停运" in html
    assert "可能是同一件事（3 条报事）。" in html
    assert "3号楼1单元“电梯停运”的情况我们已经知道" in html
    assert "We know of “Lift out of service” in Bldg 3, Unit 1" in html
    for number in storm:
        assert f'href="/tickets/{number}"' in html


def test_two_taps_open_it_and_everybody_is_told(desk: Open, world: World, storm: list[int]) -> None:
    xu = desk("xu")
    html = xu.get(PAGE).text
    found = re.search(r'action="(/incidents/\d+/open)"', html)
    assert found
    assert xu.press(found[1], **TEXTS).status_code == 303
    assert "所有报事的住户会在几秒内收到通知。" in xu.get(PAGE).text
    assert sweep.tick(world.db, world.clock, menu()) == 3
    assert TEXTS["text_zh"] in xu.get(f"/tickets/{storm[0]}").text
    assert "已告知突发事件" in xu.get(f"/tickets/{storm[0]}").text
    assert xu.press(found[1], **TEXTS).status_code == 409
    assert xu.press(found[1].replace("open", "end"), **TEXTS).status_code == 303
    assert state(world) == "over"
    assert "已结束" in xu.get(PAGE).text


def test_a_missing_language_blocks_the_send_and_keeps_what_was_typed(
    desk: Open, world: World, storm: list[int]
) -> None:
    xu = desk("xu")
    found = re.search(r'action="(/incidents/\d+/open)"', xu.get(PAGE).text)
    assert found
    answer = xu.press(found[1], text_zh="电梯故障。", text_en="")
    assert answer.status_code == 422
    assert "中英文都要填写" in answer.text
    assert "电梯故障。</textarea>" in answer.text
    assert state(world) == "proposed"


def test_a_proposal_can_be_set_aside(desk: Open, world: World, storm: list[int]) -> None:
    xu = desk("xu")
    found = re.search(r'formaction="(/incidents/\d+/dismiss)"', xu.get(PAGE).text)
    assert found
    xu.press(found[1])
    html = xu.get(PAGE).text
    assert "目前没有突发事件。" in html
    assert "不是突发事件。" in html


def test_an_incident_can_be_opened_before_anybody_reports_it(desk: Open, world: World) -> None:
    xu = desk("xu")
    answer = xu.press(PAGE, topic=LIFT, building="3号楼", **TEXTS)
    assert answer.status_code == 303
    assert "3号楼 · 电梯停运" in xu.get(PAGE).text
    assert xu.press(PAGE, topic=LIFT, building="3", **TEXTS).status_code == 409
    wrong = xu.press(PAGE, topic="", building="", **TEXTS)
    assert wrong.status_code == 422
    assert TEXTS["text_en"] in wrong.text
    assert xu.press(PAGE, topic=LIFT, building="5").status_code == 422


def test_the_bell_leads_to_the_proposal(desk: Open, world: World, storm: list[int]) -> None:
    html = desk("lin").get("/alerts").text
    assert "3 条相似报事，可能是同一突发事件" in html
    assert 'href="/incidents"' in html


def test_engineers_have_no_such_page_and_strangers_see_nothing_of_it(
    desk: Open, world: World, storm: list[int]
) -> None:
    assert desk("zhao").get(PAGE).status_code == 403
    wang = desk("wang")
    assert "电梯故障，" not in wang.get(PAGE).text
    assert "目前没有突发事件。" in wang.get(PAGE).text
    assert wang.press(f"{PAGE}/1/open", **TEXTS).status_code == 404
    assert wang.press(f"{PAGE}/1/explode", **TEXTS).status_code == 404


def test_staff_of_two_estates_choose_where_it_is_and_chance_never_does(desk: Open, world: World) -> None:
    with world.db.write() as session:
        other = setup.create_estate(session, code="EAST", name_zh="东苑", name_en="East Court")
        session.add(UserEstate(user_id=world.supervisor.id, estate_id=other.id))
    xu = desk("xu")
    assert 'name="estate"' in xu.get(PAGE).text
    told = {"topic": LIFT, "building": "", **TEXTS}
    unsaid = xu.press(PAGE, **told)
    assert (unsaid.status_code, "EAST" in unsaid.text) == (422, True)
    assert 'id="new-estate-error"' in unsaid.text  # beside the estate, in words and not in codes
    assert "您在多个小区任职" not in unsaid.text
    assert xu.press(PAGE, **told, estate="EAST").status_code == 303
    with world.db.read() as session:
        assert session.query(Incident).one().estate_id == other.id
    assert 'name="estate"' not in desk("lin").get(PAGE).text
