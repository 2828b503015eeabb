"""At night a resident is not woken for news that can wait; danger and answers never wait."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.models import ChannelLink, Conversation, OutboxRow
from tests.tickets.office import Office

MORNING = datetime(2026, 3, 12, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def waits_until(office: Office) -> datetime | None:
    with office.db.read() as session:
        return session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first().retry_at  # type: ignore[union-attr]


def after_dark(office: Office, kind: str, hours: float) -> int:
    """A ticket of ten in the morning, of somebody on Telegram; the clock is moved on by so many hours."""
    number = office.open(kind)
    with office.db.write() as session:
        for link in session.scalars(select(ChannelLink)):
            link.channel, link.account = "telegram", "1000001"
            link.last_inbound_at = office.clock.now()
            session.get_one(Conversation, link.conversation_id).last_link_id = link.id
    office.clock.advance(hours=hours)
    return number


def test_that_somebody_took_it_at_night_is_told_in_the_morning(office: Office) -> None:
    number = after_dark(office, "repair", 13)
    office.do(number, "accept")
    assert waits_until(office) == MORNING


def test_the_same_by_day_goes_at_once(office: Office) -> None:
    number = after_dark(office, "repair", 11)
    office.do(number, "accept")
    assert waits_until(office) is None


def test_an_emergency_never_waits(office: Office) -> None:
    number = after_dark(office, "emergency", 13)
    office.do(number, "accept")
    assert waits_until(office) is None


def test_a_person_who_answers_at_night_is_heard_at_once(office: Office) -> None:
    number = after_dark(office, "repair", 13)
    office.do(number, "reply")
    assert waits_until(office) is None


def test_who_writes_at_night_gets_answers_at_once(office: Office) -> None:
    number = after_dark(office, "repair", 13)
    with office.db.write() as session:
        for link in session.scalars(select(ChannelLink)):
            link.last_inbound_at = office.clock.now() - timedelta(minutes=5)
    office.do(number, "accept")
    assert waits_until(office) is None
