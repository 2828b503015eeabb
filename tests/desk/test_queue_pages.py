"""The queue in pages: what stands on the one that is shown by now, and wishes that follow the tickets."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

from backend.desk.draft_queries import MOST
from backend.models import ChannelLink, Draft
from intents.loader import load_menu
from tests.desk.conftest import ENQUIRY, LEAK, Desk, World

Open = Callable[..., Desk]


def rows(html: str) -> list[str]:
    """The keys of the rows of a page, in order."""
    return re.findall(r'<li id="(\w+)" class="row', html)


def belongs(html: str) -> dict[str, Any]:
    """What the answer to a live event says of each row."""
    found = re.search(r'data-matching="([^"]*)"', html)
    assert found
    return dict(json.loads(unescape(found[1])))


def shown_rows(html: str) -> str:
    """Where the page asks for its rows."""
    found = re.search(r'data-rows="([^"]+)"', html)
    assert found
    return unescape(found[1])


def link(html: str, text: str) -> str:
    """Where the button with this text leads."""
    found = re.search(rf'href="([^"]+)">{text}</a>', html)
    assert found
    return unescape(found[1])


def wishes(world: World, count: int) -> list[str]:
    """Wishes that wait to be confirmed, two of them silent from the same instant; their keys."""
    world.say(world.resident, "想问问停车位")
    now = world.clock.now()
    with world.db.write() as session:
        chat = session.query(ChannelLink).one()
        made = [
            Draft(estate_id=world.estate.id, conversation_id=chat.conversation_id, link_id=chat.id,
                  resident_id=world.resident.id, home_id=world.home.id, item_id=ENQUIRY, words="想问问停车位",
                  state="to_confirm", asked_at=now, last_at=now + timedelta(seconds=at // 2))
            for at in range(count)
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        return [f"d{one.id}" for one in made]


def test_two_wishes_that_wait_in_one_row_are_both_named(desk: Open, world: World) -> None:
    (wish,) = wishes(world, 1)
    with world.db.write() as session:
        chat = session.query(ChannelLink).one()
        waiting = {"item": LEAK, "slots": {}, "words": "软管漏水", "asked_at": world.clock.now().isoformat()}
        chat.state = {"now": {**chat.state.get("now", {}), "waiting": [waiting]}}
        session.query(Draft).one().words = "想问问停车位\n软管漏水"
    html = desk("lin").get("/queue").text.split(f'id="{wish}"')[1].split("</li>")[0]
    names = [one.name.zh for id_ in (ENQUIRY, LEAK) if (one := load_menu().find_item(id_))]
    assert f">{names[0]} + {names[1]}</a>" in html
    assert ">想问问停车位 / 软管漏水</span>" in html


def test_words_that_the_bot_still_asks_about_are_named_before_the_wish_that_waits(
    desk: Open, world: World
) -> None:
    (wish,) = wishes(world, 1)
    with world.db.write() as session:
        chat = session.query(ChannelLink).one()
        asking = {"form": None, "offered": [LEAK], "offered_words": "软管漏水"}
        chat.state = {"now": {**chat.state.get("now", {}), **asking}}
        session.query(Draft).one().words = "软管漏水\n想问问停车位"
    assert ">服务待确认 + " in desk("lin").get("/queue").text.split(f'id="{wish}"')[1].split("</li>")[0]


def test_who_has_missed_events_is_told_what_else_stands_on_the_page_by_now(desk: Open, world: World) -> None:
    known, new = world.open(), world.open()
    lin, (wish,) = desk("lin"), wishes(world, 1)
    answer = lin.get(f"/queue/rows?ids=t{known}&all=1").text
    assert rows(answer) == [f"t{known}"]
    assert belongs(answer) == {f"t{known}": True, f"t{new}": True, wish: True}
    assert belongs(lin.get(f"/queue/rows?ids=t{known}").text) == {f"t{known}": True}
    assert belongs(lin.get("/queue/rows?ids=-&all=1&state=paused").text) == {}
    assert belongs(lin.get(f"/queue/rows?ids=t{known}&all=1&state=draft").text) == {
        f"t{known}": False,
        wish: True,
    }


def test_what_stands_on_another_page_is_no_news_of_this_one(desk: Open, world: World) -> None:
    first, second = world.open(), world.open()
    lin = desk("lin")
    (wish,) = wishes(world, 1)
    ranks = re.findall(r'data-rank="([^"]+)"', lin.get("/queue").text)
    for bounds, expected in (
        (f"until={ranks[0]}", {f"t{first}": True}),
        (f"after={ranks[0]}&until={ranks[1]}", {f"t{second}": True}),
        (f"after={ranks[1]}", {wish: True}),
    ):
        assert belongs(lin.get(f"/queue/rows?ids=-&all=1&{bounds}").text) == expected


def test_nobody_is_told_of_rows_that_are_not_theirs_to_see(desk: Open, world: World) -> None:
    number = world.open()
    wishes(world, 1)
    assert belongs(desk("wang").get("/queue/rows?ids=-&all=1&queue=team").text) == {}
    assert f"t{number}" not in belongs(desk("zhao").get("/queue/rows?ids=-&all=1&queue=team").text)


def test_wishes_to_be_confirmed_are_paged_like_tickets_and_none_is_left_out(desk: Open, world: World) -> None:
    number, keys = world.open(), wishes(world, 2 * MOST + 3)
    lin = desk("lin")
    pages = [lin.get("/queue").text]
    for _ in range(2):
        pages.append(lin.get(link(pages[-1], "看后面50条")).text)
    assert [key for page in pages for key in rows(page)] == [f"t{number}", *keys]
    assert "看后面50条" not in pages[-1]
    assert f"<b>{len(keys)}</b>" in pages[0]
    shown = belongs(lin.get(f"{shown_rows(pages[1])}&ids=-&all=1").text)
    assert list(shown) == rows(pages[1])
    only = lin.get("/queue?state=draft").text
    assert rows(only) == keys[:MOST]
    second = lin.get(link(only, "看后面50条")).text
    assert link(second, "回到列表开头") == "/queue?queue=mine&state=draft"
