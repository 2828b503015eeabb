"""An act with how sure we are; and what a text is when no act speaks: an order or a question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intents.meaning import Act
from intents.wish_rules import FAULT, POLITE_QUESTION, PRICE, QUESTION_STRONG, WISH


@dataclass(frozen=True, slots=True)
class ActFound:
    """An act, how sure we are, and whether its own wording (not mere likeness or default) gave it away.

    A new wish is `doubtful` when it may as well concern an old matter: then nobody orders without asking.
    """

    act: Act
    confidence: float
    by_rule: bool = True
    doubtful: bool = False


def wish_of(text: str) -> ActFound:
    """Request or enquiry: which of the two a text is when no other act speaks."""
    polite = bool(POLITE_QUESTION.search(text))
    if PRICE.search(text) and not FAULT.search(text):
        return ActFound(Act.ENQUIRY, 0.85, by_rule=False)
    if polite or FAULT.search(text):
        return ActFound(Act.REQUEST, 0.85, by_rule=False)
    asks = bool(QUESTION_STRONG.search(text))
    wishes = bool(WISH.search(text))
    if asks and not (
        wishes and re.search(r"\b(?:please|pls|i need|i want|we need|book)\b|帮我|麻烦|派|安排", text)
    ):
        return ActFound(Act.ENQUIRY, 0.8, by_rule=False)
    return ActFound(Act.REQUEST, 0.8 if wishes else 0.6, by_rule=False)
