"""Telegram on the desk in a real browser: deliveries live, edits, files as they come, photos of a reply."""

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from backend.settings import derive
from tests.browser.desk import Staff, choose, live, sign_in
from tests.browser.looks import FOLDS, faults
from tests.server import ServerProcess

pytestmark = pytest.mark.browser

SECRET = "a secret key for tests, never used anywhere else"
BOT = "1000001"
SERIAL = count(1)


@dataclass
class Carrier:
    """The telegram process as the backend knows it, and one person who writes by it."""

    url: str
    chat: str = field(default_factory=lambda: str(7000 + next(SERIAL)))
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"authorization": f"Bearer {derive(SECRET, 'service-token')}"}
        self.http = httpx2.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30)

    def close(self) -> None:
        self.http.close()

    def hear(self, external: str = "", **values: Any) -> str:
        """Post one message of the person; return what the channel calls it."""
        remote = str(next(SERIAL))
        given = {"channel": "telegram", "account": BOT, "chat": self.chat, "name": "Tom",
                 "external_id": external or f"{self.chat}:{remote}", "remote_id": remote}  # fmt: skip
        body = {"messages": [given | values]}
        self.http.post("/api/messages", json=body).raise_for_status()
        return remote

    def deliver(self, outcome: str = "sent", *, until: str = "", **more: Any) -> str:
        """Settle what waits for the person, everything as sent but the message that has ``until`` in it."""
        while True:
            body = {"channel": "telegram", "account": BOT, "limit": 20, "wait_seconds": 20}
            items = self.http.post("/api/outbox/claim", json=body).raise_for_status().json()["items"]
            assert items, f"nothing with {until!r} was sent"
            for item in items:
                is_last = item["chat"] == self.chat and until in item["message"]["text"]
                remote = str(next(SERIAL))
                said = {"outcome": outcome, **more} if is_last else {"outcome": "sent"}
                ack = {"id": item["id"], "remote_ids": [remote], **said}
                self.http.post("/api/outbox/ack", json=ack).raise_for_status()
                if is_last:
                    return remote

    def fetch(self, data: bytes) -> None:
        """Bring the bytes of the file that the person sent."""
        body = {"channel": "telegram", "account": BOT, "limit": 20, "wait_seconds": 20}
        for item in self.http.post("/api/files/claim", json=body).raise_for_status().json()["items"]:
            files = {"file": ("x", data, "application/octet-stream")}
            self.http.post("/api/files", data={"id": item["id"]}, files=files).raise_for_status()


