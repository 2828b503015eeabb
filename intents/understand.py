"""The engine: one text in, one Meaning out. A cascade whose stages can each be replaced.

Order: normalise → language → emergencies on the whole text → times and slots → acts → items → the gate
that decides to act, to ask, or to hand over to the butler. Never raises on any text; looks closely at the
first 2,000 characters only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from intents.acts import ActClassifier
from intents.additions import Phrase, taught
from intents.answers import Asked, read_answer
from intents.artefact import ArtefactRefused
from intents.clauses import without_joint
from intents.emergency import ITEM_OF_KIND, EmergencyDetector
from intents.encoder import Encoder
from intents.explanation import Taught, explained
from intents.gate import Gate, trained_gate
from intents.language import language_of
from intents.loader import DATA
from intents.matching import FaqMatcher, ItemMatcher
from intents.meaning import Act, Decision, Hint, Intent, Meaning
from intents.menu import Menu
from intents.normalize import Normal, normalize
from intents.reading import read_data
from intents.readings import Reading
from intents.scorer import Scorer, Weights
from intents.slot_words import in_own_words, told
from intents.slots import SlotReader
from intents.times import Times, read_times
from intents.trained import PLACE, find_act_model, find_danger_model, find_scorer, warn_untrained
from intents.wishes import WishReader, bare, wanted_language


@dataclass(frozen=True, slots=True)
class Stages:
    """The replaceable parts of the cascade."""

    emergencies: EmergencyDetector
    slots: SlotReader
    acts: ActClassifier
    items: ItemMatcher
    faq: FaqMatcher
    gate: Gate


class Engine:
    """Understands messages for one menu. Build it with `load`; it may be shared by threads."""

    def __init__(self, menu: Menu, stages: Stages) -> None:
        self.menu = menu
        self._stages = stages
        self._wishes = WishReader(menu, stages.acts, stages.items, stages.faq, stages.slots, stages.gate)

    @classmethod
    def load(
        cls, data: Path | None = None, trained: Path | None = PLACE, encoder: Encoder | None = None
    ) -> Engine:
        """The engine over the data folder (the shipped one by default). Raises loader.DataFaults.

        `trained` is the folder `run_bot.py train` wrote to; without a sound artefact there of this very data
        (or with None) services are found by words alone. Phrases that training has read and checked are not
        read again. `encoder` takes the place of this process's own; `NoEncoder()` shows what is understood
        where the encoder's package is missing.
        """
        folder = data or DATA
        scorer, missing = find_scorer(folder, trained, encoder) if trained is not None else (None, "")
        engine = cls._over(folder, scorer, trained, encoder)
        if missing:
            warn_untrained(missing)
        return engine

    @classmethod
    def load_trained(cls, data: Path | None = None, trained: Path = PLACE) -> Engine:
        """The engine over the artefact that lies there now, to put in place of an older one.

        Raises ArtefactRefused when there is no sound one of this very data, loader.DataFaults for the data.
        """
        folder = data or DATA
        scorer, missing = find_scorer(folder, trained)
        if scorer is None:
            raise ArtefactRefused(missing)
        return cls._over(folder, scorer, trained)

    @classmethod
    def _over(
        cls,
        folder: Path,
        scorer: Scorer | None,
        trained: Path | None = None,
        encoder: Encoder | None = None,
    ) -> Engine:
        gate = _gate_of(scorer.weights) if scorer else Gate()
        read = read_data(folder, phrases=scorer is None)
        said = read.wordings
        items = ItemMatcher(read.menu, said.phrases, said.same_words, said.strange, scorer, gate)
        stages = Stages(
            emergencies=EmergencyDetector(
                read.dangers, find_danger_model(folder, trained, encoder) if trained else None
            ),
            slots=SlotReader(read.menu),
            acts=ActClassifier(
                said.acts, find_act_model(folder, trained, encoder) if scorer and trained else None
            ),
            items=items,
            faq=FaqMatcher(said.questions, items),
            gate=gate,
        )
        return cls(read.menu, stages)

    @property
    def artefact(self) -> str:
        """What the trained artefact is known by; "" for an engine that goes by words alone."""
        scorer = self._stages.items.scorer
        return scorer.checksum if scorer else ""

    def with_phrases(self, phrases: Sequence[Phrase]) -> Engine:
        """An engine that knows these approved phrases, in place of any that this one was given before."""
        return Engine(self.menu, replace(self._stages, items=taught(self._stages.items, phrases)))

    def sounds_dangerous(self, text: str) -> bool:
        """Tell by words alone whether a text sounds like an emergency; quicker than understanding it."""
        return self._stages.emergencies.find(text, plain_answer=True) is not None

    def understand(self, text: str, now: datetime, hint: Hint = Hint()) -> Meaning:
        """What `text`, written at `now` (estate-local, aware), means; `hint` is what was just asked."""
        self._wishes.begin()
        normal = normalize(text)
        language = language_of(normal.text, hint.language)
        times = read_times(normal.text, now)
        kind = self._stages.emergencies.find(
            text,
            lambda: self._stages.items.vector(bare(normal.text, times)),
            plain_answer=hint.expected_slot is not None or self._stages.items.is_name(normal.text),
            in_alarm=hint.in_alarm,
        )
        if kind is not None:
            return self._emergency(text, normal, kind, times, language)
        asked = Asked(hint, text, normal.text, times, now)
        answer = read_answer(asked, self._stages.slots, self._wishes)
        readings = [answer] if answer else self._wishes.read_all(normal.text, times, now)
        return Meaning(
            text=text,
            language=language,
            emergency=False,
            decision=_worst([reading.decision for reading in readings]),
            intents=tuple(
                _own_clause(in_own_words(reading.intent, normal, text), normal, text) for reading in readings
            ),
            faq=next((reading.faq for reading in readings if reading.faq), None),
            wanted_language=_wanted(readings, normal.text, language),
        )

    def explain(
        self, text: str, now: datetime, hint: Hint = Hint(), taught: Taught | None = None
    ) -> dict[str, object]:
        """The evidence each stage found; `taught` lets it name the examples that lie nearest."""
        return explained(self._stages, text, now, self.understand(text, now, hint), taught)

    def _emergency(self, text: str, normal: Normal, kind: str, times: Times, language: str) -> Meaning:
        item = self.menu.find_item(ITEM_OF_KIND[kind])
        found = self._stages.slots.look(normal.text, times.spans)
        slots, said = told({key: found[key] for key in ("where", "phone") if key in found}, normal.text)
        intent = Intent(Act.EMERGENCY, item.id if item else None, 0.98, (), slots, said)
        intent = in_own_words(intent, normal, text)
        return Meaning(text, language_of(normal.text, language), True, "act", (intent,), emergency_kind=kind)


def _own_clause(intent: Intent, normal: Normal, text: str) -> Intent:
    """The words of one of several wishes as they were written."""
    place = normal.text.find(intent.words) if intent.words else -1
    if place < 0:
        return intent
    start, end = normal.original_span(place, place + len(intent.words))
    return replace(intent, words=without_joint(text[start:end]))


def _gate_of(weights: Weights) -> Gate:
    return trained_gate(weights.act, weights.outside, weights.far)


def _worst(decisions: list[Decision]) -> Decision:
    """The message acts only when every wish in it may."""
    for decision in ("hand_over", "ask"):
        if all(one == decision for one in decisions):
            return decision
    return "act" if all(one == "act" for one in decisions) else "ask"


def _wanted(readings: list[Reading], text: str, language: str) -> str | None:
    if all(reading.intent.act is not Act.LANGUAGE for reading in readings):
        return None
    return wanted_language(text, language)
