"""What one measurement is, and how its figures are taken."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside what is promised; both in ``unit``. ``promised`` None: nothing is.

    ``value`` None: nothing was given to measure it on. ``is_floor``: the value must not be less than
    promised, else not more. ``aside``: what else was seen.
    """

    what: str
    value: float | None
    unit: str
    promised: float | None = None
    is_floor: bool = False
    aside: str = ""

    @property
    def is_kept(self) -> bool:
        if self.promised is None or self.value is None:
            return self.promised is None
        return self.value >= self.promised if self.is_floor else self.value <= self.promised

    @property
    def promise(self) -> str:
        """The promise as it is read: "≤ 8 ms", "never"; a dash where there is none."""
        if not self.promised:
            return "–" if self.promised is None else "never"
        return f"{'≥' if self.is_floor else '≤'} {short(self.promised)} {self.unit}"

    @property
    def measured(self) -> str:
        """The value as it is read; what is missing where there is none."""
        return "no set given" if self.value is None else f"{short(self.value)} {self.unit}"

    @property
    def mark(self) -> str:
        """Whether the promise was kept; nothing where none was made or none could be measured."""
        if self.promised is None or self.value is None:
            return ""
        return "kept" if self.is_kept else "[red]missed[/red]"


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
