"""The office with its past written by hand: promises kept and broken, as rows that have ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.models import Deadline, Record, Ticket, TicketEvent, User
from tests.house.cast import PASSWORD
from tests.tickets.office import Office

DAY = timedelta(days=1)


@dataclass
class Past:
    """Writes what has been: clocks that ended, follow-ups, records."""

    office: Office

    def promise(
        self, number: int, clock: str, due_at: datetime, ends: timedelta | None, **more: Any
    ) -> Deadline:
        """One clock, ended that long before (negative) or after its due instant; None: never answered."""
        with self.office.db.write() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            row = Deadline(
                estate_id=ticket.estate_id, ticket_id=ticket.id, clock=clock, name="follow_up", basis="cal",
                policy_version="p", calendar_version="c", started_at=due_at - DAY, due_at=due_at,
                cycle=more.pop("cycle", 50 + due_at.day),
            )  # fmt: skip
            if ends is not None:
                row.met_at = due_at + ends
                row.breached_at = due_at if ends >= timedelta(0) else None
                row.workflow, row.item_id = ticket.workflow, ticket.item_id
                row.butler_id, row.building = ticket.butler_id, "3"
            for name, value in more.items():
                setattr(row, name, value)
            session.add(row)
        return row

    def follow_up(self, number: int, due_at: datetime, result: str, clock: str = "SLA-06") -> None:
        """A follow-up made an hour before it was due."""
        row = self.promise(number, clock, due_at, -timedelta(hours=1))
        with self.office.db.write() as session:
            session.add(
                TicketEvent(
                    estate_id=row.estate_id,
                    ticket_id=row.ticket_id,
                    at=row.met_at,
                    kind="followed_up",
                    actor="B",
                    values={"result": result, "cycle": row.cycle},
                )
            )

    def record(self, kind: str, at: datetime, /, *, by: User | None = None, **values: Any) -> Record:
        with self.office.db.write() as session:
            taken = session.scalars(select(Record.number).where(Record.kind == kind)).all()
            row = Record(
                estate_id=self.office.cast.estate.id, kind=kind, number=max(taken, default=0) + 1, at=at,
                by_user_id=by.id if by else None, actor="B", ticket_id=values.pop("ticket_id", None),
                replaces_id=values.pop("replaces_id", None), values=values, created_at=at,
            )  # fmt: skip
            session.add(row)
        return row


class Browser(TestClient):
    """A member of staff's browser without script."""

    def __init__(self, office: Office, username: str, language: str) -> None:
        headers = {"sec-fetch-site": "same-origin", "accept-language": language}
        super().__init__(office.app, base_url="https://127.0.0.1", headers=headers, follow_redirects=False)
        self.post("/login", data={"username": username, "password": PASSWORD})
        with office.db.write() as session:
            session.scalars(select(User).where(User.username == username)).one().language = language

    def read(self, path: str, status: int = 200) -> str:
        answer: Response = self.get(path)
        assert answer.status_code == status, answer.text[:400]
        return answer.text


@pytest.fixture
def past(office: Office) -> Past:
    return Past(office)


@pytest.fixture
def browse(office: Office) -> Callable[..., Browser]:
    """Open a browser, signed in."""

    def opened(username: str = "manager", language: str = "zh") -> Browser:
        return Browser(office, username, language)

    return opened
