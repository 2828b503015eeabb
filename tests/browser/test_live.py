"""What runs along with every page: title, sound, notification, order of answers, keys, a session's end."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.desk import PASSWORD, Person, Staff, live, sign_in
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

#: counts the notes that are played and the notifications that are shown, instead of playing and showing them
EARS = """
window.notes = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...at) { window.notes += 1; return start.apply(this, at); };
window.shown = [];
window.asked = 0;
window.Notification = class {
  static permission = 'granted';
  static requestPermission() { window.asked += 1; return Promise.resolve('granted'); }
  constructor(title, how) { window.shown.push({ title, ...how }); window.last = this; }
  close() {}
};
"""
NEW_DOT = re.compile("favicon-new")


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of these tests' own, whose alerts and choices are nobody else's."""
    folder = tmp_path_factory.mktemp("live")
    process = ServerProcess(folder, f"sqlite:///{folder / 'guanjia.sqlite'}")
    process.start()
    yield process
    process.stop()


Window = Callable[..., Page]


@pytest.fixture
def window(
    browser: Browser, browser_context_args: dict[str, Any], own_server: ServerProcess
) -> Iterator[Window]:
    """Open windows onto the test's own server, each a browser of its own, signed in."""
    opened: list[BrowserContext] = []

    def open_(username: str = "butler", script: str = EARS) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": own_server.url})
        context.add_init_script(script)
        opened.append(context)
        page = context.new_page()
        sign_in(page, username)
        live(page)
        return page

    yield open_
    for context in opened:
        for page in context.pages[:1]:
            page.goto("/account/notifications")
            if page.locator("#notify-form").count():
                choose(page, scope="none")
        context.close()


@pytest.fixture
def resident(own_server: ServerProcess) -> Iterator[Person]:
    with Person(own_server.url) as person:
        yield person


def choose(page: Page, **choices: str) -> None:
    """Keep these choices as the form would; what waits already has been heard."""
    page.evaluate(
        """async choices => {
          await fetch('/account/notifications', { method: 'POST', redirect: 'manual',
            headers: { 'X-CSRF': document.querySelector('meta[name=csrf]').content },
            body: new URLSearchParams({ scope: 'team', has_letters: '1', ...choices }) });
          const { rings } = await (await fetch('/account/now')).json();
          const heard = Object.fromEntries(rings.map(one => [one.key, Date.now()]));
          localStorage.setItem(`heard ${document.body.dataset.user}`, JSON.stringify(heard)); }""",
        choices,
    )


ASK = "import('/static/frame.js').then(module => module.pulse.ask())"


def touch(page: Page) -> None:
    """Somebody uses the page: browsers let nobody sound before."""
    page.locator("h1").first.click()


def end_session(page: Page) -> None:
    """The session ends on the server; the page does not know."""
    page.evaluate(
        """() => fetch('/logout', { method: 'POST', redirect: 'manual',
          headers: { 'X-CSRF': document.querySelector('meta[name=csrf]').content } })"""
    )


def test_a_new_ticket_sounds_once_in_one_tab_and_shows_number_and_building(
    window: Window, resident: Person
) -> None:
    page = window()
    choose(page, has_sound="1", has_notice="1")
    other = page.context.new_page()
    other.goto("/alerts")
    live(other)
    for tab in (page, other):
        touch(tab)
    number = resident.complain("我要投诉：楼下装修太吵")
    page.wait_for_function("() => window.notes > 0")
    page.wait_for_function("() => window.shown.length === 1")
    shown = page.evaluate("window.shown[0]")
    assert re.fullmatch(rf"#{number}（\w+(号楼|座)）", shown["body"]), shown
    assert "装修" not in json.dumps(shown, ensure_ascii=False)
    page.reload()
    live(page)
    page.evaluate(ASK)
    assert page.evaluate("[window.notes, window.shown.length]") == [0, 0]
    assert other.evaluate("[window.notes, window.shown.length]") == [0, 0]


def test_a_click_on_the_notification_opens_the_ticket(window: Window, resident: Person) -> None:
    page = window()
    choose(page, has_notice="1")
    page.goto("/promises")
    live(page)
    number = resident.complain("我要投诉：绿化带没人管")
    page.wait_for_function("() => window.shown.length > 0")
    page.evaluate("window.last.onclick()")
    expect(page).to_have_url(re.compile(rf"/tickets/{number}$"))


def test_nothing_sounds_while_that_conversation_is_open_and_visible(window: Window, resident: Person) -> None:
    page = window()
    number = resident.complain("我要投诉：门口的路灯不亮")
    other = page.context.new_page()
    other.goto(f"/tickets/{number}")
    live(other)
    choose(page, has_sound="1", has_notice="1", is_repeated="1")
    touch(page)
    page.evaluate("localStorage.clear()")
    page.evaluate(ASK)
    page.wait_for_function(
        "key => Object.entries(localStorage).some(([, v]) => v.includes(key))", arg=f'"t{number}"'
    )
    assert f"t{number}" not in page.evaluate("window.shown.map(one => one.tag)")


