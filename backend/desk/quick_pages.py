"""Beside the composer: ready answers to insert, and quick sends that go in the resident's language."""

from collections.abc import Mapping

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.answers import queries as answer_queries
from backend.answers import service as answer_service
from backend.desk import answering, forms, quick, ticket_pages, ticket_queries
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go, with_toast
from backend.desk.forms import BadForm, Desk
from backend.desk.quick import Said
from backend.desk.shell import shell_of, show
from backend.desk.ticket_queries import Dossier
from backend.desk.views import FieldView
from backend.errors import Forbidden, NotFound
from backend.tickets import queries as ticket_rows
from backend.tickets import service
from backend.translating import service as translating
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
SENT = N_("Sent.")


def _opened(session: Session, who: Visit, number: int) -> tuple[Dossier, Desk]:
    """The ticket, where the viewer may reply to it. Raises NotFound, Forbidden."""
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    if "reply" not in service.actions_for(ticket, who.viewer):
        raise Forbidden
    dossier = ticket_queries.load_dossier(session, who.viewer, ticket)
    return dossier, ticket_pages.desk_of(session, who, dossier)


@router.get("/tickets/{number}/answers")
def answers_panel(who: Visiting, number: Number, q: str = "") -> Response:
    """The ready answers and quick sends for this ticket, to be laid over the page.

    Without script they are a page of their own; ``q``: words to find some of them there."""
    with who.db.read() as session:
        dossier, desk = _opened(session, who, number)
        ticket = dossier.ticket
        rows = answer_queries.list_offered(session, who.viewer, ticket.estate_id, ticket.item_id)
        shell = shell_of(session, who)
    sought = q[:200].lower().split()
    answers = answering.answers_of(desk, dossier, rows, who.viewer)
    is_page = not who.is_fragment
    return show(
        who, "ticket_answers.html" if is_page else "_answers.html", shell, is_page=is_page, number=number,
        answers=[one for one in answers if all(word in one.words for word in sought)], q=q,
        quick=answering.quick_of(who.language), title=t(who.language, "Ready answers"),
    )  # fmt: skip


@router.post("/tickets/{number}/answers/{answer_id}")
def take_answer(who: Visiting, number: Number, answer_id: Number) -> Response:
    """Put a ready answer under what is being written, for a browser without script. Raises NotFound."""
    who.db.run(lambda session: _take(session, who, number, answer_id))
    return go(who.request, f"/tickets/{number}?mode=reply#composer")


def _take(session: Session, who: Visit, number: int, answer_id: int) -> None:
    dossier, desk = _opened(session, who, number)
    ticket = dossier.ticket
    rows = answer_queries.list_offered(session, who.viewer, ticket.estate_id, ticket.item_id)
    offered = answering.answers_of(desk, dossier, [row for row in rows if row.id == answer_id],
                                   who.viewer)  # fmt: skip
    if not offered or offered[0].missing:
        raise NotFound
    written = ticket_queries.draft_of(session, who.viewer, ticket, "reply").rstrip()
    text = "\n".join(part for part in (written, offered[0].text) if part)[: forms.MAX_TEXT]
    ticket_queries.keep_draft(session, who.viewer, ticket, mode="reply", text=text, now=who.now)
    answer_service.used(session, who.viewer, [answer_id])


@router.get("/tickets/{number}/quick/{kind}")
def quick_form(who: Visiting, number: Number, kind: str) -> Response:
    """What a quick send asks for, and what it says in both languages as far as it is filled in."""
    if kind not in quick.KINDS:
        raise NotFound
    typed = dict(who.request.query_params)
    with who.db.read() as session:
        _, desk = _opened(session, who, number)
    return _form(who, number, desk, kind, typed)


def _form(
    who: Visit, number: int, desk: Desk, kind: str, typed: Mapping[str, str], *, is_posted: bool = False
) -> Response:
    fields = quick.fields_of(desk, kind)
    values = {field.name: typed.get(field.name, field.value) for field in fields}
    said: tuple[Said, ...] = ()
    errors: Mapping[str, str] = {}
    try:
        said = quick.said(desk, kind, values)
    except BadForm as bad:
        errors = bad.errors
    shown = tuple(_shown(field, values, errors) for field in fields)
    with who.db.read() as session:
        shell = shell_of(session, who)
    template = "_quick.html" if who.is_fragment else "quick.html"
    return show(
        who, template, shell, status=422 if is_posted else 200, number=number, kind=kind,
        label=t(who.language, quick.KINDS[kind].name), fields=shown, said=said,
        hint=t(who.language, quick.HINTS[kind]) if kind in quick.HINTS else "",
    )  # fmt: skip


def _shown(field: FieldView, values: Mapping[str, str], errors: Mapping[str, str]) -> FieldView:
    return FieldView(field.name, field.label, field.kind, values[field.name], field.hint,
                     errors.get(field.name, ""), field.choices, field.is_required)  # fmt: skip


@router.post("/tickets/{number}/quick/{kind}")
def send_quick(who: Visiting, number: Number, kind: str, fields: Typed) -> Response:
    """Send it in the resident's language; the other wording is kept beside it. What is written stays."""
    if kind not in quick.KINDS:
        raise NotFound
    with who.db.read() as session:
        _, desk = _opened(session, who, number)
    try:
        said = quick.said(desk, kind, fields)
    except BadForm:
        return _form(who, number, desk, kind, fields, is_posted=True)
    who.db.run(lambda session: _send(session, who, number, said))
    sentence = t(who.language, SENT)
    if not who.is_fragment:
        return go(who.request, f"/tickets/{number}#composer", sentence)
    return with_toast(ticket_pages.live_parts(who, number), sentence)


def _send(session: Session, who: Visit, number: int, said: tuple[Said, ...]) -> None:
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    draft = ticket_queries.draft_of(session, who.viewer, ticket, "reply")
    body = {"text": said[0].text}
    service.act(session, who.menu, who.viewer, number, "reply", body, who.now)
    message = ticket_queries.last_own_message(session, who.viewer, ticket)
    if message is not None:
        translating.keep(session, message, said[1].language, said[1].text, translating.OURS, who.now)
    ticket_queries.keep_draft(session, who.viewer, ticket, mode="reply", text=draft, now=who.now)
