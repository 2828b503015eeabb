"""Single forms on A4, labelled in both languages: work order, follow-up, complaint, release pass and more."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session

from backend.conversations.details import OUTSIDE
from backend.desk.doors import Number, PageRoute, Visit, Visiting
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import NotFound
from backend.estates.brand import brand_of
from backend.messages import files
from backend.models import Estate, Ticket
from backend.people import residents, roles
from backend.reports import filled, queries, register_queries
from backend.reports.filled import Entry
from backend.reports.register_queries import OF_TICKETS, Line, may_read
from backend.tickets.forms import Form, find_form, standard_forms
from backend.tickets.queries import get_ticket
from locales import N_, t
from locales.dates import format_full

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: the forms that whoever does the work prints, though they read no registers
FIELD_FORMS = frozenset({"REC-03", "REC-14", "REC-18", "REC-26"})
#: workflow → the forms that its tickets are printed on, filled in or not
FORMS_OF = {
    "repair": ("REC-02", "REC-03", "REC-17", "REC-04"),
    "warranty": ("REC-28", "REC-04"),
    "complaint": ("REC-05",),
    "suggestion": ("REC-06",),
    "enquiry": ("REC-07",),
    "paid": ("REC-17", "REC-18", "REC-04"),
    "housekeeping": ("REC-18", "REC-04"),
    "release_pass": ("REC-14",),
    "move_in": ("REC-10", "REC-11"),
    "move_out": ("REC-13", "REC-14"),
    "decoration": ("REC-12",),
    "parking": ("REC-15",),
    "emergency": ("REC-37",),
    "visit": ("REC-23",),
    "lend": ("REC-36",),
    "standing_report": ("REC-04",),
}
#: where something broken is everybody's: nobody signs for it at home, and nobody is sent a bill
SHARED_PLACES = OUTSIDE | {"corridor", "stairs", "lift", "lobby", "roof"}
OF_A_SHARED_FAULT = ("REC-02", "REC-04")
#: chapters of the menu whose reports are of something broken, not of something dirty or left lying
FAULTS = ("common.facilities.", "common.equipment.", "common.fire.")


@dataclass(frozen=True, slots=True)
class FormView:
    """One form as printed. ``photos``: (address, whether it was taken after the work)."""

    zh: str
    en: str
    estate_zh: str
    estate_en: str
    kind: str
    number: int
    at: str
    entries: tuple[Entry, ...]
    signs: tuple[Entry, ...]
    photos: tuple[tuple[str, bool], ...]
    logo: str
    back_href: str
    by: str
    signed: str = ""
    signature: str = ""


@router.get("/tickets/{number}/forms")
def forms_page(who: Visiting, number: Number) -> Response:
    """Which forms this ticket can be printed on."""
    with who.db.read() as session:
        ticket = get_ticket(session, who.viewer, number)
        kept = register_queries.list_kinds(session, ticket.id)
        shell = shell_of(session, who)
    wanted = dict.fromkeys([*fitting(ticket), *kept, "REC-01"])
    shown = [form for form in map(find_form, wanted) if form and _may_print(who, form.id)]
    links = [(form.name(who.language), f"/tickets/{number}/forms/{form.id}", form.id) for form in shown]
    return show(who, "forms.html", shell, links=links, number=number, kept=set(kept),
                title=t(who.language, "Forms of #{number}", number=number))  # fmt: skip


def fitting(ticket: Ticket) -> tuple[str, ...]:
    """The forms that fit a ticket: what is broken where nobody lives has no work order of a home."""
    place = ticket.workflow == "repair" and ticket.slots.get("where") in SHARED_PLACES
    report = ticket.workflow == "standing_report" and ticket.item_id.startswith(FAULTS)
    return OF_A_SHARED_FAULT if place or report else FORMS_OF.get(ticket.workflow, ())


def _may_print(who: Visit, kind: str) -> bool:
    is_field = not roles.sees_all_tickets(who.viewer.role)
    return kind in FIELD_FORMS if is_field else may_read(who.viewer, kind)


@router.get("/tickets/{number}/forms/{kind}")
def ticket_form(who: Visiting, number: Number, kind: str) -> Response:
    """One form of a ticket, with what is known filled in and the rest to be written by hand."""
    form = find_form(kind)
    if form is None or form.of not in ("ticket", "duty") or not _may_print(who, kind):
        raise NotFound
    with who.db.read() as session:
        line = register_queries.get_ticket_line(session, who.viewer, number, kind)
        assert line.ticket is not None
        estate = session.get_one(Estate, line.ticket.estate_id)
        view = _view(session, who, form, line, estate, f"/tickets/{number}/forms")
        shell = shell_of(session, who)
    return show(who, "form.html", shell, form=view, title=form.name(who.language))


@router.get("/registers/{kind}/{record_id}")
def record_form(who: Visiting, kind: str, record_id: Number) -> Response:
    """One record of a register that belongs to no ticket."""
    with who.db.read() as session:
        line = register_queries.get_line(session, who.viewer, record_id)
        form = find_form(kind)
        if form is None or line.record is None or line.record.kind != kind:
            raise NotFound
        estate = queries.get_estate_by_id(session, who.viewer, line.record.estate_id)
        view = _view(session, who, form, line, estate, f"/registers/{kind}")
        shell = shell_of(session, who, on="registers")
    return show(who, "form.html", shell, form=view, title=form.name(who.language))


def _view(session: Session, who: Visit, form: Form, line: Line, estate: Estate, back: str) -> FormView:
    reader = replace(reader_of(session, who), zone=estate.timezone)
    phone = _phone(session, who, line) if "phone" in form.prints else ""
    record = line.record
    at = record.at if record else line.ticket.received_at if line.ticket else who.now
    is_own = record is not None and form.id not in OF_TICKETS
    return FormView(
        zh=form.zh,
        en=form.en,
        logo=brand_of(estate).logo,
        estate_zh=estate.name_zh,
        estate_en=estate.name_en,
        kind=form.id,
        number=record.number if record else 0,
        at=format_full(who.language, at, estate.timezone),
        entries=filled.entries(reader, standard_forms(), form, line, phone),
        signs=filled.signatures(reader, form, line),
        photos=_photos(line),
        back_href=back,
        by=_writer(session, reader, line) if is_own else "",
        **_confirmation(session, reader, form, line),
    )


#: how the resident confirmed the work, as the form prints it
METHODS = {
    "link": N_("Confirmed by the link, {moment}"),
    "code": N_("Confirmed by the code, {moment}"),
    "signature": N_("Signed on the screen, {moment}"),
    "typed": N_("Confirmed in the presence of staff, {moment}"),
}


def _confirmation(session: Session, reader: Reader, form: Form, line: Line) -> dict[str, str]:
    """The resident's confirmation: how and when, and the drawn signature where there is one."""
    is_signed = any(filled.is_signature(one) for one in form.fields)
    if line.ticket is None or line.record is None or not is_signed:
        return {}
    found = register_queries.find_signed(session, line.ticket, line.record.values.get("cycle", 1))
    if found is None or found.signed_at is None:
        return {}
    moment = format_full(reader.language, found.signed_at, reader.zone)
    where = f"/tickets/{line.ticket.number}/forms/photos/{found.file_id}"
    return {
        "signed": t(reader.language, METHODS[found.method or "link"], moment=moment),
        "signature": where if found.file_id else "",
    }


