"""A new matter is one, whatever was asked before; what was told is not asked again."""

from dataclasses import replace

import pytest

from backend.conversations.state import OnTicket
from tests.conversations.conftest import Line
from tests.conversations.talking import NOW, Chat, chat
from tests.conversations.test_dialogue import ticket

VISITOR = "common.security.visitor-registration"
CLEANER = "value.clean-hourly.hourly-helper"
GUEST = {
    "zh": "明天下午三点我朋友李伟开车来，车牌沪A88888",
    "en": "My friend Tom comes by car tomorrow at 3 pm, plate SHA88888",
}
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


def asked_for_a_time(language: str) -> Chat:
    """A repair's visit was called off, and another time is awaited."""
    talk = chat(language, tickets=(ticket(1072, item="value.repair-plumbing.water-fittings"),))
    talk.state = replace(talk.state, about=1072, expects="new_time")
    return talk


def moved(talk: Chat) -> list[int]:
    return [one.number for one in talk.turn.orders if isinstance(one, OnTicket) and one.verb == "reschedule"]


class TestAnOldVisit:
    @BOTH
    def test_a_guest_with_a_time_is_a_guest_and_moves_no_visit(self, language: str) -> None:
        talk = asked_for_a_time(language)
        talk.say(GUEST[language])
        assert moved(talk) == []
        assert talk.state.form is not None
        assert talk.state.form.item == VISITOR
        assert talk.state.form.slots["plate"] == {"zh": "沪A88888", "en": "SHA88888"}[language]

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("zh", "周六上午我要搬家"),
            ("zh", "后天上午十点帮我约个钟点工"),
            ("zh", "明天下午三点我爸妈过来"),
            ("en", "I need a cleaner on Friday at 10"),
            ("en", "wake me up at 6 tomorrow"),
        ],
    )
    def test_a_service_of_its_own_with_a_time_begins(self, language: str, words: str) -> None:
        talk = asked_for_a_time(language)
        talk.say(words)
        assert moved(talk) == []
        assert talk.state.form is not None

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("zh", "改到明天下午三点"),
            ("zh", "周五上午十点我在家"),
            ("zh", "我朋友明天来，改到后天上午吧"),
            ("zh", "周五吧，周四我要开会"),
            ("zh", "明天下午三点来修水龙头"),
            ("en", "move it to Friday morning"),
            ("en", "I have visitors tomorrow, make it Friday at 10"),
            ("en", "next Tuesday, I have a doctor appointment on Monday"),
        ],
    )
    def test_a_time_with_a_word_why_moves_it(self, language: str, words: str) -> None:
        talk = asked_for_a_time(language)
        talk.say(words)
        assert moved(talk) == [1072]

    @BOTH
    def test_right_after_a_ticket_a_guest_is_no_new_time_for_it(self, language: str) -> None:
        talk = chat(language, tickets=(ticket(1072, opened_at=NOW),))
        talk.state = replace(talk.state, about=1072)
        talk.say(GUEST[language])
        assert moved(talk) == []
        assert talk.state.form is not None

    @BOTH
    def test_a_guest_told_while_a_time_is_asked_for_is_noted_and_the_time_asked_again(
        self, language: str
    ) -> None:
        talk = chat(language)
        talk.say({"zh": "厨房水龙头漏水", "en": "the kitchen tap is leaking"}[language])
        talk.say(GUEST[language])
        assert talk.last_kinds == ["noted_next", "ask"]
        assert [wish["item"] for wish in talk.state.waiting] == [VISITOR]


class TestAnOpenChoice:
    def test_another_wish_begins_and_the_choice_comes_after_it(self) -> None:
        talk = chat("zh")
        talk.say("空调")
        offered = talk.state.offered
        assert talk.last_kinds == ["which"]
        talk.say(GUEST["zh"])
        assert talk.last_kinds == ["set_aside", "read_back"]
        talk.press("yes")
        assert talk.opened[0].item == VISITOR
        assert talk.last_kinds[-1] == "which"
        assert talk.state.offered == offered

    def test_so_it_is_in_english(self) -> None:
        talk = chat("en")
        talk.say("I need cleaning")
        assert talk.last_kinds == ["which"]
        talk.say(GUEST["en"])
        assert talk.last_kinds == ["set_aside", "read_back"]
        talk.press("yes")
        assert talk.last_kinds[-1] == "which"


