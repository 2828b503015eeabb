"""我的账号: password, second factor, sessions, language, appearance, absence; for everybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import segno
from fastapi import APIRouter, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from backend.desk.doors import OWN_PASSWORD, PageRoute, Typed, Visit, Visiting, go
from backend.desk.forms import moment_text, read_moment
from backend.desk.queue import Reader
from backend.desk.record_fields import MISSING
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Choice, FieldView
from backend.errors import BadInput, LockedOut, NotFound
from backend.models import User
from backend.office import account, team_queries, team_view
from backend.office.account import Self, WrongCode
from backend.people import absence
from backend.people import queries as people
from backend.people.absence import Absence
from backend.people.passwords import BadPassword
from backend.people.service import hash_token
from backend.web import sessions
from backend.web.rendering import render
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/account"
FACTOR: Final = "/account/second-factor"


@dataclass(frozen=True, slots=True)
class Again:
    """A form that is shown once more: which, what was typed, what is wrong."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def _self(who: Visit) -> Self:
    token = sessions.session_token(who.request)
    is_cheap = who.request.app.state.settings.argon2_is_cheap
    return Self(who.viewer, who.actor, who.vault, who.real_now, token, is_cheap)


@router.get(PAGE)
def page(who: Visiting) -> Response:
    """One's own account."""
    return _page(who, Again())


def _page(who: Visit, again: Again, status: int = 200) -> Response:
    with who.db.read() as session:
        reader = reader_of(session, who)
        user = _user(session, who)
        view = team_view.sessions_of(session, reader, user.id, who.real_now)
        away = _away_fields(session, reader, user, again)
        shell = shell_of(session, who, on="account")
        here = hash_token(_self(who).token)
        rows = team_queries.list_sessions(session, user.id, who.real_now)
    return show(
        who, "account.html", shell, status=status, title=t(who.language, "My account"), user=user,
        sessions=view, others=sum(one.token_hash != here for one in rows), away_fields=away,
        away=team_view.away_text(reader, user), again=again,
        is_planned=absence.absence_of(user.settings) is not None,
    )  # fmt: skip


def _user(session: Session, who: Visit) -> User:
    user = people.get_user(session, who.viewer.user_id)
    if user is None:
        raise NotFound
    return user


def _away_fields(session: Session, reader: Reader, user: User, again: Again) -> tuple[FieldView, ...]:
    language = reader.language
    found = absence.absence_of(user.settings)
    given = {
        "start": moment_text(found.start, reader.zone) if found else "",
        "end": moment_text(found.end, reader.zone) if found else "",
        "reason": found.reason if found else "", "deputy": str(user.deputy_id or ""),
    } | (dict(again.typed) if again.form == "away" else {})  # fmt: skip
    errors = again.errors if again.form == "away" else {}
    nobody = Choice("", t(language, "Nobody"))
    return (
        FieldView("start", t(language, "From"), "moment", given["start"], error=errors.get("start", "")),
        FieldView("end", t(language, "Until"), "moment", given["end"], error=errors.get("end", "")),
        FieldView("reason", t(language, "Reason"), "text", given["reason"], is_required=False,
                  hint=t(language, "Colleagues see it; residents do not.")),
        FieldView("deputy", t(language, "Deputy when absent"), "select", given["deputy"], is_required=False,
                  choices=(nobody, *team_view.deputies(session, reader, user)),
                  error=errors.get("deputy", "")),
    )  # fmt: skip


@router.get(OWN_PASSWORD)
def password_page(who: Visiting) -> Response:
    """The form for another password; the only page that is open before a first password was changed."""
    return _password(who)


def _password(who: Visit, errors: Mapping[str, str] | None = None, status: int = 200) -> Response:
    must = who.viewer.must_change_password
    title = N_("Please choose a password of your own.") if must else N_("Change the password")
    return render(
        who.request, "account_password.html", language=who.language, theme=who.viewer.theme, status=status,
        title=t(who.language, title), errors=errors or {}, must=must, username=who.viewer.username,
    )  # fmt: skip


@router.post(OWN_PASSWORD)
def change_password(who: Visiting, fields: Typed) -> Response:
    """Keep a new password; what is wrong is said at its field."""
    new, former, mine = fields.get("new", ""), fields.get("former", ""), _self(who)
    if new != fields.get("again", ""):
        return _password(who, {"again": t(who.language, "The two new passwords differ.")}, 422)
    try:
        account.check(who.db, mine, former)
        hashed = account.fresh(mine, new, former)
        who.db.run(lambda session: account.change_password(session, mine, hashed))
    except (BadInput, LockedOut) as refusal:
        at = "new" if isinstance(refusal, BadPassword) else "former"
        return _password(who, {at: refusal.worded(who.language)[1]}, refusal.status)
    where = "/queue" if who.viewer.must_change_password else PAGE
    return go(who.request, where, t(who.language, "The password is changed. Other sessions have ended."))


