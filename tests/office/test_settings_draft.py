"""Hours and holidays as typed: what can be read, what is named as wrong, the calendar that comes of it."""

from dataclasses import replace
from datetime import date

import pytest

from backend.deadlines.calendar import standard_calendars
from backend.deadlines.faults import NoOpenDay
from backend.errors import BadInput
from backend.office import settings_draft as drafts
from backend.office import settings_workbook as sheets
from backend.office.settings_draft import Draft, HolidayDraft, YearDraft

BASE = standard_calendars().newest("cn")
DRAFT = drafts.draft_of(BASE, [2026, 2027])


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00–12:00, 13:00–18:00", "09:00–12:00, 13:00–18:00"),
        ("9:00-12:00、13:00到18:00", "09:00–12:00, 13:00–18:00"),
        ("０９：００～１８：００", "09:00–18:00"),
        ("20:00-24:00", "20:00–00:00"),
        ("休息", ""),
        ("", ""),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: str) -> None:
    shifts = drafts.read_hours(text)
    assert shifts is not None
    assert drafts.hours_text(shifts) == hours


@pytest.mark.parametrize("text", ["nine to five", "09:00", "25:00-26:00", "09:00-12:00 lunch"])
def test_what_is_no_hours_is_none(text: str) -> None:
    assert drafts.read_hours(text) is None


def test_the_calendar_of_the_file_goes_through_the_form_and_comes_out_the_same() -> None:
    assert drafts.faults_of(DRAFT) == []
    made, text = drafts.calendar_of(DRAFT, BASE, "own-1", 3, date(2026, 3, 11))
    assert made.version == "own-1@3"
    assert (made.week, made.years) == (BASE.week, BASE.years)
    assert "国庆节" in text
    assert sheets.read(sheets.written(DRAFT)) == replace(
        DRAFT, years=tuple(replace(one, hours=one.hours if one.days else "") for one in DRAFT.years)
    )


def named(draft: Draft) -> dict[str, str]:
    return {one.field: one.sentence for one in drafts.faults_of(draft)}


def test_every_fault_is_named_at_its_field() -> None:
    year = YearDraft(
        2026, "published",
        (HolidayDraft("国庆", "", "2026-10-07", "2026-10-01"),
         HolidayDraft("元旦", "New Year", "x", "2027-01-01")),
        "2026-10-03, 2025-01-01, tomorrow", "",
    )  # fmt: skip
    week = ("09:00–18:00", "soon", "09:00–13:00, 12:00–18:00", "22:00–10:00", "09:00–18:00", "", "")
    found = named(Draft(week, (year, YearDraft(2027, "missing", (), "2027-02-06", ""))))
    assert found.keys() == {
        "week.tue", "week.wed", "week.thu", "h.2026.0.en", "h.2026.0.last", "h.2026.1.first",
        "h.2026.1.last", "year.2026.days", "year.2026.hours", "year.2027.status",
    }  # fmt: skip


def test_a_calendar_without_open_days_is_refused() -> None:
    assert "week.mon" in named(Draft(("",) * 7, ()))
    closed = tuple(
        YearDraft(year, "published", (HolidayDraft("停", "Shut", f"{year}-01-01", f"{year}-12-31"),))
        for year in (2026, 2027)
    )
    assert drafts.faults_of(Draft(DRAFT.week, closed)) == []
    with pytest.raises(NoOpenDay):
        drafts.calendar_of(Draft(DRAFT.week, closed), BASE, "own-1", 1, date(2026, 1, 1))


def test_years_that_the_form_does_not_hold_are_kept() -> None:
    made, _ = drafts.calendar_of(drafts.draft_of(BASE, [2027]), BASE, "own-1", 1, date(2026, 12, 31))
    assert made.years == BASE.years


def test_a_file_that_is_none_and_a_line_that_is_none_are_named() -> None:
    with pytest.raises(BadInput):
        sheets.read(b"PK not a workbook")
    calendar, wrong = drafts.faults_in_text("[[calendars]]\nid = 'x'\n")
    assert calendar is None
    assert "x: edition" in wrong
    assert drafts.faults_in_text("]")[1]
