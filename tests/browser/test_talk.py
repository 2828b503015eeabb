"""A long conversation on the ticket's page: it stays light, older words come without losing the place."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import TICKET_BUDGET, Staff, live, weight

pytestmark = pytest.mark.browser

SHOWN, OLDER = 15, 12


@pytest.fixture
def long_talk(colleague: Staff) -> int:
    """A ticket with more messages than a page begins with."""
    body = {"item": "common.voice.repair-intake", "channel": "phone", "words": "龙头漏水", "resident_id": 1}
    number = int(colleague.http.post("/api/tickets", json=body).raise_for_status().json()["number"])
    for each in range(SHOWN + OLDER):
        colleague.act(number, "reply", text=f"第{each}次回复：师傅已经在路上，请您在家等一下。")
    return number


def test_a_long_conversation_stays_light_and_its_older_part_comes_where_one_reads(
    desk: Page, colleague: Staff, long_talk: int
) -> None:
    spent = weight(desk, f"/tickets/{long_talk}")
    assert spent <= TICKET_BUDGET
    shown = desk.locator(".message")
    before = shown.count()
    desk.locator("#talk").evaluate("one => one.scrollTo(0, 0)")
    first = shown.first
    name, top = first.get_attribute("id"), first.bounding_box()
    desk.click("[data-earlier]")
    expect(desk.locator("#talk")).to_contain_text("第0次回复")
    assert shown.count() > before
    now = desk.locator(f"#{name}").bounding_box()
    assert now
    assert top
    assert abs(now["y"] - top["y"]) <= 2
    live(desk)
    colleague.act(long_talk, "reply", text="新的一句")
    expect(desk.locator("#talk")).to_contain_text("新的一句")
    expect(desk.locator("#talk")).to_contain_text("第0次回复")
    assert desk.locator("#talk").evaluate("one => one.scrollTop") > 0
