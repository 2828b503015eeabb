"""The resident API of DESIGN §4: sessions, messages, files, tickets. Every body is a few lines."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, File, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse

from backend.conversations import facts, links
from backend.conversations.tools import Tools
from backend.errors import NotFound, TooLarge
from backend.messages import files, queries
from backend.models import ChannelLink, Conversation
from backend.people import phones
from backend.people.doors import bearer_token, caller_address
from backend.people.guessing import counting_guesses
from backend.tickets.wording import step_name
from backend.webchat import queries as own
from backend.webchat import schemas, service
from backend.webchat.service import Caller, Reader
from backend.webchat.waiting import wait
from locales import pick_locale
from locales.dates import format_moment

router = APIRouter(prefix="/api/chat", tags=["resident"])
file_router = APIRouter(tags=["resident"])
T = TypeVar("T")
#: a body above this is not even read
BODY_LIMIT = files.MAX_BYTES + 64 * 1024


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


Known = Annotated[Caller, Depends(caller_of)]


def reader_for(session: Any, tools: Tools, conversation_id: int, language: str) -> Reader:
    conversation = session.get_one(Conversation, conversation_id)
    zone = facts.gather_zone(session, conversation.estate_id)
    return Reader(language, zone, tools.clock.now(), tools.clock.real_now(), tools.settings.secret_key)


@router.post("/sessions", status_code=201)
async def open_session(body: schemas.SessionBody, request: Request) -> schemas.SessionOut:
    """Open a session; with an invitation it belongs to a resident of a home, else to a visitor."""
    return await in_turn(request, partial(_open, tools_of(request), body, request))


def _open(tools: Tools, body: schemas.SessionBody, request: Request) -> schemas.SessionOut:
    now, real_now = tools.clock.now(), tools.clock.real_now()
    fallback = pick_locale(request.headers.get("accept-language", "").split(",")[0])
    guest = links.Guest(body.language, body.invitation, body.estate, fallback)
    with (
        counting_guesses(tools.db, body.invitation or "", caller_address(request), real_now),
        tools.db.write() as session,
    ):
        token, said = links.open_web_session(session, tools.vault, tools.menu, guest, now, real_now)
        reader = reader_for(session, tools, said[0].conversation_id, said[-1].language)
        return schemas.SessionOut(token=token, messages=service.show(session, said, reader))


@router.delete("/sessions", status_code=204)
def sign_out(request: Request, caller: Known) -> Response:
    """End this session: its token works no more."""
    with tools_of(request).db.write() as session:
        session.get_one(ChannelLink, caller.link_id).status = "ended"
    return Response(status_code=204)


@router.post("/messages")
async def post_message(body: schemas.MessageBody, request: Request, caller: Known) -> schemas.RepliesOut:
    """Store a message (durably, once per client_id), run its turn, return the replies."""
    return await in_turn(request, partial(_post, tools_of(request), caller, body, caller_address(request)))


def _post(tools: Tools, caller: Caller, body: schemas.MessageBody, address: str) -> schemas.RepliesOut:
    message_id, is_linked = service.post(tools, caller, body, address)
    with tools.db.read() as session:
        link = session.get_one(ChannelLink, caller.link_id)
        reader = reader_for(session, tools, link.conversation_id, link.language)
        shown = service.show(session, service.replies_to(session, message_id), reader)
        return schemas.RepliesOut(messages=shown, reset=is_linked)


@router.get("/messages")
async def get_messages(
    request: Request,
    caller: Known,
    after: Annotated[int, Query(ge=0)] = 0,
    wait_for: Annotated[float, Query(alias="wait", ge=0, le=25)] = 0,
) -> schemas.PolledOut:
    """Messages after a sequence number; with ``wait`` the answer comes when there is one, or then."""
    tools, waiters = tools_of(request), request.app.state.waiters
    until = time.monotonic() + wait_for
    with waiters.join(caller.conversation_id) as changed:
        found = await asyncio.to_thread(_read, tools, caller, after)
        while not found.messages and not found.typing and not waiters.is_closed:
            if not await wait(changed, max(0.0, until - time.monotonic())):
                break
            found = await asyncio.to_thread(_read, tools, caller, after)
    return found


def _read(tools: Tools, caller: Caller, after: int) -> schemas.PolledOut:
    with tools.db.read() as session:
        conversation = session.get_one(Conversation, caller.conversation_id)
        if after:
            rows = queries.list_shown_after(session, conversation.id, after)
        else:
            rows = queries.list_latest(session, conversation.id)
        reader = reader_for(session, tools, conversation.id, caller.language)
        typing = conversation.typing_until is not None and conversation.typing_until > tools.clock.now()
        return schemas.PolledOut(messages=service.show(session, rows, reader), typing=typing)


@router.post("/files", status_code=201)
async def upload(request: Request, caller: Known, file: Annotated[UploadFile, File()]) -> schemas.FileOut:
    """Take a photo or a voice message: looked at, re-encoded, synced, then known."""
    if int(request.headers.get("content-length") or 0) > BODY_LIMIT:
        raise TooLarge(None, limit=files.MAX_MB)
    data = await file.read(files.MAX_BYTES + 1)
    return await in_turn(request, partial(_keep, tools_of(request), caller, data, file.filename or ""))


def _keep(tools: Tools, caller: Caller, data: bytes, name: str) -> schemas.FileOut:
    checked = files.check(data)
    file_id = files.keep(tools.settings.media_dir, checked)
    with tools.db.write() as session:
        row = files.add(session, file_id=file_id, checked=checked, name=name, estate_id=caller.estate_id,
                        conversation_id=caller.conversation_id, now=tools.clock.now())  # fmt: skip
        url = files.sign(tools.settings.secret_key, row.id, tools.clock.real_now())
        return schemas.FileOut(id=row.id, kind=row.kind, name=row.name, size=row.size, url=url)


@file_router.get("/files/{file_id}", include_in_schema=False)
def get_file(file_id: str, until: int, sign: str, request: Request) -> FileResponse:
    """A file by its signed link; never as a page of ours."""
    tools = tools_of(request)
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
    path = files.path_of(tools.settings.media_dir, row.id)
    return FileResponse(path, media_type=row.content_type, filename=row.name, headers=headers,
                        content_disposition_type="inline")  # fmt: skip


@router.get("/tickets")
def get_tickets(request: Request, caller: Known) -> list[schemas.TicketOut]:
    """The person's own tickets, newest first, with what was promised."""
    tools = tools_of(request)
    with tools.db.read() as session:
        reader = reader_for(session, tools, caller.conversation_id, caller.language)
        rows = own.deadlines_of(session, caller.conversation_id)
        return [_ticket(ticket, clocks, reader) for ticket, clocks in rows]


