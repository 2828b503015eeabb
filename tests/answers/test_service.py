"""The wrong service: another is chosen, the timeline tells, the words become an example for leaders."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.models import AuditEntry, Phrase, Ticket, TicketEvent
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
CLEANING = "value.clean-hourly.hourly-helper"
TAP, HEATING = "value.repair-plumbing.water-fittings", "estate.heating"


def ticket(office: Office, number: int) -> Ticket:
    with office.db.read() as session:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def phrases(office: Office) -> list[Phrase]:
    with office.db.read() as session:
        return list(session.scalars(select(Phrase).order_by(Phrase.id)))


@pytest.fixture
def number(office: Office) -> int:
    return office.open("repair", "chen", "暖气片一点也不热")


def test_the_assistants_reading_stands_there_with_how_sure_it_is(
    office: Office, browse: Browse, number: int
) -> None:
    desk = browse("butler")
    assert f"/tickets/{number}/service" in desk.read(f"/tickets/{number}")
    page = desk.read(f"/tickets/{number}/service")
    assert "暖气不热 · " in page
    assert " %" in page


def test_another_service_of_the_same_kind_takes_its_place(
    office: Office, browse: Browse, number: int
) -> None:
    desk, before = browse("butler"), ticket(office, number)
    desk.submit(f"/tickets/{number}/service", {"item": HEATING, "version": str(before.version)})
    now = ticket(office, number)
    assert (now.item_id, now.name_zh, now.workflow) == (HEATING, "暖气不热", before.workflow)
    assert now.received_at == before.received_at
    page = desk.read(f"/tickets/{number}")
    assert f"改选服务：{before.name_zh} → 暖气不热" in page
    assert [(one.text, one.items, one.state) for one in phrases(office)] == [
        ("暖气片一点也不热", [HEATING], "proposed")
    ]


def test_a_service_is_found_by_its_name_in_either_language(
    office: Office, browse: Browse, number: int
) -> None:
    browse("butler").submit(f"/tickets/{number}/service", {"name": "Heating not warm"})
    assert ticket(office, number).item_id == HEATING


def test_a_service_with_other_steps_gets_a_ticket_of_its_own(
    office: Office, browse: Browse, number: int
) -> None:
    desk = browse("butler")
    desk.submit(f"/tickets/{number}/service", {"item": "estate.parcel"})
    old = ticket(office, number)
    assert (old.workflow, old.state, old.step) == ("repair", "cancelled", "cancelled")
    with office.db.read() as session:
        new = session.scalars(select(Ticket).where(Ticket.item_id == "estate.parcel")).one()
        assert (new.split_from_id, old.merged_into_id, new.asked_at) == (old.id, new.id, old.asked_at)
    assert old.reason == f"已转为工单#{new.number}"
    page, there = desk.read(f"/tickets/{number}"), desk.read(f"/tickets/{new.number}")
    assert f"/tickets/{new.number}" in page
    assert f"原服务有误，转为工单#{new.number}继续办理" in page
    assert f"/tickets/{number}" in there


def test_the_resident_hears_of_the_other_number_once(office: Office, number: int) -> None:
    before = len(office.read("chen"))
    new = filed(office, number)
    told = office.read("chen")[before:]
    assert [one["ticket"]["number"] for one in told] == [new]
    assert f"#{number}" in told[0]["text"]
    assert "仍从您最初告诉我们时算起" in told[0]["text"]


def test_the_first_answer_still_falls_due_when_it_was_promised_first(office: Office, number: int) -> None:
    first = office.clocks(number)["SLA-01"]
    office.clock.advance(minutes=4)
    new = filed(office, number)
    assert office.clocks(new)["SLA-01"].due_at == first.due_at
    assert office.running(number) == set()


def test_an_answer_given_before_stays_the_first_answer(office: Office, number: int) -> None:
    office.clock.advance(minutes=3)
    office.do(number, "reply", text="我看看。")
    before = office.clocks(number)["SLA-01"]
    office.clock.advance(hours=1)
    now = office.clocks(filed(office, number))["SLA-01"]
    assert (now.started_at, now.due_at, now.met_at) == (before.started_at, before.due_at, before.met_at)
    kept = office.clocks(number)["SLA-01"]
    assert (kept.met_at, kept.breached_at, kept.cancelled_at) == (before.met_at, None, None)


def test_what_waited_for_the_resident_is_not_late_for_it(office: Office, number: int) -> None:
    office.clock.advance(minutes=3)
    office.do(number, "pause", reason="等您发照片。")
    office.clock.advance(hours=2)
    new = filed(office, number)
    respond = office.clocks(new)["SLA-01"]
    assert respond.met_at is not None, "telling the resident of the waiting was the first answer"
    assert respond.breached_at is None
    assert office.see(new)["state"] == "open"


def test_a_late_answer_stays_late(office: Office, number: int) -> None:
    office.clock.advance(minutes=25)
    office.do(number, "accept")
    first = office.clocks(number)["SLA-01"]
    now = office.clocks(filed(office, number))["SLA-01"]
    assert (now.met_at, now.breached_at) == (first.met_at, first.breached_at)
    assert first.breached_at is not None


def test_an_agreed_visit_goes_with_the_matter(office: Office, number: int) -> None:
    office.do(number, "schedule")
    new = filed(office, number, CLEANING)
    agreed = ticket(office, number).appointment_end
    assert ticket(office, new).appointment_end == agreed is not None
    assert office.clocks(new)["SLA-05"].due_at == agreed


@pytest.mark.parametrize("kind", ["emergency", "begun"])
def test_beside_a_danger_or_work_that_has_begun_a_linked_ticket_is_opened(office: Office, kind: str) -> None:
    number = office.open("emergency" if kind == "emergency" else "repair")
    for action in ("assign", "check_in") if kind == "begun" else ():
        office.do(number, action)
    new = filed(office, number)
    assert office.see(number)["state"] == "open"
    assert office.see(new)["split_from"] == number


def test_what_was_filed_anew_by_mistake_is_separated_again(office: Office, number: int) -> None:
    filed(office, number)
    office.do(number, "separate")
    assert office.see(number)["merged_into"] is None


def filed(office: Office, number: int, item: str = "estate.parcel") -> int:
    """Choose a service that is worked on in another way; the number of the ticket for it."""
    office.do(number, "choose", item=item)
    with office.db.read() as session:
        query = select(Ticket.number).where(Ticket.item_id == item).order_by(Ticket.id.desc())
        found = session.scalars(query).first()
    assert found is not None
    return found


def test_what_cannot_be_chosen_is_said_and_nothing_changes(
    office: Office, browse: Browse, number: int
) -> None:
    desk, was = browse("butler", "en"), ticket(office, number)
    assert (
        "There is no service with this name."
        in desk.submit(f"/tickets/{number}/service", {"name": "zzzz"}, 422).text
    )
    answer = desk.submit(f"/tickets/{number}/service", {"item": was.item_id}, 422)
    assert "The ticket has this service already." in answer.text
    browse("supervisor").submit(f"/tickets/{number}/accept", {})
    answer = desk.submit(f"/tickets/{number}/service", {"item": HEATING, "version": str(was.version)}, 409)
    assert "Zhou Lan" in answer.text
    assert ticket(office, number).item_id == was.item_id


def test_engineers_and_strangers_choose_nothing(office: Office, browse: Browse, number: int) -> None:
    browse("stranger").read(f"/tickets/{number}/service", 404)
    office.do(number, "accept")
    office.do(number, "assign", user=office.cast.engineer.id)
    browse("engineer").read(f"/tickets/{number}/service", 403)


def test_the_api_chooses_too_and_tells_the_timeline(office: Office, number: int) -> None:
    office.do(number, "choose", item=HEATING)
    with office.db.read() as session:
        assert "chosen" in session.scalars(select(TicketEvent.kind)).all()


def test_a_leader_approves_in_other_words_for_another_service(
    office: Office, browse: Browse, number: int
) -> None:
    office.do(number, "choose", item=HEATING)
    lead, key = browse("supervisor", "en"), phrases(office)[0].id
    assert "暖气片一点也不热" in lead.read("/phrases")
    lead.submit(f"/phrases/{key}/approve", {"text": "暖气片是凉的", "item": "Parcels"})
    now = phrases(office)[0]
    assert (now.text, now.items, now.state) == ("暖气片是凉的", ["estate.parcel"], "approved")
    assert "暖气片是凉的" not in lead.read("/phrases")
    assert "暖气片是凉的" in lead.read("/phrases?state=approved")
    lead.submit(f"/phrases/{key}/reject", {})
    assert "暖气片是凉的" in lead.read("/phrases?state=rejected")
    with office.db.read() as session:
        log = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [one.action for one in log] == ["phrase.approve", "phrase.reject"]
        assert "暖气" not in str([(one.before, one.after) for one in log])


def test_a_phrase_is_added_and_one_with_a_number_is_refused_with_what_was_typed(
    office: Office, browse: Browse
) -> None:
    lead = browse("supervisor")
    lead.submit("/phrases", {"text": "屋里暖气冰凉", "item": "暖气不热"})
    assert phrases(office)[0].state == "approved"
    answer = lead.submit("/phrases", {"text": "打我电话 13800138000", "item": "暖气不热"}, 422)
    assert "打我电话 13800138000" in answer.text
    assert "没有这个名称的服务" in lead.submit("/phrases", {"text": "冷", "item": "zz"}, 422).text


def test_a_sentence_is_tried_and_the_three_nearest_are_shown(office: Office, browse: Browse) -> None:
    page = browse("manager").read("/phrases?sentence=厨房水龙头漏水")
    assert "修水龙头</b>" in page
    assert 1 <= page.count('<span class="shortcut">') <= 3


def test_only_those_who_may_teach_see_phrases(office: Office, browse: Browse, number: int) -> None:
    office.do(number, "choose", item=HEATING)
    desk, key = browse("butler"), phrases(office)[0].id
    desk.read("/phrases", 403)
    desk.submit(f"/phrases/{key}/approve", {"item": "暖气不热"}, 403)
    desk.submit(f"/phrases/{key}/reject", {}, 403)
    assert phrases(office)[0].state == "proposed"
