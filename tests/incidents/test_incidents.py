"""A storm: many homes of building 3 report one lift, and are answered once, each in their language."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import func, select

from backend.clock import HandClock
from backend.db import Database
from backend.errors import BadInput, Forbidden, NotFound
from backend.incidents import queries, rules, service, sweep
from backend.incidents.service import IncidentKnown, IncidentMoved, Texts
from backend.messages import service as messages
from backend.models import Alert, ChannelLink, Deadline, Incident, Message, Ticket, TicketEvent, User
from backend.notifier.service import hand_over
from backend.people import service as people
from backend.people import setup
from backend.people.homes import HomeName
from backend.people.viewer import Viewer
from backend.tickets import opening, telling
from intents.loader import load_menu
from intents.menu import Menu
from tests.house import cast as the_cast
from tests.house.cast import Cast

LIFT = "common.equipment.lift-fault"
BEGUN = Texts("3号楼电梯故障，师傅已在路上。", "The lift in building 3 is stuck; help is on its way.")
OVER = Texts("电梯已恢复。", "The lift runs again.")


@pytest.fixture(scope="module")
def menu() -> Menu:
    return load_menu()


@dataclass
class Storm:
    db: Database
    clock: HandClock
    cast: Cast
    menu: Menu

    def report(self, flat: str, *, item: str = LIFT, building: str = "3", language: str = "zh",
               by_chat: bool = True) -> int:  # fmt: skip
        """Somebody of another home reports it; the ticket's number."""
        now = self.clock.now()
        with self.db.write() as session:
            home = setup.create_home(session, self.cast.estate, HomeName(building, "1", flat),
                                     butler=self.cast.butler)  # fmt: skip
            who = setup.create_resident(session, the_cast.vault(), home, now, name=f"住户{flat}",
                                        language=language)  # fmt: skip
            talk = messages.conversation_of(session, who.id, self.cast.estate.id, home.id, now)
            link = ChannelLink(estate_id=self.cast.estate.id, conversation_id=talk.id, channel="web",
                               address=f"hash{who.id}", language=language, created_at=now)  # fmt: skip
            session.add(link)
            session.flush()
            talk.last_link_id = link.id
            new = opening.NewTicket(
                estate_id=self.cast.estate.id, item_id=item, channel="web" if by_chat else "phone",
                language=language, words="电梯坏了", asked_at=now, received_at=now, home_id=home.id,
                conversation_id=talk.id if by_chat else None, link_id=link.id if by_chat else None,
                resident_id=who.id,
            )  # fmt: skip
            return opening.open_ticket(session, self.menu, new, now).number

    def tick(self) -> int:
        return sweep.tick(self.db, self.clock, self.menu)

    def viewer(self, user: User) -> Viewer:
        with self.db.read() as session:
            return people.viewer_of(session, session.get_one(User, user.id))

    def do(self, verb: Callable[..., Incident], *values: object, by: User | None = None) -> Incident:
        viewer = self.viewer(by or self.cast.supervisor)
        return self.db.run(lambda session: verb(session, viewer, *values, self.clock.now()))

    def incidents(self) -> list[Incident]:
        with self.db.read() as session:
            return list(session.scalars(select(Incident).order_by(Incident.id)))

    def ticket(self, number: int) -> Ticket:
        with self.db.read() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def told(self, number: int) -> list[str]:
        """What a person's chat was told about the incident."""
        with self.db.read() as session:
            talk = self.ticket(number).conversation_id
            kinds = (sweep.TOLD, sweep.ENDED)
            query = select(Message.text).where(Message.conversation_id == talk, Message.reply_kind.in_(kinds))
            return list(session.scalars(query.order_by(Message.seq)))

    def met(self, number: int) -> datetime | None:
        with self.db.read() as session:
            query = select(Deadline).join(Ticket, Ticket.id == Deadline.ticket_id)
            return (
                session.scalars(query.where(Ticket.number == number, Deadline.clock == "SLA-01")).one().met_at
            )


@pytest.fixture
def storm(db: Database, clock: HandClock, menu: Menu) -> Storm:
    return Storm(db, clock, the_cast.enter(db, clock), menu)


@pytest.fixture
def stuck(storm: Storm) -> tuple[Storm, list[int]]:
    """Three homes have reported the lift, and it is proposed."""
    numbers = [storm.report("101"), storm.report("201", language="en"), storm.report("301")]
    storm.tick()
    return storm, numbers


