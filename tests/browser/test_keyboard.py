"""The single keys of the list of shortcuts: what each of them does, and when none of them does anything."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.desk import Person, Staff, live

pytestmark = pytest.mark.browser

BOX = "#composer-text"
REPAIR = {"item": "common.voice.repair-intake", "channel": "phone", "words": "龙头漏水", "resident_id": 1}
#: a press of “?” where nothing is written, as a browser tells it while something is composed or not
ASK = """isComposing => document.body.dispatchEvent(
  new KeyboardEvent('keydown', { key: '?', isComposing, bubbles: true, cancelable: true }))"""
HELD = "() => document.activeElement.closest('[data-slot]')?.id"


def stand_on(page: Page, number: int) -> None:
    """The keys are in the row of this ticket."""
    page.goto("/queue?state=ok")
    live(page)
    page.locator(f"#t{number} .row-title").focus()


def done(colleague: Staff) -> int:
    """A repair that was done and wants to be followed up."""
    number = int(colleague.http.post("/api/tickets", json=REPAIR).raise_for_status().json()["number"])
    colleague.act(number, "complete", note="换了龙头")
    return number


def hold(page: Page, pattern: str) -> list[Route]:
    """Requests that wait until the test lets the first of them go on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


def titled(page: Page, at: int) -> None:
    expect(page.locator("#rows .row-title").nth(at)).to_be_focused()


class Scenes:
    """What each key does, in the order of a visit: some scenes begin where the one before has led."""

    def __init__(self, page: Page, resident: Person, colleague: Staff) -> None:
        self.page, self.resident, self.colleague = page, resident, colleague
        self.number = resident.complain("我要投诉：门禁刷不开")
        stand_on(page, self.number)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def walk(self) -> None:
        self.page.locator("#rows .row-title").first.focus()
        self.press("j")
        titled(self.page, 1)
        self.press("k")
        titled(self.page, 0)

    def tick(self) -> None:
        box = self.page.locator("#rows > .row input").first
        self.press("x")
        expect(box).to_be_checked()
        self.press("x")
        expect(box).not_to_be_checked()

    def show(self) -> None:
        number = self.resident.complain("我要投诉：路灯不亮")
        expect(self.page.locator("#news-show")).to_be_visible()
        self.press(".")
        expect(self.page.locator(f"#t{number}")).to_be_visible()

    def search(self) -> None:
        self.press("/")
        expect(self.page.locator("#search")).to_be_focused()
        self.page.keyboard.type("a?n.")
        expect(self.page.locator("#search")).to_have_value("a?n.")

    def accept(self) -> None:
        row = self.page.locator(f"#t{self.number}")
        row.locator(".row-title").focus()
        self.press("a")
        expect(self.page.locator(".toast")).to_contain_text("已接单")
        expect(row.locator("[data-key=accept]")).to_have_count(0)

    def open(self) -> None:
        stand_on(self.page, self.number)
        self.press("Enter")
        expect(self.page.locator("#talk")).to_be_visible()
        live(self.page)

    def reply(self) -> None:
        stand_on(self.page, self.number)
        self.press("r")
        expect(self.page.locator(BOX)).to_be_focused()
        expect(self.page.locator("#composer.is-reply")).to_be_visible()
        self.page.keyboard.type("ask a neighbour? n.")
        expect(self.page.locator(BOX)).to_have_value("ask a neighbour? n.")
        expect(self.page.locator("#composer.is-reply")).to_be_visible()
        self.page.fill(BOX, "师傅下午三点到。")

    def send(self) -> None:
        self.press("Control+Enter")
        expect(self.page.locator(".message.is-butler .bubble").last).to_have_text("师傅下午三点到。")

    def note(self) -> None:
        self.page.locator("h1").click()
        self.page.keyboard.type("note")  # the letter after it is the first of the note
        expect(self.page.locator("#composer.is-note")).to_be_visible()
        expect(self.page.locator(BOX)).to_have_value("ote")
        self.page.fill(BOX, "")
        stand_on(self.page, self.number)
        self.press("n")
        expect(self.page.locator(BOX)).to_be_focused()
        expect(self.page.locator("#composer.is-note")).to_be_visible()

    def steps(self) -> None:
        self.page.locator("h1").click()
        self.press("s")
        expect(self.page.locator("#ticket-steps .steps a").first).to_be_focused()

    def follow_up(self) -> None:
        self.page.goto(f"/tickets/{done(self.colleague)}")
        live(self.page)
        self.press("c")
        expect(self.page.locator("#dialog-follow_up:modal")).to_be_visible()
        self.press("a", "Escape")  # over a form, Escape shuts the form and letters do nothing
        expect(self.page.locator("#dialog-follow_up")).to_be_hidden()
        expect(self.page.locator("#talk")).to_be_visible()

    def back(self) -> None:
        for address in (f"/tickets/{self.number}", "/tickets", "/visits", "/homes"):
            self.page.goto(address)
            live(self.page)
            self.press("Escape")
            expect(self.page).to_have_url(re.compile("/queue$"))
            live(self.page)

    def all_tickets(self) -> None:
        self.press("g", "a")
        expect(self.page).to_have_url(re.compile("/tickets$"))
        live(self.page)

    def queue(self) -> None:
        self.press("g", "q")
        expect(self.page.locator("#queue")).to_be_visible()
        live(self.page)

    def new_ticket(self) -> None:
        self.press("n", "t")
        expect(self.page.locator("#intake")).to_be_visible()
        live(self.page)

    def visits(self) -> None:
        self.page.locator("h1").click()  # the form asks for words at once
        self.press("g", "v")
        expect(self.page).to_have_url(re.compile("/visits$"))
        live(self.page)

    def slots(self) -> None:
        self.day = date.fromisoformat(self.page.locator("#visits").get_attribute("data-day") or "")
        self.day += timedelta(days=21 - self.day.weekday())
        for hour in (9, 13):
            made = self.colleague.http.post("/api/tickets", json=REPAIR).raise_for_status().json()
            start, end = (f"{self.day}T{hour + more:02}:00:00+08:00" for more in (0, 1))
            self.colleague.act(made["number"], "schedule", start=start, end=end)
        self.page.goto(f"/visits?day={self.day}")
        live(self.page)
        self.press("j")
        first = self.page.evaluate(HELD)
        self.press("ArrowDown")
        assert first != self.page.evaluate(HELD)
        self.press("ArrowUp")
        assert first == self.page.evaluate(HELD)

    def move(self) -> None:
        self.press("m")
        expect(self.page.locator("#plan-form")).to_be_visible()
        self.press("Escape")
        expect(self.page.locator("#plan-form")).to_be_hidden()

    def days(self) -> None:
        for key, day in (("ArrowLeft", self.day - timedelta(days=1)), ("ArrowRight", self.day)):
            self.press(key)
            expect(self.page.locator(f"#visits[data-day='{day}']")).to_be_visible()
            live(self.page)

    def help(self) -> list[str]:
        self.press("?")
        expect(self.page.locator("#help")).to_be_visible()
        told = self.page.locator("#help kbd").all_inner_texts()
        self.press("Escape")
        expect(self.page.locator("#help")).to_be_hidden()
        return told


