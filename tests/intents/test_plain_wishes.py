"""Plain wishes and questions are no acts on tickets, and who wants no complaint gets none."""

from datetime import datetime

import pytest

from intents.acts import ActClassifier
from intents.meaning import Act
from intents.understand import Engine

BY_WORDS = ActClassifier(())


@pytest.mark.parametrize(
    "text",
    [
        "能帮我拿一下快递吗",
        "麻烦帮我把快递拿上来",
        "can someone bring the parcel up to me",
        "taxi asap to Peking Union hospital, child has fever",
        "I need a taxi right now",
        "I need a moving company and the lift reserved",
    ],
)
def test_a_plain_wish_is_an_order_and_no_act_on_a_ticket(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act == Act.REQUEST


@pytest.mark.parametrize(
    "text", ["yes renew it please", "renew it", "请把那个换了", "把它修一下", "能派师傅吗", "能派人来修灯吗"]
)
def test_a_wish_that_names_too_little_is_asked_about_and_touches_no_ticket(
    engine: Engine, now: datetime, text: str
) -> None:
    meaning = engine.understand(text, now)
    assert meaning.decision != "act"
    assert meaning.intents[0].act in (Act.REQUEST, Act.ENQUIRY, Act.AFFIRM)


@pytest.mark.parametrize(
    "text",
    [
        "快递到了吗",
        "你好，我的快递到了没有？",
        "包裹送来了吗",
        "Has my parcel arrived?",
        "any parcels for me?",
    ],
)
def test_whether_a_parcel_has_come_is_a_question_to_the_desk(
    engine: Engine, now: datetime, text: str
) -> None:
    assert engine.understand(text, now).intents[0].act == Act.ENQUIRY


@pytest.mark.parametrize(
    "text", ["派人了吗", "材料递交了吗", "师傅安排了没", "has my repair been scheduled yet?"]
)
def test_what_was_ordered_is_still_asked_after(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act == Act.STATUS


@pytest.mark.parametrize(
    "text",
    [
        "唔使投诉，同佢讲声就得",
        "不用投诉，跟他说一声就行",
        "不是投诉，就想请管家提醒楼上小声点",
        "跟他说一声就好，不用投诉",
        "I don't want to complain, just ask them to be quiet",
        "no need to file a complaint, just let them know",
        "This is not a complaint, just remind the neighbours please",
    ],
)
def test_a_quiet_word_instead_of_a_complaint_is_for_a_person(
    engine: Engine, now: datetime, text: str
) -> None:
    assert engine.understand(text, now).intents[0].act == Act.HUMAN


@pytest.mark.parametrize(
    "text", ["不用投诉", "我不是要投诉", "我不想投诉，就说说", "I don't want to complain"]
)
def test_no_complaint_is_none(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act == Act.DENY


@pytest.mark.parametrize(
    "text",
    [
        "唔使投诉咁严重啦，不过你哋都要讲下佢先得㗎，成日都系咁",
        "I really don't want to make a formal complaint about this, but the man next door plays his piano",
    ],
)
def test_no_rule_makes_a_complaint_of_a_longer_no_either(text: str) -> None:
    assert BY_WORDS.said(text.lower()) != Act.COMPLAINT


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉楼上",
        "不得不投诉了，天天半夜吵",
        "我要投诉，别跟我说没用的",
        "I want to complain about the noise, not just tell them",
    ],
)
def test_a_complaint_stays_one(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act == Act.COMPLAINT


def test_who_threatens_to_complain_if_nobody_comes_chases(engine: Engine, now: datetime) -> None:
    assert engine.understand("再不来我就投诉", now).intents[0].act == Act.URGE


def test_no_complaints_is_praise_and_no_denial(engine: Engine, now: datetime) -> None:
    assert engine.understand("no complaints", now).intents[0].act == Act.SATISFIED


def test_a_real_person_is_no_thing_to_order() -> None:
    assert BY_WORDS.said("i want a real person") != Act.REQUEST
