"""The door for channels (service token): messages in, files, deliveries out (DESIGN §4)."""

import asyncio
import hmac
import time
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from fastapi.responses import FileResponse

from backend.conversations import channels
from backend.conversations.tools import Tools
from backend.errors import NotFound, NotSignedIn
from backend.messages import files, outbox, queries
from backend.messages.schemas import AckBody, ClaimBody, ClaimOut, InboundBody, InboundOut, Parcel
from backend.models import ChannelLink, Message, OutboxRow
from backend.people.doors import bearer_token

LOOK_AGAIN_SECONDS = 0.5


def require_service(request: Request) -> Tools:
    """FastAPI dependency: only our own processes, by the service token. Raises NotSignedIn."""
    tools: Tools = request.app.state.tools
    if not hmac.compare_digest(bearer_token(request).encode(), tools.settings.service_token.encode()):
        raise NotSignedIn
    return tools


router = APIRouter(prefix="/api", tags=["channels"])
Service = Annotated[Tools, Depends(require_service)]


@router.post("/messages", status_code=202)
def post_messages(body: InboundBody, tools: Service) -> InboundOut:
    """Store 1–100 messages; the 202 is the durability point."""
    now, real_now = tools.clock.now(), tools.clock.real_now()
    store = partial(channels.store_all, body.messages, now, real_now)
    return InboundOut(stored=tools.db.run(store))


@router.post("/files", status_code=201)
async def post_file(tools: Service, file: Annotated[UploadFile, File()]) -> dict[str, object]:
    """Keep a photo or a voice message until the message that names its id."""
    data = await file.read(files.MAX_BYTES + 1)
    checked = await asyncio.to_thread(files.check, data)
    file_id = await asyncio.to_thread(files.keep, tools.settings.media_dir, checked)
    await asyncio.to_thread(_add_file, tools, file_id, checked, file.filename or "")
    return {"id": file_id, "kind": checked.kind, "size": len(checked.data)}


def _add_file(tools: Tools, file_id: str, checked: files.Checked, name: str) -> None:
    tools.db.run(lambda session: channels.add_file(session, file_id, checked, name, tools.clock.now()))


@router.get("/files/{file_id}")
def get_file(file_id: str, tools: Service) -> FileResponse:
    """The bytes of a file, for sending it on."""
    with tools.db.read() as session:
        row = queries.find_file(session, file_id)
    if row is None:
        raise NotFound
    path = files.path_of(tools.settings.media_dir, row.id)
    return FileResponse(path, media_type=row.content_type, filename=row.name)


@router.post("/outbox/claim")
async def claim(body: ClaimBody, tools: Service) -> ClaimOut:
    """Lease what is to be sent, one message a chat; waits a while when there is nothing."""
    until = time.monotonic() + body.wait_seconds
    while True:
        found = await asyncio.to_thread(_claim, tools, body)
        if found.items or time.monotonic() >= until:
            return found
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


def _claim(tools: Tools, body: ClaimBody) -> ClaimOut:
    def work(session: Any) -> ClaimOut:
        rows = outbox.claim(session, body.channel, body.limit, tools.clock.real_now())
        return ClaimOut(items=[_parcel(*one) for one in outbox.parcels(session, rows)])

    return tools.db.run(work)


def _parcel(row: OutboxRow, message: Message, link: ChannelLink) -> Parcel:
    shown = {
        "seq": message.seq,
        "author": message.author,
        "language": message.language,
        "text": message.text,
        "buttons": [
            {"label": b["label"], "value": f"{message.seq}.{i}"} for i, b in enumerate(message.buttons)
        ],
    }
    return Parcel(id=row.id, account=link.account, chat=link.address, message=shown)


@router.post("/outbox/ack", status_code=204)
def acknowledge(body: AckBody, tools: Service) -> Response:
    """What became of one delivery: sent, to be tried again, or dead."""
    tools.db.run(
        partial(
            outbox.acknowledge,
            row_id=body.id,
            outcome=body.outcome,
            now=tools.clock.real_now(),
            remote_id=body.remote_id,
            retry_after=body.retry_after,
            reason=body.reason,
        )
    )
    return Response(status_code=204)
