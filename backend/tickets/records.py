"""Filled-in forms of the service plans (REC-01 … REC-38) as rows: checked, numbered, never changed.

A form that is filled in further (a work order at dispatch, on arrival, at the sign-off) is a new row that
names the one it replaces; a register shows what nothing replaces. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.errors import BadInput
from backend.messages.service import MAX_TEXT, clean_text
from backend.models import Duty, Record, Ticket
from backend.tickets import facts, queries
from backend.tickets.forms import Field, Form, find_form, standard_forms
from backend.tickets.guards import ASKED
from backend.tickets.lifecycle import Move
from locales import N_, t

#: kept with any form beside its own fields: photos as ids of files, and the round of rework
BESIDE: Final = ("photos_before", "photos_after", "photos", "cycle")
#: step → the field of its form that is stamped with the hour it was taken
STAMPS: Final = {
    "assigned": "ordered_at", "on_site": "arrived_at", "in_service": "started_at", "finished": "ended_at",
    "signed_off": "ended_at", "notified": "notified_at", "fed_back": "feedback_at", "replied": "replied_at",
    "followed_up": "done_at", "visited": "visited_at", "returned": "returned_at", "released": "left_at",
    "issued": "issued_at",
}  # fmt: skip
MOST_NAMES: Final = 20
LONGEST_NAME: Final = 100
MOST: Final = 2**53


class RecordRefused(BadInput):
    """A field of the form is unknown, missing, or holds what does not belong there."""

    detail = N_("Please check these fields: {fields}.")

    def __init__(self, *fields: str, known: Mapping[str, Field] | None = None) -> None:
        """``known``: the fields of the form itself, since forms may name alike fields differently."""
        super().__init__(None, fields=", ".join(fields))
        self.fields, self.known = fields, dict(known or {})

    def worded(self, language: str) -> tuple[str, str]:
        """With the fields as the forms name them, for whoever reads it; their ids stand in ``fields``."""
        own = self.known
        names = [own[one].name(language) if one in own else _name_of(language, one) for one in self.fields]
        comma = "、" if language == "zh" else ", "
        return t(language, self.title), t(language, self.sentence, fields=comma.join(names))

    def problem(self, language: str) -> dict[str, object]:
        return {**super().problem(language), "fields": list(self.fields)}


def _name_of(language: str, name: str) -> str:
    """A field as any form names it; the bare name of one that stands in none."""
    found = (form.field(name) for form in standard_forms().all.values())
    field = next((one for one in found if one is not None), None)
    return field.name(language) if field else name


def write(
    session: Session, kind: str, values: Mapping[str, Any], *, at: datetime, by: int | None, actor: str,
    estate_id: int | None = None, ticket: Ticket | None = None, duty: Duty | None = None,
    acting_for: str | None = None, replaces: Record | None = None, now: datetime | None = None,
    needed: tuple[str, ...] = (),
) -> Record:  # fmt: skip
    """Write one record with the next number of its kind in the estate.

    ``at``: when it happened; ``now``: when it is written, where that is later; ``needed``: fields that must
    be there. Raises RecordRefused for an unknown form, and for a missing, unknown or wrong field.
    """
    form = find_form(kind)
    estate = estate_id or (ticket.estate_id if ticket else None) or (duty.estate_id if duty else None)
    if form is None or estate is None:
        raise RecordRefused(kind)
    kept = clean(form, values)
    missing = [name for name in needed if kept.get(name) in facts.EMPTY]
    if missing:
        raise RecordRefused(*missing, known={one.id: one for one in form.fields})
    record = Record(
        estate_id=estate, kind=kind, number=queries.take_record_number(session, estate, kind),
        ticket_id=ticket.id if ticket else None, duty_id=duty.id if duty else None,
        replaces_id=replaces.id if replaces else None, at=at, by_user_id=by, actor=actor,
        acting_for=acting_for, values=kept, created_at=now or at,
    )  # fmt: skip
    session.add(record)
    session.flush()
    return record


def fill(
    session: Session, kind: str, ticket: Ticket, given: Mapping[str, Any], *, at: datetime, by: int | None,
    actor: str, acting_for: str | None = None, steps: Sequence[str] = (),
) -> Record | None:  # fmt: skip
    """Fill in a ticket's form further with what is known by now; None where nothing new is to be written.

    ``steps``: those it is filled in for, whose hour is stamped. A new cycle begins a new form: what was
    signed the first time stays as it was.
    """
    form = find_form(kind)
    if form is None:
        return None
    former = queries.find_record(session, ticket.id, kind, ticket.cycle)
    own = {one.id for one in form.fields} | set(BESIDE)
    before = former.values if former else {}
    stamps = {STAMPS[step]: at.isoformat() for step in steps if step in STAMPS}
    known = before | facts.known_of(ticket) | _worker(session, ticket) | stamps | dict(given)
    values = _clean({one.id: one for one in form.fields}, {k: v for k, v in known.items() if k in own}, ())
    if ticket.cycle > 1:
        values["cycle"] = ticket.cycle
    if former is not None and former.values == values:
        return former
    return write(session, kind, values, ticket=ticket, at=at, by=by, actor=actor, acting_for=acting_for,
                 replaces=former)  # fmt: skip


def unstamp(
    session: Session, kind: str, ticket: Ticket, step: str, *, at: datetime, by: int | None, actor: str
) -> None:
    """Take the hour of a step out of a form again: the step was not taken after all."""
    former = queries.find_record(session, ticket.id, kind, ticket.cycle)
    stamp = STAMPS.get(step, "")
    if former is None or stamp not in former.values:
        return
    values = {name: value for name, value in former.values.items() if name != stamp}
    write(session, kind, values, ticket=ticket, at=at, by=by, actor=actor, replaces=former)


def _worker(session: Session, ticket: Ticket) -> dict[str, str]:
    """Who does the work, by the name that the form is read with."""
    if ticket.worker_id is None:
        return {}
    name = queries.get_user(session, ticket.worker_id).name(ticket.language)
    return {"worker": name, "received_by": name}


def fields_of(move: Move) -> tuple[str, ...]:
    """Return the fields that a step asks for, those it must have first; its form may have others."""
    answers = [name for guard in move.guards for name in ASKED.get(guard, ())]
    return tuple(dict.fromkeys([*move.fields, *answers, *move.asks]))


def checked(move: Move, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record handed in with a step, cleaned. Raises RecordRefused.

    A "no" where the step needs a yes is no answer: what lacks is then named by the step itself.
    """
    form = find_form(move.form) if move.form else None
    known = {one.id: one for one in form.fields} if form else {}
    free = {name: known.get(name) or Field(name, name, name, "any") for name in fields_of(move)}
    kept = _clean(known | free, values)
    return {name: value for name, value in kept.items() if value is not False or name not in move.fields}


