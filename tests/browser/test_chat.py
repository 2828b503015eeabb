"""The resident's chat page in a real browser: what a resident does, and what may go wrong on the way."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.desk import Staff

pytestmark = pytest.mark.browser

CHAT = "/chat?lang=zh"
OWNER = f"{CHAT}&invitation=DEMO-OWNER"
SLOW = 15_000
#: gzip, everything of a first visit (the headers are not counted)
BUDGET = 30_000
#: the server gets and stores the first message, and the browser never sees the answer
LOSE_FIRST_ANSWER = """
const real = window.fetch;
window.fetch = async (address, options) => {
  const answer = await real(address, options);
  const isMessage = options.method === "POST" && address.endsWith("/messages");
  if (!isMessage || document.body.dataset.lost) return answer;
  document.body.dataset.lost = "1";
  throw new TypeError("the line broke");
};
"""


def enter(page: Page, address: str = OWNER) -> None:
    """Open the chat and wait until it is live."""
    page.goto(address)
    expect(page.locator("body")).to_have_attribute("data-live", "1")
    expect(page.locator(".message.bot").first).to_be_visible()


def say(page: Page, text: str) -> Locator:
    """Write ``text``, send it with Enter, and return its bubble."""
    page.fill("#box", text)
    page.keyboard.press("Enter")
    return mine(page, text)


def mine(page: Page, text: str) -> Locator:
    return page.locator(".message.mine", has_text=text)


def stored(message: Locator) -> Locator:
    """The time in a bubble: it is the server's, so it shows that the message is stored."""
    return message.locator("time")


