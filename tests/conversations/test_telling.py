"""What a channel brings besides words, in the pure dialogue: places, stickers, edits, commands, replies."""

from dataclasses import replace

import pytest

from backend.conversations import press
from backend.conversations.reading import place_words
from backend.conversations.state import (
    Attachment,
    Edited,
    KeepDraft,
    Odd,
    OnTicket,
    Open,
    Press,
    Said,
    SetLanguage,
)
from tests.conversations.talking import Chat, chat, engine, visitor
from tests.conversations.test_dialogue import (
    BOTH,
    COMPLAIN,
    GAS,
    GIBBERISH,
    LEAK,
    asking,
    confirming,
    ticket,
)

PLACE = "翠园会所 (31.23042, 121.47370)"
STATUS = {"zh": "有进展吗", "en": "any news?"}
CANCEL = {"zh": "取消吧", "en": "cancel it"}
URGE = {"zh": "怎么还没人来", "en": "nobody has come yet, please hurry"}


def two_tickets(language: str, **known: object) -> Chat:
    return chat(language, tickets=(ticket(1001), ticket(1002)), **known)


def edit(talk: Chat, text: str, before: str, **more: object) -> None:
    said = Said(engine().understand(text, talk.now, talk._hint()))
    talk.hear(Edited(said, **{"is_last": True, "before": before, **more}))  # type: ignore[arg-type]


class TestPlace:
    @BOTH
    def test_a_place_alone_is_thanked_for_and_kept_for_what_it_is_about(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Attachment(words=PLACE))
        assert talk.last_kinds == ["location_about_what"]
        talk.say(LEAK[language])
        form = talk.state.form
        assert form is not None
        assert form.slots.get("where") == PLACE or PLACE in form.words
        assert talk.state.place == ""

    @BOTH
    def test_it_answers_the_question_where(self, language: str) -> None:
        talk = asking(language)
        form = talk.state.form
        assert form is not None
        slots = {k: v for k, v in form.slots.items() if k != "where"}
        talk.state = replace(talk.state, form=replace(form, asking="where", slots=slots))
        talk.hear(Attachment(words=PLACE))
        assert talk.state.form is not None
        assert talk.state.form.slots["where"] == PLACE
        assert talk.state.form.asking != "where"

    @BOTH
    def test_the_open_question_comes_again_after_a_place_that_answers_another(self, language: str) -> None:
        talk = asking(language)
        assert talk.state.form is not None
        before = talk.state.form
        talk.hear(Attachment(words=PLACE))
        assert talk.state.form is not None
        assert talk.state.form.asking == before.asking
        assert PLACE in (talk.state.form.slots.get("where"), *talk.state.form.words.split("\n"))

    @BOTH
    def test_it_joins_the_ticket_last_spoken_of(self, language: str) -> None:
        talk = two_tickets(language)
        talk.state = replace(talk.state, about=1002, expects="details")
        talk.hear(Attachment(words=PLACE))
        assert talk.turn.orders == (OnTicket("add", 1002, {"words": PLACE, "file_ids": []}),)

    @BOTH
    def test_an_alarm_after_a_place_knows_where(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Attachment(words=PLACE))
        talk.say(GAS[language])
        assert PLACE in talk.opened[0].words

    def test_a_place_in_words_has_its_name_and_degrees(self) -> None:
        values = {"latitude": 31.2304161, "longitude": 121.4737}
        assert place_words("zh", values) == "定位 31.23042, 121.47370"
        assert place_words("en", {**values, "title": "The Bund"}) == "The Bund (31.23042, 121.47370)"


class TestOdd:
    @BOTH
    def test_a_sticker_amid_a_wish_is_thanked_for_and_the_question_stays(self, language: str) -> None:
        talk = asking(language)
        before = talk.state.form
        talk.hear(Odd("sticker"))
        assert talk.last_kinds == ["sticker_form"]
        assert talk.state.form == before

    @BOTH
    def test_a_sticker_alone_has_a_friendly_line_with_the_menu(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Odd("sticker"))
        assert talk.last_kinds == ["sticker"]
        assert talk.find("menu") is not None

    def test_a_sticker_for_the_butler_is_left_to_them(self) -> None:
        talk = chat(is_quiet=True)
        talk.hear(Odd("sticker"))
        assert talk.turn.replies == ()

    @BOTH
    @pytest.mark.parametrize(
        "heard",
        [Odd("unsupported"), Odd("foreign_contact"), Odd("refused", "too_large"), Odd("refused", "kind")],
    )
    def test_what_cannot_be_read_is_told_and_never_counts_as_a_failure(
        self, language: str, heard: Odd
    ) -> None:
        talk = confirming(language)
        for _ in range(3):
            talk.hear(heard)
            assert talk.last_kinds[1:] == ["read_back"]
            assert talk.state.failures == 0
        assert talk.opened == []

    def test_what_can_be_sent_is_named(self) -> None:
        talk = chat("en")
        talk.hear(Odd("unsupported"))
        assert all(word in talk.text for word in ("words", "photos", "voice", "videos", "PDF", "location"))
        talk.hear(Odd("refused", "too_large"))
        assert "20 MB" in talk.text

    @BOTH
    def test_the_words_beside_a_refused_file_still_count(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Said(engine().understand(LEAK[language], talk.now, talk._hint()), (), "too_large"))
        assert talk.last_kinds == ["refused_too_large", "ask"]

    @BOTH
    def test_in_an_emergency_the_refused_file_is_told_of_last(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Said(engine().understand(GAS[language], talk.now, talk._hint()), (), "kind"))
        assert talk.last_kinds == ["emergency", "emergency_where", "refused_kind"]


