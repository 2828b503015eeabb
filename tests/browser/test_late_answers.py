"""An answer that comes late must not undo what somebody has typed or chosen meanwhile."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.desk import Person, live, sign_in
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

FOUND = "**/new?part=found*"
#: the words stand in the box before any script of the page has run
TYPED_EARLY = """
document.addEventListener("readystatechange", () => {
  const box = document.getElementById("q");
  if (document.readyState === "interactive" && box) box.value = "3-2-1501";
});
"""
#: faster than the pause after which words are searched, however slow the machine is
TYPE_AND_CHOOSE = """
const box = document.getElementById("q");
box.value = "3-2-1501";
box.dispatchEvent(new Event("input", { bubbles: true }));
document.querySelector(".found-row").click();
"""


class Held:
    """Requests that wait until the test lets them go on."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page, self._pattern = page, pattern
        self.routes: list[Route] = []
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def wait(self, count: int = 1) -> None:
        """Wait until so many requests are on their way."""
        while len(self.routes) < count:
            self._page.wait_for_timeout(10)

    def release(self) -> None:
        """Let them go on, and wait until the page has dealt with the answers."""
        self._page.unroute(self._pattern)
        for route in self.routes:
            with self._page.expect_response(route.request.url):
                route.continue_()
        # the swap follows the answer within microtasks; two frames later it is drawn
        self._page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")


@pytest.fixture
def form(page: Page) -> Page:
    """The empty form of the butler."""
    sign_in(page)
    page.goto("/new")
    live(page)
    return page


def search(page: Page, words: str) -> None:
    """Type, and wait for the residents that fit exactly these words."""
    page.press("#q", "End")
    page.locator("#q").press_sequentially(words)
    expect(page.locator("#found [name=q]")).to_have_value(page.locator("#q").input_value())


def chosen(page: Page) -> Locator:
    return page.locator(".found-row:has(:checked)")


def test_a_choice_outlives_the_late_answer_to_more_words(form: Page) -> None:
    search(form, "3-2-1")
    held = Held(form, FOUND)
    form.locator("#q").press_sequentially("501")
    held.wait()
    row = form.locator(".found-row").last
    name = row.inner_text()
    row.click()
    form.fill("[name=words]", "客厅灯不亮")
    form.locator("[name=kind]").nth(1).check()
    form.fill("[name=received_at]", "2026-01-02T03:04")
    held.release()
    expect(chosen(form)).to_have_text([name], use_inner_text=True)
    expect(form.locator("[name=words]")).to_have_value("客厅灯不亮")
    expect(form.locator("[name=kind]").nth(1)).to_be_checked()
    expect(form.locator("[name=received_at]")).to_have_value("2026-01-02T03:04")


def test_words_typed_before_a_choice_are_not_searched_after_it(form: Page) -> None:
    search(form, "3-2-1")
    asked: list[str] = []
    form.on("request", lambda request: asked.append(request.url) if "part=found" in request.url else None)
    form.clock.install()
    form.evaluate(TYPE_AND_CHOOSE)
    form.clock.run_for(1000)
    expect(chosen(form)).to_have_count(1)
    assert asked == []


def test_an_older_answer_never_takes_the_place_of_a_newer_one(form: Page) -> None:
    held = Held(form, FOUND)
    form.locator("#q").press_sequentially("陈")
    held.wait()
    form.locator("#q").fill("3-2-1501")
    held.wait(2)
    held.routes.reverse()
    form.unroute(FOUND)
    held.routes[0].continue_()
    expect(form.locator("#found [name=q]")).to_have_value("3-2-1501")
    held.routes[1].continue_()
    expect(form.locator("#found [name=q]")).to_have_value("3-2-1501")


def test_a_choice_is_never_carried_over_to_somebody_else(form: Page) -> None:
    search(form, "3-2")
    rows = form.locator(".found-row")
    first = rows.first.inner_text()
    rows.first.click()
    form.fill("#q", "")
    search(form, "王")
    expect(rows.filter(has_text=first.splitlines()[-1])).to_have_count(0)
    if rows.count() > 1:  # a single one is chosen already
        expect(chosen(form)).to_have_count(0)


def test_who_is_still_among_those_found_stays_chosen(form: Page) -> None:
    search(form, "3-2-1")
    form.locator(".found-row", has_text="3-2-1501").first.click()
    name = chosen(form).inner_text()
    search(form, "501")
    expect(chosen(form)).to_have_text([name], use_inner_text=True)


def test_what_was_typed_before_the_page_could_hear_is_searched(page: Page) -> None:
    sign_in(page)
    page.add_init_script(TYPED_EARLY)
    page.goto("/new")
    expect(page.locator(".found-row").first).to_contain_text("3-2-1501")


