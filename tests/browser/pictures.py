"""`make pictures`: the pictures of the README, taken anew in a real browser from a demo estate.

The demo is seeded on a fixed Wednesday morning, so that the same code gives the same pictures on any day.
"""

import io
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx2
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from backend import demo, migrate
from backend.clock import SystemClock
from backend.db import Database
from backend.demo.world import PASSWORD
from backend.models import Installation
from backend.settings import Settings
from intents.loader import load_menu
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.fake_telegram import FakeTelegram
from tests.server import ServerProcess

#: what ServerProcess serves with: the demo's phones are sealed with it
SECRET = "a secret key for tests, never used anywhere else"
FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: the demo's present: a working Wednesday, half past nine
MORNING = datetime(2026, 3, 11, 9, 30, tzinfo=SHANGHAI)
#: a README is read on slow lines too
MOST_BYTES = 200_000
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
#: the page on which the bot is tried without Telegram
TRIAL = {"width": 960, "height": 800}


def seed(url: str, folder: Path) -> None:
    """Fill an empty database with the demo as it stands at MORNING, and set its clock to that."""
    database = Database(url)
    migrate.upgrade(database)
    settings = Settings(url, SECRET, "", folder / "media", argon2_is_cheap=True)
    with database.write() as session:
        demo.seed(session, settings, load_menu(), MORNING)
    ahead = MORNING - SystemClock().real_now()
    with database.write() as session:
        mark = session.query(Installation).one()
        mark.clock_offset_seconds = int(ahead.total_seconds())
    database.close()


class Studio:
    """One browser, one server and a Telegram of our own; every picture is a scene played to its end."""

    def __init__(self, browser: Browser, base: str, folder: Path, fake: FakeTelegram) -> None:
        self.browser = browser
        self.base = base
        self.folder = folder
        self.fake = fake

    def page(self, locale: str, size: dict[str, int]) -> Page:
        is_phone = size == PHONE
        context = self.browser.new_context(
            base_url=self.base, locale=locale, timezone_id="Asia/Shanghai", viewport=size,
            device_scale_factor=2 if is_phone else 1.5, is_mobile=is_phone, has_touch=is_phone,
            reduced_motion="reduce", color_scheme="light",
        )  # fmt: skip
        return context.new_page()

    def take(self, page: Page, name: str) -> None:
        """Save what the page shows, with as many colours as fit the limit."""
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        for colours in (256, 128, 64):
            file = io.BytesIO()
            shot.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
            if file.tell() <= MOST_BYTES:
                break
        (self.folder / f"{name}.png").write_bytes(file.getvalue())

    def chat(self, language: str, invitation: str) -> Page:
        page = self.page("zh-CN" if language == "zh" else "en-GB", PHONE)
        page.goto(f"/chat?lang={language}&invitation={invitation}")
        expect(page.locator("body")).to_have_attribute("data-live", "1")
        return page

    def desk(self, locale: str, size: dict[str, int]) -> Page:
        page = self.page(locale, size)
        page.goto("/login")
        page.locator("form.language button").click()
        wanted = "zh" if locale.startswith("zh") else "en"
        if not str(page.locator("html").get_attribute("lang")).startswith(wanted):
            page.locator("form.language button").click()
        page.fill("#username", "butler")
        page.fill("#password", PASSWORD)
        page.locator("form.card button.is-primary").click()
        page.wait_for_url("**/queue*")
        expect(page.locator(".row").first).to_be_visible()
        return page


def say(page: Page, text: str, answer: str) -> None:
    """Send ``text`` as the resident and wait until the bot's answer contains ``answer``."""
    page.fill("#box", text)
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot", has_text=answer).last).to_be_visible()


def press(page: Page, label: str, answer: str) -> None:
    page.locator(".choice", has_text=label).last.click()
    expect(page.locator(".message.bot", has_text=answer).last).to_be_visible()


