"""值班任务: seen by role, taken and done on the spot with its form; missed ones stand in a report."""

import re
from collections.abc import Callable

import pytest

from backend.duties import queries, sweep
from backend.duties.rules import standard_duties
from backend.models import Duty, Estate, Record
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]


@pytest.fixture(autouse=True)
def made(world: World) -> None:
    """Today's tasks are there."""
    sweep.tick(world.db, world.clock)


def spot_check(world: World) -> Duty:
    """The first spot check of the cleaning by the butlers of this estate."""
    with world.db.read() as session:
        query = session.query(Duty).filter(Duty.estate_id == world.estate.id, Duty.duty == "SLA-47")
        found = query.order_by(Duty.due_at).first()
    assert found is not None
    return found


def test_a_butler_sees_what_butlers_do_and_a_leader_sees_everybodys(desk: Open) -> None:
    butler = desk("lin").get("/duties").text
    assert "抽查保洁" in butler
    assert "主管巡查保洁" not in butler
    assert "主管巡查保洁" in desk("lin").get("/duties?who=all").text
    leader = desk("xu").get("/duties").text
    assert "抽查保洁" in leader
    assert "主管巡查保洁" in leader


def test_a_check_is_done_with_its_form_and_then_stands_under_done(desk: Open, world: World) -> None:
    lin, task = desk("lin"), spot_check(world)
    answer = lin.press(f"/duties/{task.id}/do", area="3栋大堂", check_score="9", who="mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/duties?who=mine")
    page = lin.get("/duties").text
    assert "今日完成" in page or "今天完成" in page
    assert "林静" in page
    with world.db.read() as session:
        record = session.query(Record).one()
    assert record.values == {"area": "3栋大堂", "check_score": 9, "checker": "林静"}
    assert "3栋大堂" in lin.get(f"/duties/{task.id}").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"finding": "有积水"}, "请填写"), ({"area": "大堂", "check_score": "很好"}, "这里请填数字")],
)
def test_what_lacks_is_said_at_its_field_and_nothing_typed_is_lost(
    desk: Open, world: World, typed: dict[str, str], said: str
) -> None:
    answer = desk("lin").press(f"/duties/{spot_check(world).id}/do", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(value in answer.text for value in typed.values())
    assert spot_check(world).done_at is None


def test_a_task_is_taken_and_a_colleague_is_told_who_has_it(desk: Open, world: World) -> None:
    task = spot_check(world)
    assert desk("lin").press(f"/duties/{task.id}/take").status_code == 303
    answer = desk("tang").press(f"/duties/{task.id}/take")
    assert answer.status_code == 409
    assert "林静" in answer.text


def test_what_was_missed_stands_in_the_months_report_and_rings_the_bell(desk: Open, world: World) -> None:
    for minutes in (8 * 60 - 1, 2):
        world.clock.advance(minutes=minutes)
        sweep.tick(world.db, world.clock)
    page = desk("xu").get("/registers/missed?month=2026-03").text
    assert "抽查保洁" in page
    assert f'href="/duties/{spot_check(world).id}"' in page
    assert 'href="/registers/missed"' in desk("xu").get("/duties").text
    assert 'href="/registers/missed"' not in desk("zhao").get("/duties").text
    bell = desk("xu").get("/alerts").text
    assert "没有按时完成" in bell
    assert 'href="/duties/' in bell


@pytest.mark.parametrize("path", ["/duties", "/duties?who=all", "/rota", "/handover"])
def test_the_pages_are_in_the_language_of_the_reader(desk: Open, world: World, path: str) -> None:
    with world.db.write() as session:
        session.merge(world.butler).language = "en"
    page = desk("lin").get(path).text
    main = page.split('<main id="main"')[1].split("</main>")[0]
    for name in ("林静", "唐凯", "陈建国"):
        main = main.replace(name, "")
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in main)


