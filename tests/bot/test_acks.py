"""Acks go together, wait while the backend is away, and are dropped when their lease is over."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.acks import Acks
from bot.errors import BackendDown, BackendRefused


class Post:
    """Takes acks; ``failures`` come first, and an ack of ``poison`` is refused."""

    def __init__(self, *failures: BaseException, poison: int | None = None) -> None:
        self.failures = list(failures)
        self.poison = poison
        self.taken: list[list[int]] = []

    async def ack(self, acks: Sequence[dict[str, Any]]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        ids = [ack["id"] for ack in acks]
        if self.poison in ids:
            raise BackendRefused(422, "not this one")
        self.taken.append(ids)


def acks_of(post: Any, count: int, now: list[float]) -> Acks:
    acks = Acks(post, lambda: now[0])
    for number in range(count):
        acks.put({"id": number, "outcome": "sent"}, 60.0 + number)
    return acks


def test_what_waits_goes_together_a_hundred_at_a_time() -> None:
    post = Post()
    acks = acks_of(post, 130, [0.0])
    assert asyncio.run(acks.flush())
    assert [len(ids) for ids in post.taken] == [100]
    assert asyncio.run(acks.flush())
    assert [len(ids) for ids in post.taken] == [100, 30]
    assert len(acks) == 0


def test_while_the_backend_is_away_they_wait_in_their_order() -> None:
    post = Post(BackendDown(503, "away"))
    acks = acks_of(post, 3, [0.0])
    assert not asyncio.run(acks.flush())
    acks.put({"id": 3, "outcome": "sent"}, 99.0)
    assert asyncio.run(acks.flush())
    assert post.taken == [[0, 1, 2, 3]]


def test_an_ack_whose_lease_is_over_is_dropped() -> None:
    post = Post()
    acks = acks_of(post, 3, [61.0])
    asyncio.run(acks.flush())
    assert post.taken == [[2]]


def test_one_that_is_refused_goes_alone() -> None:
    post = Post(poison=1)
    acks = acks_of(post, 3, [0.0])
    assert asyncio.run(acks.flush())
    assert post.taken == [[0], [2]]


def test_an_ack_cut_off_on_its_way_is_told_again() -> None:
    post = Post(asyncio.CancelledError())
    acks = acks_of(post, 2, [0.0])
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(acks.flush())
    assert len(acks) == 2