def test_three_alike_are_one_proposal_with_one_alert_for_each_who_can_act(
    stuck: tuple[Storm, list[int]],
) -> None:
    storm, numbers = stuck
    (incident,) = storm.incidents()
    assert (incident.state, incident.topic, incident.building) == ("proposed", LIFT, "3")
    assert {storm.ticket(number).incident_id for number in numbers} == {incident.id}
    storm.tick()
    with storm.db.read() as session:
        rung = session.execute(select(Alert.user_id, Alert.values).where(Alert.kind == "incident")).all()
    assert {user for user, _ in rung} == {storm.cast.supervisor.id, storm.cast.butler.id}
    assert rung[0][1]["building"] == "3"
    assert storm.told(numbers[0]) == []


def test_two_reports_are_two_tickets(storm: Storm) -> None:
    storm.report("101")
    storm.report("201")
    storm.report("301", building="5")
    assert storm.tick() == 0
    assert storm.incidents() == []


def test_opening_it_tells_everybody_once_in_their_language_and_stops_their_response_clocks(
    stuck: tuple[Storm, list[int]],
) -> None:
    storm, numbers = stuck
    storm.do(service.open_proposed, storm.incidents()[0].id, BEGUN)
    assert storm.tick() == 3
    assert storm.tick() == 0
    assert storm.told(numbers[0]) == [BEGUN.zh]
    assert storm.told(numbers[1]) == [BEGUN.en]
    assert all(storm.met(number) == storm.clock.now() for number in numbers)


def test_who_reports_it_later_joins_and_is_told_too(stuck: tuple[Storm, list[int]]) -> None:
    storm, _numbers = stuck
    storm.do(service.open_proposed, storm.incidents()[0].id, BEGUN)
    storm.tick()
    storm.clock.advance(minutes=40)
    late = storm.report("401")
    other = storm.report("501", item="estate.heating")
    storm.tick()
    assert storm.told(late) == [BEGUN.zh]
    assert storm.ticket(other).incident_id is None
    assert len(storm.incidents()) == 1
    with storm.db.read() as session:
        known = rules.known(service.list_known(session, storm.cast.estate.id), LIFT, "3")
    assert known is not None
    assert service.text_of(known, "en") == BEGUN.en


def test_the_end_tells_everybody_once_more_and_the_next_storm_is_another_incident(
    stuck: tuple[Storm, list[int]],
) -> None:
    storm, numbers = stuck
    incident = storm.incidents()[0].id
    storm.do(service.open_proposed, incident, BEGUN)
    storm.tick()
    storm.do(service.end, incident, OVER)
    assert storm.tick() == 3
    assert storm.tick() == 0
    assert storm.told(numbers[1]) == [BEGUN.en, OVER.en]
    for flat in ("401", "501", "601"):
        storm.report(flat)
    storm.tick()
    assert [one.state for one in storm.incidents()] == ["over", "proposed"]


def test_an_end_that_comes_before_the_beginning_was_told_tells_nothing(
    stuck: tuple[Storm, list[int]],
) -> None:
    storm, numbers = stuck
    incident = storm.incidents()[0].id
    storm.do(service.open_proposed, incident, BEGUN)
    storm.do(service.end, incident, OVER)
    assert storm.tick() == 0
    assert storm.told(numbers[0]) == []


def test_a_dismissed_proposal_tells_nobody_and_is_not_proposed_again(stuck: tuple[Storm, list[int]]) -> None:
    storm, numbers = stuck
    storm.do(service.dismiss, storm.incidents()[0].id)
    assert storm.tick() == 0
    assert len(storm.incidents()) == 1
    assert storm.told(numbers[0]) == []


def test_a_proposal_whose_reports_were_all_seen_to_takes_no_later_ones(
    stuck: tuple[Storm, list[int]],
) -> None:
    storm, numbers = stuck
    with storm.db.write() as session:
        for ticket in session.scalars(select(Ticket).where(Ticket.number.in_(numbers[1:]))):
            ticket.state = "done"
    storm.tick()
    assert storm.incidents()[0].state == "proposed", "one is open still"
    with storm.db.write() as session:
        session.get_one(Ticket, storm.ticket(numbers[0]).id).state = "closed"
    storm.tick()
    assert storm.incidents()[0].state == "over"
    storm.clock.advance(days=20)
    later = storm.report("401")
    storm.tick()
    assert storm.ticket(later).incident_id is None
    assert storm.told(numbers[0]) == []


