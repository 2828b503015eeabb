"""The office over HTTP on both databases, and browsers of its people."""

from collections.abc import Callable

import pytest

from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office


@pytest.fixture
def browse(office: Office) -> Callable[..., StaffBrowser]:
    """Open a browser, signed in: ``browse("supervisor", "en")``."""

    def opened(username: str = "manager", language: str = "zh") -> StaffBrowser:
        return StaffBrowser(office, username, language)

    return opened
