"""The way from a text's tokens to its sentence vector, through the weights that the encoder's package ships.

The same reckoning as the package's own (a test compares the two), laid out for short messages: what the
network makes of a single token, up to its part in the first layer of windows, is kept for the tokens that
are met most. That spares a third of the weights from being read again for every message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.dense import Dense, laid
from intents.encoder_file import LAYERS, Arrays, Table
from intents.large_pages import in_large_pages
from intents.likeness import Floats

#: width of the windows over tokens, and how many of them lie to the left
WINDOWS = ((2, 0), (3, 1), (5, 2))
WIDE, NARROW = 512, 256
#: tokens whose rows are kept, 3 kB each, and how many of them only as they are met
KEPT, MET = 8704, 768
_WINDOWS = range(len(WINDOWS))
_PARTS = len(WINDOWS) * NARROW
#: what a file keeps of the rows that another process reckoned
_KEPT = ("kept tokens", "kept rows", "kept grains")
#: the windows from the widest to the narrowest: those that reach as far as some place are then neighbours
_WIDEST_FIRST = tuple(sorted(range(len(WINDOWS)), key=lambda one: -WINDOWS[one][0]))
_GRAIN = 127.0  # rows are kept as small whole numbers, each part with its own grain: halves are slow to widen
_EVEN, _PAIR = 4, 2  # products are quickest with four rows at a time; two are quicker one after the other
_EDGE = 2  # empty rows between texts, so that no window reaches from one into another
_ONES = np.ones(WIDE + _PARTS, dtype=np.float32)
_TOGETHER = 64  # tokens reckoned in one go


def _placed() -> tuple[tuple[int, int, int], ...]:
    """Where a row keeps what its token adds to the windows of the token so many places on."""
    found, start = [], _PARTS
    for away in range(-max(left for _, left in WINDOWS), max(width for width, _ in WINDOWS)):
        reached = sum(-left <= away < width - left for width, left in WINDOWS)
        if reached:
            found.append((away, start, reached * NARROW))
            start += reached * NARROW
    return tuple(found)


_PLACED = _placed()
_START = next(start for away, start, _ in _PLACED if not away)  # what a token adds to its own windows
_ROW = _PARTS + sum(size for _, _, size in _PLACED)


class Forward:
    """Encodes lists of token numbers. May be shared by threads."""

    def __init__(self, weights: Arrays, table: Table) -> None:
        """`weights` and `table` as `intents/encoder_file.py` lays them out."""
        self._table = table
        names = ("cnn_W", *(f"w2 {window}" for window in _WINDOWS))
        own = in_large_pages({**{name: weights[name] for name in names}, **laid(weights)})
        self._second = [own.pop(f"w2 {window}") for window in _WINDOWS]
        self._mixed = own.pop("cnn_W")
        self._dense = Dense(own)
        self.layers = self._dense.layers
        self._of = {name: array for name, array in weights.items() if name not in (*names, *LAYERS, *_KEPT)}
        self._rows = np.zeros((KEPT, _ROW // NARROW, NARROW), dtype=np.int8)
        self._grains = np.zeros((KEPT, _ROW // NARROW, 1), dtype=np.float32)
        self._places: dict[int, int] = {}
        self._lock = Lock()
        if {*_KEPT} <= weights.keys():
            self._take(*(weights[name] for name in _KEPT))

    def _take(self, tokens: NDArray[np.int32], rows: NDArray[np.int8], grains: Floats) -> None:
        """Takes over rows that another process reckoned, as far as there is room."""
        many = min(len(tokens), KEPT)
        self._rows[:many], self._grains[:many] = rows[:many], grains[:many]
        self._places = dict(zip(tokens[:many].tolist(), range(many), strict=True))

    def kept(self) -> dict[str, NDArray[Any]]:
        """The rows that are kept, with their tokens, for the file of the encoder."""
        many = len(self._places)
        tokens = np.fromiter(self._places, dtype=np.int32, count=many)
        return dict(zip(_KEPT, (tokens, self._rows[:many], self._grains[:many]), strict=True))

    def expect(self, tokens: Iterable[int]) -> None:
        """Reckons the rows of tokens that will be met often, as long as there is room for them."""
        known = len(self._table)
        fresh = [one for one in dict.fromkeys(tokens) if 0 <= one < known and one not in self._places]
        fresh = fresh[: max(0, KEPT - MET - len(self._places))]
        for start in range(0, len(fresh), _TOGETHER):
            some = fresh[start : start + _TOGETHER]
            self._kept(some, self._reckoned(np.array(some)))

    def told(self, means: Floats) -> Floats:
        """Sentence vectors of unit length: what the dense layers make of rows of `means`."""
        if len(means) == 1:
            return self._dense.vector(means[0])[None]
        return even(upper(means, self.layers))[0]

    def means(self, texts: Sequence[Sequence[int]]) -> Floats:
        """One row per text, of which none is empty: what lies below the dense layers."""
        lengths = [len(one) for one in texts]
        ends = list(accumulate(lengths))
        bounds = list(zip([0, *ends], ends, strict=False))
        rows = self._rows_of([token for one in texts for token in one], bounds)
        return self._meant(self._summed(rows, bounds), np.array(lengths, dtype=np.float32)[:, None])

    def rows(self, tokens: Sequence[int]) -> Floats:
        """One row per token of a text: what the windows make of it, before anything is added up."""
        return self._rows_of(tokens, [(0, len(tokens))])

    def mean(self, rows: Floats) -> Floats:
        """The mean of a text from the rows of all its tokens, or that of a part of it from some."""
        whole = [(0, len(rows))]
        return np.asarray(self._meant(self._summed(rows, whole), np.array([[len(rows)]], np.float32))[0])

    def _rows_of(self, tokens: Sequence[int], bounds: Sequence[tuple[int, int]]) -> Floats:
        found = self._windowed(self._tokens(tokens), bounds)
        found[:, :WIDE] = self._embedded(np.array(tokens))
        return found

    def _embedded(self, tokens: NDArray[np.int64]) -> Floats:
        of, parts = self._of, tokens % len(self._of["scale"])
        found = self._table.rows_of(tokens) * of["scale"].take(parts)[:, None]
        found += of["lo"].take(parts)[:, None]
        return np.asarray(found, dtype=np.float32)

    def _tokens(self, tokens: Sequence[int]) -> Floats:
        """The rows of tokens; one is the same whether it was kept or had to be reckoned."""
        places = self._places
        unknown = list({token for token in tokens if token not in places})
        here = [places.get(token, 0) for token in tokens]
        parts = self._rows.take(here, axis=0).astype(np.float32)
        parts *= self._grains.take(here, axis=0)
        rows = parts.reshape(len(here), _ROW)
        if unknown:
            fresh = self._kept(unknown, self._reckoned(np.array(unknown)))
            numbers = {token: number for number, token in enumerate(unknown)}
            new = [place for place, token in enumerate(tokens) if token in numbers]
            rows[new] = fresh[[numbers[tokens[place]] for place in new]]
        return rows

    def _kept(self, tokens: Sequence[int], rows: Floats) -> Floats:
        """The rows as they are kept, as long as there is room for them."""
        parts = rows.reshape(len(rows), -1, NARROW)
        grains = np.maximum(np.abs(parts).max(axis=2, keepdims=True), 1e-9) / np.float32(_GRAIN)
        whole = np.rint(parts / grains).astype(np.int8)
        places = self._places
        with self._lock:
            for token, row, grain in zip(tokens, whole, grains, strict=True):
                if len(places) < KEPT and token not in places:
                    self._rows[len(places)], self._grains[len(places)] = row, grain
                    places[token] = len(places)  # only now may another thread read the row
        return np.asarray(whole * grains, dtype=np.float32).reshape(rows.shape)

    def _reckoned(self, tokens: NDArray[np.int64]) -> Floats:
        """Each token's projections, and what it adds to the first windows at each place."""
        of = self._of
        projected = _times(self._embedded(tokens), of["proj_W"]) + of["proj_b"]
        projected -= projected.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", projected, projected) / _PARTS
        projected *= (1 / np.sqrt(spread + of["eps"]))[:, None]
        projected = projected * of["ln_g_all"] + of["ln_b_all"]
        rows = np.empty((len(tokens), _ROW), dtype=np.float32)
        for order, window in enumerate(_WIDEST_FIRST):
            width, left = WINDOWS[window]
            own = projected[:, window * NARROW : (window + 1) * NARROW]
            rows[:, order * NARROW : (order + 1) * NARROW] = own
            added = _times(own, of[f"w1 {window}"])
            for away, start, _ in _PLACED:
                if -left <= away < width - left:
                    place = (away + left) * NARROW
                    into = start + order * NARROW
                    rows[:, into : into + NARROW] = added[:, place : place + NARROW]
            into = _START + order * NARROW
            rows[:, into : into + NARROW] += of[f"b1 {window}"]
        return rows

    def _windowed(self, rows: Floats, bounds: Sequence[tuple[int, int]]) -> Floats:
        """What both layers of windows make of the rows of tokens, beside room for their embeddings."""
        of, laid, many = self._of, self._first_layer(rows, bounds), len(rows)
        inner = slice(_EDGE, _EDGE + many) if len(bounds) == 1 else _places_of(bounds)
        found = np.empty((many, WIDE + _PARTS), dtype=np.float32)
        for order, window in enumerate(_WIDEST_FIRST):
            width, left = WINDOWS[window]
            own = laid[:, order * NARROW : (order + 1) * NARROW]
            told = _seen(laid, order * NARROW, width, left) @ self._second[window]
            told += of[f"b2 {window}"]
            np.maximum(told, 0, out=told)
            into = found[:, WIDE + window * NARROW : WIDE + (window + 1) * NARROW]
            if isinstance(inner, slice):
                np.add(told[:many], own[inner], out=into)
            else:
                np.add(told[inner - _EDGE], own[inner], out=into)
        return found

    def _first_layer(self, rows: Floats, bounds: Sequence[tuple[int, int]]) -> Floats:
        """The first layer of windows, with empty rows around each text; `rows` is used up."""
        for away, start, size in _PLACED:
            if away:
                _add(rows[:, _START : _START + size], rows[:, start : start + size], away, bounds)
        between = len(rows) + _EDGE * (len(bounds) - 1)
        laid = np.zeros((_evened(between) + 2 * _EDGE, _PARTS), dtype=np.float32)
        for number, (start, end) in enumerate(bounds, start=1):
            own = laid[start + number * _EDGE : end + number * _EDGE]
            np.maximum(rows[start:end, _START : _START + _PARTS], 0, out=own)
            own += rows[start:end, :_PARTS]
        return laid

    def _summed(self, found: Floats, bounds: Sequence[tuple[int, int]]) -> Floats:
        """The rows of each text, made even and added up."""
        of, size = self._of, found.shape[1]
        means = found @ _ONES[:size]
        means /= size
        spread = np.vecdot(found, found) / size - means * means
        shares = 1 / np.sqrt(np.maximum(spread, 0) + of["eps"])
        means *= shares
        sums = np.empty((len(bounds), size), dtype=np.float32)
        for own, (start, end) in zip(sums, bounds, strict=True):
            np.subtract(shares[start:end] @ found[start:end], means[start:end].sum(), out=own)
        many = np.array([[end - start] for start, end in bounds], dtype=np.float32)
        return np.asarray(sums * of["ln_g"] + many * of["ln_b"], dtype=np.float32)

    def _meant(self, sums: Floats, many: Floats) -> Floats:
        """The mean of each text from the sum of so many rows."""
        mixed = _times(sums, self._mixed) + many * self._of["cnn_b"]
        return np.asarray(mixed / np.sqrt(many), dtype=np.float32)


