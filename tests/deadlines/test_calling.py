"""Whom a rung calls: the ticket's people, their deputies, those on duty, and the next one up."""

from datetime import timedelta

import pytest

from backend.deadlines.calling import Holders, Person, alarmed, called, is_live, next_alarm

BUTLER, DEPUTY, ENGINEER = 1, 2, 3
SUPERVISOR, NIGHT_SUPERVISOR, MANAGER, ADMIN = 4, 5, 6, 7
SUPERVISORS = (SUPERVISOR, NIGHT_SUPERVISOR)
ABOVE = (*SUPERVISORS, MANAGER, ADMIN)
EVERYBODY = (BUTLER, DEPUTY, ENGINEER, *ABOVE)


def team(*off_duty: int, without: tuple[int, ...] = ()) -> list[Person]:
    roles = {
        BUTLER: "butler",
        DEPUTY: "butler",
        ENGINEER: "engineer",
        SUPERVISOR: "supervisor",
        NIGHT_SUPERVISOR: "supervisor",
        MANAGER: "manager",
        ADMIN: "admin",
    }
    return [
        Person(id_, role, id_ not in off_duty, DEPUTY if id_ == BUTLER else None)
        for id_, role in roles.items()
        if id_ not in without
    ]


OWNED = Holders(BUTLER, ENGINEER)


@pytest.mark.parametrize(
    ("case", "role", "holders", "people", "expected"),
    [
        ("the ticket's butler", "butler", OWNED, team(), (BUTLER,)),
        ("off duty: the deputy", "butler", OWNED, team(BUTLER), (DEPUTY,)),
        ("off duty, no deputy here", "butler", OWNED, team(BUTLER, without=(DEPUTY,)), SUPERVISORS),
        ("both off duty", "butler", OWNED, team(BUTLER, DEPUTY, SUPERVISOR), (NIGHT_SUPERVISOR,)),
        ("nobody assigned", "butler", Holders(None, None), team(NIGHT_SUPERVISOR), (SUPERVISOR,)),
        ("a butler who has left", "butler", OWNED, team(without=(BUTLER,)), SUPERVISORS),
        ("complained about", "butler", Holders(BUTLER, None, BUTLER), team(SUPERVISOR), (NIGHT_SUPERVISOR,)),
        ("the engineer", "engineer", OWNED, team(), (ENGINEER,)),
        ("no engineer yet", "engineer", Holders(BUTLER, None), team(), (BUTLER,)),
        ("supervisors on duty", "supervisor", OWNED, team(SUPERVISOR), (NIGHT_SUPERVISOR,)),
        ("supervisors off shift", "supervisor", OWNED, team(*SUPERVISORS), (MANAGER,)),
        ("nobody is on duty at all", "butler", OWNED, team(*EVERYBODY), SUPERVISORS),
        ("nobody, and the manager was meant", "manager", OWNED, team(*EVERYBODY), (MANAGER,)),
        ("only field staff", "butler", OWNED, team(*EVERYBODY, without=ABOVE), (BUTLER, DEPUTY, ENGINEER)),
        ("an engineer off shift", "engineer", OWNED, team(ENGINEER), (BUTLER,)),
        ("no supervisor at all", "supervisor", OWNED, team(without=SUPERVISORS), (MANAGER,)),
        ("a manager complained about", "manager", Holders(BUTLER, None, MANAGER), team(), (ADMIN,)),
        ("a guard post that is empty", "guard", OWNED, team(SUPERVISOR), (NIGHT_SUPERVISOR,)),
        ("an estate without staff", "butler", OWNED, [], ()),
    ],
)  # fmt: skip
def test_the_right_people_are_called(
    case: str, role: str, holders: Holders, people: list[Person], expected: tuple[int, ...]
) -> None:
    assert called(role, holders, people) == expected, case


@pytest.mark.parametrize(
    ("case", "seconds", "people", "expected"),
    [
        ("engineer and butler", 30, team(), (BUTLER, ENGINEER)),
        ("after a minute the supervisors", 60, team(), (BUTLER, ENGINEER, *SUPERVISORS)),
        ("after two the manager", 120, team(), (BUTLER, ENGINEER, *SUPERVISORS, MANAGER)),
        ("off shift, nobody", 60, team(ENGINEER, SUPERVISOR), (BUTLER, NIGHT_SUPERVISOR)),
        ("the butler's deputy", 30, team(BUTLER), (DEPUTY, ENGINEER)),
        ("nobody of the first ring is here", 30, team(BUTLER, DEPUTY, ENGINEER), SUPERVISORS),
        ("nobody at all is on duty", 30, team(*EVERYBODY), SUPERVISORS),
    ],
)  # fmt: skip
def test_an_alarm_is_repeated_to_those_on_duty_and_then_further_up(
    case: str, seconds: int, people: list[Person], expected: tuple[int, ...]
) -> None:
    assert alarmed(OWNED, people, timedelta(seconds=seconds)) == expected, case


def test_an_alarm_is_repeated_every_half_minute_and_after_ten_minutes_every_five() -> None:
    told, since = [], timedelta()
    while since < timedelta(minutes=21):
        since = next_alarm(since)
        told.append(since.total_seconds())
    assert told[:3] == [30, 60, 90]
    assert told[19:] == [600, 900, 1200, 1500]


def test_managers_hear_live_of_emergencies_severe_complaints_and_feedback_not_given() -> None:
    def live(clock: str, *, is_alarm: bool = False, is_severe: bool = False, is_late: bool = True) -> bool:
        return is_live(clock, is_alarm=is_alarm, is_severe=is_severe, is_late=is_late)

    assert live("SLA-01", is_alarm=True, is_late=False)
    assert live("SLA-27", is_severe=True, is_late=False)
    assert live("SLA-02")
    assert not live("SLA-02", is_late=False)
    assert not live("SLA-01")
