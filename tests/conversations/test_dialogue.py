"""The pure dialogue: what is asked, read back, changed, dropped, handed over; both languages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.conversations.state import (
    Attachment,
    Button,
    EndDraft,
    KeepDraft,
    OnTicket,
    OpenTicket,
    Press,
    SetLanguage,
)
from tests.conversations.talking import NOW, Chat, chat, engine, visitor

YESTERDAY = NOW - timedelta(days=1)
BOTH = pytest.mark.parametrize("language", ["zh", "en"])
CLEANING = {"zh": "明天上午9点请钟点工打扫两个小时", "en": "book a cleaner tomorrow at 9am for two hours"}
LEAK = {"zh": "厨房水龙头漏水", "en": "the kitchen tap is leaking"}
GAS = {"zh": "厨房有煤气味", "en": "I smell gas in the kitchen"}
COMPLAIN = {
    "zh": "我要投诉，楼上天天半夜装修吵得睡不着",
    "en": "I want to complain, the lift is always dirty",
}
GIBBERISH = {"zh": ("哇啦哇啦咕噜", "咪咪嘛嘛哄"), "en": ("flurb wibble zonk", "quux grault garply")}


def asking(language: str) -> Chat:
    """A wish in the person's own words, at a question."""
    talk = chat(language)
    talk.say(LEAK[language])
    assert talk.state.form is not None, talk.kinds
    assert talk.last_kinds == ["ask"]
    return talk


def confirming(language: str) -> Chat:
    """A wish read back, waiting for the yes."""
    talk = asking(language)
    for _ in range(3):
        if talk.last_kinds == ["read_back"]:
            break
        talk.press("slot")
    assert talk.last_kinds == ["read_back"]
    return talk


def ticket(number: int = 1001, **values: object) -> OpenTicket:
    base = OpenTicket(
        number, "value.repair-plumbing.leak", "漏水", "repair", "open", "confirmed", ("cancel", "schedule"),
        "赵敏", NOW + timedelta(minutes=10), "respond", opened_at=NOW - timedelta(hours=2),
    )  # fmt: skip
    return replace(base, **values)  # type: ignore[arg-type]


class TestDetails:
    @BOTH
    def test_what_was_said_at_once_is_never_asked_again(self, language: str) -> None:
        talk = chat(language)
        talk.say(CLEANING[language])
        form = talk.state.form
        assert form is not None, talk.kinds
        assert {"when", "duration"} <= set(form.slots)
        while talk.last_kinds == ["ask"]:
            assert talk.state.form is not None
            assert talk.state.form.asking not in ("when", "duration")
            talk.press("slot")
        assert talk.last_kinds == ["read_back"]

    @BOTH
    def test_a_button_for_as_soon_as_possible_and_for_another_time_come_with_every_when(
        self, language: str
    ) -> None:
        talk = chat(language)
        talk.tap("value.clean-hourly.hourly-helper")
        assert len([b for b in talk.turn.replies[0].buttons if b.label == "window"]) == 2
        talk.press("days")
        assert talk.last_kinds == ["ask_day"]
        talk.press("day")
        assert talk.last_kinds == ["ask_part"]
        talk.press("slot")
        assert talk.state.form is not None
        assert "when" in talk.state.form.slots

    @BOTH
    def test_an_answer_that_cannot_be_read_is_asked_once_more_then_a_person_takes_over(
        self, language: str
    ) -> None:
        talk = chat(language)
        talk.tap("value.clean-hourly.hourly-helper")
        talk.say(GIBBERISH[language][0])
        assert talk.opened == []
        talk.say(GIBBERISH[language][1])
        assert [order.reason for order in talk.opened] == ["handover"]
        assert talk.opened[0].item == "value.clean-hourly.hourly-helper"
        assert GIBBERISH[language][1] in talk.opened[0].words

    def test_every_monday_answers_when(self) -> None:
        talk = chat()
        talk.tap("value.clean-hourly.hourly-helper")
        talk.say("每周一上午")
        assert talk.last_kinds != ["ask_day"]


