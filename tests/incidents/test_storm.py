"""MANNERS §3, scene 2, through the real doors: a storm, one hand, eleven messages, two taps, one ring.

Residents write over the HTTP chat, the butler taps on the pages of the desk, the house goes on by its rounds
and its notifier, each second as it would, and the butlers' group robot is a server of its own.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from backend import rounds
from backend.app import create_app
from backend.clock import HandClock
from backend.db import Database
from backend.models import StaffAddress
from backend.notifier.senders import Outside
from backend.notifier.worker import Worker
from backend.people import invitations, setup
from backend.people.homes import HomeName
from backend.settings import Settings
from tests.conversations.talking import engine
from tests.desk.conftest import Desk
from tests.house import cast as the_cast
from tests.house.cast import Cast
from tests.notifier.outside import Web, web
from tests.webchat.conftest import Person, open_chat

#: (language, what they write, whether they answer the read-back before the butler does)
#: one of them is asked what is meant, and taps it
STORM = (
    ("zh", "2单元电梯停了", True),
    ("zh", "电梯坏了，按了没反应", False),
    ("en", "The lift in unit 2 is not working", True),
    ("zh", "二单元的电梯不动了", False),
    ("zh", "你好，电梯坏了", False),
    ("en", "Lift is broken", False),
    ("en", "elevator broken!", False),
    ("zh", "电梯停运了", True),
    ("zh", "楼里的电梯不能用了，麻烦派人修", False),
    ("zh", "电梯故障", False),
    ("en", "Our lift is not working", False),
)
ROW = "可能是同一件事：2单元电梯停运（11条）"


@dataclass
class Storm:
    """Building 3 in a storm."""

    db: Database
    clock: HandClock
    cast: Cast
    client: TestClient
    robot: Web
    worker: Worker
    butler: Desk
    people: list[Person] = field(default_factory=list)

    def moves_in(self, flat: str, language: str) -> Person:
        """Somebody lives in unit 2 of building 3 and has the chat open."""
        now = self.clock.now()
        with self.db.write() as session:
            home = setup.create_home(session, self.cast.estate, HomeName("3", "2", flat),
                                     butler=self.cast.butler)  # fmt: skip
            who = setup.create_resident(session, the_cast.vault(), home, now, name=f"住户{flat}",
                                        language=language)  # fmt: skip
            invitations.add_invitation(session, the_cast.vault(), home, who, code=f"TEST-FLAT-{flat}",
                                       now=now, uses=None, expires_at=None)  # fmt: skip
        return open_chat(self.client, invitation=f"TEST-FLAT-{flat}", language=language)

    def passes(self, seconds: int) -> None:
        """The house goes on, a tick at a time."""
        for _ in range(seconds // 5):
            self.clock.advance(seconds=5)
            rounds.catch_up(self.db, self.clock, lambda: engine().menu)
            asyncio.run(self.worker.round())

    def breaks(self) -> None:
        """Eleven messages in four minutes."""
        for place, (language, words, says_yes) in enumerate(STORM):
            person = self.moves_in(f"{place + 3}01", language)
            self.people.append(person)
            (said,) = person.say(words)
            if any(one["label"] == "电梯故障" for one in said["buttons"]):
                person.press("电梯故障")
            if says_yes:
                person.say("对" if language == "zh" else "correct")
            self.passes(20)

    @property
    def rung(self) -> list[str]:
        return [asked.body["text"]["content"] for asked in self.robot.asked]

    def titles(self) -> list[str]:
        """The rows of the butler's queue, as they are read, from the top."""
        found = re.findall(r'class="row-title"[^>]*>(.*?)</a>', self.butler.get("/queue").text)
        return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


@pytest.fixture
def app(settings: Settings, db: Database, clock: HandClock) -> FastAPI:
    return create_app(settings, database=db, clock=clock, engine=engine())


