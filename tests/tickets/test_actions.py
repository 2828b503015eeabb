"""The staff API asked the same questions at every door: works, signed out, foreign, forbidden, malformed."""

import re
from typing import Any

import pytest

from backend.tickets import schemas, service
from tests.tickets.office import BODIES, Office, steps

#: action → the ticket it works on, and what is done before
WORKS: dict[str, tuple[str, list[str]]] = {
    "accept": ("repair", []),
    "reply": ("repair", []),
    "note": ("repair", []),
    "assign": ("repair", []),
    "schedule": ("repair", []),
    "check_in": ("repair", ["assign"]),
    "complete": ("repair", ["assign", "check_in"]),
    "sign_off": ("repair", ["assign", "check_in"]),
    "classify": ("complaint", []),
    "feedback": ("complaint", []),
    "answer": ("enquiry", []),
    "decide": ("suggestion", []),
    "follow_up": ("repair", ["complete"]),
    "pause": ("repair", []),
    "resume": ("repair", ["pause"]),
    "cancel": ("repair", []),
    "plan": ("repair", []),
    "move": ("repair", ["accept"]),
    "set_aside": ("repair", []),
    "bring_back": ("repair", ["set_aside"]),
    "pass_on": ("repair", []),
    "merge": ("repair", ["+"]),
    "separate": ("repair", ["+", "merge"]),
    "split": ("repair", []),
    "choose": ("repair", []),
    "unschedule": ("repair", ["assign", "schedule"]),
    "not_arrived": ("repair", ["assign", "check_in"]),
}
#: where the ticket stands afterwards
STANDS = {
    "accept": ("open", "triaged"), "reply": ("open", "confirmed"), "note": ("open", "confirmed"),
    "assign": ("open", "assigned"), "schedule": ("open", "confirmed"), "check_in": ("open", "on_site"),
    "complete": ("done", "done"), "sign_off": ("done", "done"), "classify": ("open", "assigned"),
    "feedback": ("done", "fed_back"), "answer": ("done", "answered"), "decide": ("done", "replied"),
    "follow_up": ("closed", "closed"), "pause": ("waiting", "confirmed"), "resume": ("open", "confirmed"),
    "cancel": ("cancelled", "cancelled"), "plan": ("open", "confirmed"), "move": ("open", "quoted"),
    "set_aside": ("open", "confirmed"), "bring_back": ("open", "confirmed"), "pass_on": ("open", "confirmed"),
    "merge": ("cancelled", "cancelled"), "separate": ("cancelled", "cancelled"),
    "split": ("open", "confirmed"),
    "choose": ("open", "confirmed"), "unschedule": ("open", "rescheduled"),
    "not_arrived": ("open", "assigned"),
}  # fmt: skip
#: a body that cannot be read, and the field that is to blame
MALFORMED: dict[str, tuple[dict[str, Any], str]] = {
    "accept": ({"surprise": 1}, "surprise"),
    "reply": ({"text": "  \u0000 "}, "text"),
    "note": ({}, "text"),
    "assign": ({"user": 0}, "user"),
    "schedule": ({"start": "tomorrow", "end": "2026-03-12T03:00:00"}, "end, start"),
    "check_in": ({"version": -1}, "version"),
    "complete": ({"note": "x" * 5000}, "note"),
    "sign_off": ({"cost_fen": -1}, "cost_fen"),
    "classify": ({"class": "stupid", "department": ""}, "class, department"),
    "feedback": ({"text": "x" * 5000}, "text"),
    "answer": ({"text": "x", "files": "one"}, "files"),
    "decide": ({"adopted": "perhaps"}, "adopted, reason"),
    "follow_up": ({"result": "great", "score": 6}, "result, score"),
    "pause": ({"reason": ""}, "reason"),
    "resume": ({"when": "now"}, "when"),
    "cancel": ({"reason": None}, "reason"),
    "plan": ({"at": "soon", "note": "x" * 5000}, "at, note"),
    "move": ({"to": "", "record": [1]}, "record, to"),
    "set_aside": ({"until": "later", "reason": ""}, "reason, until"),
    "bring_back": ({"now": True}, "now"),
    "pass_on": ({"user": "deputy"}, "note"),
    "merge": ({"into": "0"}, "into"),
    "separate": ({"into": 1}, "into"),
    "split": ({"item": "", "messages": ["x"]}, "item, messages"),
    "choose": ({"item": ""}, "item"),
    "unschedule": ({"tell": "perhaps", "reason": "x" * 5000}, "reason, tell"),
    "not_arrived": ({"now": True}, "now"),
}
#: done a second time, or at the wrong moment
ILLEGAL = {
    "accept": ("repair", ["accept"]), "assign": ("repair", ["complete"]),
    "schedule": ("repair", ["complete"]), "check_in": ("repair", ["check_in"]),
    "complete": ("repair", ["complete"]), "sign_off": ("housekeeping", ["sign_off"]),
    "classify": ("repair", []), "feedback": ("complaint", ["feedback"]), "answer": ("enquiry", ["answer"]),
    "decide": ("suggestion", ["decide"]), "follow_up": ("repair", []), "pause": ("repair", ["pause"]),
    "resume": ("repair", []), "cancel": ("repair", ["check_in"]), "plan": ("repair", ["complete"]),
    "move": ("repair", ["complete", "follow_up"]), "set_aside": ("repair", ["set_aside"]),
    "bring_back": ("repair", []), "pass_on": ("repair", ["cancel"]), "merge": ("repair", ["cancel"]),
    "separate": ("repair", []), "split": ("repair", ["cancel"]),
    "choose": ("repair", ["cancel"]), "unschedule": ("repair", ["schedule", "check_in"]),
    "not_arrived": ("repair", ["assign"]),
}  # fmt: skip


