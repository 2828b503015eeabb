"""Doors of the house itself: health, metrics, documents, the demo clock; how refusals are answered."""

import asyncio
import contextlib
import hmac
import ipaddress
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from backend import demo_clock, logs
from backend.db import is_passing
from backend.deadlines import gauges as deadline_gauges
from backend.desk.doors import refused
from backend.errors import BadInput, NotFound, NotSignedIn, Refusal, TooLarge, TooMuch
from backend.messages import gauges, live
from backend.messages.files import MAX_MB
from backend.notifier import gauges as notifier_gauges
from backend.people.doors import bearer_token, bearer_viewer
from backend.people.viewer import Viewer
from backend.web import api_page
from backend.web.middleware import upload_limit
from backend.web.rendering import render
from backend.webchat.endpoints import caller_of
from locales import N_, pick_locale, t

router = APIRouter()
PROBLEM: Final = "application/problem+json"
HEADERS: Final = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}}


@router.get("/healthz", include_in_schema=False)
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", include_in_schema=False)
def readyz(request: Request) -> JSONResponse:
    """The database answers too."""
    try:
        with request.app.state.db.read() as session:
            session.execute(text("select 1"))
    except SQLAlchemyError as error:
        logs.failure("readyz", error)
        return JSONResponse({"status": "no database"}, 503)
    return JSONResponse({"status": "ok"})


def require_inside(request: Request) -> None:
    """FastAPI dependency: open on loopback, else the service token. Raises NotSignedIn.

    What a proxy on this machine passes on comes from loopback too, but not from the operator.
    """
    host = request.client.host if request.client else ""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "testclient"
    is_passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    token = request.app.state.settings.service_token
    if (not is_loopback or is_passed_on) and not hmac.compare_digest(
        bearer_token(request).encode(), token.encode()
    ):
        raise NotSignedIn


@router.get("/metrics", include_in_schema=False, dependencies=[Depends(require_inside)])
def metrics(request: Request) -> Response:
    """Figures of this process, then those of the house: what waits, and whether the channels work."""
    tools = request.app.state.tools
    with tools.db.read() as session:
        found = gauges.registry(session, tools.clock.real_now())
        deadline_gauges.add_to(found, session, tools.clock.now())
        notifier_gauges.add_to(found, session, tools.clock.real_now())
        own = generate_latest(found)
    return Response(generate_latest() + own, media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False, dependencies=[Depends(require_inside)])
def openapi(request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())


@router.get("/docs", include_in_schema=False, dependencies=[Depends(require_inside)])
def docs(request: Request) -> HTMLResponse:
    """The API as a page of our own, which needs neither a script nor a network."""
    document = request.app.openapi()
    groups, shapes = api_page.operations(document), api_page.shapes(document)
    return render(request, "api.html", groups=groups, shapes=shapes)


class AdvanceBody(BaseModel):
    advance_seconds: Annotated[int, Field(gt=0, le=366 * 86400)]


class ClockOut(BaseModel):
    now: datetime
    offset_seconds: int


@router.post("/api/demo/clock", tags=["staff"])
def advance_clock(
    body: AdvanceBody, request: Request, viewer: Annotated[Viewer, Depends(bearer_viewer)]
) -> ClockOut:
    """Move the demo clock on; all that falls due is done at once. 404 without the demo's mark."""
    state = request.app.state

    def work(session: Session) -> int:
        offset = demo_clock.advance(session, body.advance_seconds)
        for estate_id in sorted(viewer.estate_ids):
            live.emit(session, estate_id, "clock", {}, state.clock.now())
        return offset

    offset = state.db.run(work)
    state.clock.forget_offset()
    state.catch_up()
    return ClockOut(now=state.clock.now(), offset_seconds=offset)


def is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def language_of(request: Request) -> str:
    """The caller's language: their chat's once it is known, else what the request says, else Chinese."""
    known = getattr(request.state, "language", None)
    if known in ("zh", "en"):
        return str(known)
    return pick_locale(request.headers.get("accept-language", "").split(",")[0].strip())


def _know_language(request: Request) -> None:
    """Whose token it is, where a body that could not be read was refused before anybody looked."""
    is_known = hasattr(request.state, "language") or not is_api(request)
    token = bearer_token(request)
    if is_known or not token:
        return
    asking = caller_of if request.url.path.startswith("/api/chat/") else bearer_viewer
    with contextlib.suppress(NotSignedIn, SQLAlchemyError):
        asking(request)


async def refuse(request: Request, error: Refusal) -> Response:
    """An expected refusal: problem JSON for the API, a page or a toast for people."""
    if not is_api(request):
        return refused(request, error)
    headers = HEADERS.get(error.status, {})
    return JSONResponse(error.problem(language_of(request)), error.status, headers, media_type=PROBLEM)


async def malformed(request: Request, error: RequestValidationError) -> Response:
    """A body or parameter of the wrong shape: which fields, in words."""
    fields = sorted(
        {".".join(str(part) for part in e["loc"][1:]) or str(e["loc"][0]) for e in error.errors()}
    )
    await asyncio.to_thread(_know_language, request)
    named = BadInput(N_("Please check these fields: {fields}."), fields=", ".join(fields))
    return await refuse(request, named)


async def plain_http(request: Request, error: HTTPException) -> Response:
    if error.status_code == 404:
        return await refuse(request, NotFound())
    await asyncio.to_thread(_know_language, request)
    if error.status_code == 413:
        is_file = upload_limit(request.url.path) is not None
        return await refuse(request, TooLarge(None, limit=MAX_MB) if is_file else TooMuch())
    title = t(language_of(request), "This kind of request is not supported here.")
    if is_api(request):
        body = {"type": "about:blank", "title": title, "status": error.status_code, "detail": title}
        return JSONResponse(body, error.status_code, error.headers, media_type=PROBLEM)
    return PlainTextResponse(title, error.status_code, error.headers)


async def database(request: Request, error: SQLAlchemyError) -> Response:
    """A lock or a lost connection met while looking is passing; anything else is a fault of ours."""
    is_over = isinstance(error, PoolTimeout) or (isinstance(error, DBAPIError) and is_passing(error))
    return await (busy if is_over else unexpected)(request, error)


async def busy(request: Request, error: Exception) -> Response:
    logs.failure("busy", error)
    return _sorry(
        request, 503, N_("The service is very busy. Please try again in a moment."), {"Retry-After": "2"}
    )


async def unexpected(request: Request, error: Exception) -> Response:
    """A fault of ours: the person gets an id, the log gets everything."""
    error_id = logs.failure("request", error, path=request.url.path)
    sentence = N_(
        "Something went wrong on our side. Please try again; if it happens again, quote {error_id}."
    )
    return _sorry(request, 500, sentence, {}, error_id=error_id)


def _sorry(
    request: Request, status: int, sentence: str, headers: dict[str, str], **values: object
) -> Response:
    language = language_of(request)
    title, detail = t(language, "We are sorry."), t(language, sentence, **values)
    if is_api(request):
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JSONResponse(body, status, headers, media_type=PROBLEM)
    return PlainTextResponse(f"{title} {detail}", status, headers)