def _ticket(ticket: Any, clocks: list[Any], reader: Reader) -> schemas.TicketOut:
    return schemas.TicketOut(
        number=ticket.number,
        item=ticket.item_id,
        name=ticket.name(reader.language),
        state=ticket.state,
        step=ticket.step,
        step_name=step_name(reader.language, ticket.step),
        slots=ticket.slots,
        created_at=service.utc(ticket.received_at),
        promises=[_promise(c, reader) for c in clocks if c.cancelled_at is None],
    )


def _promise(clock: Any, reader: Reader) -> schemas.PromiseOut:
    is_late = clock.met_at is None and clock.paused_at is None and clock.due_at < reader.now
    breached = clock.breached_at or (clock.due_at if is_late else None)
    return schemas.PromiseOut(
        clock=clock.name,
        due_at=service.utc(clock.due_at),
        met_at=service.utc(clock.met_at) if clock.met_at else None,
        breached_at=service.utc(breached) if breached else None,
        text=format_moment(reader.language, clock.due_at, reader.zone, reader.now),
    )


@router.get("/me")
def get_me(request: Request, caller: Known) -> schemas.MeOut:
    """Who the chat is with: name, butler, estate, language."""
    tools = tools_of(request)
    with tools.db.read() as session:
        link = session.get_one(ChannelLink, caller.link_id)
        conversation = session.get_one(Conversation, link.conversation_id)
        around = facts.gather(session, link, conversation, tools.clock.now())
        butler = around.butler if around.facts.linked else None
        phone = tools.vault.unseal(butler.phone_sealed) if butler and butler.phone_sealed else ""
        hours = (around.estate.settings.get("desk_hours") or {}).get(link.language, "")
        return schemas.MeOut(
            name=around.facts.address_as, linked=around.facts.linked, language=link.language,
            large_type=link.is_large_type, home=around.facts.home,
            butler=schemas.ButlerOut(name=around.facts.butler, phone=phones.pretty(phone) if phone else "")
            if butler else None,
            estate=schemas.EstateOut(code=around.estate.code, name=around.facts.estate,
                                     hotline=around.facts.hotline, desk_hours=hours),
        )  # fmt: skip


@router.post("/language")
def set_language(body: schemas.LanguageBody, request: Request, caller: Known) -> schemas.MessagesOut:
    """Switch the language of the page and of the bot from the next message on."""
    tools = tools_of(request)
    with tools.db.write() as session:
        link = session.get_one(ChannelLink, caller.link_id)
        said = links.set_language(session, tools.menu, link, body.language, tools.clock.now())
        reader = reader_for(session, tools, link.conversation_id, body.language)
        return schemas.MessagesOut(messages=service.show(session, said, reader))


@router.post("/large", status_code=204)
def set_large(body: schemas.LargeBody, request: Request, caller: Known) -> Response:
    with tools_of(request).db.write() as session:
        session.get_one(ChannelLink, caller.link_id).is_large_type = body.on
    return Response(status_code=204)


@router.post("/code", status_code=201)
def make_code(request: Request, caller: Known) -> schemas.CodeOut:
    """Six digits to go on with this chat on another device, good for ten minutes, once."""
    tools = tools_of(request)
    with tools.db.write() as session:
        link = session.get_one(ChannelLink, caller.link_id)
        code, until = links.make_device_code(session, tools.vault, link, tools.clock.real_now())
    return schemas.CodeOut(code=code, expires_at=service.utc(until))


@router.post("/link")
async def bind_link(body: schemas.LinkBody, request: Request, caller: Known) -> schemas.RepliesOut:
    """Bind this running session to a resident by an invitation."""
    return await in_turn(request, partial(_bind, tools_of(request), caller, body, caller_address(request)))


def _bind(tools: Tools, caller: Caller, body: schemas.LinkBody, address: str) -> schemas.RepliesOut:
    now, real_now = tools.clock.now(), tools.clock.real_now()
    with counting_guesses(tools.db, body.invitation, address, real_now), tools.db.write() as session:
        link = session.get_one(ChannelLink, caller.link_id)
        said = links.bind(session, tools.vault, tools.menu, link, body.invitation, now, real_now)
        reader = reader_for(session, tools, link.conversation_id, link.language)
        is_moved = link.conversation_id != caller.conversation_id
        return schemas.RepliesOut(messages=service.show(session, said, reader), reset=is_moved)
