"""Promises as data: reads policies.toml into promises, or names every fault as file, clock and field. Pure.

An event is said by its name (``accepted``), a step that a ticket comes to as ``step:handled``; with a
workflow before it (``visit/step:pending``) it counts on tickets of that workflow only.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import cast

from backend.deadlines.conditions import exclude_each_other, read_conditions
from backend.deadlines.promises import (
    EVERY_WORKFLOW,
    Agreed,
    Basis,
    Limit,
    Policies,
    Policy,
    Rule,
    Rung,
    Warn,
    When,
)
from backend.deadlines.tables import Faults, Reader, parse_table, read_text

__all__ = [
    "EVERY_WORKFLOW",
    "ROLES",
    "Agreed",
    "Basis",
    "Limit",
    "Policies",
    "Policy",
    "Rule",
    "Rung",
    "Warn",
    "When",
    "load_policies",
    "parse_policies",
    "standard_policies",
]

ROLES = ("butler", "supervisor", "manager", "engineer", "guard", "desk", "admin")

HOME = Path(__file__).parent
UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
ORDER: dict[When, int] = {"start": 0, "before": 1, "at": 2, "after": 3}
ABOVE_THE_SUPERVISOR = ("manager", "admin")
EVENT = re.compile(r"(?:[a-z_]+/)?(?:step:)?[a-z_]+")


@cache
def standard_policies() -> Policies:
    """Return the promises of the file beside this module, read once."""
    return load_policies(HOME / "policies.toml")


def load_policies(
    path: Path, *, events: Collection[str] | None = None, workflows: Collection[str] | None = None
) -> Policies:
    """Return the promises of ``path``; raise DataFaults with every fault as file, clock and field.

    ``events`` and ``workflows``: the names there are; without them names are not checked, since this room
    knows no workflow.
    """
    return parse_policies(read_text(path), path.name, events=events, workflows=workflows)


def parse_policies(
    text: str,
    name: str,
    *,
    events: Collection[str] | None = None,
    workflows: Collection[str] | None = None,
) -> Policies:
    """The same of a text; ``name`` is what its faults call it."""
    faults = Faults(name)
    top = Reader(parse_table(text, name), "", faults)
    top.only("cancels", "policies", "rules")
    found = tuple(_policy(one) for one in top.each("policies"))
    rules = tuple(_rule(one) for one in top.each("rules"))
    if not found:
        top.fault("policies", "at least one promise is expected")
    _refuse_twins(found, faults)
    for rule in rules:
        if any(rule.id == one.id for one in found):
            faults.add(rule.id, "id", "this row is a promise already")
    cancels = frozenset(top.texts("cancels"))
    _check_names(found, faults, events, workflows)
    faults.raise_if_any()
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Policies(version, found, cancels, rules, text)


def _check_names(
    found: Iterable[Policy],
    faults: Faults,
    events: Collection[str] | None,
    workflows: Collection[str] | None,
) -> None:
    for policy in found:
        for name in policy.workflows:
            if workflows is not None and name != EVERY_WORKFLOW and name not in workflows:
                faults.add(policy.id, "workflows", f"there is no workflow {name!r}")
        for field in ("starts", "stops", "waits", "goes_on", "ends"):
            for said in getattr(policy, field):
                _check_event(policy, field, said, faults, events)


def _check_event(
    policy: Policy, field: str, said: str, faults: Faults, events: Collection[str] | None
) -> None:
    workflow, _, event = said.rpartition("/")
    if not EVENT.fullmatch(said):
        faults.add(policy.id, field, f"an event like accepted or step:handled is expected, not {said!r}")
    elif workflow and not policy.applies_to(workflow):
        faults.add(policy.id, field, f"{said!r} is never heard: {workflow!r} is none of its workflows")
    elif events is not None and event not in events:
        faults.add(policy.id, field, f"there is no event {event!r}")


def _rule(table: Reader) -> Rule:
    table.only("id", "title", "kept", "where", "words")
    title, kept = table.inner("title"), table.inner("kept")
    title.only("zh", "en")
    kept.only("zh", "en")
    return Rule(
        _identifier(table),
        title.text("zh"),
        title.text("en"),
        kept.text("zh"),
        kept.text("en"),
        table.text("where"),
        table.text("words"),
    )


def _policy(table: Reader) -> Policy:
    table.only(
        "id", "name", "title", "says", "limit", "basis", "starts", "stops", "workflows", "accountable",
        "agreed", "pauses", "warn", "ladder", "seed", "default", "only", "waits", "goes_on", "ends",
        "repeats", "target",
    )  # fmt: skip
    title, says, seed = table.inner("title"), table.inner("says"), table.inner("seed")
    title.only("zh", "en")
    says.only("zh", "en")
    seed.only("row", "words")
    basis = cast(Basis, table.one_of("basis", ("cal", "wd")))
    limit = _limit(table, basis)
    found = Policy(
        id=_identifier(table),
        name=table.text("name"),
        title_zh=title.text("zh"),
        title_en=title.text("en"),
        says_zh=says.text("zh"),
        says_en=says.text("en"),
        limit=limit,
        basis=basis,
        starts=table.texts("starts"),
        stops=table.texts("stops"),
        workflows=table.texts("workflows"),
        accountable=table.one_of("accountable", ROLES),
        agreed=cast(Agreed, table.one_of("agreed", ("never", "earlier", "any"))),
        pauses=table.flag("pauses", default=True),
        warn=_warn(table.inner("warn")),
        ladder=_ladder(table, limit),
        seed_row=seed.text("row"),
        seed_words=seed.text("words"),
        only=read_conditions(table, "only"),
        waits=_texts(table, "waits"),
        goes_on=_texts(table, "goes_on"),
        ends=_texts(table, "ends"),
        repeats=table.flag("repeats", default=False),
        is_target=table.flag("target", default=False),
    )
    _check_sense(table, found)
    return found


def _texts(table: Reader, field: str) -> tuple[str, ...]:
    return table.texts(field) if field in table.table else ()


def _check_sense(table: Reader, found: Policy) -> None:
    """What is right field by field may still make no sense as a whole."""
    for event in set(found.starts) & set(found.stops):
        table.fault("stops", f"“{event}” starts this clock, so it cannot stop it")
    if bool(found.waits) != bool(found.goes_on):
        table.fault("waits", "a clock that waits must go on, and the other way round: `waits` and `goes_on`")
    if set(found.waits) & set(found.goes_on):
        table.fault("goes_on", "what lets the clock wait cannot let it go on")
    if found.is_target and any(rung.role in ABOVE_THE_SUPERVISOR for rung in found.ladder):
        table.fault("ladder", "a target is no promise: nobody above the supervisor is called about it")


def _identifier(table: Reader) -> str:
    found = table.text("id")
    if found and not re.fullmatch(r"SLA-\d\d", found):
        table.fault("id", f"an id like SLA-01 is expected, not {found!r}")
    return found


def _limit(table: Reader, basis: Basis) -> Limit:
    said = table.text("limit")
    if (said == "agreed") != ("default" in table.table):
        table.fault("default", "a limit that is agreed has a default like 24h, no other limit has one")
    if said == "agreed":
        return Limit(elapsed=_span(table, "default"), is_agreed=True)
    if said == "window":
        return Limit()
    days = re.fullmatch(r"([1-9]\d*)wd", said)
    if (days is not None) != (basis == "wd"):
        table.fault("limit", f"{said!r} does not go with the basis {basis}: working days are said as 3wd")
    if days:
        return Limit(working_days=int(days[1]))
    return Limit(elapsed=_span(table, "limit"))


def _span(table: Reader, field: str) -> timedelta:
    said = table.text(field)
    parts = re.fullmatch(r"([1-9]\d*)([smhd])", said)
    if parts:
        return int(parts[1]) * UNITS[parts[2]]
    if said:
        table.fault(field, f"a span like 10m, 24h or 3d is expected, not {said!r}")
    return timedelta(minutes=1)


def _warn(table: Reader) -> Warn:
    table.only("share", "least", "most")
    found = Warn(table.number("share", 0), _span(table, "least"), _span(table, "most"))
    if found.share > 1:
        table.fault("share", "a share of the whole span, so at most 1, is expected")
    if found.most < found.least:
        table.fault("most", "it is shorter than `least`")
    return found


def _ladder(table: Reader, limit: Limit) -> tuple[Rung, ...]:
    rungs = tuple(_rung(one, limit) for one in table.each("ladder"))
    if not any(one.when == "at" for one in rungs):
        table.fault("ladder", 'somebody must be called when the promise falls due: a rung with when = "at"')
    places = [ORDER[one.when] for one in rungs]
    if places != sorted(places):
        table.fault("ladder", "the rungs are not in the order start, before, at, after")
    if len({(one.when, one.role, one.factor, one.offset) for one in rungs}) < len(rungs):
        table.fault("ladder", "a rung is there twice")
    return rungs


def _rung(table: Reader, limit: Limit) -> Rung:
    table.only("when", "role", "factor", "offset")
    when = cast(When, table.one_of("when", ("start", "before", "at", "after")))
    role = table.one_of("role", ROLES)
    given = [field for field in ("factor", "offset") if field in table.table]
    if len(given) != (1 if when == "after" else 0):
        table.fault("when", "a rung after the due instant has either factor or offset, the others have none")
    if "factor" in given and limit.is_window:
        table.fault("factor", "an appointment has no span to multiply: say offset")
    factor = table.number("factor", 1) if "factor" in given else None
    return Rung(when, role, factor, _span(table, "offset") if "offset" in given else None)


def _refuse_twins(found: Iterable[Policy], faults: Faults) -> None:
    seen: list[Policy] = []
    for policy in found:
        for other in seen:
            if other.id == policy.id:
                faults.add(policy.id, "id", "this clock is there twice")
            elif other.name == policy.name and _may_meet(other, policy):
                faults.add(
                    policy.id, "name", f"{other.id} of the same workflow has the name {policy.name!r} too"
                )
        seen.append(policy)


def _may_meet(one: Policy, other: Policy) -> bool:
    """Whether two clocks of one name could run for the same thing on one ticket.

    An appointment and a promise without one never do: the appointment ends the other.
    """
    if one.limit.is_window != other.limit.is_window or exclude_each_other(one.only, other.only):
        return False
    return _share_a_workflow(one, other)


def _share_a_workflow(one: Policy, other: Policy) -> bool:
    return any(one.applies_to(name) or name == EVERY_WORKFLOW for name in other.workflows) or any(
        other.applies_to(name) for name in one.workflows
    )
