"""What many tests begin with is built once; in later databases its rows are copied in as they were."""

import pickle
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.db import Database
from backend.models import Base

T = TypeVar("T")
#: rows of each table that has any: tuples on SQLite, the text of COPY on PostgreSQL
Rows = dict[str, Any]
Numbers = list[tuple[str, int]]
#: by kind of database and by what was asked for: what was returned, the rows, the last numbers given
_built: dict[tuple[bool, Hashable], tuple[bytes, Rows, Numbers]] = {}
TABLES = tuple(Base.metadata.tables)
LAST_NUMBERS = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"


def once(db: Database, key: Hashable, build: Callable[[], T]) -> T:
    """Return what ``build`` returns, with the rows it writes in ``db``; what is built must depend on ``key``
    alone. Only an empty database is copied from, and only where no such row stands yet is copied to."""
    place = (db.is_sqlite, key)
    if place in _built:
        made, rows, numbers = _built[place]
        with db.write() as session:
            if not _has_rows(session, tuple(rows)):
                _put(session, rows, numbers)
                return pickle.loads(made)  # type: ignore[no-any-return]
        return build()
    with db.read() as session:
        is_first = not _has_rows(session, TABLES)
    built = build()
    if is_first:
        with db.read() as session:
            _built[place] = (pickle.dumps(built), *_take(session))
    return built


def _has_rows(session: Session, tables: tuple[str, ...]) -> bool:
    found = " OR ".join(f"EXISTS (SELECT 1 FROM {name})" for name in tables)
    return bool(session.scalar(text(f"SELECT {found}")))


def _driver(session: Session) -> Any:
    return session.connection().connection.dbapi_connection


def _take(session: Session) -> tuple[Rows, Numbers]:
    raw = _driver(session)
    if session.get_bind().dialect.name == "sqlite":
        found = {name: raw.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
        return {name: rows for name, rows in found.items() if rows}, []
    copied = {}
    for name in TABLES:
        with raw.cursor().copy(f"COPY {name} TO STDOUT") as copy:
            copied[name] = b"".join(bytes(part) for part in copy)
    numbers = [(str(one), int(last)) for one, last in raw.execute(LAST_NUMBERS)]
    return {name: rows for name, rows in copied.items() if rows}, numbers


def _put(session: Session, rows: Rows, numbers: Numbers) -> None:
    raw = _driver(session)
    if session.get_bind().dialect.name == "sqlite":
        raw.execute("PRAGMA defer_foreign_keys=ON")
        for name, values in rows.items():
            raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(values[0]))})", values)
        return
    raw.execute("SET LOCAL session_replication_role = replica")
    for name, copied in rows.items():
        with raw.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            copy.write(copied)
    for name, last in numbers:
        raw.execute("SELECT setval(%s::regclass, %s)", (name, last))
