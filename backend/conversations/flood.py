"""How much one chat of a channel may bring: a flood must not fill the database.

The web chat refuses at its door and its page tries again. A channel hands over what has been sent already and
would bring it for ever: so what is too much is left out, and the person is told once in their language. What
sounds like danger is taken all the same.

Counted in this process, by the channel's own instants: what comes late in one go, because nobody listened for
an hour, is no flood. A message that comes again is judged as it was the first time.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Final

from backend.messages.schemas import InboundMessage

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
#: messages of one chat within so many seconds: two hundred at once are kept and answered in order, and
#: whoever passes a hundred on at one press loses none; nobody writes a thousand in an hour by hand
MOST: Final = ((MINUTE, 240), (HOUR, 1000), (DAY, 3000))
#: files of one chat in a minute, as many as the web chat takes
MOST_FILES: Final = 30
#: messages of a minute that sound like danger, beyond all others
MOST_ALARMS: Final = 20
#: chats remembered; beyond it those that were silent for an hour are forgotten
MOST_CHATS: Final = 10_000
#: what happens to the chat itself adds no message
FREE: Final = frozenset({"blocked", "returned"})
Chat = tuple[str, str, str]
Entry = tuple[float, int]


class Flood:
    """Lets through what one chat may bring. ``is_alarming``: whether words sound like danger; ``most``: how
    many within how many seconds, the shortest span first."""

    def __init__(
        self,
        is_alarming: Callable[[str], bool] = lambda _text: False,
        most: tuple[tuple[float, int], ...] = MOST,
    ) -> None:
        self._is_alarming = is_alarming
        self._most = most
        #: of each chat its messages by external id: when they were sent, and with how many files
        self._seen: dict[Chat, dict[str, Entry]] = {}
        self._alarms: dict[Chat, dict[str, Entry]] = {}
        self._guard = threading.Lock()

    def split(
        self, messages: Iterable[InboundMessage], now: float
    ) -> tuple[list[InboundMessage], list[InboundMessage]]:
        """Return what may be stored and what is too much. ``now``: for messages without an instant."""
        taken: list[InboundMessage] = []
        refused: list[InboundMessage] = []
        with self._guard:
            self._forget(now)
            for one in messages:
                at = one.sent_at.timestamp() if one.sent_at else now
                (taken if one.kind in FREE or self._admit(one, at) else refused).append(one)
        return taken, refused

    def _admit(self, one: InboundMessage, at: float) -> bool:
        chat = (one.channel, one.account, one.chat)
        files = len(one.attachments) + len(one.files)
        seen = self._seen.setdefault(chat, {})
        if one.external_id in seen or one.external_id in self._alarms.get(chat, {}):
            return True
        if self._fits(seen, at, files):
            seen[one.external_id] = (at, files)
            return True
        alarms = self._alarms.setdefault(chat, {})
        is_full = _count(alarms, at, MINUTE) >= MOST_ALARMS
        if is_full or not one.text or not self._is_alarming(one.text):
            return False
        alarms[one.external_id] = (at, files)
        return True

    def _fits(self, seen: dict[str, Entry], at: float, files: int) -> bool:
        if len(seen) >= self._most[0][1]:
            _drop(seen, at - self._most[-1][0])
        if any(len(seen) >= most and _count(seen, at, span) >= most for span, most in self._most):
            return False
        within = sum(count for sent, count in seen.values() if at - MINUTE < sent <= at)
        return not files or within + files <= MOST_FILES

    def _forget(self, now: float) -> None:
        if len(self._seen) < MOST_CHATS:
            return
        for kept in (self._seen, self._alarms):
            silent = [chat for chat, seen in kept.items() if _last(seen) < now - HOUR]
            for chat in silent:
                del kept[chat]


def _count(seen: dict[str, Entry], at: float, span: float) -> int:
    """How many were sent in the ``span`` that ends at ``at``."""
    return sum(at - span < sent <= at for sent, _ in seen.values())


def _drop(seen: dict[str, Entry], before: float) -> None:
    for key in [key for key, (sent, _) in seen.items() if sent <= before]:
        del seen[key]


def _last(seen: dict[str, Entry]) -> float:
    return max((sent for sent, _ in seen.values()), default=0.0)