class TestEdits:
    @BOTH
    def test_an_emergency_that_is_edited_in_is_an_alarm(self, language: str) -> None:
        talk = chat(language)
        edit(talk, GAS[language], "厨房", is_last=False)
        assert talk.last_kinds[0] == "emergency"

    @BOTH
    def test_an_edited_wish_changes_the_read_back(self, language: str) -> None:
        talk = confirming(language)
        now = {"zh": "卫生间水龙头漏水", "en": "the bathroom tap is leaking"}[language]
        edit(talk, now, LEAK[language])
        assert talk.last_kinds in (["read_back"], ["read_back_change"])
        form = talk.state.form
        assert form is not None
        assert form.words == now
        assert talk.find("yes") is not None
        talk.press("yes")
        assert talk.opened[0].words == now

    def test_an_edited_answer_changes_only_that_detail(self) -> None:
        talk = chat("zh")
        talk.tap("value.clean-hourly.hourly-helper")
        talk.say("明天上午")
        while talk.last_kinds == ["ask"]:
            talk.press("slot")
        assert talk.state.form is not None
        before = talk.state.form
        edit(talk, "后天上午", "明天上午")
        assert talk.last_kinds == ["read_back_change"]
        assert talk.state.form is not None
        assert talk.state.form.slots["when"] != before.slots["when"]
        assert {k: v for k, v in talk.state.form.slots.items() if k != "when"} == {
            k: v for k, v in before.slots.items() if k != "when"
        }

    @BOTH
    def test_an_edit_while_a_question_is_open_is_taken_in_without_asking_again(self, language: str) -> None:
        talk = asking(language)
        more = {"zh": "主卧卫生间水龙头漏水", "en": "the bathroom tap is leaking badly"}[language]
        assert talk.state.form is not None
        question = talk.state.form.asking
        edit(talk, more, LEAK[language])
        form = talk.state.form
        assert form is not None
        assert (form.words, form.asking) == (more, question)
        assert talk.turn.replies == ()
        assert KeepDraft(form) in talk.turn.orders

    @BOTH
    def test_an_answer_that_could_not_be_read_is_read_again(self, language: str) -> None:
        talk = chat(language)
        talk.tap("value.clean-hourly.hourly-helper")
        talk.say(GIBBERISH[language][0])
        answer = {"zh": "明天上午", "en": "tomorrow morning"}[language]
        edit(talk, answer, GIBBERISH[language][0], was_unclear=True)
        assert talk.state.form is not None
        assert "when" in talk.state.form.slots
        assert talk.opened == []

    @BOTH
    def test_what_was_not_understood_is_read_anew(self, language: str) -> None:
        talk = chat(language)
        talk.say(GIBBERISH[language][0])
        edit(talk, COMPLAIN[language], GIBBERISH[language][0], was_unclear=True)
        assert talk.last_kinds == ["complaint_opened"]
        assert talk.state.failures == 0

    @BOTH
    def test_what_is_not_understood_still_is_not_asked_about_again(self, language: str) -> None:
        talk = chat(language)
        talk.say(GIBBERISH[language][0])
        edit(talk, GIBBERISH[language][1], GIBBERISH[language][0], was_unclear=True)
        assert talk.turn.replies == ()
        assert talk.state.failures == 1

    @BOTH
    def test_an_edit_of_a_registered_matter_is_a_line_in_its_ticket_and_nothing_is_sent(
        self, language: str
    ) -> None:
        talk = two_tickets(language)
        edit(talk, COMPLAIN[language], "…", ticket=1002)
        assert talk.turn.replies == ()
        words = {"kind": "edited", "words": COMPLAIN[language]}
        assert talk.turn.orders == (OnTicket("add", 1002, words),)

    def test_an_edit_of_small_talk_is_nothing(self) -> None:
        talk = chat()
        talk.say("你好")
        edit(talk, "您好", "你好")
        assert (talk.turn.replies, talk.turn.orders) == ((), ())


