"""The machines, walked pair by pair: what the plans allow is possible, and nothing else is."""

from itertools import pairwise

import pytest

from backend.tickets import lifecycle
from backend.tickets.lifecycle import MACHINES, Machine, NoWay
from tests.tickets.machines import ACTIONS, STEPS

EACH = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: str(machine.name))


def expected_moves(machine: Machine) -> set[tuple[str, str]]:
    found = set()
    for line in STEPS[machine.name].strip().splitlines():
        start, _, ends = line.partition(">")
        found |= {(start.strip(), end) for end in ends.replace("|", " ").split()}
    return found


def expected_actions(machine: Machine) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in ACTIONS[machine.name].strip().splitlines():
        steps, _, actions = line.partition(">")
        found |= {step: actions.split() for step in steps.split()}
    return found


def reached_from(machine: Machine, step: str) -> set[str]:
    found, queue = {step}, [step]
    while queue:
        for move in machine.moves_from(queue.pop()):
            if move.to_step not in found:
                found.add(move.to_step)
                queue.append(move.to_step)
    return found


@EACH
def test_every_pair_of_steps_is_in_the_plans_or_refused(machine: Machine) -> None:
    expected = expected_moves(machine)
    for start in machine.steps:
        for end in machine.steps:
            assert (machine.move(start, end) is not None) == ((start, end) in expected), (start, end)


@EACH
def test_every_step_can_be_reached_and_only_final_ones_have_no_way_on(machine: Machine) -> None:
    assert reached_from(machine, machine.start) == set(machine.steps)
    starts = {move.from_step for move in machine.moves}
    for step in machine.steps:
        assert (step not in starts) == lifecycle.is_final(machine, step), step


@EACH
def test_from_every_step_an_end_can_be_reached(machine: Machine) -> None:
    for step in machine.steps:
        assert any(lifecycle.is_final(machine, end) for end in reached_from(machine, step)), step


@EACH
def test_at_every_step_exactly_the_actions_of_the_table_are_possible(machine: Machine) -> None:
    expected = expected_actions(machine)
    for step in machine.steps:
        found = lifecycle.allowed(machine, step, is_paused=False, is_accepted=True)
        rest = [action for action in found if action not in ("pause", "reply", "note")]
        assert rest == expected.get(step, []), step
        assert found[-2:] == ("reply", "note")


@EACH
def test_accept_is_offered_until_taken_and_waiting_until_done(machine: Machine) -> None:
    for step in machine.steps:
        is_over = lifecycle.is_final(machine, step) or step in machine.done
        fresh = lifecycle.allowed(machine, step, is_paused=False, is_accepted=False)
        assert ("accept" in fresh) == (not is_over)
        assert ("pause" in fresh) == (not is_over)
        assert "resume" not in fresh
        waiting = lifecycle.allowed(machine, step, is_paused=True, is_accepted=True)
        assert ("resume" in waiting) == (not is_over)
        assert "pause" not in waiting


@EACH
def test_a_walk_takes_allowed_moves_only_and_passes_no_end_side_road_or_return(machine: Machine) -> None:
    for start in machine.steps:
        for end in machine.steps:
            try:
                moves = lifecycle.walk(machine, start, end)
            except NoWay:
                continue
            assert (moves[0].from_step, moves[-1].to_step) == (start, end)
            assert all(one.to_step == two.from_step for one, two in pairwise(moves))
            assert all(machine.move(m.from_step, m.to_step) == m for m in moves)
            passed = moves[:-1]
            assert not {m.to_step for m in passed} & machine.sides
            assert not any(lifecycle.is_final(machine, m.to_step) for m in passed)
            assert not any(lifecycle.is_return(machine, m) for m in passed)


@EACH
def test_no_work_step_can_be_cancelled_and_every_earlier_one_can(machine: Machine) -> None:
    can = {move.from_step for move in machine.moves if move.to_step == machine.cancel_to}
    assert can == machine.before_work
    assert not can & machine.done


@EACH
def test_every_step_has_one_of_the_five_outer_states(machine: Machine) -> None:
    for step in machine.steps:
        states = [lifecycle.outer_state(machine, step, paused) for paused in (False, True)]
        if lifecycle.is_final(machine, step):
            assert states[0] == states[1]
            assert states[0] in ("closed", "cancelled")
        else:
            assert states == (["done", "done"] if step in machine.done else ["open", "waiting"])


