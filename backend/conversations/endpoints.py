"""The door for channels (service token): messages in, files, deliveries out, how it fares (DESIGN §4)."""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from backend.conversations import carrying, channels, leading
from backend.conversations.bell import Bell
from backend.conversations.tools import Tools
from backend.errors import NotFound, NotSignedIn
from backend.messages import files, queries
from backend.messages.schemas import (
    AckBody,
    AckList,
    ChannelReport,
    ClaimBody,
    ClaimOut,
    ExpectedOut,
    FileAck,
    InboundBody,
    InboundOut,
    LeadBody,
    LeadOut,
)
from backend.people.doors import bearer_token

T = TypeVar("T")
#: another process may have queued something: looked for this often, although ours rings a bell
LOOK_AGAIN_SECONDS: Final = 0.5
#: a claim that waits answers after this when only a typing butler is to be told
TYPING_SECONDS: Final = 3.0


async def require_service(request: Request) -> Tools:
    """FastAPI dependency: only our own processes, by the service token. Raises NotSignedIn.

    It waits for nothing: on the loop it costs less than the way to a thread and back.
    """
    tools: Tools = request.app.state.tools
    if not hmac.compare_digest(bearer_token(request).encode(), tools.settings.service_token.encode()):
        raise NotSignedIn
    return tools


router = APIRouter(prefix="/api", tags=["channels"])
Service = Annotated[Tools, Depends(require_service)]


@router.post("/messages", status_code=202)
async def post_messages(body: InboundBody, request: Request, tools: Service) -> InboundOut:
    """Store 1–100 messages; the 202 is the durability point. Their turns begin at once."""
    now, real_now = tools.clock.now(), tools.clock.real_now()
    flood = request.app.state.flood
    store = partial(channels.store_all, body.messages, tools.vault, now, real_now, flood=flood)
    stored = await run_in_threadpool(tools.db.run, store)
    worker = request.app.state.worker
    worker.wake()
    if any(message.attachments for message in body.messages):
        request.app.state.files_bell.ring()
    if any(message.album for message in body.messages):
        worker.wake_in(channels.ALBUM_WAIT.total_seconds())
    return InboundOut(stored=stored)


@router.post("/files", status_code=201)
async def post_file(
    tools: Service,
    file: Annotated[UploadFile, File()],
    file_id: Annotated[str | None, Form(alias="id")] = None,
) -> dict[str, object]:
    """Keep a file until the message that names its id; with ``id``, it is one that its message expects."""
    if file_id is not None:
        data = await file.read(files.MAX_LARGE + 1)
        return await run_in_threadpool(carrying.take_in, tools, file_id, data)
    data = await file.read(files.MAX_BYTES + 1)
    return await run_in_threadpool(_keep, tools, data, file.filename or "")


def _keep(tools: Tools, data: bytes, name: str) -> dict[str, object]:
    checked = files.check(data)
    file_id = files.keep(tools.settings.media_dir, checked)
    tools.db.run(lambda session: channels.add_file(session, file_id, checked, name, tools.clock.now()))
    return {"id": file_id, "kind": checked.kind, "size": len(checked.data)}


@router.get("/files/{file_id}")
def get_file(file_id: str, tools: Service) -> FileResponse:
    """The bytes of a file, for sending it on."""
    with tools.db.read() as session:
        row = queries.find_file(session, file_id)
    if row is None or row.state != "here":
        raise NotFound
    path = files.path_of(tools.settings.media_dir, row.id)
    if not path.is_file():  # a restored database without its files: the message must not be tried for ever
        raise NotFound
    return FileResponse(path, media_type=row.content_type, filename=row.name)


@router.post("/files/claim")
async def claim_files(body: ClaimBody, request: Request, tools: Service) -> ExpectedOut:
    """Lease files that the channel still has and that are to be fetched; waits when there are none."""
    look = partial(carrying.claim_files, tools, body)
    bell = request.app.state.files_bell
    return await _waiting(request, bell, body, look, lambda found: bool(found.items), ExpectedOut(items=[]))


@router.post("/files/ack", status_code=204)
def acknowledge_file(body: FileAck, tools: Service) -> Response:
    """A file could not be fetched: to be tried again, or never."""
    carrying.settle_file(tools, body)
    return Response(status_code=204)


@router.post("/outbox/claim")
async def claim(body: ClaimBody, request: Request, tools: Service) -> ClaimOut:
    """Lease what is to be sent, one message a chat; waits a while when there is nothing."""
    begun = time.monotonic()

    def is_enough(found: ClaimOut) -> bool:
        return bool(found.items or (found.typing and time.monotonic() - begun > TYPING_SECONDS))

    look = partial(carrying.claim, tools, body)
    return await _waiting(request, request.app.state.bell, body, look, is_enough, ClaimOut(items=[]))


async def _waiting(
    request: Request,
    bell: Bell,
    body: ClaimBody,
    look: Callable[[], T],
    is_enough: Callable[[T], bool],
    nothing: T,
) -> T:
    """Look until there is something or the time is over; a bell of this process ends the pause early.

    For somebody who is gone nothing is looked for: it would be leased in vain.
    """
    until = time.monotonic() + body.wait_seconds
    while True:
        with bell.listen() as rung:
            found = await run_in_threadpool(look)
            left = until - time.monotonic()
            if left <= 0 or bell.is_closed or is_enough(found):
                return found
            await _pause(rung.wait(), min(left, LOOK_AGAIN_SECONDS))
        if await request.is_disconnected():
            return nothing


async def _pause(event: Awaitable[object], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event
    except TimeoutError:
        return


@router.post("/outbox/ack", status_code=204)
def acknowledge(body: AckBody, request: Request, tools: Service) -> Response:
    """What became of one delivery, or of several: sent, to be tried again, or dead."""
    acks = body.acks if isinstance(body, AckList) else [body]
    tools.db.run(partial(carrying.acknowledge, acks, tools.clock.now(), tools.clock.real_now()))
    request.app.state.bell.ring()  # the next message of these chats may go now
    return Response(status_code=204)


@router.post("/channels/status", status_code=204)
def report(body: ChannelReport, tools: Service) -> Response:
    """How a channel's process fares, for the staff's banner."""
    tools.db.run(partial(leading.note_state, body, tools.clock.real_now()))
    return Response(status_code=204)


@router.post("/channels/lead")
def lead(body: LeadBody, tools: Service) -> LeadOut:
    """Which process may fetch a bot's messages: asked for, renewed and given back here."""
    return LeadOut(leads=tools.db.run(partial(leading.lead, body, tools.clock.real_now())))
