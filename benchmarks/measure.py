"""What one measurement is, and how its figures are taken."""

import resource
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside what is promised; both in ``unit``. ``promised`` None: nothing is."""

    what: str
    value: float
    unit: str
    promised: float | None = None

    @property
    def is_kept(self) -> bool:
        return self.promised is None or self.value <= self.promised


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
