"""A ticket keeps how the assistant read its words, and how sure it was."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backend.clock import HandClock
from backend.conversations import drafts, guesses
from backend.conversations.tools import Tools
from backend.models import Ticket, TicketEvent
from intents.meaning import Act, Alternative, Intent, Meaning
from tests.conversations.conftest import Line

WORDS = "主卧空调不制冷了，明天下午来看看"


def read_of(tools: Tools, ticket: Ticket) -> dict[str, Any] | None:
    with tools.db.read() as session:
        query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "opened")
        return session.scalars(query).one().values.get("read")


def confirmed(line: Line) -> Ticket:
    for _ in range(4):
        if line.tickets():
            break
        shown = [b["action"] for b in line.shown()[-1].buttons]
        line.press("slot" if "slot" in shown else "yes")
    return line.tickets()[-1]


def test_the_reading_of_the_first_words_stands_in_the_ticket_that_comes_of_them(
    tools: Tools, chen: Line
) -> None:
    chen.say(WORDS)
    ticket = confirmed(chen)
    read = read_of(tools, ticket)
    assert read is not None
    assert read["item"] == ticket.item_id
    assert 50 <= read["percent"] <= 100


def test_a_complaint_that_becomes_a_ticket_at_once_has_it_too(tools: Tools, chen: Line) -> None:
    chen.say("我要投诉，楼下装修太吵，说了三次都没人管")
    read = read_of(tools, chen.tickets()[-1])
    assert read is not None
    assert read["percent"] > 0


def test_a_draft_that_is_handed_over_has_it_too(tools: Tools, chen: Line, clock: HandClock) -> None:
    chen.say(WORDS)
    for _ in range(2):
        clock.advance(minutes=31)
        drafts.tick(tools.db, clock, tools.menu)
    read = read_of(tools, chen.tickets()[-1])
    assert read is not None
    assert read["item"] == chen.tickets()[-1].item_id


def test_what_buttons_alone_said_was_never_read() -> None:
    assert guesses.of_ticket([("3", {}), ("", {"read": [["a", 90]]})], "", "a") is None


def test_the_tickets_own_service_comes_before_a_surer_one_for_something_else() -> None:
    said = [("漏水，还有灯也不亮", {"read": [["leak", 91], ["lamp", 64]]})]
    assert guesses.of_ticket(said, "漏水，还有灯也不亮", "lamp") == ("lamp", 64)
    assert guesses.of_ticket(said, "漏水，还有灯也不亮", "other") == ("leak", 91)
    assert guesses.of_ticket(said, "别的事", "lamp") is None


def test_of_several_services_that_were_offered_the_likeliest_is_kept() -> None:
    offered = (Alternative("a", 0.31), Alternative("b", 0.44))
    intent = Intent(Act.REQUEST, None, 0.5, offered)
    meaning = Meaning("坏了", "zh", False, "ask", (intent, Intent(Act.GREETING, None, 0.9)))
    assert guesses.kept({"place": 1, "read": [["old", 9]]}, meaning) == {"place": 1, "read": [["b", 44]]}
    assert guesses.kept({"read": [["old", 9]]}, None) == {}


def test_words_of_another_day_are_not_these_words(tools: Tools, chen: Line, clock: HandClock) -> None:
    chen.say(WORDS)
    first = confirmed(chen)
    clock.advance(minutes=guesses.BEFORE // timedelta(minutes=1) + 60)
    chen.say("家里的门锁打不开了，尽快来")
    second = confirmed(chen)
    assert second.id != first.id
    assert (read_of(tools, second) or {})["item"] != (read_of(tools, first) or {})["item"]
