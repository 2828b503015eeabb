"""A butler's work from beginning to end in a real browser, for readers of Chinese and of English."""

import pytest
from playwright.sync_api import Locator, Page, expect

from locales import t
from tests.browser.desk import Person, Staff, choose, live

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("language", ["zh", "en"])]

REPAIR = {"item": "common.voice.repair-intake", "channel": "phone", "words": "厨房龙头漏水", "resident_id": 1}


def opened(page: Page, number: int, language: str) -> None:
    """The ticket, open and live, in the language of its reader."""
    choose(page, "language", language)
    page.goto(f"/tickets/{number}")
    live(page)


def form(page: Page, action: str) -> Locator:
    """Open the form of a step at the ticket on the screen."""
    page.goto(f"{page.url.partition('?')[0]}?do={action}")
    dialog = page.locator(f"#dialog-{action}")
    expect(dialog).to_be_visible()
    live(page)
    return dialog


def send(page: Page, dialog: Locator, language: str, said: str) -> None:
    """Send a form, and read what the page says to it."""
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".toast").last).to_contain_text(t(language, said))


def write(page: Page, text: str, language: str, said: str) -> None:
    page.fill("#composer-text", text)
    page.click("#composer .is-primary")
    expect(page.locator(".toast").last).to_contain_text(t(language, said))
    expect(page.locator(".message .bubble").last).to_have_text(text)


def heard(person: Person) -> str:
    return str(person.http.get("/api/chat/messages").raise_for_status().json()["messages"])


def test_accept_reply_note_completion_sign_off_and_follow_up(
    desk: Page, colleague: Staff, language: str
) -> None:
    number = int(colleague.http.post("/api/tickets", json=REPAIR).raise_for_status().json()["number"])
    opened(desk, number, language)
    desk.locator("[data-key=accept]").click()
    expect(desk.locator(".toast")).to_contain_text(t(language, "Accepted. The resident has been told."))
    write(desk, "师傅下午三点到。", language, "Sent.")
    desk.click("#composer [data-mode=note][aria-pressed]")
    write(desk, "带新垫圈", language, "Note saved.")
    dialog = form(desk, "complete")
    dialog.locator("[name=note]").fill("换了垫圈")
    send(desk, dialog, language, "Completed.")
    dialog = form(desk, "sign_off")
    dialog.locator("[name=signed_by]").fill("陈先生")
    send(desk, dialog, language, "Sign-off saved.")
    dialog = form(desk, "follow_up")
    dialog.locator("[name=result][value=satisfied]").check()
    dialog.locator("[name=score]").select_option("5")
    send(desk, dialog, language, "Follow-up saved.")
    expect(desk.locator(".state")).to_have_text(t(language, "Closed"))


def test_a_call_that_is_asked_for_is_taken_down_and_answered(
    desk: Page, resident: Person, language: str
) -> None:
    choose(desk, "language", language)
    desk.goto("/new?q=3-2-1501")
    live(desk)
    desk.locator(".found-row").first.click()
    desk.fill("[name=words]", "请回电，想问装修押金")
    desk.check("[name=kind][value='common.voice.callback']")
    desk.click("#intake .is-primary")
    expect(desk.locator(".talk-words")).to_contain_text("请回电")
    live(desk)
    if desk.locator("[data-key=accept]").count():
        desk.locator("[data-key=accept]").click()
        expect(desk.locator(".toast").last).to_contain_text(t(language, "Accepted"))
    dialog = form(desk, "answer")
    dialog.locator("[name=text]").fill(f"刚才电话里说好了，押金七天内退。{language}")
    send(desk, dialog, language, "Answer sent.")
    assert f"押金七天内退。{language}" in heard(resident)
