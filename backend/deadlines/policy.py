"""Promises as data: what is promised, for which tickets, when it warns and who is called when it is late.

Pure. The file is read once, checked whole, and becomes frozen values; a fault names file, clock and field.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal, cast

from backend.deadlines.tables import Faults, Reader, read_table

Basis = Literal["cal", "wd"]
When = Literal["before", "at", "after"]
Agreed = Literal["never", "earlier", "any"]

ROLES = ("butler", "supervisor", "manager", "engineer", "guard", "desk", "admin")
EVERY_WORKFLOW = "*"

HOME = Path(__file__).parent
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
ORDER: dict[When, int] = {"before": 0, "at": 1, "after": 2}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long the promise gives: elapsed time, working days, or neither (the end of an agreed window)."""

    elapsed: timedelta | None = None
    working_days: int | None = None

    @property
    def is_window(self) -> bool:
        return self.elapsed is None and self.working_days is None


@dataclass(frozen=True, slots=True)
class Warn:
    """When to warn: ``share`` of the span before its end, not less than ``least`` nor more than ``most``."""

    share: float
    least: timedelta
    most: timedelta

    def lead(self, span: timedelta) -> timedelta:
        """Return how long before the due instant to warn, for a promise that gives ``span`` in all."""
        wanted = min(max(span * self.share, self.least), self.most)
        return min(wanted, span)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: who is called, and when. ``factor`` counts whole spans from the start."""

    when: When
    role: str
    factor: float | None = None
    offset: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One promise. ``id`` is its row in the service plans (SLA-01), ``name`` its word (respond)."""

    id: str
    name: str
    title_zh: str
    title_en: str
    limit: Limit
    basis: Basis
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    workflows: tuple[str, ...]
    accountable: str
    agreed: Agreed
    pauses: bool
    warn: Warn
    ladder: tuple[Rung, ...]
    seed_row: str
    seed_words: str

    def applies_to(self, workflow: str) -> bool:
        """Tell whether tickets of this workflow carry the promise."""
        return EVERY_WORKFLOW in self.workflows or workflow in self.workflows


@dataclass(frozen=True, slots=True)
class Policies:
    """All promises of one file. ``version`` is kept with every row reckoned from it."""

    version: str
    all: tuple[Policy, ...]
    cancels: frozenset[str]

    def find(self, clock: str) -> Policy | None:
        """Return the promise of this clock (SLA-01); None when it is no longer made."""
        return next((one for one in self.all if one.id == clock), None)

    def started_by(self, workflow: str, event: str) -> tuple[Policy, ...]:
        """Return the promises that this event starts on such a ticket; never the windows of appointments."""
        made = (one for one in self.all if one.applies_to(workflow) and not one.limit.is_window)
        return tuple(one for one in made if event in one.starts)

    def stopped_by(self, event: str) -> frozenset[str]:
        """Return the ids of the clocks that this event fulfils."""
        return frozenset(one.id for one in self.all if event in one.stops)

    def attend(self, workflow: str) -> Policy | None:
        """Return the promise about appointments on such a ticket (SLA-05); None when there is none."""
        return next((one for one in self.all if one.limit.is_window and one.applies_to(workflow)), None)


@cache
def standard_policies() -> Policies:
    """Return the promises of the file beside this module, read once."""
    return load_policies(HOME / "policies.toml")


def load_policies(path: Path) -> Policies:
    """Return the promises of ``path``; raise DataFaults with every fault as file, clock and field."""
    faults = Faults(path.name)
    top = Reader(read_table(path), "", faults)
    top.only("cancels", "policies")
    found = tuple(_policy(one) for one in top.each("policies"))
    if not found:
        top.fault("policies", "at least one promise is expected")
    _refuse_twins(found, faults)
    cancels = frozenset(top.texts("cancels"))
    faults.raise_if_any()
    return Policies(hashlib.sha256(path.read_bytes()).hexdigest()[:12], found, cancels)


def _policy(table: Reader) -> Policy:
    table.only(
        "id", "name", "title", "limit", "basis", "starts", "stops", "workflows", "accountable",
        "agreed", "pauses", "warn", "ladder", "seed",
    )  # fmt: skip
    title, seed = table.inner("title"), table.inner("seed")
    title.only("zh", "en")
    seed.only("row", "words")
    basis = cast(Basis, table.one_of("basis", ("cal", "wd")))
    limit = _limit(table, basis)
    found = Policy(
        id=_identifier(table),
        name=table.text("name"),
        title_zh=title.text("zh"),
        title_en=title.text("en"),
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
    )
    for event in set(found.starts) & set(found.stops):
        table.fault("stops", f"“{event}” starts this clock, so it cannot stop it")
    return found


def _identifier(table: Reader) -> str:
    found = table.text("id")
    if found and not re.fullmatch(r"SLA-\d\d", found):
        table.fault("id", f"an id like SLA-01 is expected, not {found!r}")
    return found


def _limit(table: Reader, basis: Basis) -> Limit:
    said = table.text("limit")
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
    parts = re.fullmatch(r"([1-9]\d*)([mhd])", said)
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
        table.fault("ladder", "the rungs are not in the order before, at, after")
    if len({(one.when, one.role, one.factor, one.offset) for one in rungs}) < len(rungs):
        table.fault("ladder", "a rung is there twice")
    return rungs


def _rung(table: Reader, limit: Limit) -> Rung:
    table.only("when", "role", "factor", "offset")
    when = cast(When, table.one_of("when", ("before", "at", "after")))
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
            elif other.name == policy.name and _share_a_workflow(other, policy):
                faults.add(
                    policy.id, "name", f"{other.id} of the same workflow has the name {policy.name!r} too"
                )
        seen.append(policy)


def _share_a_workflow(one: Policy, other: Policy) -> bool:
    return any(one.applies_to(name) or name == EVERY_WORKFLOW for name in other.workflows) or any(
        other.applies_to(name) for name in one.workflows
    )
