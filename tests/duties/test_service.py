"""Duties are taken and done with their forms; what was missed stands in a report."""

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.duties import service, sweep
from backend.duties.rules import standard_duties
from backend.duties.service import TaskRefused
from backend.errors import Forbidden, NotFound
from backend.models import Duty, Record
from backend.people.viewer import Viewer
from backend.tickets.forms import find_form
from backend.tickets.records import RecordRefused
from tests.duties.estate import add_site, leap, local, task, tasks, viewer
from tests.house.cast import Cast

CHECK = {"area": "3栋大堂", "finding": "无"}


def do(db: Database, clock: HandClock, who: Viewer, one: Duty, **values: object) -> Duty:
    with db.write() as session:
        return service.do(session, who, one.id, values, clock.now())


def test_every_duty_asks_fields_that_its_form_has() -> None:
    for duty in standard_duties():
        form = find_form(duty.form)
        assert form is not None, duty.id
        known = {one.id for one in form.fields}
        assert set(duty.asks) | set(duty.sets) <= known, duty.id
        assert bool(duty.page) != bool(duty.asks), duty.id


def test_a_round_that_is_done_leaves_a_record_and_is_over(db: Database, clock: HandClock, cast: Cast) -> None:
    sweep.tick(db, clock)
    done = do(db, clock, viewer(db, cast.butler), task(db, cast, "SLA-47"), **CHECK)
    assert (done.done_by_id, done.user_id, done.missed_at) == (cast.butler.id, cast.butler.id, None)
    with db.read() as session:
        record = session.query(Record).one()
    assert (record.kind, record.number, record.duty_id, record.actor) == ("REC-25", 1, done.id, "B")
    assert record.values == {**CHECK, "checker": "赵敏"}


def test_what_lacks_in_the_form_is_named_and_nothing_is_done(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    spot = task(db, cast, "SLA-47")
    with pytest.raises(RecordRefused) as refused:
        do(db, clock, viewer(db, cast.butler), spot, finding="无")
    assert refused.value.fields == ("area",)
    assert task(db, cast, "SLA-47").done_at is None


def test_a_patrol_fills_in_day_and_department_by_itself(db: Database, clock: HandClock, cast: Cast) -> None:
    add_site(db, cast, clock)
    sweep.tick(db, clock)
    do(db, clock, viewer(db, cast.guard), task(db, cast, "SLA-45-security"), finding="无违规")
    with db.read() as session:
        values = session.query(Record).one().values
    assert values == {"finding": "无违规", "dept": "security", "date": "2026-03-11"}


def test_a_patrol_names_the_home_it_goes_to(db: Database, clock: HandClock, cast: Cast) -> None:
    add_site(db, cast, clock)
    sweep.tick(db, clock)
    with db.read() as session:
        found = service.board(session, viewer(db, cast.guard), clock.now(), "Asia/Shanghai")
    patrol = next(one for one in found.open if one.duty.duty == "SLA-45-security")
    assert patrol.home is not None
    assert patrol.home.code == "3-2-1501"


def test_two_people_who_do_one_task_find_out_who_was_first(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    spot = task(db, cast, "SLA-47")
    do(db, clock, viewer(db, cast.butler), spot, **CHECK)
    with pytest.raises(TaskRefused) as refused:
        do(db, clock, viewer(db, cast.deputy), spot, **CHECK)
    assert "赵敏" in refused.value.worded("zh")[1]


def test_a_colleague_does_not_take_what_another_has_but_a_leader_may(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    spot = task(db, cast, "SLA-47")
    with db.write() as session:
        service.take(session, viewer(db, cast.butler), spot.id, clock.now())
    with db.write() as session, pytest.raises(TaskRefused):
        service.take(session, viewer(db, cast.deputy), spot.id, clock.now())
    with db.write() as session:
        assert service.take(session, viewer(db, cast.supervisor), spot.id, clock.now()).user_id == (
            cast.supervisor.id
        )


@pytest.mark.parametrize(("who", "error"), [("guard", Forbidden), ("stranger", NotFound)])
def test_what_is_not_theirs_they_cannot_do(
    db: Database, clock: HandClock, cast: Cast, who: str, error: type[Exception]
) -> None:
    sweep.tick(db, clock)
    with pytest.raises(error):
        do(db, clock, viewer(db, getattr(cast, who)), task(db, cast, "SLA-47"), **CHECK)


def test_tomorrows_round_cannot_be_done_today(db: Database, clock: HandClock, cast: Cast) -> None:
    sweep.tick(db, clock)
    tomorrow = tasks(db, cast, "SLA-47")[-1]
    with pytest.raises(TaskRefused):
        do(db, clock, viewer(db, cast.butler), tomorrow, **CHECK)


def test_a_task_done_late_is_missed_all_the_same(db: Database, clock: HandClock, cast: Cast) -> None:
    sweep.tick(db, clock)
    clock.advance(hours=9)
    done = do(db, clock, viewer(db, cast.butler), task(db, cast, "SLA-47"), **CHECK)
    assert done.missed_at == local("2026-03-11T18:00")


def test_the_board_shows_each_role_its_own_and_leaders_everything(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    leap(db, clock, hours=10)
    with db.read() as session:
        own = service.board(session, viewer(db, cast.butler), clock.now(), "Asia/Shanghai")
        whole = service.board(session, viewer(db, cast.butler), clock.now(), "Asia/Shanghai", everybody=True)
    assert {one.duty.role for one in (*own.overdue, *own.open, *own.coming)} == {"butler"}
    assert [one.duty.duty for one in own.overdue] == ["SLA-47"]
    assert {one.duty.role for one in whole.overdue} >= {"butler", "supervisor"}
    assert all(one.duty.opens_at > clock.now() for one in own.coming)


def test_a_months_report_has_every_miss_once_with_who_what_and_when(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    leap(db, clock, days=25)
    with db.read() as session:
        march = service.missed(session, viewer(db, cast.manager), 2026, 3, "Asia/Shanghai")
        april = service.missed(session, viewer(db, cast.manager), 2026, 4, "Asia/Shanghai")
        foreign = service.missed(session, viewer(db, cast.stranger), 2026, 3, "Asia/Shanghai")
    checks = [one.duty.slot for one in march if one.duty.duty == "SLA-47"]
    assert checks == [f"2026-03-{day:02d}#1" for day in range(11, 32)]
    assert all(local("2026-04-01T00:00") <= one.duty.missed_at for one in april if one.duty.missed_at)
    assert not {one.duty.id for one in foreign} & {one.duty.id for one in march}


@pytest.mark.parametrize(
    ("text", "month"), [("2026-02", (2026, 2)), ("2026-13", (2026, 3)), ("", (2026, 3)), ("x", (2026, 3))]
)
def test_a_month_that_is_none_is_the_present_one(clock: HandClock, text: str, month: tuple[int, int]) -> None:
    assert service.read_month(text, clock.now(), "Asia/Shanghai") == month
