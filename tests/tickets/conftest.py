"""The office with the standing cast, on both databases."""

from collections.abc import Iterator

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.settings import Settings
from tests.tickets import office as the_office
from tests.tickets.office import Office


@pytest.fixture
def office(db: Database, clock: HandClock, settings: Settings) -> Iterator[Office]:
    """The staff API over HTTP; the clock is moved by hand."""
    opened = the_office.open_office(db, clock, settings)
    yield opened
    opened.client.close()
    opened.app.state.threads.shutdown(wait=False)
