"""Cookies of the dashboard: what they are called, how they are set, and the token that guards its forms."""

import hmac
from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from backend.settings import Settings

TWELVE_HOURS: Final = 12 * 3600
A_YEAR: Final = 365 * 24 * 3600
THEMES: Final = ("auto", "light", "dark")
#: cookies that hold a choice, not a secret
LANGUAGE: Final = "guanjia-language"
THEME: Final = "guanjia-theme"
TOAST: Final = "guanjia-toast"


def cookie_name(settings: Settings) -> str:
    """``__Host-guanjia`` where a browser accepts Secure cookies, else a plain name (http in the office)."""
    return "__Host-guanjia" if settings.is_secure else "guanjia"


def session_token(request: Request) -> str:
    """The session token that the browser sent, or ""."""
    return request.cookies.get(cookie_name(request.app.state.settings), "")


def set_session(response: Response, settings: Settings, token: str) -> None:
    """Keep ``token`` in the browser for at most twelve hours."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=TWELVE_HOURS,
        path="/",
        httponly=True,
        secure=settings.is_secure,
        samesite="lax",
    )


def clear_session(response: Response, settings: Settings) -> None:
    """Take the session cookie away again."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, secure=settings.is_secure, samesite="lax"
    )


def set_choice(response: Response, settings: Settings, name: str, value: str, seconds: int = A_YEAR) -> None:
    """Keep a harmless choice (language, appearance) in the browser."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, secure=settings.is_secure, samesite="lax"
    )


def csrf_token(settings: Settings, token: str) -> str:
    """The form token of a session: derived, so that it need not be stored; "" without a session."""
    if not token:
        return ""
    return hmac.new(settings.secret_key.encode(), f"csrf:{token}".encode(), sha256).hexdigest()


def is_csrf_token(settings: Settings, token: str, given: str) -> bool:
    """True when ``given`` is the form token of session ``token``, or when there is no session to guard."""
    return hmac.compare_digest(csrf_token(settings, token).encode(), given.encode()) or not token
