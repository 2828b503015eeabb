"""交接班 on its page: what was offered is taken back there until a colleague has accepted it."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import pytest

from locales import t
from tests.desk.conftest import ENQUIRY, Desk, World

Open = Callable[..., Desk]


def offered(lin: Desk) -> str:
    """Lin's handover, offered to Tang; where its steps are posted."""
    place = lin.press("/handover/begin").headers["location"]
    address = f"/handover/{re.sub('.*-', '', place)}"
    lin.press(f"{address}/offer", to="tang", note="3栋电梯在修", keys="门卡2张")
    return address


def english(world: World) -> None:
    with world.db.write() as session:
        session.merge(world.butler).language = "en"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_offered_it_finds_the_button_and_presses_it(desk: Open, world: World, language: str) -> None:
    if language == "en":
        english(world)
    lin, word = desk("lin"), {"zh": "收回", "en": "Take it back"}[language]
    address = offered(lin)
    assert f"{word}</button>" in lin.get("/handover").text
    assert "/take_back" not in desk("tang").get("/handover").text
    answer = lin.press(f"{address}/take_back")
    assert answer.status_code == 303
    said = t(language, "The handover is taken back; the colleague has been told.")
    assert said in unquote(unquote(answer.headers["set-cookie"]))
    page = lin.get("/handover").text
    assert "/take_back" not in page
    assert page.count("3栋电梯在修") == page.count("门卡2张") == 1, "what was written waits in the form"


def test_the_colleague_reads_it_on_the_bell_and_has_nothing_to_accept_any_more(desk: Open) -> None:
    lin, tang = desk("lin"), desk("tang")
    address = offered(lin)
    assert f"{address}/accept" in tang.get("/handover").text
    lin.press(f"{address}/take_back")
    assert "林静收回了交班，您不用接班了" in tang.get("/alerts").text
    page = tang.get("/handover").text
    assert f"{address}/accept" not in page
    assert "3栋电梯在修" not in page
    late = tang.press(f"{address}/accept", checked="1")
    assert late.status_code == 409
    assert "林静已收回这份交班" in late.text


def test_too_late_to_take_it_back_is_said_on_the_handover_with_who_and_when(desk: Open, world: World) -> None:
    lin = desk("lin")
    address = offered(lin)
    desk("tang").press(f"{address}/accept", checked="1")
    refused = lin.press(f"{address}/take_back")
    assert refused.status_code == 409
    assert "唐凯已经接班（今天 10:00），不能再改动。" in refused.text.split('<article class="card hand"')[1]
    english(world)
    assert "Tang has accepted this handover (10:00 today)." in lin.press(f"{address}/take_back").text


def test_the_log_tells_who_took_a_handover_back_and_to_whom_it_was_offered(desk: Open) -> None:
    lin = desk("lin")
    lin.press(f"{offered(lin)}/take_back")
    log = desk("xu").get("/audit?kind=handover").text
    row = log.split("<tbody")[1]
    assert "收回交班" in row
    assert "林静" in row
    assert "唐凯" in row


GAS = "common.fire.gas-leak"


def test_a_danger_is_handed_over_first_and_marked(desk: Open, world: World) -> None:
    bulb = world.open()
    world.clock.advance(minutes=1)
    gas = world.open(GAS, words="厨房有煤气味")
    address = offered(desk("lin"))
    page = desk("tang").get("/handover").text
    assert f"{address}/accept" in page
    rows = re.findall(r'<a href="/tickets/(\d+)">(.*?)</a>', page)
    assert [int(number) for number, _ in rows] == [gas, bulb]
    assert 'class="urgent">紧急<' in rows[0][1]
    assert "urgent" not in rows[1][1]


def test_whoever_accepts_is_led_to_what_they_cover_and_its_lateness_counts_as_theirs(
    desk: Open, world: World
) -> None:
    world.open()
    lin, tang = desk("lin"), desk("tang")
    address = offered(lin)
    world.clock.advance(hours=2)
    assert badge(tang) == 0
    answer = tang.press(f"{address}/accept", checked="1")
    assert answer.headers["location"] == "/queue?queue=cover"
    said = t("zh", "You have taken the shift over. What is open stands in your queue under “Covering”.")
    assert said in unquote(unquote(answer.headers["set-cookie"]))
    assert badge(tang) == 1


def test_over_the_queue_of_whoever_handed_over_stands_who_has_it_until_their_next_shift(
    desk: Open, world: World
) -> None:
    world.open()
    lin, tang = desk("lin"), desk("tang")
    address, line = offered(lin), "已交班："
    assert line not in lin.get("/queue").text
    tang.press(f"{address}/accept", checked="1")
    page = lin.get("/queue").text
    assert line in page
    assert "唐凯" in page.split(line)[1][:60]
    assert line not in lin.get("/queue?queue=team").text
    assert line not in tang.get("/queue").text
    world.clock.advance(hours=15)
    assert line not in desk("lin").get("/queue").text


