"""Where a page request meets a member of staff: the cookie, the form's token, refusals as pages."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Path, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile

from backend.clock import Clock
from backend.db import Database
from backend.errors import BadInput, Forbidden, NotSignedIn, Refusal
from backend.people import doors
from backend.people.viewer import Viewer
from backend.vault import Vault
from backend.web import sessions
from backend.web.rendering import is_fragment, language_of, render
from intents.menu import Menu

#: bytes of a posted form: 4,000 characters several times over, and nothing that could fill the memory
MAX_FORM: Final = 200_000


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
    def is_fragment(self) -> bool:
        return is_fragment(self.request)


def visit(request: Request) -> Visit:
    """FastAPI dependency: who is looking. Raises NotSignedIn."""
    clock: Clock = request.app.state.clock
    token = sessions.session_token(request)
    found = doors.open_session(request.app.state.db, token, "cookie", clock.real_now()) if token else None
    if found is None:
        raise NotSignedIn
    request.state.viewer = found.viewer
    return Visit(request, found.viewer, clock.now())


async def typed(request: Request) -> dict[str, str]:
    """FastAPI dependency: the fields of a posted form whose token is right. Raises Forbidden, BadInput."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or len(length) > 9 or int(length) > MAX_FORM:
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
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    language = viewer.language if viewer else language_of(request)
    title, detail = refusal.worded(language)
    if is_fragment(request):
        response = Response(status_code=refusal.status, headers={"HX-Reswap": "none"})
        return with_toast(response, detail)
    return render(request, "error.html", language=language, status=refusal.status, title=title, detail=detail)


def _to_login(request: Request) -> Response:
    path = request.url.path
    where = f"/login?next={quote(path)}" if request.method == "GET" and not is_fragment(request) else "/login"
    if is_fragment(request):
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, status_code=303)


def with_toast(response: Response, sentence: str) -> Response:
    """Let the open page show ``sentence`` once."""
    response.headers["X-Toast"] = quote(sentence)
    return response


def go(request: Request, path: str, sentence: str = "") -> Response:
    """Redirect after a post; ``sentence`` is shown once on the next page."""
    response = RedirectResponse(path, status_code=303)
    if sentence:
        settings = request.app.state.settings
        sessions.set_choice(response, settings, sessions.TOAST, quote(sentence), seconds=60)
    return response
