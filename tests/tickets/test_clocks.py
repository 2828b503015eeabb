"""What staff do, seen by the clocks: which act starts, stops, pauses and moves which promise."""

from datetime import timedelta

import pytest

from tests.tickets.office import BODIES, Office, utc

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("action", "is_answer"),
    [("accept", True), ("reply", True), ("assign", True), ("note", False), ("schedule", False)],
)
def test_only_accept_reply_and_assign_stop_the_response_clock(
    office: Office, action: str, is_answer: bool
) -> None:
    number = office.open("repair")
    due = office.clocks(number)["SLA-01"].due_at
    assert due == office.clock.now() + timedelta(minutes=10)
    at = office.clock.advance(minutes=4)
    office.do(number, action)
    met = office.clocks(number)["SLA-01"].met_at
    assert met == (at if is_answer else None)


def test_the_bots_receipt_stops_no_clock(office: Office) -> None:
    office.chat("chen")
    said = office.client.post(
        "/api/chat/messages",
        json={"client_id": "c1", "text": "我要投诉，楼道很脏"},
        headers=office.chat("chen"),
    ).json()["messages"]
    number = next(m["ticket"]["number"] for m in said if m["ticket"])
    assert said[-1]["author"] == "bot"
    assert {"SLA-01", "SLA-02", "SLA-12"} <= office.running(number)


def test_a_late_answer_is_met_and_breached(office: Office) -> None:
    number = office.open("general")
    office.clock.advance(minutes=11)
    promise = office.do(number, "accept")["promises"][0]
    assert promise["clock"] == "respond"
    assert utc(promise["met_at"]) - utc(promise["breached_at"]) == timedelta(minutes=1)


def test_a_complaint_runs_its_four_clocks(office: Office) -> None:
    number = office.open("complaint")
    start = office.clock.now()
    clocks = office.clocks(number)
    spans = {name: row.due_at - start for name, row in clocks.items()}
    assert spans == {"SLA-01": HOUR / 6, "SLA-02": 24 * HOUR, "SLA-12": 2 * HOUR}
    office.clock.advance(hours=1)
    office.do(number, "classify", **{"class": "valid"})
    assert office.clocks(number)["SLA-12"].met_at is None
    office.do(number, "classify", **{"class": "to_improve", "department": "保洁部"})
    assert office.clocks(number)["SLA-12"].met_at == office.clock.now()
    assert office.clocks(number)["SLA-01"].met_at is None
    office.clock.advance(hours=1)
    office.do(number, "complete", note="原因与措施")
    handled = office.clock.now()
    assert office.clocks(number)["SLA-14"].due_at == handled + 24 * HOUR
    assert office.clocks(number)["SLA-02"].met_at is None
    office.do(number, "reply", text="我们正在跟进。")
    assert office.clocks(number)["SLA-02"].met_at is None
    office.clock.advance(hours=1)
    office.do(number, "feedback")
    assert office.clocks(number)["SLA-02"].met_at == office.clock.now()
    assert office.clocks(number)["SLA-14"].due_at == handled + 24 * HOUR
    office.do(number, "follow_up")
    assert office.running(number) == set()


def test_feedback_without_handling_starts_the_follow_up_clock_at_once(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "feedback")
    assert office.clocks(number)["SLA-14"].due_at == office.clock.now() + 24 * HOUR
    assert office.running(number) == {"SLA-14", "SLA-12"}
    office.do(number, "classify")
    assert office.running(number) == {"SLA-14"}


def test_the_window_of_the_read_back_is_the_promise_to_be_there(office: Office) -> None:
    when = {"start": "2026-03-11T14:00:00+08:00", "end": "2026-03-11T16:00:00+08:00", "grain": "hour"}
    number = office.open("repair", slots={"when": when})
    assert office.clocks(number)["SLA-05"].due_at == utc(when["end"])
    office.do(number, "assign")
    office.do(number, "schedule")
    attend = [p for p in office.see(number)["promises"] if p["clock"] == "attend"]
    assert [p["due_at"] for p in attend] == [BODIES["schedule"]["end"]]
    office.clock.advance(hours=23)
    office.do(number, "check_in", "engineer")
    assert office.clocks(number)["SLA-05"].met_at == office.clock.now()


def test_a_point_in_time_is_due_at_the_point(office: Office) -> None:
    when = {"start": "2026-03-11T14:00:00+08:00", "end": None, "grain": "minute"}
    number = office.open("housekeeping", slots={"when": when})
    assert office.clocks(number)["SLA-05"].due_at == utc("2026-03-11T06:00:00Z")


def test_as_soon_as_possible_and_talks_promise_no_visit(office: Office) -> None:
    assert "SLA-05" not in office.clocks(office.open("repair", slots={"when": {"asap": True}}))
    when = {"start": "2026-03-11T14:00:00+08:00", "end": None, "grain": "minute"}
    assert "SLA-05" not in office.clocks(office.open("complaint", slots={"when": when}))