def test_a_device_sounds_at_most_once_a_minute_and_again_when_that_is_chosen(
    window: Window, resident: Person
) -> None:
    page = window()
    choose(page, has_sound="1", is_repeated="1")
    touch(page)
    resident.complain("我要投诉：楼道灯坏了")
    page.wait_for_function("() => window.notes === 2")
    resident.complain("我要投诉：垃圾满了")
    with page.expect_response("**/account/now"):
        page.evaluate(ASK)
    assert page.evaluate("window.notes") == 2
    page.evaluate(
        """() => { localStorage.setItem('rang', Date.now() - 61000);
          const key = Object.keys(localStorage).find(name => name.startsWith('heard'));
          const was = JSON.parse(localStorage.getItem(key));
          for (const name of Object.keys(was)) was[name] -= 61000;
          localStorage.setItem(key, JSON.stringify(was)); }"""
    )
    page.evaluate(ASK)
    page.wait_for_function("() => window.notes === 4")


def test_in_quiet_hours_nothing_sounds(window: Window, resident: Person) -> None:
    page = window()
    choose(page, has_sound="1", has_notice="1", quiet_from="00:00", quiet_until="23:59")
    touch(page)
    number = resident.complain("我要投诉：宠物没拴绳")
    expect(page.locator(f"#t{number}")).to_be_visible()
    with page.expect_response("**/account/now") as answer:
        page.evaluate(ASK)
    assert answer.value.json()["rings"] == []
    assert page.evaluate("[window.notes, window.shown.length]") == [0, 0]


def test_the_test_sound_switches_it_on_and_leave_is_asked_by_a_click_only(window: Window) -> None:
    page = window()
    page.goto("/account/notifications")
    live(page)
    expect(page.locator("[name=has_sound]")).not_to_be_checked()
    assert page.evaluate("window.asked") == 0
    page.click("#sound-test")
    expect(page.locator("#sound-said")).to_contain_text("声音就是这样")
    expect(page.locator("[name=has_sound]")).to_be_checked()
    page.check("#notice-on")
    expect(page.locator("#notice-said")).to_contain_text("已允许")
    assert page.evaluate("[window.notes, window.asked]") == [2, 1]
    page.click("#notify-form .is-primary")
    expect(page.locator(".toast")).to_contain_text("您的选择已保存")
    expect(page.locator("[name=has_sound]")).to_be_checked()


def test_title_bell_and_dot_follow_on_every_page_and_tab_without_reload(window: Window) -> None:
    page = window()
    other = page.context.new_page()
    other.goto("/rota")
    live(other)
    need = r"^\((\d+)\) "
    expect(page).to_have_title(re.compile(need))
    expect(other).to_have_title(re.compile(need))
    before = page.title()
    page.evaluate(
        """() => fetch('/demo/clock', { method: 'POST', redirect: 'manual',
          headers: { 'X-CSRF': document.querySelector('meta[name=csrf]').content },
          body: new URLSearchParams({ advance_seconds: '86400' }) })"""
    )
    expect(page).not_to_have_title(before)
    number = re.match(need, page.title())
    assert number
    expect(other).to_have_title(re.compile(rf"^\({number[1]}\) "))
    expect(other.locator('link[rel="icon"]')).to_have_attribute("href", NEW_DOT)


def test_a_hidden_tab_fetches_no_rows_until_it_is_looked_at(window: Window, resident: Person) -> None:
    page = window()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/queue" in r.url else None)
    page.evaluate(
        """() => { Object.defineProperty(document, 'hidden', { get: () => window.isHidden });
          window.isHidden = true; document.dispatchEvent(new Event('visibilitychange')); }"""
    )
    with page.expect_response("**/account/now"):
        number = resident.complain("我要投诉：电梯按钮坏了")
    assert asked == []
    page.evaluate("() => { window.isHidden = false; document.dispatchEvent(new Event('visibilitychange')); }")
    expect(page.locator(f"#t{number}")).to_be_visible()


def test_an_answer_that_was_overtaken_does_not_bring_old_rows_back(
    window: Window, own_server: ServerProcess, resident: Person
) -> None:
    page = window()
    number = resident.complain("我要投诉：停车位被占")
    row = page.locator(f"#t{number}")
    expect(row).to_be_visible()
    old = page.request.get(f"/queue/rows?ids=t{number}", headers={"HX-Request": "true"}).text()
    other = int((page.locator(f"#rows > .row[id^=t]:not(#t{number})").first.get_attribute("id") or "t0")[1:])
    held: list[Route] = []
    page.route("**/queue/rows?*", lambda route: route.continue_() if held else held.append(route))
    with Staff(own_server.url, "supervisor") as colleague, page.expect_request("**/queue/rows?*"):
        colleague.note(other)
    row.locator("[data-key=accept]").click()
    expect(row.locator("[data-key=accept]")).to_have_count(0)
    with page.expect_request("**/queue/rows?*"):
        held[0].fulfill(body=old, content_type="text/html")
    expect(row.locator("[data-key=accept]")).to_have_count(0)


