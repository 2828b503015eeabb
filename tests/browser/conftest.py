"""A real Chromium against a real server with the demo estate, one server for the whole run."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.server import ServerProcess

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: answers that a test provokes on purpose; the browser reports them as errors of loading
PROVOKED = (
    "401",
    "403",
    "404",
    "409",
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
    process = ServerProcess(folder, f"sqlite:///{folder / 'guanjia.sqlite'}")
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def base_url(server: ServerProcess) -> str:
    """So that ``page.goto("/queue")`` works."""
    return server.url


def watch(page: Page) -> list[str]:
    """Collect script errors, refusals of the content security policy, and requests to anywhere else."""
    bad: list[str] = []
    page.on("pageerror", lambda error: bad.append(str(error)))

    def hear(message: Any) -> None:
        if message.type == "error" and not any(code in message.text for code in PROVOKED):
            bad.append(message.text)

    def guard(route: Route) -> None:
        if route.request.url.startswith(("http://127.0.0.1", "data:", "blob:")):
            route.continue_()
            return
        bad.append(f"foreign {route.request.url}")
        route.abort()

    page.on("console", hear)
    page.route("**/*", guard)
    return bad


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """Every test: no script error, nothing refused by the policy, nothing from elsewhere."""
    bad = watch(page)
    yield page
    assert not bad, bad


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core; see vendor/VENDOR.md."""
    return (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8") + ";0"
