"""A real Chromium against a real server with the demo estate, one server for the whole run."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.browser.desk import ESTATE, Person, Staff, choose, live, sign_in
from tests.server import ServerProcess

HERE = Path(__file__).parent
#: the one without windows first: it draws no frame around each page and takes half the time
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None
)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: what a page is waited for where a test says nothing else: a bound for busy machines, in milliseconds
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
#: where requests may go
OWN = ("http://127.0.0.1", "data:", "blob:")
#: answers that a test provokes on purpose; the browser reports them as errors of loading
PROVOKED = (
    "401",
    "403",
    "404",
    "409",
    "410",
    "413",
    "422",
    "429",
    "503",
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", default="", help="folder for one picture per page, language, theme and width")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser these tests fail in CI and are skipped elsewhere."""
    if CHROMIUM:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError("Chromium is missing: install the package chromium, or set CHROMIUM.")
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.skip("Chromium is missing: install it, or set CHROMIUM"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "headless": True, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1280, "height": 800},
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The demo estate on SQLite, served by the real command."""
    folder = tmp_path_factory.mktemp("served")
    allowed = {"GUANJIA_CHAT_FRAME_ANCESTORS": ESTATE}
    process = ServerProcess(folder, f"sqlite:///{folder / 'guanjia.sqlite'}", extra=allowed)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def base_url(server: ServerProcess) -> str:
    """So that ``page.goto("/queue")`` works."""
    return server.url


def listen(page: Page) -> list[str]:
    """Collect script errors, refusals of the content security policy, and requests to anywhere else."""
    bad: list[str] = []
    page.on("pageerror", lambda error: bad.append(str(error)))

    def hear(message: Any) -> None:
        if message.type == "error" and not any(code in message.text for code in PROVOKED):
            bad.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith(OWN):
            bad.append(f"foreign {request.url}")

    page.on("console", hear)
    page.on("request", see)
    return bad


def watch(page: Page) -> list[str]:
    """Listen, and let nothing out; every request goes through the test, which takes its time."""
    bad = listen(page)

    def guard(route: Route) -> None:
        if route.request.url.startswith(OWN):
            route.continue_()
        else:
            route.abort()

    page.route("**/*", guard)
    return bad


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Every test: no script error, nothing refused by the policy, nothing from elsewhere."""
    bad = watch(page)
    yield page
    assert not bad, bad


@pytest.fixture(scope="module")
def colleague(server: ServerProcess) -> Iterator[Staff]:
    with Staff(server.url, "supervisor") as staff:
        yield staff


@pytest.fixture
def resident(server: ServerProcess) -> Iterator[Person]:
    with Person(server.url) as person:
        yield person


@pytest.fixture
def desk(page: Page) -> Page:
    """The queue of the butler, live."""
    sign_in(page)
    live(page)
    return page


@pytest.fixture
def room(browser: Browser, browser_context_args: dict[str, Any], base_url: str) -> Iterator[Any]:
    """Open windows of any width, signed in, in either language and theme."""
    opened: list[BrowserContext] = []

    def window(width: int, language: str, theme: str) -> Page:
        size = {"width": width, "height": 800 if width > 900 else 844}
        context = browser.new_context(**{**browser_context_args, "viewport": size, "base_url": base_url})
        opened.append(context)
        page = context.new_page()
        sign_in(page, "butler2")
        for name, value in (("language", language), ("theme", theme)):
            choose(page, name, value)
        page.goto("/queue?queue=team")
        return page

    yield window
    for context in opened:
        context.close()
