"""The API as a page of our own: no script, no network, only what the OpenAPI document says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]
REF: Final = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body, an answer or an address."""

    name: str
    kind: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One door: how it is called, what it says of itself, what it takes and what it answers."""

    method: str
    path: str
    text: str
    asked: tuple[Field, ...]
    sent: tuple[Field, ...]
    status: str
    answered: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One named shape of a body or an answer."""

    name: str
    fields: tuple[Field, ...]


def operations(document: Document) -> dict[str, list[Operation]]:
    """Return the operations of an OpenAPI document by tag, in its order."""
    found: dict[str, list[Operation]] = {}
    for path, doors in document["paths"].items():
        for method, door in doors.items():
            tag = next(iter(door.get("tags", ())), "")
            found.setdefault(tag, []).append(_operation(document, method, path, door))
    return found


def shapes(document: Document) -> list[Shape]:
    """Return the named shapes, by name."""
    known = document.get("components", {}).get("schemas", {})
    return [Shape(name, _fields(known[name])) for name in sorted(known)]


def _operation(document: Document, method: str, path: str, door: Document) -> Operation:
    status = next(code for code in door["responses"] if code.startswith("2"))
    body = _content(door.get("requestBody", {}))
    named = document.get("components", {}).get("schemas", {}).get(_name(body), body)
    asked = tuple(
        Field(one["name"], kind_of(one["schema"]), one.get("required", False))
        for one in door.get("parameters", ())
    )
    answer = _content(door["responses"][status])
    text = " ".join(door.get("description", "").replace("``", "").split())
    return Operation(method.upper(), path, text, asked, _fields(named), status,
                     kind_of(answer) if answer else "")  # fmt: skip


def _content(part: Document) -> Document:
    content: Sequence[Document] = list(part.get("content", {}).values())
    schema: Document = content[0].get("schema", {}) if content else {}
    return schema


def _fields(schema: Document) -> tuple[Field, ...]:
    needed = schema.get("required", ())
    return tuple(
        Field(name, kind_of(one), name in needed) for name, one in schema.get("properties", {}).items()
    )


def _name(schema: Document) -> str:
    return str(schema.get("$ref", "")).removeprefix(REF)


def kind_of(schema: Document) -> str:
    """Return a schema in a word or two: ``string``, ``"zh" | "en"``, ``array of MessageOut``."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(kind_of(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(f'"{one}"' for one in schema["enum"])
    if schema.get("type") == "array":
        return f"array of {kind_of(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")
