"""What a step must not be taken without: each guard as a small table, and the promises behind them."""

from pathlib import Path
from typing import Any

import pytest

from backend.deadlines.faults import DataFaults
from backend.tickets import lifecycle
from backend.tickets.guards import GUARDS, VOID, Facts, Lack, asked, class_that_counts, lacks
from backend.tickets.lifecycle import MACHINES
from backend.tickets.limits import Limits, limits_of, load_limits, standard_limits


def lacking(
    workflow: str, start: str, end: str, known: dict[str, Any] | None = None, **facts: Any
) -> list[str]:
    move = MACHINES[workflow].move(start, end)
    assert move is not None
    return [one.name for one in lacks(move, Facts(workflow, known=known or {}, **facts))]


def guard_of(name: str, known: dict[str, Any] | None = None, **facts: Any) -> bool:
    return GUARDS[name](Facts("repair", known=known or {}, **facts))


# -- prices -------------------------------------------------------------------------------------------------


def test_no_paid_service_starts_before_the_resident_agreed_to_its_price() -> None:
    assert lacking("paid", "requested", "quoted") == ["price"]
    assert lacking("paid", "quoted", "accepted", {"price": 12000}) == ["consent"]
    assert lacking("paid", "quoted", "accepted", {"price": 12000, "consent": False}) == ["consent"]
    assert lacking("paid", "scheduled", "in_service", {"price": 12000}) == ["consent"]
    assert lacking("paid", "quoted", "accepted", {"price": 12000, "consent": True}) == []


def test_a_service_worked_through_in_one_go_passes_no_guard_either() -> None:
    walked = lifecycle.moves_of(MACHINES["paid"], "requested", "complete")
    needed = {one.name for move in walked for one in lacks(move, Facts("paid"))}
    assert needed == {"price", "consent"}


@pytest.mark.parametrize(
    ("known", "may_go"),
    [
        ({}, True),
        ({"price": 0}, True),
        ({"kind": "public"}, True),
        ({"kind": "home_paid"}, False),
        ({"price": 8000}, False),
        ({"price": 8000, "kind": "urgent"}, True),
        ({"price": 8000, "consent": True}, True),
        ({"price": 8000, "consent": "no"}, False),
    ],
)
def test_an_engineer_is_sent_where_it_is_free_or_urgent_or_agreed(
    known: dict[str, Any], may_go: bool
) -> None:
    assert lacking("repair", "triaged", "assigned", known) == ([] if may_go else ["free-or-agreed"])


def test_more_work_than_quoted_needs_a_new_consent() -> None:
    agreed = {"price": 15000, "consent": True}
    for asked_again in ("quoted", "offered"):
        left = {name: value for name, value in agreed.items() if name not in VOID[asked_again]}
        assert left == {"price": 15000}
        assert lacking("repair", "quoted", "assigned", left) == ["consent"]
        assert lacking("repair", "diagnosed", "done", left) == ["free-or-agreed"]
        assert lacking("booking", "offered", "accepted", left) == ["free-or-agreed"]


def test_nothing_is_charged_until_the_resident_is_satisfied() -> None:
    for workflow, start, end in (("paid", "signed_off", "charged"), ("housekeeping", "signed", "settled")):
        assert lacking(workflow, start, end, satisfaction="unsatisfied") == ["satisfied"]
        assert lacking(workflow, start, end, satisfaction="satisfied") == []
        assert lacking(workflow, start, end) == []


def test_a_payment_recorded_as_open_keeps_the_repair_open() -> None:
    assert lacking("repair", "followed_up", "closed", {"paid": False}) == ["paid-up"]
    assert lacking("repair", "followed_up", "closed", {"paid": True}) == []
    assert lacking("repair", "followed_up", "closed") == []


def test_aid_is_found_needed_by_a_person_and_never_has_a_price() -> None:
    assert lacking("aid", "requested", "eligible") == ["eligible"]
    assert lacking("aid", "requested", "eligible", {"eligible": True}, actor="BOT") == ["eligible"]
    assert lacking("aid", "requested", "eligible", {"eligible": True}, actor="B") == []
    assert lacking("aid", "eligible", "arranged", {"eligible": True, "price": 5000}) == ["no-price"]


def test_a_voucher_is_never_used_beyond_its_balance() -> None:
    assert lacking("benefit", "reserved", "redeemed", {"balance": 2, "amount_used": 3}) == ["balance"]
    assert lacking("benefit", "reserved", "redeemed", {"balance": 3, "amount_used": 3}) == []
    assert lacking("housekeeping", "signed", "settled", {"balance": 1, "amount_used": 2}) == ["balance"]


@pytest.mark.parametrize(("tier", "may"), [(None, True), ("gold", True), ("Platinum", True), ("none", False)])
def test_only_members_of_the_named_tiers_use_a_card(tier: str | None, may: bool) -> None:
    assert guard_of("member", {"tier": tier}) is may


