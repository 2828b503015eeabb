"""Reading TOML tables so that every fault is kept and named, and none stops the reading.

A field that is missing or wrong gives a harmless value and a fault; the caller looks at the faults last.
Used by every loader of this room: the menu's, and those of phrases, acts, emergencies and answers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from intents.menu import Text

T = TypeVar("T")

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_MARK = r"""[,.;:?!()"']"""
_HALF_WIDTH = re.compile(rf"(?<=[{_HAN}])\s*{_MARK}|{_MARK}\s*(?=[{_HAN}])")
_FULL_WIDTH_FOR = dict(zip(",.;:?!()", "，。；：？！（）", strict=True)) | {'"': "“ ”", "'": "‘ ’"}
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])[,;:?!()](?=[{_HAN}])")
_LINE = re.compile(r"at line (\d+)")


class DataFaults(ValueError):
    """The data files are wrong; ``faults`` names every fault, ``str()`` gives them one per line."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Faults:
    """The list a loader writes its faults to."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def add(self, file: str, item: str, field_name: str, what: str) -> None:
        """Keeps one fault; an empty ``item`` or ``field_name`` is left out of the line."""
        line = ": ".join(part for part in (file, item, field_name, what) if part)
        if line not in self._found:
            self._found.append(line)

    @property
    def found(self) -> tuple[str, ...]:
        """All faults in the order they were met."""
        return tuple(self._found)


def half_width_mark(text: str) -> str | None:
    """The first half-width mark that stands beside a Chinese character, or None."""
    match = _HALF_WIDTH.search(text)
    return match.group().strip() if match else None


