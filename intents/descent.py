"""Finding the weights of a model: the lowest point of a smooth loss, from its slopes alone (L-BFGS)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from intents.likeness import Floats

_REMEMBERED = 8  # steps whose turn of slope tells how the loss bends
_ENOUGH = 1e-4  # of the fall a slope promises, which a step must bring
_SHORTEST = 1e-6
Loss = Callable[[Floats], tuple[float, Floats]]
Step = tuple[Floats, Floats, float]


def lowest(loss: Loss, start: Floats, steps: int) -> Floats:
    """Where a loss is about lowest, after at most so many steps; `loss` gives its value and its slopes."""
    place = start
    value, slopes = loss(place)
    taken: list[Step] = []
    for _ in range(steps):
        way = _downhill(slopes, taken)
        found = _along(loss, place, way, value, float((slopes * way).sum()), first=not taken)
        if found is None:
            break
        moved, value, new = found
        turn = float(((moved - place) * (new - slopes)).sum())
        if turn > 0:
            taken = [*taken[1 - _REMEMBERED :], (moved - place, new - slopes, turn)]
        place, slopes = moved, new
    return place


def _along(
    loss: Loss, place: Floats, way: Floats, value: float, fall: float, *, first: bool
) -> tuple[Floats, float, Floats] | None:
    """A step that way which brings enough: half as long each time, until it does."""
    size = 1.0 / max(float(np.sqrt((way * way).sum())), 1e-12) if first else 1.0
    while size > _SHORTEST:
        moved = np.asarray(place + np.float32(size) * way, dtype=np.float32)
        new, slopes = loss(moved)
        if new <= value + _ENOUGH * size * fall:
            return moved, new, slopes
        size /= 2
    return None


def _downhill(slopes: Floats, taken: list[Step]) -> Floats:
    """The slopes, turned as the last steps say that the loss bends."""
    way = -slopes
    shares = []
    for step, change, turn in reversed(taken):
        share = float((step * way).sum()) / turn
        shares.append(share)
        way = way - np.float32(share) * change
    if taken:
        _, change, turn = taken[-1]
        way = way * np.float32(turn / float((change * change).sum()))
    for (step, change, turn), share in zip(taken, reversed(shares), strict=True):
        back = float((change * way).sum()) / turn
        way = way + np.float32(share - back) * step
    return np.asarray(way, dtype=np.float32)