@pytest.mark.parametrize(("kind", "sla"), [("repair", "SLA-06"), ("housekeeping", "SLA-26")])
def test_done_work_is_followed_up_within_a_day(office: Office, kind: str, sla: str) -> None:
    number = office.open(kind)
    office.do(number, "schedule")
    at = office.clock.advance(hours=2)
    office.do(number, "complete")
    assert office.clocks(number)[sla].due_at == at + 24 * HOUR
    assert office.running(number) == {sla}
    office.clock.advance(hours=1)
    office.do(number, "sign_off")
    assert office.clocks(number)[sla].due_at == at + 24 * HOUR
    office.do(number, "follow_up")
    assert office.running(number) == set()


def test_work_recorded_before_anyone_accepted_counts_as_taken(office: Office) -> None:
    number = office.open("repair")
    ticket = office.do(number, "check_in")
    assert "accept" not in ticket["allowed"]
    assert office.clocks(number)["SLA-01"].met_at == office.clock.now()


def test_a_question_is_answered_within_a_day(office: Office) -> None:
    number = office.open("enquiry")
    assert office.clocks(number)["SLA-08"].due_at == office.clock.now() + 24 * HOUR
    office.do(number, "reply")
    assert office.running(number) == {"SLA-08"}
    office.do(number, "answer")
    assert office.running(number) == set()


def test_a_suggestion_is_decided_within_three_working_days(office: Office) -> None:
    number = office.open("suggestion")
    clocks = office.clocks(number)
    assert {clocks["SLA-09"].due_at, clocks["SLA-10"].due_at} == {utc("2026-03-16T10:00:00Z")}
    assert clocks["SLA-11"].due_at == office.clock.now() + 2 * HOUR
    office.do(number, "accept")
    assert office.running(number) == {"SLA-09", "SLA-10"}
    office.do(number, "decide", "manager")
    assert office.running(number) == set()


@pytest.mark.parametrize("action", ["schedule", "plan", "complete"])
def test_a_problem_is_solved_or_planned_within_a_day(office: Office, action: str) -> None:
    number = office.open("repair")
    resolve = office.clocks(number)["SLA-03"]
    assert resolve.due_at == office.clock.now() + 24 * HOUR
    office.do(number, "accept")
    assert office.clocks(number)["SLA-03"].met_at is None
    office.clock.advance(hours=1)
    office.do(number, action)
    assert office.clocks(number)["SLA-03"].met_at == office.clock.now()


def test_what_is_wanted_now_brings_somebody_in_a_quarter_of_an_hour(office: Office) -> None:
    number = office.open("repair", slots={"when": {"asap": True}})
    assert office.clocks(number)["SLA-04"].due_at == office.clock.now() + HOUR / 4
    office.do(number, "assign")
    office.clock.advance(minutes=9)
    office.do(number, "check_in", "engineer")
    assert office.clocks(number)["SLA-04"].met_at == office.clock.now()
    emergency = office.open("emergency")
    assert "SLA-04" in office.running(emergency)
    planned = office.open("repair", slots={"when": {"asap": True}})
    office.do(planned, "schedule")
    assert "SLA-04" not in office.running(planned)
    assert "SLA-05" in office.running(planned)


def test_a_severe_complaint_is_taken_up_by_the_manager_in_ten_minutes(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "classify", **{"class": "valid", "severity": "severe", "department": "保安部"})
    assert office.clocks(number)["SLA-27"].due_at == office.clock.now() + HOUR / 6
    office.do(number, "accept")
    assert "SLA-27" in office.running(number)
    office.do(number, "note", "manager")
    assert office.clocks(number)["SLA-27"].met_at == office.clock.now()


def test_a_classified_complaint_is_acted_on_at_once_and_its_department_has_a_limit(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "classify")
    clocks = office.clocks(number)
    assert clocks["SLA-13"].due_at == office.clock.now() + HOUR / 6
    assert clocks["SLA-28"].due_at == office.clock.now() + 24 * HOUR
    office.do(number, "reply")
    assert "SLA-13" not in office.running(number)
    office.do(number, "plan", at="2026-03-13T04:00:00Z")
    assert office.clocks(number)["SLA-28"].due_at == utc("2026-03-13T04:00:00Z")
    office.clock.advance(hours=2)
    office.do(number, "complete", note="原因与措施")
    assert office.clocks(number)["SLA-28"].met_at == office.clock.now()


def test_who_was_sent_before_the_class_was_entered_has_acted_already(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "assign")
    office.do(number, "classify")
    assert office.clocks(number)["SLA-13"].met_at == office.clock.now()


def test_an_answer_before_the_class_is_no_act_yet(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "reply")
    office.do(number, "classify")
    assert "SLA-13" in office.running(number)


def test_work_that_comes_back_is_due_again_within_a_day(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "complete")
    office.do(number, "follow_up", result="unsatisfied", note="还在漏")
    assert office.clocks(number)["SLA-16"].due_at == office.clock.now() + 24 * HOUR
    office.clock.advance(hours=3)
    office.do(number, "complete")
    assert office.clocks(number)["SLA-16"].met_at == office.clock.now()


