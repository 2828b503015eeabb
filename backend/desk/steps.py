"""The steps that may follow as forms: the fields each asks for, what stands in the way, and whose step it is.

What is typed becomes the plain body of the action ``move``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from backend.desk import record_fields, words
from backend.desk.forms import MAX_TEXT, BadForm, moment_text
from backend.desk.queue import Reader
from backend.desk.views import Choice, Fact, FieldView, FormView
from backend.models import Record, Ticket
from backend.people import roles
from backend.tickets import facts, guards, lifecycle
from backend.tickets.forms import Field, find_form, standard_forms
from backend.tickets.lifecycle import Machine, Move
from backend.tickets.moves import NextStep
from backend.tickets.steps import Lacking
from locales import N_, t
from locales.dates import format_moment

#: what the address and the ids of a step's form begin with
MOVE: Final = "move-"
#: a field of the record stands in the form under its name after this
RECORD: Final = "r."
#: two tickets that are one matter have a form of their own, which says with which
MERGED: Final = "merged"
#: the actions whose buttons are the step itself, and ask all that it asks
OWN_BUTTONS: Final = ("accept", "assign")
_YES_NO: Final = (("yes", N_("Yes")), ("no", N_("No")))
#: details of the request that a form asks for under the same name
_SAID: Final = ("item", "plate")
#: fields whose words need room
_LONG: Final = frozenset(
    {"content", "options", "terms", "actual_items", "materials", "finding", "measures", "cause", "corrective",
     "preventive", "feedback", "wishes", "changes", "defects", "actions", "report", "opinion", "notice",
     "talk"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """Whose page, which ticket: ``kind`` of its resident, as whom (``actor``) one looks.

    ``providers``: names of those that may be sent, offered where a step names one.
    """

    reader: Reader
    ticket: Ticket
    kind: str | None
    actor: str
    providers: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        return self.reader.language

    @property
    def zone(self) -> str:
        return self.reader.zone

    @property
    def now(self) -> datetime:
        return self.reader.now


def steps_of(
    sheet: Sheet, open_steps: Sequence[NextStep], allowed: Collection[str] = ()
) -> tuple[FormView, ...]:
    """Return the steps the viewer may take or record now, each with its form and what stands in its way.

    ``allowed``: the actions with a button of their own; a step that such a button takes is not twice there.
    """
    machine = lifecycle.machine_of(sheet.ticket.workflow, sheet.ticket.step)
    elsewhere = {machine.cancel_to, MERGED, *_pressed(machine, sheet.ticket, allowed)}
    found = []
    for one in open_steps:
        move = machine.move(sheet.ticket.step, one.to)
        if move is not None and one.to not in elsewhere:
            known = facts.facts_of(sheet.ticket, sheet.kind, actor=sheet.actor)
            refused = [lack for lack in guards.lacks(move, known) if lack.is_guard]
            told = tuple(t(sheet.language, guards.SENTENCES[lack.name]) for lack in refused)
            is_own = roles.takes_as_own(sheet.reader.viewer.role, move.actor)
            whose = "" if is_own else _whose(sheet, move)
            found.append(replace(_form(sheet, move), whose=whose, lacks=told))
    return tuple(found)


def _pressed(machine: Machine, ticket: Ticket, allowed: Collection[str]) -> set[str]:
    """The steps that a button above takes by itself; where a provider is named, its step asks for more."""
    aims = {machine.aim(ticket.step, action) for action in OWN_BUTTONS if action in allowed}
    moves = (machine.move(ticket.step, to) for to in aims if to)
    return {move.to_step for move in moves if move and not move.fields and "provider" not in move.asks}


def with_open(found: tuple[FormView, ...], made: FormView | None) -> tuple[FormView, ...]:
    """The steps with the open one in its place; one that is not possible any more comes last."""
    if made is None:
        return found
    placed = tuple(
        replace(made, whose=one.whose, lacks=one.lacks) if one.action == made.action else one for one in found
    )
    return placed if any(one.is_open for one in placed) else (*placed, made)


def form_for(
    sheet: Sheet, to: str, typed: Mapping[str, str] | None, errors: Mapping[str, str] | None
) -> FormView | None:
    """Return the form of a step with what was typed, even where the ticket has moved on since: nothing typed
    is lost. None for a step that no machine of the ticket has."""
    move = move_to(sheet, to)
    if move is None:
        return None
    made = _form(sheet, move)
    filled = tuple(
        replace(
            field, value=(typed or {}).get(field.name, field.value), error=(errors or {}).get(field.name, "")
        )
        for field in made.fields
    )
    return replace(made, fields=filled, error=(errors or {}).get("", ""), is_open=True)


def move_to(sheet: Sheet, to: str) -> Move | None:
    """The step by its name: from where the ticket stands, else from anywhere in its machine."""
    machine = lifecycle.machine_of(sheet.ticket.workflow, sheet.ticket.step)
    here = machine.move(sheet.ticket.step, to)
    return here or next((move for move in machine.moves if move.to_step == to), None)


def said_of(language: str, lacking: Lacking) -> dict[str, str]:
    """What a refused step still needs, each once: at its field where the form has one, else above all."""
    form = find_form(lacking.form)
    own = {one.id for one in form.fields} if form else set()
    errors: dict[str, str] = {}
    for lack in lacking.lacks:
        if not lack.is_guard:
            errors[RECORD + lack.name] = t(language, "Please fill this in.")
            continue
        said = t(language, guards.SENTENCES[lack.name])
        at = next((RECORD + name for name in guards.ASKED.get(lack.name, ()) if name in own), "")
        if not at:
            errors[""] = (" " if language == "en" else "").join(filter(None, (errors.get(""), said)))
        else:
            errors.setdefault(at, said)
    return errors


def title_of(sheet: Sheet, to: str) -> str:
    return words.act_of(sheet.language, sheet.ticket.manner, to)


def _whose(sheet: Sheet, move: Move) -> str:
    named = [words.name_of(sheet.language, words.ACTORS, actor) for actor in move.actor.split()]
    names = t(sheet.language, " or ").join(named)
    return t(sheet.language, "Usually a step of: {whose}. You may record it too.", whose=names)


def _form(sheet: Sheet, move: Move) -> FormView:
    fields = [FieldView("to", "", "hidden", move.to_step)]
    fields += _fields(sheet, move)
    whose = move.actor.split()
    if len(whose) > 1:
        choices = tuple(Choice(one, words.name_of(sheet.language, words.ACTORS, one)) for one in whose)
        own = sheet.actor if sheet.actor in whose else whose[0]
        fields.append(FieldView("for", t(sheet.language, "Recorded for"), "select", own, choices=choices))
    fields.append(FieldView("note", t(sheet.language, "Note"), "area", is_required=False))
    return FormView(
        action=f"{MOVE}{move.to_step}",
        title=title_of(sheet, move.to_step),
        submit=t(sheet.language, "Record this step"),
        icon="chevron-right",
        fields=tuple(fields),
        hint=_hint(sheet, move),
        path="move",
    )


def _hint(sheet: Sheet, move: Move) -> str:
    """Which form is filled in, and for whom, where that is somebody else."""
    form = find_form(move.form)
    lines = [t(sheet.language, "Fills in: {form}.", form=form.name(sheet.language))] if form else []
    whose = move.actor.split()
    if sheet.actor not in whose and len(whose) == 1:
        name = words.name_of(sheet.language, words.ACTORS, whose[0])
        lines.append(t(sheet.language, "Recorded for: {whose}.", whose=name))
    return " ".join(lines) if sheet.language == "en" else "".join(lines)


def _fields(sheet: Sheet, move: Move) -> list[FieldView]:
    """The fields of the step's form, filled with what is known already."""
    form = find_form(move.form)
    if form is None:
        return []
    asks, known = guards.asked(move), _said(sheet.ticket) | facts.known_of(sheet.ticket)
    typed = {one.id: _shown(sheet, one, known.get(one.id)) for one in form.fields}
    needs = (*move.fields, *guards.looked_at(move))
    fields = record_fields.fields_of(sheet.reader, form, asks, needs, typed=typed)
    return [_named(sheet, field, form.field(field.name)) for field in fields]


