"""The figures that guards compare with, read from limits.toml, or every fault named. Pure."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.deadlines.tables import Faults, Reader, read_table


@dataclass(frozen=True, slots=True)
class Limits:
    """``fire_approval_above``: m² of a decoration; ``contractor_grade``: the worst one allowed (1 is best);
    ``tiers``: of members who may use a benefit card."""

    fire_approval_above: float
    contractor_grade: float
    tiers: tuple[str, ...]


@cache
def standard_limits() -> Limits:
    """Return the figures of the file beside this module, read once."""
    return load_limits(Path(__file__).with_name("limits.toml"))


def load_limits(path: Path) -> Limits:
    """Return the figures of ``path``; raise DataFaults with every fault as file, table and field."""
    faults = Faults(path.name)
    top = Reader(read_table(path), "", faults)
    top.only("decoration", "benefit")
    decoration, benefit = top.inner("decoration"), top.inner("benefit")
    decoration.only("fire_approval_above_m2", "contractor_grade")
    benefit.only("tiers")
    found = Limits(
        decoration.number("fire_approval_above_m2", 0),
        decoration.number("contractor_grade", 1),
        benefit.texts("tiers"),
    )
    faults.raise_if_any()
    return found
