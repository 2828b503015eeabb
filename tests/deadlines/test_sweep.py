"""The sweep: what falls due is noticed, dated and told exactly once, whatever else goes wrong."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import alerts, claims, service, sweep
from backend.deadlines.reckoning import Status, status
from backend.models import Alert, Deadline, LiveEvent, Ticket, User, UserEstate
from tests.deadlines.cast import Cast, add_ticket, add_user, alerts_in, clocks_of, open_ticket, tell


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def test_nothing_due_is_nothing_done(db: Database, cast: Cast, clock: HandClock) -> None:
    open_ticket(db, cast, clock)
    clock.advance(minutes=4, seconds=59)
    assert sweep.tick(db, clock) == sweep.SweepResult()
    assert alerts_in(db) == []


def test_the_ladder_is_butler_then_supervisor_then_manager(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock)
    told = []
    for minute in range(31):
        clock.at = local("03-11 10:00") + timedelta(minutes=minute)
        told += [minute] * sweep.tick(db, clock).alerts
    assert told == [5, 10, 20]
    assert alerts_in(db) == [
        (cast.butler, "warn", "SLA-01"),
        (cast.supervisor, "breach", "SLA-01"),
        (cast.manager, "escalate", "SLA-01"),
        (cast.manager, "digest", None),
    ]
    assert clocks_of(db, ticket)["SLA-01"].next_check_at is None


def test_a_breach_found_late_is_dated_when_it_fell(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=17)
    result = sweep.tick(db, clock)
    assert clocks_of(db, ticket)["SLA-01"].breached_at == local("03-11 10:10")
    assert [(one.ticket_id, one.clock, one.at) for one in result.breaches] == [
        (ticket.id, "SLA-01", local("03-11 10:10"))
    ]
    with db.read() as session:
        at = session.scalars(select(Alert.at).order_by(Alert.id)).all()
    # "Overdue" is told under the instant when it fell due, also to the butler to be warned before.
    assert at == [local("03-11 10:10"), local("03-11 10:10")]


def test_a_page_tells_the_truth_before_the_sweep_has_run(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=10)
    respond = clocks_of(db, ticket)["SLA-01"]
    assert respond.breached_at is None
    assert status(respond, clock.now()) is Status.LATE


def test_a_second_sweep_at_the_same_instant_does_nothing(db: Database, cast: Cast, clock: HandClock) -> None:
    open_ticket(db, cast, clock)
    clock.advance(minutes=12)
    assert sweep.tick(db, clock).alerts == 2
    assert sweep.tick(db, clock) == sweep.SweepResult()


def test_an_answer_in_time_calls_nobody(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=3)
    tell(db, ticket, "replied", clock)
    clock.advance(days=2)
    assert sweep.tick(db, clock) == sweep.SweepResult()


def test_a_waiting_promise_calls_nobody_until_it_runs_again(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "repair")
    with db.write() as session:
        service.on_event(session, ticket, "accepted", clock.now())
        service.pause(session, ticket, "等您回复", clock.now())
    clock.advance(days=2)
    assert sweep.tick(db, clock) == sweep.SweepResult()
    with db.write() as session:
        service.resume(session, session.get_one(Ticket, ticket.id), clock.now())
    clock.advance(hours=24)
    assert sweep.tick(db, clock).alerts == 2


def test_a_ticket_without_a_butler_is_brought_to_the_supervisor_at_once(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    open_ticket(db, cast, clock, "complaint", butler_id=None)
    assert sweep.tick(db, clock).alerts == 1
    assert [(user, kind) for user, kind, _ in alerts_in(db)] == [(cast.supervisor, "unassigned")]
    assert sweep.tick(db, clock) == sweep.SweepResult()
    clock.advance(minutes=10)
    assert sweep.tick(db, clock).alerts == 1
    assert alerts_in(db)[1:] == [(cast.supervisor, "breach", "SLA-01")]


def test_a_ticket_taken_before_the_sweep_looks_warns_its_butler_in_time(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, butler_id=None)
    with db.write() as session:
        session.get_one(Ticket, ticket.id).butler_id = cast.butler
    assert sweep.tick(db, clock).alerts == 0
    assert clocks_of(db, ticket)["SLA-01"].next_check_at == local("03-11 10:05")
    clock.advance(minutes=5)
    sweep.tick(db, clock)
    assert alerts_in(db) == [(cast.butler, "warn", "SLA-01")]


def test_the_butler_complained_about_never_hears_of_it(db: Database, cast: Cast, clock: HandClock) -> None:
    open_ticket(db, cast, clock, "complaint", hidden_from_id=cast.butler)
    clock.advance(days=4)
    sweep.tick(db, clock)
    assert cast.butler not in {user for user, _, _ in alerts_in(db)}


def test_staff_of_another_estate_are_never_called(db: Database, cast: Cast, clock: HandClock) -> None:
    with db.write() as session:
        stranger = add_user(session, "stranger", "supervisor", clock.now())
    open_ticket(db, cast, clock)
    clock.advance(hours=1)
    sweep.tick(db, clock)
    assert stranger not in {user for user, _, _ in alerts_in(db)}


def test_after_downtime_each_person_gets_one_digest(db: Database, cast: Cast, clock: HandClock) -> None:
    tickets = [open_ticket(db, cast, clock) for _ in range(12)]
    clock.advance(minutes=15)
    result = sweep.tick(db, clock, batch=5)
    assert result.claimed == 12
    with db.read() as session:
        digests = session.scalars(select(Alert).where(Alert.kind == "digest").order_by(Alert.id)).all()
        told = {row.user_id: row.values for row in digests}
    assert set(told) == {cast.butler, cast.supervisor}
    assert len(digests) == 2
    assert told[cast.supervisor]["count"] == told[cast.supervisor]["late"] == 12
    assert told[cast.butler]["numbers"] == sorted(ticket.number for ticket in tickets)
    assert Counter(kind for _, kind, _ in alerts_in(db)) == {"digest": 2}


def test_five_alerts_of_one_sweep_stay_five(db: Database, cast: Cast, clock: HandClock) -> None:
    for _ in range(5):
        open_ticket(db, cast, clock)
    clock.advance(minutes=5)
    sweep.tick(db, clock)
    assert alerts_in(db) == [(cast.butler, "warn", "SLA-01")] * 5


def test_a_backlog_of_a_thousand_is_swept_in_one_tick(db: Database, cast: Cast, clock: HandClock) -> None:
    with db.write() as session:
        ticket = add_ticket(session, cast, clock.now())
        service.on_event(session, ticket, "opened", clock.now())
        session.flush()
        (row,) = session.scalars(select(Deadline)).all()
        columns = {
            name.key: getattr(row, name.key) for name in Deadline.__table__.columns if name.key != "id"
        }
        session.add_all(Deadline(**columns | {"cycle": 2 + extra}) for extra in range(999))
    clock.advance(minutes=15)
    result = sweep.tick(db, clock)
    assert (result.claimed, len(result.breaches), result.failed) == (1000, 1000, ())
    assert sweep.tick(db, clock) == sweep.SweepResult()


def spoil(db: Database, ticket: Ticket, **columns: object) -> int:
    with db.write() as session:
        row = session.scalars(select(Deadline).where(Deadline.ticket_id == ticket.id)).first()
        assert row is not None
        session.execute(update(Deadline).where(Deadline.id == row.id).values(**columns))
        return row.id


def test_one_bad_row_does_not_stop_the_line(db: Database, cast: Cast, clock: HandClock) -> None:
    first, second, third = (open_ticket(db, cast, clock) for _ in range(3))
    bad = spoil(db, second, basis="moon")
    clock.advance(minutes=5)
    result = sweep.tick(db, clock)
    assert (result.failed, result.alerts) == ((bad,), 2)
    assert clocks_of(db, first)["SLA-01"].rung == clocks_of(db, third)["SLA-01"].rung == 1
    assert clocks_of(db, second)["SLA-01"].next_check_at == clock.now() + timedelta(hours=1)
    assert sweep.tick(db, clock) == sweep.SweepResult()


def test_a_row_that_cannot_even_be_read_does_not_stop_the_line(
    db: Database, cast: Cast, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = open_ticket(db, cast, clock), open_ticket(db, cast, clock)
    bad = clocks_of(db, first)["SLA-01"].id
    really = claims.claim_due

    def claim(session: Session, now: datetime, limit: int, only: int | None = None) -> list[claims.Claimed]:
        found = really(session, now, limit, only)
        if any(one.deadline.id == bad for one in found):
            raise ValueError("a row that cannot be read")
        return found

    monkeypatch.setattr(claims, "claim_due", claim)
    clock.advance(minutes=5)
    result = sweep.tick(db, clock)
    assert (result.failed, result.alerts) == ((bad,), 1)
    assert clocks_of(db, second)["SLA-01"].rung == 1


def test_a_lost_database_is_no_rows_fault(
    db: Database, cast: Cast, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=5)

    def lost(*_: object, **_how: object) -> None:
        raise OperationalError("insert", {}, Exception("gone"), connection_invalidated=True)

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "write", lost)
        with pytest.raises(OperationalError):
            sweep.tick(db, clock)
    assert (alerts_in(db), clocks_of(db, ticket)["SLA-01"].rung) == ([], 0)
    assert sweep.tick(db, clock).alerts == 1


def test_a_killed_sweep_leaves_nothing_half_done(
    db: Database, cast: Cast, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=12)
    really = alerts.write

    def killed(*arguments: object, **how: object) -> None:
        really(*arguments, **how)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep.tick(db, clock)
    assert (alerts_in(db), clocks_of(db, ticket)["SLA-01"].breached_at) == ([], None)
    assert sweep.tick(db, clock).alerts == 2


def test_an_estate_without_any_staff_keeps_its_promise_in_sight(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock)
    with db.write() as session:
        session.execute(update(User).values(is_active=False))
    clock.advance(minutes=12)
    assert len(sweep.tick(db, clock).failed) == 1
    with db.write() as session:
        session.execute(update(User).where(User.id == cast.admin).values(is_active=True))
    clock.advance(hours=1)
    sweep.tick(db, clock)
    assert {user for user, _, _ in alerts_in(db)} == {cast.admin}
    assert clocks_of(db, ticket)["SLA-01"].breached_at == local("03-11 10:10")


def test_a_promise_no_longer_made_calls_nobody(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    spoil(db, ticket, clock="SLA-99")
    clock.advance(minutes=12)
    assert sweep.tick(db, clock).alerts == 0
    assert clocks_of(db, ticket)["SLA-99"].next_check_at is None


def test_four_sweepers_at_once_tell_everybody_once(db: Database, cast: Cast, clock: HandClock) -> None:
    with db.write() as session:
        for place in range(30):
            butler = add_user(session, f"butler{place}", "butler", clock.now(), cast.estate)
            service.on_event(
                session, add_ticket(session, cast, clock.now(), butler_id=butler), "opened", clock.now()
            )
    clock.advance(minutes=5)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: sweep.tick(db, clock, batch=4), range(4)))
    sweep.tick(db, clock)
    assert sum(one.claimed for one in results) <= 30
    assert Counter(alerts_in(db)).most_common(1)[0][1] == 1
    assert len(alerts_in(db)) == 30


def test_an_answer_during_the_sweep_wins_or_loses_whole(db: Database, cast: Cast, clock: HandClock) -> None:
    tickets = [open_ticket(db, cast, clock) for _ in range(8)]
    clock.advance(minutes=12)
    with ThreadPoolExecutor(2) as pool:
        swept = pool.submit(sweep.tick, db, clock, batch=2)
        for ticket in tickets:
            tell(db, ticket, "accepted", clock)
        assert swept.result().failed == ()
    for ticket in tickets:
        respond = clocks_of(db, ticket)["SLA-01"]
        assert respond.met_at == clock.now()
        assert respond.breached_at == local("03-11 10:10")
        assert respond.next_check_at is None


def test_open_pages_of_those_called_are_told_once(db: Database, cast: Cast, clock: HandClock) -> None:
    for _ in range(3):
        open_ticket(db, cast, clock)
    clock.advance(minutes=5)
    sweep.tick(db, clock)
    with db.read() as session:
        events = session.scalars(
            select(LiveEvent).where(LiveEvent.kind == "alert").order_by(LiveEvent.id)
        ).all()
    assert [(one.estate_id, one.payload) for one in events] == [(cast.estate, {"users": [cast.butler]})]


def test_a_user_of_no_estate_is_in_no_team(db: Database, cast: Cast, clock: HandClock) -> None:
    with db.write() as session:
        session.execute(delete(UserEstate).where(UserEstate.user_id == cast.deputy))
        team = claims.list_team(session, [cast.estate], clock.now())[cast.estate]
    assert cast.deputy not in {one.id for one in team}
