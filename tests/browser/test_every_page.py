"""Every page in both languages, both themes and at every width; a page without an entry fails.

The pages are read from the routes, so that a new one is looked at from its first day. What is no page (rows,
files, workbooks) stands in ``NO_PAGE``; what needs a story of its own is looked at where ``ELSEWHERE`` says.
"""

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from backend import app
from backend.reports.report_pages import MAKERS
from tests.browser.conftest import listen
from tests.browser.desk import Staff, choose, live, sign_in
from tests.browser.looks import FOLDS, faults

pytestmark = pytest.mark.browser

HERE: Final = Path(__file__).parent
#: language → what a browser asks for that speaks it
LANGUAGES: Final = {"zh": "zh-CN", "en": "en-GB"}
NO_PAGE: Final = frozenset({
    "/", "/live", "/queue/next", "/queue/rows", "/queue/bulk/{action}", "/tickets/{number}/files/{file_id}",
    "/tickets/{number}/answers", "/promises/rows", "/incidents/changed", "/duties/{task_id}/files/{file_id}",
    "/reports/kpis.xlsx", "/reports/tickets.xlsx", "/reports/list.xlsx", "/reports/{name}.xlsx",
    "/registers/missed/export", "/registers/{kind}/export", "/tickets/{number}/forms/photos/{file_id}",
    "/promises/export", "/search", "/search/rows", "/search/tickets.xlsx", "/search/progress",
    "/visits/day.xlsx", "/jobs/worker.js", "/jobs/{number}/photos/{file_id}", "/import/template",
    "/import/{import_id}/faulty", "/brand/{code}.css", "/brand/{code}/logo", "/settings/calendar/export",
    "/audit/export", "/account/now", "/jobs/me", "/files/{file_id}", "/healthz", "/readyz", "/metrics",
    "/openapi.json", "/faults", "/login/company", "/login/company/back",
})  # fmt: skip
ON_SITE: Final = "test_onsite.py::test_every_page_is_accessible_and_fits_its_screen"
#: page → ``file::test`` that looks at it after the story that leads there
ELSEWHERE: Final[dict[str, str]] = {
    "/account/second-factor": "test_door.py::test_a_second_factor_is_set_up_and_asked_for_at_the_door",
    "/import/{import_id}": "test_households.py::test_a_trial_import_is_accessible_and_fits_its_screen",
    "/jobs/{number}": ON_SITE,
    "/sign/{token}": ON_SITE,
    "/sign/{token}/{outcome}": ON_SITE,
}
COLUMNS: Final = "cols=number,title,step,clock,late_by,state,channel,language,home,resident,received,words"
#: page with a hole → where a link to such a page stands, and what the link looks like
LINKED: Final[dict[str, tuple[str, str]]] = {
    "/tickets/{number}": ("/queue?queue=team", r"/tickets/\d+"),
    "/tickets/{number}/forms/{kind}": ("/tickets/{number}/forms", r"/tickets/\d+/forms/[\w-]+"),
    "/tickets/{number}/quick/{kind}": ("/tickets/{number}/answers", r"/tickets/\d+/quick/\w+"),
    "/answers/{answer_id}": ("/answers", r"/answers/\d+"),
    "/duties/{task_id}": ("/duties", r"/duties/\d+"),
    "/homes/{home_id}": ("/homes?q=3-2-1501", r"/homes/\d+"),
    "/residents/{resident_id}": ("/homes/{home_id}", r"/residents/\d+"),
    "/team/{user_id}": ("/team", r"/team/\d+"),
    "/reports/list": ("/reports/queue", r"/reports/list\?[^\"]+"),
    "/reports/tickets": ("/reports", r"/reports/tickets\?[^\"]+"),
    "/settings/texts/{kind}": ("/settings/texts", r"/settings/texts/[\w.]+\?[^\"]+"),
    "/registers/{kind}": ("/registers", r"/registers/(?!missed)[\w-]+"),
    "/registers/{kind}/{record_id}": ("/registers/REC-24", r"/registers/REC-24/\d+"),
    "/visits/{number}": ("/visits?view=week", r"/visits/\d+"),
}
#: more of what these pages can look like → its status
STATES: Final = {
    "/queue?queue=team": 200,
    "/queue?queue=team&q=zzz": 200,
    "/new?q=3-2": 200,
    "/answers?q=zzz": 200,
    "/phrases?sentence=漏水": 200,
    "/promises?queue=team": 200,
    "/promises/evening?queue=team": 200,
    f"/tickets?state=active&sort=late&{COLUMNS}": 200,
    "/tickets?q=zzz": 200,
    "/tickets?since=yesterday": 422,
    "/visits?view=week": 200,
    "/visits?building=zzz&worker=nobody": 200,
    "/residents/{resident_id}/merge?other=2": 200,
    "/reports?by=provider&chart=KPI-09": 200,
    "/settings/texts?q=zzz": 200,
    "/homes?q=zzz": 200,
}
#: what is seen before anybody signs in → its status
PUBLIC: Final = {"/login": 200, "/privacy": 200, "/sign/nothing": 410}


