"""Weights in large pages of memory: all of them are read for every message, and each small page is looked up.

Sixteen megabytes are four thousand pages of the usual size, more than a core remembers; of the large ones
they are eight. Where the system has none, nothing is lost.
"""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from contextlib import suppress
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.likeness import Floats

_SIZE = np.dtype(np.float32).itemsize
_LARGE = (2 << 20) // _SIZE  # numbers in a large page, and in what a core reads at once
_LINE = 64 // _SIZE
#: fewer numbers than this stay as they are
ENOUGH = 2 * _LARGE


def in_large_pages(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Floats]:
    """The same numbers, one array behind the other from the beginning of a large page."""
    ends = list(accumulate(-(-array.size // _LINE) * _LINE for array in arrays.values()))
    if not ends or ends[-1] < ENOUGH:
        return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
    block = _block(ends[-1])
    found = {}
    for (name, array), start in zip(arrays.items(), [0, *ends], strict=False):
        found[name] = block[start : start + array.size].reshape(array.shape)
        found[name][...] = array
    return found


def _block(size: int) -> Floats:
    """So many numbers from the beginning of a large page; what fills no such page is left in small ones."""
    memory = mmap.mmap(-1, (size + _LARGE) * _SIZE)
    numbers: Floats = np.frombuffer(memory, dtype=np.float32)
    start = -(numbers.ctypes.data // _SIZE) % _LARGE
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel without large pages
            memory.madvise(mmap.MADV_HUGEPAGE, start * _SIZE, size // _LARGE * _LARGE * _SIZE)
    return numbers[start : start + size]
