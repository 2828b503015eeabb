"""Drafts whose owner fell silent: shown and nudged at 5 minutes, handed over at 30; taps alone lapse."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from backend.clock import HandClock
from backend.conversations import drafts
from intents.menu import Menu
from tests.conversations.conftest import Line
from tests.conversations.test_turn import LEAK


def tick(line: Line) -> int:
    return drafts.tick(line.tools.db, line.tools.clock, line.tools.menu)


def states(line: Line) -> list[str]:
    return [draft.state for draft in line.drafts()]


def nudges(line: Line) -> int:
    return len([m for m in line.shown() if m.answers_id is None and m.reply_kind in ("nudge", "ask")])


def test_nothing_happens_within_five_minutes(chen: Line, clock: HandClock) -> None:
    chen.say(LEAK)
    clock.advance(minutes=4, seconds=59)
    assert tick(chen) == 0
    assert states(chen) == ["open"]


def test_after_five_silent_minutes_it_is_to_confirm_with_one_nudge(chen: Line, clock: HandClock) -> None:
    chen.say("厨房水龙头漏水")
    clock.advance(minutes=5)
    assert tick(chen) == 1
    assert states(chen) == ["to_confirm"]
    assert nudges(chen) == 1
    clock.advance(minutes=5)
    assert tick(chen) == 0
    assert nudges(chen) == 1


def test_the_nudge_has_the_button_that_goes_on(chen: Line, clock: HandClock) -> None:
    chen.say("厨房水龙头漏水")
    clock.advance(minutes=5)
    tick(chen)
    chen.press("slot")
    assert states(chen) == ["open"]


def test_somebody_who_answers_and_falls_silent_again_is_nudged_no_more(chen: Line, clock: HandClock) -> None:
    chen.say("厨房水龙头漏水")
    clock.advance(minutes=5)
    tick(chen)
    chen.press("slot")
    clock.advance(minutes=6)
    tick(chen)
    assert states(chen) == ["to_confirm"]
    assert nudges(chen) == 1


def test_after_thirty_minutes_the_butler_takes_it_over_with_words_and_details(
    chen: Line, clock: HandClock
) -> None:
    chen.say(LEAK)
    clock.advance(minutes=5)
    tick(chen)
    clock.advance(minutes=25)
    assert tick(chen) == 1
    assert states(chen) == ["handed_over"]
    (ticket,) = chen.tickets()
    assert ticket.words == LEAK
    assert "when" in ticket.slots
    assert f"#{ticket.number}" in chen.shown()[-1].text
    assert tick(chen) == 0


def test_a_second_wish_that_waited_goes_along(chen: Line, clock: HandClock) -> None:
    chen.say("厨房水龙头漏水")
    chen.say("另外请一个钟点工打扫卫生")
    clock.advance(minutes=30)
    tick(chen)
    (ticket,) = chen.tickets()
    assert "漏水" in ticket.words


def test_an_old_button_after_the_hand_over_opens_nothing(chen: Line, clock: HandClock) -> None:
    chen.say("厨房水龙头漏水")
    clock.advance(minutes=30)
    tick(chen)
    chen.press("slot")
    assert chen.shown()[-1].reply_kind == "button_old"
    assert len(chen.tickets()) == 1


def test_taps_alone_are_not_nudged_and_lapse(chen: Line, clock: HandClock) -> None:
    chen.say("菜单")
    chen.press("door", id="cleaning")
    action = "group" if any(b["action"] == "group" for b in chen.shown()[-1].buttons) else "item"
    chen.press(action)
    if action == "group":
        chen.press("item")
    assert states(chen) == ["open"]
    clock.advance(minutes=6)
    assert tick(chen) == 0
    assert nudges(chen) == 0
    clock.advance(minutes=25)
    assert tick(chen) == 1
    assert states(chen) == ["lapsed"]
    assert chen.tickets() == []


def test_a_draft_that_cannot_be_moved_stops_no_other(
    chen: Line, emma: Line, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken = drafts.move_on, chen.conversation_id
    chen.say("厨房水龙头漏水")
    clock.advance(seconds=1)
    emma.say("my kitchen tap is leaking")
    ours = {draft.id for draft in chen.drafts() if draft.conversation_id == broken}

    def sometimes(menu: Menu, session: Session, draft_id: int, now: datetime) -> bool:
        return bool(1 / 0) if draft_id in ours else real(menu, session, draft_id, now)

    monkeypatch.setattr(drafts, "move_on", sometimes)
    clock.advance(minutes=6)
    with pytest.raises(ZeroDivisionError):
        tick(chen)
    assert nudges(emma) == 1
