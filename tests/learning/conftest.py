"""The office with the standing cast, whose engine is unsure of some words, on both databases."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from backend.models import Phrase
from intents.additions import Phrase as Taught
from intents.meaning import Act, Alternative, Hint, Intent, Meaning
from intents.understand import Engine
from tests.tickets.office import Office, engine

TAP = "value.repair-plumbing.water-fittings"
LAMP = "value.repair-electrical.tube-bulb"
_ids = count(1)


@dataclass
class Doubting:
    """The engine, except that it is unsure which of the items is meant by the words in ``doubts``."""

    real: Engine = field(default_factory=engine)
    doubts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def menu(self) -> Any:
        return self.real.menu

    def with_phrases(self, phrases: list[Taught]) -> "Doubting":
        return Doubting(self.real.with_phrases(phrases), self.doubts)

    def understand(self, text: str, now: datetime, hint: Hint) -> Meaning:
        if text not in self.doubts:
            return self.real.understand(text, now, hint)
        first, *rest = self.doubts[text]
        others = tuple(Alternative(item, 0.3) for item in rest)
        intent = Intent(Act.REQUEST, first, 0.4, others, {})
        return Meaning(text, "zh" if hint.language == "zh" else "en", False, "ask", (intent,))


@dataclass
class School:
    """What the tests of this room ask of the house."""

    office: Office
    engine: Doubting

    def phrases(self) -> list[Phrase]:
        with self.office.db.read() as session:
            return session.query(Phrase).order_by(Phrase.id).all()

    def say(self, who: str, text: str, *items: str) -> list[dict[str, Any]]:
        """Write in the chat; the engine is unsure which of ``items`` is meant, if any are named."""
        if items:
            self.engine.doubts[text] = items
        return self._post(who, text=text)

    def press(self, who: str, replies: list[dict[str, Any]], label: str) -> list[dict[str, Any]]:
        buttons = [button for reply in replies for button in reply["buttons"]]
        chosen = next(button for button in buttons if label in button["label"])
        return self._post(who, button=chosen["value"])

    def name(self, item: str, language: str = "zh") -> str:
        found = self.engine.menu.item(item).name
        return str(found.in_(language))

    def _post(self, who: str, **body: str) -> list[dict[str, Any]]:
        sent = {"client_id": f"c{next(_ids)}", **body}
        header = self.office.chat(who)
        answer = self.office.client.post("/api/chat/messages", json=sent, headers=header)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


@pytest.fixture
def school(office: Office) -> School:
    doubting: Any = Doubting()
    office.app.state.tools.engine = doubting
    return School(office, doubting)


@pytest.fixture
def ask(office: Office) -> Callable[..., Any]:
    """Ask the API about phrases as a member of staff: method, path below ``/api/phrases``, body."""

    def asked(method: str, path: str = "", by: str = "supervisor", **body: Any) -> Any:
        more = {"json": body} if body else {}
        return office.client.request(method, f"/api/phrases{path}", headers=office.as_(by), **more)

    return asked
