"""How tickets end, and what dissatisfaction starts."""

from typing import Any

import pytest

from tests.tickets.office import Office, steps


def follow(office: Office, number: int, result: str, **body: Any) -> dict[str, Any]:
    return office.do(number, "follow_up", result=result, **body)


def newest(office: Office) -> int:
    found = office.client.get("/api/tickets", headers=office.as_("supervisor")).json()["items"]
    return int(found[0]["number"])


def test_an_unsatisfied_complaint_goes_on_as_a_new_linked_one_with_fresh_clocks(office: Office) -> None:
    old = office.open("complaint", words="楼道很脏")
    office.do(old, "feedback")
    before = office.clocks(old)
    office.clock.advance(hours=5)
    ticket = follow(office, old, "unsatisfied")
    assert (ticket["state"], ticket["step"]) == ("closed", "reopened_as_new")
    assert ticket["allowed"] == ["reply", "note"]
    new = newest(office)
    linked = office.see(new)
    assert (linked["workflow"], linked["step"], linked["reopened_from"]) == ("complaint", "registered", old)
    assert office.running(new) == {"SLA-01", "SLA-02", "SLA-12"}
    assert {row.started_at for row in office.clocks(new).values()} == {office.clock.now()}
    assert {c: row.due_at for c, row in office.clocks(old).items()} == {
        c: r.due_at for c, r in before.items()
    }
    for action in ("feedback", "classify", "follow_up", "accept", "complete"):
        assert office.try_(old, action).status_code == 409
    office.do(old, "note")
    assert office.see(old)["step"] == "reopened_as_new"


def test_what_the_resident_says_is_the_new_complaint(office: Office) -> None:
    old = office.open("complaint", words="楼道很脏")
    office.do(old, "feedback")
    new = office.hear(old, "follow_up", {"result": "unsatisfied", "words": "还是一样脏"})
    ticket = office.see(new)
    assert (ticket["words"], ticket["slots"]["topic"]) == ("还是一样脏", "还是一样脏")
    assert "还是一样脏" in [e["note"] for e in office.see(old)["timeline"]]


def test_a_repair_done_badly_is_done_again_on_the_same_ticket_then_becomes_a_complaint(
    office: Office,
) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    office.do(number, "schedule")
    office.do(number, "complete")
    ticket = follow(office, number, "unsatisfied")
    assert (ticket["state"], ticket["step"], ticket["appointment"]) == ("open", "rework", None)
    assert "accept" in ticket["allowed"]
    assert office.running(number) == {"SLA-01", "SLA-03", "SLA-16"}
    assert office.ticket(number).cycle == 2
    office.do(number, "assign")
    office.do(number, "complete")
    assert office.running(number) == {"SLA-06"}
    assert follow(office, number, "unsatisfied")["state"] == "closed"
    linked = office.see(newest(office))
    assert (linked["workflow"], linked["reopened_from"]) == ("complaint", number)


def test_a_helper_who_comes_again_may_be_another(office: Office) -> None:
    number = office.open("housekeeping")
    office.do(number, "complete")
    follow(office, number, "unsatisfied")
    assert office.do(number, "assign")["step"] == "rework"
    assert office.do(number, "check_in", "engineer")["step"] == "on_site"


@pytest.mark.parametrize("result", ["satisfied", "partly"])
def test_a_contented_resident_ends_it(office: Office, result: str) -> None:
    for kind, last in (("repair", "complete"), ("complaint", "feedback"), ("emergency", "complete")):
        number = office.open(kind)
        office.do(number, last)
        ticket = follow(office, number, result, score=4, note="ok")
        assert (ticket["state"], ticket["satisfaction"], ticket["score"]) == ("closed", result, 4)


def test_a_follow_up_by_staff_says_whose_steps_it_took(office: Office) -> None:
    number = office.open("housekeeping")
    office.do(number, "complete")
    follow(office, number, "satisfied")
    rows = office.do(number, "move", to="settled", record={"cash": 9000})["timeline"][-4:]
    assert [(e["to_step"], e["acting_for"]) for e in rows] == [
        ("signed", "R"), ("settled", "P"), ("followed_up", None), ("closed", None)
    ]  # fmt: skip


@pytest.mark.parametrize("result", ["satisfied", "partly"])
def test_a_verdict_says_nothing_of_the_payment_which_then_ends_it(office: Office, result: str) -> None:
    number = office.open("housekeeping")
    office.do(number, "complete")
    ticket = follow(office, number, result, score=5)
    assert (ticket["step"], ticket["state"], ticket["satisfaction"]) == ("signed", "done", result)
    assert [one["kind"] for one in ticket["records"]].count("REC-20") == 0
    assert [one["kind"] for one in ticket["records"]].count("REC-04") == 1
    assert "SLA-26" not in office.running(number)
    assert "follow_up" not in ticket["allowed"]
    paid = office.do(number, "move", to="settled", record={"cash": 9000})
    assert (paid["step"], paid["state"]) == ("closed", "closed")
    assert [one["kind"] for one in paid["records"]].count("REC-20") == 1


def test_a_resident_who_is_happy_before_paying_is_not_asked_again(office: Office) -> None:
    number = office.open("housekeeping")
    office.do(number, "complete")
    office.hear(number, "follow_up", {"result": "satisfied", "words": "很好"})
    assert (office.see(number)["step"], office.see(number)["satisfaction"]) == ("signed", "satisfied")
    assert office.do(number, "move", to="settled", record={"voucher": "V-1"})["state"] == "closed"


