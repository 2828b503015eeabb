"""Where a page request meets a member of staff: the cookie, the form's token, refusals as pages."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile

from backend.audit.service import Actor
from backend.clock import Clock
from backend.db import Database
from backend.errors import BadInput, Forbidden, MustChangePassword, NotSignedIn, Refusal
from backend.people import doors
from backend.people.viewer import Viewer
from backend.vault import Vault
from backend.web import sessions
from backend.web.rendering import is_fragment, language_of, render
from intents.menu import Menu

#: bytes of a posted form: 4,000 characters several times over, and nothing that could fill the memory
MAX_FORM: Final = 200_000
#: where a first password is changed, and what else is open until it is
OWN_PASSWORD: Final = "/account/password"
OPEN_BEFORE: Final = frozenset({OWN_PASSWORD, "/language", "/theme"})


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in member of staff, with everything a page needs to answer it."""

    request: Request
    viewer: Viewer
    now: datetime

    @property
    def language(self) -> str:
        return self.viewer.language

    @property
    def real_now(self) -> datetime:
        clock: Clock = self.request.app.state.clock
        return clock.real_now()

    @property
    def db(self) -> Database:
        database: Database = self.request.app.state.db
        return database

    @property
    def vault(self) -> Vault:
        vault: Vault = self.request.app.state.vault
        return vault

    @property
    def menu(self) -> Menu:
        menu: Menu = self.request.app.state.tools.menu
        return menu

    @property
    def actor(self) -> Actor:
        """Who is written into the audit log for what this request changes."""
        return Actor(self.viewer.user_id, doors.caller_address(self.request))

    @property
    def is_fragment(self) -> bool:
        return is_fragment(self.request)


def visit(request: Request) -> Visit:
    """FastAPI dependency: who is looking. Raises NotSignedIn, and MustChangePassword before that is done."""
    clock: Clock = request.app.state.clock
    token = sessions.session_token(request)
    found = doors.open_session(request.app.state.db, token, "cookie", clock.real_now()) if token else None
    if found is None:
        raise NotSignedIn
    request.state.viewer = found.viewer
    if found.viewer.must_change_password and request.url.path not in OPEN_BEFORE:
        raise MustChangePassword
    return Visit(request, found.viewer, clock.now())


async def typed(request: Request) -> dict[str, str]:
    """FastAPI dependency: the fields of a posted form whose token is right. Raises Forbidden, BadInput."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > MAX_FORM:
        raise BadInput
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
    return checked_fields(request, fields)


def checked_fields(request: Request, fields: dict[str, str]) -> dict[str, str]:
    """The fields without their token, which must be right, as text that may be stored. Raises Forbidden."""
    given = request.headers.get("x-csrf") or fields.pop("csrf", "")
    fields.pop("csrf", None)
    if not sessions.is_csrf_token(request.app.state.settings, sessions.session_token(request), given):
        raise Forbidden
    return {name: _sound(value) for name, value in fields.items()}


def _sound(text: str) -> str:
    """Text as it may be stored: no NUL, no broken half of a sign, one kind of line end."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", "").replace("\r\n", "\n")


Visiting = Annotated[Visit, Depends(visit)]
#: a ticket's number in an address; larger ones do not fit the tables
Number = Annotated[int, Path(ge=1, le=2**53)]
Typed = Annotated[dict[str, str], Depends(typed)]


class PageRoute(APIRoute):
    """A route whose refusals are pages: sign in first, or a sentence in the viewer's language."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except Refusal as refusal:
                return refused(request, refusal)

        return guarded


def refused(request: Request, refusal: Refusal) -> Response:
    """Answer a refusal: to the login page, as a message over the open page, or as a page of its own."""
    if isinstance(refusal, NotSignedIn):
        return _to_login(request)
    if isinstance(refusal, MustChangePassword):
        return _away(request, OWN_PASSWORD, refusal.status)
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    language = viewer.language if viewer else language_of(request)
    title, detail = refusal.worded(language)
    if is_fragment(request):
        response = Response(status_code=refusal.status, headers={"HX-Reswap": "none"})
        return with_toast(response, detail)
    return render(request, "error.html", language=language, status=refusal.status, title=title, detail=detail)


def _to_login(request: Request) -> Response:
    return _away(request, f"/login?next={quote(_page_of(request))}", 401)


def _page_of(request: Request) -> str:
    """The page to come back to after signing in: the one asked for, or the one that holds the form."""
    if request.method == "GET" and not is_fragment(request):
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc != request.headers.get("host") or not page.path:
        return "/queue"
    return page.path + (f"?{page.query}" if page.query else "")


def _away(request: Request, where: str, status: int) -> Response:
    if is_fragment(request):
        return Response(status_code=status, headers={"HX-Redirect": where})
    return RedirectResponse(where, status_code=303)


def with_toast(response: Response, sentence: str) -> Response:
    """Let the open page show ``sentence`` once."""
    response.headers["X-Toast"] = quote(sentence)
    return response


def with_undo(response: Response, action: str, numbers: Sequence[int]) -> Response:
    """Let that sentence carry a button that takes the step back by ``action``, on each of these tickets."""
    response.headers["X-Undo"] = f"{action} {','.join(map(str, numbers))}"
    return response


def go(request: Request, path: str, sentence: str = "") -> Response:
    """Redirect after a post; ``sentence`` is shown once on the next page."""
    response = RedirectResponse(path, status_code=303)
    if sentence:
        settings = request.app.state.settings
        sessions.set_choice(response, settings, sessions.TOAST, quote(sentence), seconds=60)
    return response


def lead(request: Request, path: str, sentence: str) -> Response:
    """``go`` for a form that htmx may have sent: the whole page follows, not a part of it."""
    response = go(request, path, sentence)
    if is_fragment(request):
        response.headers["HX-Redirect"] = response.headers["location"]
        del response.headers["location"]
        response.status_code = 200
    return response