class TestReadBack:
    @BOTH
    def test_yes_in_words_opens_one_ticket(self, language: str) -> None:
        talk = confirming(language)
        assert talk.opened == []
        talk.say({"zh": "对", "en": "yes"}[language])
        assert [order.reason for order in talk.opened] == ["confirmed"]
        assert talk.state.form is None
        assert EndDraft("confirmed") in talk.turn.orders

    @BOTH
    def test_the_read_back_has_what_where_when_and_price(self, language: str) -> None:
        talk = confirming(language)
        lines = talk.text.splitlines()
        assert len(lines) == 4, lines
        assert talk.facts.address_as in lines[0]
        assert talk.facts.home in lines[1]

    @BOTH
    def test_changing_one_detail_shows_only_the_change(self, language: str) -> None:
        talk = confirming(language)
        assert talk.state.form is not None
        before = dict(talk.state.form.slots)
        talk.press("change")
        talk.press("change_slot", slot="when")
        talk.say({"zh": "后天下午3点", "en": "the day after tomorrow at 3pm"}[language])
        assert talk.last_kinds == ["read_back_change"]
        assert len(talk.text.splitlines()) == 1
        assert talk.state.form is not None
        assert {k for k in before if before[k] != talk.state.form.slots[k]} == {"when"}
        talk.press("yes")
        assert len(talk.opened) == 1

    @BOTH
    def test_a_correction_in_words_changes_that_detail(self, language: str) -> None:
        talk = confirming(language)
        talk.say({"zh": "改成后天下午3点", "en": "make it the day after tomorrow at 3pm"}[language])
        assert talk.last_kinds == ["read_back_change"], talk.kinds
        assert talk.opened == []

    @BOTH
    def test_no_asks_what_to_change_and_yes_there_opens_nothing(self, language: str) -> None:
        talk = confirming(language)
        talk.say({"zh": "不对", "en": "no, that is wrong"}[language])
        assert talk.last_kinds == ["which_detail"], talk.kinds
        talk.say({"zh": "好的", "en": "ok"}[language])
        assert talk.opened == []

    @BOTH
    def test_words_that_are_no_time_do_not_become_one(self, language: str) -> None:
        talk = confirming(language)
        talk.press("change")
        talk.press("change_slot", slot="when")
        talk.say(GIBBERISH[language][0])
        assert talk.state.form is not None
        assert isinstance(talk.state.form.slots["when"], dict)

    @BOTH
    def test_an_old_yes_never_confirms_new_details(self, language: str) -> None:
        talk = confirming(language)
        old = talk.find("yes")
        assert old is not None
        talk.press("change")
        talk.press("change_slot", slot="when")
        talk.press("slot")
        again = talk.turn
        assert talk.state.form is not None
        talk.hear(press_of(old))
        if talk.state.form is None:  # the same time chosen again gives the same details
            assert again.state.form is not None
            assert again.state.form.slots == talk.opened[0].slots
        talk = confirming(language)
        old = talk.find("yes")
        assert old is not None
        talk.say({"zh": "改成后天下午3点", "en": "make it the day after tomorrow at 3pm"}[language])
        talk.hear(press_of(old))
        assert talk.opened == []
        assert talk.last_kinds == ["read_back"]

    @BOTH
    def test_a_button_of_a_dropped_wish_does_nothing_to_the_next(self, language: str) -> None:
        talk = chat(language)
        talk.tap("value.clean-hourly.hourly-helper")
        old = talk.find("slot")
        assert old is not None
        talk.say({"zh": "取消", "en": "cancel"}[language])
        talk.later(minutes=1)
        talk.tap("value.repair-appliance.ac")
        form = talk.state.form
        talk.hear(press_of(old))
        assert "button_old" in talk.last_kinds
        assert talk.state.form == form

    def test_many_lines_of_words_still_read_back_in_four(self) -> None:
        talk = chat()
        talk.say("厨房水龙头滴水\n滴了好几天了\n用盆接着\n请师傅来看看\n明天上午在家")
        for _ in range(3):
            if talk.last_kinds == ["ask"]:
                talk.press("slot")
        assert talk.last_kinds == ["read_back"], talk.kinds
        assert len(talk.text.splitlines()) <= 4

    @BOTH
    def test_a_suggestion_is_read_back_without_the_home(self, language: str) -> None:
        talk = chat(language)
        talk.say({"zh": "建议在小区门口多装几个路灯", "en": "I suggest more lamps along the path"}[language])
        assert talk.last_kinds == ["read_back"], talk.kinds
        assert talk.facts.home not in talk.text
        talk.press("yes")
        assert [order.item for order in talk.opened] == ["common.voice.suggestion"]


