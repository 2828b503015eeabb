"""What is asked every few seconds never reads a list that grows with the years from end to end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from backend import rounds
from backend.clock import HandClock
from backend.db import Database
from backend.notifier import service as notifier
from backend.settings import Settings
from backend.tickets import expiry
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import vault
from tests.staff_browser import StaffBrowser
from tests.tickets import office as the_office

#: they grow by each message, ticket or day; what grows with the estate alone (homes, staff) may be read
_NAMES = (
    "alarms alerts audit_entries conversations deadline_pauses deadlines deliveries drafts duties files "
    "handovers incidents live_events messages outbox records shifts ticket_events tickets"
)
GROWING = frozenset(_NAMES.split())
Asked = dict[tuple[str, str], Any]


@contextmanager
def listening(db: Database, step: list[str]) -> Iterator[Asked]:
    """Every question to the database with values that were given to it, by who asked."""
    asked: Asked = {}

    def hear(_conn: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            asked.setdefault((step[0], statement), values)

    engines = {db.engine, db._reader}
    for one in engines:
        event.listen(one, "before_cursor_execute", hear)
    yield asked
    for one in engines:
        event.remove(one, "before_cursor_execute", hear)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_round_reads_a_growing_list_from_end_to_end(db: Database, clock: HandClock) -> None:
    the_cast.enter(db, clock)
    step = [""]
    with listening(db, step) as asked:
        for one in rounds.steps(db, clock, lambda: engine().menu):
            step[0] = one.name
            one.work()
        step[0] = "notifier"
        notifier.tick(db, clock)
        with db.write() as session:
            notifier.claim(session, vault(), "https://x", clock.real_now())
    assert {name for name, _ in asked} >= {"aside", "consent", "deadlines", "duties", "expiry", "notifier"}
    assert read_through(db, asked) == []


def read_through(db: Database, asked: Asked) -> list[tuple[str, str, str]]:
    """Who reads which growing list from end to end, and with what."""
    found = []
    with db.engine.connect() as connection:
        for (name, statement), values in asked.items():
            for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values):
                table = re.match(r"SCAN (\w+)(?! USING (?:COVERING )?INDEX ix_)", row[3])
                if table and table[1].rstrip("_0123456789") in GROWING:
                    found.append((name, row[3], statement[-300:]))
    return found


#: what staff open many times a day, and what watches the house
PAGES = (
    "/queue", "/queue/next", "/queue/rows?ids=-&all=1", "/queue?tab=team", "/queue?tab=unassigned", "/jobs",
    "/passes", "/homes", "/team", "/duties", "/rota", "/handover", "/incidents", "/attention", "/visits",
    "/alerts", "/account/now", "/tickets", "/tickets?sort=due", "/tickets?clock=late",
    "/tickets?state=closed", "/registers/REC-03", "/new", "/metrics",
)  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_of_the_day_reads_a_growing_list_from_end_to_end(
    db: Database, clock: HandClock, settings: Settings
) -> None:
    office = the_office.open_office(db, clock, settings)
    number = office.open("repair", "chen")
    manager, step = StaffBrowser(office, "manager", "en"), [""]
    with listening(db, step) as asked:
        for path in (*PAGES, f"/tickets/{number}", f"/jobs/{number}"):
            step[0] = path
            assert manager.get(path).status_code in (200, 303, 401), path
        for path in ("/api/chat/messages", "/api/chat/tickets"):
            step[0] = path
            office.client.get(path, headers=office.chat("chen"))
        step[0] = "a turn"
        said = {"client_id": "1", "text": "厨房漏水"}
        office.client.post("/api/chat/messages", json=said, headers=office.chat("chen"))
    assert read_through(db, asked) == []
    office.client.close()
    office.app.state.threads.shutdown(wait=False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_last_four_digits_of_a_phone_are_looked_up_by_their_index(
    db: Database, clock: HandClock, settings: Settings
) -> None:
    office = the_office.open_office(db, clock, settings)
    butler = StaffBrowser(office, "butler", "zh")
    with listening(db, ["search"]) as asked:
        butler.get("/search?q=8000")
        butler.get("/tickets?q=8000")
    (ended,) = {(sql, tuple(values)) for (_, sql), values in asked.items() if "phone_last4_hash =" in sql}
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + ended[0], ended[1]).all()
    assert "ix_residents_estate_id_phone_last4_hash" in plan[0][3]
    assert read_through(db, asked) == []
    office.client.close()
    office.app.state.threads.shutdown(wait=False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_dates_of_tickets_that_are_over_are_looked_at_no_more(db: Database, clock: HandClock) -> None:
    with listening(db, ["expiry"]) as asked:
        expiry.tick(db, clock, engine().menu)
    dated = [(statement, values) for (_, statement), values in asked.items() if "limit_at <=" in statement]
    assert len(dated) == 2
    with db.engine.connect() as connection:
        for statement, values in dated:
            (plan, *_) = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values).all()
            assert "ix_tickets_dated" in plan[3], plan
