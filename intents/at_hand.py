"""What is worked out once for the message at hand and forgotten with it.

A clause is seen within its whole message, so nothing of it may be kept for another one: the same message
always means the same, whatever was read before, and whatever other threads are reading.
"""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
#: a caller who never begins anew (an evaluation of thousands of texts) keeps no more than this
MOST = 64


class AtHand(threading.local, Generic[T]):
    """Results by key, in each thread its own."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, T] = {}

    def begin(self) -> None:
        """Another message is read now."""
        self._kept.clear()

    def find(self, key: Hashable) -> T | None:
        return self._kept.get(key)

    def keep(self, key: Hashable, value: T) -> T:
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = value
        return value

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result for ``key``, worked out at most once for this message."""
        known = self._kept.get(key)
        return self.keep(key, work()) if known is None else known
