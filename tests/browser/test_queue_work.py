"""Working the queue in a real browser: ticks that outlive live updates, setting aside, merging, splitting."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.desk import Person, Staff, live
from tests.browser.looks import UNDER_TOASTS, faults

pytestmark = pytest.mark.browser


def numbers(page: Page, count: int) -> list[int]:
    """The first tickets of the list that can be ticked."""
    found = page.locator("#rows [data-pick]").evaluate_all("all => all.map(one => Number(one.dataset.pick))")
    assert len(found) >= count, found
    return [int(one) for one in found[:count]]


def tick(page: Page, number: int) -> None:
    page.locator(f"#t{number} [data-pick]").check()


def begin(page: Page, action: str) -> None:
    page.locator(f"[data-bulk={action}]").click()
    expect(page.locator("#bulk-sheet")).to_be_visible()


def taken(staff: Staff, person: Person, text: str) -> int:
    """A complaint of its own that somebody has taken on: nothing presses."""
    number = person.complain(text)
    staff.act(number, "accept")
    return number


def test_ticks_and_the_focus_outlive_live_updates_and_the_bar_counts_them(
    desk: Page,
    colleague: Staff,
) -> None:
    first, second = numbers(desk, 2)
    desk.locator(f"#t{first} .row-title").focus()
    desk.keyboard.press("x")
    tick(desk, second)
    expect(desk.locator("#bulk-count")).to_have_text("已选2张")
    box = desk.locator(f"#t{second} [data-pick]")
    box.focus()
    box.evaluate("one => { window.before = one }")
    seen = box.get_attribute("value")
    colleague.note(second, "同时在看")
    expect(box).not_to_have_attribute("value", str(seen))
    assert box.evaluate("one => one === window.before && one === document.activeElement")
    expect(box).to_be_checked()
    expect(desk.locator("#bulk-count")).to_have_text("已选2张")
    desk.locator("[data-bulk-clear]").click()
    expect(desk.locator("#bulk")).to_be_hidden()


def test_what_a_colleague_changed_meanwhile_is_named_and_stays_ticked(
    desk: Page,
    colleague: Staff,
) -> None:
    first, second = numbers(desk, 2)
    tick(desk, first)
    tick(desk, second)
    box = desk.locator(f"#t{second} [data-pick]")
    seen = box.get_attribute("value")
    colleague.note(second, "我先改一下")
    expect(box).not_to_have_attribute("value", str(seen))
    begin(desk, "note")
    desk.fill("#bulk-text", "下午一起看")
    desk.locator("#bulk-form .is-primary").click()
    expect(desk.locator("#bulk-title")).to_have_text("1张完成，1张未完成。")
    expect(desk.locator(".bulk-failed")).to_contain_text(f"#{second}")
    expect(desk.locator(".bulk-failed")).to_contain_text("沈岚")
    desk.locator("[data-bulk-close]").click()
    expect(desk.locator(f"#t{first} [data-pick]")).not_to_be_checked()
    expect(box).to_be_checked()
    begin(desk, "note")
    desk.fill("#bulk-text", "下午一起看")
    desk.locator("#bulk-form .is-primary").click()
    expect(desk.locator("#bulk-sheet")).to_be_hidden()
    expect(desk.locator(".toast").last).to_contain_text("1张全部完成")
    expect(desk.locator("#bulk")).to_be_hidden()


def test_a_form_for_what_is_ticked_does_not_wait_for_a_list_that_renews_itself(
    desk: Page, colleague: Staff
) -> None:
    first, second = numbers(desk, 2)
    tick(desk, first)
    held: list[Route] = []
    of_list = re.compile("[?&]ids=")
    desk.route(of_list, lambda route: held.append(route))  # noqa: PLW0108
    with desk.expect_request(of_list):
        colleague.note(second, "还有一句")
    begin(desk, "note")
    for route in held:
        route.continue_()


def test_what_is_set_aside_leaves_the_list_and_returns_when_the_resident_writes(
    desk: Page,
    resident: Person,
    colleague: Staff,
) -> None:
    with Staff(str(resident.http.base_url), "butler") as butler:
        number = taken(butler, resident, "我要投诉：地库卷帘门太吵")
    mine = "/queue?state=ok"  # what is due tomorrow stands low in a long list
    row = desk.locator(f"#t{number}")
    desk.goto(mine)
    expect(row).to_be_visible()
    desk.goto(f"/tickets/{number}?do=set_aside")
    dialog = desk.locator("#dialog-set_aside")
    expect(dialog).to_be_visible()
    dialog.locator("[name=until][value=tomorrow]").check()
    dialog.locator("[name=reason]").fill("等业主周末回来")
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(desk.locator(".ticket-why")).to_contain_text("暂放到")
    desk.goto(mine)
    live(desk)
    expect(row).to_have_count(0)
    desk.locator(".chip.is-aside").click()
    expect(row.locator("[data-key=bring_back]")).to_be_visible()
    desk.goto(mine)
    live(desk)
    resident.say("卷帘门今天又响了一夜")
    expect(row).to_be_visible(timeout=10_000)


def test_what_was_set_aside_by_mistake_is_taken_back_from_the_sentence_that_says_so(
    desk: Page, resident: Person
) -> None:
    with Staff(str(resident.http.base_url), "butler") as butler:
        number = taken(butler, resident, "我要投诉：快递柜前堆满纸箱")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.get_by_role("button", name=re.compile("更多")).last.click()
    desk.locator("[data-key=set_aside]").click()
    expect(desk).to_have_url(re.compile("do=set_aside"))
    dialog = desk.locator("#dialog-set_aside")
    dialog.locator("[name=until][value=tomorrow]").check()
    dialog.locator("[name=reason]").fill("点错了")
    dialog.locator(".is-primary").click()
    expect(desk.locator("[data-key=bring_back]")).to_be_visible()
    expect(desk).to_have_url(re.compile(rf"/tickets/{number}$"))
    desk.set_viewport_size({"width": 390, "height": 844})
    assert desk.evaluate(UNDER_TOASTS) == []
    desk.locator(".toast button", has_text="撤销").click()
    expect(desk.locator("[data-key=bring_back]")).to_have_count(0)
    expect(desk.locator(".toast").last).to_have_text("已放回待办。")


def test_a_ticket_is_passed_on_with_a_note(desk: Page, resident: Person) -> None:
    with Staff(str(resident.http.base_url), "butler") as butler:
        number = taken(butler, resident, "我要投诉：楼下遛狗不牵绳")
    desk.goto(f"/tickets/{number}")
    desk.get_by_role("button", name=re.compile("更多")).last.click()
    desk.locator("[data-key=pass_on]").click()
    dialog = desk.locator("#dialog-pass_on")
    expect(dialog).to_be_visible()
    dialog.locator("[name=note]").fill("住户周三在家，先打电话。")
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(desk.locator(".timeline")).to_contain_text("住户周三在家，先打电话。")
    said = resident.http.get("/api/chat/messages").raise_for_status().json()["messages"]
    assert sum("跟进" in one["text"] and f"#{number}" in one["text"] for one in said) == 1
    assert "先打电话" not in str(said)


def test_two_tickets_are_merged_and_separated_and_a_part_is_split_off(
    desk: Page,
    resident: Person,
) -> None:
    old = resident.complain("我要投诉：3号楼大堂灯一直闪")
    young = resident.complain("我要投诉：3号楼大堂灯还在闪，没人管")
    desk.goto(f"/tickets/{young}?do=merge")
    dialog = desk.locator("#dialog-merge")
    dialog.locator(f"[name=into][value='{old}']").check()
    dialog.locator(".is-primary").click()
    expect(desk.locator(".ticket-meta")).to_contain_text(f"与工单#{old}是同一件事")
    desk.locator("[data-key=separate]").click()
    expect(desk.locator(".timeline")).to_contain_text("已重新分开，以工单#")
    desk.goto(f"/tickets/{old}?do=split")
    dialog = desk.locator("#dialog-split")
    dialog.locator("[name=item]").fill("common.voice.enquiry")
    dialog.locator("[name=words]").fill("顺便问一下，大堂几点关门？")
    dialog.locator(".is-primary").click()
    expect(desk.locator(".ticket-meta")).to_contain_text("一部分拆到工单#")


def test_the_keys_tick_show_the_steps_and_stand_in_the_list(desk: Page, resident: Person) -> None:
    with Staff(
        str(resident.http.base_url), "butler"
    ) as butler:  # a ticket that has steps, whoever worked before
        number = taken(butler, resident, "我要投诉：地库的灯一直闪")
    desk.goto("/queue?state=ok")  # in the whole list it may stand below the first page
    live(desk)
    expect(desk.locator(f"#t{number}")).to_be_visible()
    desk.locator("body").press("?")
    expect(desk.locator("#help")).to_be_visible()
    keys = desk.locator("#help dt").all_inner_texts()
    assert {"x", "s", "c", "a", "r", "n"} <= {one.strip() for one in keys}
    desk.keyboard.press("Escape")
    desk.locator(f"#t{number} .row-title").focus()
    desk.keyboard.press("x")
    expect(desk.locator(f"#t{number} [data-pick]")).to_be_checked()
    desk.keyboard.press("x")
    expect(desk.locator("#bulk")).to_be_hidden()
    desk.keyboard.press("s")
    desk.wait_for_url(f"**/tickets/{number}#ticket-steps")
    expect(desk.locator("#ticket-steps .steps a").first).to_be_focused()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_bar_and_its_sheets_are_clean_for_axe_and_fit(
    room: Any, language: str, request: pytest.FixtureRequest
) -> None:
    page = room(1280, language, "auto")
    shots = request.config.getoption("--shots")
    for number in numbers(page, 2):
        tick(page, number)
    for action in ("", "set_aside", "merge"):
        if action:
            begin(page, action)
        shot = Path(shots) / f"bulk-{action or 'bar'}-{language}" if shots else None
        assert faults(page, widths=(1280,), shot=shot) == [], action
        if action:
            page.locator("[data-bulk-close]").click()


def test_a_phone_has_no_boxes_and_no_bar(room: Any) -> None:
    page = room(390, "zh", "light")
    expect(page.locator("#rows [data-pick]").first).to_be_hidden()
    expect(page.locator("#bulk")).to_be_hidden()
    expect(page.locator("#rows .row-why").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
