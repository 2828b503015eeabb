"""What to do at once in an emergency: safety lines and public numbers, read once. Pure reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from intents.loader import DATA
from intents.menu import Text
from intents.rows import DataFaults, Faults, Row, read_source

FILE: Final = "emergencies.toml"
#: lines that fit better than those of the kind, by what is going on
SITUATIONS: Final = "situations.toml"
HERE: Final = Path(__file__).parent
#: lines for an alarm whose kind has none of its own
ANY_KIND: Final = "intruder"


@dataclass(frozen=True, slots=True)
class Safety:
    """Lines and numbers of one kind of emergency; a label names the service behind a number."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    numbers: tuple[str, ...]

    def lines(self, language: str) -> tuple[str, ...]:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class SafetyBook:
    """All kinds, the situations beside them, and what the public numbers are called."""

    kinds: Mapping[str, Safety]
    labels: Mapping[str, Text]

    def of(self, kind: str) -> Safety:
        return self.kinds.get(kind) or self.kinds[ANY_KIND]


@cache
def standard_safety() -> SafetyBook:
    """Return the shipped lines. Raises DataFaults."""
    return load_safety(DATA, HERE)


def load_safety(folder: Path, here: Path) -> SafetyBook:
    """Read ``emergencies.toml`` of ``folder`` and ``situations.toml`` of ``here``.

    Raises DataFaults with every fault as file, kind and field.
    """
    faults = Faults()
    source = read_source(folder, FILE, faults)
    labels: dict[str, Text] = {}
    for row in source.rows("number", faults, key="number"):
        row.only("number", "label")
        labels[row.string("number")] = row.text("label")
    kinds = {row.string("kind"): _safety(row, labels) for row in source.rows("emergency", faults, key="kind")}
    others = read_source(here, SITUATIONS, faults)
    for row in others.rows("situation", faults, key="key"):
        row.only("key", "numbers", "safety")
        kinds.setdefault(row.string("key"), _safety(row, labels))
    if ANY_KIND not in kinds and not faults.found:
        faults.add(FILE, ANY_KIND, "kind", "this kind must be there: others fall back to it")
    if faults.found:
        raise DataFaults(faults.found)
    return SafetyBook(MappingProxyType(kinds), MappingProxyType(labels))


def _safety(row: Row, labels: Mapping[str, Text]) -> Safety:
    lines: dict[str, tuple[str, ...]] = {}
    safety = row.mapping("safety")
    for language in ("zh", "en"):
        found = row.said(f"safety.{language}", safety)
        if len(found) > 4:
            row.fault(f"safety.{language}", "should be one to four lines")
        lines[language] = found
    numbers = row.strings("numbers")
    for number in numbers:
        if number not in labels:
            row.fault("numbers", f"{number} has no label")
    return Safety(lines["zh"], lines["en"], numbers)
