"""One message through the whole house: chat → ticket → queue → missed promise → alert → answer → chat.

Everything goes over HTTP, as it does for people; only the clock is moved by hand. ``docs/tour.md`` follows
the same message file by file.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend import scheduler
from backend.clock import HandClock
from backend.db import Database
from backend.models import Alert
from backend.settings import Settings
from tests.house.cast import PASSWORD
from tests.tickets.office import Office, engine, open_office

ORIGIN = "https://testserver"


@dataclass(frozen=True)
class Story:
    """What one person writes, and words that must come back to them."""

    who: str
    asks: str
    details: tuple[str, ...]
    agrees: str
    read_back: str
    promised: str
    taken: str
    on_the_queue: str


STORIES = [
    Story(
        who="chen", asks="明天下午两点请钟点工打扫三个小时", details=("家里有人",), agrees="对",
        read_back="跟您确认一下", promised="#1001", taken="赵敏", on_the_queue="钟点工",
    ),
    Story(
        who="emma", asks="The kitchen tap is leaking, can someone come tomorrow at 3pm?", details=(),
        agrees="yes", read_back="just to confirm", promised="#1001",
        taken="Zhao Min", on_the_queue="3月12日",
    ),
]  # fmt: skip


@pytest.fixture
def office(db: Database, clock: HandClock, settings: Settings) -> Iterator[Office]:
    """The application with its background tasks: the live poller wakes those who wait."""
    opened = open_office(db, clock, settings)
    with opened.client:
        yield opened


def say(office: Office, who: str, text: str) -> list[dict[str, Any]]:
    """Press the button with this label where there is one, else write the text; the replies."""
    office.clock.advance(seconds=20)
    buttons = {b["label"]: b["value"] for m in office.read(who) for b in m["buttons"]}
    sent = {"button": buttons[text]} if text in buttons else {"text": text}
    answer = office.client.post(
        "/api/chat/messages",
        json={"client_id": f"{office.clock.now():%H%M%S}", **sent},
        headers=office.chat(who),
    )
    assert answer.status_code == 200, answer.text
    replies: list[dict[str, Any]] = answer.json()["messages"]
    return replies


def dashboard(office: Office, username: str) -> TestClient:
    """A browser in which this member of staff has signed in."""
    browser = TestClient(office.app, base_url=ORIGIN)
    typed = {"username": username, "password": PASSWORD}
    answer = browser.post("/login", data=typed, headers={"Origin": ORIGIN}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue")
    return browser


def tick(office: Office) -> None:
    """What the ticker does each second, once."""
    media = office.app.state.settings.media_dir
    scheduler.Ticker(scheduler.steps(office.db, office.clock, engine().menu, media)).tick()


def alerts_of(office: Office, user_id: int) -> list[tuple[str, str | None]]:
    with office.db.read() as session:
        rows = session.scalars(select(Alert).where(Alert.user_id == user_id).order_by(Alert.id))
        return [(row.kind, row.clock) for row in rows]


def wait_for_news(office: Office, who: str, after: int) -> list[dict[str, Any]]:
    answer = office.client.get(
        "/api/chat/messages", params={"after": after, "wait": 20}, headers=office.chat(who)
    )
    found: list[dict[str, Any]] = answer.json()["messages"]
    return found


@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story.who))
def test_a_message_becomes_a_promise_that_is_missed_rung_and_kept(office: Office, story: Story) -> None:
    read_back = say(office, story.who, story.asks)
    for detail in story.details:
        read_back = say(office, story.who, detail)
    assert story.read_back in read_back[-1]["text"]
    assert read_back[-1]["ticket"] is None

    confirmed = say(office, story.who, story.agrees)
    assert story.promised in confirmed[-1]["text"]
    assert confirmed[-1]["ticket"]["number"] == 1001
    promise = office.client.get("/api/chat/tickets", headers=office.chat(story.who)).json()[0]["promises"][0]
    assert (promise["clock"], promise["met_at"]) == ("respond", None)

    butler = dashboard(office, "butler")
    page = butler.get("/queue")
    assert page.status_code == 200
    assert 'href="/tickets/1001"' in page.text
    assert story.on_the_queue in butler.get("/tickets/1001").text
    assert dashboard(office, "stranger").get("/tickets/1001").status_code == 404

    office.clock.advance(minutes=6)
    tick(office)
    assert alerts_of(office, office.cast.butler.id) == [("warn", "SLA-01")]
    assert alerts_of(office, office.cast.supervisor.id) == []
    office.clock.advance(minutes=5)
    tick(office)
    tick(office)
    assert alerts_of(office, office.cast.supervisor.id) == [("breach", "SLA-01")]
    supervisor = dashboard(office, "supervisor")
    assert "/tickets/1001" in supervisor.get("/alerts").text
    assert "/tickets/1001" in supervisor.get("/queue").text

    last_seen = office.read(story.who)[-1]["seq"]
    with ThreadPoolExecutor(1) as waiting:
        news = waiting.submit(wait_for_news, office, story.who, last_seen)
        office.do(1001, "accept")
        told = news.result(30)
    assert [m["author"] for m in told] == ["bot"]
    assert story.taken in told[0]["text"]
    assert told[0]["ticket"] == {"number": 1001, "item": told[0]["ticket"]["item"], "state": "open"}

    respond = next(p for p in office.see(1001)["promises"] if p["clock"] == "respond")
    assert respond["met_at"] > respond["breached_at"]
    office.clock.advance(minutes=30)
    tick(office)
    assert ("escalate", "SLA-01") not in alerts_of(office, office.cast.manager.id)
