"""The standing cast, a worker whose outside is this machine, and verbs to make addresses and alerts."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from backend.clock import HandClock
from backend.db import Database
from backend.models import Alert, Delivery, Estate, Home, StaffAddress, Ticket, User
from backend.notifier.senders import Outside
from backend.notifier.worker import Worker
from tests.house import cast as the_cast
from tests.house.cast import Cast
from tests.notifier.outside import Web, web

TITLES = {"SLA-01": {"zh": "首次响应", "en": "first response"}}
KEYS = {"wecom": {"host": "qyapi.weixin.qq.com", "key": "a-key-of-wecom"}, "telegram": {"chat": "4711"}}


@dataclass
class Tower:
    """Where staff are told from."""

    db: Database
    clock: HandClock
    cast: Cast
    outside: Web
    worker: Worker

    def address(self, user: User | None = None, channel: str = "wecom", **given: Any) -> int:
        """Keep an address, of a person or of a group; its id."""
        sealed = the_cast.vault().seal(json.dumps(KEYS[channel]))
        values: dict[str, Any] = {
            "estate_id": self.cast.estate.id, "user_id": user.id if user else None, "channel": channel,
            "sealed": sealed, "created_at": self.clock.real_now(),
        }  # fmt: skip
        with self.db.write() as session:
            row = StaffAddress(**(values | given))
            session.add(row)
            session.flush()
            return row.id

    def ticket(self, number: int = 1001, home: Home | None = None, **given: Any) -> int:
        now = self.clock.now()
        values: dict[str, Any] = {
            "number": number, "estate_id": self.cast.estate.id, "item_id": "estate.heating",
            "menu_version": "1", "name_zh": "暖气不热", "name_en": "Heating not warm", "workflow": "repair",
            "step": "confirmed", "home_id": (home or self.cast.home).id, "channel": "web", "language": "zh",
            "words": "家里老人怕冷，请快一点！", "asked_at": now, "received_at": now, "entered_at": now,
            "changed_at": now,
        }  # fmt: skip
        with self.db.write() as session:
            row = Ticket(**(values | given))
            session.add(row)
            session.flush()
            return row.id

    def alert(self, user: User, kind: str = "warn", ticket: int | None = None, **given: Any) -> None:
        now = self.clock.now()
        values: dict[str, Any] = {
            "estate_id": self.cast.estate.id, "user_id": user.id, "ticket_id": ticket, "kind": kind,
            "clock": "SLA-01", "dedupe_key": f"{kind}:{ticket}:{user.id}", "at": now, "created_at": now,
        }  # fmt: skip
        with self.db.write() as session:
            session.add(Alert(**(values | given)))

    def round(self) -> int:
        return asyncio.run(self.worker.round())

    @property
    def told(self) -> list[str]:
        """What arrived, in order."""
        return [asked.body["text"]["content"] for asked in self.outside.asked]

    def deliveries(self) -> list[Delivery]:
        with self.db.read() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def row(self, address: int) -> StaffAddress:
        with self.db.read() as session:
            return session.get_one(StaffAddress, address)

    def estate(self) -> Estate:
        with self.db.read() as session:
            return session.get_one(Estate, self.cast.estate.id)


@pytest.fixture
def tower(db: Database, clock: HandClock) -> Iterator[Tower]:
    with web() as outside:
        there = Outside({"qyapi.weixin.qq.com": outside.url})
        worker = Worker(db, clock, the_cast.vault(), "http://here", TITLES, there)
        yield Tower(db, clock, the_cast.enter(db, clock), outside, worker)