class TestWhatIsDenied:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("zh", "找个阿姨打扫卫生，只要一次，不是包月"),
            ("zh", "不要包月保洁，要钟点工"),
            ("en", "I need a cleaner, just once, not monthly"),
        ],
    )
    def test_what_is_not_wanted_is_not_begun(self, language: str, words: str) -> None:
        talk = chat(language)
        talk.say(words)
        assert talk.state.form is not None
        assert talk.state.form.item == CLEANER
        assert "freq" not in talk.state.form.slots

    def test_of_a_choice_the_one_that_is_not_denied_is_left(self) -> None:
        talk = chat("zh")
        talk.say("我想找人定期打扫")
        assert talk.last_kinds == ["which"]
        talk.say("只要一次，不是包月")
        assert talk.state.form is not None
        assert talk.state.form.item == CLEANER

    @pytest.mark.parametrize(
        ("language", "words"), [("zh", "只要一次，不是包月"), ("en", "just once, not monthly")]
    )
    def test_cleaning_by_the_month_gives_way_to_cleaning_once(self, language: str, words: str) -> None:
        talk = chat(language)
        talk.tap("value.clean-monthly.furniture-equipment")
        talk.say(words)
        assert talk.last_kinds == ["dropped", "which"]
        assert CLEANER in talk.state.offered


class TestWhatWasSaid:
    @pytest.mark.parametrize(
        ("language", "words", "slot", "value"),
        [
            ("zh", GUEST["zh"], "visitor", "李伟"),
            ("en", GUEST["en"], "visitor", "Tom"),
            ("zh", "周六搬一台钢琴出去，要放行条", "item", "一台钢琴"),
            ("zh", "有个沙发要扔，大件垃圾", "item", "沙发"),
            ("en", "I need a goods release pass for a piano", "item", "a piano"),
        ],
    )
    def test_a_name_or_a_thing_in_the_first_message_is_not_asked_for(
        self, language: str, words: str, slot: str, value: str
    ) -> None:
        talk = chat(language)
        talk.say(words)
        assert talk.state.form is not None
        assert talk.state.form.slots[slot] == value
        assert talk.state.form.asking != slot

    @pytest.mark.parametrize(
        ("language", "words"),
        [("zh", "明天下午三点我朋友来"), ("en", "tomorrow at 3 my parents are coming over")],
    )
    def test_a_guest_without_a_name_is_asked_for_it(self, language: str, words: str) -> None:
        talk = chat(language)
        talk.say(words)
        assert talk.state.form is not None
        assert talk.state.form.asking == "visitor"


class TestPrices:
    @pytest.mark.parametrize(
        ("language", "wish", "words"),
        [
            ("zh", "约个钟点工", "多少钱"),
            ("zh", "厨房水龙头漏水", "大概多少钱？"),
            ("en", "book an hourly cleaner", "how much is it?"),
        ],
    )
    def test_of_the_wish_under_way_the_way_it_is_charged_is_told_and_its_question_comes_again(
        self, language: str, wish: str, words: str
    ) -> None:
        talk = chat(language)
        talk.say(wish)
        talk.say(words)
        assert talk.last_kinds == ["price_first", "ask"]
        assert talk.facts.butler in talk.text
        assert not any(mark in talk.text for mark in ("元", "yuan", "¥"))
        assert talk.opened == []

    @pytest.mark.parametrize(
        ("language", "words"), [("zh", "钟点工多少钱"), ("en", "how much is an hourly cleaner?")]
    )
    def test_asked_alone_a_person_answers_by_a_promised_time_and_one_tap_orders_it(
        self, language: str, words: str
    ) -> None:
        talk = chat(language)
        talk.say(words)
        assert talk.last_kinds == ["price_first", "enquiry_opened"]
        talk.press("item", id=CLEANER)
        assert talk.state.form is not None
        assert talk.state.form.item == CLEANER

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("zh", "帮我约个钟点工，明天上午，多少钱一小时？"),
            ("en", "book a cleaner for tomorrow at 10, how much per hour?"),
        ],
    )
    def test_a_price_by_the_hour_orders_no_hour(self, language: str, words: str) -> None:
        talk = chat(language)
        talk.say(words)
        assert talk.last_kinds == ["price_first", "ask"]
        assert talk.state.form is not None
        assert "duration" not in talk.state.form.slots


