"""Steps taken by name: whose they are, what they need, what is written down, and who is told."""

from typing import Any

import pytest

from backend.tickets.steps import Lacking
from tests.tickets.office import Office, steps

PRICE = {"price": 12000, "content": "换阀芯"}
PAPERS = {"signed_engineering": "王强"}


ITEMS = {
    "paid": "value.laundry.laundry",
    "lend": "complimentary.loan.toolbox",
    "aid": "complimentary.aid.rescue",
    "booking": "common.desk.luggage",
    "move_out": "common.admin.move-out",
    "visit": "common.voice.visit-request",
    "release_pass": "common.admin.release-pass",
    "standing_report": "common.cleaning.public-area",
    "permit": "common.fire.hot-work-permit",
    "warranty": "common.repair-tracking.warranty-repair",
    "decoration": "common.admin.decor-apply",
    "event": "common.community.activities",
}


def begin(office: Office, kind: str, who: str = "chen", **given: Any) -> int:
    return office.open("general", who, **({"item_id": ITEMS[kind]} | given))


def go(office: Office, number: int, *ways: Any, by: str = "butler") -> dict[str, Any]:
    """Take the steps one after another; each a name, or a name with its record."""
    ticket: dict[str, Any] = {}
    for way in ways:
        to, record = way if isinstance(way, tuple) else (way, {})
        ticket = office.do(number, "move", by, to=to, record=record)
    return ticket


def test_a_ticket_tells_which_steps_may_follow_whose_they_are_and_what_they_need(office: Office) -> None:
    number = begin(office, "paid")
    found = {one["to"]: one for one in office.see(number)["next"]}
    assert found["quoted"]["for"] == "B"
    assert (found["quoted"]["form"], found["quoted"]["needs"]) == ("REC-17", ["price"])
    assert set(found["quoted"]["fields"]) >= {"price", "content"}
    assert found["quoted"]["lacks"] == ["Price must be filled in."]
    assert found["cancelled"]["lacks"] == []


def test_no_paid_work_begins_before_the_resident_agreed_to_the_price(office: Office) -> None:
    number = begin(office, "paid")
    go(office, number, ("quoted", PRICE))
    answer = office.try_(number, "move", to="accepted")
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["lacks"] == [
        {"name": "consent", "is_guard": True, "text": "The resident has not agreed to the price yet."}
    ]
    assert problem["allowed"] == ["accepted", "cancelled"]
    assert "has not agreed" in problem["detail"]
    assert office.see(number)["step"] == "quoted"
    ticket = go(office, number, ("accepted", {"consent": True}), "scheduled", "in_service")
    assert ticket["step"] == "in_service"


def test_a_refusal_is_told_in_the_readers_language(office: Office) -> None:
    number = begin(office, "paid")
    headers = office.as_("butler") | {"Accept-Language": "zh"}
    answer = office.client.post(f"/api/tickets/{number}/move", json={"to": "quoted"}, headers=headers)
    assert answer.json()["lacks"][0]["text"] == "请填写“价格”。"
    assert "请填写“价格”。" in answer.json()["detail"]


def test_a_no_is_no_consent(office: Office) -> None:
    number = begin(office, "paid")
    go(office, number, ("quoted", PRICE))
    assert office.try_(number, "move", to="accepted", record={"consent": False}).status_code == 409
    assert office.try_(number, "move", to="accepted", record={"consent": "perhaps"}).status_code == 422


def test_a_new_price_needs_a_new_consent(office: Office) -> None:
    number = office.open("repair")
    go(office, number, "triaged", ("quoted", PRICE), ("assigned", {"consent": True}), "on_site", "diagnosed")
    go(office, number, ("quoted", {"price": 30000}))
    assert office.try_(number, "move", to="assigned").status_code == 409
    assert go(office, number, ("assigned", {"consent": True}))["step"] == "assigned"


def test_the_old_actions_pass_the_same_guards(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "accept")
    go(office, number, ("quoted", PRICE))
    answer = office.try_(number, "complete")
    assert answer.status_code == 409
    assert [one["name"] for one in answer.json()["lacks"]] == ["consent"]