def stand(office: Office, kind: str, before: list[str]) -> int:
    """Open a ticket and bring it to where the action's turn is; "+" goes on with a second one."""
    number = office.open(kind)
    for earlier in before:
        if earlier == "+":
            number = office.open(kind)
        else:
            office.do(number, earlier)
    return number


@pytest.mark.parametrize("action", WORKS)
def test_each_action_works_once_it_is_its_turn(office: Office, action: str) -> None:
    kind, before = WORKS[action]
    number = stand(office, kind, before)
    version = office.see(number)["version"]
    ticket = office.do(number, action, version=version, **BODIES.get(action, {}))
    assert (ticket["state"], ticket["step"]) == STANDS[action]
    assert ticket["version"] == version + 1
    assert ticket["timeline"][-1]["by"] == "butler"
    assert office.see(number) == ticket


def test_every_action_of_the_api_is_asked_in_these_tests() -> None:
    assert set(WORKS) == set(STANDS) == set(MALFORMED) == set(service.HANDLERS) == set(schemas.BODIES)
    assert set(ILLEGAL) == set(WORKS) - {"reply", "note"}


def test_nobody_gets_in_without_a_good_token(office: Office) -> None:
    number = office.open("repair")
    for headers in ({}, {"Authorization": "Bearer forged"}, office.chat("chen")):
        for action in WORKS:
            answer = office.client.post(f"/api/tickets/{number}/{action}", json={}, headers=headers)
            assert answer.status_code == 401, action
            assert answer.headers["content-type"] == "application/problem+json"
        assert office.client.get("/api/tickets", headers=headers).status_code == 401
        assert office.client.get(f"/api/tickets/{number}", headers=headers).status_code == 401
        assert office.client.post("/api/tickets", json={}, headers=headers).status_code == 401


def test_what_is_not_mine_does_not_exist(office: Office) -> None:
    mine = office.open("repair")
    about_her = office.open("complaint", words="管家赵敏态度很差。")
    given = office.open("repair", who="emma")
    office.do(given, "assign", user="engineer")
    for number, who in ((mine, "stranger"), (about_her, "butler"), (mine, "engineer"), (mine, "guard")):
        assert office.client.get(f"/api/tickets/{number}", headers=office.as_(who)).status_code == 404
        for action in WORKS:
            assert office.try_(number, action, who).status_code == 404, (who, action)
        listed = office.client.get("/api/tickets", headers=office.as_(who)).json()["items"]
        assert number not in [one["number"] for one in listed]
    assert office.see(given, "engineer")["worker"]["name"] == "Wang Qiang"
    assert office.see(about_her, "supervisor")["butler"]["name"] == "Zhou Lan"
    assert office.do(about_her, "accept", "supervisor")["version"] == 2


@pytest.mark.parametrize("number", [0, -1, 999, 2**31, 2**63, 10**30])
def test_an_unknown_number_is_not_found_however_strange(office: Office, number: int) -> None:
    assert office.client.get(f"/api/tickets/{number}", headers=office.as_("butler")).status_code == 404
    assert office.try_(number, "accept").status_code == 404


def test_an_action_that_does_not_exist_is_not_found(office: Office) -> None:
    number = office.open("repair")
    assert office.try_(number, "explode").status_code == 404
    assert office.try_(number, "open").status_code == 404


def test_engineers_and_guards_do_the_work_and_nothing_else(office: Office) -> None:
    number = office.open("emergency")
    may = {"accept", "note", "check_in", "not_arrived", "complete", "sign_off", "move", "pause", "resume"}
    for who in ("engineer", "guard"):
        for action in set(WORKS) - may:
            assert office.try_(number, action, who).status_code == 403, (who, action)
    office.do(number, "accept", "guard")
    office.do(number, "check_in", "guard")
    ticket = office.do(number, "complete", "guard")
    assert ticket["step"] == "safe"
    assert all(event["acting_for"] is None for event in ticket["timeline"])
    assert set(ticket["allowed"]) <= may


