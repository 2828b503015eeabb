"""The ready answers of a new estate: sound, in both languages, their holes filled or left to be seen."""

from pathlib import Path

import pytest

from backend.answers import holes
from backend.answers.starter import load_answers, standard_answers
from intents.loader import load_menu
from intents.rows import DataFaults


def test_a_new_estate_begins_with_twenty_answers_and_more() -> None:
    assert len(standard_answers()) >= 20
    assert load_answers(Path("backend/answers"), load_menu()) == standard_answers()


def test_a_broken_answer_is_told_with_its_field(tmp_path: Path) -> None:
    (tmp_path / "starter.toml").write_text(
        '[[answer]]\nshortcut = "x"\nitem = "no.such"\ntitle = {zh = "甲", en = "A"}\n'
        'text = {zh = "{name}好", en = "Hello {nobody}"}\n',
        "utf-8",
    )
    with pytest.raises(DataFaults) as faulty:
        load_answers(tmp_path, load_menu())
    told = "\n".join(faulty.value.faults)
    assert "unknown holes: nobody" in told
    assert "same holes" in told
    assert "no such service: no.such" in told


def test_holes_are_filled_and_the_rest_stays_to_be_seen() -> None:
    text = holes.fill("{name}您好，{time}上门，工单 {number}。", {"name": "陈先生", "number": "1001"}, "zh")
    assert text == "陈先生您好，{上门时间}上门，工单 1001。"
    assert holes.open_holes(text) == ("{上门时间}",)


@pytest.mark.parametrize(
    ("text", "said"), [("{name}您好。", "您好。"), ("Hello {name}, all is well.", "Hello, all is well.")]
)
def test_nobody_is_called_by_a_name_that_is_not_known(text: str, said: str) -> None:
    assert holes.fill(text, {}, "zh") == said


def test_other_braces_are_the_writers_own() -> None:
    assert holes.open_holes("a {set} of {things}") == ()
    assert holes.open_holes("{time of the visit} {time}") == ("{time of the visit}", "{time}")
