"""The way from a text's tokens to its sentence vector, through the weights that the encoder's package ships.

The same reckoning as the package's own (a test compares the two), laid out for short messages: what the
network makes of a single token, up to its part in the first layer of windows, is kept for the tokens that
were met before. That spares a third of the weights from being read again for every message.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.likeness import Floats
from intents.sparse import ranges

#: width of the windows over tokens, and how many of them lie to the left
WINDOWS = ((2, 0), (3, 1), (5, 2))
WIDE, NARROW = 512, 256
#: tokens whose rows are kept, 8 kB each
KEPT = 2048
_EDGE = 2  # empty rows between texts, so that no window reaches from one into another
_PARTS = len(WINDOWS) * NARROW
_ROW = WIDE + _PARTS + NARROW * sum(width for width, _ in WINDOWS)


class Forward:
    """Encodes lists of token numbers. May be shared by threads."""

    def __init__(self, weights: Any) -> None:
        """`weights` is the package's backend, whose arrays are taken over."""
        self._weights = weights
        self._first = [_side_by_side(one) for one in weights.w1]
        self._second = [_side_by_side(one) for one in weights.w2]
        weights.w1 = weights.w2 = ()  # nobody else reads them
        self._rows = np.zeros((KEPT, _ROW), dtype=np.float16)
        self._places: dict[int, int] = {}
        self._lock = Lock()

    def vectors(self, texts: Sequence[Sequence[int]]) -> Floats:
        """One row of unit length per text, of which none is empty."""
        lengths = np.array([len(one) for one in texts])
        starts = _EDGE + np.concatenate([[0], np.cumsum(lengths + _EDGE)[:-1]])
        inner = ranges(starts, lengths)
        laid = np.zeros((int(starts[-1] + lengths[-1]) + _EDGE, _ROW), dtype=np.float32)
        laid[inner] = self._tokens([token for one in texts for token in one])
        return self._told(self._summed(self._windowed(laid, inner)[inner], lengths), lengths)

    def _tokens(self, tokens: Sequence[int]) -> NDArray[np.float16]:
        """The rows of tokens, from those kept where they are."""
        places = self._places
        unknown = list({token for token in tokens if token not in places})
        if not unknown:
            return self._rows[[places[token] for token in tokens]]
        fresh = dict(zip(unknown, self._reckoned(np.array(unknown)), strict=True))
        with self._lock:
            for token, row in fresh.items():
                if len(places) < KEPT and token not in places:
                    self._rows[len(places)] = row
                    places[token] = len(places)  # only now may another thread read the row
        return np.stack([fresh[token] if token in fresh else self._rows[places[token]] for token in tokens])

    def _reckoned(self, tokens: NDArray[np.int64]) -> NDArray[np.float16]:
        """Each token's embedding, its projections, and what it adds to the first windows at each place."""
        of, parts = self._weights, tokens % len(self._weights.scale)
        rows = np.empty((len(tokens), _ROW), dtype=np.float32)
        rows[:, :WIDE] = of.table[tokens] * of.scale[parts, None] + of.lo[parts, None]
        projected = rows[:, :WIDE] @ of.proj_W + of.proj_b
        projected -= projected.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", projected, projected) / _PARTS
        projected *= (1 / np.sqrt(spread + of.eps))[:, None]
        rows[:, WIDE : WIDE + _PARTS] = projected * of.ln_g_all + of.ln_b_all
        start = WIDE + _PARTS
        for place, weights in enumerate(self._first):
            own = rows[:, WIDE + place * NARROW : WIDE + (place + 1) * NARROW]
            rows[:, start : start + weights.shape[1]] = own @ weights
            start += weights.shape[1]
        return rows.astype(np.float16)

    def _windowed(self, laid: Floats, inner: NDArray[np.intp]) -> Floats:
        """Embedding and the second layer of windows for every row, the empty ones as well."""
        of = self._weights
        there = np.zeros((len(laid), 1), dtype=np.float32)
        there[inner] = 1.0
        found = np.empty((len(laid), WIDE + _PARTS), dtype=np.float32)
        found[:, :WIDE] = laid[:, :WIDE]
        start = WIDE + _PARTS
        for place, (width, left) in enumerate(WINDOWS):
            own = slice(WIDE + place * NARROW, WIDE + (place + 1) * NARROW)
            first = _slid(laid[:, start : start + width * NARROW], width, left) + of.b1[place]
            start += width * NARROW
            first = (np.maximum(first, 0) + laid[:, own]) * there
            second = _slid(first @ self._second[place], width, left) + of.b2[place]
            found[:, own] = np.maximum(second, 0) + first
        return found

    def _summed(self, found: Floats, lengths: NDArray[np.intp]) -> Floats:
        """The rows of each text, made even and added up."""
        of = self._weights
        found = found - found.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", found, found) / found.shape[1]
        found *= (1 / np.sqrt(spread + of.eps))[:, None]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        sums = np.add.reduceat(found, starts, axis=0)
        return np.asarray(sums * of.ln_g + lengths[:, None].astype(np.float32) * of.ln_b)

    def _told(self, sums: Floats, lengths: NDArray[np.intp]) -> Floats:
        """The dense layers above the sum, and unit length."""
        of, many = self._weights, lengths[:, None].astype(np.float32)
        mean = (sums @ of.cnn_W + many * of.cnn_b) / np.sqrt(many)
        first = np.maximum(mean @ of.d0, 0)
        second = np.maximum(mean @ of.p1 + first @ of.d1, 0)
        third = np.maximum(second @ of.d2, 0)
        told = np.tanh(second @ of.p3 + third @ of.d3)
        norms = np.sqrt(np.einsum("ij,ij->i", told, told))
        return np.asarray(told / np.maximum(norms, 1e-9)[:, None], dtype=np.float32)


def _side_by_side(weights: Floats) -> Floats:
    """The weights of a window with those of its places side by side, in place of one below the other."""
    width = len(weights) // NARROW
    return np.ascontiguousarray(
        weights.reshape(width, NARROW, NARROW).transpose(1, 0, 2).reshape(NARROW, width * NARROW)
    )


def _slid(parts: Floats, width: int, left: int) -> Floats:
    """Adds up what the tokens of each window contribute at their places in it; the edges stay empty."""
    summed = np.zeros((len(parts), NARROW), dtype=np.float32)
    middle = summed[_EDGE : len(parts) - _EDGE]
    for place in range(width):
        start = _EDGE + place - left
        middle += parts[start : start + len(middle), place * NARROW : (place + 1) * NARROW]
    return summed
