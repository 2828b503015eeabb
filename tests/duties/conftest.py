"""The cast's estate on both databases."""

import pytest

from backend.clock import HandClock
from backend.db import Database
from tests.house import cast as the_cast
from tests.house.cast import Cast


@pytest.fixture
def cast(db: Database, clock: HandClock) -> Cast:
    return the_cast.enter(db, clock)
