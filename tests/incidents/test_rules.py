"""What counts as one matter."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from backend.incidents.rules import Proposal, Report, belongs_to, known, proposals, topic_of

AT = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
LIFT = "common.equipment.lift-fault"


@dataclass
class One:
    topic: str
    building: str
    state: str = "open"


def report(number: int, minutes: float, item: str = LIFT, building: str = "3", who: str = "") -> Report:
    return Report(number, item, building, who or f"home:{number}", AT + timedelta(minutes=minutes))


def test_three_alike_from_one_building_in_fifteen_minutes_are_proposed() -> None:
    found = proposals([report(1, 0), report(2, 8), report(3, 15)])
    assert found == [Proposal(LIFT, "3", (1, 2, 3))]


@pytest.mark.parametrize(
    "reports",
    [
        [report(1, 0), report(2, 1)],
        [report(1, 0), report(2, 8), report(3, 15.1)],
        [report(1, 0), report(2, 1), report(3, 2, building="5")],
        [report(1, 0), report(2, 1), report(3, 2, item="estate.heating")],
        [report(1, 0), report(2, 1), report(3, 2, who="home:1")],
        [report(n, n, building="") for n in range(5)],
        [report(n, n, item="common.voice.complaint") for n in range(5)],
    ],
)
def test_what_is_less_alike_stays_single(reports: list[Report]) -> None:
    assert proposals(reports) == []


def test_what_came_long_before_does_not_join_what_came_after_does() -> None:
    found = proposals([report(1, 0), report(2, 20), report(3, 21), report(4, 22), report(5, 50)])
    assert found[0].ticket_ids == (2, 3, 4, 5)


def test_faults_of_one_family_are_one_topic() -> None:
    assert topic_of("value.repair-plumbing.sanitary-hose") == topic_of("value.repair-plumbing.tap")
    assert topic_of(LIFT) != topic_of("common.equipment.public-power-water")


def test_the_next_reporter_is_told_of_what_staff_know() -> None:
    here, anywhere = One(LIFT, "3"), One("common.equipment.public-power-water", "")
    assert known([here, anywhere], LIFT, "3") is here
    assert known([here, anywhere], LIFT, "5") is None
    assert known([here, anywhere], "common.equipment.public-power-water", "5") is anywhere
    assert known([One(LIFT, "3", "proposed"), One(LIFT, "3", "over")], LIFT, "3") is None
    assert known([One("", "3")], "common.voice.complaint", "3") is None


def test_one_more_report_belongs_to_what_is_only_proposed_too() -> None:
    proposed = One(LIFT, "3", "proposed")
    assert belongs_to([One(LIFT, "3", "over"), proposed], report(9, 0)) is proposed