def clean(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form as they are kept, empty ones left out. Raises RecordRefused."""
    return _clean({one.id: one for one in form.fields}, values)


def _clean(
    known: Mapping[str, Field], values: Mapping[str, Any], strict: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """With ``strict`` what does not fit is left out, but for these names."""
    wrong, kept = [], {}
    for name, value in values.items():
        if value in facts.EMPTY:
            continue
        if name in BESIDE:
            kept[name] = value
            continue
        spec = known.get(name)
        try:
            kept[name] = _value(spec, value) if spec else _nothing()
        except (ValueError, TypeError):
            wrong.append(name)
    refused = wrong if strict is None else [name for name in wrong if name in strict]
    if refused:
        raise RecordRefused(*sorted(refused), known=known)
    return {name: value for name, value in kept.items() if value not in facts.EMPTY}


def _nothing() -> Any:
    raise ValueError("no such field")


def _value(spec: Field, value: Any) -> Any:
    """One value as its kind of field keeps it. Raises ValueError or TypeError."""
    if spec.kind == "yes":
        return _yes(value)
    if spec.kind in ("number", "money"):
        return _number(value, is_money=spec.kind == "money")
    if spec.kind == "date":
        return _instant(value)
    if spec.kind == "choice":
        return value if value in spec.choices else _nothing()
    if spec.kind == "names":
        return _names(value)
    if spec.kind == "any" and not isinstance(value, str):
        return value if isinstance(value, bool) else _number(value, is_money=False)
    return _text(value)


def _yes(value: Any) -> bool:
    return value if isinstance(value, bool) else bool(_nothing())


def _number(value: Any, *, is_money: bool) -> int | float:
    """Money is a whole number of fen, never less than nothing."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not (whole or (isinstance(value, float) and not is_money)) or not -MOST < value < MOST:
        raise ValueError("no number")
    if is_money and value < 0:
        raise ValueError("money owed the other way")
    number: int | float = value
    return number


def _instant(value: Any) -> str:
    """An instant with its zone, kept in UTC, or a day; as ISO 8601 writes them."""
    text = value.isoformat() if isinstance(value, (date, datetime)) else str(value)
    if len(text) <= len("2026-03-12"):
        return date.fromisoformat(text).isoformat()
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _names(value: Any) -> list[str]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or len(names) > MOST_NAMES:
        raise ValueError("no list of names")
    return [_text(name, LONGEST_NAME) for name in names]


def _text(value: Any, most: int = MAX_TEXT) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("no text")
    return clean_text(value).strip()
