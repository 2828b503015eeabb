"""What a resident waits for is told them: approved, cleared, handed out, with what the record says of it."""

import pytest

from backend.tickets import milestones, steps_told
from backend.tickets.forms import find_form
from backend.tickets.lifecycle import MACHINES
from tests.tickets.office import Office

PASS = "common.admin.release-pass"
LOAN = "complimentary.loan.toolbox"


def test_every_piece_of_news_is_a_step_of_its_machine_and_says_what_happens_next() -> None:
    for workflow, steps in milestones.NEWS.items():
        assert steps <= set(MACHINES[workflow].steps), workflow
        assert all(steps_told.next_of(workflow, step) for step in steps), workflow


def test_what_is_told_of_a_record_stands_in_some_form() -> None:
    forms = {move.form for machine in MACHINES.values() for move in machine.moves if move.form}
    known = {field.id for form in forms if (found := find_form(form)) for field in found.fields}
    assert set(milestones.DETAILS) <= known


def test_an_approved_pass_is_told_with_its_goods_and_what_to_do_at_the_gate(office: Office) -> None:
    number = office.open("general", item_id=PASS)
    office.do(number, "move", to="approved", record={"item": "沙发一张、纸箱两个"})
    (told,) = [text for text in office.told("chen", number) if "沙发" in text]
    assert "已批准" in told or "通过" in told
    assert "门岗" in told


def test_a_tenant_reads_it_in_english(office: Office) -> None:
    number = office.open("general", who="emma", item_id=LOAN)
    record = {"item": "Toolbox 3", "limit": "2026-03-12T10:00:00Z"}
    office.do(number, "move", to="lent", record=record)
    told = office.told("emma", number)[-1]
    assert "with you" in told
    assert "Toolbox 3" in told
    assert "Due: Thu 12 Mar, 18:00" in told


def test_the_card_of_a_loan_says_until_when(office: Office) -> None:
    number = office.open("general", who="emma", item_id=LOAN)
    office.do(number, "move", to="lent", record={"item": "Toolbox 3", "limit": "2026-03-12T10:00:00Z"})
    (card,) = office.client.get("/api/chat/tickets", headers=office.chat("emma")).json()
    assert card["next"]["due_at"] == "2026-03-12T10:00:00Z"
    assert "18:00" in card["next"]["time"]


def test_no_loan_is_free_and_the_next_is_named_once(office: Office) -> None:
    number = office.open("general", item_id=LOAN)
    record = {"next_free": "2026-03-13T02:00:00Z"}
    office.do(number, "move", to="unavailable", record=record)
    told = office.told("chen", number)
    assert len([text for text in told if "3月13日" in text]) == 1


@pytest.mark.parametrize(("role", "who"), [("engineer", "王强"), (None, "上门服务人员")])
def test_a_providers_staff_arrive_and_not_the_butler_who_noted_it(
    office: Office, role: str | None, who: str
) -> None:
    number = office.open("housekeeping")
    if role:
        office.do(number, "assign", user=role)
    else:
        office.do(number, "move", to="assigned", record={"provider": "洁乐家政"})
    office.do(number, "check_in")
    assert any(f"{who}已经到现场" in text for text in office.told("chen", number))


def test_a_signature_that_ends_the_work_is_followed_by_the_question(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    office.do(number, "sign_off", signed_by="陈建国")
    assert sum("满意" in text for text in office.told("chen", number)) == 1


def test_a_signature_after_the_work_asks_nothing_twice(office: Office) -> None:
    number = office.open("housekeeping")
    office.do(number, "complete")
    office.do(number, "sign_off", signed_by="陈建国")
    asked = [m for m in office.read("chen") if m["ticket"] and "满意" in m["text"]]
    assert len(asked) == 1


def test_missing_papers_are_named_as_such_before_what_to_do(office: Office) -> None:
    number = office.open("general", item_id="common.admin.decor-apply")
    office.do(number, "move", to="incomplete", record={"missing": ["消防部门的审批回执"]})
    told = office.told("chen", number)[-1]
    assert "缺少的资料：消防部门的审批回执。" in told
    assert told.endswith("。")


def test_who_is_told_of_is_who_acts_next(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    cards = office.client.get("/api/chat/tickets", headers=office.chat("chen")).json()
    assert "王强" in cards[0]["next"]["text"]
    office.do(number, "complete", by="engineer")
    cards = office.client.get("/api/chat/tickets", headers=office.chat("chen")).json()
    assert "王强" not in cards[0]["next"]["text"]
    assert "赵敏" in cards[0]["next"]["text"]


def test_a_guard_sees_a_pass_once_it_is_approved_and_lets_the_goods_out(office: Office) -> None:
    number = office.open("general", item_id=PASS)
    headers = office.as_("guard")
    assert office.client.get(f"/api/tickets/{number}", headers=headers).status_code == 404
    office.do(number, "move", to="approved", record={"item": "沙发"})
    assert office.see(number, "guard")["step"] == "approved"
    assert office.do(number, "move", "guard", to="released")["step"] == "released"
    assert office.client.get(f"/api/tickets/{number}", headers=office.as_("engineer")).status_code == 404


def test_a_refused_field_and_the_steps_that_may_follow_are_named_in_words(office: Office) -> None:
    number = office.open("general", item_id=PASS)
    refused = office.try_(number, "move", to="approved", record={"item": "沙发", "plate": True})
    assert refused.status_code == 422
    assert refused.json()["fields"] == ["plate"]
    assert refused.json()["detail"] == "Please check these fields: Vehicle."
    illegal = office.try_(number, "move", to="released")
    assert illegal.json()["allowed"] == ["approved", "refused", "cancelled"]
    assert "approved, not approved, cancelled" in illegal.json()["detail"]


def test_nobody_is_told_of_an_agreed_time_where_none_is_agreed(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    cards = office.client.get("/api/chat/tickets", headers=office.chat("chen")).json()
    assert cards[0]["next"]["text"] == "王强会尽快上门。"
    office.do(number, "schedule")
    cards = office.client.get("/api/chat/tickets", headers=office.chat("chen")).json()
    assert cards[0]["next"]["text"] == "王强会按约好的时间上门。"
