"""The answers to common questions as data: read once, checked whole, then frozen. Pure.

The questions themselves are matched by ``intents``; this room only words what a matched key answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from intents.loader import DATA
from intents.menu import Text
from intents.rows import DataFaults, Faults, Row, Source, read_source

HERE: Final = Path(__file__).parent
HOLES: Final = ("hotline", "estate", "butler", "desk_hours")


class UnknownAnswer(KeyError):
    """A key that no answer has."""


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """One common question; ``answer`` may hold ``{hotline} {estate} {butler} {desk_hours}``.

    ``without`` are the answers to give when the fact of that hole is not known.
    """

    key: str
    question: Text
    answer: Text
    without: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Faq:
    """All answers, in the order of the file, and the general words for facts that are not known."""

    entries: Mapping[str, FaqEntry]
    general_words: Mapping[str, Text]

    def get(self, key: str) -> FaqEntry:
        """Return the entry. Raises UnknownAnswer."""
        if key not in self.entries:
            raise UnknownAnswer(key)
        return self.entries[key]


@cache
def standard_faq() -> Faq:
    """Return the shipped answers, read once. Raises DataFaults."""
    return load_faq(DATA, HERE)


def load_faq(data: Path, here: Path = HERE) -> Faq:
    """Read ``faq.toml`` of ``data`` and ``without.toml`` of ``here``.

    Raises DataFaults with every fault as file, entry and field.
    """
    faults = Faults()
    source, others = read_source(data, "faq.toml", faults), read_source(here, "without.toml", faults)
    without: dict[str, dict[str, Text]] = {}
    for row in _tables(others, "answers", faults):
        row.only("key", "hole", "zh", "en")
        one = without.setdefault(row.string("key"), {})
        one[row.choice("hole", HOLES)] = Text(row.string("zh"), row.string("en"))
    entries: dict[str, FaqEntry] = {}
    for row in _tables(source, "faq", faults):
        _put(entries, _entry(row, without), row)
    for key in sorted(without.keys() - entries.keys()) if source.readable else ():
        faults.add(others.name, key, "key", "no question has this key")
    general = _general_words(others, faults) if others.readable else {}
    if faults.found:
        raise DataFaults(faults.found)
    return Faq(MappingProxyType(entries), MappingProxyType(general))


def _general_words(source: Source, faults: Faults) -> dict[str, Text]:
    top = source.whole(faults)
    top.only("words", "answers")
    words = Row(faults, source.name, "words", top.mapping("words"))
    words.only(*HOLES)
    return {hole: words.text(hole) for hole in HOLES}


def _tables(source: Source, name: str, faults: Faults) -> Iterator[Row]:
    """The tables ``[[name]]`` of a file whose entries are told apart by ``key``."""
    tables = source.table.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(one, Mapping) for one in tables):
        faults.add(source.name, "", name, "should be a list of tables")
        return
    for place, table in enumerate(tables, start=1):
        yield Row(faults, source.name, str(table.get("key") or f"{name} no. {place}"), table)


def _entry(row: Row, without: Mapping[str, Mapping[str, Text]]) -> FaqEntry:
    row.only("key", "question", "also", "answer")
    key = row.string("key")
    answer = row.text("answer")
    for language in ("zh", "en"):
        try:
            answer.in_(language).format_map(dict.fromkeys(HOLES, ""))
        except (KeyError, ValueError, IndexError, AttributeError):
            row.fault(f"answer.{language}", f"it may only hold the holes {', '.join(HOLES)}")
    return FaqEntry(key, row.text("question"), answer, MappingProxyType(dict(without.get(key, {}))))


def _put(entries: dict[str, FaqEntry], entry: FaqEntry, row: Row) -> None:
    if entry.key in entries:
        row.fault("key", f"{entry.key!r} stands twice")
    entries[entry.key] = entry
