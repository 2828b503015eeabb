"""The whole cascade: items, slots, several wishes, answers to questions, bad input, and its cost."""

import json
import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.command import understand_lines
from intents.meaning import Act, Hint, TimeWindow
from intents.parts import parts_of
from intents.understand import Engine
from tests.pace import slowness


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("钟点工", "value.clean-hourly.hourly-helper"),
        ("我想约个钟点工，明天下午3点，两小时", "value.clean-hourly.hourly-helper"),
        ("hourly cleaning", "value.clean-hourly.hourly-helper"),
        ("空调不制冷了", "value.repair-appliance.ac"),
        ("冷氣不冷了", "value.repair-appliance.ac"),
        ("马桶堵了", "value.repair-plumbing.soil-pipe-unblock"),
        ("借推车", "complimentary.loan.trolley"),
        ("送两桶水", "value.assistant.water"),
    ],
)
def test_everyday_wishes_find_their_item(engine: Engine, now: datetime, text: str, item: str) -> None:
    assert engine.understand(text, now).intents[0].item == item


def test_a_booking_in_one_breath_is_understood_with_time_and_length(engine: Engine, now: datetime) -> None:
    intent = engine.understand("book hourly cleaning tomorrow 2pm for 3 hours", now).intents[0]
    window = intent.slots["when"]
    assert isinstance(window, TimeWindow)
    assert window.start == now.replace(day=12, hour=14)
    assert intent.slots["duration_minutes"] == 180


def test_two_wishes_in_one_message_become_two_intents(engine: Engine, now: datetime) -> None:
    intents = engine.understand("空调不制冷了，顺便马桶也堵了", now).intents
    assert [intent.item for intent in intents] == [
        "value.repair-appliance.ac",
        "value.repair-plumbing.soil-pipe-unblock",
    ]


def test_one_wish_with_reasons_around_it_stays_one(engine: Engine, now: datetime) -> None:
    text = "你好，我家马桶堵了，早上就这样，家里有老人，麻烦尽快派人来"
    assert [intent.act for intent in engine.understand(text, now).intents] == [Act.REQUEST]


def test_what_a_wish_lists_after_commas_is_no_wish_of_its_own(engine: Engine, now: datetime) -> None:
    text = "Could someone install our new lamps? Hallway, bedroom, balcony"
    assert len(engine.understand(text, now).intents) == 1


@pytest.mark.parametrize(
    "text", ["空调不制冷了，顺便马桶也堵了", "厨房水龙头一直滴水，明天上午能来吗", "灯坏了"]
)
def test_no_part_of_a_message_is_encoded_twice(
    engine: Engine, now: datetime, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, asked = engine._stages.items.scorer._encoder, []
    monkeypatch.setattr(
        encoder, "means", lambda texts: asked.append(len(texts)) or type(encoder).means(encoder, texts)
    )
    engine.understand(text + "！", now)
    assert len(asked) <= 3  # the whole, and then its clauses where they may be wishes of their own
    assert sum(asked) <= 4


def test_parts_know_their_times_from_the_whole() -> None:
    text, blanked = "明天修灯，顺便通马桶", "  修灯，顺便通马桶"
    first, second = parts_of(text, blanked)
    assert (first.text, first.bare, first.timed) == ("明天修灯", "  修灯", True)
    assert (second.bare, second.timed) == ("通马桶", False)


@pytest.mark.parametrize("text", ["Wake-up call", "Deposit refund", "Train ticket"])
def test_a_service_said_in_full_is_wished_for(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act is Act.REQUEST


@pytest.mark.parametrize("text", ["叽哩嘎啦呜噜", "snarf blimp quozzle"])
def test_words_that_nobody_wrote_are_not_denied(engine: Engine, now: datetime, text: str) -> None:
    meaning = engine.understand(text, now)
    assert meaning.decision != "act"
    assert meaning.intents[0].act is not Act.OUT_OF_SCOPE


def test_a_complaint_goes_to_the_complaint_items_and_keeps_what_it_is_about(
    engine: Engine, now: datetime
) -> None:
    meaning = engine.understand("我要投诉，保安态度太差", now)
    assert meaning.intents[0].item == "common.voice.complaint-person"
    assert meaning.decision == "act"


def test_a_general_question_finds_its_answer(engine: Engine, now: datetime) -> None:
    meaning = engine.understand("服务中心几点上班", now)
    assert meaning.faq == "desk-hours"
    assert meaning.intents[0].act is Act.ENQUIRY


@pytest.mark.parametrize("text", ["修", "灯", "家"])
def test_one_character_is_asked_about_and_never_acted_on(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).decision != "act"


def test_an_alias_item_is_never_returned(engine: Engine, now: datetime) -> None:
    aliases = [item for item in engine.menu.items.values() if item.alias_of]
    assert aliases
    for alias in aliases:
        meaning = engine.understand(alias.name.zh, now)
        named = [i.item for i in meaning.intents] + [a.item for i in meaning.intents for a in i.alternatives]
        assert alias.id not in named


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("催一下 #1042", "ticket", 1042),
        ("1042号单到哪了", "ticket", 1042),
        ("any news on ticket 1042", "ticket", 1042),
        ("厨房的灯不亮了", "where", "kitchen"),
    ],
)
def test_details_are_read_in_passing(
    engine: Engine, now: datetime, text: str, slot: str, value: object
) -> None:
    assert engine.understand(text, now).intents[0].slots[slot] == value


