"""What is noted behind the wish in hand is as safe as that one: shown, handed over, never raised late."""

from backend.clock import HandClock
from backend.conversations import drafts, service
from backend.conversations.state import KeepDraft, Open, Said
from intents.meaning import Act, Intent, Meaning
from tests.conversations.conftest import Line
from tests.conversations.talking import Chat, chat, visitor
from tests.conversations.test_dialogue import ticket

BOTH = "厨房水龙头漏水，顺便借个手推车"
CLEANING = "value.clean-oneoff.household-clean"


def tick(line: Line) -> int:
    return drafts.tick(line.tools.db, line.tools.clock, line.tools.menu)


def hear(talk: Chat, text: str, *intents: Intent) -> None:
    talk.hear(Said(Meaning(text, "zh", False, "act", intents)))


def test_the_draft_shown_to_staff_has_the_words_of_the_noted_wish(chen: Line, clock: HandClock) -> None:
    chen.say(BOTH)
    clock.advance(minutes=5)
    tick(chen)
    (draft,) = chen.drafts()
    assert draft.state == "to_confirm"
    assert "水龙头漏水" in draft.words
    assert "借个手推车" in draft.words


def test_a_wish_noted_later_is_shown_too(chen: Line) -> None:
    chen.say("厨房水龙头漏水")
    chen.say("另外约一个钟点工")
    (draft,) = chen.drafts()
    assert "钟点工" in draft.words


def test_both_wishes_are_handed_over_and_none_is_raised_days_later(chen: Line, clock: HandClock) -> None:
    chen.say(BOTH)
    clock.advance(minutes=30)
    tick(chen)
    (opened,) = chen.tickets()
    assert "借个手推车" in opened.words
    clock.advance(days=2)
    chen.say("你好")
    assert [m.reply_kind for m in chen.shown()][-1] == "greeting"


def test_a_wish_noted_behind_menu_taps_does_not_lapse_with_them(chen: Line, clock: HandClock) -> None:
    chen.press("door", id="cleaning")
    while not chen.drafts():
        actions = [b["action"] for b in chen.shown()[-1].buttons]
        chen.press("group" if "group" in actions else "item")
    chen.say("另外厨房水龙头漏水，要报修")
    clock.advance(minutes=30)
    tick(chen)
    assert any("水龙头漏水" in one.words for one in chen.tickets())


def test_a_wish_noted_while_nothing_is_in_hand_has_a_draft_of_its_own() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1002, item=CLEANING),))
    talk.say("取消明天的保洁，另外订周五晚上的餐厅")
    assert talk.last_kinds == ["noted_next", "cancel_ask"]
    (kept,) = [order for order in talk.turn.orders if isinstance(order, KeepDraft)]
    assert kept.form.item.startswith("value.dining")
    assert any("餐厅" in words for words in kept.noted)


def test_noted_with_nothing_in_hand_it_reaches_staff_after_half_an_hour(chen: Line, clock: HandClock) -> None:
    chen.say("厨房水龙头漏水，明天上午来修，家里有人")
    chen.press("yes")
    chen.say("取消报修，另外订周五晚上的餐厅")
    if [m.reply_kind for m in chen.shown()][-1] == "cancel_ask":
        clock.advance(minutes=30)
        tick(chen)
    assert any(
        "餐厅" in words for words in [*(t.words for t in chen.tickets()), *(d.words for d in chen.drafts())]
    )


def test_what_waited_too_long_goes_to_a_person_and_not_back_to_its_owner() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1002, item=CLEANING),))
    talk.say("取消明天的保洁，另外订周五晚上的餐厅")
    talk.later(days=3)
    talk.say("谢谢")
    assert [(order.reason, order.item.split(".")[1]) for order in talk.opened] == [("handover", "dining")]
    assert "餐厅" in talk.opened[0].words
    assert talk.last_kinds[0] == "draft_handed_over"
    assert talk.state.waiting == ()
    assert talk.state.form is None


def test_a_person_in_the_chat_is_not_talked_over_by_an_old_wish() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1002, item=CLEANING),))
    talk.say("取消明天的保洁，另外订周五晚上的餐厅")
    talk.later(days=3)
    talk.knows(is_quiet=True, human_replied_at=talk.now)
    talk.say("谢谢")
    assert talk.last_kinds == []
    assert [order.reason for order in talk.opened] == ["handover"]


def test_a_failed_turn_hands_over_what_waited_too(chen: Line) -> None:
    chen.say(BOTH)
    message_id = chen.store("明天")
    service.park(chen.tools, message_id, ValueError("broken"))
    (opened,) = chen.tickets()
    assert "水龙头漏水" in opened.words
    assert "借个手推车" in opened.words
    assert "明天" in opened.words


SERVICE = Intent(Act.REQUEST, CLEANING, 0.9, words="请个保洁")
COMPLAINT = Intent(Act.COMPLAINT, "common.voice.complaint", 0.95, words="投诉楼上半夜蹦迪")


def test_a_visitors_complaint_behind_a_service_is_taken() -> None:
    talk = visitor()
    hear(talk, "请个保洁，投诉楼上半夜蹦迪", SERVICE, COMPLAINT)
    assert talk.last_kinds == ["needs_link", "complaint_opened"]
    assert [order.words for order in talk.opened] == ["投诉楼上半夜蹦迪"]
    assert talk.state.waiting == ()


def test_a_visitors_complaint_before_a_service_is_taken_too() -> None:
    talk = visitor()
    hear(talk, "投诉楼上半夜蹦迪，请个保洁", COMPLAINT, SERVICE)
    assert [order.reason for order in talk.opened] == ["complaint"]
    assert talk.last_kinds == ["complaint_opened", "needs_link"]
    assert talk.find("link") is not None


def test_a_ticket_asked_about_beside_a_wish_is_answered_before_its_question() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1041, item="value.dining.table"), ticket(1042, item=CLEANING)))
    talk.say("厨房水龙头漏水，另外1042那单怎么样了")
    assert talk.last_kinds[0] == "status"
    assert "1042" in talk.text
    assert "1041" not in talk.text
    assert talk.state.form is not None


def test_a_ticket_asked_about_in_english_too() -> None:
    talk = chat("en")
    talk.knows(tickets=(ticket(1042, item=CLEANING),))
    talk.say("the kitchen tap is leaking. what about ticket 1042?")
    assert talk.last_kinds[:2] == ["status", "ask"]


def test_no_order_is_lost_where_the_ticket_has_no_such_number() -> None:
    talk = chat()
    talk.say("厨房水龙头漏水，另外1042那单怎么样了")
    assert talk.last_kinds[:2] == ["no_tickets", "ask"]
    assert not any(isinstance(order, Open) for order in talk.turn.orders)
