"""Passes at the gate: who is expected, who is inside, what may leave; of one's own estate alone."""

import re
from collections.abc import Callable, Mapping

import pytest

from backend.clock import HandClock
from backend.onsite import pass_view
from backend.tickets import expiry
from tests.conversations.talking import engine
from tests.staff_browser import StaffBrowser, told
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
VISITOR = "common.security.visitor-registration"
RELEASE = "common.admin.release-pass"
TODAY = {"start": "2026-03-11T14:00:00+08:00", "end": None, "grain": "hour"}
TOMORROW = {"start": "2026-03-12T14:00:00+08:00", "end": None, "grain": "hour"}


def visitor(office: Office, name: str = "周先生 2 人", when: Mapping[str, object] | None = None) -> int:
    slots = {"visitor": name, "plate": "京A12345", "when": when or TODAY}
    return office.open("general", item_id=VISITOR, slots=slots)


def goods(office: Office, when: Mapping[str, object] | None = None) -> int:
    slots = {"item": "沙发一套", "plate": "京B67890"} | ({"when": when} if when else {})
    number = office.open("general", item_id=RELEASE, slots=slots)
    office.do(number, "move", to="approved", record={"item": "沙发一套", "owner_consent": True})
    return number


def test_a_visitor_is_expected_arrives_and_leaves_with_one_tap_each(office: Office, browse: Browse) -> None:
    number = visitor(office)
    guard = browse("guard")
    assert "待到访" in guard.read("/passes")
    guard.submit(f"/passes/{number}/arrived", {})
    assert "已到访" in guard.read("/passes")
    guard.submit(f"/passes/{number}/left", {})
    html = guard.read("/passes")
    assert "已离开" in html
    assert f"/passes/{number}/" not in html
    kinds = [event["kind"] for event in office.see(number)["timeline"]]
    assert "checked_in" in kinds
    assert "completed" in kinds


def test_a_visitor_of_another_day_is_found_and_whoever_is_unknown_leads_to_the_duty_desk(
    office: Office, browse: Browse
) -> None:
    number = visitor(office, "Tomorrow's guest", TOMORROW)
    guard = browse("guard", "en")
    assert "guest" not in guard.read("/passes")
    found = guard.read("/passes?q=guest")
    assert "Thu 12 Mar, 14:00" in found
    assert "Visitors on other days" in found
    assert found.index("Visitors on other days") < found.index(f'id="t{number}"')
    assert f"/passes/{number}/" not in found, "who comes tomorrow is not let in by a tap today"
    assert "No visitor fits this search." in guard.read("/passes?q=stranger")
    page = guard.read("/passes?q=stranger")
    assert 'href="tel:01088886666"' in page
    assert "Call the duty desk" in page


def test_who_asked_for_a_pass_hears_of_the_arrival_and_is_asked_nothing_when_the_visitor_has_left(
    office: Office, browse: Browse, clock: HandClock
) -> None:
    number = visitor(office)
    guard = browse("guard")
    guard.submit(f"/passes/{number}/arrived", {})
    assert "已到访" in office.told("chen", number)[-1]
    guard.submit(f"/passes/{number}/left", {})
    told = office.told("chen", number)
    assert not any(word in text for text in told for word in ("满意", "已订好", "提醒"))
    seen = office.see(number)
    assert (seen["state"], seen["step"]) == ("closed", "closed")
    running = [one for one in seen["promises"] if not one["met_at"] and not one["cancelled_at"]]
    assert running == []


def test_a_visitor_whom_nobody_saw_leave_is_gone_the_next_morning_and_nobody_is_reminded(
    office: Office, browse: Browse, clock: HandClock
) -> None:
    number = visitor(office)
    browse("guard").submit(f"/passes/{number}/arrived", {})
    told = office.told("chen", number)
    clock.advance(hours=5)
    expiry.tick(office.db, clock, engine().menu)
    assert office.see(number)["step"] == "booked"
    clock.advance(hours=13)
    expiry.tick(office.db, clock, engine().menu)
    assert office.see(number)["state"] == "closed"
    assert office.told("chen", number) == told