class TestAtEveryStep:
    """Cancel, menu, status, person, language, help work while asked, while confirming, while changing."""

    STEPS = ("asking", "confirming", "changing")

    def at(self, step: str, language: str) -> Chat:
        if step == "asking":
            return asking(language)
        talk = confirming(language)
        if step == "changing":
            talk.press("change")
        return talk

    @BOTH
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize(
        "words", [("取消", "cancel"), ("算了，不用了", "forget it"), ("不要了", "never mind")]
    )
    def test_cancel_drops_the_wish(self, step: str, language: str, words: tuple[str, str]) -> None:
        talk = self.at(step, language)
        talk.say(words[language == "en"])
        assert talk.last_kinds == ["dropped"], talk.kinds
        assert talk.state.form is None
        assert EndDraft("dropped") in talk.turn.orders

    @BOTH
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("words", [("菜单", "menu"), ("帮助", "help")])
    def test_menu_and_help_show_the_doors_and_keep_the_form(
        self, step: str, language: str, words: tuple[str, str]
    ) -> None:
        talk = self.at(step, language)
        form = talk.state.form
        talk.say(words[language == "en"])
        assert "menu" in talk.last_kinds, talk.kinds
        assert talk.state.form is not None
        assert form is not None
        assert talk.state.form.slots == form.slots

    @BOTH
    @pytest.mark.parametrize("step", STEPS)
    def test_status_answers_and_comes_back(self, step: str, language: str) -> None:
        talk = self.at(step, language)
        talk.knows(tickets=(ticket(),))
        talk.say({"zh": "我的工单到哪一步了", "en": "what is the status of my request"}[language])
        assert talk.last_kinds[0] == "status", talk.kinds
        assert talk.last_kinds[1] in ("ask", "read_back")

    @BOTH
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize(
        "words", [("人工", "person"), ("转人工", "talk to a person"), ("管家", "a human")]
    )
    def test_a_person_takes_over_with_what_was_said(
        self, step: str, language: str, words: tuple[str, str]
    ) -> None:
        talk = self.at(step, language)
        talk.say(words[language == "en"])
        assert talk.last_kinds == ["handed_over_asked"], talk.kinds
        assert LEAK[language] in talk.opened[0].words
        assert talk.state.form is None

    @BOTH
    @pytest.mark.parametrize("step", ["asking", "confirming"])
    def test_every_step_has_the_button_for_a_person(self, step: str, language: str) -> None:
        talk = self.at(step, language)
        talk.press("human")
        assert [order.reason for order in talk.opened] == ["handover"]

    @BOTH
    @pytest.mark.parametrize("step", STEPS)
    def test_a_sentence_switches_the_language_and_the_form_keeps_its_answers(
        self, step: str, language: str
    ) -> None:
        talk = self.at(step, language)
        form = talk.state.form
        talk.say({"zh": "请说英文", "en": "please speak Chinese"}[language])
        assert SetLanguage("en" if language == "zh" else "zh") in talk.turn.orders, talk.kinds
        assert talk.last_kinds[0] == "language_set"
        assert talk.state.form is not None
        assert form is not None
        assert talk.state.form.slots == form.slots

    @BOTH
    def test_a_question_during_a_form_is_answered_and_the_form_comes_back(self, language: str) -> None:
        talk = asking(language)
        slot = talk.state.form.asking if talk.state.form else None
        talk.say({"zh": "物业费怎么交？", "en": "How do I pay the service charge?"}[language])
        assert talk.last_kinds == ["faq", "ask"], talk.kinds
        assert talk.state.form is not None
        assert talk.state.form.asking == slot

    def test_a_question_nobody_has_answered_goes_to_a_person_and_the_form_comes_back(self) -> None:
        talk = asking("zh")
        talk.say("我家水表在哪里看？")
        assert [order.item for order in talk.opened] == ["common.voice.enquiry"], talk.kinds
        assert talk.last_kinds == ["enquiry_opened", "ask"]
        assert talk.state.form is not None
        assert talk.state.form.item != "common.voice.enquiry"

    @BOTH
    def test_a_second_wish_waits_its_turn(self, language: str) -> None:
        talk = confirming(language)
        first = talk.state.form.item if talk.state.form else ""
        talk.say({"zh": "另外帮我预约一个钟点工", "en": "also book an hourly cleaner please"}[language])
        assert talk.last_kinds[0] == "noted_next", talk.kinds
        talk.press("yes")
        assert [order.item for order in talk.opened] == [first]
        assert talk.state.form is not None
        assert talk.state.form.item.startswith("value.clean")
        assert talk.state.waiting == ()

    def test_dropping_the_first_wish_goes_on_with_the_second(self) -> None:
        talk = confirming("zh")
        talk.say("另外帮我预约一个钟点工")
        talk.press("drop")
        assert talk.state.form is not None
        assert talk.state.form.item.startswith("value.clean")

    @BOTH
    def test_a_photo_joins_the_wish_and_the_question_comes_again(self, language: str) -> None:
        talk = asking(language)
        talk.photo("abc")
        assert talk.last_kinds == ["ask"]
        assert talk.state.form is not None
        assert talk.state.form.file_ids == ("abc",)
        while talk.last_kinds == ["ask"]:
            talk.press("slot")
        talk.press("yes")
        assert talk.opened[0].file_ids == ("abc",)


