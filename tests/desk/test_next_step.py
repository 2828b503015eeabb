"""What a ticket wants next: its row in the queue and its own page say the same, in the order of the work."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.models import User
from tests.desk.conftest import ENQUIRY, Desk, World

Open = Callable[..., Desk]
PERMIT = "common.fire.hot-work-permit"
LATER = ("assign", "schedule", "complete")


def offered(lin: Desk, number: int) -> tuple[str, str]:
    """The step that the row offers, and the button that stands out on the ticket's own page."""
    row = re.search(rf'<li id="t{number}" .*?</li>', lin.get("/queue").text, re.DOTALL)
    assert row
    keys = re.findall(r'data-key="(\w+)"', row[0])
    page = lin.get(f"/tickets/{number}").text
    stands_out = re.search(r'class="button is-primary"[^>]*data-key="(\w+)"', page)
    return keys[-1], stands_out[1] if stands_out else ""


def agreed(world: World, number: int) -> None:
    start = world.clock.now() + timedelta(days=1)
    world.act(world.butler, number, "schedule", start=start, end=start + timedelta(hours=2))


def test_a_repair_that_was_taken_wants_somebody_and_then_a_time(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    world.act(world.butler, number, "accept")
    assert offered(lin, number) == ("assign", "assign")
    world.act(world.butler, number, "assign", user=world.engineer.id)
    assert offered(lin, number) == ("schedule", "schedule")
    agreed(world, number)
    assert offered(lin, number) == ("reply", "complete")


def test_a_visit_that_was_called_off_wants_another_time_first(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    world.act(world.butler, number, "accept")
    world.act(world.butler, number, "assign", user=world.engineer.id)
    agreed(world, number)
    world.act(world.butler, number, "unschedule")
    assert offered(lin, number) == ("schedule", "schedule")


def test_whoever_has_arrived_needs_no_time_any_more(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    world.act(world.butler, number, "accept")
    world.act(world.butler, number, "assign", user=world.engineer.id)
    world.act(world.engineer, number, "check_in")
    assert offered(lin, number) == ("reply", "complete")


def test_a_resident_who_wrote_is_answered_before_anything_is_arranged(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    world.act(world.butler, number, "accept")
    world.clock.advance(minutes=1)
    world.say(world.resident, "还在漏，请快一点")
    assert offered(lin, number) == ("reply", "assign")


def test_nobody_is_sent_for_a_question(desk: Open, world: World) -> None:
    number, lin = world.open(ENQUIRY), desk("lin")
    world.act(world.butler, number, "accept")
    assert offered(lin, number) == ("answer", "answer")


def test_a_time_that_stands_is_moved_and_not_agreed_again(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    world.act(world.butler, number, "accept")
    title = re.compile(r'<h2 id="title-schedule">.*?</svg>(.*?)</h2>', re.DOTALL)
    assert title.findall(lin.get(f"/tickets/{number}?do=schedule").text) == ["约上门"]
    agreed(world, number)
    assert title.findall(lin.get(f"/tickets/{number}?do=schedule").text) == ["调整上门"]


def test_several_alike_tickets_are_told_by_their_words_and_none_is_chosen_beforehand(
    desk: Open, world: World
) -> None:
    first, second, third = world.open(), world.open(), world.open()
    page = desk("lin").get(f"/tickets/{third}?do=merge").text
    assert f"#{first}" in page
    assert world.ticket(second).words[:20] in page
    assert not re.search(r'name="into" value="\d+" checked', page)


def test_without_a_message_to_choose_the_part_that_is_split_off_has_to_be_said(
    desk: Open, world: World
) -> None:
    number = world.open()
    page = desk("lin").get(f"/tickets/{number}?do=split").text
    words = re.search(r'<textarea id="split-words"[^>]*>', page)
    assert words
    has_messages = 'name="message.' in page
    assert ("required" in words[0]) is not has_messages


def test_a_new_ticket_without_a_matter_is_asked_for_it_where_it_is_chosen(desk: Open, world: World) -> None:
    lin = desk("lin")
    page = lin.press("/new", channel="phone", words="漏水", resident=str(world.resident.id)).text
    kinds = page.index('name="kind"')
    assert kinds < page.index("请选择是什么事。") < page.index('name="item"')


def test_a_paper_wants_its_next_step_and_nobody_sent(desk: Open, world: World) -> None:
    number, lin = world.open("common.admin.release-pass"), desk("lin")
    assert offered(lin, number) == ("accept", "accept")
    world.act(world.butler, number, "accept")
    assert offered(lin, number)[1] == "steps"
    page = lin.get(f"/tickets/{number}").text
    assert 'href="#ticket-steps"' in page
    assert 'id="ticket-steps"' in page


def stands_first(page: str, key: str) -> bool:
    """Whether this action stands beside the others, and not behind "More"."""
    return page.index(f'data-key="{key}"') < page.index('id="more-actions"')


def test_nobody_is_sent_for_a_pass_and_the_gate_ends_it(desk: Open, world: World) -> None:
    number, lin = world.open("common.admin.release-pass", slots={"item": "冰箱一台"}), desk("lin")
    world.act(world.butler, number, "accept")
    page = lin.get(f"/tickets/{number}").text
    assert not any(stands_first(page, key) for key in LATER)
    world.act(world.butler, number, "move", to="approved", record={"item": "冰箱一台"})
    approved = lin.get(f"/tickets/{number}").text
    assert not any(stands_first(approved, key) for key in LATER)


def test_before_a_permit_is_approved_what_comes_later_stands_behind_more(desk: Open, world: World) -> None:
    number, lin = world.open(PERMIT), desk("lin")
    world.act(world.butler, number, "accept")
    page = lin.get(f"/tickets/{number}").text
    assert not any(stands_first(page, key) for key in LATER)


def test_the_next_ticket_is_offered_where_one_is_done_and_not_before(desk: Open, world: World) -> None:
    number, other, lin = world.open(), world.open(ENQUIRY), desk("lin")
    offer = f'href="/queue/next?after={number}" data-key="next"'
    world.act(world.butler, number, "accept")
    assert offer not in lin.get(f"/tickets/{number}").text
    world.act(world.butler, number, "complete", note="换了龙头")
    assert offered(lin, number) == ("follow_up", "follow_up")
    assert f'class="button" {offer}' in lin.get(f"/tickets/{number}").text
    world.act(world.butler, number, "follow_up", result="satisfied")
    assert f'class="button is-primary" {offer}' in lin.get(f"/tickets/{number}").text
    assert lin.get(f"/queue/next?after={number}").headers["location"] == f"/tickets/{other}"


def test_who_has_no_other_ticket_is_led_to_the_queue(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    assert lin.get("/queue/next").headers["location"] == f"/tickets/{number}"
    assert lin.get(f"/queue/next?after={number}").headers["location"] == "/queue"


def test_a_deputy_is_led_to_the_tickets_of_the_absent_colleague(desk: Open, world: World) -> None:
    number, tang = world.open(), desk("tang")
    assert tang.get("/queue/next").headers["location"] == "/queue"
    with world.db.write() as session:
        lin = session.get_one(User, world.butler.id)
        lin.deputy_id, lin.is_on_duty = world.colleague.id, False
    assert tang.get("/queue/next").headers["location"] == f"/tickets/{number}"


def test_the_next_ticket_is_the_one_that_stands_first_in_the_queue(desk: Open, world: World) -> None:
    later, number, lin = world.open(), world.open(), desk("lin")
    for one in (later, number):
        world.act(world.butler, one, "accept")
    agreed(world, later)
    rows = re.findall(r'<li id="t(\d+)"', lin.get("/queue").text)
    assert lin.get("/queue/next").headers["location"] == f"/tickets/{rows[0]}"
    assert lin.get(f"/queue/next?after={rows[0]}").headers["location"] == f"/tickets/{rows[1]}"


def test_the_steps_of_a_repair_stand_behind_what_it_wants_next(desk: Open, world: World) -> None:
    number, lin = world.open(), desk("lin")
    world.act(world.butler, number, "accept")
    page = lin.get(f"/tickets/{number}").text
    wanted, last, steps = (page.index(f'data-key="{key}"') for key in ("assign", "complete", "steps"))
    assert wanted < last < steps


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [
        (0, "2026-03-11T11:00", "2026-03-11T13:00"),
        (9, "2026-03-12T09:00", "2026-03-12T11:00"),
        (12, "2026-03-12T09:00", "2026-03-12T11:00"),
        (19, "2026-03-12T09:00", "2026-03-12T11:00"),
    ],
)
def test_no_visit_is_proposed_for_the_night(
    desk: Open, world: World, hours: int, start: str, end: str
) -> None:
    number = world.open()
    world.act(world.butler, number, "accept")
    world.clock.advance(hours=hours)
    form = desk("lin").get(f"/tickets/{number}?do=schedule").text
    assert f'value="{start}"' in form
    assert f'value="{end}"' in form
