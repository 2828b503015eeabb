"""A free time of the calendar goes along while a new ticket is opened for it, until the visit is planned."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from backend.desk import free_slot
from backend.models import Ticket
from tests.staff_browser import StaffBrowser
from tests.tickets.office import ITEMS, Office

Browse = Callable[..., StaffBrowser]
THURSDAY = "2026-03-12"
BACK = "/visits?view=week"


def slot(office: Office, **changes: str) -> dict[str, str]:
    return {"day": THURSDAY, "start": "14:30", "person": str(office.cast.engineer.id), "back": BACK} | changes


def call(office: Office, kind: str = "repair", **more: Any) -> dict[str, Any]:
    """What is typed while Mr Chen is on the phone."""
    return {
        "resident": str(office.cast.chen.id), "channel": "phone", "words": "厨房灯不亮",
        "item": ITEMS[kind], "received_at": "2026-03-11T09:55", **more,
    }  # fmt: skip


def test_the_time_and_the_person_stand_on_the_form_of_a_new_ticket(office: Office, browse: Browse) -> None:
    page = unescape(browse().get("/new", params=slot(office)).text)
    name = office.cast.engineer.name_en
    assert f"For a visit: 14:30 tomorrow, {name} goes" in page
    assert f'href="{BACK}">Back to the calendar' in page
    for name, value in slot(office).items():
        assert page.count(f'type="hidden" name="{name}" value="{value}"') == 2  # the search keeps it as well
    chinese = unescape(browse("butler", "zh").get("/new", params=slot(office)).text)
    assert f"上门时间：明天14:30，由{office.cast.engineer.name_zh}上门" in chinese.replace(
        "明天 14:30", "明天14:30"
    )


def test_from_a_free_place_to_a_planned_visit(office: Office, browse: Browse) -> None:
    butler, engineer = browse(), office.cast.engineer
    answer = butler.submit("/new", call(office) | slot(office))
    where = answer.headers["location"]
    found = re.fullmatch(
        r"/visits/(\d+)\?day=2026-03-12&start=14%3A30&person=(\d+)&back=%2Fvisits%3F.*", where
    )
    assert found
    assert found[2] == str(engineer.id)
    form = butler.read(where)
    assert 'value="14:30"' in form
    assert f'<option value="{engineer.id}" selected>' in form
    assert 'name="back" value="/visits?view=week"' in form
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    sent = {"day": THURSDAY, "start": "14:30", "end": "15:30", "person": engineer.id, "version": version[1]}
    butler.submit(f"/visits/{found[1]}", sent)
    with office.db.read() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == int(found[1]))).one()
    assert ticket.appointment_start is not None
    assert ticket.appointment_start.isoformat() == "2026-03-12T06:30:00+00:00"
    assert ticket.worker_id == engineer.id


def test_what_was_mistyped_does_not_lose_the_time(office: Office, browse: Browse) -> None:
    page = browse().submit("/new", call(office, words="") | slot(office), 422).text
    assert 'name="start" value="14:30"' in page
    assert "For a visit:" in page


def test_a_ticket_that_takes_no_visit_says_so(office: Office, browse: Browse) -> None:
    butler = browse()
    answer = butler.submit("/new", call(office, "enquiry") | slot(office))
    assert re.fullmatch(r"/tickets/\d+", answer.headers["location"])
    assert "time%20you%20chose%20is%20not%20used" in answer.headers["set-cookie"]


def test_without_a_free_time_everything_is_as_before(office: Office, browse: Browse) -> None:
    butler = browse()
    assert "For a visit" not in butler.read("/new?day=never&start=25:99&person=x&back=//elsewhere.example")
    assert re.fullmatch(r"/tickets/\d+", butler.submit("/new", call(office)).headers["location"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"day": THURSDAY}, {"day": THURSDAY, "back": "/visits"}),
        ({"day": THURSDAY, "start": "7 pm", "person": "-1"}, {"day": THURSDAY, "back": "/visits"}),
        ({"day": THURSDAY, "back": "/visitsx"}, {"day": THURSDAY, "back": "/visits"}),
        ({"day": THURSDAY, "back": "https://elsewhere.example"}, {"day": THURSDAY, "back": "/visits"}),
    ],
)
def test_what_is_wrong_in_an_address_is_left_out(given: dict[str, str], kept: dict[str, str]) -> None:
    found = free_slot.read(given)
    assert found is not None
    assert found.parts == kept


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-02-30", "1026-02-03", "20260312"])
def test_without_a_day_there_is_no_free_time(day: str) -> None:
    assert free_slot.read({"day": day, "start": "14:30"}) is None
