"""The database under every test is empty, migrated, of both kinds, and never shared."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from backend.db import Database
from backend.models import Counter
from backend.settings import Settings
from tests import postgres


@pytest.mark.parametrize("_round", [1, 2])
def test_each_test_starts_from_an_empty_migrated_database(db: Database, _round: int) -> None:
    with db.read() as session:
        assert session.scalars(select(Counter)).all() == []
    with db.write() as session:
        session.add(Counter(name="ticket", value=1000))
    with db.read() as session:
        assert session.scalars(select(Counter.value)).all() == [1000]


def test_a_block_that_raises_leaves_nothing_behind(db: Database) -> None:
    def spoil() -> None:
        with db.write() as session:
            session.add(Counter(name="ticket", value=1))
            session.flush()
            raise ValueError("spoilt")

    with pytest.raises(ValueError, match="spoilt"):
        spoil()
    with db.read() as session:
        assert session.scalars(select(Counter)).all() == []


def test_a_missing_table_is_an_error_that_is_not_tried_again(db: Database) -> None:
    calls: list[int] = []

    def look(session: object) -> None:
        calls.append(1)
        session.connection().exec_driver_sql("SELECT * FROM nowhere")  # type: ignore[attr-defined]

    with pytest.raises(SQLAlchemyError):
        db.run(look)
    assert calls == [1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reading_sessions_cannot_write_on_sqlite(db: Database) -> None:
    with db.read() as session:
        session.add(Counter(name="ticket", value=1))
        with pytest.raises(OperationalError, match="readonly"):
            session.flush()


def test_settings_point_at_the_database_of_the_test(settings: Settings, db: Database) -> None:
    assert settings.database_url == db.url


def test_the_server_of_the_wheel_starts_where_the_machine_has_none() -> None:
    server = postgres.Server(postgres.of_the_wheel()[-1])
    try:
        server.run("CREATE DATABASE there")
        database = Database(server.url("there"))
        with database.read() as session:
            assert session.scalar(select(1)) == 1
        database.close()
    finally:
        server.stop()
    assert not server.folder.exists()
