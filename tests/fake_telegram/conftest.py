"""A server of its own for each test of the fake."""

from collections.abc import Iterator

import pytest

from tests.fake_telegram import FakeTelegram, Person


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns about its old form of retry_after; warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture
def tom(fake: FakeTelegram) -> Person:
    person = fake.person("Tom", "en-GB")
    person.start("DEMO-TENANT")
    return person
