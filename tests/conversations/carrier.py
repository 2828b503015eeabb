"""A channel's process as the channel door knows it: stores, claims, acknowledges; no bot, no network."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.conversations import service
from backend.db import Database
from backend.models import ChannelLink, Message

_ids = count(1)


@dataclass
class Carrier:
    """Posts what a chat says and keeps what was handed out for it."""

    app: FastAPI
    client: TestClient
    db: Database
    chat: str = "4242"
    language: str = "zh"
    remote: "count[int]" = field(default_factory=lambda: count(900))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.app.state.settings.service_token}"}

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"/api/{path}", json=body, headers=self.headers)

    def one(self, **fields: Any) -> dict[str, Any]:
        """One inbound message with the fields that every one of them has."""
        number = next(_ids)
        known = {"channel": "telegram", "account": "100", "chat": self.chat, "language": self.language,
                 "external_id": f"{self.chat}:{number}", "remote_id": f"{number}"}  # fmt: skip
        return known | fields

    def store(self, *messages: dict[str, Any]) -> int:
        answer = self.post("messages", messages=list(messages))
        assert answer.status_code == 202, answer.text
        stored: int = answer.json()["stored"]
        return stored

    def hear(self, text: str = "", **fields: Any) -> list[dict[str, Any]]:
        """One message and its turn; what is handed out then, all of it acknowledged as sent."""
        self.store(self.one(text=text, **fields))
        self.turns()
        return self.deliver()

    def turns(self) -> None:
        with self.db.read() as session:
            ids = sorted(set(session.scalars(select(ChannelLink.conversation_id))))
        for conversation_id in ids:
            service.run_waiting(self.app.state.tools, conversation_id)

    def claim(self, **body: Any) -> list[dict[str, Any]]:
        answer = self.post("outbox/claim", channel="telegram", **body)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def deliver(self) -> list[dict[str, Any]]:
        """Take and acknowledge everything, one message a chat at a time, as the sender does."""
        taken: list[dict[str, Any]] = []
        while items := self.claim():
            taken += items
            for item in items:
                item["remote_ids"] = item["targets"] or [str(next(self.remote))]
                self.ack(item, "sent", remote_ids=item["remote_ids"])
        return taken

    def ack(self, item: dict[str, Any], outcome: str, **values: Any) -> None:
        answer = self.post("outbox/ack", id=item["id"], outcome=outcome, **values)
        assert answer.status_code == 204, answer.text

    def tap(self, item: dict[str, Any], label: str = "", **fields: Any) -> dict[str, Any]:
        """A tap on a button of a delivered message, as its inbound message."""
        value = next(b["value"] for b in item["message"]["buttons"] if label in b["label"])
        number = next(_ids)
        return self.one(button=value, external_id=f"cb:{number}", remote_id=item["remote_ids"][-1], **fields)

    def link(self) -> ChannelLink:
        with self.db.read() as session:
            return session.scalars(select(ChannelLink).where(ChannelLink.address == self.chat)).one()

    def messages(self, author: str = "resident") -> list[Message]:
        """What is stored of this chat, in order."""
        with self.db.read() as session:
            rows = select(Message).where(Message.link_id == self.link().id, Message.author == author)
            return list(session.scalars(rows.order_by(Message.seq)))


def texts(items: list[dict[str, Any]]) -> list[str]:
    return [item["message"]["text"] for item in items]
