"""What staff open by themselves, from its first step to its last: providers (WF-25), referrals (WF-26)."""

from typing import Any

from sqlalchemy import select

from backend.models import Record
from tests.tickets.office import Office, engine, steps, works_next_door
from tests.tickets.test_moves import go


def post(office: Office, path: str, by: str = "butler", **body: Any) -> Any:
    return office.client.post(f"/api/tickets/{path}", json=body, headers=office.as_(by))


def provider(office: Office) -> int:
    answer = post(
        office, "providers", provider="洁美家政", services=["日常保洁", "开荒"], words="实地考察过。"
    )
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["number"]
    return number


def referral(office: Office, **found_by: Any) -> int:
    answer = post(office, "referrals", words="推荐朋友李先生购房。", **(found_by or {"phone": "13800138000"}))
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["number"]
    return number


def sheets(office: Office, kind: str) -> list[dict[str, Any]]:
    with office.db.read() as session:
        rows = session.scalars(select(Record).where(Record.kind == kind).order_by(Record.id))
        return [row.values for row in rows]


def test_a_provider_is_surveyed_contracted_suspended_improved_and_replaced(office: Office) -> None:
    number = provider(office)
    first = office.see(number)
    assert (first["workflow"], first["step"], first["state"]) == ("provider", "candidate", "open")
    assert office.running(number) & {"SLA-01"} == set()
    bare = office.try_(number, "move", "manager", to="evaluated")
    assert (bare.status_code, bare.json()["lacks"][0]["name"]) == (409, "qualification")
    early = office.try_(number, "move", "manager", to="active")
    assert (early.status_code, early.json()["allowed"]) == (409, ["evaluated"])
    field = office.try_(number, "move", "engineer", to="evaluated", record={"qualification": "甲级"})
    assert field.status_code == 404
    go(office, number, ("evaluated", {"qualification": "甲级"}), ("contracted", {"contract": "2026-07"}),
       by="manager")  # fmt: skip
    failed = office.try_(number, "move", to="active", record={"qualified": False})
    assert [one["name"] for one in failed.json()["lacks"]] == ["qualified"]
    active = go(office, number, ("active", {"qualified": True, "services": ["日常保洁"]}))
    assert (active["step"], active["state"]) == ("active", "done")
    go(office, number, ("suspended", {"reason": "两月评分低于60"}), "active", by="manager")
    ended = go(office, number, ("suspended", {"reason": "再次低分"}), "ended", by="manager")
    assert (ended["step"], ended["state"]) == ("ended", "closed")
    assert [to for _, to in steps(office.see(number))] == [
        "evaluated", "contracted", "active", "suspended", "active", "suspended", "ended",
    ]  # fmt: skip
    file = sheets(office, "REC-30")
    assert file[0] == {"provider": "洁美家政", "services": ["日常保洁", "开荒"]}
    assert ("甲级", "2026-07") in {(one.get("qualification"), one.get("contract")) for one in file}


def test_a_provider_that_does_not_qualify_is_refused_with_the_reason(office: Office) -> None:
    number = provider(office)
    go(office, number, ("evaluated", {"qualification": "无"}), by="manager")
    assert office.try_(number, "move", "manager", to="rejected").status_code == 409
    ticket = go(office, number, ("rejected", {"reason": "没有资质"}), by="manager")
    assert (ticket["step"], ticket["state"]) == ("rejected", "cancelled")


def test_guards_and_engineers_enter_no_provider(office: Office) -> None:
    assert post(office, "providers", "engineer", provider="某公司").status_code == 403
    assert post(office, "providers", provider="").status_code == 422


def test_a_provider_of_staff_of_two_estates_belongs_to_the_estate_they_say(office: Office) -> None:
    works_next_door(office, office.cast.manager)
    unsaid = post(office, "providers", "manager", provider="洁美家政")
    assert (unsaid.status_code, "JADE, NEXT" in unsaid.json()["detail"]) == (422, True)
    said = post(office, "providers", "manager", provider="洁美家政", estate="NEXT")
    assert office.ticket(said.json()["number"]).estate_id == office.cast.next_door.id
    assert post(office, "providers", provider="洁美家政", estate="NEXT").status_code == 422


def test_a_referral_is_registered_confirmed_and_rewarded_and_the_referee_hears_of_it(office: Office) -> None:
    office.chat("chen")
    number = referral(office)
    first = office.see(number)
    assert (first["workflow"], first["step"]) == ("referral", "registered")
    assert first["resident"]["name"] == "陈建国"
    silent = office.try_(number, "move", to="confirmed", record={"referee": "李先生"})
    assert (silent.status_code, silent.json()["lacks"][0]["name"]) == (409, "referee-consent")
    early = office.try_(number, "move", to="rewarded", record={"reward": "fee_year"})
    assert (early.status_code, set(early.json()["allowed"])) == (409, {"confirmed", "lapsed", "cancelled"})
    go(office, number, ("confirmed", {"referee_consent": True, "referee": "李先生"}))
    assert any(f"#{number}" in said for said in office.told("chen", number))
    nothing = office.try_(number, "move", to="rewarded")
    assert (nothing.status_code, nothing.json()["lacks"][0]["name"]) == (409, "reward")
    ended = go(office, number, ("rewarded", {"reward": "fee_year"}))
    assert (ended["step"], ended["state"]) == ("rewarded", "closed")
    assert "一年物业费" in office.told("chen", number)[-1]
    assert sheets(office, "REC-19")[-1]["reward"] == "fee_year"
    assert office.running(number) == set()


def test_a_referral_without_a_purchase_lapses(office: Office) -> None:
    number = referral(office, home="3-2-1501")
    ticket = go(office, number, "lapsed")
    assert (ticket["step"], ticket["state"] in ("closed", "cancelled")) == ("lapsed", True)
    assert office.running(number) == set()


def test_the_menus_referral_is_a_record_and_no_item_follows_the_staffs_own_workflows() -> None:
    """The plans give the item to the workflow of records (WF-23); its reward is opened by staff (WF-26)."""
    menu = engine().menu
    assert menu.item("value.asset.referral").workflow == "records"
    assert {item.workflow for item in menu.items.values()} & {"referral", "provider", "handover"} == set()