def _said(ticket: Ticket) -> dict[str, Any]:
    """What the resident said in words of their own, to be looked at and kept or corrected."""
    return {name: ticket.slots[name] for name in _SAID if isinstance(ticket.slots.get(name), str)}


def _named(sheet: Sheet, field: FieldView, spec: Field | None) -> FieldView:
    """The field under its name in this form; a yes may also be a no, which a box alone could not say."""
    made = replace(field, name=RECORD + field.name)
    if field.name == "provider" and sheet.providers:
        hint = t(sheet.language, "Type a few letters and choose.")
        return replace(
            made, kind="list", hint=hint, choices=tuple(Choice(one, one) for one in sheet.providers)
        )
    if spec is not None and spec.kind == "yes":
        choices = (Choice("", t(sheet.language, "Choose")),
                   *(Choice(key, t(sheet.language, said)) for key, said in _YES_NO))  # fmt: skip
        return replace(made, kind="select", choices=choices)
    if spec is not None and spec.kind == "choice":
        return replace(made, kind="select", choices=(Choice("", t(sheet.language, "Choose")), *field.choices))
    is_short = field.kind == "area" and field.name not in _LONG and spec is not None and spec.kind == "text"
    return replace(made, kind="text") if is_short else made


def _shown(sheet: Sheet, spec: Field, value: Any) -> str:
    """A value that is known already, as its field holds it."""
    if value in facts.EMPTY:
        return ""
    if spec.kind == "yes":
        return "yes" if value is True else "no"
    if spec.kind == "money" and isinstance(value, int):
        return f"{value / 100:.2f}".removesuffix(".00")
    if spec.kind == "names" and isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if spec.kind == "date":
        return moment_text(datetime.fromisoformat(str(value)), sheet.zone) if "T" in str(value) else ""
    return str(value)


