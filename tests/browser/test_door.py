"""The door in a real browser: a wrong password, the lock, a second factor, what comes from elsewhere."""

from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import watch
from tests.browser.desk import PASSWORD, choose, sign_in
from tests.browser.looks import faults

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_said_and_the_name_stays(page: Page) -> None:
    page.goto("/login")
    page.fill("#username", "butler")
    page.fill("#password", "wrong")
    page.click("button.is-wide")
    expect(page.locator("#login-error")).to_contain_text("用户名、密码或验证码")
    expect(page.locator("#username")).to_have_value("butler")


def test_ten_wrong_tries_lock_the_door(page: Page) -> None:
    for _ in range(11):
        page.goto("/login")
        page.fill("#username", "nobody")
        page.fill("#password", "wrong")
        page.click("button.is-wide")
        expect(page.locator("#login-error")).to_be_visible()
    expect(page.locator("#login-error")).to_contain_text("15")


def enter(page: Page, username: str, code: str = "") -> None:
    """Give name and password, and the six digits of the app, at the door."""
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    if code:
        page.click(".card summary")
        page.fill("#code", code)
    page.click("button.is-wide")


def test_a_second_factor_is_set_up_and_asked_for_at_the_door(page: Page, pytestconfig: pytest.Config) -> None:
    sign_in(page, "butler4")
    choose(page, "theme", "auto")
    page.goto("/account")
    page.fill("#factor-former", PASSWORD)
    page.click("form[action='/account/second-factor'] button")
    expect(page.locator("svg.qr")).to_be_visible()
    secret = page.locator(".office-secret code").inner_text().replace(" ", "")
    look(page, str(pytestconfig.getoption("--shots")))
    page.fill("#code", "000000")
    page.click("form[action$='/confirm'] button")
    expect(page.locator("#code-error")).to_be_visible()
    page.fill("#code", pyotp.TOTP(secret).now())
    page.click("form[action$='/confirm'] button")
    expect(page.locator(".toast")).to_contain_text("两步验证已开启")
    page.context.clear_cookies()
    enter(page, "butler4")
    expect(page.locator("#login-error")).to_contain_text("用户名、密码或验证码")
    enter(page, "butler4", pyotp.TOTP(secret).now())
    expect(page.locator("#queue")).to_be_visible()


def look(page: Page, shots: str) -> None:
    """The page with the code to scan, in both languages."""
    for language in ("en", "zh"):
        choose(page, "language", language)
        page.goto("/account/second-factor")
        expect(page.locator("svg.qr")).to_be_visible()
        assert faults(page, shot=Path(shots) / f"second-factor-{language}" if shots else None) == []


def test_the_watch_over_every_page_notices_what_comes_from_elsewhere(context: BrowserContext) -> None:
    page = context.new_page()
    bad = watch(page)
    page.goto("/login")
    page.evaluate("fetch('https://example.com/x.js').catch(() => 0)")
    assert any("example.com" in one for one in bad)