@pytest.mark.parametrize(
    ("record", "fields"),
    [({"surprise": "x"}, "surprise"), ({"price": "dear"}, "price"), ({"price": -5, "content": []}, "price"),
     ({"price": True}, "price"), ({"price": 1.5}, "price")],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_refused_by_the_names_of_its_fields(
    office: Office, record: dict[str, Any], fields: str
) -> None:
    number = begin(office, "paid")
    answer = office.try_(number, "move", to="quoted", record=record)
    assert answer.status_code == 422
    assert answer.json()["fields"] == [fields]
    assert answer.json()["detail"].lower() == f"please check these fields: {fields}."
    assert office.see(number)["step"] == "requested"


def test_a_step_that_does_not_follow_names_those_that_do(office: Office) -> None:
    number = begin(office, "paid")
    for to in ("charged", "requested", "nonsense"):
        answer = office.try_(number, "move", to=to)
        assert answer.status_code == 409
        assert answer.json()["allowed"] == ["quoted", "cancelled"]


def test_staff_record_an_absent_persons_step_by_and_for_whom_is_kept(office: Office) -> None:
    number = begin(office, "paid")
    go(office, number, ("quoted", PRICE))
    ticket = office.do(number, "move", to="accepted", record={"consent": True}, **{"for": "R"})
    last = ticket["timeline"][-1]
    assert (last["kind"], last["by"], last["acting_for"]) == ("moved", "butler", "R")
    assert office.try_(number, "move", to="scheduled", **{"for": "M"}).status_code == 422


def test_engineers_and_guards_take_their_own_steps_and_no_others(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    assert [one["to"] for one in office.see(number, "engineer")["next"]] == ["on_site"]
    assert go(office, number, "on_site", by="engineer")["timeline"][-1]["acting_for"] is None
    go(office, number, ("diagnosed", {"actual_items": "换阀芯"}), by="engineer")
    assert office.try_(number, "move", "engineer", to="done").status_code == 409
    done = begin(office, "standing_report")
    office.do(done, "assign")
    assert go(office, done, "corrected", by="engineer")["step"] == "corrected"
    assert "move" not in office.see(done, "engineer")["allowed"]


def test_the_desk_does_not_record_what_the_manager_alone_decides(office: Office) -> None:
    number = office.open("suggestion")
    go(office, number, "registered")
    assert "under_review" in {one["to"] for one in office.see(number, "butler")["next"]}


def test_a_tenants_things_pass_the_gate_only_with_the_owners_consent_and_a_guards_check(
    office: Office,
) -> None:
    number = begin(office, "release_pass", "emma")
    answer = office.try_(number, "move", to="approved", record={"item": "sofa"})
    assert [one["name"] for one in answer.json()["lacks"]] == ["owner-consent"]
    go(office, number, ("approved", {"item": "sofa", "owner_consent": True}))
    assert [one["name"] for one in office.try_(number, "move", to="released").json()["lacks"]] == [
        "gate-check"
    ]
    assert go(office, number, ("released", {"guard": "马超"}))["state"] == "closed"
    own = begin(office, "release_pass")
    assert go(office, own, ("approved", {"item": "沙发"}))["step"] == "approved"


def test_a_tenant_moves_out_with_the_owners_consent_no_arrears_and_the_keys_back(office: Office) -> None:
    number = begin(office, "move_out", "emma")
    assert office.try_(number, "move", to="owner_consented").status_code == 409
    go(office, number, ("owner_consented", {"owner_consent": True}), ("eng_cleared", PAPERS))
    answer = office.try_(
        number, "move", to="fin_cleared", record={"signed_finance": "钱会计", "arrears": 5000}
    )
    assert [one["name"] for one in answer.json()["lacks"]] == ["no-arrears"]
    go(office, number,
       ("fin_cleared", {"signed_finance": "钱会计", "arrears": 5000, "arrears_paid": True}),
       ("sec_cleared", {"signed_security": "马超"}))  # fmt: skip
    assert office.try_(number, "move", to="keys_returned").status_code == 409
    ticket = go(
        office, number, ("keys_returned", {"keys_back": True, "new_phone": "13900000000"}), "released"
    )
    assert (ticket["step"], ticket["state"]) == ("released", "done")


def test_aid_is_confirmed_by_a_person_and_has_no_price(office: Office) -> None:
    number = begin(office, "aid")
    assert office.try_(number, "assign").status_code == 409
    go(office, number, ("eligible", {"eligible": True}), "arranged", "done")
    assert office.do(number, "follow_up")["state"] == "closed"


def test_a_repair_under_warranty_goes_on_as_a_ticket_of_its_own(office: Office) -> None:
    number = office.open("repair", words="墙面开裂")
    go(office, number, "triaged", ("moved_to_warranty", {"class": "minor"}))
    assert office.see(number)["state"] == "cancelled"
    new = max(one["number"] for one in office.client.get(
        "/api/tickets", headers=office.as_("butler")).json()["items"])  # fmt: skip
    linked = office.see(new)
    assert (linked["workflow"], linked["reopened_from"], linked["words"]) == ("warranty", number, "墙面开裂")
    assert go(office, new, "notified")["step"] == "notified"


def test_who_refuses_to_sign_has_it_done_again_and_pays_nothing_meanwhile(office: Office) -> None:
    number = begin(office, "paid")
    go(office, number, ("quoted", PRICE), ("accepted", {"consent": True}), "scheduled", "in_service")
    ticket = go(office, number, ("rework", {"reason": "没洗干净"}))
    assert (ticket["step"], office.ticket(number).cycle) == ("rework", 2)
    assert "SLA-16" in office.running(number)
    assert office.try_(number, "move", to="charged").status_code == 409
    go(office, number, "in_service", ("signed_off", {"signed_by": "陈先生"}))
    assert "SLA-16" not in office.running(number)
    go(office, number, ("charged", {"amount": 12000, "receipt": "A-1"}))
    assert office.do(number, "follow_up")["state"] == "closed"


def test_nothing_is_charged_while_the_resident_is_unhappy_with_this_round(office: Office) -> None:
    number = begin(office, "paid")
    go(
        office,
        number,
        ("quoted", PRICE),
        ("accepted", {"consent": True}),
        "scheduled",
        "in_service",
        "signed_off",
    )
    ticket = office.do(number, "follow_up", result="unsatisfied")
    assert (ticket["step"], ticket["state"]) == ("rework", "open")
    assert ("signed_off", "charged") not in steps(ticket)
    go(office, number, "in_service", "signed_off", "charged")
    assert office.do(number, "follow_up", result="satisfied")["state"] == "closed"


def test_a_booking_that_disappointed_is_a_complaint_at_once(office: Office) -> None:
    number = begin(office, "booking")
    go(office, number, "offered", "accepted", ("booked", {"confirmation": "K-77"}), "fulfilled")
    ticket = office.do(number, "follow_up", result="unsatisfied")
    assert (ticket["step"], ticket["state"]) == ("complained", "closed")
    newest = office.client.get("/api/tickets", headers=office.as_("butler")).json()["items"][0]
    assert (newest["workflow"], newest["reopened_from"]) == ("complaint", number)
    assert office.try_(begin(office, "booking"), "move", to="complained").status_code == 409


def test_a_public_fault_not_put_right_is_corrected_again_then_a_complaint(office: Office) -> None:
    number = begin(office, "standing_report")
    for cycle in (1, 2):
        assert office.ticket(number).cycle == cycle
        office.do(number, "assign")
        office.do(number, "complete")
        ticket = office.do(number, "follow_up", result="unsatisfied")
    assert ticket["state"] == "closed"
    assert (
        office.client.get("/api/tickets", headers=office.as_("butler")).json()["items"][0]["reopened_from"]
        == number
    )


def test_a_price_still_open_keeps_a_repair_from_being_closed_but_not_from_being_followed_up(
    office: Office,
) -> None:
    number = office.open("repair")
    office.do(number, "complete")
    office.do(number, "sign_off", cost_fen=5000, signed_by="陈先生")
    office.do(number, "note", text="x")
    with office.db.write() as session:
        row = session.merge(office.ticket(number))
        row.facts = {**row.facts, "paid": "no"}
    ticket = office.do(number, "follow_up", result="satisfied")
    assert (ticket["step"], ticket["state"]) == ("followed_up", "done")
    assert "SLA-06" not in office.running(number)
    assert office.try_(number, "follow_up").status_code == 409


def test_a_move_tells_the_clocks_as_the_action_would(office: Office) -> None:
    number = begin(office, "paid")
    assert "SLA-01" in office.running(number)
    go(office, number, ("quoted", PRICE))
    assert "SLA-01" not in office.running(number)
    go(office, number, ("accepted", {"consent": True}), "scheduled", "in_service", "signed_off")
    assert "SLA-26" in office.running(number)
    go(office, number, "charged", "followed_up")
    assert "SLA-26" not in office.running(number)


def test_a_refused_permit_tells_the_resident_why(office: Office) -> None:
    number = begin(office, "permit")
    assert office.try_(number, "move", to="refused").status_code == 409
    go(office, number, ("refused", {"reason": "没有灭火器。"}))
    assert any("没有灭火器。" in text for text in office.told("chen", number))
    assert office.see(number)["reason"] == "没有灭火器。"


def test_no_step_of_the_hour_is_taken_by_hand(office: Office) -> None:
    number = begin(office, "lend")
    go(office, number, "lent")
    assert office.try_(number, "move", to="overdue").status_code == 409
    assert {one["to"] for one in office.see(number)["next"]} == {"returned"}


def test_a_complaint_classed_by_its_steps_is_as_well_classed(office: Office) -> None:
    number = office.open("complaint")
    go(office, number, ("classified", {"class": "unclear", "severity": "severe"}))
    ticket = go(office, number, ("assigned", {"department": "工程部", "limit": "2026-03-12T10:00:00Z"}))
    assert (ticket["class"], ticket["severity"], ticket["department"]) == ("valid", "severe", "工程部")
    assert {"SLA-27", "SLA-28"} <= office.running(number)
    assert "SLA-12" not in office.running(number)


def test_a_resident_accepts_a_price_signs_and_sends_back_by_their_own_steps(office: Office) -> None:
    number = begin(office, "paid")
    go(office, number, ("quoted", PRICE))
    assert [move.to_step for move in office.own(number)] == ["cancelled"]
    assert office.hear_step(number, "accepted", {"consent": True})
    go(office, number, "scheduled", "in_service")
    assert not office.hear_step(number, "charged")
    assert office.hear_step(number, "rework", words="袖口没洗干净")
    ticket = office.see(number)
    assert (ticket["step"], ticket["timeline"][-1]["actor"]) == ("rework", "R")
    assert ticket["timeline"][-1]["note"] == "袖口没洗干净"


def test_a_resident_cannot_step_past_what_is_missing(office: Office) -> None:
    number = begin(office, "move_out", "emma")
    with pytest.raises(Lacking):
        office.hear_step(number, "owner_consented")
    assert office.see(number)["step"] == "requested"


def test_what_a_resident_says_at_the_end_is_heard_though_something_is_still_missing(office: Office) -> None:
    number = office.open("housekeeping")
    office.do(number, "complete")
    with office.db.write() as session:
        session.merge(office.ticket(number)).facts = {"balance": 10, "amount_used": 20}
    office.hear(number, "follow_up", {"result": "satisfied", "words": "很好"})
    ticket = office.see(number)
    assert (ticket["step"], ticket["satisfaction"]) == ("signed", "satisfied")
    assert ticket["timeline"][-1]["kind"] == "followed_up"


def test_the_list_of_snags_goes_to_the_contractor_in_writing(office: Office) -> None:
    """SLA-19: a step of its own, with its record, ends the promise; the inspection comes after it."""
    number = office.open("general", item_id="common.admin.move-in", slots={})
    go(office, number, "notified", "booked", ("verified", {"papers": True}), by="manager")
    go(office, number, ("inspected", {"meter": 12}), ("snag_open", {"snags": ["漆面"]}), by="manager")
    promise = _promise(office, number)
    assert promise["met_at"] is None
    told = go(office, number, ("contractor_told", {"contractor": "宏远建设"}), by="manager")
    assert told["step"] == "contractor_told"
    assert _promise(office, number)["met_at"] is not None
    assert go(office, number, "inspected", by="manager")["step"] == "inspected"


def _promise(office: Office, number: int) -> dict[str, Any]:
    return next(one for one in office.see(number)["promises"] if one["clock"] == "notify")
