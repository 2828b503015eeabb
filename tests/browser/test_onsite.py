"""Work on site in a real Chromium: a dead zone costs nothing, a finger signs, all pages fit their screen."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect

from backend.demo.world import PASSWORD
from locales import t
from tests.browser.desk import Person, Staff, told
from tests.browser.desk import sign_in as desk_sign_in
from tests.browser.looks import FOLDS, LONG_SAID, PAINTED, UNDER_TOASTS, faults
from tests.browser.test_households import speak
from tests.server import ServerProcess

pytestmark = pytest.mark.browser
OWNER = "154 0000 0113"
REPAIR = "common.voice.repair-intake"
PHONE = {"width": 390, "height": 844}
#: a button comes to lie where the sentence stands, as when rows are laid in
MOVED = """
const list = document.getElementById('passes-live'), button = document.createElement('button');
const { x, y } = document.querySelector('.toast').getBoundingClientRect();
button.className = 'button';
button.textContent = '+';
Object.assign(button.style, { position: 'fixed', left: `${x + 20}px`, top: `${y + 5}px` });
list.append(button);
list.dispatchEvent(new Event('htmx:after:swap', { bubbles: true }));
"""


def picture(width: int = 3000, height: int = 2000) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.fixture(scope="module")
def butler(server: ServerProcess) -> Iterator[Staff]:
    with Staff(server.url, "butler") as staff:
        yield staff


@pytest.fixture(scope="module")
def owner(server: ServerProcess) -> Iterator[Person]:
    with Person(server.url) as person:
        yield person


def given_job(butler: Staff, owner: Person, words: str = "厨房水管漏水，请尽快。") -> int:
    """A repair of the owner's, given to the engineer for the next hours."""
    owner.tickets()
    body = {"item": REPAIR, "words": words, "channel": "phone", "phone": OWNER}
    number = int(butler.http.post("/api/tickets", json=body).raise_for_status().json()["number"])
    for action, more in (
        ("accept", {}),
        ("assign", {"user": "engineer"}),
        ("schedule", window(butler, number)),
    ):
        answer = butler.http.post(f"/api/tickets/{number}/{action}", json=more)
        assert answer.status_code in (200, 409), answer.text
    return number


