"""The office: the real application without background tasks, staff signed in, residents who chat."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.db import Database
from backend.models import Conversation, Deadline, Ticket, User, UserEstate
from backend.settings import Settings
from backend.tickets import opening, resident
from backend.tickets.lifecycle import Move
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import CHEN_CODE, EMMA_CODE, NEIGHBOUR_CODE, PASSWORD, Cast

GENERAL = "common.desk.luggage"
ITEMS = {
    "repair": "common.voice.repair-intake",
    "housekeeping": "value.clean-hourly.hourly-helper",
    "complaint": "common.voice.complaint",
    "suggestion": "common.voice.suggestion",
    "enquiry": "common.voice.enquiry",
    "emergency": "common.fire.gas-leak",
    "general": GENERAL,
}
CODES = {"chen": CHEN_CODE, "emma": EMMA_CODE, "neighbour": NEIGHBOUR_CODE}
A_WHILE = timedelta(minutes=29)
#: what each action is sent with when nothing else is said
BODIES: dict[str, dict[str, Any]] = {
    "reply": {"text": "我看一下。"},
    "note": {"text": "internal"},
    "feedback": {"text": "已经处理好了。"},
    "answer": {"text": "周一到周五。"},
    "assign": {"user": "engineer"},
    "schedule": {"start": "2026-03-12T01:00:00Z", "end": "2026-03-12T03:00:00Z"},
    "follow_up": {"result": "satisfied"},
    "classify": {"class": "valid", "department": "工程部"},
    "decide": {"adopted": True, "reason": "下月开始。"},
    "pause": {"reason": "等您确认时间。"},
    "cancel": {"reason": "住户不需要了。"},
    "choose": {"item": "estate.heating"},
    "unschedule": {"reason": "师傅临时有急活。"},
    "plan": {"at": "2026-03-11T10:00:00Z", "note": "等配件"},
    "move": {"to": "quoted", "record": {"price": 12000, "content": "换阀芯"}},
    "set_aside": {"until": "2026-03-11T06:00:00Z", "reason": "等业主回家"},
    "pass_on": {"user": "deputy", "note": "阀芯已下单，到货后约时间。"},
    "merge": {"into": 1001, "note": "同一处漏水"},
    "split": {"item": ITEMS["enquiry"], "words": "另外想问游泳池几点开。"},
}


@dataclass
class Office:
    """Everything a test asks of the house, by the names of the cast."""

    app: FastAPI
    db: Database
    clock: HandClock
    cast: Cast
    client: TestClient
    tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    chats: dict[str, str] = field(default_factory=dict)

    def as_(self, username: str) -> dict[str, str]:
        """The header of a member of staff, signed in over the API, anew after half an hour."""
        token, at = self.tokens.get(username, ("", self.clock.now() - A_WHILE))
        if self.clock.now() - at >= A_WHILE:
            answer = self.client.post("/api/staff/login", json={"username": username, "password": PASSWORD})
            token = answer.json()["token"]
            self.tokens[username] = (token, self.clock.now())
        return {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    def try_(
        self, number: int, action: str, by: str = "butler", key: str | None = None, **body: Any
    ) -> Response:
        """Take an action; the answer, whatever it is."""
        headers = self.as_(by) | ({"Idempotency-Key": key} if key else {})
        sent = body or BODIES.get(action, {})
        return self.client.post(f"/api/tickets/{number}/{action}", json=sent, headers=headers)

    def do(self, number: int, action: str, by: str = "butler", **body: Any) -> dict[str, Any]:
        """Take an action that must work; the ticket."""
        answer = self.try_(number, action, by, **body)
        assert answer.status_code == 200, answer.text
        ticket: dict[str, Any] = answer.json()
        return ticket

    def see(self, number: int, by: str = "butler") -> dict[str, Any]:
        answer = self.client.get(f"/api/tickets/{number}", headers=self.as_(by))
        assert answer.status_code == 200, answer.text
        ticket: dict[str, Any] = answer.json()
        return ticket

    def chat(self, who: str) -> dict[str, str]:
        """The header of a resident's chat, opened by their invitation."""
        if who not in self.chats:
            answer = self.client.post("/api/chat/sessions", json={"invitation": CODES[who]})
            self.chats[who] = answer.json()["token"]
        return {"Authorization": f"Bearer {self.chats[who]}"}

    def read(self, who: str) -> list[dict[str, Any]]:
        """What stands in a resident's chat."""
        answer = self.client.get("/api/chat/messages", headers=self.chat(who))
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    def told(self, who: str, number: int) -> list[str]:
        """What the bot said in a chat about a ticket."""
        about = [m for m in self.read(who) if m["ticket"] and m["ticket"]["number"] == number]
        return [m["text"] for m in about if m["author"] == "bot"]

    def open(self, kind: str, who: str = "chen", words: str = "请帮忙。", **given: Any) -> int:
        """A resident's confirmed wish becomes a ticket now."""
        self.chat(who)
        person = {"chen": self.cast.chen, "emma": self.cast.emma, "neighbour": self.cast.neighbour}[who]
        with self.db.write() as session:
            talk = session.scalars(select(Conversation).where(Conversation.resident_id == person.id)).one()
            now = self.clock.now()
            values: dict[str, Any] = {
                "estate_id": talk.estate_id, "item_id": ITEMS[kind], "channel": "web",
                "language": person.language, "words": words, "asked_at": now, "received_at": now,
                "conversation_id": talk.id, "link_id": talk.last_link_id, "resident_id": person.id,
                "home_id": talk.home_id, "actor": "R",
            }  # fmt: skip
            new = opening.NewTicket(**(values | given))
            return opening.open_ticket(session, engine().menu, new, now).number

    def hear(self, number: int, verb: str, *values: Any) -> Any:
        """A verb of the resident on their own ticket, as the conversation calls it."""
        with self.db.write() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            if verb == "follow_up":
                new = resident.follow_up(session, engine().menu, ticket, values[0], self.clock.now())
                return new.number if new else None
            return getattr(resident, verb)(session, ticket, *values, self.clock.now())

    def own(self, number: int) -> tuple[Move, ...]:
        """The steps of a ticket that are the resident's own and may be taken now."""
        with self.db.write() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            return resident.own_moves(session, ticket, self.clock.now())

    def hear_step(self, number: int, to: str, record: dict[str, Any] | None = None, words: str = "") -> bool:
        """The resident takes a step that is their own, as the conversation does; False where it is not."""
        with self.db.write() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            return resident.step(session, ticket, to, self.clock.now(), words, record)

    def clocks(self, number: int) -> dict[str, Deadline]:
        """The newest row of each of a ticket's clocks."""
        with self.db.read() as session:
            query = select(Deadline).join(Ticket, Ticket.id == Deadline.ticket_id)
            rows = session.scalars(query.where(Ticket.number == number).order_by(Deadline.id))
            return {row.clock: row for row in rows}

    def running(self, number: int) -> set[str]:
        return {c for c, row in self.clocks(number).items() if row.met_at is None and not row.cancelled_at}

    def ticket(self, number: int) -> Ticket:
        with self.db.read() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def open_office(db: Database, clock: HandClock, settings: Settings) -> Office:
    app = create_app(settings, database=db, clock=clock, engine=engine())
    client = TestClient(app, base_url="https://testserver", raise_server_exceptions=False)
    return Office(app, db, clock, the_cast.enter(db, clock), client)


def steps(ticket: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """The steps of a ticket's timeline, in order."""
    return [(e["from_step"], e["to_step"]) for e in ticket["timeline"] if e["to_step"]]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def works_next_door(office: Office, user: User) -> None:
    """Let a member of our staff work in the estate next door besides."""
    with office.db.write() as session:
        session.add(UserEstate(user_id=user.id, estate_id=office.cast.next_door.id))