def test_goods_leave_once_they_are_approved_and_the_guards_name_is_kept(
    office: Office, browse: Browse
) -> None:
    number = goods(office)
    guard = browse("guard", "en")
    html = guard.read("/passes")
    assert "沙发一套" in html
    guard.submit(f"/passes/{number}/released", {})
    assert office.see(number)["step"] == "released"
    assert "Ma Chao" in browse("butler").read(f"/tickets/{number}/forms/REC-14")
    assert guard.post(f"/passes/{number}/released", data={"csrf": guard.token()}).status_code == 409


def test_what_is_not_approved_the_guard_does_not_see_and_the_desk_does(
    office: Office, browse: Browse
) -> None:
    number = office.open("general", item_id=RELEASE, slots={"item": "冰箱"})
    assert "冰箱" not in browse("guard").read("/passes")
    desk = browse("butler").read("/passes")
    assert "冰箱" in desk
    assert "待审批" in desk
    assert f"/passes/{number}/" not in desk


def test_a_pass_is_found_by_its_number_plate_or_name(office: Office, browse: Browse) -> None:
    first, second = visitor(office), visitor(office, "李女士")
    guard = browse("guard")
    for wanted in (f"#{second}", "李女士"):
        html = guard.read(f"/passes?q={wanted.replace('#', '%23')}")
        assert f'id="t{second}"' in html
        assert f'id="t{first}"' not in html
    assert guard.read("/passes?q=京 a123").count('class="pass') >= 2
    assert "没有符合条件的访客" in guard.read("/passes?q=nobody")


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ("京A·12345", True), ("京a 12345", True), ("京A-12345", True),
        ("3号楼2单元1501", True), ("3栋2单元1501室", True), ("三号楼二单元1501", True), ("3-2-1501", True),
        ("1501", True), ("Bldg 3, Unit 2, Flat 1501", True), ("3号楼2单元1502", False),
        ("陈先生", False), ("陈", False), ("王建国", False),
    ],
)  # fmt: skip
def test_a_pass_is_found_however_plate_home_or_host_are_spelt(
    office: Office, browse: Browse, wanted: str, is_found: bool
) -> None:
    number = visitor(office, "Visitor X")
    assert (f'id="t{number}"' in browse("guard").read(f"/passes?q={wanted}")) is is_found


def test_a_host_is_looked_for_by_the_whole_name_and_is_not_shown(office: Office, browse: Browse) -> None:
    number = visitor(office, "Visitor X")
    html = browse("guard").read(f"/passes?q={office.cast.chen.name}")
    assert f'id="t{number}"' in html
    assert office.cast.chen.name not in told(html).replace(f'value="{office.cast.chen.name}"', "")


def test_visitors_of_other_days_wait_for_their_day(office: Office, browse: Browse) -> None:
    number = visitor(office, when=TOMORROW)
    assert f'id="t{number}"' not in browse("guard").read("/passes")


def test_a_guard_reads_no_phone_and_no_resident_and_other_estates_do_not_exist(
    office: Office, browse: Browse
) -> None:
    number = visitor(office)
    html = told(browse("guard").read("/passes"))
    for private in ("陈", "138"):
        assert private not in html
    assert set(re.findall(r"tel:[^\"]*", html)) == {"tel:01088886666"}, "the duty desk alone can be called"
    stranger = browse("stranger")
    assert f'id="t{number}"' not in stranger.read("/passes")
    assert stranger.post(f"/passes/{number}/arrived", data={"csrf": stranger.token()}).status_code == 404
    assert browse("engineer").get("/passes").status_code == 403
    assert browse("guard").post(f"/passes/{number}/steal", data={"csrf": ""}).status_code in (403, 422)


