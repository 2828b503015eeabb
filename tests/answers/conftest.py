"""The office with its ready answers."""

import pytest

from backend.answers import service
from tests.office.conftest import browse
from tests.tickets.office import Office

__all__ = ["browse"]


@pytest.fixture
def answered(office: Office) -> Office:
    """The office whose estate has the answers of a new one."""
    with office.db.write() as session:
        service.seed(session, office.cast.estate.id, office.clock.now())
    return office
