"""Ready answers and quick sends beside a ticket: in the resident's language, whole, and never half filled."""

import html
import re
from collections.abc import Callable

from sqlalchemy import select

from backend.models import CannedAnswer, ComposerDraft, Translation
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
EMMA_LEAK = "value.repair-plumbing.sanitary-hose"


def offered(page: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r'data-text="([^"]*)"', page)]


def test_answers_come_in_the_residents_language_with_their_holes_filled(
    answered: Office, browse: Browse
) -> None:
    number = answered.open("repair", "emma", "The tap leaks.")
    texts = offered(browse("butler", "zh").read(f"/tickets/{number}/answers"))
    assert any(text.startswith("Hello Ms Brown, I am your butler Zhao Min.") for text in texts)
    assert any(f"Your request number is {number}" in text for text in texts)
    assert any("{上门时间}" in text for text in texts), "the butler reads what is missing"


def test_whoever_covers_for_the_butler_writes_under_their_own_name(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "emma")
    texts = offered(browse("supervisor", "zh").read(f"/tickets/{number}/answers"))
    hello = next(text for text in texts if "I am your butler" in text)
    assert answered.cast.supervisor.name("en") in hello
    assert answered.cast.butler.name("en") not in hello


def test_what_is_still_to_be_filled_in_is_named_without_braces_where_it_is_read(
    answered: Office, browse: Browse
) -> None:
    number = answered.open("repair", "emma", "The tap leaks.")
    page = browse("butler", "zh").read(f"/tickets/{number}/answers")
    read = "".join(re.findall(r'class="answer-text"[^>]*>(.*?)</button>', page))
    assert '<span class="hole" lang="zh-Hans-CN">上门时间</span>' in read
    assert "{" not in read


def test_the_answers_of_the_tickets_service_stand_first(answered: Office, browse: Browse) -> None:
    number = answered.open("complaint", "chen")
    page = browse("supervisor").read(f"/tickets/{number}/answers")
    assert "您的意见我们收到了" in offered(page)[0]


def test_a_missing_language_is_said_and_cannot_be_inserted(answered: Office, browse: Browse) -> None:
    with answered.db.write() as session:
        row = session.scalars(select(CannedAnswer).where(CannedAnswer.shortcut == "photo")).one()
        row.text_en = ""
    number = answered.open("repair", "emma")
    page = browse("butler", "en").read(f"/tickets/{number}/answers")
    assert "This answer has no English text yet, and the resident reads English." in page
    assert not any("师傅就能带齐" in text for text in offered(page))


def test_the_form_of_an_answer_offers_the_ready_answers_and_what_was_used_counts(
    answered: Office, browse: Browse
) -> None:
    number, desk = answered.open("enquiry", "chen"), browse("butler")
    answered.do(number, "accept")
    form = desk.read(f"/tickets/{number}?do=answer").split('id="form-answer"')[1].split("</form>")[0]
    assert 'data-answers="answer-text"' in form
    assert 'id="answer-text"' in form
    assert f'href="/tickets/{number}/answers"' in form
    assert (
        "data-answers"
        not in desk.read(f"/tickets/{number}?do=cancel").split('id="form-cancel"')[1].split("</form>")[0]
    )
    with answered.db.read() as session:
        row = session.scalars(select(CannedAnswer).where(CannedAnswer.text_zh != "").limit(1)).one()
    desk.submit(f"/tickets/{number}/answer", {"text": "周三停水。", f"answer.{row.id}": "1"})
    assert answered.see(number)["step"] == "answered"
    with answered.db.read() as session:
        assert session.get_one(CannedAnswer, row.id).times == row.times + 1


def test_a_hole_that_is_left_is_not_sent_and_nothing_is_lost(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "chen")
    desk = browse("butler")
    answer = desk.submit(f"/tickets/{number}/reply", {"text": "我们{上门时间}上门。"}, 422)
    assert "请先手动填写：{上门时间}" in answer.text
    assert "我们{上门时间}上门。" in answer.text
    assert not [m for m in answered.read("chen") if m["author"] == "butler"]


def test_without_script_an_answer_is_found_and_put_under_what_is_written(
    answered: Office, browse: Browse
) -> None:
    number = answered.open("repair", "emma", "The tap leaks.")
    desk = browse("butler", "zh")
    assert f'href="/tickets/{number}/answers"' in desk.read(f"/tickets/{number}")
    page = desk.read(f"/tickets/{number}/answers?q=butler hello")
    assert len(offered(page)) == 1
    action = re.search(rf'action="(/tickets/{number}/answers/\d+)"', page)
    assert action
    desk.submit(f"/tickets/{number}/draft", {"mode": "reply", "text": "One moment."}, 204)
    assert desk.submit(action[1], {}).headers["location"] == f"/tickets/{number}?mode=reply#composer"
    box = html.unescape(
        desk.read(f"/tickets/{number}?mode=reply").split("<textarea")[1].split("</textarea>")[0]
    )
    assert "One moment.\nHello Ms Brown, I am your butler Zhao Min." in box
    desk.submit(f"/tickets/{number}/answers/999999", {}, 404)


