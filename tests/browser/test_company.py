"""Company sign-in in a real browser: through a provider of another site, back to the queue, or a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backend.app import create_app, end_streams
from backend.clock import SystemClock
from backend.db import Database
from backend.models import User
from backend.people import company_sign_in
from backend.settings import Settings
from tests.browser.conftest import listen
from tests.browser.looks import faults
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.people.fake_issuer import LIN, FakeIssuer, serving
from tests.scenarios.house import Served
from tests.server import free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

NOBODY = {"sub": "u-2002", "email": "new.one@company.example", "email_verified": True}
SENTENCES = {
    "zh": ("公司账号登录没有成功。", "用密码登录", "管理员"),
    "en": ("Company sign-in did not work.", "use your password", "administrator"),
}
BUTTONS = {"zh": "使用青云集团账号登录", "en": "Use Qingyun Group sign-in"}


@dataclass
class Door:
    """A house with company sign-in, and how to come to its login page."""

    url: str
    issuer: FakeIssuer
    browser: Browser
    arguments: dict[str, Any]
    opened: list[BrowserContext]
    bad: list[str]

    def page(self, language: str) -> Page:
        own = {**self.arguments, "base_url": self.url, "locale": {"zh": "zh-CN", "en": "en-GB"}[language]}
        self.opened.append(self.browser.new_context(**own))
        page = self.opened[-1].new_page()
        self.bad = listen(page)
        return page

    def foreign(self) -> list[str]:
        """What the page asked elsewhere but of the company, and what went wrong in it."""
        return [one for one in self.bad if not one.startswith(f"foreign {self.issuer.url}/authorize?")]


@pytest.fixture
def door(
    browser: Browser, browser_context_args: dict[str, Any], db: Database, settings: Settings
) -> Iterator[Door]:
    """Butler Zhao Min is linked to a company whose pages are of another site than ours."""
    port, clock = free_port(), SystemClock()
    url = f"http://127.0.0.1:{port}"
    cast = the_cast.enter(db, clock)  # type: ignore[arg-type]
    with db.write() as session:
        company_sign_in.link(session, session.get_one(User, cast.butler.id), LIN["email"].lower())
    with serving(clock) as issuer:  # type: ignore[arg-type]
        issuer.url = issuer.url.replace("127.0.0.1", "localhost")
        company = issuer.company(name_zh="青云集团", name_en="Qingyun Group")
        own = replace(settings, port=port, public_url=url, company=company)
        app = create_app(own, database=db, clock=clock, engine=engine())
        served, opened = Served(app, port, lambda: end_streams(app)), []
        yield (made := Door(url, issuer, browser, browser_context_args, opened, []))
        for context in made.opened:
            context.close()
        served.stop()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_button_leads_through_the_company_back_to_the_page_that_was_asked_for(
    door: Door, language: str
) -> None:
    page = door.page(language)
    page.goto("/queue?queue=team")
    assert "/login" in page.url
    page.get_by_role("link", name=BUTTONS[language]).click()
    expect(page.locator("#queue")).to_be_visible()
    assert page.url == f"{door.url}/queue?queue=team"
    assert "/token" in door.issuer.asked
    page.reload()  # the session is a session like any other
    expect(page.locator("#queue")).to_be_visible()
    assert door.foreign() == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_has_no_account_here_reads_what_to_do(
    door: Door, language: str, pytestconfig: pytest.Config
) -> None:
    door.issuer.person = dict(NOBODY)
    page = door.page(language)
    page.goto("/login")
    page.get_by_role("link", name=BUTTONS[language]).click()
    said = page.locator("#login-error")
    for part in SENTENCES[language]:
        expect(said).to_contain_text(part)
    expect(page.locator("#username")).to_be_visible()
    shots = str(pytestconfig.getoption("--shots"))
    assert faults(page, widths=(390,), shot=Path(shots) / f"company-{language}" if shots else None) == []
    page.get_by_role("link", name=BUTTONS[language]).click()  # again is no harm, and no way in
    expect(said).to_be_visible()
    assert door.foreign() == []


def test_a_company_that_says_no_or_nothing_leaves_the_password(door: Door) -> None:
    page = door.page("zh")
    door.issuer.status["/token"] = 500
    page.goto("/login")
    page.get_by_role("link", name=BUTTONS["zh"]).click()
    expect(page.locator("#login-error")).to_contain_text("公司账号登录暂时没有回应")
    page.fill("#username", "butler")
    page.fill("#password", the_cast.PASSWORD)
    page.click("button.is-wide")
    expect(page.locator("#queue")).to_be_visible()
