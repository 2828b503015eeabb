"""What a turn costs: storing a message, understanding it, writing state, replies and perhaps a ticket."""

import tempfile
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from backend import installation
from backend.conversations import links
from backend.conversations.tools import Tools
from backend.demo.seed import INVITATIONS
from backend.settings import Settings
from backend.webchat import schemas, service
from benchmarks.measure import Figure, cpu_ms, percentile
from intents.understand import Engine

#: an everyday wish that leads to a question, and a complaint, which is a ticket at once
ASKING = "我想请人打扫一下卫生"
OPENING = "我要投诉，楼上装修太吵了"
ROUNDS = 30


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        tools = demo_tools(Path(folder))
        yield Figure("turn that asks: p50, CPU", percentile(_turns(tools, ASKING), 0.5), "ms", 8.0)
        yield Figure(
            "turn that opens a ticket: p50, CPU", percentile(_turns(tools, OPENING), 0.5), "ms", 10.0
        )
        tools.db.close()


def demo_tools(folder: Path) -> Tools:
    """Return the tools of a fresh demo on SQLite in ``folder``."""
    settings = Settings(
        database_url=f"sqlite:///{folder}/bench.sqlite",
        secret_key="only for measuring",
        service_token="only for measuring",
        media_dir=folder / "media",
        argon2_is_cheap=True,
    )
    house = installation.open_house(settings)
    engine = Engine.load()
    installation.ensure_data(house, engine.menu, wants_demo=True)
    return Tools(house.database, house.clock, house.vault, settings, engine)


def _turns(tools: Tools, text: str) -> list[float]:
    """Return the CPU time of one turn in each of thirty fresh sessions."""
    callers = [_join(tools) for _ in range(ROUNDS)]
    body = [schemas.MessageBody(client_id=uuid.uuid4().hex, text=text) for _ in callers]
    works = [partial(service.post, tools, *pair) for pair in zip(callers, body, strict=True)]
    return [cpu_ms(work) for work in works]


def _join(tools: Tools) -> service.Caller:
    now, real_now = tools.clock.now(), tools.clock.real_now()
    guest = links.Guest("zh", INVITATIONS[0], None, "zh")
    with tools.db.write() as session:
        token, _said = links.open_web_session(session, tools.vault, tools.menu, guest, now, real_now)
    return service.recognise(tools, token)
