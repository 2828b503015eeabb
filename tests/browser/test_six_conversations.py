"""Six conversations as they happen: residents in their chat, staff at the dashboard, all windows open.

Nobody reloads a page, and everything is done by writing and clicking. Each ticket must stand in the butler's
open queue, with its clock ticking, right after the message that confirms it to the resident: within a second
where the machine is idle, and the bound here allows for one that drives other browsers meanwhile.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import watch
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

PASSWORD = "guanjia-demo"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
LONGEST = 4000  # milliseconds from the confirming message to the row
#: when each row of a queue and each bot message that names a number came to stand, by the real clock;
#: `ahead` moves the clock that the page itself reads, so that a minute need not be waited for
STOPWATCH = r"""
window.stood = {};
window.ahead = 0;
const real = Date.now;
Date.now = () => real() + window.ahead;
const note = key => { window.stood[key] ??= real() };
new MutationObserver(() => {
  for (const row of document.querySelectorAll('#rows > .row[id^=t]')) note(row.id);
  for (const said of document.querySelectorAll('.message.bot .text')) {
    const number = /#(\d+)/.exec(said.textContent);
    if (number) note(`t${number[1]}`);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
TICKS = """([key, before]) => {
  const now = document.querySelector(`${key} .pill-span`)?.textContent;
  if (now && now !== before) return true;
  window.ahead += 61000;
  return false;
}"""

Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A demo estate of this file's own, because its clock is moved on."""
    folder = tmp_path_factory.mktemp("six")
    process = ServerProcess(folder, f"sqlite:///{folder / 'guanjia.sqlite'}")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def window(browser: Browser, browser_context_args: dict[str, Any], house: ServerProcess) -> Iterator[Opener]:
    """Open windows, each of a person of its own; none may break a rule or be reloaded."""
    opened: list[tuple[BrowserContext, Page, list[str]]] = []

    def open_one(size: dict[str, int], locale: str = "zh-CN") -> Page:
        wanted = {**browser_context_args, "viewport": size, "locale": locale, "base_url": house.url}
        context = browser.new_context(**wanted)
        page = context.new_page()
        opened.append((context, page, watch(page)))
        page.add_init_script(STOPWATCH)
        return page

    yield open_one
    for context, _, _ in opened:
        context.close()
    assert [bad for _, _, bad in opened if bad] == []


def live(page: Page) -> Page:
    expect(page.locator("body")).to_have_attribute("data-live", "1")
    page.evaluate("window.isSame = true")
    return page


@pytest.fixture
def owner(window: Opener) -> Page:
    """The owner of 65, in Chinese, on a phone."""
    page = window(PHONE)
    page.goto("/chat?lang=zh&invitation=DEMO-OWNER")
    return live(page)


@pytest.fixture
def tenant(window: Opener) -> Page:
    """The British tenant, at a desk."""
    page = window(DESKTOP, "en-GB")
    page.goto("/chat?lang=en&invitation=DEMO-TENANT")
    return live(page)


def staff(window: Opener, username: str, size: dict[str, int] = DESKTOP) -> Page:
    page = window(size)
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button.is-wide")
    page.wait_for_url(re.compile("/(queue|jobs|passes)"))
    page.goto("/queue")  # engineers begin at their jobs, guards at the passes
    expect(page.locator("#queue")).to_be_visible()
    return live(page)


@pytest.fixture
def queue(window: Opener) -> Page:
    """The butler's queue, open all the time."""
    return staff(window, "butler")


def said(chat: Page, words: str) -> Locator:
    return chat.locator(".message:not(.mine)", has_text=words).last


def say(chat: Page, text: str, answer: str) -> None:
    chat.fill("#box", text)
    chat.keyboard.press("Enter")
    expect(said(chat, answer)).to_be_visible()


def ask_for(chat: Page, text: str, choice: str, answer: str) -> None:
    """Say ``text``; where the bot would rather be sure what is meant, pick ``choice`` from its offer."""
    chat.fill("#box", text)
    chat.keyboard.press("Enter")
    offered = chat.locator(".choice", has_text=choice)
    expect(offered.last.or_(said(chat, answer))).to_be_visible()
    if offered.count():
        offered.last.click()
    expect(said(chat, answer)).to_be_visible()


def press(chat: Page, label: str, answer: str) -> None:
    chat.locator(".choice", has_text=label).last.click()
    expect(said(chat, answer)).to_be_visible()


def number_in(chat: Page, words: str) -> int:
    """The number in the message that contains ``words``."""
    found = re.search(r"#(\d+)", said(chat, words).locator(".text").inner_text())
    assert found
    return int(found[1])


def stands_at_once(queue: Page, chat: Page, number: int) -> None:
    """The row came by itself right after the message, and its clock runs."""
    key = f"#t{number}"
    row = queue.locator(key)
    expect(row).to_be_visible()
    assert queue.evaluate("window.isSame")
    took = queue.evaluate("key => window.stood[key]", key[1:]) - chat.evaluate(
        "key => window.stood[key]", key[1:]
    )
    assert took <= LONGEST, f"{took:.0f} ms"
    before = row.locator("[data-due] .pill-span").inner_text()
    queue.wait_for_function(TICKS, arg=[key, before], polling=1100)


def open_ticket(window: Opener, queue: Page, number: int) -> Page:
    """Another tab of the same butler, so that the queue stays open."""
    page = queue.context.new_page()
    page.goto(f"/tickets/{number}")
    return live(page)


def accept_in(queue: Page, number: int) -> None:
    queue.locator(f"#t{number} [data-key=accept]").click()
    expect(queue.locator(f"#t{number} [data-key=accept]")).to_have_count(0)


def form(ticket: Page, action: str) -> Locator:
    """Open the form of a quick action by clicking it, under More if it stands there."""
    button = ticket.locator(f"#ticket-head [data-key={action}]")
    if not button.is_visible():
        ticket.locator("[popovertarget=more-actions]").click()
    button.click()
    dialog = ticket.locator(f"#dialog-{action}")
    expect(dialog).to_be_visible()
    return dialog


def send(ticket: Page, dialog: Locator) -> None:
    dialog.locator(".is-primary").click()
    expect(dialog).to_be_hidden()
    expect(ticket.locator(".toast").last).to_be_visible()


def reply(ticket: Page, text: str) -> None:
    ticket.fill("#composer-text", text)
    ticket.keyboard.press("Control+Enter")
    expect(ticket.locator("#composer-text")).to_have_value("")


def unseen(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator("#bell-count").inner_text()) or 0)


def rings(page: Page, before: int) -> None:
    page.wait_for_function(
        "before => Number(document.querySelector('#bell-count').textContent.replace(/\\D/g, '')) > before",
        arg=before,
    )
    assert page.evaluate("window.isSame")


def test_hourly_cleaning_is_booked_in_chinese(owner: Page, queue: Page, window: Opener) -> None:
    say(owner, "明天下午两点请个阿姨打扫三小时", "家里有人")
    press(owner, "家里有人", "跟您确认一下")
    press(owner, "对", "登记好了")
    number = number_in(owner, "登记好了")
    stands_at_once(queue, owner, number)
    accept_in(queue, number)
    expect(said(owner, "林静已经接单")).to_be_visible()
    ticket = open_ticket(window, queue, number)
    send(ticket, form(ticket, "schedule"))
    reply(ticket, "陈先生，阿姨姓周，会准时到。")
    expect(said(owner, "阿姨姓周")).to_be_visible()
    assert owner.evaluate("window.isSame")


def test_the_resident_sees_that_the_butler_is_writing(owner: Page, queue: Page, window: Opener) -> None:
    say(owner, "我要投诉：游泳池的水太凉了", "游泳池的水")
    number = number_in(owner, "游泳池的水")
    expect(queue.locator(f"#t{number}")).to_be_visible()
    ticket = open_ticket(window, queue, number)
    ticket.locator("#composer-text").press_sequentially("陈先生，")
    expect(owner.locator("#typing")).to_contain_text("管家正在输入")
    ticket.fill("#composer-text", "")
    expect(owner.locator("#typing")).to_be_hidden()
    ticket.fill("#composer-text", "陈先生，我去看看水温。")
    expect(owner.locator("#typing")).to_be_visible()
    ticket.keyboard.press("Control+Enter")
    expect(said(owner, "我去看看水温")).to_be_visible()
    expect(owner.locator("#typing")).to_be_hidden()


def test_a_leaking_tap_is_reported_in_english_and_mended(tenant: Page, queue: Page, window: Opener) -> None:
    words = "The kitchen tap is leaking. Could someone come tomorrow afternoon?"
    ask_for(tenant, words, "Tap repair", "just to confirm")
    press(tenant, "Correct", "it is registered")
    number = number_in(tenant, "it is registered")
    stands_at_once(queue, tenant, number)
    accept_in(queue, number)
    ticket = open_ticket(window, queue, number)
    dialog = form(ticket, "assign")
    dialog.locator("[name=user]").select_option(index=0)
    send(ticket, dialog)
    reply(ticket, "Good morning Emma, the plumber brings the right washer.")
    expect(said(tenant, "the right washer")).to_be_visible()
    ticket.locator("[popovertarget=more-actions]").click()
    ticket.locator("[data-key=check_in]").click()
    expect(said(tenant, "is on site")).to_be_visible()
    dialog = form(ticket, "complete")
    dialog.locator("[name=note]").fill("换了垫圈")
    send(ticket, dialog)
    expect(said(tenant, "is done")).to_be_visible()
    dialog = form(ticket, "follow_up")
    dialog.locator("[name=result][value=satisfied]").check()
    send(ticket, dialog)
    expect(ticket.locator(".state")).to_have_text("已关闭")
    assert tenant.evaluate("window.isSame")


def test_not_satisfied_with_a_complaint_opens_the_linked_one(
    owner: Page, queue: Page, window: Opener
) -> None:
    say(owner, "我要投诉：楼道的灯坏了一个星期没人修", "非常抱歉")
    number = number_in(owner, "楼道的灯")
    stands_at_once(queue, owner, number)
    accept_in(queue, number)
    ticket = open_ticket(window, queue, number)
    dialog = form(ticket, "classify")
    dialog.locator("[name=department]").select_option("cleaning")
    send(ticket, dialog)
    dialog = form(ticket, "feedback")
    dialog.locator("[name=text]").fill("陈先生，灯管今天下午换好了，以后每周巡查。")
    send(ticket, dialog)
    expect(said(owner, "每周巡查")).to_be_visible()
    press(owner, "不满意", "新投诉")
    expect(queue.locator("#news-show")).to_contain_text("1条新工单")  # the pointer is still in the list
    queue.keyboard.press(".")
    linked = queue.locator(f"#rows > .row:not(#t{number})", has_text="楼道的灯坏了一个星期")
    expect(linked).to_have_count(1)
    assert owner.evaluate("window.isSame")
    assert queue.evaluate("window.isSame")
    second = open_ticket(window, queue, int(str(linked.get_attribute("id"))[1:]))
    expect(second.locator(f".ticket-meta a[href='/tickets/{number}']")).to_be_visible()


def test_a_question_is_answered(owner: Page, queue: Page, window: Opener) -> None:
    say(owner, "请问租客能不能办停车月卡？", "我帮您问一下")
    number = number_in(owner, "我帮您问一下")
    stands_at_once(queue, owner, number)
    accept_in(queue, number)
    ticket = open_ticket(window, queue, number)
    dialog = form(ticket, "answer")
    dialog.locator("[name=text]").fill("可以办，带上租房合同到前台就行。")
    send(ticket, dialog)
    expect(said(owner, "带上租房合同")).to_be_visible()
    assert owner.evaluate("window.isSame")


def test_a_suggestion_is_decided(tenant: Page, queue: Page, window: Opener) -> None:
    say(tenant, "I suggest putting a bike rack near gate 2", "just to confirm")
    press(tenant, "Correct", "thank you for your suggestion")
    number = number_in(tenant, "thank you for your suggestion")
    stands_at_once(queue, tenant, number)
    accept_in(queue, number)
    ticket = open_ticket(window, queue, number)
    dialog = form(ticket, "decide")
    dialog.locator("[name=adopted][value=yes]").check()
    dialog.locator("[name=reason]").fill("The rack will stand at gate 2 from next month.")
    send(ticket, dialog)
    expect(said(tenant, "The rack will stand at gate 2")).to_be_visible()
    assert tenant.evaluate("window.isSame")


def test_a_smell_of_gas_rings_the_duty_staff(tenant: Page, queue: Page, window: Opener) -> None:
    guard = staff(window, "guard", PHONE)
    before = unseen(guard)
    say(tenant, "There is a rotten egg smell in the kitchen", "Leave now")
    number = number_in(tenant, "The duty team has been alerted")
    stands_at_once(queue, tenant, number)
    rings(guard, before)
    first = queue.locator("#rows > .row").first
    expect(first).to_have_id(f"t{number}")
    accept_in(queue, number)


def test_an_unanswered_one_turns_overdue_and_the_supervisors_bell_counts_it(
    owner: Page, queue: Page, window: Opener
) -> None:
    say(owner, "我要投诉：停车场出口的杆子总是抬不起来", "停车场出口")
    number = number_in(owner, "停车场出口")
    supervisor = staff(window, "supervisor")
    before = unseen(supervisor)
    expect(queue.locator(f"#t{number}")).to_be_visible()
    queue.click(".demo")
    queue.locator("#demo-menu button", has_text="+1小时").click()
    row = queue.locator(f"#t{number}")
    expect(row).to_have_class(re.compile("is-late"))
    expect(row.locator(".pill")).to_contain_text("已超时")
    expect(row.locator(".pill use[href$='#flame']")).to_have_count(1)
    rings(supervisor, before)
    supervisor.click(".bell")
    expect(supervisor.locator("#bell-panel .alert.is-new", has_text=f"#{number}").first).to_be_visible()
