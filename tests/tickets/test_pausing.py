"""Pausing the clocks: only what may wait does, nobody is told more than is true, and the reason is kept."""

from typing import Any

import pytest

from backend.deadlines import sweep
from backend.models import Deadline
from backend.tickets import resident
from backend.tickets.pausing import why_not
from tests.tickets.office import Office

#: a visit promised for tomorrow, and the words of it
WINDOW = {"start": "2026-03-12T01:00:00Z", "end": "2026-03-12T03:00:00Z"}
#: warranty work, which has a clock that may wait and a visit
#: of which nothing runs but the first answer
LEND = "common.desk.umbrella"
WARRANTY = "common.repair-tracking.tracking"


def visit_alone(office: Office, who: str = "chen") -> int:
    """A ticket of which nothing runs but the promise of an agreed visit."""
    number = office.open("repair", who)
    office.do(number, "assign")
    office.do(number, "schedule", **WINDOW)
    assert office.running(number) == {"SLA-05"}
    return number


def visit_unanswered(office: Office) -> int:
    """A visit is agreed, and nobody has answered yet: one clock may wait, the others may not."""
    number = office.open("general", item_id=WARRANTY)
    office.do(number, "schedule", **WINDOW)
    assert office.running(number) == {"SLA-01", "SLA-05", "SLA-20"}
    return number


def refused(office: Office, number: int, language: str) -> dict[str, Any]:
    answer = office.client.post(
        f"/api/tickets/{number}/pause",
        json={"waits_for": "part"},
        headers=office.as_("butler") | {"Accept-Language": language},
    )
    assert answer.status_code == 409
    problem: dict[str, Any] = answer.json()
    return problem


def test_where_only_a_visit_is_promised_pausing_is_not_offered_and_refused_with_what_to_do(
    office: Office,
) -> None:
    number = visit_alone(office)
    before = office.read("chen")
    assert "pause" not in office.see(number)["allowed"]
    problem = refused(office, number, "en")
    assert problem["type"] == "urn:guanjia:CannotPause"
    assert "Please move the visit" in problem["detail"]
    assert "pause" not in problem["allowed"]
    assert "schedule" in problem["allowed"]
    assert office.see(number)["state"] == "open"
    assert office.read("chen") == before
    assert "paused" not in {event["kind"] for event in office.see(number)["timeline"]}


def test_the_refusal_is_worded_in_the_callers_language(office: Office) -> None:
    number = visit_alone(office)
    with office.db.write() as session:
        session.merge(office.cast.butler).language = "zh"
    assert "请改约上门时间" in refused(office, number, "zh")["detail"]


def test_what_is_not_running_cannot_be_paused(office: Office) -> None:
    number = office.open("general")
    with office.db.write() as session:
        session.query(Deadline).update({"met_at": office.clock.now()})
    assert "nothing to pause" in refused(office, number, "en")["detail"]


def test_why_nothing_waits_is_said_of_the_clocks_that_run(office: Office) -> None:
    number = visit_unanswered(office)
    office.do(number, "pause")
    clocks = office.clocks(number)
    assert "stand still already" in why_not([clocks["SLA-20"]])
    assert "move the visit" in why_not([clocks["SLA-20"], clocks["SLA-05"]])


def test_the_first_answer_never_waits_and_telling_the_resident_of_the_waiting_is_one(office: Office) -> None:
    number = office.open("complaint")
    at = office.clock.advance(minutes=4)
    ticket = office.do(number, "pause", reason="下午四点前给您答复。")
    assert "四点前给您答复" in office.told("chen", number)[-1]
    assert office.clocks(number)["SLA-01"].met_at == at
    assert {one["sla"]: one["status"] for one in ticket["promises"]}["SLA-01"] == "done"
    shown = office.client.get("/api/chat/tickets", headers=office.chat("chen")).json()[0]["promises"]
    assert [one["met_at"] is not None for one in shown if one["clock"] == "respond"] == [True]


def test_where_nobody_reads_of_the_waiting_the_first_answer_runs_on(office: Office) -> None:
    number = office.open("complaint", conversation_id=None, link_id=None)
    office.do(number, "pause", reason="等住户回电话。")
    clock = office.clocks(number)["SLA-01"]
    assert (clock.met_at, clock.paused_at) == (None, None)


def test_where_only_the_first_answer_runs_it_is_given_and_not_paused(office: Office) -> None:
    number = office.open("general", item_id=LEND)
    assert "pause" not in office.see(number)["allowed"]
    assert "still waits for a first answer" in refused(office, number, "en")["detail"]


def test_where_some_clocks_run_on_the_resident_reads_what_waits_and_what_still_holds(office: Office) -> None:
    number = visit_unanswered(office)
    ticket = office.do(number, "pause", waits_for="answer")
    standing = {one["sla"]: (one["status"], one["waits_for"]) for one in ticket["promises"]}
    assert standing == {
        "SLA-01": ("done", None), "SLA-05": ("ok", None), "SLA-20": ("paused", "answer"),
    }  # fmt: skip
    assert ticket["state"] == "waiting"
    told = office.told("chen", number)[-1]
    for said in ("现在先等一等", "约好的上门时间不变", "3月12日", "需要您回复后才能继续。"):
        assert said in told


