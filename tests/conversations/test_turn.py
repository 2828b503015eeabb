"""A turn is one transaction: everything of it or nothing, in order, and no message blocks the next."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.clock import HandClock
from backend.conversations import service
from backend.conversations.bell import Bell
from backend.conversations.orders import Desk
from backend.conversations.tools import Tools
from backend.conversations.worker import TurnWorker
from backend.models import Alert, ChannelLink, Deadline, Draft, Message, Ticket
from backend.tickets import opening
from tests.conversations.conftest import Line, open_line
from tests.conversations.talking import engine
from tests.house.cast import CHEN_CODE, EMMA_CODE, Cast

LEAK = "厨房水龙头漏水，明天上午来修，家里有人"


def confirm(line: Line) -> None:
    """Answer with the first button until the yes has opened the ticket."""
    for _ in range(6):
        buttons = [b["action"] for b in line.shown()[-1].buttons]
        if "yes" in buttons:
            line.press("yes")
            return
        line.press("slot")
    raise AssertionError("no read-back")


def texts(replies: list[Message]) -> str:
    return "\n".join(reply.text for reply in replies)


class TestTicket:
    def test_a_confirmed_wish_is_a_ticket_with_clock_owner_and_words(self, chen: Line, cast: Cast) -> None:
        chen.say(LEAK)
        confirm(chen)
        (ticket,) = chen.tickets()
        assert ticket.number == 1001
        assert (ticket.butler_id, ticket.home_id, ticket.words) == (cast.butler.id, cast.home.id, LEAK)
        with chen.tools.db.read() as session:
            clocks = set(session.scalars(select(Deadline.clock).where(Deadline.ticket_id == ticket.id)))
        assert "SLA-01" in clocks
        assert "#1001" in chen.shown()[-1].text
        assert "赵敏" in chen.shown()[-1].text

    def test_asked_at_is_the_first_message_and_received_at_the_confirming_one(
        self, chen: Line, clock: HandClock
    ) -> None:
        began = clock.now()
        chen.say("厨房水龙头漏水")
        clock.advance(minutes=2)
        confirm(chen)
        (ticket,) = chen.tickets()
        assert ticket.asked_at == began
        assert ticket.received_at == clock.now()

    def test_the_english_tenant_reads_english(self, emma: Line) -> None:
        emma.say("The kitchen tap is leaking")
        confirm(emma)
        said = [m.text for m in emma.shown() if m.author == "bot" and m.reply_kind != "welcome_first"]
        assert not any("一" <= sign <= "鿿" for text in said for sign in text), said

    def test_an_emergency_rings_the_duty_staff_and_the_butler_at_once(self, emma: Line, cast: Cast) -> None:
        (first, second) = emma.say("I smell gas in the kitchen")
        assert "010" in first.text
        assert "翠园" in first.text, "the card in Chinese to show to anyone"
        assert "#1001" in second.text
        with emma.tools.db.read() as session:
            rung = set(session.scalars(select(Alert.user_id)))
        assert rung == {cast.butler.id, cast.supervisor.id, cast.engineer.id, cast.guard.id}

    def test_more_words_about_it_make_no_second_ticket(self, emma: Line, clock: HandClock) -> None:
        emma.say("I smell gas in the kitchen")
        clock.advance(seconds=40)
        emma.say("the gas smell is getting stronger!")
        assert len(emma.tickets()) == 1

    def test_a_visitor_in_an_emergency_gets_help_too(self, visitor: Line) -> None:
        visitor.say("着火了")
        assert [ticket.workflow for ticket in visitor.tickets()] == ["emergency"]

    def test_a_complaint_about_the_own_butler_is_hidden_from_her(self, chen: Line, cast: Cast) -> None:
        replies = chen.say("我要投诉管家赵敏，三天都不回我消息")
        (ticket,) = chen.tickets()
        assert ticket.hidden_from_id == cast.butler.id
        assert ticket.butler_id != cast.butler.id
        assert "看不到" in texts(replies) or "不会看到" in texts(replies)

    def test_asking_for_a_person_three_times_is_one_ticket(self, chen: Line) -> None:
        for _ in range(3):
            chen.say("人工")
        assert len(chen.tickets()) == 1


class TestOneTransaction:
    def test_an_order_that_raises_leaves_nothing_half_done(
        self, chen: Line, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, calls = opening.open_with_clocks, []

        def fails_once(*args: object, **more: object) -> tuple[Ticket, tuple[Deadline, ...]]:
            calls.append(1)
            if len(calls) == 1:
                real(*args, **more)  # type: ignore[arg-type]
                raise RuntimeError("the disk is on fire")
            return real(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(opening, "open_with_clocks", fails_once)
        message_id = chen.store("我要投诉电梯三天没人打扫")
        next_id = chen.store("你好")
        service.run_waiting(chen.tools, chen.conversation_id)
        (ticket,) = chen.tickets()
        assert ticket.item_id == "common.voice.callback", "only the parked message's ticket remains"
        assert ticket.words == "我要投诉电梯三天没人打扫"
        assert ticket.butler_id == cast.butler.id
        parked = chen.message(message_id)
        assert (parked.turn_state, bool(parked.error_id)) == ("parked", True)
        assert "#" in texts(chen.replies(message_id))
        assert chen.message(next_id).turn_state == "done", "what is behind it is not blocked"

    def test_a_message_that_cannot_be_understood_by_the_engine_is_parked_too(
        self, chen: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as patched:
            patched.setattr(type(engine()), "understand", breaks)
            message_id = chen.store("你好")
            service.run_waiting(chen.tools, chen.conversation_id)
        assert chen.message(message_id).turn_state == "parked"
        assert chen.say("你好")

    def test_a_complaint_about_the_butler_that_nobody_understood_is_not_given_to_her(
        self, chen: Line, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(type(engine()), "understand", lambda *_: 1 / 0)
            chen.store("管家赵敏三天都不回我消息")
            service.run_waiting(chen.tools, chen.conversation_id)
        (ticket,) = chen.tickets()
        assert (ticket.hidden_from_id, ticket.butler_id != cast.butler.id) == (cast.butler.id, True)

    def test_when_even_parking_fails_the_next_message_still_has_its_turn(
        self, chen: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Desk, "carry_out", lambda *_: 1 / 0)
            message_id = chen.store("你好")
            service.run_waiting(chen.tools, chen.conversation_id)
        assert chen.message(message_id).turn_state == "parked"
        assert chen.say("你好")

    def test_a_state_that_moved_meanwhile_is_understood_again(
        self, chen: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, tries = service.understand, []

        def slow(tools: Tools, waiting: service.Waiting) -> service.Reading:
            reading = real(tools, waiting)
            if not tries:
                with tools.db.write() as session:
                    session.get_one(ChannelLink, chen.link_id).state_version += 1
            tries.append(reading.state_version)
            return reading

        monkeypatch.setattr(service, "understand", slow)
        assert chen.say("你好")
        assert len(tries) == 2
        assert tries[1] == tries[0] + 1

    def test_many_workers_run_every_turn_once(self, tools: Tools, chen: Line) -> None:
        ids = [chen.store("我要投诉电梯三天没人打扫"), *(chen.store("你好") for _ in range(9))]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: service.run_waiting(tools, chen.conversation_id), range(8)))
        assert [len(chen.replies(message_id)) for message_id in ids] == [1] * 10
        assert len(chen.tickets()) == 1

    def test_the_worker_takes_one_turn_of_each_chat_after_the_other_until_none_waits(
        self, tools: Tools, chen: Line, emma: Line
    ) -> None:
        """A flood in one chat is not faster than one turn at a time, and nobody waits behind it."""
        flood, one = [chen.store("你好") for _ in range(3)], emma.store("hello")
        line = OneByOne()
        assert TurnWorker(tools, line, Bell()).step() == 2
        line.run_first(2)
        assert chen.message(flood[0]).turn_state == emma.message(one).turn_state == "done"
        assert chen.message(flood[1]).turn_state == "received"
        line.run_first(20)
        assert {chen.message(i).turn_state for i in flood} == {"done"}

    def test_the_worker_finds_what_a_killed_process_left(self, tools: Tools, chen: Line) -> None:
        message_id = chen.store("你好")
        with ThreadPoolExecutor(2) as threads:
            assert TurnWorker(tools, threads, Bell()).step() == 1
        assert chen.message(message_id).turn_state == "done"


class OneByOne(Executor):
    """An executor that a test steps by hand."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        self.waiting.append(partial(fn, *args))
        return Future()

    def run_first(self, most: int) -> None:
        for _ in range(min(most, 20)):
            if self.waiting:
                self.waiting.pop(0)()


