"""Telegram from end to end: polling and webhook, both databases."""

from collections.abc import Iterator

import pytest

from backend.db import Database
from backend.settings import Settings
from tests.fake_telegram.people import Person
from tests.house.cast import CHEN_CODE, EMMA_CODE
from tests.scenarios.house import House, open_house


@pytest.fixture(params=["polling", "webhook"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def house(settings: Settings, db: Database, mode: str) -> Iterator[House]:
    with open_house(settings, db, mode) as house:
        yield house


@pytest.fixture
def chen(house: House) -> Person:
    """Mr Chen, an owner, on Telegram in Chinese, linked by his invitation."""
    person = house.fake.person("陈建国", language="zh-hans")
    person.start(CHEN_CODE)
    person.wait_for("您的管家")
    return person


@pytest.fixture
def emma(house: House) -> Person:
    """Emma, a tenant, on Telegram in English."""
    person = house.fake.person("Emma", language="en-GB")
    person.start(EMMA_CODE)
    person.wait_for("Your butler is")
    return person
