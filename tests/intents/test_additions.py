"""Approved phrases in an engine: an alias for the exact wording, an example for what comes near it."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from intents.act_model import ActModel
from intents.acts import ActClassifier
from intents.additions import Phrase, without_homes
from intents.artefact import ArtefactRefused, read_checksum
from intents.encoder import NoEncoder, load_encoder
from intents.likeness import Floats
from intents.loader import DATA
from intents.meaning import Act
from intents.reading import read_data
from intents.scorer import read_scorer
from intents.trained import MODEL, data_version, lessons_of
from intents.training import Trained, encoded, train
from intents.understand import Engine
from intents.wishes import EXACT
from tests.intents.test_training import OUTSIDE, lessons

TAP = "value.repair-plumbing.water-fittings"
LAMP = "value.repair-electrical.tube-bulb"
LOCK = "value.repair-civil.wood-lock-repair"
ITEMS = {"tap": TAP, "lamp": LAMP, "lock": LOCK}
GADGET = Phrase("门厅那个小夜灵又罢工了", (LAMP,))
WOBBLY = Phrase("the grizzlefink went all funny again", (TAP,))


class OneAct:
    """In place of an act model: takes every text for the same act, so surely."""

    def __init__(self, act: Act, sure: float) -> None:
        self._act, self._sure = act, sure

    def chances(self, text: str, vector: Floats | None) -> dict[Act, float]:
        rest = (1 - self._sure) / (len(Act) - 1)
        return {act: self._sure if act is self._act else rest for act in Act}


def taking_all_for(engine: Engine, act: Act, sure: float = 0.97) -> Engine:
    acts = ActClassifier((), cast(ActModel, OneAct(act, sure)))
    return Engine(engine.menu, replace(engine._stages, acts=acts))


@cache
def learnt() -> Trained:
    """What the three items teach, learnt once."""
    encoder = load_encoder()
    given = [replace(one, labels=(ITEMS[one.labels[0]],)) for one in lessons()]
    return train(given, OUTSIDE, encoder, encoded(encoder))


def write(place: Path, phrases: tuple[Phrase, ...] = ()) -> str:
    """A small artefact of the shipped menu's data, that knows three items; its checksum."""
    about = {"data": data_version(DATA), "encoder": {"name": load_encoder().name}}
    learnt().scorer.save(place / MODEL, {**about, "phrases": [one.key for one in phrases]})
    return read_checksum(place / MODEL)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("understanding")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def small(place: Path) -> Engine:
    return Engine.load_trained(trained=place)


def items_of(engine: Engine, text: str) -> list[tuple[str, float]]:
    return [(one.item, one.confidence) for one in engine._stages.items.rank(text)]


@pytest.mark.parametrize("phrase", [GADGET, WOBBLY], ids=["zh", "en"])
def test_an_approved_wording_is_an_alias(small: Engine, now: datetime, phrase: Phrase) -> None:
    before = small.understand(phrase.text, now).intents[0]
    found = small.with_phrases([phrase]).understand(phrase.text, now)
    assert before.confidence < EXACT
    assert (found.decision, found.intents[0].item) == ("act", phrase.items[0])
    assert found.intents[0].confidence > EXACT


@pytest.mark.parametrize("act", [Act.PRAISE, Act.COMPLAINT, Act.HUMAN, Act.DENY])
@pytest.mark.parametrize("text", [GADGET.text, "明天下午，门厅那个小夜灵又罢工了", "换灯泡"])
def test_no_likeness_to_an_act_outranks_what_means_a_service_for_certain(
    small: Engine, now: datetime, act: Act, text: str
) -> None:
    engine = taking_all_for(small, act)
    (found,) = engine.with_phrases([GADGET]).understand(text, now).intents
    assert (found.act, found.item) == (Act.REQUEST, LAMP)
    assert engine.understand("好像哪里怪怪的", now).intents[0].act is act


@pytest.mark.parametrize("sure", [0.97, 0.7, 0.5])
def test_an_approved_wording_is_acted_on_though_its_words_may_be_about_an_old_matter(
    small: Engine, now: datetime, sure: float
) -> None:
    engine = taking_all_for(small, Act.REQUEST, sure)
    assert engine.with_phrases([GADGET]).understand(GADGET.text, now).decision == "act"


def test_an_approved_wording_is_one_wish_whatever_its_parts_promise(small: Engine, now: datetime) -> None:
    phrase = Phrase("门锁坏了，水龙头漏水", (LAMP,))
    (found,) = small.with_phrases([phrase]).understand(phrase.text, now).intents
    assert (found.act, found.item) == (Act.REQUEST, LAMP)


@pytest.mark.parametrize(
    ("text", "act"),
    [("取消小夜灵", Act.CANCEL), ("小夜灵不用修了", Act.CANCEL), ("我要投诉小夜灵", Act.COMPLAINT)],
)
def test_a_rule_outranks_an_approved_wording(small: Engine, now: datetime, text: str, act: Act) -> None:
    for engine in (small, taking_all_for(small, act)):
        taught = engine.with_phrases([Phrase(text, (LAMP,))])
        assert taught.understand(text, now).intents[0].act is act


