"""The queue in a real browser: live rows, one stream for all tabs, countdowns, keys, the address."""

import os
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import COLLECT, DEAF, Person, Staff, choose, first_number, live, sign_in
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

REMEMBER = "key => { window.node = document.querySelector(key) }"
IS_SAME = "key => document.querySelector(key) === window.node"
#: every row stands where its promise puts it
IN_ORDER = """() => [...document.querySelectorAll('#rows > .row:not(.is-gone)')].map(row => row.dataset.rank)
  .every((rank, at, all) => !at || rank >= all[at - 1])"""
#: which rows there are, and where each of them stands
PLACES = "[...document.querySelectorAll('#rows > .row')].map(r => [r.id, r.getBoundingClientRect().top])"
#: what the other rows of the list tell is theirs
ALONE = "key => document.querySelectorAll(`#rows > .row:not(${key})`).forEach(row => row.remove())"


def on_time(desk: Page) -> Page:
    """What is on time, where a new ticket stands among the first, however many are late on this server."""
    desk.goto("/queue?state=ok")
    live(desk)
    return desk


def test_a_new_ticket_appears_by_itself_with_its_running_clock(desk: Page, resident: Person) -> None:
    on_time(desk)
    number = resident.complain("我要投诉：地库灯坏了一个月没人修")
    row = desk.locator(f"#t{number}")
    expect(row).to_be_visible()
    expect(row.locator("[data-due] .pill-span")).to_contain_text("剩")


def test_new_rows_wait_behind_a_bar_while_somebody_is_in_the_list(desk: Page, resident: Person) -> None:
    on_time(desk).locator("#rows .row-title").first.focus()
    places = desk.evaluate(PLACES)
    number = resident.complain("我要投诉：电梯里有烟味，孩子受不了")
    expect(desk.locator("#news-show")).to_contain_text("1条新工单")
    assert desk.evaluate(PLACES) == places
    desk.keyboard.press(".")
    expect(desk.locator(f"#t{number}")).to_be_visible()


def test_what_one_does_on_a_phone_is_laid_at_once_and_nothing_lies_over_the_filters(
    desk: Page, resident: Person
) -> None:
    number = resident.complain("我要投诉：车库道闸总是抬不起来")
    desk.set_viewport_size({"width": 390, "height": 844})
    row = on_time(desk).locator(f"#t{number}")
    accept = row.locator("[data-key=accept]")
    accept.scroll_into_view_if_needed()
    desk.mouse.wheel(0, 60)
    accept.click()
    expect(accept).to_have_count(0)
    desk.wait_for_function(IN_ORDER)
    expect(desk.locator("#news-show")).to_be_hidden()


def test_a_new_row_that_changes_again_while_it_waits_is_counted_once(
    desk: Page, resident: Person, colleague: Staff
) -> None:
    on_time(desk).locator("#rows .row-title").first.focus()
    number = resident.complain("我要投诉：楼下广场舞太吵了")
    expect(desk.locator("#news-show")).to_contain_text("条新工单")
    desk.evaluate(COLLECT)
    colleague.note(number)
    desk.wait_for_function("key => window.seen.has(key)", arg=f"t{number}")
    expect(desk.locator("#news-show")).to_contain_text("1条新工单")


def test_an_update_keeps_the_node_and_the_focus(desk: Page, colleague: Staff) -> None:
    number = first_number(desk)
    title = desk.locator(f"#t{number} .row-title")
    title.focus()
    desk.evaluate(REMEMBER, f"#t{number}")
    desk.evaluate(COLLECT)
    colleague.note(number)
    desk.wait_for_function("key => window.seen.has(key)", arg=f"t{number}")
    assert desk.evaluate(IS_SAME, f"#t{number}")
    expect(title).to_be_focused()


def test_eight_tabs_share_one_stream_and_another_takes_over(desk: Page, colleague: Staff) -> None:
    streams: list[str] = []
    tabs = [desk]
    for _ in range(7):
        tab = desk.context.new_page()
        tab.on("request", lambda r: streams.append(r.url) if r.url.endswith("/live") else None)
        tab.goto("/queue")
        live(tab)
        tab.evaluate(COLLECT)
        tabs.append(tab)
    assert streams == []
    number = first_number(tabs[3])
    colleague.note(number)
    for tab in tabs[1:]:
        tab.wait_for_function("key => window.seen.has(key)", arg=f"t{number}")
    with tabs[1].context.expect_event("response", lambda r: r.url.endswith("/live")):
        tabs[0].close()
    live(tabs[7])
    tabs[7].evaluate("window.seen.clear()")
    colleague.note(number)
    tabs[7].wait_for_function("key => window.seen.has(key)", arg=f"t{number}")


