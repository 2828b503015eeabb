"""One engine for all tests of this room: loading is the slow part."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intents.loader import DATA
from intents.trained import is_up_to_date, train_folder
from intents.understand import Engine
from tests.conversations import talking


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine as it is served: trained, once for each state of the data (half a minute, then kept)."""
    if is_up_to_date(DATA):
        return talking.engine()  # the other rooms' too: two would be loaded twice, and kept twice
    train_folder(DATA)
    return Engine.load()


@pytest.fixture(scope="session")
def wordy() -> Engine:
    """The engine where nothing was trained: by words alone."""
    return Engine.load(trained=None)


@pytest.fixture
def now() -> datetime:
    """Wednesday 2026-03-11, ten in the morning."""
    return datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
