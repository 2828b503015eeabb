"""A ticket in a real browser: reply and note, forms, drafts, two butlers, a phone call that becomes one."""

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.browser.desk import DEAF, Person, Staff, first_number, live
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

#: what stands in for a form on its way: nothing, or after how long it is seen
SKELETON = """() => { const drawn = getComputedStyle(document.body, '::after');
  return drawn.content === 'none' ? 'none' : drawn.animationDelay }"""
SEEN = "() => document.body.dataset.hush && getComputedStyle(document.body, '::after').opacity === '1'"


def test_accept_reply_and_note_and_the_resident_reads_the_reply_only(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：门禁坏了三天")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.locator("[data-key=accept]").click()
    expect(desk.locator(".toast")).to_contain_text("已接单")
    expect(desk.locator("#ticket-head [data-key=accept]")).to_have_count(0)
    desk.fill("#composer-text", "陈先生，我现在就去看。")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message.is-butler .bubble").last).to_have_text("陈先生，我现在就去看。")
    expect(desk.locator("#composer-text")).to_have_value("")
    desk.click("[data-mode=note][aria-pressed]")
    desk.fill("#composer-text", "门禁电源要换")
    desk.click("#composer .is-primary")
    expect(desk.locator(".message.is-note .bubble").last).to_have_text("门禁电源要换")
    texts = [m["text"] for m in resident.http.get("/api/chat/messages?after=0&wait=0").json()["messages"]]
    assert "陈先生，我现在就去看。" in texts
    assert not any("电源要换" in text for text in texts)


def test_the_residents_answer_appears_without_reloading_and_what_is_being_written_stays(
    desk: Page, resident: Person
) -> None:
    number = resident.complain("我要投诉：楼道堆满杂物")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.locator("[data-key=accept]").click()
    expect(desk.locator(".toast")).to_be_visible()
    desk.fill("#composer-text", "写到一半")
    resident.say("杂物是602的")
    expect(desk.locator(".message.is-resident .bubble").last).to_have_text("杂物是602的")
    expect(desk.locator("#composer-text")).to_have_value("写到一半")


def test_a_form_that_is_wrong_shows_the_sentence_at_the_field_and_keeps_what_was_typed(
    desk: Page, resident: Person
) -> None:
    number = resident.complain("我要投诉：垃圾没人收")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.locator("[data-opens=dialog-classify]").click()
    dialog = desk.locator("#dialog-classify")
    expect(dialog).to_be_visible()
    dialog.locator("[name=class][value=to_improve]").check()
    dialog.locator("[name=severity][value=severe]").check()
    desk.evaluate("document.querySelector('#form-classify').noValidate = true")
    dialog.locator(".is-primary").click()
    expect(dialog.locator("#classify-department-error")).to_contain_text("请填写这一项")
    expect(dialog.locator("[name=class][value=to_improve]")).to_be_checked()
    dialog.locator("[name=department]").select_option("cleaning")
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(desk.locator(".toast").last).to_contain_text("分类已保存")
    expect(desk.locator(".facts").filter(has_text="待改进")).to_be_visible()


def test_a_form_that_takes_long_shows_where_it_will_stand_and_one_that_comes_at_once_does_not(
    desk: Page, resident: Person
) -> None:
    desk.goto(f"/tickets/{resident.complain('我要投诉：电梯里有异味')}")
    live(desk)
    held: list[Route] = []
    desk.route("**/*part=form*", lambda route: held.append(route))  # noqa: PLW0108
    desk.locator("[data-opens=dialog-classify]").click()
    assert desk.evaluate(SKELETON) == "0.3s"
    desk.wait_for_function(SEEN)
    held.pop().continue_()
    expect(desk.locator("#dialog-classify")).to_be_visible()
    assert desk.evaluate(SKELETON) == "none"


def test_a_follow_up_begun_in_the_queue_opens_its_form_and_closes_the_ticket(desk: Page) -> None:
    link = desk.locator(".row [data-key=follow_up]").first
    where = link.get_attribute("href")
    link.click()
    dialog = desk.locator("#dialog-follow_up")
    expect(dialog).to_be_visible()
    assert where
    desk.wait_for_function("() => document.querySelector('#dialog-follow_up').matches(':modal')")
    dialog.locator("[name=result][value=satisfied]").check()
    dialog.locator("[name=score]").select_option("5")
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(desk.locator(".toast").last).to_contain_text("回访已保存")
    expect(desk.locator(".state")).to_have_text("已关闭")


def test_the_second_of_two_butlers_is_told_who_was_faster(
    desk: Page, resident: Person, colleague: Staff
) -> None:
    number = resident.complain("我要投诉：健身房器械坏了")
    desk.add_init_script(DEAF)
    desk.goto(f"/tickets/{number}")
    live(desk)
    colleague.act(number, "accept")
    desk.locator("[data-key=accept]").click()
    expect(desk.locator(".notice")).to_contain_text("沈岚")


def test_chinese_for_a_reader_of_english_is_asked_about(desk: Page, server: ServerProcess) -> None:
    with Person(server.url, "DEMO-TENANT", "en") as tenant:
        number = tenant.complain("I want to complain: the gym has been closed for a week")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.fill("#composer-text", "您好")
    expect(desk.locator(".live-warning")).to_be_visible()
    desk.click("#composer .is-primary")
    expect(desk.locator("#composer [name=sure]")).to_be_visible()
    desk.click("#composer [name=sure]")
    expect(desk.locator(".message.is-butler .bubble").last).to_contain_text("您好")


def test_a_form_asks_about_chinese_as_the_composer_does(desk: Page, server: ServerProcess) -> None:
    with Person(server.url, "DEMO-TENANT", "en") as tenant:
        number = tenant.complain("I want to complain: the lights in the garage are off")
    desk.goto(f"/tickets/{number}?do=cancel")
    live(desk)
    dialog = desk.locator("#dialog-cancel")
    reason = dialog.locator("textarea")
    reason.press_sequentially("重复")
    expect(dialog.locator(".live-warning")).to_be_visible()
    dialog.locator("[name=tell][value=no]").check(force=True)  # nobody reads it then
    expect(dialog.locator(".live-warning")).to_be_hidden()
    dialog.locator("[name=tell][value=yes]").check(force=True)
    dialog.locator(".is-primary").click()
    expect(dialog.locator(".warning.asked")).to_contain_text("这位住户阅读英文")
    dialog.locator("[name=sure]").click()
    expect(dialog).to_be_hidden()
    told = [m["text"] for m in tenant_messages(server)]
    assert any("(Written in Chinese and not translated." in text for text in told)


def tenant_messages(server: ServerProcess) -> list[dict[str, str]]:
    with Person(server.url, "DEMO-TENANT", "en") as tenant:
        answer = tenant.http.get("/api/chat/messages?after=0&wait=0").json()
    found: list[dict[str, str]] = answer["messages"]
    return found


PHONE: ViewportSize = {"width": 390, "height": 844}
#: how far the newest message is seen above the box: its lower edge, and the box's upper one
EDGES = """() => ['.message:last-child', '#composer'].map((one, at) => {
  const box = document.querySelector(one).getBoundingClientRect(); return at ? box.top : box.bottom })"""


def is_seen(page: Page) -> bool:
    lower, upper = page.evaluate(EDGES)
    return bool(0 < lower <= upper)


@pytest.fixture
def long_talk(colleague: Staff) -> int:
    body = {"item": "common.voice.repair-intake", "channel": "phone", "words": "龙头漏水", "resident_id": 1}
    number = int(colleague.http.post("/api/tickets", json=body).raise_for_status().json()["number"])
    for each in range(14):
        colleague.act(number, "reply", text=f"第{each}次回复：师傅已经在路上，请您在家等一下。")
    return number


def test_a_phone_opens_a_ticket_at_its_newest_words_and_keeps_a_place_that_was_left(
    desk: Page, long_talk: int
) -> None:
    desk.set_viewport_size(PHONE)
    desk.goto(f"/tickets/{long_talk}")
    live(desk)
    assert is_seen(desk)
    desk.evaluate("scrollTo(0, 300)")
    desk.goto("/queue")
    desk.go_back()
    live(desk)
    expect(desk.locator("#ticket-head")).to_be_attached()
    assert desk.evaluate("scrollY") == 300
    first = desk.locator(".message").nth(1).get_attribute("id")
    desk.goto("/queue")
    desk.goto(f"/tickets/{long_talk}#{first}")
    live(desk)
    expect(desk.locator(f"#{first}")).to_be_in_viewport()
    assert not is_seen(desk)


def test_a_phone_shows_a_new_ticket_from_its_head_and_always_says_which_it_is(
    desk: Page, resident: Person
) -> None:
    number = resident.complain("我要投诉：楼上每天半夜装修，敲了一个星期，没有人管。")
    desk.set_viewport_size(PHONE)
    desk.goto(f"/tickets/{number}")
    live(desk)
    expect(desk.locator(".actions [data-key=accept]")).to_be_in_viewport()
    assert desk.evaluate("scrollY") == 0
    desk.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(desk.locator(".top-mark")).to_be_in_viewport()
    expect(desk.locator(".top-mark")).to_contain_text(f"#{number}")


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 800}])
def test_a_kept_draft_has_its_own_room_below_the_newest_words(
    desk: Page, long_talk: int, size: ViewportSize
) -> None:
    desk.set_viewport_size(size)
    desk.goto(f"/tickets/{long_talk}")
    live(desk)
    text = "Please keep the key at the desk. " * 6
    with desk.expect_response(lambda r: r.url.endswith("/draft")):
        desk.fill("#composer-text", text)
    expect(desk.locator(".live-warning")).to_be_visible()
    assert is_seen(desk)
    desk.goto("/queue")
    desk.goto(f"/tickets/{long_talk}")
    live(desk)
    expect(desk.locator("#composer-text")).to_have_value(text)
    expect(desk.locator(".live-warning")).to_be_visible()
    assert is_seen(desk)