Keys = dict[Callable[[Scenes], object], str]
#: which keys of the list each scene presses: at work on a ticket, and on the way to other pages
AT_WORK: Keys = {
    Scenes.walk: "j k",
    Scenes.tick: "x",
    Scenes.show: ".",
    Scenes.search: "/",
    Scenes.accept: "a",
    Scenes.open: "Enter",
    Scenes.reply: "r",
    Scenes.send: "Ctrl+Enter ⌘+Enter",
    Scenes.note: "n",
    Scenes.steps: "s",
    Scenes.follow_up: "c",
    Scenes.help: "?",
}
ON_THE_WAY: Keys = {
    Scenes.back: "Esc",
    Scenes.all_tickets: "g+a",
    Scenes.queue: "g+q",
    Scenes.new_ticket: "n+t",
    Scenes.visits: "g+v",
    Scenes.slots: "↑ ↓",
    Scenes.move: "m",
    Scenes.days: "← →",
}


@pytest.mark.parametrize("keys", [AT_WORK, ON_THE_WAY], ids=["at work", "on the way"])
def test_every_key_of_the_list_does_what_the_list_says(
    desk: Page, resident: Person, colleague: Staff, keys: Keys
) -> None:
    scenes = Scenes(desk, resident, colleague)
    for scene in keys:
        scene(scenes)
    pressed = " ".join([*AT_WORK.values(), *ON_THE_WAY.values()]).split()
    assert set(scenes.help()) == {key.replace("+", " ") for key in pressed}


