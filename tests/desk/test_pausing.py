"""The clocks of a ticket are paused at the desk: offered where it can work, worded for whoever reads it."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import pytest

from backend.models import Deadline
from tests.desk.conftest import ENQUIRY, LEAK, Desk, World

Open = Callable[..., Desk]
WARRANTY = "common.repair-tracking.tracking"


def row(html: str, number: int) -> str:
    return html.split(f'id="t{number}"')[1].split("</li>", maxsplit=1)[0]


def with_visit(world: World, item: str, action: str = "") -> int:
    number, start = world.open(item), world.clock.now() + timedelta(hours=24)
    if action:
        world.act(world.butler, number, action)
    world.act(world.butler, number, "schedule", start=start, end=start + timedelta(hours=2))
    return number


def test_pausing_is_offered_only_where_a_clock_may_wait(desk: Open, world: World) -> None:
    lin, fixed, free = desk("lin"), with_visit(world, LEAK, "accept"), world.open()
    assert "form-pause" not in lin.get(f"/tickets/{fixed}?do=pause").text
    assert "form-pause" in lin.get(f"/tickets/{free}?do=pause").text


def test_an_old_page_that_pauses_a_visit_reads_what_to_do_instead(desk: Open, world: World) -> None:
    lin, number = desk("lin"), with_visit(world, LEAK, "accept")
    for htmx in (False, True):
        answer = lin.press(f"/tickets/{number}/pause", htmx=htmx, reason="answer")
        assert answer.status_code == 409
        said = unquote(answer.headers["x-toast"]) if htmx else answer.text
        assert "请改约上门时间，或者先取消这次上门，另约时间。" in said
    assert world.ticket(number).state == "open"
    assert "时限内" in row(lin.get("/queue").text, number)


def test_the_butler_reads_which_clocks_run_on(desk: Open, world: World) -> None:
    lin, number = desk("lin"), with_visit(world, WARRANTY)
    answer = lin.press(f"/tickets/{number}/pause", htmx=True, reason="answer")
    assert re.search(r"以下时限照常计时：到场（.*明天.*）。", unquote(answer.headers["x-toast"]))
    html = lin.get("/queue").text
    assert "时限内" in row(html, number)
    assert "等住户回复" not in row(html, number)
    assert number not in [int(n) for n in re.findall(r'id="t(\d+)"', lin.get("/queue?state=paused").text)]


def test_all_clocks_standing_still_are_told_as_before(desk: Open, world: World) -> None:
    number, lin = world.open(ENQUIRY), desk("lin")
    answer = lin.press(f"/tickets/{number}/pause", htmx=True, reason="time")
    assert unquote(answer.headers["x-toast"]) == "计时已暂停，并已告知住户。"


def test_a_ticket_that_waits_for_a_part_says_so_to_everybody_in_their_own_language(
    desk: Open, world: World
) -> None:
    number, lin = world.open(resident=world.tenant), desk("lin")
    lin.press(f"/tickets/{number}/pause", reason="part")
    shown = row(lin.get("/queue?state=paused").text, number)
    assert "等配件" in shown
    assert "等住户回复" not in shown
    assert "waiting" not in shown
    assert "暂停计时 · 等配件" in lin.get(f"/tickets/{number}").text
    lin.press("/language", language="en")
    shown = row(lin.get("/queue?state=paused").text, number)
    assert "Waiting for parts" in shown
    assert "paused since" in shown


def test_older_rows_without_a_key_still_read_well(desk: Open, world: World) -> None:
    part, own = world.open(), world.open()
    world.act(world.butler, part, "pause", reason="we are waiting for a part.")
    world.act(world.butler, own, "pause", reason="厂家周五发货。")
    with world.db.read() as session:
        assert {row.waits_for for row in session.query(Deadline).filter(Deadline.paused_at.is_not(None))} == {
            None
        }
    html = desk("lin").get("/queue?state=paused").text
    assert "等配件" in row(html, part)
    assert "waiting for a part" not in row(html, part)
    assert "暂停计时" in row(html, own)
    assert "起暂停：厂家周五发货。" in row(html, own)


def test_own_words_go_with_the_reason_and_another_reason_needs_them(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    assert (
        "checked"
        not in lin.get(f"/tickets/{number}?do=pause").text.split("form-pause")[-1].split("</form>")[0]
    )
    for reason, words in (("", ""), ("other", ""), ("moon", "等快递。")):
        assert lin.press(f"/tickets/{number}/pause", reason=reason, words=words).status_code == 422
    lin.press(f"/tickets/{number}/pause", reason="part", words="厂家周五发货。")
    shown = row(lin.get("/queue?state=paused").text, number)
    assert "等配件" in shown
    assert "起暂停：厂家周五发货。" in shown
    lin.press(f"/tickets/{number}/resume")
    lin.press(f"/tickets/{number}/pause", reason="other", words="等业委会盖章。")
    shown = row(lin.get("/queue?state=paused").text, number)
    assert "暂停计时" in shown
    assert "起暂停：等业委会盖章。" in shown


def test_the_form_says_truly_what_the_resident_reads_and_no_resident_reads_of_a_clock(
    desk: Open, world: World
) -> None:
    number, lin = world.open(), desk("lin")
    html = lin.get(f"/tickets/{number}?do=pause").text
    assert "系统会告诉住户这件事现在先等一等，并附上原因；您自己写了话，住户读到的就是您的话。" in html
    assert "我们在等您方便的时间，请回复一个时间。" in html
    lin.press(f"/tickets/{number}/pause", reason="time")
    talk = lin.get(f"/tickets/{number}").text
    assert f"陈先生，#{number} 现在先等一等：我们在等您方便的时间，请回复一个时间。" in talk


@pytest.mark.parametrize(
    ("action", "field", "more", "limit"),
    [
        ("pause", "words", {"reason": "other"}, 300),
        ("set_aside", "reason", {"until": "hour"}, 300),
        ("cancel", "reason", {}, 300),
        ("pass_on", "note", {}, 1000),
    ],
)
def test_a_reason_that_would_fill_the_screen_is_refused_at_its_field(
    desk: Open, world: World, action: str, field: str, more: dict[str, str], limit: int
) -> None:
    number, lin = world.open(), desk("lin")
    typed = {**more, field: "字" * (limit + 1)} | (
        {"user": str(world.supervisor.id)} if action == "pass_on" else {}
    )
    refused = lin.press(f"/tickets/{number}/{action}", **typed)
    assert refused.status_code == 422
    assert f"请控制在{limit}字以内。" in refused.text
    assert "字" * (limit + 1) in refused.text
    assert world.ticket(number).state == "open"


def test_words_in_another_language_stay_on_the_page_where_the_reason_says_it(
    desk: Open, world: World
) -> None:
    number, lin = world.open(resident=world.tenant), desk("lin")
    lin.press(f"/tickets/{number}/pause", reason="part", words="The valve comes on Friday.")
    shown = row(lin.get("/queue?state=paused").text, number)
    assert "等配件" in shown
    assert "valve" not in shown
    assert "The valve comes on Friday." in lin.get(f"/tickets/{number}").text
