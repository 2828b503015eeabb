"""From a resident's message to its row on an open queue, as the butler's browser shows it."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx2
from playwright.sync_api import Page, sync_playwright

from backend import installation
from backend.settings import Settings
from benchmarks.measure import Figure, percentile, short
from benchmarks.turns import OPENING
from intents.loader import load_menu
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.desk import PASSWORD, Staff
from tests.server import ServerProcess

#: what ServerProcess serves with: invitations are hashed with it
SECRET: Final = "a secret key for tests, never used anywhere else"
MESSAGES: Final = 60
#: seconds
PROMISED: Final = 1.0
PATIENCE: Final = 15.0
#: the first ones meet code that runs for the first time
WARM: Final = 3
#: when each row came to stand on the page, by the clock of the machine
STOPWATCH: Final = """
window.stood = {};
new MutationObserver(() => {
  for (const row of document.querySelectorAll('#rows > .row[id^=t]')) window.stood[row.id] ??= Date.now();
}).observe(document, { subtree: true, childList: true });
"""


def measure() -> Iterator[Figure]:
    """Residents of homes of their own complain one after another, at any moment of the server's polling."""
    what = "resident's message → row on an open queue"
    if not CHROMIUM:
        yield Figure(f"{what}: p95", None, "s", PROMISED, aside="Chromium is missing")
        return
    with tempfile.TemporaryDirectory() as folder:
        spent = _watched(Path(folder))
    yield Figure(f"{what}: p50", percentile(spent, 0.5), "s", PROMISED)
    yield Figure(f"{what}: p95", percentile(spent, 0.95), "s", PROMISED,
                 aside=f"{len(spent)} messages, longest {short(max(spent))} s")  # fmt: skip


def _watched(folder: Path) -> list[float]:
    """Seconds of each message, from before it is sent to its row in the browser."""
    url = f"sqlite:///{folder}/bench.sqlite"
    codes = _invitations(url, folder, MESSAGES + WARM)
    server = ServerProcess(folder, url)
    with ExitStack() as stack:
        server.start()
        stack.callback(server.stop)
        residents = [_chat(server.url, code) for code in codes]
        for one in residents:
            stack.callback(one.close)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        stack.callback(browser.close)
        staff = stack.enter_context(Staff(server.url, "supervisor"))
        page = _queue(browser.new_page(base_url=server.url))
        return [_arrives(page, one, staff) for one in residents][WARM:]


def _invitations(url: str, folder: Path, count: int) -> list[str]:
    """Fill a fresh demo and invite so many residents, each into a home of their own."""
    settings = Settings(url, SECRET, "", folder / "media", argon2_is_cheap=True)
    house = installation.open_house(settings)
    try:
        installation.ensure_data(house, load_menu(), wants_demo=True)
        estate = installation.list_estates(house.database)[0].code
        guests = [installation.Guest(f"住户{n}") for n in range(count)]
        wishes = [
            installation.Wish(f"91-1-{1000 + n}", estate, guest=guest, is_new=True)
            for n, guest in enumerate(guests)
        ]
        return [installation.invite(house, wish)[0] for wish in wishes]
    finally:
        house.close()


def _chat(url: str, code: str) -> httpx2.Client:
    """A resident with the web chat open."""
    client = httpx2.Client(base_url=url, trust_env=False, timeout=30)
    answer = client.post("/api/chat/sessions", json={"language": "zh", "invitation": code})
    client.headers["authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
    return client


def _queue(page: Page) -> Page:
    """The supervisor's page of the team's tickets, live."""
    page.add_init_script(STOPWATCH)
    page.goto("/login")
    page.fill("#username", "supervisor")
    page.fill("#password", PASSWORD)
    page.click("button.is-wide")
    page.goto("/queue?queue=team")
    page.wait_for_selector("body[data-live='1']")
    return page


def _arrives(page: Page, resident: httpx2.Client, staff: Staff) -> float:
    """Complain, which is a ticket at once, and wait for the row; it goes again: one page holds them all."""
    page.wait_for_timeout(random.uniform(200, 600))
    sent = time.time()
    answer = resident.post("/api/chat/messages", json={"client_id": f"b{sent}", "text": OPENING})
    told = answer.raise_for_status().json()["messages"]
    number = next(one["ticket"]["number"] for one in told if one["ticket"])
    stood = page.wait_for_function("key => window.stood[key]", arg=f"t{number}", timeout=PATIENCE * 1000)
    staff.act(number, "cancel", reason="测量")
    page.wait_for_selector(f"#t{number}", state="detached")
    return float(stood.json_value()) / 1000 - sent
