"""The privacy notice: versioned, both languages, shown before the first message is stored. Pure reader."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from intents.rows import DataFaults, Faults, Row, read_source

FILE: Final = Path(__file__).with_name("privacy.toml")
LANGUAGES: Final = ("zh", "en")
HOLES: Final = ("estate", "hotline")
_HOLE: Final = re.compile(r"\{([^{}]*)\}")


class BadNotice(DataFaults):
    """A faulty privacy file; every fault is named as file, place and field."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in both languages; ``{estate}`` and ``{hotline}`` are its holes."""

    zh: str
    en: str

    def in_(self, language: str, *, estate: str, hotline: str) -> str:
        text = self.zh if language == "zh" else self.en
        return text.replace("{estate}", estate).replace("{hotline}", hotline)


@dataclass(frozen=True, slots=True)
class Section:
    """One chapter that unfolds under "Read all"."""

    key: str
    title: Wording
    text: Wording


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One consent, asked for on its own."""

    key: str
    label: Wording
    is_required: bool


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """The whole notice; a new ``version`` is shown again to everybody."""

    version: str
    short: Wording
    sections: tuple[Section, ...]
    consents: tuple[ConsentText, ...]

    def consent(self, key: str) -> ConsentText | None:
        return next((consent for consent in self.consents if consent.key == key), None)


@cache
def load_notice(file: Path = FILE) -> PrivacyNotice:
    """Read the notice. Raises BadNotice with every fault as file, place and field."""
    faults = Faults()
    source = read_source(file.parent, file.name, faults)
    top = source.whole(faults)
    if source.readable:
        top.only("version", "short", "sections", "consents")
        top.string("version")
    sections = tuple(_section(row) for row in source.rows("sections", faults, key="key"))
    consents = tuple(_consent(row) for row in source.rows("consents", faults, key="key"))
    short = _wording(top, "short") if source.readable else Wording("", "")
    _refuse_twins(faults, file.name, "sections", [section.key for section in sections])
    _refuse_twins(faults, file.name, "consents", [consent.key for consent in consents])
    if faults.found:
        raise BadNotice(faults.found)
    return PrivacyNotice(str(source.table["version"]), short, sections, consents)


def _section(row: Row) -> Section:
    row.only("key", "title", "text")
    return Section(row.string("key"), _wording(row, "title"), _wording(row, "text"))


def _consent(row: Row) -> ConsentText:
    row.only("key", "label", "required")
    return ConsentText(row.string("key"), _wording(row, "label"), row.boolean("required", default=False))


def _wording(row: Row, field: str) -> Wording:
    text = row.text(field)
    for language in LANGUAGES:
        for hole in set(_HOLE.findall(text.in_(language))) - set(HOLES):
            row.fault(f"{field}.{language}", f"it may only hold the holes {', '.join(HOLES)}, not {hole}")
    return Wording(zh=text.zh, en=text.en)


def _refuse_twins(faults: Faults, file: str, field: str, keys: list[str]) -> None:
    for key, times in Counter(keys).items():
        if key and times > 1:
            faults.add(file, field, "key", f"{key!r} stands twice")
