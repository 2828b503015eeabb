"""A PDF file that a butler sends is for the resident of the chat to save, and for nobody else."""

from typing import Any
from urllib.parse import quote

from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

GUIDE = b"%PDF-1.7\nhow to heat the floor\n%%EOF"
NAME = "地暖使用说明（2026版）.pdf"


def sent(office: Office, data: bytes = GUIDE, name: str = NAME) -> dict[str, Any]:
    """The butler sends a PDF file with words; the resident's message with it."""
    number = office.open("repair")
    upload = {"file": (name, data, "application/octet-stream")}
    made = office.client.post("/api/tickets/files", files=upload, headers=office.as_("butler"))
    assert (made.status_code, made.json()["kind"]) == (201, "document")
    office.do(number, "reply", text="说明书在这里。", files=[made.json()["id"]])
    return next(one for one in office.read("chen") if one["files"])


def test_the_resident_saves_it_under_its_own_name(office: Office) -> None:
    message = sent(office)
    (file,) = message["files"]
    assert (message["author"], message["text"]) == ("butler", "说明书在这里。")
    assert (file["kind"], file["name"], file["size"]) == ("document", NAME, len(GUIDE))
    answer = office.client.get(file["url"])
    assert (answer.status_code, answer.content) == (200, GUIDE)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f"attachment; filename*=utf-8''{quote(NAME)}"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("private")


def test_a_type_that_the_name_claims_is_not_believed(office: Office) -> None:
    (file,) = sent(office, name="../guide.html")["files"]
    assert file["name"] == "guide.pdf"
    assert office.client.get(file["url"]).headers["content-type"] == "application/pdf"


def test_nobody_else_opens_it(office: Office) -> None:
    (file,) = sent(office)["files"]
    assert not any(one["files"] for one in office.read("emma"))
    path, _, query = file["url"].partition("?")
    assert office.client.get(path).status_code == 422
    until, sign = (part.partition("=")[2] for part in query.split("&"))
    for forged in (f"until={until}&sign={'0' * len(sign)}", f"until={int(until) + 60}&sign={sign}"):
        assert office.client.get(f"{path}?{forged}", headers=office.chat("emma")).status_code == 404
    number = office.ticket(1001).number
    page = f"/tickets/{number}/files/{file['id']}"
    assert office.client.get(page, follow_redirects=False).status_code in (303, 401)
    office.clock.advance(minutes=11)
    assert office.client.get(file["url"]).status_code == 404
    (renewed,) = next(one for one in office.read("chen") if one["files"])["files"]
    assert office.client.get(renewed["url"]).content == GUIDE


def test_on_the_dashboard_it_is_the_teams_and_not_the_next_doors(office: Office) -> None:
    (file,) = sent(office)["files"]
    page = f"/tickets/{office.ticket(1001).number}/files/{file['id']}"
    for username, status in (("butler", 200), ("stranger", 404)):
        browser = StaffBrowser(office, username, "zh")
        answer = browser.get(page)
        assert answer.status_code == status
        assert ("attachment" in answer.headers.get("content-disposition", "")) == (status == 200)
