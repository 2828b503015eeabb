"""A toast calls nobody told whom nothing reached: the service put right, steps, promises of nobody."""

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from sqlalchemy import update

from backend.conversations import links
from backend.desk import reach, telling_done
from backend.models import ChannelLink, Ticket
from backend.people import invitations
from tests.desk.conftest import ENQUIRY, Desk, World, menu

Open = Callable[..., Desk]


def put_right(lin: Desk, world: World, number: int) -> str:
    fields = {"item": ENQUIRY, "version": str(world.ticket(number).version)}
    answer = lin.press(f"/tickets/{number}/service", **fields)
    assert answer.status_code == 303, answer.text
    return unquote(answer.headers["set-cookie"])


def test_the_right_service_is_told_to_whoever_can_be_written_to(desk: Open, world: World) -> None:
    assert "并已告知住户" in put_right(desk("lin"), world, world.open())


def test_the_right_service_says_so_where_nobody_was_told(desk: Open, world: World) -> None:
    number = world.open()
    with world.db.write() as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(conversation_id=None))
    said = put_right(desk("lin"), world, number)
    assert "没有聊天渠道，还没有告知" in said
    assert "已告知住户" not in said
    other = world.open()
    with world.db.write() as session:
        session.execute(update(ChannelLink).values(status="blocked"))
    assert "等能联系上住户时再告知" in put_right(desk("lin"), world, other)


@pytest.mark.parametrize(
    ("how", "said"), [(reach.CHAT, ""), (reach.NOBODY, ""), (reach.NO_CHAT, telling_done.UNTOLD)]
)
def test_nothing_is_claimed_of_whoever_has_no_chat(how: str, said: str) -> None:
    assert telling_done.untold(how) == said


def test_promises_that_nobody_has_been_given_are_not_a_persons(desk: Open, world: World) -> None:
    number = world.open()
    with world.db.write() as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(butler_id=None))
    world.clock.advance(minutes=45)
    page = desk("xu").get("/promises").text
    assert "未分配" in page
    assert ">暂无<" not in page


def open_chat(world: World) -> None:
    """The resident opens the web chat by invitation and writes nothing in it."""
    now = world.clock.now()
    with world.db.write() as session:
        code = invitations.create_invitation(session, world.vault, world.home, world.resident, now)
        guest = links.Guest("zh", code, None, "zh")
        links.open_web_session(session, world.vault, menu(), guest, now, world.clock.real_now())


def test_whoever_opened_the_chat_and_has_not_written_is_told_and_the_page_says_how_it_stands(
    desk: Open, world: World
) -> None:
    open_chat(world)
    lin, number = desk("lin"), world.open()
    page = lin.get(f"/tickets/{number}").text
    assert "陈先生打开过网页聊天，还没有写过消息。发出的内容会留在聊天里，对方下次打开时才能看到。" in page
    assert "没有聊天" not in page
    assert "并已告知住户" in put_right(lin, world, number)
    world.say(world.resident, "好的")
    assert "还没有写过消息" not in lin.get(f"/tickets/{number}").text
