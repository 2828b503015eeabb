"""Words about a guest who is registered already belong to that pass, whatever staff have written of since."""

from datetime import timedelta

import pytest

from backend.conversations.state import OnTicket, OpenTicket
from tests.conversations.conftest import Line
from tests.conversations.talking import NOW, Chat, chat
from tests.conversations.test_dialogue import ticket

VISITOR = "common.security.visitor-registration"
AC = ticket(1001, item="value.repair-appliance.ac", name="修空调", words="卧室空调不凉")


def visit(number: int, who: str, words: str, start: str) -> OpenTicket:
    slots = {"visitor": who, "when": {"start": f"{start}+08:00", "end": None, "grain": "hour"}}
    return ticket(number, item=VISITOR, name="访客预约", workflow="booking", words=words, slots=slots)


SISTER = {
    "zh": visit(1002, "李娜，一位", "明天下午三点我妹妹来", "2026-03-12T15:00:00"),
    "en": visit(1002, "Anna Lee", "my sister is visiting tomorrow around 3pm", "2026-03-12T15:00:00"),
}
FRIEND = {
    "zh": visit(1003, "王强", "周五上午十点有个朋友来", "2026-03-13T10:00:00"),
    "en": visit(1003, "Bob", "a friend is coming on Friday at 10am", "2026-03-13T10:00:00"),
}


def with_sister(language: str, *more: OpenTicket, is_quiet: bool = True) -> Chat:
    """Her pass is open, and a person of the house has just written of the air conditioner."""
    quiet = {"is_quiet": True, "human_replied_at": NOW - timedelta(minutes=1), "staff_on": 1001}
    return chat(language, tickets=(AC, SISTER[language], *more), **(quiet if is_quiet else {}))


def done(talk: Chat) -> list[tuple[str, int]]:
    return [(one.verb, one.number) for one in talk.turn.orders if isinstance(one, OnTicket)]


@pytest.mark.parametrize("is_quiet", [True, False])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "sorry she will come at 5pm instead"),
        ("en", "my sister comes at 5pm now"),
        ("zh", "不好意思，我妹妹改成下午五点来"),
        ("zh", "李娜改到下午五点"),
    ],
)
def test_another_hour_moves_her_pass_on_its_own_day(language: str, words: str, *, is_quiet: bool) -> None:
    talk = with_sister(language, is_quiet=is_quiet)
    talk.say(words)
    assert done(talk) == [("reschedule", 1002)]
    (order,) = talk.turn.orders
    assert isinstance(order, OnTicket)
    assert order.values["when"]["start"] == "2026-03-12T17:00:00+08:00"
    assert talk.last_kinds == ["reschedule_asked"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "and she brings her boyfriend too, his name is Tom"),
        ("en", "my sister is coming by car, plate 沪A12345"),
        ("zh", "她还带个朋友一起，叫王强"),
        ("zh", "我妹妹开车来，车牌沪A12345"),
    ],
)
def test_who_comes_along_stands_on_her_pass(language: str, words: str) -> None:
    talk = with_sister(language)
    talk.say(words)
    assert done(talk) == [("add", 1002)], talk.last_kinds


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "what time is my sister registered for?"), ("zh", "我妹妹登记的几点来着")],
)
def test_for_when_she_is_registered_is_told(language: str, words: str) -> None:
    talk = with_sister(language, FRIEND[language])
    talk.say(words)
    assert talk.last_kinds == ["guests"]
    assert "15:00" in talk.text
    assert "10:00" not in talk.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "also please register a plumber friend for friday 10am"), ("zh", "周五上午十点再登记一个朋友")],
)
def test_another_guest_is_another_pass(language: str, words: str) -> None:
    talk = with_sister(language)
    talk.say(words)
    assert done(talk) == []
    assert talk.state.form is not None
    assert talk.state.form.item == VISITOR
    assert talk.state.form.slots["when"]["start"] == "2026-03-13T10:00:00+08:00"


@pytest.mark.parametrize(
    ("language", "words", "yes"),
    [("en", "cancel the friday friend", "yes cancel"), ("zh", "取消周五那个朋友", "确认取消")],
)
def test_the_guest_of_that_day_is_called_off_by_a_yes_in_words(language: str, words: str, yes: str) -> None:
    talk = with_sister(language, FRIEND[language])
    talk.say(words)
    assert (talk.last_kinds, talk.state.about) == (["cancel_ask"], 1003)
    talk.say(yes)
    assert done(talk) == [("cancel", 1003)]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "cancel the friday friend"), ("zh", "取消周五那个朋友")]
)
def test_where_no_such_guest_is_registered_nobody_else_is_called_off(language: str, words: str) -> None:
    talk = with_sister(language)
    talk.say(words)
    assert talk.last_kinds == ["guests_other"]
    assert talk.state.expects is None
    assert talk.find("cancel", number=1002) is not None


@pytest.mark.parametrize(
    ("language", "words"), [("en", "cancel my sister's visit"), ("zh", "我妹妹不来了，不用登记了")]
)
def test_her_own_visit_is_called_off_by_name(language: str, words: str) -> None:
    talk = with_sister(language, FRIEND[language])
    talk.say(words)
    assert (talk.last_kinds, talk.state.about) == (["cancel_ask"], 1002)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "please ask the engineer to bring a ladder"),
        ("zh", "师傅来的时候带个梯子"),
        ("zh", "好的，等你们"),
    ],
)
def test_what_is_for_the_engineer_is_not_hers(language: str, words: str) -> None:
    talk = with_sister(language)
    talk.say(words)
    assert talk.last_kinds == []


def test_while_staff_write_of_the_visit_itself_they_answer() -> None:
    talk = with_sister("zh")
    talk.knows(staff_on=1002)
    talk.say("我妹妹改成下午五点来")
    assert done(talk) == []


def test_the_agreed_time_is_told_and_not_the_wished_one(chen: Line) -> None:
    chen.say("明天下午三点我妹妹来，车牌沪A12345")
    chen.say("李娜")
    if not chen.tickets():
        chen.press("yes")
    (own,) = chen.tickets()
    with chen.tools.db.write() as session:
        held = session.get_one(type(own), own.id)
        held.appointment_start = chen.tools.clock.now() + timedelta(days=1, hours=6)
    (told,) = chen.say("我妹妹登记的几点来着")
    assert told.reply_kind == "guests"
    assert "16:00" in told.text
