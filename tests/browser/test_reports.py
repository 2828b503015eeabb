"""Reports in a real Chromium: a number opens the tickets that it counts."""

import pytest
from playwright.sync_api import Page, expect

from backend.demo.world import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(page: Page, username: str = "manager") -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.locator("form.card button.is-primary").click()
    page.wait_for_url("**/queue*")


def test_a_number_of_the_report_opens_as_many_tickets(page: Page) -> None:
    sign_in(page)
    page.goto("/reports")
    counted = page.locator('td a[href*="kpi=KPI-08"]').nth(1)
    whole = int(str(counted.text_content()).split("/")[1])
    counted.click()
    expect(page.locator(".paper-day")).to_contain_text(str(whole))
    expect(page.locator("table.sheet tbody tr")).to_have_count(min(whole, 50))
