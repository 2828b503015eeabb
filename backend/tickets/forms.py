"""The forms of the service plans (REC-01 to REC-38), read from records.toml, or every fault named. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from backend.deadlines.tables import Faults, Reader, read_table

KINDS: Final = ("text", "number", "money", "date", "choice", "names", "yes")
OWNERS: Final = ("ticket", "duty", "handover", "estate")


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a field of kind choice."""

    id: str
    zh: str
    en: str

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in. ``kind``: one of KINDS; money is in fen, a date is a day or an instant."""

    id: str
    zh: str
    en: str
    kind: str
    options: tuple[Option, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options)

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Form:
    """One form. ``of``: what it belongs to (ticket, duty, handover, estate); ``prints``: what is printed on
    it from the ticket itself, so that nobody writes it twice."""

    id: str
    of: str
    zh: str
    en: str
    prints: tuple[str, ...]
    fields: tuple[Field, ...]

    def name(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.id == name), None)


@dataclass(frozen=True, slots=True)
class Forms:
    """Every form by its id, and what is printed from the ticket by its name."""

    all: Mapping[str, Form]
    prints: Mapping[str, Option]


@cache
def standard_forms() -> Forms:
    """Return the forms of the file beside this module, read once."""
    return load_forms(Path(__file__).with_name("records.toml"))


def find_form(kind: str | None) -> Form | None:
    """Return the form of this id (REC-03); None when there is none."""
    return standard_forms().all.get(kind or "")


def load_forms(path: Path) -> Forms:
    """Return the forms of ``path``; raise DataFaults with every fault as file, form and field."""
    faults = Faults(path.name)
    top = Reader(read_table(path), "", faults)
    top.only("prints", "records")
    prints = {name: _named(name, top.inner("prints")) for name in top.inner("prints").table}
    found = [_form(one, prints) for one in top.each("records")]
    if not found:
        top.fault("records", "at least one form is expected")
    _refuse_twins(top, "records", [one.id for one in found])
    faults.raise_if_any()
    return Forms({one.id: one for one in found}, prints)


def _named(name: str, table: Reader) -> Option:
    own = table.inner(name)
    own.only("zh", "en")
    return Option(name, own.text("zh"), own.text("en"))


def _form(table: Reader, prints: Mapping[str, Option]) -> Form:
    table.only("id", "of", "title", "prints", "fields")
    title = _named("title", table)
    printed = table.texts("prints") if table.table.get("prints") else ()
    for name in printed:
        if name not in prints:
            table.fault("prints", f"“{name}” is not named under [prints]")
    fields = tuple(_field(one) for one in table.each("fields"))
    if not fields:
        table.fault("fields", "at least one field is expected")
    _refuse_twins(table, "fields", [one.id for one in fields])
    owner = table.one_of("of", OWNERS)
    return Form(table.text("id"), owner, title.zh, title.en, printed, fields)


def _field(table: Reader) -> Field:
    table.only("id", "zh", "en", "kind", "options")
    kind = table.one_of("kind", KINDS)
    options = tuple(_option(one) for one in table.each("options"))
    if (kind == "choice") != bool(options):
        table.fault("options", "a choice has options, and nothing else has")
    _refuse_twins(table, "options", [one.id for one in options])
    return Field(table.text("id"), table.text("zh"), table.text("en"), kind, options)


def _option(table: Reader) -> Option:
    table.only("id", "zh", "en")
    return Option(table.text("id"), table.text("zh"), table.text("en"))


def _refuse_twins(table: Reader, field: str, names: list[str]) -> None:
    for name in sorted({one for one in names if one and names.count(one) > 1}):
        table.fault(field, f"“{name}” stands there twice")
