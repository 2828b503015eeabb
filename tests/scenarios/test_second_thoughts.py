"""Second thoughts on Telegram: another wish or a complaint instead, a visit called off, a lift, a cut."""

import pytest
from sqlalchemy import select

from backend.db import Database
from backend.models import Ticket, TicketEvent
from tests.fake_telegram.people import Person
from tests.scenarios.house import House
from tests.scenarios.test_six_conversations import number_in


@pytest.fixture(params=["polling"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def words_of(db: Database, ticket: Ticket) -> str:
    """All that the ticket's timeline tells, for its reader."""
    with db.read() as session:
        events = session.scalars(
            select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
        )
        return "\n".join(str(event.data) for event in events)


def booked(house: House, person: Person, words: str, yes: str) -> int:
    after = person.mark()
    person.write(words)
    person.wait(lambda chat: any(yes in one.labels for one in chat if one.changed > after))
    person.tap(yes)
    return number_in(person.wait_for("#", after=after))


def test_a_visit_alone_is_called_off_by_its_button(house: House, chen: Person) -> None:
    number = booked(house, chen, "厨房水龙头漏水，明天上午来修，家里有人", "对")
    after = chen.mark()
    chen.write("取消预约")
    chen.wait_for("只取消这次时间", after=after)
    chen.tap(next(label for one in reversed(chen.chat) for label in one.labels if "只取消" in label))
    told = chen.wait_for("这次先不上门", after=after)
    assert f"#{number}" in told.text
    ticket = house.newest()
    assert (ticket.number, ticket.state, ticket.appointment_start) == (number, "open", None)


def test_a_visit_alone_is_called_off_by_its_button_in_english(house: House, emma: Person) -> None:
    number = booked(
        house, emma, "My kitchen tap is leaking, please come tomorrow morning, I am home", "Correct"
    )
    after = emma.mark()
    emma.write("cancel the appointment")
    emma.wait_for("Only this time", after=after)
    emma.tap("Only this time")
    told = emma.wait_for("nobody will come at that time", after=after)
    assert f"#{number}" in told.text
    assert house.newest().appointment_start is None


def test_a_cleaning_takes_the_place_of_a_repair_with_its_day(house: House, chen: Person) -> None:
    after = chen.mark()
    chen.write("厨房水龙头漏水，明天上午来修，家里有人")
    first = chen.wait_for("跟您确认一下：修水龙头", after=after)
    chen.write("不修了，帮我约个保洁")
    chen.wait_for("就不办了", after=after)
    read_back = chen.wait_for("跟您确认一下：上门保洁", after=after)
    when = next(line for line in first.text.splitlines() if line.startswith("时间"))
    assert when in read_back.text
    assert house.tickets() == []
    chen.tap("对")
    chen.wait_for("登记好了", after=after)
    (ticket,) = house.tickets()
    assert ticket.item_id == "value.clean-oneoff.household-clean"
    assert ticket.slots["entry"] == "resident_home"


@pytest.mark.parametrize("words", ["算了不修了，你们态度太差了"])
def test_a_complaint_takes_the_place_of_a_repair_with_what_was_said(
    house: House, chen: Person, words: str
) -> None:
    after = chen.mark()
    chen.write("空调不制冷了，想修一下")
    chen.wait_for("什么时间", after=after)
    chen.write(words)
    chen.wait_for("就不办了", after=after)
    number = number_in(chen.wait_for("24小时内", after=after))
    (ticket,) = house.tickets()
    assert (ticket.number, ticket.workflow) == (number, "complaint")
    assert "空调不制冷了" in ticket.words


def test_a_complaint_that_says_nothing_is_asked_about(house: House, emma: Person) -> None:
    after = emma.mark()
    emma.write("my AC is not cooling")
    emma.wait_for("When would suit you", after=after)
    emma.write("forget it, I want to complain")
    emma.wait_for("tell me a little more", after=after)
    emma.write("nobody turned up three times")
    emma.wait_for("nobody turned up three times", after=after)
    (ticket,) = house.tickets()
    assert ticket.workflow == "complaint"
    assert "AC is not cooling" in ticket.words


def test_a_lift_is_a_fault_until_somebody_is_in_it(house: House, chen: Person) -> None:
    after = chen.mark()
    chen.write("电梯不动了")
    chen.wait_for("跟您确认一下：电梯故障", after=after)
    assert house.tickets() == []
    chen.write("里面有人")
    chen.wait_for("已经通知值班人员", after=after)
    (ticket,) = house.tickets()
    assert (ticket.workflow, ticket.is_urgent) == ("emergency", True)


def test_a_power_cut_is_read_back_at_once(house: House, emma: Person) -> None:
    after = emma.mark()
    emma.write("the whole building has no power")
    emma.wait_for("just to confirm: Power or water cut", after=after)
    emma.tap("Correct")
    emma.wait_for("it is registered", after=after)
    (ticket,) = house.tickets()
    assert ticket.item_id == "common.equipment.public-power-water"