class TestPieces:
    def test_a_message_in_pieces_within_three_seconds_is_read_as_one(
        self, chen: Line, clock: HandClock
    ) -> None:
        first = chen.store("我家厨房")
        service.run_waiting(chen.tools, chen.conversation_id)
        before = [reply.id for reply in chen.replies(first)]
        clock.advance(seconds=2)
        chen.say("水龙头漏水")
        assert before
        assert chen.replies(first) == [], "the earlier reply gave way"
        (draft,) = [draft for draft in chen.drafts() if draft.state == "open"]
        assert draft.words == "我家厨房\n水龙头漏水"

    def test_two_whole_messages_stay_two(self, chen: Line, clock: HandClock) -> None:
        first = chen.store("你好")
        service.run_waiting(chen.tools, chen.conversation_id)
        clock.advance(seconds=1)
        replies = chen.say("厨房水龙头漏水")
        assert len(chen.replies(first)) == 1
        assert replies

    def test_after_three_seconds_they_are_two(self, chen: Line, clock: HandClock) -> None:
        first = chen.store("我家厨房")
        service.run_waiting(chen.tools, chen.conversation_id)
        clock.advance(seconds=4)
        chen.say("水龙头漏水")
        assert chen.replies(first)

    def test_an_answer_to_the_question_is_no_piece(self, chen: Line, clock: HandClock) -> None:
        first = chen.store("厨房水龙头漏水")
        service.run_waiting(chen.tools, chen.conversation_id)
        clock.advance(seconds=2)
        chen.say("明天上午")
        assert chen.replies(first)


