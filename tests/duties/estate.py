"""What the tests of this room ask of the house: the cast's estate, its tasks and alerts."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.clock import HandClock
from backend.db import Database
from backend.duties import queries, sweep
from backend.models import Alert, Duty, Estate, Shift, Ticket, TicketEvent, User
from backend.people import service as people
from backend.people.viewer import Viewer
from tests.house.cast import Cast

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def set_duties(db: Database, cast: Cast, **changed: Any) -> None:
    """Write an estate's settings of duties: ``SLA_46={"on": False}``."""
    with db.write() as session:
        estate = session.get_one(Estate, cast.estate.id)
        estate.settings = {"duties": {name.replace("_", "-"): value for name, value in changed.items()}}


def tasks(db: Database, cast: Cast, duty: str = "") -> list[Duty]:
    """The tasks of the cast's estate, the first due first."""
    with db.read() as session:
        query = select(Duty).where(Duty.estate_id == cast.estate.id, Duty.duty != queries.MARK)
        query = query.where(Duty.duty == duty) if duty else query
        return list(session.scalars(query.order_by(Duty.due_at, Duty.id)))


def task(db: Database, cast: Cast, duty: str) -> Duty:
    return tasks(db, cast, duty)[0]


def alerts(
    db: Database, kinds: Collection[str] = ("duty", "duty_missed", "digest")
) -> Counter[tuple[int, str]]:
    """How often each person was called about duties, by kind."""
    with db.read() as session:
        rows = session.scalars(select(Alert).where(Alert.kind.in_(kinds)).order_by(Alert.id))
        return Counter((row.user_id, row.kind) for row in rows)


def digests(db: Database) -> list[dict[str, Any]]:
    with db.read() as session:
        return [
            row.values
            for row in session.scalars(select(Alert).where(Alert.kind == "digest").order_by(Alert.id))
        ]


def viewer(db: Database, user: User) -> Viewer:
    with db.read() as session:
        return people.viewer_of(session, user)


def add_site(
    db: Database, cast: Cast, clock: HandClock, step: str = "in_progress", *, workflow: str = "decoration",
    number: int = 2001,
) -> Ticket:  # fmt: skip
    """A decoration, or another matter, that has come to ``step`` now."""
    now = clock.now()
    with db.write() as session:
        ticket = Ticket(
            number=number, estate_id=cast.estate.id, item_id="common.decoration.apply", menu_version="-",
            name_zh="装修", name_en="Decoration", workflow=workflow, step=step, channel="desk",
            language="zh", asked_at=now, received_at=now, entered_at=now, changed_at=now,
            home_id=cast.home.id, butler_id=cast.butler.id,
        )  # fmt: skip
        session.add(ticket)
        session.flush()
        session.add(TicketEvent(
            estate_id=cast.estate.id, ticket_id=ticket.id, at=now, kind="step", actor="D", to_step=step,
        ))  # fmt: skip
        return ticket


def add_shift(db: Database, user: User, cast: Cast, start: str, end: str) -> Shift:
    with db.write() as session:
        shift = Shift(estate_id=cast.estate.id, user_id=user.id, starts_at=local(start), ends_at=local(end))
        session.add(shift)
        session.flush()
        return shift


def leap(db: Database, clock: HandClock, **span: float) -> sweep.SweepResult:
    """Move the clock on at one go, and sweep."""
    clock.advance(**span)
    return sweep.tick(db, clock)


def pass_time(db: Database, clock: HandClock, *, minutes: int, step: int = 10) -> None:
    """Move the clock on in steps, sweeping at each."""
    for _ in range(0, minutes, step):
        leap(db, clock, minutes=step)
