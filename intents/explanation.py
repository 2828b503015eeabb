"""What every stage found in a text, for `run_bot.py understand --explain`.

It asks the stages again, one by one; nothing here decides anything. The nearest examples are shown with their
wording and writer when the lessons are given that the scorer was trained on (`intents.trained.lessons_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from intents.act_rules import RULES, lets_go
from intents.clauses import clauses_of
from intents.gate import Gate, lead_of
from intents.likeness import Floats
from intents.meaning import Alternative, Meaning
from intents.normalize import normalize
from intents.scorer import Scorer, chance, fused, judge_features, scope_features
from intents.space import BLIND
from intents.sparse import Index, counted
from intents.times import Times, read_times
from intents.wish_rules import WISH_RULES
from intents.wishes import EXACT, bare

if TYPE_CHECKING:
    from datetime import datetime

    from intents.acts import ActClassifier
    from intents.training import Lesson
    from intents.understand import Stages

_SHOWN, _NEAREST = 5, 5
_LOOKED_AT = 40  # nearest by words, whose meaning is compared too


class Taught:
    """What the scorer was trained on, ready to be searched for what lies nearest to a text."""

    def __init__(self, lessons: Sequence[Lesson] = (), outside: Sequence[str] = ()) -> None:
        """`outside` are lines that no item fits; both prepared as for training."""
        self._shown = [
            *((one.text, one.labels, one.voice or "the menu") for one in lessons),
            *((text, (), "nothing fits") for text in outside),
        ]
        vocabulary, found = counted([text for text, _, _ in self._shown])
        self._vocabulary, self._index = vocabulary, Index.build(found, len(vocabulary))

    def nearest(self, scorer: Scorer, prepared: str, items: set[str]) -> dict[str, object]:
        """The nearest examples by words; and by meaning those among them and all examples of `items`."""
        words = self._index.likeness(self._vocabulary.query(prepared))
        first = [int(row) for row in np.argsort(-words)[:_LOOKED_AT]]
        found: dict[str, object] = {"nearest_by_words": self._best(first, words[first])}
        rows = [row for row, (_, labels, _) in enumerate(self._shown) if not items.isdisjoint(labels)]
        if scorer.sees and self._shown:
            rows = sorted({*first, *rows})
            vectors = scorer.encoded([prepared, *(self._shown[row][0] for row in rows)])
            found["nearest_by_meaning"] = self._best(rows, vectors[1:] @ vectors[0])
        return found

    def _best(self, rows: Sequence[int], likeness: Floats) -> list[dict[str, object]]:
        shown = []
        for place in np.argsort(-likeness)[:_NEAREST]:
            text, items, writer = self._shown[rows[int(place)]]
            near = round(float(likeness[place]), 3)
            shown.append({"likeness": near, "text": text, "items": list(items), "writer": writer})
        return shown


def explained(
    stages: Stages, text: str, now: datetime, meaning: Meaning, taught: Taught | None = None
) -> dict[str, object]:
    """The evidence of every stage for a text that was understood as `meaning`."""
    plain = normalize(text).text
    times = read_times(plain, now)
    wish = bare(plain, times)
    ranked = stages.items.rank(wish, limit=10)
    shown: dict[str, object] = {
        "normalised": plain,
        "language": meaning.language,
        "emergency_kind": stages.emergencies.find(text, lambda: stages.items.vector(wish)),
        "times": _times(plain, times),
        "slots": stages.slots.find(plain),
        "act": _act(stages.acts, plain),
        "clauses": list(clauses_of(plain)),
        "asked_of_items": wish,
        "items": [{"item": one.item, "score": round(one.confidence, 3)} for one in ranked[:_SHOWN]],
        "scorer": _scorer(stages.items.scorer, stages.items.common_words(wish), taught),
        "gate": _gate(stages.gate, ranked, stages.items.strangeness(wish)),
        "faq": stages.faq.find(plain),
        "intents": [_from(one.item, one.confidence, ranked) for one in meaning.intents],
    }
    return {**shown, "decided_by": _decided_by(shown, meaning, ranked)}


def _times(plain: str, times: Times) -> dict[str, object]:
    words = [plain[start:end] for start, end in times.spans]
    return {"words": words, "problem": times.problem}


def _act(acts: ActClassifier, plain: str) -> dict[str, object]:
    """The act, and what gave it away: which list, and the words of the text that fitted."""
    found = acts.find(plain)
    shown = {"act": str(found.act), "confidence": round(found.confidence, 3), "by_rule": found.by_rule}
    if acts.courtesy(plain) is not None:
        return {**shown, "from": "courtesies and wordless texts"}
    rule = next((one for one in (*RULES, *WISH_RULES) if one.fits(plain)), None)
    if rule is not None and rule.act == found.act:
        words = rule.pattern.search(plain)
        return {**shown, "from": "rules of wording", "words": words.group() if words else ""}
    if lets_go(plain):
        return {**shown, "from": "letting go in a few words"}
    return {**shown, "from": "example sentences" if found.by_rule else "wish or question, for want of a rule"}


def _gate(gate: Gate, ranked: Sequence[Alternative], strangeness: float) -> dict[str, object]:
    """The band of the ranking by itself, and every value it is compared with."""
    first = ranked[0].confidence if ranked else 0.0
    return {
        "band": gate.decide(ranked),
        "first": round(first, 3),
        "lead": round(lead_of(ranked), 3),
        "strangeness": round(strangeness, 3),
        "is_strange": gate.strange(strangeness) and first < gate.unlikely,
        "is_doubtful": gate.doubts(strangeness) and first < gate.likely,
        "values": {name: _rounded(value) for name, value in asdict(gate).items()},
    }


def _rounded(value: object) -> object:
    if isinstance(value, tuple | list):
        return [_rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


def _from(item: str | None, confidence: float, ranked: Sequence[Alternative]) -> dict[str, object]:
    """Which place of the ranking an intent's item has; None when it comes from elsewhere."""
    place = next((at for at, one in enumerate(ranked, start=1) if one.item == item), None)
    return {"item": item, "confidence": round(confidence, 3), "place": place}


