"""What staff know already is told to the next reporter before any question, and their report is added."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.conversations.state import KnownIncident, Open
from backend.incidents import sweep
from backend.models import Conversation, Deadline, Home, Incident, TicketEvent, User
from tests.conversations.conftest import Line
from tests.conversations.talking import Chat, chat
from tests.conversations.test_dialogue import BOTH

TEXTS = {"zh": "3号楼停水，抢修到18点。", "en": "No water in building 3, being repaired until 18:00."}


def knowing(language: str, building: str = "3") -> Chat:
    known = KnownIncident(7, "value.repair-plumbing", "3", "open", TEXTS[language], "许主管")
    return chat(language, building=building, incidents=(known,))


@BOTH
class TestKnown:
    def test_it_is_told_before_any_question(self, language: str) -> None:
        talk = knowing(language)
        talk.tap("value.repair-plumbing.sanitary-hose")
        assert talk.last_kinds == ["incident_known"]
        assert TEXTS[language] in talk.text
        assert "许主管" in talk.text
        assert talk.opened == []

    def test_a_yes_adds_the_report_without_a_question(self, language: str) -> None:
        talk = knowing(language)
        talk.tap("value.repair-plumbing.sanitary-hose")
        talk.say("好的" if language == "zh" else "yes please")
        assert talk.last_kinds == ["incident_joined"]
        assert [(one.incident, one.reason) for one in talk.opened] == [(7, "confirmed")]

    def test_so_does_the_button_and_something_else_goes_its_usual_way(self, language: str) -> None:
        talk = knowing(language)
        talk.tap("value.repair-plumbing.sanitary-hose")
        first = replace(talk)
        talk.press("join")
        assert talk.opened[-1].incident == 7
        first.press("apart")
        assert first.last_kinds == ["ask"]
        assert first.state.form is not None
        assert first.state.form.incident is None

    def test_a_no_is_something_else(self, language: str) -> None:
        talk = knowing(language)
        talk.tap("value.repair-plumbing.sanitary-hose")
        talk.say("不是这个" if language == "zh" else "no")
        assert talk.last_kinds[-1] in ("ask", "read_back")
        assert [order for order in talk.turn.orders if isinstance(order, Open)] == []

    def test_another_building_and_another_matter_are_asked_as_ever(self, language: str) -> None:
        talk = knowing(language, building="5")
        talk.tap("value.repair-plumbing.sanitary-hose")
        assert talk.last_kinds == ["ask"]
        talk = knowing(language)
        talk.tap("value.clean-hourly.hourly-helper")
        assert talk.last_kinds == ["ask"]

    def test_an_old_question_is_put_again_while_it_lasts_and_dropped_when_it_is_over(
        self, language: str
    ) -> None:
        talk = knowing(language)
        talk.tap("value.repair-plumbing.sanitary-hose")
        talk.say("谢谢" if language == "zh" else "hello")
        talk.knows(incidents=())
        talk.say("你好" if language == "zh" else "hello")
        assert "incident_known" not in talk.last_kinds


@pytest.fixture
def incident(chen: Line) -> int:
    tools = chen.tools
    with tools.db.write() as session:
        boss = session.scalars(select(User).where(User.username == "supervisor")).one()
        home = session.get_one(Home, session.get_one(Conversation, chen.conversation_id).home_id)
        made = Incident(
            estate_id=home.estate_id, topic="value.repair-plumbing", building=home.building, state="open",
            text_zh=TEXTS["zh"], text_en=TEXTS["en"], opened_at=tools.clock.now(), opened_by_id=boss.id,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


def test_in_the_house_the_report_joins_stops_the_clock_and_is_told_once(chen: Line, incident: int) -> None:
    replies = chen.say("厨房水龙头漏水了")
    assert TEXTS["zh"] in replies[0].text
    replies = chen.press("join")
    assert "已记上" in replies[0].text
    (ticket,) = chen.tickets()
    assert ticket.incident_id == incident
    before = len(chen.shown())
    sweep.tick(chen.tools.db, chen.tools.clock)
    assert len(chen.shown()) == before, "the sweep tells nobody twice"
    with chen.tools.db.read() as session:
        kinds = list(
            session.scalars(
                select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
            )
        )
        clocks = select(Deadline).where(Deadline.ticket_id == ticket.id, Deadline.name == "respond")
        clock = session.scalars(clocks).one()
    assert kinds.count(sweep.TOLD) == 1
    assert clock.met_at is not None
    assert clock.met_at - clock.started_at < timedelta(minutes=1)
