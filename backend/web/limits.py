"""How often one caller may do what costs much. Counted in this process: a bound against floods, no ledger."""

import threading
import time
from collections import deque
from collections.abc import Callable
from ipaddress import ip_address
from typing import Final

from backend.errors import TooMany

WINDOW_SECONDS: Final = 60.0
#: callers remembered; beyond it those whose minute is over are forgotten
MOST_KEYS: Final = 10_000


class Limit:
    """At most ``most`` times a minute for one key."""

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._now = now
        self._seen: dict[object, deque[float]] = {}
        self._guard = threading.Lock()

    def count(self, key: object) -> None:
        """Count one more. Raises TooMany when that is too often; a refused one is not counted."""
        with self._guard:
            now = self._now()
            if len(self._seen) >= MOST_KEYS:
                self._forget(now - WINDOW_SECONDS)
            times = self._seen.setdefault(key, deque())
            while times and times[0] <= now - WINDOW_SECONDS:
                times.popleft()
            if len(times) >= self._most:
                raise TooMany
            times.append(now)

    def _forget(self, before: float) -> None:
        self._seen = {key: times for key, times in self._seen.items() if times and times[-1] > before}


def is_own_machine(address: str) -> bool:
    """True for the loopback address: the operator's own programs are not limited."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
