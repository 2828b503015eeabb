"""What is too large, too deep or out of bounds is refused in words, and every answer carries its headers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from backend.db import Database
from backend.errors import TooMany
from backend.web.limits import Limit
from backend.webchat import service
from tests.webchat.conftest import Person

SERVICE = {"Authorization": "Bearer a service token for tests"}


def is_problem(answer: Any, status: int) -> bool:
    body = answer.json()
    return answer.status_code == status == body["status"] and bool(body["title"]) and bool(body["detail"])


def has_headers(answer: Any) -> bool:
    return "default-src 'none'" in answer.headers["content-security-policy"] and (
        answer.headers["x-content-type-options"] == "nosniff"
    )


class TestBodies:
    def test_a_body_of_many_megabytes_is_refused(self, chen: Person) -> None:
        answer = chen.post(text="啊" * 1_000_000)
        assert is_problem(answer, 413)
        assert "请" in answer.json()["detail"]
        assert has_headers(answer)

    def test_a_body_without_a_told_length_too(self, chen: Person) -> None:
        def pieces() -> Iterator[bytes]:
            yield b'{"client_id":"c","text":"'
            for _ in range(40):
                yield b"a" * 65536
            yield b'"}'

        answer = chen.client.post("/api/chat/messages", content=pieces(), headers=chen.headers)
        assert is_problem(answer, 413)

    def test_nothing_of_it_is_stored(self, chen: Person) -> None:
        before = len(chen.get("messages").json()["messages"])
        chen.post(text="a" * 2_000_000)
        assert len(chen.get("messages").json()["messages"]) == before

    @pytest.mark.parametrize("depth", [200, 900, 100_000])
    def test_deep_nesting_is_malformed_and_no_fault(self, chen: Person, depth: int) -> None:
        deep = '{"client_id":"c","text":' + "[" * depth + "]" * depth + "}"
        headers = chen.headers | {"Content-Type": "application/json"}
        answer = chen.client.post("/api/chat/messages", content=deep, headers=headers)
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"].startswith("application/problem+json")


class TestNumbers:
    @pytest.mark.parametrize("after", [2**53, 10**30, -1])
    def test_a_sequence_number_out_of_bounds(self, chen: Person, after: int) -> None:
        assert is_problem(chen.get("messages", after=after), 422)

    @pytest.mark.parametrize(
        "body",
        [
            {"id": 10**30, "outcome": "sent"},
            {"id": 1, "outcome": "retry", "retry_after": 1e300},
            {"id": 1, "outcome": "retry", "retry_after": float("inf")},
        ],
    )
    def test_an_acknowledgement_out_of_bounds(self, client: TestClient, body: dict[str, Any]) -> None:
        sent = json.dumps(body)
        answer = client.post(
            "/api/outbox/ack", content=sent, headers=SERVICE | {"Content-Type": "application/json"}
        )
        assert is_problem(answer, 422)

    @pytest.mark.parametrize(
        "bad", [{"account": "a\x00"}, {"channel": "te\x00"}, {"sent_at": "0001-01-01T00:00:00+14:00"}]
    )
    def test_a_channel_message_that_no_column_can_hold(self, client: TestClient, bad: dict[str, Any]) -> None:
        message = {"channel": "telegram", "chat": "1", "external_id": "1", "text": "你好"} | bad
        answer = client.post("/api/messages", json={"messages": [message]}, headers=SERVICE)
        assert is_problem(answer, 422)


class TestFaults:
    def test_a_fault_is_answered_with_an_id_and_all_headers(
        self, chen: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "read", lambda *_: 1 / 0)
        answer = chen.get("messages")
        assert is_problem(answer, 500)
        assert has_headers(answer)

    def test_a_lost_database_is_a_service_that_is_busy(
        self, chen: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lost(*_: object) -> None:
            raise OperationalError("select 1", {}, Exception("server closed the connection"))

        monkeypatch.setattr(service, "read", lost)
        answer = chen.get("messages")
        assert is_problem(answer, 503)
        assert answer.headers["retry-after"]

    def test_a_wrong_method_on_a_page_is_said_in_words(self, client: TestClient) -> None:
        answer = client.delete("/login", headers={"accept-language": "zh", "sec-fetch-site": "same-origin"})
        assert answer.status_code == 405
        assert "不支持" in answer.text

    def test_who_posts_from_elsewhere_reads_it_in_both_languages(self, client: TestClient) -> None:
        answer = client.post("/login", headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403
        assert "did not come from a page of ours" in answer.text
        assert "网页" in answer.text or "页面" in answer.text


class TestFloods:
    def test_new_chats_from_one_address_have_a_limit(self, app: FastAPI) -> None:
        with TestClient(app, client=("203.0.113.7", 50000)) as client:
            app.state.session_limit = Limit(2)
            answers = [client.post("/api/chat/sessions", json={}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert is_problem(answers[2], 429)
        assert answers[2].headers["retry-after"]

    def test_files_of_one_chat_have_a_limit(self, app: FastAPI, chen: Person) -> None:
        app.state.file_limit = Limit(0)
        files = {"file": ("a.ogg", b"OggS" + b"0" * 20)}
        assert is_problem(chen.client.post("/api/chat/files", files=files, headers=chen.headers), 429)

    def test_a_minute_later_it_goes_on(self) -> None:
        now = [0.0]
        limit = Limit(1, lambda: now[0])
        limit.count("a")
        limit.count("b")
        with pytest.raises(TooMany):
            limit.count("a")
        now[0] = 60.0
        limit.count("a")


class TestInside:
    @pytest.mark.parametrize("path", ["/docs", "/metrics", "/openapi.json"])
    def test_what_a_proxy_passes_on_is_not_from_this_machine(self, client: TestClient, path: str) -> None:
        assert client.get(path).status_code == 200
        passed_on = {"X-Forwarded-For": "203.0.113.9", "Accept": "application/json"}
        assert client.get(path, headers=passed_on, follow_redirects=False).status_code != 200
        assert client.get(path, headers=passed_on | SERVICE).status_code == 200


def test_the_api_page_needs_no_script_and_no_network(client: TestClient) -> None:
    page = client.get("/docs", headers={"accept-language": "zh"})
    assert page.status_code == 200
    assert has_headers(page)
    assert "<script" not in page.text
    assert "http" not in page.text.replace("/static", "")
    for door in (
        "POST /api/chat/messages",
        "POST /api/tickets/{number}/{action}",
        "GET /api/files/{file_id}",
    ):
        assert f"<code>{door}</code>" in page.text
    assert "client_id" in page.text


def test_staff_are_answered_in_their_own_language_unless_they_ask_for_another(
    app: FastAPI, client: TestClient, db: Database, cast: object
) -> None:
    login = {"username": "butler", "password": "eleven blue herons"}
    token = client.post("/api/staff/login", json=login).json()["token"]
    signed = {"Authorization": f"Bearer {token}"}
    client.headers.pop("accept-language", None)
    assert "编号" in client.get("/api/tickets/4711", headers=signed).json()["detail"]
    asked = client.get("/api/tickets/4711", headers=signed | {"Accept-Language": "en"})
    assert "nothing here" in asked.json()["detail"]
