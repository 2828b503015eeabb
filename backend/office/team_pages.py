"""团队: staff accounts, for managers and admins: who works here, what lies with them, what may be done."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit import queries as audit_queries
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.record_fields import MISSING
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Forbidden, Refusal, VersionConflict
from backend.models import User
from backend.office import team, team_passing, team_queries, team_view
from backend.office.team import Account, Hand
from backend.office.team_view import Back
from backend.people import phones, roles
from backend.people import queries as people
from backend.people.roles import Role
from locales import N_, t
from locales.dates import format_time

router = APIRouter(include_in_schema=False, route_class=PageRoute)
R = TypeVar("R")
NAME_LENGTH: Final = 60
TOO_LONG: Final = N_("Please keep this under {limit} characters.")
#: what can be typed on every keyboard, without changing the way of writing
USERNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]*")
NO_USERNAME: Final = N_(
    "Please use letters a to z and digits, without spaces; dots and hyphens may be within."
)
NO_PHONE: Final = N_("This is not a phone number we can read.")


def hand_of(who: Visit) -> Hand:
    is_cheap = who.request.app.state.settings.argon2_is_cheap
    return Hand(who.viewer, who.actor, who.vault, who.real_now, is_cheap)


def _require(who: Visit) -> None:
    if not roles.may_manage_people(who.viewer.role):
        raise Forbidden


@router.get("/team")
def list_page(who: Visiting) -> Response:
    """Everybody who works here. Supervisors change nothing. Raises Forbidden for all but leaders."""
    with who.db.read() as session:
        staff = team_view.list_of(session, reader_of(session, who))
        shell = shell_of(session, who, on="staff")
    return show(who, "team.html", shell, staff=staff, manages=team.manages(who.viewer),
                title=t(who.language, "Team"))  # fmt: skip


@router.get("/team/new")
def new_page(who: Visiting) -> Response:
    """The empty form for a new colleague."""
    return _new(who, Back())


def _new(who: Visit, back: Back, status: int = 200) -> Response:
    _require(who)
    with who.db.read() as session:
        reader = reader_of(session, who)
        first = frozenset([min(who.viewer.estate_ids)]) if who.viewer.estate_ids else frozenset[int]()
        fields = team_view.fields_of(session, reader, None, first, back)
        shell = shell_of(session, who, on="staff")
    return show(who, "team_new.html", shell, fields=fields, error=back.errors.get("", ""), status=status,
                title=t(who.language, "Add a colleague"))  # fmt: skip


@router.post("/team")
def add(who: Visiting, fields: Typed) -> Response:
    """Let somebody in; the first password is shown on the answer and nowhere again."""
    _require(who)
    errors = _errors(who, fields, ("username", "name_zh", "name_en"))
    if errors:
        return _new(who, Back("new", fields, errors), 422)
    hand = hand_of(who)
    issued = team.issue(hand)
    try:
        user = who.db.run(
            lambda session: team.add_account(session, hand, _account(session, who, fields), issued)
        )
    except BadInput as refusal:
        return _new(who, Back("new", fields, {_where(refusal): refusal.worded(who.language)[1]}), 422)
    return _password(who, user, issued.password, is_new=True)


def _where(refusal: Refusal) -> str:
    """At which field a refusal of a new account belongs."""
    return "username" if "username" in refusal.values else ""


def _account(session: Session, who: Visit, fields: Mapping[str, str], user: User | None = None) -> Account:
    """What the form says; what it does not show stays as it is."""
    seen = {one.id for one in people.list_estates(session, who.viewer)}
    ticked = frozenset(one for one in seen if f"estate.{one}" in fields)
    own = team_queries.estates_of(session, [user.id])[user.id] if user else frozenset()
    if len(seen) < 2 or (user is not None and user.id == who.viewer.user_id):
        ticked = own or frozenset(seen)
    role = fields.get("role", user.role if user else "")
    if role not in set(Role):
        raise BadInput
    deputy = fields.get("deputy", "")
    phone = fields.get("phone", "").strip()
    return Account(
        name_zh=fields["name_zh"].strip(), name_en=fields["name_en"].strip(), role=Role(role),
        estate_ids=ticked, username=fields.get("username", ""), phone=phone or None,
        deputy_id=int(deputy) if deputy.isascii() and deputy.isdigit() and len(deputy) < 16 else None,
    )  # fmt: skip


def _errors(who: Visit, fields: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    errors = {}
    for name in names:
        text = fields.get(name, "").strip()
        if not text:
            errors[name] = t(who.language, MISSING)
        elif len(text) > NAME_LENGTH:
            errors[name] = t(who.language, TOO_LONG, limit=NAME_LENGTH)
    if "username" in names and not USERNAME.fullmatch(fields.get("username", "").strip()):
        errors.setdefault("username", t(who.language, NO_USERNAME))
    phone = fields.get("phone", "").strip()
    if phone and phones.normalise(phone) is None:
        errors["phone"] = t(who.language, NO_PHONE)
    return errors


def _password(who: Visit, user: User, password: str, *, is_new: bool) -> Response:
    with who.db.read() as session:
        shell = shell_of(session, who, on="staff")
    title = t(who.language, "The first password of {name}", name=user.name(who.language))
    answer = show(who, "team_password.html", shell, title=title, user=user, password=password, is_new=is_new)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/team/homes")
def homes_page(who: Visiting) -> Response:
    """Which butler serves which building."""
    _require(who)
    with who.db.read() as session:
        buildings = team_view.buildings_of(session, reader_of(session, who))
        shell = shell_of(session, who, on="staff")
    return show(who, "team_homes.html", shell, buildings=buildings,
                title=t(who.language, "Who serves which building"))  # fmt: skip


@router.post("/team/homes")
def give_homes(who: Visiting, fields: Typed) -> Response:
    """Give whole buildings to butlers; what says "as it is" is left alone."""
    _require(who)
    wanted: dict[tuple[int, str], int | None] = {}
    for name, value in fields.items():
        _, estate, building = (*name.split(".", 2), "", "")[:3]
        if (
            not name.startswith("b.")
            or not (estate.isascii() and estate.isdigit())
            or len(estate) > 15
            or value == "mixed"
        ):
            continue
        if value and not (value.isascii() and value.isdigit() and len(value) < 16):
            raise BadInput
        wanted[int(estate), building] = int(value) if value else None
    count = who.db.run(
        lambda session: team_passing.give_buildings(session, hand_of(who), wanted, who.real_now)
    )
    return go(who.request, "/team/homes", t(who.language, "Saved. Homes changed: {count}.", count=count))


@router.get("/team/{user_id}")
def account_page(who: Visiting, user_id: Number) -> Response:
    """One account."""
    return _page(who, user_id, Back())


def _page(who: Visit, user_id: int, back: Back, status: int = 200) -> Response:
    with who.db.read() as session:
        user = team.get_colleague(session, who.viewer, user_id)
        view = team_view.account_of(session, reader_of(session, who), who.vault, user, who.real_now, back)
        shell = shell_of(session, who, on="staff")
    claim = issuer.claim if (issuer := who.request.app.state.issuer) is not None else ""
    company = team_view.company_of(who.language, user, claim, back) if claim and view.may_touch else None
    return show(who, "team_account.html", shell, account=view, company=company,
                is_tied=user.company_subject is not None, title=view.name, status=status)  # fmt: skip


@router.post("/team/{user_id}")
def edit(who: Visiting, user_id: Number, fields: Typed) -> Response:
    """Save an account; a change that somebody made meanwhile is told first."""
    _require(who)
    errors = _errors(who, fields, ("name_zh", "name_en"))
    if errors:
        return _page(who, user_id, Back("edit", fields, errors), 422)

    def work(session: Session) -> None:
        user = team.get_colleague(session, who.viewer, user_id)
        own = team_queries.estates_of(session, [user.id])[user.id]
        if fields.get("state") != team_view.state_of(user, own):
            raise _conflict(session, who, user)
        team.edit_account(session, hand_of(who), user_id, _account(session, who, fields, user))

    return _tried(who, user_id, "edit", fields, work, t(who.language, "Saved."))


def _conflict(session: Session, who: Visit, user: User) -> VersionConflict:
    found = audit_queries.last_of(session, "user", user.username)
    zone = reader_of(session, who).zone
    name = found[1].name(who.language) if found and found[1] else t(who.language, N_("A colleague"))
    return _Changed(name, format_time(found[0].at if found else who.real_now, zone))


class _Changed(VersionConflict):
    detail = N_(
        "{who} changed this account at {when}. What you typed still stands here: please look at it again, "
        "then save once more."
    )


def _tried(
    who: Visit, user_id: int, form: str, fields: Mapping[str, str], work: Callable[[Session], R],
    sentence: str, at: str = "",
) -> Response:  # fmt: skip
    """Do it; a refusal is said on the page, with everything that was typed."""
    try:
        who.db.run(work)
    except (BadInput, VersionConflict, team.LastAdmin, team.OwnRole) as refusal:
        errors = {at: refusal.worded(who.language)[1]}
        return _page(who, user_id, Back(form, fields, errors), refusal.status)
    return go(who.request, f"/team/{user_id}", sentence)


@router.post("/team/{user_id}/password")
def reset_password(who: Visiting, user_id: Number, fields: Typed) -> Response:
    """A new password, shown on the answer and nowhere again; every session ends."""
    _require(who)
    hand = hand_of(who)
    issued = team.issue(hand)
    try:
        user = who.db.run(lambda session: team.new_password(session, hand, user_id, issued))
    except team.OwnRole as refusal:
        return _page(who, user_id, Back("", fields, {"": refusal.worded(who.language)[1]}), refusal.status)
    return _password(who, user, issued.password, is_new=False)


@router.post("/team/{user_id}/sessions")
def end_sessions(who: Visiting, user_id: Number, fields: Typed) -> Response:
    """Whoever is signed in with this account is signed out."""
    _require(who)
    count = who.db.run(lambda session: team.end_sessions(session, hand_of(who), user_id))
    return go(who.request, f"/team/{user_id}", t(who.language, "Sessions ended: {count}.", count=count))


@router.post("/team/{user_id}/second-factor")
def reset_second_factor(who: Visiting, user_id: Number, fields: Typed) -> Response:
    """The password alone opens again."""
    _require(who)
    return _tried(who, user_id, "", fields,
                  lambda session: team.reset_second_factor(session, hand_of(who), user_id),
                  t(who.language, "The second factor is off. Please have it set up again soon."))  # fmt: skip


@router.post("/team/{user_id}/company")
def link_company(who: Visiting, user_id: Number, fields: Typed) -> Response:
    """Link the account to a name at the company, or take that away."""
    _require(who)
    name = fields.get("company_name", "")
    return _tried(who, user_id, "company", fields,
                  lambda session: team.link_company(session, hand_of(who), user_id, name),
                  t(who.language, "Saved."), at="company_name")  # fmt: skip


@router.post("/team/{user_id}/close")
def close(who: Visiting, user_id: Number, fields: Typed) -> Response:
    """Close the account; what lies with it goes to a colleague in the same step."""
    _require(who)
    to = fields.get("to", "")
    to_id = int(to) if to.isascii() and to.isdigit() and len(to) < 16 else None

    def work(session: Session) -> team_passing.Passed:
        return team_passing.close(session, who.menu, hand_of(who), user_id, to_id, who.now)

    try:
        passed = who.db.run(work)
    except (BadInput, team.LastAdmin, team.OwnRole) as refusal:
        at = "to" if isinstance(refusal, BadInput) else ""
        return _page(who, user_id, Back("close", fields, {at: refusal.worded(who.language)[1]}),
                     refusal.status)  # fmt: skip
    return go(who.request, f"/team/{user_id}", _closed(who.language, passed))


def _closed(language: str, passed: team_passing.Passed) -> str:
    if not (passed.tickets or passed.homes or passed.shifts):
        return t(language, "The account is closed.")
    return t(language, "The account is closed. Passed on: {tickets} tickets, {homes} homes. "
             "Shifts taken off the rota: {shifts}.", tickets=passed.tickets, homes=passed.homes,
             shifts=passed.shifts)  # fmt: skip


@router.post("/team/{user_id}/open")
def let_in(who: Visiting, user_id: Number, fields: Typed) -> Response:
    """Open a closed account again."""
    _require(who)
    who.db.run(lambda session: team.let_in(session, hand_of(who), user_id))
    return go(who.request, f"/team/{user_id}", t(who.language, "The account is open again."))
