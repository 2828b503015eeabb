"""A ticket for somebody who phoned, wrote on paper or came to the desk."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.models import ChannelLink, Draft, Ticket
from tests.desk.conftest import ENQUIRY, Desk, World

Open = Callable[..., Desk]


def fields(world: World, **changes: str) -> dict[str, str]:
    return {
        "resident": str(world.resident.id),
        "channel": "phone",
        "words": "厨房灯不亮",
        "kind": "common.voice.repair-intake",
        "received_at": "2026-03-11T09:50",
    } | changes


@pytest.mark.parametrize("text", ["13800138000", "138 0013 8000", "3-2-1501", "3号楼2单元1501", "陈建国"])
def test_a_phone_a_home_or_a_name_finds_the_resident(desk: Open, world: World, text: str) -> None:
    html = desk("lin").get("/new", params={"q": text, "part": "found"}).text
    assert f'value="{world.resident.id}"' in html
    assert "138****8000" in html


def test_nobody_of_another_estate_is_found(desk: Open, world: World) -> None:
    assert "138****8000" not in desk("wang").get("/new?q=陈建国").text


def test_the_clock_counts_from_the_moment_they_asked(desk: Open, world: World) -> None:
    answer = desk("lin").press("/new", **fields(world))
    assert answer.status_code == 303
    ticket = world.ticket(int(answer.headers["location"].split("/")[-1]))
    assert ticket.received_at == world.clock.now() - timedelta(minutes=10)
    assert ticket.entered_at == world.clock.now()
    assert (ticket.channel, ticket.words, ticket.home_id) == ("phone", "厨房灯不亮", world.home.id)
    assert "已超时" in desk("lin").get("/queue?state=late").text


def test_whoever_writes_down_a_call_for_their_own_home_has_taken_it(desk: Open, world: World) -> None:
    own = desk("lin").press("/new", **fields(world)).headers["location"].split("/")[-1]
    assert world.ticket(int(own)).accepted_at == world.clock.now()
    others = desk("xu").press("/new", **fields(world)).headers["location"].split("/")[-1]
    assert world.ticket(int(others)).accepted_at is None


def test_this_very_minute_is_now_so_that_what_came_within_it_stays_the_older(
    desk: Open, world: World
) -> None:
    world.clock.advance(seconds=25)
    written = world.open()
    world.clock.advance(seconds=20)
    now = fields(world, received_at="2026-03-11T10:00")
    phoned = int(desk("lin").press("/new", **now).headers["location"].split("/")[-1])
    assert world.ticket(phoned).received_at > world.ticket(written).received_at


def test_a_service_can_be_typed_by_name_in_either_language(desk: Open, world: World) -> None:
    for name in ("换卫浴软管", "bathroom flexible hose"):
        answer = desk("lin").press("/new", **fields(world, item=name))
        assert world.ticket(int(answer.headers["location"].split("/")[-1])).item_id.endswith("sanitary-hose")


def test_with_script_the_page_moves_on_to_the_ticket(desk: Open, world: World) -> None:
    answer = desk("lin").press("/new", htmx=True, **fields(world))
    assert answer.headers["hx-redirect"].startswith("/tickets/")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"resident": ""}, "请选择住户。"),
        ({"resident": "../1"}, "请选择住户。"),
        ({"kind": "", "item": ""}, "请选择是什么事。"),
        ({"item": "zzzz"}, "请选择是什么事。"),
        ({"words": " "}, "请写下住户说的话"),
        ({"received_at": "tomorrow"}, "请填写日期和时间。"),
        ({"received_at": "2026-03-11T11:00"}, "这个时间还没到。"),
        ({"received_at": "2025-03-11T11:00"}, "这个时间已超过30天。"),
        ({"channel": "pigeon"}, "请选择住户是怎么联系的。"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    desk: Open, world: World, change: dict[str, str], sentence: str
) -> None:
    answer = desk("lin").press("/new", htmx=True, q="3-2-1501", **fields(world, **change))
    assert answer.status_code == 422
    assert sentence in answer.text
    if "words" not in change:
        assert ">厨房灯不亮</textarea>" in answer.text


def test_a_word_that_several_services_hold_is_a_question_and_opens_nothing(desk: Open, world: World) -> None:
    lin = desk("lin", "en")
    lin.press("/language", language="en", back="/new")
    answer = lin.press("/new", htmx=True, q="3-2-1501", **fields(world, item="parking"))
    assert answer.status_code == 422
    assert "Several services fit: please choose one below." in answer.text
    offered = re.findall(r'name="which" value="([^"]+)"', answer.text)
    assert len(offered) > 2
    assert "Rent a parking space" in answer.text
    with world.db.read() as session:
        assert session.query(Ticket).count() == 0
    chosen = next(one for one in offered if one.endswith("card"))
    answer = lin.press("/new", **fields(world, item="parking", which=chosen))
    assert world.ticket(int(answer.headers["location"].split("/")[-1])).item_id == chosen
    stale = lin.press("/new", **fields(world, item="parking", which=ENQUIRY))
    assert stale.status_code == 422, "what was chosen must fit what is typed"


def test_one_letter_fits_too_many_services_to_choose_from(desk: Open, world: World) -> None:
    answer = desk("lin").press("/new", htmx=True, q="3-2-1501", **fields(world, item="水"))
    assert answer.status_code == 422
    assert "符合的服务太多，请把名称再写完整一些。" in answer.text
    assert 'name="which"' not in answer.text


def test_a_foreign_resident_is_not_found(desk: Open, world: World) -> None:
    assert desk("wang").press("/new", **fields(world)).status_code == 404


def draft(world: World) -> int:
    """A wish in the resident's own words that waits to be confirmed."""
    world.say(world.resident, "想问问停车位")
    with world.db.write() as session:
        link = session.query(ChannelLink).one()
        link.state, link.state_version = {"form": "open"}, 3
        row = Draft(
            estate_id=world.estate.id, conversation_id=link.conversation_id, link_id=link.id,
            resident_id=world.resident.id, home_id=world.home.id, item_id=ENQUIRY, words="想问问停车位",
            state="to_confirm", asked_at=world.clock.now(), last_at=world.clock.now(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def test_a_draft_to_be_confirmed_stands_in_the_queue_and_can_be_taken_over(desk: Open, world: World) -> None:
    number = draft(world)
    world.clock.advance(minutes=6)
    lin = desk("lin")
    html = lin.get("/queue?state=draft").text
    assert f'id="d{number}"' in html
    assert "想问问停车位" in html
    page = lin.get(f"/new?draft={number}").text
    assert ">想问问停车位</textarea>" in page
    answer = lin.press("/new", **fields(world, words="想问问停车位", kind=ENQUIRY, draft=str(number)))
    ticket = world.ticket(int(answer.headers["location"].split("/")[-1]))
    with world.db.read() as session:
        row = session.get_one(Draft, number)
        assert (row.state, row.ticket_id) == ("handed_over", ticket.id)
    assert f'id="d{number}"' not in lin.get("/queue").text


def test_a_wish_that_the_resident_has_just_confirmed_is_not_opened_twice(desk: Open, world: World) -> None:
    number = draft(world)
    lin = desk("lin")
    with world.db.write() as session:
        session.get_one(Draft, number).state = "confirmed"
    answer = lin.press("/new", **fields(world, words="想问问停车位", kind=ENQUIRY, draft=str(number)))
    assert answer.status_code == 409
    with world.db.read() as session:
        assert session.query(Ticket).count() == 0
