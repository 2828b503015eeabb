"""The way in by the company's accounts: away to its page, and back with its answer.

Both are plain links, so that the policy of our pages stays as strict as it is: a form may lead nowhere else.
What a browser has begun is kept in its own cookie, sealed, for ten minutes and one answer.
"""

import asyncio
import base64
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from backend.desk.doors import PageRoute
from backend.desk.entrance import door_page, let_in
from backend.errors import LockedOut, NotFound, Refusal
from backend.people import company_sign_in, doors
from backend.people.company import GOOD_FOR, Asking, CompanyAway, CompanyRefused
from backend.people.company_sign_in import BACK, Caller
from backend.settings import Settings, derive
from backend.vault import SealBroken, Vault
from backend.web.rendering import language_of

if TYPE_CHECKING:
    from backend.people.issuer import Issuer

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: the longest page to come back to; a cookie holds no more than 4 KB
LONGEST: Final = 1000


@router.get("/login/company")
async def begin(request: Request, next: str = "") -> Response:  # noqa: A002 - as on the login page
    """Begin a try and lead to the company's page."""
    issuer, caller = _issuer(request), _caller(request)
    asking = Asking.begin(next if len(next) <= LONGEST else "", caller.now)
    try:
        await asyncio.to_thread(
            company_sign_in.refuse_locked, request.app.state.db, caller.address, caller.now
        )
        there = await issuer.address(asking, language_of(request), caller.now)
    except (LockedOut, CompanyAway) as refusal:
        return await _refused(request, next, refusal)
    response = RedirectResponse(there, status_code=303)
    settings: Settings = request.app.state.settings
    response.set_cookie(_cookie(settings), _seal(settings, asking), max_age=int(GOOD_FOR.total_seconds()),
                        path="/", httponly=True, secure=settings.is_secure, samesite="lax")  # fmt: skip
    return response


@router.get(BACK)
async def back(request: Request, state: str = "", code: str = "") -> Response:
    """Take the company's answer; a session, or the login page with one sentence."""
    issuer, caller = _issuer(request), _caller(request)
    asking = _kept(request)
    where = asking.where if asking else ""
    try:
        if asking is None or not asking.is_answered_by(state, caller.now):
            raise CompanyRefused("no try of this browser waits for it")
        if not code:
            raise CompanyRefused("the company sent no code")
        db = request.app.state.db
        signed_in = await company_sign_in.sign_in(db, issuer, asking, code, caller)
        response = await asyncio.to_thread(let_in, request, signed_in, where)
    except (LockedOut, CompanyRefused, CompanyAway) as refusal:
        response = await _refused(request, where, refusal)
    settings: Settings = request.app.state.settings
    response.delete_cookie(_cookie(settings), path="/", httponly=True, secure=settings.is_secure,
                           samesite="lax")  # fmt: skip
    return response


async def _refused(request: Request, where: str, refusal: Refusal) -> Response:
    """The login page with the sentence; a password may be used there."""
    if isinstance(refusal, (CompanyRefused, CompanyAway)):
        company_sign_in.note(refusal)
    _, sentence = refusal.worded(language_of(request))
    return await asyncio.to_thread(door_page, request, where=where, error=sentence, status=refusal.status)


def _issuer(request: Request) -> "Issuer":
    """The company's sign-in. Raises NotFound where none is set up."""
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None:
        raise NotFound
    return issuer


def _caller(request: Request) -> Caller:
    state = request.app.state
    return Caller(doors.caller_address(request), state.clock.real_now(), state.settings.argon2_is_cheap)


def _cookie(settings: Settings) -> str:
    return "__Host-guanjia-company" if settings.is_secure else "guanjia-company"


def _vault(settings: Settings) -> Vault:
    """Its own key: nothing else that the house has sealed can pass for a try."""
    return Vault(derive(settings.secret_key, "company-sign-in"))


def _seal(settings: Settings, asking: Asking) -> str:
    return base64.urlsafe_b64encode(_vault(settings).seal(asking.as_text())).decode()


def _kept(request: Request) -> Asking | None:
    """The try that this browser has begun; None without one, or for a cookie that we did not seal."""
    settings: Settings = request.app.state.settings
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(_cookie(settings), ""))
        return Asking.of_text(_vault(settings).unseal(sealed))
    except (SealBroken, ValueError, TypeError):
        return None