def read_move(sheet: Sheet, to: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of ``move``. Raises BadForm with the sentence at each field.

    What must be there is not asked for here: the step itself knows what is known already.
    """
    move = move_to(sheet, to)
    if move is None:
        raise BadForm({"": t(sheet.language, "There is no such step.")})
    note = typed.get("note", "").strip()
    if len(note) > MAX_TEXT:
        raise BadForm(
            {"note": t(sheet.language, "Please keep this under {limit} characters.", limit=MAX_TEXT)}
        )
    record = _read(sheet, move, typed)
    return {"to": to, "record": record, "note": note or None, "for": typed.get("for") or None}


def _read(sheet: Sheet, move: Move, typed: Mapping[str, str]) -> dict[str, Any]:
    form = find_form(move.form)
    if form is None:
        return {}
    own = {name.removeprefix(RECORD): text for name, text in typed.items() if name.startswith(RECORD)}
    refused = {one.id for one in form.fields if one.kind == "yes" and own.get(one.id) == "no"}
    said = {name: text for name, text in own.items() if name not in refused}
    try:
        record = record_fields.read_fields(sheet.reader, form, guards.asked(move), (), said)
    except BadForm as bad:
        raise BadForm({RECORD + name: sentence for name, sentence in bad.errors.items()}) from bad
    return record | dict.fromkeys(refused, False)


def settled(sheet: Sheet) -> tuple[Fact, ...]:
    """What the records of the ticket's steps have settled: the price, the consent, papers, keys."""
    values = dict(sheet.ticket.facts)
    found = []
    for form in standard_forms().all.values():
        mine = {name: values.pop(name) for name in [one.id for one in form.fields] if name in values}
        found += [Fact(name, said) for name, said in record_fields.shown_values(sheet.reader, form, mine)]
    return tuple(found)


def records_of(sheet: Sheet, rows: Sequence[Record]) -> tuple[Fact, ...]:
    """The ticket's forms as they stand, what a later one replaced left out; each can be printed."""
    replaced = {row.replaces_id for row in rows}
    return tuple(_record(sheet, row) for row in rows if row.id not in replaced)


def _record(sheet: Sheet, row: Record) -> Fact:
    """One form; the office prints it, those in the field only see that it is there."""
    may_print = roles.sees_all_tickets(sheet.reader.viewer.role)
    href = f"/tickets/{sheet.ticket.number}/forms/{row.kind}" if may_print else ""
    at = format_moment(sheet.language, row.at, sheet.zone, sheet.now)
    return Fact(_form_name(sheet, row), t(sheet.language, "Print, {moment}", moment=at) if href else at, href)


def _form_name(sheet: Sheet, row: Record) -> str:
    form = find_form(row.kind)
    name = form.name(sheet.language) if form else row.kind
    return t(sheet.language, "{name} no. {number}", name=name, number=row.number)
