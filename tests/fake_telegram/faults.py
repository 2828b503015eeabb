"""What can go wrong on purpose, and the pacing limits of the real server."""

import math
from dataclasses import dataclass
from typing import Any, Final

KINDS: Final = ("429", "403", "401", "502", "500", "drop", "lost_answer")
HTML_502: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n"
    b"</body>\r\n</html>\r\n"
)


@dataclass(slots=True, eq=False)
class Fault:
    """One kind of trouble for some calls; ``hits`` counts how often it struck."""

    kind: str
    method: str | None
    chat: int | None
    times: int | None
    retry_after: int
    hits: int = 0

    def strikes(self, method: str, chat: int | None) -> bool:
        if self.times is not None and self.hits >= self.times:
            return False
        fits_method = self.method is None or self.method.lower() == method.lower()
        return fits_method and self.chat in (None, chat)


class Faults:
    """The faults that wait. The first that fits a call strikes."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(
        self,
        kind: str,
        *,
        method: str | None = None,
        chat: Any = None,
        times: int | None = 1,
        retry_after: int = 1,
    ) -> Fault:
        """Let the next ``times`` fitting calls (None: all of them) meet trouble.

        ``kind``: "429", "403", "401", "500", "502" (with an HTML body), "NNN:text", "delay:SECONDS", "drop"
        (cut before anything happens), "lost_answer" (done, then cut). ``chat``: a person, a group or an id.
        ``method`` may also be "getUpdates" and "download" (of a file). Raises ValueError for another kind.
        """
        name, _, value = kind.partition(":")
        if not (kind in KINDS or (name == "delay" and float(value) >= 0) or (name.isdigit() and value)):
            raise ValueError(f"{kind!r} is no kind of fault")
        number = None if chat is None else int(getattr(chat, "id", chat))
        fault = Fault(kind, method, number, times, retry_after)
        self._waiting.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """End a fault; nothing happens when it has ended."""
        if fault in self._waiting:
            self._waiting.remove(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def strike(self, method: str, chat: int | None) -> Fault | None:
        """The fault this call meets, counted; None for an ordinary call."""
        for fault in self._waiting:
            if fault.strikes(method, chat):
                fault.hits += 1
                return fault
        return None


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at a steady rate, up to a burst."""

    tokens: float
    at: float


class Pacing:
    """Off until ``is_on``; then as Telegram says it: 1/s per chat, 20/min per group, 30/s overall.

    Short bursts pass. Each value is (messages per second, burst).
    """

    def __init__(self) -> None:
        self.is_on = False
        self.per_chat = (1.0, 3.0)
        self.per_group = (20 / 60, 5.0)
        self.overall = (30.0, 30.0)
        self._buckets: dict[tuple[int, int], Bucket] = {}

    def wait(self, bot: int, chat: int, now: float) -> int:
        """Take a token for this chat. Return whole seconds to wait, 0 when the call may pass."""
        own = self.per_chat if chat > 0 else self.per_group
        lacking = max(
            self._missing((bot, chat), own, now),
            self._missing((bot, 0), self.overall, now),
        )
        if lacking > 0:
            return max(1, math.ceil(lacking))
        for key in ((bot, chat), (bot, 0)):
            self._buckets[key].tokens -= 1
        return 0

    def _missing(self, key: tuple[int, int], allowed: tuple[float, float], now: float) -> float:
        rate, burst = allowed
        bucket = self._buckets.setdefault(key, Bucket(burst, now))
        bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        return (1 - bucket.tokens) / rate if bucket.tokens < 1 else 0.0