FRIDAY = {"start": "2026-03-13T08:00:00+08:00", "end": "2026-03-13T12:00:00+08:00", "grain": "part_of_day"}
BY_THURSDAY = {"start": None, "end": "2026-03-12T15:00:00+08:00", "grain": "hour"}
TAP = "released"


def test_goods_leave_within_the_time_of_their_pass_alone_at_the_gate_and_over_the_api(
    office: Office, browse: Browse, clock: HandClock
) -> None:
    number = goods(office, FRIDAY)
    guard = browse("guard")
    html = guard.read("/passes")
    assert "有效时间：3月13日 周五 08:00–12:00" in html
    assert "未到有效时间" in html
    assert "可放行" not in html
    assert f"/passes/{number}/" not in html
    refused = guard.post(f"/passes/{number}/{TAP}", data={"csrf": guard.token()})
    assert refused.status_code == 409
    assert "现在不在放行条的有效时间内" in refused.text
    assert office.try_(number, "move", "guard", to="released").status_code == 409
    assert office.try_(number, "complete", "butler").status_code == 409
    clock.advance(hours=46, minutes=30)  # Friday, 08:30
    guard = browse("guard")
    assert "可放行" in guard.read("/passes")
    clock.advance(hours=4)
    assert "已过有效时间" in guard.read("/passes")
    guard.post(f"/passes/{number}/{TAP}", data={"csrf": guard.token()})
    assert office.see(number)["step"] == "approved"
    record = {"guard": "马超", "left_at": "2026-03-13T11:40:00+08:00"}
    office.do(number, "move", to="released", record=record)
    assert office.see(number)["step"] == "released", "what left in time may be written down later"


def test_another_time_agreed_with_the_desk_is_the_time_of_the_pass(office: Office, browse: Browse) -> None:
    number = goods(office, FRIDAY)
    office.do(number, "schedule", start="2026-03-11T01:30:00Z", end="2026-03-11T04:00:00Z")
    guard = browse("guard", "en")
    assert "Valid: Wed 11 Mar, 09:30–12:00" in guard.read("/passes")
    guard.submit(f"/passes/{number}/{TAP}", {})
    assert office.see(number)["step"] == "released"


def test_a_pass_for_a_point_of_time_is_good_for_the_rest_of_that_day(
    office: Office, browse: Browse, clock: HandClock
) -> None:
    number = goods(office, TODAY)
    guard = browse("guard")
    assert f"/passes/{number}/" not in guard.read("/passes")
    clock.advance(hours=9)
    assert f"/passes/{number}/{TAP}" in guard.read("/passes")


def test_a_visitor_who_comes_by_a_time_is_awaited_on_its_day_and_no_promise_falls_due_before(
    office: Office, browse: Browse, clock: HandClock
) -> None:
    number = visitor(office, "David Cole, one person", BY_THURSDAY)
    guard = browse("guard", "en")
    assert f'id="t{number}"' not in guard.read("/passes")
    clock.advance(hours=24)
    html = browse("guard", "en").read("/passes")
    assert "<b>David Cole</b>" in html
    assert "one person" in html
    assert "by Thu 12 Mar, 15:00" in html
    assert f"/passes/{number}/arrived" in html
    running = [one for one in office.see(number)["promises"] if not one["met_at"]]
    assert [one for one in running if one["clock"] == "SLA-03"] == []


@pytest.mark.parametrize(
    ("said", "name", "party"),
    [
        ("David Cole, one person", "David Cole", "one person"),
        ("周先生，两位", "周先生", "两位"),
        ("周先生 2 人", "周先生", "2 人"),
        ("Tom and Ann (2 people)", "Tom and Ann", "2 people"),
        ("李女士", "李女士", ""),
        ("Three People", "Three People", ""),
    ],
)
def test_a_name_is_told_from_how_many_come_where_it_can_be(said: str, name: str, party: str) -> None:
    assert pass_view.name_of(said) == (name, party)
