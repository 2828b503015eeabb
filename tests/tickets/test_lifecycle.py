"""The machines, walked pair by pair: what the plans allow is possible, and nothing else is."""

from itertools import pairwise

import pytest

from backend.tickets import lifecycle
from backend.tickets.lifecycle import FINAL, MACHINES, Machine, NoWay

#: what the service plans list (WF-01, 03, 04, 05, 06, 19), without what happens before the ticket is born;
#: lines behind the bar are our own: withdrawing before work starts
EXPECTED = {
    "repair": """
        confirmed > triaged cancelled
        triaged > declined quoted moved_to_warranty assigned | cancelled
        quoted > assigned cancelled
        assigned > on_site rescheduled cancelled
        rescheduled > assigned | cancelled
        on_site > diagnosed
        diagnosed > waiting_parts quoted done
        waiting_parts > assigned
        done > followed_up
        followed_up > closed rework
        rework > assigned
    """,
    "housekeeping": """
        booked > assigned cancelled
        assigned > on_site | cancelled
        on_site > finished
        finished > signed rework
        rework > on_site
        signed > settled
        settled > followed_up
        followed_up > closed rework
    """,
    "complaint": """
        registered > classified withdrawn
        classified > assigned explained
        assigned > handled
        handled > fed_back
        explained > fed_back
        fed_back > followed_up
        followed_up > closed reopened_as_new
    """,
    "suggestion": """
        received > registered | cancelled
        registered > explained under_review | cancelled
        under_review > consulting adopted not_adopted
        consulting > under_review
        adopted > replied
        not_adopted > replied
        explained > replied
        replied > closed
    """,
    "enquiry": """
        taken > researching | cancelled
        researching > answered | cancelled
        answered > closed taken
    """,
    "emergency": """
        alerted > accepted false_alarm
        accepted > on_site
        on_site > safe
        safe > followed_up
        followed_up > closed
    """,
    "general": """
        received > | accepted cancelled
        accepted > | in_work cancelled
        in_work > | done
        done > | followed_up
        followed_up > | closed rework
        rework > | in_work
    """,
}

#: step > what may be done there; reply and note always may, accept until somebody has, pause until it is done
ACTIONS = {
    "repair": """
        confirmed triaged quoted assigned rescheduled > assign schedule check_in complete sign_off cancel
        on_site diagnosed > assign schedule complete sign_off
        waiting_parts rework > assign schedule check_in complete sign_off
        done > sign_off follow_up
        followed_up > follow_up
    """,
    "housekeeping": """
        booked assigned > assign schedule check_in complete sign_off cancel
        on_site > assign schedule complete sign_off
        rework > assign schedule check_in complete sign_off
        finished > sign_off follow_up
        signed settled followed_up > follow_up
    """,
    "complaint": """
        registered > assign classify complete feedback cancel
        classified assigned > assign classify complete feedback
        explained handled > assign classify feedback
        fed_back followed_up > classify follow_up
    """,
    "suggestion": """
        received registered > assign decide cancel
        under_review consulting adopted not_adopted > assign decide
        explained > assign
        replied > complete follow_up
    """,
    "enquiry": """
        taken researching > assign answer cancel
        answered > complete follow_up
    """,
    "emergency": """
        alerted > assign check_in complete cancel
        accepted > assign check_in complete
        on_site > assign complete
        safe followed_up > follow_up
    """,
    "general": """
        received accepted > assign schedule check_in complete sign_off cancel
        in_work > assign schedule complete sign_off
        rework > assign schedule check_in complete sign_off
        done > sign_off follow_up
        followed_up > follow_up
    """,
}
EACH = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: str(machine.name))


def steps_of(machine: Machine) -> list[str]:
    return list(dict.fromkeys([machine.start, *(move.to_step for move in machine.moves)]))


def expected_moves(machine: Machine) -> set[tuple[str, str]]:
    found = set()
    for line in EXPECTED[machine.name].strip().splitlines():
        start, _, ends = line.partition(">")
        found |= {(start.strip(), end) for end in ends.replace("|", " ").split()}
    return found


