"""Answers to common questions: both languages, with and without the estate's facts."""

from pathlib import Path

import pytest

from backend.knowledge import faq, service
from backend.models import Estate, User
from intents.rows import DataFaults, half_width_mark

FULL = {"hotline": "021 0000 0101", "estate": "云栖湖", "butler": "林静", "desk_hours": "8:30–20:30"}
KEYS = [key for key, _question in service.list_questions("zh")]


def test_there_are_at_least_forty_answers_each_with_its_question_in_both_languages() -> None:
    assert len(KEYS) >= 40
    english = dict(service.list_questions("en"))
    assert all(english[key].strip() for key in KEYS)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_reads_well_with_all_facts_and_with_none(key: str, language: str) -> None:
    for values in (FULL, {}, {**FULL, "hotline": ""}, {**FULL, "butler": ""}, {**FULL, "desk_hours": ""}):
        text = service.answer(key, language, values)
        assert "{" not in text
        assert "  " not in text
        if language == "zh":
            assert half_width_mark(text) is None
            assert "管家是管家" not in text
            assert "不知道" not in text
        else:
            assert "butler is your butler" not in text
            assert not text[0].islower()


def test_a_missing_fact_is_put_in_general_words() -> None:
    assert "云栖湖" in service.answer("desk-hours", "zh", FULL)
    assert "专属管家" in service.answer("my-butler", "zh", {**FULL, "butler": ""})
    assert "门口" in service.answer("desk-hours", "zh", {})
    assert "notice board" in service.answer("hotline", "en", {**FULL, "hotline": ""})


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(faq.UnknownAnswer):
        service.answer("no such question", "zh", FULL)


def test_the_facts_come_from_the_estate_and_the_butler() -> None:
    estate = Estate(code="X", name_zh="云栖湖", name_en="Cloud Lake", hotline="02100000101",
                    settings={"desk_hours": {"zh": "8:30–20:30", "en": "8:30 to 20:30"}})  # fmt: skip
    butler = User(username="b", name_zh="林静", name_en="Lin Jing")
    assert service.values_of(estate, butler, "en") == {
        "estate": "Cloud Lake", "butler": "Lin Jing",
        "hotline": "021 0000 0101", "desk_hours": "8:30 to 20:30",
    }  # fmt: skip
    bare = Estate(code="Y", name_zh="无", name_en="None", hotline="", settings={})
    assert service.values_of(bare, None, "zh") == {
        "estate": "无", "butler": "", "hotline": "", "desk_hours": "",
    }  # fmt: skip


def test_faulty_answers_are_refused_with_every_fault_named(tmp_path: Path) -> None:
    (tmp_path / "faq.toml").write_text(
        '[[faq]]\nkey = "a"\nquestion.zh = "？"\nquestion.en = "?"\nanswer.zh = "{price}"\nanswer.en = "x"\n'
        '[[faq]]\nkey = "a"\nquestion.zh = "？"\nquestion.en = "?"\nanswer.zh = "好"\n',
        "utf-8",
    )
    with pytest.raises(DataFaults) as faulty:
        faq.load_faq(tmp_path)
    assert "answer.zh: it may only hold the holes" in str(faulty.value)
    assert "answer.en: is missing" in str(faulty.value)
    assert "'a' stands twice" in str(faulty.value)
    assert "no question has this key" in str(faulty.value)
