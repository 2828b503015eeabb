"""Every workflow as a whole: it can be worked through, what it names exists, and it reads well."""

from typing import Any

import pytest

from backend.desk import words
from backend.tickets import lifecycle, wording
from backend.tickets.forms import find_form
from backend.tickets.guards import ASKED, GUARDS, SENTENCES, Facts, asked, lacks
from backend.tickets.lifecycle import MACHINES, Machine, NoWay
from backend.tickets.machines.table import moves
from intents.menu import WORKFLOWS
from locales import t

EACH = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: str(machine.name))
#: machines that no ticket follows
NO_TICKETS = {"handover", "provider"}
ACTORS = {"R", "BOT", "B", "S", "M", "D", "E", "SEC", "P", "FIN", "SP", "DEV", "SYS"}
#: everything that any guard could ask for, as an honest record would have it
ALL_WELL: dict[str, Any] = {
    "consent": True, "papers": True, "owner_consent": True, "contractor_grade": 2, "area": 90,
    "fees_paid": True, "arrears": 0, "keys_back": True, "guard": "马超", "certificates": True,
    "eligible": True, "tier": "gold", "referee_consent": True, "signed_from": "李伟", "signed_to": "赵敏",
    "notice": "已张贴公告",
}  # fmt: skip
#: the actions a butler tries on the way from taken to finished
ACTIONS = ("accept", "classify", "assign", "check_in", "answer", "complete", "sign_off", "feedback", "decide",
           "follow_up")  # fmt: skip


def test_the_machines_are_those_of_the_plans_and_the_general_one() -> None:
    assert len(MACHINES) == 26 + 1
    assert set(MACHINES) >= WORKFLOWS


@EACH
def test_with_honest_records_every_workflow_is_worked_through_by_the_common_actions(machine: Machine) -> None:
    facts = Facts(machine.name, resident_kind="owner", known=ALL_WELL, actor="B")
    step = machine.start
    for action in ACTIONS * 2:
        try:
            walked = lifecycle.moves_of(machine, step, action)
        except NoWay:
            continue
        for move in walked:
            assert [lack.name for lack in lacks(move, facts) if lack.is_guard] == []
        step = walked[-1].to_step
        if lifecycle.is_final(machine, step):
            break
    wanted = {"permit": "approved", "provider": "active"}.get(machine.name)
    assert step == wanted if wanted else lifecycle.outer_state(machine, step, False) == "closed"


@EACH
def test_every_step_belongs_to_somebody_of_the_plans(machine: Machine) -> None:
    for move in machine.moves:
        assert set(move.actor.split()) <= ACTORS, move
        assert all(actor in words.ACTORS for actor in move.actor.split())


@EACH
def test_every_guard_and_every_form_that_a_step_names_exists(machine: Machine) -> None:
    for move in machine.moves:
        assert set(move.guards) <= set(GUARDS), move
        assert move.form is None or find_form(move.form) is not None, move


@EACH
def test_what_a_step_asks_for_stands_in_its_form(machine: Machine) -> None:
    for move in machine.moves:
        form = find_form(move.form)
        known = {field.id for field in form.fields} if form else set()
        assert set(asked(move)) <= known, move


@EACH
def test_what_a_guard_looks_at_can_be_written_down_in_a_form_of_the_workflow(machine: Machine) -> None:
    forms = [form for move in machine.moves if (form := find_form(move.form))]
    fields = {field.id for form in forms for field in form.fields}
    for move in machine.moves:
        for guard in move.guards:
            assert not ASKED.get(guard) or set(ASKED[guard]) & fields, (move, guard)


@EACH
def test_what_an_action_aims_at_and_what_lies_aside_are_steps(machine: Machine) -> None:
    steps = set(machine.steps)
    assert set(machine.aims.values()) | set(machine.aims_at.values()) <= steps
    assert machine.sides | machine.done | machine.before_work <= steps
    assert {step for steps_ in machine.not_from.values() for step in steps_} <= steps
    assert machine.unsatisfied in steps
    for step, walked in machine.again.items():
        assert {step, *walked} <= steps


@EACH
def test_every_ticket_can_be_cancelled_before_work_starts(machine: Machine) -> None:
    if machine.name not in NO_TICKETS:
        assert machine.start in machine.before_work
        assert machine.move(machine.start, machine.cancel_to) is not None


@EACH
def test_dissatisfaction_leads_somewhere_from_every_step_that_is_followed_up(machine: Machine) -> None:
    for step in machine.done:
        if "follow_up" in machine.aims and "follow_up" in lifecycle.allowed(
            machine, step, is_paused=False, is_accepted=True
        ):
            way = lifecycle.walk(machine, step, machine.unsatisfied)
            assert "charged" not in {move.to_step for move in way}
            assert machine.complains or lifecycle.is_return(machine, way[-1]) or machine.name == "suggestion"


@EACH
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_step_has_words_for_residents_and_for_staff(machine: Machine, language: str) -> None:
    for step in machine.steps:
        for said in (wording.step_name(language, step, machine.name),
                     words.step_of(language, machine.name, step)):  # fmt: skip
            assert said.strip()
            assert said != step or language == "en", step
            assert "_" not in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_workflow_and_every_missing_condition_has_words(language: str) -> None:
    for name in set(MACHINES) - {"general"}:
        assert words.workflow_symbol(language, name).label != words.workflow_symbol(language, "x").label, name
    assert set(SENTENCES) == set(GUARDS)
    for sentence in SENTENCES.values():
        said = t(language, sentence)
        assert said.endswith("。" if language == "zh" else ".")
        assert (said != sentence) == (language == "zh")


def test_a_step_that_means_something_of_its_own_is_worded_by_its_workflow() -> None:
    assert wording.step_name("en", "accepted", "move_in") == "handover signed"
    assert wording.step_name("en", "accepted") == "taken on"
    assert words.step_of("en", "records", "done") == "Done"
    assert words.step_of("en", "repair", "done") == "To be followed up"
    assert words.step_of("en", "repair", "a step nobody knows") == "a step nobody knows"


def test_a_line_of_a_table_says_what_its_step_needs() -> None:
    (move,) = moves("a > b : event : B P : price, @consent, receipt?,\n        options?, REC-17")
    assert (move.from_step, move.to_step, move.event, move.actor) == ("a", "b", "event", "B P")
    assert (move.fields, move.guards, move.form) == (("price",), ("consent",), "REC-17")
    assert move.asks == ("receipt", "options")


@pytest.mark.parametrize("line", ["a > b", "a > b : event", "a : event : B", "a > b : event : B : x : y"])
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no step of a machine"):
        moves(line)
