"""Working the queue: reasons, setting aside, passing on, covering, several at once, merging, splitting."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from backend.models import Alert, Message, TicketEvent, User
from tests.desk.conftest import COMPLAINT, ENQUIRY, Desk, World

TUBE = "value.repair-electrical.tube-bulb"

Open = Callable[..., Desk]


def rows(html: str) -> list[str]:
    return re.findall(r'<li id="([tdi]\d+)"', html)


def chip(html: str, state: str) -> int:
    found = re.search(rf'class="chip is-{state}".*?<b>(\d+)</b>', html)
    assert found
    return int(found[1])


def row(html: str, number: int) -> str:
    return html.split(f'<li id="t{number}"')[1].split("</li>", maxsplit=1)[0]


def taken(world: World, **more: Any) -> int:
    number = world.open(**more)
    world.act(world.butler, number, "accept")
    return number


def aside(desk: Desk, number: int, **fields: Any) -> str:
    answer = desk.press(f"/tickets/{number}/set_aside", **{"until": "hour", "reason": "等业主回家", **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_the_sentence_says_how_setting_aside_is_undone(desk: Open, world: World) -> None:
    number, other, lin = taken(world), taken(world), desk("lin")
    wish = {"until": "hour", "reason": "等业主回家"}
    answer = lin.press(f"/tickets/{number}/set_aside", htmx=True, **wish)
    assert answer.headers["x-undo"] == f"bring_back {number}"
    assert "x-undo" not in lin.press(f"/tickets/{number}/bring_back", htmx=True, **{"from": "queue"}).headers
    ticks = picked(world, number, other)
    answer = lin.press("/queue/bulk/set_aside", htmx=True, picked=ticks, **wish)
    assert answer.headers["x-undo"] == f"bring_back {number},{other}"


def test_a_row_says_why_it_stands_there_in_words_that_stay_true(desk: Open, world: World) -> None:
    new, paused, wrote = world.open(), taken(world), taken(world, item=ENQUIRY)
    world.act(world.butler, paused, "pause", reason="等您确认时间。")
    world.clock.advance(minutes=1)
    world.say(world.resident, "怎么还没来？")
    html = desk("lin").get("/queue").text
    assert "今天" in row(html, new).split("row-why")[1]
    assert "起暂停" in row(html, paused) or "paused" in row(html, paused)
    assert "住户今天" in row(html, wrote)
    assert "又写了" in row(html, wrote)
    assert "又写了" in desk("lin").get(f"/tickets/{wrote}").text


def test_what_is_set_aside_goes_to_its_chip_and_is_brought_back_by_hand(desk: Open, world: World) -> None:
    number, lin = taken(world), desk("lin")
    aside(lin, number)
    html = lin.get("/queue").text
    assert rows(html) == []
    assert chip(html, "aside") == 1
    shown = lin.get("/queue?state=aside").text
    assert rows(shown) == [f"t{number}"]
    assert "暂放到今天" in row(shown, number)
    assert "：等业主回家" in row(shown, number).split("row-why")[1], "the reason that was just written"
    assert 'data-key="bring_back"' in row(shown, number)
    assert "时限照常计算" in lin.get(f"/tickets/{number}").text
    from_queue: dict[str, Any] = {"from": "queue"}
    assert lin.press(f"/tickets/{number}/bring_back", **from_queue).headers["location"] == "/queue"
    assert rows(lin.get("/queue").text) == [f"t{number}"]


def test_it_is_back_at_its_time_and_as_soon_as_the_resident_writes(desk: Open, world: World) -> None:
    timed, written, lin = taken(world, item=ENQUIRY), taken(world), desk("lin")
    aside(lin, timed, until="quarter")
    world.clock.advance(minutes=1)
    aside(lin, written, until="tomorrow")
    assert rows(lin.get("/queue").text) == []
    world.say(world.resident, "师傅什么时候来？")
    assert f"t{written}" in rows(lin.get("/queue").text)
    world.clock.advance(minutes=15)
    assert f"t{timed}" in rows(lin.get("/queue").text)


def test_what_led_to_another_ticket_is_no_news_of_this_one(desk: Open, world: World) -> None:
    number, lin = taken(world), desk("lin")
    world.clock.advance(minutes=1)
    world.say(world.resident, "还想登记一位访客")
    assert "1条新消息" in row(lin.get("/queue").text, number)
    world.open(item=ENQUIRY)
    assert "1条新消息" not in row(lin.get("/queue").text, number)


def test_the_tabs_count_live_like_the_chips(desk: Open, world: World) -> None:
    lin = desk("lin")
    number = world.open()
    news = lin.get(f"/queue/rows?ids=t{number}", headers={"HX-Request": "true"}).text
    assert 'id="tabs"' in news
    assert "我的 <b>1</b>" in news


def test_a_reason_and_a_time_ahead_are_asked_for_and_what_was_typed_stays(desk: Open, world: World) -> None:
    number, lin = taken(world), desk("lin")
    answer = lin.press(f"/tickets/{number}/set_aside", until="own", at="2020-01-01T10:00", reason="等配件")
    assert answer.status_code == 422
    assert "请填写将来的日期和时间" in answer.text
    assert "等配件" in answer.text
    assert "2020-01-01T10:00" in answer.text
    assert lin.press(f"/tickets/{number}/set_aside", until="hour").status_code == 422


def test_the_hour_of_tomorrow_is_nine_in_the_estates_zone(desk: Open, world: World) -> None:
    number, lin = taken(world), desk("lin")
    aside(lin, number, until="tomorrow")
    until = world.ticket(number).snoozed_until
    assert until is not None
    assert (until.hour, until.minute) == (1, 0)  # 9:00 in Shanghai


def test_a_ticket_is_passed_on_with_a_note_that_the_colleague_reads(desk: Open, world: World) -> None:
    number, lin = taken(world), desk("lin")
    page = lin.get(f"/tickets/{number}?do=pass_on").text
    assert "唐凯" in page
    without = lin.press(f"/tickets/{number}/pass_on", user=str(world.colleague.id), note="")
    assert without.status_code == 422
    done = lin.press(f"/tickets/{number}/pass_on", user=str(world.colleague.id), note="钥匙在前台")
    assert done.status_code == 303
    assert rows(lin.get("/queue").text) == []
    tang = desk("tang")
    assert rows(tang.get("/queue").text) == [f"t{number}"]
    assert "钥匙在前台" in tang.get("/alerts").text
    assert "换唐凯跟进" in tang.get(f"/tickets/{number}").text


def test_butlers_are_offered_before_leaders(desk: Open, world: World) -> None:
    page = desk("lin").get(f"/tickets/{taken(world)}?do=pass_on").text
    offered = page.split('id="pass_on-user"')[1].split("</select>")[0]
    assert offered.index("唐凯") < offered.index("许")


def test_the_deputy_sees_the_queue_of_an_absent_butler(desk: Open, world: World) -> None:
    number, tang = world.open(), desk("tang")
    assert "queue=cover" not in tang.get("/queue").text
    with world.db.write() as session:
        lin = session.get_one(User, world.butler.id)
        lin.deputy_id, lin.is_on_duty = world.colleague.id, False
    page = tang.get("/queue?queue=cover").text
    assert "代班：林静" in page
    assert rows(page) == [f"t{number}"]
    later = world.open()
    assert world.ticket(later).butler_id == world.colleague.id
    assert "queue=cover" not in desk("xu").get("/queue").text


def picked(world: World, *numbers: int) -> str:
    return ",".join(f"{number}:{world.ticket(number).version}" for number in numbers)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "2张全部完成。请注意：赵强 19:00–21:00（#{other}）另有上门。"),
        ("en", "All 2 done. Please note: Zhao has another visit, 19:00–21:00 (#{other})."),
    ],
)
def test_several_that_are_given_to_somebody_who_is_elsewhere_then_are_said_to_be(
    desk: Open, world: World, language: str, said: str
) -> None:
    other, visit, loose = world.open(), taken(world), taken(world)
    for one, start, end in ((other, 11, 13), (visit, 12, 14)):
        window = [datetime(2026, 3, 11, hour, tzinfo=UTC) for hour in (start, end)]
        world.act(world.butler, one, "schedule", start=window[0], end=window[1])
    world.act(world.butler, other, "assign", user=world.engineer.id)
    with world.db.write() as session:
        session.get_one(User, world.butler.id).language = language
    butler, ticks = desk("lin", language), picked(world, visit, loose)
    assert "19:00–21:00" in butler.get(f"/queue/bulk/assign?picked={ticks}").text
    answer = butler.press("/queue/bulk/assign", htmx=True, picked=ticks, user=str(world.engineer.id))
    assert unquote(answer.headers["x-toast"]) == said.format(other=other)


def test_several_are_done_at_once_and_each_that_was_not_is_named(desk: Open, world: World) -> None:
    first, second, third = taken(world), taken(world), taken(world)
    ticks, lin = picked(world, first, second, third), desk("lin")
    world.clock.advance(minutes=2)
    world.act(world.colleague, second, "note", text="我来过")
    answer = lin.press("/queue/bulk/note", htmx=True, picked=ticks, text="下午一起处理")
    assert "2张完成，1张未完成" in answer.text
    assert f"#{second}" in answer.text
    assert "唐凯" in answer.text
    assert f'data-done="{first},{third}"' in answer.text
    with world.db.read() as session:
        notes = session.scalars(select(TicketEvent.note).where(TicketEvent.note == "下午一起处理")).all()
    assert len(notes) == 2


def test_a_bulk_form_keeps_what_was_typed_and_nothing_is_ever_replied_in_bulk(
    desk: Open, world: World
) -> None:
    number, lin = taken(world), desk("lin")
    ticks = picked(world, number)
    answer = lin.press("/queue/bulk/set_aside", htmx=True, picked=ticks, until="own", at="", reason="等电话")
    assert answer.status_code == 422
    assert "等电话" in answer.text
    for action in ("reply", "answer", "cancel", "nonsense"):
        assert lin.press(f"/queue/bulk/{action}", picked=ticks, text="x").status_code == 404
    assert lin.get("/queue/bulk/note?picked=99999:1").status_code == 404
    assert desk("wang").get(f"/queue/bulk/note?picked={ticks}").status_code == 404
    assert desk("zhao").get(f"/queue/bulk/note?picked={ticks}").status_code == 403
    assert "data-pick" not in desk("zhao").get("/queue").text


def test_several_are_passed_on_set_aside_and_assigned(desk: Open, world: World) -> None:
    numbers, lin = [taken(world), taken(world)], desk("lin")
    forms: list[tuple[str, dict[str, Any]]] = [
        ("assign", {"user": str(world.engineer.id)}),
        ("set_aside", {"until": "hour", "reason": "等配件"}),
        ("pass_on", {"user": str(world.colleague.id), "note": "两张一起"}),
    ]
    for action, fields in forms:
        form = lin.get(f"/queue/bulk/{action}?picked={picked(world, *numbers)}")
        assert form.status_code == 200
        answer = lin.press(f"/queue/bulk/{action}", picked=picked(world, *numbers), **fields)
        assert answer.status_code == 303, answer.text
    assert {world.ticket(number).butler_id for number in numbers} == {world.colleague.id}
    with world.db.read() as session:
        alerts = session.scalars(select(Alert).where(Alert.kind == "passed_on").order_by(Alert.id)).all()
    assert len(alerts) == 2


def test_duplicates_end_in_the_oldest_and_can_be_separated_again(desk: Open, world: World) -> None:
    old = world.open()
    world.clock.advance(minutes=1)
    young, other = world.open(), world.open(COMPLAINT)
    lin = desk("lin")
    answer = lin.press("/queue/bulk/merge", htmx=True, picked=picked(world, other, young, old), note="重复")
    assert "1张未完成" in answer.text
    assert f"#{other}" in answer.text
    assert world.ticket(young).merged_into_id == world.ticket(old).id
    assert f"与工单#{old}是同一件事" in lin.get(f"/tickets/{young}").text
    assert f"工单#{young}已并入" in lin.get(f"/tickets/{old}").text
    assert lin.press(f"/tickets/{young}/separate").status_code == 303
    assert "以工单#" in lin.get(f"/tickets/{young}").text


def test_merging_two_says_how_many_go_on_as_which(desk: Open, world: World) -> None:
    old, young, lin = world.open(), world.open(), desk("lin")
    answer = lin.press("/queue/bulk/merge", htmx=True, picked=picked(world, young, old), note="")
    assert f"2张工单已合并到 #{old}，由它继续办理" in answer.text
    assert "可在被合并的工单里点“重新分开”" in answer.text


def test_before_a_merging_it_is_said_which_ticket_goes_on_and_what_each_is_about(
    desk: Open, world: World
) -> None:
    old = world.open(words="厨房水管漏水。")
    world.clock.advance(minutes=1)
    young, lin = world.open(words="水槽下面都是水。"), desk("lin")
    sheet = lin.get(f"/queue/bulk/merge?picked={picked(world, young, old)}").text
    lines = re.findall(r"<li>(#\d+ .*?)</li>", sheet)
    assert [line.endswith("由这张继续办理") for line in sorted(lines)] == [True, False]
    assert "水槽下面都是水。" in sheet


def test_the_form_of_merging_offers_the_alike_ticket_and_takes_a_number(desk: Open, world: World) -> None:
    old, young, lin = world.open(), world.open(), desk("lin")
    page = lin.get(f"/tickets/{young}?do=merge").text
    assert f'value="{old}" checked' in page
    assert lin.press(f"/tickets/{young}/merge", into="", number="abc").status_code == 422
    assert lin.press(f"/tickets/{young}/merge", into="", number=f"#{old}").status_code == 303


def test_merging_offers_every_open_ticket_of_the_home_and_proposes_none_of_another_kind(
    desk: Open, world: World
) -> None:
    enquiry, young, lin = world.open(item=ENQUIRY, words="几点停水？"), world.open(), desk("lin")
    page = lin.get(f"/tickets/{young}?do=merge").text
    offered = page.split("与哪张工单是同一件事？")[1].split("</fieldset>")[0]
    assert f"#{enquiry}" in offered
    assert "几点停水？" in offered
    assert "checked" not in offered
    refused = lin.press(f"/tickets/{young}/merge", htmx=True, into=str(enquiry), number="")
    assert refused.status_code == 422
    assert f"工单#{enquiry}属于另一类事项" in refused.text
    assert "“服务不对？”" in refused.text


def test_merging_proposes_no_ticket_about_another_service_of_the_same_kind(desk: Open, world: World) -> None:
    other, young, lin = world.open(item=TUBE), world.open(), desk("lin")
    page = lin.get(f"/tickets/{young}?do=merge").text
    offered = page.split("与哪张工单是同一件事？")[1].split("</fieldset>")[0]
    assert f"#{other}" in offered
    assert "checked" not in offered


def test_what_was_merged_reads_so_with_the_number_it_went_into_and_never_as_cancelled(
    desk: Open, world: World
) -> None:
    old, young, lin = world.open(), world.open(), desk("lin")
    lin.press(f"/tickets/{young}/merge", into=str(old), number="")
    head = lin.get(f"/tickets/{young}").text.split('id="ticket-head"')[1].split('class="actions"')[0]
    rows = [
        lin.get("/queue?state=done").text.split(f'id="t{young}"')[1].split("</li>")[0],
        lin.get(f"/tickets?q=%23{young}").text.split(f'id="t{young}"')[1].split("</tr>")[0],
    ]
    for shown in (head, *rows):
        assert f"已合并到 #{old}" in shown
        assert "已取消" not in shown
    lin.press(f"/tickets/{young}/separate")
    assert (
        "已取消" in lin.get(f"/tickets/{young}").text.split('id="ticket-head"')[1].split('class="actions"')[0]
    )


def test_a_refused_merge_names_the_number_that_was_typed(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    unknown = lin.press(f"/tickets/{number}/merge", htmx=True, number="98765", note="重复")
    assert unknown.status_code == 404
    assert "#98765" in unknown.text.split('role="alert"')[1].split("</p>")[0]
    assert "重复" in unknown.text
    assert (
        f"#{number}"
        in lin.press(f"/tickets/{number}/merge", number=str(number)).text.split('role="alert"')[1]
    )


def test_splitting_offers_what_tells_of_a_matter_under_a_heading_and_no_mere_yes(
    desk: Open, world: World
) -> None:
    number, lin = world.open(), desk("lin")
    world.clock.advance(minutes=1)
    for text in ("对", "好的谢谢", "yes", "还有，家里有一位老人"):
        world.say(world.resident, text)
    page = lin.get(f"/tickets/{number}?do=split").text
    legend = "<legend>之后说的、还没归到工单的话，勾选属于新工单的</legend>"
    offered = page.split(legend)[1].split("</fieldset>")[0]
    assert offered.count('type="checkbox"') == 1
    assert "今天 10:01 · 还有，家里有一位老人" in offered


def test_splitting_offers_the_tickets_own_words_first_however_much_was_written_since(
    desk: Open, world: World
) -> None:
    number = world.open(words="垃圾没人清理")
    world.say(world.resident, "垃圾没人清理，还有楼下的门禁也坏了")
    with world.db.write() as session:
        first = session.scalars(select(Message).where(Message.text.contains("门禁"))).one()
        first.ticket_id, first.sent_at = world.ticket(number).id, first.sent_at - timedelta(seconds=1)
    for at in range(12):
        world.say(world.resident, f"我再说一遍，第{at}次")
    page = desk("lin").get(f"/tickets/{number}?do=split").text
    own = page.split(f"<legend>#{number}里的话，勾选属于新工单的</legend>")[1].split("</fieldset>")[0]
    assert "垃圾没人清理，还有楼下的门禁也坏了" in own
    assert own.count('type="checkbox"') == 1


def test_the_wrong_service_is_put_right_from_the_menu_at_the_head_of_the_page(
    desk: Open, world: World
) -> None:
    number, lin = world.open(), desk("lin")
    menu = lin.get(f"/tickets/{number}").text.split('id="more-actions"')[1].split("</div>")[0]
    assert f'href="/tickets/{number}/service"' in menu
    assert "服务不对？" in menu


def test_a_part_is_split_off_with_its_messages(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    world.clock.advance(minutes=1)
    world.say(world.resident, "还有，游泳池几点开？")
    page = lin.get(f"/tickets/{number}?do=split").text
    found = re.search(r'name="(message\.\d+)"', page)
    assert found
    wrong = lin.press(f"/tickets/{number}/split", item="没有这种服务吧")
    assert wrong.status_code == 422
    ticks: dict[str, Any] = {found[1]: "1"}
    answer = lin.press(f"/tickets/{number}/split", item=ENQUIRY, **ticks)
    assert answer.status_code == 303
    new = number + 1
    assert world.ticket(new).words == "还有，游泳池几点开？"
    assert world.ticket(new).received_at == world.ticket(number).received_at
    assert f"从工单#{number}拆出" in lin.get(f"/tickets/{new}").text
    assert f"一部分拆到工单#{new}" in lin.get(f"/tickets/{number}").text


def test_a_step_recorded_for_a_department_is_named_to_whoever_was_slower(desk: Open, world: World) -> None:
    number, lin = taken(world, item=COMPLAINT), desk("lin")
    version = str(world.ticket(number).version)
    world.act(world.colleague, number, "cancel", reason="重复")
    answer = lin.press(f"/tickets/{number}/feedback", version=version, text="已经请保洁收走")
    assert answer.status_code == 409
    assert "改过这张工单：已取消。" in answer.text


def test_a_stale_form_says_who_was_faster_and_keeps_the_words(desk: Open, world: World) -> None:
    number, lin = taken(world), desk("lin")
    version = str(world.ticket(number).version)
    world.act(world.colleague, number, "note", text="我看过了")
    forms: list[tuple[str, dict[str, Any]]] = [
        ("set_aside", {"until": "hour", "reason": "等业主回家"}),
        ("pass_on", {"user": str(world.colleague.id), "note": "等业主回家"}),
        ("merge", {"number": "1", "note": "等业主回家"}),
        ("split", {"item": ENQUIRY, "words": "等业主回家"}),
    ]
    for action, fields in forms:
        answer = lin.press(f"/tickets/{number}/{action}", version=version, **fields)
        assert answer.status_code == 409, action
        assert "唐凯" in answer.text, action
        assert "等业主回家" in answer.text, action