class TestComplaint:
    @BOTH
    def test_it_is_a_ticket_at_once_with_the_apology_first(self, language: str) -> None:
        talk = chat(language)
        talk.say(COMPLAIN[language])
        assert [(o.reason, o.words) for o in talk.opened] == [("complaint", COMPLAIN[language])], talk.kinds
        sorry = {"zh": "抱歉", "en": "sorry"}[language]
        assert sorry in talk.text.split("。")[0] or sorry in talk.text[:60]

    @BOTH
    def test_the_bare_word_asks_what_about_with_the_apology(self, language: str) -> None:
        talk = chat(language)
        talk.say({"zh": "我要投诉", "en": "I want to complain"}[language])
        assert talk.opened == []
        assert talk.last_kinds == ["ask"]
        assert {"zh": "抱歉", "en": "sorry"}[language] in talk.text
        talk.say({"zh": "电梯一周没人打扫", "en": "nobody has cleaned the lift for a week"}[language])
        assert [order.reason for order in talk.opened] == ["complaint"], talk.kinds

    @BOTH
    def test_in_the_middle_of_a_form_it_is_taken_at_once_and_the_form_goes_on(self, language: str) -> None:
        talk = confirming(language)
        item = talk.state.form.item if talk.state.form else ""
        talk.say(COMPLAIN[language])
        assert [order.reason for order in talk.opened] == ["complaint"], talk.kinds
        assert talk.state.form is not None
        assert talk.state.form.item == item
        assert talk.last_kinds == ["complaint_opened", "read_back"]

    def test_the_bare_word_in_the_middle_of_a_form_is_not_lost(self) -> None:
        talk = confirming("zh")
        item = talk.state.form.item if talk.state.form else ""
        talk.say("我要投诉")
        talk.say("电梯一周没人打扫")
        assert [order.reason for order in talk.opened] == ["complaint"], talk.kinds
        assert talk.state.form is not None
        assert talk.state.form.item == item


