"""The calendar: who goes where when, what is closed, who sees what, the day as paper and workbook."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from backend.models import VISITOR, Duty, Estate, Shift, Ticket
from backend.tickets.lifecycle import MACHINES
from backend.visits import queries
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
#: Thursday, in Beijing 9:00–11:00
THURSDAY = "2026-03-12"


def at(office: Office, number: int, start: str, end: str, worker: str = "") -> int:
    """Fix a visit's hours (UTC, of Thursday), and who goes."""
    office.do(number, "schedule", start=f"{THURSDAY}T{start}:00Z", end=f"{THURSDAY}T{end}:00Z")
    if worker:
        office.do(number, "assign", user=worker)
    return number


@pytest.fixture
def planned(office: Office) -> tuple[int, int]:
    """Two repairs on Thursday, both the engineer's and at the same time, and one that waits for a time."""
    first = at(office, office.open("repair"), "01:00", "03:00", "engineer")
    second = at(office, office.open("repair", who="emma"), "02:00", "04:00", "engineer")
    return first, second


def slots(html: str) -> list[int]:
    """The visits that stand in the lanes of the sheet."""
    return [int(number) for number in re.findall(r'<article class="slot[^"]*" id="v(\d+)"', html)]


def lane(html: str, person: int | str) -> str:
    """The HTML of one lane; ``0`` is nobody's."""
    found = re.search(rf'<section class="lane[^>]*id="lane-{person}".*?</section>', html, re.DOTALL)
    assert found, f"no lane of {person}"
    return found[0]


def test_a_visit_stands_in_the_lane_of_whoever_goes_at_its_hour(
    office: Office, planned: tuple[int, int], browse: Browse
) -> None:
    html = browse().read(f"/visits?day={THURSDAY}")
    own = lane(html, office.cast.engineer.id)
    assert sorted(slots(own)) == sorted(planned)
    # The sheet begins an hour before the doors open at nine: its fifth quarter is nine o'clock.
    assert re.search(rf'class="slot[^"]* at-4 for-8 col-1[^"]*" id="v{planned[0]}"', own)
    assert re.search(rf'class="slot[^"]* at-8 for-8 col-2[^"]*" id="v{planned[1]}"', own)
    for part in ("3-2-1501", "09:00–11:00", "Wang Qiang", f'href="/tickets/{planned[0]}"'):
        assert part in own
    assert 'class="pill is-' in own


def test_conflicts_are_counted_and_named(planned: tuple[int, int], browse: Browse) -> None:
    html = browse().read(f"/visits?day={THURSDAY}")
    assert "2 visits with a conflict" in html
    assert f"At the same time as #{planned[1]}" in html
    assert html.count("has-conflict") >= 4
    assert "2次上门有冲突" in browse("supervisor", "zh").read(f"/visits?day={THURSDAY}")


def test_one_conflict_is_one_visit(office: Office, browse: Browse) -> None:
    at(office, office.open("repair"), "13:00", "15:00", "engineer")  # 21:00 in Beijing
    html = browse().read(f"/visits?day={THURSDAY}")
    assert "1 visit with a conflict" in html
    assert '<p class="visits-count">1 visit ' in html


def test_closed_hours_and_holidays_are_hatched_with_words(office: Office, browse: Browse) -> None:
    html = browse().read(f"/visits?day={THURSDAY}")
    assert "Service hours 09:00–18:00" in html
    assert re.search(r'class="band is-closed[^>]*><span>Outside service hours<', html)
    festival = browse("butler", "zh").read("/visits?day=2026-10-01")
    assert "节假日：" in festival
    assert re.search(r'class="band is-closed[^>]*><span>国庆', festival)


def test_the_rota_hatches_what_is_off_shift_once_anybody_of_the_role_has_one(
    office: Office, planned: tuple[int, int], browse: Browse
) -> None:
    cast = office.cast
    with office.db.write() as session:
        session.add(Shift(estate_id=cast.estate.id, user_id=cast.engineer.id,
                          starts_at=datetime(2026, 3, 12, 5, tzinfo=UTC),
                          ends_at=datetime(2026, 3, 12, 10, tzinfo=UTC)))  # fmt: skip
    html = browse().read(f"/visits?day={THURSDAY}")
    own = lane(html, cast.engineer.id)
    assert "13:00–18:00" in own
    assert re.search(r'class="band is-off[^>]*><span>Off shift<', own)
    assert "Outside the shift of Wang Qiang" in own


