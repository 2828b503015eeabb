"""A conversation without a database: the pure dialogue, the real engine, and what each turn decided."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from backend.conversations import instead, wording
from backend.conversations.dialogue import next_turn
from backend.conversations.reading import hint_of
from backend.conversations.state import (
    Attachment,
    Button,
    Facts,
    Heard,
    Open,
    Press,
    Reply,
    Said,
    State,
    Turn,
)
from backend.conversations.wording import Voice
from intents.meaning import Hint
from intents.understand import Engine

ZONE = ZoneInfo("Asia/Shanghai")
#: Wednesday, ten in the morning
NOW = datetime(2026, 3, 11, 10, 0, tzinfo=ZONE)


@cache
def engine() -> Engine:
    return Engine.load()


def facts_of(language: str, **known: Any) -> Facts:
    """What the house knows of Mr Chen (zh) or Emma (en)."""
    is_zh = language == "zh"
    values: dict[str, Any] = {
        "language": language,
        "zone": "Asia/Shanghai",
        "estate": "翠园" if is_zh else "Jade Garden",
        "hotline": "010-8888 6666",
        "linked": True,
        "address_as": "陈先生" if is_zh else "Ms Brown",
        "home": "3号楼2单元1501" if is_zh else "Bldg 5, Unit 1, Flat 802",
        "butler": "赵敏" if is_zh else "Zhao Min",
    }
    return Facts(**{**values, **known})


@dataclass
class Chat:
    """One person's chat. ``turn`` is the last decision, ``opened`` every ticket order so far."""

    language: str = "zh"
    facts: Facts = field(default_factory=lambda: facts_of("zh"))
    state: State = field(default_factory=State)
    now: datetime = NOW
    turn: Turn = field(default_factory=lambda: Turn(State()))
    opened: list[Open] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def hear(self, heard: Heard) -> Turn:
        before = State.from_json(self.state.to_json())
        self.turn = next_turn(before, heard, engine().menu, self.now, self.facts)
        self.state = self.turn.state
        self.opened += [order for order in self.turn.orders if isinstance(order, Open)]
        self.kinds += [reply.kind for reply in self.turn.replies]
        for reply in self.turn.replies:
            self.text_of(reply)
        return self.turn

    def say(self, text: str) -> Turn:
        read = partial(engine().understand, now=self.now, hint=self._hint())
        return self.hear(Said(instead.understood(read, text, self.state, engine().menu)))

    def say_with(self, text: str, *file_ids: str) -> Turn:
        """Words with photos."""
        read = partial(engine().understand, now=self.now, hint=self._hint())
        return self.hear(Said(instead.understood(read, text, self.state, engine().menu), file_ids))

    def _hint(self) -> Hint:
        numbers = tuple(ticket.number for ticket in self.facts.tickets)
        return hint_of(self.state, engine().menu, self.language, numbers, self.now)

    def press(self, action: str, **values: object) -> Turn:
        """Press the first button with this action (and these values) under the last turn's replies."""
        found = self.find(action, **values)
        assert found is not None, f"no button {action} {values} under {[r.kind for r in self.turn.replies]}"
        return self.hear(Press(found.action, found.values))

    def find(self, action: str, **values: object) -> Button | None:
        buttons = [b for reply in self.turn.replies for b in reply.buttons]
        fits = (b for b in buttons if b.action == action and values.items() <= dict(b.values).items())
        return next(fits, None)

    def tap(self, item: str) -> Turn:
        """Choose an item of the menu."""
        return self.hear(Press("item", {"id": item}))

    def photo(self, *ids: str) -> Turn:
        return self.hear(Attachment(ids or ("f1",)))

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def knows(self, **known: Any) -> None:
        self.facts = replace(self.facts, **known)

    def voice(self) -> Voice:
        return Voice(
            language=self.language, menu=engine().menu, zone="Asia/Shanghai", now=self.now,
            estate=self.facts.estate, hotline=self.facts.hotline, faq=lambda key, _: f"answer to {key}",
            emergency=lambda kind, _: f"safety lines for {kind}", who=self.facts.butler,
            due_at=self.now + timedelta(minutes=10), number=1001,
        )  # fmt: skip

    def text_of(self, reply: Reply) -> str:
        """The bubble as the person reads it; every button must have a label too."""
        worded = wording.word(self.voice(), reply)
        assert worded.strip(), reply.kind
        for button in wording.buttons(self.voice(), reply):
            assert button["label"].strip(), (reply.kind, button)
        return worded

    @property
    def text(self) -> str:
        return "\n\n".join(self.text_of(reply) for reply in self.turn.replies)

    @property
    def last_kinds(self) -> list[str]:
        return [reply.kind for reply in self.turn.replies]


def chat(language: str = "zh", **known: Any) -> Chat:
    """A fresh chat of Mr Chen (zh) or Emma (en); ``known`` changes what the house knows."""
    return Chat(language, facts_of(language, **known))


def visitor(language: str = "zh") -> Chat:
    """A chat of somebody without an invitation."""
    return chat(language, linked=False, address_as="", home="", butler="")
