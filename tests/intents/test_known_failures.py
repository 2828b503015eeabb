"""What is known to be misunderstood stays named: a line that is mended must leave the list."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intents.understand import Engine

KNOWN: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "known_failures.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("failure", KNOWN["act"], ids=lambda one: one["text"])
def test_the_act_is_still_missed(engine: Engine, now: datetime, failure: dict[str, Any]) -> None:
    acts = [str(intent.act) for intent in engine.understand(failure["text"], now).intents]
    assert failure["right"] not in acts


@pytest.mark.parametrize("failure", KNOWN["wishes"], ids=lambda one: one["text"])
def test_some_of_the_wishes_are_still_missed(engine: Engine, now: datetime, failure: dict[str, Any]) -> None:
    assert len(engine.understand(failure["text"], now).intents) < failure["wishes"]


@pytest.mark.parametrize("failure", KNOWN["act"], ids=lambda one: one["text"])
def test_nothing_is_ordered_that_was_not_wanted(
    engine: Engine, now: datetime, failure: dict[str, Any]
) -> None:
    meaning = engine.understand(failure["text"], now)
    ordered = [one for one in meaning.intents if str(one.act) == "request"]
    assert not ordered or meaning.decision != "act"
