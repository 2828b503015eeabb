"""People who write to a bot of the fake Telegram, some of them at the same time, and wait for its answers."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from benchmarks.measure import percentile
from tests.fake_telegram import Bot, Call, FakeTelegram, Person

PATIENCE_SECONDS = 60.0
#: a bot that has called nothing for so long has done its work
STILL_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Talk:
    """What came of some messages: each one's seconds until its (first) answer, and those of all together."""

    latencies: Sequence[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def ms(self, share: float) -> float:
        return percentile(self.latencies, share) * 1000


class Crowd:
    """``count`` people in private chats with one bot."""

    def __init__(self, fake: FakeTelegram, bot: Bot, count: int, language: str = "zh-hans") -> None:
        self._fake, self._bot = fake, bot
        self.people = [fake.person(f"Person {n}", language, bot=bot) for n in range(count)]

    def talk(self, words: Iterable[str], count: int, outstanding: int) -> Talk:
        """Write ``count`` messages, person by person, never more than ``outstanding`` without an answer.

        Raises TimeoutError when no answer comes for a minute.
        """
        lines = zip(_round(self.people), words, strict=False)
        waiting: dict[int, float] = {}
        latencies: list[float] = []
        begun, seen = time.monotonic(), len(self._fake.world.calls)
        left = count
        while len(latencies) < count:
            for person, line in islice(lines, min(outstanding - len(waiting), left)):
                waiting[person.id] = time.monotonic()
                person.write(line)
                left -= 1
            seen, answers = self._next(seen, waiting)
            latencies += [call.at - waiting.pop(call.chat) for call in answers if call.chat in waiting]
        return Talk(latencies, time.monotonic() - begun)

    def _next(self, seen: int, waiting: dict[int, float]) -> tuple[int, list[Call]]:
        """Return answers that came after the first ``seen`` calls, and how many calls are seen then."""
        world, until = self._fake.world, time.monotonic() + PATIENCE_SECONDS
        with world.lock:
            while time.monotonic() < until:
                done = list(islice(world.calls, seen, None))
                ended = next(
                    (n for n, call in enumerate(done) if call.done is None and _says(call)), len(done)
                )
                found = [call for call in done[:ended] if _says(call) and call.bot is self._bot]
                if any(call.chat in waiting for call in found):
                    return seen + ended, found
                seen += ended
                world.called.wait(1.0)
        raise TimeoutError(f"{len(waiting)} messages were not answered within {PATIENCE_SECONDS:.0f} s")

    def rest(self) -> None:
        """Wait until the bot has nothing more to say."""
        seen = -1
        while seen != (now := len(self._fake.world.calls)):
            seen = now
            time.sleep(STILL_SECONDS)


def _round(people: Sequence[Person]) -> Iterable[Person]:
    while True:
        yield from people


def _says(call: Call) -> bool:
    return call.method in ("sendMessage", "editMessageText")
