"""The backend as the carrier sees it: the channel's doors over HTTP, with the service token.

Every method raises ``BackendDown`` when the same call may work later and ``BackendRefused`` when it never
will. A session belongs to the loop that uses it: build one ``Backend`` per loop.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp

from bot.config import BotConfig
from bot.errors import BackendDown, BackendRefused

CHANNEL: Final = "telegram"
#: seconds: connecting, asking for the lead (which must be renewed in time), an ordinary answer, an upload,
#: and what a long poll may take beyond its waiting
CONNECT: Final = 5
LEADING: Final = 8
ANSWER: Final = 30
UPLOAD: Final = 120
BEYOND: Final = 15
#: not of the request but of the moment or the installation: the same words may be taken later
PASSING: Final = frozenset({401, 403, 404, 405, 408, 409, 423, 425, 429})


class Backend:
    """Client of the channel's doors for one bot (``config.account``)."""

    def __init__(self, config: BotConfig, holder: str | None = None) -> None:
        """``holder`` names the place of this process, which one process at a time has."""
        self._holder = holder
        self._base = config.backend_url
        self._headers = {"Authorization": f"Bearer {config.service_token}"}
        self._whose: dict[str, Any] = {"channel": CHANNEL, "account": config.account}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def store(self, messages: Sequence[Mapping[str, Any]]) -> int:
        """Store 1–100 messages and return how many were new. When this returns, they are durable."""
        answer = await self._post("/api/messages", {"messages": list(messages)})
        return int(answer["stored"])

    async def claim(self, limit: int, wait_seconds: float, holding: Sequence[Any] = ()) -> dict[str, Any]:
        """Take what is to be sent: ``{"items": [parcel…], "typing": [{"account", "chat"}]}``.

        Waits up to ``wait_seconds`` (≤ 20) for something to send; parcels are leased for 60 s. What this
        place has leased and is not ``holding`` comes at once: its process died, or the answer was lost.
        """
        asked = {**self._whose, "limit": limit, "wait_seconds": wait_seconds}
        if self._holder is not None:
            asked |= {"holder": self._holder, "holding": list(holding)}
        return await self._post("/api/outbox/claim", asked, ANSWER + wait_seconds)

    async def ack(self, acks: Sequence[Mapping[str, Any]]) -> None:
        """Say what became of parcels, all in one call: ``{"id", "outcome": sent|retry|dead, …}`` each."""
        await self._post("/api/outbox/ack", {"acks": list(acks)})

    async def claim_files(self, limit: int, wait_seconds: float) -> dict[str, Any]:
        """Take files still to be fetched: ``{"items": [{"id", "account", "remote_id", "kind", …}]}``."""
        asked = {**self._whose, "limit": limit, "wait_seconds": wait_seconds}
        return await self._post("/api/files/claim", asked, ANSWER + wait_seconds)

    async def upload(self, file_id: Any, data: bytes, name: str) -> None:
        """Hand in a fetched file. ``BackendRefused`` means that the backend has settled it: go on."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("id", str(file_id))
        form.add_field("file", data, filename=name, content_type="application/octet-stream")
        await self._call("POST", "/api/files", UPLOAD, data=form)

    async def ack_file(self, file_id: Any, outcome: str, reason: str | None = None) -> None:
        """Say that a file could not be fetched now (``retry``) or never will be (``dead``)."""
        await self._post("/api/files/ack", {"id": file_id, "outcome": outcome, "reason": reason})

    async def file(self, file_id: Any) -> bytes:
        """Return the bytes of a file that is to be sent."""
        return await self._call("GET", f"/api/files/{file_id}", UPLOAD)

    async def status(
        self, state: str, name: str | None, mode: str, detail: str | None = None, holder: str | None = None
    ) -> None:
        """Say how the road to Telegram is: working, unreachable, standing_by or refused."""
        said = {"state": state, "name": name, "mode": mode, "detail": detail, "holder": holder}
        await self._post("/api/channels/status", {**self._whose, **said}, CONNECT + BEYOND)

    async def lead(self, holder: str, *, release: bool = False) -> bool:
        """Ask to be the process that fetches, for thirty seconds; return whether it is ``holder``."""
        asked = {**self._whose, "holder": holder, "release": release}
        return bool((await self._post("/api/channels/lead", asked, LEADING))["leads"])

    async def _post(self, path: str, body: Mapping[str, Any], seconds: float = ANSWER) -> dict[str, Any]:
        raw = await self._call("POST", path, seconds, json=body)
        return _json(raw) if raw else {}

    async def _call(self, method: str, path: str, seconds: float, **content: Any) -> bytes:
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT)
        try:
            async with self._open().request(method, self._base + path, timeout=timeout, **content) as answer:
                raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BackendDown(None, f"{type(error).__name__} at {path}") from error
        if 200 <= answer.status < 300:
            return raw
        raise _failure(answer.status, path, raw)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=4)  # uvicorn's own is 5 s
            self._session = aiohttp.ClientSession(headers=self._headers, connector=connector)
        return self._session


def _failure(status: int, path: str, raw: bytes) -> BackendDown | BackendRefused:
    if status == 401:
        return BackendDown(status, "GUANJIA_SERVICE_TOKEN is not the backend's")
    if status >= 500 or status in PASSING or status < 400:
        return BackendDown(status, path)
    try:
        detail = str(_json(raw).get("detail") or "")
    except BackendDown:
        detail = ""
    return BackendRefused(status, detail[:300])


def _json(raw: bytes) -> dict[str, Any]:
    """Return the object in an answer. Raises BackendDown: something else than the backend answered."""
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BackendDown(None, "an answer that is no JSON object")
    return found
