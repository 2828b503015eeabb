"""A long conversation on the ticket's page: the last messages first, older ones on demand, nobody else's."""

import re
from collections.abc import Callable

from backend.desk.ticket_queries import SHOWN
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]
OLDER = 8


def written(world: World) -> int:
    """A ticket whose resident went on writing: more than one page, with a note among the first words."""
    number = world.open()
    for each in range(SHOWN + OLDER):
        world.clock.advance(seconds=20)
        world.say(world.resident, f"第{each}句。")
        if each == 1:
            world.act(world.butler, number, "note", text="门锁在左边")
    return number


def older(page: str) -> str:
    """The address at which the older messages are shown as well."""
    link = re.search(r'href="([^"]+)#talk" data-earlier="\d+"', page)
    return link[1] if link else ""


def test_a_page_begins_with_the_last_messages_and_leads_to_the_older_ones(desk: Open, world: World) -> None:
    number, lin = written(world), desk("lin")
    page = lin.get(f"/tickets/{number}").text
    assert f"第{OLDER}句。" in page
    assert f"第{OLDER - 1}句。" not in page
    assert "更早的消息" in page
    whole = lin.get(older(page)).text
    assert all(f"第{each}句。" in whole for each in range(SHOWN + OLDER))
    assert not older(whole)


def test_a_note_comes_with_the_messages_it_was_written_beside(desk: Open, world: World) -> None:
    number, lin = written(world), desk("lin")
    page = lin.get(f"/tickets/{number}").text
    note = re.compile(r'<li class="message[^"]*"[^>]*data-kind="note"|id="e\d+"')
    assert not note.search(page)
    assert note.search(lin.get(older(page)).text)


def test_older_messages_stay_in_sight_when_the_page_catches_up_and_when_it_acts(
    desk: Open, world: World
) -> None:
    number, lin = written(world), desk("lin")
    since = older(lin.get(f"/tickets/{number}").text).partition("since=")[2]
    live = lin.get(f"/tickets/{number}?part=live", headers={"X-Since": since, "HX-Request": "true"})
    assert "第0句。" in live.text
    assert "第0句。" not in lin.get(f"/tickets/{number}?part=live", headers={"HX-Request": "true"}).text


def test_an_address_that_makes_no_sense_shows_the_last_messages(desk: Open, world: World) -> None:
    number, lin = written(world), desk("lin")
    for sense in ("-1", "x", "9" * 40, "٣"):
        page = lin.get(f"/tickets/{number}?since={sense}")
        assert page.status_code == 200
        assert f"第{SHOWN + OLDER - 1}句。" in page.text


def test_whoever_sees_the_job_alone_is_led_to_nothing_else(desk: Open, world: World) -> None:
    number = written(world)
    world.act(world.butler, number, "accept")
    world.act(world.butler, number, "assign", user=world.engineer.id)
    page = desk("zhao").get(f"/tickets/{number}").text
    assert not older(page)
    assert "第0句。" not in desk("zhao").get(f"/tickets/{number}?since=0").text
