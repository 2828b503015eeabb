"""A power cut acts where the words tell whose it is, and asks only where they do not."""

import pytest

from backend.conversations.state import KnownIncident
from tests.conversations.talking import chat

BUILDING, HOME = "common.equipment.public-power-water", "value.repair-electrical.wiring-fault"


@pytest.mark.parametrize(
    ("language", "words", "item"),
    [
        ("zh", "停电了", BUILDING),
        ("zh", "又停电了", BUILDING),
        ("zh", "整栋楼停电了", BUILDING),
        ("zh", "我们小区没电了", BUILDING),
        ("zh", "家里没电，对门也停电了", BUILDING),
        ("zh", "家里停电了", HOME),
        ("zh", "我家突然停电了", HOME),
        ("zh", "就我家没电", HOME),
        ("en", "the whole building has no power", BUILDING),
        ("en", "blackout in our block", BUILDING),
        ("en", "no electricity at home", HOME),
        ("en", "there is no power in my flat", HOME),
        ("en", "the power went out in our apartment", HOME),
    ],
)
def test_whose_it_is_stands_in_the_words(language: str, words: str, item: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.item == item


@pytest.mark.parametrize(("language", "words"), [("zh", "停电了"), ("zh", "停水了"), ("en", "power cut")])
def test_a_cut_is_read_back_at_once_and_asked_for_no_room(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["read_back"]
    talk.press("yes")
    assert [one.item for one in talk.opened] == [BUILDING]


@pytest.mark.parametrize("words", ["the power is out", "no power", "there's no power here"])
def test_where_the_words_do_not_tell_the_two_are_offered_and_nothing_else(words: str) -> None:
    talk = chat("en")
    talk.say(words)
    assert talk.last_kinds == ["which"]
    assert set(talk.state.offered) == {BUILDING, HOME}
    talk.press("offer", id=HOME)
    assert talk.state.form is not None
    assert talk.state.form.item == HOME


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "书房插座没电"),
        ("zh", "今天停电吗"),
        ("en", "when will the power be back"),
        ("en", "the socket has no power"),
    ],
)
def test_what_is_no_cut_goes_its_own_way(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert BUILDING not in talk.state.offered
    assert talk.state.form is None or talk.state.form.item != BUILDING


def test_where_staff_know_of_the_cut_its_news_comes_first() -> None:
    known = KnownIncident(7, BUILDING, "3", "open", "3号楼停电，供电局正在抢修。", "赵敏")
    talk = chat("zh", building="3", incidents=(known,))
    talk.say("家里停电了")
    assert talk.last_kinds == ["incident_known"]
