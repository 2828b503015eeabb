"""What goes on with a matter in hand opens no second one; an idea or a complaint has no appointment."""

from datetime import timedelta

import pytest

from backend.conversations.state import OnTicket
from tests.conversations.talking import NOW, Chat, chat
from tests.conversations.test_dialogue import ticket

NOISE = {
    "zh": ticket(1076, item="common.voice.complaint", name="投诉", workflow="complaint",
                 words="投诉1601半夜装修太吵了"),
    "en": ticket(1076, item="common.voice.complaint", name="Complaint", workflow="complaint",
                 words="flat 1601 renovates at midnight, very loud"),
}  # fmt: skip
TAP = ticket(1070, item="value.repair-plumbing.water-fittings", name="修水龙头", words="厨房水龙头漏水")


def complaining(language: str) -> Chat:
    talk = chat(language, tickets=(NOISE[language],))
    talk.state = talk.state.from_json({**talk.state.to_json(), "about": 1076})
    return talk


def done(talk: Chat) -> list[tuple[str, int]]:
    return [(one.verb, one.number) for one in talk.turn.orders if isinstance(one, OnTicket)]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "昨天晚上又吵到11点半，我有录音"),
        ("zh", "是1601半夜装修的投诉，我要补充录音"),
        ("zh", "保安态度也不好"),
        ("en", "last night again until 11:30, I have a recording"),
        ("en", "I want to add something to my complaint"),
        ("en", "the guard was rude too"),
    ],
)
def test_more_of_a_complaint_stands_on_it(language: str, words: str) -> None:
    talk = complaining(language)
    talk.say(words)
    assert (done(talk), talk.opened) == ([("add", 1076)], []), talk.last_kinds


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "电梯也坏了，我要投诉"),
        ("zh", "楼下的狗天天叫，我要投诉"),
        ("zh", "想预约明天上午的保洁"),
        ("en", "I also want to complain about the dirty lift"),
        ("en", "please book a cleaner tomorrow at 9am"),
    ],
)
def test_another_complaint_or_wish_is_one_of_its_own(language: str, words: str) -> None:
    talk = complaining(language)
    talk.say(words)
    assert done(talk) == []


def test_to_whoever_writes_of_the_complaint_more_of_it_is_left() -> None:
    talk = complaining("zh")
    talk.knows(is_quiet=True, human_replied_at=NOW - timedelta(minutes=1), staff_on=1076)
    talk.say("是1601半夜装修的投诉，我要补充录音")
    assert (talk.last_kinds, talk.opened, talk.state.about) == ([], [], 1076)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "师傅来之前能不能先打个电话"),
        ("zh", "能不能带个梯子"),
        ("en", "can the engineer call me before coming?"),
        ("en", "could he ring before he comes"),
    ],
)
def test_what_is_asked_of_whoever_comes_stands_on_the_ticket_of_that_visit(language: str, words: str) -> None:
    talk = chat(language, tickets=(TAP,))
    talk.say(words)
    assert (done(talk), talk.opened) == ([("add", 1070)], []), talk.last_kinds


@pytest.mark.parametrize(("language", "words"), [("zh", "请给我打个电话"), ("en", "please call me")])
def test_a_call_that_is_not_for_the_visit_is_a_call(language: str, words: str) -> None:
    talk = chat(language, tickets=(TAP,))
    talk.say(words)
    assert done(talk) == []
    assert [one.item for one in talk.opened] == ["common.voice.callback"]


@pytest.mark.parametrize(
    ("language", "words", "denied"),
    [
        ("zh", "建议在楼下装个灯，晚上看不清", "不是晚上来，是晚上看不清"),
        (
            "en",
            "I suggest a lamp at the gate, at night you can't see anything",
            "not tonight, it is always so",
        ),
    ],
)
def test_an_idea_has_no_appointment(language: str, words: str, denied: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["read_back"]
    assert "18:00" not in talk.text
    talk.say(denied)
    assert "18:00" not in talk.text
    assert talk.state.form is None or "when" not in talk.state.form.slots


def test_nor_has_a_complaint() -> None:
    talk = chat("zh")
    talk.say("我要投诉，楼上每天半夜十二点装修，吵得睡不着")
    assert "when" not in talk.opened[0].slots
