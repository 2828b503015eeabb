"""Who comes to see somebody, and how many: what is a name, what is none, and what is not asked again."""

import pytest

from backend.onsite.pass_view import name_of
from tests.conversations.talking import chat
from tests.conversations.test_dialogue import BOTH

GUESTS = {
    "zh": "明天晚上七点有两位朋友来我家，车牌沪A12345",
    "en": "two friends are visiting me tomorrow at 7pm, register them please",
}
VISITOR = "common.security.visitor-registration"


@pytest.mark.parametrize("words", ["对", "好", "是", "好的", "是的", "yes", "ok"])
def test_a_mere_yes_is_nobodys_name(words: str) -> None:
    talk = chat("zh")
    talk.say(GUESTS["zh"])
    talk.say(words)
    form = talk.state.form
    assert form is not None
    assert "visitor" not in form.slots
    assert talk.last_kinds == ["ask_again"]


@BOTH
def test_how_many_come_is_not_asked_again(language: str) -> None:
    talk = chat(language)
    talk.say(GUESTS[language])
    assert talk.last_kinds == ["ask"], talk.kinds
    assert "几位" not in talk.text
    assert "how many" not in talk.text.lower()
    talk.say({"zh": "王强", "en": "Tom Hill"}[language])
    form = talk.state.form
    assert form is not None
    who, number = name_of(str(form.slots["visitor"]))
    assert (who, number) == {"zh": ("王强", "两位"), "en": ("Tom Hill", "two people")}[language]


def test_who_tells_no_number_is_asked_for_it() -> None:
    talk = chat("zh")
    talk.say("明天晚上七点有朋友来我家，车牌沪A12345")
    assert "一共几位" in talk.text


def test_a_name_with_its_own_number_stays_as_it_is() -> None:
    talk = chat("zh")
    talk.say(GUESTS["zh"])
    talk.say("王强一家三位")
    form = talk.state.form
    assert form is not None
    assert form.slots["visitor"] == "王强一家三位"


def test_a_name_told_while_the_time_is_asked_is_kept() -> None:
    talk = chat("zh")
    talk.say("帮我登记一下访客，两位")
    form = talk.state.form
    assert form is not None
    assert (form.item, form.asking) == (VISITOR, "when")
    talk.say("王强")
    assert talk.last_kinds == ["ask"]
    talk.say("今晚七点")
    assert talk.last_kinds == ["read_back"], talk.kinds
    assert "王强" in talk.text


@pytest.mark.parametrize("first", ["厨房水龙头漏水", "客厅灯不亮了"])
def test_a_name_told_while_another_wish_is_asked_about_goes_with_the_guests(first: str) -> None:
    talk = chat("zh")
    talk.say(f"{first}，另外今晚七点有两位朋友来我家，车牌沪A12345")
    kinds = talk.last_kinds[-1:]
    assert any(wish["item"] == VISITOR for wish in talk.state.waiting), talk.kinds
    talk.say("王强")
    assert talk.last_kinds == kinds
    (waiting,) = talk.state.waiting
    assert waiting["slots"]["visitor"] == "王强，两位"
    assert "王强" not in (talk.state.form.words if talk.state.form else "")
