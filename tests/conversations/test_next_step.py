"""What happens next, who acts and by when: a sentence for every step, told whenever somebody asks."""

import pytest

from backend.tickets import lifecycle
from backend.tickets.steps_told import is_own_turn, next_of, next_told
from tests.conversations.talking import chat
from tests.conversations.test_dialogue import BOTH, ticket

#: among staff alone: no resident has such a ticket
STAFF_ONLY = frozenset({"handover", "provider"})
STEPS = [
    (name, step)
    for name, machine in lifecycle.MACHINES.items()
    if name not in STAFF_ONLY
    for step in sorted(
        {machine.start, *(m.from_step for m in machine.moves), *(m.to_step for m in machine.moves)}
    )
]


@pytest.mark.parametrize(("workflow", "step"), STEPS)
def test_every_step_of_every_workflow_says_in_both_languages_what_happens_next(
    workflow: str, step: str
) -> None:
    for language in ("zh", "en"):
        told = next_told(language, workflow, step, "")
        assert told, (workflow, step)
        assert "{" not in told
        assert told[-1] in "。."
        assert told[0] == told[0].upper()


@pytest.mark.parametrize(("workflow", "step"), STEPS)
def test_it_is_over_for_the_resident_where_the_machine_goes_no_further(workflow: str, step: str) -> None:
    found = next_of(workflow, step)
    assert found is not None
    ends = all(move.from_step != step for move in lifecycle.MACHINES[workflow].moves)
    assert not (ends and found.actor), "nobody acts after the last step"


def test_the_person_in_charge_is_named_and_without_one_the_duty_desk() -> None:
    assert (
        next_told("en", "repair", "confirmed", "Zhao Min") == "Zhao Min takes it on and arranges an engineer."
    )
    assert next_told("zh", "repair", "confirmed", "") == "接下来由值班室接单，并安排师傅。"
    assert next_told("zh", "repair", "never heard of", "") == ""


def test_the_resident_s_own_turn_is_known() -> None:
    assert is_own_turn("repair", "quoted")
    assert not is_own_turn("repair", "assigned")
    assert not is_own_turn("repair", "never heard of")


@BOTH
def test_asked_how_far_it_is_the_next_step_is_told_with_who_takes_it(language: str) -> None:
    talk = chat(language, tickets=(ticket(1001),))
    talk.say("进度怎么样了" if language == "zh" else "what is the status?")
    assert talk.last_kinds == ["status"]
    asked = talk.facts.tickets[0]
    assert next_told(language, asked.workflow, asked.step, asked.who) in talk.text