def test_a_malformed_body_is_refused_by_the_names_of_its_fields(office: Office) -> None:
    number = office.open("repair")
    before = office.see(number)
    for action, (body, fields) in MALFORMED.items():
        answer = office.client.post(
            f"/api/tickets/{number}/{action}", json=body, headers=office.as_("butler")
        )
        assert answer.status_code == 422, (action, answer.text)
        assert f"fields: {fields}." in answer.json()["detail"], action
    for raw in (b"{", b"[]", b'"x"', b"\xff\xfe"):
        answer = office.client.post(
            f"/api/tickets/{number}/reply", content=raw,
            headers=office.as_("butler") | {"Content-Type": "application/json"},
        )  # fmt: skip
        assert answer.status_code in (400, 422), raw
    assert office.see(number) == before


def test_texts_lose_what_a_database_or_a_reader_cannot_take(office: Office) -> None:
    number = office.open("repair")
    raw = b'{"text": "a\\u0000b \\ud800 \\u202ec"}'
    headers = office.as_("butler") | {"Content-Type": "application/json"}
    answer = office.client.post(f"/api/tickets/{number}/reply", content=raw, headers=headers)
    assert answer.status_code == 200
    assert office.read("chen")[-1]["text"] == "ab \ufffd c"


@pytest.mark.parametrize("action", ILLEGAL)
def test_what_is_done_already_or_not_yet_possible_names_what_is(office: Office, action: str) -> None:
    kind, before = ILLEGAL[action]
    number = stand(office, kind, before)
    ticket = office.see(number)
    answer = office.try_(number, action)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["allowed"] == ticket["allowed"]
    assert action not in problem["allowed"]
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert office.see(number) == ticket


