"""Photos that point, a word after "so-so", an edit while a choice is open, "never mind", a fee's price."""

from dataclasses import replace

import pytest

from backend.conversations.state import Edited, OnTicket, Press, Said
from tests.conversations.talking import NOW, Chat, chat, engine
from tests.conversations.test_dialogue import BOTH, ticket

TAP = ticket(1001, opened_at=NOW, words="厨房水龙头漏水")
AMOUNT = {
    "zh": "物业费这个季度多少钱啊 怎么交",
    "en": "how much is the property fee this quarter and how to pay",
}


def done(talk: Chat) -> list[tuple[str, int]]:
    return [(one.verb, one.number) for one in talk.turn.orders if isinstance(one, OnTicket)]


def spoken_of(talk: Chat, number: int) -> Chat:
    talk.state = replace(talk.state, about=number)
    return talk


@pytest.mark.parametrize(("language", "words"), [("zh", "就是这里"), ("en", "this is it"), ("zh", "看这个")])
def test_a_photo_with_words_that_only_point_stands_on_the_ticket(language: str, words: str) -> None:
    talk = spoken_of(chat(language, tickets=(TAP,)), 1001)
    talk.say_with(words, "f1")
    assert done(talk) == [("add", 1001)]


def test_a_photo_with_a_fault_of_its_own_is_a_wish() -> None:
    talk = spoken_of(chat("zh", tickets=(TAP,)), 1001)
    talk.say_with("阳台的灯也坏了", "f1")
    assert done(talk) == []


@pytest.mark.parametrize("is_closed", [True, False])
@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "师傅来晚了，不过修好了"), ("en", "he came late, but it works now")],
)
def test_a_word_after_so_so_is_recorded(language: str, words: str, *, is_closed: bool) -> None:
    over = ticket(1001, state="done", wants_follow_up=True, actions=("follow_up",))
    talk = spoken_of(chat(language, tickets=(over,)), 1001)
    talk.hear(Press("follow_up", {"number": 1001, "result": "partly"}))
    assert talk.last_kinds == ["thanks_partly"]
    if is_closed:
        talk.knows(tickets=())
    talk.say(words)
    assert done(talk) == [("add", 1001)]
    assert talk.last_kinds == ["added"]


@BOTH
def test_thanks_after_so_so_are_only_thanks(language: str) -> None:
    talk = spoken_of(chat(language), 1001)
    talk.state = replace(talk.state, expects="why")
    talk.say({"zh": "谢谢", "en": "thank you"}[language])
    assert done(talk) == []


def test_an_edit_while_a_choice_is_open_gives_the_choice_anew() -> None:
    talk = chat("en")
    before, now = "bedroom something with the light", "kitchen something with the light"
    talk.say(before)
    assert talk.last_kinds == ["which"]
    meaning = engine().understand(now, now=talk.now)
    talk.hear(Edited(Said(meaning), is_last=True, before=before))
    assert talk.state.offered_slots.get("where") == "kitchen"
    assert "bedroom" not in talk.state.offered_words


@pytest.mark.parametrize(("language", "words"), [("en", "never mind"), ("zh", "算了")])
def test_never_mind_cancels_only_what_was_opened_just_now(language: str, words: str) -> None:
    nothing = chat(language)
    nothing.say(words)
    assert nothing.last_kinds == ["no_matter"]
    old = chat(language, tickets=(ticket(1001),))
    old.say(words)
    assert old.last_kinds == ["no_matter"]
    new = chat(language, tickets=(TAP,))
    new.say(words)
    assert new.last_kinds == ["cancel_ask"]


@BOTH
def test_who_asks_for_the_fee_hears_how_it_is_paid_and_never_that_paying_is_included(language: str) -> None:
    talk = chat(language)
    talk.say(AMOUNT[language])
    assert "price_included" not in talk.last_kinds
    assert "faq" in talk.last_kinds


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("垃圾没人清理，还有楼下的门禁也坏了", "垃圾没人清理"),
        (
            "the rubbish is never collected, and also the door lock is broken",
            "the rubbish is never collected",
        ),
    ],
)
def test_the_first_of_two_matters_ends_where_it_ends(words: str, first: str) -> None:
    meaning = engine().understand(words, now=NOW)
    assert len(meaning.intents) == 2
    assert meaning.intents[0].words == first
