"""`make pictures`: the pictures of the documents, taken anew in a real browser from a demo estate.

Scenes are played to their end, for the README; every page of the album is opened in both languages.

The demo is seeded on a fixed Wednesday morning, so that the same code gives the same pictures on any day.
"""

import io
import os
import sys
import tempfile
from datetime import datetime
from http import HTTPStatus
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Error, Page, Playwright, ViewportSize, expect, sync_playwright

from backend import demo, migrate
from backend.clock import SystemClock
from backend.db import Database
from backend.demo.world import PASSWORD
from backend.models import Installation
from backend.settings import Settings
from backend.web.sessions import LANGUAGE
from intents.loader import load_menu
from tests.browser.album import LANGUAGES, MOST_BYTES, SHEETS, Sheet
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.desk import choose
from tests.browser.scenes import SCENES
from tests.fake_telegram import FakeTelegram
from tests.server import ServerProcess

#: what ServerProcess serves with: the demo's phones are sealed with it
SECRET = "a secret key for tests, never used anywhere else"
FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: the demo's present: a working Wednesday, so late that what happened some hours ago was by day
MOMENT = datetime(2026, 3, 11, 15, 30, tzinfo=SHANGHAI)
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
#: how long a page is waited for
PATIENCE_MS = 15_000
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
#: colours of a picture without loss, then the quality of one with it: the sharpest first
COLOURS = (256, 96)
QUALITIES = (80, 65, 50, 35, 25)


def seed(url: str, folder: Path) -> None:
    """Fill an empty database with the demo as it stands at MOMENT, and set its clock to that."""
    database = Database(url)
    migrate.upgrade(database)
    settings = Settings(url, SECRET, "", folder / "media", argon2_is_cheap=True)
    with database.write() as session:
        demo.seed(session, settings, load_menu(), MOMENT)
    ahead = MOMENT - SystemClock().real_now()
    with database.write() as session:
        mark = session.query(Installation).one()
        mark.clock_offset_seconds = int(ahead.total_seconds())
    database.close()


class Studio:
    """One browser, one server and a Telegram of our own; every picture is a scene played to its end."""

    def __init__(self, browsers: dict[str, Browser], base: str, folder: Path, fake: FakeTelegram) -> None:
        self.browsers = browsers
        self.base = base
        self.folder = folder
        self.fake = fake
        self.moment = MOMENT
        self.ticket = 0
        self.trial = ""

    def page(self, locale: str, size: ViewportSize) -> Page:
        is_phone = size == PHONE
        context = self.browsers[locale].new_context(
            base_url=self.base, locale=locale, timezone_id="Asia/Shanghai", viewport=size,
            device_scale_factor=1.5 if is_phone else 1, is_mobile=is_phone, has_touch=is_phone,
            reduced_motion="reduce", color_scheme="light",
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def take(self, page: Page, name: str) -> None:
        """Save what the page shows, as sharp as fits the limit."""
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        (self.folder / f"{name}.webp").write_bytes(written(shot))

    def chat(self, language: str, invitation: str) -> Page:
        page = self.page("zh-CN" if language == "zh" else "en-GB", PHONE)
        page.goto(f"/chat?lang={language}&invitation={invitation}")
        expect(page.locator("body")).to_have_attribute("data-live", "1")
        return page

    def desk(self, language: str, size: ViewportSize, username: str) -> Page:
        """A browser of this language in which ``username`` has signed in, or nobody."""
        page = self.page(LOCALES[language], size)
        page.context.add_cookies([{"name": LANGUAGE, "value": language, "url": self.base}])
        page.goto("/login")
        if username:
            page.fill("#username", username)
            page.fill("#password", PASSWORD)
            page.locator("form.card button.is-primary").click()
            page.wait_for_url(lambda url: "/login" not in url)
            choose(page, "language", language)  # whoever chose one before keeps it at the door
            page.reload()
        return page


def written(shot: Image.Image) -> bytes:
    """A picture as WebP, as sharp as fits the limit."""
    flat = (shot.quantize(colours, dither=Image.Dither.NONE).convert("RGB") for colours in COLOURS)
    ways = [(one, {"lossless": True}) for one in flat] + [(shot, {"quality": one}) for one in QUALITIES]
    for picture, way in ways:
        file = io.BytesIO()
        picture.save(file, "WEBP", method=4, **way)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()


def album(studio: Studio) -> bool:
    """Take every page in both languages. Returns whether all could be taken."""
    lacking = 0
    for language, size, who in product(LANGUAGES, (DESKTOP, PHONE), sorted({sheet.who for sheet in SHEETS})):
        sheets = [sheet for sheet in SHEETS if sheet.who == who and (sheet.is_on_phone or size == DESKTOP)]
        if sheets:
            page = studio.desk(language, size, who)
            mark = f"{'-phone' if size == PHONE else ''}-{language}"
            lacking += sum(not taken(studio, page, sheet, mark) for sheet in sheets)
            page.context.close()
    return lacking == 0


def taken(studio: Studio, page: Page, sheet: Sheet, mark: str) -> bool:
    """Take one page of the album, or say why it could not be taken."""
    try:
        turn_to(page, sheet, sheet.path.format(ticket=studio.ticket, trial=studio.trial))
    except (AssertionError, Error) as fault:
        sys.stderr.write(f"{sheet.name}{mark}: {str(fault).splitlines()[0]}\n")
        return False
    studio.take(page, f"{sheet.name}{mark}")
    return True


def turn_to(page: Page, sheet: Sheet, path: str) -> None:
    """Open the page of a sheet and wait until it is live."""
    answer = page.goto(path)
    if sheet.follow:
        answer = page.goto(str(page.locator(sheet.follow).first.get_attribute("href")))
    status = answer.status if answer else None
    assert status == HTTPStatus.OK, f"{page.url} answers {status}"
    if sheet.press:
        page.locator(sheet.press).first.click()
    expect(page.locator("h1").first).to_be_attached()
    expect(page.locator("body:not([data-live='0'])")).to_be_attached()


def launched(play: Playwright, locale: str) -> Browser:
    """A browser whose own words, such as those of a field for a date, are of this language."""
    words: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": locale.replace("-", "_")}
    return play.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, f"--lang={locale}"], env=words)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as play, FakeTelegram() as fake:
        url = f"sqlite:///{place}/guanjia.sqlite"
        seed(url, Path(place))
        bot = {"GUANJIA_TELEGRAM_TOKEN": fake.token, "GUANJIA_TELEGRAM_API_URL": fake.url}
        server = ServerProcess(Path(place), url, extra=bot)
        server.start()
        try:
            browsers = {locale: launched(play, locale) for locale in LOCALES.values()}
            studio = Studio(browsers, server.url, folder, fake)
            for scene in SCENES:
                scene(studio)
            is_whole = album(studio)
            for browser in browsers.values():
                browser.close()
        finally:
            server.stop()
    if not is_whole:
        sys.exit("Some pages could not be taken; they are named above.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