def routes_of(router: Any) -> Iterator[str]:
    """What can be read of a router, and of the routers it includes."""
    for one in router.routes:
        inner = getattr(one, "original_router", None)
        if inner is not None:
            yield from routes_of(inner)
        elif "GET" in (getattr(one, "methods", None) or ()):
            yield one.path


def every_route() -> set[str]:
    """All that a browser can open, without what is for programs."""
    whole = FastAPI(openapi_url=None)
    app._add_rooms(whole)
    return {path for path in routes_of(whole) if not path.startswith("/api/")}


def paths() -> list[str]:
    """Every page that the manager can open; the reports have one path and several pages."""
    found = every_route() - NO_PAGE - ELSEWHERE.keys() - PUBLIC.keys() - {"/chat", "/reports/{name}"}
    return [*sorted(found), *(f"/reports/{name}" for name in MAKERS)]


class Guide:
    """Knows where each page stands in the demo estate, by the links that lead there."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language
        self.bad = listen(page)
        self._known: dict[str, str] = {}

    def address(self, path: str) -> str:
        """The address of a page whose path may have holes. Fails where nothing leads to it."""
        if path in LINKED and path not in self._known:
            where, pattern = LINKED[path]
            self._known[path] = self._linked(self.address(where), pattern)
        return self._known.get(path) or re.sub(r"{\w+}", self._value, path)

    def _linked(self, where: str, pattern: str) -> str:
        text = self.page.request.get(where).text()
        found = re.search(rf'href="({pattern})["?]', text)
        assert found, f"no link {pattern} on {where}"
        return html.unescape(found[1])

    def _value(self, hole: re.Match[str]) -> str:
        leading = next(path for path in LINKED if path.endswith(hole[0]))
        return self.address(leading).partition("?")[0].rsplit("/", 1)[-1]

    def look(self, path: str, status: int = 200) -> Page:
        """Open a page, as somebody does who unfolds everything."""
        self.bad.clear()
        answer = self.page.goto(self.address(path))
        assert answer
        assert answer.status == status
        assert urlsplit(answer.url).path == urlsplit(self.address(path)).path, "it is another page"
        expect(self.page.locator("h1").first).to_be_attached()
        self.page.evaluate(FOLDS)
        return self.page


def window(browser: Browser, arguments: dict[str, Any], base_url: str, language: str) -> Page:
    wanted = {**arguments, "base_url": base_url, "locale": LANGUAGES[language]}
    return browser.new_context(**wanted).new_page()


@pytest.fixture(scope="module")
def handover(base_url: str) -> None:
    """A refused handover: the demo has no record that belongs to no ticket."""
    with Staff(base_url, "butler2") as giver, Staff(base_url, "butler") as heir:
        number = giver.http.post("/api/handovers").raise_for_status().json()["id"]
        giver.http.post(f"/api/handovers/{number}/offer", json={"to": "butler"}).raise_for_status()
        body = {"reason": "对讲机少了一台。"}
        heir.http.post(f"/api/handovers/{number}/refuse", json=body).raise_for_status()


@pytest.fixture(scope="module", params=LANGUAGES)
def guide(
    request: pytest.FixtureRequest, browser: Browser, browser_context_args: dict[str, Any], base_url: str,
    handover: None,
) -> Iterator[Guide]:  # fmt: skip
    """The manager's browser in either language: whoever sees every page. It follows the device's theme."""
    page = window(browser, browser_context_args, base_url, request.param)
    made = Guide(page, request.param)
    sign_in(page, "manager")
    choose(page, "theme", "auto")
    choose(page, "language", request.param)
    yield made
    choose(page, "language", "zh")
    page.context.close()


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures of this test's page begin, when they are wanted."""
    folder = request.config.getoption("--shots")
    name = re.sub(r"\W+", "_", request.node.name.partition("[")[2]).strip("_")
    return Path(folder) / name if folder else None


