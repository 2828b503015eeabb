"""Machine translation: one interface, a provider over real HTTP, honest words where it is not there."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import select

from backend.models import Message, Translation
from backend.translating.provider import LibreTranslate, NotTranslated, translator_of
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
SAID = {"明天上午十点上门。": "We will come tomorrow at 10 am.", "The tap leaks badly.": "水龙头漏得很厉害。"}


@dataclass
class Provider:
    """A translation server on this machine: what it was asked, and what it answers."""

    url: str = ""
    status: int = 200
    raw: bytes | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def provider() -> Iterator[Provider]:
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.asked.append({"path": self.path, **body})
            text = SAID.get(body["q"], f"<{body['target']}>")
            data = told.raw if told.raw is not None else json.dumps({"translatedText": text}).encode()
            self.send_response(told.status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def translating(office: Office, provider: Provider) -> Office:
    office.app.state.translator = LibreTranslate(provider.url, "a key")
    return office


def message_of(office: Office, author: str) -> Message:
    with office.db.read() as session:
        query = select(Message).where(Message.author == author).order_by(Message.id.desc())
        return session.scalars(query).first()  # type: ignore[return-value]


def say(office: Office, who: str, text: str) -> None:
    body = {"client_id": f"c-{text[:8]}", "text": text}
    answer = office.client.post("/api/chat/messages", json=body, headers=office.chat(who))
    assert answer.status_code == 200, answer.text


def test_the_provider_is_asked_in_its_own_manner(provider: Provider) -> None:
    asking = LibreTranslate(provider.url + "/", "a key").translate("明天上午十点上门。", "zh", "en")
    text = asyncio.run(asking)
    assert text == "We will come tomorrow at 10 am."
    assert provider.asked == [
        {"path": "/translate", "q": "明天上午十点上门。", "source": "zh", "target": "en", "format": "text",
         "api_key": "a key"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "raw", "sentence"),
    [
        (403, b"{}", "refuses our key"),
        (429, b"{}", "is busy"),
        (500, b"", "did not answer"),
        (302, b"", "did not answer"),
        (200, b"not json", "do not understand"),
        (200, b'{"translatedText": ""}', "do not understand"),
        (200, b"[]", "do not understand"),
    ],
)
def test_what_fails_is_said_in_words(provider: Provider, status: int, raw: bytes, sentence: str) -> None:
    provider.status, provider.raw = status, raw
    with pytest.raises(NotTranslated) as refused:
        asyncio.run(LibreTranslate(provider.url).translate("x", "zh", "en"))
    assert sentence in refused.value.worded("en")[1]


def test_a_provider_that_is_away_is_said_in_words() -> None:
    with pytest.raises(NotTranslated):
        asyncio.run(LibreTranslate("http://127.0.0.1:9", seconds=2).translate("x", "zh", "en"))


def test_without_the_setting_there_is_no_translator(office: Office) -> None:
    assert translator_of(office.app.state.settings) is None


def test_a_foreign_message_is_translated_on_demand_and_kept_beside_the_original(
    translating: Office, browse: Browse, provider: Provider
) -> None:
    number = translating.open("repair", "emma", "The tap leaks badly.")
    say(translating, "emma", "The tap leaks badly.")
    desk, key = browse("butler", "zh"), message_of(translating, "resident").id
    path = f"/tickets/{number}/messages/{key}/translation"
    assert f'action="{path}"' in desk.read(f"/tickets/{number}")
    desk.submit(path, {})
    page = desk.read(f"/tickets/{number}")
    assert "机器翻译" in page
    assert "水龙头漏得很厉害。" in page
    assert "The tap leaks badly." in page
    assert message_of(translating, "resident").text == "The tap leaks badly."
    assert "水龙头漏得很厉害" not in str(translating.read("emma"))


def test_a_reply_goes_translated_and_says_so_with_the_original(
    translating: Office, browse: Browse, provider: Provider
) -> None:
    number = translating.open("repair", "emma", "The tap leaks.")
    desk, text = browse("butler", "zh"), "明天上午十点上门。"
    answer = desk.submit(f"/tickets/{number}/reply", {"text": text}, 422)
    assert 'name="translate"' in answer.text
    assert "没有设置翻译服务" not in answer.text
    desk.submit(f"/tickets/{number}/reply", {"text": text, "translate": "1"})
    got = translating.read("emma")[-1]["text"]
    assert got == "We will come tomorrow at 10 am.\n\n(Machine translation. Original: 明天上午十点上门。)"
    with translating.db.read() as session:
        kept = session.scalars(select(Translation)).one()
        assert (kept.text, kept.language) == (text, "zh")


def test_the_reason_in_a_form_goes_translated_as_a_reply_does(
    translating: Office, browse: Browse, provider: Provider
) -> None:
    number = translating.open("repair", "emma", "The tap leaks.")
    desk, fields = browse("butler", "zh"), {"reason": "明天上午十点上门。", "tell": "yes"}
    answer = desk.submit(f"/tickets/{number}/cancel", fields, 422)
    assert 'name="translate"' in answer.text
    assert 'name="sure"' in answer.text
    desk.submit(f"/tickets/{number}/cancel", {**fields, "translate": "1"})
    got = translating.read("emma")[-1]["text"]
    assert "We will come tomorrow at 10 am.\n\n(Machine translation. Original: 明天上午十点上门。)" in got


def test_a_reply_that_cannot_be_translated_stays_in_the_box(
    translating: Office, browse: Browse, provider: Provider
) -> None:
    provider.status = 500
    number = translating.open("repair", "emma", "The tap leaks.")
    desk, fields = browse("butler", "zh"), {"text": "明天上午十点上门。", "translate": "1"}
    answer = desk.submit(f"/tickets/{number}/reply", fields, 502)
    assert "翻译服务没有响应" in answer.text
    assert "明天上午十点上门。" in answer.text
    assert not [m for m in translating.read("emma") if m["author"] == "butler"]


def test_without_a_provider_nothing_is_offered_and_both_are_told(office: Office, browse: Browse) -> None:
    number = office.open("repair", "emma", "The tap leaks.")
    say(office, "emma", "The tap leaks badly.")
    desk = browse("butler", "zh")
    assert "/translation" not in desk.read(f"/tickets/{number}")
    answer = desk.submit(f"/tickets/{number}/reply", {"text": "明天上门。"}, 422)
    assert 'name="translate"' not in answer.text
    assert "这里没有设置翻译服务：按原文发送时，末尾会用住户的语言注明未经翻译。" in answer.text
    desk.submit(f"/tickets/{number}/reply", {"text": "明天上门。", "sure": "1"})
    assert "(Written in Chinese and not translated." in office.read("emma")[-1]["text"]
    key = message_of(office, "resident").id
    desk.submit(f"/tickets/{number}/messages/{key}/translation", {}, 422)


def test_a_message_of_the_estate_next_door_is_not_translated(
    translating: Office, browse: Browse, provider: Provider
) -> None:
    number = translating.open("repair", "emma", "The tap leaks.")
    say(translating, "emma", "The tap leaks badly.")
    key = message_of(translating, "resident").id
    browse("stranger").submit(f"/tickets/{number}/messages/{key}/translation", {}, 404)
    assert provider.asked == []
