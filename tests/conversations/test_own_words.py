"""A choice is read back in the words the person used for it, and the butler sees both."""

import json

from backend.conversations.state import Form, State, Told, own_words
from tests.conversations.conftest import Line
from tests.conversations.talking import chat


def test_the_read_back_says_master_bedroom_as_the_person_did() -> None:
    talk = chat()
    talk.say("主卧空调不制冷了，明天下午来看看")
    while talk.find("slot") is not None:
        talk.press("slot")
    assert talk.state.form is not None
    assert talk.state.form.slots["where"] == "bedroom"
    assert "1501 主卧" in talk.text
    assert "卧室" not in talk.text


def test_in_english_too() -> None:
    talk = chat("en")
    talk.say("please replace the bulb in the master bedroom tomorrow afternoon")
    if talk.find("offer") is not None:
        talk.press("offer")
    while talk.find("slot") is not None:
        talk.press("slot")
    if talk.last_kinds == ["ask"]:
        talk.say("just one")
    while talk.find("slot") is not None:
        talk.press("slot")
    assert talk.last_kinds[-1] == "read_back"
    assert "master bedroom" in talk.text


def test_own_words_of_another_language_are_not_mixed_in() -> None:
    talk = chat("en")
    talk.say("主卧空调不制冷了，明天下午来看看")
    while talk.find("slot") is not None:
        talk.press("slot")
    assert "主卧" not in talk.text.split("Where", 1)[-1].split("\n", 1)[0]


def test_a_place_chosen_anew_by_a_button_is_said_as_on_the_button() -> None:
    talk = chat()
    talk.say("主卧空调不制冷了，明天下午来看看")
    while talk.find("slot") is not None:
        talk.press("slot")
    talk.say("不对，是厨房")
    assert talk.state.form is not None
    assert talk.state.form.said.get("where") in (None, "厨房")
    assert "主卧" not in talk.text


def test_markup_and_long_words_are_not_read_back() -> None:
    assert own_words({"where": Told.of("bedroom", "<b>主卧</b>")}) == {}
    assert own_words({"where": Told.of("bedroom", "主卧" * 20)}) == {}
    assert own_words({"entry": Told.of("resident_home", "我在家")}) == {}


def test_a_state_stored_before_own_words_were_kept_still_loads() -> None:
    old = State(form=Form("x", {"where": "bedroom"}, "", True, "")).to_json()
    del old["form"]["said"]
    form = State.from_json(old).form
    assert form is not None
    assert form.said == {}


def test_a_told_choice_is_stored_as_the_plain_choice() -> None:
    state = State(form=Form("x", {"where": Told.of("bedroom", "主卧")}, "", True, ""))
    assert json.loads(json.dumps(state.to_json()))["form"]["slots"] == {"where": "bedroom"}


def test_the_ticket_keeps_the_choice_and_the_words(chen: Line) -> None:
    chen.say("主卧空调不制冷了，明天下午来看看")
    for _ in range(4):
        buttons = [b["action"] for b in chen.shown()[-1].buttons]
        action = "yes" if "yes" in buttons else "slot" if "slot" in buttons else None
        if action is not None:
            chen.press(action)
    (ticket,) = chen.tickets()
    assert ticket.slots["where"] == "bedroom"
    assert ticket.slots["said"]["where"] == "主卧"


def test_after_three_is_read_back_as_the_earliest_time() -> None:
    talk = chat()
    talk.say("空调不制冷了，明天下午三点以后来看看")
    while talk.find("slot") is not None:
        talk.press("slot")
    assert talk.last_kinds == ["read_back"]
    assert "15:00以后" in talk.text


def test_after_three_told_as_an_answer_in_english() -> None:
    talk = chat("en")
    talk.say("the kitchen tap is leaking")
    talk.say("tomorrow after 3 pm")
    while talk.find("slot") is not None:
        talk.press("slot")
    assert "15:00 or later" in talk.text


def test_three_sharp_and_half_an_hour_from_now_are_no_earliest_times() -> None:
    for words in ("明天下午三点", "半小时后", "两小时以后"):
        talk = chat()
        talk.say("厨房水龙头漏水")
        talk.say(words)
        while talk.find("slot") is not None:
            talk.press("slot")
        assert "以后" not in talk.text.split("时间：")[1], words
