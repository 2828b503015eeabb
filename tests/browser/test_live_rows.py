"""Rows that change under an open queue: a burst of events, and a page that hears none and asks by itself."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backend.clock import SystemClock
from tests.browser.conftest import listen
from tests.browser.desk import Staff, live, sign_in
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

BURST = 40
MOST_REQUESTS = 5
#: the homes of whoever wrote: a search for one of them shows nothing of anybody else's
MANY, FEW = "2-1-1101", "2-2-0303"
#: what the office of a plain address has: no locks, so that no tab can lead a stream
NO_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined })"
#: which rows there are, and where each of them stands
PLACES = "[...document.querySelectorAll('#rows > .row')].map(r => [r.id, r.getBoundingClientRect().top])"
#: everything that a list tells, but how its clocks stand
TOLD = """[...document.querySelectorAll('#rows > .row')].map(row => {
  const copy = row.cloneNode(true);
  copy.querySelector('.row-due').remove();
  return copy.textContent; })"""
#: resolves when the next answer is laid into the page
LAID = """() => { window.laid = new Promise(done => {
  document.addEventListener('htmx:after:swap', done, { once: true }); }) }"""
#: which tickets a tab has heard of
HEAR = """() => { window.heard = new Set();
  new BroadcastChannel('live').onmessage = ({ data }) => window.heard.add(`t${data.number}`); }"""
#: a tab that is looked at no more, and again: all that it heard meanwhile comes to it at once
SHOW = """isShown => { window.isShown = isShown;
  Object.defineProperty(document, 'hidden', { get: () => !window.isShown, configurable: true });
  document.dispatchEvent(new Event('visibilitychange')); }"""
SEARCH = "/queue?queue=team&q={}"


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of these tests' own: so many tickets would push those of other tests off the page."""
    folder = tmp_path_factory.mktemp("rows")
    process = ServerProcess(folder, f"sqlite:///{folder / 'guanjia.sqlite'}")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def window(
    browser: Browser, browser_context_args: dict[str, Any], own_server: ServerProcess
) -> Iterator[Any]:
    """Open a browser of its own on these tests' server, signed in."""
    opened: list[BrowserContext] = []
    bad: list[list[str]] = []

    def open_(username: str = "butler", script: str = "") -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": own_server.url})
        opened.append(context)
        page = context.new_page()
        bad.append(listen(page))
        if script:
            page.add_init_script(script)
            page.clock.install()
        sign_in(page, username)
        return page

    yield open_
    for context in opened:
        context.close()
    assert not any(bad), bad


@pytest.fixture
def colleague(own_server: ServerProcess) -> Iterator[Staff]:
    with Staff(own_server.url, "supervisor") as staff:
        yield staff


def open_tickets(server: ServerProcess, home: str, count: int) -> list[str]:
    """Complaints by phone, accepted, so that their clocks run for hours; the keys of their rows."""
    body = {"item": "common.voice.complaint", "channel": "phone", "home": home, "words": "楼道灯坏了"}
    with Staff(server.url, "butler") as butler:
        posted = [butler.http.post("/api/tickets", json=body).raise_for_status() for _ in range(count)]
        numbers = [one.json()["number"] for one in posted]
        for number in numbers:
            butler.act(number, "accept")
    return [f"t{number}" for number in numbers]


def assign_all(page: Page, keys: list[str], whom: str) -> None:
    """Give these tickets to a colleague at once, by the bar of the ticked rows."""
    page.evaluate("keys => keys.forEach(key => document.querySelector(`#${key} [data-pick]`).click())", keys)
    expect(page.locator("#bulk-count")).to_have_text(f"已选{len(keys)}张")
    page.locator("[data-bulk=assign]").click()
    choice = page.locator("#bulk-user option", has_text=whom).get_attribute("value")
    page.select_option("#bulk-user", choice)
    page.locator("#bulk-form .is-primary").click()
    expect(page.locator("#bulk-sheet")).to_be_hidden(timeout=60_000)


