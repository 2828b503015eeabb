"""What happens in the demo before its pictures are taken: people write, colleagues act."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import httpx2
from playwright.sync_api import Page, ViewportSize, expect

from backend.demo.world import PASSWORD
from tests.fake_telegram import FakeTelegram
from tests.households.conftest import workbook

#: the page on which the bot is tried without Telegram
TRIAL: ViewportSize = {"width": 960, "height": 800}
TAP: Final = "value.repair-plumbing.water-fittings"
LIFT: Final = "common.equipment.lift-fault"
REPORTS: Final = (
    ("3-1-0601", "1单元的电梯停在一楼不动了。"),
    ("3-2-1602", "The lift does not move, and I have shopping to carry."),
    ("3-2-2001", "电梯又坏了，家里有老人，上不去楼。"),
)
#: a list of homes as it comes from an office: two new homes, one that lacks its number, a change
LIST: Final = (
    (8, 1, "0101", "林静", "周晓梅", "", "", "", "", ""),
    (8, 1, "0102", "林静", "郑国强", "", "", "", "", ""),
    (8, 1, "大堂", "小林", "何文静", "", "", "", "12", ""),
    (1, 1, "0301", "", "刘淑芬", "刘老师", "", "", "", ""),
)


class Stage(Protocol):
    """What a scene plays on: see ``Studio`` in `tests/browser/pictures.py`."""

    base: str
    fake: FakeTelegram
    moment: datetime
    ticket: int
    trial: str

    def page(self, locale: str, size: ViewportSize) -> Page: ...
    def chat(self, language: str, invitation: str) -> Page: ...
    def desk(self, language: str, size: ViewportSize, username: str) -> Page: ...
    def take(self, page: Page, name: str) -> None: ...


def say(page: Page, text: str, answer: str) -> None:
    """Send ``text`` as the resident and wait until the bot's answer contains ``answer``."""
    page.fill("#box", text)
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot", has_text=answer).last).to_be_visible()


def press(page: Page, label: str, answer: str) -> None:
    page.locator(".choice", has_text=label).last.click()
    expect(page.locator(".message.bot", has_text=answer).last).to_be_visible()


class Staff:
    """A member of staff who works through the API; what is refused ends the run."""

    def __init__(self, stage: Stage, username: str) -> None:
        self._http = httpx2.Client(base_url=stage.base, trust_env=False)
        token = self.post("/api/staff/login", username=username, password=PASSWORD)["token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self._http.post(path, json=body)
        assert answer.is_success, f"{path}: {answer.text}"
        return dict(answer.json())

    def act(self, number: int, action: str, **body: Any) -> None:
        self.post(f"/api/tickets/{number}/{action}", **body)

    def number_of(self, item: str) -> int:
        """The newest ticket of a service."""
        rows = self._http.get("/api/tickets").json()["items"]
        return int(next(row["number"] for row in rows if row["item"] == item))


def at(stage: Stage, days: int, hour: int) -> str:
    """An hour of a day that is ``days`` from the demo's today, as the API reads it."""
    return (stage.moment.replace(hour=hour, minute=0) + timedelta(days=days)).isoformat()


def send_engineer(stage: Stage, number: int, hours: tuple[int, int], words: str) -> None:
    """The butler accepts, gives it to the engineer for tomorrow, and says so."""
    butler = Staff(stage, "butler")
    butler.act(number, "accept")
    butler.act(number, "assign", user="engineer")
    butler.act(number, "schedule", start=at(stage, 1, hours[0]), end=at(stage, 1, hours[1]))
    butler.act(number, "reply", text=words)


def chat_in_chinese(stage: Stage) -> None:
    page = stage.chat("zh", "DEMO-OWNER")
    say(page, "明天下午两点请个阿姨打扫三小时", "家里有人")
    press(page, "家里有人", "跟您确认一下")
    press(page, "对", "#")
    stage.take(page, "chat-zh")


def chat_in_english(stage: Stage) -> None:
    page = stage.chat("en", "DEMO-TENANT")
    say(page, "The kitchen tap is leaking. Could someone come tomorrow afternoon?", "just to confirm")
    expect(page.locator(".message.mine time").last).to_be_visible()
    page.locator("#box").blur()
    stage.take(page, "chat-en")
    press(page, "Correct", "#")
    stage.ticket = Staff(stage, "butler").number_of(TAP)
    words = "Good afternoon Emma. Mr Zhao, our engineer, will be with you tomorrow at 14:00."
    send_engineer(stage, stage.ticket, (14, 16), words)
    expect(page.locator(".message", has_text="our engineer")).to_be_visible()


def telegram(stage: Stage) -> None:
    """The page of `make fake-telegram`: an owner who writes Chinese, and the butler who has answered."""
    person = stage.fake.person("陈建国", "zh-hans")
    page = stage.page("zh-CN", TRIAL)
    page.goto(f"{stage.fake.url}/")
    person.start("DEMO-OWNER")
    person.wait_for("请问是哪方面的事")
    person.write("厨房水龙头漏水，明天上午能来修吗？")
    person.wait_for("跟您确认一下")
    person.tap("对")
    number = int(person.wait_for("#1").text.partition("#")[2][:4])
    send_engineer(stage, number, (9, 11), "陈先生，赵师傅明天上午九点到，请您放心。")
    person.wait_for("请您放心")
    expect(page.locator(".message", has_text="请您放心")).to_be_visible()
    stage.take(page, "telegram-zh")


def bad_news(stage: Stage) -> None:
    """What a page is for that is empty on a good day: a lift that three homes report, and a lost reader."""
    butler = Staff(stage, "butler")
    for home, words in REPORTS:
        butler.post("/api/tickets", item=LIFT, channel="phone", words=words, home=home)
    stage.fake.person("陈建国", "zh-hans").block()


def week(stage: Stage) -> None:
    """A handover that is being prepared; the demo has its rota."""
    Staff(stage, "butler").post("/api/handovers")


def kept_on_record(stage: Stage) -> None:
    """The butler looks up a number, which the audit log remembers."""
    page = stage.desk("en", {"width": 1280, "height": 860}, "butler")
    page.goto("/homes?words=3-2-1501")
    page.locator('main a[href^="/homes/"]').first.click()
    page.get_by_role("button", name="Show").first.click()
    page.context.close()


def trial_import(stage: Stage) -> None:
    """The manager tries a list before it counts: what is new, what changes, what is wrong in which row."""
    page = stage.desk("zh", {"width": 1280, "height": 860}, "manager")
    page.goto("/import")
    page.set_input_files("#import-file", {"name": "名册.xlsx", "mimeType": "", "buffer": workbook(LIST)})
    page.locator("form[action='/import'] button.is-primary").click()
    page.wait_for_url("**/import/*")
    stage.trial = page.url.removeprefix(stage.base)
    page.context.close()


SCENES: Final[tuple[Callable[[Stage], None], ...]] = (
    chat_in_chinese, chat_in_english, telegram, bad_news, week, kept_on_record,
    trial_import,
)  # fmt: skip