# -- complaints ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("class_", "counts_as"), [(None, "valid"), ("", "valid"), ("unclear", "valid"),
                         ("to_improve", "to_improve"), ("invalid", "invalid")])  # fmt: skip
def test_a_complaint_nobody_could_class_counts_as_valid(class_: str | None, counts_as: str) -> None:
    assert class_that_counts(class_) == counts_as


def test_an_unclear_complaint_goes_to_a_department_and_is_never_explained_away() -> None:
    for class_ in (None, "unclear", "valid", "to_improve"):
        assert lacking("complaint", "classified", "assigned", class_=class_) == []
        assert "only-invalid" in lacking("complaint", "classified", "explained", {"talk": "x"}, class_=class_)


def test_an_invalid_complaint_needs_a_visit_or_a_notice() -> None:
    for class_ in ("invalid", "malicious"):
        assert lacking("complaint", "classified", "explained", class_=class_) == ["visit-or-notice"]
        assert lacking("complaint", "classified", "explained", {"notice": "公告"}, class_=class_) == []
        assert lacking("complaint", "classified", "assigned", class_=class_) == ["counts-as-valid"]


def test_the_class_in_the_record_counts_before_it_stands_on_the_ticket() -> None:
    assert lacking("complaint", "classified", "assigned", {"class": "invalid"}) == ["counts-as-valid"]


def test_a_resident_alone_does_not_end_an_emergency() -> None:
    assert lacking("emergency", "alerted", "false_alarm", actor="R") == ["told-by-staff"]
    assert lacking("emergency", "alerted", "false_alarm", actor="B") == []


# -- homes and papers ---------------------------------------------------------------------------------------

OWNERS = [("move_out", "requested", "owner_consented"), ("release_pass", "requested", "approved"),
          ("decoration", "submitted", "drawing_review")]  # fmt: skip


@pytest.mark.parametrize(("workflow", "start", "end"), OWNERS)
@pytest.mark.parametrize(
    ("kind", "consent", "may"),
    [
        ("owner", None, True),
        ("tenant", None, False),
        ("tenant", "no", False),
        ("tenant", "yes", True),
        ("family", None, False),
        ("family", True, True),
        (None, None, False),
        (None, "yes", True),
    ],
)
def test_what_concerns_the_owner_needs_their_consent(
    workflow: str, start: str, end: str, kind: str | None, consent: Any, may: bool
) -> None:
    found = lacking(workflow, start, end, resident_kind=kind, slots={"owner_consent": consent})
    assert ("owner-consent" not in found) is may


@pytest.mark.parametrize(
    ("area", "approval", "may"),
    [
        (200, None, True),
        (200.5, None, False),
        (201, "2026-0312", True),
        ("350", None, False),
        (90, None, True),
    ],
)
def test_a_decoration_above_the_limit_needs_the_fire_approval(area: Any, approval: Any, may: bool) -> None:
    assert guard_of("fire-approval", {"area": area, "fire_approval": approval}) is may


def test_an_estate_may_draw_the_line_elsewhere() -> None:
    strict = Limits(fire_approval_above=100, contractor_grade=1, tiers=("platinum",))
    assert not guard_of("fire-approval", {"area": 150}, limits=strict)
    assert not guard_of("contractor", {"contractor_grade": 2}, limits=strict)
    assert not guard_of("member", {"tier": "gold"}, limits=strict)


def test_a_permit_is_signed_by_three_and_paid_for() -> None:
    bare = lacking("decoration", "fire_review", "permitted", {"area": 320})
    assert bare == ["signed_security", "signed_finance", "signed_service", "fire-approval", "fees-paid"]
    signed = {"area": 320, "fire_approval": "X-1", "fees_paid": True, "signed_security": "马超",
              "signed_finance": "钱进", "signed_service": "赵敏"}  # fmt: skip
    assert lacking("decoration", "fire_review", "permitted", signed) == []
    done = lacking("decoration", "completion_check", "accepted", signed)
    assert done == ["accepted_engineering", "accepted_security", "accepted_service"]


@pytest.mark.parametrize(
    ("known", "may"),
    [({}, False), ({"contractor_grade": 3}, False), ({"contractor_grade": 2}, True),
     ({"contractor_grade": "1"}, True), ({"contractor_grade": "甲"}, False), ({"undertaking": True}, True)],
)  # fmt: skip
def test_the_contractor_is_good_enough_or_the_resident_undertakes_it(
    known: dict[str, Any], may: bool
) -> None:
    assert guard_of("contractor", known) is may


