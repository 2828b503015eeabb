"""Quiet hours: what is not urgent waits for the resident's morning and holds up nothing behind it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.messages import gauges, outbox, quiet
from tests.messages.conftest import Chats
from tests.messages.test_outbox import ack, claim
from tests.messages.test_store import say

SHANGHAI = "Asia/Shanghai"


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZoneInfo(SHANGHAI))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("11 21:59:59", None),
        ("11 22:00", "12 08:00"),
        ("11 23:59", "12 08:00"),
        ("12 00:00", "12 08:00"),
        ("12 07:59", "12 08:00"),
        ("12 08:00", None),
        ("12 12:30", None),
    ],
)
def test_from_ten_to_eight_a_message_waits(now: str, until: str | None) -> None:
    assert quiet.not_before(local(now), SHANGHAI) == (local(until) if until else None)


def test_the_hours_are_those_of_the_estate() -> None:
    assert quiet.not_before(local("11 23:00"), "Europe/London") is None


@pytest.mark.parametrize(("minutes", "waits"), [(0, False), (60, False), (61, True)])
def test_who_wrote_within_the_hour_is_answered_at_once(minutes: int, waits: bool) -> None:
    now = local("11 23:30")
    assert (quiet.not_before(now, SHANGHAI, now - timedelta(minutes=minutes)) is not None) is waits


def claim_here(db: Database, clock: HandClock, estate_now: datetime) -> list[int]:
    by = outbox.Claimant("telegram", estate_now=estate_now)
    with db.write() as session:
        return [one.row.id for one in outbox.claim(session, by, 20, clock.real_now())]


def test_what_waits_for_the_morning_is_not_sent_before_it_and_then_it_is(
    db: Database, clock: HandClock, chats: Chats
) -> None:
    clock.at = local("11 23:00")
    say(db, clock, chats.emma, chats.emma_link, not_before=local("12 08:00"))
    assert claim(db, clock) == []
    with db.read() as session:
        assert not outbox.is_any_due(session, outbox.Claimant("telegram"), clock.real_now())
    clock.at = local("12 07:59")
    assert claim(db, clock) == []
    clock.at = local("12 08:00")
    assert len(claim(db, clock)) == 1


def test_a_waiting_message_holds_up_nothing_behind_it(db: Database, clock: HandClock, chats: Chats) -> None:
    clock.at = local("11 23:00")
    say(db, clock, chats.emma, chats.emma_link, not_before=local("12 08:00"))
    say(db, clock, chats.emma, chats.emma_link)
    (answer,) = claim(db, clock)
    ack(db, clock, answer, "sent")
    clock.at = local("12 08:00")
    (morning,) = claim(db, clock)
    assert morning < answer


def test_the_morning_is_the_estates_whose_clock_a_demo_moves(
    db: Database, clock: HandClock, chats: Chats
) -> None:
    say(db, clock, chats.emma, chats.emma_link, not_before=local("13 08:00"))
    assert claim_here(db, clock, local("13 07:59")) == []
    assert len(claim_here(db, clock, local("13 08:00"))) == 1


def test_a_message_that_failed_in_the_morning_is_tried_again_as_any_other(
    db: Database, clock: HandClock, chats: Chats
) -> None:
    clock.at = local("11 23:00")
    say(db, clock, chats.emma, chats.emma_link, not_before=local("12 08:00"))
    clock.at = local("12 08:00")
    (row_id,) = claim(db, clock)
    ack(db, clock, row_id, "retry", reason="network")
    assert claim(db, clock) == []
    clock.advance(seconds=5)
    assert claim(db, clock) == [row_id]


def test_what_waits_for_the_morning_is_not_late(db: Database, clock: HandClock, chats: Chats) -> None:
    clock.at = local("11 23:00")
    say(db, clock, chats.emma, chats.emma_link, not_before=local("12 08:00"))
    with db.read() as session:
        found = gauges.registry(session, clock.real_now())
    assert found.get_sample_value("guanjia_outbox_waiting", {"channel": "telegram"}) is None