def test_a_refusal_names_only_what_this_person_may_do(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    office.do(number, "complete", "engineer")
    assert office.try_(number, "complete", "engineer").json()["allowed"] == ["sign_off", "note"]


def test_a_stale_version_says_who_was_faster_and_when(office: Office) -> None:
    number = office.open("repair")
    office.clock.advance(minutes=3)
    office.do(number, "accept", "deputy", version=1)
    office.clock.advance(minutes=3)
    answer = office.try_(number, "reply", version=1, text="我来。")
    assert answer.status_code == 409
    assert "Li Wei changed this ticket at 10:03." in answer.json()["detail"]
    assert answer.json()["allowed"] == office.see(number)["allowed"]
    office.hear(number, "urge")
    assert "The resident changed" in office.try_(number, "note", version=2, text="x").json()["detail"]
    assert office.read("chen")[-1]["author"] == "bot"


def test_the_same_key_gives_the_same_answer_and_acts_once(office: Office) -> None:
    number = office.open("repair")
    first = office.try_(number, "reply", key="k1", text="马上来。")
    office.do(number, "accept")
    again = office.try_(number, "reply", key="k1", text="马上来。")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert [m["text"] for m in office.read("chen")].count("马上来。") == 1
    for other in ({"text": "另一句。"}, {"text": "马上来。", "version": 1}):
        assert office.try_(number, "reply", key="k1", **other).status_code == 422
    assert office.try_(number, "note", key="k1", text="马上来。").status_code == 422
    assert office.try_(number, "note", "deputy", key="k1", text="mine").status_code == 200


def test_a_refused_action_does_not_use_up_its_key(office: Office) -> None:
    number = office.open("repair")
    assert office.try_(number, "follow_up", key="k2", result="satisfied").status_code == 409
    office.do(number, "complete")
    assert office.try_(number, "follow_up", key="k2", result="satisfied").json()["state"] == "closed"


def test_a_key_is_free_again_after_a_day(office: Office) -> None:
    number = office.open("repair")
    office.try_(number, "note", key="k3", text="one")
    office.clock.advance(hours=25)
    assert office.try_(number, "note", key="k3", text="two").status_code == 200
    notes = [e["note"] for e in office.see(number)["timeline"] if e["kind"] == "note"]
    assert notes == ["one", "two"]


def test_every_instant_is_utc_with_z(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    office.do(number, "schedule", start="2026-03-12T09:00:00+08:00", end="2026-03-12T11:00:00+08:00")
    ticket = office.do(number, "note", text="门禁卡在值班室")
    instants = re.findall(r'"(\d{4}-\d\d-\d\dT[^"]*)"', office.client.get(
        f"/api/tickets/{number}", headers=office.as_("butler")).text)  # fmt: skip
    assert len(instants) > 15
    assert all(one.endswith("Z") for one in instants)
    assert ticket["appointment"] == {"start": "2026-03-12T01:00:00Z", "end": "2026-03-12T03:00:00Z"}
    assert ticket["timeline"][3]["values"]["end"] == "2026-03-12T03:00:00Z"


def test_complete_walks_the_steps_between_one_row_each_with_by_and_for(office: Office) -> None:
    number = office.open("repair")
    ticket = office.do(number, "complete", note="换了阀芯")
    assert steps(ticket) == [
        ("confirmed", "triaged"), ("triaged", "assigned"), ("assigned", "on_site"), ("on_site", "diagnosed"),
        ("diagnosed", "done"),
    ]  # fmt: skip
    rows = [e for e in ticket["timeline"] if e["to_step"]]
    assert {e["by"] for e in rows} == {"butler"}
    assert [e["acting_for"] for e in rows] == [None, None, "E", "E", "R"]
    assert [e["note"] for e in rows] == ["", "", "", "", "换了阀芯"]
    assert rows[-1]["kind"] == "completed"


def test_the_timeline_names_everybody_who_wrote_in_it(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "note", "manager", text="please hurry")
    office.do(number, "assign", "supervisor")
    ticket = office.do(number, "check_in", "engineer")
    assert [e["by"] for e in ticket["timeline"]] == [None, "manager", "supervisor", "supervisor", "engineer"]


def test_a_butler_records_what_the_manager_decided(office: Office) -> None:
    number = office.open("suggestion")
    ticket = office.do(number, "decide", adopted=False, reason="预算不够。")
    assert steps(ticket) == [
        ("received", "registered"), ("registered", "under_review"), ("under_review", "not_adopted"),
        ("not_adopted", "replied"),
    ]  # fmt: skip
    decided = next(e for e in ticket["timeline"] if e["kind"] == "decided")
    assert (decided["by"], decided["acting_for"], decided["note"]) == ("butler", "M", "预算不够。")
    assert (ticket["decision"], ticket["reason"]) == ("not_adopted", "预算不够。")


def test_assigning_knows_colleagues_of_this_estate_only(office: Office) -> None:
    number = office.open("repair")
    for nobody in ("stranger", "nobody", office.cast.stranger.id, 2**40):
        assert office.try_(number, "assign", user=nobody).status_code == 422, nobody
    assert office.do(number, "assign", user=" Engineer ")["worker"]["id"] == office.cast.engineer.id
    ticket = office.do(number, "assign", user=office.cast.deputy.id)
    assert ticket["butler"]["id"] == office.cast.deputy.id
    assert ticket["first_butler"]["id"] == office.cast.butler.id
    assert ticket["worker"]["id"] == office.cast.engineer.id


def test_a_complaint_never_goes_to_the_person_it_is_about(office: Office) -> None:
    number = office.open("complaint", words="管家不回消息")
    assert office.ticket(number).hidden_from_id == office.cast.butler.id
    assert office.try_(number, "assign", "supervisor", user="butler").status_code == 422


def test_a_visit_ends_after_it_starts_and_lies_ahead(office: Office) -> None:
    number = office.open("repair")
    for start, end in (
        ("2026-03-12T03:00:00Z", "2026-03-12T01:00:00Z"), ("2026-03-10T01:00:00Z", "2026-03-10T03:00:00Z")
    ):  # fmt: skip
        assert office.try_(number, "schedule", start=start, end=end).status_code == 422
    assert office.see(number)["appointment"] is None


def test_lists_show_state_and_queue_newest_first_page_by_page(office: Office) -> None:
    numbers = [office.open("general") for _ in range(52)]
    office.do(numbers[0], "complete")
    office.do(numbers[1], "assign", user="deputy")

    def listed(by: str = "butler", **params: Any) -> tuple[list[int], Any]:
        answer = office.client.get("/api/tickets", params=params, headers=office.as_(by)).json()
        return [one["number"] for one in answer["items"]], answer["next"]

    first, cursor = listed()
    assert first == numbers[:1:-1]
    assert cursor == numbers[2]
    extra = office.open("general")
    assert listed(after=cursor) == ([numbers[1], numbers[0]], None)
    assert listed(state="done") == ([numbers[0]], None)
    assert listed("deputy", queue="mine") == ([numbers[1]], None)
    assert listed(queue="mine", after=numbers[2]) == ([numbers[0]], None)
    assert listed(queue="unassigned") == ([], None)
    assert listed("supervisor", queue="team", after=numbers[1])[0] == [numbers[0]]
    assert extra in listed(queue="mine", state="open")[0]
    for wrong in ({"state": "lost"}, {"queue": "all"}, {"after": "x"}, {"after": 0}, {"after": 10**30}):
        answer = office.client.get("/api/tickets", params=wrong, headers=office.as_("butler"))
        assert answer.status_code == 422
        assert next(iter(wrong)) in answer.json()["detail"]
