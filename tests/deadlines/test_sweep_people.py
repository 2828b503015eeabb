"""Whom the sweep calls and how: the rota, alarms until accepted, managers' digests, a leaping clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import alerts, service, sweep
from backend.deadlines.alerts import Call
from backend.deadlines.policy import parse_policies
from backend.models import Alert, Deadline, DeadlinePause, PolicyEdition, Shift, Ticket, User
from tests.deadlines.cast import Cast, add_user, alerts_in, clocks_of, open_ticket, tell


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def put_on(db: Database, cast: Cast, user: int, starts: str, ends: str) -> None:
    with db.write() as session:
        session.add(Shift(estate_id=cast.estate, user_id=user, starts_at=local(starts), ends_at=local(ends)))


def rows_of(db: Database, user: int) -> list[Alert]:
    with db.read() as session:
        return list(session.scalars(select(Alert).where(Alert.user_id == user).order_by(Alert.id)))


def test_at_night_only_who_is_on_shift_is_called(db: Database, cast: Cast, clock: HandClock) -> None:
    put_on(db, cast, cast.butler, "03-11 08:00", "03-11 20:00")
    put_on(db, cast, cast.supervisor, "03-11 20:00", "03-12 08:00")
    clock.at = local("03-11 23:00")
    open_ticket(db, cast, clock)
    clock.advance(minutes=25)
    sweep.tick(db, clock)
    rings = [(user, kind) for user, kind, _ in alerts_in(db) if user != cast.manager]
    assert rings == [(cast.supervisor, "breach")]
    # The manager, who is at home, reads of it in the morning.
    held, digest = rows_of(db, cast.manager)
    assert (held.kind, held.told_at, digest.at) == ("escalate", clock.now(), local("03-12 09:00"))


def test_nobody_on_shift_at_all_is_told_in_the_end_but_without_a_sound(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    put_on(db, cast, cast.butler, "03-11 08:00", "03-11 20:00")
    clock.at = local("03-11 23:00")
    open_ticket(db, cast, clock)
    clock.advance(minutes=5)
    assert sweep.tick(db, clock).alerts == 1
    assert alerts_in(db) == [(cast.supervisor, "warn", "SLA-01")]
    assert rows_of(db, cast.supervisor)[0].values["quiet"] is True


def test_a_deputy_off_shift_is_not_called_either(db: Database, cast: Cast, clock: HandClock) -> None:
    with db.write() as session:
        butler = session.get_one(User, cast.butler)
        butler.is_on_duty, butler.deputy_id = False, cast.deputy
        session.get_one(User, cast.deputy).is_on_duty = False
    open_ticket(db, cast, clock)
    clock.advance(minutes=5)
    sweep.tick(db, clock)
    assert alerts_in(db) == [(cast.supervisor, "warn", "SLA-01")]


def alarm(db: Database, cast: Cast, clock: HandClock) -> Ticket:
    return open_ticket(db, cast, clock, "emergency", is_urgent=True)


def rung(db: Database) -> dict[int, int]:
    """How often each person was rung about an alarm."""
    found: dict[int, int] = {}
    for user, kind, _ in alerts_in(db):
        if kind == "emergency":
            found[user] = found.get(user, 0) + 1
    return found


def test_an_alarm_rings_again_every_half_minute_and_after_one_the_supervisor(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = alarm(db, cast, clock)
    for _ in range(29):
        clock.advance(seconds=1)
        sweep.tick(db, clock)
    assert rung(db) == {}
    clock.advance(seconds=1)
    sweep.tick(db, clock)
    sweep.tick(db, clock)
    assert rung(db) == {cast.butler: 1, cast.engineer: 1}
    clock.advance(seconds=30)
    sweep.tick(db, clock)
    assert rung(db) == {cast.butler: 2, cast.engineer: 2, cast.supervisor: 1}
    tell(db, ticket, "accepted", clock)
    clock.advance(minutes=3)
    sweep.tick(db, clock)
    assert sum(rung(db).values()) == 5


def test_an_alarm_always_sounds_and_managers_hear_of_it_live(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    alarm(db, cast, clock)
    for _ in range(5):
        clock.advance(seconds=30)
        sweep.tick(db, clock)
    about = rows_of(db, cast.manager)
    assert [one.kind for one in about] == ["emergency", "emergency"]
    for user in (cast.butler, cast.engineer, cast.supervisor, cast.manager):
        assert not any(one.values.get("quiet") or one.told_at for one in rows_of(db, user))


def test_after_downtime_an_alarm_rings_once_not_once_for_each_missed_time(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    alarm(db, cast, clock)
    clock.advance(minutes=8)
    sweep.tick(db, clock)
    assert set(rung(db).values()) == {1}


def test_a_late_promise_waits_for_the_managers_digest_complaint_feedback_does_not(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    open_ticket(db, cast, clock)
    complaint = open_ticket(db, cast, clock, "complaint")
    tell(db, complaint, "accepted", clock)
    clock.advance(minutes=20)
    sweep.tick(db, clock)
    held, digest = rows_of(db, cast.manager)
    assert (held.clock, held.told_at, held.values["quiet"]) == ("SLA-01", clock.now(), True)
    assert (digest.kind, digest.at, digest.told_at) == ("digest", local("03-11 14:00"), None)
    clock.at = local("03-12 12:00")
    sweep.tick(db, clock)
    live = [one for one in rows_of(db, cast.manager) if one.clock == "SLA-02"]
    assert [(one.kind, one.told_at, one.values.get("quiet")) for one in live] == [("escalate", None, None)]


def test_what_comes_before_the_digest_is_told_grows_it(db: Database, cast: Cast, clock: HandClock) -> None:
    for _ in range(3):
        open_ticket(db, cast, clock)
        clock.advance(minutes=25)
        sweep.tick(db, clock)
    digests = [one for one in rows_of(db, cast.manager) if one.kind == "digest"]
    assert [(one.at, one.values["count"], one.values["late"]) for one in digests] == [
        (local("03-11 14:00"), 3, 3)
    ]
    clock.at = local("03-11 14:00")
    open_ticket(db, cast, clock)
    clock.advance(minutes=25)
    sweep.tick(db, clock)
    assert [one.at for one in rows_of(db, cast.manager) if one.kind == "digest"][1:] == [local("03-11 18:00")]


def test_a_butlers_device_sounds_once_a_minute(db: Database, cast: Cast, clock: HandClock) -> None:
    for _ in range(4):
        open_ticket(db, cast, clock)
        clock.advance(seconds=30)
    clock.at = local("03-11 10:05")
    for _ in range(91):
        sweep.tick(db, clock)
        clock.advance(seconds=1)
    told = [(one.created_at, one.values.get("quiet", False)) for one in rows_of(db, cast.butler)]
    start = local("03-11 10:05")
    assert [((at - start).total_seconds(), quiet) for at, quiet in told] == [
        (0, False), (30, True), (60, False), (90, True),
    ]  # fmt: skip


def test_a_digest_is_told_when_all_is_gathered_and_lists_the_worst_first(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    late = open_ticket(db, cast, clock)
    clock.advance(minutes=6)
    others = [open_ticket(db, cast, clock) for _ in range(11)]
    clock.advance(minutes=6)
    sweep.tick(db, clock, batch=4)
    (digest,) = [one for one in rows_of(db, cast.butler) if one.kind == "digest"]
    assert digest.at > clock.now()
    assert digest.values["count"] == 12
    assert digest.values["numbers"] == [late.number, *(one.number for one in others)]


def test_several_sweepers_after_downtime_fill_one_digest(db: Database, cast: Cast, clock: HandClock) -> None:
    tickets = [open_ticket(db, cast, clock) for _ in range(40)]
    clock.advance(minutes=12)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: sweep.tick(db, clock, batch=6), range(4)))
    sweep.tick(db, clock)
    assert [one.failed for one in results] == [()] * 4
    for user in (cast.butler, cast.supervisor):
        (digest,) = rows_of(db, user)
        assert digest.values["count"] == 40
        assert sorted(digest.values["numbers"]) == sorted(one.number for one in tickets)


def test_an_alert_that_stands_already_is_counted_nowhere_again(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    missed = Call(cast.estate, cast.manager, "attention", clock.now(), "duty:1", values={"number": None})
    for _ in range(2):
        with db.write() as session:
            alerts.write(session, [missed], clock.now())
    assert [one.values.get("count") for one in rows_of(db, cast.manager)] == [None, 1]


def test_a_clock_that_leaps_two_hours_ahead_and_back_alerts_once(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock)
    start = clock.now()
    for hours in (2, 0, 2, 1, 3, 0):
        clock.at = start + timedelta(hours=hours, minutes=1)
        sweep.tick(db, clock)
    told = [one for one in alerts_in(db) if one[1] != "digest"]
    assert told == [
        (cast.butler, "breach", "SLA-01"), (cast.supervisor, "breach", "SLA-01"),
        (cast.manager, "escalate", "SLA-01"),
    ]  # fmt: skip
    respond = clocks_of(db, ticket)["SLA-01"]
    assert respond.breached_at == respond.due_at == start + timedelta(minutes=10)


def test_a_clock_that_leaps_back_in_a_pause_gives_no_time_away(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "repair")
    due_at = clocks_of(db, ticket)["SLA-03"].due_at
    clock.advance(minutes=5)
    with db.write() as session:
        service.pause(session, session.get_one(Ticket, ticket.id), "等您回复", clock.now())
    clock.advance(hours=-2)
    with db.write() as session:
        service.resume(session, session.get_one(Ticket, ticket.id), clock.now())
    with db.read() as session:
        (wait,) = session.scalars(select(DeadlinePause).where(DeadlinePause.deadline_id > 0)).all()[:1]
        row = session.scalars(select(Deadline).where(Deadline.clock == "SLA-03")).one()
    assert wait.until_at == wait.from_at
    assert row.due_at == due_at


def test_an_old_promise_calls_whom_its_own_edition_names(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    with db.write() as session:
        edition = session.scalars(select(PolicyEdition)).one()
        ladder = '{ when = "before", role = "butler" },'
        text = edition.text.replace(ladder, '{ when = "before", role = "supervisor" },')
        version = parse_policies(text, "of old").version
        session.add(PolicyEdition(version=version, text=text, first_used_at=clock.now()))
        for row in session.scalars(select(Deadline).where(Deadline.ticket_id == ticket.id)):
            row.policy_version = version
    clock.advance(minutes=5)
    sweep.tick(db, clock)
    assert alerts_in(db) == [(cast.supervisor, "warn", "SLA-01")]


def test_staff_of_two_estates_are_called_by_the_rota_of_each(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    with db.write() as session:
        second = add_user(session, "second", "supervisor", clock.now(), cast.estate)
    put_on(db, cast, second, "03-11 08:00", "03-11 20:00")
    open_ticket(db, cast, clock, butler_id=None)
    sweep.tick(db, clock)
    assert {user for user, _, _ in alerts_in(db)} == {second}


def test_a_severe_complaint_is_the_managers_at_once_and_rings_again_after_ten_minutes(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint", severity="severe")
    with db.write() as session:
        # The desk told the manager when the severity was chosen; the sweep tells nobody twice.
        chosen = Call(cast.estate, cast.manager, "severe", clock.now(), f"severe:{ticket.id}", ticket.id)
        alerts.write(session, [chosen], clock.now())
    sweep.tick(db, clock)
    (first,) = rows_of(db, cast.manager)
    assert (first.kind, first.told_at, first.values.get("quiet")) == ("severe", None, None)
    clock.advance(minutes=10)
    sweep.tick(db, clock)
    assert [(one.kind, one.clock, one.told_at) for one in rows_of(db, cast.manager)][1:] == [
        ("breach", "SLA-27", None)
    ]
