"""A shift ends only when the next one accepts it; the steps are walked pair by pair."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.duties import handing, handover, sweep
from backend.duties.handing import HandoverRefused
from backend.duties.handover import MOVES, PLAN_NAMES, STATES, Parties
from backend.errors import BadInput, Forbidden, IllegalMove, NotFound
from backend.models import Alert, AuditEntry, Duty, Handover, Record, Shift, User
from backend.people import rota
from backend.tickets.machines.office import HANDOVER
from tests.deadlines.cast import add_ticket
from tests.duties.estate import add_shift, leap, local, task, viewer
from tests.house.cast import Cast

LEGAL = {
    ("prepared", "offered"), ("offered", "accepted"), ("offered", "refused"), ("refused", "prepared"),
    ("accepted", "reviewed"),
}  # fmt: skip


@pytest.mark.parametrize("pair", list(product(STATES, STATES)))
def test_every_pair_of_states_is_a_step_or_is_not(pair: tuple[str, str]) -> None:
    assert (pair in {(one.from_step, one.to_step) for one in MOVES}) == (pair in LEGAL)


def test_the_steps_are_those_of_the_service_plans() -> None:
    named = {
        (PLAN_NAMES.get(one.from_step, one.from_step), PLAN_NAMES.get(one.to_step, one.to_step), one.actor)
        for one in MOVES
    }
    assert named == {(one.from_step, one.to_step, one.actor) for one in HANDOVER.moves}


@pytest.mark.parametrize(
    ("state", "giver", "heir", "manager"),
    [
        ("prepared", ("offer",), (), ()),
        ("offered", ("take_back",), ("accept", "refuse"), ("accept", "refuse")),
        ("refused", ("offer",), (), ()),
        ("accepted", (), (), ("review",)),
        ("reviewed", (), (), ()),
    ],
)
def test_each_may_do_what_is_theirs(
    state: str, giver: tuple[str, ...], heir: tuple[str, ...], manager: tuple[str, ...]
) -> None:
    def may(viewer: int, **more: bool) -> tuple[str, ...]:
        parties = Parties(viewer, 1, 2, more.get("manager", False), more.get("manager", False))
        return handover.allowed(state, parties)

    assert may(1) == giver
    assert may(2) == heir
    assert may(3) == ()
    assert set(may(9, manager=True)) >= set(manager)


def act(
    db: Database, clock: HandClock, who: User, row: Handover, action: str, **body: Any
) -> Handover:  # fmt: skip
    with db.write() as session:
        return handing.act(session, viewer(db, who), row.id, action, body, clock.now())


@pytest.fixture
def prepared(db: Database, clock: HandClock, cast: Cast) -> Handover:
    """The butler's shift ends at six; at half past five its handover is prepared."""
    add_shift(db, cast.butler, cast, "2026-03-11T09:00", "2026-03-11T18:00")
    add_shift(db, cast.deputy, cast, "2026-03-11T18:00", "2026-03-12T02:00")
    sweep.tick(db, clock)
    leap(db, clock, hours=7.5)
    with db.read() as session:
        return session.query(Handover).one()


def kinds_of(db: Database, user: User) -> list[str]:
    with db.read() as session:
        return [one.kind for one in session.query(Alert).filter(Alert.user_id == user.id)]