def staff(base: str) -> httpx2.Client:
    login = httpx2.post(
        f"{base}/api/staff/login", json={"username": "butler", "password": PASSWORD}, trust_env=False
    )
    return httpx2.Client(
        base_url=base, headers={"Authorization": f"Bearer {login.json()['token']}"}, trust_env=False
    )


def number_of(client: httpx2.Client, item: str) -> int:
    rows = client.get("/api/tickets").json()["items"]
    return int(next(row["number"] for row in rows if row["item"] == item))


def chat_in_chinese(studio: Studio) -> None:
    page = studio.chat("zh", "DEMO-OWNER")
    say(page, "明天下午两点请个阿姨打扫三小时", "家里有人")
    press(page, "家里有人", "跟您确认一下")
    press(page, "对", "#")
    studio.take(page, "chat-zh")


def chat_in_english(studio: Studio) -> None:
    page = studio.chat("en", "DEMO-TENANT")
    say(page, "The kitchen tap is leaking. Could someone come tomorrow afternoon?", "just to confirm")
    expect(page.locator(".message.mine time").last).to_be_visible()
    page.locator("#box").blur()
    studio.take(page, "chat-en")
    press(page, "Correct", "#")
    with staff(studio.base) as butler:
        number = number_of(butler, "value.repair-plumbing.water-fittings")
        butler.post(f"/api/tickets/{number}/accept", json={})
        words = "Good morning Emma. Mr Chen, our plumber, will be with you tomorrow at 14:00."
        butler.post(f"/api/tickets/{number}/reply", json={"text": words})
    expect(page.locator(".message", has_text="our plumber")).to_be_visible()


def queue(studio: Studio) -> None:
    page = studio.desk("en-GB", DESKTOP)
    expect(page.locator("#live")).to_contain_text("Live")
    studio.take(page, "queue")
    with staff(studio.base) as butler:
        number = number_of(butler, "value.repair-plumbing.water-fittings")
    page.goto(f"/tickets/{number}")
    expect(page.locator("#live")).to_contain_text("Live")
    studio.take(page, "ticket")


def queue_on_a_phone(studio: Studio) -> None:
    page = studio.desk("zh-CN", PHONE)
    studio.take(page, "queue-phone")


def telegram(studio: Studio) -> None:
    """The page of `make fake-telegram`: an owner who writes Chinese, and the butler who has answered."""
    person = studio.fake.person("陈建国", "zh-hans")
    page = studio.page("zh-CN", TRIAL)
    page.goto(f"{studio.fake.url}/")
    person.start("DEMO-OWNER")
    person.wait_for("请问是哪方面的事")
    person.write("厨房水龙头漏水，明天上午能来修吗？")
    person.wait_for("跟您确认一下")
    person.tap("对")
    registered = person.wait_for("#1")
    number = int(registered.text.partition("#")[2][:4])
    with staff(studio.base) as butler:
        butler.post(f"/api/tickets/{number}/accept", json={})
        words = "陈先生，李师傅明天上午九点到，请您放心。"
        butler.post(f"/api/tickets/{number}/reply", json={"text": words})
    person.wait_for("请您放心")
    expect(page.locator(".message", has_text="请您放心")).to_be_visible()
    studio.take(page, "telegram")


SCENES: tuple[Callable[[Studio], None], ...] = (
    chat_in_chinese, chat_in_english, queue, queue_on_a_phone, telegram,
)  # fmt: skip


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as play, FakeTelegram() as fake:
        url = f"sqlite:///{place}/guanjia.sqlite"
        seed(url, Path(place))
        fake.skip((MORNING - SystemClock().real_now()).total_seconds())
        bot = {"GUANJIA_TELEGRAM_TOKEN": fake.token, "GUANJIA_TELEGRAM_API_URL": fake.url}
        server = ServerProcess(Path(place), url, extra=bot)
        server.start()
        try:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for scene in SCENES:
                scene(Studio(browser, server.url, folder, fake))
            browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
