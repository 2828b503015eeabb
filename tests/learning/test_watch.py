"""A serving process follows what is published: phrases and artefacts, stepped by hand."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from backend.clock import HandClock
from backend.db import Database
from backend.engine_watch import EngineWatch
from backend.learning import queries, service
from backend.models import Estate, Publication
from intents.additions import Phrase as Taught
from intents.artefact import read_checksum
from intents.loader import load_menu
from intents.trained import MODEL
from intents.understand import Engine
from tests.house import cast as the_cast
from tests.intents.test_additions import GADGET, LAMP, WOBBLY, items_of, write
from tests.learning.conftest import School


@dataclass
class Process:
    """What one web process has in place."""

    watch: EngineWatch
    engines: list[Engine]

    @property
    def engine(self) -> Engine:
        return self.engines[-1]

    def knows(self, phrase: Taught) -> bool:
        ranked = items_of(self.engine, phrase.text)
        return bool(ranked) and ranked[0] == (phrase.items[0], 0.98)


@dataclass
class House:
    db: Database
    clock: HandClock
    place: Path
    loaded: Engine
    processes: list[Process] = field(default_factory=list)

    def start(self) -> Process:
        engines = [self.loaded]
        watch = EngineWatch(self.db, self.clock, engines[0], engines.append, self.place)
        return Process(watch, engines)

    def teach(self, phrase: Taught) -> int:
        with self.db.write() as session:
            estate = session.scalars(select(Estate).order_by(Estate.id)).first()
            assert estate is not None
            made = service.add_to(
                session, load_menu(), estate.id, phrase.text, phrase.items, self.clock.now()
            )
            return made.id

    def reject(self, number: int) -> None:
        with self.db.write() as session:
            service.reject(session, None, number, self.clock.now())

    def published(self) -> dict[str, str]:
        with self.db.read() as session:
            return queries.read_versions(session)


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("understanding")
    write(folder)
    return folder / MODEL


@pytest.fixture(scope="module")
def loaded(artefact: Path) -> Engine:
    """What every process has loaded at its start: no engine is ever changed, so one serves all tests."""
    return Engine.load_trained(trained=artefact.parent)


@pytest.fixture
def house(db: Database, clock: HandClock, tmp_path: Path, artefact: Path, loaded: Engine) -> House:
    the_cast.enter(db, clock)
    shutil.copy(artefact, tmp_path)
    return House(db, clock, tmp_path, loaded)


def test_an_approved_phrase_is_in_place_after_one_look_in_every_process(house: House) -> None:
    one, other = house.start(), house.start()
    assert not one.watch.step()
    number = house.teach(GADGET)
    for process in (one, other):
        assert not process.knows(GADGET)
        assert process.watch.step()
        assert process.knows(GADGET)
        assert process.watch.served()["phrases"] == "1"
        assert not process.watch.step(), "once is enough"
    house.reject(number)
    assert one.watch.step()
    assert not one.knows(GADGET)


def test_a_process_that_starts_later_knows_what_was_approved_before(house: House) -> None:
    house.teach(GADGET)
    late = house.start()
    assert late.watch.step()
    assert late.knows(GADGET)


def test_a_new_artefact_is_taken_over_with_the_phrases(house: House) -> None:
    process = house.start()
    house.teach(GADGET)
    process.watch.step()
    before = process.engine.artefact
    write(house.place, (WOBBLY,))
    assert process.watch.step()
    assert process.engine.artefact == read_checksum(house.place / MODEL) != before
    assert process.knows(GADGET)
    assert not process.watch.step()
    assert house.published()["artefact"] == process.engine.artefact


def test_the_same_artefact_written_again_changes_nothing(house: House) -> None:
    process = house.start()
    process.watch.step()
    path = house.place / MODEL
    path.write_bytes(path.read_bytes())
    assert not process.watch.step()
    assert len(process.engines) == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 another file", b"GUANJIA1" + b"\xff" * 200])
def test_a_foreign_artefact_is_refused_in_one_line_and_the_old_engine_stays(
    house: House, content: bytes
) -> None:
    process = house.start()
    process.watch.step()
    draft = house.place / "draft"
    draft.write_bytes(content)
    draft.replace(house.place / MODEL)
    with capture_logs() as said:
        for _ in range(3):
            assert not process.watch.step()
    assert [one["event"] for one in said] == ["artefact_refused"]
    assert len(process.engines) == 1
    house.teach(GADGET)
    assert process.watch.step()
    assert process.knows(GADGET)


def test_a_corrupt_artefact_is_refused(house: House) -> None:
    process = house.start()
    content = bytearray((house.place / MODEL).read_bytes())
    content[-500] ^= 0xFF
    content[60] ^= 0x01
    draft = house.place / "draft"
    draft.write_bytes(content)
    draft.replace(house.place / MODEL)
    assert not process.watch.step()
    assert len(process.engines) == 1


def test_what_was_taken_from_the_files_is_published_once(house: House) -> None:
    process = house.start()
    process.watch.step()
    own = {"menu": process.engine.menu.version, "artefact": process.engine.artefact, "phrases": ""}
    assert house.published() == process.watch.served() == own
    with house.db.write() as session:
        for row in session.scalars(select(Publication)):
            row.version = "of another release"
    process.watch.step()
    assert house.published()["menu"] == "of another release"


def test_a_database_that_cannot_be_read_leaves_the_engine_in_place(house: House) -> None:
    process = house.start()
    house.db.close()
    broken = EngineWatch(
        Database("sqlite:////nowhere/at/all.sqlite"),
        house.clock,
        process.engine,
        process.engines.append,
        None,
    )
    asyncio.run(broken.look())
    assert len(process.engines) == 1


def test_what_the_application_serves_is_replaced_as_a_whole(school: School, ask: Callable[..., Any]) -> None:
    """Chat and staff API go by the new engine; a turn keeps the one it began with (``take_turn``)."""
    state = school.office.app.state
    before = state.engine
    ask("POST", text="小夜灵又罢工了", items=[LAMP])
    assert ask("GET", "/versions").json()["served"]["phrases"] == ""
    assert state.engine_watch.step()
    assert ask("GET", "/versions").json()["served"]["phrases"] == "1"
    assert state.tools.engine is state.engine is not before
    assert state.menu is state.engine.menu is state.tools.menu
    replies = school.say("chen", "小夜灵又罢工了")
    assert school.name(LAMP) in " ".join(reply["text"] for reply in replies)