def holes(path: str) -> set[str]:
    return set(re.findall(r"{\w+}", path))


def test_what_is_told_of_pages_is_true_of_the_routes() -> None:
    routes = every_route()
    told = NO_PAGE | ELSEWHERE.keys() | LINKED.keys() | PUBLIC.keys()
    assert told - routes == {"/sign/nothing"}
    filled = {hole for path in LINKED for hole in holes(path)}
    assert [path for path in paths() if holes(path) - filled] == []


@pytest.mark.parametrize("test", sorted(set(ELSEWHERE.values())))
def test_pages_that_need_a_story_are_looked_at_by_a_test_that_exists(test: str) -> None:
    file, name = test.split("::")
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    assert name in [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("path", [*paths(), *STATES])
def test_every_page_is_accessible_and_fits_its_screen(guide: Guide, path: str, shot: Path | None) -> None:
    page = guide.look(path, STATES.get(path, 200))
    assert page.locator("html").get_attribute("lang") == ("en" if guide.language == "en" else "zh-Hans-CN")
    assert faults(page, shot=shot) == []
    assert guide.bad == []


def test_a_day_of_visits_is_accessible_and_fits_its_screen(guide: Guide, shot: Path | None) -> None:
    page = guide.look("/visits?view=week")
    day = page.locator(".agenda-day:has(.visit)").first.get_attribute("data-day")
    for path in ("/visits", "/visits/paper"):
        assert faults(guide.look(f"{path}?day={day}"), shot=shot) == [], path


def test_a_refusal_is_accessible_and_fits_its_screen(guide: Guide, shot: Path | None) -> None:
    assert faults(guide.look("/tickets/999999", 404), shot=shot) == []


def test_a_form_over_a_ticket_is_accessible_and_fits_its_screen(guide: Guide, shot: Path | None) -> None:
    page = guide.look("/queue?queue=team")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(str(page.locator("[data-key=follow_up]").first.get_attribute("href")))
    expect(page.locator("#dialog-follow_up")).to_be_visible()
    assert faults(page, shot=shot) == []


def test_ready_answers_over_a_ticket_are_accessible_and_fit_their_screen(
    guide: Guide, shot: Path | None
) -> None:
    page = guide.look("/tickets/{number}")
    page.set_viewport_size({"width": 1280, "height": 800})
    live(page)
    page.click("[data-answers]")
    page.click("[data-quick=who]")
    expect(page.locator(".quick-said dd").first).to_be_visible()
    assert faults(page, shot=shot) == []


def test_the_filters_of_a_phone_are_accessible_and_fit_their_screen(guide: Guide, shot: Path | None) -> None:
    page = guide.look("/tickets")
    page.set_viewport_size({"width": 390, "height": 844})
    page.click(".filter-open")
    assert faults(page, widths=(390, 360), shot=shot) == []


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_anybody_sees_is_accessible_and_fits_its_screen(
    browser: Browser, browser_context_args: dict[str, Any], base_url: str,
    language: str, path: str, shot: Path | None,
) -> None:  # fmt: skip
    made = Guide(window(browser, browser_context_args, base_url, language), language)
    assert faults(made.look(path, PUBLIC[path]), shot=shot) == []
    assert made.bad == []
    made.page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chat_is_accessible_and_fits_its_screen(
    browser: Browser, browser_context_args: dict[str, Any], base_url: str, language: str, shot: Path | None
) -> None:
    page = window(browser, browser_context_args, base_url, language)
    bad = listen(page)
    page.goto(f"/chat?lang={language}&invitation=DEMO-TENANT")
    live(page)
    expect(page.locator(".message.bot").first).to_be_visible()
    assert faults(page, shot=shot) == []
    page.click("#open-more")
    assert faults(page, shot=shot) == []
    assert bad == []
    page.context.close()
