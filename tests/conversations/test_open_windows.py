""" "After three" is never "by three": the agreed visit begins then, and is late only after that."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.models import Deadline
from tests.conversations.conftest import Line


@pytest.mark.parametrize(
    ("hour", "ends"), [("今天下午三点以后", 18), ("今天下午五点半以后", 22), ("今晚八点以后", 22)]
)
def test_the_visit_is_not_due_when_it_may_begin(chen: Line, hour: str, ends: int) -> None:
    chen.say(f"厨房水龙头漏水，{hour}，我在家")
    while not chen.tickets():
        actions = [button["action"] for button in chen.shown()[-1].buttons]
        chen.press(next(one for one in ("yes", "slot", "offer") if one in actions))
    (own,) = chen.tickets()
    zone = ZoneInfo("Asia/Shanghai")
    assert own.appointment_start is not None
    assert own.appointment_end == datetime(2026, 3, 11, ends, tzinfo=zone)
    with chen.tools.db.read() as session:
        due = session.scalars(select(Deadline.due_at).where(Deadline.ticket_id == own.id)).all()
    assert own.appointment_start not in due
    assert own.appointment_end in due


def test_an_hour_alone_is_still_that_hour(chen: Line) -> None:
    chen.say("厨房水龙头漏水，今天下午三点，我在家")
    while not chen.tickets():
        actions = [button["action"] for button in chen.shown()[-1].buttons]
        chen.press(next(one for one in ("yes", "slot", "offer") if one in actions))
    (own,) = chen.tickets()
    assert own.appointment_start == own.appointment_end
