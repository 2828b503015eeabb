"""The office with its homes, a browser without script, and sheets made row by row."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from httpx2 import Response
from openpyxl import Workbook
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.models import User
from tests.house.cast import PASSWORD
from tests.staff_browser import form_token
from tests.tickets.office import Office

HEADINGS = ("楼栋", "单元", "房号", "管家", "姓名", "中文称呼", "身份", "语言", "手机", "入住日期")


def workbook(rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A sheet as somebody in an office makes it."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (headings, *rows):
        page.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class Browser(TestClient):
    """A member of staff's browser without script; posts carry the form's token."""

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

    def press(self, path: str, status: int = 303, **fields: Any) -> Response:
        answer = self.post(path, data={"csrf": self.token, **fields})
        assert answer.status_code == status, answer.text[-3000:]
        return answer

    def upload(self, data: bytes, name: str = "homes.xlsx") -> Response:
        """Upload a sheet for a dry run."""
        return self.post("/import", data={"csrf": self.token}, files={"sheet": (name, data)})


@pytest.fixture
def browse(office: Office) -> Callable[..., Browser]:
    """Open a browser, signed in."""

    def opened(username: str = "supervisor", language: str = "zh") -> Browser:
        return Browser(office, username, language)

    return opened