def step(page: Page, start: str | None, until: str | None) -> None:
    """Move the page's clock on by what lies between two moments, and a little: it goes on by itself, too."""
    assert start
    assert until
    gap = datetime.fromisoformat(until) - datetime.fromisoformat(start)
    page.clock.fast_forward(int(gap.total_seconds() * 1000))
    page.clock.run_for(2000)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ["时限内", "即将超时", "已超时"]), ("en", ["On time", "Due soon", "Overdue"])],
)
def test_a_promise_turns_soon_and_late_with_words_and_icon_and_says_so_once_in_the_list_and_on_its_ticket(
    page: Page, resident: Person, language: str, words: list[str]
) -> None:
    number = resident.complain("我要投诉：雨棚松了")
    page.add_init_script(DEAF)
    page.clock.install()
    sign_in(page)
    choose(page, "language", language)
    for address, place in (("/queue?state=ok", f"#t{number}"), (f"/tickets/{number}", "#ticket-head")):
        page.goto(address)
        live(page)
        page.evaluate(ALONE, place)
        row, pill, told = page.locator(place), page.locator(f"{place} [data-due]"), page.locator("#announce")
        expect(row).to_have_class(re.compile("is-ok"))
        expect(pill).to_contain_text(words[0])
        now = page.locator("body").get_attribute("data-now")
        due, warn, clock = (pill.get_attribute(f"data-{name}") for name in ("due", "warn", "clock"))
        soon, late = (now, warn, "soon", words[1], "alarm-clock"), (warn, due, "late", words[2], "flame")
        for start, until, state, word, icon in (soon, late):
            expect(told).to_be_empty()
            step(page, start, until)
            expect(row).to_have_class(re.compile(f"is-{state}"))
            expect(pill).to_contain_text(word)
            expect(pill.locator(f"use[href$='#{icon}']")).to_have_count(1)
            expect(told).to_contain_text(re.compile(rf"3-2-1501 .*{clock}"))
            page.evaluate("document.getElementById('announce').textContent = ''")
            page.clock.run_for(3000)


def test_what_is_paused_does_not_tick(page: Page) -> None:
    page.add_init_script(DEAF)
    page.clock.install()
    sign_in(page)
    page.goto("/queue?state=paused")  # they stand last in the list
    live(page)
    paused = page.locator(".row.is-paused").first
    before = paused.locator(".pill").inner_text()
    page.clock.fast_forward(2 * 86_400_000)
    page.clock.run_for(2000)
    assert paused.locator(".pill").inner_text() == before


def test_what_is_done_does_not_tick(page: Page) -> None:
    page.add_init_script(DEAF)
    page.clock.install()
    sign_in(page)
    page.goto("/tickets?state=closed")
    live(page)
    done = page.locator("#rows > .row.is-done")
    expect(done.locator("[data-due]")).to_have_count(0)
    before = done.locator(".pill").all_inner_texts()
    assert before
    page.clock.fast_forward(2 * 86_400_000)
    page.clock.run_for(2000)
    assert done.locator(".pill").all_inner_texts() == before
    expect(done.locator(".pill use[href$='#circle-check']").first).to_be_attached()


def test_accepting_by_key_leaves_the_keys_in_the_list(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：信箱被撬了")
    button = desk.locator(f"#t{number} [data-key=accept]")
    expect(button).to_be_visible()
    desk.locator("body").press("j")
    expect(desk.locator(".row-title").first).to_be_focused()
    button.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(f"#t{number} a[data-key]")).to_be_focused()


def test_filters_live_in_the_address_and_back_restores_them(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：垃圾桶满了没人清")  # so that the filtered list is never empty
    expect(desk.locator(f"#t{number}")).to_be_visible()
    desk.locator(".chip.is-ok").click()
    expect(desk).to_have_url(re.compile("state=ok"))
    desk.locator(".row-title").first.click()
    expect(desk.locator("#talk")).to_be_visible()
    desk.go_back()
    expect(desk.locator(".chip.is-ok")).to_have_attribute("aria-current", "true")


def test_the_demo_clock_moves_promises_on(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：噪音扰民")
    expect(desk.locator(f"#t{number}")).to_be_visible()
    desk.click(".demo")
    desk.locator("#demo-menu button", has_text="+1小时").click()
    expect(desk.locator(f"#t{number}")).to_have_class(re.compile("is-late"))
    expect(desk).to_have_title(re.compile(r"^\(\d+\) "))


def test_a_page_without_locks_asks_twice_a_minute(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    page.clock.install()
    sign_in(page)
    live(page)
    with page.expect_response(lambda r: "/queue" in r.url and r.request.resource_type in ("fetch", "xhr")):
        page.clock.run_for(31_000)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of this test's own, which it may stop and start."""
    process = ServerProcess(tmp_path, f"sqlite:///{tmp_path / 'guanjia.sqlite'}")
    process.start()
    yield process
    process.stop()


def test_the_server_stops_with_a_stream_open_and_the_page_looks_again_after_a_restart(
    browser: Browser, browser_context_args: dict[str, Any], own_server: ServerProcess
) -> None:
    context = browser.new_context(**{**browser_context_args, "base_url": own_server.url})
    page = context.new_page()
    sign_in(page)
    live(page)
    began = time.monotonic()
    own_server.stop()
    # A core shared with other tests makes it slower; a stream that is waited for is told in the log.
    assert time.monotonic() - began < 3 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert "graceful shutdown exceeded" not in own_server.log()
    expect(page.locator("body")).to_have_attribute("data-live", "0")
    own_server.start()
    with Person(own_server.url) as person:
        number = person.complain("我要投诉：断网期间也要看得到")
    expect(page.locator(f"#t{number}")).to_be_visible(timeout=60_000)
    context.close()