def _writer(session: Session, reader: Reader, line: Line) -> str:
    """Who wrote the record down."""
    user_id = line.record.by_user_id if line.record else None
    users = queries.names_of_users(session, [user_id]) if user_id else {}
    return users[user_id].name(reader.language) if user_id in users else ""


def _phone(session: Session, who: Visit, line: Line) -> str:
    """The resident's whole number: whoever sees the ticket must be able to call; "" after they moved out."""
    if line.resident is None:
        return ""
    try:
        return residents.get_phone(session, who.viewer, who.vault, line.resident.id, who.now)
    except NotFound:
        return ""


def _photos(line: Line) -> tuple[tuple[str, bool], ...]:
    if line.record is None or line.ticket is None:
        return ()
    where = f"/tickets/{line.ticket.number}/forms/photos"
    return tuple(
        (f"{where}/{one}", side == "photos_after")
        for side in ("photos_before", "photos_after")
        for one in line.record.values.get(side, ())
    )


@router.get("/tickets/{number}/forms/photos/{file_id}")
def form_photo(who: Visiting, number: Number, file_id: str) -> Response:
    """A photo that a form of this ticket shows. Raises NotFound."""
    with who.db.read() as session:
        ticket = get_ticket(session, who.viewer, number)
        found = register_queries.find_photo(session, ticket, file_id)
    if found is None or found.kind != "photo":
        raise NotFound
    place = files.path_of(who.request.app.state.settings.media_dir, found.id)
    headers = {"Cache-Control": "private, max-age=600",
               "Content-Security-Policy": "sandbox; default-src 'none'"}  # fmt: skip
    return FileResponse(place, media_type=found.content_type, headers=headers, filename=found.name,
                        content_disposition_type="inline")  # fmt: skip
