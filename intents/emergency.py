"""Danger first: what is said of danger is put together and weighed against what calms (MANNERS scene 4).

Fixed words and rules (`dangers`) find signs of danger; a sign is dropped where it is denied or is part of a
look-alike, grows by what says that it goes on, and shrinks by what tells of something past, settled or only
supposed. The whole text is searched, and nothing here needs the encoder or anything trained.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from intents.danger_model import DangerModel
from intents.danger_rules import Hit, Sketch, hits_of
from intents.danger_words import Found, Lexicon, Span, folded
from intents.dangers import ALIKE, Dangers

# The item a ticket for each kind is opened under.
ITEM_OF_KIND = {
    "gas": "common.fire.gas-leak",
    "fire": "common.security.incident",
    "flood": "common.security.incident",
    "trapped": "common.security.incident",
    "intruder": "common.security.incident",
    "illness": "value.home.sudden-illness",
    "electric": "common.security.incident",
}
# When several kinds sound, the one that kills first decides the lines said at once.
_ORDER = {
    kind: index
    for index, kind in enumerate(("gas", "fire", "illness", "electric", "trapped", "intruder", "flood"))
}
RAISED = 2  # what the weight of a sign must come to
HEARD, HEARD_WITH_HINT = 1.5, 0.75  # what the score of the model must come to, without and with a sign
_UNKNOWN = "illness"  # where nothing says of which kind the danger is: help for people comes first
_NEAR = 200  # steps within which what is said to go on counts for a sign
_DENIED = re.compile(
    r"(?:(?<!有)没(?:有|再|闻到|闻见|看到|看见|见|什么|啥|发生|出现|任何)*|(?<!是)不是|并非|并没|未|冇|不会|不再|防|避免|以免|预防|"
    r"\b(?:no|not|n't|never|without|isn't|prevent|avoid|nor)\b(?: (?:any|a|the|an|real|more|really|actually|strong|smell of|"
    r"sign of|signs of|trace of|smell|see|seen|been|have|has|smelt|of))*\s?)$"
)


class EmergencyDetector:
    """Says whether a text tells of danger now, and of which kind."""

    def __init__(self, dangers: Dangers) -> None:
        self._model = dangers.model
        self._words = Lexicon(dangers.tags, dangers.misspelt, dangers.ordinary)
        self._fixed = Lexicon(dangers.fixed)
        self._rules = dangers.rules
        self._calm: Mapping[str, int] = dangers.calm
        self._now: Mapping[str, int] = dangers.now

    def find(self, text: str) -> str | None:
        """The kind of danger in a text (raw or normalised), or None. The whole text is searched."""
        plain = folded(text)
        weighed = list(self.weigh(plain))
        kinds = {hit.rule.kind for hit, weight in weighed if weight >= RAISED}
        if (
            not kinds
            and self._model is not None
            and any("a" <= one <= "z" or one > "\u3400" for one in plain)
        ):
            kinds = self._overheard(plain, self._model, weighed)
        return min(kinds, key=lambda name: _ORDER.get(name, len(_ORDER)), default=None)

    def _overheard(self, plain: str, model: DangerModel, weighed: list[tuple[Hit, int]]) -> set[str]:
        """What the second ear hears where the rules are silent; less is enough where a rule says a little."""
        hinted = {hit.rule.kind for hit, weight in weighed if weight >= 0}
        if model.score(plain) < (HEARD_WITH_HINT if hinted else HEARD):
            return set()
        return hinted or {hit.rule.kind for hit, _ in weighed} or {_UNKNOWN}

    def weigh(self, plain: str) -> Iterator[tuple[Hit, int]]:
        """All signs of a folded text with their weights, those of look-alikes left out."""
        found, alike = self._found(plain)
        sketch = Sketch(plain, found)
        for rule in self._rules:
            if rule.needs <= found.keys():
                for hit in hits_of(rule, sketch):
                    if not _shares(hit, alike.get(ALIKE + rule.kind, ())):
                        yield hit, self._weight(hit, sketch)

    def _found(self, plain: str) -> tuple[Found, Found]:
        """What was found, and the look-alikes by kind; a word inside a harmless one is not there."""
        found = self._words.find(plain)
        harmless = found.pop("harmless", [])
        found |= self._fixed.find(plain)
        alike = {tag: found.pop(tag) for tag in list(found) if tag.startswith(ALIKE)}
        if harmless:
            outside = {
                tag: [one for one in spans if not _inside(one, harmless)] for tag, spans in found.items()
            }
            found = {tag: spans for tag, spans in outside.items() if spans}
        return found, alike

    def _weight(self, hit: Hit, sketch: Sketch) -> int:
        if _denied(hit, sketch.text):
            return 0
        sentence = sketch.sentence(hit.span)
        calm = max((self._calm_of(tag, hit, sentence, sketch) for tag in self._calm), default=0)
        near = max(0, hit.span[0] - _NEAR), hit.span[1] + _NEAR
        now = max((weight for tag, weight in self._now.items() if sketch.has(tag, near)), default=0)
        return hit.rule.strength + now - calm

    def _calm_of(self, tag: str, hit: Hit, sentence: Span, sketch: Sketch) -> int:
        """What is settled may be said in a sentence of its own, after the danger."""
        scope = (hit.span[0], len(sketch.text)) if tag == "settled" else sentence
        said = sketch.has(tag, scope) or sketch.has(tag, sentence)
        return self._calm[tag] if said else 0


def _denied(hit: Hit, text: str) -> bool:
    return any(
        _DENIED.search(text, max(0, start - 30), start) is not None for start in {hit.sign[0], hit.span[0]}
    )


def _inside(span: Span, others: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _shares(hit: Hit, others: list[Span] | tuple[()]) -> bool:
    return any(start < hit.sign[1] and hit.sign[0] < end for start, end in others)
