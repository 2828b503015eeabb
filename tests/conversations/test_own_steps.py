"""A resident's own steps: a price accepted, work signed off; by button or in words, never by chance."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.conversations import wording
from backend.conversations.state import OnTicket
from backend.conversations.tools import Tools
from backend.models import Record, Ticket, TicketEvent, User
from backend.people import service as people
from backend.tickets import lifecycle
from backend.tickets import service as staff
from backend.tickets.own_steps import OWN, find
from tests.conversations.conftest import Line, open_line
from tests.conversations.talking import Chat, chat
from tests.conversations.test_dialogue import BOTH, ticket
from tests.house.cast import CHEN_CODE, EMMA_CODE


def quoted(language: str, **more: object) -> Chat:
    return chat(language, tickets=(ticket(1001, step="quoted", own=("accept", "refuse"), **more),))


def ordered(talk: Chat) -> list[tuple[str, str]]:
    return [(o.verb, str(o.values.get("step"))) for o in talk.turn.orders if isinstance(o, OnTicket)]


@pytest.mark.parametrize(("workflow", "step"), sorted(OWN))
def test_every_own_step_is_one_of_the_machines_table_and_the_residents(workflow: str, step: str) -> None:
    for one in OWN[workflow, step]:
        move = lifecycle.MACHINES[workflow].move(step, one.to)
        assert move is not None, (workflow, step, one.to)
        assert "R" in move.actor.split()
        assert find(workflow, step, one.kind) == one


class TestButtons:
    @BOTH
    def test_how_far_is_it_brings_the_buttons_of_what_waits_for_the_resident(self, language: str) -> None:
        talk = quoted(language)
        talk.say("进度怎么样了" if language == "zh" else "what is the status?")
        assert ("现在等您答复" if language == "zh" else "It is your turn") in talk.text
        talk.press("own", step="accept")
        assert ordered(talk) == [("own", "accept")]
        assert talk.last_kinds == ["own_accept"]

    def test_with_several_tickets_the_button_says_which(self) -> None:
        waiting = ticket(1001, step="quoted", own=("accept", "refuse"))
        talk = chat("en", tickets=(waiting, ticket(1002)))
        talk.say("what is the status?")
        button = talk.find("own", step="accept")
        assert button is not None
        assert wording.label(talk.voice(), button) == "#1001 Accept the price"

    @BOTH
    def test_a_button_of_a_step_that_is_over_says_how_it_stands(self, language: str) -> None:
        talk = quoted(language)
        talk.say("进度怎么样了" if language == "zh" else "what is the status?")
        talk.knows(tickets=(ticket(1001, step="assigned"),))
        talk.press("own", step="accept")
        assert ordered(talk) == []
        assert talk.last_kinds == ["status"]

    @BOTH
    def test_what_is_not_right_is_asked_for_and_added(self, language: str) -> None:
        waiting = ticket(1001, workflow="housekeeping", step="finished", own=("sign", "again"))
        talk = chat(language, tickets=(waiting,))
        talk.say("这次要返工" if language == "zh" else "please redo it")
        assert ordered(talk) == [("own", "again")]
        talk.say("窗户没擦" if language == "zh" else "the windows are still dirty")
        assert [o.verb for o in talk.turn.orders if isinstance(o, OnTicket)] == ["add"]


class TestWords:
    @pytest.mark.parametrize(
        ("words", "step"),
        [("同意这个报价", "accept"), ("价格可以", "accept"), ("就按这个价", "accept"),
         ("I accept the price", "accept"), ("the price is fine", "accept"),
         ("不同意这个价格", "refuse"), ("太贵了，不修了", "refuse"),
         ("I don't accept the quote", "refuse"), ("I decline the offer", "refuse")],
    )  # fmt: skip
    def test_words_that_name_it_do_it(self, words: str, step: str) -> None:
        talk = quoted("zh" if any("一" <= c <= "鿿" for c in words) else "en")
        talk.say(words)
        assert ordered(talk) == [("own", step)]

    @pytest.mark.parametrize(
        ("language", "words"), [("zh", "好的"), ("zh", "可以"), ("en", "yes"), ("en", "ok")]
    )
    def test_a_mere_yes_binds_nobody_and_brings_the_buttons(self, language: str, words: str) -> None:
        talk = quoted(language)
        talk.say(words)
        assert ordered(talk) == []
        assert talk.last_kinds == ["own_ask"]
        talk.press("own", step="accept")
        assert ordered(talk) == [("own", "accept")]

    @BOTH
    def test_they_are_heard_while_a_person_is_in_the_chat_and_a_mere_yes_is_left_to_them(
        self, language: str
    ) -> None:
        talk = quoted(language)
        talk.knows(is_quiet=True)
        talk.say("好的" if language == "zh" else "ok")
        assert talk.turn.replies == ()
        talk.say("同意这个报价" if language == "zh" else "I accept the price")
        assert ordered(talk) == [("own", "accept")]

    def test_with_two_prices_open_words_choose_none(self) -> None:
        both = tuple(ticket(n, step="quoted", own=("accept", "refuse")) for n in (1001, 1002))
        talk = chat("zh", tickets=both)
        talk.say("同意这个报价")
        assert ordered(talk) == []

    @BOTH
    def test_work_that_is_fine_is_signed_by_a_tap(self, language: str) -> None:
        talk = chat(language, tickets=(ticket(1001, step="diagnosed", own=("sign",)),))
        talk.say("验收通过" if language == "zh" else "I sign it off")
        assert ordered(talk) == [("own", "sign")]

    def test_who_will_not_sign_does_not(self) -> None:
        talk = chat("zh", tickets=(ticket(1001, step="diagnosed", own=("sign",)),))
        talk.say("我不签字，验收没问题才怪")
        assert ("own", "sign") not in ordered(talk)


class TestInTheHouse:
    def quote(self, chen: Line) -> Ticket:
        """Chen's repair up to a price that is laid before him."""
        chen.say("师傅来修一下厨房水龙头，明天上午，家里有人")
        for _ in range(6):
            if chen.tickets():
                break
            try:
                chen.press("yes")
            except AssertionError:
                chen.press("slot")
        (row,) = chen.tickets()
        self.act(chen, row.number, "accept")
        self.act(chen, row.number, "move", to="quoted", record={"price": 12000, "content": "换水龙头"})
        return chen.tickets()[0]

    def act(self, chen: Line, number: int, action: str, **body: Any) -> None:
        tools = chen.tools
        with tools.db.write() as session:
            butler = session.scalars(select(User).where(User.username == "butler")).one()
            viewer = people.viewer_of(session, butler)
            staff.act(session, tools.menu, viewer, number, action, body, tools.clock.now())

    def test_the_price_comes_with_two_buttons_and_the_consent_is_kept_before_work(self, chen: Line) -> None:
        row = self.quote(chen)
        assert row.step == "quoted"
        told = chen.shown()[-1]
        assert "¥120：换水龙头" in told.text
        assert [b["label"] for b in told.buttons] == ["同意报价", "谢绝"]
        chen.press("own", step="accept")
        after = chen.tickets()[0]
        assert after.step == "assigned"
        assert after.facts["consent"] is True
        with chen.tools.db.read() as session:
            event = session.scalars(select(TicketEvent).where(TicketEvent.to_step == "assigned")).one()
            record = session.scalars(select(Record).where(Record.kind == "REC-17").order_by(Record.id.desc()))
            assert (event.actor, event.acting_for) == ("R", None)
            assert record.first() is not None

    def test_declining_calls_it_off_without_a_charge(self, chen: Line) -> None:
        self.quote(chen)
        replies = chen.say("太贵了，不修了")
        assert "不收费" in replies[0].text
        assert chen.tickets()[0].state == "cancelled"

    @pytest.mark.parametrize(("who", "step"), [("chen", "owner_consented"), ("emma", "requested")])
    def test_an_owners_yes_to_moving_out_is_the_owners_consent_and_a_tenants_is_not(
        self, who: str, step: str, tools: Tools
    ) -> None:
        code, language = {"chen": (CHEN_CODE, "zh"), "emma": (EMMA_CODE, "en")}[who]
        line = open_line(tools, code, language)
        line.say("我要办退租手续，下周五搬" if who == "chen" else "I am moving out next Friday")
        for _ in range(6):
            if line.tickets():
                break
            for action, values in (("yes", {}), ("slot", {"value": "no"}), ("slot", {})):
                try:
                    line.press(action, **values)
                    break
                except AssertionError:
                    continue
        (row,) = line.tickets()
        assert (row.workflow, row.step) == ("move_out", step)

    def test_an_agreed_time_is_confirmed_with_a_tap(self, chen: Line) -> None:
        self.quote(chen)
        chen.press("own", step="accept")
        now = chen.tools.clock.now()
        window = {"start": now + timedelta(days=1), "end": now + timedelta(days=1, hours=2)}
        self.act(chen, chen.tickets()[0].number, "schedule", **window)
        replies = chen.press("time_suits")
        assert "已确认" in replies[0].text
        with chen.tools.db.read() as session:
            kinds = list(session.scalars(select(TicketEvent.kind).order_by(TicketEvent.id)))
        assert "time_confirmed" in kinds


class TestWorksInAHome:
    @pytest.mark.parametrize(
        ("language", "words", "step"),
        [
            ("zh", "装修做完了，请来验收", "finished"),
            ("zh", "隐蔽工程请来验收一下", "cover"),
            ("en", "The renovation is finished, please come and inspect it", "finished"),
        ],
    )
    def test_the_works_are_reported_in_words_too(self, language: str, words: str, step: str) -> None:
        talk = chat(language, tickets=(ticket(1001, step="in_progress", own=("cover", "finished")),))
        talk.say(words)
        assert ordered(talk) == [("own", step)]

    @pytest.mark.parametrize("words", ["装修还没做完，先不用来验收", "装修做完了，想请人来开荒保洁"])
    def test_other_words_about_them_are_no_report(self, words: str) -> None:
        talk = chat("zh", tickets=(ticket(1001, step="in_progress", own=("cover", "finished")),))
        talk.say(words)
        assert ("own", "finished") not in ordered(talk)
