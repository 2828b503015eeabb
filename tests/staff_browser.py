"""A member of staff's browser without script: signs in, reads pages, sends forms as a page would."""

import re
from typing import Any

from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.models import User
from tests.house.cast import PASSWORD
from tests.tickets.office import Office


def told(html: str) -> str:
    """What a page tells: without tokens, signatures and drawn codes, in which any digits may stand."""
    return re.sub(r"[A-Za-z0-9_=-]{20,}", "…", re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL))


def form_token(browser: TestClient) -> str:
    """The token of a signed-in browser's forms, from the door that tells it without drawing a page."""
    answer = browser.get("/jobs/me")
    assert answer.status_code == 200, f"{answer.status_code} {answer.text[:400]}"
    return str(answer.json()["csrf"])


class StaffBrowser(TestClient):
    """One signed-in person; redirects are not followed, so that a test sees where they lead."""

    def __init__(self, office: Office, username: str = "manager", language: str = "zh") -> None:
        headers = {"sec-fetch-site": "same-origin", "accept-language": language}
        super().__init__(office.app, base_url="https://127.0.0.1", headers=headers, follow_redirects=False)
        answer = self.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text[:400]
        with office.db.write() as session:
            session.scalars(select(User).where(User.username == username)).one().language = language

    def read(self, path: str, status: int = 200) -> str:
        """Return the page's HTML; its status must be as expected."""
        answer: Response = self.get(path)
        assert answer.status_code == status, f"{answer.status_code} {answer.text[:400]}"
        return answer.text

    def submit(self, path: str, fields: dict[str, Any], status: int = 303, **more: Any) -> Response:
        """Post a form with the token a page would carry; its status must be as expected."""
        answer = self.post(path, data={"csrf": self.token(), **fields}, **more)
        assert answer.status_code == status, f"{answer.status_code} {answer.text[:400]}"
        return answer

    def token(self) -> str:
        """The form token of this session, as every page carries it."""
        return form_token(self)
