"""Golden sentences: for every active item one in each language that the trained engine names it for."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intents.loader import DATA
from intents.meaning import Intent
from intents.phrase_checks import fingerprint
from intents.understand import Engine

HERE = Path(__file__).parent
GOLDEN: dict[str, dict[str, Any]] = tomllib.loads((HERE / "golden.toml").read_text("utf-8"))
SAMPLE = HERE.parent / "house" / "sample_fingerprints.txt"
OFF = "reference"


def named(item: str, first: Intent) -> bool:
    """Whether an answer is the item's: its name, one that a sentence cannot tell from it, or its act."""
    row = GOLDEN[item]
    return first.item in (item, *row.get("either", ())) or (
        first.item is None and str(first.act) == row.get("act")
    )


def texts(found: object) -> list[str]:
    if isinstance(found, str):
        return [found]
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return [text for one in inner for text in texts(one)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_trained_engine_names_the_item_of_every_golden_sentence(
    engine: Engine, now: datetime, language: str
) -> None:
    wrong = []
    for item, row in GOLDEN.items():
        meaning = engine.understand(row[language], now)
        first = meaning.intents[0]
        if meaning.language != language or not named(item, first):
            wrong.append(f"{row[language]!r}: {meaning.language} {first.act} {first.item}, not {item}")
    assert wrong == []


def test_every_active_item_has_its_golden_sentences_and_nothing_else_has(engine: Engine) -> None:
    """A new item needs a line in golden.toml, in both languages."""
    menu = engine.menu.items.values()
    active = {item.id for item in menu if item.scope != OFF and not item.alias_of}
    assert sorted(active ^ GOLDEN.keys()) == []
    assert [item for item, row in GOLDEN.items() if not (row.get("zh") and row.get("en"))] == []
    others = {one for row in GOLDEN.values() for one in row.get("either", ())}
    assert sorted(others - active) == []


def test_no_golden_sentence_was_learnt_from_or_stands_in_the_sample() -> None:
    files = [path for path in DATA.rglob("*.toml") if path.parent.name != "items"]  # names may be golden
    taken = {fingerprint(text) for path in files for text in texts(tomllib.loads(path.read_text("utf-8")))}
    taken.update(SAMPLE.read_text("ascii").splitlines())
    sides = [(item, row[side]) for item, row in GOLDEN.items() for side in ("zh", "en")]
    assert len(taken) > 60_000
    assert [(item, text) for item, text in sides if fingerprint(text) in taken] == []