def test_a_draft_survives_leaving_the_page(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：停车位被占")
    desk.goto(f"/tickets/{number}")
    live(desk)
    with desk.expect_response(lambda r: r.url.endswith("/draft")):
        desk.fill("#composer-text", "还没写完")
    desk.goto("/queue")
    desk.goto(f"/tickets/{number}")
    expect(desk.locator("#composer-text")).to_have_value("还没写完")


def test_a_phone_call_becomes_a_ticket_in_a_few_keys(desk: Page) -> None:
    desk.locator("body").press("n")
    desk.locator("body").press("t")
    expect(desk.locator("#q")).to_be_focused()
    desk.keyboard.type("3-2-1501")
    expect(desk.locator("#found [name=q]")).to_have_value("3-2-1501")
    desk.locator(".found-row").first.click()
    desk.fill("[name=words]", "客厅灯不亮")
    desk.locator("[name=kind]").first.check()
    desk.click("#intake .is-primary")
    expect(desk.locator(".talk-words")).to_contain_text("客厅灯不亮")


def test_enter_accepts_a_pinyin_candidate_and_sends_nothing(desk: Page) -> None:
    desk.goto(f"/tickets/{first_number(desk)}")
    live(desk)
    count = desk.locator(".message").count()
    desk.locator("#composer-text").focus()
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    desk.keyboard.press("Control+Enter")
    assert desk.locator(".message").count() == count
    cdp.send("Input.insertText", {"text": "你好"})
    expect(desk.locator("#composer-text")).to_have_value("你好")