class Row:
    """One table of a data file; it knows where it stands, so that its faults can say so."""

    def __init__(self, faults: Faults, file: str, label: str, values: Mapping[str, Any]) -> None:
        self.values = values
        self._faults = faults
        self._file = file
        self._label = label

    @property
    def id(self) -> str:
        """The id of the table, or an empty string where it has none."""
        value = self.values.get("id", "")
        return value if isinstance(value, str) else ""

    def fault(self, field_name: str, what: str) -> None:
        """Keeps a fault of this table."""
        self._faults.add(self._file, self._label, field_name, what)

    def only(self, *known: str) -> None:
        """A field nobody reads is a misspelling: it is a fault."""
        for name in self.values:
            if name not in known:
                self.fault(name, "there is no such field")

    def string(self, name: str) -> str:
        value = self.values.get(name)
        if isinstance(value, str) and value.strip():
            return value
        self.fault(name, "is missing" if value is None else "should be a text that is not empty")
        return ""

    def integer(self, name: str) -> int:
        value = self.values.get(name)
        if type(value) is int:
            return value
        self.fault(name, "is missing" if value is None else "should be a whole number")
        return 0

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.values.get(name, default)
        if isinstance(value, bool):
            return value
        self.fault(name, "should be true or false")
        return default

    def choice(self, name: str, allowed: Collection[str]) -> str:
        value = self.string(name)
        if value and value not in allowed:
            self.fault(name, f"{value!r} is not one of {', '.join(sorted(allowed))}")
        return value

    def strings(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts, the Chinese ones with full-width marks; it may be missing only with a default."""
        value = self.values.get(name, default)
        if value is None:
            self.fault(name, "is missing")
            return ()
        sound = isinstance(value, list | tuple) and all(isinstance(one, str) and one.strip() for one in value)
        if not sound:
            self.fault(name, "should be a list of texts that are not empty")
            return ()
        for one in value:
            self._check_marks(name, one)
        return tuple(value)

    def said(
        self, name: str, values: Mapping[str, Any] | None = None, *, marks: bool = True
    ) -> tuple[str, ...]:
        """A list of at least one wording of residents, who write as they like; only what is plainly a slip
        of ours is a fault: an empty wording, blanks around it and, with ``marks``, a half-width mark between
        Chinese characters.

        ``values`` is the table that has the list, when it is not this row itself.
        """
        field_name = name.rpartition(".")[2]
        listed = (self.values if values is None else values).get(field_name)
        if not isinstance(listed, list) or not listed:
            self.fault(name, "is missing" if listed is None else "should be a list of at least one text")
            return ()
        for place, one in enumerate(listed, start=1):
            self._check_said(f"{name}[{place}]", one, marks)
        return tuple(one for one in listed if isinstance(one, str) and one.strip())

    def _check_said(self, place: str, one: object, marks: bool) -> None:
        if not isinstance(one, str) or not one.strip():
            self.fault(place, "should be a text that is not empty")
        elif one != one.strip():
            self.fault(place, f"{one!r} has blanks around it")
        elif marks and (mark := _BETWEEN_HAN.search(one)):
            self.fault(place, f"half-width {mark.group()} in {one!r}; write {_FULL_WIDTH_FOR[mark.group()]}")

    def text(self, name: str) -> Text:
        """A bilingual text. Both languages must be there, and Chinese has full-width marks."""
        value = self.values.get(name)
        if not isinstance(value, Mapping):
            self.fault(name, "is missing" if value is None else "should have zh and en")
            return Text("", "")
        for extra in value.keys() - {"zh", "en"}:
            self.fault(f"{name}.{extra}", "there is no such field")
        return Text(self._language(name, value, "zh"), self._language(name, value, "en"))

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self.values.get(name, {})
        if isinstance(value, Mapping):
            return value
        self.fault(name, "should be a table")
        return {}

    def rows(self, name: str, key: str = "id") -> Iterator[Row]:
        """The tables of a list inside this table, each named after both."""
        value = self.values.get(name, [])
        yield from _rows(self._faults, self._file, value, name, inside=self._label, key=key)

    def put(self, into: dict[str, T], key: str, value: T) -> None:
        """Adds what was read to the rest; an id that is already taken is a fault."""
        if key in into:
            self.fault("id", f"{key!r} stands twice")
        elif key:
            into[key] = value

    def _language(self, name: str, value: Mapping[str, Any], language: str) -> str:
        wording = value.get(language)
        if not isinstance(wording, str) or not wording.strip():
            what = "is missing" if wording is None else "should be a text that is not empty"
            self.fault(f"{name}.{language}", what)
            return ""
        self._check_marks(f"{name}.{language}", wording)
        return wording

    def _check_marks(self, name: str, wording: str) -> None:
        mark = half_width_mark(wording)
        if mark:
            wanted = _FULL_WIDTH_FOR[mark]
            self.fault(name, f"half-width {mark} beside Chinese in {wording!r}; write {wanted}")


@dataclass(frozen=True, slots=True)
class Source:
    """One data file as it was read; ``readable`` is false when it is missing or not TOML."""

    name: str
    raw: bytes = b""
    table: Mapping[str, Any] = field(default_factory=dict)
    readable: bool = True

    def rows(
        self, name: str, faults: Faults, shared: Mapping[str, Any] | None = None, key: str = "id"
    ) -> Iterator[Row]:
        """The tables ``[[name]]`` of this file, each laid over ``shared`` and told apart by ``key``.

        With an empty key the tables have no name of their own and are counted.
        """
        if not self.readable:
            return
        value = self.table.get(name)
        if value is None:
            faults.add(self.name, "", name, "is missing")
            return
        yield from _rows(faults, self.name, value, name, shared=shared or {}, key=key)

    def whole(self, faults: Faults) -> Row:
        """The file itself as one table."""
        return Row(faults, self.name, "", self.table)


def _rows(
    faults: Faults,
    file: str,
    value: object,
    name: str,
    *,
    inside: str = "",
    shared: Mapping[str, Any] | None = None,
    key: str = "id",
) -> Iterator[Row]:
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        faults.add(file, inside, name, "should be a list of tables")
        return
    for place, one in enumerate(value, start=1):
        identity = one.get(key)
        named = isinstance(identity, str) and bool(identity.strip())
        own = str(identity) if named else f"{name} no. {place}"
        row = Row(faults, file, f"{inside}: {own}" if inside else own, {**(shared or {}), **one})
        if key and not named:
            row.fault(key, "is missing")
        yield row


def read_source(folder: Path, name: str, faults: Faults) -> Source:
    """Reads one TOML file of ``folder``; a file that is missing or malformed is a fault with its line."""
    try:
        raw = (folder / name).read_bytes()
    except OSError as error:
        faults.add(name, "", "", f"cannot be read ({error.strerror or error})")
        return Source(name, readable=False)
    try:
        return Source(name, raw, tomllib.loads(raw.decode("utf-8")))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.add(name, f"line {line}", "", "is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        place = found.group(1) if found else str(raw.count(b"\n") + 1)
        faults.add(name, f"line {place}", "", f"is not TOML: {error}")
    return Source(name, raw, readable=False)
