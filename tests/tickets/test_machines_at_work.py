"""Every workflow of a ticket, walked to its end over the API with the records that its steps need."""

from typing import Any

from backend.models import Estate
from backend.tickets import lifecycle
from backend.tickets.forms import find_form
from backend.tickets.guards import ASKED
from backend.tickets.lifecycle import MACHINES, Move
from tests.tickets.office import Office, engine
from tests.tickets.test_machines import ALL_WELL, NO_TICKETS

#: steps that only the hour takes, and ends that only an unhappy follow-up reaches
BY_ITSELF = {"permit": "approved"}
#: what the fields of a record hold where the step must have them
VALUES = {"text": "已核对", "number": 1, "money": 100, "date": "2026-03-12", "names": ["漆面"], "yes": True}
WORKFLOWS = sorted(set(MACHINES) - NO_TICKETS - {"general", "referral"})


def end_of(workflow: str) -> str:
    machine = MACHINES[workflow]
    ends = [step for step in machine.steps if lifecycle.is_final(machine, step)]
    good = [step for step in ends if lifecycle.outer_state(machine, step, False) == "closed"]
    return BY_ITSELF.get(workflow) or ("closed" if "closed" in good else good[0])


def record_of(move: Move) -> dict[str, Any]:
    """An honest record: what the step must have, and what its guards look at."""
    form = find_form(move.form)
    fields = {field.id: field for field in form.fields} if form else {}
    needed = {
        name: field.choices[0] if (field := fields[name]).kind == "choice" else VALUES[field.kind]
        for name in move.fields
    }
    looked_at = {name for guard in move.guards for name in ASKED.get(guard, ())} & fields.keys()
    return needed | {name: ALL_WELL[name] for name in looked_at & ALL_WELL.keys()}


def item_of(workflow: str) -> str:
    return next(item.id for item in engine().menu.items.values() if item.workflow == workflow)


def test_a_ticket_of_every_workflow_is_taken_step_by_step_to_its_end(office: Office) -> None:
    for workflow in WORKFLOWS:
        machine, end = MACHINES[workflow], end_of(workflow)
        number = office.open("general", item_id=item_of(workflow), slots={"item": "三人沙发一组"})
        assert office.see(number)["step"] == machine.start
        ticket: dict[str, Any] = {}
        for move in lifecycle.walk(machine, machine.start, end):
            ticket = office.do(number, "move", "manager", to=move.to_step, record=record_of(move))
            assert ticket["step"] == move.to_step, workflow
        assert ticket["state"] == ("done" if workflow in BY_ITSELF else "closed"), workflow


def test_a_ticket_of_every_workflow_can_be_cancelled_before_work_starts(office: Office) -> None:
    for workflow in WORKFLOWS:
        number = office.open("general", item_id=item_of(workflow))
        assert office.do(number, "cancel", "manager")["state"] == "cancelled", workflow


def test_a_follow_up_ends_also_what_has_an_end_of_its_own(office: Office) -> None:
    for workflow, end in (("visit", "filed"), ("event", "closed"), ("aid", "closed")):
        for result in ("satisfied", "unsatisfied"):
            number = office.open("general", item_id=item_of(workflow), slots={"eligible": True})
            office.do(number, "accept")
            office.do(number, "complete", "manager")
            ticket = office.do(number, "follow_up", result=result)
            assert (ticket["step"], ticket["state"]) == (end, "closed"), workflow


def test_an_estate_that_draws_the_line_elsewhere_asks_for_the_fire_approval_there(office: Office) -> None:
    with office.db.write() as session:
        estate = session.get_one(Estate, office.cast.estate.id)
        estate.settings = {**estate.settings, "limits": {"fire_approval_above_m2": 80}}
    machine = MACHINES["decoration"]
    number = office.open("general", item_id=item_of("decoration"))
    for move in lifecycle.walk(machine, machine.start, "fire_review"):
        office.do(number, "move", "manager", to=move.to_step, record=record_of(move) | _ninety(move))
    permitted = machine.move("fire_review", "permitted")
    assert permitted is not None
    record = record_of(permitted)
    refused = office.try_(number, "move", "manager", to="permitted", record=record)
    assert [one["name"] for one in refused.json()["lacks"]] == ["fire-approval"]
    office.do(number, "move", "manager", to="permitted", record=record | {"fire_approval": "消审 2026-17"})


def _ninety(move: Move) -> dict[str, Any]:
    return {"area": 90} if "area" in move.fields else {}
