"""How a promise came about, in whole sentences of both languages."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import explaining, service
from backend.models import Ticket
from tests.deadlines.cast import Cast, add_ticket, open_ticket, tell

ZONE = "Asia/Shanghai"


def local(text: str) -> datetime:
    said = text if text[4] == "-" else f"2026-{text}"
    return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(ZONE))


def told(db: Database, ticket: Ticket, clock: HandClock, sla: str, language: str = "en") -> tuple[str, ...]:
    """Return the sentences of a ticket's newest clock of this kind."""
    with db.read() as session:
        found = explaining.explained(session, ticket, ZONE, language, clock.now())
        return [one.sentences for one in found if one.deadline.clock == sla][-1]


def test_elapsed_time_is_told_with_its_limit_and_every_interval(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "enquiry")
    clock.advance(hours=1)
    with db.write() as session:
        service.pause(session, session.get_one(Ticket, ticket.id), "等您回复", clock.now())
        clock.advance(hours=2)
        service.resume(session, session.get_one(Ticket, ticket.id), clock.now())
    clock.advance(hours=1)
    assert told(db, ticket, clock, "SLA-08") == (
        "Answer at the agreed time: within 24 hours, counted day and night.",
        "Started Wed 11 Mar, 10:00.",
        "Counted Wed 11 Mar, 10:00 to Wed 11 Mar, 11:00: 1h 00m.",
        "Paused Wed 11 Mar, 11:00 to Wed 11 Mar, 13:00: 2h 00m given back. 等您回复",
        "Counted Wed 11 Mar, 13:00 to Wed 11 Mar, 14:00: 1h 00m.",
        "Due Thu 12 Mar, 12:00.",
    )


def test_working_days_are_named_with_the_holiday_between_them(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    clock.at = local("02-13 16:00")
    ticket = open_ticket(db, cast, clock, "suggestion")
    english, chinese = (told(db, ticket, clock, "SLA-09", language) for language in ("en", "zh"))
    assert english[0].endswith(
        "within 3 working days of the estate's calendar. The day of receipt does not count."
    )
    assert "Working days: Sat 14 Feb (worked in exchange), Tue 24 Feb, Wed 25 Feb." in english
    assert "Not counted: Spring Festival (Chinese New Year), Sun 15 Feb to Mon 23 Feb." in english
    assert "建议答复：3个工作日内，按小区日历计算，收到当天不计。" in chinese
    assert "工作日：2月14日 周六（调休上班）、2月24日 周二、2月25日 周三。" in chinese
    assert "春节（2月15日 周日至2月23日 周一）不计。" in chinese
    assert "2月25日 周三 18:00到期。" in chinese


def test_a_year_without_published_holidays_is_told_as_provisional(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    clock.at = local("12-30 12:00")
    ticket = open_ticket(db, cast, clock, "suggestion")
    assert "暂定：2027年的放假安排尚未公布，到期时间可能还会变动。" in told(db, ticket, clock, "SLA-09", "zh")
    assert not any("Provisional" in line for line in told(db, ticket, clock, "SLA-01"))


def test_a_time_agreed_with_the_resident_is_told_as_agreed(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    with db.write() as session:
        ticket = add_ticket(session, cast, clock.now(), "enquiry")
        service.on_event(session, ticket, "opened", clock.now(), agreed_at=local("03-14 12:00"))
    english = told(db, ticket, clock, "SLA-08")
    assert english[0] == "Answer at the agreed time: by the time agreed, Sat 14 Mar, 12:00."
    assert told(db, ticket, clock, "SLA-08", "zh")[0] == "约定时间答复：在约定的3月14日 周六 12:00之前。"


def test_an_appointment_is_told_by_its_visit(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair", appointment_start=local("03-12 10:00"))
    assert told(db, ticket, clock, "SLA-05")[0] == "Arrival as agreed: by the end of the agreed visit."


def test_an_aim_is_told_as_an_aim(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair")
    assert "This is an aim, not a hard promise." in told(db, ticket, clock, "SLA-03")
    assert "This is an aim, not a hard promise." not in told(db, ticket, clock, "SLA-01")


@pytest.mark.parametrize(
    ("minutes", "event", "english", "chinese"),
    [
        (4, "accepted", "Kept: done Wed 11 Mar, 10:04.", "3月11日 周三 10:04完成，按时兑现。"),
        (25, "accepted", "Missed: done Wed 11 Mar, 10:25, 15m late.", "3月11日 周三 10:25完成，迟了15分钟。"),
        (4, "cancelled", "Ended Wed 11 Mar, 10:04: no longer needed.", "3月11日 周三 10:04结束，不再需要。"),
        (25, "noted", "Overdue by 15m.", "已超时15分钟。"),
    ],
)
def test_how_it_stands_or_ended_is_the_last_line(
    db: Database, cast: Cast, clock: HandClock, minutes: int, event: str, english: str, chinese: str
) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=minutes)
    tell(db, ticket, event, clock)
    assert told(db, ticket, clock, "SLA-01")[-1] == english
    assert told(db, ticket, clock, "SLA-01", "zh")[-1] == chinese


def test_a_clock_that_waits_says_that_nothing_falls_due(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "decoration")
    tell(db, ticket, "step:drawing_review", clock)
    tell(db, ticket, "step:revise", clock)
    clock.advance(hours=30)
    last = told(db, ticket, clock, "SLA-23")[-1]
    assert last == "It waits since Wed 11 Mar, 10:00; nothing falls due while it waits."


def test_every_sentence_is_whole_and_in_its_own_language(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "suggestion")
    clock.advance(days=9)
    for language, end, foreign in (("zh", "。", r"[A-Za-z]{3}"), ("en", ".", r"[\u4e00-\u9fff]")):
        with db.read() as session:
            found = explaining.explained(session, ticket, ZONE, language, clock.now())
        lines = [line for one in found for line in one.sentences]
        assert lines
        assert all(line.endswith(end) for line in lines)
        assert not [line for line in lines if re.search(foreign, line)]


def test_without_its_edition_a_clock_is_still_told(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "suggestion")
    with db.read() as session:
        row = next(
            one.deadline
            for one in explaining.explained(session, ticket, ZONE, "en", clock.now())
            if one.deadline.clock == "SLA-09"
        )
        lines = explaining.sentences(row, service.explain(session, ticket, row, clock.now()), ZONE, "en")
    assert lines[0] == "SLA-09: working days of the estate's calendar."
    assert lines[-1] == "Due Mon 16 Mar, 18:00."
