"""Setting aside, passing on, merging, separating, splitting: what is allowed; no promise is ever lost."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from backend.models import Alert, Deadline, Draft, Message, Ticket
from backend.tickets import beside_queries, setting_aside
from tests.tickets.office import Office, utc

LATER = {"until": "2026-03-11T08:00:00Z", "reason": "等业主回家"}


def clock(office: Office, number: int, name: str = "respond") -> dict[str, Any]:
    return next(one for one in office.see(number)["promises"] if one["clock"] == name)


def last(office: Office, number: int) -> dict[str, Any]:
    """The newest row of the timeline."""
    row: dict[str, Any] = office.see(number)["timeline"][-1]
    return row


def ticket_of(office: Office, number: int) -> Ticket:
    with office.db.read() as session:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def accepted(office: Office, **given: Any) -> int:
    number = office.open("repair", **given)
    office.do(number, "accept")
    return number


def test_what_is_set_aside_keeps_its_clocks_and_comes_back_at_its_time(office: Office) -> None:
    number = accepted(office)
    before = office.see(number)["promises"]
    assert office.do(number, "set_aside", **LATER)["set_aside_until"] == "2026-03-11T08:00:00Z"
    assert office.see(number)["promises"] == before
    assert last(office, number)["note"] == "等业主回家"
    assert setting_aside.tick(office.db, office.clock) == 0
    office.clock.advance(hours=6)
    assert setting_aside.tick(office.db, office.clock) == 1
    assert setting_aside.tick(office.db, office.clock) == 0
    assert (last(office, number)["kind"], last(office, number)["actor"]) == ("came_back", "SYS")
    assert office.see(number)["set_aside_until"] is None


def test_it_comes_back_as_soon_as_a_clock_warns(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "set_aside", **LATER)
    office.clock.advance(minutes=9)
    assert setting_aside.tick(office.db, office.clock) == 1
    assert last(office, number)["values"]["why"] == "clock"


def test_it_comes_back_when_the_resident_writes_and_not_for_a_neighbour(office: Office) -> None:
    number = accepted(office)
    office.do(number, "set_aside", **LATER)
    for who, woken in (("neighbour", 0), ("chen", 1)):
        body = {"client_id": f"c-{who}", "text": "师傅几点来？"}
        answer = office.client.post("/api/chat/messages", json=body, headers=office.chat(who))
        assert answer.status_code in (200, 201), answer.text
        assert setting_aside.tick(office.db, office.clock) == woken, who


def test_nothing_pressing_far_off_or_dangerous_is_set_aside(office: Office) -> None:
    number = office.open("repair")
    office.clock.advance(minutes=9)
    assert "nearly due" in office.try_(number, "set_aside", **LATER).json()["detail"]
    calm = accepted(office)
    for until in ("2026-03-11T00:00:00Z", "2026-04-11T00:00:00Z"):
        answer = office.try_(calm, "set_aside", until=until, reason="x")
        assert (answer.status_code, "within 14 days" in answer.json()["detail"]) == (422, True)
    alarm = office.open("emergency")
    assert "set_aside" not in office.see(alarm)["allowed"]
    assert office.try_(alarm, "set_aside", **LATER).status_code == 409


def test_passing_on_tells_the_colleague_and_the_resident_and_starts_no_clock(office: Office) -> None:
    number = office.open("repair")
    before = clock(office, number)
    told = office.do(number, "pass_on", user="deputy", note="钥匙在前台。")
    assert told["butler"]["name"] == "Li Wei"
    assert told["first_butler"]["name"] != "Li Wei"
    assert clock(office, number) == before
    said = [text for text in office.told("chen", number) if "跟进" in text]
    assert len(said) == 1
    assert "换" in said[0]
    assert "钥匙" not in " ".join(m["text"] for m in office.read("chen"))
    with office.db.read() as session:
        alert = session.scalars(select(Alert).where(Alert.kind == "passed_on")).one()
    assert alert.values["note"] == "钥匙在前台。"


def test_a_ticket_is_passed_to_a_colleague_who_is_there_and_answers_residents(office: Office) -> None:
    number = office.open("repair")
    for user, said in (("engineer", "on site"), ("nobody", "no active colleague")):
        answer = office.try_(number, "pass_on", user=user, note="x")
        assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text
    office.do(number, "pass_on", user="deputy", note="x")
    assert "already" in office.try_(number, "pass_on", user="deputy", note="x").json()["detail"]
    with office.db.write() as session:
        session.merge(office.cast.butler).is_on_duty = False
    assert "not on duty" in office.try_(number, "pass_on", user="butler", note="x").json()["detail"]


def test_of_two_tickets_about_one_matter_the_older_promise_survives(office: Office) -> None:
    old = office.open("repair")
    office.clock.advance(minutes=2)
    young = office.open("repair", words="还在漏")
    before = clock(office, old)
    office.do(old, "merge", into=young, note="同一处")
    assert office.see(young)["merged_into"] == old
    assert office.see(young)["state"] == "cancelled"
    assert clock(office, old) == before
    assert last(office, old)["values"]["number"] == young
    assert len([text for text in office.told("chen", young) if f"#{old}" in text]) == 1
    assert "还在漏" in office.see(young)["words"]


def test_a_visit_agreed_on_the_younger_ticket_is_the_older_ones_when_they_are_merged(office: Office) -> None:
    old = accepted(office)
    young = accepted(office)
    office.do(young, "schedule", start="2026-03-11T06:00:00Z", end="2026-03-11T07:00:00Z")
    given = office.clocks(young)["SLA-05"]
    office.do(old, "merge", into=young)
    taken, ticket = office.clocks(old)["SLA-05"], office.ticket(old)
    assert (taken.due_at, taken.started_at, taken.policy_version, taken.calendar_version) == (
        given.due_at, given.started_at, given.policy_version, given.calendar_version
    )  # fmt: skip
    assert (ticket.appointment_start, ticket.appointment_end) == (utc("2026-03-11T06:00:00Z"), given.due_at)
    assert office.running(young) == set()
    office.do(old, "assign")
    office.do(old, "check_in")
    assert office.clocks(old)["SLA-05"].met_at == office.clock.now()


def test_of_two_promises_of_one_kind_the_stricter_holds_and_the_other_stays_in_history(
    office: Office,
) -> None:
    old, young = accepted(office), accepted(office)
    for number, day in ((old, 13), (young, 12)):
        office.do(number, "schedule", start=f"2026-03-{day}T01:00:00Z", end=f"2026-03-{day}T03:00:00Z")
    before = office.see(old)["promises"]
    office.do(young, "merge", into=old)
    with office.db.read() as session:
        query = select(Deadline).where(Deadline.ticket_id == office.ticket(old).id)
        rows = session.scalars(query.where(Deadline.clock == "SLA-05").order_by(Deadline.due_at)).all()
    assert [(one.due_at.day, one.cancelled_at is None) for one in rows] == [(12, True), (13, False)]
    assert [one for one in office.see(old)["promises"] if one["clock"] != "attend"] == [
        one for one in before if one["clock"] != "attend"
    ]


def test_a_later_promise_of_the_younger_ticket_changes_nothing(office: Office) -> None:
    old, young = accepted(office), accepted(office)
    for number, day in ((old, 12), (young, 13)):
        office.do(number, "schedule", start=f"2026-03-{day}T01:00:00Z", end=f"2026-03-{day}T03:00:00Z")
    before = office.see(old)["promises"]
    office.do(young, "merge", into=old)
    assert office.see(old)["promises"] == before
    assert office.ticket(old).appointment_end == utc("2026-03-12T03:00:00Z")


def test_a_promise_that_waited_runs_again_when_the_other_ticket_did_not_wait(office: Office) -> None:
    old = office.open("repair")
    office.clock.advance(minutes=4)
    office.do(old, "pause", reason="等您回家。")
    office.clock.advance(hours=1)
    young = office.open("repair")
    due = office.clocks(young)["SLA-03"].due_at
    office.do(young, "merge", into=old)
    assert office.see(old)["state"] == "open"
    left = timedelta(hours=23, minutes=56)
    assert office.clocks(old)["SLA-03"].due_at == office.clock.now() + left < due
    assert office.clocks(old)["SLA-03"].paused_at is None


def test_where_both_waited_the_one_that_is_left_waits_on(office: Office) -> None:
    old = office.open("repair")
    office.do(old, "pause", reason="等您回家。")
    office.clock.advance(hours=1)
    young = office.open("repair")
    office.clock.advance(minutes=6)
    office.do(young, "pause", reason="等您发照片。")
    office.clock.advance(hours=1)
    office.do(young, "merge", into=old)
    solve = office.clocks(old)["SLA-03"]
    assert (office.see(old)["state"], solve.paused_at) == ("waiting", office.clock.now())
    assert solve.due_at == office.clock.now() + timedelta(hours=23, minutes=54)
    office.do(old, "resume")
    office.do(old, "accept")
    assert office.clocks(old)["SLA-01"].breached_at is None


def test_a_taken_on_promise_warns_and_falls_due_like_any_other_and_a_new_round_has_its_own(
    office: Office,
) -> None:
    old, young = office.open("repair"), office.open("repair")
    with office.db.write() as session:
        row = session.scalars(select(Deadline).where(Deadline.ticket_id == office.ticket(old).id,
                                                     Deadline.clock == "SLA-01")).one()  # fmt: skip
        row.due_at += timedelta(hours=1)
    office.do(young, "merge", into=old)
    assert office.clocks(old)["SLA-01"].due_at == office.clock.now() + timedelta(minutes=10)
    for action in ("assign", "check_in", "complete"):
        office.do(old, action)
    office.do(old, "follow_up", result="unsatisfied")
    respond = office.clocks(old)["SLA-01"]
    assert (respond.cycle, respond.met_at) == (2, None)


def test_what_weighs_more_never_ends_in_what_weighs_less(office: Office) -> None:
    old, young = office.open("complaint", words="楼道灯坏了"), office.open("complaint", words="楼道灯坏了")
    office.do(young, "classify", **{"class": "valid", "severity": "severe"})
    assert "severe complaint" in office.try_(old, "merge", into=young).json()["detail"]
    alarm = office.open("emergency")
    assert office.try_(alarm, "merge", into=old).status_code == 409
    assert office.try_(old, "merge", into=alarm).status_code == 422
    repair = office.open("repair")
    assert "another kind" in office.try_(old, "merge", into=repair).json()["detail"]


def test_only_what_belongs_together_is_merged(office: Office) -> None:
    mine, theirs = office.open("repair"), office.open("repair", who="emma")
    assert "same home" in office.try_(mine, "merge", into=theirs).json()["detail"]
    assert office.try_(mine, "merge", into=office.open("repair", who="neighbour")).status_code == 404
    assert "itself" in office.try_(mine, "merge", into=mine).json()["detail"]
    assert office.try_(mine, "merge", into=9999).status_code == 404
    begun = office.open("repair")
    office.do(begun, "assign")
    office.do(begun, "check_in")
    answer = office.try_(mine, "merge", into=begun)
    assert answer.status_code == 422, answer.text


def test_what_was_merged_is_separated_under_a_new_number_counted_from_the_first_asking(
    office: Office,
) -> None:
    old = office.open("repair")
    young = office.open("repair", words="卫生间也漏")
    due = clock(office, young)["due_at"]
    office.do(young, "merge", into=old)
    office.clock.advance(minutes=3)
    office.do(young, "separate")
    number = last(office, young)["values"]["number"]
    new = office.see(number)
    assert (new["reopened_from"], new["words"]) == (young, "卫生间也漏")
    assert clock(office, number)["due_at"] == due
    assert office.see(young)["merged_into"] is None
    assert office.try_(young, "separate").status_code == 409


def test_a_part_that_is_split_off_counts_from_the_first_asking(office: Office) -> None:
    number = office.open("repair", words="水管漏，另外投诉保安")
    office.clock.advance(minutes=3)
    office.do(number, "split", item="common.voice.enquiry", words="游泳池几点开？")
    new = office.see(last(office, number)["values"]["number"])
    assert (new["split_from"], new["workflow"]) == (number, "enquiry")
    assert new["received_at"] == office.see(number)["received_at"]
    said = [text for text in office.told("chen", new["number"]) if f"#{number}" in text]
    assert len(said) == 1


def test_a_part_of_what_was_taken_needs_no_second_accepting(office: Office) -> None:
    number = office.open("repair", words="水管漏，另外要放行条")
    office.do(number, "accept")
    office.clock.advance(minutes=30)
    office.do(number, "split", item="common.admin.release-pass", words="要放行条")
    new = office.see(last(office, number)["values"]["number"])
    assert "accept" not in new["allowed"]
    states = [
        next(one for one in office.see(n)["promises"] if one["sla"] == "SLA-01")
        for n in (number, new["number"])
    ]
    assert states[0]["met_at"] == states[1]["met_at"] is not None


def test_messages_go_with_the_part_they_belong_to_and_foreign_ones_stay(office: Office) -> None:
    number = office.open("repair")
    for who in ("chen", "neighbour"):
        office.client.post("/api/chat/messages", json={"client_id": f"m{who}", "text": f"{who}的话"},
                           headers=office.chat(who))  # fmt: skip
    with office.db.read() as session:
        ids = {
            one.text: one.id for one in session.scalars(select(Message).where(Message.author == "resident"))
        }
    own, foreign = ids["chen的话"], ids["neighbour的话"]
    item = "common.voice.enquiry"
    assert office.try_(number, "split", item=item, messages=[foreign]).status_code == 422
    assert office.try_(number, "split", item=item).status_code == 422
    assert office.try_(number, "split", item="no.such.thing", words="x").status_code == 422
    office.do(number, "split", item=item, messages=[own])
    assert office.see(last(office, number)["values"]["number"])["words"] == "chen的话"


def test_a_part_of_a_hidden_complaint_stays_hidden(office: Office) -> None:
    number = office.open("complaint", words="我要投诉管家")
    hidden = ticket_of(office, number).hidden_from_id
    assert hidden is not None
    office.do(number, "split", "supervisor", item="common.voice.enquiry", words="另外问一下")
    new = last_of(office, number)
    assert ticket_of(office, new).hidden_from_id == hidden
    assert office.client.get(f"/api/tickets/{new}", headers=office.as_("butler")).status_code == 404


def last_of(office: Office, number: int) -> int:
    new: int = office.see(number, "supervisor")["timeline"][-1]["values"]["number"]
    return new


@pytest.mark.parametrize(
    ("who", "words"),
    [("chen", ("已合并到 #{number} 一起办理", "由 #{number} 继续办理")),
     ("emma", ("handled together with #{number}", "it goes on there"))],
)  # fmt: skip
def test_what_was_merged_reads_to_its_resident_as_going_on_and_never_as_cancelled(
    office: Office, who: str, words: tuple[str, str]
) -> None:
    old, young = office.open("repair", who), office.open("repair", who)
    office.do(young, "merge", into=old)
    listed = office.client.get("/api/chat/tickets", headers=office.chat(who)).json()
    shown = next(one for one in listed if one["number"] == young)
    step, following = (text.format(number=old) for text in words)
    assert shown["step_name"] == step
    assert following in shown["next"]["text"]
    assert not shown["next"]["yours"]


def test_words_of_another_ticket_or_of_a_wish_under_way_are_not_offered_to_be_split_off(
    office: Office,
) -> None:
    number = office.open("repair", words="厨房水管漏水。")
    said = ("洗碗机也坏了，不出水", "家里还有一位老人", "阳台的灯不亮了")
    for at, text in enumerate(said):
        office.client.post("/api/chat/messages", json={"client_id": f"m{at}", "text": text},
                           headers=office.chat("chen"))  # fmt: skip
    other = office.open("repair", words=said[0])
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        session.execute(delete(Draft))
        wish = {name: getattr(ticket, name) for name in ("estate_id", "conversation_id", "item_id")}
        session.add(Draft(**wish, link_id=ticket.link_id, words=said[2], asked_at=office.clock.now(),
                          last_at=office.clock.now()))  # fmt: skip
        session.execute(update(Message).values(ticket_id=None))
    with office.db.read() as session:
        texts = [one.text for one in beside_queries.list_free_messages(session, ticket_of(office, number))]
        theirs = [one.text for one in beside_queries.list_free_messages(session, ticket_of(office, other))]
    assert texts == [said[1]]
    assert theirs == [said[0], said[1]], "its own words stay its own to part with"
