"""What concerns a matter in hand is never a new order; the lines stand in old_matters_table.py."""

from datetime import datetime

import pytest

from intents.meaning import Act
from intents.understand import Engine
from tests.intents.old_matters_table import OLD_MATTERS

LINES = [(acts, text) for acts, texts in OLD_MATTERS for text in texts]
MOST_OFFERED = 0.02
LEAST = 0.85  # of the acts of these lines, which nobody learnt from


def _is_chinese(text: str) -> bool:
    return any("\u3400" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("text", [text for _, text in LINES])
def test_a_line_about_an_old_matter_never_opens_an_order(engine: Engine, now: datetime, text: str) -> None:
    found = engine.understand(text, now)
    assert found.decision != "act" or all(intent.act is not Act.REQUEST for intent in found.intents)


def test_hardly_a_line_about_an_old_matter_is_even_offered_as_an_order(engine: Engine, now: datetime) -> None:
    taken = [text for _, text in LINES if engine.understand(text, now).intents[0].act is Act.REQUEST]
    assert len(taken) <= MOST_OFFERED * len(LINES), taken


@pytest.mark.parametrize("chinese", [True, False], ids=["zh", "en"])
def test_most_of_these_lines_are_told_apart_too(engine: Engine, now: datetime, chinese: bool) -> None:
    lines = [(acts, text) for acts, text in LINES if _is_chinese(text) is chinese]
    found = [(text, engine.understand(text, now).intents[0].act, acts) for acts, text in lines]
    missed = [one for one in found if str(one[1]) not in one[2].split()]
    assert len(lines) >= 150
    assert len(missed) <= (1 - LEAST) * len(lines), missed