class TestEmergency:
    @BOTH
    @pytest.mark.parametrize("linked", [True, False])
    def test_safety_lines_come_first_and_the_ticket_at_once(self, language: str, linked: bool) -> None:
        talk = chat(language) if linked else visitor(language)
        talk.say(GAS[language])
        assert talk.last_kinds[0] == "emergency"
        assert [(o.reason, o.emergency_kind) for o in talk.opened] == [("emergency", "gas")]
        assert all(reply.is_urgent for reply in talk.turn.replies)

    @BOTH
    def test_in_the_middle_of_a_form_the_form_is_kept_and_the_details_go_to_the_emergency(
        self, language: str
    ) -> None:
        talk = confirming(language)
        form = talk.state.form
        talk.say(GAS[language])
        assert talk.last_kinds[0] == "emergency"
        assert talk.state.form == form
        talk.knows(tickets=(ticket(1007, item="common.fire.gas-leak", workflow="emergency", opened_at=NOW),))
        talk.state = replace(talk.state, about=1007)
        talk.say({"zh": "我在厨房，没有人受伤", "en": "I am on the balcony, nobody is hurt"}[language])
        assert [(o.verb, o.number) for o in talk.turn.orders if isinstance(o, OnTicket)] == [("add", 1007)]
        assert talk.state.form == form

    def test_more_words_of_the_same_emergency_ring_again_and_open_no_second_ticket(self) -> None:
        talk = chat()
        talk.knows(tickets=(ticket(1007, item="common.fire.gas-leak", workflow="emergency", opened_at=NOW),))
        talk.say("煤气味越来越重了")
        assert talk.opened == []
        verbs = [(o.verb, o.number) for o in talk.turn.orders if isinstance(o, OnTicket)]
        assert verbs == [("add", 1007), ("urge", 1007)]
        assert talk.last_kinds[0] == "emergency"

    def test_yesterdays_emergency_does_not_swallow_todays(self) -> None:
        talk = chat()
        old = ticket(
            1007, item="common.fire.gas-leak", workflow="emergency", opened_at=NOW - timedelta(days=1)
        )
        talk.knows(tickets=(old,))
        talk.say("厨房有煤气味")
        assert len(talk.opened) == 1

    def test_the_bot_speaks_in_an_emergency_although_a_person_is_in_the_chat(self) -> None:
        talk = chat(is_quiet=True, human_replied_at=NOW - timedelta(minutes=5))
        talk.say("厨房有煤气味")
        assert talk.last_kinds[0] == "emergency"


class TestQuestions:
    @BOTH
    def test_a_stored_answer_is_given(self, language: str) -> None:
        talk = chat(language)
        talk.say({"zh": "物业费怎么交？", "en": "How do I pay the service charge?"}[language])
        assert talk.last_kinds == ["faq"]

    @BOTH
    @pytest.mark.parametrize(
        "words",
        [
            ("我家水表在哪里看？", "Where can I find my water meter?"),
            ("你们这边幼儿园怎么报名？", "What is the wifi password in the lobby?"),
            ("垃圾什么时候收？", "Which floor is the old piano on?"),
        ],
    )
    def test_any_other_question_becomes_a_ticket_with_a_promised_time(
        self, language: str, words: tuple[str, str]
    ) -> None:
        talk = chat(language)
        talk.say(words[language == "en"])
        if talk.last_kinds == ["faq"]:
            return
        assert [order.item for order in talk.opened] == ["common.voice.enquiry"], talk.kinds
        assert talk.opened[0].words == words[language == "en"]


class TestNotUnderstood:
    @BOTH
    def test_the_second_time_in_a_row_a_person_takes_over_with_the_transcript(self, language: str) -> None:
        talk = chat(language)
        first, second = GIBBERISH[language]
        talk.say(first)
        assert talk.opened == []
        talk.say(second)
        assert [order.reason for order in talk.opened] == ["handover"]
        assert first in talk.opened[0].words
        assert second in talk.opened[0].words

    @BOTH
    def test_something_understood_in_between_counts_anew(self, language: str) -> None:
        talk = chat(language)
        first, second = GIBBERISH[language]
        talk.say(first)
        talk.say({"zh": "菜单", "en": "menu"}[language])
        talk.say(second)
        assert talk.opened == []

    def test_none_of_these_asks_once_more_then_a_person_takes_over(self) -> None:
        talk = chat()
        talk.say("我家水管")
        assert talk.last_kinds == ["which"], talk.kinds
        talk.press("none")
        assert talk.last_kinds == ["say_it_differently"]
        talk.say("哇啦哇啦咕噜")
        assert "我家水管" in talk.opened[0].words

    def test_a_likely_item_keeps_the_words_and_the_first_moment(self) -> None:
        talk = chat()
        talk.say("我家水管")
        talk.later(minutes=2)
        talk.press("offer")
        assert talk.state.form is not None
        assert talk.state.form.words == "我家水管"
        assert talk.state.form.asked_at == NOW.isoformat()

    def test_asking_for_a_person_twice_makes_one_ticket(self) -> None:
        talk = chat()
        talk.say("人工")
        talk.knows(tickets=(ticket(1002, item="common.voice.callback", workflow="records"),))
        talk.say("人工")
        assert len(talk.opened) == 1
        assert [o.number for o in talk.turn.orders if isinstance(o, OnTicket)] == [1002]

    @BOTH
    def test_the_weather_on_mars_is_not_our_business_and_says_so(self, language: str) -> None:
        talk = chat(language)
        talk.say({"zh": "帮我写一首关于月亮的诗", "en": "write me a poem about the moon"}[language])
        assert talk.opened == []
        assert talk.last_kinds in (["out_of_scope"], ["not_understood"]), talk.kinds


