"""The quality targets KPI-01 to KPI-10 as formulas over counted rows. Pure.

A promise counts in the month in which it fell due, and only once it is over: kept, met late, or broken. What
is kept and what is broken was written on its row when it ended (``met_at``, ``breached_at``), so that a month
once reported never changes with today's settings.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from locales import N_

Part = Literal["good", "bad", "all", "running", "overdue"]
#: what of a number a list shows; running: not over yet, and counted nowhere; overdue: late and open now,
#: whatever month it fell due in
PARTS: Final = ("good", "bad", "all", "running", "overdue")
_CLOCK = re.compile(r"SLA-\d\d")
#: the clocks of follow-ups: after repairs, complaints, and every other service
FOLLOW_UPS: Final = ("SLA-06", "SLA-14", "SLA-26")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many promises of one clock and workflow are over, were met at all, and met in time.

    ``running``: those of the month that are not over yet; they count nowhere.
    """

    due: int = 0
    met: int = 0
    kept: int = 0
    running: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.due + other.due,
            self.met + other.met,
            self.kept + other.kept,
            self.running + other.running,
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted for one group: promises by (clock, workflow), follow-up results, record sums.

    ``records``: REC id → (right, all of them), the bills or the tested residents of KPI-06 and KPI-07.
    """

    tallies: Mapping[tuple[str, str], Tally]
    results: Mapping[str, int]
    records: Mapping[str, tuple[int, int]]

    def tally(self, clocks: Iterable[str], workflows: tuple[str, ...] = ()) -> Tally:
        """Return the sum over these clocks; ``workflows`` () means all of them."""
        wanted = frozenset(clocks)
        found = Tally()
        for (clock, workflow), one in self.tallies.items():
            if clock in wanted and (not workflows or workflow in workflows):
                found += one
        return found


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report: ``good`` of ``of``. ``value``: a share (0 to 1), a score (0 to 100) or None.

    None where nothing was there to be counted: no share is shown then, rather than a false 0 or 100 %.
    """

    kpi: str
    good: int
    of: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Kpi:
    """One target: its row, its name, which rows it counts (for the list behind a number), and whether its
    value is a share or a score."""

    id: str
    title: str
    counts: Literal["met", "kept", "result", "record", "score"]
    clocks: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    record: str = ""
    goal: float = 1.0

    @property
    def has_list(self) -> bool:
        """True when its number opens a list of tickets."""
        return self.counts in ("met", "kept", "result")


KPIS: Final = (
    Kpi("KPI-01", N_("Repairs followed up"), "met", ("SLA-06",), ("repair",)),
    Kpi("KPI-02", N_("Repairs followed up in time"), "kept", ("SLA-06",), ("repair",)),
    Kpi("KPI-03", N_("Complaints fed back in time"), "kept", ("SLA-02",)),
    Kpi("KPI-04", N_("Complaints followed up"), "met", ("SLA-14",)),
    Kpi("KPI-05", N_("Warranty repairs followed up"), "met", FOLLOW_UPS, ("warranty",)),
    Kpi("KPI-06", N_("Bills without a mistake"), "record", record="REC-16"),
    Kpi("KPI-07", N_("Residents recognised by staff"), "record", record="REC-33"),
    Kpi("KPI-08", N_("First answer within 10 minutes"), "kept", ("SLA-01",)),
    Kpi("KPI-09", N_("Satisfied residents"), "result", FOLLOW_UPS),
    Kpi("KPI-10", N_("Overall score"), "score", goal=100.0),
)
#: 接通率, apart from the rate of follow-ups made: how many of them reached the resident (MANNERS §1.6)
REACHED: Final = Kpi("reached", N_("Residents reached at follow-up"), "result", FOLLOW_UPS)
ALL: Final = (*KPIS, REACHED)
#: whether work came in time: the agreed hour, the day of the solution, the day of doing it again
ON_TIME: Final = Kpi("on_time", N_("Work done in time"), "kept", ("SLA-03", "SLA-05", "SLA-16"))
#: the weights of the monthly score (KPI-10); what was not counted in a month weighs nothing in it
WEIGHTS: Final[Mapping[str, int]] = {
    "KPI-08": 30, "KPI-03": 20, "KPI-09": 20, "KPI-01": 10, "KPI-02": 10, "KPI-04": 10,
}  # fmt: skip


def find_kpi(kpi_id: str) -> Kpi | None:
    """Return the target of this row; for a clock (SLA-06) the share of its promises that were kept."""
    if _CLOCK.fullmatch(kpi_id):
        return Kpi(kpi_id, "", "kept", (kpi_id,))
    return next((one for one in (*ALL, ON_TIME) if one.id == kpi_id), None)


def share(good: int, of: int) -> float | None:
    """Return ``good`` of ``of`` as a number from 0 to 1; None of nothing."""
    return good / of if of else None


def figures(counts: Counts) -> dict[str, Figure]:
    """Return every figure of one group, by the row of the plans."""
    found = {one.id: _FORMULAS[one.counts](one, counts) for one in ALL if one.counts != "score"}
    return {**found, "KPI-10": _score(found)}


def _met(kpi: Kpi, counts: Counts) -> Figure:
    tally = counts.tally(kpi.clocks, kpi.workflows)
    return Figure(kpi.id, tally.met, tally.due, share(tally.met, tally.due))


def _kept(kpi: Kpi, counts: Counts) -> Figure:
    tally = counts.tally(kpi.clocks, kpi.workflows)
    return Figure(kpi.id, tally.kept, tally.due, share(tally.kept, tally.due))


def _result(kpi: Kpi, counts: Counts) -> Figure:
    """Satisfied of those reached; or reached of all that were followed up."""
    everybody = sum(counts.results.values())
    reached = everybody - counts.results.get("unreached", 0)
    good, of = (reached, everybody) if kpi is REACHED else (counts.results.get("satisfied", 0), reached)
    return Figure(kpi.id, good, of, share(good, of))


def _record(kpi: Kpi, counts: Counts) -> Figure:
    good, of = counts.records.get(kpi.record, (0, 0))
    return Figure(kpi.id, good, of, share(good, of))


_FORMULAS: Final[Mapping[str, Callable[[Kpi, Counts], Figure]]] = {
    "met": _met, "kept": _kept, "result": _result, "record": _record,
}  # fmt: skip


def _score(found: Mapping[str, Figure]) -> Figure:
    """The weighted mean of what was counted, in points of 100 (KPI-10)."""
    shares = {one: found[one].value for one in WEIGHTS}
    weighed = [(WEIGHTS[one], value) for one, value in shares.items() if value is not None]
    whole = sum(weight for weight, _ in weighed)
    value = 100 * sum(weight * value for weight, value in weighed) / whole if whole else None
    return Figure("KPI-10", 0, len(weighed), value)