def upper(means: Floats, layers: Mapping[str, Floats]) -> Floats:
    """What dense layers make of the means of texts, not yet of unit length."""
    first = np.maximum(_times(means, layers["d0"]), 0)
    second = np.maximum(_times(means, layers["p1"]) + _times(first, layers["d1"]), 0)
    third = np.maximum(_times(second, layers["d2"]), 0)
    return np.asarray(np.tanh(_times(second, layers["p3"]) + _times(third, layers["d3"])), dtype=np.float32)


def even(rows: Floats) -> tuple[Floats, Floats]:
    """Rows of unit length, and the lengths they had."""
    lengths = np.sqrt(np.vecdot(rows, rows))[:, None]
    lengths = np.maximum(lengths, np.float32(1e-9))
    return np.asarray(rows / lengths, dtype=np.float32), np.asarray(lengths, dtype=np.float32)


def _times(rows: Floats, weights: Floats) -> Floats:
    """The product of both, made of evened rows: an odd number of rows takes up to twice as long."""
    if len(rows) == _PAIR:
        return np.stack([rows[0] @ weights, rows[1] @ weights])
    if len(rows) == 1 or not len(rows) % _EVEN:
        return np.asarray(rows @ weights)
    evened = np.zeros((_evened(len(rows)), rows.shape[1]), dtype=np.float32)
    evened[: len(rows)] = rows
    return np.asarray((evened @ weights)[: len(rows)])


def _evened(many: int) -> int:
    return -(-many // _EVEN) * _EVEN


def _seen(laid: Floats, first: int, width: int, left: int) -> Floats:
    """For each row but the outermost what its window sees: so many rows one behind the other."""
    many, start = len(laid) - 2 * _EDGE, (_EDGE - left) * laid.strides[0] + first * laid.itemsize
    strides = (laid.strides[0], *laid.strides)
    seen = np.ndarray((many, width, NARROW), np.float32, laid.data, start, strides)
    return seen.reshape(many, width * NARROW)


def _places_of(bounds: Sequence[tuple[int, int]]) -> NDArray[np.intp]:
    """Where the rows of texts lie with empty ones around each text."""
    return np.concatenate([np.arange(start, end) + n * _EDGE for n, (start, end) in enumerate(bounds, 1)])


def _add(to: Floats, parts: Floats, away: int, bounds: Sequence[tuple[int, int]]) -> None:
    """Adds to each row what the row so many places on, of the same text, has for it."""
    for start, end in bounds:
        first, last = max(start, start - away), min(end, end - away)
        if first < last:
            to[first:last] += parts[first + away : last + away]