def test_what_is_used_is_offered_first(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "chen")
    desk = browse("butler")
    with answered.db.read() as session:
        last = session.scalars(select(CannedAnswer).where(CannedAnswer.shortcut == "bye")).one()
    desk.submit(f"/tickets/{number}/reply", {"text": "感谢您的耐心。", f"answer.{last.id}": "1"})
    with answered.db.read() as session:
        assert session.get_one(CannedAnswer, last.id).times == 1
    assert "感谢您的耐心" in offered(desk.read(f"/tickets/{number}/answers"))[0]


def test_a_quick_send_is_shown_in_both_languages_and_goes_in_the_residents(
    answered: Office, browse: Browse
) -> None:
    number = answered.open("repair", "emma", "The tap leaks.")
    desk = browse("butler", "zh")
    page = desk.read(f"/tickets/{number}/quick/late?minutes=20")
    assert "I am sorry, we are running about 20 minutes late." in page
    assert "抱歉，我们会晚到约 20 分钟。" in page
    desk.submit(f"/tickets/{number}/quick/late", {"minutes": "20"})
    assert answered.read("emma")[-1]["text"] == "I am sorry, we are running about 20 minutes late."
    with answered.db.read() as session:
        kept = session.scalars(select(Translation)).one()
        assert (kept.language, kept.text) == ("zh", "抱歉，我们会晚到约 20 分钟。")


def test_a_time_and_a_name_are_worded_for_the_reader(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "chen")
    desk = browse("butler", "en")
    page = desk.read(f"/tickets/{number}/quick/time?start=2026-03-12T09:00&end=2026-03-12T11:00")
    assert "3月12日 周四 09:00–11:00" in page.replace("，", " ")
    page = desk.read(f"/tickets/{number}/quick/who?user={answered.cast.engineer.id}")
    assert "王强会上门为您处理。" in page
    assert "Wang Qiang" in page


def test_a_quick_send_that_lacks_something_says_so_at_the_field(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "chen")
    desk = browse("butler")
    answer = desk.submit(f"/tickets/{number}/quick/price", {"amount": "1.5e9"}, 422)
    assert "请填写整数。" in answer.text
    answer = desk.submit(
        f"/tickets/{number}/quick/time", {"start": "2026-03-12T09:00", "end": "2026-03-12T08:00"}, 422
    )
    assert "quick-end-error" in answer.text


def test_a_quick_send_leaves_what_is_being_written(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "chen")
    desk = browse("butler")
    desk.submit(f"/tickets/{number}/draft", {"mode": "reply", "text": "正在写"}, 204)
    desk.submit(f"/tickets/{number}/quick/thanks", {})
    with answered.db.read() as session:
        assert session.scalars(select(ComposerDraft)).one().text == "正在写"


def test_the_butler_is_told_that_asking_to_wait_starts_a_clock(answered: Office, browse: Browse) -> None:
    number, desk = answered.open("repair", "chen"), browse("butler")
    assert "发出后开始计时" in desk.read(f"/tickets/{number}/quick/wait")
    assert "发出后开始计时" not in desk.read(f"/tickets/{number}/quick/thanks")


def test_the_box_says_which_button_gives_the_result(answered: Office, browse: Browse) -> None:
    asked, broken = answered.open("enquiry", "chen"), answered.open("repair", "chen")
    desk = browse("butler")
    assert "在这里回复还不算“答复”。" in desk.read(f"/tickets/{asked}")
    assert "在这里回复还不算" not in desk.read(f"/tickets/{broken}")


def test_whoever_may_not_reply_is_offered_nothing(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "chen")
    answered.do(number, "accept")
    answered.do(number, "assign", user=answered.cast.engineer.id)
    browse("engineer").read(f"/tickets/{number}/answers", 403)
    browse("stranger").read(f"/tickets/{number}/answers", 404)
    browse("stranger").read(f"/tickets/{number}/quick/thanks", 404)


def test_english_for_a_reader_of_chinese_is_asked_about(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "chen")
    desk = browse("butler", "en")
    answer = desk.submit(f"/tickets/{number}/reply", {"text": "We will come tomorrow."}, 422)
    assert "your text is in English. No translation service is set up here: sent as it is," in answer.text
    desk.submit(f"/tickets/{number}/reply", {"text": "We will come tomorrow.", "sure": "1"})
    assert answered.read("chen")[-1]["text"].startswith("We will come tomorrow.\n\n（原文为英文")
    desk.submit(f"/tickets/{number}/reply", {"text": "OK 110-222"})


def test_every_form_that_a_resident_reads_asks_about_the_language(answered: Office, browse: Browse) -> None:
    number = answered.open("repair", "emma", "The tap leaks.")
    desk = browse("butler", "en")
    answer = desk.submit(f"/tickets/{number}/cancel", {"reason": "住户不需要了"}, 422)
    assert "This resident reads English, and your text contains Chinese." in answer.text
    assert "Send it as it is" in answer.text
    desk.submit(f"/tickets/{number}/pause", {"reason": "part", "words": "等配件"}, 422)