def test_who_takes_over_is_asked_about_keys_only_where_any_are_listed(desk: Open) -> None:
    lin, tang = desk("lin"), desk("tang")
    address = offered(lin)
    assert 'name="checked"' in tang.get("/handover").text
    lin.press(f"{address}/take_back")
    lin.press(f"{address}/offer", to="tang", note="", keys="")
    page = tang.get("/handover").text
    assert f"{address}/accept" in page
    assert 'name="checked"' not in page
    assert 'name="equipment"' not in page
    assert tang.press(f"{address}/accept").status_code == 303


def test_whoever_takes_over_nothing_stays_at_the_handover(desk: Open) -> None:
    address = offered(desk("lin"))
    answer = desk("tang").press(f"{address}/accept", checked="1")
    assert answer.headers["location"].startswith("/handover#")


def badge(browser: Desk) -> int:
    """The number at "My queue"."""
    found = re.search(r'data-count="queue">(\d+)<', browser.get("/handover").text)
    assert found is not None
    return int(found[1])


def test_what_waits_is_handed_over_as_waiting_and_an_agreed_visit_with_its_time(
    desk: Open, world: World
) -> None:
    waiting, agreed = world.open(ENQUIRY), world.open()
    world.act(world.butler, waiting, "pause", waits_for="answer")
    world.act(world.butler, agreed, "assign", user=world.engineer.id)
    start = world.clock.now() + timedelta(hours=23)
    world.act(world.butler, agreed, "schedule", start=start, end=start + timedelta(hours=2))
    offered(desk("lin"))
    rows = dict(re.findall(r'<a href="/tickets/(\d+)">(.*?)</li>', desk("tang").get("/handover").text))
    assert "等住户回复" in rows[str(waiting)]
    assert "到期" not in rows[str(waiting)]
    assert "上门：3月12日 周四 09:00–11:00" in rows[str(agreed)]


def accepted(lin: Desk, tang: Desk) -> None:
    assert tang.press(f"{offered(lin)}/accept", checked="1").status_code == 303


def test_who_handed_over_takes_the_work_back_with_one_press_and_the_colleague_is_told(
    desk: Open, world: World
) -> None:
    number = world.open()
    lin, tang = desk("lin"), desk("tang")
    accepted(lin, tang)
    assert f"#{number}" in tang.get("/queue?queue=cover").text
    assert 'action="/handover/resume"' in lin.get("/queue").text
    answer = lin.press("/handover/resume")
    assert answer.headers["location"] == "/queue"
    assert "这些工单又由您跟进了，已告知唐凯" in unquote(unquote(answer.headers["set-cookie"]))
    assert 'action="/handover/resume"' not in lin.get("/queue").text
    assert f"#{number}" not in tang.get("/queue?queue=cover").text
    assert "林静已接回自己的工作，您不用再代班了" in tang.get("/alerts").text
    again = lin.press("/handover/resume")
    assert again.status_code == 422
    assert "现在没有人代您跟进" in again.text


def test_handing_over_in_return_leaves_only_the_one_covering_the_other(desk: Open, world: World) -> None:
    world.open()
    lin, tang = desk("lin"), desk("tang")
    accepted(lin, tang)
    place = tang.press("/handover/begin").headers["location"]
    back = f"/handover/{re.sub('.*-', '', place)}"
    tang.press(f"{back}/offer", to="lin", note="没有别的", keys="")
    assert lin.press(f"{back}/accept").status_code == 303
    assert 'action="/handover/resume"' not in lin.get("/queue").text
    assert 'action="/handover/resume"' in tang.get("/queue").text


def test_the_log_tells_each_step_of_a_handover(desk: Open, world: World) -> None:
    lin = desk("lin")
    accepted(lin, desk("tang"))
    lin.press("/handover/resume")
    rows = desk("xu").get("/audit?kind=handover").text.split("<tbody")[1]
    for word in ("提出交班", "接受交班", "接回工作"):
        assert word in rows


def test_each_ticket_is_told_with_whose_it_is_what_was_said_and_where_it_stands_in_the_queues_words(
    desk: Open, world: World
) -> None:
    number = world.open(words="灯泡不亮了")
    lin = desk("lin")
    address = offered(lin)
    step = re.search(r'class="row-step[^"]*"[^>]*>([^<]+)<', lin.get("/queue").text)
    tang = desk("tang")
    row = tang.get("/handover").text.split(f'href="/tickets/{number}"')[1].split("</li>")[0]
    assert "灯泡不亮了" in row
    assert "陈建国" in row
    assert step
    assert step[1].strip() in row
    assert f"{address}/accept" in tang.get("/handover").text
