"""The settings as they stand on a screen: nothing that was typed is cut off."""

import re

import pytest
from playwright.sync_api import Page, expect

from locales import t
from tests.browser.desk import choose, first_number, sign_in, told
from tests.browser.looks import LONG_SAID, PAINTED, UNDER_TOASTS

pytestmark = pytest.mark.browser

#: fields of holidays in which more is written than can be seen
CUT_OFF = """
[...document.querySelectorAll('.office-holiday input, .field textarea')]
  .filter(e => e.scrollWidth > e.clientWidth).map(e => e.value)
"""


#: the id of what a hand would meet in the middle of a part
LIES_OVER = """part => {
  part.scrollIntoView({ block: 'center' });
  const box = part.getBoundingClientRect();
  return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).id;
}"""


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


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [920, 1000, 1280])
def test_whatever_was_said_lies_on_no_control_of_the_brand_wherever_the_page_is_turned_to(
    page: Page, language: str, width: int
) -> None:
    sign_in(page, "manager")
    choose(page, "language", language)
    page.set_viewport_size({"width": width, "height": 800})
    for sentence in ("Saved.", LONG_SAID):
        told(page, t(language, sentence))
        page.goto("/settings/brand")
        expect(page.locator(".toast")).to_have_text(t(language, sentence))
        for turned in (0, 250, 700):
            page.evaluate("y => scrollTo(0, y)", turned)
            page.evaluate(PAINTED)
            assert page.evaluate(UNDER_TOASTS) == [], (sentence, turned)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_is_chosen_in_the_language_of_the_page_by_press_by_key_or_dropped(
    page: Page, language: str
) -> None:
    sign_in(page, "manager")
    choose(page, "language", language)
    page.on("filechooser", lambda _: None)  # from here on it comes to us, however quickly it is asked for
    for place in ("/settings/brand", "/settings/calendar"):
        page.goto(place)
        field, chosen = page.locator("#file"), page.locator("#file-chosen")
        button = page.locator("label.button[for=file]")
        expect(button).to_have_text(t(language, "Choose a file"))
        expect(chosen).to_have_text(t(language, "No file chosen yet"))
        expect(field).to_have_accessible_name(re.compile(f"{t(language, 'Choose a file')}$"))
        expect(field).to_have_accessible_description(t(language, "No file chosen yet"))
        # The browser's own field lies over all of it: what is pressed or dropped there reaches it.
        for part in (button, chosen):
            assert part.evaluate(LIES_OVER) == "file"
        field.focus()
        with page.expect_file_chooser() as asked:
            page.keyboard.press("Space")
        asked.value.set_files([{"name": "翠园 logo.png", "mimeType": "image/png", "buffer": b"x"}])
        expect(chosen).to_have_text("翠园 logo.png")
        expect(field).to_have_attribute("title", "翠园 logo.png")
        page.locator("form:has(#file)").evaluate("form => form.reset()")
        expect(chosen).to_have_text(t(language, "No file chosen yet"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_warning_as_long_as_a_promise_is_refused_where_it_was_typed(page: Page, language: str) -> None:
    sign_in(page, "manager")
    choose(page, "language", language)
    page.goto("/settings/promises")
    page.fill("#warning-share", "33")
    page.fill("#warning-least", "10")
    page.click("#warning .is-primary")
    expect(page.locator("#warning-least-error")).to_contain_text({"zh": "1到9", "en": "1 to 9"}[language])
    expect(page.locator("#warning-least")).to_be_focused()
    expect(page.locator("#warning-least")).to_have_value("10")
    expect(page.locator("#warning-share")).to_have_value("33")


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
    page.wait_for_load_state()  # before its scripts have run a page speaks as the browser does
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


def test_a_wrong_holiday_stands_before_the_eyes_with_its_sentence_and_is_ready_to_be_put_right(
    page: Page,
) -> None:
    sign_in(page, "manager")
    page.goto("/settings/calendar")
    rows = page.locator(".office-holiday")
    fresh = next(one for one in rows.all() if not one.locator("input").first.input_value())
    name = fresh.locator("input").first.get_attribute("name") or ""
    fresh.locator("input").first.fill("停电")
    fresh.locator("input").nth(2).fill("2026-12-12")
    page.click("button[value=save]")
    wrong = page.locator(f'[name="{name.removesuffix("zh")}en"]')
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    expect(page.locator(f'[id="{name.removesuffix("zh")}en-error"]')).to_be_in_viewport()
