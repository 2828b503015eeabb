"""Calling off the visit alone: the ticket stays and waits for a time, for which a promise runs again."""

from datetime import timedelta

import pytest

from tests.tickets.office import Office, steps

#: help that is arranged: a clock that waits runs beside the visit
AID = "complimentary.aid.rescue"
COURTESY = "common.voice.visit-request"
WINDOW = {"start": "2026-03-12T01:00:00Z", "end": "2026-03-12T03:00:00Z"}
NEXT = {"start": "2026-03-13T01:00:00Z", "end": "2026-03-13T03:00:00Z"}


def agreed(office: Office, kind: str = "repair") -> int:
    """A ticket with somebody named and a visit agreed."""
    number = office.open(kind)
    office.do(number, "assign")
    office.do(number, "schedule", **WINDOW)
    return number


def test_the_visit_is_called_off_and_the_ticket_waits_for_a_time(office: Office) -> None:
    number = agreed(office)
    seen = office.do(number, "unschedule", reason="师傅临时有急活。")
    assert (seen["state"], seen["step"]) == ("open", "rescheduled")
    assert office.ticket(number).appointment_start is None
    assert office.ticket(number).worker_id == office.cast.engineer.id
    assert "SLA-05" not in office.running(number)
    assert office.clocks(number)["SLA-05"].breached_at is None
    assert "unschedule" not in seen["allowed"]


@pytest.mark.parametrize("kind", ["repair", "housekeeping"])
def test_a_visit_called_off_must_be_agreed_anew_within_a_day(office: Office, kind: str) -> None:
    number = agreed(office, kind)
    assert "SLA-03" not in office.running(number)
    office.clock.advance(hours=3)
    office.do(number, "unschedule")
    clock = office.clocks(number)["SLA-03"]
    assert clock.due_at == office.clock.now() + timedelta(hours=24)
    office.clock.advance(hours=2)
    office.do(number, "schedule", **NEXT)
    assert office.clocks(number)["SLA-03"].met_at == office.clock.now()
    assert "SLA-05" in office.running(number)


def test_a_courtesy_visit_called_off_must_be_agreed_anew_too(office: Office) -> None:
    number = office.open("general", item_id=COURTESY)
    office.do(number, "schedule", **WINDOW)
    assert "SLA-03" not in office.clocks(number)
    office.do(number, "unschedule")
    assert "SLA-03" in office.running(number)
    office.do(number, "schedule", **NEXT)
    assert office.clocks(number)["SLA-03"].met_at == office.clock.now()


def test_each_visit_called_off_starts_the_day_again_and_a_dated_plan_keeps_it(office: Office) -> None:
    number = agreed(office)
    office.do(number, "unschedule")
    office.do(number, "schedule", **NEXT)
    office.clock.advance(hours=1)
    office.do(number, "unschedule")
    clock = office.clocks(number)["SLA-03"]
    assert (clock.started_at, clock.met_at) == (office.clock.now(), None)
    office.do(number, "plan", at="2026-03-16T10:00:00Z")
    assert office.clocks(number)["SLA-03"].met_at == office.clock.now()


def test_while_the_ticket_waits_for_the_resident_the_new_day_waits_too(office: Office) -> None:
    number = office.open("general", item_id=AID)
    office.do(number, "schedule", **WINDOW)
    office.do(number, "pause", reason="等住户确认在家时间")
    office.do(number, "unschedule")
    assert office.ticket(number).state == "waiting"
    assert office.clocks(number)["SLA-03"].paused_at == office.clock.now()
    office.clock.advance(hours=5)
    office.do(number, "resume")
    assert office.clocks(number)["SLA-03"].due_at == office.clock.now() + timedelta(hours=24)


def test_the_resident_reads_it_once_with_the_reason_and_may_name_another_time(office: Office) -> None:
    number = agreed(office)
    before = {one["seq"] for one in office.read("chen")}
    office.do(number, "unschedule", reason="师傅临时有急活。")
    told = [one for one in office.read("chen") if one["seq"] not in before]
    assert len(told) == 1
    for said in ("3月12日", "09:00–11:00", "事情给您留着", "师傅临时有急活。"):
        assert said in told[0]["text"]
    assert [one["label"] for one in told[0]["buttons"]] == ["说个新时间"]


def test_nothing_is_sent_where_the_resident_was_told_already(office: Office) -> None:
    number = agreed(office)
    before = office.read("chen")
    row = office.do(number, "unschedule", tell=False)["timeline"][-1]
    assert office.read("chen") == before
    assert (row["kind"], row["values"]["told"]) == ("unscheduled", False)


@pytest.mark.parametrize("kind", ["repair", "housekeeping"])
def test_a_new_time_is_agreed_like_the_first(office: Office, kind: str) -> None:
    number = agreed(office, kind)
    office.do(number, "unschedule")
    seen = office.do(number, "schedule", **NEXT)
    assert seen["step"] == "assigned"
    clock = office.clocks(number)["SLA-05"]
    assert (clock.due_at.day, clock.met_at, clock.cancelled_at) == (13, None, None)
    office.do(number, "check_in")
    assert office.clocks(number)["SLA-05"].met_at == office.clock.now()


def test_a_visit_that_was_missed_stays_missed(office: Office) -> None:
    number = agreed(office)
    office.clock.advance(hours=30)
    office.do(number, "unschedule")
    clock = office.clocks(number)["SLA-05"]
    assert clock.breached_at == clock.due_at


def test_there_is_nothing_to_call_off_without_a_time_or_once_work_has_begun(office: Office) -> None:
    number = office.open("repair")
    assert office.try_(number, "unschedule").status_code == 409
    begun = agreed(office)
    office.do(begun, "check_in")
    assert "unschedule" not in office.see(begun)["allowed"]
    assert office.try_(begun, "unschedule").status_code == 409


def test_whoever_does_the_work_and_strangers_call_nothing_off(office: Office) -> None:
    number = agreed(office)
    assert office.try_(number, "unschedule", "engineer").status_code == 403
    assert office.try_(number, "unschedule", "stranger").status_code == 404
    assert office.ticket(number).appointment_start is not None


def test_a_resident_calls_their_visit_off_and_the_butler_hears_of_it(office: Office) -> None:
    number = agreed(office)
    office.hear(number, "unschedule", "周三不方便，先别来，回头再约")
    seen = office.see(number)
    row = seen["timeline"][-1]
    assert (row["kind"], row["actor"], row["note"]) == ("unscheduled", "R", "周三不方便，先别来，回头再约")
    assert (seen["state"], steps(seen)[-1]) == ("open", ("assigned", "rescheduled"))
    assert "SLA-03" in office.running(number)
    assert not office.hear(number, "unschedule", "再说一次")
