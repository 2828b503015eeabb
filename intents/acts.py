"""What the person does with a message: rules first, then likeness to example sentences.

The order is the order of harm: what must never become a new order (cancel, change, status) speaks before
anything that could.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from intents.act_found import ActFound, wish_of
from intents.act_model import ActModel
from intents.act_rules import COURTESIES, RULES, lets_go
from intents.act_weighing import weighed
from intents.any_of import standing_in
from intents.beginnings import beginnings
from intents.gibberish import gibberish
from intents.likeness import Floats, LikenessIndex, features_of
from intents.meaning import Act
from intents.normalize import normalize
from intents.wish_rules import WISH_RULES

NEW_WISHES = frozenset({Act.REQUEST, Act.ENQUIRY, Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE})
MOST_COURTESY = 30
SMALL_TALK = frozenset({Act.GREETING, Act.THANKS, Act.GOODBYE, Act.AFFIRM, Act.DENY})
_RULES = (*RULES, *WISH_RULES)
_BY_PATTERN = {rule.pattern.number: number for number, rule in enumerate(_RULES)}
_ANYWHERE = tuple(number for number, rule in enumerate(_RULES) if rule.pattern.is_anywhere)
_BY_RULE_ALONE = frozenset({Act.OUT_OF_SCOPE, Act.LANGUAGE, Act.MENU})
_LETTER = re.compile(r"[a-z\u3400-\u9fff]")
_NO_WORD = re.compile(r"[^\w]+")
_ECHO = re.compile(r"(.{1,6}?)\1{2,}")
_BEGIN = tuple(beginnings(pattern.pattern) for _, pattern in COURTESIES)
_SAYS = 2  # characters without which a text says nothing
SURE_SAYING = 0.9  # a text that is an example sentence word for word
SURE_EXAMPLE = 0.62  # an example this like the text decides where no rule spoke


class ActClassifier:
    """Reads acts, by rules and by the example sentences of `data/acts/`."""

    def __init__(self, examples: Sequence[tuple[Act, str]], model: ActModel | None = None) -> None:
        self._model = model
        kept = () if model else examples
        self._said = _agreed(examples)
        self._acts = [act for act, _ in kept]
        self._index = LikenessIndex([features_of(normalize(text).text) for _, text in kept])

    def find(self, text: str, sight: Callable[[], Floats | None] = lambda: None) -> ActFound:
        """The act of a normalised text; `sight` gives what the scorer sees of it, when it is needed."""
        found = self.courtesy(text)
        ruled = None if found else _ruled(text)
        if found is None and lets_go(text):  # that and nothing else: there is nothing to weigh
            return ruled or ActFound(Act.DENY, 0.95)
        if found or (ruled and ruled.act in _BY_RULE_ALONE):
            return found or ruled or wish_of(text)
        if ruled is None and (told := self._said.get(_words(text))) is not None:
            return ActFound(told, SURE_SAYING)
        if self._model is None:
            return ruled or self._by_example(text) or wish_of(text)
        if len(_words(text)) < _SAYS:
            return ruled or wish_of(text)
        return weighed(self._model.chances(text, sight()), ruled, text)

    def said(self, text: str) -> Act | None:
        """The act that the wording of a clause gives away by itself, if any."""
        found = self.by_rule(text)
        return found.act if found else None

    def by_rule(self, text: str) -> ActFound | None:
        """The same with how sure its wording makes us."""
        return self.courtesy(text) or _ruled(text)

    def courtesy(self, text: str) -> ActFound | None:
        """A message that is nothing but a greeting, thanks, farewell, yes or no."""
        return _courtesy(text)

    def _by_example(self, text: str) -> ActFound | None:
        if not self._acts or len(text) > 120:
            return None
        likeness = self._index.likeness(features_of(text))
        best = int(np.argmax(likeness))
        if likeness[best] < SURE_EXAMPLE:
            return None
        return ActFound(self._acts[best], float(likeness[best]))


def is_small_talk(text: str) -> bool:
    """Whether a message is nothing but a greeting, thanks, farewell, a yes or a no, or two of them.

    "好的谢谢" tells of no matter."""
    said = normalize(text).text.strip()
    if len(said) > MOST_COURTESY:
        return False
    return _is_courtesy(said) or any(
        _is_courtesy(said[:at]) and _is_courtesy(said[at:]) for at in range(1, len(said))
    )


def _is_courtesy(text: str) -> bool:
    found = _courtesy(text)
    return found is not None and found.act in SMALL_TALK


def _agreed(examples: Sequence[tuple[Act, str]]) -> dict[str, Act]:
    """The acts of whole messages, where all who wrote such a one agree."""
    found: dict[str, set[Act]] = {}
    for act, text in examples:
        found.setdefault(_words(normalize(text).text), set()).add(act)
    return {words: next(iter(acts)) for words, acts in found.items() if len(acts) == 1 and words}


def _words(text: str) -> str:
    return _NO_WORD.sub("", text)


@lru_cache(maxsize=16)
def _courtesy(text: str) -> ActFound | None:
    stripped = text.strip()
    if len(stripped) > 60:
        return None
    if not _LETTER.search(stripped):
        return _wordless(stripped)
    likely = _likely_courtesies(stripped[0])
    once = _ECHO.sub(r"\1\1", stripped) if likely else ""  # it begins as before
    for act, pattern in likely:
        if pattern.fullmatch(once):
            return ActFound(act, 0.97)
    return ActFound(Act.OUT_OF_SCOPE, 0.9) if gibberish(stripped) else None


@lru_cache(maxsize=1024)
def _likely_courtesies(first: str) -> tuple[tuple[Act, re.Pattern[str]], ...]:
    """The courtesies that may begin with a character."""
    return tuple(
        one for one, begins in zip(COURTESIES, _BEGIN, strict=True) if begins is None or first in begins
    )


def _wordless(text: str) -> ActFound | None:
    """A text without letters: "1" may answer a question, "?" and emoji mean nothing certain."""
    if not text:
        return ActFound(Act.OUT_OF_SCOPE, 0.5)
    return None if any(character.isdigit() for character in text) else ActFound(Act.OUT_OF_SCOPE, 0.5)


@lru_cache(maxsize=16)  # a message is asked for its parts first, and then for its act
def _ruled(text: str) -> ActFound | None:
    for number in sorted({*_ANYWHERE, *map(_BY_PATTERN.__getitem__, standing_in(text, _BY_PATTERN.keys()))}):
        rule = _RULES[number]
        if rule.fits(text):
            return ActFound(rule.act, rule.confidence)
    return None
