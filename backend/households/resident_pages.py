"""One resident: who they are, their homes, chats and tickets; added, put right, merged with a double."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Choice, FieldView, Link
from backend.errors import BadInput, NotFound
from backend.households import (
    merge_view,
    merging,
    queries,
    resident_fields,
    resident_view,
    rules,
    service,
    wording,
)
from backend.households.home_pages import desk_of, is_id, missing
from backend.models import Resident
from locales import N_, t
from locales.dates import format_moment

router = APIRouter(include_in_schema=False, route_class=PageRoute)
CHANGED: Final = N_(
    "{who} changed this at {when}, while you were writing. What stands there now is shown above; your words "
    "are still in the form. Please look, then save again."
)
SOMEBODY: Final = N_("A colleague")


@router.get("/residents/{resident_id}")
def page(who: Visiting, resident_id: Number, before: int | None = None) -> Response:
    """A resident; one who gave way to another leads there."""
    return _page(who, resident_id, before=before if before and 0 < before < 2**53 else None)


def _page(
    who: Visit, resident_id: int, *, typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, error: str = "", before: int | None = None, phone: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    with who.db.read() as session:
        resident = service.get_resident(session, who.viewer, resident_id, who.now)
        if resident.merged_into_id is not None:
            sentence = t(who.language, "These two entries are one person now.")
            return go(who.request, f"/residents/{resident.merged_into_id}", sentence)
        reader = reader_of(session, who)
        view = resident_view.resident_of(session, reader, who.vault, resident, typed=typed,
                                         errors=errors, error=error, before=before, phone=phone)  # fmt: skip
        shell = shell_of(session, who, on="homes")
    answer = show(who, "resident.html", shell, resident=view, title=view.title, status=status)
    if phone:
        answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/residents/{resident_id}")
def save(who: Visiting, resident_id: Number, fields: Typed) -> Response:
    """Save what was put right; a change made meanwhile by somebody else is told first."""
    with who.db.read() as session:
        resident = service.get_resident(session, who.viewer, resident_id, who.now)
        said = resident_fields.read(who.language, who.viewer.role, resident, fields)
    if said.errors:
        return _page(who, resident_id, typed=fields, errors=said.errors, status=422)

    def work(session: Session) -> str:
        row = service.get_resident(session, who.viewer, resident_id, who.now, lock=True)
        if rules.conflict(fields.get("state", ""), service.state_of(row)):
            return _who_changed(session, who, resident_id)
        service.edit_resident(session, desk_of(who), row, said.values, said.phone)
        return ""

    conflict = who.db.run(work)
    if conflict:
        return _page(who, resident_id, typed=fields, error=conflict, status=409)
    return go(who.request, f"/residents/{resident_id}", t(who.language, "Saved."))


def _who_changed(session: Session, who: Visit, resident_id: int) -> str:
    found = queries.last_change(session, "resident", resident_id)
    zone = reader_of(session, who).zone
    at = found[0].at if found else who.now
    name = found[1].name(who.language) if found and found[1] else t(who.language, SOMEBODY)
    return t(who.language, CHANGED, who=name, when=format_moment(who.language, at, zone, who.now))


@router.post("/residents/{resident_id}/phone")
def show_phone(who: Visiting, resident_id: Number, _fields: Typed) -> Response:
    """The whole number, to be called; the audit log keeps who asked for it."""

    def work(session: Session) -> str:
        resident = service.get_resident(session, who.viewer, resident_id, who.now)
        return service.show_phone(session, desk_of(who), resident)

    phone = who.db.run(work)
    if not who.is_fragment:
        return _page(who, resident_id, phone=phone)
    with who.db.read() as session:
        shell = shell_of(session, who, on="homes")
    answer = show(who, "_phone.html", shell, phone=phone, tel=resident_view.tel_of(phone))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/residents/{resident_id}/remarks")
def remark(who: Visiting, resident_id: Number, fields: Typed) -> Response:
    """A note about the resident, for staff."""
    errors = missing(who, fields, ("text",))
    if errors:
        return _page(who, resident_id, errors=errors, status=422)

    def work(session: Session) -> None:
        resident = service.get_resident(session, who.viewer, resident_id, who.now)
        service.add_remark(session, desk_of(who), fields["text"].strip(), resident=resident)

    who.db.run(work)
    return go(who.request, f"/residents/{resident_id}", t(who.language, "The note is kept."))


@router.get("/homes/{home_id}/residents/new")
def new_page(who: Visiting, home_id: Number) -> Response:
    """The empty form for somebody new in a home."""
    return _new(who, home_id)


def _new(
    who: Visit, home_id: int, typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, known: tuple[Resident, ...] = (), status: int = 200,
) -> Response:  # fmt: skip
    service.require_editor(who.viewer)
    with who.db.read() as session:
        home = service.get_home(session, who.viewer, home_id)
        made = list(resident_fields.fields_of(who.language, who.viewer.role, who.vault, None, typed, errors))
        if known:
            made.append(_same_field(session, who, known, typed or {}, errors or {}))
        shell = shell_of(session, who, on="homes")
    name = wording.home_name(who.language, home)
    title = t(who.language, "Add a resident to {home}", home=name)
    return show(who, "resident_new.html", shell, status=status, title=title, fields=made,
                back=Link(name, f"/homes/{home_id}"), home_id=home_id)  # fmt: skip


def _same_field(
    session: Session, who: Visit, known: tuple[Resident, ...], typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> FieldView:  # fmt: skip
    """Somebody with this number is known: the same person, or another who shares it?"""
    choices = [
        Choice(str(one.id), resident_view.named_with_home(session, who.viewer, who.language, one))
        for one in known
    ]
    choices.append(Choice("new", t(who.language, "Somebody else")))
    return FieldView("same", t(who.language, "Who is it?"), "radio", typed.get("same", ""),
                     error=errors.get("same", ""), choices=tuple(choices))  # fmt: skip


@router.post("/homes/{home_id}/residents/new")
def add(who: Visiting, home_id: Number, fields: Typed) -> Response:
    """Add somebody; a number that is known already asks first whether it is the same person."""
    service.require_editor(who.viewer)
    said = resident_fields.read(who.language, who.viewer.role, None, fields)
    with who.db.read() as session:
        home = service.get_home(session, who.viewer, home_id)
        digest = who.vault.digest(said.phone) if said.phone else ""
        known = tuple(queries.list_with_phone(session, home.estate_id, digest)) if digest else ()
    answers = {"new", *(str(one.id) for one in known)}
    errors = dict(said.errors)
    if known and fields.get("same", "") not in answers:
        errors["same"] = t(who.language, "Somebody with this number is known already: is it the same person?")
    if errors:
        return _new(who, home_id, fields, errors, known, 422)

    def work(session: Session) -> None:
        place = service.get_home(session, who.viewer, home_id)
        same = fields.get("same", "")
        if known and same != "new":
            resident = service.get_resident(session, who.viewer, int(same), who.now)
            service.move_in(session, desk_of(who), place, resident)
        else:
            service.add_resident(session, desk_of(who), place, said.values, said.phone or "")

    who.db.run(work)
    sentence = t(who.language, "The resident is entered. Hand them an invitation, so that they can write.")
    return go(who.request, f"/homes/{home_id}", sentence)


@router.get("/residents/{resident_id}/merge")
def merge_page(who: Visiting, resident_id: Number, other: str = "", q: str = "") -> Response:
    """Two entries side by side; or a search for the other one."""
    return _merge(who, resident_id, other, q)


def _merge(who: Visit, resident_id: int, other: str, q: str = "", error: str = "") -> Response:
    service.require_editor(who.viewer)
    with who.db.read() as session:
        first = service.get_resident(session, who.viewer, resident_id, who.now)
        second = _other(session, who, other)
        view = merge_view.merge_of(session, reader_of(session, who), who.vault, first, second, q, error)
        shell = shell_of(session, who, on="homes")
    return show(who, "merge.html", shell, merge=view, title=view.title, status=422 if error else 200)


def _other(session: Session, who: Visit, text: str) -> Resident | None:
    if not is_id(text):
        return None
    return service.get_resident(session, who.viewer, int(text), who.now)


@router.post("/residents/{resident_id}/merge")
def merge(who: Visiting, resident_id: Number, fields: Typed) -> Response:
    """One entry gives way; everything of it moves to the other."""
    other = fields.get("other", "")
    ids = (resident_id, int(other) if is_id(other) else 0)
    goes = rules.which_goes(fields.get("goes", ""), ids)
    if goes is None:
        return _merge(who, resident_id, other, error=t(who.language, "Please choose which entry gives way."))
    stays = next(one for one in ids if one != goes)

    def work(session: Session) -> None:
        # In one order: two who merge the same pair each way round take turns.
        rows = {
            one: service.get_resident(session, who.viewer, one, who.now, lock=True) for one in sorted(ids)
        }
        if len(rows) < 2:
            raise NotFound
        merging.merge(session, desk_of(who), rows[stays], rows[goes])

    try:
        who.db.run(work)
    except BadInput as bad:
        return _merge(who, resident_id, other, error=bad.worded(who.language)[1])
    return go(who.request, f"/residents/{stays}", t(who.language, "These two entries are one person now."))
