"""One ticket's page, its quick actions, what is being written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.deadlines import explaining
from backend.desk import (
    answering,
    beside,
    clashes,
    colleagues,
    forms,
    free_slot,
    letters,
    pause_form,
    queries,
    queue_forms,
    steps,
    tell_choice,
    telling_done,
    ticket_queries,
    what_changed,
    words,
)
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go, lead, with_toast, with_undo
from backend.desk.forms import BadForm, Desk
from backend.desk.queue import row_of
from backend.desk.service import show_typing
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.talking import ask_if_two_write, beside_talk, keys, since_of, warned
from backend.desk.ticket import composer_of, ticket_of
from backend.desk.ticket_queries import Dossier
from backend.desk.views import ComposerView, FieldView, Shell, TicketView
from backend.errors import BadInput, CannotPause, IllegalMove, NotFound, Refusal, VersionConflict
from backend.people import residents
from backend.tickets import case_queries, service, telling
from backend.tickets import queries as ticket_rows
from backend.tickets.records import RecordRefused
from backend.tickets.steps import Lacking
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
WRITTEN: Final = ("reply", "note")
DONE: Final[Mapping[str, str]] = {
    "accept": N_("Accepted. The resident has been told."),
    "reply": N_("Sent."),
    "note": N_("Note saved."),
    "assign": N_("Assigned."),
    "check_in": N_("Arrival recorded."),
    "not_arrived": N_("The arrival is taken back; whoever was told of it has been told."),
    "classify": N_("Class saved."),
    "complete": N_("Completed."),
    "sign_off": N_("Sign-off saved."),
    "feedback": N_("Feedback sent."),
    "answer": N_("Answer sent."),
    "decide": N_("The resident has been told."),
    "follow_up": N_("Follow-up saved."),
    "pause": pause_form.DONE,
    "resume": N_("The clocks run again."),
    "move": N_("The step is recorded."),
    "choose": N_("The service is changed. The resident's words are proposed as an example."),
    "plan": N_("The date is fixed. The resident has been told."),
    **queue_forms.DONE,
    **tell_choice.DONE,
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a second look at the page carries over from a refused action.

    ``back``: the calendar that the form was opened from, and that its step leads back to.
    """

    notice: str = ""
    composer: ComposerView | None = None
    action: str = ""
    typed: Mapping[str, str] | None = None
    errors: Mapping[str, str] | None = None
    back: str = ""


@router.get("/tickets/{number}")
def ticket_page(
    who: Visiting, number: Number, part: str = "", do: str = "", mode: str = "", explain: str = "",
    back: str = "",
) -> Response:  # fmt: skip
    """The whole page, or (``part=live``) what changes while it is open, or (``part=form``) the form ``do``.

    ``explain``: this promise is told. Raises NotFound where that form cannot be had now."""
    with who.db.read() as session:
        look = Look(action=do, typed=None, back=back)
        ticket, shell = _load(session, who, number, look)
    if part == "live":
        return show(who, "_ticket_live.html", shell, ticket=ticket, oob=True)
    if part == "form":
        return _form_alone(who, shell, ticket)
    if mode in WRITTEN and mode != ticket.composer.mode:
        box = ticket.composer
        ticket = replace(ticket, composer=replace(box, mode=mode, text=box.other, other=box.text))
    return show(who, "ticket.html", shell, ticket=ticket, explain=explain)


def _form_alone(who: Visit, shell: Shell, ticket: TicketView) -> Response:
    """The form that was asked for, to be laid over the open page."""
    form = next((f for f in (*ticket.forms, *ticket.steps) if f.is_open and not f.is_one_press), None)
    if form is None:
        raise NotFound
    return show(who, "_ticket_form.html", shell, ticket=ticket, form=replace(form, is_open=False))


def _load(session: Session, who: Visit, number: int, look: Look) -> tuple[TicketView, Shell]:
    row = ticket_rows.get_ticket(session, who.viewer, number)
    dossier = ticket_queries.load_dossier(session, who.viewer, row, since_of(who.request))
    allowed = service.allowed_now(session, row, who.viewer, dossier.deadlines)
    desk = desk_of(session, who, dossier)
    card, phone = _person(session, who, dossier)
    view = ticket_of(
        reader_of(session, who), dossier, desk, allowed, who.menu, card=card, phone=phone,
        explained=_explained(session, who, dossier), composer=look.composer, notice=look.notice,
    )  # fmt: skip
    view = beside.with_links(session, reader_of(session, who), dossier, view)
    view = beside_talk(session, who, dossier, _with_steps(session, who, dossier, view, look, allowed))
    return _with_form(who, view, desk, look), shell_of(session, who)


