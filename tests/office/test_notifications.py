"""Sound and notifications: the choices of each person, quiet hours, and what may ring for whom."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from backend.office import notification_rules as rules
from backend.office.notification_rules import Choices
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
PAGE = "/account/notifications"


def now_of(staff: StaffBrowser) -> dict[str, Any]:
    answer: dict[str, Any] = staff.get("/account/now").json()
    return answer


def keys(staff: StaffBrowser) -> list[str]:
    return [one["key"] for one in now_of(staff)["rings"]]


def test_a_new_colleague_hears_nothing_until_they_switch_it_on(browse: Browse) -> None:
    staff = browse("butler")
    page = staff.read(PAGE)
    assert "声音与提醒" in page
    assert {name: now_of(staff)[name] for name in ("sound", "notice", "repeat")} == {
        "sound": False, "notice": False, "repeat": False,
    }  # fmt: skip


def test_the_choices_are_kept_for_the_person_on_every_device(browse: Browse) -> None:
    browse("butler").submit(PAGE, {"scope": "team", "has_sound": "1", "has_letters": "1",
                                   "quiet_from": "22:00", "quiet_until": "7:30"})  # fmt: skip
    other = browse("butler")
    assert now_of(other)["sound"] is True
    page = other.read(PAGE)
    assert 'value="team" checked' in page
    assert 'value="07:30"' in page
    assert now_of(browse("deputy"))["sound"] is False


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "请按 22:00 这样的格式填写时间。"),
        ({"quiet_from": "22:00", "quiet_until": ""}, "请把两个时间都填上，或者都不填。"),
        ({"quiet_from": "7:00", "quiet_until": "07:00"}, "请改其中一个。"),
    ],
)
def test_a_time_that_cannot_be_read_is_said_at_its_field_and_what_was_chosen_stays(
    browse: Browse, typed: dict[str, str], sentence: str
) -> None:
    staff = browse("butler")
    page = staff.submit(PAGE, {"scope": "team", "has_sound": "1", **typed}, status=422).text
    assert sentence in page
    assert 'value="team" checked' in page
    assert f'value="{typed["quiet_from"]}"' in page
    assert now_of(staff)["sound"] is False


def test_a_new_ticket_rings_with_number_and_building_only(office: Office, browse: Browse) -> None:
    number = office.open("complaint", words="楼上漏水到我家客厅")
    told = next(one for one in now_of(browse("butler"))["rings"] if one["number"] == number)
    assert told == {"key": f"t{number}", "kind": "new", "number": number, "text": f"#{number}（3号楼）"}


def test_accepted_old_and_foreign_tickets_do_not_ring(office: Office, browse: Browse) -> None:
    staff = browse("butler")
    number = office.open("complaint")
    assert f"t{number}" in keys(staff)
    assert f"t{number}" not in keys(browse("engineer"))
    office.do(number, "accept")
    assert f"t{number}" not in keys(staff)
    other = office.open("general")
    office.clock.advance(minutes=11)
    assert f"t{other}" not in keys(staff)
    staff.submit(PAGE, {"scope": "mine", "is_repeated": "1"})
    assert f"t{other}" in keys(staff)


def test_a_promise_that_comes_close_rings_and_one_that_is_late_does_not(
    office: Office, browse: Browse
) -> None:
    number = office.open("complaint")
    office.do(number, "accept")
    clock = min((row for row in office.clocks(number).values() if row.met_at is None and row.warn_at),
                key=lambda row: row.due_at)  # fmt: skip
    assert clock.warn_at
    office.clock.advance(seconds=(clock.warn_at - office.clock.now()).total_seconds() + 1)
    again = browse("butler")
    assert f"d{clock.id}" in keys(again)
    office.clock.advance(seconds=(clock.due_at - office.clock.now()).total_seconds() + 1)
    assert f"d{clock.id}" not in keys(browse("butler"))


def test_none_is_silence_and_the_team_is_more_than_mine(office: Office, browse: Browse) -> None:
    number = office.open("complaint", "emma")
    boss = browse("supervisor")
    boss.submit(PAGE, {"scope": "team"})
    assert f"t{number}" in keys(boss)
    boss.submit(PAGE, {"scope": "mine"})
    assert f"t{number}" not in keys(boss)
    boss.submit(PAGE, {"scope": "none"})
    assert keys(boss) == []


def test_in_quiet_hours_only_an_emergency_rings(office: Office, browse: Browse) -> None:
    staff = browse("butler")
    staff.submit(PAGE, {"scope": "team", "quiet_from": "00:00", "quiet_until": "23:59"})
    quiet, loud = office.open("complaint"), office.open("emergency")
    assert f"t{loud}" in keys(staff)
    assert f"t{quiet}" not in keys(staff)


def test_the_letters_are_switched_for_the_person(browse: Browse) -> None:
    staff = browse("butler")
    assert 'data-letters="off"' not in staff.read("/alerts")
    staff.submit("/account/keys", {"has_letters": ""}, status=204)
    assert 'data-letters="off"' in browse("butler").read("/alerts")
    staff.submit(PAGE, {"scope": "mine", "has_letters": "1"})
    assert 'data-letters="off"' not in staff.read("/alerts")


@pytest.mark.parametrize(
    ("at", "expected"), [("23:00", True), ("06:59", True), ("07:00", False), ("21:59", False)]
)
def test_quiet_hours_may_pass_midnight(at: str, expected: bool) -> None:
    choices = Choices(quiet_from="22:00", quiet_until="07:00")
    assert rules.is_quiet(choices, time.fromisoformat(at)) is expected


def test_off_duty_only_an_emergency_rings() -> None:
    mine = Choices()
    assert not rules.rings(mine, is_emergency=False, is_quiet=False, is_on_duty=False)
    assert rules.rings(mine, is_emergency=True, is_quiet=True, is_on_duty=False)
    assert not rules.rings(Choices(scope="none"), is_emergency=True, is_quiet=False, is_on_duty=True)


@pytest.mark.parametrize("kept", [None, 3, {"scope": "x", "quiet_from": "8", "quiet_until": []}])
def test_settings_that_cannot_be_read_count_as_never_chosen(kept: Any) -> None:
    assert rules.choices_of({"notify": kept}) == Choices()


def test_who_is_not_signed_in_any_more_comes_back_to_the_form(office: Office) -> None:
    office.client.headers.update({"sec-fetch-site": "same-origin"})
    where = {"referer": "https://testserver/queue?queue=team"}
    gone = office.client.post("/tickets/1/note", data={"text": "x"}, headers=where, follow_redirects=False)
    assert gone.headers["location"] == "/login?next=/queue%3Fqueue%3Dteam"
    part = office.client.get("/account/now", headers={"hx-request": "true"}, follow_redirects=False)
    assert part.status_code == 401
    foreign = {"referer": "https://example.com/queue?x=1"}
    away = office.client.post("/tickets/1/note", data={"text": "x"}, headers=foreign, follow_redirects=False)
    assert away.headers["location"] == "/login?next=/queue"
