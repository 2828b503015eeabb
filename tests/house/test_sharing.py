"""What tests share to be quick hides no fault of an application."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from starlette.testclient import TestClient


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
