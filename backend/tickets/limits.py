"""The figures that guards compare with, read from limits.toml, or every fault named. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

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


def limits_of(settings: Mapping[str, Any]) -> Limits:
    """Return the figures of an estate, where ``settings["limits"]`` draws a line of its own (AMB-20).

    It is ``{"fire_approval_above_m2": 150, "contractor_grade": 1, "tiers": ["platinum"]}``, or part of that;
    a value that is no figure, or no list of names, leaves the shipped one in force.
    """
    own, shipped = settings.get("limits"), standard_limits()
    if not isinstance(own, Mapping):
        return shipped
    tiers = own.get("tiers")
    are_names = isinstance(tiers, list) and tiers and all(isinstance(one, str) for one in tiers)
    return Limits(
        _figure(own.get("fire_approval_above_m2"), shipped.fire_approval_above),
        _figure(own.get("contractor_grade"), shipped.contractor_grade),
        tuple(tiers or ()) if are_names else shipped.tiers,
    )


def _figure(value: Any, otherwise: float) -> float:
    is_figure = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return value if is_figure else otherwise


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
