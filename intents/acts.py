"""What the person does with a message: rules first, then likeness to example sentences.

The order is the order of harm: what must never become a new order (cancel, change, status) speaks before
anything that could.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from intents.act_cues import cues_of
from intents.act_model import ActModel
from intents.act_rules import COURTESIES, RULES, lets_go
from intents.likeness import Floats, LikenessIndex, features_of
from intents.meaning import Act
from intents.normalize import normalize
from intents.wish_rules import FAULT, POLITE_QUESTION, PRICE, QUESTION_STRONG, WISH, WISH_RULES

NEW_WISHES = frozenset({Act.REQUEST, Act.ENQUIRY, Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE})
SMALL_TALK = frozenset({Act.GREETING, Act.THANKS, Act.GOODBYE, Act.AFFIRM, Act.DENY})
_LETTER = re.compile(r"[a-z\u3400-\u9fff]")
_NO_WORD = re.compile(r"[^\w]+")
_ECHO = re.compile(r"(.{1,6}?)\1{2,}")
_VOWEL = re.compile(r"[aeiouy]")
#: acts that a text can only do where something in it refers to an old matter
REFERRING = frozenset({Act.CANCEL, Act.RESCHEDULE, Act.AMEND, Act.STATUS, Act.URGE})
#: acts about what is in hand already: never to be taken for a new order
ON_TICKETS = frozenset(
    {Act.CANCEL, Act.RESCHEDULE, Act.AMEND, Act.STATUS, Act.URGE, Act.SATISFIED, Act.DISSATISFIED, Act.DENY}
)
_BY_RULE_ALONE = frozenset({Act.OUT_OF_SCOPE, Act.LANGUAGE, Act.MENU})
#: how many times likelier a rule makes its act; writers whom nobody had read showed that it is worth no more
TRUST_IN_RULES = 5.0
#: how many times more often new wishes come than the writers' even shares would have it
OFTEN = {Act.REQUEST: 2.0, Act.ENQUIRY: 1.5}
#: from which chance on, all together, they come before the new wish that is likeliest
DOUBT = {Act.REQUEST: 0.25, Act.ENQUIRY: 0.35}
#: from which chance on an order is only asked about
DOUBTFUL = 0.08
#: what may make a sentence one about an old matter; without any of these nothing likens it to one
_REFERS = frozenset(
    {"back", "who", "stop", "cured", "move", "mend", "asks", "waits", "again", "good", "bad", "denies"}
)
#: what makes it one even where a new order is asked for in so many words
_HOLDS = frozenset({"back", "stop", "move", "waits", "again", "denies"})
_NEGATES = re.compile(r"不|别|没|甭|唔|\b(?:don'?t|do not|no|not|never|stop|without|won'?t|can'?t)\b")
#: an order in so many words: "also book a cleaner please"
_ANEW = re.compile(
    r"(?:帮我|我(?:还|也)?(?:想|要)|请|麻烦)[^，。]{0,6}(?:约|订|叫|找|请|安排|预约|预订)(?:一)?(?:个|位|次|家|下)"
    r"|\b(?:book|order|arrange|get me|i need|i want|i'd like) (?:an?|another|some)\b"
)
_SAYS = 2  # characters without which a text says nothing
STRANGE = 0.5  # less surely a text is not refused as out of scope
#: how likely an act must be that is neither a new wish nor about an old matter
MODEST = 0.35
SURE_SAYING = 0.9  # a text that is an example sentence word for word
SURE_EXAMPLE = 0.62  # an example this like the text decides where no rule spoke


@dataclass(frozen=True, slots=True)
class ActFound:
    """An act, how sure we are, and whether its own wording (not mere likeness or default) gave it away.

    A new wish is `doubtful` when it may as well concern an old matter: then nobody orders without asking.
    """

    act: Act
    confidence: float
    by_rule: bool = True
    doubtful: bool = False


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
        return _weighed(self._model.chances(text, sight()), ruled, text)

    def said(self, text: str) -> Act | None:
        """The act that the wording of a clause gives away by itself, if any."""
        found = self.courtesy(text) or _ruled(text)
        return found.act if found else None

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


def _weighed(chances: Mapping[Act, float], ruled: ActFound | None, text: str) -> ActFound:
    """What the model and the rules come to: a rule makes its act likelier, it need not win.

    A new order for an old matter costs more than a question too many: where acts about what is in hand are
    likely enough together, the likeliest of them is chosen, and less surely.
    """
    old_acts = _likely_old(text, ruled)
    if ruled is None and _is_new_fault(text):
        old_acts -= {Act.URGE}
    odds = {act: share for act, share in chances.items() if act not in REFERRING or act in old_acts}
    if ruled is not None:
        odds[ruled.act] = odds.get(ruled.act, 0.02) * TRUST_IN_RULES
    whole = sum(odds.values())
    shares = {act: share / whole for act, share in odds.items()}
    if ruled is None and shares.get(Act.OUT_OF_SCOPE, 0.0) < STRANGE:
        shares.pop(Act.OUT_OF_SCOPE, None)
    best = max(shares, key=lambda act: shares[act] * OFTEN.get(act, 1.0))
    if ruled is None and best not in REFERRING and shares[best] < MODEST:
        # Nobody is thanked, greeted or judged on a mere guess: it is more likely a wish, told strangely.
        best = max((Act.REQUEST, Act.ENQUIRY), key=lambda act: shares.get(act, 0.0))
        return ActFound(best, shares.get(best, 0.0), by_rule=False, doubtful=True)
    by_rule = ruled is not None and best is ruled.act
    if best in (Act.REQUEST, Act.ENQUIRY):
        own = REFERRING if _is_new_fault(text) else ON_TICKETS  # "the tap is broken" is no verdict on work
        old = {act: share for act, share in shares.items() if act in own}
        doubt = sum(old.values())
        if doubt >= DOUBT[best]:
            best = max(old, key=lambda act: old[act])
            return ActFound(best, min(0.7, doubt), by_rule=False)
        sure = shares[Act.REQUEST] + shares[Act.ENQUIRY]
        return ActFound(best, sure, by_rule=False, doubtful=_is_doubtful(shares, text))
    return ActFound(best, max(shares[best], ruled.confidence if ruled and by_rule else 0.0), by_rule)


def _is_doubtful(shares: Mapping[Act, float], text: str) -> bool:
    """Whether a new wish may concern an old matter, or tells what was tried already."""
    cues = set(cues_of(text))
    tried = "again" in cues and not {"question", "wishes"} & cues
    return tried or sum(share for act, share in shares.items() if act in REFERRING) >= DOUBTFUL


def _likely_old(text: str, ruled: ActFound | None) -> frozenset[Act]:
    """The acts about an old matter that a text can be at all: where nothing refers to one, those of rules."""
    cues = set(cues_of(text))
    refers = bool(cues & _REFERS or _NEGATES.search(text))
    if not refers or (_ANEW.search(text) and not cues & _HOLDS):
        return frozenset({ruled.act}) if ruled else frozenset()
    return ON_TICKETS


def _agreed(examples: Sequence[tuple[Act, str]]) -> dict[str, Act]:
    """The acts of whole messages, where all who wrote such a one agree."""
    found: dict[str, set[Act]] = {}
    for act, text in examples:
        found.setdefault(_words(normalize(text).text), set()).add(act)
    return {words: next(iter(acts)) for words, acts in found.items() if len(acts) == 1 and words}


def _words(text: str) -> str:
    return _NO_WORD.sub("", text)


def _is_new_fault(text: str) -> bool:
    """A fault told in a hurry, and nothing that refers back: nobody has been sent for yet."""
    return bool(FAULT.search(text)) and not {"back", "again", "asks"} & set(cues_of(text))


@lru_cache(maxsize=16)
def _courtesy(text: str) -> ActFound | None:
    stripped = text.strip()
    if len(stripped) > 60:
        return None
    if not _LETTER.search(stripped):
        return _wordless(stripped)
    once = _ECHO.sub(r"\1\1", stripped)
    for act, pattern in COURTESIES:
        if pattern.fullmatch(once):
            return ActFound(act, 0.97)
    return ActFound(Act.OUT_OF_SCOPE, 0.9) if gibberish(stripped) else None


def _wordless(text: str) -> ActFound | None:
    """A text without letters: "1" may answer a question, "?" and emoji mean nothing certain."""
    if not text:
        return ActFound(Act.OUT_OF_SCOPE, 0.5)
    return None if any(character.isdigit() for character in text) else ActFound(Act.OUT_OF_SCOPE, 0.5)


@lru_cache(maxsize=16)  # a message is asked for its parts first, and then for its act
def _ruled(text: str) -> ActFound | None:
    for rule in (*RULES, *WISH_RULES):
        if rule.fits(text):
            return ActFound(rule.act, rule.confidence)
    return None


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


def gibberish(text: str) -> bool:
    """Keys hit at random, one character over and over."""
    letters = re.sub(r"[^a-z0-9\u3400-\u9fff]", "", text)
    if len(letters) < 4:
        return False
    if len(set(letters)) <= max(1, len(letters) // 5) and not letters.isdigit():
        return True
    words = re.findall(r"[a-z0-9]+", text)
    if re.search(r"[\u3400-\u9fff]", text) or letters.isdigit():
        return False
    strange = [word for word in words if _strange(word)]
    return len(strange) >= max(1, 0.6 * len(words)) and len(letters) >= 5


def _strange(word: str) -> bool:
    if word.isdigit() or len(word) < 2:
        return False
    mixed = bool(re.fullmatch(r"(?=.*\d)(?=.*[a-z])[a-z0-9]+", word)) and not re.fullmatch(
        r"[a-z]?\d+(?:st|nd|rd|th|am|pm|h|m|km|kg|w|cm|sqm)?", word
    )
    return (
        mixed
        or (len(word) >= 4 and not _VOWEL.search(word))
        or bool(re.search(r"[bcdfghjklmnpqrstvwxz]{5,}", word))
    )