def _with_steps(
    session: Session, who: Visit, dossier: Dossier, view: TicketView, look: Look, allowed: Sequence[str]
) -> TicketView:
    """The steps that may follow, what they settled, their records; one that was refused is open again."""
    sheet = _sheet(session, who, dossier)
    found = steps.steps_of(sheet, service.moves_for(session, dossier.ticket, who.viewer), allowed)
    if look.action.startswith(steps.MOVE):
        made = steps.form_for(sheet, look.action.removeprefix(steps.MOVE), look.typed, look.errors)
        found = steps.with_open(found, made)
    return replace(
        view, steps=found, settled=steps.settled(sheet), records=steps.records_of(sheet, dossier.records)
    )


def _sheet(session: Session, who: Visit, dossier: Dossier) -> steps.Sheet:
    kind = dossier.resident.kind if dossier.resident else None
    reader = replace(reader_of(session, who), zone=dossier.estate.timezone)
    ticket = dossier.ticket
    # A step that names a provider offers those of the estate that may be sent.
    is_sent = ticket.workflow in ("paid", "housekeeping")
    names = case_queries.names_to_send(session, who.viewer, ticket.estate_id) if is_sent else ()
    return steps.Sheet(reader, ticket, kind, service.ACTORS[who.viewer.role], names)


def _explained(session: Session, who: Visit, dossier: ticket_queries.Dossier) -> dict[int, tuple[str, ...]]:
    """Each clock's own story, by its id."""
    zone = dossier.estate.timezone
    told = explaining.explained(session, dossier.ticket, zone, who.language, who.now)
    return {one.deadline.id: one.sentences for one in told}


def _with_form(who: Visit, view: TicketView, desk: Desk, look: Look) -> TicketView:
    """Open the form that the address or a refused post names, with what was typed in it."""
    if look.action not in {form.action for form in view.forms}:
        is_gone = look.action in forms.FIELDS  # the form that was sent is offered no more: why, is said above
        return replace(view, notice=look.errors.get("", "")) if is_gone and look.errors else view
    made = forms.form_of(desk, look.action, look.typed, look.errors)
    own = forms.words_of(look.action, look.typed or {})
    made = replace(made, warning=warned(who, desk.reader_language, own, made.warning))
    if back := free_slot.calendar_of(look.back):
        made = replace(made, fields=(*made.fields, FieldView("back", "", "hidden", back)))
    forms_now = tuple(
        replace(made, is_open=True, is_primary=f.is_primary) if f.action == look.action else f
        for f in view.forms
    )
    return replace(view, forms=forms_now)


def desk_of(session: Session, who: Visit, dossier: Dossier) -> Desk:
    """What the forms of this ticket are made for."""
    ticket = dossier.ticket
    reader = telling.reader_of(session, ticket)
    staff, here = colleagues.list_colleagues(session, who.viewer, ticket.estate_id, who.now,
                                             hidden_from_id=ticket.hidden_from_id)  # fmt: skip
    return Desk(who.language, reader.language, ticket, dossier.estate.timezone, who.now, staff, here,
                beside.load(session, who.viewer, ticket, who.menu, who.now),
                dossier.resident.name if dossier.resident else "",
                clashes.told_of_people(session, who.viewer, ticket, who.now), who.menu)  # fmt: skip


def _person(session: Session, who: Visit, dossier: Dossier) -> tuple[residents.ResidentCard | None, str]:
    if dossier.resident is None:
        return None, ""
    try:
        card = residents.get_resident(session, who.viewer, who.vault, dossier.resident.id, who.now)
    except NotFound:  # moved out since
        return None, ""
    return card, residents.get_phone(session, who.viewer, who.vault, dossier.resident.id, who.now)