def window(butler: Staff, number: int) -> dict[str, str]:
    """The half hour after next five minutes, by the clock of the house: another test may have moved it on."""
    ticket = butler.http.get(f"/api/tickets/{number}").raise_for_status().json()
    start = datetime.fromisoformat(ticket["received_at"]) + timedelta(minutes=10)
    return {
        "start": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end": (start + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def sign_in(page: Page, username: str = "engineer") -> None:
    page.goto("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("button.is-wide")
    page.wait_for_url(re.compile(r"/(jobs|queue)"))


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, locale="zh-CN", viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.on("dialog", lambda asked: asked.accept())  # whether it is really done
    sign_in(page)
    yield page
    context.close()


def kept(page: Page) -> None:
    """The pages of this job can be opened without network."""
    expect(page.locator("body")).to_have_attribute("data-kept", "1")


def timeline(butler: Staff, number: int) -> list[str]:
    ticket = butler.http.get(f"/api/tickets/{number}").raise_for_status().json()
    return [event["kind"] for event in ticket["timeline"]]


def test_a_dead_zone_costs_nothing_and_everything_arrives_once(
    phone: Page, butler: Staff, owner: Person
) -> None:
    number = given_job(butler, owner)
    assert phone.url.endswith("/jobs")
    phone.goto(f"/jobs/{number}")
    kept(phone)
    phone.context.set_offline(True)
    phone.goto(f"/jobs/{number}")
    expect(phone.get_by_role("heading", level=1)).to_contain_text(f"#{number}")
    phone.get_by_role("button", name="到了").click()
    expect(phone.locator("#kept-head")).to_have_text("等待发送（1）")
    file: FilePayload = {"name": "leak.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    phone.set_input_files('form[data-kept=photos]:has(input[value="before"]) input[type=file]', file)
    expect(phone.locator("#kept-head")).to_have_text("等待发送（2）")
    expect(phone.get_by_text("尚未记录到场")).to_be_hidden()  # it waits to be sent: the next step is the form
    phone.fill("#actual_items", "换了阀芯")
    phone.get_by_label("材料1").fill("阀芯")
    phone.locator("form[data-kept=complete] button").click()
    expect(phone.locator("#kept-head")).to_have_text("等待发送（3）")
    phone.goto("/jobs")
    expect(phone.locator(f"#t{number}")).to_be_visible()
    expect(phone.locator("[data-kept-list] li")).to_have_count(3)
    assert "checked_in" not in timeline(butler, number)
    phone.context.set_offline(False)
    expect(phone.locator("#kept")).to_be_hidden(timeout=30_000)
    kinds = timeline(butler, number)
    assert [kinds.count(one) for one in ("checked_in", "site_photo", "completed")] == [1, 1, 1]
    assert kinds.index("checked_in") < kinds.index("site_photo") < kinds.index("completed")
    phone.goto(f"/jobs/{number}")
    image = phone.locator("[data-shots=before] img")
    width = image.evaluate("one => one.decode().then(() => one.naturalWidth)")
    assert width == 480
    whole = phone.request.get(image.locator("xpath=..").get_attribute("href") or "")
    assert Image.open(io.BytesIO(whole.body())).width == 2000


def test_a_no_to_whether_it_is_done_sends_nothing_and_keeps_what_was_typed(
    browser: Browser, base_url: str, butler: Staff, owner: Person
) -> None:
    number = given_job(butler, owner)
    context = browser.new_context(base_url=base_url, locale="zh-CN", viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    page.on("dialog", lambda one: (asked.append(one.message), one.dismiss()))
    sign_in(page)
    page.goto(f"/jobs/{number}")
    kept(page)
    expect(page.locator("form[data-kept=complete] .job-go")).to_be_hidden()
    page.get_by_text("但忘了按“到了”？").click()
    expect(page.get_by_text("尚未记录到场")).to_be_visible()
    page.fill("#actual_items", "换了阀芯")
    page.locator("form[data-kept=complete] .job-go").click()
    expect(page.locator("#kept")).to_be_hidden()
    assert [one[:8] for one in asked] == ["确认修好了吗？接"]
    assert "completed" not in timeline(butler, number)
    page.reload()
    expect(page.locator("#actual_items")).to_be_visible()  # what was typed is kept, and seen
    expect(page.locator("#actual_items")).to_have_value("换了阀芯")
    context.close()


def test_an_action_whose_answer_was_lost_is_sent_again_and_done_once(
    phone: Page, butler: Staff, owner: Person
) -> None:
    number = given_job(butler, owner)
    phone.goto(f"/jobs/{number}")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        answer = route.fetch()  # it arrives, and nobody hears of it
        lost.append(str(answer.status))
        route.abort("connectionreset")

    phone.route("**/check_in", lose)
    phone.get_by_role("button", name="到了").click()
    expect(phone.locator("#kept-head")).to_have_text("等待发送（1）")
    phone.get_by_role("button", name="现在发送").click()
    expect(phone.locator("#kept")).to_be_hidden(timeout=30_000)
    assert lost == ["200"]
    assert timeline(butler, number).count("checked_in") == 1


def test_a_conflict_is_told_and_nothing_is_lost(phone: Page, butler: Staff, owner: Person) -> None:
    number = given_job(butler, owner)
    phone.goto(f"/jobs/{number}")
    kept(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="到了").click()
    expect(phone.locator("#kept")).to_be_visible()
    butler.act(number, "schedule", **window(butler, number))
    phone.context.set_offline(False)
    row = phone.locator(".kept-list .is-refused")
    expect(row).to_contain_text("没有被接受", timeout=30_000)
    phone.get_by_role("button", name="仍然发送").click()
    expect(phone.locator("#kept")).to_be_hidden(timeout=30_000)
    assert timeline(butler, number).count("checked_in") == 1


def test_a_finger_signs_and_the_link_confirms(phone: Page, butler: Staff, owner: Person) -> None:
    number = given_job(butler, owner)
    phone.goto(f"/jobs/{number}")
    phone.get_by_role("button", name="到了").click()
    expect(phone.locator("form[data-kept=check_in]")).to_have_count(0)
    phone.locator("form[data-kept=complete] button").click()
    expect(phone.locator("form[data-kept=complete]")).to_have_count(0)
    expect(phone.locator("#sign")).to_be_visible()
    phone.get_by_text("在屏幕上签字").click()
    phone.locator("#draw-name").fill("陈先生")
    phone.get_by_role("button", name="住户已签字").click()
    expect(phone.locator(".toast").last).to_contain_text("请先让住户")
    box = phone.locator("[data-pad]").bounding_box()
    assert box
    phone.mouse.move(box["x"] + 20, box["y"] + 40)
    phone.mouse.down()
    for step in range(8):
        phone.mouse.move(box["x"] + 20 + 25 * step, box["y"] + 40 + 30 * (step % 2))
    phone.mouse.up()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.route("**/signature", hold)
    with phone.expect_request("**/signature"):
        phone.get_by_role("button", name="住户已签字").click()
    form = phone.locator("[data-drawing] form")
    expect(form).to_have_attribute("aria-busy", "true")
    expect(form).to_have_attribute("data-waits", "正在发送")  # not: waits for a network
    expect(phone.locator("#kept")).to_be_hidden()
    expect(phone.get_by_role("button", name="住户已签字")).to_be_disabled()
    held[0].continue_()
    expect(phone.locator(".toast").last).to_be_visible()
    expect(phone.locator(".job-signature")).to_be_visible()
    expect(phone.locator(".job-signed")).to_contain_text("陈先生")
    assert timeline(butler, number).count("signed_off") == 1


def test_kept_pages_go_when_the_door_is_seen_again(phone: Page, butler: Staff, owner: Person) -> None:
    number = given_job(butler, owner)
    phone.goto(f"/jobs/{number}")
    kept(phone)
    names = "caches.keys().then(all => all.filter(one => one.startsWith('jobs-')).length)"
    assert phone.evaluate(names) == 1
    phone.evaluate("document.querySelector('form[action=\"/logout\"]').requestSubmit()")
    phone.wait_for_url("**/login*")
    phone.wait_for_function(f"{names}.then(n => n === 0)")


def test_the_list_hears_of_a_new_job_while_it_is_open(phone: Page, butler: Staff, owner: Person) -> None:
    expect(phone.locator("body")).to_have_attribute("data-live", "1")
    number = given_job(butler, owner)
    expect(phone.locator(f"#t{number}")).to_be_visible()


def arrived(page: Page, number: int) -> None:
    page.goto(f"/jobs/{number}")
    kept(page)
    page.locator("form[data-kept=check_in] button").click()
    expect(page.locator("form[data-kept=check_in]")).to_have_count(0)


def test_a_wrong_price_is_put_right_in_its_form_and_counts_once(
    phone: Page, butler: Staff, owner: Person
) -> None:
    number = given_job(butler, owner)
    arrived(phone, number)
    phone.fill("#actual_items", "换了阀芯")
    phone.fill("[name='material.0']", "阀芯")
    price = phone.locator("[name='price.0']")
    price.fill("三十五")
    done = phone.locator("form[data-kept=complete] .is-primary")
    done.click()
    expect(price).to_be_focused()  # what is no figure is told at its field; nothing waits to be sent
    assert price.evaluate("e => e.validity.patternMismatch")
    expect(phone.locator("#kept")).to_be_hidden()
    price.fill("999999999999")  # a figure, and one that nobody means
    done.click()
    expect(phone.locator(".toast").last).to_contain_text("金额请填数字")
    phone.goto("/jobs")
    phone.get_by_role("button", name="改一下").click()
    expect(phone.locator("#actual_items")).to_have_value("换了阀芯")
    expect(price).to_have_value("999999999999")
    price.fill("35")
    done.click()
    expect(phone.locator("#kept")).to_be_hidden()
    expect(phone.locator("#job-lines")).to_be_visible()
    assert timeline(butler, number).count("completed") == 1


def test_what_waits_for_a_network_is_seen_to_wait(phone: Page, butler: Staff, owner: Person) -> None:
    phone.goto(f"/jobs/{given_job(butler, owner)}")
    kept(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="到了").click()
    expect(phone.locator("form[data-kept=check_in] button")).to_be_disabled()
    expect(phone.locator("form[data-kept=check_in]")).to_have_attribute("data-waits", "等待中")


def test_a_finger_signs_in_english_too(phone: Page, butler: Staff, owner: Person) -> None:
    number = given_job(butler, owner)
    phone.goto(f"/jobs/{number}")  # whatever signing in still leads to is over then
    speak(phone, "en")
    arrived(phone, number)
    phone.fill("#actual_items", "New hose")
    phone.locator("form[data-kept=complete] .is-primary").click()
    expect(phone.locator("#job-lines")).to_be_visible()
    phone.locator("#sign summary", has_text="Signature on this screen").click()
    phone.fill("#draw-name", "Emma Clarke")
    sign = phone.get_by_role("button", name="The resident has signed")
    sign.click()
    expect(phone.locator(".toast").last).to_have_text("Please let the resident sign in the field first.")
    pad = phone.locator("[data-pad]")
    pad.evaluate("one => one.scrollIntoView({ block: 'center' })")  # clear of what is being told
    place = pad.bounding_box()
    assert place
    phone.mouse.move(place["x"] + 30, place["y"] + 40)
    phone.mouse.down()
    phone.mouse.move(place["x"] + 120, place["y"] + 80, steps=5)
    phone.mouse.up()
    sign.click()
    expect(phone.locator(".job-signed")).to_contain_text("Emma Clarke confirmed it")
    speak(phone, "zh")  # the language is the engineer's own, also in the tests that follow


def test_a_wrong_code_is_told_beside_its_field(phone: Page, butler: Staff, owner: Person) -> None:
    number = given_job(butler, owner)
    arrived(phone, number)
    phone.locator("form[data-kept=complete] .is-primary").click()
    phone.locator("#sign summary").first.click()
    phone.locator("form[action$='/ask'] button").click()
    phone.wait_for_url("**#sign")
    phone.fill("#code", "000000")
    phone.fill("#code-name", "陈")
    phone.locator("form[action$='/code'] .is-primary").click()
    expect(phone.locator("#sign [role=alert]")).to_be_visible()
    expect(phone.locator("#code")).to_be_focused()


def finished_with_link(
    butler: Staff, owner: Person, context: BrowserContext, base_url: str
) -> tuple[int, str]:
    """A finished job whose confirmation was asked for, with the path of its link."""
    number = given_job(butler, owner)
    with Staff(base_url, "engineer") as engineer:
        engineer.act(number, "check_in")
        engineer.act(number, "complete", note="换了阀芯")
    page = context.new_page()
    page.goto(f"/jobs/{number}")
    page.locator("#sign summary").first.click()
    page.locator("form[action$='/ask'] button").click()
    expect(page.locator(".job-qr svg")).to_be_visible()
    page.close()
    said = [m["text"] for m in owner.http.get("/api/chat/messages").raise_for_status().json()["messages"]]
    links = [found[0] for text in said if (found := re.search(r"/sign/[\w=-]+", text))]
    return number, links[-1] if links else ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_at_the_gate_what_was_said_lies_on_no_button_though_the_list_moves(page: Page, language: str) -> None:
    desk_sign_in(page, "manager")
    page.set_viewport_size({"width": 1000, "height": 800})
    speak(page, language)
    sentence = t(language, LONG_SAID)
    told(page, sentence)
    page.goto("/passes")
    expect(page.locator(".toast")).to_have_text(sentence)
    assert page.evaluate(UNDER_TOASTS) == []
    # A colleague's visitor moves a button to where the sentence stands.
    page.evaluate(MOVED)
    page.evaluate(PAINTED)
    assert page.evaluate(UNDER_TOASTS) == []
    speak(page, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_accessible_and_fits_its_screen(
    browser: Browser,
    base_url: str,
    language: str,
    request: pytest.FixtureRequest,
    butler: Staff,
    owner: Person,
) -> None:
    shots = request.config.getoption("--shots")
    context = browser.new_context(base_url=base_url, locale="zh-CN" if language == "zh" else "en-GB")
    page = context.new_page()
    sign_in(page)
    speak(page, language)
    fresh = given_job(butler, owner)
    done, link = finished_with_link(butler, owner, context, base_url)
    assert link
    for path in ("/jobs", f"/jobs/{fresh}", f"/jobs/{done}", link):
        page.goto(path)
        page.evaluate(FOLDS)
        name = re.sub(r"\W+", "_", path.strip("/"))[:14]
        assert faults(page, shot=Path(shots) / f"{name}-{language}" if shots else None) == [], path
    context.close()


def test_a_butler_on_a_phone_goes_from_the_ticket_to_its_job_and_sees_light_photos(
    phone: Page, butler: Staff, owner: Person
) -> None:
    number = given_job(butler, owner)
    sent = owner.http.post("/api/chat/files", files={"file": ("IMG.jpg", picture())}).raise_for_status()
    body = {"client_id": f"photo-{number}", "text": "", "files": [sent.json()["id"]]}
    owner.http.post("/api/chat/messages", json=body).raise_for_status()
    phone.context.clear_cookies()
    sign_in(phone, "butler")
    phone.goto(f"/tickets/{number}")
    image = phone.locator(".photo img").last
    room = image.bounding_box()
    expect(image).to_have_js_property("complete", True)
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", 480)
    drawn = image.bounding_box()
    assert room
    assert drawn
    assert drawn["width"] == room["width"]
    assert abs(drawn["height"] - room["height"]) < 1, "nothing jumps"
    way = phone.locator(f".actions a[href^='/jobs/{number}']")
    place = way.bounding_box()
    assert place
    assert place["x"] + place["width"] <= PHONE["width"], "in sight without sideways scroll"
    way.click()
    phone.wait_for_url(re.compile(rf"/jobs/{number}$"))