def test_the_end_of_a_shift_prepares_one_handover_to_the_next(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    assert (prepared.state, prepared.from_user_id, prepared.to_user_id) == (
        "prepared", cast.butler.id, cast.deputy.id,
    )  # fmt: skip
    leap(db, clock, minutes=5)
    with db.read() as session:
        assert session.query(Handover).count() == 1
    assert set(kinds_of(db, cast.butler)) & {"duty", "digest"}


def test_what_is_open_goes_with_it(db: Database, clock: HandClock, cast: Cast, prepared: Handover) -> None:
    class Here:
        estate, butler = cast.estate.id, cast.butler.id

    with db.write() as session:
        ticket = add_ticket(session, Here, clock.now())  # type: ignore[arg-type]
    offered = act(db, clock, cast.butler, prepared, "offer", note="3栋电梯在修", keys="门卡2张")
    assert [one["number"] for one in offered.values["tickets"]] == [ticket.number]
    assert "handover_offered" in kinds_of(db, cast.deputy)


def test_the_shift_ends_only_when_it_is_accepted(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    def present() -> set[int]:
        with db.read() as session:
            shifts, users = session.query(Shift).all(), session.query(User).all()
        return set(rota.on_duty(users, shifts, clock.now()))

    act(db, clock, cast.butler, prepared, "offer")
    leap(db, clock, minutes=29)
    leap(db, clock, minutes=6)
    assert present() == {cast.butler.id, cast.deputy.id}
    act(db, clock, cast.deputy, prepared, "accept", checked=True)
    clock.advance(seconds=1)
    assert present() == {cast.deputy.id}
    assert task(db, cast, "SLA-53").done_at is not None


def test_nobody_is_kept_on_duty_for_ever(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    for _ in range(60):
        leap(db, clock, minutes=10)
    with db.read() as session:
        first = session.query(Shift).order_by(Shift.id).first()
        assert first is not None
        assert local("2026-03-11T21:45") < first.ends_at <= local("2026-03-11T22:00")
    late = task(db, cast, "SLA-53")
    assert late.missed_at == local("2026-03-11T18:30")


def test_a_refusal_says_why_goes_up_and_is_completed(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    act(db, clock, cast.butler, prepared, "offer")
    with pytest.raises(HandoverRefused):
        act(db, clock, cast.deputy, prepared, "refuse", reason=" ")
    refused = act(db, clock, cast.deputy, prepared, "refuse", reason="少一把钥匙")
    assert (refused.state, refused.reason) == ("refused", "少一把钥匙")
    assert "handover_refused" in kinds_of(db, cast.supervisor)
    assert "handover_refused" in kinds_of(db, cast.butler)
    with pytest.raises(HandoverRefused):
        act(db, clock, cast.butler, prepared, "offer")
    clock.advance(minutes=1)
    again = act(db, clock, cast.butler, prepared, "offer", note="钥匙已找到")
    assert (again.state, again.reason) == ("offered", "")


def test_what_was_offered_is_taken_back_until_it_is_answered_and_the_colleague_is_told(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    act(db, clock, cast.butler, prepared, "offer", note="3栋电梯在修", keys="门卡2张")
    clock.advance(minutes=2)
    taken = act(db, clock, cast.butler, prepared, "take_back")
    assert (taken.state, taken.offered_at, taken.to_user_id) == ("prepared", None, cast.deputy.id)
    assert (taken.note, taken.values["keys"], taken.values["tickets"]) == ("3栋电梯在修", "门卡2张", [])
    with db.read() as session:
        alerts = session.query(Alert).filter(Alert.user_id == cast.deputy.id, Alert.kind.like("handover%"))
        seen = {one.kind: one.seen_at for one in alerts}
        entry = session.query(AuditEntry).filter(AuditEntry.action == "handover.take_back").one()
    assert seen == {"handover_offered": clock.now(), "handover_taken_back": None}
    assert (entry.action, entry.user_id, entry.estate_id) == (
        "handover.take_back", cast.butler.id, cast.estate.id,
    )  # fmt: skip
    assert (entry.subject_id, entry.before) == (str(prepared.id), {"to": "deputy"})
    clock.advance(minutes=1)
    again = act(db, clock, cast.butler, prepared, "offer", to="engineer", note="3栋电梯修好了")
    assert (again.state, again.to_user_id) == ("offered", cast.engineer.id)


@pytest.mark.parametrize("who", ["deputy", "engineer", "supervisor", "manager"])
def test_nobody_else_takes_an_offer_back(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover, who: str
) -> None:
    act(db, clock, cast.butler, prepared, "offer")
    with pytest.raises(Forbidden):
        act(db, clock, getattr(cast, who), prepared, "take_back")


def test_a_leader_who_offered_it_for_somebody_takes_it_back_too(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    act(db, clock, cast.supervisor, prepared, "offer")
    with pytest.raises(Forbidden):
        act(db, clock, cast.manager, prepared, "take_back")
    assert act(db, clock, cast.supervisor, prepared, "take_back").state == "prepared"


def test_a_handover_that_is_not_offered_or_was_refused_cannot_be_taken_back(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    with pytest.raises(IllegalMove, match="moved on"):
        act(db, clock, cast.butler, prepared, "take_back")
    act(db, clock, cast.butler, prepared, "offer")
    act(db, clock, cast.deputy, prepared, "refuse", reason="少一把钥匙")
    with pytest.raises(IllegalMove) as refused:
        act(db, clock, cast.butler, prepared, "take_back")
    said = "李伟已拒绝接这个班（今天 17:30），请再看一下。"
    assert (refused.value.worded("zh")[1], refused.value.allowed) == (said, ("offer",))


def test_of_taking_back_and_accepting_at_once_one_wins_and_the_other_reads_who_was_faster(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    act(db, clock, cast.butler, prepared, "offer")
    seen = {who: viewer(db, getattr(cast, who)) for who in ("butler", "deputy")}

    def step(who: str, action: str) -> str:
        body = {"checked": True}
        try:
            return db.run(lambda s: handing.act(s, seen[who], prepared.id, action, body, clock.now())).state
        except IllegalMove as refusal:
            return refusal.worded("zh")[1]

    with ThreadPoolExecutor(2) as threads:
        found = [threads.submit(step, *one) for one in (("butler", "take_back"), ("deputy", "accept"))]
        taken, accepted = (one.result() for one in found)
    assert (taken, accepted) in [
        ("prepared", "赵敏已收回这份交班（今天 17:30），现在无须接班。"),
        ("李伟已经接班（今天 17:30），不能再改动。", "accepted"),
    ]


def test_it_is_accepted_only_after_the_equipment_was_checked(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    act(db, clock, cast.butler, prepared, "offer", keys="对讲机1部")
    with pytest.raises(HandoverRefused):
        act(db, clock, cast.deputy, prepared, "accept")
    act(db, clock, cast.deputy, prepared, "accept", checked=True, equipment="对讲机正常")
    with db.read() as session:
        record = session.query(Record).one()
    assert record.kind == "REC-24"
    assert (record.values["signed_from"], record.values["signed_to"]) == ("赵敏", "李伟")
    assert record.values["equipment"] == "对讲机1部\n对讲机正常"
    assert record.values["shift"] == "2026-03-11 09:00–18:00"


def test_where_no_thing_is_handed_over_nothing_has_to_be_checked(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    act(db, clock, cast.butler, prepared, "offer")
    act(db, clock, cast.deputy, prepared, "accept")
    with db.read() as session:
        assert session.query(Record).one().values["signed_to"] == "李伟"


@pytest.mark.parametrize(
    ("who", "action", "error"),
    [
        ("butler", "accept", IllegalMove),
        ("deputy", "offer", Forbidden),
        ("engineer", "offer", Forbidden),
        ("stranger", "offer", NotFound),
        ("butler", "burn", NotFound),
    ],
)
def test_what_is_not_possible_is_refused(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover, who: str, action: str,
    error: type[Exception],
) -> None:  # fmt: skip
    with pytest.raises(error):
        act(db, clock, getattr(cast, who), prepared, action)


def test_nobody_accepts_their_own_nor_hands_over_to_themselves(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    with pytest.raises(BadInput):
        act(db, clock, cast.butler, prepared, "offer", to="butler")
    act(db, clock, cast.butler, prepared, "offer")
    with pytest.raises(Forbidden):
        act(db, clock, cast.butler, prepared, "accept", checked=True)


def test_the_manager_reviews_the_day_and_the_duty_is_done(
    db: Database, clock: HandClock, cast: Cast, prepared: Handover
) -> None:
    act(db, clock, cast.butler, prepared, "offer")
    act(db, clock, cast.deputy, prepared, "accept", checked=True)
    with pytest.raises(Forbidden):
        act(db, clock, cast.supervisor, prepared, "review")
    act(db, clock, cast.manager, prepared, "review")
    done = task(db, cast, "SLA-53-review")
    assert done.done_by_id == cast.manager.id
    with db.read() as session:
        first, second = session.query(Record).order_by(Record.id)
    assert second.replaces_id == first.id
    assert second.values["reviewer"] == "孙磊"


def test_a_day_without_a_handover_misses_no_review(db: Database, clock: HandClock, cast: Cast) -> None:
    sweep.tick(db, clock)
    leap(db, clock, hours=11)
    today = task(db, cast, "SLA-53-review")
    assert (today.missed_at, today.cancelled_at) == (None, clock.now())


def test_somebody_without_a_shift_may_hand_over_too(db: Database, clock: HandClock, cast: Cast) -> None:
    with db.write() as session:
        row = handing.begin(session, viewer(db, cast.engineer), clock.now())
    with db.write() as session:
        assert handing.begin(session, viewer(db, cast.engineer), clock.now()).id == row.id
    with pytest.raises(HandoverRefused):
        act(db, clock, cast.engineer, row, "offer")
    assert act(db, clock, cast.engineer, row, "offer", to="guard").to_user_id == cast.guard.id
    act(db, clock, cast.guard, row, "accept", checked=True)


def test_a_handover_prepared_by_hand_is_the_one_of_the_shift(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    add_shift(db, cast.butler, cast, "2026-03-11T09:00", "2026-03-11T18:00")
    sweep.tick(db, clock)
    with db.write() as session:
        handing.begin(session, viewer(db, cast.butler), clock.now())
    leap(db, clock, hours=7.6)
    with db.read() as session:
        assert session.query(Handover).count() == 1
        assert session.query(Duty).filter(Duty.duty == "SLA-53").one().values["handover"]


def test_a_handover_that_is_begun_several_times_at_once_is_one(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    engineer = viewer(db, cast.engineer)

    def begin(_: int) -> int:
        return db.run(lambda session: handing.begin(session, engineer, clock.now()).id)

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(begin, range(4)))) == 1