class TestPrivacy:
    def test_a_visitor_sees_nothing_of_anybody(self, chen: Line, visitor: Line) -> None:
        chen.say("我要投诉电梯三天没人打扫")
        said = texts(
            [*visitor.say("我的工单到哪一步了"), *visitor.say("催一下1001号单"), *visitor.say("取消1001号单")]
        )
        assert "电梯" not in said
        assert "陈" not in said
        assert all(m.reply_kind != "cancel_ask" for m in visitor.shown())

    def test_one_resident_cannot_touch_anothers_ticket(self, chen: Line, emma: Line) -> None:
        chen.say("我要投诉电梯三天没人打扫")
        emma.say("cancel #1001")
        emma.say("yes")
        (ticket,) = chen.tickets()
        assert ticket.state == "open"

    def test_two_chats_of_one_person_keep_their_own_forms(self, tools: Tools, chen: Line) -> None:
        other = open_line(tools, CHEN_CODE, "zh")
        assert other.conversation_id == chen.conversation_id
        chen.say("厨房水龙头漏水")
        with tools.db.read() as session:
            state = session.get_one(ChannelLink, other.link_id).state
        assert not state.get("now", {}).get("form")


def test_the_privacy_notice_comes_before_the_first_stored_message(chen: Line) -> None:
    kinds = [message.reply_kind for message in chen.shown()]
    assert kinds[:2] == ["welcome_first", "privacy"]


def test_language_belongs_to_the_person(tools: Tools, emma: Line) -> None:
    emma.say("请说中文")
    again = open_line(tools, EMMA_CODE, None)  # type: ignore[arg-type]
    with tools.db.read() as session:
        assert session.get_one(ChannelLink, again.link_id).language == "zh"


def test_nothing_is_left_open_after_a_confirmed_wish(tools: Tools, chen: Line) -> None:
    chen.say(LEAK)
    confirm(chen)
    with tools.db.read() as session:
        open_drafts = select(func.count()).select_from(Draft).where(Draft.state.in_(("open", "to_confirm")))
        assert session.scalar(open_drafts) == 0
