"""The staff API about tickets (DESIGN §4): lists, one ticket, intake, actions."""

import json
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, cast

from fastapi import APIRouter, Depends, File, Header, Query, Request, Response, UploadFile
from pydantic import ValidationError

from backend.errors import BadInput, IdempotencyMismatch, NotFound
from backend.messages import files
from backend.people.doors import bearer_viewer
from backend.people.viewer import Viewer
from backend.tickets import cases, intake, photos, promise_schemas, queries, schemas, seats, service, showing
from locales import N_

router = APIRouter(prefix="/api/tickets", tags=["staff"])
Signed = Annotated[Viewer, Depends(bearer_viewer)]
Code = Annotated[str | None, Query(max_length=100)]
PAGE: Final = 50


@router.get("")
def list_tickets(
    request: Request,
    viewer: Signed,
    state: Literal["open", "waiting", "done", "closed", "cancelled"] | None = None,
    queue: Literal["mine", "team", "unassigned"] | None = None,
    after: Annotated[int | None, Query(ge=1, lt=queries.TOO_LARGE)] = None,
) -> schemas.PageOut:
    """A page of tickets, newest first; ``next`` is the cursor for ``after``."""
    app = request.app.state
    with app.db.read() as session:
        rows = queries.list_tickets(session, viewer, state=state, queue=queue, before=after, limit=PAGE + 1)
        shown = showing.show(session, rows[:PAGE], viewer, app.clock.now())
    return schemas.PageOut(items=shown, next=rows[PAGE - 1].number if len(rows) > PAGE else None)


@router.get("/{number}")
def get_ticket(number: int, request: Request, viewer: Signed) -> schemas.TicketOut:
    """One ticket with its timeline; 404 for an unknown or foreign one."""
    app = request.app.state
    with app.db.read() as session:
        ticket = queries.get_ticket(session, viewer, number)
        return showing.show(session, [ticket], viewer, app.clock.now(), with_timeline=True)[0]


@router.get("/{number}/promises")
def explain_promises(number: int, request: Request, viewer: Signed) -> promise_schemas.ExplainedPageOut:
    """The ticket's promises, each explained: what was counted, what waited, how it stands."""
    app = request.app.state
    with app.db.read() as session:
        ticket = queries.get_ticket(session, viewer, number)
        return showing.explained(session, ticket, viewer, app.clock.now())


@router.post("", status_code=201)
def take_in(
    body: schemas.IntakeBody,
    request: Request,
    viewer: Signed,
    response: Response,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)] = None,
) -> schemas.TicketOut:
    """Open a ticket for someone who phoned, wrote or came to the desk."""
    app = request.app.state

    def work(session: Any) -> schemas.TicketOut:
        ticket = intake.take_in(session, app.menu, app.vault, viewer, body.values(), app.clock.now())
        return showing.show(session, [ticket], viewer, app.clock.now(), with_timeline=True)[0]

    asked = ("intake", body.model_dump(mode="json", by_alias=True))
    return _once(request, viewer, key, asked, work, 201)


@router.post("/referrals", status_code=201)
def open_referral(
    body: schemas.ReferralBody,
    request: Request,
    viewer: Signed,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)] = None,
) -> schemas.TicketOut:
    """Register a referral whose reward waits for the purchase (WF-26); further steps are moves."""
    app = request.app.state

    def work(session: Any) -> schemas.TicketOut:
        now = app.clock.now()
        ticket = cases.open_referral(session, app.menu, app.vault, viewer, body.values(), now)
        return showing.show(session, [ticket], viewer, now, with_timeline=True)[0]

    return _once(request, viewer, key, ("referral", body.model_dump(mode="json")), work, 201)


@router.post("/providers", status_code=201)
def open_provider(
    body: schemas.ProviderBody,
    request: Request,
    viewer: Signed,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)] = None,
) -> schemas.TicketOut:
    """Enter a provider that was surveyed (WF-25); further steps are moves."""
    app = request.app.state

    def work(session: Any) -> schemas.TicketOut:
        ticket = cases.open_provider(session, app.menu, viewer, body.values(), app.clock.now())
        return showing.show(session, [ticket], viewer, app.clock.now(), with_timeline=True)[0]

    return _once(request, viewer, key, ("provider", body.model_dump(mode="json")), work, 201)


