"""Today's promises, reports, registers and forms in a real Chromium: live, accessible, nothing cut off."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.demo.world import PASSWORD

pytestmark = pytest.mark.browser
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']"
SEEN = f"axe.run(document, {{runOnly: {RULES}}}).then(found => found.violations.map(one => one.id))"
PAGES = (
    "/promises?queue=team",
    "/promises/evening?queue=team",
    "/reports",
    "/registers",
    "/registers/REC-02",
)


def sign_in(page: Page, username: str = "manager") -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.locator("form.card button.is-primary").click()
    page.wait_for_url("**/queue*")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits_its_screen(
    browser: Browser, base_url: str, axe: str, width: int, scheme: Any
) -> None:
    context = browser.new_context(base_url=base_url, locale="zh-CN", color_scheme=scheme,
                                  viewport={"width": width, "height": 800})  # fmt: skip
    page = context.new_page()
    sign_in(page)
    page.goto("/registers/REC-02")
    form = str(page.locator('a[href*="/forms/"]').first.get_attribute("href"))
    for path in (*PAGES, form):
        page.goto(path)
        page.evaluate(axe)
        assert page.evaluate(SEEN) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()


def test_a_number_of_the_report_opens_as_many_tickets(page: Page) -> None:
    sign_in(page)
    page.goto("/reports")
    counted = page.locator('td a[href*="kpi=KPI-08"]').nth(1)
    whole = int(str(counted.text_content()).split("/")[1])
    counted.click()
    expect(page.locator(".paper-day")).to_contain_text(str(whole))
    expect(page.locator("table.sheet tbody tr")).to_have_count(min(whole, 50))
