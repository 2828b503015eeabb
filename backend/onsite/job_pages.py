"""Today's jobs and each of them on a phone: on the way, arrived, photos, done."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, JSONResponse
from sqlalchemy.orm import Session

from backend.desk import channel_queries, letters, reach, telling_done
from backend.desk.doors import Number, Typed, Visit, Visiting
from backend.desk.letter_pages import OF_A_FILE
from backend.desk.letters import Lettered
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Refusal
from backend.messages import files
from backend.models import Ticket
from backend.onsite import job_view, queries, reading, service
from backend.onsite.doors import KeptRoute, answered, is_script
from backend.onsite.once import Answer, clean_key, earlier, once
from backend.people import roles
from backend.tickets import amounts, photos, prices
from backend.tickets import queries as ticket_rows
from backend.web import sessions
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=KeptRoute)
SAID: Final[Mapping[str, str]] = {
    "set_out": N_("The resident has been told that you are on the way."),
    "check_in": N_("Arrival recorded."),
    "not_arrived": N_("The arrival is taken back; whoever was told of it has been told."),
    "complete": N_("Recorded as done. Now the resident can confirm it."),
    "photo": N_("Photo kept."),
}
NO_PHOTO: Final = N_("Please choose a photo first.")
#: asked once before the work is recorded as done: what the resident reads then cannot be taken back
SURE: Final = N_("Is it really done? The resident then gets a message and is asked to confirm.")
SURE_UNTOLD: Final = N_("Is it really done? This resident has no chat: please tell them yourself.")
SURE_ALONE: Final = N_("Is it really done?")


@router.get("/jobs")
def jobs_page(who: Visiting, part: str = "") -> Response:
    """Today's jobs in their order, then the days after; ``part=live`` is the list alone."""
    with who.db.read() as session:
        jobs = job_view.list_of(session, who, reader_of(session, who))
        shell = shell_of(session, who, on="jobs")
    template = "_jobs.html" if part == "live" else "jobs.html"
    return show(who, template, shell, jobs=jobs, mark=mark_of(who), title=list_name(who))


def list_name(who: Visit) -> str:
    """What the list is called where its reader finds it: the office has it under "More"."""
    is_office = roles.sees_all_tickets(who.viewer.role)
    return t(who.language, "Jobs on site") if is_office else t(who.language, "My jobs")


@router.get("/jobs/me")
def me(who: Visiting) -> Response:
    """Who is signed in here and the token of their forms, asked before anything kept is sent."""
    settings = who.request.app.state.settings
    token = sessions.csrf_token(settings, sessions.session_token(who.request))
    return JSONResponse({"user": mark_of(who), "csrf": token})


def mark_of(who: Visit) -> str:
    """By what a browser tells the kept pages and actions of its people apart; says nothing of them."""
    secret = who.request.app.state.settings.secret_key
    return sha256(f"jobs:{secret}:{who.viewer.user_id}".encode()).hexdigest()[:16]


@router.get("/jobs/{number}")
def job_page(who: Visiting, number: Number) -> Response:
    """One job. Raises NotFound."""
    return page(who, number)


def page(
    who: Visit, number: int, notice: str = "", fields: Mapping[str, str] | None = None, status: int = 200,
    *, is_asking: bool = False, cost_fen: int | None = None,
) -> Response:  # fmt: skip
    """A job's page; ``notice`` says why something was refused, ``fields`` are what was typed.

    ``is_asking``: whether it is really done, at ``cost_fen``; pressed once more, it is.
    """
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        job = job_view.job_of(session, who, reader_of(session, who), ticket)
        really = t(who.language, sure_of(channel_queries.reach_of(session, number)))
        price = prices.unagreed(who.language, who.menu, ticket, cost_fen)
        asked = f"{price} {really}".strip()
        shell = shell_of(session, who, on="jobs")
    return show(who, "job.html", shell, job=job, mark=mark_of(who), notice=asked if is_asking else notice,
                typed=fields or {}, sure=really, is_asked=is_asking,
                back=list_name(who), lines=range(job_view.MATERIAL_LINES), title=f"#{number} {job.row.title}",
                qr=job_view.qr(job.signing.link), status=status)  # fmt: skip


def sure_of(how: str) -> str:
    """What is asked before the work counts as done; ``how`` its resident can be written to (``reach``)."""
    return {reach.NO_CHAT: SURE_UNTOLD, reach.NOBODY: SURE_ALONE}.get(how, SURE)


@router.post("/jobs/{number}/set_out")
def set_out(who: Visiting, number: Number, fields: Typed) -> Response:
    """Tell the resident that somebody is on the way."""
    return take(who, number, "set_out", fields,
                lambda session: service.set_out(session, who.viewer, number, who.now))  # fmt: skip