def test_nobody_moves_out_with_keys_arrears_or_damage_open() -> None:
    assert lacking("move_out", "eng_cleared", "fin_cleared") == ["signed_finance", "no-arrears"]
    owed = {"signed_finance": "钱进", "arrears": 30000, "damage": 5000}
    assert lacking("move_out", "eng_cleared", "fin_cleared", owed) == ["no-arrears", "damage-settled"]
    settled = owed | {"arrears_paid": True, "damage_paid": True}
    assert lacking("move_out", "eng_cleared", "fin_cleared", settled) == []
    assert lacking("move_out", "sec_cleared", "keys_returned", settled) == ["keys-back"]
    assert lacking("move_out", "keys_returned", "released", settled) == ["keys-back"]
    assert lacking("move_out", "keys_returned", "released", settled | {"keys_back": True}) == []


def test_goods_leave_only_past_a_guard() -> None:
    assert lacking("release_pass", "requested", "approved", resident_kind="owner") == ["item"]
    listed = {"item": "三人沙发一组"}
    assert lacking("release_pass", "requested", "approved", resident_kind="owner", slots=listed) == []
    assert lacking("release_pass", "approved", "released", actor="B") == ["gate-check"]
    assert lacking("release_pass", "approved", "released", {"guard": "马超"}, actor="B") == []
    assert lacking("release_pass", "approved", "released", actor="SEC") == []


def test_papers_and_certificates_are_checked_first() -> None:
    assert lacking("permit", "requested", "approved") == ["certificates"]
    assert lacking("move_in", "booked", "verified") == ["papers"]
    assert lacking("move_in", "booked", "verified", {"papers": True}) == []


def test_a_full_event_takes_nobody_more() -> None:
    assert lacking("event", "open", "signed_up", {"seats_left": 0}) == ["seats"]
    assert lacking("event", "open", "signed_up", {"seats_left": 1}) == []
    assert lacking("event", "open", "signed_up") == []


def test_a_provider_without_trained_staff_is_not_sent() -> None:
    assert lacking("housekeeping", "booked", "assigned", {"qualified": False}) == ["qualified"]
    assert lacking("housekeeping", "booked", "assigned") == []


def test_a_referee_agrees_before_a_reward_and_both_sign_a_handover() -> None:
    assert lacking("referral", "registered", "confirmed") == ["referee-consent"]
    assert lacking("handover", "read", "accepted", {"signed_from": "李伟"}) == ["both-signed"]
    assert lacking("handover", "read", "accepted", {"signed_from": "李伟", "signed_to": "赵敏"}) == []


# -- what lacks, and what is asked for ----------------------------------------------------------------------


def test_what_lacks_is_told_by_name_fields_first() -> None:
    move = MACHINES["benefit"].move("card_issued", "verified")
    assert move is not None
    assert lacks(move, Facts("benefit", known={"tier": "none"})) == (Lack("card_no"), Lack("member", True))


def test_a_step_shows_the_fields_it_needs_and_those_its_guards_look_at() -> None:
    quoted, sent = (
        MACHINES["repair"].move("triaged", "quoted"),
        MACHINES["repair"].move("triaged", "assigned"),
    )
    gone = MACHINES["release_pass"].move("approved", "released")
    assert quoted is not None
    assert sent is not None
    assert gone is not None
    assert asked(quoted) == ("price", "content")
    assert asked(sent) == ("worker",), "the consent is asked for with the price"
    assert asked(gone) == ("guard", "left_at")


# -- the figures --------------------------------------------------------------------------------------------


def test_the_shipped_figures_are_those_of_the_plans() -> None:
    assert standard_limits() == Limits(200, 2, ("gold", "platinum"))


def test_every_fault_of_the_figures_is_named(tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    path.write_text("[decoration]\nfire_approval_above_m2 = -1\ngrade = 2\n[benefit]\ntiers = []\n")
    with pytest.raises(DataFaults) as refused:
        load_limits(path)
    said = str(refused.value)
    assert "limits.toml: decoration: fire_approval_above_m2: a number of at least 0" in said
    assert "decoration: contractor_grade" in said
    assert "decoration: grade: this field is not known" in said
    assert "benefit: tiers" in said


def test_an_estates_own_figures_stand_before_the_shipped_ones() -> None:
    own = {"fire_approval_above_m2": 150, "tiers": ["platinum"]}
    assert limits_of({"limits": own}) == Limits(150, 2, ("platinum",))
    assert limits_of({"limits": {"contractor_grade": 1}}) == Limits(200, 1, ("gold", "platinum"))


@pytest.mark.parametrize(
    "settings",
    [{}, {"limits": None}, {"limits": "200"}, {"limits": {"fire_approval_above_m2": "many", "tiers": [3]}},
     {"limits": {"fire_approval_above_m2": True, "contractor_grade": -1, "tiers": []}}],
)  # fmt: skip
def test_figures_of_an_estate_that_are_none_leave_the_shipped_ones(settings: dict[str, Any]) -> None:
    assert limits_of(settings) == standard_limits()
