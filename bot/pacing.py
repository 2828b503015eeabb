"""How fast a bot may speak: per chat, and over all chats. Pure: the time is passed in.

Telegram words its limits as guidance (about 30 messages a second over all, one a second in a chat with bursts
allowed, 20 a minute in a group) and answers 429 beyond them. We stay below; edits count as messages do.
Urgent before bulk: bulk has a smaller allowance of its own and leaves the last tokens to what is urgent.
"""

from dataclasses import dataclass, field
from typing import Final

_FORGET_EVERY: Final = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates in messages a second, bursts in messages.

    A group's burst and rate together never exceed 20 in any minute. ``reserve``: the tokens of the overall
    allowance that bulk leaves untouched.
    """

    overall: float = 28.0
    bulk: float = 22.0
    reserve: float = 6.0
    private: float = 1.0
    private_burst: float = 8.0
    group: float = 0.25
    group_burst: float = 5.0


#: for a server of one's own without limits, and for measuring what the carrier itself can do
UNLIMITED: Final = Limits(1e9, 1e9, 0, 1e9, 1e9, 1e9, 1e9)


@dataclass(slots=True)
class _Bucket:
    rate: float
    burst: float
    tokens: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def fill(self, now: float) -> None:
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.at) * self.rate)
        self.at = max(self.at, now)

    def wait(self, now: float, needed: float) -> float:
        """Return the seconds until ``needed`` tokens are there, or the whole burst for more than that."""
        self.fill(now)
        return max(0.0, (min(needed, self.burst) - self.tokens) / self.rate)


class Pacing:
    """What was said lately; one for a bot. ``now`` is any steadily growing count of seconds."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._overall = _Bucket(self._limits.overall, self._limits.overall)
        self._bulk = _Bucket(self._limits.bulk, self._limits.bulk)
        self._chats: dict[int, _Bucket] = {}
        self._held: dict[int, float] = {}
        self._forgotten_at = 0.0

    def delay(self, chat: int, now: float, urgent: bool, cost: int = 1) -> float:
        """Return after how many seconds ``chat`` may get ``cost`` more messages; 0.0 is now."""
        waits = [self._held.get(chat, now) - now, self._chat(chat).wait(now, cost)]
        if urgent:
            waits.append(self._overall.wait(now, cost))
        else:
            waits += [self._overall.wait(now, cost + self._limits.reserve), self._bulk.wait(now, cost)]
        return max(0.0, *waits)

    def take(self, chat: int, now: float, urgent: bool, cost: int = 1) -> float:
        """As ``delay``; when that is 0.0 the messages are counted as sent."""
        wait = self.delay(chat, now, urgent, cost)
        if wait > 1e-9:
            return wait
        for bucket in (self._chat(chat), self._overall, *(() if urgent else (self._bulk,))):
            bucket.tokens -= cost
        self._forget(now)
        return 0.0

    def hold(self, chat: int, until: float) -> None:
        """Keep ``chat`` silent until ``until``: Telegram asked for it. Other chats are not concerned."""
        self._held[chat] = max(until, self._held.get(chat, until))

    def __len__(self) -> int:
        """How many chats are remembered."""
        return len(self._chats)

    def _chat(self, chat: int) -> _Bucket:
        found = self._chats.get(chat)
        if found is None:
            limits = self._limits
            is_group = chat < 0
            found = self._chats[chat] = _Bucket(
                limits.group if is_group else limits.private,
                limits.group_burst if is_group else limits.private_burst,
            )
        return found

    def _forget(self, now: float) -> None:
        """Once a minute: a full bucket is as good as none."""
        if now - self._forgotten_at < _FORGET_EVERY:
            return
        self._forgotten_at = now
        for bucket in self._chats.values():
            bucket.fill(now)
        self._chats = {chat: b for chat, b in self._chats.items() if b.tokens < b.burst}
        self._held = {chat: until for chat, until in self._held.items() if until > now}