@router.get("/events/{item}")
def read_seats(item: str, request: Request, viewer: Signed, estate: Code = None) -> schemas.SeatsOut:
    """How an event stands: its seats, those taken, and how many wait for one; ``estate``: its code."""
    app = request.app.state
    with app.db.read() as session:
        found = seats.read(session, viewer, app.menu, item, estate)
    return schemas.SeatsOut(item=found.item, seats=found.seats, taken=found.taken, waiting=found.waiting)


@router.put("/events/{item}")
def publish_seats(
    item: str, body: schemas.SeatsBody, request: Request, viewer: Signed, estate: Code = None
) -> schemas.SeatsOut:
    """Say how many seats an event has (leaders); whoever waits gets the new ones in turn."""
    app = request.app.state
    found = app.db.run(lambda session: seats.publish(session, viewer, app.menu, item, body.seats, estate))
    return schemas.SeatsOut(item=found.item, seats=found.seats, taken=found.taken, waiting=found.waiting)


@router.post("/files", status_code=201)
async def upload(request: Request, viewer: Signed, file: Annotated[UploadFile, File()]) -> schemas.PhotoOut:
    """Take a photo or PDF file for a reply: looked at, synced; a reply then names its id in ``files``."""
    app = request.app.state
    app.file_limit.count(("staff", viewer.user_id))
    data, name = await file.read(files.MAX_BYTES + 1), file.filename or ""

    def work() -> schemas.PhotoOut:
        checked = photos.check_sent(data)
        file_id = files.keep(app.settings.media_dir, checked)
        add = partial(photos.add_photo, viewer=viewer, file_id=file_id, checked=checked, name=name,
                      now=app.clock.now())  # fmt: skip
        app.db.run(add)
        return schemas.PhotoOut(id=file_id, kind=checked.kind, size=len(checked.data))

    return cast(schemas.PhotoOut, await app.in_turn(work))


@router.post("/{number}/{action}")
def act(
    number: int,
    action: str,
    request: Request,
    viewer: Signed,
    body: dict[str, Any] | None = None,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)] = None,
) -> schemas.TicketOut:
    """Take one action; 409 names the allowed ones."""
    app = request.app.state
    checked = parse(action, body or {})

    def work(session: Any) -> schemas.TicketOut:
        ticket = service.act(session, app.menu, viewer, number, action, checked.values(), app.clock.now(),
                             checked.version)  # fmt: skip
        return showing.show(session, [ticket], viewer, app.clock.now(), with_timeline=True)[0]

    return _once(request, viewer, key, (f"{number}/{action}", body or {}), work, 200)


def parse(action: str, body: dict[str, Any]) -> schemas.Body:
    """Return the checked body of an action. Raises NotFound for an unknown action, BadInput for faults."""
    shape = schemas.BODIES.get(action)
    if shape is None:
        raise NotFound
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        fields = ", ".join(sorted({str(e["loc"][0]) if e["loc"] else "body" for e in error.errors()}))
        raise BadInput(N_("Please check these fields: {fields}."), fields=fields) from error


def _once(
    request: Request, viewer: Viewer, key: str | None, asked: tuple[str, Any], work: Any, status: int
) -> schemas.TicketOut:
    """Run ``work`` in one transaction; with a key, a repeat gets the first answer (same user, 24 h)."""
    app = request.app.state
    body_hash = sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()

    def run(session: Any) -> schemas.TicketOut:
        if not key:
            return cast(schemas.TicketOut, work(session))
        kept, is_first = queries.claim_key(session, viewer.user_id, key, body_hash, app.clock.real_now())
        if kept.body_hash != body_hash:
            raise IdempotencyMismatch
        if not is_first:
            return schemas.TicketOut.model_validate(kept.response)
        answer: schemas.TicketOut = work(session)
        kept.status, kept.response = status, answer.model_dump(mode="json")
        return answer

    answered: schemas.TicketOut = app.db.run(run)
    return answered
