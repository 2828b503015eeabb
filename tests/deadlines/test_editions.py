"""A promise once made stays as it was: its ladder, its warning, its limit and what fulfils it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import editions, service, sweep
from backend.deadlines.policy import parse_policies
from backend.deadlines.rules import Rules, standard_rules
from backend.models import Home, PolicyEdition, Ticket
from tests.deadlines.cast import Cast, alerts_in, clocks_of, open_ticket, tell

TEXT = (Path(__file__).parents[2] / "backend" / "deadlines" / "policies.toml").read_text(encoding="utf-8")


def changed() -> Rules:
    """The rules of another day: an answer in an hour, by a note, and the administrator is called."""
    text = TEXT.replace('limit = "10m"', 'limit = "60m"', 1)
    text = text.replace('stops = ["accepted", "replied", "assigned"]', 'stops = ["nodded"]', 1)
    text = text.replace('{ when = "at", role = "supervisor" }', '{ when = "at", role = "admin" }', 1)
    return Rules(parse_policies(text, "policies.toml"), standard_rules().calendars)


def test_an_edition_is_kept_once_when_it_is_first_used(db: Database, cast: Cast, clock: HandClock) -> None:
    first = clock.now()
    for _ in range(3):
        open_ticket(db, cast, clock)
        clock.advance(minutes=1)
    with db.read() as session:
        (row,) = session.scalars(select(PolicyEdition)).all()
        assert (row.version, row.text, row.first_used_at) == (standard_rules().policies.version, TEXT, first)


def test_new_policies_are_a_new_edition_beside_the_old_one(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    open_ticket(db, cast, clock)
    with db.write() as session:
        ticket = session.scalars(select(Ticket)).one()
        ticket.cycle = 2
        service.on_event(session, ticket, "opened", clock.now(), rules=changed())
    with db.read() as session:
        assert len(session.scalars(select(PolicyEdition)).all()) == 2


def test_an_old_row_keeps_its_limit_and_its_warning(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair")
    before = clocks_of(db, ticket)["SLA-03"]
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        service.pause(session, row, "等您回复", clock.now(), rules=changed())
        service.resume(session, row, clock.advance(minutes=1), rules=changed())
    after = clocks_of(db, ticket)["SLA-03"]
    minute = timedelta(minutes=1)
    assert before.warn_at is not None
    assert (after.due_at, after.warn_at) == (before.due_at + minute, before.warn_at + minute)
    assert after.next_check_at == after.warn_at


def test_an_old_row_is_fulfilled_by_what_fulfilled_it_then(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock)
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        service.on_event(session, row, "nodded", clock.now(), rules=changed())
    assert clocks_of(db, ticket)["SLA-01"].met_at is None
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        service.on_event(session, row, "accepted", clock.now(), rules=changed())
    assert clocks_of(db, ticket)["SLA-01"].met_at == clock.now()


def test_an_old_row_calls_whom_it_called_then(db: Database, cast: Cast, clock: HandClock) -> None:
    open_ticket(db, cast, clock)
    clock.advance(minutes=10)
    sweep.tick(db, clock, rules=changed())
    assert {who for who, kind, _ in alerts_in(db) if kind == "breach"} >= {cast.supervisor}
    assert cast.admin not in {who for who, _, _ in alerts_in(db)}


def test_a_row_whose_edition_is_gone_follows_todays_promises(
    db: Database, cast: Cast, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "_READ", {})
    ticket = open_ticket(db, cast, clock)
    with db.write() as session:
        session.execute(delete(PolicyEdition))
        row = session.get_one(Ticket, ticket.id)
        service.on_event(session, row, "nodded", clock.now(), rules=changed())
    assert clocks_of(db, ticket)["SLA-01"].met_at == clock.now()


def test_an_edition_that_nobody_can_read_any_more_is_told_and_does_no_harm(
    db: Database, cast: Cast, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "_READ", {})
    with db.write() as session:
        session.add(PolicyEdition(version="odd", text="speed = 3", first_used_at=clock.now()))
        session.flush()
        rules = editions.with_former(session, standard_rules(), ["odd"])
    assert rules.as_made("odd") is standard_rules().policies


@pytest.mark.parametrize("event", ["accepted", "cancelled"])
def test_what_reports_count_by_is_frozen_when_a_clock_ends(
    db: Database, cast: Cast, clock: HandClock, event: str
) -> None:
    with db.write() as session:
        home = Home(estate_id=cast.estate, code="3-2-1501", building="3", unit="2", flat="1501")
        session.add(home)
        session.flush()
        home_id = home.id
    ticket = open_ticket(db, cast, clock, "repair", home_id=home_id)
    assert clocks_of(db, ticket)["SLA-01"].butler_id is None
    tell(db, ticket, event, clock)
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        row.butler_id, row.item_id, row.workflow = cast.deputy, "other", "paid"
    tell(db, ticket, "replied", clock)
    frozen = clocks_of(db, ticket)["SLA-01"]
    assert (frozen.butler_id, frozen.building) == (cast.butler, "3")
    assert (frozen.item_id, frozen.workflow) == (ticket.item_id, "repair")
