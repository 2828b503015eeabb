"""The settings as they stand on a screen: nothing that was typed is cut off."""

import pytest
from playwright.sync_api import Page, expect

from locales import t
from tests.browser.desk import choose, first_number, sign_in
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


def test_the_colour_is_picked_or_written_and_each_follows_the_other(page: Page) -> None:
    sign_in(page, "manager")
    page.goto("/settings/brand")
    text, picker = page.locator("#brand-accent"), page.locator("#data [type=color]")
    expect(picker).to_be_visible()
    expect(picker).to_have_value("#0b5cad")
    text.fill("1F6F43")
    expect(picker).to_have_value("#1f6f43")
    text.fill("green")
    expect(picker).to_have_value("#0b5cad")
    picker.fill("#ffd400")
    expect(text).to_have_value("#ffd400")
    page.click("#data > .buttons .is-primary")
    expect(page.locator("#brand-accent-error")).to_contain_text("不易看清")
    expect(picker).to_have_value("#ffd400")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_lacks_is_told_in_the_language_of_the_page_whatever_the_browser_speaks(
    page: Page, language: str
) -> None:
    page.goto("/login")
    if language == "en":
        page.click(".language button")
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-Hans-CN", "en": "en"}[language])
    name, password, send = page.locator("#username"), page.locator("#password"), "button.is-wide"
    told, form = "field => field.validationMessage", "This is not written in the form that is asked for here."
    page.click(send)
    expect(name).to_have_js_property("validationMessage", t(language, "Please fill this in."))
    expect(name).to_be_focused()
    name.fill("nobody")
    assert name.evaluate(told) == ""
    page.click(send)
    assert password.evaluate(told) == t(language, "Please fill this in.")
    password.fill("wrong")
    name.evaluate("field => { field.pattern = '[0-9]+' }")
    page.click(send)
    assert name.evaluate(told) == t(language, form)
    name.fill("somebody")
    assert name.evaluate(told) == t(language, form), "still wrong, and still in this language"
    name.evaluate("field => { field.removeAttribute('pattern'); field.type = 'number'; field.max = 9 }")
    name.fill("12")
    page.click(send)
    assert name.evaluate(told) == t(language, "Please write {limit} or less here.", limit=9)
    # A script tells nobody what it wrote: the next press looks again and is not held up.
    name.evaluate("field => { field.value = 7 }")
    page.click(send)
    expect(page.locator(".error")).to_be_visible()


def test_a_form_that_came_later_tells_what_lacks_in_the_same_language(page: Page) -> None:
    sign_in(page)
    page.goto("/queue?queue=team")
    number = first_number(page)
    choose(page, "language", "en")
    page.goto(f"/tickets/{number}")
    page.locator("[data-opens][href*='do=set_aside']").evaluate("link => link.click()")
    form = page.locator("#form-set_aside")
    expect(form).to_be_visible()
    form.locator(".is-primary").click()
    reason = form.locator("[name=reason]")
    expect(reason).to_be_focused()
    assert reason.evaluate("field => field.validationMessage") == "Please fill this in."
