"""Where visits stand on the sheet, and what collides: nothing but intervals."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.conversations.forms import PARTS_OF_DAY
from backend.deadlines.calendar import Interval
from backend.visits import rules
from backend.visits.rules import Conflict, Hours, Planned

MIDNIGHT = datetime(2026, 3, 11, 16, tzinfo=UTC)


def span(start: float, end: float) -> Interval:
    """Hours of the day."""
    return Interval(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end))


DAY = span(0, 24)
OPEN = (span(9, 12), span(13, 18))


def hours(shifts: dict[int, tuple[Interval, ...]] | None = None, *, is_holiday: bool = False) -> Hours:
    return Hours(DAY, () if is_holiday else (span(9, 18),), is_holiday, shifts or {})


def test_what_is_not_open_is_closed() -> None:
    assert rules.closed(DAY, OPEN) == [span(0, 9), span(12, 13), span(18, 24)]
    assert rules.closed(DAY, ()) == [DAY]
    assert rules.closed(span(9, 12), OPEN) == []
    assert rules.is_covered(span(10, 12), OPEN)
    assert not rules.is_covered(span(11, 14), OPEN)


def test_shifts_that_touch_are_one_stretch() -> None:
    assert rules.joined([span(8, 24), span(0, 8)]) == [DAY]
    assert rules.joined(OPEN) == list(OPEN)
    assert rules.joined([span(9, 18), span(10, 11)]) == [span(9, 18)]


def test_the_sheet_shows_an_hour_around_the_working_time_and_every_visit() -> None:
    assert rules.shown(DAY, OPEN, ()) == span(8, 19)
    assert rules.shown(DAY, OPEN, [span(6.5, 7), span(22, 23.5)]) == span(5, 24)
    assert rules.shown(DAY, (), ()) == span(7, 21)


def test_a_visit_stands_at_its_quarter_and_is_never_less_than_two() -> None:
    frame = span(8, 19)
    assert rules.quarters(frame, span(9, 10.5)) == (4, 6)
    assert rules.quarters(frame, span(9, 9.1)) == (4, 2)
    assert rules.quarters(frame, span(18.9, 22)) == (42, 2)
    assert rules.quarters(frame, span(1, 9)) == (0, 4)


def test_what_overlaps_stands_side_by_side_and_what_does_not_has_all_the_width() -> None:
    places = rules.columns([span(9, 11), span(10, 12), span(11, 13), span(14, 15)])
    assert places == [(1, 2), (2, 2), (1, 2), (1, 1)]
    assert rules.columns([]) == []
    assert max(column for column, _ in rules.columns([span(9, 10)] * 9)) == rules.MOST_COLUMNS


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        (span(10, 11), span(10.5, 12), ["overlap"]),
        (span(10, 11), span(11, 12), ["way"]),
        (span(10, 11), span(11.25, 12), []),
        (span(10, 18), span(11, 12), []),
    ],
)
def test_two_visits_of_one_person_collide_or_leave_no_time_for_the_way(
    one: Interval, other: Interval, kinds: list[str]
) -> None:
    visits = [Planned(1, 7, one, "3"), Planned(2, 7, other, "5")]
    found = rules.conflicts(visits, hours())
    assert [each.kind for each in found.get(1, ())] == kinds
    assert [each.kind for each in found.get(2, ())] == kinds


def test_neighbours_in_one_building_and_visits_of_nobody_do_not_collide() -> None:
    assert (
        rules.conflicts([Planned(1, 7, span(10, 11), "3"), Planned(2, 7, span(11, 12), "3")], hours()) == {}
    )
    assert (
        rules.conflicts([Planned(1, 0, span(10, 11), "3"), Planned(2, 0, span(10, 11), "5")], hours()) == {}
    )


def test_closed_hours_holidays_and_shifts_speak_against_a_visit() -> None:
    early = Planned(1, 7, span(8, 9.5))
    assert rules.conflicts([early], hours()) == {1: (Conflict("closed"),)}
    assert rules.conflicts([early], hours(is_holiday=True)) == {1: (Conflict("holiday"),)}
    noon = Planned(2, 7, span(12, 13))
    assert rules.conflicts([noon], hours({7: (span(9, 12.5),)})) == {2: (Conflict("shift"),)}
    assert rules.conflicts([noon], hours({7: (span(9, 12.5), span(12.5, 18))})) == {}
    assert rules.conflicts([noon], hours({8: (span(9, 10),)})) == {}


def test_a_part_of_the_day_that_we_offer_is_none_outside_hours_while_it_can_be_kept_within_them() -> None:
    def told(*ends: float) -> tuple[Conflict, ...]:
        return rules.conflicts([Planned(1, 0, span(*ends))], hours()).get(1, ())

    assert told(8, 12) == ()
    assert told(13, 18) == ()
    assert told(8, 11) == (Conflict("closed"),)
    assert told(18, 22) == (Conflict("closed"),), "nobody is there any more"


def test_the_parts_of_the_day_are_those_that_the_chat_offers() -> None:
    assert tuple((first, last) for first, last, _ in PARTS_OF_DAY) == rules.OFFERED
