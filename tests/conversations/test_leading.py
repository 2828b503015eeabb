"""One process of a bot leads: the lease of the lead, and whose word about the channel counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.conversations import leading
from backend.db import Database
from backend.messages.schemas import LeadBody
from backend.models import ChannelState
from backend.settings import Settings
from tests.conversations.carrier import Carrier
from tests.conversations.talking import engine

BOT = {"channel": "telegram", "account": "100"}


@pytest.fixture
def house(settings: Settings, db: Database, clock: HandClock) -> Carrier:
    app = create_app(settings, database=db, clock=clock, engine=engine())
    return Carrier(app, TestClient(app, raise_server_exceptions=False), db)


def leads(house: Carrier, holder: str, *, release: bool = False) -> bool:
    answer = house.post("channels/lead", **BOT, holder=holder, release=release)
    assert answer.status_code == 200, answer.text
    found: bool = answer.json()["leads"]
    return found


def tell(house: Carrier, state: str, **fields: str) -> ChannelState:
    assert house.post("channels/status", **BOT, state=state, **fields).status_code == 204
    with house.db.read() as session:
        return session.get_one(ChannelState, ("telegram", "100"))


def test_one_process_leads_for_as_long_as_it_asks_anew(house: Carrier, clock: HandClock) -> None:
    assert leads(house, "a")
    for _ in range(6):
        clock.advance(seconds=10)
        assert leads(house, "a")
        assert not leads(house, "b")


def test_who_stands_by_takes_over_when_the_lease_has_run_out(house: Carrier, clock: HandClock) -> None:
    assert leads(house, "a")
    clock.advance(seconds=29)
    assert not leads(house, "b")
    clock.advance(seconds=1)
    assert leads(house, "b")
    assert not leads(house, "a"), "who was away too long has lost it"


def test_a_lead_that_is_given_back_is_free_at_once(house: Carrier) -> None:
    assert leads(house, "a")
    assert not leads(house, "a", release=True)
    assert leads(house, "b")


def test_nobody_gives_back_what_another_holds(house: Carrier) -> None:
    assert leads(house, "a")
    assert not leads(house, "b", release=True)
    assert not leads(house, "b")


def test_each_bot_has_a_leader_of_its_own(house: Carrier) -> None:
    assert leads(house, "a")
    other = house.post("channels/lead", channel="telegram", account="200", holder="b")
    assert other.json() == {"leads": True}


def test_the_lead_is_for_our_own_processes(house: Carrier) -> None:
    answer = house.client.post("/api/channels/lead", json={**BOT, "holder": "a"})
    assert answer.status_code == 401


def test_of_many_that_ask_at_the_same_moment_one_leads(db: Database, clock: HandClock) -> None:
    def ask(holder: str) -> bool:
        return db.run(partial(leading.lead, LeadBody(**BOT, holder=holder), clock.real_now()))

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(ask, "abcdef")) == 1


def test_who_stands_by_says_nothing_against_the_leader(house: Carrier, clock: HandClock) -> None:
    assert leads(house, "a")
    tell(house, "working", holder="a", name="estate_bot")
    for state in ("standing_by", "unreachable", "refused"):
        assert tell(house, state, holder="b").state == "working"
    clock.advance(minutes=1)
    assert tell(house, "unreachable", holder="b").state == "unreachable", "nobody leads any more"


def test_the_leader_may_say_that_a_stranger_has_the_token(house: Carrier) -> None:
    assert leads(house, "a")
    tell(house, "working", holder="a")
    assert tell(house, "standing_by", holder="a").state == "standing_by"


def test_standing_by_without_a_name_takes_nothing_from_what_works(house: Carrier, clock: HandClock) -> None:
    tell(house, "working")
    assert tell(house, "standing_by").state == "working"
    clock.advance(minutes=2)
    row = tell(house, "standing_by")
    assert row.state == "standing_by"
    assert row.seen_at - row.since_at == timedelta(0)
