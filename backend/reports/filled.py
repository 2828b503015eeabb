"""A form of the service plans in words: what is printed from its ticket, and what was filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from backend.desk import words
from backend.desk.promises import person
from backend.desk.queue import Reader
from backend.reports.register_queries import Line
from backend.tickets import facts
from backend.tickets.forms import Field, Form, Forms
from locales import N_, t
from locales.dates import format_date, format_full, format_window

#: printed whole, over the full width of the paper
WIDE: Final = frozenset({"words", "item"})
#: lines on which somebody signs
SIGNATURES: Final = ("signed", "accepted_")
#: forms that the resident signs by hand where no name was recorded, and with whom
SIGN_HERE: Final = (N_("Resident"), N_("Done by"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a form, labelled in both languages."""

    zh: str
    en: str
    text: str
    is_wide: bool = False


def values_of(form: Form, line: Line) -> dict[str, Any]:
    """What is known for the form's fields: what its record says, else what the ticket has settled.

    An unfilled form of a ticket shows what the ticket knows, never a note of the staff's own.
    """
    names = {one.id for one in form.fields}
    known = facts.known_of(line.ticket) if line.ticket is not None and line.record is None else {}
    written = line.record.values if line.record is not None else {}
    return {name: value for name, value in {**known, **written}.items() if name in names}


def printed(reader: Reader, line: Line, name: str, phone: str = "") -> str:
    """What stands on the form from the ticket itself."""
    ticket, language = line.ticket, reader.language
    if ticket is None:
        return ""
    if name == "appointment":
        return _appointment(reader, line)
    made = {
        "number": lambda: f"#{ticket.number}",
        "received_at": lambda: format_full(language, ticket.received_at, reader.zone),
        "channel": lambda: words.symbol_of(language, words.CHANNELS, ticket.channel).label,
        "resident": lambda: person(language, line.resident),
        "home": lambda: line.home.code if line.home else "",
        "phone": lambda: phone,
        "words": lambda: ticket.words,
        "item": lambda: ticket.name(language),
        "butler": lambda: line.who.name(language) if line.who else "",
        "worker": lambda: line.worker.name(language) if line.worker else "",
    }
    return made[name]() if name in made else ""


def _appointment(reader: Reader, line: Line) -> str:
    ticket = line.ticket
    if ticket is None or ticket.appointment_start is None:
        return ""
    return format_window(reader.language, ticket.appointment_start, ticket.appointment_end, reader.zone)


def worded(reader: Reader, spec: Field, value: Any) -> str:
    """One value as it is read: money in yuan, a choice by its name, an instant on the estate's clock."""
    language = reader.language
    if value in (None, "", []):
        return ""
    if spec.kind == "yes":
        return t(language, "Yes") if value is True else t(language, "No")
    if spec.kind == "money" and isinstance(value, int):
        return yuan(value)
    if spec.kind == "choice":
        return next((one.name(language) for one in spec.options if one.id == value), str(value))
    if spec.kind == "date":
        return _when(reader, str(value))
    return t(language, ", ").join(map(str, value)) if isinstance(value, list) else str(value)


def yuan(fen: int) -> str:
    """An amount as it is read: ¥1,234.50; ``fen`` are hundredths of a yuan."""
    sign = "-" if fen < 0 else ""
    return f"¥{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def _when(reader: Reader, text: str) -> str:
    try:
        if len(text) <= len("2026-03-12"):
            return format_date(reader.language, date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return format_full(reader.language, moment, reader.zone) if moment.tzinfo else text


def content(reader: Reader, form: Form, values: Mapping[str, Any]) -> str:
    """Everything filled in, on one line: for a register's row."""
    parts = []
    for one in form.fields:
        text = worded(reader, one, values.get(one.id))
        if text:
            parts.append(t(reader.language, "{promise}: {matter}", promise=one.name(reader.language),
                           matter=text))  # fmt: skip
    return " · ".join(parts)


def entries(reader: Reader, forms: Forms, form: Form, line: Line, phone: str) -> tuple[Entry, ...]:
    """The lines of a single form: what is printed from the ticket, then every field, filled in or not."""
    made = [
        Entry(forms.prints[name].zh, forms.prints[name].en, printed(reader, line, name, phone), name in WIDE)
        for name in form.prints
    ]
    values = values_of(form, line)
    for one in form.fields:
        if not is_signature(one):
            text = worded(reader, one, values.get(one.id))
            made.append(Entry(one.zh, one.en, text, one.kind == "text" and len(text) > 40))
    return tuple(made)


def is_signature(spec: Field) -> bool:
    return spec.kind == "text" and spec.id.startswith(SIGNATURES)


def signatures(reader: Reader, form: Form, line: Line) -> tuple[Entry, ...]:
    """Who signed; a line to sign on where nobody has yet."""
    values = values_of(form, line)
    named = [
        Entry(one.zh, one.en, worded(reader, one, values.get(one.id)))
        for one in form.fields
        if is_signature(one)
    ]
    if named:
        return tuple(named)
    return tuple(Entry(t("zh", one), t("en", one), "") for one in SIGN_HERE) if line.ticket else ()