def test_filters_stand_in_the_address_and_narrow_lanes_week_and_waiting(
    office: Office, planned: tuple[int, int], browse: Browse
) -> None:
    waits = office.open("repair")
    butler = browse()
    html = butler.read(f"/visits?day={THURSDAY}&building=5")
    assert slots(html) == [planned[1]]
    assert f'id="w{waits}"' not in html
    assert "Clear filter" in html
    assert slots(butler.read(f"/visits?day={THURSDAY}&kind=complaint")) == []
    assert slots(butler.read(f"/visits?day={THURSDAY}&worker=nobody")) == []
    week = butler.read(f"/visits?day={THURSDAY}&view=week&worker={office.cast.engineer.id}")
    assert f'id="a{THURSDAY}-{planned[0]}"' in week
    assert 'id="day-2026-03-09"' in week
    assert 'id="day-2026-03-15"' in week
    assert slots(week) == []
    butler.read("/visits?day=2026-99-99&worker=x&view=year&estate=&kind=%00")


def test_what_waits_for_a_time_stands_at_the_side_until_it_has_one(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    complaint = office.open("complaint")
    butler = browse()
    office.do(number, "accept")
    html = butler.read("/visits")
    assert f'id="w{number}"' in html
    waiting = html.split(f'id="w{number}"')[1].split("</li>")[0]
    assert "is-done" not in waiting, "a clock that is over says nothing of the time"
    assert f'id="w{complaint}"' not in html
    at(office, number, "01:00", "03:00")
    assert f'id="w{number}"' not in butler.read("/visits")


def test_a_visitor_who_is_announced_waits_for_no_time(office: Office, browse: Browse) -> None:
    repair, visitor = office.open("repair"), office.open("repair", item_id=VISITOR)
    errand = office.open("repair", item_id="estate.bulky-waste")
    html = browse().read("/visits")
    assert re.findall(r'id="w(\d+)"', html) == [str(repair), str(errand)]
    assert f"#{visitor}" not in html.split('id="waiting-title"')[1]


def test_passes_permits_and_papers_wait_for_no_time(office: Office, browse: Browse) -> None:
    repair = office.open("repair")
    for item in ("common.admin.release-pass", "common.fire.hot-work-permit", "common.admin.decor-apply"):
        office.open("repair", item_id=item)
    assert re.findall(r'id="w(\d+)"', browse().read("/visits")) == [str(repair)]
    with office.db.write() as session:
        session.execute(update(Ticket).where(Ticket.workflow == "decoration").values(step="completion_check"))
    assert len(re.findall(r'id="w(\d+)"', browse().read("/visits"))) == 2


def test_where_somebody_is_already_no_time_is_waited_for(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    office.do(number, "check_in")
    assert f'id="w{number}"' not in browse().read("/visits")


def test_the_steps_that_need_no_time_are_steps_of_their_machines() -> None:
    for name, steps in (queries.CAME | queries.COMES_AT).items():
        assert steps <= set(MACHINES[name].steps), name
        assert MACHINES[name].is_appointed
    assert set(queries.APPOINTED) >= queries.PAPERS


def test_engineers_see_their_own_lane_and_guards_none(
    office: Office, planned: tuple[int, int], browse: Browse
) -> None:
    other = at(office, office.open("repair"), "05:00", "06:00")
    html = browse("engineer").read(f"/visits?day={THURSDAY}")
    assert sorted(slots(html)) == sorted(planned)
    assert f"/tickets/{other}" not in html
    assert "Waiting for a time" not in html
    assert "data-move" not in html
    browse("engineer").read(f"/visits/{planned[0]}", 403)
    browse("engineer").read("/visits/new", 403)
    for path in ("/visits", "/visits/paper", "/visits/day.xlsx", "/visits/new", f"/visits/{planned[0]}"):
        browse("guard").read(path, 403)


def test_a_foreign_estate_does_not_exist(office: Office, planned: tuple[int, int], browse: Browse) -> None:
    stranger = browse("stranger")
    html = stranger.read(f"/visits?day={THURSDAY}")
    assert slots(html) == []
    assert "Wang Qiang" not in html
    stranger.read(f"/visits?estate={office.cast.estate.id}", 404)
    stranger.read(f"/visits/{planned[0]}", 404)
    stranger.submit(f"/visits/{planned[0]}", {"day": THURSDAY, "start": "10:00", "end": "11:00"}, 404)


def test_a_complaint_about_the_butler_never_stands_in_their_calendar(office: Office, browse: Browse) -> None:
    number = at(office, office.open("repair"), "01:00", "02:00")
    with office.db.write() as session:
        about = update(Ticket).where(Ticket.number == number)
        session.execute(about.values(hidden_from_id=office.cast.butler.id))
    assert slots(browse("deputy").read(f"/visits?day={THURSDAY}")) == [number]
    assert slots(browse().read(f"/visits?day={THURSDAY}")) == []
    browse().read(f"/visits/{number}", 404)
    assert str(number) not in browse().read(f"/visits/paper?day={THURSDAY}")


def test_a_visit_without_an_end_takes_an_hour_and_a_whole_day_stands_above_the_lanes(
    office: Office, browse: Browse
) -> None:
    point, loose = at(office, office.open("repair"), "01:00", "02:00"), office.open("repair")
    at(office, loose, "01:00", "10:00", "engineer")
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == point)).one()
        ticket.appointment_end = ticket.appointment_start
    html = browse().read(f"/visits?day={THURSDAY}")
    assert "09:00–10:00" in lane(html, 0)
    assert re.search(rf'class="slot[^"]*is-loose[^"]*" id="v{loose}"', html)
    assert "with a conflict" not in html


