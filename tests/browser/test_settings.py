"""The settings as they stand on a screen: nothing that was typed is cut off."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import choose, sign_in
from tests.browser.looks import UNDER_TOASTS

pytestmark = pytest.mark.browser

#: fields of holidays in which more is written than can be seen
CUT_OFF = """
[...document.querySelectorAll('.office-holiday input, .field textarea')]
  .filter(e => e.scrollWidth > e.clientWidth).map(e => e.value)
"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_names_of_holidays_are_read_whole_at_a_desk_and_on_a_phone(page: Page, language: str) -> None:
    sign_in(page, "manager")
    choose(page, "language", language)
    page.goto("/settings/calendar")
    names = page.locator(".office-holiday input")
    expect(names.first).to_be_visible()
    assert "Spring Festival (Chinese New Year)" in names.evaluate_all("all => all.map(one => one.value)")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(CUT_OFF) == []


def test_what_was_saved_is_read_out_too_and_on_a_phone_a_tap_sends_the_sentence_away(page: Page) -> None:
    sign_in(page, "manager")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/settings/promises")
    page.click("#warning .is-primary")
    toast = page.locator(".toast")
    expect(toast).to_be_visible()
    assert page.evaluate(UNDER_TOASTS) == []
    expect(page.locator("#announce")).to_have_text((toast.text_content() or "").strip())
    toast.click()
    expect(toast).to_have_count(0)