def test_letters_switched_off_stay_off_on_every_device_and_an_old_choice_is_brought_over(
    window: Window,
) -> None:
    page = window()
    page.evaluate("localStorage.setItem('keys', 'off')")
    with page.expect_response("**/account/keys"):
        page.reload()
    live(page)
    other = window()
    other.keyboard.press("?")
    expect(other.locator("#help")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('keys')") is None


def through_the_door(page: Page) -> None:
    expect(page).to_have_url(re.compile("/login"))
    page.fill("#username", "butler")
    page.fill("#password", PASSWORD)
    page.click("button.is-wide")


def test_a_session_that_ends_in_the_middle_of_a_page_form_gives_back_what_was_typed(window: Window) -> None:
    page = window()
    page.goto("/account/notifications")
    live(page)
    page.check("[name=scope][value=team]", force=True)
    page.fill("[name=quiet_from]", "22:30")
    page.fill("[name=quiet_until]", "06:10")
    end_session(page)
    page.click("#notify-form .is-primary")
    through_the_door(page)
    expect(page).to_have_url(re.compile("/account/notifications"))
    expect(page.locator(".toast")).to_contain_text("刚才填写的内容还在")
    expect(page.locator("[name=quiet_from]")).to_have_value("22:30")
    expect(page.locator("[name=scope][value=team]")).to_be_checked()


def test_a_session_that_ends_while_a_reply_is_written_keeps_the_reply(
    window: Window, resident: Person
) -> None:
    page = window()
    number = resident.complain("我要投诉：热水不热")
    page.goto(f"/tickets/{number}")
    live(page)
    page.click("[data-mode=note][aria-pressed]")
    page.fill("#composer-text", "锅炉房已经去看了，写到一半")
    end_session(page)
    page.click("#composer .is-primary")
    through_the_door(page)
    expect(page).to_have_url(re.compile(f"/tickets/{number}"))
    expect(page.locator("#composer-text")).to_have_value("锅炉房已经去看了，写到一半")
    expect(page.locator("#composer.is-note")).to_be_visible()


def test_a_session_that_ends_in_a_form_over_the_ticket_opens_the_form_again_as_it_was(
    window: Window, resident: Person
) -> None:
    page = window()
    number = resident.complain("我要投诉：垃圾桶满了")
    page.goto(f"/tickets/{number}")
    live(page)
    page.click("[popovertarget=more-actions]")
    page.click("[data-key=cancel]")
    reason = page.locator("#dialog-cancel [name=reason]")
    reason.fill("住户说已经清了")
    end_session(page)
    page.click("#dialog-cancel .is-primary")
    through_the_door(page)
    expect(page).to_have_url(re.compile(rf"/tickets/{number}\?do=cancel"))
    expect(reason).to_have_value("住户说已经清了")
    page.click("#dialog-cancel [data-closes]")
    expect(page).to_have_url(re.compile(rf"/tickets/{number}$"))


def test_a_failed_send_stays_in_the_box_and_one_press_sends_it_again(
    window: Window, resident: Person
) -> None:
    page = window()
    number = resident.complain("我要投诉：水压太低")
    page.goto(f"/tickets/{number}")
    live(page)
    page.click("[data-mode=note][aria-pressed]")
    page.fill("#composer-text", "找水务看一下")
    page.context.set_offline(True)
    page.click("#composer .is-primary")
    failed = page.locator(".toast", has_text="服务器没有响应")
    expect(failed).to_be_visible()
    expect(page.locator("#composer-text")).to_have_value("找水务看一下")
    page.context.set_offline(False)
    failed.locator("button", has_text="重试").click()
    expect(page.locator(".message.is-note .bubble").last).to_have_text("找水务看一下")
    expect(page.locator(".message.is-note")).to_have_count(1)


def test_a_server_that_restarts_under_an_open_ticket_is_told_and_caught_up(
    window: Window, own_server: ServerProcess, resident: Person
) -> None:
    page = window()
    number = resident.complain("我要投诉：围墙破了")
    page.goto(f"/tickets/{number}")
    live(page)
    page.fill("#composer-text", "写到一半")
    own_server.stop()
    expect(page.locator("#live .live-word")).to_have_text("正在重连…")
    own_server.start()
    with Staff(own_server.url, "supervisor") as colleague:
        colleague.note(number, "断线时写的备注")
    expect(page.locator(".message.is-note .bubble").last).to_have_text("断线时写的备注", timeout=20_000)
    expect(page.locator("#composer-text")).to_have_value("写到一半")
    live(page)