def test_who_is_unhappy_twice_is_heard_before_anything_is_charged(office: Office) -> None:
    number = office.open("housekeeping")
    for _ in range(2):
        office.do(number, "complete")
        ticket = follow(office, number, "unsatisfied")
    assert ticket["step"] in ("finished", "signed")
    assert office.see(newest(office))["reopened_from"] == number
    assert office.try_(number, "move", to="settled").status_code == 409
    follow(office, number, "satisfied")
    assert office.do(number, "move", to="settled", record={"cash": 9000})["state"] == "closed"


def test_nobody_reached_counts_after_two_tries_on_two_days_of_the_estate(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "complete")
    office.clock.advance(hours=13)  # 23:00 in the estate, still the same day in UTC at the next try
    assert follow(office, number, "unreached")["state"] == "done"
    office.clock.advance(minutes=30)
    assert follow(office, number, "unreached")["state"] == "done"
    assert "SLA-06" in office.running(number)
    office.clock.advance(hours=1)
    ticket = follow(office, number, "unreached")
    assert (ticket["state"], ticket["satisfaction"]) == ("closed", "unreached")


def test_one_morning_is_one_day_though_the_date_changes_elsewhere(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "complete")
    office.clock.advance(hours=21, minutes=50)  # 07:50 in the estate, 23:50 of the day before in UTC
    follow(office, number, "unreached")
    office.clock.advance(minutes=20)
    assert follow(office, number, "unreached")["state"] == "done"


@pytest.mark.parametrize(("adopted", "sentence"), [(True, "已被采纳"), (False, "认真")])
def test_a_suggestion_is_told_either_way_with_the_reason(
    office: Office, adopted: bool, sentence: str
) -> None:
    number = office.open("suggestion")
    office.do(number, "decide", adopted=adopted, reason="请看公告栏。")
    told = office.told("chen", number)
    assert len(told) == 1
    assert "请看公告栏。" in told[0]
    assert sentence in told[0] or "采纳" in told[0]
    assert office.do(number, "complete")["state"] == "closed"


def test_an_answer_that_did_not_help_is_looked_at_by_a_person_again(office: Office) -> None:
    for by_staff in (False, True):
        number = office.open("enquiry")
        office.do(number, "accept")
        office.do(number, "answer")
        office.clock.advance(hours=2)
        if by_staff:
            follow(office, number, "unsatisfied")
        else:
            office.hear(number, "helped", False)
        ticket = office.see(number)
        assert (ticket["state"], ticket["step"]) == ("open", "taken")
        assert "accept" in ticket["allowed"]
        assert office.running(number) == {"SLA-01", "SLA-08"}
        assert office.clocks(number)["SLA-08"].started_at == office.clock.now()
        office.do(number, "answer")
        office.hear(number, "helped", True)
        assert office.see(number)["state"] == "closed"


def test_an_invalid_complaint_is_explained_by_talk_or_notice_before_it_is_fed_back(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "classify", **{"class": "invalid", "department": "客服部"})
    assert office.see(number)["step"] == "classified"
    assert office.try_(number, "feedback").status_code == 409
    assert office.try_(number, "complete").status_code == 422
    ticket = office.do(number, "complete", note="经理上门说明了情况")
    assert (ticket["step"], ticket["timeline"][-1]["acting_for"]) == ("explained", "M")
    assert office.do(number, "feedback")["step"] == "fed_back"


def test_unclear_and_unclassified_count_as_valid(office: Office) -> None:
    number = office.open("complaint")
    ticket = office.do(number, "classify", **{"class": "unclear", "severity": "severe"})
    assert (ticket["class"], ticket["severity"], ticket["step"]) == ("valid", "severe", "assigned")
    assert office.do(office.open("complaint"), "feedback")["class"] == "valid"
    assert office.do(office.open("complaint"), "complete")["class"] == "valid"


def test_a_class_may_be_corrected_until_work_went_another_way(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "classify", **{"class": "malicious"})
    assert office.do(number, "classify", **{"class": "valid"})["step"] == "assigned"
    assert office.try_(number, "classify", **{"class": "invalid"}).status_code == 409
    office.do(number, "feedback")
    assert office.do(number, "classify", **{"class": "to_improve"})["step"] == "fed_back"
    assert office.try_(number, "classify", **{"class": "invalid"}).status_code == 409
    assert office.see(number)["class"] == "to_improve"


def test_a_linked_complaint_about_the_butler_stays_hidden_from_her(office: Office) -> None:
    old = office.open("complaint", words="管家态度差")
    office.do(old, "feedback", "supervisor")
    new = office.hear(old, "follow_up", {"result": "unsatisfied", "words": "没有人道歉"})
    assert office.client.get(f"/api/tickets/{new}", headers=office.as_("butler")).status_code == 404
    ticket = office.see(new, "supervisor")
    assert ticket["butler"] == ticket["first_butler"]
    assert ticket["butler"]["name"] == "Zhou Lan"


def test_a_repair_that_ends_in_a_complaint_about_the_butler_goes_past_her(office: Office) -> None:
    number = office.open("repair")
    for _ in range(2):
        office.do(number, "complete")
        new = office.hear(number, "follow_up", {"result": "unsatisfied", "words": "管家一直敷衍我"})
    assert office.ticket(new).hidden_from_id == office.cast.butler.id


def test_an_emergency_handled_badly_is_heard_as_a_complaint(office: Office) -> None:
    number = office.open("emergency")
    office.do(number, "complete", "guard")
    assert follow(office, number, "unsatisfied")["state"] == "closed"
    assert office.see(newest(office))["reopened_from"] == number


def test_the_way_of_a_complaint_is_written_row_by_row(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "feedback")
    assert steps(follow(office, number, "unsatisfied")) == [
        ("registered", "classified"), ("classified", "assigned"), ("assigned", "handled"),
        ("handled", "fed_back"), ("fed_back", "followed_up"), ("followed_up", "reopened_as_new"),
    ]  # fmt: skip
