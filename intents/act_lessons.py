"""What the model of acts learns from: the sentences of `data/acts.toml`, and what residents say of services.

Most phrases of services are plain wishes; those of the items that stand for an act (a complaint, a call back)
carry that act. Of phrases that may as well be questions it is only known that they are new wishes, unless
somebody sorted them into `data/acts.toml`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from intents.additions import prepared
from intents.matching import ItemMatcher
from intents.meaning import Act
from intents.normalize import normalize
from intents.wish_rules import QUESTION_STRONG
from intents.wishes import VOICE_ACTS
from intents.wordings import Example, Wordings

#: acts that rules alone decide, and of which there are few sentences
_LEFT_TO_RULES = frozenset({Act.MENU, Act.OUT_OF_SCOPE})
PLAIN_WISHES, UNSORTED, QUESTIONS = 5000, 2000, 600


def act_lessons(said: Wordings, matcher: ItemMatcher) -> list[tuple[str, Act | None, str]]:
    """Normalised text, act, and the text as its sentence vector is taken of it.

    No act stands for a new wish of which nobody has said whether it asks or orders.
    """
    found: dict[str, Act | None] = {text: act for act, text in said.acts if act not in _LEFT_TO_RULES}
    wishes = [one.text for one in said.phrases if not any(item in VOICE_ACTS for item in one.items)]
    asking = {text for text in wishes if QUESTION_STRONG.search(normalize(text).text)}
    more: list[tuple[str, Act | None]] = [
        *_voiced(said.phrases),
        *((text, Act.REQUEST) for text in _some([one for one in wishes if one not in asking], PLAIN_WISHES)),
        *((text, None) for text in _some(sorted(asking), UNSORTED)),
        *((text, Act.ENQUIRY) for text in _some([text for _, text in said.questions], QUESTIONS)),
    ]
    for text, act in more:
        found.setdefault(text, act)
    return [(normalize(text).text, act, prepared(matcher, text)) for text, act in found.items()]


def _voiced(phrases: Sequence[Example]) -> Iterator[tuple[str, Act]]:
    for one in phrases:
        acts = {VOICE_ACTS.get(item) for item in one.items}
        if len(acts) == 1 and (act := acts.pop()) is not None:
            yield one.text, act


def _some(texts: Sequence[str], size: int) -> list[str]:
    """So many of them, as if drawn by chance, but the same ones at every training."""
    return sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:size]
