"""All tickets in a real browser: the address, the back button, live rows, long exports, the sheet."""

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.desk import (
    QUEUE_BUDGET,
    Person,
    Staff,
    first_number,
    live,
    sign_in,
    weight,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page: Page) -> Page:
    """The list of all tickets, live."""
    sign_in(page)
    page.goto("/tickets")
    live(page)
    return page


def keep(page: Page, name: str, *, is_shared: bool = False) -> None:
    page.click(".view-save > summary")
    page.fill("#view-name", name)
    page.set_checked(".view-save [name=is_shared]", is_shared)
    page.click(".view-save .is-primary")
    expect(page.locator("h1")).to_have_text(name)


def test_filters_stand_in_the_address_and_the_back_button_restores_them(desk: Page) -> None:
    desk.select_option("#f-state", "active")
    home = desk.locator("#rows > .row.is-ok .row-home").first.inner_text()
    desk.fill("#f-q", home)
    desk.press("#f-q", "Enter")
    expect(desk).to_have_url(re.compile(rf"/tickets\?q={home}&state=active$"))
    expect(desk.locator(".on")).to_have_count(2)
    shown = desk.locator("#rows > .row").evaluate_all("rows => rows.map(row => row.id)")
    desk.locator("#rows .row-title").first.click()
    desk.wait_for_url(re.compile(r"/tickets/\d+$"))
    desk.go_back()
    expect(desk.locator("#f-state")).to_have_value("active")
    expect(desk.locator("#f-q")).to_have_value(home)
    assert desk.locator("#rows > .row").evaluate_all("rows => rows.map(row => row.id)") == shown
    desk.locator(".on").first.click()
    expect(desk).to_have_url(re.compile(r"/tickets\?state=active$"))


def test_what_is_chosen_is_shown_at_once_and_is_what_the_workbook_gets(desk: Page, tmp_path: Path) -> None:
    total = desk.locator("#total").inner_text()
    desk.select_option("#f-clock", "late")
    with desk.expect_download() as waiting:  # pressed at once: it waits for what is chosen
        desk.click("#export")
    expect(desk).to_have_url(re.compile(r"/tickets\?clock=late$"))
    expect(desk.locator("#total")).not_to_have_text(total)
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet.max_row - 1 == desk.locator("#rows > .row").count()
    desk.focus("#f-clock")
    desk.select_option("#f-clock", "")
    expect(desk.locator("#total")).to_have_text(total)
    expect(desk.locator("#f-clock")).to_be_focused()
    desk.go_back()
    expect(desk.locator("#f-clock")).to_have_value("late")
    expect(desk.locator(".on")).to_have_count(1)


def test_columns_are_chosen_and_a_view_remembers_them_with_the_order(desk: Page) -> None:
    desk.click("[popovertarget=columns-menu]")
    desk.check("#columns-menu [value=words]")
    desk.uncheck("#columns-menu [value=step]")
    desk.click("#columns-menu .is-primary")
    expect(desk.locator("th.is-words")).to_be_visible()
    expect(desk.locator("th.is-step")).to_have_count(0)
    desk.select_option("#f-sort", "late")
    desk.click(".search-line .is-primary")
    expect(desk).to_have_url(re.compile("sort=late.*cols="))
    keep(desk, "超时最久")
    desk.goto("/tickets")
    desk.click("text=超时最久")
    expect(desk.locator("#f-sort")).to_have_value("late")
    expect(desk.locator("th.is-words")).to_be_visible()
    desk.goto("/search/views")
    desk.click(".view-remove summary")
    desk.click(".view-remove .button:not(summary)")
    expect(desk.locator(".toast")).to_contain_text("已删除")


def test_a_changed_row_is_brought_up_to_date_where_it_stands(desk: Page, colleague: Staff) -> None:
    with Person(str(colleague.http.base_url).rstrip("/")) as resident:
        number = resident.complain("我要投诉：楼道的灯又坏了")
    expect(desk.locator("#news-show")).to_contain_text("1条新工单")
    desk.keyboard.press(".")
    row = desk.locator(f"#t{number}")
    expect(row).to_be_visible()
    live(desk)
    row.locator(".row-title").focus()
    desk.evaluate("key => { window.node = document.querySelector(key) }", f"#t{number} .row-title")
    expect(row.locator(".is-step")).not_to_contain_text("已取消")
    colleague.act(number, "accept")
    colleague.act(number, "cancel", reason="重复了")
    expect(row.locator(".is-step")).to_contain_text("已")
    expect(row.locator(".row-title")).to_be_focused()
    assert desk.evaluate("key => window.node === document.querySelector(key)", f"#t{number} .row-title")


def test_what_no_longer_fits_is_dimmed_and_stays_under_the_pointer(desk: Page, colleague: Staff) -> None:
    with Person(str(colleague.http.base_url).rstrip("/")) as resident:
        number = resident.complain("我要投诉：大堂的门关不上")
    desk.goto("/tickets?state=open")
    live(desk)
    row = desk.locator(f"#t{number}")
    expect(row).to_be_visible()
    colleague.act(number, "accept")
    colleague.act(number, "cancel", reason="重复了")
    expect(row).to_have_class(re.compile("is-gone"))


def test_the_header_leads_to_the_ticket_of_a_number_and_to_the_list_for_words(desk: Page) -> None:
    number = first_number(desk)
    desk.keyboard.press("/")
    desk.keyboard.type(f"#{number}")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/tickets/{number}")
    live(desk)
    desk.keyboard.press("/")
    expect(desk.locator("#search")).to_be_focused()
    desk.keyboard.type("漏水")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile(r"/tickets\?q="))
    expect(desk.locator("#f-q")).to_have_value("漏水")
    expect(desk.locator("#search")).to_have_value("漏水")


def test_a_long_export_tells_how_far_it_is_and_saves_the_file(desk: Page, tmp_path: Path) -> None:
    desk.evaluate("document.getElementById('export').dataset.count = 5000")
    with desk.expect_download() as waiting:
        desk.click("#export")
    expect(desk.locator(".toast")).to_contain_text("表格已生成")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    sheet = load_workbook(path).active
    assert sheet is not None
    said = desk.locator("#total").inner_text()
    assert str(sheet.max_row - 1) in said
    expect(desk.locator("#export-progress")).not_to_be_visible()


def test_on_a_phone_filters_are_a_sheet_and_rows_are_cards(room: Any) -> None:
    page = room(390, "zh", "light")
    page.goto("/tickets")
    expect(page.locator("#filter-sheet")).not_to_be_visible()
    page.click(".filter-open")
    page.select_option("#f-state", "closed")
    page.click("#filter-sheet .is-primary")
    expect(page).to_have_url(re.compile(r"/tickets\?state=closed$"))
    expect(page.locator(".filter-open b")).to_have_text("1")
    assert page.locator("#rows > .row").first.evaluate("row => getComputedStyle(row).display") == "flex"


def test_a_first_visit_stays_within_its_weight(desk: Page) -> None:
    assert weight(desk, "/tickets") <= QUEUE_BUDGET