class TestVisitor:
    @BOTH
    def test_a_wish_shows_the_way_to_be_linked(self, language: str) -> None:
        talk = visitor(language)
        talk.say(LEAK[language])
        assert talk.last_kinds == ["needs_link"], talk.kinds
        assert talk.opened == []
        talk.press("link")
        assert talk.last_kinds == ["how_to_link"]
        assert "010-8888 6666" in talk.text

    @BOTH
    def test_status_shows_nobodys_data(self, language: str) -> None:
        talk = visitor(language)
        talk.say({"zh": "我的工单到哪一步了", "en": "what is the status of my request"}[language])
        assert talk.last_kinds == ["no_tickets"]

    @BOTH
    def test_a_complaint_and_a_question_are_taken(self, language: str) -> None:
        talk = visitor(language)
        talk.say(COMPLAIN[language])
        assert [order.reason for order in talk.opened] == ["complaint"]


class TestQuiet:
    def quiet(self) -> Chat:
        return chat(is_quiet=True, human_replied_at=NOW - timedelta(minutes=5), tickets=(ticket(),))

    @pytest.mark.parametrize("words", ["好的", "明天上午可以", "谢谢", "你好"])
    def test_the_bot_leaves_the_floor_to_the_person(self, words: str) -> None:
        talk = self.quiet()
        talk.say(words)
        assert talk.turn.replies == ()
        assert talk.opened == []

    @BOTH
    def test_a_plain_new_wish_is_still_taken_for_its_clock_must_start(self, language: str) -> None:
        talk = chat(language, is_quiet=True, human_replied_at=NOW - timedelta(minutes=5), tickets=(ticket(),))
        talk.say({"zh": "厨房水龙头漏水", "en": "the kitchen tap is leaking"}[language])
        assert talk.last_kinds == ["ask"]

    def test_a_photo_is_put_on_the_ticket_in_silence(self) -> None:
        talk = self.quiet()
        talk.photo("abc")
        assert talk.turn.replies == ()
        assert [o.verb for o in talk.turn.orders if isinstance(o, OnTicket)] == ["add"]

    def test_buttons_work(self) -> None:
        talk = self.quiet()
        talk.tap("value.clean-hourly.hourly-helper")
        assert talk.last_kinds == ["ask"]
        talk.say("明天上午")
        assert talk.last_kinds, "the bot asked after the person had spoken: the answer is for the bot"

    @pytest.mark.parametrize("words", ["人工", "菜单", "请说英文", "我要投诉电梯一直坏"])
    def test_what_is_asked_of_the_bot_by_name_is_answered(self, words: str) -> None:
        talk = self.quiet()
        talk.say(words)
        assert talk.last_kinds

    def test_a_verdict_counts(self) -> None:
        talk = self.quiet()
        talk.knows(tickets=(ticket(step="done", wants_follow_up=True),))
        talk.say("很满意")
        assert [o.verb for o in talk.turn.orders if isinstance(o, OnTicket)] == ["follow_up"], talk.kinds

    def test_a_yes_to_the_person_does_not_confirm_a_wish_read_back_before(self) -> None:
        talk = confirming("zh")
        talk.later(minutes=2)
        talk.knows(is_quiet=True, human_replied_at=talk.now)
        talk.later(minutes=1)
        talk.say("好的")
        assert talk.opened == []


class TestLanguage:
    def test_it_is_offered_once_after_two_full_messages(self) -> None:
        talk = chat("zh")
        talk.say("the kitchen tap is leaking badly")
        assert "offer_language" not in talk.last_kinds
        talk.say("please come tomorrow morning if possible")
        assert talk.last_kinds[-1] == "offer_language"
        talk.say("there is water all over the floor")
        assert talk.kinds.count("offer_language") == 1
        assert not any(isinstance(order, SetLanguage) for order in talk.turn.orders)

    @pytest.mark.parametrize("words", ["ok", "thank you", "Tom Brown", "WiFi", "空调 broken"])
    def test_a_few_words_or_mixed_ones_never_count(self, words: str) -> None:
        talk = chat("zh")
        for _ in range(3):
            talk.say(words)
        assert "offer_language" not in talk.kinds


