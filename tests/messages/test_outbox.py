"""Delivering: leased to one sender, one message a chat, in order, urgent first; settled stays settled."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import ValidationError

from backend.clock import HandClock
from backend.db import Database
from backend.errors import NotFound
from backend.messages import outbox
from backend.messages.outbox import Loss
from backend.messages.schemas import Ack
from backend.models import ChannelLink, OutboxRow
from tests.messages.conftest import Chats
from tests.messages.test_store import say

TELEGRAM = outbox.Claimant("telegram")


def claim(db: Database, clock: HandClock, limit: int = 20) -> list[int]:
    with db.write() as session:
        return [one.row.id for one in outbox.claim(session, TELEGRAM, limit, clock.real_now())]


def ack(db: Database, clock: HandClock, row_id: int, outcome: str, **values: Any) -> Loss | None:
    with db.write() as session:
        told = Ack.model_validate({"id": row_id, "outcome": outcome, **values})
        return next(iter(outbox.acknowledge(session, [told], clock.real_now())), None)


def row(db: Database, row_id: int) -> OutboxRow:
    with db.read() as session:
        return session.get_one(OutboxRow, row_id)


@pytest.fixture
def two(db: Database, clock: HandClock, chats: Chats) -> Chats:
    """Two messages for Emma."""
    say(db, clock, chats.emma, chats.emma_link)
    say(db, clock, chats.emma, chats.emma_link)
    return chats


def test_one_message_a_chat_lowest_first(db: Database, clock: HandClock, two: Chats) -> None:
    (first,) = claim(db, clock)
    assert claim(db, clock) == [], "the second waits for the first"
    ack(db, clock, first, "sent")
    (second,) = claim(db, clock)
    assert second > first


def test_a_lease_that_ran_out_is_handed_out_again(db: Database, clock: HandClock, two: Chats) -> None:
    first = claim(db, clock)
    clock.advance(seconds=59)
    assert claim(db, clock) == []
    clock.advance(seconds=2)
    assert claim(db, clock) == first


def test_what_a_killed_sender_had_is_handed_out_at_once_to_the_next_of_its_place(
    db: Database, clock: HandClock, two: Chats
) -> None:
    def claimed_by(holder: str, *holding: int) -> list[int]:
        by = outbox.Claimant("telegram", holder=holder, holding=holding)
        with db.write() as session:
            found = [one.row.id for one in outbox.claim(session, by, 20, clock.real_now())]
        return found

    (first,) = claimed_by("desk:0")
    assert claimed_by("desk:0", first) == [], "it is under way there"
    assert claimed_by("desk:1") == [], "another place waits for the lease to end"
    assert claimed_by("desk:0") == [first], "its process died, or never had the answer"
    ack(db, clock, first, "sent")
    assert first not in claimed_by("desk:0")


def test_retry_waits_as_told_and_longer_each_time(db: Database, clock: HandClock, two: Chats) -> None:
    (first,) = claim(db, clock)
    ack(db, clock, first, "retry", retry_after=30)
    clock.advance(seconds=29)
    assert claim(db, clock) == []
    clock.advance(seconds=2)
    assert claim(db, clock) == [first]
    ack(db, clock, first, "retry")
    assert claim(db, clock) == []
    clock.advance(seconds=3)
    assert claim(db, clock) == [first]


def status(db: Database, link_id: int) -> str:
    with db.read() as session:
        return session.get_one(ChannelLink, link_id).status


@pytest.mark.parametrize("reason", ["blocked", "deactivated", "gone"])
def test_a_chat_out_of_reach_is_marked_once_and_nothing_more_is_handed_out_for_it(
    db: Database, clock: HandClock, two: Chats, reason: str
) -> None:
    (first,) = claim(db, clock)
    loss = ack(db, clock, first, "dead", reason=reason)
    assert loss is not None
    assert (loss.reason, row(db, first).state, status(db, two.emma_link)) == (reason, "dead", reason)
    assert claim(db, clock) == []


def test_a_message_that_the_channel_refuses_does_not_end_the_chat(
    db: Database, clock: HandClock, two: Chats
) -> None:
    (first,) = claim(db, clock)
    assert ack(db, clock, first, "dead", reason="refused: message is too long") is None
    assert status(db, two.emma_link) == "active"
    (second,) = claim(db, clock)
    assert second > first


def test_what_could_not_be_delivered_is_sent_when_the_person_returns(
    db: Database, clock: HandClock, two: Chats
) -> None:
    (first,) = claim(db, clock)
    ack(db, clock, first, "dead", reason="blocked")
    with db.write() as session:
        assert outbox.regain(session, session.get_one(ChannelLink, two.emma_link), clock.real_now()) == 1
    assert claim(db, clock) == [first]


def test_an_answer_lost_three_times_is_not_sent_a_fourth_time(
    db: Database, clock: HandClock, two: Chats
) -> None:
    (first,) = claim(db, clock)
    for _ in range(2):
        ack(db, clock, first, "retry", reason="unconfirmed", retry_after=0)
        assert claim(db, clock) == [first]
    ack(db, clock, first, "retry", reason="unconfirmed", retry_after=0)
    assert row(db, first).state == "dead"
    assert status(db, two.emma_link) == "active"


def test_a_group_that_became_a_supergroup_keeps_its_chat_under_the_new_address(
    db: Database, clock: HandClock, two: Chats
) -> None:
    (first,) = claim(db, clock)
    ack(db, clock, first, "retry", reason="migrated", new_chat="-100777", retry_after=0)
    with db.read() as session:
        assert session.get_one(ChannelLink, two.emma_link).address == "-100777"
    assert claim(db, clock) == [first]


def test_a_bot_claims_only_for_its_own_account(db: Database, clock: HandClock, two: Chats) -> None:
    with db.write() as session:
        assert outbox.claim(session, outbox.Claimant("telegram", "another"), 20, clock.real_now()) == []


@pytest.mark.parametrize("late", ["retry", "dead", "sent"])
def test_a_late_word_about_what_was_sent_changes_nothing(
    db: Database, clock: HandClock, two: Chats, late: str
) -> None:
    (first,) = claim(db, clock)
    ack(db, clock, first, "sent")
    ack(db, clock, first, late)
    assert row(db, first).state == "sent"


def test_an_unknown_row_and_an_unknown_outcome_are_refused(
    db: Database, clock: HandClock, two: Chats
) -> None:
    with pytest.raises(NotFound):
        ack(db, clock, 999_999, "sent")
    (first,) = claim(db, clock)
    with pytest.raises(ValidationError):
        ack(db, clock, first, "lost")


def test_urgent_goes_before_bulk(db: Database, clock: HandClock, two: Chats) -> None:
    with db.write() as session:
        link = ChannelLink(
            estate_id=session.get_one(ChannelLink, two.emma_link).estate_id, conversation_id=two.chen,
            channel="telegram", address="7", created_at=clock.now(), state={},
        )  # fmt: skip
        session.add(link)
        session.flush()
        urgent_link = link.id
    urgent = say(db, clock, two.chen, urgent_link, is_urgent=True)
    (first, *_rest) = claim(db, clock)
    assert row(db, first).message_id == urgent.id


def test_many_senders_at_once_never_share_a_message(db: Database, clock: HandClock, two: Chats) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: db.run(lambda s: _ids(s, clock)), range(8)))
    assert sum(len(ids) for ids in found) == 1


def _ids(session: object, clock: HandClock) -> list[int]:
    return [one.row.id for one in outbox.claim(session, TELEGRAM, 20, clock.real_now())]  # type: ignore[arg-type]
