"""The names in policies.toml are those of the house: workflows, steps, and what the verbs tell the clocks."""

import re
from pathlib import Path

from backend.deadlines.policy import HOME, load_policies, standard_policies
from backend.tickets.lifecycle import MACHINES

TICKETS = Path(__file__).parents[2] / "backend" / "tickets"
#: what verbs tell, and what ends a ticket under the name of its last step
TOLD = re.compile(r'"([a-z_]+)"')
#: told by nobody yet; the step beside them in the file ends the same promise
NOT_YET: frozenset[str] = frozenset({"rescheduled"})


def told() -> set[str]:
    """Return every word that a verb of the tickets room could tell the clocks."""
    return {word for file in TICKETS.glob("*.py") for word in TOLD.findall(file.read_text(encoding="utf-8"))}


def steps() -> set[str]:
    return {f"step:{step}" for machine in MACHINES.values() for step in machine.steps}


def test_every_workflow_and_every_event_of_the_promises_exists() -> None:
    events = told() | steps() | NOT_YET
    found = load_policies(HOME / "policies.toml", events=events, workflows=set(MACHINES))
    assert found.version == standard_policies().version


def test_a_step_that_starts_or_stops_a_promise_is_one_of_its_own_workflows() -> None:
    for policy in standard_policies().all:
        own = [one for one in MACHINES.values() if policy.applies_to(one.name)]
        known = {f"step:{step}" for machine in own for step in machine.steps}
        said = {*policy.starts, *policy.stops, *policy.waits, *policy.goes_on, *policy.ends}
        stranger = {one for one in said if one.rpartition("/")[2].startswith("step:")}
        assert {one.rpartition("/")[2] for one in stranger} <= known, policy.id


def test_each_promise_can_be_kept_on_each_of_its_tickets() -> None:
    """A clock that no step and no verb of a workflow stops would run until the ticket is closed."""
    for policy in standard_policies().all:
        for name in policy.workflows:
            if name == "*":
                continue
            steps_ = {f"step:{step}" for step in MACHINES[name].steps}
            stops = {one.rpartition("/")[2] for one in policy.stops if one.rpartition("/")[0] in ("", name)}
            assert (stops & steps_) or (stops & told()), (policy.id, name)
