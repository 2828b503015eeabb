"""The audit log keeps what differed and nothing else."""

from sqlalchemy import select

from backend.audit.service import Actor, record
from backend.clock import HandClock
from backend.db import Database
from backend.models import AuditEntry
from tests.house import cast as the_cast


def test_an_entry_tells_who_did_what_from_where_and_only_what_changed(db: Database, clock: HandClock) -> None:
    cast = the_cast.enter(db, clock)
    with db.write() as session:
        record(
            session, Actor(cast.manager.id, "10.0.0.7"), clock.now(), "settings.hours",
            estate_id=cast.estate.id, subject="estate", subject_id=cast.estate.id,
            before={"opens": "08:00", "closes": "20:00"}, after={"opens": "09:00", "closes": "20:00"},
        )  # fmt: skip
    with db.read() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.user_id, entry.address, entry.at) == (cast.manager.id, "10.0.0.7", clock.now())
    assert (entry.before, entry.after) == ({"opens": "08:00"}, {"opens": "09:00"})
