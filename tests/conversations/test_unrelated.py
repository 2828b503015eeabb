"""Told in the middle of a wish, and no part of it: a guest, a lost thing, a parcel, "something else"."""

import pytest

from tests.conversations.talking import chat

VISITOR = "common.security.visitor-registration"
ANY_WORDS = ("value.repair-appliance.ac", "value.family.general-housekeeping")


@pytest.mark.parametrize("item", ANY_WORDS)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "my sister is visiting tomorrow around 3pm, plate 沪A12345"),
        ("zh", "明天下午三点我妹妹来，车牌沪A12345"),
    ],
)
def test_a_guest_is_no_answer_to_what_is_wrong(language: str, item: str, words: str) -> None:
    talk = chat(language)
    talk.tap(item)
    talk.say(words)
    assert "noted_next" in talk.last_kinds
    assert [wish["item"] for wish in talk.state.waiting] == [VISITOR]
    assert talk.state.form is not None
    assert talk.state.form.slots == {}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "I lost my grey scarf"),
        ("en", "my parcel should be at the desk, can you check if it arrived?"),
        ("zh", "我的围巾丢了"),
        ("zh", "我有个快递说放前台了 帮我查下到了没有"),
    ],
)
def test_what_is_lost_or_waited_for_goes_to_a_person_and_the_wish_goes_on(language: str, words: str) -> None:
    for item in (*ANY_WORDS, "value.clean-oneoff.household-clean", None):
        talk = chat(language)
        if item is not None:
            talk.tap(item)
        talk.say(words)
        assert [one.item for one in talk.opened] == ["common.voice.enquiry"]
        assert (talk.state.form is not None) == (item is not None)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "我的钥匙丢了，进不了门"),
        ("zh", "衣服丢了一粒扣子，帮我送洗"),
        ("en", "can you send a parcel for me"),
    ],
)
def test_a_key_or_a_parcel_to_be_sent_is_a_wish(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert [one.item for one in talk.opened] != ["common.voice.enquiry"]


@pytest.mark.parametrize(("language", "words"), [("en", "something else"), ("zh", "别的")])
def test_another_detail_than_those_offered_is_asked_for_in_a_sentence(language: str, words: str) -> None:
    talk = chat(language)
    talk.tap("value.clean-oneoff.household-clean")
    talk.say({"en": "Friday 10am", "zh": "周五上午10点"}[language])
    talk.say({"en": "someone will be home", "zh": "家里有人"}[language])
    talk.press("change")
    talk.say(words)
    assert talk.last_kinds == ["change_how"]
    assert talk.state.waiting == ()
