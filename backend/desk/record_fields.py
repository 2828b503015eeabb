"""A form of the service plans as fields of a page, and what was typed as the values of a record."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from backend.desk.forms import MAX_TEXT, BadForm, moment_text, read_moment
from backend.desk.queue import Reader
from backend.desk.views import Choice, FieldView
from backend.tickets.forms import Field, Form
from locales import N_, t

#: kind of a record's field → kind of a page's field
KINDS: Final = {
    "text": "area", "number": "text", "money": "text", "date": "moment", "choice": "radio", "names": "area",
    "yes": "check",
}  # fmt: skip
#: texts of a few words: one line on the page
SHORT: Final = frozenset({"area", "period", "provider", "service", "signed_by", "faq_revision", "by_kind"})
MISSING: Final = N_("Please fill this in.")


def fields_of(
    reader: Reader,
    form: Form,
    asks: Sequence[str],
    needs: Collection[str],
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> tuple[FieldView, ...]:
    """Word the asked fields of a form, with what was typed and a message at each that needs one."""
    known = [form.field(name) for name in asks]
    return tuple(
        FieldView(
            name=one.id,
            label=one.name(reader.language),
            kind="text" if one.id in SHORT else KINDS[one.kind],
            value=(typed or {}).get(one.id, _start(reader, one)),
            hint=_hint(reader.language, one),
            error=(errors or {}).get(one.id, ""),
            choices=tuple(Choice(option.id, option.name(reader.language)) for option in one.options),
            is_required=one.id in needs,
        )
        for one in known
        if one is not None
    )


def _start(reader: Reader, one: Field) -> str:
    return moment_text(reader.now, reader.zone) if one.kind == "date" else ""


def _hint(language: str, one: Field) -> str:
    if one.kind == "names":
        return t(language, "One on each line.")
    return t(language, "In yuan.") if one.kind == "money" else ""


def read_fields(
    reader: Reader, form: Form, asks: Sequence[str], needs: Collection[str], typed: Mapping[str, str]
) -> dict[str, Any]:
    """Return what was typed as a record's values. Raises BadForm with a sentence at each field."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in asks:
        one, text = form.field(name), typed.get(name, "").strip()
        if one is None:
            continue
        try:
            value = _value(reader, one, text) if text else None
        except (ValueError, InvalidOperation):
            errors[name] = _fault(reader.language, one)
            continue
        if value is not None:
            values[name] = value
        elif name in needs:
            errors[name] = t(reader.language, MISSING)
    if errors:
        raise BadForm(errors)
    return values


def _value(reader: Reader, one: Field, text: str) -> Any:
    """One typed field as the record keeps it. Raises ValueError, InvalidOperation."""
    if one.kind == "yes":
        return True
    if one.kind == "number":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else float(text)
    if one.kind == "money":
        return _fen(text)
    if one.kind == "date":
        moment = read_moment(text, reader.zone)
        if moment is None:
            raise ValueError(text)
        return moment.isoformat()
    if one.kind == "names":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if (one.kind == "choice" and text not in one.choices) or len(text) > MAX_TEXT:
        raise ValueError(text)
    return text


def _fen(text: str) -> int:
    """Yuan, as people write them, in fen. Raises ValueError, InvalidOperation."""
    amount = Decimal(text.lstrip("¥￥").replace(",", "")) * 100
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 <= amount < 10**12:
        raise ValueError(text)
    return int(amount)


def _fault(language: str, one: Field) -> str:
    if one.kind in ("number", "money"):
        return t(language, "A number is expected here.")
    return t(language, "Please choose a date and a time.") if one.kind == "date" else t(language, MISSING)


def shown_values(reader: Reader, form: Form, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Word what a record holds, field by field in the order of its form."""
    return tuple(
        (one.name(reader.language), _shown(reader, one, values[one.id]))
        for one in form.fields
        if one.id in values
    )


def _shown(reader: Reader, one: Field, value: Any) -> str:
    if one.kind == "money":
        return f"¥{int(value) / 100:.2f}"
    if one.kind == "yes":
        return t(reader.language, "Yes") if value else t(reader.language, "No")
    if one.kind == "names" and isinstance(value, list):
        return "、".join(map(str, value)) if reader.language == "zh" else ", ".join(map(str, value))
    option = next((each for each in one.options if each.id == value), None)
    return option.name(reader.language) if option else str(value)
