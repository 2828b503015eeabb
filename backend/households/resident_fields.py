"""The form of a resident: its fields, what was typed as values, and what is wrong at which field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.desk import words
from backend.desk.record_fields import MISSING
from backend.desk.views import Choice, FieldView
from backend.households import rules, wording
from backend.households.rows import NAME_LENGTH, NO_PHONE, NOT_MISS, TOO_LONG, address_from, clean_name
from backend.models import Resident
from backend.people import phones
from backend.people.roles import Role
from backend.vault import Vault
from locales import t

ADDRESS_LENGTH: Final = 30


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form says: values of the row, the phone (None: as it was), and what is wrong."""

    values: Mapping[str, Any]
    phone: str | None
    errors: Mapping[str, str]


def fields_of(
    language: str, role: Role, vault: Vault, resident: Resident | None,
    typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
) -> tuple[FieldView, ...]:  # fmt: skip
    """The fields that this role may change; with what was typed, when a form comes back."""
    start = _start(resident)
    said, wrong = dict(typed) if typed is not None else start, errors or {}
    made = []
    for name, label, kind, choices, hint in _asked(language, vault, resident):
        if not rules.may_change(role, name):
            continue
        made.append(
            FieldView(name, label, kind, said.get(name, ""), hint, wrong.get(name, ""), choices,
                      is_required=name in ("name", "kind", "language"))
        )  # fmt: skip
    return tuple(made)


def _start(resident: Resident | None) -> dict[str, str]:
    if resident is None:
        return {"kind": "owner", "language": "zh"}
    return {
        "name": resident.name,
        "address_zh": resident.address_as_zh,
        "address_en": resident.address_as_en,
        "kind": resident.kind,
        "language": resident.language,
        "large_type": "1" if resident.is_large_type else "",
    }


Asked = tuple[str, str, str, tuple[Choice, ...], str]


def _asked(language: str, vault: Vault, resident: Resident | None) -> list[Asked]:
    """(name, label, kind, choices, hint) of each field."""
    kinds = tuple(Choice(one, t(language, name)) for one, name in words.RESIDENT_KINDS.items())
    languages = tuple(Choice(one, t(language, name)) for one, name in wording.LANGUAGES.items())
    phone = t(language, "With the country code when it is not a Chinese number. Not required.")
    fields: list[Asked] = [
        ("name", t(language, "Name"), "text", (), ""),
        ("address_zh", t(language, "What shall we call you? In Chinese"), "text", (),
         t(language, "As they like it, such as “先生”, “女士” or “陈老师”. Never guess; empty when they have "
           "not said.")),
        ("address_en", t(language, "What shall we call you? In English"), "text", (),
         t(language, "In full, as Mr Brown, or Tom.")),
        ("kind", t(language, "Kind"), "radio", kinds, ""),
        ("language", t(language, "Language"), "radio", languages, ""),
    ]  # fmt: skip
    if resident is not None and resident.phone_sealed:
        masked = phones.mask(vault.unseal(resident.phone_sealed))
        phone = t(language, "Now {phone}. Leave it empty to keep that number.", phone=masked)
    fields.append(("phone", t(language, "Phone"), "phone", (), phone))
    if resident is not None and resident.phone_sealed:
        fields.append(("no_phone", t(language, "Remove the number"), "check", (), ""))
    fields.append(("large_type", t(language, "Large type"), "check", (), ""))
    return fields


def read(
    language: str, role: Role, resident: Resident | None, typed: Mapping[str, str]
) -> Filled:  # fmt: skip
    """Read what was typed, as far as this role may change it."""
    errors: dict[str, str] = {}
    phone = _phone(language, typed, errors)
    if not rules.may_edit(role):
        values = {"language": _choice(language, typed, "language", tuple(wording.LANGUAGES), errors)}
        return Filled(values, phone, errors)
    name = clean_name(typed.get("name", ""))
    chinese, english = (typed.get(one, "").strip() for one in ("address_zh", "address_en"))
    if not name and (resident is None or resident.name):
        errors["name"] = t(language, MISSING)
    for field, text, limit in (
        ("name", name, NAME_LENGTH), ("address_zh", chinese, ADDRESS_LENGTH), ("address_en", english, 30)
    ):  # fmt: skip
        if len(text) > limit:
            errors[field] = t(language, TOO_LONG, limit=limit)
    if "小姐" in chinese:
        errors["address_zh"] = t(language, NOT_MISS)
    called = address_from(name, chinese, english)
    return Filled(
        {
            "name": name,
            "address_as_zh": called["address_zh"],
            "address_as_en": called["address_en"],
            "kind": _choice(language, typed, "kind", tuple(words.RESIDENT_KINDS), errors),
            "language": _choice(language, typed, "language", tuple(wording.LANGUAGES), errors),
            "is_large_type": bool(typed.get("large_type")),
        },
        phone,
        errors,
    )


def _choice(
    language: str, typed: Mapping[str, str], name: str, known: tuple[str, ...], errors: dict[str, str]
) -> str:
    value = typed.get(name, "")
    if value not in known:
        errors[name] = t(language, MISSING)
    return value


def _phone(language: str, typed: Mapping[str, str], errors: dict[str, str]) -> str | None:
    """The number in E.164, "" where it shall be removed, None where it stays as it is."""
    text = typed.get("phone", "").strip()
    if not text:
        return "" if typed.get("no_phone") else None
    number = phones.normalise(text)
    if number is None:
        errors["phone"] = t(language, NO_PHONE, text=text[:30])
    return number
