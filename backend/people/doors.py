"""Where a request meets a person: signing in, the Bearer header, the caller's address.

The dashboard's cookie and the API's Bearer header carry tokens of two kinds; neither opens the other's door.
"""

from dataclasses import replace
from datetime import datetime
from functools import partial
from ipaddress import ip_address, ip_network

from fastapi import Request

from backend.clock import Clock
from backend.db import Database
from backend.errors import MustChangePassword, NotSignedIn
from backend.people import passwords, service
from backend.people.service import Kind, LoginTry, OpenSession, SignedIn
from backend.people.viewer import Viewer
from backend.vault import Vault
from locales import pick_locale


def sign_in(
    database: Database, vault: Vault, attempt: LoginTry, now: datetime, is_cheap: bool = False
) -> SignedIn:
    """Weigh a try and open a session; ``now`` is real time. Raises WrongLogin or LockedOut.

    The password is hashed between two transactions, and a wrong try is committed before it is refused.
    """
    with database.read() as session:
        candidate = service.look_up(session, attempt, now)
    if candidate.locked_until:
        return service.LoginResult(locked_until=candidate.locked_until).or_raise(now)
    is_right = passwords.is_right(attempt.password, candidate.password_hash, is_cheap)
    result = database.run(
        lambda session: service.settle_login(session, vault, attempt, candidate, now, is_right=is_right)
    )
    return result.or_raise(now)


def open_session(database: Database, token: str, kind: Kind, now: datetime) -> OpenSession | None:
    """Return the good session of ``token`` or None, and note its use at most once a minute."""
    with database.read() as session:
        found = service.find_session(session, token, now, kind)
    if found and found.needs_touch:
        database.run(partial(service.touch, found=found, now=now))
    return found


def bearer_token(request: Request) -> str:
    """Return the token of ``Authorization: Bearer …``, or ""."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def bearer_viewer(request: Request) -> Viewer:
    """FastAPI dependency: the member of staff behind the Bearer header.

    Raises NotSignedIn, and MustChangePassword until a first password was changed.

    They are answered in the language the request names, else in their own.
    """
    token = bearer_token(request)
    clock: Clock = request.app.state.clock
    found = open_session(request.app.state.db, token, "bearer", clock.real_now()) if token else None
    if found is None:
        raise NotSignedIn
    asked = request.headers.get("accept-language")
    language = pick_locale(asked.split(",")[0].strip()) if asked else found.viewer.language
    request.state.language = language
    if found.viewer.must_change_password:
        raise MustChangePassword
    return replace(found.viewer, language=language)


def caller_address(request: Request) -> str:
    """Return the caller's address; ``X-Forwarded-For`` counts only behind a trusted proxy.

    The nearest address in the header that is no trusted proxy is taken, so that callers cannot invent one.
    """
    peer = request.client.host if request.client else ""
    trusted: tuple[str, ...] = request.app.state.settings.trusted_proxies
    if not _is_trusted(peer, trusted):
        return peer
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    return next((hop for hop in reversed(hops) if not _is_trusted(hop, trusted)), peer)


def _is_trusted(address: str, trusted: tuple[str, ...]) -> bool:
    """True when ``address`` is one of the trusted addresses or networks (``10.0.0.0/8``)."""
    try:
        host = ip_address(address)
        return any(host in ip_network(network, strict=False) for network in trusted)
    except ValueError:
        return address in trusted
