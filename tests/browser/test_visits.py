"""The calendar of visits in a real browser: drag and form, live slots, keys, phone, weight."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.desk import VISITS_BUDGET, Staff, live, sign_in, weight

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(page: Page) -> Page:
    """The calendar of today, live."""
    sign_in(page)
    page.goto("/visits")
    live(page)
    return page


def day_of(page: Page) -> str:
    return page.locator("#visits").get_attribute("data-day") or ""


def fix(page: Page) -> None:
    """Send the form, with a reason where something speaks against it."""
    expect(page.locator("#plan-form")).to_be_visible()
    if page.locator("#plan-reason").count():
        page.fill("#plan-reason", "已和住户说好")
    page.click("#plan-form .is-primary")


@pytest.fixture
def coming(desk: Page) -> Page:
    """A working day of the week after next, when nothing is over already and nothing is planned."""
    desk.evaluate("""() => {
      const day = new Date(document.getElementById('visits').dataset.day + 'T12:00:00Z');
      day.setUTCDate(day.getUTCDate() + 14 - ((day.getUTCDay() + 6) % 7) + 2);
      location.href = '/visits?day=' + day.toISOString().slice(0, 10);
    }""")
    desk.wait_for_url(re.compile(r"/visits\?day="))
    live(desk)
    return desk


def ticket(colleague: Staff) -> int:
    """A repair that waits for a time."""
    body = {"item": "common.voice.repair-intake", "channel": "phone", "words": "龙头漏水", "resident_id": 1}
    answer = colleague.http.post("/api/tickets", json=body).raise_for_status().json()
    return int(answer["number"])


def drag(page: Page, source: str, lane: str, hour: int) -> None:
    """Pull by the middle of ``source`` to an hour of a lane, as a hand would: in several steps."""
    page.locator(source).hover()
    expect(page.locator("body")).to_have_attribute("data-drag", "1")
    box = page.locator(source).bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 6)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] + 20, steps=3)
    target = page.locator(f"[data-lane='{lane}'] [data-body]").bounding_box()
    mark = page.locator(f".hour[data-label='{hour:02}:00']").bounding_box()
    assert target
    assert mark
    page.mouse.move(target["x"] + target["width"] / 2, mark["y"] + 4, steps=5)


def test_what_waits_is_dragged_into_a_lane_fixed_in_the_form_and_stands_there(
    coming: Page, colleague: Staff
) -> None:
    number = ticket(colleague)
    coming.set_viewport_size({"width": 1280, "height": 1900})  # the whole sheet: nothing scrolls on the way
    expect(coming.locator(f"#w{number}")).to_be_visible()
    lane = coming.locator(".lane[data-lane]").nth(1).get_attribute("data-lane") or ""
    drag(coming, f"#w{number}", lane, 10)
    expect(coming.locator(".is-ghost .slot-time, .is-ghost span").last).to_contain_text("10:00")
    coming.mouse.up()
    expect(coming.locator("#plan-start")).to_have_value("10:00")
    expect(coming.locator("#plan-end")).to_have_value("11:00")
    expect(coming.locator("#plan-person")).to_have_value(lane)
    fix(coming)
    expect(coming.locator(".toast").first).to_contain_text("已告知住户")
    slot = coming.locator(f"#lane-{lane} #v{number}")
    expect(slot).to_contain_text("10:00–11:00")
    expect(coming.locator(f"#w{number}")).to_have_count(0)

    live(coming)
    other = coming.locator(".lane[data-lane]").nth(2).get_attribute("data-lane") or ""
    drag(coming, f"#v{number}", other, 14)
    coming.mouse.up()
    expect(coming.locator("#plan-start")).to_have_value("14:00")
    expect(coming.locator("#plan-end")).to_have_value("15:00")
    coming.keyboard.press("Escape")
    expect(slot).to_contain_text("10:00–11:00")
    drag(coming, f"#v{number}", other, 14)
    coming.mouse.up()
    fix(coming)
    expect(coming.locator(f"#lane-{other} #v{number}")).to_contain_text("14:00–15:00")


def test_a_slot_that_is_held_at_the_foot_of_the_sheet_brings_the_evening(
    coming: Page, colleague: Staff
) -> None:
    number = ticket(colleague)
    coming.set_viewport_size({"width": 1280, "height": 700})
    expect(coming.locator(f"#w{number}")).to_be_visible()
    sheet = coming.locator(".sheet-wrap")
    coming.locator(f"#w{number}").hover(position={"x": 30, "y": 6})  # others may wait above it
    box = sheet.bounding_box()
    assert box
    expect(coming.locator("body")).to_have_attribute("data-drag", "1")
    coming.mouse.down()
    foot = min(box["y"] + box["height"], 700) - 8
    for step in range(80):
        coming.mouse.move(box["x"] + 300 + step % 2, foot)
    assert sheet.evaluate("e => e.scrollTop + e.clientHeight >= e.scrollHeight - 2")
    coming.mouse.up()
    last = coming.locator(".hour").last.get_attribute("data-label") or ""
    expect(coming.locator("#plan-start")).to_have_value(re.compile(rf"^{int(last[:2]) - 1}|^{last[:2]}"))


def test_a_conflict_is_told_while_the_form_is_filled_in_and_wants_a_reason(
    coming: Page, colleague: Staff
) -> None:
    number = ticket(colleague)
    coming.click(f"#w{number} [data-move]")
    coming.fill("#plan-end", "08:00")
    coming.fill("#plan-start", "09:00")
    coming.click("#plan-form .is-primary")
    expect(coming.locator("#plan-form .is-wrong")).to_have_count(1)
    coming.fill("#plan-end", "10:00")
    coming.fill("#plan-start", "21:00")
    coming.press("#plan-start", "Tab")
    expect(coming.locator("#plan-end")).to_have_value("22:00")
    expect(coming.locator("#plan-form .is-wrong")).to_have_count(0)
    expect(coming.locator("#plan-conflicts")).to_contain_text("服务时间外")
    expect(coming.locator("#plan-form .is-primary")).to_contain_text("仍这样安排")
    coming.click("#plan-form .is-primary")
    expect(coming.locator("#plan-reason-error")).to_contain_text("请写明")
    expect(coming.locator("#plan-start")).to_have_value("21:00")
    coming.fill("#plan-start", "11:00")
    coming.fill("#plan-end", "12:00")
    coming.press("#plan-end", "Tab")
    expect(coming.locator("#plan-conflicts")).not_to_contain_text("服务时间外")


def test_slots_of_the_shown_day_follow_a_colleague_and_never_move_under_the_pointer(
    coming: Page, colleague: Staff
) -> None:
    number, day = ticket(colleague), day_of(coming)

    def plan(start: str, end: str) -> None:
        colleague.act(number, "schedule", start=f"{day}T{start}:00+08:00", end=f"{day}T{end}:00+08:00")

    plan("15:00", "16:00")
    slot = coming.locator(f"#v{number}")
    expect(slot).to_contain_text("15:00–16:00")
    slot.hover()
    before = slot.bounding_box()
    plan("16:30", "17:30")
    expect(slot).to_contain_text("16:30–17:30")
    expect(coming.locator("#news-show")).to_be_visible()
    assert slot.bounding_box() == before
    coming.mouse.move(2, 2)
    expect(coming.locator("#news-show")).not_to_be_visible()
    after = slot.bounding_box()
    assert before
    assert after
    assert after["y"] > before["y"] + 50


def test_a_slot_that_turns_late_is_said_once_by_the_clock_and_by_a_live_update(
    coming: Page, colleague: Staff
) -> None:
    number, day = ticket(colleague), day_of(coming)
    colleague.act(number, "schedule", start=f"{day}T15:00:00+08:00", end=f"{day}T16:00:00+08:00")
    slot, told = coming.locator(f"#v{number}"), coming.locator("#announce")
    expect(slot).to_be_visible()
    coming.reload()
    live(coming)
    expect(slot).to_have_class(re.compile("is-ok"))
    assert not told.text_content()
    coming.evaluate(
        "at => document.querySelectorAll(at).forEach((one) => { one.dataset.due = '2020-01-01T00:00:00Z' })",
        f"[data-slot='{number}'] [data-due]",
    )
    expect(slot).to_have_class(re.compile("is-late"))
    expect(told).to_have_text(re.compile(r"^\d+-\d+-\d+ [^\n]+：[^\n]+已超时$"))
    coming.evaluate("document.getElementById('announce').textContent = ''")

    def late(route: Route) -> None:
        route.fulfill(body=own.sub(turned, route.fetch().text()), content_type="text/html")

    def turned(found: re.Match[str]) -> str:
        drawn = re.sub("(pill|slot|visit) is-ok", r"\1 is-late", found[0])
        return re.sub(r'data-due="[^"]+"', 'data-due="2020-01-01T00:00:00Z"', drawn)

    own = re.compile(rf'<(article|li) [^>]*data-slot="{number}".*?</\1>', re.DOTALL)
    coming.reload()
    live(coming)
    expect(slot).to_have_class(re.compile("is-ok"))
    coming.route("**/visits?*part=board*", late)
    colleague.note(number)
    expect(told).to_contain_text(re.compile(r"\d+-\d+-\d+ [^\n]+：[^\n]+已超时"))
    assert (told.text_content() or "").count("\n") == 0, "in its lane and in the list, and said once"
    coming.evaluate("document.getElementById('announce').textContent = ''")
    with coming.expect_response("**/visits?*part=board*"):
        colleague.note(number)
    expect(slot).to_have_class(re.compile("is-late"))
    coming.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert not told.text_content()


def test_keys_step_from_slot_to_slot_and_from_day_to_day(coming: Page, colleague: Staff) -> None:
    day = day_of(coming)
    for hour in (9, 13):
        colleague.act(ticket(colleague), "schedule", start=f"{day}T{hour:02}:00:00+08:00",
                      end=f"{day}T{hour + 1:02}:00:00+08:00")  # fmt: skip
    coming.goto(f"/visits?day={day}")
    live(coming)
    coming.keyboard.press("j")
    first = coming.evaluate("document.activeElement.closest('[data-slot]').id")
    coming.keyboard.press("ArrowDown")
    second = coming.evaluate("document.activeElement.closest('[data-slot]').id")
    assert first != second
    coming.keyboard.press("k")
    assert coming.evaluate("document.activeElement.closest('[data-slot]').id") == first
    coming.keyboard.press("m")
    expect(coming.locator("#plan-form")).to_be_visible()
    coming.keyboard.press("Escape")
    coming.keyboard.press("ArrowRight")
    coming.wait_for_url(lambda url: day not in url)
    assert day_of(coming) > day
    live(coming)
    coming.keyboard.press("g")
    coming.keyboard.press("v")
    coming.wait_for_url("**/visits")


def test_a_press_on_a_free_place_asks_what_to_plan_there(coming: Page, colleague: Staff) -> None:
    number = ticket(colleague)
    lane = coming.locator(".lane[data-lane]").nth(1)
    person = lane.get_attribute("data-lane") or ""
    lane.locator("h2").hover()
    expect(coming.locator("body")).to_have_attribute("data-drag", "1")
    box = lane.locator("[data-body]").bounding_box()
    mark = coming.locator(".hour[data-label='12:00']").bounding_box()
    assert box
    assert mark
    coming.mouse.click(box["x"] + box["width"] / 2, mark["y"] + 8)
    coming.wait_for_url(re.compile(r"/visits/new\?.*start=12%3A00"))
    coming.click(f"#w{number} [data-move]")
    expect(coming.locator("#plan-start")).to_have_value("12:00")
    expect(coming.locator("#plan-person")).to_have_value(person)
    fix(coming)
    coming.wait_for_url(re.compile(rf"/visits\?day=.*#v{number}$"))


@pytest.mark.parametrize(
    ("action", "said", "waits"), [("unschedule", "待另约时间", 1), ("cancel", "已取消", 0)]
)
def test_calling_off_a_visit_or_its_ticket_from_the_calendar_leads_back_to_its_day(
    coming: Page, colleague: Staff, action: str, said: str, waits: int
) -> None:
    number, day = ticket(colleague), day_of(coming)
    colleague.act(number, "schedule", start=f"{day}T15:00:00+08:00", end=f"{day}T16:00:00+08:00")
    coming.click(f"#v{number} [data-move]")
    coming.click(f"#plan-form a[href*='do={action}']")
    if coming.locator(f"#form-{action} [name=reason][required]").count():
        coming.fill(f"#form-{action} [name=reason]", "住户说不用了")
    coming.click(f"#form-{action} .is-primary")
    coming.wait_for_url(f"**/visits?day={day}")
    expect(coming.locator(".toast")).to_contain_text(said)
    expect(coming.locator(f"#v{number}")).to_have_count(0)
    expect(coming.locator(f"#w{number}")).to_have_count(waits)


def test_on_a_phone_the_day_is_an_agenda_to_call_and_navigate_from(room: Any) -> None:
    page = room(390, "zh", "light")
    page.goto("/visits")
    expect(page.locator("#day-sheet")).not_to_be_visible()
    expect(page.locator(".agenda-day")).to_have_count(7)
    expect(page.locator(".agenda-day").nth(1)).to_contain_text("明天")
    visit = page.locator(".visit:has([href^='tel:'])").first
    expect(visit.locator("[href*='uri.amap.com']")).to_be_visible()


def test_a_first_visit_stays_within_its_weight(desk: Page) -> None:
    assert weight(desk, "/visits") <= VISITS_BUDGET


@pytest.mark.parametrize("is_evening", [False, True])
def test_in_the_evening_the_sheet_of_today_opens_where_the_day_is(desk: Page, is_evening: bool) -> None:
    # The page is told another hour, for the server's is the machine's; a night has no line of its own.
    sheet = desk.locator("#day-sheet")
    start, total = sheet.get_attribute("data-start") or "", int(sheet.get_attribute("data-total") or 0)
    quarter = total - 2 if is_evening else 1
    now = (datetime.fromisoformat(start) + quarter * timedelta(minutes=15)).isoformat()

    def tell(route: Route) -> None:
        html = re.sub(r'(data-visits data-now=")[^"]*', rf"\g<1>{now}", route.fetch().text())
        html = re.sub(r'<span class="now-line.*?</span></span>|<span class="now-line[^>]*></span>', "", html)
        html = html.replace("data-body>", 'data-body><span class="now-line" data-now-line hidden></span>')
        route.fulfill(body=html, content_type="text/html")

    desk.route("**/visits", tell)
    desk.goto("/visits")
    live(desk)
    line = desk.locator("[data-now-line]").first
    expect(line).to_have_class(re.compile(rf"at-{quarter}\b"))
    assert (desk.evaluate("document.querySelector('.sheet-wrap').scrollTop") > 0) == is_evening
    if is_evening:
        expect(line).to_be_in_viewport()
    # whose lane it is, at any hour
    expect(desk.locator("[data-lane] .lane-head h2").first).to_be_in_viewport()
