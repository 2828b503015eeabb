"""What an operator watches of the notifier: what waits, how late it is, and what never arrived."""

from datetime import timedelta
from typing import Any

from prometheus_client import CollectorRegistry

from backend.models import Delivery
from backend.notifier import gauges, queries
from tests.notifier.conftest import Tower


def figure(tower: Tower, name: str, **labels: str) -> float | None:
    found = CollectorRegistry()
    with tower.db.read() as session:
        gauges.add_to(found, session, tower.clock.real_now())
    return found.get_sample_value(f"guanjia_deliveries_{name}", labels)


def delivery(tower: Tower, address: int, key: str, **given: Any) -> None:
    now = tower.clock.real_now()
    values = {"not_before": now, "created_at": now} | given
    with tower.db.write() as session:
        session.add(
            Delivery(estate_id=tower.cast.estate.id, address_id=address, kind="warn", title="", text="",
                     dedupe_key=key, **values)
        )  # fmt: skip


def test_what_waits_is_counted_by_channel_and_its_age_grows(tower: Tower) -> None:
    robot, phone = tower.address(), tower.address(tower.cast.butler, "telegram")
    assert figure(tower, "waiting", channel="wecom") is None
    delivery(tower, robot, "a")
    delivery(tower, robot, "b", state="leased")
    delivery(tower, robot, "c", state="sent")
    delivery(tower, phone, "d", not_before=tower.clock.real_now() + timedelta(hours=8))
    tower.clock.advance(seconds=90)
    assert figure(tower, "waiting", channel="wecom") == 2
    assert figure(tower, "oldest_seconds", channel="wecom") == 90
    assert figure(tower, "waiting", channel="telegram") == 1
    assert figure(tower, "oldest_seconds", channel="telegram") == 0


def test_what_was_given_up_within_a_day_is_counted_by_its_fault(tower: Tower) -> None:
    robot = tower.address()
    delivery(tower, robot, "a", state="dead", fault="unknown_robot")
    delivery(tower, robot, "b", state="dead", fault="removed")
    assert figure(tower, "dead", channel="wecom", fault="unknown_robot") == 1
    assert figure(tower, "dead", channel="wecom", fault="removed") == 1
    tower.clock.advance(days=1, seconds=1)
    assert figure(tower, "dead", channel="wecom", fault="unknown_robot") is None


def test_a_removed_address_is_forgotten_with_the_last_of_its_messages(tower: Tower) -> None:
    gone, kept = tower.address(fault="removed", is_active=False), tower.address()
    at = tower.clock.real_now()
    with tower.db.write() as session:
        queries.get_address(session, gone).failed_at = at
    delivery(tower, gone, "a", state="dead", fault="removed")
    with tower.db.write() as session:
        queries.forget_old(session, at)
    assert tower.row(gone).fault == "removed"
    with tower.db.write() as session:
        queries.forget_old(session, at + timedelta(seconds=1))
        rows = queries.list_removed(session, [tower.cast.estate.id], 10)
    assert rows == []
    assert tower.row(kept).is_active
