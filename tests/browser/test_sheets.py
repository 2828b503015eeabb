"""The sheets of a ticket and its box, in a real browser: nothing typed is lost, nor sent by mistake."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Person, Staff, live, sign_in

pytestmark = pytest.mark.browser
TICKETS = "**/tickets/*/*"


@pytest.fixture
def number(resident: Person) -> int:
    return resident.complain("我要投诉：楼道里堆了纸箱")


@pytest.fixture
def desk(page: Page, number: int) -> Page:
    """The ticket's page, live."""
    sign_in(page)
    page.goto(f"/tickets/{number}")
    live(page)
    return page


def open_sheet(page: Page, action: str = "classify") -> None:
    page.locator(f"[data-opens=dialog-{action}]").first.dispatch_event("click")  # some stand behind "More"
    expect(page.locator(f"#dialog-{action}")).to_be_visible()


def test_what_is_typed_in_a_sheet_outlives_escape_and_goes_with_what_was_sent(
    desk: Page, number: int
) -> None:
    open_sheet(desk, "cancel")
    desk.fill("#dialog-cancel textarea", "住户自己处理好了")
    desk.keyboard.press("Escape")
    expect(desk.locator("#dialog-cancel")).to_be_hidden()
    expect(desk).to_have_url(re.compile(rf"/tickets/{number}$"))
    open_sheet(desk, "cancel")
    expect(desk.locator("#dialog-cancel textarea")).to_have_value("住户自己处理好了")
    desk.click("#dialog-cancel .is-primary")
    expect(desk.locator("#dialog-cancel")).to_be_hidden()
    kept = desk.evaluate("() => Object.keys(sessionStorage).filter((key) => key.startsWith('sheet '))")
    assert kept == []


def test_back_shuts_the_sheet_and_stays_on_the_ticket(desk: Page, number: int) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    open_sheet(desk)
    desk.locator("#dialog-classify [name=class][value=to_improve]").check()
    desk.go_back()
    expect(desk.locator("#dialog-classify")).to_be_hidden()
    expect(desk).to_have_url(re.compile(rf"/tickets/{number}$"))
    desk.go_forward()
    expect(desk.locator("#dialog-classify [name=class][value=to_improve]")).to_be_checked()
    desk.locator("#dialog-classify [data-closes]").click()
    expect(desk.locator("#dialog-classify")).to_be_hidden()
    desk.go_back()
    expect(desk).to_have_url(re.compile("/queue"))


@pytest.mark.parametrize("width", [1280, 390])
def test_what_failed_is_read_and_tried_again_within_the_sheet(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    open_sheet(desk, "cancel")
    desk.fill("#dialog-cancel textarea", "住户自己处理好了")
    desk.route(TICKETS, lambda route: route.fulfill(status=503, body=""))
    desk.click("#dialog-cancel .is-primary")
    toast = desk.locator("#dialog-cancel .toast")
    expect(toast).to_contain_text("重试")
    desk.unroute(TICKETS)
    toast.locator("button").click()  # nothing lies over it
    expect(desk.locator("#dialog-cancel")).to_be_hidden()
    expect(desk.locator("body > #toasts .toast")).to_have_count(1)
    expect(desk.locator("body > #toasts")).not_to_contain_text("重试")


def test_a_failure_is_not_offered_again_after_a_later_success(desk: Page) -> None:
    open_sheet(desk, "cancel")
    desk.fill("#dialog-cancel textarea", "住户自己处理好了")
    desk.route(TICKETS, lambda route: route.fulfill(status=503, body=""))
    desk.click("#dialog-cancel .is-primary")
    expect(desk.locator(".toast[data-retry]")).to_be_visible()
    desk.unroute(TICKETS)
    desk.click("#dialog-cancel .is-primary")
    expect(desk.locator("#dialog-cancel")).to_be_hidden()
    expect(desk.locator(".toast[data-retry]")).to_have_count(0)


def test_escape_leaves_the_box_for_the_page_and_the_draft_stays(desk: Page) -> None:
    desk.keyboard.press("r")
    expect(desk.locator("#composer-text")).to_be_focused()
    desk.keyboard.type("我这就去看")
    desk.keyboard.press("Escape")
    expect(desk.locator("#main")).to_be_focused()
    expect(desk.locator("#composer-text")).to_have_value("我这就去看")
    desk.keyboard.press("n")
    expect(desk.locator("#composer")).to_have_attribute("data-mode", "note")


def test_after_a_reply_by_keys_the_next_letter_is_a_command_and_no_message(
    desk: Page, number: int, colleague: Staff
) -> None:
    desk.keyboard.press("r")
    expect(desk.locator("#composer-text")).to_be_focused()
    desk.keyboard.type("我这就去看")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message.is-butler .bubble").last).to_contain_text("我这就去看")
    expect(desk.locator("#main")).to_be_focused()
    desk.keyboard.press("n")
    expect(desk.locator("#composer")).to_have_attribute("data-mode", "note")
    expect(desk.locator("#composer-text")).to_be_focused()
    desk.keyboard.type("等排班")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#composer-text")).to_have_value("")
    assert "等排班" not in str(colleague.http.get(f"/api/tickets/{number}/messages").text)


def test_one_window_that_sends_leaves_the_draft_of_the_other(desk: Page, number: int) -> None:
    other = desk.context.new_page()
    other.goto(f"/tickets/{number}")
    live(other)
    other.fill("#composer-text", "另外想问一下您几点在家？")
    desk.fill("#composer-text", "我这就去看")
    desk.click("#composer .is-primary")
    expect(other.locator(".message.is-butler .bubble").last).to_contain_text("我这就去看")
    with other.expect_response(lambda answer: answer.url.endswith("/draft")):
        other.fill("#composer-text", "另外想问一下您几点在家？")
        other.locator("#composer-text").press("Escape")
        other.locator("#composer-text").press_sequentially(" ")
    other.reload()
    expect(other.locator("#composer-text")).to_have_value(re.compile("另外想问一下您几点在家"))
