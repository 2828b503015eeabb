"""Labelled messages, one JSON object a line: what `run_bot.py evaluate` is given to measure against.

A line says what one message means: its act and the acceptable items, several wishes, or its times. Every file
is read whole before anything is measured, so that a wrong line costs no waiting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from intents.meaning import Act, Hint

LANGUAGES = ("zh", "en", "mixed")
#: the fields that make a line one about times
TIME_FIELDS = ("when", "recurrence", "time_of_day", "duration_minutes")
_EITHER = frozenset({"request", "enquiry"})
_ALT_ACT = "alt-act:"
_ACTS = frozenset(str(act) for act in Act)
_FREQUENCIES = ("daily", "weekly", "monthly")


class BadLine(ValueError):
    """A file of labelled lines cannot be used: one line saying file, line, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish of a message: its act, every acceptable act, and the acceptable items, best first."""

    act: str
    acts: frozenset[str]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled message. `times` holds the fields of TIME_FIELDS that the line gives; None without any."""

    file: str
    id: str
    text: str
    language: str | None
    tags: tuple[str, ...]
    now: datetime | None
    hint: Hint
    wishes: tuple[Wish, ...]
    times: Mapping[str, object] | None


def read_objects(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    """The objects of a file with their line numbers; blank lines are passed over. Raises BadLine."""
    for number, line in enumerate(_text_of(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            raise BadLine(f"{path}:{number}: this is no JSON.") from None
        if not isinstance(found, dict):
            raise BadLine(f"{path}:{number}: should be one JSON object, is {_kind(found)}.")
        yield number, found


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadLine(f"{path}:{line}: this is not UTF-8.") from None
    except OSError as error:
        raise BadLine(f"{path} cannot be read: {error.strerror or error}.") from None


def read_lines(path: Path, zone: tzinfo | None) -> list[Line]:
    """The labelled lines of a file; a `now` without an offset is in `zone`. Raises BadLine."""
    lines = [_line(Fields(path, number, found), zone) for number, found in read_objects(path)]
    if not lines:
        raise BadLine(f"{path} holds no line.")
    return lines


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one line; each reader raises BadLine naming file, line and field."""

    path: Path
    number: int
    found: Mapping[str, object]

    def wrong(self, what: str) -> BadLine:
        """The fault to raise."""
        return BadLine(f"{self.path}:{self.number}: {what}.")

    def text(self, name: str, *, may_lack: bool = False) -> str:
        """A string; an empty one for a missing field that may be missing."""
        value = self.found.get(name)
        if value is None and may_lack:
            return ""
        if not isinstance(value, str):
            raise self.wrong(f"{name} should be a text, is {_kind(value)}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings, empty when missing; one string is a list of one."""
        value = self.found.get(name)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(f"{name} should be a list of texts")
        return tuple(value)

    def inner(self, name: str, value: object) -> Fields:
        """The fields of an object inside this line."""
        if not isinstance(value, dict):
            raise self.wrong(f"{name} should be an object, is {_kind(value)}")
        return Fields(self.path, self.number, value)


def _line(fields: Fields, zone: tzinfo | None) -> Line:
    language = fields.text("lang", may_lack=True) or None
    if language is not None and language not in LANGUAGES:
        raise fields.wrong(f"lang {language!r} should be one of {', '.join(LANGUAGES)}")
    line = Line(
        file=str(fields.path),
        id=fields.text("id", may_lack=True) or str(fields.number),
        text=fields.text("text"),
        language=language,
        tags=fields.texts("tags"),
        now=_moment(fields, "now", zone),
        hint=hint_of(fields.found.get("hint")),
        wishes=tuple(_wishes(fields)),
        times=_times(fields, zone),
    )
    if not line.wishes and line.times is None:
        raise fields.wrong(f"says nothing to measure: neither act, intents, nor {', '.join(TIME_FIELDS)}")
    return line


def _wishes(fields: Fields) -> Iterator[Wish]:
    several = fields.found.get("intents")
    if several is None:
        if fields.found.get("act") is not None:
            yield _wish(fields, fields.texts("tags"))
        return
    if not isinstance(several, list) or not several:
        raise fields.wrong("intents should be a list of objects, each with act and items")
    for one in several:
        yield _wish(fields.inner("intents", one), ())


def _wish(fields: Fields, tags: Sequence[str]) -> Wish:
    act = fields.text("act")
    others = [*fields.texts("act_alt"), *(tag.removeprefix(_ALT_ACT) for tag in tags if _ALT_ACT in tag)]
    for one in (act, *others):
        if one not in _ACTS:
            raise fields.wrong(f"act {one!r} is unknown")
    acts = frozenset({act, *others}) | (_EITHER if "act-either" in tags else frozenset())
    return Wish(act, acts, fields.texts("items"))


def _times(fields: Fields, zone: tzinfo | None) -> Mapping[str, object] | None:
    readers: Mapping[str, Callable[[Fields, tzinfo | None], object]] = {
        "when": _when,
        "recurrence": _recurrence,
        "time_of_day": _time_of_day,
        "duration_minutes": _duration,
    }
    found = {name: read(fields, zone) for name, read in readers.items() if name in fields.found}
    return found or None


def _when(fields: Fields, zone: tzinfo | None) -> object:
    value = fields.found["when"]
    if value is None:
        return None
    window = fields.inner("when", value)
    start, end = (_moment(window, side, zone) for side in ("start", "end"))
    if start is None and end is None:
        raise fields.wrong("when should have a start, an end, or both")
    return {"start": start, "end": end}


def _moment(fields: Fields, name: str, zone: tzinfo | None) -> datetime | None:
    written = fields.text(name, may_lack=True)
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise fields.wrong(f"{name} {written!r} is no instant, such as 2026-03-11T10:00+08:00") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


def _recurrence(fields: Fields, _zone: tzinfo | None) -> object:
    inner = fields.inner("recurrence", fields.found["recurrence"])
    if inner.text("freq") not in _FREQUENCIES:
        raise fields.wrong(f"recurrence.freq should be one of {', '.join(_FREQUENCIES)}")
    return dict(inner.found)


def _time_of_day(fields: Fields, _zone: tzinfo | None) -> object:
    return dict(fields.inner("time_of_day", fields.found["time_of_day"]).found)


def _duration(fields: Fields, _zone: tzinfo | None) -> object:
    value = fields.found["duration_minutes"]
    if type(value) is not int:
        raise fields.wrong("duration_minutes should be a whole number")
    return value


def hint_of(asked: object) -> Hint:
    """The hint an object describes; what it says wrongly is left out."""
    if not isinstance(asked, dict):
        return Hint()
    slot = asked.get("expected_slot")
    tickets = [number for number in asked.get("open_tickets") or () if isinstance(number, int)]
    return Hint(
        language=str(asked.get("language") or "zh"),
        expected_slot=slot if isinstance(slot, str) else None,
        options=tuple(str(option) for option in asked.get("options") or ()),
        open_tickets=tuple(tickets),
    )


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "missing"}
    return names.get(type(value), "a number")
