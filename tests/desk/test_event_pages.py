"""The page of seats: who has one, who waits in which order, giving a seat, taking one back, counting them."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

import pytest
from sqlalchemy import select, update

from backend.models import AuditEntry, ChannelLink, Conversation, Ticket
from backend.tickets import expiry
from tests.conversations.talking import engine
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office, works_next_door
from tests.tickets.test_moves import ITEMS, begin

EVENT = ITEMS["event"]
Browse = Callable[..., StaffBrowser]


@pytest.fixture
def browse(office: Office) -> Browse:
    def opened(username: str = "butler", language: str = "en") -> StaffBrowser:
        return StaffBrowser(office, username, language)

    return opened


def count_seats(browser: StaffBrowser, seats: str, status: int = 303) -> str:
    fields = {"estate": "JADE", "item": EVENT, "seats": seats}
    return unescape(browser.submit("/events/seats", fields, status).text)


def order(page: str) -> list[int]:
    """The numbers of the people on the page, from above."""
    return [int(one) for one in re.findall(r'id="seat-(\d+)"', page)]


def test_the_lists_stand_in_their_order_with_who_and_how_many(office: Office, browse: Browse) -> None:
    count_seats(browse("supervisor"), "2")
    first = begin(office, "event", "chen", slots={"party": 2})
    second, third = begin(office, "event", "emma"), begin(office, "event", "chen")
    page = unescape(browse().read("/events"))
    assert order(page) == [first, second, third]
    assert "2 of 2 seats taken · full" in page
    assert "2 people" in page
    assert (
        page.index("Have a seat")
        < page.index(f'id="seat-{first}"')
        < page.index("Waiting list, in this order")
    )
    assert page.index("Waiting list") < page.index(f'id="seat-{second}"') < page.index(f'id="seat-{third}"')
    chinese = unescape(browse("butler", "zh").read("/events"))
    assert "名额2个，已用2个" in chinese
    assert "候补名单（按此顺序）" in chinese


def test_the_ticket_of_an_event_and_the_menu_lead_to_it(office: Office, browse: Browse) -> None:
    number, other = begin(office, "event"), office.open("repair")
    where = f'href="/events?estate=JADE#event-{EVENT}"'
    assert where in browse().read(f"/tickets/{number}")
    assert where not in browse().read(f"/tickets/{other}")
    assert 'href="/events"' in browse("manager").read("/alerts")
    assert 'href="/events"' not in browse("engineer").read("/alerts")


def test_a_seat_is_given_by_hand_and_the_resident_is_told(office: Office, browse: Browse) -> None:
    number = begin(office, "event", "emma")
    with office.db.write() as session:  # she has written before
        link = select(ChannelLink.id).where(ChannelLink.conversation_id == Conversation.id).scalar_subquery()
        session.execute(update(Conversation).values(last_link_id=link))
        session.execute(update(ChannelLink).values(last_inbound_at=office.clock.now()))
    page = unescape(browse().read("/events"))
    assert "Asked, not entered yet" in page
    answer = browse().submit(f"/events/{number}/enter", {})
    assert answer.headers["location"] == f"/events?estate=JADE#event-{EVENT}"
    assert office.ticket(number).step == "signed_up"
    assert office.told("emma", number)
    assert "The resident has been told." in unquote(answer.headers["set-cookie"])


def test_a_seat_for_somebody_without_a_chat_claims_no_telling(office: Office, browse: Browse) -> None:
    number = begin(office, "event", "emma")
    with office.db.write() as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(conversation_id=None))
    toast = unquote(browse().submit(f"/events/{number}/enter", {}).headers["set-cookie"])
    assert "This resident has no chat and was not told." in toast
    assert "has been told" not in toast


def test_no_seat_left_is_said_at_the_person(office: Office, browse: Browse) -> None:
    count_seats(browse("supervisor"), "1")
    begin(office, "event", "chen")
    number = begin(office, "event", "emma")
    page = unescape(browse().submit(f"/events/{number}/enter", {}, 409).text)
    said = page[page.index(f'id="seat-{number}"') :]
    assert "No seat is left." in said
    assert office.ticket(number).step == "waiting"


def test_taking_somebody_off_frees_the_seat_for_the_next(office: Office, browse: Browse) -> None:
    count_seats(browse("supervisor"), "1")
    first, second = begin(office, "event", "chen"), begin(office, "event", "emma")
    before = office.told("chen", first)
    refused = browse().submit(f"/events/{first}/cancel", {"reason": " ", "tell": "no"}, 422).text
    assert "Please write the reason." in refused
    assert 'name="tell" value="no" checked' in refused
    browse().submit(f"/events/{first}/cancel", {"reason": "电话里说不来了", "tell": "no"})
    assert office.ticket(first).state == "cancelled"
    assert office.told("chen", first) == before
    assert expiry.tick(office.db, office.clock, engine().menu) == 1
    assert order(browse().read("/events")) == [second]
    assert office.ticket(second).step == "signed_up"


def test_leaders_count_the_seats_which_is_logged(office: Office, browse: Browse) -> None:
    supervisor = browse("supervisor")
    count_seats(supervisor, "30")
    count_seats(supervisor, "30")
    with office.db.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.seats")).one()
    assert (entry.before, entry.after, entry.subject_id) == ({"seats": None}, {"seats": 30}, EVENT)
    assert "Please write a whole number from 0 to 10000." in count_seats(supervisor, "many", 422)
    assert 'value="many"' in count_seats(supervisor, "many", 422)
    count_seats(supervisor, "")
    assert "seats are not counted" in supervisor.read("/events")
    assert 'action="/events/seats"' not in browse().read("/events")
    count_seats(browse(), "5", 403)


def test_whoever_was_slower_is_told_who_was_faster(office: Office, browse: Browse) -> None:
    number = begin(office, "event")
    stale = str(office.ticket(number).version)
    office.do(number, "note")
    page = unescape(browse("supervisor").submit(f"/events/{number}/enter", {"version": stale}, 409).text)
    assert office.cast.butler.name_en in page


def test_foreign_estates_other_tickets_and_the_field_are_kept_out(office: Office, browse: Browse) -> None:
    other = office.open("repair")
    butler = browse()
    butler.read("/events?estate=NEXT", 404)
    butler.submit(f"/events/{other}/cancel", {"reason": "x"}, 404)
    butler.submit("/events/999999/enter", {}, 404)
    butler.submit("/events/seats", {"estate": "NEXT", "item": EVENT, "seats": "1"}, 404)
    browse("engineer").read("/events", 403)
    assert office.ticket(other).state == "open"


def test_staff_of_two_estates_choose_the_estate(office: Office, browse: Browse) -> None:
    works_next_door(office, office.cast.supervisor)
    page = browse("supervisor").read("/events")
    assert 'href="/events?estate=JADE" aria-current="page"' in page
    assert 'href="/events?estate=NEXT"' in page