def test_nobody_sees_or_does_the_tasks_of_another_estate(desk: Open, world: World) -> None:
    task = spot_check(world)
    wang = desk("wang")
    assert wang.get(f"/duties/{task.id}").status_code == 404
    assert wang.press(f"/duties/{task.id}/do", area="x").status_code == 404
    assert f"task-{task.id}" not in wang.get("/duties?who=all").text


def test_the_mark_of_an_estate_is_no_task(desk: Open, world: World) -> None:
    with world.db.read() as session:
        mark = session.query(Duty).filter(Duty.duty == queries.MARK).first()
    assert mark is not None
    assert desk("xu").get(f"/duties/{mark.id}").status_code == 404


def test_signed_out_one_comes_to_the_login(desk: Open) -> None:
    assert desk().get("/duties").headers["location"] == "/login?next=/duties"


@pytest.fixture
def manager(world: World) -> None:
    """The estate's manager, by the name sun."""
    with world.db.write() as session:
        session.merge(world.supervisor).role = "manager"


@pytest.mark.usefixtures("manager")
def test_a_manager_switches_duties_off_and_sets_their_hours(desk: Open, world: World) -> None:
    boss = desk("xu")
    assert 'href="/settings/duties"' in boss.get("/duties").text
    kept = {f"on.{one.id}": "1" for one in standard_duties() if one.is_on and one.id != "SLA-46"}
    assert boss.press("/settings/duties", **kept, **{"hours.SLA-47": "09:00-21:00"}).status_code == 303
    with world.db.read() as session:
        own = session.get_one(Estate, world.estate.id).settings["duties"]
    assert own == {"SLA-46": {"on": False}, "SLA-47": {"windows": [["09:00", "21:00"]]}}
    page = boss.get("/settings/duties").text
    assert 'value="09:00–21:00"' in page
    sweep.tick(world.db, world.clock)
    assert "主管巡查保洁" not in boss.get("/duties").text


@pytest.mark.usefixtures("manager")
def test_the_duties_stand_by_their_rhythm_and_none_is_named_by_its_row(desk: Open, world: World) -> None:
    with world.db.write() as session:
        estate = session.get_one(Estate, world.estate.id)
        estate.settings = {"duties": {"SLA-47": {"windows": "早上"}, "SLA-99": {}}}
    page = desk("xu").get("/settings/duties").text
    words = re.sub(r"<[^>]*>", " ", page)
    assert "SLA-99、抽查保洁" in words
    assert "SLA-" not in words.replace("SLA-99", "")
    main = words[words.index("每天") :]
    parts = [main.index(one) for one in ("抽查保洁", "每周、每月、每年", "物业体检", "有事时")]
    assert parts == sorted(parts)
    assert "工程师傅 · 每24个月" in words


@pytest.mark.usefixtures("manager")
def test_several_hours_may_stand_in_several_lines(desk: Open, world: World) -> None:
    assert (
        '<textarea class="rule-hours is-long" name="hours.SLA-46" rows="2"'
        in desk("xu").get("/settings/duties").text
    )
    kept = {f"on.{one.id}": "1" for one in standard_duties() if one.is_on}
    lines = {"hours.SLA-46": "07:30–10:00\r\n13:30–15:30\r\n"}
    assert desk("xu").press("/settings/duties", **kept, **lines).status_code == 303
    with world.db.read() as session:
        own = session.get_one(Estate, world.estate.id).settings["duties"]
    assert own == {"SLA-46": {"windows": [["07:30", "10:00"], ["13:30", "15:30"]]}}


@pytest.mark.usefixtures("manager")
def test_hours_that_are_none_are_said_at_their_duty(desk: Open) -> None:
    answer = desk("xu").press("/settings/duties", **{"on.SLA-47": "1", "hours.SLA-47": "早上"})
    assert answer.status_code == 422
    assert "08:00–10:00这样填写" in answer.text
    assert 'value="早上"' in answer.text


def test_others_do_not_arrange_duties(desk: Open) -> None:
    assert desk("lin").get("/settings/duties").status_code == 403
    assert desk("xu").press("/settings/duties").status_code == 403
