"""Alerts on their way to staff: whose they are, bundled, retried, once, whatever is killed."""

import asyncio
import threading
from datetime import timedelta

import pytest

from backend.models import Incident, User
from backend.notifier import service
from backend.notifier.robots import Outcome
from backend.notifier.service import Bundle
from tests.house import cast as the_cast
from tests.notifier.conftest import Tower


def test_a_persons_alert_reaches_their_own_address_with_number_building_and_what_to_do(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    assert tower.round() == 1
    assert tower.told == [
        "【翠园】#1001（3号楼）：“首次响应”快到时限了，请尽快处理。\nhttp://here/tickets/1001"
    ]


def test_nothing_of_the_residents_words_name_or_flat_travels(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    for kind in ("warn", "breach", "emergency", "urged", "attention", "something new"):
        tower.alert(tower.cast.butler, kind, tower.ticket(2000 + sum(map(ord, kind))))
    tower.round()
    for word in ("老人", "陈", "1501", "暖气"):
        assert word not in "".join(tower.told)


def test_an_address_reads_its_own_language(tower: Tower) -> None:
    tower.address(tower.cast.butler, language="en")
    tower.alert(tower.cast.butler, "breach", tower.ticket())
    tower.round()
    assert tower.told[0].splitlines()[0] == (
        "[Jade Garden] #1001 (Bldg 3): “first response” is overdue. Please act now."
    )


def test_nobody_elses_address_hears_of_it(tower: Tower) -> None:
    tower.address(tower.cast.deputy)
    tower.address(None, role="engineer")
    tower.address(tower.cast.butler, is_active=False)
    tower.address(tower.cast.stranger, estate_id=tower.cast.next_door.id)
    tower.address(None, estate_id=tower.cast.next_door.id)
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    assert tower.round() == 0


def test_a_group_of_the_role_hears_once_however_many_were_alerted(tower: Tower) -> None:
    tower.address(None, role="butler")
    everybody = tower.address(None)
    ticket = tower.ticket()
    for user in (tower.cast.butler, tower.cast.deputy):
        tower.alert(user, ticket=ticket)
        tower.round()
    tower.clock.advance(minutes=2)
    tower.round()
    assert len(tower.told) == 2
    assert [d.address_id for d in tower.deliveries()].count(everybody) == 1


def test_no_group_hears_of_a_complaint_hidden_from_a_colleague(tower: Tower) -> None:
    tower.address(None)
    tower.address(None, role="supervisor")
    tower.address(tower.cast.supervisor)
    tower.alert(tower.cast.supervisor, ticket=tower.ticket(hidden_from_id=tower.cast.butler.id))
    assert tower.round() == 1


def test_several_alerts_in_a_minute_are_one_message(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    for number in (1001, 1002, 1003):
        tower.alert(tower.cast.butler, ticket=tower.ticket(number))
    assert tower.round() == 1
    lines = tower.told[0].splitlines()
    assert lines[0] == "【翠园】有 3 件事等您处理"
    assert [line[:5] for line in lines[1:4]] == ["#1001", "#1002", "#1003"]
    assert lines[4] == "http://here/alerts"
    assert {d.state for d in tower.deliveries()} == {"sent"}


def test_a_device_sounds_at_most_once_a_minute(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket(1001))
    tower.round()
    for number in (1002, 1003):
        tower.clock.advance(seconds=20)
        tower.alert(tower.cast.butler, ticket=tower.ticket(number))
        assert tower.round() == 0
    tower.clock.advance(seconds=21)
    assert tower.round() == 1
    assert "有 2 件事" in tower.told[1]


def test_an_emergency_waits_for_nothing(tower: Tower) -> None:
    tower.address(tower.cast.guard)
    tower.alert(tower.cast.guard, ticket=tower.ticket(1001))
    tower.round()
    tower.alert(tower.cast.guard, "emergency", tower.ticket(1002))
    tower.alert(tower.cast.guard, ticket=tower.ticket(1003))
    assert tower.round() == 1
    assert "紧急" in tower.told[1]
    assert "#1002" in tower.told[1]
    assert "#1003" not in tower.told[1]


def test_a_resident_who_urges_at_night_rings_somebody_off_duty_in_the_morning(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.clock.advance(hours=13)  # 23:00
    with tower.db.write() as session:
        session.get_one(User, tower.cast.butler.id).is_on_duty = False
    tower.alert(tower.cast.butler, "urged", tower.ticket())
    assert tower.round() == 0
    tower.clock.advance(hours=8, minutes=59)
    assert tower.round() == 0
    tower.clock.advance(minutes=1)
    assert tower.round() == 1


def test_a_promise_rings_at_night_whoever_was_called(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.clock.advance(hours=13)
    with tower.db.write() as session:
        session.get_one(User, tower.cast.butler.id).is_on_duty = False
    tower.alert(tower.cast.butler, "breach", tower.ticket())
    assert tower.round() == 1


def test_a_digest_is_told_when_its_time_has_come_and_again_when_it_grew(tower: Tower) -> None:
    tower.address(tower.cast.manager)
    at = tower.clock.now() + timedelta(hours=4)
    tower.alert(tower.cast.manager, "digest", values={"count": 7}, at=at)
    assert tower.round() == 0
    tower.clock.advance(hours=4)
    assert tower.round() == 1
    assert "7 件事" in tower.told[0]


def test_what_was_seen_already_or_is_history_rings_nobody(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket(1001), seen_at=tower.clock.now())
    old = tower.clock.now() - timedelta(hours=7)
    tower.alert(tower.cast.butler, ticket=tower.ticket(1002), at=old, created_at=old)
    assert tower.round() == 0
    with tower.db.read() as session:
        assert service.queries.has_untold(session, tower.clock.now()) is False


def test_a_failed_send_is_tried_again_ever_later_and_shown(tower: Tower) -> None:
    address = tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    tower.outside.answer(500)
    tower.round()
    assert tower.row(address).fault == "server"
    assert tower.round() == 0
    tower.clock.advance(seconds=3)
    assert tower.round() == 1
    tower.clock.advance(seconds=3)
    assert tower.round() == 0
    tower.outside.answer(200, {"errcode": 0})
    tower.clock.advance(seconds=4)
    assert tower.round() == 1
    row = tower.row(address)
    assert (row.fault, row.failed_at) == ("", None)
    (delivery,) = tower.deliveries()
    assert (delivery.state, delivery.attempts) == ("sent", 3)


def test_after_eight_tries_it_is_dead_and_the_address_says_since_when(tower: Tower) -> None:
    address = tower.address(tower.cast.butler)
    began = tower.clock.real_now()
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    tower.outside.answer(503)
    for _ in range(12):
        tower.round()
        tower.clock.advance(minutes=37)
    (delivery,) = tower.deliveries()
    assert (delivery.state, delivery.attempts, delivery.fault) == ("dead", 8, "server")
    assert tower.row(address).failed_at == began


def test_a_robot_that_is_gone_is_not_tried_again(tower: Tower) -> None:
    address = tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    tower.outside.answer(200, {"errcode": 93000})
    tower.round()
    assert tower.deliveries()[0].state == "dead"
    assert tower.row(address).fault == "unknown_robot"


def test_an_address_sealed_with_another_key_says_so(tower: Tower) -> None:
    address = tower.address(tower.cast.butler, sealed=b"\x01" + b"x" * 40)
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    tower.round()
    assert tower.row(address).fault == "sealed"


class Killed(BaseException):
    """The process is gone at this very point."""


def test_a_kill_between_sending_and_marking_repeats_at_most_that_message(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())

    def die(bundle: Bundle, outcome: Outcome) -> None:
        raise Killed

    monkeypatch.setattr(tower.worker, "_settle", die)
    with pytest.raises(Killed):
        tower.round()
    monkeypatch.undo()
    assert tower.round() == 0  # the lease still runs
    tower.clock.advance(seconds=76)
    assert tower.round() == 1
    assert tower.round() == 0
    assert len(tower.told) == 2


def test_a_kill_between_handing_over_and_sending_loses_nothing(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())

    async def die(bundle: Bundle) -> Outcome:
        raise Killed

    monkeypatch.setattr(tower.worker, "_outcome", die)
    with pytest.raises(Killed):
        tower.round()
    monkeypatch.undo()
    tower.clock.advance(seconds=76)
    assert tower.round() == 1
    assert len(tower.told) == 1


def test_a_kill_while_handing_over_leaves_the_alert_untold(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(service.queries, "mark_told", die)
    with pytest.raises(Killed):
        tower.round()
    monkeypatch.undo()
    assert tower.round() == 1
    assert len(tower.told) == 1


def test_three_workers_at_once_send_each_message_once(tower: Tower) -> None:
    people = (tower.cast.butler, tower.cast.deputy, tower.cast.supervisor, tower.cast.guard)
    for user in people:
        tower.address(user)
    ticket = tower.ticket()
    for user in people:
        tower.alert(user, "emergency", ticket)
    threads = [threading.Thread(target=lambda: asyncio.run(tower.worker.round())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tower.told) == 4


def test_the_thread_begins_tells_and_ends(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    arrived = threading.Event()
    tower.outside.on_ask = arrived.set
    tower.worker.start()
    try:
        assert arrived.wait(10)
    finally:
        tower.worker.shutdown()
    assert len(tower.told) == 1


def test_a_telegram_message_waits_for_the_bot(tower: Tower) -> None:
    tower.address(tower.cast.butler, "telegram")
    tower.alert(tower.cast.butler, ticket=tower.ticket())
    assert tower.round() == 0
    with tower.db.write() as session:
        (one,) = service.claim(session, the_cast.vault(), "http://here", tower.clock.real_now(),
                               is_telegram=True)  # fmt: skip
    assert one.parcel is not None
    assert one.parcel.to == {"chat": "4711"}


def test_a_clock_set_back_holds_nothing_up_and_sends_nothing_twice(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket(1001))
    tower.round()
    tower.alert(tower.cast.butler, ticket=tower.ticket(1002))
    tower.round()  # handed over, and resting
    tower.clock.advance(hours=-2)
    assert tower.round() == 1
    assert tower.round() == 0
    assert ["#1001" in tower.told[0], "#1002" in tower.told[1]] == [True, True]
    tower.alert(tower.cast.butler, ticket=tower.ticket(1003))
    tower.clock.advance(minutes=2)
    assert tower.round() == 1


def test_a_clock_set_forward_sends_each_once(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket(1001))
    tower.round()
    tower.clock.advance(hours=2)
    tower.alert(tower.cast.butler, ticket=tower.ticket(1002))
    assert tower.round() == 1
    assert tower.round() == 0
    assert len(tower.told) == 2


def test_a_message_leased_before_the_clock_was_set_back_is_not_lost(
    tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> None:
    tower.address(tower.cast.butler)
    tower.alert(tower.cast.butler, ticket=tower.ticket())

    async def die(bundle: Bundle) -> Outcome:
        raise Killed

    monkeypatch.setattr(tower.worker, "_outcome", die)
    with pytest.raises(Killed):
        tower.round()
    monkeypatch.undo()
    tower.clock.advance(hours=-2)
    assert tower.round() == 1
    assert len(tower.told) == 1


def test_somebody_of_two_estates_is_reached_at_the_address_that_one_of_them_keeps(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    tower.address(None)
    there = tower.cast.next_door.id
    tower.alert(tower.cast.butler, "breach", tower.ticket(1001, estate_id=there), estate_id=there)
    tower.alert(tower.cast.butler, "warn", tower.ticket(1002))
    tower.round()
    assert sorted(text[:6] for text in tower.told) == ["【翠园】#1", "【翠园】#1", "【隔壁】#1"]


def test_a_promise_of_one_incident_rings_once_and_again_for_each_when_it_is_over(tower: Tower) -> None:
    tower.address(tower.cast.butler)
    with tower.db.write() as session:
        incident = Incident(estate_id=tower.cast.estate.id, topic="common.equipment.lift-fault", building="3",
                            state="open", opened_at=tower.clock.now())  # fmt: skip
        session.add(incident)
        session.flush()
        key = incident.id
    for number in (1001, 1002, 1003):
        tower.alert(tower.cast.butler, ticket=tower.ticket(number, incident_id=key))
    tower.alert(tower.cast.butler, "breach", ticket=tower.ticket(1004, incident_id=key))
    tower.alert(tower.cast.butler, ticket=tower.ticket(1005))
    tower.round()
    assert [(one.kind, one.values["number"]) for one in tower.deliveries()] == [
        ("warn", 1001), ("breach", 1004), ("warn", 1005),
    ]  # fmt: skip
    with tower.db.write() as session:
        session.get_one(Incident, key).state = "over"
    tower.alert(tower.cast.butler, ticket=tower.ticket(1006, incident_id=key))
    tower.round()
    assert tower.deliveries()[-1].values["number"] == 1006
