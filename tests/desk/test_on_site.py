"""From a ticket to its page on site: in reach where somebody goes there, and from the sign-off's form."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.desk.conftest import COMPLAINT, ENQUIRY, Desk, World

Open = Callable[..., Desk]
GAS = "common.fire.gas-leak"
RELEASE = "common.admin.release-pass"
SIGN_OFF = "请住户在本机签名，或用验证码、链接确认"


def agreed(world: World, *, days: int, worker: bool = True, **more: str) -> int:
    """A repair whose visit was agreed for so many days from now."""
    number = world.open(**more)
    world.act(world.butler, number, "accept")
    if worker:
        world.act(world.butler, number, "assign", user=world.engineer.id)
    start = world.clock.now() + timedelta(days=days)
    world.act(world.butler, number, "schedule", start=start, end=start + timedelta(hours=2))
    return number


def ways(browser: Desk, number: int) -> list[str]:
    """The classes of the links on the ticket's head that lead to its page on site, in their order."""
    head = browser.get(f"/tickets/{number}").text.split('id="ticket-head"')[1].split("</div>\n</div>")[0]
    return re.findall(rf'<a class="([^"]*)" href="/jobs/{number}">', head)


IN_REACH, BEHIND = ["button"], ["button on-phone", "menu-item on-desk"]


def test_on_the_day_of_a_visit_the_way_there_is_in_reach_and_opens(desk: Open, world: World) -> None:
    number, lin = agreed(world, days=0), desk("lin")
    assert ways(lin, number) == IN_REACH
    assert "现场</a>" in lin.get(f"/tickets/{number}").text
    assert lin.get(f"/jobs/{number}").status_code == 200


def test_a_visit_of_another_day_stands_behind_more_at_a_desk_and_in_sight_on_a_phone(
    desk: Open, world: World
) -> None:
    number = agreed(world, days=2)
    assert ways(desk("lin"), number) == BEHIND
    world.clock.advance(days=2)
    assert ways(desk("lin"), number) == IN_REACH
    world.clock.advance(days=1)
    assert ways(desk("lin"), number) == IN_REACH, "a visit that is behind is still wanted"


def test_work_that_is_over_is_reached_from_its_ticket(desk: Open, world: World) -> None:
    number = agreed(world, days=0)
    world.act(world.engineer, number, "check_in")
    world.act(world.engineer, number, "complete", note="换了阀芯")
    assert ways(desk("lin"), number) == IN_REACH
    world.clock.advance(days=1)
    lin = desk("lin")
    assert ways(lin, number) == BEHIND
    assert lin.get(f"/jobs/{number}").status_code == 200
    world.act(world.butler, number, "follow_up", result="satisfied")
    assert world.ticket(number).state == "closed"
    assert ways(desk("lin"), number) == BEHIND


def test_one_s_own_job_without_a_time_is_in_reach_and_opens(desk: Open, world: World) -> None:
    number = world.open()
    world.act(world.butler, number, "assign", user=world.engineer.id)
    zhao = desk()
    assert zhao.post("/login", data={"username": "zhao", "password": "eleven blue herons"}).status_code == 303
    assert ways(zhao, number) == IN_REACH
    assert zhao.get(f"/jobs/{number}").status_code == 200
    assert ways(desk("lin"), number) == BEHIND


def test_danger_is_gone_to_at_once(desk: Open, world: World) -> None:
    assert ways(desk("lin"), world.open(GAS)) == IN_REACH


@pytest.mark.parametrize("item", [ENQUIRY, COMPLAINT, RELEASE])
def test_where_nobody_goes_there_is_no_way(desk: Open, world: World, item: str) -> None:
    assert ways(desk("lin"), world.open(item)) == []


def test_what_was_called_off_leads_nowhere(desk: Open, world: World) -> None:
    number = agreed(world, days=0)
    world.act(world.butler, number, "cancel", reason="住户不需要了")
    assert ways(desk("lin"), number) == []


def test_the_form_of_the_sign_off_leads_to_the_page_where_the_resident_gives_it(
    desk: Open, world: World
) -> None:
    number, lin = agreed(world, days=0), desk("lin")
    form = lin.get(f"/tickets/{number}?do=sign_off").text.split('id="form-sign_off"')[1]
    assert f'href="/jobs/{number}"' in form.split("</form>")[0], "first the work is recorded there"
    assert SIGN_OFF in form
    world.act(world.engineer, number, "check_in")
    world.act(world.engineer, number, "complete", note="换了阀芯")
    form = lin.get(f"/tickets/{number}?do=sign_off").text.split('id="form-sign_off"')[1]
    assert f'href="/jobs/{number}#sign"' in form.split("</form>")[0]
    other = lin.get(f"/tickets/{number}?do=follow_up").text.split('id="form-follow_up"')[1]
    assert "/jobs/" not in other.split("</form>")[0]
