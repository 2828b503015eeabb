"""The cast of this room on both databases."""

import pytest

from backend.clock import HandClock
from backend.db import Database
from tests.deadlines import cast as the_cast
from tests.deadlines.cast import Cast


@pytest.fixture
def cast(db: Database, clock: HandClock) -> Cast:
    """One estate with butler, deputy, engineer, supervisor, manager and admin; no tickets."""
    return the_cast.enter(db, clock)
