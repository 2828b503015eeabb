"""住户房屋: the tree of homes, the page of one, and what is changed there."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.record_fields import MISSING
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Forbidden
from backend.households import cards, home_view, importing, queries, rules, service, sheet, tree
from backend.households.home_view import Typed as Back
from backend.households.service import Desk
from backend.models import Home, Resident
from backend.people import queries as people
from backend.people.estates import meant_estate
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
MOST_USES: Final = 20
MOST_DAYS: Final = 365
TOO_LONG: Final = N_("Please keep this under {limit} characters.")
BETWEEN: Final = N_("Please write a number from 1 to {most}.")


def desk_of(who: Visit) -> Desk:
    return Desk(who.viewer, who.actor, who.vault, who.now, who.real_now)


@router.get("/homes")
def tree_page(who: Visiting, request: Request) -> Response:
    """Buildings, units and homes with what is open and late; or what a search found."""
    if not rules.may_see(who.viewer.role):
        raise Forbidden
    with who.db.read() as session:
        view = tree.tree_of(session, reader_of(session, who), who.vault, dict(request.query_params))
        shell = shell_of(session, who, on="homes")
    return show(who, "homes.html", shell, tree=view, title=view.title)


@router.post("/homes/export")
def export(who: Visiting, fields: Typed) -> Response:
    """Homes and residents of a list as the sheet that is imported; it holds whole phone numbers.

    The fields are those of the list's address: building and unit, or what was searched for; none: all homes.
    """
    service.require_editor(who.viewer)

    def work(session: Session) -> tuple[str, bytes]:
        estate = meant_estate(session, who.viewer, fields.get("estate", ""))
        asked = tree.Asked(fields)
        homes = tree.picked(session, who.viewer, who.vault, estate, asked, who.now)
        sheet_of = partial(importing.export, session, who.vault, estate, who.actor, who.now)
        return estate.code, sheet_of(homes, asked.filters)

    code, data = who.db.run(work)
    name = f"homes-{code}-{who.now:%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=sheet.MEDIA_TYPE, headers=headers)


@router.get("/homes/{home_id}")
def home_page(who: Visiting, home_id: Number, before: int | None = None) -> Response:
    """One home: residents, tickets, notes, invitations."""
    return _page(who, home_id, before=before if before and 0 < before < 2**53 else None)


def _page(
    who: Visit, home_id: int, *, before: int | None = None, typed: Back | None = None, status: int = 200
) -> Response:
    with who.db.read() as session:
        home = service.get_home(session, who.viewer, home_id)
        reader = reader_of(session, who)
        view = home_view.home_of(session, reader, who.vault, home, who.real_now, before=before, typed=typed)
        shell = shell_of(session, who, on="homes")
    return show(who, "home.html", shell, home=view, title=view.title, status=status)


@router.post("/homes/{home_id}/butler")
def butler(who: Visiting, home_id: Number, fields: Typed) -> Response:
    """Another butler, for this home, its building or its zone; with a reason."""
    errors = missing(who, fields, ("scope", "reason"))
    if errors:
        return _page(who, home_id, typed=Back("butler", fields, errors), status=422)

    def work(session: Session) -> int:
        home = service.get_home(session, who.viewer, home_id)
        chosen = fields.get("butler", "")
        user = people.get_user(session, int(chosen)) if is_id(chosen) else None
        if chosen and user is None:
            raise BadInput
        scope, reason = fields["scope"], fields["reason"].strip()
        return service.change_butler(session, desk_of(who), home, user, scope, reason)

    count = who.db.run(work)
    return go(who.request, f"/homes/{home_id}", t(who.language, "Saved. Homes changed: {count}.",
                                                  count=count))  # fmt: skip


def is_id(text: str) -> bool:
    """True for what may be the id of a row."""
    return text.isascii() and text.isdigit() and len(text) < 16


def missing(who: Visit, fields: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    errors = {}
    for name in names:
        text = fields.get(name, "").strip()
        if not text:
            errors[name] = t(who.language, MISSING)
        elif len(text) > service.REMARK_LENGTH:
            errors[name] = t(who.language, TOO_LONG, limit=service.REMARK_LENGTH)
    return errors


@router.post("/homes/{home_id}/remarks")
def remark(who: Visiting, home_id: Number, fields: Typed) -> Response:
    """A note about the home, for staff."""
    errors = missing(who, fields, ("text",))
    if errors:
        return _page(who, home_id, typed=Back("remark", fields, errors), status=422)

    def work(session: Session) -> None:
        home = service.get_home(session, who.viewer, home_id)
        service.add_remark(session, desk_of(who), fields["text"].strip(), home=home)

    who.db.run(work)
    return go(who.request, f"/homes/{home_id}", t(who.language, "The note is kept."))


@router.post("/remarks/{remark_id}/remove")
def remove_remark(who: Visiting, remark_id: Number, _fields: Typed) -> Response:
    """Take a note back."""

    def work(session: Session) -> str:
        removed = service.remove_remark(session, desk_of(who), remark_id)
        if removed.home_id is not None:
            service.get_home(session, who.viewer, removed.home_id)
            return f"/homes/{removed.home_id}"
        service.get_resident(session, who.viewer, removed.resident_id or 0, who.now)
        return f"/residents/{removed.resident_id}"

    return go(who.request, who.db.run(work), t(who.language, "The note is taken back."))


@router.post("/homes/{home_id}/invitations")
def invite(who: Visiting, home_id: Number, fields: Typed) -> Response:
    """Make an invitation; its code is shown on the answer and nowhere again."""
    errors = _bad_invitation(who, fields)
    if errors:
        return _page(who, home_id, typed=Back("invite", fields, errors), status=422)
    # A spoken code is good once and for minutes, whatever stands in the fields of a printed one.
    counted = fields["kind"] == "printed"
    uses, days = (int(fields[name]) if counted else 1 for name in ("uses", "days"))

    def work(session: Session) -> cards.Invited:
        home = service.get_home(session, who.viewer, home_id)
        whom = fields.get("resident", "")
        resident = _of_home(session, who, home, int(whom)) if is_id(whom) else None
        code = service.invite(session, desk_of(who), home, resident, fields["kind"], uses, days)
        return cards.invited(session, who, home, resident, code, fields["kind"], uses, days)

    view = cards.card_of(who, who.db.run(work))
    with who.db.read() as session:
        shell = shell_of(session, who, on="homes")
    answer = show(who, "invitation.html", shell, card=view, title=view.title)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _of_home(session: Session, who: Visit, home: Home, resident_id: int) -> Resident:
    living = queries.list_people(session, who.viewer, [home.id], who.now)
    found = next((one for _stay, one in living if one.id == resident_id), None)
    if found is None:
        raise BadInput(N_("This person does not live in this home any more. Please look at the page again."))
    return found


def _bad_invitation(who: Visit, fields: Mapping[str, str]) -> dict[str, str]:
    if fields.get("kind") == "spoken":
        return {}
    errors = {} if fields.get("kind") == "printed" else {"kind": t(who.language, MISSING)}
    for name, most in (("uses", MOST_USES), ("days", MOST_DAYS)):
        text = fields.get(name, "").strip()
        is_number = text.isascii() and text.isdigit() and len(text) < 5
        if not is_number or not 1 <= int(text) <= most:
            errors[name] = t(who.language, BETWEEN, most=most)
    return errors


@router.post("/homes/{home_id}/invitations/{invitation_id}/withdraw")
def withdraw(who: Visiting, home_id: Number, invitation_id: Number, _fields: Typed) -> Response:
    """An invitation stops working."""

    def work(session: Session) -> None:
        home = service.get_home(session, who.viewer, home_id)
        service.withdraw_invitation(session, desk_of(who), home, invitation_id)

    who.db.run(work)
    return go(who.request, f"/homes/{home_id}", t(who.language, "The invitation no longer works."))


@router.post("/homes/{home_id}/residents/{resident_id}/out")
def move_out(who: Visiting, home_id: Number, resident_id: Number, _fields: Typed) -> Response:
    """A residency ends now; open invitations of the home end with it."""

    def work(session: Session) -> int:
        home = service.get_home(session, who.viewer, home_id)
        resident = service.get_resident(session, who.viewer, resident_id, who.now)
        return service.move_out(session, desk_of(who), home, resident)

    ended = who.db.run(work)
    sentence = (
        t(who.language, "Moved out. Invitations that ended with it: {count}.", count=ended)
        if ended
        else t(who.language, "Moved out.")
    )
    return go(who.request, f"/homes/{home_id}", sentence)
