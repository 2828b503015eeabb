"""When a promise is made at all, and when two of them can never meet."""

import pytest

from backend.deadlines.conditions import Condition, Facts, any_holds, exclude_each_other

MINOR = Condition((("class", frozenset({"minor", "none"})),))
MAJOR = Condition((("class", frozenset({"major"})),))
URGENT = Condition((("appointment", frozenset({False})), ("urgent", frozenset({True}))))
ASAP = Condition((("appointment", frozenset({False})), ("asap", frozenset({True}))))
AGREED = Condition((("appointment", frozenset({True})),))


@pytest.mark.parametrize(
    ("conditions", "facts", "holds"),
    [
        ((), {}, True),
        ((MINOR,), {"class": "minor"}, True),
        ((MINOR,), {"class": "none"}, True),
        ((MINOR,), {"class": "major"}, False),
        ((MINOR,), {}, False),
        ((URGENT,), {"urgent": True, "appointment": False}, True),
        ((URGENT,), {"urgent": True, "appointment": True}, False),
        ((URGENT, ASAP), {"urgent": False, "asap": True, "appointment": False}, True),
        ((URGENT, ASAP), {"urgent": False, "asap": False, "appointment": False}, False),
    ],
)
def test_every_word_must_hold_and_one_of_the_alternatives_is_enough(
    conditions: tuple[Condition, ...], facts: Facts, holds: bool
) -> None:
    assert any_holds(conditions, facts) is holds


@pytest.mark.parametrize(
    ("ones", "others", "excluded"),
    [
        ((MINOR,), (MAJOR,), True),
        ((MINOR,), (MINOR,), False),
        ((MINOR,), (AGREED,), False),
        ((MINOR,), (), False),
        ((URGENT, ASAP), (AGREED,), True),
        ((URGENT, MINOR), (AGREED,), False),
    ],
)
def test_two_promises_exclude_each_other_where_no_ticket_can_have_both(
    ones: tuple[Condition, ...], others: tuple[Condition, ...], excluded: bool
) -> None:
    assert exclude_each_other(ones, others) is excluded
    assert exclude_each_other(others, ones) is excluded
