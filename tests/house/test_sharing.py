"""What tests share to be quick hides no fault of an application."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from backend.clock import HandClock
from backend.db import Database
from backend.models import Counter, User
from tests import beginning, sharing
from tests.house import cast as the_cast


def closed() -> None:
    raise HTTPException(401)


def test_a_door_that_one_application_leaves_open_is_closed_in_another() -> None:
    router = APIRouter()

    @router.get("/door")
    def door(count: Annotated[int, Query()] = 1) -> int:
        return count

    wide, strict = FastAPI(), FastAPI()
    wide.include_router(router)
    strict.include_router(router, dependencies=[Depends(closed)])
    assert TestClient(wide).get("/door?count=2").json() == 2
    assert TestClient(strict).get("/door").status_code == 401
    assert TestClient(wide).get("/door?count=x").status_code == 422


def test_two_doors_at_one_address_are_never_taken_for_each_other() -> None:
    answers = []
    for number in range(20):
        router = APIRouter()

        @router.get("/door")
        def door(here: int = number) -> int:
            return here

        app = FastAPI()
        app.include_router(router)
        answers.append(TestClient(app).get("/door").json())
        del router, app, door
    assert answers == list(range(20))


def test_what_a_database_begins_with_is_built_once_and_copied_only_where_nothing_stands(db: Database) -> None:
    key, built = object(), []

    def build() -> str:
        built.append(1)
        with db.write() as session:
            session.add(Counter(name="ticket", value=1000))
        return "a counter"

    assert beginning.once(db, key, build) == "a counter"
    with pytest.raises(IntegrityError):
        beginning.once(db, key, build)
    with db.write() as session:
        session.execute(delete(Counter))
    assert beginning.once(db, key, build) == "a counter"
    assert built == [1, 1]
    with db.read() as session:
        assert session.scalars(select(Counter.value)).all() == [1000]


@pytest.mark.parametrize("_round", [1, 2])
def test_a_cast_that_is_copied_is_the_one_that_was_built(db: Database, clock: HandClock, _round: int) -> None:
    cast = the_cast.enter(db, clock)
    with db.write() as session:
        butler = session.get_one(User, cast.butler.id)
        assert (butler.username, butler.deputy_id) == ("butler", cast.deputy.id)
        guest = User(
            username="guest", password_hash="x", role="butler", name_zh="客", name_en="Guest",
            created_at=clock.now(),
        )  # fmt: skip
        session.add(guest)
        session.flush()
        assert guest.id == cast.stranger.id + 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_is_still_in_use_is_never_left_to_another_test(database_url: str) -> None:
    idle, busy = Database(database_url), Database(database_url)
    idle.engine.connect().close()
    sharing.leave_connections(idle)
    assert len(sharing.left_connections(database_url)) == 1
    used = busy.engine.connect()
    sharing.leave_connections(busy)
    assert sharing.left_connections(database_url) == []
    used.invalidate()
    used.close()
    busy.close()
