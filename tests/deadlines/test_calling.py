"""Whom a rung calls: the ticket's people, their deputies, those on duty, and the next one up."""

import pytest

from backend.deadlines.calling import Holders, Person, called

BUTLER, DEPUTY, ENGINEER = 1, 2, 3
SUPERVISOR, NIGHT_SUPERVISOR, MANAGER, ADMIN = 4, 5, 6, 7
SUPERVISORS = (SUPERVISOR, NIGHT_SUPERVISOR)


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
        ("off duty, no deputy here", "butler", OWNED, team(BUTLER, without=(DEPUTY,)), (BUTLER,)),
        ("nobody assigned", "butler", Holders(None, None), team(NIGHT_SUPERVISOR), (SUPERVISOR,)),
        ("a butler who has left", "butler", OWNED, team(without=(BUTLER,)), SUPERVISORS),
        ("complained about", "butler", Holders(BUTLER, None, BUTLER), team(SUPERVISOR), (NIGHT_SUPERVISOR,)),
        ("the engineer", "engineer", OWNED, team(), (ENGINEER,)),
        ("no engineer yet", "engineer", Holders(BUTLER, None), team(), (BUTLER,)),
        ("supervisors on duty", "supervisor", OWNED, team(SUPERVISOR), (NIGHT_SUPERVISOR,)),
        ("all off duty: all", "supervisor", OWNED, team(*SUPERVISORS), SUPERVISORS),
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
