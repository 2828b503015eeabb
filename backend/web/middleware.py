"""Small ASGI layers: who may post to a page, how much may be sent, what a browser may do with what we send,
and that a fault is answered inside of them all."""

import re
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from locales import LANGUAGES, N_, t

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: paths that take a bearer token or a signature, never the cookie
NOT_PAGES: Final = ("/api/", "/telegram/")

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors {ancestors}"
)


#: answers for a program load and show nothing: the shortest policy that says so
DATA: Final = ("application/json", "application/problem+json")
DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
FOREIGN: Final = N_("This request did not come from a page of ours.")
#: bytes of a body; where files are sent, a little more than the largest file
MOST: Final = 1024 * 1024
MOST_UPLOAD: Final = 10 * 1024 * 1024 + 64 * 1024
MOST_CARRIED: Final = 20 * 1024 * 1024 + 64 * 1024
#: a reply from a browser without script brings its four photos at once
UPLOADS: Final = (
    (
        re.compile(
            r"/api/(chat|tickets)/files|(/tickets|/jobs|/api/duties)/\d+/photos|/import|/settings/brand/logo"
        ),
        MOST_UPLOAD,
    ),
    (re.compile(r"/api/files"), MOST_CARRIED),
    (re.compile(r"/tickets/\d+/reply|/duties/\d+/do"), 4 * MOST_UPLOAD),
    (re.compile(r"/jobs/\d+/signature"), MOST_UPLOAD),
)


def upload_limit(path: str) -> int | None:
    """Bytes that may be posted to a path that takes files; None for any other."""
    return next((most for where, most in UPLOADS if where.fullmatch(path)), None)


#: what is too large is still read to here and thrown away: a browser that is cut off hears no sentence
MOST_DRAINED: Final = 64 * 1024 * 1024


class BodyLimit:
    """Refuse a body that is too large (413), whether its length was told or not. None of it is kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = upload_limit(scope["path"]) or MOST
        told = Headers(scope=scope).get("content-length", "")
        is_too_large = told.isascii() and told.isdigit() and int(told) > limit
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if is_too_large or seen > limit:
                await _drain(message, receive, seen)
                raise HTTPException(413)
            return message

        await self.app(scope, counted, send)


async def _drain(message: Message, receive: Receive, seen: int) -> None:
    while message["type"] == "http.request" and message.get("more_body") and seen < MOST_DRAINED:
        message = await receive()
        seen += len(message.get("body", b""))


class Faults:
    """Answer what nobody expected inside the other layers, so that this answer has their headers too."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if has_begun or scope["type"] != "http":
                raise
            response = await self.answer(Request(scope), error)
            await response(scope, receive, send)


class SameOrigin:
    """Refuse an unsafe request to a page that did not come from a page of ours (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_welcome(scope):
            sentences = " ".join(t(language, FOREIGN) for language in LANGUAGES)
            refusal = PlainTextResponse(sentences, status_code=403)
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_welcome(scope: Scope) -> bool:
    if scope["method"] in SAFE or scope["path"].startswith(NOT_PAGES):
        return True
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    # Browsers send Sec-Fetch-Site over https and to loopback only; on the office network there is Origin.
    return urlsplit(headers.get("origin", "")).netloc == headers.get("host")


class SafeHeaders:
    """Put the content security policy and its companions on every answer; only /chat may be framed."""

    def __init__(self, app: ASGIApp, frame_ancestors: str = "'none'", *, is_https: bool = False) -> None:
        self.app = app
        self.frame_ancestors = frame_ancestors
        self.is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope["path"], MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, path: str, headers: MutableHeaders) -> None:
        headers.setdefault("x-content-type-options", "nosniff")
        if self.is_https:
            headers.setdefault("strict-transport-security", "max-age=31536000")
        if path.startswith("/static/"):
            # Styles and scripts obey the policy of the page that loads them: repeating it is only weight.
            headers["cache-control"] = "no-cache"
            # The etag says all that a browser asks for again; the rest is weight, ten times a page.
            for name in ("last-modified", "accept-ranges"):
                del headers[name]
            return
        if "cache-control" not in headers:
            headers["cache-control"] = "no-store"
        if headers.get("content-type", "").startswith(DATA):
            headers.setdefault("content-security-policy", DATA_POLICY)
            return
        is_chat = path == "/chat" or path.startswith("/chat/")
        ancestors = self.frame_ancestors if is_chat else "'none'"
        headers.setdefault("content-security-policy", POLICY.format(ancestors=ancestors))
        headers.setdefault("referrer-policy", "same-origin")
        headers.setdefault("cross-origin-opener-policy", "same-origin")
