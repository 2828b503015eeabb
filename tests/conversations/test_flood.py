"""A flood from one chat fills no database: what is too much is left out, its person is told once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.conversations import flood
from backend.conversations.channels import TOO_MUCH
from backend.conversations.flood import Flood
from backend.db import Database
from backend.messages.schemas import InboundMessage
from backend.models import Estate, Message
from backend.settings import Settings
from tests.conversations.carrier import Carrier, texts
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import CHEN_CODE, EMMA_CODE

NOON = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
NOW = NOON.timestamp()
A_MINUTE = flood.MOST[0][1]
#: smaller measures, so that a test need not write thousands
FEW = ((flood.MINUTE, 60), (flood.HOUR, 600))


def one(number: int, seconds: float = 0.0, **fields: Any) -> InboundMessage:
    given = {"channel": "telegram", "chat": "7", "external_id": f"7:{number}", "text": f"第{number}条",
             "sent_at": NOON + timedelta(seconds=seconds)}  # fmt: skip
    return InboundMessage.model_validate(given | fields)


def photo(number: int) -> dict[str, Any]:
    return {"remote_id": f"p{number}", "kind": "photo", "size": 3000, "content_type": "image/jpeg"}


def admitted(guard: Flood, *messages: InboundMessage) -> int:
    return len(guard.split(messages, NOW)[0])


class TestWhatFits:
    def test_a_minute_of_a_chat_has_its_measure_and_the_next_one_again(self) -> None:
        guard = Flood(most=FEW)
        assert admitted(guard, *(one(n, n / 10) for n in range(100))) == 60
        assert admitted(guard, one(200, 59)) == 0
        assert admitted(guard, *(one(n, 70) for n in range(300, 400))) == 60

    def test_an_hour_has_its_measure_too(self) -> None:
        guard = Flood(most=FEW)
        taken = sum(admitted(guard, *(one(m * 100 + n, m * 61) for n in range(60))) for m in range(20))
        assert taken == 600
        assert admitted(guard, one(9000, 3700)) == 1

    def test_what_was_sent_over_an_hour_and_comes_at_once_is_no_flood(self) -> None:
        assert admitted(Flood(most=FEW), *(one(n, n * 10) for n in range(360))) == 360

    def test_a_message_that_comes_again_counts_once(self) -> None:
        guard = Flood(most=FEW)
        batch = [one(n) for n in range(40)]
        assert [admitted(guard, *batch) for _ in range(3)] == [40, 40, 40]
        assert admitted(guard, *(one(n) for n in range(100, 200))) == 20
        assert admitted(guard, *batch) == 40

    def test_each_chat_is_counted_for_itself(self) -> None:
        guard = Flood(most=FEW)
        assert admitted(guard, *(one(n) for n in range(100))) == 60
        assert admitted(guard, one(1, chat="8")) == 1
        assert admitted(guard, one(1, account="other")) == 1

    def test_files_have_a_measure_of_their_own(self) -> None:
        guard = Flood(most=FEW)
        albums = [one(n, attachments=[photo(n * 10 + part) for part in range(10)]) for n in range(5)]
        assert admitted(guard, *albums) == 3
        assert admitted(guard, one(50)) == 1

    def test_what_happens_to_the_chat_itself_always_counts(self) -> None:
        guard = Flood(most=FEW)
        admitted(guard, *(one(n) for n in range(100)))
        assert admitted(guard, one(200, kind="blocked", text="")) == 1
        assert admitted(guard, one(201, kind="edit")) == 0

    def test_what_sounds_like_danger_is_taken_all_the_same_within_measure(self) -> None:
        guard = Flood(lambda text: "着火" in text, FEW)
        admitted(guard, *(one(n) for n in range(100)))
        cries = [one(n, 5, text="厨房着火了") for n in range(200, 240)]
        assert admitted(guard, *cries) == 20
        assert admitted(guard, cries[0]) == 1
        assert admitted(guard, one(300, 5)) == 0

    def test_silent_chats_are_forgotten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(flood, "MOST_CHATS", 3)
        guard = Flood(most=FEW)
        for chat in "1234":
            admitted(guard, one(1, chat=chat))
        guard.split([one(1, 7200, chat="5")], NOW + 7200)
        assert len(guard._seen) == 1


@pytest.fixture
def carrier(settings: Settings, db: Database, clock: HandClock) -> Carrier:
    the_cast.enter(db, clock)
    app = create_app(settings, database=db, clock=clock, engine=engine())
    return Carrier(app, TestClient(app, raise_server_exceptions=False), db)


def pour(carrier: Carrier, clock: HandClock, count: int, text: str = "在吗") -> int:
    """Write that many messages at this very moment; how many were stored."""
    sent_at = clock.real_now().isoformat()
    batch = [carrier.one(text=text, sent_at=sent_at) for _ in range(count)]
    return sum(carrier.store(*batch[n : n + 100]) for n in range(0, count, 100))


def stored(db: Database, author: str = "resident") -> int:
    with db.read() as session:
        return session.scalar(select(func.count(Message.id)).where(Message.author == author)) or 0


def _first_out(carrier: Carrier) -> list[str]:
    """What is handed out at once; nothing else waits, since no turn has run."""
    return texts(carrier.deliver())


def told(carrier: Carrier) -> list[str]:
    with carrier.db.read() as session:
        return list(
            session.scalars(select(Message.text).where(Message.reply_kind == TOO_MUCH).order_by(Message.id))
        )


def test_a_flood_is_left_out_and_its_person_is_told_once_in_their_language(
    carrier: Carrier, clock: HandClock
) -> None:
    carrier.hear(kind="start", text=CHEN_CODE)
    before = stored(carrier.db)
    assert pour(carrier, clock, 300) == A_MINUTE - 1  # the start was the first of this minute
    assert stored(carrier.db) == before + A_MINUTE - 1
    (said,) = told(carrier)
    assert said.startswith("您发得太多太快了，后面的消息没有收下。")
    clock.advance(minutes=2)
    assert pour(carrier, clock, 300) == A_MINUTE
    assert len(told(carrier)) == 1
    clock.advance(minutes=11)
    pour(carrier, clock, 300)
    assert len(told(carrier)) == 2
    assert said in _first_out(carrier)


def test_a_reader_of_english_is_told_in_english_with_the_hotline(carrier: Carrier, clock: HandClock) -> None:
    with carrier.db.write() as session:
        for estate in session.scalars(select(Estate)):
            estate.hotline = "010-8888 6666"
    carrier.language = "en"
    carrier.hear(kind="start", text=EMMA_CODE)
    pour(carrier, clock, 300, "hello?")
    (said,) = told(carrier)
    assert "your last messages were not kept" in said
    assert "8888 6666, or 110, 119 or 120" in said


def test_a_neighbour_is_heard_while_somebody_floods(carrier: Carrier, clock: HandClock) -> None:
    pour(carrier, clock, 300)
    carrier.chat = "4343"
    assert pour(carrier, clock, 1) == 1


def test_a_cry_for_help_behind_a_flood_is_heard(carrier: Carrier, clock: HandClock) -> None:
    carrier.hear(kind="start", text=CHEN_CODE)
    pour(carrier, clock, 300)
    assert pour(carrier, clock, 1, "厨房着火了，快来人！") == 1
    assert pour(carrier, clock, 1) == 0
