"""The migrated schema is the models' schema, on both databases, and is reached by one process at a time."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Row, inspect, select, text
from sqlalchemy.exc import DatabaseError

from backend import migrate
from backend.clock import HandClock
from backend.db import Database
from backend.errors import GuanjiaError
from backend.models import AuditEntry, Base, Installation, Resident, Ticket
from backend.people import kept_phone, setup
from backend.tickets import lifecycle
from backend.vault import Vault
from tests.house import cast as the_cast


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


def test_the_audit_log_takes_entries_and_never_gives_one_back(db: Database, clock: HandClock) -> None:
    with db.write() as session:
        session.add(AuditEntry(at=clock.now(), action="user.add"))
    for sql in ("UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(DatabaseError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(sql))


def test_the_audit_log_of_a_demo_goes_with_the_demo(db: Database, clock: HandClock) -> None:
    with db.write() as session:
        session.add_all([Installation(is_demo=True), AuditEntry(at=clock.now(), action="user.add")])
    with db.write() as session:
        setup.wipe_all(session)
        assert session.scalars(select(AuditEntry)).all() == []


def test_whoever_was_entered_before_is_found_by_the_last_four_digits_too(
    db: Database, clock: HandClock
) -> None:
    cast, vault = the_cast.enter(db, clock), the_cast.vault()
    with db.write() as session:
        session.get_one(Resident, cast.emma.id).phone_sealed = Vault("a lost key").seal("+447700900123")
    migrate.downgrade(db, "0017")
    with pytest.raises(GuanjiaError, match="no key was given"):
        migrate.upgrade(db)
    assert migrate.upgrade(db, vault) is True
    with db.read() as session:
        found = session.execute(select(Resident.id, Resident.phone_last4_hash)).all()
    chens = kept_phone.last4_hash(vault, "8000")
    assert {row[0]: row[1] for row in found} == {
        cast.chen.id: chens, cast.emma.id: None, cast.neighbour.id: None,
    }  # fmt: skip


MOVED = import_module("backend.migrations.versions.0007_own_machines")
GENERAL = lifecycle.MACHINES["general"]


def _general_tickets(db: Database, clock: HandClock) -> None:
    """One ticket at each step of the general machine in each workflow that followed it."""
    estate, now = the_cast.enter(db, clock).estate, clock.real_now()
    kinds = [(workflow, step) for workflow in MOVED.FORWARD for step in GENERAL.steps]
    with db.write() as session:
        session.add_all(
            Ticket(
                number=number,
                estate_id=estate.id,
                item_id="x",
                menu_version="1",
                name_zh="事",
                name_en="X",
                workflow=workflow,
                step=step,
                state=lifecycle.outer_state(GENERAL, step, False),
                reason=step,
                channel="web",
                language="zh",
                asked_at=now,
                received_at=now,
                entered_at=now,
                changed_at=now,
            )
            for number, (workflow, step) in enumerate(kinds, 1001)
        )


def _tickets(db: Database) -> Sequence[Row[str, str, str, str | None]]:
    """What an older schema has of them too."""
    columns = (Ticket.workflow, Ticket.step, Ticket.state, Ticket.reason)
    with db.read() as session:
        return session.execute(select(*columns).order_by(Ticket.number)).all()


def test_tickets_of_the_general_machine_move_to_their_own_and_back(db: Database, clock: HandClock) -> None:
    _general_tickets(db, clock)
    migrate.downgrade(db, "0006")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE tickets SET step = reason"))
    assert migrate.upgrade(db, the_cast.vault()) is True
    for ticket in _tickets(db):
        machine = lifecycle.MACHINES[ticket.workflow]
        assert ticket.step in machine.steps or ticket.step == ticket.reason in ("closed", "cancelled")
        assert lifecycle.outer_state(machine, ticket.step, False) == ticket.state, (
            ticket.workflow,
            ticket.step,
        )
        assert (ticket.state in ("closed", "cancelled")) == (ticket.reason in ("closed", "cancelled"))
    migrate.downgrade(db, "0006")
    for ticket in _tickets(db):
        assert ticket.step in GENERAL.steps
        assert lifecycle.outer_state(GENERAL, ticket.step, False) == ticket.state, (
            ticket.workflow,
            ticket.step,
        )


@pytest.mark.parametrize("workflow", sorted(MOVED.FORWARD))
def test_every_step_of_a_workflows_own_machine_can_be_taken_back(workflow: str) -> None:
    machine, groups = lifecycle.MACHINES[workflow], MOVED.BACK[workflow]
    back = {step: general for general, steps in groups.items() for step in steps.split()}
    assert len(back) == sum(len(steps.split()) for steps in groups.values())
    for step in set(machine.steps) - {machine.start}:
        general = back.get(step, step)
        assert general in GENERAL.steps, step
        now = lifecycle.outer_state(machine, step, False)
        assert lifecycle.outer_state(GENERAL, general, False) == now, step
    assert set(back) <= set(machine.steps)
