"""The migrated schema is the models' schema, on both databases, and is reached by one process at a time."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from backend import migrate
from backend.db import Database
from backend.models import Base


def test_the_migrated_schema_equals_the_models(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_live_event_numbers_are_never_used_again_on_sqlite(db: Database) -> None:
    with db.read() as session:
        sql = session.connection().exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'live_events'")
        assert "AUTOINCREMENT" in sql.scalar_one()


def test_a_current_schema_is_left_alone(db: Database) -> None:
    migrate.check_current(db)
    assert migrate.upgrade(db) is False


def test_every_step_can_be_taken_back_and_again(db: Database) -> None:
    migrate.downgrade(db, "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    with pytest.raises(migrate.WrongSchema, match=r"run_bot\.py migrate"):
        migrate.check_current(db)
    assert migrate.upgrade(db) is True
    migrate.check_current(db)


def test_a_schema_newer_than_the_release_is_refused_by_name(db: Database) -> None:
    with db.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'f00d'")
    with pytest.raises(migrate.WrongSchema, match="f00d, newer than this release"):
        migrate.check_current(db)


def _upgrade(url: str) -> bool:
    database = Database(url)
    try:
        return migrate.upgrade(database)
    finally:
        database.close()


def test_of_four_processes_that_start_together_one_migrates(database_url: str, db: Database) -> None:
    migrate.downgrade(db, "base")
    db.close()
    processes = multiprocessing.get_context("spawn")
    with processes.Pool(4) as pool:
        assert sorted(pool.map(_upgrade, [database_url] * 4)) == [False, False, False, True]


def test_of_four_threads_that_start_together_one_migrates(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite"
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(_upgrade, [url] * 4)) == [False, False, False, True]


def test_a_migration_that_would_break_a_reference_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/broken.sqlite"
    _upgrade(url)
    insert = "INSERT INTO zones (estate_id, code, name_zh, name_en) VALUES (7, 'A', '东', 'East')"
    with pytest.raises(migrate.WrongSchema, match="point nowhere"), migrate.transaction(url) as connection:
        connection.exec_driver_sql(insert)
    with migrate.transaction(url) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM zones").scalar() == 0
