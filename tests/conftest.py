"""What every test may ask for: a clean migrated database of both kinds, a clock moved by hand, settings."""

import os

os.environ.update(GUANJIA_STRICT_TEXTS="1", GUANJIA_ARGON2_IS_CHEAP="1", OMP_NUM_THREADS="1")

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from backend import migrate
from backend.clock import HandClock
from backend.db import Database
from backend.settings import Settings
from tests import postgres, sharing
from tests.tickets import office as the_office
from tests.tickets.office import Office

hypothesis_settings.register_profile("house", deadline=None, max_examples=60)
hypothesis_settings.load_profile("house")

#: a failure that a test provokes is told with Python's own traceback: structlog's default draws every
#: variable of every frame, which takes seconds for each failure
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

sharing.collect_less()
sharing.share_analysed()

#: files that take long by themselves: begun first, so that at the end no process is left alone with one
LONG = (
    "learning/test_watch.py", "house/test_data.py", "intents/test_training.py", "intents/test_additions.py",
    "intents/test_emergency.py", "intents/test_encoder_file.py", "command/test_run_bot.py",
    "tickets/test_machines_at_work.py", "reports/test_registers.py", "webchat/test_chat_api.py",
    "demo/test_demo.py", "conversations/test_channels.py", "scenarios/test_six_conversations.py",
)  # fmt: skip
TEMPLATE = "guanjia_template"
KINDS = ("sqlite", "postgresql")
#: after so many tests a database is made anew: rows taken out leave holes that every search walks through
WORN = 100
_numbers = count(1)
#: migrated databases of this run without rows, to be used again
_empty: list[str] = []
#: how many tests have used each of them
_used: Counter[str] = Counter()
#: what was measured, told at the end of the run
_figures: list[str] = []


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Tell measured values at the end of the run: ``figure(p99_ms=41)``."""

    def tell(**values: object) -> None:
        said = ", ".join(f"{name} {value}" for name, value in values.items())
        _figures.append(f"{request.node.name}: {said}")

    return tell


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.path.as_posix().endswith(LONG))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _figures:
        terminalreporter.section("measured")
        for line in _figures:
            terminalreporter.line(line)


@pytest.fixture(scope="session", autouse=True)
def _one_loop() -> Iterator[None]:
    with sharing.one_loop():
        yield


def build_schema(url: str) -> None:
    """Bring an empty database at ``url`` to the newest schema."""
    database = Database(url)
    sharing.wait_for_no_disk(database)
    migrate.upgrade(database)
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL server for the whole run, with a migrated template; started on first use."""
    server = postgres.Server()
    try:
        server.run(f"CREATE DATABASE {TEMPLATE}")
        build_schema(server.url(TEMPLATE))
        yield server
    finally:
        sharing.close_connections()
        server.stop()


@cache
def _sqlite_template(folder: Path) -> Path:
    path = folder / "template.sqlite"
    build_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(params=KINDS)
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a fresh migrated database without rows, once per kind, for this test alone."""
    if request.param == "sqlite":
        path = tmp_path / "guanjia.sqlite"
        shutil.copyfile(_sqlite_template(tmp_path_factory.getbasetemp()), path)
        yield f"sqlite:///{path}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = _empty.pop() if _empty else _new_database(server)
    yield server.url(name)
    _used[name] += 1
    left = sharing.left_connections(server.url(name))
    if _used[name] < WORN and server.empty(name, _newest(), left):
        _empty.append(name)
    else:
        sharing.close_connections(server.url(name))
        server.release(name)
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


#: found out once: Alembic reads its whole folder for it
_newest = cache(migrate.newest)


def _new_database(server: postgres.Server) -> str:
    name = f"test_{next(_numbers)}"
    server.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return name


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A Database on that address, on SQLite and on PostgreSQL in turn."""
    database = Database(database_url)
    sharing.wait_for_no_disk(database)
    sharing.take_connections(database)
    sharing.share_compiled(database)
    yield database
    sharing.leave_connections(database)


@pytest.fixture
def clock() -> HandClock:
    """Wednesday 2026-03-11, 10:00 in Shanghai; it stands still until ``clock.advance(minutes=…)``."""
    return HandClock(datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation in this test's folder, on the test's database where it has one."""
    has_database = "database_url" in request.fixturenames
    url = request.getfixturevalue("database_url") if has_database else f"sqlite:///{tmp_path}/none.sqlite"
    return Settings(
        database_url=url,
        secret_key="a secret key for tests, never used anywhere else",
        service_token="a service token for tests",
        media_dir=tmp_path / "media",
        argon2_is_cheap=True,
    )


@pytest.fixture
def office(db: Database, clock: HandClock, settings: Settings) -> Iterator[Office]:
    """A served house with the shared cast, its clock moved by hand; closed with the test."""
    opened = the_office.open_office(db, clock, settings)
    yield opened
    opened.client.close()
    opened.app.state.threads.shutdown(wait=False)