def test_another_time_for_an_answer_may_be_agreed(office: Office) -> None:
    number = office.open("enquiry")
    office.do(number, "plan", at="2026-03-14T04:00:00Z")
    assert office.clocks(number)["SLA-08"].due_at == utc("2026-03-14T04:00:00Z")
    suggestion = office.open("suggestion")
    assert office.try_(suggestion, "plan", at="2026-03-20T04:00:00Z").status_code == 422
    assert office.clocks(suggestion)["SLA-09"].due_at == utc("2026-03-16T10:00:00Z")


@pytest.mark.parametrize("said", ["空调不凉了", "hello", "asdf qwer", "🙂", "停车费多少钱？"])
def test_every_message_is_answered_in_its_own_turn_and_nobody_is_asked_to_hold(
    office: Office, said: str
) -> None:
    answer = office.client.post(
        "/api/chat/messages", json={"client_id": "c1", "text": said}, headers=office.chat("chen")
    ).json()["messages"]
    told = [m for m in answer if m["author"] == "bot"]
    assert told
    assert all(m["text"] and utc(m["sent_at"]) - office.clock.now() <= timedelta(seconds=5) for m in told)
    assert not any(word in m["text"] for m in told for word in ("稍等", "稍候", "hold on", "Please wait"))


def test_waiting_stops_the_clocks_and_going_on_moves_what_is_due(office: Office) -> None:
    number = office.open("complaint")
    due = {name: row.due_at for name, row in office.clocks(number).items()}
    office.clock.advance(minutes=5)
    ticket = office.do(number, "pause")
    assert ticket["state"] == "waiting"
    assert {p["sla"] for p in ticket["promises"] if p["status"] != "paused"} == {"SLA-01"}
    office.clock.advance(hours=30)
    assert not any(p["breached_at"] for p in office.see(number)["promises"])
    ticket = office.do(number, "resume")
    assert ticket["state"] == "open"
    moved = {name: row.due_at for name, row in office.clocks(number).items()}
    waited = {name: timedelta() if name == "SLA-01" else 30 * HOUR for name in due}
    assert moved == {name: at + waited[name] for name, at in due.items()}


def test_the_residents_answer_ends_the_waiting(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "pause")
    office.clock.advance(hours=1)
    office.hear(number, "add", {"words": "门锁密码是 1234"})
    assert office.ticket(number).state == "open"
    assert office.clocks(number)["SLA-03"].due_at == office.clock.now() + 24 * HOUR


def test_work_that_is_done_waits_no_longer(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "pause")
    office.clock.advance(hours=1)
    office.do(number, "feedback")
    assert {row.paused_at for row in office.clocks(number).values()} == {None}
    assert office.see(number)["state"] == "done"


def test_handing_a_ticket_over_restarts_no_clock(office: Office) -> None:
    number = office.open("complaint")
    before = {name: (row.started_at, row.due_at) for name, row in office.clocks(number).items()}
    office.clock.advance(minutes=8)
    office.do(number, "assign", user="deputy")
    office.clock.advance(minutes=8)
    office.do(number, "assign", user="butler")
    assert {name: (row.started_at, row.due_at) for name, row in office.clocks(number).items()} == before


@pytest.mark.parametrize("kind", ["repair", "housekeeping", "suggestion", "enquiry", "general", "emergency"])
def test_nothing_runs_on_after_the_end(office: Office, kind: str) -> None:
    number = office.open(kind)
    office.do(number, "cancel")
    assert office.running(number) == set()
    again = office.open("general")
    office.do(again, "complete")
    office.do(again, "follow_up")
    assert office.running(again) == set()


def test_a_withdrawn_wish_leaves_no_promise(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    assert office.hear(number, "cancel", "不用了")
    assert office.ticket(number).step == "cancelled"
    assert office.running(number) == set()
    assert office.hear(office.open("complaint"), "cancel", "算了")
    started = office.open("repair")
    office.do(started, "check_in")
    assert not office.hear(started, "cancel", "不用了")


def test_every_promise_of_a_ticket_is_explained_in_the_callers_language(office: Office) -> None:
    number = office.open("complaint")
    office.clock.advance(minutes=4)
    office.do(number, "accept")
    path = f"/api/tickets/{number}/promises"
    english = office.client.get(path, headers=office.as_("butler")).json()
    assert english["next"] is None
    first = next(one for one in english["items"] if one["sla"] == "SLA-01")
    assert (first["clock"], first["status"], first["is_provisional"]) == ("respond", "done", False)
    assert first["sentences"][0] == "First response: within 10 minutes, counted day and night."
    assert first["sentences"][-1].startswith("Kept: done ")
    chinese = office.client.get(path, headers=office.as_("butler") | {"Accept-Language": "zh"}).json()
    said = next(one for one in chinese["items"] if one["sla"] == "SLA-01")["sentences"]
    assert said[0] == "首次响应：10分钟内，昼夜连续计时。"
    assert office.client.get(path, headers=office.as_("stranger")).status_code == 404
