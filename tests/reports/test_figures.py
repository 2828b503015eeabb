"""The month's figures over the API: counted from frozen rows, and each number opens exactly its tickets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from backend.models import Deadline, Ticket
from tests.reports.conftest import Past
from tests.tickets.office import Office

HOUR = timedelta(hours=1)


def feb(day: int, hour: int = 4) -> datetime:
    return datetime(2026, 2, day, hour, tzinfo=UTC)


def ask(office: Office, path: str, who: str = "manager", **query: Any) -> dict[str, Any]:
    answer = office.client.get(f"/api/reports/{path}", params=query, headers=office.as_(who))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def kpis(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["id"]: (one["good"], one["of"]) for one in report["kpis"]}


def tickets(office: Office, **query: Any) -> list[int]:
    return [one["number"] for one in ask(office, "tickets", month="2026-02", **query)["items"]]


@pytest.fixture
def repairs(office: Office, past: Past) -> list[int]:
    """Four repairs of February: followed up in time, late, never, and one of March."""
    numbers = [office.open("repair") for _ in range(4)]
    past.promise(numbers[0], "SLA-06", feb(3), -HOUR)
    past.promise(numbers[1], "SLA-06", feb(5), HOUR)
    past.promise(numbers[2], "SLA-06", feb(7), None)
    past.promise(numbers[3], "SLA-06", feb(28, 16), -HOUR)
    return numbers


def test_made_late_is_made_but_not_in_time_and_never_made_is_neither(
    office: Office, repairs: list[int]
) -> None:
    found = kpis(ask(office, "kpis", month="2026-02"))
    assert found["KPI-01"] == (2, 3)
    assert found["KPI-02"] == (1, 3)


def test_each_number_opens_exactly_its_tickets(office: Office, repairs: list[int]) -> None:
    assert tickets(office, kpi="KPI-02", part="good") == [repairs[0]]
    assert tickets(office, kpi="KPI-02", part="bad") == [repairs[2], repairs[1]]
    assert tickets(office, kpi="KPI-01", part="bad") == [repairs[2]]
    assert tickets(office, kpi="KPI-01") == [repairs[2], repairs[1], repairs[0]]


def test_the_month_is_the_estates_own(office: Office, repairs: list[int]) -> None:
    """Due at midnight UTC+8 of 1 March: that is March here, though February in UTC."""
    assert kpis(ask(office, "kpis", month="2026-03"))["KPI-02"] == (1, 1)


def test_a_clock_still_running_counts_nowhere(office: Office) -> None:
    office.open("repair")
    found = ask(office, "kpis")
    assert kpis(found)["KPI-08"] == (0, 0)
    assert next(one for one in found["clocks"] if one["clock"] == "SLA-01")["running"] == 1


def test_a_clock_that_ran_out_counts_though_no_sweep_has_seen_it(office: Office) -> None:
    number = office.open("repair")
    office.clock.advance(minutes=11)
    assert kpis(ask(office, "kpis"))["KPI-08"] == (0, 1)
    found = ask(office, "tickets", kpi="KPI-08", part="bad")
    assert [one["number"] for one in found["items"]] == [number]


def test_a_waiting_clock_is_not_broken_by_the_time_that_passes(office: Office, past: Past) -> None:
    past.promise(office.open("repair"), "SLA-06", feb(3), None, paused_at=feb(2))
    assert kpis(ask(office, "kpis", month="2026-02"))["KPI-02"] == (0, 0)


def test_withdrawn_in_time_counts_nowhere_but_withdrawn_too_late_is_broken(
    office: Office, past: Past
) -> None:
    past.promise(office.open("repair"), "SLA-06", feb(3), None, cancelled_at=feb(2))
    late = office.open("repair")
    past.promise(late, "SLA-06", feb(4), None, cancelled_at=feb(5), breached_at=feb(4))
    assert kpis(ask(office, "kpis", month="2026-02"))["KPI-02"] == (0, 1)


def test_a_month_once_reported_does_not_change_when_its_tickets_do(
    office: Office, repairs: list[int]
) -> None:
    """Outcomes are frozen: a later transfer, or another service, moves no number."""
    before = ask(office, "kpis", month="2026-02", by="butler")
    deputy = office.cast.deputy
    with office.db.write() as session:
        ended = update(Ticket).where(Ticket.number.in_(repairs[:2]))
        session.execute(ended.values(butler_id=deputy.id, workflow="paid", item_id="value.other"))
    after = ask(office, "kpis", month="2026-02", by="butler")
    assert kpis(after) == kpis(before)
    assert after["groups"] == before["groups"]


def test_an_old_row_without_frozen_columns_is_its_tickets(office: Office, past: Past) -> None:
    number = office.open("repair")
    row = past.promise(number, "SLA-06", feb(3), -HOUR)
    with office.db.write() as session:
        bare = {"workflow": None, "butler_id": None, "item_id": None, "building": None}
        session.execute(update(Deadline).where(Deadline.id == row.id).values(bare))
    (group,) = ask(office, "kpis", month="2026-02", by="building")["groups"]
    assert (group["key"], kpis(group)["KPI-02"]) == ("3", (1, 1))


def test_by_butler_by_service_and_by_building_make_up_the_whole(office: Office, past: Past) -> None:
    numbers = [office.open("repair"), office.open("repair", who="emma"), office.open("complaint")]
    past.promise(numbers[0], "SLA-01", feb(3), -HOUR)
    past.promise(numbers[1], "SLA-01", feb(4), HOUR, butler_id=office.cast.deputy.id, building="5")
    past.promise(numbers[2], "SLA-01", feb(5), -HOUR, building=None, butler_id=None)
    for by, names in (("butler", 3), ("service", 2), ("building", 3)):
        found = ask(office, "kpis", month="2026-02", by=by)
        sums = [kpis(one)["KPI-08"] for one in found["groups"]]
        assert len(sums) == names
        assert (sum(good for good, _ in sums), sum(of for _, of in sums)) == kpis(found)["KPI-08"] == (2, 3)
        for group in found["groups"]:
            listed = tickets(office, kpi="KPI-08", **{by: group["key"]})
            assert len(listed) == kpis(group)["KPI-08"][1]


def test_by_month_shows_a_year_that_ends_with_the_asked_month(office: Office, repairs: list[int]) -> None:
    groups = ask(office, "kpis", month="2026-03", by="month")["groups"]
    assert [one["key"] for one in groups][::11] == ["2025-04", "2026-03"]
    assert [kpis(one)["KPI-02"] for one in groups[-2:]] == [(1, 3), (1, 1)]


def test_satisfaction_counts_the_follow_ups_that_reached_somebody(office: Office, past: Past) -> None:
    """KPI-09, with 接通率 apart."""
    numbers = [office.open("repair") for _ in range(4)]
    for number, result in zip(numbers, ("satisfied", "satisfied", "partly", "unreached"), strict=True):
        past.follow_up(number, feb(3), result)
    found = kpis(ask(office, "kpis", month="2026-02"))
    assert (found["KPI-09"], found["reached"]) == ((2, 3), (3, 4))
    assert found["KPI-01"] == (4, 4)
    assert tickets(office, kpi="KPI-09", part="bad") == [numbers[2]]
    assert tickets(office, kpi="reached", part="bad") == [numbers[3]]


def test_a_follow_up_by_the_real_verbs_is_counted(office: Office) -> None:
    number = office.open("repair")
    for action in ("accept", "assign", "check_in", "complete", "follow_up"):
        office.do(number, action)
    office.clock.advance(hours=25)
    found = kpis(ask(office, "kpis"))
    assert (found["KPI-01"], found["KPI-09"]) == ((1, 1), (1, 1))


def test_bills_and_recognition_tests_count_their_records(office: Office, past: Past) -> None:
    """KPI-06: of the bills that were checked, as the newest form says. KPI-07: recognised of tested."""
    bill = past.record("REC-16", feb(3), amount=12000)
    past.record("REC-16", feb(3), amount=12000, correct=False, replaces_id=bill.id)
    past.record("REC-16", feb(4), amount=8000, correct=True)
    past.record("REC-16", feb(5), amount=9000)
    past.record("REC-33", feb(6), staff=["马超"], tested=10, correct=9)
    past.record("REC-33", feb(7), staff=["王强"], tested=10, correct=10)
    found = kpis(ask(office, "kpis", month="2026-02"))
    assert (found["KPI-06"], found["KPI-07"]) == ((1, 2), (19, 20))


def test_a_list_goes_on_where_its_page_ends(office: Office, past: Past, monkeypatch: Any) -> None:
    monkeypatch.setattr("backend.reports.queries.PAGE", 2)
    numbers = [office.open("repair") for _ in range(3)]
    for number in numbers:
        past.promise(number, "SLA-06", feb(3), HOUR)
    first = ask(office, "tickets", month="2026-02", kpi="KPI-02")
    second = ask(office, "tickets", month="2026-02", kpi="KPI-02", after=first["next"])
    assert [one["number"] for one in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None


def test_a_butler_reads_only_their_own_figures(office: Office, past: Past) -> None:
    mine, other = office.open("repair"), office.open("repair")
    past.promise(mine, "SLA-06", feb(3), -HOUR)
    past.promise(other, "SLA-06", feb(4), HOUR, butler_id=office.cast.deputy.id)
    assert kpis(ask(office, "kpis", who="butler", month="2026-02"))["KPI-02"] == (1, 1)
    assert [one["number"] for one in
            ask(office, "tickets", who="butler", month="2026-02", kpi="KPI-02",
                butler=office.cast.deputy.id)["items"]] == [mine]  # fmt: skip


@pytest.mark.parametrize("who", ["engineer", "guard"])
def test_figures_are_not_for_everybody(office: Office, who: str) -> None:
    for path in ("kpis", "tickets?kpi=KPI-02"):
        assert office.client.get(f"/api/reports/{path}", headers=office.as_(who)).status_code == 403


def test_next_door_is_another_report(office: Office, repairs: list[int]) -> None:
    found = ask(office, "kpis", who="stranger", month="2026-02")
    assert found["estate"] == "NEXT"
    assert kpis(found)["KPI-02"] == (0, 0)
    answer = office.client.get("/api/reports/kpis?estate=JADE", headers=office.as_("stranger"))
    assert answer.status_code == 404


def test_a_complaint_about_oneself_is_in_no_number_of_ones_own(office: Office, past: Past) -> None:
    number = office.open("complaint")
    past.promise(number, "SLA-02", feb(3), -HOUR)
    with office.db.write() as session:
        hidden = update(Ticket).where(Ticket.number == number)
        session.execute(hidden.values(hidden_from_id=office.cast.butler.id))
    assert kpis(ask(office, "kpis", who="butler", month="2026-02"))["KPI-03"] == (0, 0)
    assert kpis(ask(office, "kpis", month="2026-02"))["KPI-03"] == (1, 1)


@pytest.mark.parametrize("query", ["month=2026-13", "month=soon", "by=weather"])
def test_a_report_that_cannot_be_made_is_refused_with_a_reason(office: Office, query: str) -> None:
    answer = office.client.get(f"/api/reports/kpis?{query}", headers=office.as_("manager"))
    assert answer.status_code == 422


@pytest.mark.parametrize("kpi", ["KPI-06", "KPI-10", "KPI-99"])
def test_a_number_without_tickets_has_no_list(office: Office, kpi: str) -> None:
    answer = office.client.get(f"/api/reports/tickets?kpi={kpi}", headers=office.as_("manager"))
    assert answer.status_code == 404


def test_every_clock_of_the_month_opens_its_promises_too(office: Office, repairs: list[int]) -> None:
    (clock,) = ask(office, "kpis", month="2026-02")["clocks"]
    assert (clock["clock"], clock["due"], clock["kept"]) == ("SLA-06", 3, 1)
    for part, count in (("all", 3), ("good", 1), ("bad", 2), ("running", 0)):
        assert len(tickets(office, kpi="SLA-06", part=part)) == count


def test_what_is_not_over_yet_has_a_list_of_its_own(office: Office) -> None:
    number = office.open("repair")
    found = ask(office, "tickets", kpi="SLA-01", part="running")
    assert [one["number"] for one in found["items"]] == [number]