#: ends at which nothing was done here; every other end is a success, or goes on as a complaint
NOTHING_DONE = {
    "cancelled", "withdrawn", "declined", "false_alarm", "moved_to_warranty", "refused", "rejected", "merged",
    "redirected", "unavailable", "lapsed",
}  # fmt: skip


@EACH
def test_an_end_counts_as_cancelled_exactly_where_nothing_was_done(machine: Machine) -> None:
    ends = {step for step in machine.steps if lifecycle.is_final(machine, step)}
    dropped = {step for step in ends if lifecycle.outer_state(machine, step, False) == "cancelled"}
    assert dropped == ends & NOTHING_DONE


def test_an_end_of_one_workflow_may_be_a_step_of_another() -> None:
    ends = [(name, step) for name, step in (("records", "done"), ("repair", "done"), ("move_in", "active"),
            ("parking", "active"), ("release_pass", "released"), ("move_out", "released"))
            if lifecycle.is_final(MACHINES[name], step)]  # fmt: skip
    assert ends == [("records", "done"), ("move_in", "active"), ("release_pass", "released")]


def test_a_way_that_does_not_exist_is_refused() -> None:
    with pytest.raises(NoWay):
        lifecycle.walk(MACHINES["enquiry"], "closed", "taken")
    with pytest.raises(NoWay):
        lifecycle.moves_of(MACHINES["complaint"], "registered", "decide")
    with pytest.raises(NoWay):
        lifecycle.moves_of(MACHINES["enquiry"], "taken", "follow_up")


def test_a_workflow_without_a_machine_of_its_own_follows_the_general_one() -> None:
    assert lifecycle.machine_of("something new") is MACHINES["general"]
    assert lifecycle.machine_of("booking") is MACHINES["booking"]


def test_a_ticket_at_a_step_of_an_older_release_is_never_stuck() -> None:
    assert lifecycle.machine_of("booking", "in_work") is MACHINES["general"]
    assert lifecycle.machine_of("booking", "closed") is MACHINES["booking"]
    odd = lifecycle.machine_of("booking", "a step nobody knows")
    assert lifecycle.walk(odd, "a step nobody knows", "fulfilled")[-1].to_step == "fulfilled"
    assert "cancel" in lifecycle.allowed(odd, "a step nobody knows", is_paused=False, is_accepted=True)


@pytest.mark.parametrize(
    ("machine", "step", "had_one", "walked"),
    [
        ("repair", "assigned", False, []),
        ("repair", "assigned", True, ["rescheduled", "assigned"]),
        ("repair", "rescheduled", True, ["assigned"]),
        ("paid", "accepted", False, ["scheduled"]),
        ("paid", "requested", False, []),
        ("visit", "requested", False, ["booked"]),
        ("visit", "booked", True, ["booked_again"]),
        ("move_in", "booked", True, ["notified", "booked"]),
        ("benefit", "reserved", True, ["issued", "reserved"]),
        ("housekeeping", "assigned", True, []),
    ],
)
def test_an_appointment_that_is_moved_keeps_the_steps_of_the_plans(
    machine: str, step: str, had_one: bool, walked: list[str]
) -> None:
    moves = lifecycle.rescheduling(MACHINES[machine], step, had_one=had_one)
    assert [move.to_step for move in moves] == walked


@pytest.mark.parametrize(
    ("machine", "start", "end", "actor", "whose"),
    [
        ("repair", "assigned", "on_site", "B", "E"),
        ("repair", "assigned", "on_site", "E", None),
        ("repair", "quoted", "assigned", "M", "R"),
        ("emergency", "alerted", "accepted", "SEC", None),
        ("emergency", "alerted", "accepted", "S", "E"),
        ("complaint", "followed_up", "reopened_as_new", "B", None),
    ],
)
def test_a_step_recorded_for_somebody_else_says_for_whom(
    machine: str, start: str, end: str, actor: str, whose: str | None
) -> None:
    move = MACHINES[machine].move(start, end)
    assert move is not None
    assert move.taken_for(actor) == whose
