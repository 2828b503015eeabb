"""Whether the resident is told of a visit: usually, with the sentence shown; else the timeline says not."""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from backend.models import Ticket, TicketEvent
from tests.staff_browser import StaffBrowser
from tests.tickets.office import ITEMS, Office

Browse = Callable[..., StaffBrowser]
THURSDAY = "2026-03-12"


def plan(browser: StaffBrowser, number: int, **more: Any) -> str:
    """Fix Thursday at ten; the toast that follows."""
    sent = {"day": THURSDAY, "start": "10:00", "end": "11:00", **more}
    return browser.submit(f"/visits/{number}", sent).headers["set-cookie"]


def phoned(office: Office, butler: StaffBrowser) -> int:
    """A ticket of Mr Chen, who rings and never wrote."""
    sent = {
        "resident": str(office.cast.chen.id), "channel": "phone", "words": "厨房灯不亮",
        "item": ITEMS["repair"], "received_at": "2026-03-11T09:55",
    }  # fmt: skip
    return int(butler.submit("/new", sent).headers["location"].split("/")[-1])


def event_of(office: Office, number: int, kind: str) -> TicketEvent:
    with office.db.read() as session:
        query = select(TicketEvent).join(Ticket, Ticket.id == TicketEvent.ticket_id)
        rows = session.scalars(query.where(Ticket.number == number, TicketEvent.kind == kind))
        return rows.one()


@pytest.mark.parametrize(
    ("who", "language", "sentence"),
    [("chen", "zh-Hans-CN", "的时间定好了"), ("emma", "en", "the time for #")],
)
def test_the_sentence_is_shown_in_the_residents_language(
    office: Office, browse: Browse, who: str, language: str, sentence: str
) -> None:
    number = office.open("repair", who)
    form = unescape(browse().read(f"/visits/{number}?day={THURSDAY}&start=10:00&end=11:00"))
    assert "The resident reads:" in form
    said = re.search(r'<blockquote class="plan-said" lang="([^"]+)">(.*?)</blockquote>', form, re.DOTALL)
    assert said
    assert said[1] == language
    assert f"#{number}" in said[2]
    assert sentence in said[2]
    assert 'name="tell" value="yes" checked' in form
    plan(browse(), number)
    assert said[2] in office.told(who, number)


