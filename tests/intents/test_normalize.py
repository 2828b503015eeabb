"""Text made comparable keeps the place of every character."""

from hypothesis import given
from hypothesis import strategies as st

from intents.language import language_of
from intents.normalize import normalize


def test_traditional_full_width_and_capitals_become_one_form() -> None:
    assert normalize("冷氣ＡＣ壞了！").text == "冷气ac坏了!"


def test_every_character_knows_where_it_stood() -> None:
    normal = normalize("\u202e😀 明天３點")
    start = normal.text.index("3")
    assert normal.original_span(start, start + 1) == (5, 6)


def test_fillers_before_the_wish_are_blanked_but_not_a_lone_filler() -> None:
    assert normalize("嗯，那个，马桶堵了").text.strip() == "马桶堵了"
    assert normalize("嗯").text == "嗯"


@given(st.text(max_size=300))
def test_any_text_keeps_as_many_offsets_as_characters(text: str) -> None:
    normal = normalize(text)
    assert len(normal.text) == len(normal.offsets)
    assert all(0 <= offset < len(text) for offset in normal.offsets)


def test_language_is_told_by_script_and_a_mixture_is_an_answer() -> None:
    assert language_of("马桶堵了") == "zh"
    assert language_of("the toilet is blocked") == "en"
    assert language_of("AC坏了") == "zh"
    assert language_of("想book一个cleaning") == "mixed"


def test_a_text_without_letters_has_the_language_of_the_hint() -> None:
    assert language_of("123 👍", "en") == "en"
    assert language_of("👍") == "zh"