def test_visits_by_plan_are_listed_until_they_have_a_ticket(office: Office, browse: Browse) -> None:
    now = office.clock.now()
    with office.db.write() as session:
        session.add(
            Duty(estate_id=office.cast.estate.id, duty="SLA-57", subject=f"home:{office.cast.home.id}",
                 slot="2026", role="butler", opens_at=now, due_at=datetime(2026, 3, 31, tzinfo=UTC))
        )  # fmt: skip
    html = browse().read("/visits")
    assert "Visits by plan" in html
    assert "/duties/" in html


def test_the_sheet_of_a_day_without_an_hour_keeps_its_true_length(office: Office, browse: Browse) -> None:
    """In Berlin 29 March 2026 has no 02:00: three o'clock follows one, and the visit stands where it is."""
    number = office.open("repair")
    office.do(number, "schedule", start="2026-03-29T00:30:00Z", end="2026-03-29T01:30:00Z")
    with office.db.write() as session:
        session.get_one(Estate, office.cast.estate.id).timezone = "Europe/Berlin"
    html = browse().read("/visits?day=2026-03-29")
    assert "01:30–03:30" in html
    labels = re.findall(r'<span class="hour[^>]*>(\d\d:\d\d)<', html)
    assert "02:00" not in labels
    assert labels[labels.index("01:00") + 1] == "03:00"
    assert re.search(rf'class="slot[^"]* at-6 for-4[^"]*" id="v{number}"', html)


def test_the_day_is_printed_and_saved_exactly_as_it_is_filtered_and_saving_is_logged(
    office: Office, planned: tuple[int, int], browse: Browse
) -> None:
    manager = browse("manager")
    paper = manager.read(f"/visits/paper?day={THURSDAY}")
    assert paper.index("09:00–11:00") < paper.index("10:00–12:00")
    assert "13800138000" not in paper
    answer = manager.get(f"/visits/day.xlsx?day={THURSDAY}&building=5")
    assert f"visits-{THURSDAY}.xlsx" in answer.headers["content-disposition"]
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][:3] == ("Time", "Home", "Service")
    assert [row[1] for row in rows[1:]] == ["5-1-802"]
    assert "Calendar of visits exported" in manager.read("/audit")


def test_the_agenda_calls_and_navigates(planned: tuple[int, int], browse: Browse) -> None:
    html = browse().read("/visits")
    assert "Today" in html
    assert "tomorrow" in html
    assert 'href="tel:' in html
    assert "https://uri.amap.com/search?keyword=" in html
    assert "1501" not in "".join(re.findall(r"uri\.amap\.com[^\"]*", html))


def test_the_part_that_changes_comes_alone(planned: tuple[int, int], browse: Browse) -> None:
    html = browse().read(f"/visits?day={THURSDAY}&part=board")
    assert "<html" not in html
    assert html.lstrip().startswith('<div id="visits"')
    assert sorted(slots(html)) == sorted(planned)
