"""Telegram messages to staff leave through the door where the bot fetches what residents get."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.app import create_app
from backend.settings import Settings
from bot.ports import read_parcel
from tests.house.cast import SECRET
from tests.notifier.conftest import Tower
from tests.tickets.office import engine


@pytest.fixture
def bot(tower: Tower, settings: Settings) -> Iterator[TestClient]:
    """The bot, as far as HTTP shows it; the keys are those of the cast."""
    mine = replace(settings, secret_key=SECRET)
    app = create_app(mine, database=tower.db, clock=tower.clock, engine=engine())
    headers = {"Authorization": f"Bearer {settings.service_token}"}
    client = TestClient(app, base_url="https://testserver", headers=headers)
    yield client
    client.close()
    app.state.threads.shutdown(wait=False)


def claim(bot: TestClient, channel: str = "telegram", limit: int = 20) -> list[dict[str, Any]]:
    asked = {"channel": channel, "account": "777", "limit": limit}
    answer = bot.post("/api/outbox/claim", json=asked)
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def ack(bot: TestClient, item: dict[str, Any], outcome: str, **more: Any) -> int:
    return bot.post("/api/outbox/ack", json={"id": item["id"], "outcome": outcome, **more}).status_code


@pytest.fixture
def address(tower: Tower) -> int:
    """The butler's chat, and two alerts handed over for it."""
    made = tower.address(tower.cast.butler, "telegram")
    for number in (1001, 1002):
        tower.alert(tower.cast.butler, ticket=tower.ticket(number))
    tower.round()
    return made


def test_the_bot_is_given_one_parcel_that_it_understands(bot: TestClient, address: int) -> None:
    (item,) = claim(bot)
    parcel = read_parcel(item)
    assert (parcel.chat, parcel.op, parcel.urgent) == (4711, "send", True)
    assert parcel.message.text.startswith("【翠园】有 2 件事等您处理\n#1001")
    assert claim(bot) == []


def test_what_was_sent_is_settled_whole(tower: Tower, bot: TestClient, address: int) -> None:
    (item,) = claim(bot)
    assert ack(bot, item, "sent", remote_id="5") == 204
    assert [one.state for one in tower.deliveries()] == ["sent", "sent"]
    assert ack(bot, item, "retry") == 204  # a late word changes nothing
    assert [one.state for one in tower.deliveries()] == ["sent", "sent"]


def test_what_telegram_refuses_shows_at_the_address(tower: Tower, bot: TestClient, address: int) -> None:
    (item,) = claim(bot)
    ack(bot, item, "dead", reason="chat not found")
    assert [one.state for one in tower.deliveries()] == ["dead", "dead"]
    assert tower.row(address).fault == "telegram"


def test_a_bot_that_died_leaves_it_to_the_next(tower: Tower, bot: TestClient, address: int) -> None:
    (item,) = claim(bot)
    tower.clock.advance(seconds=76)
    (again,) = claim(bot)
    assert again["id"] == item["id"]


def test_what_is_tried_again_waits_as_long_as_telegram_asks(
    tower: Tower, bot: TestClient, address: int
) -> None:
    (item,) = claim(bot)
    ack(bot, item, "retry", retry_after=40)
    tower.clock.advance(seconds=31)
    assert claim(bot) == []
    tower.clock.advance(seconds=18)
    assert len(claim(bot)) == 1


def test_other_channels_are_given_nothing_of_it(bot: TestClient, address: int) -> None:
    assert claim(bot, "wechat") == []


def test_an_ack_of_nothing_is_no_fault(bot: TestClient, tower: Tower) -> None:
    assert ack(bot, {"id": 2**52 + 99}, "sent") == 204
