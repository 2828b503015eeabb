"""Words of a wish as they are read back: short, and without what was asked besides."""

import pytest

from backend.conversations.details import SHORT_ZH, short, subject


@pytest.mark.parametrize(
    ("said", "read_back"),
    [
        ("The kitchen tap is leaking. Could someone come tomorrow afternoon?", "The kitchen tap is leaking"),
        ("The tap leaks, could you send someone?", "The tap leaks"),
        ("厨房水龙头漏水了，能不能尽快派人来看看？", "厨房水龙头漏水了"),
        ("你好。水龙头漏水。能来看看吗？", "你好。水龙头漏水"),
        ("It runs 1.5 l a minute. Help!", "It runs 1.5 l a minute. Help!"),
    ],
)
def test_a_read_back_leaves_out_what_was_asked_besides(said: str, read_back: str) -> None:
    assert short(said) == read_back


@pytest.mark.parametrize("said", ["能不能派人来？", "Could someone come?", "我家的灯坏了，可以修"])
def test_words_that_only_ask_or_only_tell_stay(said: str) -> None:
    assert short(said) == said


def test_long_words_end_with_an_ellipsis() -> None:
    assert short("水" * 60) == "水" * SHORT_ZH + "…"


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("我要投诉：楼上装修太吵了", "楼上装修太吵了"),
        ("I want to complain about the noise from the gym", "the noise from the gym"),
        ("I'd like to complain: the gym has been closed", "the gym has been closed"),
        ("投诉", "投诉"),
        ("保安态度太差，我要投诉", "保安态度太差，我要投诉"),
    ],
)
def test_a_complaint_is_named_by_what_it_is_about(said: str, about: str) -> None:
    assert subject(said) == about


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("卧室的空调不制冷，明天上午能来修吗？", "卧室的空调不制冷"),
        ("The kitchen tap is leaking, tomorrow afternoon could someone come?", "The kitchen tap is leaking"),
    ],
)
def test_a_question_about_the_time_has_its_own_line(said: str, shown: str) -> None:
    assert short(said) == shown
