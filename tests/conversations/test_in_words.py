"""Small manners of the dialogue that people stumbled over, in both languages; pure."""

from dataclasses import replace

import pytest

from backend.conversations import details
from backend.conversations.speaking import reworded
from backend.conversations.state import Attachment, Edited, Odd, Press, Reply, Said
from tests.conversations.talking import Chat, chat, engine, facts_of, visitor
from tests.conversations.test_dialogue import BOTH, asking, confirming, ticket

TWO = "客厅灯不亮了，另外周二上午想约个保洁"


def about(language: str, slot: str) -> Chat:
    """A wish whose open question is about ``slot``."""
    talk = asking(language)
    form = talk.state.form
    assert form is not None
    talk.state = replace(talk.state, form=replace(form, asking=slot, asked=(*form.asked[:-1], slot)))
    return talk


@BOTH
def test_a_second_wish_in_one_message_is_named_before_the_first_question(language: str) -> None:
    talk = chat(language)
    talk.say(TWO)
    assert talk.last_kinds == ["noted_next", "ask"]
    (waiting,) = talk.state.waiting
    name = engine().menu.item(waiting["item"]).name
    assert (name.zh if language == "zh" else name.en) in talk.text


def test_nobody_is_asked_for_more_when_the_next_question_follows() -> None:
    talk = confirming("zh")
    item = next(i.id for i in engine().menu.items.values() if "where" in i.ask and i.workflow == "repair")
    wish = {
        "item": item,
        "slots": {},
        "words": "龙头",
        "asked_at": talk.now.isoformat(),
    }
    talk.state = replace(talk.state, waiting=(wish,))
    talk.say("对")
    assert talk.last_kinds[0] == "opened"
    assert "还有其他" not in talk.text
    assert [b.action for b in talk.turn.replies[0].buttons] == ["details"]


@pytest.mark.parametrize("words", ["算了，不用保洁了", "算了不用修了", "不用修了", "算了", "那算了吧"])
def test_a_wish_is_let_go_in_everyday_words(words: str) -> None:
    talk = confirming("zh")
    talk.say(words)
    assert talk.last_kinds == ["dropped"]


@pytest.mark.parametrize("words", ["不对", "不要明天了，后天上午", "不用明天，后天上午吧"])
def test_a_detail_that_is_wrong_lets_nothing_go(words: str) -> None:
    talk = confirming("zh")
    talk.say(words)
    assert "dropped" not in talk.last_kinds
    assert talk.state.form is not None


@pytest.mark.parametrize(("language", "words"), [("en", "since this morning"), ("zh", "从昨天晚上就这样了")])
def test_since_when_it_is_broken_is_no_time_for_a_visit(language: str, words: str) -> None:
    talk = about(language, "when")
    talk.say(words)
    form = talk.state.form
    assert form is not None
    assert "when" not in form.slots
    assert words in form.words
    assert talk.last_kinds == ["ask"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "tomorrow after 2pm, I'm home"), ("zh", "明天下午，我在家")]
)
def test_being_at_home_is_heard_among_other_details(language: str, words: str) -> None:
    talk = about(language, "entry")
    talk.say(words)
    form = talk.state.form
    assert form is not None
    assert form.slots["entry"] == "resident_home"


@BOTH
def test_the_way_back_stands_under_a_changed_language(language: str) -> None:
    talk = chat(language)
    talk.hear(Press("lang", {}))
    (button,) = talk.turn.replies[0].buttons
    assert (button.action, button.values["language"]) == ("language", language)
    assert button.values["zh" if language == "en" else "en"] == (
        "改回中文" if language == "zh" else "Back to English"
    )


def test_dates_are_asked_for_without_half_days_to_tap() -> None:
    item = next(i for i in engine().menu.items.values() if i.ask[:1] == ("from_to",))
    talk = chat("en")
    talk.tap(item.id)
    assert [b.action for b in talk.turn.replies[-1].buttons] == ["human"]
    talk.say("the drip")
    assert talk.last_kinds == ["ask_again"]


@BOTH
def test_who_is_known_is_asked_for_no_number_when_a_card_comes(language: str) -> None:
    talk = chat(language, channel="telegram")
    talk.hear(Odd("foreign_contact"))
    assert talk.last_kinds == ["contact_in_words"]
    guest = visitor(language)
    guest.hear(Odd("foreign_contact"))
    assert guest.last_kinds == ["contact_foreign"]


@BOTH
def test_what_is_added_to_an_alarm_goes_to_the_duty_team(language: str) -> None:
    talk = chat(language, tickets=(ticket(1001, workflow="emergency"),))
    talk.hear(Attachment(words="31.2, 121.4"))
    assert talk.last_kinds == ["added_alarm"]


@BOTH
def test_an_open_question_is_not_repeated_into_a_persons_talk(language: str) -> None:
    talk = confirming(language)
    talk.knows(is_quiet=True)
    talk.say({"zh": "另外帮我预约家里保洁", "en": "also please book a home cleaning"}[language])
    assert "read_back" not in talk.last_kinds


def test_numbers_in_a_read_back_say_what_they_count() -> None:
    menu = engine().menu
    assert details.value_text("zh", menu, "Asia/Shanghai", "qty", 2) == "数量 2"
    assert details.value_text("en", menu, "Asia/Shanghai", "party", 4) == "people: 4"


def test_after_a_change_of_language_name_and_home_change_too() -> None:
    before, after = facts_of("zh"), facts_of("en")
    (said,) = reworded(
        (Reply("read_back", {"address": "陈先生", "home": before.home, "name": "x"}),), before, after
    )
    assert said.values == {"address": "Ms Brown", "home": after.home, "name": "x"}


@BOTH
def test_a_sticker_in_the_middle_of_a_wish_gets_one_bubble(language: str) -> None:
    talk = asking(language)
    talk.hear(Odd("sticker"))
    assert talk.last_kinds == ["sticker_form"]
    assert talk.state.form is not None


@BOTH
def test_a_question_that_comes_again_names_its_matter(language: str) -> None:
    talk = asking(language)
    talk.hear(Odd("unsupported"))
    assert talk.last_kinds == ["unsupported", "ask"]
    assert talk.text.split("\n\n")[1].startswith("About “" if language == "en" else "“")


def test_the_words_a_wish_began_with_may_be_edited_later_on() -> None:
    talk = confirming("zh")
    said = Said(engine().understand("卫生间水龙头漏水", talk.now, talk._hint()))
    talk.hear(Edited(said, is_last=False, before="厨房水龙头漏水"))
    form = talk.state.form
    assert form is not None
    assert "卫生间" in form.words
    assert talk.last_kinds != []


def test_a_remark_in_reply_to_a_tickets_message_is_put_on_that_ticket() -> None:
    talk = chat("zh", tickets=(ticket(1001), ticket(1002)), pointed=1001)
    talk.say("师傅来之前打个电话")
    assert talk.last_kinds == ["added"]
    talk.say("转人工")
    assert talk.last_kinds == ["handed_over_asked"]


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "还是来吧"), ("zh", "先别取消"), ("en", "no, keep it")]
)
def test_thinking_better_of_it_keeps_the_ticket(language: str, words: str) -> None:
    talk = chat(language, tickets=(ticket(1001),))
    talk.hear(Press("cancel", {"number": 1001}))
    talk.say(words)
    assert talk.last_kinds == ["kept"]
