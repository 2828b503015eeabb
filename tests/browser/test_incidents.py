"""The storm on a butler's phone, live incidents, and where staff are told, in a real Chromium.

A server of its own: a storm would stand in every other test's queue.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from backend.clock import SystemClock
from backend.db import Database
from backend.demo.world import PASSWORD
from backend.models import Estate, User
from backend.people import invitations, setup
from backend.people.homes import HomeName
from tests.browser.conftest import watch
from tests.browser.looks import faults
from tests.house.cast import vault
from tests.server import ServerProcess

pytestmark = pytest.mark.browser
#: (language, what they write, whether they answer the read-back before the butler does)
STORM = (
    ("zh", "2单元电梯停了", True),
    ("zh", "电梯坏了，按了没反应", False),
    ("en", "The lift in unit 2 is not working", True),
    ("zh", "二单元的电梯不动了", False),
    ("zh", "你好，电梯坏了", False),
    ("en", "Lift is broken", False),
    ("en", "elevator broken!", False),
    ("zh", "电梯停运了", True),
    ("zh", "2单元的电梯坏了", False),
    ("zh", "电梯故障", False),
    ("en", "Our lift is not working", False),
)
#: a busy machine may take its time to take eleven messages in
PATIENCE = 60_000


class Neighbour:
    """Somebody who lives in building 3 and has the chat open."""

    def __init__(self, url: str, code: str, language: str) -> None:
        self.http = httpx2.Client(base_url=url, trust_env=False, timeout=60)
        body = {"language": language, "invitation": code}
        token = self.http.post("/api/chat/sessions", json=body).raise_for_status().json()["token"]
        self.http.headers["authorization"] = f"Bearer {token}"
        self.said = 0

    def say(self, text: str) -> None:
        self.said += 1
        body = {"client_id": f"c{self.said}-{id(self)}", "text": text}
        self.http.post("/api/chat/messages", json=body).raise_for_status()

    def told(self) -> list[str]:
        shown = self.http.get("/api/chat/messages").raise_for_status().json()["messages"]
        return [one["text"] for one in shown if one["author"] == "butler"]


class Block:
    """Building 3 of the demo estate, with people who move in for the test."""

    def __init__(self, url: str, database: Database) -> None:
        self.url, self._db = url, database
        self.people: list[Neighbour] = []

    def moves_in(self, unit: str, flat: str, language: str) -> Neighbour:
        now, code = SystemClock().now(), f"TEST-{unit}-{flat}"
        with self._db.write() as session:
            estate = session.scalars(select(Estate).order_by(Estate.id)).first()
            butler = session.scalars(select(User).where(User.username == "butler")).one()
            assert estate is not None
            home = setup.create_home(session, estate, HomeName("3", unit, flat), butler=butler)
            who = setup.create_resident(session, vault(), home, now, name=f"住户{flat}", language=language)
            invitations.add_invitation(session, vault(), home, who, code=code, now=now, uses=None,
                                       expires_at=None)  # fmt: skip
        person = Neighbour(self.url, code, language)
        self.people.append(person)
        return person


@pytest.fixture(scope="module")
def block(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Block]:
    folder = tmp_path_factory.mktemp("storm")
    url = f"sqlite:///{folder / 'guanjia.sqlite'}"
    process = ServerProcess(folder, url)
    process.start()
    database = Database(url)
    found = Block(process.url, database)
    yield found
    for person in found.people:
        person.http.close()
    database.close()
    process.stop()


@pytest.fixture
def window(browser: Browser, browser_context_args: dict[str, Any], block: Block) -> Iterator[Any]:
    """Open windows of any width, signed in, in either language and theme; no script may fail in one."""
    opened: list[tuple[BrowserContext, list[str]]] = []

    def made(username: str, width: int = 390, language: str = "zh", theme: str = "light") -> Page:
        size = {"width": width, "height": 800 if width > 900 else 844}
        context = browser.new_context(
            **{**browser_context_args, "viewport": size, "base_url": block.url, "has_touch": width < 900}
        )
        page = context.new_page()
        opened.append((context, watch(page)))
        page.goto("/login")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.click("button.is-wide")
        expect(page.locator("#queue")).to_be_visible()
        for name, value in (("language", language), ("theme", theme)):
            page.evaluate(
                """([name, value]) => fetch('/' + name, { method: 'POST', redirect: 'manual',
                  headers: { 'X-CSRF': document.querySelector('meta[name=csrf]').content },
                  body: new URLSearchParams({ [name]: value, back: '/queue' }) })""",
                [name, value],
            )
        page.goto("/queue")
        return page

    yield made
    for context, bad in opened:
        context.close()
        assert not bad, bad


def shoot(page: Page, config: pytest.Config, name: str) -> None:
    folder = config.getoption("--shots", default="")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page="staff" in name)


def live(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-live", "1")


def test_a_storm_on_a_phone_is_one_row_and_two_taps_answer_it(
    window: Any, block: Block, pytestconfig: pytest.Config
) -> None:
    block.moves_in("1", "2101", "zh").say("厨房水管爆了，水都流到楼下了")
    butler = window("butler")
    live(butler)
    storm = [block.moves_in("2", f"2{n + 2}02", language) for n, (language, _text, _yes) in enumerate(STORM)]
    for person, (language, text, says_yes) in zip(storm, STORM, strict=True):
        person.say(text)
        if says_yes:
            person.say("对" if language == "zh" else "correct")
    row = butler.locator("#rows > .row[id^=i]")
    title = row.locator(".row-title")
    expect(title).to_have_text("可能是同一件事：2单元电梯停运（11条）", timeout=PATIENCE)
    order = butler.evaluate("[...document.querySelectorAll('#rows > .row')].map(one => one.className)")
    first = next(n for n, name in enumerate(order) if "is-urgent" in name)
    assert first < butler.evaluate(
        "[...document.querySelectorAll('#rows > .row')].findIndex(one => one.id.startsWith('i'))"
    )
    assert butler.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(butler, pytestconfig, "storm-row-390")

    row.locator("[data-key=incident]").tap()
    send = butler.locator("[data-incident] button.is-primary").first
    expect(send).to_be_in_viewport()
    shoot(butler, pytestconfig, "storm-open-390")
    send.tap()
    began = time.monotonic()
    expect(butler.locator("[data-incident][data-state=open]")).to_be_visible()
    waiting = list(zip(storm, STORM, strict=True))
    while waiting and time.monotonic() - began < 30:
        waiting = [one for one in waiting if not one[0].told()]
    took = time.monotonic() - began
    assert not waiting
    assert took < 10, f"the last of eleven was told after {took:.1f} s"
    for person, (language, _text, _yes) in zip(storm, STORM, strict=True):
        (said,) = person.told()
        assert ("电梯停运" in said) == (language == "zh"), said
    shoot(butler, pytestconfig, "storm-told-390")


def test_the_page_of_incidents_is_live_and_never_takes_what_is_being_written(
    window: Any, block: Block
) -> None:
    page = window("supervisor", 1280)
    page.goto("/incidents")
    live(page)
    box = page.locator("[data-incident] textarea").first
    box.fill("师傅已到，还要半小时。")
    box.focus()
    card = page.locator("[data-incident]").first
    page.evaluate("window.node = document.querySelector('[data-incident] textarea')")
    before = card.locator("[id$=-reports] li").count()
    late = block.moves_in("2", "3302", "zh")
    late.say("2单元电梯停了")
    late.say("对")
    expect(card.locator("[id$=-reports] li")).to_have_count(before + 1, timeout=PATIENCE)
    assert page.evaluate("document.querySelector('[data-incident] textarea') === window.node")
    expect(box).to_be_focused()
    expect(box).to_have_value("师傅已到，还要半小时。")

    for flat in ("2103", "2203", "2303"):
        block.moves_in("1", flat, "zh").say("单元门禁刷卡没反应，打不开")
    shown = page.locator("#incidents-show")
    expect(shown).to_contain_text("新的突发事件", timeout=PATIENCE)
    expect(box).to_be_focused()
    assert page.locator("[data-incident]").count() == 1
    shown.click()
    expect(page.locator("[data-incident]")).to_have_count(2)
    expect(shown).to_be_hidden()


#: a robot to be shown on the page
ROBOT = {
    "channel": "wecom", "whose": "role:butler", "label": "夜班", "language": "zh",
    "address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-2222-3333-4444-555555555555",
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_incidents_and_addresses_of_staff_are_accessible_and_fit_their_screen(
    window: Any, language: str, pytestconfig: pytest.Config
) -> None:
    page = window("admin", 1280, language, "auto")
    page.goto("/settings/alerts")
    if not page.locator(".staff-remove").count():
        for name, value in ROBOT.items():
            field = page.locator(f"form[action='/settings/alerts'] [name={name}]")
            if name in ("channel", "whose", "language"):
                field.select_option(value)
            else:
                field.fill(value)
        page.locator("form[action='/settings/alerts'] button.is-primary").click()
    shots = pytestconfig.getoption("--shots", default="")
    for name, path in (("staff", "/settings/alerts"), ("incidents-staff", "/incidents")):
        page.goto(path)
        if name == "staff":
            page.locator(".staff-remove summary").first.click()
        assert faults(page, shot=Path(shots) / f"{name}-{language}" if shots else None) == [], path


def test_an_address_is_removed_with_a_second_press(window: Any) -> None:
    page = window("admin", 390)
    page.goto("/settings/alerts")
    before = page.locator(".staff-remove").count()
    assert before, "the test before left a robot"
    row = page.locator(".staff-remove").first
    assert not row.locator("button").is_visible()
    row.locator("summary").tap()
    row.locator("button").tap()
    expect(page.locator(".staff-remove")).to_have_count(before - 1)
    expect(page.locator(".staff-gone summary")).to_contain_text("已移除的地址")