def test_without_a_choice_the_button_answers_with_a_sentence(form: Page) -> None:
    search(form, "3-2-1")
    form.fill("[name=words]", "客厅灯不亮")
    form.locator("[name=kind]").first.check()
    form.click("#intake .is-primary")
    expect(form.locator("#found .error")).to_have_text("请选择住户。")
    expect(form.locator("#found .error")).to_be_in_viewport()
    expect(form.locator("[name=resident]").first).to_be_focused()
    expect(form.locator("[name=words]")).to_have_value("客厅灯不亮")
    form.locator(".found-row").first.click()
    form.click("#intake .is-primary")
    expect(form.locator(".talk-words")).to_contain_text("客厅灯不亮")


def test_enter_in_the_search_keeps_the_words_of_the_form(form: Page) -> None:
    form.fill("[name=words]", "客厅灯不亮")
    form.fill("#q", "3-2-1501")
    form.press("#q", "Enter")
    expect(form.locator(".found-row").first).to_contain_text("3-2-1501")
    expect(form.locator("[name=words]")).to_have_value("客厅灯不亮")


def test_a_button_pressed_twice_opens_one_ticket(form: Page) -> None:
    search(form, "3-2-1501")
    form.locator(".found-row").first.click()
    form.fill("[name=words]", "按了两下")
    form.locator("[name=kind]").first.check()
    posts: list[str] = []
    form.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    held = Held(form, "**/new")
    form.evaluate("for (const _ of [1, 2]) document.getElementById('intake').requestSubmit()")
    held.wait()
    held.routes[0].continue_()
    expect(form.locator(".talk-words")).to_contain_text("按了两下")
    assert len(posts) == 1


@pytest.fixture
def ticket(page: Page, server: ServerProcess) -> Page:
    """A ticket that the butler has accepted."""
    with Person(server.url) as person:
        number = person.complain("我要投诉：楼上半夜装修")
    sign_in(page)
    page.goto(f"/tickets/{number}")
    live(page)
    page.locator("[data-key=accept]").click()
    expect(page.locator(".toast")).to_contain_text("已接单")
    return page


def test_what_is_typed_while_a_reply_is_on_its_way_is_the_next_one(ticket: Page) -> None:
    held = Held(ticket, "**/tickets/*/reply")
    ticket.fill("#composer-text", "我马上去看。")
    ticket.keyboard.press("Control+Enter")
    held.wait()
    ticket.keyboard.type("另外，")
    ticket.keyboard.press("Control+Enter")
    held.release()
    expect(ticket.locator(".message.is-butler .bubble").last).to_have_text("我马上去看。")
    expect(ticket.locator("#composer-text")).to_have_value("另外，")
    ticket.keyboard.press("Control+Enter")
    expect(ticket.locator(".message.is-butler .bubble").last).to_have_text("另外，")
    expect(ticket.locator("#composer-text")).to_have_value("")
    expect(ticket.locator(".message.is-butler .bubble", has_text="我马上去看。")).to_have_count(1)


def test_a_reply_that_was_refused_keeps_what_was_added_to_it(ticket: Page) -> None:
    held = Held(ticket, "**/tickets/*/reply")
    ticket.evaluate("document.getElementById('composer-text').removeAttribute('maxlength')")
    ticket.fill("#composer-text", "长" * 4001)
    ticket.keyboard.press("Control+Enter")
    held.wait()
    ticket.keyboard.type("了")
    held.release()
    expect(ticket.locator("#composer-help [role=alert]")).to_be_visible()
    expect(ticket.locator("#composer-text")).to_have_value("长" * 4001 + "了")


def test_a_server_in_trouble_leaves_the_words_in_the_box(ticket: Page) -> None:
    ticket.route("**/tickets/*/reply", lambda route: route.fulfill(status=503, body="<h1>Bad gateway</h1>"))
    ticket.fill("#composer-text", "我马上去看。")
    ticket.keyboard.press("Control+Enter")
    expect(ticket.locator(".toast").last).to_contain_text("服务器没有响应")
    expect(ticket.locator("#composer-text")).to_have_value("我马上去看。")


def test_a_part_folded_while_news_are_on_their_way_stays_folded(ticket: Page, server: ServerProcess) -> None:
    held = Held(ticket, "**/tickets/*?part=live")
    ticket.click("#composer [data-mode=note][aria-pressed]")
    ticket.fill("#composer-text", "看一下")
    ticket.click("#composer .is-primary")
    held.wait()
    ticket.locator("[data-fold=service] summary").click()
    held.release()
    expect(ticket.locator("[data-fold=service]")).not_to_have_attribute("open", "")
    expect(ticket.locator("[data-fold=people]")).to_have_attribute("open", "")