def test_an_estate_in_trouble_keeps_nobody_else_from_being_told(
    stuck: tuple[Storm, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    storm, numbers = stuck
    storm.do(service.open_proposed, storm.incidents()[0].id, BEGUN)
    storm.report("501")

    def breaks(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(sweep, "_find", breaks)
    with pytest.raises(ZeroDivisionError):
        storm.tick()
    assert storm.told(numbers[0]) == [BEGUN.zh]


def test_somebody_who_phoned_cannot_be_told_by_chat_and_their_clock_goes_on(storm: Storm) -> None:
    storm.report("101")
    storm.report("201")
    phoned = storm.report("301", by_chat=False)
    storm.tick()
    storm.do(service.open_proposed, storm.incidents()[0].id, BEGUN)
    assert storm.tick() == 3
    assert storm.met(phoned) is None
    with storm.db.read() as session:
        query = select(TicketEvent).where(TicketEvent.ticket_id == storm.ticket(phoned).id,
                                          TicketEvent.kind == sweep.TOLD)  # fmt: skip
        assert session.scalars(query).one().values["is_heard"] is False


def test_a_ticket_that_is_over_hears_nothing(stuck: tuple[Storm, list[int]]) -> None:
    storm, numbers = stuck
    with storm.db.write() as session:
        session.get_one(Ticket, storm.ticket(numbers[0]).id).state = "cancelled"
    storm.do(service.open_proposed, storm.incidents()[0].id, BEGUN)
    assert storm.tick() == 2
    assert storm.told(numbers[0]) == []


def test_a_complaint_hidden_from_a_colleague_joins_nothing(storm: Storm) -> None:
    for flat in ("101", "201", "301"):
        number = storm.report(flat, item="estate.neighbour-noise")
        with storm.db.write() as session:
            session.get_one(Ticket, storm.ticket(number).id).hidden_from_id = storm.cast.butler.id
    assert storm.tick() == 0


class Killed(BaseException):
    """The process is gone at this very point."""


def test_a_kill_in_the_middle_of_telling_tells_nobody_twice_and_nobody_not(
    stuck: tuple[Storm, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    storm, numbers = stuck
    storm.do(service.open_proposed, storm.incidents()[0].id, BEGUN)
    calls = []
    whole = telling.changed

    def die_at_the_second(*values: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        whole(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "changed", die_at_the_second)
    with pytest.raises(Killed):
        storm.tick()
    monkeypatch.undo()
    assert storm.tick() == 2
    assert [len(storm.told(number)) for number in numbers] == [1, 1, 1]


def test_three_sweepers_at_once_propose_one_and_tell_each_once(storm: Storm) -> None:
    numbers = [storm.report(flat) for flat in ("101", "201", "301", "401")]
    together(storm)
    assert len(storm.incidents()) == 1
    storm.do(service.open_proposed, storm.incidents()[0].id, BEGUN)
    together(storm)
    assert [len(storm.told(number)) for number in numbers] == [1, 1, 1, 1]


def together(storm: Storm) -> None:
    threads = [threading.Thread(target=storm.tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_both_languages_are_needed_and_nothing_is_opened_twice(stuck: tuple[Storm, list[int]]) -> None:
    storm, _numbers = stuck
    incident = storm.incidents()[0].id
    with pytest.raises(BadInput):
        storm.do(service.open_proposed, incident, Texts("电梯故障。", "  "))
    with pytest.raises(BadInput):
        storm.do(service.open_proposed, incident, Texts("电" * 501, "x"))
    with pytest.raises(IncidentMoved):
        storm.do(service.end, incident, OVER)
    storm.do(service.open_proposed, incident, BEGUN, by=storm.cast.butler)
    with pytest.raises(IncidentMoved):
        storm.do(service.open_proposed, incident, BEGUN)
    with pytest.raises(IncidentKnown):
        storm.do(service.start, storm.cast.estate.id, LIFT, "3", BEGUN)


def test_guards_and_strangers_open_nothing(stuck: tuple[Storm, list[int]]) -> None:
    storm, _numbers = stuck
    incident = storm.incidents()[0].id
    with pytest.raises(Forbidden):
        storm.do(service.open_proposed, incident, BEGUN, by=storm.cast.guard)
    with pytest.raises(NotFound):
        storm.do(service.open_proposed, incident, BEGUN, by=storm.cast.stranger)
    with pytest.raises(NotFound):
        storm.do(service.start, storm.cast.estate.id, LIFT, "", BEGUN, by=storm.cast.stranger)


def test_an_incident_of_the_whole_estate_takes_reports_of_every_building(storm: Storm) -> None:
    storm.do(service.start, storm.cast.estate.id, "estate.heating", "", BEGUN)
    number = storm.report("101", item="estate.heating", building="9")
    storm.tick()
    assert storm.told(number) == [BEGUN.zh]


def test_staff_hear_of_a_proposal_by_its_building(stuck: tuple[Storm, list[int]]) -> None:
    storm, _numbers = stuck
    with storm.db.write() as session:
        untold = queries.list_standing(session)
        assert len(untold) == 1
        assert hand_over(session, {}, storm.clock.now(), storm.clock.real_now()) >= 2
        assert session.scalar(select(func.count()).select_from(Alert).where(Alert.told_at.is_(None))) == 0
