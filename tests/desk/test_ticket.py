"""One ticket: the page, its quick actions, what happens when an action cannot be taken."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from backend.desk.ticket_pages import DONE
from backend.models import ComposerDraft, Conversation, Message, TicketEvent, User
from backend.tickets.service import HANDLERS
from tests.desk.conftest import COMPLAINT, ENQUIRY, LEAK, SUGGESTION, Desk, World

Open = Callable[..., Desk]


def sent(world: World) -> list[Message]:
    """What people (not the bot) have sent to residents."""
    with world.db.read() as session:
        return list(session.scalars(select(Message).where(Message.author == "butler").order_by(Message.id)))


def kinds(world: World, number: int) -> list[str]:
    with world.db.read() as session:
        ticket = world.ticket(number)
        rows = session.scalars(
            select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
        )
        return list(rows)


def test_the_page_shows_words_clocks_people_service_and_timeline(desk: Open, world: World) -> None:
    number = world.open()
    html = desk("lin").get(f"/tickets/{number}").text
    for part in ("住户原话", "厨房水龙头漏水", "首次响应", "怎么算的", "昼夜连续计时", "陈先生",
                 "3号楼2单元1501", "138****8000", "tel:13800138000", "开立工单"):  # fmt: skip
        assert part in html, part


def test_accepting_stops_the_response_clock_and_tells_the_resident(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    answer = lin.press(f"/tickets/{number}/accept")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/tickets/{number}")
    page = lin.get(f"/tickets/{number}").text
    assert "已接单，并已告知住户。" in page
    assert "已接单，并已告知住户。" not in lin.get(f"/tickets/{number}").text
    assert world.ticket(number).accepted_at == world.clock.now()


def test_accepting_from_the_queue_brings_the_row_back(desk: Open, world: World) -> None:
    number = world.open()
    answer = desk("lin").press(f"/tickets/{number}/accept", htmx=True, **{"from": "queue"})
    assert answer.status_code == 200
    assert answer.text.strip().startswith("<li") or f'id="t{number}"' in answer.text
    assert unquote(answer.headers["x-toast"]) == "已接单，并已告知住户。"


def test_a_reply_reaches_the_resident_and_a_note_never_does(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    lin.press(f"/tickets/{number}/note", text="这户脾气急")
    assert sent(world) == []
    lin.press(f"/tickets/{number}/reply", text="我马上过来。")
    assert [m.text for m in sent(world)] == ["我马上过来。"]
    html = lin.get(f"/tickets/{number}").text
    assert "is-note" in html
    assert "内部备注" in html


def test_chinese_to_a_reader_of_english_is_asked_about_first(desk: Open, world: World) -> None:
    number = world.open(resident=world.tenant, words="My tap drips")
    lin = desk("lin")
    answer = lin.press(f"/tickets/{number}/reply", htmx=True, text="马上到")
    assert answer.status_code == 422
    assert "这位住户阅读英文，而您写的内容里有中文。这里没有设置翻译服务：按原文发送时，" in answer.text
    assert ">马上到</textarea>" in answer.text
    assert sent(world) == []
    assert lin.press(f"/tickets/{number}/reply", htmx=True, text="马上到", sure="1").status_code == 200
    assert lin.press(f"/tickets/{number}/reply", htmx=True, text="On my way").status_code == 200
    untranslated = "马上到\n\n(Written in Chinese and not translated. Please ask if anything is unclear.)"
    assert [m.text for m in sent(world)] == [untranslated, "On my way"]


def asked_of(html: str) -> str:
    """What is asked before words go out, without the sentence about ready answers, and its buttons."""
    sentence = re.search(r'class="warning asked"[^>]*>.*?<span>(.*?)</span>', html, re.DOTALL)
    assert sentence
    buttons = re.findall(r'<button class="button" name="(\w+)"[^>]*data-asked>', html)
    return " ".join([sentence[1].partition("“常用回复”")[0], *buttons])


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("cancel", {"reason": "重复了", "tell": "yes"}),
        ("pause", {"reason": "other", "words": "等配件"}),
    ],
)
def test_the_same_is_asked_at_the_same_place_in_every_form_whose_words_a_resident_reads(
    desk: Open, world: World, action: str, fields: dict[str, str]
) -> None:
    number = world.open(resident=world.tenant, words="My tap drips")
    lin = desk("lin")
    lin.press(f"/tickets/{number}/accept")
    said = asked_of(lin.press(f"/tickets/{number}/reply", htmx=True, text="马上到").text)
    answer = lin.press(f"/tickets/{number}/{action}", htmx=True, **fields)
    assert answer.status_code == 422
    assert asked_of(answer.text) == said
    assert answer.text.index("warning asked") < answer.text.index('name="sure"')
    assert 'type="checkbox" name="sure"' not in answer.text
    assert lin.press(f"/tickets/{number}/{action}", htmx=True, **fields, sure="1").status_code == 200
    with world.db.read() as session:
        told = "".join(session.scalars(select(Message.text)))
    assert "(Written in Chinese and not translated. Please ask if anything is unclear.)" in told


@pytest.mark.parametrize("htmx", [True, False])
def test_an_empty_reply_is_said_at_the_box(desk: Open, world: World, htmx: bool) -> None:
    number = world.open()
    answer = desk("lin").press(f"/tickets/{number}/reply", htmx=htmx, text="   ")
    assert answer.status_code == 422
    assert "请填写这一项。" in answer.text


def test_a_stale_page_is_told_who_was_faster_and_nothing_typed_is_lost(desk: Open, world: World) -> None:
    number = world.open()
    version = world.ticket(number).version
    world.act(world.colleague, number, "accept")
    lin = desk("lin")
    fields = {"start": "2026-03-12T09:00", "end": "2026-03-12T11:00", "version": str(version)}
    answer = lin.press(f"/tickets/{number}/schedule", htmx=True, **fields)
    assert answer.status_code == 409
    assert re.search("唐凯在10:00改过这张工单：[^。]*已接单[^。]*。请看一下再继续。", answer.text)
    assert 'value="2026-03-12T09:00"' in answer.text
    assert world.ticket(number).appointment_start is None


def test_a_second_accept_is_refused_in_words(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.colleague, number, "accept")
    answer = desk("lin").press(f"/tickets/{number}/accept", htmx=True, version="1")
    assert answer.status_code == 409
    assert "唐凯" in answer.text
    answer = desk("lin").press(f"/tickets/{number}/accept")
    assert answer.status_code == 409
    assert "派单" in answer.text


@pytest.mark.parametrize(
    ("language", "said", "beside"),
    [
        (
            "zh",
            "已派单。请注意：赵强 19:00–21:00（#{other}）另有上门。",
            "这次上门的时间，以下同事另有上门：赵强 19:00–21:00（#{other}）。",
        ),
        (
            "en",
            "Assigned. Please note: Zhao has another visit, 19:00–21:00 (#{other}).",
            "At the time of this visit, somewhere else: Zhao 19:00–21:00 (#{other}).",
        ),
    ],
)
def test_whoever_is_named_for_a_visit_and_is_elsewhere_then_is_said_to_be(
    desk: Open, world: World, language: str, said: str, beside: str
) -> None:
    other, number = world.open(), world.open()
    for one, start, end in ((other, 11, 13), (number, 12, 14)):
        window = [datetime(2026, 3, 11, hour, tzinfo=UTC) for hour in (start, end)]
        world.act(world.butler, one, "schedule", start=window[0], end=window[1])
    world.act(world.butler, other, "assign", user=world.engineer.id)
    with world.db.write() as session:
        session.get_one(User, world.butler.id).language = language
    butler = desk("lin", language)
    html = butler.get(f"/tickets/{number}?do=assign").text
    assert beside.format(other=other) in html
    assert ("赵强 · 另有上门 · " if language == "zh" else "Zhao · another visit then · ") in html
    answer = butler.press(f"/tickets/{number}/assign", user=str(world.engineer.id))
    assert said.format(other=other) in unquote(answer.headers["set-cookie"])


def test_assigning_names_the_engineer_who_then_sees_the_job(desk: Open, world: World) -> None:
    number = world.open()
    desk("lin").press(f"/tickets/{number}/assign", user=str(world.engineer.id), note="带梯子")
    assert world.ticket(number).worker_id == world.engineer.id
    html = desk("zhao").get(f"/tickets/{number}").text
    assert "派给赵强" in html
    assert "带梯子" in html


def test_a_visit_that_ends_before_it_starts_is_said_at_the_field(desk: Open, world: World) -> None:
    number = world.open()
    answer = desk("lin").press(
        f"/tickets/{number}/schedule", htmx=True, start="2026-03-12T11:00", end="2026-03-12T09:00"
    )
    assert answer.status_code == 422
    field = answer.text.split('id="schedule-end"')[1]
    assert "上门的结束时间要晚于开始时间。" in field
    assert 'value="2026-03-12T11:00"' in answer.text


def test_a_visit_is_meant_in_the_estates_zone(desk: Open, world: World) -> None:
    number = world.open()
    desk("lin").press(f"/tickets/{number}/schedule", start="2026-03-12T09:00", end="2026-03-12T11:00")
    start = world.ticket(number).appointment_start
    assert start is not None
    assert start.isoformat() == "2026-03-12T01:00:00+00:00"


def test_a_visit_that_is_agreed_is_not_called_done(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    lin.press(f"/tickets/{number}/schedule", start="2026-03-12T09:00", end="2026-03-12T11:00")
    clocks = lin.get(f"/tickets/{number}").text.split('class="clocks"')[1].split('data-fold="people"')[0]
    assert "已约定时间" in clocks
    assert "已完成" not in clocks.split("解决")[1].split("</li>")[0]


def test_a_running_promise_says_what_keeps_it_and_a_kept_one_does_not(desk: Open, world: World) -> None:
    number, lin = world.open(COMPLAINT), desk("lin")
    lin.press(f"/tickets/{number}/accept")
    lin.press(
        f"/tickets/{number}/classify", **{"class": "valid", "severity": "severe", "department": "engineering"}
    )
    html = lin.get(f"/tickets/{number}").text
    clocks = html.split('class="clocks"')[1].split('data-fold="people"')[0]
    assert "做到其中一项就算兑现：派单、回复、完成、反馈。" in clocks
    assert "做到其中" not in clocks.split("首次响应")[1]


def test_the_line_under_the_title_says_where_and_who(desk: Open, world: World) -> None:
    number = world.open()
    meta = desk("lin").get(f"/tickets/{number}").text.split('class="ticket-meta"')[1].split("</p>")[0]
    assert f"{world.home.code} · {world.resident.name}" in meta


def test_a_repair_from_accept_to_follow_up(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    steps: list[tuple[str, dict[str, str]]] = [
        ("accept", {}),
        ("assign", {"user": str(world.engineer.id)}),
        ("check_in", {}),
        ("complete", {"note": "换了软管"}),
        ("follow_up", {"result": "satisfied", "score": "5", "note": "很好"}),
    ]
    for action, fields in steps:
        assert lin.press(f"/tickets/{number}/{action}", **fields).status_code == 303, action
        world.clock.advance(minutes=1)
    ticket = world.ticket(number)
    assert (ticket.state, ticket.satisfaction, ticket.score) == ("closed", "satisfied", 5)
    html = lin.get(f"/tickets/{number}").text
    assert "完成回访 · 满意" in html
    assert "data-due" not in html


@pytest.mark.parametrize("action", ["complete", "sign_off"])
def test_the_desk_writes_a_price_too_and_is_asked_where_nobody_agreed_to_it(
    desk: Open, world: World, action: str
) -> None:
    number, lin = world.open(), desk("lin")
    for step, body in (("accept", {}), ("assign", {"user": str(world.engineer.id)}), ("check_in", {})):
        lin.press(f"/tickets/{number}/{step}", **body)
    given = {"signed_by": "陈先生"} if action == "sign_off" else {"note": "换了软管"}
    assert 'name="cost" value=""' in lin.get(f"/tickets/{number}?do={action}").text, "no price is proposed"
    wrong = lin.press(f"/tickets/{number}/{action}", cost="八十五", **given)
    assert "金额请填数字" in wrong.text
    asked = lin.press(f"/tickets/{number}/{action}", cost="85", **given)
    assert asked.status_code == 422
    assert "系统里没有住户同意¥85的记录" in asked.text
    assert "仍按这个费用登记" in asked.text
    assert lin.press(f"/tickets/{number}/{action}", cost="85", sure="1", **given).status_code == 303
    page = lin.get(f"/tickets/{number}").text
    assert "费用是¥85" in page
    assert "¥85.00" in lin.get(f"/jobs/{number}").text, "it stands in the work order"


def test_a_complaint_is_classed_fed_back_and_goes_on_as_a_new_one(desk: Open, world: World) -> None:
    number = world.open(COMPLAINT)
    lin = desk("lin")
    fields = {"class": "valid", "severity": "severe", "department": "engineering"}
    assert lin.press(f"/tickets/{number}/classify", **fields).status_code == 303
    ticket = world.ticket(number)
    assert (ticket.class_, ticket.severity, ticket.department) == ("valid", "severe", "engineering")
    assert lin.press(f"/tickets/{number}/feedback", text="水泵已更换。").status_code == 303
    assert lin.press(f"/tickets/{number}/follow_up", result="unsatisfied", note="还是漏").status_code == 303
    html = lin.get(f"/tickets/{number}").text
    assert f"转为#{number + 1}" in html
    assert f"源自#{number}" in lin.get(f"/tickets/{number + 1}").text


def test_an_enquiry_is_answered_and_a_suggestion_decided(desk: Open, world: World) -> None:
    question, idea = world.open(ENQUIRY), world.open(SUGGESTION)
    lin, boss = desk("lin"), desk("xu")
    lin.press(f"/tickets/{question}/accept")
    assert lin.press(f"/tickets/{question}/answer", text="前台可以办理。").status_code == 303
    assert boss.press(f"/tickets/{idea}/decide", adopted="yes", reason="下月安装").status_code == 303
    assert world.ticket(idea).decision == "adopted"


def test_pausing_and_resuming_stops_and_starts_the_clocks(desk: Open, world: World) -> None:
    number = world.open(ENQUIRY)
    lin = desk("lin")
    lin.press(f"/tickets/{number}/accept")
    form = lin.get(f"/tickets/{number}?do=pause").text
    assert "需要您回复后才能继续。" in form
    lin.press(f"/tickets/{number}/pause", reason="answer")
    assert world.ticket(number).state == "waiting"
    assert "等住户回复" in lin.get(f"/tickets/{number}").text
    lin.press(f"/tickets/{number}/resume")
    assert world.ticket(number).state == "open"


def test_whoever_asked_is_proposed_as_the_one_who_signs(desk: Open, world: World) -> None:
    number = world.open()
    form = desk("lin").get(f"/tickets/{number}?do=sign_off").text.split('id="sign_off-signed_by"')[1]
    assert f'value="{world.resident.name}"' in form.split(">")[0]


def test_cancelling_needs_a_reason(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    assert lin.press(f"/tickets/{number}/cancel", reason="").status_code == 422
    assert lin.press(f"/tickets/{number}/cancel", reason="住户不需要了").status_code == 303
    assert world.ticket(number).state == "cancelled"


def test_without_script_a_form_opens_from_its_address(desk: Open, world: World) -> None:
    number = world.open()
    html = desk("lin").get(f"/tickets/{number}?do=assign").text
    assert 'id="dialog-assign" class="sheet-dialog" aria-labelledby="title-assign" open' in html


def test_what_is_being_written_is_kept_per_person_and_mode(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")
    for mode, text in (("reply", "正在写的回复"), ("note", "正在写的备注")):
        assert lin.press(f"/tickets/{number}/draft", mode=mode, text=text).status_code == 204
    html = lin.get(f"/tickets/{number}").text
    assert ">正在写的回复</textarea>" in html
    assert 'data-othernote="正在写的备注"' in html
    assert "正在写的回复" not in desk("tang").get(f"/tickets/{number}").text
    lin.press(f"/tickets/{number}/reply", text="正在写的回复")
    with world.db.read() as session:
        assert [d.mode for d in session.scalars(select(ComposerDraft))] == ["note"]


def test_the_resident_is_shown_that_a_reply_is_being_written_but_not_a_note(desk: Open, world: World) -> None:
    number = world.open()
    lin = desk("lin")

    def typing_until() -> datetime | None:
        with world.db.read() as session:
            return session.scalars(select(Conversation.typing_until)).first()

    lin.press(f"/tickets/{number}/draft", mode="note", text="看一下")
    assert typing_until() is None
    lin.press(f"/tickets/{number}/draft", mode="reply", text="我")
    assert typing_until() == world.clock.now() + timedelta(seconds=6)
    lin.press(f"/tickets/{number}/draft", mode="reply", text="")
    assert typing_until() is None


def test_markup_in_a_message_stays_text(desk: Open, world: World) -> None:
    number = world.open(words='<script>alert("x")</script>')
    html = desk("lin").get(f"/tickets/{number}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_complaint_about_a_butler_cannot_be_read_on_another_ticket(desk: Open, world: World) -> None:
    world.say(world.resident, "我要投诉管家林静态度差")
    secret = world.open(COMPLAINT, words="我要投诉管家林静态度差")
    world.clock.advance(minutes=5)
    other = world.open()
    assert "态度差" in desk("xu").get(f"/tickets/{secret}").text
    assert "态度差" not in desk("lin").get(f"/tickets/{other}").text


def test_an_engineer_may_not_write_to_the_resident(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "assign", user=world.engineer.id)
    zhao = desk("zhao")
    assert (
        "发送回复" not in zhao.get(f"/tickets/{number}").text.split('id="composer"')[1].split("textarea")[0]
    )
    assert zhao.press(f"/tickets/{number}/reply", text="你好").status_code == 403
    assert sent(world) == []


def test_a_number_that_no_table_can_hold_is_a_page_too(desk: Open) -> None:
    assert desk("lin").get(f"/tickets/{10**30}").status_code in (404, 422)


def test_a_form_as_large_as_a_film_is_refused(desk: Open, world: World) -> None:
    number = world.open()
    assert desk("lin").press(f"/tickets/{number}/note", text="大" * 100_000).status_code == 422


@pytest.mark.parametrize("path", ["/tickets/9999", "/tickets/9999/files/abc", "/nothing"])
def test_what_does_not_exist_is_a_page_in_the_viewers_language(desk: Open, path: str) -> None:
    answer = desk("lin").get(path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_an_unknown_action_is_not_found(desk: Open, world: World) -> None:
    number = world.open()
    assert desk("lin").press(f"/tickets/{number}/explode").status_code == 404


def test_every_action_has_a_sentence_when_it_is_done() -> None:
    assert set(DONE) == set(HANDLERS)


def test_the_timeline_says_how_the_assistant_read_the_words_with_the_way_to_another_service(
    desk: Open, world: World
) -> None:
    number = world.open(read=(LEAK, 86))
    lin = desk("lin")
    html = lin.get(f"/tickets/{number}").text
    timeline = html[html.index('class="timeline"') :]
    assert "智能助手读作“换卫浴软管”，把握 86%。" in timeline
    assert f'<a href="/tickets/{number}/service">服务不对？</a>' in timeline
    lin.press("/language", language="en", back="/queue")
    assert "The assistant read" in lin.get(f"/tickets/{number}").text
    lin.press("/language", language="zh", back="/queue")
    assert "智能助手读作" not in lin.get(f"/tickets/{world.open()}").text


def test_who_may_not_choose_a_service_is_shown_no_way_to_it(desk: Open, world: World) -> None:
    number = world.open(read=(LEAK, 86))
    world.act(world.butler, number, "assign", user="zhao")
    html = desk("zhao").get(f"/tickets/{number}").text
    assert "把握 86%" in html
    assert f"/tickets/{number}/service" not in html
