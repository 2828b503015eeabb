"""The way in and out: signing in, language, appearance, the demo clock, the live stream."""

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from backend import demo_clock
from backend.desk import service
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go, visit
from backend.errors import LockedOut, NotSignedIn, WrongLogin
from backend.people import doors, roles
from backend.people import service as people
from backend.people.roles import Role
from backend.people.service import SignedIn
from backend.web import sessions
from backend.web.client_strings import fault_strings
from backend.web.rendering import language_of, render, safe_path
from locales import LANGUAGES, pick_locale, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/faults")
def faults(lang: str = "") -> Response:
    """What a page in the language ``lang`` says of a field filled in wrong; nobody need be signed in."""
    return JSONResponse(fault_strings(pick_locale(lang)))


@router.get("/login")
def login_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the name of the field
    """The login page; language and appearance can be chosen before signing in."""
    return door_page(request, where=next)


def door_page(
    request: Request, *, where: str, username: str = "", code: str = "", error: str = "", status: int = 200
) -> Response:
    """The login page with what was typed and what went wrong; ``where``: the page to open in the end."""
    with request.app.state.db.read() as session:
        is_demo = demo_clock.is_demo(session)
    language = language_of(request)
    return render(
        request,
        "login.html",
        language=language,
        status=status,
        title=t(language, "Sign in"),
        next=safe_path(where) if where else "",
        here=f"/login?next={safe_path(where)}" if where else "/login",
        username=username,
        code=code,
        error=error,
        is_demo=is_demo,
        company=_company_button(request, language),
        is_plain_http=not request.app.state.settings.is_secure,
    )


def _company_button(request: Request, language: str) -> str:
    """What the button to the company's sign-in says; "" where there is none."""
    company = request.app.state.settings.company
    if company is None:
        return ""
    name = company.name(language)
    return t(language, "Use {name} sign-in", name=name) if name else t(language, "Use company sign-in")


@router.post("/login")
def login(request: Request, fields: Typed) -> Response:
    """Sign in; anything wrong gets the same sentence, a locked door says how long it stays so."""
    state = request.app.state
    attempt = people.LoginTry(
        username=fields.get("username", ""),
        password=fields.get("password", ""),
        code=fields.get("code", ""),
        address=doors.caller_address(request),
    )
    where = fields.get("next", "")
    try:
        signed_in = doors.sign_in(
            state.db, state.vault, attempt, state.clock.real_now(), state.settings.argon2_is_cheap
        )
    except (WrongLogin, LockedOut) as refusal:
        _, sentence = refusal.worded(language_of(request))
        return door_page(request, where=where, username=attempt.username, code=attempt.code,
                         error=sentence, status=refusal.status)  # fmt: skip
    return let_in(request, signed_in, where)


def let_in(request: Request, signed_in: SignedIn, where: str) -> Response:
    """Give the browser its session and open ``where``, "" for the first page of the role."""
    first = roles.first_page(Role(signed_in.user.role))
    response = RedirectResponse(safe_path(where) if where else first, status_code=303)
    sessions.set_session(response, request.app.state.settings, signed_in.token)
    _keep_choices(request, response, signed_in.token)
    return response


def _keep_choices(request: Request, response: Response, token: str) -> None:
    """What was chosen on the login page leaves the shared browser, and becomes the person's own choice; the
    language only where they have none."""
    language, theme = (request.cookies.get(name) for name in (sessions.LANGUAGE, sessions.THEME))
    if not language and not theme:
        return
    state = request.app.state
    found = doors.open_session(state.db, token, "cookie", state.clock.real_now())
    if found is not None:
        chosen = partial(people.set_preferences, language=language, theme=theme, at_door=True)
        state.db.run(partial(chosen, viewer=found.viewer))
    for name in (sessions.LANGUAGE, sessions.THEME):
        response.delete_cookie(name, path="/")


@router.post("/logout")
def logout(request: Request, fields: Typed) -> Response:
    """End the session, here and on the server."""
    request.app.state.db.run(partial(people.logout, token=sessions.session_token(request)))
    response = RedirectResponse("/login", status_code=303)
    sessions.clear_session(response, request.app.state.settings)
    return response


def visitor(request: Request) -> Visit | None:
    """FastAPI dependency: who is looking, or None before signing in."""
    try:
        return visit(request)
    except NotSignedIn:
        return None


Perhaps = Annotated[Visit | None, Depends(visitor)]


@router.get("/")
def start(who: Perhaps) -> Response:
    """The first page of whoever is signed in; else the door."""
    return RedirectResponse(roles.first_page(who.viewer.role) if who else "/login", status_code=303)


@router.post("/language")
def choose_language(request: Request, fields: Typed, who: Perhaps) -> Response:
    """Change the language: of the person, or of the browser before signing in."""
    language = fields.get("language", "")
    response = RedirectResponse(safe_path(fields.get("back", "")), status_code=303)
    if language in LANGUAGES:
        _choose(request, response, who, language=language)
    return response


@router.post("/theme")
def choose_theme(request: Request, fields: Typed, who: Perhaps) -> Response:
    """Change the appearance: of the person, or of the browser before signing in."""
    theme = fields.get("theme", "")
    response = RedirectResponse(safe_path(fields.get("back", "")), status_code=303)
    if theme in sessions.THEMES:
        _choose(request, response, who, theme=theme)
    return response


def _choose(
    request: Request, response: Response, who: Visit | None, language: str = "", theme: str = ""
) -> None:
    if who is not None:
        chosen = partial(people.set_preferences, language=language or None, theme=theme or None)
        who.db.run(partial(chosen, viewer=who.viewer))
        return
    name, value = (sessions.LANGUAGE, language) if language else (sessions.THEME, theme)
    hour = int(timedelta(hours=1).total_seconds())
    sessions.set_choice(response, request.app.state.settings, name, value, seconds=hour)


@router.post("/demo/clock")
def advance(who: Visiting, fields: Typed) -> Response:
    """Move the demo clock on; all that falls due is done at once."""
    seconds = fields.get("advance_seconds", "")
    number = int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) < 8 else 0
    who.db.run(partial(service.advance_demo_clock, seconds=number, now=who.now))
    state = who.request.app.state
    state.clock.forget_offset()
    state.catch_up()
    return go(who.request, safe_path(fields.get("back", "")))


@router.get("/live")
async def live(who: Visiting) -> Response:
    """The stream of changes for open pages: ids only."""
    hub = who.request.app.state.hub
    answer: Response = hub.response(who.viewer.user_id, who.viewer.estate_ids)
    return answer
