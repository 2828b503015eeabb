"""What tests of the dashboard share: people by the API, signing in, what axe, layout and weight ask."""

from typing import Any, Self
from urllib.parse import quote

import httpx2
from playwright.sync_api import Page, expect

from backend.web.sessions import TOAST
from tests.server import free_port

PASSWORD = "guanjia-demo"
#: bytes of a first visit
QUEUE_BUDGET, TICKET_BUDGET = 55_000, 45_000
#: our own bound: a day of the calendar is as heavy as its visits are many
VISITS_BUDGET = 58_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: badges that are cut off by what holds them
HIDDEN_BADGES = """
[...document.querySelectorAll('.unread,.tag,.pill')].filter(e => {
  const r = e.getBoundingClientRect(); if (!r.width) return false;
  for (let p = e.parentElement; p && p.tagName !== 'MAIN'; p = p.parentElement) {
    const q = p.getBoundingClientRect();
    if (p.matches('.ticket-side, .talk, .table-wrap')) return false;  // these can be scrolled
    const isCut = r.right > q.right + 1 || r.left < q.left - 1;
    if (getComputedStyle(p).overflowX !== 'visible' && isCut) return true }
  return false }).map(e => e.outerHTML)
"""
#: the estate's own site, which is another one than 127.0.0.1; the chat may stand in its frames
SITE_PORT = free_port()
ESTATE = f"http://localhost:{SITE_PORT}"
#: a browser that hears no events, so that the page stays as it was
DEAF = """
window.EventSource = class {
  constructor() { setTimeout(() => this.onopen?.()); }
  addEventListener() {}
  close() {}
};
"""
#: what a page has brought up to date, by row
COLLECT = """
window.seen = new Set();
document.addEventListener('htmx:after:swap', () => {
  const matching = document.querySelector('#news').dataset.matching || '{}';
  for (const key of Object.keys(JSON.parse(matching))) window.seen.add(key);
});
"""


class Caller:
    """A client of the JSON API that is closed at the end of a ``with``."""

    http: httpx2.Client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


class Staff(Caller):
    """A member of staff at the JSON API, to make things happen behind the page's back."""

    def __init__(self, url: str, username: str) -> None:
        self.http = httpx2.Client(base_url=url, trust_env=False, timeout=20)
        answer = self.http.post("/api/staff/login", json={"username": username, "password": PASSWORD})
        self.http.headers["authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"

    def act(self, number: int, action: str, **body: Any) -> None:
        self.http.post(f"/api/tickets/{number}/{action}", json=body).raise_for_status()

    def keep(self, name: str, data: bytes) -> str:
        """Choose a file; what a reply calls it."""
        made = self.http.post("/api/tickets/files", files={"file": (name, data)})
        return str(made.raise_for_status().json()["id"])

    def note(self, number: int, text: str = "看一下") -> None:
        self.act(number, "note", text=text)


class Person(Caller):
    """A resident in the web chat's API."""

    def __init__(self, url: str, invitation: str = "DEMO-OWNER", language: str = "zh") -> None:
        self.http = httpx2.Client(base_url=url, trust_env=False, timeout=30)
        body = {"language": language, "invitation": invitation}
        token = self.http.post("/api/chat/sessions", json=body).raise_for_status().json()["token"]
        self.http.headers["authorization"] = f"Bearer {token}"
        self.count = 0

    def say(self, text: str) -> list[dict[str, Any]]:
        self.count += 1
        body = {"client_id": f"c{id(self)}-{self.count}", "text": text}
        answer = self.http.post("/api/chat/messages", json=body).raise_for_status().json()
        return list(answer["messages"])

    def tickets(self) -> list[int]:
        return [one["number"] for one in self.http.get("/api/chat/tickets").raise_for_status().json()]

    def complain(self, text: str) -> int:
        """A complaint becomes a ticket at once; return its number."""
        before = set(self.tickets())
        self.say(text)
        return next(iter(set(self.tickets()) - before))


def sign_in(page: Page, username: str = "butler") -> None:
    page.goto("/login?next=/queue")  # engineers and guards begin elsewhere
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button.is-wide")
    expect(page.locator("#queue")).to_be_visible()
    if not (page.locator("html").get_attribute("lang") or "").startswith("zh"):
        choose(page, "language", "zh")  # another test read English
        page.reload()


def choose(page: Page, name: str, value: str) -> None:
    """Choose the language or the theme, as the header's forms do."""
    page.evaluate(
        """([name, value]) => fetch('/' + name, { method: 'POST', redirect: 'manual',
          headers: { 'X-CSRF': document.querySelector('meta[name=csrf]').content },
          body: new URLSearchParams({ [name]: value, back: '/queue' }) })""",
        [name, value],
    )


def told(page: Page, sentence: str) -> None:
    """Let the next page say this, as it does after something was done."""
    address = page.evaluate("location.origin + '/'")
    page.context.add_cookies([{"name": TOAST, "value": quote(sentence), "url": address}])


def live(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-live", "1")


def first_number(page: Page) -> int:
    key = page.locator("#rows > .row[id^=t]").first.get_attribute("id")
    assert key
    return int(key[1:])


def weight(page: Page, address: str) -> float:
    """The bytes of a first visit, everything included, as they came over the wire."""
    page.goto("about:blank")  # what the page before still asks for is not this one's
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    cdp.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    live(page)
    return sum(sizes)
