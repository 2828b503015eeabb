"""Bars for figures, laid out in units of a drawing. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.reports.views import Bar, Chart

HEIGHT: Final = 190
TOP: Final = 24
BASE: Final = 160
SLOT: Final = 72
MOST: Final = 24


def bars(title: str, values: Sequence[tuple[str, float | None, str]], goal: float) -> Chart | None:
    """Draw (label, value, value in words) against ``goal``, which is the full height; None without values.

    At most 24 bars stand in it: the table below has them all.
    """
    shown = values[:MOST]
    if not any(value is not None for _, value, _ in shown):
        return None
    width = SLOT * max(len(shown), 5)
    made = tuple(_bar(place, *one, goal) for place, one in enumerate(shown))
    return Chart(title, width, HEIGHT, BASE, TOP, made)


def counted(title: str, values: Sequence[tuple[str, float]]) -> Chart | None:
    """Draw counts: the largest one is the full height, and there is no goal to reach."""
    most = max((value for _, value in values), default=0.0)
    if most <= 0:
        return None
    made = bars(title, [(label, value, f"{value:g}") for label, value in values], most)
    return replace(made, goal=None) if made else None


def _bar(place: int, label: str, value: float | None, words: str, goal: float) -> Bar:
    height = round((BASE - TOP) * min(max((value or 0.0) / goal, 0.0), 1.0), 1)
    x = place * SLOT + SLOT * 0.2
    short = label if len(label) <= 10 else label[:9] + "…"
    return Bar(round(x, 1), BASE - height, SLOT * 0.6, height, place * SLOT + SLOT / 2, short, words)
