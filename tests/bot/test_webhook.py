"""The webhook: who knows the secret is heard, what is answered 200 is durable, nothing comes for ever."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.client import Backend
from bot.heartbeat import Health
from bot.webhook import MOST, WebhookApp
from tests.bot.little_backend import TOKEN, LittleBackend, bad_if, until, with_backend
from tests.bot.telegram_json import BOT, DATE, GROUP, TOM, member, message, tap

SECRET = "a-secret-of-the-tests"


class Door:
    """The app called as a server calls it; ``post`` returns status, headers and body."""

    def __init__(self, backend: LittleBackend) -> None:
        self.config = backend.config(mode="webhook", webhook_secret=SECRET)
        self.health = Health(self.config)
        self.app = WebhookApp(self.config, self.health, Backend(self.config))
        self.path = self.config.webhook_path
        self.received = 0

    async def post(self, raw: Any, **values: Any) -> tuple[int, dict[str, str], bytes]:
        body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
        parts = values.get("parts") or [body]
        scope = {
            "type": "http",
            "method": values.get("method", "POST"),
            "path": values.get("path", self.path),
            "root_path": values.get("root_path", ""),
            "headers": self._headers(values),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            part = parts[self.received] if self.received < len(parts) else None
            self.received += 1
            if part is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": part, "more_body": self.received < len(parts)}

        async def send(answer: Any) -> None:
            sent.append(answer)

        self.received = 0
        await self.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, sent[1]["body"]

    @staticmethod
    def _headers(values: dict[str, Any]) -> list[tuple[bytes, bytes]]:
        secret = values.get("secret", SECRET)
        headers = [(b"content-type", b"application/json")]
        if secret is not None:
            headers.append((b"x-telegram-bot-api-secret-token", secret.encode()))
        if "told" in values:
            headers.append((b"content-length", str(values["told"]).encode()))
        return headers


def at_the_door(test: Callable[[LittleBackend, Door], Coroutine[Any, Any, None]]) -> None:
    async def run(backend: LittleBackend) -> None:
        door = Door(backend)
        try:
            await test(backend, door)
        finally:
            await door.app.close()

    with_backend(run)


def test_an_update_is_durable_when_it_is_answered() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        assert (await door.post(message(text="The tap leaks")))[0] == 200
        assert backend.keys == ["5000001:42"]

    at_the_door(test)


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "机密"])
def test_without_the_secret_nothing_is_read_or_stored(secret: str | None) -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        assert (await door.post(message(text="x"), secret=secret))[0] == 403
        assert backend.posts == []
        assert door.received == 0

    at_the_door(test)


def test_an_empty_secret_of_ours_opens_no_door() -> None:
    async def test(backend: LittleBackend) -> None:
        door = Door(backend)
        app = WebhookApp(backend.config(mode="webhook"), door.health, Backend(backend.config()))
        door.app = app
        assert (await door.post(message(text="x"), secret=""))[0] == 403
        await app.close()

    with_backend(test)


def test_only_the_path_of_this_bot_is_a_door() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        for path in ("/telegram/", "/telegram/0123456789abcdef", "/", f"/telegram/{TOKEN}"):
            assert (await door.post(message(text="x"), path=path))[0] == 404
        assert (await door.post(message(text="x"), method="GET"))[0] == 405
        assert backend.posts == []
        assert TOKEN not in door.path

    at_the_door(test)


def test_it_is_found_where_a_framework_has_taken_its_own_part_of_the_path_away() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        inner = door.path.removeprefix("/telegram")
        assert (await door.post(message(text="x"), path=inner, root_path="/telegram"))[0] == 200
        assert (await door.post(message(text="x"), root_path="/telegram"))[0] == 200

    at_the_door(test)


def test_a_body_over_one_megabyte_is_refused_before_it_is_read() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        assert (await door.post(b"{}", told=MOST + 1))[0] == 413
        assert door.received == 0

    at_the_door(test)


def test_a_body_that_does_not_tell_its_length_is_cut_off_at_one_megabyte() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        parts = [b"x" * (MOST // 4)] * 40
        assert (await door.post(b"", parts=parts))[0] == 413
        assert door.received == 5
        assert backend.posts == []

    at_the_door(test)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"update_id": "x"}', b"\xff", b"[" * 100_000])
def test_what_is_no_update_is_a_bad_request(body: bytes) -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        assert (await door.post(body))[0] == 400
        assert backend.posts == []

    at_the_door(test)


def test_a_caller_who_goes_away_in_the_middle_leaves_nothing() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        assert (await door.post(b"", parts=[b'{"update_id": 1', None]))[0] == 400
        assert backend.posts == []

    at_the_door(test)


def test_an_unknown_kind_of_update_is_taken_and_forgotten() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        assert (await door.post({"update_id": 5, "an_update_of_next_year": {"a": 1}}))[0] == 200
        assert backend.posts == []

    at_the_door(test)


def test_an_update_the_library_cannot_read_is_answered_once_and_not_redelivered() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        broken = message(text="x")
        del broken["message"]["date"]
        assert (await door.post(broken))[0] == 200
        assert [(m["external_id"], m["kind"]) for m in backend.stored] == [("5000001:42", "unsupported")]

    at_the_door(test)


def test_a_backend_that_is_away_asks_telegram_to_come_again() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        backend.judge = lambda _messages: 503
        status, headers, _ = await door.post(message(text="x"))
        assert (status, headers["retry-after"]) == (503, "5")
        backend.judge = lambda _messages: 202
        assert (await door.post(message(text="x")))[0] == 200
        assert (await door.post(message(text="x")))[0] == 200
        assert backend.keys == ["5000001:42"]

    at_the_door(test)


def test_poison_is_answered_200_so_that_it_does_not_come_for_ever() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        backend.judge = bad_if("5000001:42")
        assert (await door.post(message(text="poison")))[0] == 200
        assert backend.stored[0]["kind"] == "unsupported"
        backend.judge = lambda _messages: 422
        assert (await door.post(message(text="poison", message_id=43)))[0] == 200

    at_the_door(test)


def test_the_sign_of_a_tap_goes_back_in_the_answer() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        status, headers, body = await door.post(tap("17.0"))
        assert (status, headers["content-type"]) == (200, "application/json")
        expected = {"method": "answerCallbackQuery", "callback_query_id": "4382bfdwdsb323b2d9"}
        assert json.loads(body) == expected
        assert backend.stored[0]["button"] == "17.0"

    at_the_door(test)


@pytest.mark.parametrize(
    ("language", "expected"), [("en-GB", "This button is not yours."), ("zh-hant", "这个按钮不是给您的。")]
)
def test_a_tap_in_a_group_is_answered_in_the_persons_language_and_not_stored(
    language: str, expected: str
) -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        shown = {"message_id": 4, "from": BOT, "chat": GROUP, "date": DATE, "text": "x"}
        person = {**TOM, "language_code": language}
        _, _, body = await door.post(tap(message=shown, **{"from": person}))
        assert json.loads(body)["text"] == expected
        assert backend.posts == []

    at_the_door(test)


def test_a_group_gets_one_sentence_in_both_languages_a_minute() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        door.health.known("guanjia_test_bot")
        _, _, body = await door.post(member("left", "member", chat=GROUP))
        said = json.loads(body)
        assert (said["method"], said["chat_id"]) == ("sendMessage", GROUP["id"])
        assert "我只在私聊里" in said["text"]
        assert "in private only" in said["text"]
        assert "https://t.me/guanjia_test_bot" in said["text"]
        assert (await door.post(message(text="/menu", chat=GROUP)))[2] == b""
        assert backend.posts == []

    at_the_door(test)


def test_it_hears_of_what_is_stored_and_only_of_that() -> None:
    async def test(backend: LittleBackend) -> None:
        heard: list[str] = []
        door = Door(backend)
        door.app = WebhookApp(
            door.config, door.health, Backend(door.config), lambda m: heard.append(m["external_id"])
        )
        backend.judge = lambda _messages: 503
        await door.post(message(text="x"))
        assert heard == []
        backend.judge = lambda _messages: 202
        await door.post(message(text="x"))
        assert heard == ["5000001:42"]
        await door.app.close()

    with_backend(test)


def test_forty_updates_at_once_share_requests() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        backend.gate.clear()
        doors = [Door(backend) for _ in range(40)]
        for other in doors:
            await other.app.close()
            other.app = door.app
        calls = [other.post(message(text="x", message_id=n)) for n, other in enumerate(doors)]
        answers = [asyncio.create_task(call) for call in calls]
        await until(lambda: backend.posts)
        backend.gate.set()
        assert [answer[0] for answer in await asyncio.gather(*answers)] == [200] * 40
        assert len(backend.posts) <= 4
        assert len(backend.stored) == 40

    at_the_door(test)


def test_a_server_that_only_serves_it_starts_and_ends_it() -> None:
    async def test(backend: LittleBackend, door: Door) -> None:
        asked = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        told: list[str] = []

        async def receive() -> dict[str, str]:
            return next(asked)

        async def send(answer: Any) -> None:
            told.append(answer["type"])

        await door.post(message(text="x"))
        await door.app({"type": "lifespan"}, receive, send)
        assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    at_the_door(test)
