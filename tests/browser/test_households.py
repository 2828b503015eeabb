"""Homes, residents and the import in a real Chromium: a first import, a phone number that is shown."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.demo.world import PASSWORD
from backend.households.sheet import NOT_EXCEL
from locales import t
from tests.browser.looks import FOLDS, faults
from tests.households.conftest import workbook

pytestmark = pytest.mark.browser
#: a list with new rows, a change, and faults
MIXED = [
    (80, 1, 101, "", "住户甲", "", "", "", "", ""),
    (80, 1, "大堂", "小林", "住户乙", "", "", "", "12", ""),
    (1, 1, "0301", "", "刘淑芬", "刘老师", "", "", "", ""),
]


def sign_in(page: Page, username: str = "supervisor") -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.locator("form.card button.is-primary").click()
    page.wait_for_url("**/queue*")


def speak(page: Page, language: str) -> None:
    """Choose the language of the dashboard, as its switch does."""
    token = "document.querySelector('meta[name=csrf]').content"
    form = f"new URLSearchParams({{csrf: {token}, language: '{language}'}})"
    page.evaluate(f"fetch('/language', {{method: 'POST', body: {form}}}).then(answer => answer.status)")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en" if language == "en" else "zh-Hans-CN")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_trial_import_is_accessible_and_fits_its_screen(
    browser: Browser, base_url: str, language: str, request: pytest.FixtureRequest
) -> None:
    shots = request.config.getoption("--shots")
    context = browser.new_context(base_url=base_url, locale="zh-CN" if language == "zh" else "en-GB")
    page = context.new_page()
    sign_in(page)
    speak(page, language)
    page.goto("/import")
    page.set_input_files("#import-file", {"name": "a.xlsx", "mimeType": "", "buffer": workbook(MIXED)})
    page.locator("form[action='/import'] button.is-primary").click()
    page.wait_for_url("**/import/*")
    page.evaluate(FOLDS)
    assert faults(page, shot=Path(shots) / f"dry_run-{language}" if shots else None) == []
    context.close()


def test_a_form_that_came_back_has_its_first_mistake_before_the_eyes(page: Page) -> None:
    sign_in(page)
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto("/absences")
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    page.locator("main form .is-primary").last.click()
    expect(page.locator("main .field .error").first).to_be_in_viewport()
    expect(page.locator("main .field:has(.error) input").first).to_be_focused()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_that_is_no_workbook_is_refused_with_its_reason(page: Page, language: str) -> None:
    sign_in(page)
    speak(page, language)
    page.goto("/import")
    expect(page.locator("#import-file-chosen")).to_have_text(t(language, "No file chosen yet"))
    page.locator("form[action='/import'] button.is-primary").click()
    expect(page.locator("#import-file")).to_be_focused()
    expect(page.locator("#import-file")).to_have_js_property(
        "validationMessage", t(language, "Please choose a file first.")
    )
    fake = {"name": "names.xlsx", "mimeType": "", "buffer": b"PK no workbook at all"}
    page.set_input_files("#import-file", fake)
    expect(page.locator("#import-file-chosen")).to_have_text("names.xlsx")
    page.locator("form[action='/import'] button.is-primary").click()
    expect(page.locator("#import-error")).to_contain_text(t(language, NOT_EXCEL))
    speak(page, "zh")


def test_an_estate_comes_in_from_excel_with_the_bad_rows_named(page: Page) -> None:
    rows = [(90 + n // 40, 1, 100 + n % 40, "", f"住户{n}", "", "", "", "", "") for n in range(120)]
    rows[7] = (90, 1, "大堂", "", "甲", "", "", "", "", "")
    sign_in(page)
    page.goto("/homes")
    page.get_by_role("link", name="从 Excel 导入").click()
    page.set_input_files("#import-file", {"name": "名册.xlsx", "mimeType": "", "buffer": workbook(rows)})
    page.get_by_role("button", name="读取文件").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("试导入：还没有改动任何内容")
    expect(page.locator(".import-lines").first).to_contain_text("第9行“房号”")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载有问题的行").click()
    assert download.value.suggested_filename == "guanjia-faulty-rows.xlsx"
    page.get_by_role("button", name="导入没有问题的 119 行").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入完成", timeout=20_000)
    page.goto("/homes?q=住户119")
    expect(page.locator(".home-rows")).to_contain_text("92号楼1单元139")


def test_a_phone_number_is_shown_in_its_place(page: Page) -> None:
    sign_in(page, "butler")
    page.goto("/homes")
    page.locator(".home-rows a").first.click()
    masked = page.locator("form.home-phone").first
    expect(masked).to_contain_text("****")
    masked.get_by_role("button").click()
    link = page.locator('.home-phone a[href^="tel:"]')
    expect(link.first).to_be_visible()
    assert "*" not in str(link.first.text_content())


def test_an_invitation_is_a_code_to_scan(page: Page) -> None:
    sign_in(page, "butler")
    page.goto("/homes")
    page.locator(".home-rows a").first.click()
    page.get_by_text("邀请…").click()
    page.get_by_role("button", name="生成邀请").click()
    expect(page.locator("svg.qr")).to_be_visible()
    assert page.evaluate("document.querySelector('svg.qr').getBoundingClientRect().width") >= 200
    assert faults(page) == []
