"""The calendar of visits over HTTP on both databases, and browsers of its people."""

from collections.abc import Callable

import pytest

from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office


@pytest.fixture
def browse(office: Office) -> Callable[..., StaffBrowser]:
    """Open a browser, signed in: ``browse("engineer", "zh")``."""

    def opened(username: str = "butler", language: str = "en") -> StaffBrowser:
        return StaffBrowser(office, username, language)

    return opened