@router.post("/account/sessions")
def end_others(who: Visiting, fields: Typed) -> Response:
    """Sign out everywhere but here."""
    count = who.db.run(lambda session: account.end_others(session, _self(who)))
    return go(who.request, PAGE, t(who.language, "Sessions ended: {count}.", count=count))


@router.post(FACTOR)
def begin_second_factor(who: Visiting, fields: Typed) -> Response:
    """Make a second factor to be confirmed; asks for the present password."""
    mine = _self(who)
    try:
        account.check(who.db, mine, fields.get("former", ""))
    except (BadInput, LockedOut) as refusal:
        errors = {"former": refusal.worded(who.language)[1]}
        return _page(who, Again("factor", {}, errors), refusal.status)
    who.db.run(lambda session: account.begin_second_factor(session, mine))
    return go(who.request, FACTOR)


@router.get(FACTOR)
def second_factor_page(who: Visiting) -> Response:
    """The QR code for the app, and the field for its first code."""
    return _factor(who)


def _factor(who: Visit, error: str = "", status: int = 200) -> Response:
    with who.db.read() as session:
        found = account.pending(session, who.vault, who.viewer)
        if found is None:
            return go(who.request, PAGE)
        shell = shell_of(session, who, on="account")
    secret, address = found
    answer = show(who, "account_factor.html", shell, status=status, secret=_in_fours(secret), qr=_qr(address),
                  error=error, title=t(who.language, "Set up the second factor"))  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _in_fours(secret: str) -> str:
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def _qr(address: str) -> Markup:
    """Black on white in every theme, so that every camera reads it."""
    drawn = segno.make(address, micro=False, error="m")
    return Markup(drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr",
                                   lineclass=None))  # fmt: skip


@router.post("/account/second-factor/confirm")
def confirm_second_factor(who: Visiting, fields: Typed) -> Response:
    """The first code of the app switches the second factor on."""
    try:
        who.db.run(lambda session: account.confirm_second_factor(session, _self(who), fields.get("code", "")))
    except WrongCode as refusal:
        return _factor(who, refusal.worded(who.language)[1], refusal.status)
    return go(who.request, PAGE, t(who.language, "The second factor is on. Signing in asks for a code now."))


@router.post("/account/second-factor/off")
def drop_second_factor(who: Visiting, fields: Typed) -> Response:
    """Take the second factor off, with the password and a code."""
    mine = _self(who)
    return _kept(who, "factor_off", fields, lambda: _drop(who, mine, fields),
                 t(who.language, "The second factor is off."))  # fmt: skip


def _drop(who: Visit, mine: Self, fields: Mapping[str, str]) -> None:
    account.check(who.db, mine, fields.get("former", ""))
    try:
        who.db.run(lambda session: account.drop_second_factor(session, mine, fields.get("code", "")))
    except WrongCode:
        account.count_wrong(who.db, mine)
        raise


def _kept(
    who: Visit, form: str, fields: Mapping[str, str], work: Callable[[], None], sentence: str
) -> Response:  # fmt: skip
    try:
        work()
    except (BadInput, LockedOut) as refusal:
        at = "code" if isinstance(refusal, WrongCode) else "former"
        return _page(who, Again(form, {}, {at: refusal.worded(who.language)[1]}), refusal.status)
    return go(who.request, PAGE, sentence)


@router.post("/account/away")
def go_away(who: Visiting, fields: Typed) -> Response:
    """Note when the viewer is away, why, and who stands in."""
    with who.db.read() as session:
        zone = reader_of(session, who).zone
    start, end = (read_moment(fields.get(name, ""), zone) for name in ("start", "end"))
    if start is None or end is None:
        at = "start" if start is None else "end"
        return _page(who, Again("away", fields, {at: t(who.language, MISSING)}), 422)
    deputy = fields.get("deputy", "")
    chosen = int(deputy) if deputy.isascii() and deputy.isdigit() and len(deputy) < 16 else None
    away = Absence(start, end, fields.get("reason", "").strip()[: account.REASON_LENGTH])
    try:
        who.db.run(lambda session: account.go_away(session, _self(who), away, chosen, who.now))
    except BadInput as refusal:
        return _page(who, Again("away", fields, {"end": refusal.worded(who.language)[1]}), refusal.status)
    return go(who.request, PAGE, t(who.language, "Noted. Meanwhile new matters go to your deputy."))


@router.post("/account/back")
def come_back(who: Visiting, fields: Typed) -> Response:
    """The viewer is there again."""
    who.db.run(lambda session: account.come_back(session, _self(who)))
    return go(who.request, PAGE, t(who.language, "Welcome back. You are on duty again."))
