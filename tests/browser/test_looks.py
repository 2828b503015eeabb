"""The font of Chinese words, and what a first visit to the queue and to a ticket weighs."""

import pytest
from playwright.sync_api import Page

from tests.browser.desk import QUEUE_BUDGET, TICKET_BUDGET, first_number, weight

pytestmark = pytest.mark.browser


def test_chinese_is_set_in_a_chinese_font(desk: Page) -> None:
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("DOM.enable")
    cdp.send("CSS.enable")
    root = cdp.send("DOM.getDocument")["root"]["nodeId"]
    node = cdp.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = [f["familyName"] for f in cdp.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]
    assert any("CJK" in name for name in fonts), fonts


@pytest.mark.parametrize(("path", "budget"), [("/queue", QUEUE_BUDGET), ("ticket", TICKET_BUDGET)])
def test_a_first_visit_stays_within_its_weight(desk: Page, path: str, budget: int) -> None:
    address = path if path.startswith("/") else f"/tickets/{first_number(desk)}"
    assert weight(desk, address) <= budget
