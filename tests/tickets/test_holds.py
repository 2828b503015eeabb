"""SLA-25: a butler's “please wait” runs a clock of a minute, which warns, apologises and calls."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from backend.deadlines import sweep
from backend.models import Alert, ChannelLink, Conversation, Ticket
from backend.tickets import holds
from tests.tickets.office import ITEMS, Office, utc

CLOCK = "SLA-25"
WAIT = {"text": "请您稍等，我去问一下工程部。"}


def called(office: Office) -> list[tuple[str, str]]:
    """Who was called about the minute, and why, in order."""
    people = {user.id: name for name, user in vars(office.cast).items() if hasattr(user, "username")}
    with office.db.read() as session:
        rows = session.scalars(select(Alert).where(Alert.clock == CLOCK).order_by(Alert.id))
        return [(row.kind, people[row.user_id]) for row in rows]


def write_from_the_chat(office: Office, number: int) -> None:
    """The ticket came from the person's chat, where they wait for the answer."""
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        talk = session.get_one(Conversation, ticket.conversation_id)
        link = session.scalars(select(ChannelLink).where(ChannelLink.conversation_id == talk.id)).one()
        talk.last_link_id = link.id


def waiting(office: Office) -> int:
    number = office.open("repair")
    write_from_the_chat(office, number)
    office.do(number, "accept")
    office.do(number, "reply", **WAIT)
    return number


def test_whoever_is_asked_to_wait_hears_more_within_a_minute(office: Office) -> None:
    number = waiting(office)
    clock = office.clocks(number)[CLOCK]
    assert (clock.due_at - clock.started_at).total_seconds() == 60
    assert any(p["clock"] == "hold" for p in office.see(number)["promises"])
    at = office.clock.advance(seconds=50)
    office.do(number, "reply", text="工程部说今天下午可以上门。")
    ended = office.clocks(number)[CLOCK]
    assert (ended.met_at, ended.breached_at) == (at, None)


def test_an_ordinary_reply_starts_no_minute(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "reply", text="好的，我来处理。")
    assert CLOCK not in office.clocks(number)


def test_to_ask_again_for_patience_neither_keeps_nor_renews_the_promise(office: Office) -> None:
    number = waiting(office)
    first = office.clocks(number)[CLOCK]
    office.clock.advance(seconds=45)
    office.do(number, "reply", text="再稍等一下")
    again = office.clocks(number)[CLOCK]
    assert (again.id, again.due_at, again.met_at) == (first.id, first.due_at, None)


def test_after_more_was_said_the_next_request_to_wait_is_a_promise_of_its_own(office: Office) -> None:
    number = waiting(office)
    office.clock.advance(seconds=20)
    office.do(number, "reply", text="已经问到了。")
    at = office.clock.advance(minutes=3)
    office.do(number, "reply", **WAIT)
    clock = office.clocks(number)[CLOCK]
    assert (clock.cycle, clock.started_at, clock.met_at) == (2, at, None)


@pytest.mark.parametrize(
    ("kind", "action"),
    [("repair", "schedule"), ("enquiry", "answer"), ("complaint", "feedback"), ("repair", "plan")],
)
def test_what_else_a_person_tells_the_resident_keeps_it_too(office: Office, kind: str, action: str) -> None:
    number = office.open(kind)
    write_from_the_chat(office, number)
    office.do(number, "reply", **WAIT)
    at = office.clock.advance(seconds=30)
    office.do(number, action)
    assert office.clocks(number)[CLOCK].met_at == at


def test_before_the_minute_is_over_the_bot_apologises_once_and_the_butler_is_called(office: Office) -> None:
    number = waiting(office)
    office.clock.advance(seconds=39)
    assert holds.tick(office.db, office.clock) == 0
    office.clock.advance(seconds=2)
    sweep.tick(office.db, office.clock)
    assert (holds.tick(office.db, office.clock), holds.tick(office.db, office.clock)) == (1, 0)
    said = office.told("chen", number)[-1]
    assert said.startswith("陈先生，让您久等了")
    assert "赵敏" in said
    assert called(office) == [("warn", "butler")]
    office.clock.advance(seconds=20)
    sweep.tick(office.db, office.clock)
    assert called(office)[1:] == [("breach", "butler")]
    office.clock.advance(minutes=2)
    sweep.tick(office.db, office.clock)
    assert called(office)[2:] == [("escalate", "supervisor")]
    assert holds.tick(office.db, office.clock) == 0
    at = office.clock.now()
    office.do(number, "reply", text="师傅下午三点到。")
    clock = office.clocks(number)[CLOCK]
    assert clock.met_at == at
    assert clock.breached_at == clock.due_at


def test_an_apology_makes_no_open_page_stale(office: Office) -> None:
    number = waiting(office)
    before = office.see(number)
    office.clock.advance(seconds=45)
    assert holds.tick(office.db, office.clock) == 1
    after = office.see(number)
    assert after["version"] == before["version"]
    assert [row["kind"] for row in after["timeline"]][-1] == "still_waiting"
    assert utc(after["timeline"][-1]["at"]) == office.clock.now()


def test_several_tickers_apologise_once(office: Office) -> None:
    number = waiting(office)
    office.clock.advance(seconds=45)
    with ThreadPoolExecutor(3) as threads:
        done = list(threads.map(lambda _: holds.tick(office.db, office.clock), range(3)))
    assert sum(done) == 1
    assert sum("久等" in said for said in office.told("chen", number)) == 1


def test_nobody_is_apologised_to_long_afterwards(office: Office) -> None:
    waiting(office)
    office.clock.advance(minutes=20)
    assert holds.tick(office.db, office.clock) == 0


def test_who_has_no_chat_holds_no_line(office: Office) -> None:
    asked = {"item": ITEMS["repair"], "channel": "phone", "words": "水管漏水", "phone": "13800138000"}
    number = office.client.post("/api/tickets", json=asked, headers=office.as_("butler")).json()["number"]
    office.do(number, "reply", **WAIT)
    assert CLOCK not in office.clocks(number)
