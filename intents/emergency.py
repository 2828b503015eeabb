"""Danger first: what is said of danger is put together and weighed against what calms (MANNERS scene 4).

Fixed words and rules (`dangers`) find signs of danger; a sign is dropped where it is denied or is part of a
look-alike, grows by what says that it goes on, and shrinks by what tells of something past, settled or only
supposed. The whole text is searched. A trained model (`danger_model`), where there is one, weighs it as
well: it hears what no rule foresaw, and calms a rule that only met a word. Nothing here needs the scorer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import itemgetter

from intents.danger_model import LOOKED_AT, DangerModel, Heard, Vector, no_vector
from intents.danger_rules import Hit, Rule, Sketch, hits_of
from intents.danger_words import Found, Lexicon, Span, folded
from intents.dangers import ALIKE, SAID, Dangers
from intents.harmless import is_harmless

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
DENIED = -9
RAISED = 2  # what the weight of a sign must come to
# What the score of the model must come to: where a rule is denied, where none speaks, where one says a
# little, and where one is raised. Set on lines of a writer who was kept apart: of his dangers all but one in
# a hundred are heard, of what only sounds like it 4 in a hundred raised (see docs/understanding.md).
HEARD_WHEN_DENIED, HEARD, HEARD_WITH_HINT, HEARD_WITH_RULE = 0.0, -0.35, -0.4, -0.65
HEARD_IN_ALARM = 0.2
SURE, HEARD_WHEN_SURE = 4, -1.4  # a rule is sure where somebody says besides that it goes on
_RULE_OF_KIND = 0.3  # what a rule adds to its kind beside the model's own guess
# Too little to be judged by likeness, where no rule knows it.
_FEW_WORDS = re.compile(r"[^\w]*(?:\d*[\u3400-\u9fff]{1,4}|[a-z']+(?:\W+[a-z']+){0,2})?[^\w]*")
# Who stands before the own door wants a locksmith, unless somebody or something is inside.
_LOCKED_OUT = re.compile(r"锁在.{0,3}外|锁(?:在)?(?:了)?门外|\block(?:ed)? (?:myself |me |us |out)")
_INSIDE = re.compile(
    r"孩|宝|娃|老人|妈|爸|火|煤气|燃气|灶|锅|炉|里面|\b(?:child|baby|kid|toddler|son|daughter|inside|stove|gas|oven|fire)"
)
_UNKNOWN = "illness"  # where nothing says of which kind the danger is: help for people comes first
_MARKS = " ,.。~?"
_SOS = "\U0001f198"  # the button as a picture; other pictures say too little
_NEAR = 200  # steps within which what is said to go on counts for a sign
_DENIED = re.compile(
    r"(?:(?<!有)没(?:有|再|闻到|闻见|看到|看见|见|什么|啥|发生|出现|任何)*|(?<!是)不是|并非|并没|未|冇|不会|不再|"
    r"防|避免|以免|预防|"
    r"\b(?:no|not|never|without|prevent|avoid|nor)\b(?: (?:any|a|the|an|real|more|really|actually|strong|"
    r"smell of|sign of|signs of|trace of|smell|see|seen|been|have|has|smelt|of))*\s?)$"
)


class EmergencyDetector:
    """Says whether a text tells of danger now, and of which kind."""

    def __init__(self, dangers: Dangers, model: DangerModel | None = None) -> None:
        """Without a model the rules decide alone."""
        self._model = model
        self._cries = frozenset(folded(cry).strip(_MARKS) for cry in dangers.tags.get("cry", ()))
        self._words = Lexicon(dangers.tags, dangers.misspelt, dangers.ordinary)
        self._fixed = Lexicon(dangers.fixed)
        self._rules: dict[str, list[tuple[int, Rule]]] = {}  # by their sign, each with its place among all
        for place, rule in enumerate(dangers.rules):
            self._rules.setdefault(rule.tags[0], []).append((place, rule))
        self._calm: Mapping[str, int] = dangers.calm
        self._now: Mapping[str, int] = dangers.now

    def find(
        self, text: str, vector: Vector = no_vector, *, plain_answer: bool = False, in_alarm: bool = False
    ) -> str | None:
        """The kind of danger in a text (raw or normalised), or None. The whole text is searched.

        What answers a question of ours, or is the name of a service, is judged by rules alone: it sounds like
        danger because the fault does that was told before. With `in_alarm`, an emergency being raised, words
        must sound very like danger by themselves: all that is told of it sounds a little like it.

        `vector` gives the sentence vector of it, and is only asked where words alone leave a doubt.
        """
        plain = folded(text.replace(_SOS, " sos "))
        weighed = list(self.weigh(plain))
        raised = {hit.rule.kind for hit, weight in weighed if weight >= RAISED}
        if not raised and self._cried(plain):
            return _UNKNOWN
        if (
            self._model is None
            or len(plain) > LOOKED_AT
            or (not weighed and (plain_answer or _FEW_WORDS.fullmatch(plain)))
        ):
            return min(raised, key=_urgency, default=None)
        if not raised and _is_calm(plain):
            return None
        heard = self._model.hear(plain, vector)
        least = _least([one for _, one in weighed])
        if in_alarm and not raised:
            least = HEARD_IN_ALARM
        if raised and heard.score < least:  # perhaps it could not read what the rules understood
            heard = self._model.hear(self._words.mended(plain))
        return _likeliest(heard, raised) if heard.score >= least else None

    def _cried(self, plain: str) -> bool:
        """A cry for help and nothing else: "help" alone asks for the menu, "help!" does not."""
        bare = plain.strip(_MARKS)
        calm = bare.rstrip("! ")
        return calm in self._cries or (calm != bare and f"{calm}!" in self._cries)

    def weigh(self, plain: str) -> Iterator[tuple[Hit, int]]:
        """Signs of a folded text with their weights; those of look-alikes are as good as denied.

        Once a kind is raised, its other rules have nothing to add.
        """
        found, alike = self._found(plain)
        sketch, raised = Sketch(plain, found), set[str]()
        for rule in self._possible(found):
            if rule.kind in raised:
                continue
            for hit in hits_of(rule, sketch):
                struck = _shares(hit, alike.get(ALIKE + rule.kind, ()))
                weight = DENIED if struck else self._weight(hit, sketch)
                yield hit, weight
                if weight >= RAISED:
                    raised.add(rule.kind)
                    break

    def _possible(self, found: Found) -> list[Rule]:
        """The rules of which everything was found, in their order."""
        signed = sorted((one for tag in found for one in self._rules.get(tag, ())), key=itemgetter(0))
        return [rule for _, rule in signed if rule.needs <= found.keys()]

    def _found(self, plain: str) -> tuple[Found, Found]:
        """What was found, and the look-alikes by kind; a word inside a harmless one is not there."""
        found = self._words.find(plain)
        harmless = found.pop("harmless", [])
        found |= self._fixed.find(plain)
        alike = {tag: found.pop(tag) for tag in list(found) if tag.startswith(ALIKE)}
        if harmless:
            left = {
                tag: [one for one in spans if not _taken(tag, one, harmless)] for tag, spans in found.items()
            }
            found = {tag: spans for tag, spans in left.items() if spans}
        return found, alike

    def _weight(self, hit: Hit, sketch: Sketch) -> int:
        if _denied(hit, sketch.text):
            return DENIED
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


def _is_calm(plain: str) -> bool:
    """What the model hears danger in and nobody is in danger who writes it."""
    return bool(_LOCKED_OUT.search(plain) and not _INSIDE.search(plain)) or is_harmless(plain)


def _least(weights: list[int]) -> float:
    """What a score must come to beside signs of these weights."""
    strongest = max(weights, default=DENIED - 1)
    if strongest >= RAISED:
        return HEARD_WHEN_SURE if strongest >= SURE else HEARD_WITH_RULE
    if DENIED in weights and strongest <= 0:
        return HEARD_WHEN_DENIED
    return HEARD_WITH_HINT if strongest >= 0 else HEARD


def _urgency(kind: str) -> int:
    return _ORDER.get(kind, len(_ORDER))


def _likeliest(heard: Heard, raised: set[str]) -> str:
    """The kind that the model makes out, with what rules say of it."""
    return max(heard.kinds, key=lambda kind: heard.kinds[kind] + _RULE_OF_KIND * (kind in raised))


def _denied(hit: Hit, text: str) -> bool:
    return any(
        _DENIED.search(text, max(0, start - 30), start) is not None for start in {hit.sign[0], hit.span[0]}
    )


def _taken(tag: str, span: Span, harmless: list[Span]) -> bool:
    """Whether a harmless word has what was found in it or, for a fixed wording, the end of it."""
    whole = any(start <= span[0] and span[1] <= end for start, end in harmless)
    return whole or (tag.startswith(SAID) and any(span[0] < start < span[1] < end for start, end in harmless))


def _shares(hit: Hit, others: list[Span] | tuple[()]) -> bool:
    return any(start < hit.sign[1] and hit.sign[0] < end for start, end in others)
