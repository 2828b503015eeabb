"""A wish told in fragments, each after the bot has answered the one before."""

import pytest

from backend.clock import HandClock
from tests.conversations.conftest import Line


def kinds(line: Line) -> list[str | None]:
    return [message.reply_kind for message in line.shown() if message.reply_kind]


@pytest.mark.parametrize(
    ("first", "second", "item"),
    [("空调", "不凉", "value.repair-appliance.ac"), ("窗户", "关不严", "value.repair-civil.alu-window")],
)
def test_a_symptom_after_a_thing_is_read_together_with_it(
    chen: Line, clock: HandClock, first: str, second: str, item: str
) -> None:
    chen.say(first)
    assert kinds(chen)[-1] == "which"
    clock.advance(seconds=40)
    chen.say(second)
    assert chen.tickets() == [], "no complaint is opened"
    drafts = [draft.item_id for draft in chen.drafts() if draft.state == "open"]
    offered = [b["values"].get("id") for m in chen.shown()[-1:] for b in m.buttons if b["action"] == "offer"]
    assert item in drafts or offered[:1] == [item]


def test_another_wish_after_an_offer_is_no_fragment_of_it(chen: Line, clock: HandClock) -> None:
    chen.say("空调")
    clock.advance(seconds=40)
    chen.say("我要投诉楼上太吵了")
    assert len(chen.tickets()) == 1
