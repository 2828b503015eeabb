"""The staff doors over HTTP: sign in, the Bearer header, sign out, whose address it was."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from backend.clock import HandClock
from backend.db import Database
from backend.errors import Refusal
from backend.people import doors, endpoints
from backend.settings import Settings
from backend.vault import Vault
from tests.people.conftest import PASSWORD, House


@pytest.fixture
def app(db: Database, vault: Vault, clock: HandClock, settings: Settings) -> FastAPI:
    app = FastAPI()
    app.state.db, app.state.vault, app.state.clock, app.state.settings = db, vault, clock, settings
    app.include_router(endpoints.router)

    @app.exception_handler(Refusal)
    def refuse(request: Request, refusal: Refusal) -> JSONResponse:
        return JSONResponse(refusal.problem("en"), refusal.status)

    @app.get("/whoami")
    def whoami(request: Request) -> str:
        return doors.bearer_viewer(request).username

    @app.get("/address")
    def address(request: Request) -> str:
        return doors.caller_address(request)

    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, client=("192.0.2.9", 1234)) as client:
        yield client


def test_a_login_gives_a_token_that_opens_the_api_until_it_is_given_back(
    client: TestClient, house: House
) -> None:
    answer = client.post("/api/staff/login", json={"username": "butler", "password": PASSWORD})
    assert answer.status_code == 200
    header = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert client.get("/whoami", headers=header).json() == "butler"
    assert client.post("/api/staff/logout", headers=header).status_code == 204
    assert client.get("/whoami", headers=header).status_code == 401


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic abc"},
                                    {"Authorization": "Bearer forged"}])  # fmt: skip
def test_without_a_good_token_the_answer_is_401(
    client: TestClient, house: House, header: dict[str, str]
) -> None:
    assert client.get("/whoami", headers=header).status_code == 401


def test_wrong_logins_are_refused_alike_and_lock_in_the_end(client: TestClient, house: House) -> None:
    body = {"username": "butler", "password": "wrong"}
    for _ in range(10):
        answer = client.post("/api/staff/login", json=body)
        assert answer.status_code == 401
        assert answer.json()["title"] == "Please sign in."
    locked = client.post("/api/staff/login", json={**body, "password": PASSWORD})
    assert locked.status_code == 429


def test_an_invented_forwarded_address_counts_for_nothing_without_a_trusted_proxy(
    client: TestClient, house: House
) -> None:
    headers = {"X-Forwarded-For": "203.0.113.5"}
    assert client.get("/address", headers=headers).json() == "192.0.2.9"


def test_behind_trusted_proxies_the_nearest_other_address_counts(
    app: FastAPI, client: TestClient, house: House, settings: Settings
) -> None:
    app.state.settings = replace(settings, trusted_proxies=("192.0.2.0/24", "10.0.0.1"))
    headers = {"X-Forwarded-For": "203.0.113.66, 203.0.113.5, 10.0.0.1"}
    assert client.get("/address", headers=headers).json() == "203.0.113.5"
    assert client.get("/address").json() == "192.0.2.9"
