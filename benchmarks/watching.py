"""Five hundred open dashboards: every event reaches each of them, and what one of them costs the server."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2

from benchmarks.measure import Figure
from benchmarks.serving import memory_mb
from tests.server import ServerProcess

WATCHERS: Final = 500
EVENTS: Final = 40
KILOBYTES: Final = 40.0
PATIENCE: Final = 30.0
PASSWORD: Final = "guanjia-demo"


@dataclass(slots=True)
class Watcher:
    """One open stream, read to its end; ``heard`` counts the events about tickets."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: int = 0

    async def listen(self) -> None:
        while line := await self.reader.readline():
            self.heard += line.startswith(b"event: ticket")


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder), f"sqlite:///{folder}/bench.sqlite")
        server.start()
        try:
            missing, kilobytes = asyncio.run(_watched(server))
        finally:
            server.stop()
    yield Figure(f"{WATCHERS} dashboards: events not delivered", missing, "", 0,
                 aside=f"{EVENTS} notes, {WATCHERS * EVENTS:,} deliveries")  # fmt: skip
    yield Figure(f"{WATCHERS} dashboards: memory of one", kilobytes, "KB", KILOBYTES)


async def _watched(server: ServerProcess) -> tuple[int, float]:
    """Return how many deliveries are missing, and the server's kilobytes for each stream."""
    cookie, number, staff = _signed_in(server.url)
    warm = [await _open(server.url, cookie) for _ in range(20)]
    before = memory_mb(server.pid)
    watchers = [await _open(server.url, cookie) for _ in range(WATCHERS)]
    await asyncio.sleep(1)
    kilobytes = (memory_mb(server.pid) - before) * 1024 / WATCHERS
    listening = [asyncio.create_task(one.listen()) for one in watchers]
    for place in range(EVENTS):
        await asyncio.to_thread(_note, staff, number, place)
    missing = await _missing(watchers)
    for task in listening:
        task.cancel()
    for one in [*warm, *watchers]:
        one.writer.close()
    staff.close()
    return missing, kilobytes


async def _missing(watchers: list[Watcher]) -> int:
    """How many deliveries are still missing when nothing more comes, at most ``PATIENCE`` seconds later."""
    until = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < until:
        missing = sum(max(0, EVENTS - one.heard) for one in watchers)
        if not missing:
            return 0
        await asyncio.sleep(0.2)
    return sum(max(0, EVENTS - one.heard) for one in watchers)


def _signed_in(url: str) -> tuple[str, int, httpx2.Client]:
    """The cookie of a dashboard, a ticket of its list, and a client of the staff API."""
    staff = httpx2.Client(base_url=url, trust_env=False, timeout=20, follow_redirects=False)
    token = staff.post("/api/staff/login", json={"username": "butler", "password": PASSWORD}).json()["token"]
    staff.headers["authorization"] = f"Bearer {token}"
    page = httpx2.Client(base_url=url, trust_env=False, timeout=20, headers={"sec-fetch-site": "same-origin"})
    answer = page.post("/login", data={"username": "butler", "password": PASSWORD})
    cookie = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    page.close()
    assert answer.status_code in (200, 303), answer.text
    number = staff.get("/api/tickets?queue=team").json()["items"][0]["number"]
    return cookie, number, staff


def _note(staff: httpx2.Client, number: int, place: int) -> None:
    staff.post(f"/api/tickets/{number}/note", json={"text": f"note {place}"}).raise_for_status()


async def _open(url: str, cookie: str) -> Watcher:
    """Open the live stream as a browser does, up to its greeting."""
    where = urlsplit(url)
    assert where.hostname
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = ("GET /live HTTP/1.1", f"Host: {where.netloc}", f"Cookie: {cookie}", "", "")
    writer.write("\r\n".join(lines).encode())
    status = await reader.readline()
    assert b" 200 " in status, status
    while not (await reader.readline()).startswith(b": welcome"):
        pass
    return Watcher(reader, writer)