@router.post("/tickets/{number}/draft")
def keep_draft(who: Visiting, number: Number, fields: Typed) -> Response:
    """Keep what is being written, per ticket, person and mode, so that another device can go on."""
    mode = fields.get("mode", "")
    if mode in WRITTEN:
        text = fields.get("text", "")[: forms.MAX_TEXT]
        who.db.run(lambda session: _keep_draft(session, who, number, mode, text))
    return Response(status_code=204)


def _keep_draft(session: Session, who: Visit, number: int, mode: str, text: str) -> None:
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    ticket_queries.keep_draft(session, who.viewer, ticket, mode=mode, text=text, now=who.now)
    if mode == "reply":
        show_typing(session, ticket, bool(text.strip()), who.now)
        keys(session, who, ticket, bool(text.strip()))


def take(who: Visit, number: int, action: str, fields: Mapping[str, str]) -> Response:
    """Take one action with the fields that were posted."""
    try:
        body = read_fields(who, number, action, fields)
        who.db.run(
            lambda session: service.act(
                session, who.menu, who.viewer, number, action, body, who.now, _version(fields)
            )
        )
    except BadForm as bad:
        return again(who, number, _shown_as(action, fields), fields, dict(bad.errors), 422)
    except RecordRefused as refused:
        errors = {steps.RECORD + name: t(who.language, "Please check this.") for name in refused.fields}
        return again(who, number, _shown_as(action, fields), fields, errors, 422)
    except Lacking as lacking:
        return _lacking(who, number, action, fields, lacking)
    except (BadInput, IllegalMove, VersionConflict) as refusal:
        return _refused(who, number, action, fields, refusal)
    except NotFound as refusal:
        if action != "merge":
            raise
        return _refused(who, number, action, fields, refusal)  # the other of the two
    return _done(who, number, action, fields)


def _shown_as(action: str, fields: Mapping[str, str]) -> str:
    """Under which name the form of an action stands on the page: each step has its own."""
    return steps.MOVE + fields.get("to", "") if action == "move" else action


def _lacking(who: Visit, number: int, action: str, fields: Mapping[str, str], lacking: Lacking) -> Response:
    """A step that must not be taken yet: what is missing is said where it can be filled in."""
    if action != "move":
        return _refused(who, number, action, fields, lacking)
    return again(
        who, number, _shown_as(action, fields), fields, steps.said_of(who.language, lacking), lacking.status
    )