def test_what_is_overdue_waits_with_its_lateness_frozen_and_stays_overdue(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    office.clock.advance(hours=24, minutes=25)
    (late,) = (one["sla"] for one in office.see(number)["promises"] if one["status"] == "late")
    before = office.clocks(number)[late].due_at
    assert office.do(number, "pause", waits_for="part")["state"] == "waiting"
    office.clock.advance(hours=3)
    shown = {one["sla"]: one for one in office.see(number)["promises"]}
    assert (shown[late]["status"], shown[late]["waits_for"]) == ("late", "part")
    told = office.told("chen", number)[-1]
    assert "比我们承诺的时间晚了" in told
    assert "暂停" not in told
    lines = office.client.get(f"/api/tickets/{number}/promises", headers=office.as_("butler")).json()["items"]
    assert any("Overdue by 25m when it began to wait" in line for one in lines for line in one["sentences"])
    office.do(number, "resume")
    assert office.clocks(number)[late].due_at == before
    assert {one["status"] for one in office.see(number)["promises"] if one["sla"] == late} == {"late"}


def test_whoever_is_to_be_told_of_lateness_is_told_however_long_it_waits(office: Office) -> None:
    waiting, running = office.open("repair"), office.open("repair")
    office.clock.advance(hours=24, minutes=1)
    office.do(waiting, "pause", waits_for="part")
    office.clock.advance(days=2)
    sweep.tick(office.db, office.clock)
    climbed = [office.clocks(number)["SLA-03"] for number in (waiting, running)]
    assert climbed[0].rung == climbed[1].rung > 1
    assert climbed[0].breached_at is not None


def test_a_message_ends_the_waiting_for_an_answer_and_not_that_for_a_part(office: Office) -> None:
    for key, state in (("answer", "open"), ("time", "open"), ("part", "waiting")):
        number = office.open("repair")
        office.do(number, "pause", waits_for=key)
        with office.db.write() as session:
            resident.add(session, session.merge(office.ticket(number)), {"words": "好的"},
                         office.clock.now())  # fmt: skip
        assert office.see(number)["state"] == state


def test_a_reason_is_kept_by_its_key_and_read_in_each_ones_language(office: Office) -> None:
    number = office.open("repair", "emma", "The tap leaks.")
    ticket = office.do(number, "pause", waits_for="part")
    assert {one["waits_for"] for one in ticket["promises"] if one["paused_at"]} == {"part"}
    paused = ticket["timeline"][-1]
    assert (paused["kind"], paused["note"], paused["values"]["waits_for"]) == ("paused", "", "part")
    told = office.told("emma", number)[-1]
    assert told.endswith(f"#{number} is on hold for now: we are waiting for a part.")
    office.clock.advance(minutes=20)
    office.do(number, "resume")
    assert {one["waits_for"] for one in office.see(number)["promises"]} == {None}
    lines = office.client.get(f"/api/tickets/{number}/promises", headers=office.as_("butler")).json()["items"]
    assert any("given back. Waiting for a part." in line for one in lines for line in one["sentences"])


def test_words_of_ones_own_go_to_the_resident_with_or_without_a_key(office: Office) -> None:
    words = "厂家周五发货，到货就给您装。"
    for given in ({"reason": words}, {"reason": words, "waits_for": "part"}):
        number = office.open("repair")
        ticket = office.do(number, "pause", **given)
        assert words in office.told("chen", number)[-1]
        waiting = [one["waits_for"] for one in ticket["promises"] if one["paused_at"]]
        assert waiting == [given.get("waits_for")]


@pytest.mark.parametrize("body", [{"version": 1}, {"reason": ""}, {"waits_for": "moon"}, {"waits_for": ""}])
def test_a_pause_without_a_reason_is_refused(office: Office, body: dict[str, Any]) -> None:
    number = office.open("repair")
    assert office.try_(number, "pause", **body).status_code == 422


def test_agreeing_the_time_that_was_waited_for_ends_the_waiting(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    office.do(number, "pause", waits_for="time")
    assert office.see(number)["state"] == "waiting"
    ticket = office.do(number, "schedule", **WINDOW)
    assert ticket["state"] == "open"
    assert [(e["kind"], e["actor"]) for e in ticket["timeline"]][-1] == ("resumed", "SYS")
    assert "resume" not in ticket["allowed"]


def test_a_merged_ticket_goes_on_waiting_for_the_same_thing(office: Office) -> None:
    old, young = office.open("repair"), office.open("repair")
    office.do(old, "pause", waits_for="part")
    office.do(young, "pause", waits_for="answer")
    office.do(young, "merge", into=old)
    assert {one["waits_for"] for one in office.see(old)["promises"] if one["paused_at"]} == {"part"}
    assert office.see(old)["state"] == "waiting"
