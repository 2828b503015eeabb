"""One process that serves: the web part, the clock part, or both.

What is started here ends within three seconds of a signal; nothing that was stored depends on how it ends.
"""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, Final, Protocol

import uvicorn

from backend.errors import GuanjiaError
from backend.settings import Settings

GRACE_SECONDS: Final = 3
PARTS: Final = ("web", "clock")


class Scheduler(Protocol):
    """What is started and ended with the service (built by ``backend.scheduler``)."""

    def start(self) -> None: ...
    def shutdown(self, wait: bool = True) -> None: ...


class CannotServe(GuanjiaError):
    """The service cannot start; the text says why and what to do."""


class _Announcing(uvicorn.Server):
    """A server that says when it answers, and lets open streams end before it waits for them."""

    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], end_streams: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)


def bind(settings: Settings) -> socket.socket:
    """Take the address before anything slow is loaded. Raises CannotServe when it is taken or not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise CannotServe(
            f"{settings.host}:{settings.port} cannot be used ({error.strerror}): stop the program that "
            "holds it, or set GUANJIA_HOST and GUANJIA_PORT."
        ) from error
    return sock


def serve_web(
    app: Any,
    settings: Settings,
    sock: socket.socket,
    announce: Callable[[], None],
    end_streams: Callable[[], None],
) -> None:
    """Answer requests until a signal comes. Raises CannotServe when the application refuses to start."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    server = _Announcing(config, announce, end_streams)
    _outlive_signals()
    server.run(sockets=[sock])
    if not server.started:
        raise CannotServe("The web part did not start; the reason stands in the log above.")


def _outlive_signals() -> None:
    """Uvicorn raises its signal again when it has ended; the rest of this process must still end in order."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)


def wait_for_signal() -> None:
    """Return when this process is asked to end (SIGTERM, SIGINT)."""
    asked = threading.Event()

    def _ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ask)
    while not asked.wait(1):  # a signal may reach another thread; Python hands it to this one when it wakes
        pass


@contextlib.contextmanager
def ticking(scheduler: Scheduler | None) -> Iterator[None]:
    """Let the scheduler run during the block; its last tick is finished before the block ends."""
    if scheduler is None:
        yield
        return
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


def chosen_parts(only: str | None) -> Sequence[str]:
    """Return the parts named in ``--only a,b``. Raises CannotServe for an unknown name."""
    names = [name.strip() for name in (only or ",".join(PARTS)).split(",") if name.strip()]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise CannotServe(f"This release has no part {', '.join(unknown)}: --only takes {', '.join(PARTS)}.")
    return names


def lan_address(host: str) -> str | None:
    """Return the address by which the local network reaches ``host``, or None. Nothing is sent."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # a documentation address; connecting a datagram socket sends nothing
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith(("127.", "0.")) else address
