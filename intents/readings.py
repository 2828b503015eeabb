"""What was made of a message, or of one clause of it."""

from __future__ import annotations

from dataclasses import dataclass

from intents.meaning import Decision, Intent


@dataclass(frozen=True, slots=True)
class Reading:
    """An intent with its band, and the FAQ entry that answers it."""

    intent: Intent
    decision: Decision
    faq: str | None = None
    by_rule: bool = False
    doubtful: bool = False
