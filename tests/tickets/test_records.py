"""What is written down about a ticket: the forms of the plans, numbered, filled in further, never changed."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from backend.models import Record
from backend.tickets import records
from tests.tickets.office import Office
from tests.tickets.test_moves import PRICE, begin, go
from tests.tickets.test_together import asking, at_once


def forms(office: Office, number: int) -> dict[str, dict[str, Any]]:
    """The forms of a ticket as they stand, by kind."""
    return {one["kind"]: one for one in office.see(number)["records"]}


def upload(office: Office, data: bytes) -> str:
    file = {"file": ("photo.jpg", data, "image/jpeg")}
    answer = office.client.post("/api/tickets/files", files=file, headers=office.as_("butler"))
    assert answer.status_code == 201, answer.text
    name: str = answer.json()["id"]
    return name


def picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(kept, "JPEG")
    return kept.getvalue()


def test_a_sign_off_keeps_names_materials_cost_and_how_it_looked_before_and_after(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    office.do(number, "check_in", "engineer")
    before, after = upload(office, picture()), upload(office, picture())
    office.do(number, "sign_off", signed_by="陈先生", worker="王强", materials="阀芯一个", cost_fen=3500,
              actual_items="更换阀芯", own_parts=False, parts_tested="none", photos_before=[before],
              photos_after=[after])  # fmt: skip
    kept = forms(office, number)["REC-03"]["values"]
    assert {"signed_by": "陈先生", "worker": "王强", "materials": "阀芯一个", "cost_fen": 3500,
            "photos_before": [before], "photos_after": [after]}.items() <= kept.items()  # fmt: skip
    assert kept["arrived_at"] == kept["ordered_at"] == "2026-03-11T02:00:00Z"
    assert office.try_(number, "sign_off", photos_after=["unknown"]).status_code in (409, 422)


def test_a_photo_of_another_ticket_is_nobodys_proof_here(office: Office) -> None:
    one, other = office.open("repair"), office.open("repair", "emma")
    photo = upload(office, picture())
    office.do(one, "sign_off", photos_after=[photo])
    assert office.try_(other, "sign_off", photos_after=[photo]).status_code == 422


def test_a_form_is_filled_in_further_by_rows_that_replace_and_never_change(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "assign")
    office.do(number, "complete", "engineer")
    with office.db.read() as session:
        rows = session.scalars(select(Record).where(Record.kind == "REC-03").order_by(Record.id)).all()
    assert [row.replaces_id for row in rows] == [None, *(row.id for row in rows[:-1])]
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert "arrived_at" not in rows[0].values
    assert len([one for one in office.see(number)["records"] if one["kind"] == "REC-03"]) == 1


def test_work_done_again_has_a_form_of_its_own(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "sign_off", signed_by="陈先生")
    office.do(number, "follow_up", result="unsatisfied")
    office.do(number, "sign_off", signed_by="陈太太")
    kept = [one["values"] for one in office.see(number)["records"] if one["kind"] == "REC-03"]
    assert [(one.get("cycle", 1), one["signed_by"]) for one in kept] == [(1, "陈先生"), (2, "陈太太")]


def test_a_follow_up_is_kept_as_a_record(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "complete")
    office.do(number, "follow_up", result="satisfied", score=5, note="很快", method="phone", person="陈太太",
              wishes="下次早点来", next_action="无")  # fmt: skip
    record = forms(office, number)["REC-04"]
    said = {"satisfaction": "satisfied", "score": 5, "method": "phone", "person": "陈太太",
            "wishes": "下次早点来", "next_action": "无", "note": "很快"}  # fmt: skip
    assert said.items() <= record["values"].items()
    assert record["by"] == "butler"


def test_the_complaint_register_says_cause_measures_and_who_signed(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "classify", department="保洁部", responsible="林主管", limit_at="2026-03-12T10:00:00Z",
              **{"class": "valid", "severity": "normal"})  # fmt: skip
    office.do(
        number, "complete", cause="漏扫", corrective="补扫", preventive="加一次巡查", signed_by="林主管"
    )
    office.do(number, "feedback", text="已经补扫。")
    kept = forms(office, number)["REC-05"]["values"]
    assert {"class": "valid", "severity": "normal", "department": "保洁部", "responsible": "林主管",
            "cause": "漏扫", "corrective": "补扫", "preventive": "加一次巡查", "signed_by": "林主管",
            "feedback": "已经补扫。", "limit": "2026-03-12T10:00:00Z"}.items() <= kept.items()  # fmt: skip
    assert office.clocks(number)["SLA-28"].due_at.isoformat() == "2026-03-12T10:00:00+00:00"


def test_a_suggestion_and_an_enquiry_are_kept_in_their_registers(office: Office) -> None:
    number = office.open("suggestion")
    office.do(number, "decide", adopted=True, reason="好主意。", measures="下月装灯", consulted=["业委会"])
    kept = forms(office, number)["REC-06"]["values"]
    assert {"decision": "adopted", "reason": "好主意。", "measures": "下月装灯",
            "consulted": ["业委会"]}.items() <= kept.items()  # fmt: skip
    asked = office.open("enquiry", words="泳池几点开？")
    office.do(asked, "answer", text="七点。", is_unknown=True)
    kept = forms(office, asked)["REC-07"]["values"]
    assert {"question": "泳池几点开？", "answer": "七点。", "is_unknown": True}.items() <= kept.items()


def test_numbers_count_each_kind_in_each_estate_without_a_gap_also_when_some_are_refused(
    office: Office,
) -> None:
    numbers = [begin(office, "paid") for _ in range(4)]
    body = {"to": "quoted", "record": PRICE}
    bad = {"to": "quoted", "record": {"price": 1, "surprise": 2}}
    asks = [asking(office, f"/api/tickets/{one}/move", "butler", dict(body)) for one in numbers]
    asks += [asking(office, f"/api/tickets/{numbers[0]}/move", "butler", dict(bad))]
    answers = at_once(office, *asks)
    assert sorted(answer.status_code for answer in answers)[:4] == [200] * 4
    with office.db.read() as session:
        kept = session.scalars(select(Record.number).where(Record.kind == "REC-17")).all()
    assert sorted(kept) == [1, 2, 3, 4]


def test_a_record_without_a_ticket_is_checked_and_numbered_alike(office: Office) -> None:
    now, estate = office.clock.now(), office.cast.estate.id
    with office.db.write() as session:
        one = records.write(session, "REC-09", {"event": "生日", "date": "2026-03-11"}, at=now, by=None,
                            actor="B", estate_id=estate)  # fmt: skip
        assert (one.number, one.values) == (1, {"event": "生日", "date": "2026-03-11"})
    for wrong, needed in (
        ({"event": 5}, ()),
        ({"surprise": "x"}, ()),
        ({}, ("event",)),
        ({"date": "soon"}, ()),
    ):
        with office.db.write() as session, pytest.raises(records.RecordRefused):
            records.write(
                session, "REC-09", wrong, at=now, by=None, actor="B", estate_id=estate, needed=needed
            )
    with office.db.write() as session, pytest.raises(records.RecordRefused):
        records.write(session, "REC-99", {}, at=now, by=None, actor="B", estate_id=estate)


def test_what_a_rework_must_prove_anew_is_no_longer_known(office: Office) -> None:
    number = begin(office, "paid")
    go(
        office,
        number,
        ("quoted", PRICE),
        ("accepted", {"consent": True}),
        "scheduled",
        "in_service",
        "rework",
    )
    assert office.ticket(number).facts["consent"] is True
    assert office.ticket(number).facts["price"] == PRICE["price"]


def test_a_signature_after_the_work_and_a_department_named_late_are_written_down(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "complete")
    office.do(number, "sign_off", signed_by="陈先生", cost_fen=800)
    kept = forms(office, number)["REC-03"]["values"]
    assert (kept["signed_by"], kept["cost_fen"]) == ("陈先生", 800)
    complaint = office.open("complaint")
    office.do(complaint, "classify", **{"class": "valid"})
    office.do(complaint, "classify", department="工程部", **{"class": "to_improve"})
    kept = forms(office, complaint)["REC-05"]["values"]
    assert (kept["class"], kept["department"]) == ("to_improve", "工程部")


def test_a_try_that_reached_nobody_is_written_down(office: Office) -> None:
    number = office.open("repair")
    office.do(number, "complete")
    office.do(number, "follow_up", result="unreached", method="phone")
    assert forms(office, number)["REC-04"]["values"]["satisfaction"] == "unreached"