class TestInTheHouse:
    """The same through the real door, on both databases."""

    def test_a_guest_is_registered_with_name_and_plate(self, chen: Line) -> None:
        chen.say(GUEST["zh"])
        chen.press("yes")
        ticket = chen.tickets()[0]
        assert (ticket.item_id, ticket.slots["visitor"], ticket.slots["plate"]) == (
            VISITOR,
            "李伟",
            "沪A88888",
        )

    def test_so_it_is_in_english(self, emma: Line) -> None:
        emma.say(GUEST["en"])
        emma.press("yes")
        ticket = emma.tickets()[0]
        assert (ticket.item_id, ticket.slots["visitor"], ticket.slots["plate"]) == (
            VISITOR,
            "Tom",
            "SHA88888",
        )

    def test_a_choice_is_not_repeated_for_a_wholly_new_wish(self, chen: Line) -> None:
        assert [one.reply_kind for one in chen.say("空调")] == ["which"]
        chen.tools.clock.advance(seconds=10)  # type: ignore[attr-defined]
        assert next(one.reply_kind for one in chen.say("厨房灯不亮了")) == "set_aside"

    def test_a_change_asked_for_right_after_the_read_back_is_no_more_of_the_fault(self, chen: Line) -> None:
        assert [one.reply_kind for one in chen.say("主卧的窗户关不严，明天上午来修")] == ["read_back"]
        assert [one.reply_kind for one in chen.say("改一下")] == ["which_detail"]

    def test_asked_for_its_price_an_hourly_cleaner_is_told_of_and_goes_on(self, emma: Line) -> None:
        emma.say("book an hourly cleaner")
        emma.tools.clock.advance(seconds=10)  # type: ignore[attr-defined]
        assert [one.reply_kind for one in emma.say("how much is it?")] == ["price_first", "ask"]


@pytest.mark.parametrize(
    ("language", "wish", "answer", "name"),
    [
        ("en", "please register a visitor for tomorrow", "at 5: Anna Lee", "Anna Lee"),
        ("en", "please register a visitor for tomorrow", "Anna Lee at 5", "Anna Lee"),
        ("en", "I want to register a visitor", "tomorrow at 5: Anna Lee", "Anna Lee"),
        ("zh", "明天有朋友来访", "5点：李安娜", "李安娜"),
        ("zh", "我要登记访客", "明天5点，李安娜", "李安娜"),
    ],
)
def test_a_name_told_with_the_hour_leaves_both(language: str, wish: str, answer: str, name: str) -> None:
    talk = chat(language)
    talk.say(wish)
    talk.say(answer)
    assert talk.state.form is not None
    assert talk.state.form.slots["visitor"] == name
    assert talk.state.form.slots["when"]["start"] == "2026-03-12T17:00:00+08:00"
    assert talk.last_kinds == ["read_back"]


def test_whom_to_ask_for_at_the_hour_of_a_repair_stands_in_its_words() -> None:
    talk = chat("en")
    talk.say("my kitchen tap drips")
    talk.say("at 5: Anna Lee")
    assert talk.state.form is not None
    assert talk.state.form.slots["when"]["start"] == "2026-03-11T17:00:00+08:00"
    assert talk.state.form.words == "my kitchen tap drips\nat 5: Anna Lee"


@pytest.mark.parametrize(
    ("wish", "slot", "item"),
    [("代驾", "origin", "value.car.designated-driver"), ("帮我叫个出租车", "dest", "value.travel.taxi")],
)
def test_a_wish_is_no_place_to_start_from(wish: str, slot: str, item: str) -> None:
    talk = chat()
    talk.say(wish)
    assert talk.state.form is not None
    assert talk.state.form.asking == slot
    talk.say("我要交物业费")
    assert talk.last_kinds == ["noted_next", "ask"]
    assert [one["item"] for one in talk.state.waiting] == ["common.admin.fee-pay"]
    assert talk.state.form is not None
    assert (talk.state.form.item, slot in talk.state.form.slots) == (item, False)


@pytest.mark.parametrize("answer", ["物业服务中心", "我要去物业缴费", "从物业办公室出发", "公司", "我家"])
def test_a_place_that_sounds_like_a_service_is_a_place(answer: str) -> None:
    talk = chat()
    talk.say("帮我叫个出租车")
    talk.say(answer)
    assert talk.state.form is not None
    assert {"dest", "origin"} & set(talk.state.form.slots)


class TestWhenSomebodyAnswers:
    def test_a_question_names_the_first_answer_that_runs_and_not_only_the_last(self, emma: Line) -> None:
        (told,) = emma.say("When does the pool open in winter and may guests come along as well?")
        assert told.reply_kind == "enquiry_opened"
        assert "by 10:10 today" in told.text
        assert "by 10:00 tomorrow" in told.text

    def test_a_suggestion_names_the_first_answer_that_runs_and_not_only_the_decision(
        self, chen: Line
    ) -> None:
        chen.say("我建议在大堂加几张长椅")
        told = chen.press("yes")[0]
        assert told.reply_kind == "suggestion_opened"
        assert "今天 10:10 前先回复您" in told.text

    def test_who_asks_for_a_person_long_after_a_choice_is_answered_from_now(self, chen: Line) -> None:
        chen.say("空调")
        chen.say("算了")
        chen.tools.clock.advance(hours=3)  # type: ignore[attr-defined]
        (told,) = chen.say("转人工")
        (ticket,) = chen.tickets()
        assert "13:10" in told.text
        assert ticket.asked_at == ticket.received_at