class TestCommands:
    @pytest.mark.parametrize(
        ("text", "action", "argument"),
        [("/menu", "menu", ""), (" /lang en ", "lang", "en"), ("/HELP", "help", ""),
         ("/status@guanjia_bot", "status", ""), ("/human", "human", ""), ("/lang 中文", "lang", "中文")],
    )  # fmt: skip
    def test_a_typed_command_is_a_press(self, text: str, action: str, argument: str) -> None:
        assert press.typed(text) == Press(action, {"argument": argument})

    @pytest.mark.parametrize("text", ["menu", "/", "/nothing", "/menus", "see /menu", "", "/start X"])
    def test_anything_else_is_not(self, text: str) -> None:
        assert press.typed(text) is None

    @pytest.mark.parametrize(
        ("language", "argument", "spoken"),
        [("zh", "", "en"), ("en", "", "zh"), ("zh", "English", "en"), ("en", "中文", "zh"),
         ("zh", "zh", "zh"), ("en", "EN", "en")],
    )  # fmt: skip
    def test_lang_switches_to_the_named_or_the_other_language(
        self, language: str, argument: str, spoken: str
    ) -> None:
        talk = chat(language)
        talk.hear(Press("lang", {"argument": argument}))
        assert talk.turn.orders == (SetLanguage(spoken),)

    @BOTH
    def test_an_unknown_language_gets_the_two_there_are(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Press("lang", {"argument": "fr"}))
        assert talk.last_kinds == ["lang_which"]
        talk.press("language", language="en")
        assert talk.turn.orders == (SetLanguage("en"),)

    @BOTH
    def test_help_names_the_commands_and_a_person(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Press("help", {}))
        assert all(word in talk.text for word in ("/menu", "/status", "/lang", "/human"))
        assert talk.find("human") is not None

    @BOTH
    def test_an_old_button_says_so_and_the_question_comes_again(self, language: str) -> None:
        talk = asking(language)
        talk.hear(Press("old", {}))
        assert talk.last_kinds == ["button_old", "ask"]

    @BOTH
    def test_start_greets_and_a_wish_under_way_goes_on(self, language: str) -> None:
        talk = chat(language)
        talk.hear(Press("start", {}))
        assert talk.last_kinds == ["greeting"]
        talk = asking(language)
        talk.hear(Press("start", {}))
        assert talk.last_kinds == ["greeting_again", "ask"]

    @BOTH
    @pytest.mark.parametrize(("code", "kind"), [("bad", "code_failed"), ("too_many", "code_too_many")])
    def test_a_code_that_does_not_work_is_told_with_the_way_in(
        self, language: str, code: str, kind: str
    ) -> None:
        talk = visitor(language)
        talk.hear(Press("start", {"code": code}))
        assert talk.last_kinds == [kind, "how_to_link"]
        assert "8888 6666" in talk.text

    @BOTH
    def test_on_telegram_a_stranger_may_share_their_own_number(self, language: str) -> None:
        talk = visitor(language)
        talk.knows(channel="telegram")
        talk.hear(Press("link", {}))
        assert talk.last_kinds == ["how_to_link_phone"]


class TestReplyTo:
    @BOTH
    def test_any_news_as_a_reply_is_about_that_ticket_alone(self, language: str) -> None:
        talk = two_tickets(language, pointed=1002)
        talk.say(STATUS[language])
        assert talk.last_kinds == ["status"]
        assert "#1002" in talk.text
        assert "#1001" not in talk.text

    @BOTH
    def test_cancelling_and_chasing_as_a_reply_never_ask_which(self, language: str) -> None:
        talk = two_tickets(language, pointed=1002)
        talk.say(CANCEL[language])
        assert talk.turn.replies[0].values["number"] == 1002
        assert talk.last_kinds == ["cancel_ask"]
        talk = two_tickets(language, pointed=1001)
        talk.say(URGE[language])
        assert OnTicket("urge", 1001) in talk.turn.orders

    def test_a_number_in_words_wins(self) -> None:
        talk = two_tickets("en", pointed=1002)
        talk.say("cancel #1001")
        assert talk.turn.replies[0].values["number"] == 1001

    @BOTH
    def test_a_photo_as_a_reply_goes_to_that_ticket_and_the_wish_under_way_goes_on(
        self, language: str
    ) -> None:
        talk = asking(language)
        talk.knows(tickets=(ticket(1001), ticket(1002)), pointed=1001)
        talk.photo("f9")
        assert talk.turn.orders[0] == OnTicket("add", 1001, {"words": "", "file_ids": ["f9"]})
        assert talk.last_kinds == ["added", "ask"]
        assert talk.state.form is not None
        assert talk.state.form.file_ids == ()

    @BOTH
    def test_words_that_mean_nothing_alone_are_details_of_that_ticket(self, language: str) -> None:
        talk = two_tickets(language, pointed=1002)
        talk.say(GIBBERISH[language][1])
        assert talk.last_kinds == ["added"]

    @BOTH
    def test_a_new_wish_stays_one(self, language: str) -> None:
        talk = two_tickets(language, pointed=1002)
        talk.say(COMPLAIN[language])
        assert isinstance(talk.turn.orders[-1], Open)

    def test_a_yes_under_another_tickets_message_does_not_cancel_it(self) -> None:
        talk = two_tickets("en")
        talk.say("cancel #1001")
        talk.knows(pointed=1002)
        talk.say("yes")
        assert not any(isinstance(order, OnTicket) for order in talk.turn.orders)
