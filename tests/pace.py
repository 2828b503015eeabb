"""How slow the machine is just now, so that bounds on CPU time mean the same on a busy or an older one."""

import time
from statistics import median

_ROUNDS = 100_000
#: what the work below takes on the machine where the bounds were set, while it does nothing else
_SECONDS = 0.0042


def slowness() -> float:
    """How many times as long as there the same work takes here and now; never less than one."""
    return max(1.0, median(_work() for _ in range(5)) / _SECONDS)


def _work() -> float:
    began = time.thread_time()
    total = 0
    for number in range(_ROUNDS):
        total += number & 7
    assert total
    return time.thread_time() - began
