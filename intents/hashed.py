"""Numbers by their hashes, a few hundred thousand of them, found in two steps wherever they lie.

A dictionary of so many would take 25 MB. To halve sorted ones until one is left waits for memory at nearly
every step; but hashes lie evenly, so what each begins with tells nearly where it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
_BITS, _SHORT = 64, 32
_NOBODY = np.iinfo(np.int64).min


class Hashed:
    """Sorted hashes: of 64 bits with a sign, or of 32 without one. Read-only, so threads may share it."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        bits = max(1, len(keys).bit_length())
        is_short = not len(keys) or (keys[0] >= 0 and int(keys[-1]) < 1 << _SHORT)
        self._shift, offset = (_SHORT - bits, 0) if is_short else (_BITS - bits, 1 << (bits - 1))
        many = np.bincount((keys >> self._shift) + offset, minlength=1 << bits)
        starts = np.zeros(len(many), dtype=np.int32)
        np.cumsum(many[:-1], out=starts[1:])
        self._starts = np.roll(starts, -offset)  # those of hashes below nought are counted from the end
        self._near = np.arange(int(many.max(initial=1)))
        self._padded = np.concatenate([keys, np.full(len(self._near), _NOBODY)])

    def find(self, wanted: Keys) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The places of those that are known, and which of the wanted these are."""
        starts = self._starts.take(wanted >> self._shift, mode="wrap")
        is_there = self._padded.take(starts[:, None] + self._near) == wanted[:, None]
        known, after = is_there.nonzero()
        return starts.take(known) + after, known
