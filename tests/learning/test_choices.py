"""A resident chooses one of the buttons: their words and the choice are kept for an operator."""

import pytest
from sqlalchemy import select

from backend.models import Message
from tests.learning.conftest import LAMP, TAP, School

WORDS = "小夜灵又罢工了"


def test_a_chosen_button_is_a_proposed_example_with_the_words_asked_about(school: School) -> None:
    replies = school.say("chen", WORDS, TAP, LAMP)
    assert school.phrases() == []
    school.press("chen", replies, school.name(LAMP))
    (kept,) = school.phrases()
    assert (kept.text, kept.items, kept.language) == (WORDS, [LAMP], "zh")
    assert (kept.state, kept.source, kept.times) == ("proposed", "button", 1)
    assert kept.estate_id == school.office.cast.estate.id
    with school.office.db.read() as session:
        asked = session.scalars(select(Message).where(Message.text == WORDS, Message.author == "resident"))
        assert kept.message_id == asked.one().id


def test_it_is_so_in_english_too(school: School) -> None:
    replies = school.say("emma", "the grizzlefink went dark", TAP, LAMP)
    school.press("emma", replies, school.name(LAMP, "en"))
    (kept,) = school.phrases()
    assert (kept.text, kept.items, kept.language) == ("the grizzlefink went dark", [LAMP], "en")


def test_the_same_choice_again_is_counted(school: School) -> None:
    for who, text in (("chen", WORDS), ("emma", WORDS + "！")):
        name = school.name(LAMP, "zh" if who == "chen" else "en")
        school.press(who, school.say(who, text, TAP, LAMP), name)
    (kept,) = school.phrases()
    assert kept.times == 2


def test_another_choice_for_the_same_words_is_another_example(school: School) -> None:
    for who, item in (("chen", LAMP), ("emma", TAP)):
        name = school.name(item, "zh" if who == "chen" else "en")
        school.press(who, school.say(who, WORDS, TAP, LAMP), name)
    assert [kept.items for kept in school.phrases()] == [[LAMP], [TAP]]


def test_next_door_counts_for_itself(school: School) -> None:
    for who in ("chen", "neighbour"):
        school.press(who, school.say(who, WORDS, TAP, LAMP), school.name(LAMP))
    first, second = school.phrases()
    assert (first.times, second.times) == (1, 1)
    assert first.estate_id != second.estate_id


def test_none_of_these_teaches_nothing(school: School) -> None:
    school.press("chen", school.say("chen", WORDS, TAP, LAMP), "都不是")
    assert school.phrases() == []


def test_an_item_of_the_menu_teaches_nothing(school: School) -> None:
    school.say("chen", "菜单")
    assert school.phrases() == []


@pytest.mark.parametrize("text", ["我的电话13800138000，小夜灵坏了", "啥" * 300])
def test_words_that_are_no_example_are_not_kept_and_the_wish_goes_on(school: School, text: str) -> None:
    replies = school.press("chen", school.say("chen", text, TAP, LAMP), school.name(LAMP))
    assert replies
    assert school.phrases() == []


def test_a_complaint_is_not_kept(school: School) -> None:
    complaint = "common.voice.complaint"
    replies = school.say("chen", "李伟这个人嘛", complaint, LAMP)
    school.press("chen", replies, school.name(complaint))
    assert school.phrases() == []


def test_an_emergency_is_never_asked_about_nor_kept(school: School) -> None:
    school.say("chen", "着火了！快来人！")
    gas = "common.fire.gas-leak"
    replies = school.say("chen", "有股怪味", gas, LAMP)
    labels = [button["label"] for reply in replies for button in reply["buttons"]]
    assert not any(school.name(gas) in label for label in labels)
    assert school.phrases() == []


def test_a_turn_that_fails_keeps_nothing(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = school.say("chen", WORDS, TAP, LAMP)

    def fail(*_given: object, **_named: object) -> None:
        raise RuntimeError("after the choice was kept")

    monkeypatch.setattr("backend.conversations.speaking.say", fail)
    monkeypatch.setattr("backend.conversations.service.park", lambda *_given: None)
    buttons = [button for reply in replies for button in reply["buttons"]]
    chosen = next(button for button in buttons if school.name(LAMP) in button["label"])
    school.office.client.post(
        "/api/chat/messages", json={"client_id": "failing", "button": chosen["value"]},
        headers=school.office.chat("chen"),
    )  # fmt: skip
    assert school.phrases() == []
