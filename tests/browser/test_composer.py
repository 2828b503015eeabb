"""The composer in a real browser: ready answers, quick sends, two butlers, wrong service, notes, pinyin."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from locales import t
from tests.browser.conftest import watch
from tests.browser.desk import Person, choose, first_number, live, sign_in
from tests.browser.looks import UNDER_TOASTS
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

BOX = "#composer-text"
#: another button beside one
BESIDE = """(one, text) => {
  if (!text) return;
  const more = one.cloneNode();
  more.name = 'more';
  more.append(text);
  one.before(more);
}"""
#: what of the composer is not in sight whole, or too low for a thumb
CUT_OFF = """
[...document.querySelectorAll('#composer :is(button, .button)')].filter(one => {
  if (!one.checkVisibility()) return false;
  const box = one.getBoundingClientRect();
  return box.left < 0 || box.right > innerWidth || box.bottom > innerHeight || box.height < 43.5
    || one.scrollWidth > one.clientWidth + 1;
}).map(one => one.outerHTML.slice(0, 120))
"""


@pytest.fixture
def tenant(server: ServerProcess) -> Iterator[Person]:
    with Person(server.url, "DEMO-TENANT", "en") as person:
        yield person


@pytest.fixture
def desk(page: Page) -> Page:
    sign_in(page)
    return page


def opened(page: Page, number: int) -> None:
    page.goto(f"/tickets/{number}")
    live(page)


def said(person: Person) -> str:
    return str(person.http.get("/api/chat/messages").raise_for_status().json()["messages"])


def test_a_slash_opens_the_answers_in_the_residents_language_and_several_fit_in(
    desk: Page, tenant: Person
) -> None:
    opened(desk, tenant.complain("I want to complain: the lift smells"))
    desk.locator(BOX).press("/")
    expect(desk.locator("#answers-find")).to_be_focused()
    desk.fill("#answers-find", "投诉")
    expect(desk.locator(".answer:visible").first).to_contain_text("We have your complaint")
    desk.press("#answers-find", "Enter")
    expect(desk.locator(".answers-dialog")).to_have_count(0)
    expect(desk.locator(BOX)).to_have_value(re.compile(r"^We have your complaint, request number \d+\."))
    desk.locator(BOX).press("End")
    desk.click("[data-answers]")
    desk.fill("#answers-find", "bye")
    desk.locator(".answer:visible [data-answer]").click()
    expect(desk.locator(BOX)).to_have_value(re.compile("We have your complaint.*Thank you for your", re.S))
    desk.click("#composer .is-primary")
    expect(desk.locator(".message.is-butler .bubble").last).to_contain_text("Thank you for your patience")
    assert "Thank you for your patience" in said(tenant)


def test_a_hole_is_selected_to_be_filled_and_stops_the_message(desk: Page, resident: Person) -> None:
    opened(desk, resident.complain("我要投诉：楼道太脏"))
    desk.click("[data-answers]")
    desk.fill("#answers-find", "visit")
    desk.locator(".answer:visible [data-answer]").first.click()
    hole = desk.evaluate("(() => { const b = document.getElementById('composer-text');"
                         " return b.value.slice(b.selectionStart, b.selectionEnd) })()")  # fmt: skip
    assert hole == "{上门时间}"
    desk.click("#composer .is-primary")
    expect(desk.locator("#composer-help .error")).to_contain_text("请先手动填写：{上门时间}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_what_was_sent_quickly_is_in_sight_and_the_toast_covers_no_button(
    desk: Page, resident: Person, language: str
) -> None:
    number = resident.complain("我要投诉：门口的灯一直闪")
    for turn in range(6):
        resident.say(f"还没有人来，第{turn}次了")
    desk.set_viewport_size({"width": 390, "height": 844})
    choose(desk, "language", language)
    opened(desk, number)
    desk.click("[data-answers]")
    desk.click("[data-quick=late]")
    desk.fill("#quick-minutes", "25")
    desk.click("form.quick .is-primary")
    last = desk.locator(".message").last
    expect(last).to_contain_text("我们会晚到约 25 分钟")
    expect(last).to_be_in_viewport(ratio=1)
    expect(desk.locator(".toast")).to_be_visible()
    bottom = "document.querySelector('.message:last-child').getBoundingClientRect().bottom"
    assert desk.evaluate(f"{bottom} <= document.getElementById('composer').getBoundingClientRect().top")
    assert desk.evaluate(UNDER_TOASTS) == []
    desk.locator(".toast").click()
    expect(desk.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [390, 360])
def test_on_a_phone_what_is_asked_about_the_words_of_a_reply_is_read_and_pressed_whole(
    desk: Page, tenant: Person, language: str, width: int
) -> None:
    number = tenant.complain("I want to complain: the gate does not open")
    desk.set_viewport_size({"width": width, "height": 844})
    choose(desk, "language", language)
    opened(desk, number)
    desk.fill(BOX, "您好，师傅马上到。")
    desk.click("#composer .is-primary")
    sure = desk.locator("#composer [name=sure]")
    expect(sure).to_be_visible()
    # Where a service translates, another answer stands beside it.
    more = t(language, "Send with translation")
    for another in ("", more):
        sure.evaluate(BESIDE, another)
        assert desk.evaluate(CUT_OFF) == []
        assert desk.evaluate("document.documentElement.scrollWidth") == width
    sure.click()
    expect(desk.locator(".message.is-butler .bubble").last).to_contain_text("师傅马上到")


@pytest.mark.parametrize(("language", "width"), [("zh", 1280), ("en", 1280), ("en", 920)])
def test_at_a_desk_a_toast_covers_no_control_of_the_ticket_and_a_press_sends_it_away(
    desk: Page, resident: Person, language: str, width: int
) -> None:
    choose(desk, "language", language)
    desk.set_viewport_size({"width": width, "height": 800})
    opened(desk, resident.complain("我要投诉：楼下太吵"))
    desk.fill(BOX, "您好，我们马上来看。")
    desk.click("#composer .is-primary")
    toast = desk.locator(".toast")
    expect(toast).to_be_visible()
    assert desk.evaluate(UNDER_TOASTS) == []
    bottom = "document.querySelector('.toast').getBoundingClientRect().bottom"
    assert desk.evaluate(f"{bottom} <= document.getElementById('composer').getBoundingClientRect().top")
    toast.click()
    expect(toast).to_have_count(0)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [920, 1280])
def test_what_is_said_one_after_the_other_never_hides_the_promise_nor_the_next_button(
    desk: Page, resident: Person, language: str, width: int
) -> None:
    choose(desk, "language", language)
    desk.set_viewport_size({"width": width, "height": 800})
    opened(desk, resident.complain("我要投诉：楼道没人扫"))
    desk.click(".actions [data-key=accept]")
    expect(desk.locator(".actions .is-primary")).to_have_attribute("data-key", "classify")
    assert desk.evaluate(UNDER_TOASTS) == []
    desk.fill(BOX, "您好，我们马上来看。")
    desk.click("#composer .is-primary")
    expect(desk.locator(".toast")).to_have_text("Sent." if language == "en" else "已发送。")
    assert desk.evaluate(UNDER_TOASTS) == []


def test_a_quick_send_shows_both_languages_and_sends_the_residents(desk: Page, tenant: Person) -> None:
    opened(desk, tenant.complain("I want to complain: nobody came"))
    desk.fill(BOX, "half a thought")
    desk.click("[data-answers]")
    desk.click("[data-quick=late]")
    desk.fill("#quick-minutes", "25")
    expect(desk.locator(".quick-said .is-sent")).to_contain_text("we are running about 25 minutes late")
    expect(desk.locator(".quick-said")).to_contain_text("我们会晚到约 25 分钟")
    desk.click("form.quick .is-primary")
    expect(desk.locator(".message.is-butler .bubble").last).to_contain_text("about 25 minutes late")
    expect(desk.locator(BOX)).to_have_value("half a thought")
    fold = desk.locator(".message.is-butler").last.locator("details")
    fold.locator("summary").click()
    expect(fold).to_contain_text("我们会晚到约 25 分钟")


def test_two_butlers_see_each_other_and_are_asked_before_both_send(
    desk: Page, resident: Person, browser: Browser, browser_context_args: dict[str, Any], base_url: str
) -> None:
    number = resident.complain("我要投诉：门禁坏了")
    opened(desk, number)
    context = browser.new_context(**{**browser_context_args, "base_url": base_url})
    try:
        other = context.new_page()
        bad = watch(other)
        sign_in(other, "supervisor")
        opened(other, number)
        expect(desk.locator("#presence")).to_contain_text("也在看")
        expect(other.locator("#presence")).to_contain_text("也在看")
        other.fill(BOX, "我先回复")
        expect(desk.locator("#presence")).to_contain_text("正在写")
        desk.fill(BOX, "我来处理。")
        desk.click("#composer .is-primary")
        expect(desk.locator("#composer-help .warning").first).to_contain_text("同事正在给这位住户写回复")
        desk.click("#composer [name=sure]")
        expect(desk.locator(".message.is-butler .bubble").last).to_have_text("我来处理。")
        other.close()
        assert not bad, bad
    finally:
        context.close()
    expect(desk.locator("#presence")).not_to_contain_text("也在看")


#: signs of life are sent when something happened, and not by the hour hand
NO_ROUND = """
const every = window.setInterval;
window.setInterval = (work, ms) => (ms === 10000 ? 0 : every(work, ms));
"""


def test_opening_a_ticket_tells_once_that_somebody_is_here(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：楼道灯不亮")
    desk.add_init_script(NO_ROUND)
    told: list[str] = []
    desk.on("request", lambda one: told.append(one.url) if one.url.endswith("/presence") else None)
    with desk.expect_response(re.compile("/presence$")):
        opened(desk, number)
    resident.say("灯还是不亮，黑乎乎的")  # heard after the echo of the sign of life
    expect(desk.locator("#talk")).to_contain_text("黑乎乎的")
    assert len(told) == 1


def test_the_wrong_service_is_put_right_on_the_ticket(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：楼上太吵，天天半夜跳绳")
    opened(desk, number)
    desk.locator(f".timeline a[href='/tickets/{number}/service']").click()
    expect(desk.locator("main legend").first).to_be_visible()
    desk.fill("#service-name", "邻居噪音")
    desk.click("main .is-primary")
    expect(desk.locator(".ticket-title h1")).to_contain_text("邻居噪音")
    expect(desk.locator(".timeline")).to_contain_text("改选服务")


def test_a_note_never_reaches_the_resident(desk: Page, resident: Person) -> None:
    opened(desk, resident.complain("我要投诉：保安态度差"))
    desk.click("#composer [data-mode=note][aria-pressed]")
    expect(desk.locator("[data-answers]")).to_be_hidden()
    with desk.expect_response(lambda r: r.url.endswith("/draft")):
        desk.fill(BOX, "内部：这位住户上月也投诉过")
    desk.click("#composer .is-primary")
    expect(desk.locator(".message.is-note .bubble")).to_contain_text("上月也投诉过")
    assert "上月也投诉过" not in said(resident)


def test_enter_in_the_search_takes_a_pinyin_candidate_first(desk: Page, resident: Person) -> None:
    opened(desk, resident.complain("我要投诉：灯不亮"))
    desk.click("[data-answers]")
    desk.locator("#answers-find").focus()
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    desk.keyboard.press("Enter")
    expect(desk.locator(".answers-dialog")).to_be_visible()
    expect(desk.locator(BOX)).to_have_value("")


def test_on_a_phone_one_line_stands_above_the_conversation(room: Any) -> None:
    page = room(390, "zh", "light")
    page.goto(f"/tickets/{first_number(page)}")
    live(page)
    expect(page.locator("#side-fold")).not_to_have_attribute("open", "")
    expect(page.locator("#side-fold > summary .pill")).to_be_visible()
    assert page.locator("#ticket-side").bounding_box()["height"] < 80
    page.click("#side-fold > summary")
    expect(page.locator(".timeline")).to_be_visible()


def test_on_a_phone_the_next_step_is_one_press_away(room: Any) -> None:
    page = room(390, "zh", "light")
    page.goto(f"/tickets/{first_number(page)}")
    live(page)
    page.click(".actions [data-key=steps]")
    expect(page.locator("#ticket-steps .steps a").first).to_be_in_viewport()


def test_on_a_small_phone_a_thumb_hits_every_button_of_the_box(room: Any) -> None:
    page = room(360, "zh", "light")
    page.goto(f"/tickets/{first_number(page)}")
    wide = (
        "[...document.querySelectorAll('.composer-bottom .button')].map(e => e.getBoundingClientRect().width)"
    )
    assert min(page.evaluate(wide)) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_on_a_phone_the_first_press_below_the_text_counts(room: Any, resident: Person) -> None:
    page = room(390, "zh", "light")
    opened(page, resident.complain("我要投诉：垃圾桶满了没人倒"))
    button = page.locator("[data-answers]")
    before = button.bounding_box()
    page.locator(BOX).focus()
    expect(page.locator(".formal")).to_be_visible()  # the hint stands above: nothing moves under the finger
    assert button.bounding_box() == before
    page.locator(BOX).blur()
    button.click()
    expect(page.locator(".answers-dialog")).to_be_visible()


def test_a_sentence_about_words_that_are_gone_goes_with_them(desk: Page, resident: Person) -> None:
    opened(desk, resident.complain("我要投诉：门禁坏了"))
    desk.fill(BOX, "我们{上门时间}到")
    desk.click("#composer .is-primary")
    expect(desk.locator("#composer-help > .error")).to_be_visible()
    desk.fill(BOX, "我们十点到")
    expect(desk.locator("#composer-help > .error")).to_have_count(0)
