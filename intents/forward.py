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

from intents.large_pages import in_large_pages
from intents.likeness import Floats

#: width of the windows over tokens, and how many of them lie to the left
WINDOWS = ((2, 0), (3, 1), (5, 2))
WIDE, NARROW = 512, 256
#: the dense layers above all, as the package calls them
LAYERS = ("d0", "p1", "d1", "d2", "p3", "d3")
#: tokens whose rows are kept, 3 kB each, and how many of them only as they are met
KEPT, MET = 8704, 768
_PARTS = len(WINDOWS) * NARROW
#: the windows from the widest to the narrowest: those that reach as far as some place are then neighbours
_WIDEST_FIRST = tuple(sorted(range(len(WINDOWS)), key=lambda one: -WINDOWS[one][0]))
_GRAIN = 127.0  # rows are kept as small whole numbers, each part with its own grain: halves are slow to widen
_EVEN, _PAIR = 4, 2  # products are quickest with four rows at a time; two are quicker one after the other
_EDGE = 2  # empty rows between texts, so that no window reaches from one into another
_ONES = np.ones(WIDE + _PARTS, dtype=np.float32)
_TOGETHER = 64  # tokens reckoned in one go
_SOME = 8192  # rows of the table packed in one go


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

    def __init__(self, weights: Any) -> None:
        """`weights` is the package's backend, whose arrays are taken over."""
        self._weights = weights
        self._first = [_side_by_side(one) for one in weights.w1]
        own = in_large_pages(
            {
                "cnn_W": weights.cnn_W,
                **{name: getattr(weights, name) for name in LAYERS},
                **{f"w2 {window}": one for window, one in enumerate(weights.w2)},
            }
        )
        self._second = [own.pop(f"w2 {window}") for window in range(len(WINDOWS))]
        self._mixed = own.pop("cnn_W")
        self.layers: Mapping[str, Floats] = own
        self._table = _packed(weights.table)
        for name in ("w1", "w2", "table", "cnn_W", *LAYERS):  # nobody else reads them
            setattr(weights, name, ())
        self._rows = np.zeros((KEPT, _ROW // NARROW, NARROW), dtype=np.int8)
        self._grains = np.zeros((KEPT, _ROW // NARROW, 1), dtype=np.float32)
        self._places: dict[int, int] = {}
        self._lock = Lock()

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
        of, parts = self._weights, tokens % len(self._weights.scale)
        found = _unpacked(self._table.take(tokens, axis=0)) * of.scale[parts, None]
        return np.asarray(found + of.lo[parts, None], dtype=np.float32)

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
        of = self._weights
        projected = _times(self._embedded(tokens), of.proj_W) + of.proj_b
        projected -= projected.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", projected, projected) / _PARTS
        projected *= (1 / np.sqrt(spread + of.eps))[:, None]
        projected = projected * of.ln_g_all + of.ln_b_all
        rows = np.empty((len(tokens), _ROW), dtype=np.float32)
        for order, window in enumerate(_WIDEST_FIRST):
            width, left = WINDOWS[window]
            own = projected[:, window * NARROW : (window + 1) * NARROW]
            rows[:, order * NARROW : (order + 1) * NARROW] = own
            added = _times(own, self._first[window])
            for away, start, _ in _PLACED:
                if -left <= away < width - left:
                    place = (away + left) * NARROW
                    into = start + order * NARROW
                    rows[:, into : into + NARROW] = added[:, place : place + NARROW]
            into = _START + order * NARROW
            rows[:, into : into + NARROW] += of.b1[window]
        return rows

    def _windowed(self, rows: Floats, bounds: Sequence[tuple[int, int]]) -> Floats:
        """What both layers of windows make of the rows of tokens, beside room for their embeddings."""
        of, laid, many = self._weights, self._first_layer(rows, bounds), len(rows)
        inner = slice(_EDGE, _EDGE + many) if len(bounds) == 1 else _places_of(bounds)
        found = np.empty((many, WIDE + _PARTS), dtype=np.float32)
        for order, window in enumerate(_WIDEST_FIRST):
            width, left = WINDOWS[window]
            own = laid[:, order * NARROW : (order + 1) * NARROW]
            told = _seen(laid, order * NARROW, width, left) @ self._second[window]
            told += of.b2[window]
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
        of, size = self._weights, found.shape[1]
        means = found @ _ONES[:size]
        means /= size
        spread = np.vecdot(found, found) / size - means * means
        shares = 1 / np.sqrt(np.maximum(spread, 0) + of.eps)
        means *= shares
        sums = np.empty((len(bounds), size), dtype=np.float32)
        for own, (start, end) in zip(sums, bounds, strict=True):
            np.subtract(shares[start:end] @ found[start:end], means[start:end].sum(), out=own)
        many = np.array([[end - start] for start, end in bounds], dtype=np.float32)
        return np.asarray(sums * of.ln_g + many * of.ln_b, dtype=np.float32)

    def _meant(self, sums: Floats, many: Floats) -> Floats:
        """The mean of each text from the sum of so many rows."""
        of = self._weights
        return np.asarray((_times(sums, self._mixed) + many * of.cnn_b) / np.sqrt(many), dtype=np.float32)


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


def _packed(table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Numbers of six bits, as the package ships them, four in three bytes: a quarter of 65 MB.

    Those a quarter of a row apart share bytes: they are taken apart without a step between them.
    """
    found = np.empty((len(table), table.shape[1] // 4 * 3), dtype=np.uint8)
    for start in range(0, len(table), _SOME):
        a, b, c, d = np.hsplit(table[start : start + _SOME], 4)
        np.concatenate([a | b << 6, b >> 2 | c << 4, c >> 4 | d << 2], 1, out=found[start : start + _SOME])
    return found


def _unpacked(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The numbers of packed rows."""
    part = rows.shape[1] // 3
    one, two, three = rows[:, :part], rows[:, part : 2 * part], rows[:, 2 * part :]
    found = np.empty((len(rows), 4, part), dtype=np.uint8)
    np.bitwise_and(one, 63, out=found[:, 0])
    np.bitwise_and(one >> 6 | two << 2, 63, out=found[:, 1])
    np.bitwise_and(two >> 4 | three << 4, 63, out=found[:, 2])
    np.right_shift(three, 2, out=found[:, 3])
    return found.reshape(len(rows), 4 * part)


def _side_by_side(weights: Floats) -> Floats:
    """The weights of a window with those of its places side by side, in place of one below the other."""
    width = len(weights) // NARROW
    return np.ascontiguousarray(
        weights.reshape(width, NARROW, NARROW).transpose(1, 0, 2).reshape(NARROW, width * NARROW)
    )


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
