"""The phrases residents are understood by: enough in both languages, none copied, none from a sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intents.normalize import normalize
from intents.phrase_checks import LEAST_STRANGE, check_phrases, fingerprint
from intents.reading import EngineData, read_data
from intents.rows import Faults

HERE = Path(__file__).parent
HALF_WIDTH = re.compile(r"[一-鿿][,?!:;()][一-鿿]|[一-鿿][,?!;]$")


@pytest.fixture(scope="module")
def data() -> EngineData:
    return read_data()


@pytest.fixture(scope="module")
def sample() -> frozenset[str]:
    """What stands for the sentences of the public evaluation sample (tools/fingerprints.py)."""
    lines = (HERE / "sample_fingerprints.txt").read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def test_the_phrases_are_enough_and_none_is_thin_copied_or_made(
    data: EngineData, sample: frozenset[str]
) -> None:
    faults = Faults()
    check_phrases(data.wordings, data.menu, faults, sample=sample)
    assert faults.found == ()


def test_no_example_of_an_act_is_a_sentence_of_the_sample(data: EngineData, sample: frozenset[str]) -> None:
    assert len(sample) > 400
    assert [text for _, text in data.wordings.acts if fingerprint(text) in sample] == []
    assert [text for _, text in data.wordings.questions if fingerprint(text) in sample] == []


def test_a_hundred_and_fifty_everyday_items_are_on_the_menu(data: EngineData) -> None:
    everyday = [data.menu.items[item] for item in data.wordings.everyday]
    assert len(everyday) == 150
    assert [item.id for item in everyday if item.scope == "reference"] == []


def test_out_of_scope_shares_its_words_with_the_services(data: EngineData) -> None:
    """Lines that only a stranger would write are easily refused; these have the words of services in them."""
    words = re.compile(
        r"水|电|灯|门|锁|车|洗|修|搬|花|菜|床|管家|保安|垃圾|停|快递|租|房"
        r"|\b(?:water|power|light|door|lock|car|clean|fix|repair|move|flower|lift|guard|rent|house|kitchen|tap|wash)"
    )
    strange = [line for line in data.wordings.lines if not line.items]
    for side in ("zh", "en"):
        own = [line.text for line in strange if line.side == side]
        assert len(own) >= LEAST_STRANGE
        assert sum(bool(words.search(normalize(text).text)) for text in own) > len(own) / 5


def test_chinese_phrases_use_full_width_punctuation(data: EngineData) -> None:
    assert [line.text for line in data.wordings.lines if HALF_WIDTH.search(line.text)] == []
