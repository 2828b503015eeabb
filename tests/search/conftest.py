"""The office with members of staff at their browsers, who look for tickets."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.models import User
from tests.house.cast import PASSWORD
from tests.staff_browser import form_token
from tests.tickets.office import Office


class Browser(TestClient):
    """A member of staff's browser without script."""

    def __init__(self, office: Office, username: str, language: str) -> None:
        headers = {"sec-fetch-site": "same-origin", "accept-language": language}
        super().__init__(office.app, base_url="https://127.0.0.1", headers=headers, follow_redirects=False)
        self.post("/login", data={"username": username, "password": PASSWORD})
        with office.db.write() as session:
            session.scalars(select(User).where(User.username == username)).one().language = language
        self.token = form_token(self)

    def read(self, path: str, status: int = 200) -> str:
        answer: Response = self.get(path)
        assert answer.status_code == status, answer.text[:400]
        return answer.text

    def found(self, path: str) -> list[int]:
        """The numbers of the tickets on a page of the list, in their order."""
        return [int(number) for number in re.findall(r'<tr id="t(\d+)"', self.read(path))]

    def press(self, path: str, **fields: Any) -> Response:
        return self.post(path, data={"csrf": self.token, **fields})


@pytest.fixture
def browse(office: Office) -> Callable[..., Browser]:
    """Open a browser, signed in."""

    def opened(username: str = "butler", language: str = "zh") -> Browser:
        return Browser(office, username, language)

    return opened
