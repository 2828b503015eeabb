"""提醒设置: what rings on a person's devices; and what the open pages of a browser ask to be told now."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from backend.desk import alert_queries
from backend.desk import queries as desk
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import reader_of, shell_of, show
from backend.models import User
from backend.office import notification_queries as queries
from backend.office import notification_rules as rules
from backend.office.notification_queries import Ring
from backend.office.notification_rules import Choices
from backend.people import butlers
from backend.people import queries as people
from backend.people.homes import word_home
from locales import t
from locales.dates import local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/account/notifications"


@dataclass(frozen=True, slots=True)
class ChoicesView:
    """The form as it is shown: the choices, and what is wrong with a field."""

    chosen: Choices
    wrong: dict[str, str]
    has_letters: bool


@router.get(PAGE)
def choices_page(who: Visiting) -> Response:
    """How I want to be told."""
    return _page(who)


def _page(who: Visit, typed: Choices | None = None, wrong: dict[str, str] | None = None) -> Response:
    with who.db.read() as session:
        user = queries.find_own(session, who.viewer)
        shell = shell_of(session, who)
        chosen, has_letters = rules.choices_of(user.settings), rules.has_letters(user.settings)
    said = {name: t(who.language, sentence) for name, sentence in (wrong or {}).items()}
    return show(who, "notifications.html", shell, view=ChoicesView(typed or chosen, said, has_letters),
                status=422 if wrong else 200, title=t(who.language, "Sound and notifications"))  # fmt: skip


@router.post(PAGE)
def choose(who: Visiting, fields: Typed) -> Response:
    """Keep the choices; a time that cannot be read is said at its field, and nothing is kept."""
    chosen, wrong = rules.read_form(fields)
    if wrong:
        return _page(who, chosen, wrong)
    has_letters = bool(fields.get("has_letters"))
    who.db.run(lambda session: _keep(session, who, chosen, has_letters))
    return go(who.request, PAGE, t(who.language, "Your choices are kept."))


def _keep(session: Session, who: Visit, chosen: Choices, has_letters: bool) -> None:
    user = queries.get_own(session, who.viewer)
    user.settings = {**rules.with_choices(user.settings, chosen), rules.LETTERS: has_letters}


@router.get("/account/keys")
def list_keys(who: Visiting) -> Response:
    """The single-letter shortcuts: a page, or the dialog that an open page asks for."""
    with who.db.read() as session:
        shell = shell_of(session, who)
    template = "_help.html" if who.is_fragment else "keys.html"
    return show(who, template, shell, title=t(who.language, "Keyboard shortcuts"))


@router.post("/account/keys")
def switch_keys(who: Visiting, fields: Typed) -> Response:
    """Switch the single-letter shortcuts on or off, from the list of shortcuts."""
    who.db.run(lambda session: _switch(session, who, bool(fields.get("has_letters"))))
    return Response(status_code=204)


def _switch(session: Session, who: Visit, has_letters: bool) -> None:
    user = queries.get_own(session, who.viewer)
    user.settings = {**user.settings, rules.LETTERS: has_letters}


@router.get("/account/now")
def now(who: Visiting) -> Response:
    """The counts of the title and the bell, and what may ring; asked once per browser, not per tab."""
    with who.db.read() as session:
        user = queries.find_own(session, who.viewer)
        chosen = rules.choices_of(user.settings)
        counts = {
            "need": desk.count_needing(session, who.viewer, who.now),
            "unseen": alert_queries.count_unseen(session, who.viewer, who.now),
        }
        found = [_told(who, one) for one in _ringing(session, who, user, chosen)]
    wishes = {"sound": chosen.has_sound, "notice": chosen.has_notice, "repeat": chosen.is_repeated}
    answer = JSONResponse({**counts, **wishes, "rings": found})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _ringing(session: Session, who: Visit, user: User, chosen: Choices) -> list[Ring]:
    if chosen.scope == "none":
        return []
    found = [
        *queries.list_new(session, who.viewer, chosen.scope, who.now, is_repeated=chosen.is_repeated),
        *queries.list_soon(session, who.viewer, chosen.scope, who.now),
    ]
    if not found:
        return []
    shifts = people.list_shifts_around(session, who.viewer.estate_ids, who.now)
    is_here = butlers.is_on_duty(user, shifts, who.now)
    is_quiet = rules.is_quiet(chosen, local(who.now, reader_of(session, who).zone).time())
    return [
        one
        for one in found
        if rules.rings(chosen, is_emergency=one.is_emergency, is_quiet=is_quiet, is_on_duty=is_here)
    ]


def _told(who: Visit, one: Ring) -> dict[str, Any]:
    """One reason to ring; its text may stand on a locked screen: number and building only (MANNERS §1.13)."""
    number, language = f"#{one.number}", who.language
    building = word_home(one.building, "", "", language) if one.building else ""
    text = t(language, "{number} ({building})", number=number, building=building) if building else number
    return {"key": one.key, "kind": one.kind, "number": one.number, "text": text}