def _decided_by(shown: Mapping[str, object], meaning: Meaning, ranked: Sequence[Alternative]) -> str:
    """The stage that had the last word, in a few words."""
    act = shown["act"]
    if meaning.emergency:
        return f"danger: {meaning.emergency_kind}"
    if meaning.faq is not None:
        return f"a common question: {meaning.faq}"
    first = meaning.intents[0]
    if len(meaning.intents) > 1:
        return "clauses that are wishes of their own"
    if isinstance(act, Mapping) and act["by_rule"] and str(first.act) == act["act"]:
        return f"the act: {act['from']}"
    if isinstance(act, Mapping) and str(first.act) not in (act["act"], "out_of_scope"):
        return "the question that was asked, or what the item itself is about"
    if ranked and first.item == ranked[0].item and ranked[0].confidence >= EXACT:
        return "a name said in full"
    return f"the gate: {meaning.decision}"


def _scorer(scorer: Scorer | None, prepared: str, taught: Taught | None) -> dict[str, object] | None:
    """How the trained scorer reckons: evidence, weights, and the examples that lie nearest."""
    if scorer is None:
        return None
    query = scorer.vocabulary.query(prepared)
    seen = scorer.seen(prepared) if scorer.sees else None
    if query.is_empty and seen is None:
        return None
    weights = scorer.weights
    evidence = scorer.space.evidence(query, seen, weights.fusion)
    if scorer.added is not None:
        evidence = scorer.added.join(evidence, prepared, seen.vector if seen else None)
    shares, order = fused(evidence, weights.fusion)
    names = scorer.space.names if scorer.sees else BLIND
    linear = evidence.columns.astype(np.float64) @ np.asarray(weights.fusion)
    candidates = [
        {
            "item": scorer.items[int(evidence.classes[one])],
            "share": round(float(shares[one]), 3),
            "linear": round(float(linear[one]), 3),
            **_named(names, evidence.columns[one]),
        }
        for one in order[:_SHOWN]
    ]
    return {
        "sees": scorer.sees,
        "weights": _named(names, weights.fusion),
        "candidates": candidates,
        "confidence": round(chance(judge_features(evidence, shares, order), weights.judge), 3),
        "in_scope": round(chance(scope_features(evidence, shares, order), weights.scope), 3),
        "nearest_outside": {
            "words": round(evidence.outside_words, 3), "meaning": round(evidence.outside_vector, 3),
        },
        **(taught.nearest(scorer, prepared, {str(one["item"]) for one in candidates}) if taught else {}),
    }  # fmt: skip


def _named(names: Sequence[str], values: Iterable[float]) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in zip(names, values, strict=True)}
