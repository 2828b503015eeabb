"""What is asked once: an arrival hours before its time, a price that nobody agreed to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from backend.models import VISITOR, Ticket
from backend.onsite import sure
from backend.tickets import prices
from tests.conversations.talking import engine
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
NOW = datetime(2026, 3, 11, 0, 15, tzinfo=UTC)
ZONE = "Asia/Shanghai"


def guest(hours: float) -> Ticket:
    start = NOW + timedelta(hours=hours)
    return Ticket(item_id=VISITOR, workflow="booking", slots={}, facts={}, appointment_start=start,
                  appointment_end=start)  # fmt: skip


@pytest.mark.parametrize(("hours", "is_asked"), [(10.75, True), (2.5, True), (2, False), (-3, False)])
def test_an_arrival_more_than_two_hours_too_soon_is_asked_about(hours: float, is_asked: bool) -> None:
    assert bool(sure.arrives_early("zh", guest(hours), NOW, ZONE)) == is_asked


def test_the_question_names_the_time_in_each_language() -> None:
    assert sure.arrives_early("zh", guest(10.75), NOW, ZONE) == "访客预计今天 19:00到，现在登记已到吗？"
    assert "19:00 today" in sure.arrives_early("en", guest(10.75), NOW, ZONE)


def work(charge: str, **known: object) -> Ticket:
    menu = engine().menu
    item = next(one for one in map(menu.find_item, menu.items) if one and one.charge == charge)
    return Ticket(item_id=item.id, workflow="paid", slots={}, facts=known, cycle=1)


@pytest.mark.parametrize(
    ("charge", "known", "cost", "is_asked"),
    [
        ("quote", {}, 17000, True),
        ("quote", {}, 0, False),
        ("quote", {}, None, False),
        ("quote", {"price": 17000, "consent": True}, 17000, False),
        ("quote", {"price": 12000, "consent": True}, 17000, True),
        ("quote", {"price": 17000}, 17000, True),
        ("included", {}, 17000, False),
    ],
)
def test_a_price_that_was_never_agreed_is_asked_about_where_it_was_promised_first(
    charge: str, known: dict[str, object], cost: int | None, is_asked: bool
) -> None:
    asked = prices.unagreed("zh", engine().menu, work(charge, **known), cost)
    assert bool(asked) == is_asked
    assert ("¥170" in asked) == is_asked


def test_who_comes_on_another_day_is_asked_before_the_resident_hears_that_somebody_is_there(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair")
    office.do(number, "assign", user="engineer")
    office.do(number, "schedule", start="2026-03-12T01:00:00Z", end="2026-03-12T03:00:00Z")
    html = browse().read(f"/jobs/{number}")
    assert "约好的上门时间是明天 09:00，现在登记已到吗？" in html
    assert "是，现在已到" in html
