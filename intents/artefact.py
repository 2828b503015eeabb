"""A file of named arrays with a checksum, read through the memory map: what training leaves behind.

Layout: the mark, the length of the heading (8 bytes), the heading as JSON (what it is, where each array lies,
the SHA-256 of all arrays), then the arrays, each beginning at a multiple of 64.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MARK = b"GUANJIA1"
_STEP = 64
_TYPES = frozenset({"float16", "float32", "int8", "uint8", "uint16", "int32", "int64"})


class ArtefactRefused(ValueError):
    """The file is broken or is not ours; the text is one line that names it."""


@dataclass(frozen=True)
class Artefact:
    """What the heading says, the arrays by name (read-only, straight from the file), and their checksum."""

    about: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    checksum: str = ""
    #: where in the file each array begins, in bytes
    offsets: Mapping[str, int] = field(default_factory=dict)
    _mapped: mmap.mmap | None = None

    def release(self) -> None:
        """Gives the memory of what was read back to the system; what is read again comes from the file."""
        if self._mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


def write_artefact(path: Path, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> int:
    """Writes the file whole or not at all; returns its size in bytes."""
    places, body = {}, bytearray()
    for name, array in arrays.items():
        body.extend(b"\0" * (-len(body) % _STEP))
        places[name] = [array.dtype.name, list(array.shape), len(body)]
        body.extend(np.ascontiguousarray(array).tobytes())
    heading = {"about": about, "arrays": places, "sha256": hashlib.sha256(body).hexdigest()}
    written = json.dumps(heading, ensure_ascii=False).encode()
    written += b" " * (-(len(MARK) + 8 + len(written)) % _STEP)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_bytes(b"".join((MARK, len(written).to_bytes(8, "little"), written, bytes(body))))
    draft.replace(path)
    return len(MARK) + 8 + len(written) + len(body)


def read_artefact(path: Path) -> Artefact:
    """The checked content of a file. Raises ArtefactRefused, or FileNotFoundError when there is none."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < _STEP:
            raise ArtefactRefused(f"{path} is too short to be an understanding artefact; train again.")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        return _read(mapped)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtefactRefused(f"{path} is no sound understanding artefact ({error}); train again.") from error


def read_about(path: Path) -> Mapping[str, Any]:
    """The heading alone, unchecked: whether the file is of today's data; empty if unreadable."""
    try:
        about = json.loads(_heading(path))["about"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return about if isinstance(about, dict) else {}


def read_checksum(path: Path) -> str:
    """The `Artefact.checksum` of a file, without reading the rest of it; "" if unreadable."""
    try:
        heading = _heading(path)
    except OSError:
        return ""
    return _checksum(heading) if heading else ""


def _heading(path: Path) -> bytes:
    """The heading of a file that begins with our mark; nothing of any other."""
    with path.open("rb") as file:
        start = file.read(len(MARK) + 8)
        length = int.from_bytes(start[len(MARK) :], "little")
        return file.read(min(length, 10_000_000)) if start[: len(MARK)] == MARK else b""


def _read(mapped: mmap.mmap) -> Artefact:
    if mapped[: len(MARK)] != MARK:
        raise ValueError("it begins with another mark")
    start = len(MARK) + 8
    length = int.from_bytes(mapped[len(MARK) : start], "little")
    if start + length > len(mapped):
        raise ValueError("it ends too early")
    heading = json.loads(mapped[start : start + length])
    body = memoryview(mapped)[start + length :]
    if hashlib.sha256(body).hexdigest() != heading["sha256"]:
        raise ValueError("its checksum is wrong")
    places = heading["arrays"]
    arrays = {name: _array(body, *place) for name, place in places.items()}
    offsets = {name: start + length + place for name, (_, _, place) in places.items()}
    found = Artefact(heading["about"], arrays, _checksum(mapped[start : start + length]), offsets, mapped)
    found.release()  # the whole was read for its checksum; a part of it is needed
    return found


def _checksum(heading: bytes) -> str:
    """What the file is known by: its heading names all that is in it."""
    return hashlib.sha256(heading).hexdigest()[:16]


def _array(body: memoryview, kind: str, shape: list[int], offset: int) -> NDArray[Any]:
    if kind not in _TYPES:
        raise ValueError(f"numbers of type {kind}")
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(body, dtype=kind, count=count, offset=offset).reshape(shape)
