"""Several wishes in one message: the first is begun, the others are noted and come in their turn."""

from tests.conversations.talking import chat
from tests.conversations.test_dialogue import ticket

CLEANING = "value.clean-oneoff.household-clean"


def test_a_complaint_is_taken_at_once_and_the_wish_after_it_goes_on() -> None:
    talk = chat()
    talk.say("我要投诉楼上半夜蹦迪，另外帮我约个保洁")
    assert [order.reason for order in talk.opened] == ["complaint"]
    assert talk.state.form is not None
    assert talk.state.form.item.startswith("value.clean")


def test_while_the_first_is_only_guessed_the_second_is_named_and_kept() -> None:
    talk = chat()
    talk.say("周六来两位客人帮登记，顺便借个手推车")
    assert talk.last_kinds[0] == "noted_next"
    if talk.find("offer") is not None:
        talk.press("offer")
    assert talk.state.form is not None
    assert [wish["item"] for wish in talk.state.waiting] == ["complimentary.loan.trolley"]


def test_cancelling_asks_first_and_then_goes_on_with_the_new_wish() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1002, item=CLEANING),))
    talk.say("取消明天的保洁，另外订周五晚上的餐厅")
    assert talk.last_kinds == ["noted_next", "cancel_ask"]
    talk.say("好的")
    assert talk.last_kinds[0] == "cancelled"
    assert talk.state.form is not None
    assert talk.state.form.item.startswith("value.dining")


def test_urging_is_done_and_the_new_wish_begins() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1002, item=CLEANING),))
    talk.say("催一下1002，顺便订桶水")
    assert talk.last_kinds[0] == "urged"
    assert talk.state.form is not None
    assert talk.state.form.item == "value.assistant.water"


def test_a_question_beside_a_wish_becomes_a_ticket_of_its_own() -> None:
    talk = chat()
    talk.say("门禁卡丢了要补办一张，另外这季物业费是多少")
    for action in ("offer", "slot", "yes"):  # as far as each is asked
        if talk.find(action) is not None:
            talk.press(action)
    assert [order.item for order in talk.opened] == ["common.admin.resident-card", "common.admin.fee-query"]
    assert talk.last_kinds == ["opened", "enquiry_opened"]
