"""What a step still needs, in words. Pure."""

from typing import Any

from backend.tickets.forms import find_form
from backend.tickets.guards import SENTENCES, Lack
from locales import N_, t


def said(language: str, lack: Lack, form: str | None = None) -> str:
    """Return one sentence: what must be there, or why the step is not allowed yet."""
    if lack.is_guard:
        return t(language, SENTENCES[lack.name])
    return t(language, N_("{field} must be filled in."), field=field_name(language, lack.name, form))


def told(language: str, lack: Lack, form: str | None = None) -> dict[str, Any]:
    """The same as plain values: the name that scripts look at, and the sentence for people."""
    return {"name": lack.name, "is_guard": lack.is_guard, "text": said(language, lack, form)}


def field_name(language: str, name: str, form: str | None) -> str:
    """Return a field's name as its form has it; the bare name of one that stands in no form."""
    found = find_form(form) if form else None
    field = next((one for one in found.fields if one.id == name), None) if found else None
    if field is None:
        return name
    return field.zh if language == "zh" else field.en
