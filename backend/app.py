"""The web application: rooms joined together, errors worded, live events polled once for everybody."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from backend import demo_clock, doors, rounds
from backend.alarms import endpoints as alarm_endpoints
from backend.clock import Clock, SystemClock
from backend.conversations import endpoints as channel_endpoints
from backend.conversations.bell import Bell
from backend.conversations.flood import Flood
from backend.conversations.tools import Tools
from backend.conversations.worker import TurnWorker
from backend.db import THREADS, Database
from backend.desk import pages as desk_pages
from backend.duties import endpoints as duty_endpoints
from backend.engine_watch import EngineWatch
from backend.errors import Busy, Refusal
from backend.households import pages as household_pages
from backend.learning import endpoints as learning_endpoints
from backend.live_poller import LivePoller
from backend.office import pages as office_pages
from backend.onsite import pages as onsite_pages
from backend.people import company_sign_in
from backend.people import endpoints as people_endpoints
from backend.reports import endpoints as report_endpoints
from backend.reports import pages as report_pages
from backend.search import pages as search_pages
from backend.settings import Settings
from backend.tickets import endpoints as ticket_endpoints
from backend.translating.provider import translator_of
from backend.vault import Vault
from backend.visits import pages as visit_pages
from backend.web.lean import LeanFiles
from backend.web.limits import Limit
from backend.web.live import LiveHub
from backend.web.middleware import BodyLimit, Faults, SafeHeaders, SameOrigin
from backend.webchat import endpoints as chat_endpoints
from backend.webchat import pages as chat_pages
from backend.webchat.waiting import Waiters
from intents.trained import PLACE
from intents.understand import Engine

T = TypeVar("T")
#: new chats from one address (a whole office may share one), files in one chat
SESSIONS_A_MINUTE: Final = 120
FILES_A_MINUTE: Final = 30
STATIC: Final = Path(__file__).parent / "web" / "static"


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    clock: Clock | None = None,
    engine: Engine | None = None,
) -> FastAPI:
    """Build the application. Raises DataFaults when a data file is malformed: the start is refused."""
    db = database or Database(settings.database_url)
    used_clock = clock or SystemClock(partial(demo_clock.read_offset, db))
    tools = Tools(db, used_clock, Vault(settings.secret_key), settings, engine or Engine.load())
    app = FastAPI(title="Guanjia 管家", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None,
                  openapi_url=None)  # fmt: skip
    _give_state(app, tools)
    app.state.engine_watch = EngineWatch(
        db, used_clock, tools.engine, partial(_use, app), None if engine else PLACE
    )
    _add_rooms(app)
    _add_answers(app)
    # The last one added is the outermost: every answer passes it, that to a fault too.
    app.add_middleware(Faults, answer=doors.unexpected)
    app.add_middleware(BodyLimit)
    app.add_middleware(GZipMiddleware, minimum_size=400)
    app.add_middleware(SameOrigin)
    app.add_middleware(SafeHeaders, frame_ancestors=settings.chat_frame_ancestors,
                       is_https=settings.public_url.startswith("https:"))  # fmt: skip
    return app


def _give_state(app: FastAPI, tools: Tools) -> None:
    state = app.state
    state.tools, state.db, state.clock, state.vault = tools, tools.db, tools.clock, tools.vault
    state.settings, state.menu, state.engine = tools.settings, tools.menu, tools.engine
    state.translator = translator_of(tools.settings)
    state.issuer = company_sign_in.issuer_of(tools.settings)
    state.hub, state.waiters = LiveHub(), Waiters()
    state.session_limit, state.file_limit = Limit(SESSIONS_A_MINUTE), Limit(FILES_A_MINUTE)
    state.flood = Flood(partial(_sounds_dangerous, tools))
    state.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="turn")
    state.in_turn = partial(_in_turn, state.threads)
    state.bell, state.files_bell = Bell(), Bell()
    state.catch_up = partial(rounds.catch_up, tools.db, tools.clock, lambda: state.menu)
    # The bot of the settings, "" where there is none; None: it is served elsewhere, and may be any.
    state.telegram_account = None
    state.worker = TurnWorker(tools, state.threads, state.bell)


def _sounds_dangerous(tools: Tools, text: str) -> bool:
    """Asks whichever engine is in place then."""
    return tools.engine.sounds_dangerous(text)


def _use(app: FastAPI, engine: Engine) -> None:
    """Put another engine, with its menu, in place of the present one."""
    state = app.state
    state.tools.engine = state.engine = engine
    state.menu = engine.menu


async def _in_turn(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Run ``work`` in the two turn threads: more of them encode slower and stall the loop (measured)."""
    return await asyncio.get_running_loop().run_in_executor(threads, work)


def _add_rooms(app: FastAPI) -> None:
    for router in (
        doors.router,
        people_endpoints.router,
        ticket_endpoints.router,
        learning_endpoints.router,
        report_endpoints.router,
        chat_endpoints.router,
        chat_endpoints.file_router,
        chat_pages.router,
        channel_endpoints.router,
        alarm_endpoints.router,
        duty_endpoints.router,
        desk_pages.router,
        report_pages.router,
        search_pages.router,
        visit_pages.router,
        onsite_pages.router,
        household_pages.router,
        office_pages.router,
    ):
        app.include_router(router)
    app.mount("/static", LeanFiles(directory=STATIC), name="static")


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Poll live events and waiting turns while the application runs; end every stream when it stops."""
    poller = LivePoller(app.state.tools.db, app.state.hub, app.state.waiters, app.state.bell)
    for bell in (app.state.bell, app.state.files_bell):
        bell.hang(asyncio.get_running_loop())
    await app.state.engine_watch.look()  # before the first turn
    runs = (poller.run(), app.state.worker.run(), app.state.engine_watch.run())
    tasks = [asyncio.create_task(run) for run in runs]
    try:
        yield
    finally:
        end_streams(app)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        app.state.threads.shutdown(wait=True, cancel_futures=True)


def end_streams(app: FastAPI) -> None:
    """Let open streams and long polls answer now; called at the signal, before the server waits for them."""
    app.state.hub.close()
    app.state.waiters.close()
    app.state.bell.close()
    app.state.files_bell.close()


def _add_answers(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _plain_http)
    app.add_exception_handler(Busy, _busy)
    app.add_exception_handler(SQLAlchemyError, _database)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return await doors.refuse(request, error)


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return await doors.malformed(request, error)


async def _plain_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await doors.plain_http(request, error)


async def _busy(request: Request, error: Exception) -> Response:
    return await doors.busy(request, error)


async def _database(request: Request, error: Exception) -> Response:
    assert isinstance(error, SQLAlchemyError)
    return await doors.database(request, error)
