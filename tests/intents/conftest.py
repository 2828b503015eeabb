"""One engine for all tests of this room: loading is the slow part."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intents.understand import Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load()


@pytest.fixture
def now() -> datetime:
    """Wednesday 2026-03-11, ten in the morning."""
    return datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
