"""The resident's confirmation: asked for and given on a colleague's phone, or on the resident's own page."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final

from fastapi import APIRouter, Request, Response

from backend.clock import Clock
from backend.db import Database
from backend.desk import letters
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.letters import Lettered
from backend.errors import BadInput, Refusal
from backend.messages import files
from backend.onsite import foreign_words, job_pages, link_view, service, signing
from backend.onsite.doors import KeptRoute, answered, is_script
from backend.onsite.once import Answer, clean_key, earlier, once
from backend.people.doors import caller_address
from backend.settings import Settings
from backend.tickets import photos
from backend.web.limits import Limit
from backend.web.rendering import render
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=KeptRoute)
public = APIRouter(include_in_schema=False, route_class=PageRoute)
SENT: Final = N_("Link and code are in the resident’s chat.")
NO_CHAT: Final = N_("The resident has no chat. Let them scan the code on this screen, or sign here.")
CONFIRMED: Final = N_("Confirmed. Thank you.")
PRESENT: Final = N_("Please tick that it was signed in your presence.")
NO_LINE: Final = N_("Please let the resident sign in the field first.")
REFUSED_FROM: Final = 400
#: looks at and answers to links, from one address in a minute
LOOKS_A_MINUTE: Final = 30
_looks = Limit(LOOKS_A_MINUTE)


@router.post("/jobs/{number}/ask")
async def ask(who: Visiting, number: Number, fields: Typed) -> Response:
    """Send link and code to the resident's chat, three times in ten minutes at most.

    What was done in the other language is translated for the link's page where somebody translates.
    """
    answer = await asyncio.to_thread(_ask, who, number, fields)
    if answer.status_code < REFUSED_FROM:
        await foreign_words.keep_turned(who, number)
    return answer


def _ask(who: Visit, number: int, fields: Mapping[str, str]) -> Response:
    settings: Settings = who.request.app.state.settings
    base = settings.public_url.rstrip("/")
    try:
        is_sent = who.db.run(
            lambda session: signing.ask(session, who.viewer, number, settings.secret_key, base, who.now)
        )
    except (BadInput, signing.AskedOften) as refusal:
        return _refused(who, number, fields, refusal)
    return answered(who, number, {"sentence": t(who.language, SENT if is_sent else NO_CHAT)}, "#sign")


def _refused(who: Visit, number: int, fields: Mapping[str, str], refusal: Refusal) -> Response:
    if is_script(who.request):
        raise refusal
    return job_pages.page(who, number, refusal.worded(who.language)[1], fields, refusal.status)


@router.post("/jobs/{number}/code")
def code(who: Visiting, number: Number, fields: Typed) -> Response:
    """Confirm with the six digits that the resident reads out."""
    secret = who.request.app.state.settings.secret_key
    given, name = fields.get("code", ""), fields.get("name", "")
    try:
        wrong, left = who.db.run(
            lambda session: signing.try_code(
                session, who.menu, who.viewer, number, given, name, secret, who.now
            )
        )
        if wrong:
            raise BadInput(wrong, n=left)
    except BadInput as bad:
        return _refused(who, number, fields, bad)
    return answered(who, number, {"sentence": t(who.language, CONFIRMED)}, "#job-signed")


@router.post("/jobs/{number}/signature")
async def signature(who: Visiting, number: Number, posted: Lettered) -> Response:
    """Confirm on this screen: a drawn signature, or a name typed in the presence of whoever holds it."""
    return await asyncio.to_thread(_sign, who, number, posted)


def _sign(who: Visit, number: int, posted: letters.Letter) -> Response:
    fields, key = posted.fields, clean_key(posted.fields.get("key", ""))
    asked = (number, "signature", fields.get("name", ""), len(posted.uploads))
    try:
        answer = earlier(who, key, asked) or _sign_once(who, number, posted, key, asked)
    except BadInput as bad:
        return _refused(who, number, fields, bad)
    return answered(who, number, answer)


def _sign_once(who: Visit, number: int, posted: letters.Letter, key: str, asked: object) -> Answer:
    name = signing.clean_name(posted.fields.get("name", ""))
    if not posted.uploads and not posted.fields.get("present"):
        raise BadInput(PRESENT if posted.fields.get("typed") else NO_LINE)
    settings: Settings = who.request.app.state.settings
    drawn = None
    if posted.uploads:
        checked = photos.check_photo(posted.uploads[0].data)
        file_id = files.keep(settings.media_dir, checked)
        drawn = partial(service.add_signature, viewer=who.viewer, number=number, file_id=file_id,
                        checked=checked, now=who.now)  # fmt: skip
    sign = partial(signing.sign_here, menu=who.menu, viewer=who.viewer, number=number, name=name,
                   secret=settings.secret_key, now=who.now)  # fmt: skip
    return once(
        who,
        key,
        asked,
        lambda session: {
            "sentence": t(who.language, CONFIRMED),
            "version": sign(session, file_id=drawn(session).id if drawn else None).version,
        },
    )


@public.get("/sign/{token}")
def sign_page(request: Request, token: str) -> Response:
    """What was done, for whoever asked for it, in their language: confirm, or say what is not right."""
    _looks.count(("look", caller_address(request)))
    return _page(request, token)


def _page(
    request: Request, token: str, error: str = "", fields: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    state = request.app.state
    with state.db.read() as session:
        try:
            view = link_view.of(session, state.settings, token, state.clock.now(), state.clock.real_now())
        except signing.Spent as spent:
            return _spent(request, spent)
    return render(request, "sign.html", language=view.language, status=status, view=view, token=token,
                  title=t(view.language, "Confirm the work"), error=error, typed=fields or {})  # fmt: skip


def _spent(request: Request, spent: Refusal) -> Response:
    """Used, run out or never one: told alike, in the browser's language."""
    return render(request, "sign_ended.html", status=spent.status, refusal=spent)


@public.post("/sign/{token}")
def answer_link(request: Request, token: str, fields: Typed) -> Response:
    """The resident confirms, or says what is not right; either way the link is used up."""
    _looks.count(("answer", caller_address(request)))
    state = request.app.state
    db: Database = state.db
    clock: Clock = state.clock
    secret, is_wrong = state.settings.secret_key, fields.get("answer") == "wrong"
    try:
        if is_wrong:
            words = fields.get("words", "")
            db.run(lambda s: signing.refuse(s, state.menu, token, words, secret, clock.now()))
        else:
            db.run(lambda s: signing.confirm(s, token, fields.get("name", ""), secret, clock.now()))
    except signing.Spent as spent:
        return _spent(request, spent)
    except Refusal as refusal:
        return _page(request, token, link_view.worded(refusal, state.db, state.settings, token), fields,
                     refusal.status)  # fmt: skip
    return go(request, f"/sign/{token}/{'noted' if is_wrong else 'thanks'}")


@public.get("/sign/{token}/{outcome}")
def outcome_page(request: Request, token: str, outcome: str) -> Response:
    """What follows, said once more when the page is loaded again; it names nothing of the job."""
    _looks.count(("look", caller_address(request)))
    with request.app.state.db.read() as session:
        language = link_view.language_of(session, request.app.state.settings, token)
    return render(request, "sign_ended.html", language=language, refusal=None, is_wrong=outcome == "noted")