@pytest.mark.parametrize(
    ("text", "slot", "expected"),
    [
        ("厨房", "where", {"where": "kitchen"}),
        ("洗衣机", "appliance", {"appliance": "washing_machine"}),
        ("三台", "qty", {"qty": 3}),
        ("2", "qty", {"qty": 2}),
        ("2小时", "duration", {"duration_minutes": 120}),
        ("两个", "qty", {"qty": 2}),
        ("沪A12345", "plate", {"plate": "沪A12345"}),
        ("4位", "party", {"party": 4}),
        ("yes", "driver", {"driver": "yes"}),
        ("尽快", "when", {"asap": True}),
        ("灯一闪一闪的，三天没人管了", "fault", {"fault": "灯一闪一闪的，三天没人管了"}),
    ],
)
def test_an_answer_is_read_as_the_answer(
    engine: Engine, now: datetime, text: str, slot: str, expected: dict[str, object]
) -> None:
    meaning = engine.understand(text, now, Hint(expected_slot=slot))
    assert meaning.intents[0].act is Act.INFORM
    assert expected.items() <= dict(meaning.intents[0].slots).items()


def test_the_second_choice_is_the_second_option(engine: Engine, now: datetime) -> None:
    hint = Hint(expected_slot="where", options=("kitchen", "bathroom"))
    assert engine.understand("第二个", now, hint).intents[0].slots["where"] == "bathroom"


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("取消吧", "cancel"),
        ("转人工", "human"),
        ("师傅什么时候来", "status"),
        ("English please", "language"),
        ("家里着火了", "emergency"),
        ("菜单", "menu"),
        ("我想租车", "request"),
        ("我要投诉保安", "complaint"),
    ],
)
def test_a_question_can_be_answered_with_something_else(
    engine: Engine, now: datetime, text: str, act: str
) -> None:
    assert engine.understand(text, now, Hint(expected_slot="when")).intents[0].act == act


