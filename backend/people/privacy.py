"""The privacy notice: versioned, both languages, shown before the first message is stored. Pure reader."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("privacy.toml")
LANGUAGES: Final = ("zh", "en")


class BadNotice(ValueError):
    """A faulty privacy file; names file, place and what is missing."""


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
    """Read the notice. Raises BadNotice with file and place."""
    with file.open("rb") as stream:
        data = tomllib.load(stream)
    if not isinstance(data.get("version"), str) or not data["version"]:
        raise BadNotice(f"{file.name}: version: a text is missing")
    return PrivacyNotice(
        version=data["version"],
        short=_wording(data.get("short"), f"{file.name}: short"),
        sections=tuple(_section(table, file.name) for table in data.get("sections", [])),
        consents=tuple(_consent(table, file.name) for table in data.get("consents", [])),
    )


def _section(table: Mapping[str, Any], name: str) -> Section:
    place = f"{name}: sections: {table.get('key', '?')}"
    return Section(
        key=str(table.get("key", "")),
        title=_wording(table.get("title"), f"{place}: title"),
        text=_wording(table.get("text"), f"{place}: text"),
    )


def _consent(table: Mapping[str, Any], name: str) -> ConsentText:
    place = f"{name}: consents: {table.get('key', '?')}"
    label = _wording(table.get("label"), f"{place}: label")
    return ConsentText(str(table.get("key", "")), label, bool(table.get("required", False)))


def _wording(table: object, place: str) -> Wording:
    if not isinstance(table, Mapping):
        raise BadNotice(f"{place}: zh and en are missing")
    for language in LANGUAGES:
        if not isinstance(table.get(language), str) or not table[language].strip():
            raise BadNotice(f"{place}: {language} is missing")
    return Wording(zh=str(table["zh"]), en=str(table["en"]))
