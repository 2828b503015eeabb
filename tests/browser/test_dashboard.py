"""The butler's dashboard in a real browser: live rows, quick actions, drafts, keys, layout, axe, weight."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import watch
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

PASSWORD = "guanjia-demo"
QUEUE_BUDGET, TICKET_BUDGET = 55_000, 45_000
HIDDEN_BADGES = """
[...document.querySelectorAll('.unread,.tag,.pill')].filter(e => {
  const r = e.getBoundingClientRect(); if (!r.width) return false;
  for (let p = e.parentElement; p && p.tagName !== 'MAIN'; p = p.parentElement) {
    const q = p.getBoundingClientRect();
    if (p.classList.contains('ticket-side') || p.classList.contains('talk')) return false;
    const isCut = r.right > q.right + 1 || r.left < q.left - 1;
    if (getComputedStyle(p).overflowX !== 'visible' && isCut) return true }
  return false }).map(e => e.outerHTML)
"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


#: a browser that hears no events, so that the page stays as it was
DEAF = """
window.EventSource = class {
  constructor() { setTimeout(() => this.onopen?.()); }
  addEventListener() {}
  close() {}
};
"""


class Caller:
    """A client of the JSON API that is closed at the end of a ``with``."""

    http: httpx2.Client

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


class Staff(Caller):
    """A member of staff at the JSON API, to make things happen behind the page's back."""

    def __init__(self, url: str, username: str) -> None:
        self.http = httpx2.Client(base_url=url, trust_env=False, timeout=20)
        answer = self.http.post("/api/staff/login", json={"username": username, "password": PASSWORD})
        self.http.headers["authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"

    def act(self, number: int, action: str, **body: Any) -> None:
        self.http.post(f"/api/tickets/{number}/{action}", json=body).raise_for_status()

    def note(self, number: int, text: str = "看一下") -> None:
        self.act(number, "note", text=text)


class Person(Caller):
    """A resident in the web chat's API."""

    def __init__(self, url: str, invitation: str = "DEMO-OWNER", language: str = "zh") -> None:
        self.http = httpx2.Client(base_url=url, trust_env=False, timeout=30)
        body = {"language": language, "invitation": invitation}
        token = self.http.post("/api/chat/sessions", json=body).raise_for_status().json()["token"]
        self.http.headers["authorization"] = f"Bearer {token}"
        self.count = 0

    def say(self, text: str) -> list[dict[str, Any]]:
        self.count += 1
        body = {"client_id": f"c{id(self)}-{self.count}", "text": text}
        answer = self.http.post("/api/chat/messages", json=body).raise_for_status().json()
        return list(answer["messages"])

    def tickets(self) -> list[int]:
        return [one["number"] for one in self.http.get("/api/chat/tickets").raise_for_status().json()]

    def complain(self, text: str) -> int:
        """A complaint becomes a ticket at once; return its number."""
        before = set(self.tickets())
        self.say(text)
        return next(iter(set(self.tickets()) - before))


@pytest.fixture(scope="module")
def colleague(server: ServerProcess) -> Iterator[Staff]:
    with Staff(server.url, "supervisor") as staff:
        yield staff


@pytest.fixture
def resident(server: ServerProcess) -> Iterator[Person]:
    with Person(server.url) as person:
        yield person


def sign_in(page: Page, username: str = "butler") -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button.is-wide")
    expect(page.locator("#queue")).to_be_visible()


def live(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-live", "1")


@pytest.fixture
def desk(page: Page) -> Page:
    """The queue of the butler, live."""
    sign_in(page)
    live(page)
    return page


def first_number(page: Page) -> int:
    key = page.locator("#rows > .row[id^=t]").first.get_attribute("id")
    assert key
    return int(key[1:])


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


def test_a_new_ticket_appears_within_a_second_with_its_running_clock(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：地库灯坏了一个月没人修")
    row = desk.locator(f"#t{number}")
    expect(row).to_be_visible(timeout=2000)
    expect(row.locator("[data-due] .pill-span")).to_contain_text("剩")


def test_new_rows_wait_behind_a_bar_while_somebody_is_in_the_list(desk: Page, resident: Person) -> None:
    desk.locator("#rows .row-title").first.focus()
    keys = desk.evaluate("[...document.querySelectorAll('#rows > .row')].map(r => r.id)")
    number = resident.complain("我要投诉：电梯里有烟味，孩子受不了")
    expect(desk.locator("#news-show")).to_contain_text("1条新工单")
    assert desk.evaluate("[...document.querySelectorAll('#rows > .row')].map(r => r.id)") == keys
    desk.keyboard.press(".")
    expect(desk.locator(f"#t{number}")).to_be_visible()


REMEMBER = "key => { window.node = document.querySelector(key) }"
IS_SAME = "key => document.querySelector(key) === window.node"
ROWS = "[...document.querySelectorAll('#rows > .row[id^=t]')].map(row => row.id)"
COLLECT = """
window.seen = new Set();
document.addEventListener('htmx:after:swap', () => {
  const matching = document.querySelector('#news').dataset.matching || '{}';
  for (const key of Object.keys(JSON.parse(matching))) window.seen.add(key);
});
"""


def test_an_update_keeps_the_node_and_the_focus(desk: Page, colleague: Staff) -> None:
    number = first_number(desk)
    title = desk.locator(f"#t{number} .row-title")
    title.focus()
    desk.evaluate(REMEMBER, f"#t{number}")
    desk.evaluate(COLLECT)
    colleague.note(number)
    desk.wait_for_function("key => window.seen.has(key)", arg=f"t{number}")
    assert desk.evaluate(IS_SAME, f"#t{number}")
    expect(title).to_be_focused()


def test_a_burst_of_events_changes_every_row_with_few_requests(desk: Page, colleague: Staff) -> None:
    asked: list[str] = []
    desk.on("request", lambda r: asked.append(r.url) if "/queue/rows" in r.url else None)
    keys = desk.evaluate(ROWS)
    desk.evaluate(COLLECT)
    for key in keys:
        colleague.note(int(key[1:]))
    desk.wait_for_function("keys => keys.every(key => window.seen.has(key))", arg=keys)
    assert len(asked) <= len(keys)


def test_eight_tabs_share_one_stream_and_another_takes_over(desk: Page, colleague: Staff) -> None:
    streams: list[str] = []
    tabs = [desk]
    for _ in range(7):
        tab = desk.context.new_page()
        tab.on("request", lambda r: streams.append(r.url) if r.url.endswith("/live") else None)
        tab.goto("/queue")
        live(tab)
        tab.evaluate(COLLECT)
        tabs.append(tab)
    assert streams == []
    number = first_number(tabs[3])
    colleague.note(number)
    for tab in tabs[1:]:
        tab.wait_for_function("key => window.seen.has(key)", arg=f"t{number}")
    with tabs[1].context.expect_event("response", lambda r: r.url.endswith("/live")):
        tabs[0].close()
    live(tabs[7])
    tabs[7].evaluate("window.seen.clear()")
    colleague.note(number)
    tabs[7].wait_for_function("key => window.seen.has(key)", arg=f"t{number}")


def test_the_countdown_turns_soon_and_late_with_words_and_icon(page: Page) -> None:
    page.add_init_script(DEAF)
    page.clock.install()
    sign_in(page)
    live(page)
    pill = page.locator(".row.is-ok .pill").first
    row = page.locator(".row.is-ok").first.get_attribute("id")
    expect(pill).to_contain_text("时限内")
    page.clock.fast_forward(4 * 86_400_000)
    page.clock.run_for(2000)
    late = page.locator(f"#{row}")
    expect(late).to_have_class(re.compile("is-late"))
    expect(late.locator(".pill")).to_contain_text("已超时")
    expect(late.locator("use[href$='#flame']")).to_have_count(1)


def test_what_is_paused_does_not_tick(page: Page) -> None:
    page.add_init_script(DEAF)
    page.clock.install()
    sign_in(page)
    live(page)
    paused = page.locator(".row.is-paused").first
    before = paused.locator(".pill").inner_text()
    page.clock.fast_forward(2 * 86_400_000)
    page.clock.run_for(2000)
    assert paused.locator(".pill").inner_text() == before


def test_accept_reply_and_note_and_the_resident_reads_the_reply_only(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：门禁坏了三天")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.locator("[data-key=accept]").click()
    expect(desk.locator(".toast")).to_contain_text("已接单")
    expect(desk.locator("#ticket-head [data-key=accept]")).to_have_count(0)
    desk.fill("#composer-text", "陈先生，我现在就去看。")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message.is-butler .bubble").last).to_have_text("陈先生，我现在就去看。")
    expect(desk.locator("#composer-text")).to_have_value("")
    desk.click("[data-mode=note][aria-pressed]")
    desk.fill("#composer-text", "门禁电源要换")
    desk.click("#composer .is-primary")
    expect(desk.locator(".message.is-note .bubble").last).to_have_text("门禁电源要换")
    texts = [m["text"] for m in resident.http.get("/api/chat/messages?after=0&wait=0").json()["messages"]]
    assert "陈先生，我现在就去看。" in texts
    assert not any("电源要换" in text for text in texts)


def test_the_residents_answer_appears_without_reloading_and_what_is_being_written_stays(
    desk: Page, resident: Person
) -> None:
    number = resident.complain("我要投诉：楼道堆满杂物")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.locator("[data-key=accept]").click()
    expect(desk.locator(".toast")).to_be_visible()
    desk.fill("#composer-text", "写到一半")
    resident.say("杂物是602的")
    expect(desk.locator(".message.is-resident .bubble").last).to_have_text("杂物是602的")
    expect(desk.locator("#composer-text")).to_have_value("写到一半")


def test_a_form_that_is_wrong_shows_the_sentence_at_the_field_and_keeps_what_was_typed(
    desk: Page, resident: Person
) -> None:
    number = resident.complain("我要投诉：垃圾没人收")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.locator("[data-opens=dialog-classify]").click()
    dialog = desk.locator("#dialog-classify")
    expect(dialog).to_be_visible()
    dialog.locator("[name=class][value=to_improve]").check()
    dialog.locator("[name=severity][value=severe]").check()
    desk.evaluate("document.querySelector('#form-classify').noValidate = true")
    dialog.locator(".is-primary").click()
    expect(dialog.locator("#classify-department-error")).to_contain_text("请填写这一项")
    expect(dialog.locator("[name=class][value=to_improve]")).to_be_checked()
    dialog.locator("[name=department]").select_option("cleaning")
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(desk.locator(".toast").last).to_contain_text("分类已保存")
    expect(desk.locator(".facts").filter(has_text="待改进")).to_be_visible()


def test_a_follow_up_begun_in_the_queue_opens_its_form_and_closes_the_ticket(desk: Page) -> None:
    link = desk.locator(".row [data-key=follow_up]").first
    where = link.get_attribute("href")
    link.click()
    dialog = desk.locator("#dialog-follow_up")
    expect(dialog).to_be_visible()
    assert where
    desk.wait_for_function("() => document.querySelector('#dialog-follow_up').matches(':modal')")
    dialog.locator("[name=result][value=satisfied]").check()
    dialog.locator("[name=score]").select_option("5")
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(desk.locator(".toast").last).to_contain_text("回访已保存")
    expect(desk.locator(".state")).to_have_text("已关闭")


def test_the_second_of_two_butlers_is_told_who_was_faster(
    desk: Page, resident: Person, colleague: Staff
) -> None:
    number = resident.complain("我要投诉：健身房器械坏了")
    desk.add_init_script(DEAF)
    desk.goto(f"/tickets/{number}")
    live(desk)
    colleague.act(number, "accept")
    desk.locator("[data-key=accept]").click()
    expect(desk.locator(".notice")).to_contain_text("沈岚")


def test_chinese_for_a_reader_of_english_is_asked_about(desk: Page, server: ServerProcess) -> None:
    with Person(server.url, "DEMO-TENANT", "en") as tenant:
        number = tenant.complain("I want to complain: the gym has been closed for a week")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.fill("#composer-text", "您好")
    expect(desk.locator(".live-warning")).to_be_visible()
    desk.click("#composer .is-primary")
    expect(desk.locator("#composer [name=sure]")).to_be_visible()
    desk.click("#composer [name=sure]")
    expect(desk.locator(".message.is-butler .bubble").last).to_have_text("您好")


def test_a_draft_survives_leaving_the_page(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：停车位被占")
    desk.goto(f"/tickets/{number}")
    with desk.expect_response(lambda r: r.url.endswith("/draft")):
        desk.fill("#composer-text", "还没写完")
    desk.goto("/queue")
    desk.goto(f"/tickets/{number}")
    expect(desk.locator("#composer-text")).to_have_value("还没写完")


def test_a_phone_call_becomes_a_ticket_in_a_few_keys(desk: Page) -> None:
    desk.locator("body").press("n")
    desk.locator("body").press("t")
    expect(desk.locator("#q")).to_be_focused()
    desk.keyboard.type("3-2-1501")
    expect(desk.locator("#found [name=q]")).to_have_value("3-2-1501")
    desk.locator(".found-row").first.click()
    desk.fill("[name=words]", "客厅灯不亮")
    desk.locator("[name=kind]").first.check()
    desk.click("#intake .is-primary")
    expect(desk.locator(".talk-words")).to_contain_text("客厅灯不亮")


def test_accepting_by_key_leaves_the_keys_in_the_list(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：信箱被撬了")
    button = desk.locator(f"#t{number} [data-key=accept]")
    expect(button).to_be_visible()
    desk.locator("body").press("j")
    button.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(f"#t{number} a[data-key]")).to_be_focused()


def test_single_keys_walk_the_list_and_are_off_while_typing(desk: Page) -> None:
    body = desk.locator("body")
    body.press("j")
    expect(desk.locator(".row-title").first).to_be_focused()
    body.press("j")
    expect(desk.locator(".row-title").nth(1)).to_be_focused()
    body.press("k")
    expect(desk.locator(".row-title").first).to_be_focused()
    body.press("?")
    expect(desk.locator("#help")).to_be_visible()
    desk.keyboard.press("Escape")
    body.press("/")
    expect(desk.locator("#search")).to_be_focused()
    desk.keyboard.type("j?n")
    expect(desk.locator("#search")).to_have_value("j?n")
    expect(desk.locator("#help")).to_be_hidden()


def test_enter_accepts_a_pinyin_candidate_and_sends_nothing(desk: Page) -> None:
    desk.goto(f"/tickets/{first_number(desk)}")
    live(desk)
    count = desk.locator(".message").count()
    desk.locator("#composer-text").focus()
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    desk.keyboard.press("Control+Enter")
    assert desk.locator(".message").count() == count
    cdp.send("Input.insertText", {"text": "你好"})
    expect(desk.locator("#composer-text")).to_have_value("你好")


def test_filters_live_in_the_address_and_back_restores_them(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：垃圾桶满了没人清")  # so that the filtered list is never empty
    expect(desk.locator(f"#t{number}")).to_be_visible()
    desk.locator(".chip.is-ok").click()
    expect(desk).to_have_url(re.compile("state=ok"))
    desk.locator(".row-title").first.click()
    expect(desk.locator("#talk")).to_be_visible()
    desk.go_back()
    expect(desk.locator(".chip.is-ok")).to_have_attribute("aria-current", "true")


def test_the_demo_clock_moves_promises_on(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：噪音扰民")
    expect(desk.locator(f"#t{number}")).to_be_visible()
    desk.click(".demo")
    desk.locator("#demo-menu button", has_text="+1小时").click()
    expect(desk.locator(f"#t{number}")).to_have_class(re.compile("is-late"))
    expect(desk).to_have_title(re.compile(r"^\(\d+\) "))


def test_a_page_without_locks_asks_twice_a_minute(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    page.clock.install()
    sign_in(page)
    live(page)
    with page.expect_response(lambda r: "/queue" in r.url and r.request.resource_type in ("fetch", "xhr")):
        page.clock.run_for(31_000)


def test_chinese_is_set_in_a_chinese_font(desk: Page) -> None:
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("DOM.enable")
    cdp.send("CSS.enable")
    root = cdp.send("DOM.getDocument")["root"]["nodeId"]
    node = cdp.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    fonts = [f["familyName"] for f in cdp.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]]
    assert any("CJK" in name for name in fonts), fonts


@pytest.mark.parametrize(("path", "budget"), [("/queue", QUEUE_BUDGET), ("ticket", TICKET_BUDGET)])
def test_a_first_visit_stays_within_its_weight(desk: Page, path: str, budget: int) -> None:
    address = path if path.startswith("/") else f"/tickets/{first_number(desk)}"
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("Network.enable")
    cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    cdp.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    desk.goto(address)
    live(desk)
    assert sum(sizes) <= budget, sum(sizes)


def pages_of(page: Page) -> dict[str, str]:
    """Every page by name; a complaint and its dialogs among them."""
    number = first_number(page)
    return {
        "queue": "/queue",
        "empty": "/queue?queue=team&q=zzz",
        "ticket": f"/tickets/{number}",
        "form": f"/tickets/{number}?do=follow_up",
        "new": "/new?q=3-2",
        "alerts": "/alerts",
        "login": "/login",
        "error": "/tickets/999999",
    }


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
            page.evaluate(
                """([name, value]) => fetch('/' + name, { method: 'POST', redirect: 'manual',
                  headers: { 'X-CSRF': document.querySelector('meta[name=csrf]').content },
                  body: new URLSearchParams({ [name]: value, back: '/queue' }) })""",
                [name, value],
            )
        page.goto("/queue?queue=team")
        return page

    yield window
    for context in opened:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(
    room: Any, axe: str, language: str, theme: str, width: int, pytestconfig: pytest.Config
) -> None:
    page = room(width, language, theme)
    shots = pytestconfig.getoption("--shots", default="")
    found = []
    for name, path in pages_of(page).items():
        page.goto(path)
        page.evaluate(axe)
        result = page.evaluate("rules => axe.run(document, { runOnly: rules })", RULES)
        assert len(result["passes"]) > 10, "axe must have looked"
        found += [
            (name, one["id"], node["html"][:160]) for one in result["violations"] for node in one["nodes"][:3]
        ]
        if shots:
            Path(shots).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(shots) / f"{name}-{language}-{theme}-{width}.png")
    assert found == []


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_scrolls_sideways_and_no_badge_is_cut_off(room: Any, language: str, width: int) -> None:
    page = room(width, language, "light")
    for name, path in pages_of(page).items():
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert page.evaluate(HIDDEN_BADGES) == [], name


@pytest.mark.parametrize("path", ["/queue?queue=team", "ticket"])
def test_targets_on_a_phone_are_large_enough(room: Any, path: str) -> None:
    page = room(390, "zh", "light")
    page.goto(path if path.startswith("/") else f"/tickets/{first_number(page)}")
    small = page.evaluate(
        """[...document.querySelectorAll('button, .button, .tabs a, .chip, .bottom a, summary')].filter(e => {
          const r = e.getBoundingClientRect();
          return r.width && !e.closest('.explain') && !e.classList.contains('skip') && r.height < 43.5 })
          .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of this test's own, which it may stop and start."""
    process = ServerProcess(tmp_path, f"sqlite:///{tmp_path / 'guanjia.sqlite'}")
    process.start()
    yield process
    process.stop()


def test_the_server_stops_with_a_stream_open_and_the_page_looks_again_after_a_restart(
    browser: Browser, browser_context_args: dict[str, Any], own_server: ServerProcess
) -> None:
    context = browser.new_context(**{**browser_context_args, "base_url": own_server.url})
    page = context.new_page()
    sign_in(page)
    live(page)
    began = time.monotonic()
    own_server.stop()
    assert time.monotonic() - began < 3
    expect(page.locator("body")).to_have_attribute("data-live", "0")
    own_server.start()
    with Person(own_server.url) as person:
        number = person.complain("我要投诉：断网期间也要看得到")
    expect(page.locator(f"#t{number}")).to_be_visible(timeout=20_000)
    context.close()


def test_the_watch_over_every_page_notices_what_comes_from_elsewhere(context: BrowserContext) -> None:
    page = context.new_page()
    bad = watch(page)
    page.goto("/login")
    page.evaluate("fetch('https://example.com/x.js').catch(() => 0)")
    assert any("example.com" in one for one in bad)