def photo() -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 110, 130)).save(file, "PNG")
    return {"name": "tap.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_the_invitation_leaves_the_address_bar(page: Page) -> None:
    enter(page)
    assert "DEMO-OWNER" not in page.url
    expect(page.locator("#call")).to_have_attribute("href", re.compile(r"tel:\+?\d{7,}"))


def test_the_privacy_notice_stands_before_the_box_until_something_was_sent(page: Page) -> None:
    enter(page, CHAT)
    expect(page.locator("#privacy a")).to_have_attribute("href", "/privacy?lang=zh")
    expect(stored(say(page, "你好"))).to_be_visible()
    expect(page.locator("#privacy")).to_be_hidden()


def test_text_is_never_read_as_markup(page: Page) -> None:
    enter(page)
    bubble = say(page, "<img src=x onerror=alert(1)><b>粗</b>")
    expect(bubble.locator(".text")).to_have_text("<img src=x onerror=alert(1)><b>粗</b>")
    assert bubble.locator("img, b").count() == 0


def test_enter_accepts_a_pinyin_candidate_and_only_then_sends(page: Page) -> None:
    enter(page)
    before = page.locator(".message.mine").count()
    keys = page.context.new_cdp_session(page)
    page.focus("#box")
    keys.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    page.keyboard.press("Enter")
    assert page.locator(".message.mine").count() == before
    keys.send("Input.insertText", {"text": "你好呀"})
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Enter")
    expect(mine(page, "你好呀").locator(".text")).to_have_text("你好呀\n第二行")
    assert page.evaluate("document.activeElement.id") == "box"


def test_a_picked_quick_reply_becomes_the_residents_message_and_its_group_goes(page: Page) -> None:
    enter(page)
    group = page.locator(".choices")
    label = group.locator(".choice").first.inner_text()
    value = group.locator(".choice").first.get_attribute("data-value")
    group.locator(".choice").first.click()
    expect(stored(mine(page, label).last)).to_be_visible()
    expect(page.locator(f'.choice[data-value="{value}"]')).to_have_count(0)
    assert page.locator(".choices").count() <= 1


def test_targets_are_large_enough_for_a_finger(page: Page) -> None:
    enter(page)
    for wanted in (44, 60):
        heights = page.locator(".choice, .action:visible, .tool:visible").evaluate_all(
            "nodes => nodes.filter(n => n.offsetHeight).map(n => n.offsetHeight)"
        )
        assert min(heights) >= wanted
        page.click("#open-more")
        page.click("#large")
        page.click("#more [data-close]")


def test_large_type_has_no_text_below_18_pixels_and_the_phone_first(page: Page) -> None:
    enter(page)
    page.click("#open-more")
    page.click("#large")
    page.click("#more [data-close]")
    sizes = page.locator(".frame *:visible").evaluate_all(
        "nodes => nodes.filter(n => [...n.childNodes].some(c => c.nodeType === 3 && c.data.trim()) && "
        "!n.closest('.unseen')).map(n => parseFloat(getComputedStyle(n).fontSize))"
    )
    assert min(sizes) >= 18
    assert page.locator(".actions > :visible").first.get_attribute("id") == "call-large"
    page.reload()
    assert "large" in (page.locator("html").get_attribute("class") or "")


def test_a_reload_shows_the_same_conversation(page: Page) -> None:
    enter(page)
    expect(stored(say(page, "请问游泳馆几点开门"))).to_be_visible()
    address = page.url
    page.goto(address)
    expect(mine(page, "请问游泳馆几点开门").last).to_be_visible()


def test_a_message_written_offline_is_sent_once_when_the_line_is_back(
    page: Page, context: BrowserContext
) -> None:
    enter(page, CHAT)
    context.set_offline(True)
    bubble = say(page, "离线时写的话")
    expect(page.locator(".message.waiting")).to_be_visible()
    expect(page.locator("#reconnecting")).to_be_visible()
    context.set_offline(False)
    expect(stored(bubble)).to_be_visible(timeout=SLOW)
    expect(page.locator("#reconnecting")).to_be_hidden(timeout=SLOW)
    page.reload()
    expect(mine(page, "离线时写的话")).to_have_count(1)


def test_a_message_whose_answer_was_lost_is_not_doubled(page: Page) -> None:
    page.add_init_script(LOSE_FIRST_ANSWER)
    enter(page, CHAT)
    bubble = say(page, "答复在路上丢了")
    expect(page.locator("body")).to_have_attribute("data-lost", "1")
    expect(stored(bubble)).to_be_visible(timeout=SLOW)
    expect(page.locator(".message.waiting")).to_have_count(0, timeout=SLOW)
    page.reload()
    expect(mine(page, "答复在路上丢了")).to_have_count(1)


def test_an_unsent_message_survives_a_reload(page: Page) -> None:
    enter(page, CHAT)
    refusal = {"type": "about:blank", "title": "", "status": 503, "detail": ""}
    page.route("**/api/chat/messages", lambda route: route.fulfill(status=503, json=refusal))
    say(page, "重新打开后再发")
    expect(page.locator(".message.waiting")).to_be_visible()
    page.unroute("**/api/chat/messages")
    page.reload()
    expect(stored(mine(page, "重新打开后再发"))).to_be_visible(timeout=SLOW)
    expect(mine(page, "重新打开后再发")).to_have_count(1)


def test_a_photo_goes_with_its_words_and_opens_large(page: Page) -> None:
    enter(page)
    page.set_input_files("#pick", [photo()])
    expect(page.locator(".tile.done")).to_be_visible()
    bubble = say(page, "厨房水龙头漏水")
    expect(stored(bubble)).to_be_visible()
    bubble.locator(".photo").click()
    expect(page.locator("#photo-large")).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    expect(mine(page, "厨房水龙头漏水").last.locator(".photo img")).to_have_js_property("complete", True)


def test_a_refused_file_says_why_at_its_own_tile(page: Page) -> None:
    enter(page)
    fake = {
        "name": "tap.jpg",
        "mimeType": "image/jpeg",
        "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    page.set_input_files("#pick", [fake, photo()])
    expect(page.locator(".tile.failed .why")).not_to_be_empty()
    page.locator(".tile.failed .remove").click()
    page.click("#send")
    expect(page.locator(".tile")).to_have_count(0)
    expect(page.locator(".message.mine").last.locator(".photo")).to_have_count(1)


def saved(page: Page, link: Locator) -> tuple[str, bytes]:
    """Press a file; the name and the bytes of what is saved."""
    with page.expect_download() as waiting:
        link.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_a_pdf_file_from_the_butler_is_seen_and_saved_at_once_and_an_hour_later(
    page: Page, colleague: Staff
) -> None:
    name, data = "地暖说明（2026版）.pdf", b"%PDF-1.7\nhow to heat the floor\n%%EOF"
    enter(page)
    expect(stored(say(page, "我要投诉：地暖怎么调都不热，也没有说明书"))).to_be_visible()
    button = page.locator(".message.bot .ticket-link").last
    number = int(re.sub(r"\D", "", button.inner_text()))
    sent = [colleague.keep(name, data), colleague.keep("阀门.png", photo()["buffer"])]
    colleague.act(number, "reply", text="说明书在这里。", files=sent)
    bubble = page.locator(".message.butler", has_text="说明书在这里。")
    link = bubble.locator("a.file")
    expect(link).to_have_text(name)
    assert saved(page, link) == (name, data)
    page.evaluate("(now => { Date.now = () => now() + 3_600_000 })(Date.now)")
    # What was signed for ten minutes is signed anew: a day later the old address opens nothing.
    link.evaluate("one => { one.href = one.href.replace(/until=\\d+/, 'until=1') }")
    assert saved(page, link) == (name, data)
    with page.expect_request(lambda one: "wait=0" in one.url):
        page.evaluate("(now => { Date.now = () => now() + 3_600_000 })(Date.now)")
        bubble.locator(".photo").click()
    expect(page.locator("#photo-large")).to_have_js_property("naturalWidth", 40)
    assert page.locator("body").get_attribute("data-live") == "1"


def test_six_photos_are_five(page: Page) -> None:
    enter(page)
    page.set_input_files("#pick", [photo()] * 6)
    expect(page.locator(".tile")).to_have_count(5)
    expect(page.locator("#note")).to_contain_text("5")


def test_the_language_switch_turns_page_and_bot_and_stays(page: Page) -> None:
    enter(page)
    expect(page.locator("#language .only-zh")).to_have_attribute("lang", "en")
    page.click("#language")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#person")).to_have_text("Talk to a person")
    expect(page.locator(".message.bot .bubble").first).to_have_attribute("lang", "zh-Hans-CN")
    page.reload()
    expect(page.locator("#person")).to_have_text("Talk to a person")


def test_signing_out_forgets_the_conversation_on_this_device(page: Page) -> None:
    enter(page)
    page.click("#open-more")
    page.click("#sign-out")
    expect(page.locator("#farewell")).to_be_visible()
    assert not page.evaluate("Object.keys(localStorage).filter(key => /token|pending/.test(key))")
    page.click("#start-again")
    expect(page.locator(".message.bot").first).to_be_visible()


def test_an_unknown_invitation_is_answered_with_a_sentence_and_the_chat_goes_on(page: Page) -> None:
    enter(page, f"{CHAT}&invitation=NO-SUCH-CODE")
    expect(page.locator("#top-words")).not_to_be_empty()


def test_it_works_where_storage_is_closed(page: Page) -> None:
    page.add_init_script(
        "for (const name of ['getItem', 'setItem', 'removeItem']) "
        "Storage.prototype[name] = () => { throw new DOMException('closed', 'SecurityError') }"
    )
    enter(page)
    expect(stored(say(page, "在别人的页面里"))).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_scrolls_sideways(page: Page, width: int, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    enter(page, f"/chat?lang={language}&invitation=DEMO-TENANT")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("(log => log.scrollWidth <= log.clientWidth)(document.getElementById('log'))")


def test_a_first_visit_stays_within_its_weight(page: Page) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    network.on("Network.dataReceived", lambda event: sizes.append(event["encodedDataLength"]))
    enter(page)
    assert 5_000 < sum(sizes) <= BUDGET


def test_my_requests_tell_each_hour_once_and_a_kept_promise_asks_for_no_reason(page: Page) -> None:
    enter(page)
    expect(stored(say(page, "我要投诉：快递柜旁边堆满纸箱"))).to_be_visible()
    expect(page.locator(".message.bot", has_text="单号").last).to_be_visible()
    page.get_by_role("button", name="我的进度").last.click()
    card = page.locator(".ticket", has_text="投诉").first
    expect(card.locator(".promise.ok .when").first).to_be_visible()
    told = card.locator(".promise.ok .when").last.inner_text()
    assert card.inner_text().count(told) == 1
    expect(page.locator(".promise.met .why")).to_have_count(0)
    expect(card.locator(".promise.ok .why").first).to_be_visible()