def _version(fields: Mapping[str, str]) -> int | None:
    text = fields.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def read_fields(who: Visit, number: int, action: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of an action. Raises BadForm, NotFound."""
    beside_it = ("version", "from", "back")
    typed = {name: text for name, text in fields.items()
             if name not in beside_it and not name.startswith(answering.ANSWER)}  # fmt: skip
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        dossier = ticket_queries.load_dossier(session, who.viewer, ticket)
        desk, sheet = desk_of(session, who, dossier), _sheet(session, who, dossier)
        ask_if_two_write(session, who, ticket, action, fields)
    if action == "move":
        return steps.read_move(sheet, fields.get("to", ""), typed)
    return forms.read_body(desk, action, typed)


def _done(who: Visit, number: int, action: str, fields: Mapping[str, str]) -> Response:
    sentence = telling_done.said(who, number, action, fields, DONE[action])
    if back := free_slot.calendar_of(fields.get("back", "")):
        return lead(who.request, back, sentence)
    if not who.is_fragment:
        where = "/queue" if fields.get("from") == "queue" else f"/tickets/{number}"
        return go(who.request, where, sentence)
    if fields.get("from") == "queue" or action not in WRITTEN:
        shown = _row(who, number) if fields.get("from") == "queue" else live_parts(who, number)
        told_now, undo = with_toast(shown, sentence), queue_forms.UNDONE_BY.get(action)
        return with_undo(told_now, undo, (number,)) if undo else told_now
    with who.db.read() as session:
        ticket, shell = _load(session, who, number, Look())
        kept = () if action == "reply" else letters.chips_of(session, who, number, fields)
    ticket = replace(ticket, composer=replace(ticket.composer, photos=kept, text=""))
    return with_toast(show(who, "_ticket_written.html", shell, ticket=ticket, oob=True), sentence)


def live_parts(who: Visit, number: int) -> Response:
    """The parts of the open page that may have changed, each laid in its place."""
    with who.db.read() as session:
        ticket, shell = _load(session, who, number, Look())
    response = show(who, "_ticket_live.html", shell, ticket=ticket, oob=True)
    response.headers["HX-Reswap"] = "none"
    return response


def _row(who: Visit, number: int, status: int = 200) -> Response:
    with who.db.read() as session:
        reader = reader_of(session, who)
        entry = queries.list_rows(session, who.viewer, [number], who.now)[0]
        shell = shell_of(session, who)
    return show(who, "_queue_row.html", shell, row=row_of(reader, entry), status=status)


def _refused(who: Visit, number: int, action: str, fields: Mapping[str, str], refusal: Refusal) -> Response:
    """Somebody was faster, or the step is not possible now: said where it was pressed."""
    sentence = _sentence(who, number, refusal)
    if fields.get("from") == "queue" and who.is_fragment:
        return with_toast(_row(who, number, refusal.status), sentence)
    if action in forms.FIELDS or action in WRITTEN or action == "move":
        action = _shown_as(action, fields)
        return again(who, number, action, fields, {"": sentence}, refusal.status)
    with who.db.read() as session:
        ticket, shell = _load(session, who, number, Look(notice=sentence))
    if not who.is_fragment:
        return show(who, "ticket.html", shell, ticket=ticket, status=refusal.status)
    response = show(who, "_ticket_live.html", shell, ticket=ticket, oob=True, status=refusal.status)
    response.headers["HX-Reswap"] = "none"
    return response


def _sentence(who: Visit, number: int, refusal: Refusal) -> str:
    if isinstance(refusal, IllegalMove) and not isinstance(refusal, Lacking | CannotPause):
        names = [_doable(who.language, one) for one in refusal.allowed if one not in WRITTEN]
        comma = "、" if who.language == "zh" else ", "
        refusal = IllegalMove(str(refusal.values["step"]), (comma.join(names),))
    if isinstance(refusal, VersionConflict):
        with who.db.read() as session:
            ticket, _ = _load(session, who, number, Look())
        return what_changed.worded(who.language, refusal, ticket.events)
    return refusal.worded(who.language)[1]


def _doable(language: str, name: str) -> str:
    """What can be done instead: an action by its title, a step by its name."""
    return (
        t(language, forms.TITLES[name][1])
        if name in forms.TITLES
        else words.name_of(language, words.STEPS, name)
    )


def again(
    who: Visit, number: int, action: str, fields: Mapping[str, str], errors: Mapping[str, str], status: int
) -> Response:
    """Show the same form with the message at its field and everything that was typed."""
    with who.db.read() as session:
        look = Look(action=action, typed=fields, errors=errors, back=fields.get("back", ""))
        if action in WRITTEN:
            look = Look(composer=_composer(session, who, number, action, fields, errors))
        ticket, shell = _load(session, who, number, look)
    if not who.is_fragment:
        return show(who, "ticket.html", shell, ticket=ticket, status=status)
    if action in WRITTEN:
        return show(who, "_composer.html", shell, ticket=ticket, status=status)
    form = next((f for f in (*ticket.forms, *ticket.steps) if f.action == action), None)
    if form is None:
        response = show(who, "_ticket_live.html", shell, ticket=ticket, oob=True, status=status)
        response.headers["HX-Reswap"] = "none"
        return with_toast(response, errors.get("", ""))
    return show(who, "_ticket_form.html", shell, ticket=ticket, form=form, status=status)


def _composer(
    session: Session, who: Visit, number: int, mode: str, fields: Mapping[str, str], errors: Mapping[str, str]
) -> ComposerView:
    """The box as it was left; another language than the reader's is a question, not an error."""
    row = ticket_rows.get_ticket(session, who.viewer, number)
    dossier = ticket_queries.load_dossier(session, who.viewer, row)
    desk = desk_of(session, who, dossier)
    box = composer_of(reader_of(session, who), dossier, desk, service.actions_for(row, who.viewer))
    text = fields.get("text", "")
    sentence = errors.get("text", "") or errors.get("photos", "") or errors.get("", "")
    return replace(
        box,
        mode=mode,
        text=text,
        other=box.other if box.mode == mode else box.text,
        error=sentence,
        warning=warned(who, desk.reader_language, text, errors.get("sure", "")),
        photos=letters.chips_of(session, who, number, fields),
    )
