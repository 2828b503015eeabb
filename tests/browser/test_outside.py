"""Beyond one page of one server: forms and frames of other sites, and a second web process."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import postgres
from tests.browser.desk import ESTATE, SITE_PORT, Person, Staff, first_number, live, sign_in
from tests.conftest import build_schema
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

#: another site, where nothing needs to answer
STRANGER = "http://localhost:4712"


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """Two processes that serve one estate from one PostgreSQL database."""
    try:
        base = postgres.Server()
    except postgres.NoPostgres as missing:
        pytest.skip(str(missing))
    base.run("CREATE DATABASE twins")
    build_schema(base.url("twins"))
    folder = tmp_path_factory.mktemp("twins")
    pair = ServerProcess(folder, base.url("twins")), ServerProcess(folder, base.url("twins"))
    for process in pair:
        process.start()
    yield pair
    for process in pair:
        process.stop()
    base.stop()


def test_what_happens_at_one_web_process_reaches_the_pages_of_another(
    browser: Browser, browser_context_args: dict[str, Any], twins: tuple[ServerProcess, ServerProcess]
) -> None:
    here, there = twins
    context = browser.new_context(**{**browser_context_args, "base_url": here.url})
    page = context.new_page()
    sign_in(page)
    live(page)
    with Person(there.url) as person:
        number = person.complain("我要投诉：儿童乐园的秋千断了")
    expect(page.locator(f"#t{number}")).to_be_visible()
    page.goto(f"/tickets/{first_number(page)}")
    live(page)
    shown = int(page.locator("[data-ticket]").get_attribute("data-ticket") or 0)
    with Staff(there.url, "supervisor") as colleague:
        colleague.note(shown, "从另一个进程写的")
    expect(page.locator(".message.is-note .bubble").last).to_have_text("从另一个进程写的")
    context.close()


def elsewhere(page: Page, origin: str, body: str) -> None:
    """Open a page of another site."""
    page.context.route(f"{origin}/**", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{origin}/")


def test_a_form_of_another_origin_is_refused(desk: Page, base_url: str) -> None:
    form = f'<form method="post" action="{base_url}/logout"><button>!</button></form>'
    other = desk.context.new_page()
    elsewhere(other, STRANGER, form)
    with other.expect_response("**/logout") as answer:
        other.click("button")
    assert answer.value.status == 403
    desk.reload()
    live(desk)


@pytest.fixture
def site(base_url: str) -> Iterator[None]:
    """Another site with the chat in a frame: a real one, since browsers tell local addresses apart."""
    body = f'<iframe src="{base_url}/chat" width="400" height="700"></iframe>'.encode()

    class Outside(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", SITE_PORT), Outside) as serving:
        thread = Thread(target=serving.serve_forever)
        thread.start()
        yield
        serving.shutdown()
        thread.join()


@pytest.mark.usefixtures("site")
def test_the_chat_works_in_a_frame_of_another_site_where_the_estate_allows_it(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.goto(ESTATE)
    chat = page.frame_locator("iframe")
    expect(chat.locator("[role=log]")).to_be_visible()
    chat.locator("#box").fill("物业费怎么交")
    chat.locator("#box").press("Enter")
    expect(chat.locator("[role=log]")).to_contain_text("物业费怎么交")
    page.goto(ESTATE.replace("localhost", "127.0.0.1"))
    expect(chat.locator("[role=log]")).to_have_count(0)
    context.close()
