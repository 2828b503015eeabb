"""Bring a database to the newest schema, one process at a time.

SQLite is migrated at every start under a file lock; PostgreSQL only by ``run_bot.py migrate``, which takes
an advisory lock. Each upgrade is one transaction: a schema is old or new, never between.

``python -m backend.migrate "what changes"`` drafts the next step from the difference to the models.
"""

import fcntl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, event
from sqlalchemy.engine import make_url

from backend.db import Database
from backend.errors import GuanjiaError
from backend.vault import Vault

FOLDER: Final = Path(__file__).parent / "migrations"
#: the advisory lock's number on PostgreSQL: any constant of our own
LOCK: Final = 0x6775616E6A6961
#: a migration waits this long for a lock before it gives way to the running service (milliseconds)
LOCK_TIMEOUT: Final = 10_000


class WrongSchema(GuanjiaError):
    """The database is not at this release's schema; says which command to run."""


def newest() -> str:
    """Return the revision that this release needs."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def current(database: Database) -> str | None:
    """Return the database's revision, or None when it has no tables of ours."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_current(database: Database) -> None:
    """Raise WrongSchema unless the database is at this release's schema."""
    found, needed = current(database), newest()
    if found == needed:
        return
    known = {step.revision for step in ScriptDirectory(str(FOLDER)).walk_revisions()}
    if found is not None and found not in known:
        raise WrongSchema(
            f"The database is at schema {found}, newer than this release ({needed}): update it."
        )
    raise WrongSchema(
        f"The database is at schema {found or 'none'}, this release needs {needed}: "
        "run `python run_bot.py migrate` first."
    )


def upgrade(database: Database, vault: Vault | None = None) -> bool:
    """Bring the database to the newest schema; return whether anything was to do.

    ``vault``: reads what is sealed, for steps that make something of it; where no row is, none is needed.
    """
    with _locked(database.url):
        if current(database) == newest():
            return False
        with transaction(database.url) as connection:
            command.upgrade(_config(connection, vault), "head")
    return True


def downgrade(database: Database, revision: str) -> None:
    """Take steps back, down to ``revision`` or ``base`` (a way back from a release that went wrong)."""
    with _locked(database.url), transaction(database.url) as connection:
        command.downgrade(_config(connection), revision)


def draft(message: str) -> None:
    """Write the next step from the difference between the newest schema and the models."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/draft.sqlite")
        upgrade(database)
        database.close()
        with transaction(database.url) as connection:
            command.revision(_config(connection), message, autogenerate=True)


def _config(connection: Connection, vault: Vault | None = None) -> Config:
    config = Config(attributes={"connection": connection, "vault": vault})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """One transaction for DDL; foreign keys are checked at its end on SQLite (a rebuilt table needs that)."""
    engine = create_engine(url, poolclass=NullPool)
    if url.startswith("sqlite"):
        _prepare_sqlite(engine)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT}")
        yield connection
        if connection.dialect.name == "sqlite":
            _refuse_broken_keys(connection)


def _prepare_sqlite(engine: Any) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA busy_timeout=10000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _refuse_broken_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise WrongSchema(
            f"The migration would leave {len(broken)} rows that point nowhere, first {broken[0]}."
        )


def _locked(url: str) -> Any:
    path = make_url(url).database
    if not url.startswith("sqlite"):
        return _advisory_lock(url)
    return _file_lock(Path(path)) if path and path != ":memory:" else nullcontext()


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _advisory_lock(url: str) -> Iterator[None]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
        yield


if __name__ == "__main__":
    draft(" ".join(sys.argv[1:]) or "change")