def expected_actions(machine: Machine) -> dict[str, list[str]]:
    found = {}
    for line in ACTIONS[machine.name].strip().splitlines():
        steps, _, actions = line.partition(">")
        found |= {step: actions.split() for step in steps.split()}
    return found


@EACH
def test_every_pair_of_steps_is_in_the_plans_or_refused(machine: Machine) -> None:
    expected = expected_moves(machine)
    for start in steps_of(machine):
        for end in steps_of(machine):
            assert (machine.move(start, end) is not None) == ((start, end) in expected), (start, end)


@EACH
def test_every_step_can_be_reached_and_only_final_ones_have_no_way_on(machine: Machine) -> None:
    starts = {move.from_step for move in machine.moves}
    for step in steps_of(machine):
        if step != machine.start:
            assert lifecycle.walk(machine, machine.start, step)
        assert (step not in starts) == (step in FINAL), step


@EACH
def test_at_every_step_exactly_the_actions_of_the_table_are_possible(machine: Machine) -> None:
    expected = expected_actions(machine)
    for step in steps_of(machine):
        found = lifecycle.allowed(machine, step, is_paused=False, is_accepted=True)
        rest = [action for action in found if action not in ("pause", "reply", "note")]
        assert rest == expected.get(step, []), step
        assert found[-2:] == ("reply", "note")


@EACH
def test_accept_is_offered_until_taken_and_waiting_until_done(machine: Machine) -> None:
    for step in steps_of(machine):
        is_over = step in FINAL or step in machine.done
        fresh = lifecycle.allowed(machine, step, is_paused=False, is_accepted=False)
        assert ("accept" in fresh) == (not is_over)
        assert ("pause" in fresh) == (not is_over)
        assert "resume" not in fresh
        waiting = lifecycle.allowed(machine, step, is_paused=True, is_accepted=True)
        assert ("resume" in waiting) == (not is_over)
        assert "pause" not in waiting


@EACH
def test_a_walk_takes_allowed_moves_only_and_never_passes_an_end(machine: Machine) -> None:
    for start in steps_of(machine):
        for end in steps_of(machine):
            try:
                moves = lifecycle.walk(machine, start, end)
            except NoWay:
                continue
            assert (moves[0].from_step, moves[-1].to_step) == (start, end)
            assert all(one.to_step == two.from_step for one, two in pairwise(moves))
            assert all(machine.move(m.from_step, m.to_step) == m for m in moves)
            assert not {m.to_step for m in moves[:-1]} & FINAL


@EACH
def test_no_work_step_can_be_cancelled_and_every_earlier_one_can(machine: Machine) -> None:
    can = {move.from_step for move in machine.moves if move.to_step == machine.cancel_to}
    assert can == machine.before_work
    assert not can & machine.done


@EACH
def test_every_step_has_one_of_the_five_outer_states(machine: Machine) -> None:
    for step in steps_of(machine):
        states = [lifecycle.outer_state(machine, step, paused) for paused in (False, True)]
        if step in FINAL:
            assert states[0] == states[1]
            assert states[0] in ("closed", "cancelled")
        else:
            assert states == (["done", "done"] if step in machine.done else ["open", "waiting"])


def test_a_way_that_does_not_exist_is_refused() -> None:
    with pytest.raises(NoWay):
        lifecycle.walk(MACHINES["enquiry"], "closed", "taken")
    with pytest.raises(NoWay):
        lifecycle.moves_of(MACHINES["complaint"], "registered", "decide")
    with pytest.raises(NoWay):
        lifecycle.moves_of(MACHINES["enquiry"], "taken", "follow_up")


def test_a_workflow_without_a_machine_of_its_own_follows_the_general_one() -> None:
    assert lifecycle.machine_of("booking") is MACHINES["general"]
    assert lifecycle.machine_of("repair") is MACHINES["repair"]


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
