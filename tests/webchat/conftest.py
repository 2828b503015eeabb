"""The web chat over HTTP: the real application on both databases, the clock moved by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.db import Database
from backend.settings import Settings
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import CHEN_CODE, EMMA_CODE, Cast

_ids = count(1)


@pytest.fixture
def cast(db: Database, clock: HandClock) -> Cast:
    return the_cast.enter(db, clock)


@pytest.fixture
def app(settings: Settings, db: Database, clock: HandClock, cast: Cast) -> FastAPI:
    return create_app(settings, database=db, clock=clock, engine=engine())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@dataclass
class Person:
    """Somebody with the chat open."""

    client: TestClient
    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, **body: Any) -> Any:
        """POST /api/chat/messages; the answer as it came."""
        body.setdefault("client_id", f"c{next(_ids)}")
        return self.client.post("/api/chat/messages", json=body, headers=self.headers)

    def say(self, text: str) -> list[dict[str, Any]]:
        return self._keep(self.post(text=text))

    def press(self, label: str) -> list[dict[str, Any]]:
        return self._keep(self.post(button=self.button(label)))

    def button(self, label: str = "") -> str:
        """The value of the newest button whose label contains this."""
        for message in reversed(self.messages):
            for button in message["buttons"]:
                if label in button["label"]:
                    return str(button["value"])
        raise AssertionError(f"no button {label}")

    def _keep(self, answer: Any) -> list[dict[str, Any]]:
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        self.messages += found
        return found

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(f"/api/chat/{path}", params=params, headers=self.headers)


def open_chat(client: TestClient, **body: Any) -> Person:
    answer = client.post("/api/chat/sessions", json=body)
    assert answer.status_code == 201, answer.text
    return Person(client, answer.json()["token"], answer.json()["messages"])


@pytest.fixture
def chen(client: TestClient) -> Person:
    return open_chat(client, invitation=CHEN_CODE)


@pytest.fixture
def emma(client: TestClient) -> Person:
    return open_chat(client, invitation=EMMA_CODE)


@pytest.fixture
def visitor(client: TestClient) -> Person:
    return open_chat(client, language="en")