@router.post("/jobs/{number}/check_in")
def check_in(who: Visiting, number: Number, fields: Typed) -> Response:
    """Somebody has arrived."""
    return take(
        who,
        number,
        "check_in",
        fields,
        lambda session: service.check_in(session, who.menu, who.viewer, number, who.now, version_of(fields)),
    )


@router.post("/jobs/{number}/not_arrived")
def not_arrived(who: Visiting, number: Number, fields: Typed) -> Response:
    """The arrival was recorded by mistake."""
    work = partial(service.not_arrived, menu=who.menu, viewer=who.viewer, number=number, now=who.now)
    return take(who, number, "not_arrived", fields, work)


@router.post("/jobs/{number}/complete")
def complete(who: Visiting, number: Number, fields: Typed) -> Response:
    """The work is done, with materials and cost."""
    try:
        done = read_done(fields)
    except BadInput as bad:
        if is_script(who.request):
            raise
        return page(who, number, bad.worded(who.language)[1], fields, bad.status)
    if not is_script(who.request) and not fields.get("sure"):
        # a script has asked on the phone
        return page(who, number, fields=fields, status=422, is_asking=True, cost_fen=done.cost_fen)
    return take(
        who,
        number,
        "complete",
        fields,
        lambda session: service.complete(
            session, who.menu, who.viewer, number, done, who.now, version_of(fields)
        ),
    )


def read_done(fields: Mapping[str, str]) -> service.Done:
    """The form of finished work. Raises BadInput for an amount that is none."""
    rows, wrong = reading.material_rows(fields)
    try:
        cost = amounts.read_fen(fields.get("cost", ""))
    except ValueError as error:
        raise BadInput(amounts.NO_AMOUNT) from error
    if wrong:
        raise BadInput(amounts.NO_AMOUNT)
    return service.Done(
        actual_items=fields.get("actual_items", "").strip()[: reading.MAX_WORDS],
        materials=service.materials_line(rows),
        cost_fen=cost if cost is not None else reading.total(rows),
    )


def version_of(fields: Mapping[str, str]) -> int | None:
    """The version that the page showed; None where the person wants it whatever changed."""
    text = fields.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def take(
    who: Visit, number: int, action: str, fields: Mapping[str, str], work: Callable[[Session], Ticket]
) -> Response:
    """Do it once, whatever happened to the first answer; a refusal comes back with everything typed."""
    key = clean_key(fields.get("key", ""))
    kept = {name: text for name, text in fields.items() if name not in ("key", "version", "sure")}

    def run(session: Session) -> Answer:
        ticket = work(session)
        said = telling_done.instead(action, channel_queries.reach_of(session, number)) or SAID[action]
        return {"sentence": t(who.language, said), "version": ticket.version}

    try:
        answer = once(who, key, (number, action, kept), run)
    except Refusal as refusal:
        if is_script(who.request) or refusal.status in (403, 404):
            raise
        return page(who, number, refusal.worded(who.language)[1], fields, refusal.status)
    return answered(who, number, answer)


@router.post("/jobs/{number}/photos")
async def add_photo(who: Visiting, number: Number, posted: Lettered) -> Response:
    """Keep a photo from before or after the work."""
    if not posted.uploads:
        raise BadInput(NO_PHOTO)
    return await asyncio.to_thread(_add_photo, who, number, posted)


def _add_photo(who: Visit, number: int, posted: letters.Letter) -> Response:
    upload, side = posted.uploads[0], posted.fields.get("side", "")
    key = clean_key(posted.fields.get("key", ""))
    asked = (number, "photo", side, sha256(upload.data).hexdigest())
    answer = earlier(who, key, asked)
    if answer is None:
        who.request.app.state.file_limit.count(("staff", who.viewer.user_id))
        with who.db.read() as session:
            service.require_room(session, who.viewer, number, side)
        checked = photos.check_photo(upload.data)
        file_id = files.keep(who.request.app.state.settings.media_dir, checked)
        add = partial(service.add_photo, viewer=who.viewer, number=number, side=side, file_id=file_id,
                      checked=checked, name=upload.name, now=who.now)  # fmt: skip
        answer = once(who, key, asked, lambda session: _kept(who, add(session).id))
    return answered(who, number, answer)


def _kept(who: Visit, file_id: str) -> Answer:
    return {"sentence": t(who.language, SAID["photo"]), "file": file_id}


@router.get("/jobs/{number}/photos/{file_id}")
def photo(who: Visiting, number: Number, file_id: str, small: bool = False) -> Response:
    """A photo or a signature of this job, or (``small``) the small copy of a photo. Raises NotFound."""
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        found = queries.get_site_file(session, ticket, file_id)
    given = files.shown(who.request.app.state.settings.media_dir, found, is_small=small)
    return FileResponse(given.place, media_type=given.content_type, headers=OF_A_FILE, filename=given.name,
                        content_disposition_type="inline")  # fmt: skip
