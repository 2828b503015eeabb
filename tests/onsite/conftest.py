"""The office over HTTP on both databases, browsers of its people, a repair that is given to the engineer."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office


@pytest.fixture
def browse(office: Office) -> Callable[..., StaffBrowser]:
    """Open a browser, signed in: ``browse("engineer", "en")``."""

    def opened(username: str = "engineer", language: str = "zh") -> StaffBrowser:
        return StaffBrowser(office, username, language)

    return opened


@pytest.fixture
def job(office: Office) -> int:
    """A repair at Mr Chen's, given to the engineer for this morning."""
    return given_job(office)


def given_job(office: Office, who: str = "chen", words: str = "厨房水管漏水。") -> int:
    number = office.open("repair", who, words)
    office.do(number, "accept")
    office.do(number, "assign", user="engineer")
    office.do(number, "schedule", start="2026-03-11T03:00:00Z", end="2026-03-11T05:00:00Z")
    return number


def photo(colour: str = "red", size: tuple[int, int] = (40, 30), form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()
