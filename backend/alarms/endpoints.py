"""The door for sensors and panic buttons: ``POST /api/alarms``, signed. Nothing is stored unless it is."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from backend.alarms import queries, service, signing
from backend.alarms.service import Report
from backend.errors import BadInput, TooMuch
from backend.messages.schemas import SOUND, Moment, Name
from locales import N_

router = APIRouter(tags=["alarms"])
MOST_BYTES: Final = 16_384


class AlarmBody(BaseModel):
    """One alarm. ``event`` is the source's own id of it; ``place`` a home, a building or a place in words."""

    source: Annotated[str, Field(min_length=1, max_length=100, pattern=SOUND)]
    event: Name
    kind: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_-]+$")]
    place: Annotated[str, Field(min_length=1, max_length=200, pattern=SOUND)]
    at: Moment | None = None
    note: Annotated[str, Field(max_length=500, pattern=SOUND)] = ""


class AlarmOut(BaseModel):
    """The ticket's number, and whether this call opened it."""

    ticket: int
    is_new: bool


@router.post(
    "/api/alarms",
    status_code=201,
    responses={200: {"model": AlarmOut, "description": "Known already: the same ticket."}},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": AlarmBody.model_json_schema()}},
                                   "required": True}},
)  # fmt: skip
async def ring(
    request: Request,
    response: Response,
    estate: Annotated[str, Header(alias="X-Guanjia-Estate", max_length=40)] = "",
    timestamp: Annotated[str, Header(alias="X-Guanjia-Timestamp", max_length=20)] = "",
    signature: Annotated[str, Header(alias="X-Guanjia-Signature", max_length=100)] = "",
) -> AlarmOut:
    """Open an emergency and call the duty people; the same event again is the same ticket (200)."""
    data = await request.body()
    if len(data) > MOST_BYTES:
        raise TooMuch
    seal = signing.Seal(estate, timestamp, signature)
    answer = await run_in_threadpool(_take, request.app.state, seal, data)
    response.status_code = 201 if answer.is_new else 200
    return answer


def _take(app: Any, seal: signing.Seal, data: bytes) -> AlarmOut:
    real_now = app.clock.real_now()
    with app.db.read() as session:
        estate = queries.find_estate(session, seal.estate)
    signing.check(seal, data, signing.secret_of(app.settings.secret_key, estate), real_now)
    assert estate is not None
    body = _read(data)
    report = Report(body.source, body.event, body.kind, body.place.strip(), body.at or real_now, body.note)

    def work(session: Any) -> AlarmOut:
        ticket, is_new = service.ring(session, app.menu, estate, report, app.clock.now(), real_now)
        return AlarmOut(ticket=ticket.number, is_new=is_new)

    answer: AlarmOut = app.db.run(work)
    return answer


def _read(data: bytes) -> AlarmBody:
    try:
        return AlarmBody.model_validate_json(data)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in e["loc"]) or "body" for e in error.errors()})
        raise BadInput(N_("Please check these fields: {fields}."), fields=", ".join(fields)) from error