@pytest.fixture
def storm(app: FastAPI, db: Database, clock: HandClock) -> Iterator[Storm]:
    cast = the_cast.enter(db, clock)
    sealed = the_cast.vault().seal(json.dumps({"host": "qyapi.weixin.qq.com", "key": "a-key-of-wecom"}))
    with db.write() as session:
        session.add(StaffAddress(estate_id=cast.estate.id, role="butler", channel="wecom", sealed=sealed,
                                 created_at=clock.real_now()))  # fmt: skip
    with web() as robot, TestClient(app, raise_server_exceptions=False) as client:
        there = Outside({"qyapi.weixin.qq.com": robot.url})
        worker = Worker(db, clock, the_cast.vault(), "http://here", {}, there)
        butler = Desk(app)
        assert butler.sign_in("butler", the_cast.PASSWORD).status_code == 303
        yield Storm(db, clock, cast, client, robot, worker, butler)


def test_eleven_messages_are_one_row_answered_with_two_taps_and_the_phone_rang_once(storm: Storm) -> None:
    leak = storm.moves_in("201", "zh")
    leak.say("厨房水管爆了，水都流到楼下了")
    storm.passes(5)
    (first,) = storm.rung
    number = re.search(r"#(\d+)", first)
    assert number
    storm.butler.press(f"/tickets/{number[1]}/accept")
    storm.robot.asked.clear()
    tap = storm.moves_in("202", "zh")
    tap.say("报修，厨房水龙头滴水，明天上午来")
    tap.say("对")
    other = tap.get("tickets").json()[0]["name"]

    storm.breaks()
    titles = storm.titles()
    assert titles[1:] == [other, ROW], "the leak stays on top, and one row stands for all that is alike"
    assert titles[0].startswith("紧急")
    assert len(storm.rung) == 1, storm.rung
    assert "电梯" not in storm.rung[0], "a locked screen shows no matter, only the building"

    # The first tap opens the row, the second sends what stands there.
    row = re.search(r'class="button is-ghost" href="(/incidents)#incident-\d+" data-key="incident">一并答复',
                    storm.butler.get("/queue").text)  # fmt: skip
    assert row
    html = storm.butler.get(row[1]).text.partition('id="new-incident"')[0]
    send = re.search(r'action="(/incidents/\d+/open)"', html)
    texts = dict(re.findall(r'<textarea[^>]*name="(text_\w\w)"[^>]*>(.*?)</textarea>', html, re.DOTALL))
    assert send
    assert set(texts) == {"text_zh", "text_en"}
    assert storm.butler.press(send[1], **texts).status_code == 303
    storm.passes(10)

    for person, (language, _words, _yes) in zip(storm.people, STORM, strict=True):
        shown = person.get("messages").json()["messages"]
        told = [one["text"] for one in shown if one["author"] == "butler"]
        assert told == [texts[f"text_{language}"]]
    assert "3号楼2单元“电梯停运”的情况我们已经知道" in texts["text_zh"]
    assert "We know of “Lift out of service” in Bldg 3, Unit 2" in texts["text_en"]
    assert "突发事件：2单元电梯停运（11条）" in storm.titles()
    assert len(storm.titles()) == 3
    assert len(storm.rung) == 1, storm.rung


def test_a_yes_that_comes_after_the_answer_makes_no_second_ticket(storm: Storm) -> None:
    storm.breaks()
    send = re.search(r'action="(/incidents/\d+/open)"', storm.butler.get("/incidents").text)
    assert send
    storm.butler.press(send[1], text_zh="电梯正在抢修。", text_en="The lift is being repaired.")
    storm.passes(10)
    late = storm.people[1]
    before = late.get("tickets").json()
    assert len(before) == 1
    late.say("对")
    storm.passes(10)
    assert [one["number"] for one in late.get("tickets").json()] == [before[0]["number"]]


def test_a_filter_and_a_ticket_show_what_stands_behind_the_row(storm: Storm) -> None:
    storm.breaks()
    html = storm.butler.get("/queue?state=ok").text + storm.butler.get("/queue?state=soon").text
    found = re.search(r'href="/incidents#incident-(\d+)"><svg[^>]*>.*?</svg>属于突发事件', html)
    assert found
    numbers = {one["number"] for person in storm.people for one in person.get("tickets").json()}
    assert len(numbers) == 3
    for number in numbers:
        assert f'id="t{number}"' in html
        assert "属于突发事件“3号楼 · 电梯停运”" in storm.butler.get(f"/tickets/{number}").text
        assert f'href="/tickets/{number}"' in storm.butler.get("/incidents").text
    assert storm.butler.get("/incidents").text.count("尚未确认，也会一并告知。") == 8
