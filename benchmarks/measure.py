"""What one measurement is, and how its figures are taken."""

import resource
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside what is promised; both in ``unit``. ``promised`` None: nothing is.

    ``is_floor``: the value must not be less than promised, else not more. ``aside``: what else was seen.
    """

    what: str
    value: float
    unit: str
    promised: float | None = None
    is_floor: bool = False
    aside: str = ""

    @property
    def is_kept(self) -> bool:
        if self.promised is None:
            return True
        return self.value >= self.promised if self.is_floor else self.value <= self.promised

    @property
    def promise(self) -> str:
        """The promise as it is read: "≤ 8 ms"; a dash where there is none."""
        if self.promised is None:
            return "–"
        return f"{'≥' if self.is_floor else '≤'} {short(self.promised)} {self.unit}"


def short(value: float) -> str:
    """Return ``value`` with three digits that count: 0.512, 13.4, 1,234."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cpu_ms(work: Callable[[], object]) -> float:
    """Return the CPU milliseconds of this process that ``work`` takes."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which ``share`` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def own_memory_mb() -> float:
    """Return the most memory this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1_048_576 if sys.platform == "darwin" else peak / 1024
