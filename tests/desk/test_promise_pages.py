"""今日承诺: what falls due today, late first, one tap to the ticket; and the sheet of the evening."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update

from backend.desk.promises import person
from backend.models import Deadline, Ticket
from tests.desk.conftest import COMPLAINT, Desk, World

Opened = Callable[..., Desk]


def rows_of(page: str) -> list[str]:
    """The rows of a list, as plain text."""
    found = re.findall(r'<li id="p\d+".*?</li>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", unescape(row)).split()) for row in found]


def figures_of(page: str) -> str:
    found = re.search(r'<p class="share">.*?</p>', page, re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(found[0])).split())


def test_late_ones_lead_then_what_is_due_next_and_what_is_over_comes_last(world: World, desk: Opened) -> None:
    kept, late, running = world.open(), world.open(), world.open(COMPLAINT)
    world.act(world.butler, kept, "accept")
    world.act(world.butler, running, "accept")
    world.clock.advance(minutes=30)
    rows = rows_of(desk("lin").get("/promises").text)
    assert f"#{late}" in rows[0]
    assert "已超时" in rows[0]
    assert "登记" in rows[1]
    assert {f"#{kept}" in row for row in rows[2:]} >= {True}


def test_a_row_says_what_was_promised_to_whom_and_leads_to_the_ticket(world: World, desk: Opened) -> None:
    number = world.open()
    page = desk("lin").get("/promises").text
    (row,) = rows_of(page)
    for part in ("首次响应：", "3-2-1501", "陈建国", "10:10"):
        assert part in row
    assert f'href="/tickets/{number}"' in page


def test_an_outside_company_is_no_visitor() -> None:
    assert person("zh", None) == "访客"
    assert person("zh", None, "provider") == "–"


def test_the_page_is_whole_in_english(world: World, desk: Opened) -> None:
    world.open()
    reader = desk("lin")
    reader.press("/language", language="en")
    for path in ("/promises", "/promises/evening"):
        main = unescape(reader.get(path).text).split("<main", 1)[1].split("</main>")[0]
        without_names = re.sub(r"陈建国|厨房水龙头漏水|林静|中", "", main)
        assert not re.search(r"[一-鿿]", without_names)


def test_what_falls_due_tomorrow_is_not_todays(world: World, desk: Opened) -> None:
    world.open(COMPLAINT)
    clocks = " ".join(rows_of(desk("lin").get("/promises").text))
    assert "首次响应" in clocks
    assert "投诉反馈" not in clocks


def test_the_share_counts_what_is_over_and_opens_what_was_broken(world: World, desk: Opened) -> None:
    kept, late = world.open(), world.open()
    world.act(world.butler, kept, "accept")
    world.clock.advance(minutes=11)
    world.act(world.butler, late, "accept")
    open_one = world.open()
    page = desk("lin").get("/promises").text
    assert "50.0%" in figures_of(page)
    assert "按时1项，未按时1项，未到期1项" in figures_of(page)
    (row,) = rows_of(desk("lin").get("/promises?queue=mine&state=broken").text)
    assert f"#{late}" in row
    assert f"#{open_one}" not in row


def test_a_promise_withdrawn_in_time_is_none(world: World, desk: Opened) -> None:
    number = world.open()
    world.act(world.butler, number, "cancel", reason="不用了")
    assert rows_of(desk("lin").get("/promises").text) == []
    assert "今天没有到期的承诺" in desk("lin").get("/promises").text


def test_a_butler_sees_their_own_and_a_supervisor_the_estates_by_butler(world: World, desk: Opened) -> None:
    mine, theirs = world.open(), world.open()
    with world.db.write() as session:
        other = update(Ticket).where(Ticket.number == theirs)
        session.execute(other.values(butler_id=world.colleague.id))
    assert [f"#{mine}" in row for row in rows_of(desk("lin").get("/promises").text)] == [True]
    page = desk("xu").get("/promises").text
    assert len(rows_of(page)) == 2
    for name in ("林静", "唐凯"):
        assert f"<b>{name}</b>" in page
    (row,) = rows_of(desk("xu").get(f"/promises?queue=team&butler={world.colleague.id}").text)
    assert f"#{theirs}" in row


def test_the_estate_next_door_sees_nothing_of_ours(world: World, desk: Opened) -> None:
    world.open()
    assert rows_of(desk("wang").get("/promises?queue=team").text) == []
    assert "厨房" not in desk("wang").get("/promises/evening?queue=team").text


def test_a_live_event_brings_the_changed_promises_and_says_what_belongs(world: World, desk: Opened) -> None:
    number, other = world.open(), world.open()
    world.act(world.butler, number, "cancel", reason="不用了")
    answer = desk("lin").get(f"/promises/rows?queue=mine&ids=t{number},t{other}").text
    matching = json.loads(unescape(re.search(r'data-matching="([^"]*)"', answer)[1]))  # type: ignore[index]
    assert sorted(matching.values()) == [False] * (len(matching) - 1) + [True]
    assert [f"#{other}" in row for row in rows_of(answer)] == [True]
    assert 'hx-swap-oob="outerMorph"' in answer
    assert 'id="chips"' in answer


@pytest.mark.parametrize("ids", ["", "t", "x1", "t99999999999999999999", "t1042", "-"])
def test_a_live_event_about_nothing_is_answered(world: World, desk: Opened, ids: str) -> None:
    assert desk("lin").get(f"/promises/rows?ids={ids}").status_code == 200


def test_a_long_day_goes_on_where_its_page_ends(
    world: World, desk: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("promise_queries", "promises"):
        monkeypatch.setattr(f"backend.desk.{module}.PAGE", 2)
    monkeypatch.setattr("backend.desk.promise_queries.list_promises.__defaults__", (3,))
    numbers = [world.open() for _ in range(3)]
    page = desk("lin").get("/promises").text
    onward = unescape(re.search(r'class="button" href="(/promises\?[^"]*after=[^"]*)"', page)[1])  # type: ignore[index]
    shown = rows_of(page) + rows_of(desk("lin").get(onward).text)
    assert [re.search(r"#(\d+)", row)[1] for row in shown] == [str(n) for n in numbers]  # type: ignore[index]


@pytest.mark.parametrize("query", ["state=x", "queue=all", "after=zzz", "butler=-1", "butler=1e9"])
def test_an_address_that_cannot_be_read_shows_the_day(world: World, desk: Opened, query: str) -> None:
    world.open()
    assert len(rows_of(desk("lin").get(f"/promises?{query}").text)) == 1


def section(page: str, heading: str) -> str:
    parts = re.findall(r'<section class="paper-part">.*?</section>', page, re.S)
    found = next(part for part in parts if heading in part[:120])
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(found)).split())


def test_the_evening_tells_what_was_kept_what_was_broken_and_why(world: World, desk: Opened) -> None:
    kept, late = world.open(), world.open()
    world.act(world.butler, kept, "accept")
    world.act(world.butler, late, "note", text="住户不在家，等他回电")
    world.clock.advance(minutes=45)
    page = desk("xu").get("/promises/evening").text
    assert "首次响应 1" in section(page, "按时完成")
    broken = section(page, "未按时")
    assert f"#{late}" in broken
    assert "尚未完成，已超时35分" in broken
    assert "住户不在家，等他回电" in broken
    assert "待接单" in broken
    assert f"#{kept}" not in broken


def test_the_evening_tells_what_is_open_and_who_is_expected_tomorrow(world: World, desk: Opened) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    tomorrow = world.clock.now() + timedelta(days=1)
    world.act(world.butler, number, "assign", user=world.engineer.username)
    world.act(world.butler, number, "schedule", start=tomorrow, end=tomorrow + timedelta(hours=2))
    page = desk("xu").get("/promises/evening").text
    assert f"#{number}" in section(page, "待办至明天")
    visits = section(page, "明天的上门")
    for part in (f"#{number}", "10:00–12:00", "3-2-1501", "赵强"):
        assert part in visits


def test_an_evening_gone_by_can_be_read_again_and_tomorrows_not_yet(world: World, desk: Opened) -> None:
    world.open()
    world.clock.advance(days=1)
    supervisor = desk("xu")
    assert "首次响应" in section(supervisor.get("/promises/evening?date=2026-03-11").text, "未按时")
    for asked in ("2026-12-31", "soon", "9999-99-99"):
        assert "3月12日" in supervisor.get(f"/promises/evening?date={asked}").text


def test_a_quiet_day_has_a_sheet_too(world: World, desk: Opened) -> None:
    page = desk("lin").get("/promises/evening").text
    for sentence in ("没有超时的承诺", "明天没有到期的承诺", "明天没有约好的上门"):
        assert sentence in page


def test_a_clock_of_a_promise_no_longer_made_has_its_name_still(world: World, desk: Opened) -> None:
    world.open()
    with world.db.write() as session:
        session.execute(update(Deadline).where(Deadline.clock == "SLA-01").values(clock="SLA-99"))
    (row,) = rows_of(desk("lin").get("/promises").text)
    assert "首次回复" in row or "首次响应" in row


def test_an_aim_that_was_missed_is_listed_late_but_no_broken_promise(world: World, desk: Opened) -> None:
    """SLA-03 is a target: within 24 hours, not hard."""
    number = world.open()
    world.act(world.butler, number, "accept")
    world.clock.advance(hours=25)
    rows = rows_of(desk("lin").get("/promises?queue=mine&state=late").text)
    assert any("24小时内解决" in row for row in rows)
    assert not any(
        "24小时内解决" in row for row in rows_of(desk("lin").get("/promises?queue=mine&state=broken").text)
    )


def test_aims_that_are_over_are_told_beside_the_share_so_that_the_figures_agree(
    world: World, desk: Opened
) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    before = figures_of(desk("lin").get("/promises").text)
    assert "努力目标" not in before
    world.clock.advance(hours=25)
    for path in ("/promises", "/promises/evening"):
        assert "另有努力目标1项，不计入比例" in figures_of(desk("lin").get(path).text)