@pytest.mark.parametrize(
    ("phrase", "text"),
    [(GADGET, "门厅的小夜灵罢工啦"), (WOBBLY, "my grizzlefink is funny")],
    ids=["zh", "en"],
)
def test_what_comes_near_an_approved_wording_is_drawn_to_its_item(
    small: Engine, phrase: Phrase, text: str
) -> None:
    item = phrase.items[0]
    before, after = small._stages.items, small.with_phrases([phrase])._stages.items
    assert before.scorer is not None
    assert after.scorer is not None
    assert after.scorer.scores(text).ranked[0].item == item
    assert after.scorer.scores(text).in_scope > before.scorer.scores(text).in_scope
    ranked = {one.item: one.confidence for one in before.rank(text)}
    assert dict(items_of(small.with_phrases([phrase]), text))[item] > ranked.get(item, 0.0)


def test_other_wordings_are_understood_as_before(small: Engine) -> None:
    taught = small.with_phrases([GADGET, WOBBLY])
    for text in ("门锁坏了", "my key is stuck in the lock"):
        assert items_of(taught, text)[0][0] == items_of(small, text)[0][0] == LOCK


def test_a_wording_of_two_items_is_asked_about(small: Engine, now: datetime) -> None:
    taught = small.with_phrases([GADGET, Phrase(GADGET.text, (TAP,))])
    found = taught.understand(GADGET.text, now)
    assert found.decision == "ask"
    assert {found.intents[0].item, found.intents[0].alternatives[0].item} == {LAMP, TAP}


def test_the_phrases_given_last_are_the_ones_that_hold(small: Engine, now: datetime) -> None:
    taught = small.with_phrases([GADGET]).with_phrases([WOBBLY]).with_phrases([])
    for phrase in (GADGET, WOBBLY):
        assert items_of(taught, phrase.text) == items_of(small, phrase.text)


def test_the_engine_that_was_taught_stays_as_it_is(small: Engine) -> None:
    before = items_of(small, GADGET.text)
    small.with_phrases([GADGET])
    assert items_of(small, GADGET.text) == before


def test_what_a_training_has_read_is_an_alias_and_no_example_again(tmp_path: Path, now: datetime) -> None:
    write(tmp_path, (GADGET,))
    taught = Engine.load_trained(trained=tmp_path).with_phrases([GADGET])
    assert taught._stages.items.scorer is not None
    assert taught._stages.items.scorer.added is None
    assert taught.understand(GADGET.text, now).intents[0].item == LAMP


def test_a_phrase_is_encoded_once(small: Engine) -> None:
    first = small.with_phrases([GADGET])._stages.items.scorer
    second = small.with_phrases([GADGET]).with_phrases([GADGET, WOBBLY])._stages.items.scorer
    assert first is not None
    assert first.added is not None
    assert second is not None
    assert second.added is not None
    (key,) = first.added.by_text()
    assert np.array_equal(first.added.by_text()[key], second.added.by_text()[key])


def test_without_the_encoder_phrases_are_taken_by_their_words(place: Path, small: Engine) -> None:
    blind = read_scorer(place / MODEL, NoEncoder())
    engine = Engine._over(DATA, blind)
    taught = engine.with_phrases([GADGET])
    assert items_of(taught, GADGET.text)[0] == (LAMP, 0.98)
    assert items_of(taught, "小夜灵不亮")[0][0] == LAMP


def test_without_a_training_phrases_are_taken_too(wordy: Engine) -> None:
    taught = wordy.with_phrases([GADGET])
    assert items_of(taught, GADGET.text)[0] == (LAMP, 0.98)
    assert items_of(taught, "门厅的小夜灵")[0][0] == LAMP
    assert taught.artefact == wordy.artefact == ""


def test_times_and_homes_do_not_belong_to_a_wording(small: Engine, now: datetime) -> None:
    taught = small.with_phrases([Phrase("3号楼1501的小夜灵又罢工了", (LAMP,))])
    found = taught.understand("明天下午，小夜灵又罢工了", now)
    assert found.intents[0].item == LAMP
    assert found.intents[0].slots["when"] is not None


@pytest.mark.parametrize("text", ["", "😀", "。。。", "\x00", "a" * 4_000, "灯"])
def test_any_text_is_taken_and_understood(small: Engine, now: datetime, text: str) -> None:
    taught = small.with_phrases([GADGET, Phrase(text, (LAMP, "no.such.item"))])
    assert taught.understand(text, now).text == text


def test_a_training_reads_approved_phrases() -> None:
    given, _outside = lessons_of(read_data(DATA, phrases=False), [GADGET])
    assert (given[-1].labels, given[-1].voice) == ((LAMP,), "")
    assert "小夜灵" in given[-1].text


def test_an_artefact_is_known_by_a_checksum_of_its_own(place: Path, small: Engine, tmp_path: Path) -> None:
    assert small.artefact == read_checksum(place / MODEL) != ""
    assert write(tmp_path, (GADGET,)) != small.artefact
    (tmp_path / MODEL).write_bytes(b"something else")
    assert read_checksum(tmp_path / MODEL) == read_checksum(tmp_path / "none") == ""
    with pytest.raises(ArtefactRefused) as refused:
        Engine.load_trained(trained=tmp_path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1501室 厨房漏水", "厨房漏水"),
        ("我家3-2-1501的灯不亮", "我家的灯不亮"),
        ("No hot water in flat 802, please help", "No hot water in , please help"),
        ("換燈泡", "換燈泡"),
    ],
)
def test_the_numbers_of_homes_are_left_out_of_what_was_written(text: str, kept: str) -> None:
    assert without_homes(text) == kept