def picture(colour: str, size: tuple[int, int] = (400, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def tom(server: ServerProcess) -> Iterator[Carrier]:
    with closing(Carrier(server.url)) as carrier:
        yield carrier


@pytest.fixture(scope="module")
def supervisor(server: ServerProcess) -> Iterator[Staff]:
    with Staff(server.url, "supervisor") as staff:
        yield staff


def numbers(staff: Staff) -> set[int]:
    rows = staff.http.get("/api/tickets?queue=team").raise_for_status().json()["items"]
    return {row["number"] for row in rows}


def ticket_of(tom: Carrier, staff: Staff) -> int:
    """Tom asks for a person; return the number of his ticket."""
    before = numbers(staff)
    tom.hear(kind="command", command="human", external=f"{tom.chat}:c", remote_id="1")
    tom.deliver()
    return next(iter(numbers(staff) - before))


@pytest.fixture
def opened(page: Page, tom: Carrier, supervisor: Staff) -> Page:
    """The ticket of somebody who writes by Telegram, open and listening."""
    number = ticket_of(tom, supervisor)
    sign_in(page, "supervisor")
    page.goto(f"/tickets/{number}")
    live(page)
    return page


def reply(page: Page, text: str) -> None:
    page.fill("#composer-text", text)
    page.click("#composer .button.is-primary")
    expect(page.locator(".message.is-butler", has_text=text)).to_be_visible()


def test_a_delivery_is_told_live_and_a_dead_one_can_be_sent_again(opened: Page, tom: Carrier) -> None:
    reply(opened, "我马上看。")
    bubble = opened.locator(".message.is-butler", has_text="我马上看。")
    expect(bubble.locator(".delivery")).to_have_text("发送中")
    tom.deliver("dead", until="我马上看", reason="refused")
    expect(bubble.locator(".delivery")).to_have_text("未送达：Telegram 拒收这条消息")
    bubble.get_by_role("button", name="重新发送").click()
    expect(opened.locator(".toast").last).to_have_text("正在重新发送。")
    tom.deliver(until="我马上看")
    expect(bubble.locator(".delivery")).to_have_text("已送达 Telegram")


def test_somebody_who_blocks_the_bot_is_shown_at_once_and_gone_when_they_write(
    opened: Page, tom: Carrier
) -> None:
    reply(opened, "您在吗？")
    tom.deliver("dead", until="您在吗", reason="blocked")
    expect(opened.locator(".reach")).to_contain_text("在 Telegram 上联系不到Tom（住户已停用机器人）。")
    tom.hear(text="我回来了")
    expect(opened.locator(".reach")).to_have_count(0)


def test_an_edit_appears_and_stays_open_while_the_page_goes_on(opened: Page, tom: Carrier) -> None:
    remote = tom.hear(text="明天两点来修水管")
    expect(opened.locator(".message.is-resident", has_text="明天两点")).to_be_visible()
    tom.hear(kind="edit", text="明天三点来修水管", remote_id=remote, external=f"e:{remote}")
    bubble = opened.locator(".message.is-resident", has_text="明天三点")
    bubble.locator(".earlier summary").click()
    expect(bubble.get_by_text("明天两点来修水管")).to_be_visible()
    tom.hear(text="谢谢")
    expect(opened.locator(".message.is-resident", has_text="谢谢")).to_be_visible()
    expect(bubble.get_by_text("明天两点来修水管")).to_be_visible()


def test_a_photo_is_expected_first_then_it_is_here(opened: Page, tom: Carrier) -> None:
    one = {"remote_id": "file-1", "kind": "photo", "name": "", "content_type": "image/jpeg", "size": 9000}
    tom.hear(attachments=[one])
    expect(opened.locator(".photo.is-expected")).to_have_text("正在取回照片…")
    tom.fetch(picture("teal"))
    expect(opened.locator("a.photo img")).to_be_visible()


def test_a_butler_sends_photos_that_were_looked_at_when_they_were_chosen(
    opened: Page, tom: Carrier, tmp_path: Path
) -> None:
    good, bad = tmp_path / "水管.jpg", tmp_path / "notes.txt"
    good.write_bytes(picture("navy"))
    bad.write_bytes(b"no picture at all")
    opened.fill("#composer-text", "写到一半")
    opened.set_input_files(".photo-add input", [good, bad])
    expect(opened.locator(".photo-chip .photo-name")).to_have_text("水管.jpg")
    expect(opened.locator(".photo-refused")).to_contain_text("这个文件不是能打开的照片，也不是 PDF。")
    expect(opened.locator("#composer-text")).to_have_value("写到一半")
    opened.fill("#composer-text", "")
    opened.click("#composer .button.is-primary")
    expect(opened.locator(".message.is-butler a.photo img")).to_be_visible()
    expect(opened.locator(".photo-chip")).to_have_count(0)


def test_send_waits_for_a_photo_that_is_on_its_way(opened: Page, tmp_path: Path) -> None:
    photo = tmp_path / "meter.jpg"
    photo.write_bytes(picture("olive"))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    opened.route("**/tickets/*/photos", hold)
    opened.fill("#composer-text", "请看水表。")
    opened.set_input_files(".photo-add input", photo)
    expect(opened.locator(".photo-chip.is-waiting")).to_be_visible()
    opened.click("#composer .button.is-primary")
    assert opened.locator(".message.is-butler", has_text="请看水表").count() == 0
    held[0].continue_()
    sent = opened.locator(".message.is-butler", has_text="请看水表")
    expect(sent.locator("a.photo img")).to_be_visible()


def full(tom: Carrier, staff: Staff) -> int:
    """A ticket with one of everything that Telegram brings."""
    number = ticket_of(tom, staff)
    staff.act(number, "accept")
    asked = tom.hear(text="Could somebody look at the tap tomorrow at two? It drips into the cupboard.")
    later = "Could somebody look at the tap tomorrow at three? It drips into the cupboard."
    tom.hear(kind="edit", text=later, remote_id=asked, external=f"e:{asked}")
    staff.act(number, "reply", text="Of course, our plumber comes at three.")
    answer = tom.deliver(until="our plumber comes")
    tom.hear(kind="reaction", reactions=["👍"], remote_id=answer, external=f"r:{answer}")
    tom.hear(text="Thank you, I will be at home.", reply_to=answer)
    kinds = (("photo", "image/jpeg"), ("photo", "image/jpeg"), ("photo", "image/jpeg"))
    for place, (kind, content) in enumerate(kinds):
        tom.hear(album=f"a{tom.chat}", attachments=[
            {"remote_id": f"f{place}", "kind": kind, "content_type": content, "size": 9000}])  # fmt: skip
    tom.fetch(picture("peru"))
    tom.hear(attachments=[{"remote_id": "f9", "kind": "photo", "content_type": "image/jpeg", "size": 90}])
    tom.hear(attachments=[{"remote_id": "v", "kind": "video", "content_type": "video/mp4",
                           "size": 30 * 1024 * 1024}])  # fmt: skip
    tom.hear(kind="location", location={"latitude": 31.2304, "longitude": 121.4737, "title": "East gate"})
    tom.hear(kind="sticker")
    staff.act(number, "reply", text="He is on his way.")
    tom.deliver("dead", until="on his way", reason="blocked")
    report = {"channel": "telegram", "account": BOT, "state": "unreachable"}
    tom.http.post("/api/channels/status", json=report).raise_for_status()
    return number


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path, f"sqlite:///{tmp_path / 'guanjia.sqlite'}")
    process.start()
    yield process
    process.stop()


def test_one_of_everything_is_readable_on_every_screen(
    browser: Browser, browser_context_args: dict[str, Any], own_server: ServerProcess,
    pytestconfig: pytest.Config,
) -> None:  # fmt: skip
    with Staff(own_server.url, "supervisor") as staff, closing(Carrier(own_server.url)) as carrier:
        number = full(carrier, staff)
    shots = pytestconfig.getoption("--shots", default="")
    context = browser.new_context(**{**browser_context_args, "base_url": own_server.url})
    page = context.new_page()
    sign_in(page, "supervisor")
    for language in ("en", "zh"):
        choose(page, "language", language)
        for name, path in (("channel-queue", "/queue?queue=team"), ("channel", f"/tickets/{number}")):
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(path)
            page.evaluate(FOLDS)
            if name == "channel":  # the conversation scrolls, never the page
                assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
            assert faults(page, shot=Path(shots) / f"{name}-{language}" if shots else None) == [], name
    context.close()
