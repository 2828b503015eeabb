"""Two small ASGI layers: who may post to a page, and what a browser may do with what we send."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
#: paths that take a bearer token or a signature, never the cookie
NOT_PAGES: Final = ("/api/", "/telegram/")

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors {ancestors}"
)


class SameOrigin:
    """Refuse an unsafe request to a page that did not come from a page of ours (403)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_welcome(scope):
            refusal = PlainTextResponse("This request did not come from a page of ours.", status_code=403)
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

    def __init__(self, app: ASGIApp, frame_ancestors: str = "'none'") -> None:
        self.app = app
        self.frame_ancestors = frame_ancestors

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
        if path.startswith("/static/"):
            # Styles and scripts obey the policy of the page that loads them: repeating it is only weight.
            headers["cache-control"] = "no-cache"
            return
        is_chat = path == "/chat" or path.startswith("/chat/")
        ancestors = self.frame_ancestors if is_chat else "'none'"
        headers.setdefault("content-security-policy", POLICY.format(ancestors=ancestors))
        headers.setdefault("referrer-policy", "same-origin")
        headers.setdefault("cross-origin-opener-policy", "same-origin")
        if "cache-control" not in headers:
            headers["cache-control"] = "no-store"