def test_a_burst_of_forty_events_updates_forty_rows_with_few_requests(
    window: Any, own_server: ServerProcess
) -> None:
    keys = open_tickets(own_server, MANY, BURST)
    page, other = window(), window("supervisor")
    for one in (page, other):
        one.goto(SEARCH.format(MANY))
        live(one)
    page.evaluate("keys => { window.nodes = keys.map(key => document.getElementById(key)); }", keys)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/queue" in r.url else None)
    page.evaluate(HEAR)
    page.evaluate(SHOW, False)
    assign_all(other, keys, "周明")
    page.wait_for_function("keys => keys.every(key => window.heard.has(key))", arg=keys, timeout=60_000)
    assert asked == []
    page.evaluate(SHOW, True)
    for key in keys:
        expect(page.locator(f"#{key} .row-assignee")).to_have_text("周明")
    assert page.evaluate("window.nodes.filter(node => node?.isConnected).length") == BURST
    assert 1 <= len(asked) <= MOST_REQUESTS, asked


def polled(page: Page) -> None:
    """Half a minute passes; the page has asked, and laid in what it was told."""
    page.evaluate(LAID)
    with page.expect_response("**/queue/rows?*"):
        page.clock.run_for(31_000)
        page.clock.run_for(1000)
    page.evaluate("window.laid.then(() => 1)")


def test_a_page_that_hears_no_events_says_nothing_when_nothing_changed(
    window: Any, own_server: ServerProcess
) -> None:
    open_tickets(own_server, FEW, 3)
    page = window(script=NO_LOCKS)
    page.goto(SEARCH.format(FEW))
    live(page)
    page.locator("#rows .row-title").first.hover()
    before = page.evaluate(TOLD), page.evaluate(PLACES)
    for _ in range(2):
        polled(page)
        expect(page.locator("#news-show")).to_be_hidden()
        assert (page.evaluate(TOLD), page.evaluate(PLACES)) == before


def test_a_page_that_hears_no_events_lays_what_changed_in_place_and_counts_what_is_new(
    window: Any, colleague: Staff, own_server: ServerProcess
) -> None:
    (key,) = open_tickets(own_server, FEW, 1)
    page = window(script=NO_LOCKS)
    page.goto(SEARCH.format(FEW))
    live(page)
    row = page.locator(f"#{key}")
    row.hover()
    page.evaluate("key => { window.node = document.getElementById(key); }", key)
    places = page.evaluate(PLACES)
    colleague.act(int(key[1:]), "assign", user="butler2")
    polled(page)
    expect(row.locator(".row-assignee")).to_have_text("周明")
    assert page.evaluate("key => document.getElementById(key) === window.node", key)
    expect(page.locator("#news-show")).to_be_hidden()
    new = open_tickets(own_server, FEW, 2)
    for _ in range(2):
        polled(page)
        expect(page.locator("#news-show")).to_have_text("2条新工单，点击显示")
    assert page.evaluate(PLACES) == places
    page.locator("#news-show").click()
    for one in new:
        expect(page.locator(f"#{one}")).to_be_visible()
    expect(page.locator("#news-show")).to_be_hidden()


def test_an_empty_page_that_hears_no_events_shows_the_first_ticket_by_itself(
    window: Any, colleague: Staff, own_server: ServerProcess
) -> None:
    (key,) = open_tickets(own_server, FEW, 1)
    number = int(key[1:])
    colleague.act(number, "assign", user="butler2")
    page = window("butler2", NO_LOCKS)
    page.goto("/queue?queue=mine&state=aside")
    live(page)
    expect(page.locator("#rows > .row")).to_have_count(0)
    with Staff(own_server.url, "butler2") as owner:
        later = (SystemClock().now() + timedelta(hours=1)).isoformat()
        owner.act(number, "set_aside", until=later, reason="等回电")
    polled(page)
    expect(page.locator(f"#{key}")).to_be_visible()
