"""What colleagues write for each other never reaches a resident, on whatever way it might."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import inspect, select

from backend.desk import answering
from backend.models import CannedAnswer, Message, OutboxRow, Translation
from backend.translating.provider import Translator
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
COLUMNS = [column.key for column in inspect(OutboxRow).columns]
SECRET = "内部：此人上月也投诉过 zq7"


def everything_told(office: Office, who: str) -> str:
    """All that the resident's door gives out, and all that is on its way to any channel."""
    paths = ("/api/chat/messages", "/api/chat/tickets", "/api/chat/me")
    told = [office.client.get(path, headers=office.chat(who)).text for path in paths]
    with office.db.read() as session:
        told += [message.text + json.dumps(message.values, ensure_ascii=False, default=str)
                 for message in session.scalars(select(Message))]  # fmt: skip
        for row in session.scalars(select(OutboxRow)):
            told.append(str({name: getattr(row, name) for name in COLUMNS}))
    return "\n".join(told)


class Curious:
    """A translator that tells what it was given."""

    name = "curious"

    def __init__(self) -> None:
        self.given: list[str] = []

    async def translate(self, text: str, source: str, target: str) -> str:
        self.given.append(text)
        return "x"


def test_a_note_is_an_event_and_never_a_message(office: Office, browse: Browse) -> None:
    number = office.open("repair", "chen")
    desk = browse("butler")
    desk.submit(f"/tickets/{number}/draft", {"mode": "note", "text": SECRET}, 204)
    assert "zq7" not in everything_told(office, "chen")
    desk.submit(f"/tickets/{number}/note", {"text": SECRET})
    assert "zq7" in desk.read(f"/tickets/{number}")
    assert "zq7" not in everything_told(office, "chen")
    answer = office.client.post(
        "/api/chat/messages", json={"client_id": "1", "text": "进度怎么样了？"}, headers=office.chat("chen")
    )
    assert "zq7" not in answer.text


#: what staff write for each other with a step; the reason of a pause or a cancelling is told on purpose
FOR_COLLEAGUES: dict[str, tuple[str, dict[str, Any]]] = {
    "assign": ("repair", {"user": "engineer", "note": SECRET}),
    "plan": ("repair", {"at": "2026-03-13T10:00:00Z", "note": SECRET}),
    "set_aside": ("repair", {"until": "2026-03-11T06:00:00Z", "reason": SECRET}),
    "pass_on": ("repair", {"user": "deputy", "note": SECRET}),
    "complete": ("repair", {"note": SECRET}),
    "split": ("repair", {"item": "common.voice.enquiry", "words": SECRET}),
    "classify": ("complaint", {"class": "valid", "severity": "severe", "department": SECRET}),
}


def test_what_staff_write_with_a_step_for_each_other_reaches_no_resident(office: Office) -> None:
    for action, (kind, body) in FOR_COLLEAGUES.items():
        number = office.open(kind, "chen")
        office.do(number, action, "supervisor" if action == "set_aside" else "butler", **body)
        assert "zq7" in json.dumps(office.see(number, "supervisor"), ensure_ascii=False) or action == "split"
        assert "zq7" not in everything_told(office, "chen"), action
    first, second = office.open("repair", "chen"), office.open("repair", "chen")
    office.do(first, "merge", into=second, note=SECRET)
    asked = {"client_id": "1", "text": "进度怎么样了？"}
    office.client.post("/api/chat/messages", json=asked, headers=office.chat("chen"))
    assert "zq7" not in everything_told(office, "chen")


def test_a_draft_of_a_note_is_not_typing_to_the_resident(office: Office, browse: Browse) -> None:
    number = office.open("repair", "chen")
    browse("butler").submit(f"/tickets/{number}/draft", {"mode": "note", "text": SECRET}, 204)
    answer = office.client.get("/api/chat/messages", headers=office.chat("chen"))
    assert not answer.json().get("typing")


def test_a_note_is_never_given_to_the_translator(office: Office, browse: Browse) -> None:
    curious = Curious()
    translator: Translator = curious
    office.app.state.translator = translator
    number = office.open("repair", "emma", "The tap leaks.")
    desk = browse("butler")
    desk.submit(f"/tickets/{number}/note", {"text": SECRET, "translate": "1"})
    for key in range(1, 8):
        desk.post(f"/tickets/{number}/messages/{key}/translation", data={"csrf": desk.token()})
    assert not any("zq7" in text for text in curious.given)


def test_no_hole_of_an_answer_is_filled_from_a_note_or_from_what_staff_keep(
    office: Office, browse: Browse
) -> None:
    assert set(answering.HOLES) == {
        "name",
        "number",
        "service",
        "home",
        "time",
        "butler",
        "hotline",
        "estate",
    }
    number = office.open("repair", "chen")
    desk = browse("butler")
    desk.submit(f"/tickets/{number}/note", {"text": SECRET})
    with office.db.write() as session:
        session.add(
            CannedAnswer(
                estate_id=office.cast.estate.id, shortcut="all", title_zh="全", title_en="All",
                text_zh=" ".join("{" + one + "}" for one in answering.HOLES), text_en="",
                changed_at=office.clock.now(),
            )
        )  # fmt: skip
    assert "zq7" not in desk.read(f"/tickets/{number}/answers")


def test_the_other_wording_of_a_message_is_for_staff_alone(office: Office, browse: Browse) -> None:
    number = office.open("repair", "emma", "The tap leaks.")
    browse("butler").submit(f"/tickets/{number}/quick/thanks", {})
    with office.db.write() as session:
        session.scalars(select(Translation)).one().text = SECRET
    assert "zq7" not in everything_told(office, "emma")


def test_what_was_proposed_as_an_example_is_not_told_to_other_residents(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair", "chen", "暖气片 zq7 不热")
    office.do(number, "choose", item="estate.heating")
    assert "zq7" not in "".join(
        office.client.get(path, headers=office.chat("emma")).text
        for path in ("/api/chat/messages", "/api/chat/tickets", "/api/chat/me")
    )
