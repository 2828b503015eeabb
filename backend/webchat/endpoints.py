"""The resident API of DESIGN §4: sessions, messages, files, tickets. Every body is a few lines."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, File, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse

from backend.conversations import links
from backend.conversations.tools import Tools
from backend.errors import NotFound
from backend.messages import files, queries
from backend.people.doors import bearer_token, caller_address
from backend.web.limits import is_own_machine
from backend.webchat import schemas, service
from backend.webchat.service import Caller
from backend.webchat.waiting import wait
from locales import pick_locale

router = APIRouter(prefix="/api/chat", tags=["resident"])
file_router = APIRouter(tags=["resident"])
T = TypeVar("T")
LOOK_AGAIN_SECONDS: Final = 0.5


def tools_of(request: Request) -> Tools:
    tools: Tools = request.app.state.tools
    return tools


async def in_turn(request: Request, work: Callable[[], T]) -> T:
    """Run blocking work in the two threads kept for turns, so that encoding never stalls the loop."""
    run: Callable[[Callable[[], T]], Awaitable[T]] = request.app.state.in_turn
    return await run(work)


def caller_of(request: Request) -> Caller:
    """FastAPI dependency: the web session of the token; refusals are then worded in its language."""
    caller = service.recognise(tools_of(request), bearer_token(request))
    request.state.language = caller.language
    return caller


House = Annotated[Tools, Depends(tools_of)]
Known = Annotated[Caller, Depends(caller_of)]


@router.post("/sessions", status_code=201)
async def open_session(body: schemas.SessionBody, request: Request, tools: House) -> schemas.SessionOut:
    """Open a session; with an invitation it belongs to a resident of a home, else to a visitor."""
    address = caller_address(request)
    if not is_own_machine(address):
        request.app.state.session_limit.count(address)
    fallback = pick_locale(request.headers.get("accept-language", "").split(",")[0])
    guest = links.Guest(body.language, body.invitation, body.estate, fallback)
    return await in_turn(request, partial(service.open_chat, tools, guest, address))


@router.delete("/sessions", status_code=204)
def sign_out(tools: House, caller: Known) -> Response:
    """End this session: its token works no more."""
    service.end(tools, caller)
    return Response(status_code=204)


@router.post("/messages")
async def post_message(
    body: schemas.MessageBody, request: Request, tools: House, caller: Known
) -> schemas.RepliesOut:
    """Store a message (durably, once per client_id), run its turn, return the replies."""
    return await in_turn(request, partial(service.converse, tools, caller, body, caller_address(request)))


@router.get("/messages")
async def get_messages(
    request: Request,
    tools: House,
    caller: Known,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    wait_for: Annotated[float, Query(alias="wait", ge=0, le=25)] = 0,
    typing: bool | None = None,
) -> schemas.PolledOut:
    """Messages after a sequence number; with ``wait`` the answer comes when there is one, or then.

    It also comes when the butler begins or ceases to type, against ``typing``: what the caller shows now
    (left out: what is so when the question arrives).
    """
    waiters = request.app.state.waiters
    until = time.monotonic() + wait_for
    with waiters.join(caller.conversation_id) as changed:
        found, ends = await asyncio.to_thread(service.read, tools, caller, after)
        known = found.typing if typing is None else typing
        while not found.messages and found.typing == known and not waiters.is_closed:
            left = until - time.monotonic()
            if not await wait(changed, max(0.0, min(left, ends))) and left <= ends:
                break
            found, ends = await asyncio.to_thread(service.read, tools, caller, after)
    return found


@router.post("/files", status_code=201)
async def upload(
    request: Request, tools: House, caller: Known, file: Annotated[UploadFile, File()]
) -> schemas.FileOut:
    """Take a photo or a voice message: looked at, re-encoded, synced, then known."""
    request.app.state.file_limit.count(caller.conversation_id)
    data = await file.read(files.MAX_BYTES + 1)
    return await in_turn(request, partial(service.keep_file, tools, caller, data, file.filename or ""))


@file_router.get("/files/{file_id}", include_in_schema=False)
def get_file(file_id: str, until: int, sign: str, tools: House, small: bool = False) -> FileResponse:
    """A file by its signed link, or (``small``) the small copy of a photo; never as a page of ours."""
    if not files.is_signed(tools.settings.secret_key, file_id, until, sign, tools.clock.real_now()):
        raise NotFound
    with tools.db.read() as session:
        row = queries.find_file(session, file_id)
    if row is None:
        raise NotFound
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=600",
    }
    given = files.shown(tools.settings.media_dir, row, is_small=small)
    # No browser shows a PDF file in a sandbox: it is saved, as on the desk.
    manner = "attachment" if row.kind == "document" else "inline"
    return FileResponse(given.place, media_type=given.content_type, filename=given.name, headers=headers,
                        content_disposition_type=manner)  # fmt: skip


@router.get("/tickets")
def get_tickets(tools: House, caller: Known) -> list[schemas.TicketOut]:
    """The person's own tickets, newest first, with what was promised."""
    return service.list_tickets(tools, caller)


@router.get("/me")
def get_me(tools: House, caller: Known) -> schemas.MeOut:
    """Who the chat is with: name, butler, estate, language."""
    return service.describe(tools, caller)


@router.post("/language")
def set_language(body: schemas.LanguageBody, tools: House, caller: Known) -> schemas.MessagesOut:
    """Switch the language of the page and of the bot from the next message on."""
    return service.set_language(tools, caller, body.language)


@router.post("/large", status_code=204)
def set_large(body: schemas.LargeBody, tools: House, caller: Known) -> Response:
    """Large type on or off, for this person on this device."""
    service.set_large(tools, caller, body.on)
    return Response(status_code=204)


@router.post("/code", status_code=201)
def make_code(tools: House, caller: Known) -> schemas.CodeOut:
    """Six digits to go on with this chat on another device, good for ten minutes, once."""
    return service.make_code(tools, caller)


@router.post("/link")
async def bind_link(
    body: schemas.LinkBody, request: Request, tools: House, caller: Known
) -> schemas.RepliesOut:
    """Bind this running session to a resident by an invitation."""
    return await in_turn(
        request, partial(service.bind, tools, caller, body.invitation, caller_address(request))
    )