def test_a_past_or_impossible_day_is_said_to_be_a_problem(engine: Engine, now: datetime) -> None:
    hint = Hint(expected_slot="when")
    for text, reason in (("昨天", "past"), ("2月30号", "impossible")):
        slots = engine.understand(text, now, hint).intents[0].slots
        assert slots["when"] is None
        assert slots["when_problem"] == reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n",
        "😀😀",
        "\x00",
        "\u202e\u202d",
        "？",
        "a" * 4_000,
        "空" * 4_000,
        "1到" * 2_000,
        "1" * 4_000,
        "1, " * 1_300,
        "，" * 4_000,
        "-" * 4_000,
        "\ufdfa" * 4_000,
        "明天3点" * 1_000,
        "周一、" * 1_300,
        "mon, " * 800,
        "at 3 to 4 and " * 280,
        "没有闻到煤气味，" * 500,
        "can't " * 660,
        "{}",
        "\ud800",
        "第一个" * 700,
        "好的" * 14 + "x",
        "谢谢" * 26 + "x",
        "是的对的好的行" * 8 + "灯",
        "https://example.com/a?b=c&d=e%20" * 125,
        "def f(x): return x[0] + 1\n" * 150,
    ],
)
def test_any_text_has_a_meaning_in_bounded_time(engine: Engine, now: datetime, text: str) -> None:
    assert_quickly_understood(engine, now, text)


#: what repeated makes long texts of every kind
PIECES = st.sampled_from(
    (
        *(
            "1",
            "a",
            "空",
            " ",
            "\n",
            "\x00",
            "，",
            ".",
            "!",
            "-",
            ":",
            "#",
            "'",
            "😀",
            "\ufdfa",
            "\u0301",
            "到",
            "半",
        ),
        *(
            "明天",
            "周一",
            "3点",
            "每",
            "修灯",
            "还有",
            "不要",
            "煤气",
            "着火",
            "吗",
            "at",
            "mon",
            "not",
            "also",
            "gas",
        ),
    )
)


@settings(max_examples=40, deadline=None)
@given(pieces=st.lists(PIECES, min_size=1, max_size=6), slot=st.sampled_from([None, "when", "qty", "where"]))
def test_what_is_repeated_without_end_is_understood_as_quickly(
    engine: Engine, pieces: list[str], slot: str | None
) -> None:
    text = "".join(pieces) * 4_000
    now = datetime.fromisoformat("2026-12-31T23:59:00+08:00")
    assert_quickly_understood(engine, now, text[:4_000], Hint(expected_slot=slot))


def assert_quickly_understood(engine: Engine, now: datetime, text: str, hint: Hint = Hint()) -> None:
    """At once, in the best of three goes: no other work of the machine counts, nor what is remembered."""
    took = []
    for attempt in ("", " ", "  ")[: 1 + 2 * bool(text)]:
        began = time.thread_time()
        meaning = engine.understand(text + attempt, now, hint)
        took.append(time.thread_time() - began)
        assert meaning.intents
        assert meaning.text == text + attempt
    assert min(took) < 0.05 * slowness()


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=80),
    slot=st.sampled_from([None, "when", "where", "qty", "duration", "fault", "plate", "ticket"]),
)
def test_no_text_and_no_question_break_it(engine: Engine, text: str, slot: str | None) -> None:
    now = datetime.fromisoformat("2026-12-31T23:59:00+08:00")
    meaning = engine.understand(text, now, Hint(expected_slot=slot))
    json.dumps(meaning.to_json(), ensure_ascii=True)


def test_each_line_becomes_one_line_of_json_and_a_blank_line_too(engine: Engine, now: datetime) -> None:
    lines = [
        "马桶堵了\n",
        "\n",
        '{"text": "明天下午", "hint": {"language": "zh", "expected_slot": "when"}}\n',
        '{"text": 5}\n',
    ]
    answers = [json.loads(answer) for answer in understand_lines(engine, lines, now)]
    assert [set(answer) for answer in answers] == [
        {"text", "language", "emergency", "decision", "intents"}
    ] * 4
    assert answers[2]["intents"][0]["act"] == "inform"
    assert answers[2]["intents"][0]["slots"]["when"]["start"] == "2026-03-12T13:00:00+08:00"
    assert answers[3]["text"] == '{"text": 5}'


def test_confidences_and_alternatives_stay_in_bounds(engine: Engine, now: datetime) -> None:
    for text in ("马桶堵了", "想找个阿姨", "clean the windows", "随便看看"):
        for intent in engine.understand(text, now).intents:
            assert 0 <= intent.confidence <= 1
            assert len(intent.alternatives) <= 3
            assert all(0 <= other.confidence <= 1 for other in intent.alternatives)