class TestTickets:
    @BOTH
    def test_cancel_asks_once_and_yes_cancels(self, language: str) -> None:
        talk = chat(language, tickets=(ticket(),))
        talk.say({"zh": "取消1001号单", "en": "cancel #1001"}[language])
        assert talk.last_kinds == ["cancel_ask"], talk.kinds
        talk.say({"zh": "是的", "en": "yes"}[language])
        assert [(o.verb, o.number) for o in talk.turn.orders if isinstance(o, OnTicket)] == [("cancel", 1001)]

    @BOTH
    def test_a_yes_to_something_else_cancels_nothing(self, language: str) -> None:
        talk = chat(language, tickets=(ticket(),))
        talk.say({"zh": "取消1001号单", "en": "cancel #1001"}[language])
        talk.say({"zh": "物业费怎么交？", "en": "How do I pay the service charge?"}[language])
        talk.say({"zh": "好的", "en": "ok"}[language])
        assert not any(isinstance(order, OnTicket) for order in talk.turn.orders)

    def test_a_pressed_button_forgets_the_open_question_too(self) -> None:
        talk = chat(tickets=(ticket(),))
        talk.say("取消1001号单")
        talk.press("human")
        talk.say("好的")
        assert not any(isinstance(order, OnTicket) and order.verb == "cancel" for order in talk.turn.orders)

    def test_a_ticket_named_by_number_is_cancelled_although_a_form_is_under_way(self) -> None:
        talk = asking("zh")
        talk.knows(tickets=(ticket(),))
        talk.say("取消1001号单")
        assert talk.last_kinds == ["cancel_ask"]
        assert talk.state.form is not None

    @BOTH
    def test_urging_names_step_person_and_time(self, language: str) -> None:
        talk = chat(language, tickets=(ticket(),))
        talk.say({"zh": "催一下", "en": "please hurry up, chase it"}[language])
        assert talk.last_kinds == ["urged"], talk.kinds
        assert "#1001" in talk.text
        assert "赵敏" in talk.text

    def test_of_two_tickets_the_bot_asks_which(self) -> None:
        talk = chat(tickets=(ticket(1001), ticket(1002)))
        talk.say("催一下")
        assert talk.last_kinds == ["which_ticket"]
        talk.press("urge", number=1002)
        assert [o.number for o in talk.turn.orders if isinstance(o, OnTicket)] == [1002]


def test_a_voice_message_is_a_ticket_at_once_and_keeps_the_form() -> None:
    talk = asking("zh")
    form = talk.state.form
    talk.hear(Attachment(("v1",), is_voice=True))
    assert [(o.reason, o.file_ids) for o in talk.opened] == [("voice", ("v1",))]
    assert talk.state.form == form


def test_every_turn_of_a_form_keeps_its_draft() -> None:
    talk = chat()
    talk.say("厨房水龙头漏水")
    while talk.last_kinds == ["ask"]:
        assert any(isinstance(order, KeepDraft) for order in talk.turn.orders)
        talk.press("slot")
    assert any(isinstance(order, KeepDraft) for order in talk.turn.orders)


@BOTH
def test_three_taps_reach_every_listed_item(language: str) -> None:
    reached = set()
    for door in engine().menu.doors:
        talk = chat(language)
        talk.say({"zh": "菜单", "en": "menu"}[language])
        talk.press("door", id=door.id)
        groups = [b for b in talk.turn.replies[0].buttons if b.action == "group"]
        for group in groups or [None]:
            if group is not None:
                talk.hear(press_of(group))
            items = [b for b in talk.turn.replies[0].buttons if b.action == "item"]
            assert 1 <= len(items) <= 8
            reached |= {str(b.values["id"]) for b in items}
    menu = engine().menu
    listed = {item.id for item in menu.items.values() if item.listed and item.alias_of is None}
    assert listed <= {item.id for i in reached if (item := menu.find_item(i))}


def press_of(button: Button) -> Press:
    return Press(button.action, button.values)
