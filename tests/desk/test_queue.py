"""My queue: what stands in it, in which order, and what a live event brings back."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from backend.models import Deadline, Message, Ticket
from tests.desk.conftest import COMPLAINT, ENQUIRY, Desk, World

Open = Callable[..., Desk]
CLEANING = "value.clean-oneoff.floor"


def rows(html: str) -> list[str]:
    """The keys of the rows of a page, in order."""
    return re.findall(r'<li id="(\w+)" class="row', html)


def row(html: str, number: int) -> str:
    return html.split(f'<li id="t{number}"')[1].split("</li>", maxsplit=1)[0]


def test_a_new_ticket_shows_its_words_home_clock_and_what_to_do(desk: Open, world: World) -> None:
    number = world.open()
    shown = row(desk("lin").get("/queue").text, number)
    for part in (
        "厨房水龙头漏水",
        "3-2-1501",
        "陈建国",
        "首次响应",
        "时限内",
        "剩10分钟",
        "接单",
        "data-due=",
    ):
        assert part in shown


def test_titles_are_in_the_language_of_the_viewer_and_words_in_the_residents(
    desk: Open, world: World
) -> None:
    number = world.open(resident=world.tenant, words="My tap drips")
    lin = desk("lin")
    lin.press("/language", language="en")
    shown = row(lin.get("/queue").text, number)
    assert 'lang="en">My tap drips' in shown
    assert "Writes English" in shown
    assert not re.search("[\u4e00-\u9fff]", shown)


def test_late_comes_first_then_what_is_due_soonest_and_waiting_last(desk: Open, world: World) -> None:
    waiting = world.open(ENQUIRY)
    world.act(world.butler, waiting, "accept")
    world.act(world.butler, waiting, "pause", reason="等您回复")
    late = world.open()
    world.clock.advance(minutes=11)
    far = world.open(COMPLAINT)
    world.act(world.butler, far, "accept")
    near = world.open()
    assert rows(desk("lin").get("/queue").text) == [f"t{n}" for n in (late, near, far, waiting)]


def test_chips_count_and_filter(desk: Open, world: World) -> None:
    late = world.open()
    world.clock.advance(minutes=11)
    world.open()
    lin = desk("lin")
    page = lin.get("/queue?state=late")
    assert rows(page.text) == [f"t{late}"]
    assert re.search(r"已超时</span><b>1</b>", page.text)
    assert re.search(r"时限内</span><b>1</b>", page.text)
    assert rows(lin.get("/queue?state=ok").text) != [f"t{late}"]
    assert "没有符合筛选的工单" in lin.get("/queue?state=paused").text


def test_a_late_ticket_stays_late_while_it_is_paused(desk: Open, world: World) -> None:
    number = world.open(COMPLAINT)
    world.act(world.butler, number, "accept")
    world.clock.advance(hours=3)
    world.act(world.butler, number, "pause", reason="等您回复")
    world.clock.advance(hours=3)
    shown = row(desk("lin").get("/queue?state=late").text, number)
    assert "已超时" in shown


def test_what_is_paused_does_not_tick(desk: Open, world: World) -> None:
    number = world.open(ENQUIRY)
    world.act(world.butler, number, "accept")
    world.act(world.butler, number, "pause", waits_for="answer")
    shown = row(desk("lin").get("/queue").text, number)
    assert "等住户回复" in shown
    assert "data-due" not in shown


def test_tabs_hold_mine_the_teams_and_nobodys(desk: Open, world: World) -> None:
    mine, other = world.open(), world.open()
    world.act(world.butler, other, "assign", user=world.colleague.id)
    lin = desk("lin")
    assert rows(lin.get("/queue").text) == [f"t{mine}"]
    assert set(rows(lin.get("/queue?queue=team").text)) == {f"t{mine}", f"t{other}"}
    assert rows(lin.get("/queue?queue=unassigned").text) == []
    assert rows(desk("xu").get("/queue").text) != []


def test_people_of_another_estate_see_nothing(desk: Open, world: World) -> None:
    number = world.open()
    wang = desk("wang")
    assert rows(wang.get("/queue?queue=team").text) == []
    assert wang.get(f"/tickets/{number}").status_code == 404
    assert wang.press(f"/tickets/{number}/accept").status_code == 404


def test_a_complaint_about_a_butler_is_hidden_from_that_butler(desk: Open, world: World) -> None:
    number = world.open(COMPLAINT, words="我要投诉管家林静")
    assert rows(desk("lin").get("/queue?queue=team").text) == []
    assert desk("lin").get(f"/tickets/{number}").status_code == 404
    assert rows(desk("xu").get("/queue?queue=team").text) == [f"t{number}"]


def test_an_engineer_sees_own_jobs_only(desk: Open, world: World) -> None:
    mine, other = world.open(), world.open()
    world.act(world.butler, mine, "assign", user=world.engineer.id)
    zhao = desk("zhao")
    assert rows(zhao.get("/queue?queue=team").text) == [f"t{mine}"]
    assert zhao.get(f"/tickets/{other}").status_code == 404
    assert zhao.get("/new").status_code == 403
    assert 'href="/new"' not in zhao.get("/queue").text
    assert 'href="/new"' in desk("lin").get("/queue").text


def test_an_engineer_finds_the_next_step_of_the_work_in_the_row(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    world.act(world.butler, number, "assign", user=world.engineer.id)
    assert 'data-key="check_in"' in desk("zhao").get("/queue").text
    world.act(world.engineer, number, "check_in")
    assert 'data-key="complete"' in desk("zhao").get("/queue").text
    assert 'data-key="complete"' not in desk("lin").get("/queue").text


def test_a_complaint_is_to_be_classed_before_it_is_reported_back(desk: Open, world: World) -> None:
    number, lin = world.open(COMPLAINT), desk("lin")
    world.act(world.butler, number, "accept")
    assert 'data-key="classify"' in lin.get("/queue").text
    wish = {"class": "valid", "severity": "severe", "department": "engineering"}
    world.act(world.butler, number, "classify", **wish)
    assert 'data-key="feedback"' in lin.get("/queue").text


@pytest.mark.parametrize("text", ["{number}", "#{number}", "3-2-15", "建国", "软管"])
def test_the_search_finds_by_number_home_name_and_matter(desk: Open, world: World, text: str) -> None:
    number = world.open()
    found = desk("lin").get("/queue", params={"queue": "team", "q": text.format(number=number)})
    assert rows(found.text) == [f"t{number}"]


@pytest.mark.parametrize("text", ["%", "_____", "'; drop table tickets --", "\x00", "９" * 40])
def test_odd_searches_find_nothing_and_break_nothing(desk: Open, world: World, text: str) -> None:
    world.open()
    answer = desk("lin").get("/queue", params={"q": text, "after": "x.y.z", "state": "evil"})
    assert answer.status_code == 200


def test_the_next_page_begins_where_the_last_one_ended(desk: Open, world: World) -> None:
    numbers = []
    for _ in range(53):
        numbers.append(world.open())
        world.clock.advance(seconds=1)
    lin = desk("lin")
    first = lin.get("/queue").text
    after = re.search(r'href="(/queue\?[^"]*after=[^"]*)"', first)
    assert after
    second = lin.get(after[1].replace("&amp;", "&")).text
    assert rows(first) + rows(second) == [f"t{n}" for n in numbers]


def test_an_empty_queue_says_so_and_shows_the_way(desk: Open, world: World) -> None:
    html = desk("lin").get("/queue").text.split('id="rows"')[1]
    assert "没有待处理的工单" in html
    assert 'href="/queue?queue=unassigned"' in html
    assert 'href="/visits">今天的上门</a>' in html
    unassigned = desk("lin").get("/queue?queue=unassigned").text.split('id="rows"')[1]
    assert 'href="/queue?queue=unassigned"' not in unassigned
    assert 'href="/visits">今天的上门</a>' in unassigned


def test_the_tab_counts_what_needs_action(desk: Open, world: World) -> None:
    world.open()
    assert "<title>我的待办" in desk("lin").get("/queue").text
    world.clock.advance(minutes=11)
    assert "<title>(1) 我的待办" in desk("lin").get("/queue").text


def test_changed_rows_come_out_of_band_with_counts_and_what_belongs_here(desk: Open, world: World) -> None:
    mine, other = world.open(), world.open()
    world.act(world.butler, other, "assign", user=world.colleague.id)
    answer = desk("lin").get(f"/queue/rows?ids=t{mine},t{other},t9999")
    assert rows(answer.text) == [f"t{mine}", f"t{other}"]
    assert answer.text.count('hx-swap-oob="outerMorph"') == 6  # two rows, chips, tabs, bell, troubles
    matching = re.search(r'data-matching="([^"]*)"', answer.text)
    assert matching
    assert json.loads(matching[1].replace("&#34;", '"')) == {
        f"t{mine}": True,
        f"t{other}": False,
        "t9999": False,
    }


def test_a_row_of_another_page_is_neither_new_here_nor_gone(desk: Open, world: World) -> None:
    first, second = world.open(), world.open()
    lin = desk("lin")
    ranks = re.findall(r'data-rank="([^"]+)"', lin.get("/queue").text)
    for bounds, expected in (
        (f"until={ranks[0]}", {f"t{first}": True, f"t{second}": "elsewhere"}),
        (f"after={ranks[0]}", {f"t{first}": "elsewhere", f"t{second}": True}),
    ):
        answer = lin.get(f"/queue/rows?ids=t{first},t{second}&{bounds}").text
        matching = re.search(r'data-matching="([^"]*)"', answer)
        assert matching
        assert json.loads(unescape(matching[1])) == expected


def test_a_long_list_asks_for_its_rows_within_the_page_that_is_shown(desk: Open, world: World) -> None:
    numbers = [world.open() for _ in range(51)]
    html = desk("lin").get("/queue").text
    asked = re.search(r'data-rows="[^"]*until=([^"&]+)', html)
    assert asked
    assert asked[1] == re.findall(r'data-rank="([^"]+)"', html)[49]
    assert f'id="t{numbers[-1]}"' not in html


def test_a_new_message_of_the_resident_is_marked_until_somebody_answers(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    assert "新</b>" in row(lin.get("/queue").text, number)
    world.act(world.butler, number, "accept")
    assert "unread" not in row(lin.get("/queue").text, number)
    world.clock.advance(minutes=1)
    world.say(world.resident, "还在漏，能快点吗？")
    assert "1条新消息" in row(lin.get("/queue").text, number)
    world.act(world.butler, number, "reply", text="马上到")
    assert "unread" not in row(lin.get("/queue").text, number)


def test_a_message_of_a_ticket_that_nobody_took_on_yet_stands_beside_new(desk: Open, world: World) -> None:
    number = world.open()
    world.clock.advance(minutes=1)
    _say_of(world, number, "还在漏，能快点吗？")
    assert "新 · 1条新消息</b>" in row(desk("lin").get("/queue").text, number)


def _say_of(world: World, number: int, words: str) -> None:
    """The resident writes, and it is filed on this ticket."""
    world.say(world.resident, words)
    with world.db.write() as session:
        said = session.scalars(select(Message).where(Message.text == words)).one()
        said.ticket_id = world.ticket(number).id


def test_an_engineer_has_a_job_until_the_work_is_over_and_follow_ups_are_the_butlers(
    desk: Open, world: World
) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    world.act(world.butler, number, "assign", user=world.engineer.id)
    zhao, lin = desk("zhao"), desk("lin")
    assert rows(zhao.get("/queue").text) == [f"t{number}"]
    world.act(world.engineer, number, "check_in")
    world.act(world.engineer, number, "complete", note="换了软管")
    assert world.ticket(number).state == "done"
    mine = zhao.get("/queue").text
    assert rows(mine) == rows(zhao.get("/queue?queue=team").text) == []
    assert "我的 <b>0</b>" in mine
    assert f"t{number}&#34;: false" in zhao.get(f"/queue/rows?ids=t{number}").text
    assert rows(zhao.get("/queue?state=done").text) == [f"t{number}"]
    assert zhao.get(f"/tickets/{number}").status_code == 200
    assert 'data-key="follow_up"' in row(lin.get("/queue").text, number)
    world.clock.advance(hours=100)
    assert "<title>我的待办" in desk("zhao").get("/queue").text
    assert "<title>(1) 我的待办" in desk("lin").get("/queue").text


def test_an_engineer_keeps_a_cleaning_until_it_is_signed_and_never_another_ones_follow_up(
    desk: Open, world: World
) -> None:
    number = world.open(CLEANING)
    with world.db.write() as session:
        ticket = session.query(Ticket).filter(Ticket.number == number).one()
        ticket.worker_id, ticket.state, ticket.step = world.engineer.id, "done", "finished"
    assert rows(desk("zhao").get("/queue").text) == [f"t{number}"]
    with world.db.write() as session:
        session.query(Ticket).filter(Ticket.number == number).one().step = "settled"
    assert rows(desk("zhao").get("/queue").text) == []
    assert rows(desk("lin").get("/queue").text) == [f"t{number}"]


def chips(html: str) -> dict[str, int]:
    found = re.findall(r'class="chip is-(\w+)".*?<b>(\d+)</b>', html)
    return {state: int(number) for state, number in found}


def test_the_chips_of_the_clocks_add_up_to_the_number_of_the_tab(desk: Open, world: World) -> None:
    answered = world.open("estate.bulky-waste")
    world.act(world.butler, answered, "accept")
    with world.db.write() as session:
        session.query(Deadline).filter(Deadline.met_at.is_(None)).update({"met_at": world.clock.now()})
    world.open()
    world.clock.advance(minutes=11)
    waiting = world.open(ENQUIRY)
    world.act(world.butler, waiting, "accept")
    world.act(world.butler, waiting, "pause", reason="等您回复")
    world.open(COMPLAINT)
    lin = desk("lin")
    html = lin.get("/queue").text
    counted = chips(html)
    assert counted["none"] == counted["late"] == counted["paused"] == 1
    assert sum(counted[state] for state in ("late", "soon", "ok", "paused", "none")) == 4
    assert "我的 <b>4</b>" in html
    alone = lin.get("/queue?state=none").text
    assert rows(alone) == [f"t{answered}"]
    assert "暂无时限" in alone
    assert f"t{answered}&#34;: true" in lin.get(f"/queue/rows?ids=t{answered}&state=none").text