def test_told_nothing_the_resident_hears_nothing_and_the_timeline_says_so(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair")
    before = office.told("chen", number)
    toast = plan(browse(), number, tell="no")
    assert "was%20not%20told" in toast
    assert office.told("chen", number) == before
    assert event_of(office, number, "scheduled").values["told"] is False
    assert "Visit agreed · the resident was not told" in unescape(browse().read(f"/tickets/{number}"))
    assert "约定上门 · 未告知住户" in unescape(browse("butler", "zh").read(f"/tickets/{number}"))


def test_the_choice_stays_while_the_form_is_weighed_or_refused(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    form = unescape(browse().read(f"/visits/{number}?day={THURSDAY}&start=10:00&tell=no&part=form"))
    assert "Nothing is sent to the resident" in form
    assert "plan-said" not in form
    assert 'name="tell" value="no" checked' in form
    wrong = {"day": THURSDAY, "start": "11:00", "end": "10:00", "tell": "no"}
    assert 'name="tell" value="no" checked' in browse().submit(f"/visits/{number}", wrong, 422).text


def test_usual_is_told_and_the_timeline_adds_nothing(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    assert "has%20been%20told" in plan(browse(), number)
    assert "told" not in event_of(office, number, "scheduled").values
    assert "was not told" not in browse().read(f"/tickets/{number}")


def test_a_resident_without_a_chat_is_called_instead(office: Office, browse: Browse) -> None:
    number = phoned(office, browse())
    form = unescape(browse().read(f"/visits/{number}?day={THURSDAY}&start=10:00&end=11:00"))
    assert "has no chat" in form
    assert 'name="tell"' not in form
    assert "tell%20them%20by%20phone" in plan(browse(), number)


def test_a_ticket_is_cancelled_from_its_visit_with_the_same_choice(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    butler = browse()
    plan(butler, number)
    form = butler.read(f"/visits/{number}")
    assert f'href="/tickets/{number}?do=cancel&amp;back=%2Fvisits"' in form
    assert 'name="tell" value="yes" checked' in butler.read(f"/tickets/{number}?do=cancel")
    before = office.told("chen", number)
    answer = butler.submit(f"/tickets/{number}/cancel", {"reason": "电话里已说好", "tell": "no"})
    assert "was%20not%20told" in answer.headers["set-cookie"]
    assert office.told("chen", number) == before
    assert event_of(office, number, "cancelled").values["told"] is False
    assert office.see(number)["state"] == "cancelled"


def test_the_visit_alone_is_called_off_from_its_form_and_the_ticket_waits_for_a_time(
    office: Office, browse: Browse
) -> None:
    number, butler = office.open("repair"), browse()
    assert "do=unschedule" not in butler.read(f"/visits/{number}")
    plan(butler, number)
    assert f'href="/tickets/{number}?do=unschedule&amp;back=%2Fvisits"' in butler.read(f"/visits/{number}")
    form = butler.read(f"/tickets/{number}?do=unschedule")
    assert "The ticket stays and waits for a new time." in form
    assert 'name="tell" value="yes" checked' in form
    answer = butler.submit(f"/tickets/{number}/unschedule", {"reason": "", "tell": "yes"})
    assert "stands%20in%20the%20web%20chat" in answer.headers["set-cookie"]
    assert (office.see(number)["state"], office.ticket(number).appointment_start) == ("open", None)
    assert "Visit called off; a new time is to be agreed" in butler.read(f"/tickets/{number}")
    assert f"/visits/{number}" in butler.read("/visits")
    assert any("原定的上门" in one for one in office.told("chen", number))


@pytest.mark.parametrize("action", ["unschedule", "cancel"])
def test_whoever_called_a_visit_or_its_ticket_off_from_the_calendar_is_back_on_its_day(
    office: Office, browse: Browse, action: str
) -> None:
    number, butler, day = office.open("repair"), browse(), f"/visits?day={THURSDAY}&view=week"
    plan(butler, number)
    found = re.search(rf'href="(/tickets/\d+\?do={action}[^"]*)"', butler.read(
        f"/visits/{number}?{urlencode({'back': day})}"
    ))  # fmt: skip
    assert found
    form = butler.read(unescape(found[1]))
    assert f'name="back" value="{escape(day)}"' in form
    sent = {"reason": "住户说不用了", "tell": "yes", "back": day}
    wrong = butler.submit(f"/tickets/{number}/{action}", sent | {"version": "1"}, 409)
    assert f'name="back" value="{escape(day)}"' in wrong.text, "it is kept when the form comes again"
    token = {"hx-request": "true", "x-csrf": butler.token()}
    answer = butler.post(f"/tickets/{number}/{action}", data=sent, headers=token)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, day)
    assert "location" not in answer.headers
    assert "stands%20in%20the%20web%20chat" in answer.headers["set-cookie"]
    other = office.open("repair")
    plan(butler, other)
    assert butler.submit(f"/tickets/{other}/{action}", sent).headers["location"] == day


@pytest.mark.parametrize(
    "back",
    ["//evil.example/visits", "https://evil.example", "/visits/../logout", "/visits?x\r\ny", "/queue", ""],
)
@pytest.mark.parametrize("action", ["unschedule", "cancel"])
def test_nobody_is_sent_anywhere_but_to_the_calendar(
    office: Office, browse: Browse, action: str, back: str
) -> None:
    number, butler = office.open("repair"), browse()
    plan(butler, number)
    page = butler.read(f"/tickets/{number}?{urlencode({'do': action, 'back': back})}")
    assert 'name="back"' not in page.split(f'id="form-{action}"')[1].split("</form>")[0]
    answer = butler.submit(f"/tickets/{number}/{action}", {"reason": "不用了", "tell": "yes", "back": back})
    assert answer.headers["location"] == f"/tickets/{number}"


def test_programs_may_say_nothing_as_well(office: Office) -> None:
    number = office.open("repair")
    before = office.told("chen", number)
    office.do(number, "schedule", start="2026-03-12T01:00:00Z", end="2026-03-12T03:00:00Z", tell=False)
    assert office.told("chen", number) == before
    assert event_of(office, number, "scheduled").values["told"] is False
