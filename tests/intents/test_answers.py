"""What is said in the middle of a form: the answer, or one of the few things that are never an answer."""

from collections import Counter
from datetime import datetime

import pytest

from intents.loader import load_menu
from intents.meaning import Act, Hint, Intent, TimeWindow
from intents.understand import Engine

ASKED = Counter(slot for item in load_menu().items.values() for slot in item.ask)
MOST_ASKED = tuple(slot for slot, _ in ASKED.most_common(12))
TEXT_SLOTS = ("fault", "topic", "where", "item", "service_scope", "recipient", "event")

NEVER_AN_ANSWER: tuple[tuple[Act, tuple[str, ...]], ...] = (
    (
        Act.CANCEL,
        (
            "算了不用了", "不要了", "算了", "那就算了吧", "不用了，谢谢", "不弄了", "先不约了", "取消",
            "唔使了",
            "never mind", "forget it", "nevermind", "cancel", "actually, forget about it",
            "I don't want it any more",
            "no longer needed, thanks",
        ),
    ),
    (
        Act.HUMAN,
        ("转人工", "人工", "人工客服", "我要找管家说话", "human", "talk to a person", "a real person please"),
    ),
    (Act.MENU, ("菜单", "帮助", "主菜单", "help", "menu", "help me")),
    (Act.STATUS, ("进度", "查进度", "我的报修到哪一步了", "status", "any progress?", "where is my plumber")),
    (Act.LANGUAGE, ("说中文", "English please")),
)  # fmt: skip


def _answered(engine: Engine, now: datetime, text: str, slot: str, language: str = "zh") -> Intent:
    return engine.understand(text, now, Hint(language, expected_slot=slot)).intents[0]


def test_the_slots_looked_at_are_the_most_asked_and_hold_free_texts_too() -> None:
    assert {"when", "where", "fault", "topic"} <= set(MOST_ASKED)


@pytest.mark.parametrize("slot", dict.fromkeys((*MOST_ASKED, *TEXT_SLOTS)))
def test_letting_go_help_people_and_progress_are_never_an_answer(
    engine: Engine, now: datetime, slot: str
) -> None:
    wrong = {
        text: found
        for act, texts in NEVER_AN_ANSWER
        for text in texts
        if (found := _answered(engine, now, text, slot).act) is not act
    }
    assert wrong == {}


ANSWERS: dict[str, tuple[str, ...]] = {
    "when": (
        "明天下午三点",
        "周六上午",
        "尽快",
        "随便",
        "tomorrow 3pm",
        "Saturday morning please",
        "any time",
    ),
    "where": ("厨房", "主卧卫生间", "客厅的", "kitchen please", "in the bathroom", "the one in the study"),
    "fault": ("不出水", "一直响，声音很大", "没反应", "it drips", "won't turn on", "it keeps beeping"),
    "topic": ("楼上太吵", "停车收费", "the pool hours", "noise at night"),
    "entry": ("家里有人", "someone will be home"),
    "party": ("四位", "6个人", "two of us", "4"),
    "qty": ("三个", "两台", "2", "two"),
    "item": ("一个纸箱", "钥匙", "a parcel"),
    "freq": ("每周三", "every Monday"),
    "dest": ("浦东机场", "the airport"),
    "duration": ("两小时", "3 hours"),
    "service_scope": ("擦窗户和厨房", "windows and the oven"),
}


@pytest.mark.parametrize("slot", ANSWERS)
def test_a_plain_answer_is_an_answer(engine: Engine, now: datetime, slot: str) -> None:
    acts = {text: _answered(engine, now, text, slot).act for text in ANSWERS[slot]}
    assert {text: act for text, act in acts.items() if act is not Act.INFORM} == {}


@pytest.mark.parametrize("slot", ["where", "fault", "topic", "qty", "item"])
@pytest.mark.parametrize("text", ["明天下午三点", "tomorrow at 3pm", "明天下午三点吧"])
def test_a_time_is_taken_as_the_time_whatever_was_asked(
    engine: Engine, now: datetime, slot: str, text: str
) -> None:
    intent = _answered(engine, now, text, slot)
    assert intent.act is Act.INFORM
    window = intent.slots["when"]
    assert isinstance(window, TimeWindow)
    assert window.start == now.replace(day=12, hour=15)
    assert slot not in intent.slots


def test_a_time_inside_a_description_leaves_the_description_whole(engine: Engine, now: datetime) -> None:
    intent = _answered(engine, now, "昨晚开始不制冷，明天下午能来吗", "fault")
    assert intent.slots["fault"] == "昨晚开始不制冷，明天下午能来吗"


@pytest.mark.parametrize("text", ["不用了", "不要了", "no thanks"])
def test_to_a_question_of_yes_or_no_it_means_no(engine: Engine, now: datetime, text: str) -> None:
    intent = _answered(engine, now, text, "driver")
    assert (intent.act, intent.slots["driver"]) == (Act.INFORM, "no")


@pytest.mark.parametrize("text", ["空调不用修了", "取消明天的保洁", "cancel my booking"])
def test_an_order_to_cancel_stays_one_without_a_question(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act is Act.CANCEL


@pytest.mark.parametrize("text", ["取消", "never mind"])
def test_a_bare_cancel_is_one_without_a_question_too(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act is Act.CANCEL


@pytest.mark.parametrize("text", ["不弄了", "先不约了"])
def test_a_wish_let_go_never_becomes_an_order(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act in (Act.DENY, Act.CANCEL)