def test_no_letter_acts_in_the_composer_nor_while_something_is_composed(desk: Page, resident: Person) -> None:
    number = resident.complain("我要投诉：信箱打不开")
    desk.goto(f"/tickets/{number}")
    live(desk)
    desk.evaluate(ASK, True)
    desk.locator(BOX).click()
    cdp = desk.context.new_cdp_session(desk)
    cdp.send("Input.imeSetComposition", {"text": "a", "selectionStart": 1, "selectionEnd": 1})
    for key in "arncs?g":
        desk.keyboard.press(key)
    cdp.send("Input.imeSetComposition", {"text": "", "selectionStart": 0, "selectionEnd": 0})
    desk.fill(BOX, "")
    desk.keyboard.type("arncs./?gv")
    expect(desk.locator(BOX)).to_have_value("arncs./?gv")
    expect(desk.locator("#composer.is-reply")).to_be_visible()
    expect(desk.locator("#ticket-head [data-key=accept]")).to_be_visible()
    expect(desk.locator("#help")).to_have_count(0)
    desk.locator("h1").click()
    desk.evaluate(ASK, False)
    expect(desk.locator("#help")).to_be_visible()


@pytest.mark.parametrize("way", ["key", "press"])
def test_words_typed_while_the_ticket_is_on_its_way_do_nothing_in_the_list(
    desk: Page, resident: Person, way: str
) -> None:
    stand_on(desk, resident.complain("我要投诉：门铃不响"))
    action = "accept" if way == "key" else "reply"
    row = desk.locator(".row").filter(has=desk.locator(f"[data-key={action}]")).first
    row.locator(".row-title").focus()
    number = (row.get_attribute("id") or "t")[1:]
    asked: list[str] = []
    desk.on("request", lambda one: asked.append(one.url))
    held = hold(desk, f"**/tickets/{number}*")
    with desk.expect_request(f"**/tickets/{number}*"):
        if way == "key":
            desk.keyboard.press("r")
        else:
            row.locator("[data-key=reply]").click(no_wait_after=True)
    desk.keyboard.type("an answer, a call at six? ./")
    desk.unroute(f"**/tickets/{number}*")
    held[0].continue_()
    expect(desk.locator(BOX)).to_be_focused()
    expect(desk.locator("#composer.is-reply")).to_be_visible()
    assert [one for one in asked if re.search("accept|account/keys|mode=note", one)] == []


def test_letters_that_follow_the_key_of_a_form_wait_for_the_form(desk: Page, colleague: Staff) -> None:
    desk.goto(f"/tickets/{done(colleague)}")
    live(desk)
    held = hold(desk, "**/*part=form*")
    desk.keyboard.press("s")
    expect(desk.locator("#ticket-steps .steps a").first).to_be_focused()
    with desk.expect_request("**/*part=form*"):
        desk.keyboard.press("c")
    expect(desk.locator("body")).to_have_attribute("data-hush", "form")
    desk.keyboard.type("gv?")
    held[0].continue_()
    expect(desk.locator("#dialog-follow_up:modal")).to_be_visible()
    expect(desk.locator("#help")).to_have_count(0)
    expect(desk.locator("body[data-hush]")).to_have_count(0)


@pytest.mark.parametrize("part", ["queue", "ticket"])
def test_the_list_of_keys_opens_while_the_pages_own_part_is_on_its_way(
    desk: Page, resident: Person, part: str
) -> None:
    number = resident.complain("我要投诉：水表箱没锁")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.route(f"**/static/{part}.js", hold)
    with desk.expect_request(f"**/static/{part}.js"):
        desk.goto("/queue" if part == "queue" else f"/tickets/{number}", wait_until="commit")
    desk.keyboard.press("?")
    expect(desk.locator("#help")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#help")).to_be_hidden()
    desk.keyboard.press("r" if part == "ticket" else "j")  # waits for what it acts on
    held[0].continue_()
    expect(desk.locator(BOX if part == "ticket" else "#rows > .row .row-title").first).to_be_focused()


def test_a_press_on_reply_lets_a_desk_write_at_once_and_raises_no_keyboard_on_a_phone(
    desk: Page, resident: Person
) -> None:
    number = resident.complain("我要投诉：水表读错了")
    desk.goto(f"/tickets/{number}#composer")
    live(desk)
    expect(desk.locator(BOX)).to_be_focused()
    desk.keyboard.type("写到一半")
    with desk.expect_response("**/draft"):
        desk.keyboard.type("了")
    desk.goto("/queue")
    desk.goto(f"/tickets/{number}#composer")
    live(desk)
    desk.keyboard.type("，续上")  # behind what had been begun
    expect(desk.locator(BOX)).to_have_value("写到一半了，续上")
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.reload()
    live(desk)
    expect(desk.locator(BOX)).not_to_be_focused()
