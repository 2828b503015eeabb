"""What a message means: the frozen values that leave this room.

Nothing here decides anything; `intents.understand.Engine` builds these values, the conversation reads
them, and `Meaning.to_json` is the line that `run_bot.py understand` prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en", "mixed"]
Decision = Literal["act", "ask", "hand_over"]


class Act(StrEnum):
    """What the person does by writing: every message carries at least one."""

    REQUEST = "request"
    ENQUIRY = "enquiry"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    STATUS = "status"
    URGE = "urge"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    AMEND = "amend"
    HUMAN = "human"
    LANGUAGE = "language"
    MENU = "menu"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    AFFIRM = "affirm"
    DENY = "deny"
    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    EMERGENCY = "emergency"
    OUT_OF_SCOPE = "out_of_scope"
    INFORM = "inform"


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A stretch of estate-local time; an open side is None, a point has no end."""

    start: datetime | None
    end: datetime | None
    grain: str  # minute | hour | part_of_day | day | week
    #: False where only hours were said ("at three"), and the day is the nearest that has them
    day_named: bool = field(default=True, compare=False)

    def to_json(self) -> dict[str, object]:
        """The window as DESIGN §4 writes it: ISO instants with their offset, or null."""
        return {"start": _iso(self.start), "end": _iso(self.end), "grain": self.grain}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often something repeats; `days` are MO…SU, `interval` counts units of `freq`."""

    freq: str  # daily | weekly | monthly
    days: tuple[str, ...]
    interval: int
    month_days: tuple[int, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The recurrence as DESIGN §4 writes it; `month_days` only when there are some."""
        shown: dict[str, object] = {"freq": self.freq, "days": list(self.days), "interval": self.interval}
        if self.month_days:
            shown["month_days"] = list(self.month_days)
        return shown


@dataclass(frozen=True, slots=True)
class Alternative:
    """A service the person may have meant, with a confidence from 0 to 1."""

    item: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Intent:
    """One wish in the message: the act, the service item if any, and what was already said about it.

    `said` has the person's own words for details whose value is a choice, a number or a code: where "bedroom"
    came from "主卧". Not every detail has an entry; times have none. `words` is the part of the message that
    says this wish, where it says several; "" for the only one.
    """

    act: Act
    item: str | None
    confidence: float
    alternatives: tuple[Alternative, ...] = ()
    slots: Mapping[str, object] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    words: str = ""

    def to_json(self) -> dict[str, object]:
        """The intent as DESIGN §4 writes it."""
        return {
            "act": str(self.act),
            "item": self.item,
            "confidence": round(self.confidence, 3),
            "alternatives": [
                {"item": other.item, "confidence": round(other.confidence, 3)} for other in self.alternatives
            ],
            "slots": {name: _plain(value) for name, value in self.slots.items()},
            "said": dict(self.said),
        }


@dataclass(frozen=True, slots=True)
class Meaning:
    """Everything the engine says about one text; `intents` is never empty."""

    text: str
    language: Language
    emergency: bool
    decision: Decision
    intents: tuple[Intent, ...]
    faq: str | None = None
    emergency_kind: str | None = None
    wanted_language: str | None = None

    def to_json(self) -> dict[str, object]:
        """The line of DESIGN §4; what only the conversation needs (faq, kinds) is left out."""
        return {
            "text": self.text,
            "language": self.language,
            "emergency": self.emergency,
            "decision": self.decision,
            "intents": [intent.to_json() for intent in self.intents],
        }


@dataclass(frozen=True, slots=True)
class Hint:
    """What the conversation knows before it reads the text: the language and what it has just asked."""

    language: str = "zh"
    expected_slot: str | None = None
    options: tuple[str, ...] = ()
    open_tickets: tuple[int, ...] = ()
    in_alarm: bool = False  # an emergency was raised by the message before


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _plain(value: object) -> object:
    """A slot value as JSON knows it."""
    if isinstance(value, TimeWindow | Recurrence):
        return value.to_json()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return value
