"""The font of Chinese words, what a first visit to the queue and to a ticket weighs, and how pages print."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import QUEUE_BUDGET, TICKET_BUDGET, choose, first_number, sign_in, weight

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


def test_the_longest_bar_fits_the_smallest_desk(page: Page) -> None:
    sign_in(page, "manager")
    choose(page, "language", "en")
    for width in (905, 1000, 1105, 1185):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/queue")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        avatar = page.locator(".avatar").bounding_box()
        assert avatar
        assert avatar["x"] + avatar["width"] <= width


def test_the_ticks_of_all_rows_stand_below_each_other(desk: Page) -> None:
    boxes = "[...document.querySelectorAll('.row-pick')].map(one => one.getBoundingClientRect().left)"
    assert len(set(desk.evaluate(boxes))) == 1


@pytest.mark.parametrize("path", ["/queue", "/tickets?state=active", "/rota", "ticket"])
def test_on_paper_stands_what_the_page_says_and_nothing_to_press(desk: Page, path: str) -> None:
    address = path if path.startswith("/") else f"/tickets/{first_number(desk)}"
    desk.set_viewport_size({"width": 700, "height": 990})  # as wide as A4 within its margins
    desk.goto(address)
    desk.emulate_media(media="print")
    expect(desk.locator(".top, .bottom, .composer, main .button").locator("visible=true")).to_have_count(0)
    expect(desk.locator("h1").first).to_be_attached()
    cut = "[...document.querySelectorAll('.talk')].filter(e => e.scrollHeight > e.clientHeight + 1).length"
    assert desk.evaluate(cut) == 0, "nothing is left below the edge of a scrolled part"


def test_a_sheet_of_visits_stays_a_table_on_paper(desk: Page) -> None:
    desk.set_viewport_size({"width": 700, "height": 990})
    desk.goto("/visits/paper")
    desk.emulate_media(media="print")
    assert desk.evaluate("getComputedStyle(document.querySelector('.sheet tr')).display") == "table-row"


#: read before the page's own scripts begin: a person's browser has this size from the beginning
TWICE = """
document.addEventListener('readystatechange', () => { document.documentElement.style.fontSize = '200%'; });
"""
WIDE = ("/queue", "ticket", "/visits", "/promises", "/incidents", "/tickets", "/reports", "/rota",
        "/handover")  # fmt: skip


def test_text_of_twice_the_size_fits_a_phone_without_pushing_anything_aside(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "manager")
    choose(page, "language", "en")
    page.goto("/queue?queue=team")
    number = first_number(page)
    page.add_init_script(TWICE)
    for path in WIDE:
        page.goto(path if path.startswith("/") else f"/tickets/{number}")
        expect(page.locator("link[href$='big.css']")).to_be_attached()
        page.wait_for_function("[...document.styleSheets].some(one => one.href?.endsWith('big.css'))")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


#: a shift over midnight, and a colleague whose name has no place to break
LONG_SHIFT = """
for (const time of document.querySelectorAll('.shift time')) time.textContent = '20:00–08:00 the next day';
for (const name of document.querySelectorAll('.shift b')) name.textContent = 'Bartholomewfeatherstonehaugh';
"""


def test_long_shifts_and_names_fit_a_phone_at_twice_the_size(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "manager")
    page.add_init_script(TWICE)
    page.goto("/rota")
    page.wait_for_function("[...document.styleSheets].some(one => one.href?.endsWith('big.css'))")
    page.evaluate(LONG_SHIFT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
