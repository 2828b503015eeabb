"""What needs a person: listed with whom it concerns, and gone when somebody has seen to it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.models import ChannelLink, Conversation, Delivery, Message, OutboxRow, StaffAddress, Ticket
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]


@pytest.fixture
def troubled(office: Office) -> Office:
    """Mr Chen's last message failed in its turn; a reply to him was refused by Telegram."""
    office.chat("chen")
    number = office.open("complaint", words="楼道灯不亮")
    office.do(number, "reply", text="我们马上去看。")
    now = office.clock.now()
    with office.db.write() as session:
        message = session.scalars(select(Message).where(Message.author == "butler")).one()
        link = session.scalars(select(ChannelLink)).one()
        session.add(
            OutboxRow(estate_id=message.estate_id, message_id=message.id, link_id=link.id, channel="telegram",
                      state="dead", reason="refused", created_at=now)
        )  # fmt: skip
        session.add(
            Message(estate_id=message.estate_id, conversation_id=message.conversation_id, link_id=link.id,
                    seq=900, author="resident", language="zh", text="救命的话没人懂", turn_state="parked",
                    error_id="ab12cd34ef56", ticket_id=message.ticket_id, sent_at=now, stored_at=now)
        )  # fmt: skip
    return office


def test_failed_turns_and_lost_replies_are_listed_with_home_person_and_ticket(
    troubled: Office, browse: Browse
) -> None:
    page = browse("butler", "en").read("/attention")
    assert "Needs attention · " in page
    assert "Messages the assistant could not handle" in page
    assert "救命的话没人懂" in page
    assert "ab12cd34ef56" in page
    assert "Messages that did not arrive" in page
    assert "3-2-1501" in page
    assert re.search(r'href="/tickets/\d+"', page)


def test_what_somebody_has_seen_to_leaves_the_list_and_the_gauge(troubled: Office, browse: Browse) -> None:
    butler = browse("butler")
    where = re.search(r'action="(/attention/\d+/settle)"', butler.read("/attention"))
    assert where
    butler.submit(where[1], {})
    assert "救命的话没人懂" not in butler.read("/attention")
    butler.submit(where[1], {}, 404)


def test_a_lost_reply_is_sent_again_from_here(troubled: Office, browse: Browse) -> None:
    butler = browse("butler")
    where = re.search(r'action="(/attention/\d+/send)"', butler.read("/attention"))
    assert where
    butler.submit(where[1], {})
    with troubled.db.read() as session:
        assert session.scalars(select(OutboxRow.state).where(OutboxRow.channel == "telegram")).all() == [
            "queued"
        ]
    assert "没有送达的消息" not in butler.read("/attention")


def test_somebody_out_of_reach_with_an_open_ticket_is_to_be_rung(troubled: Office, browse: Browse) -> None:
    with troubled.db.write() as session:
        for link in session.scalars(select(ChannelLink)).all():
            session.get_one(Conversation, link.conversation_id).last_link_id = link.id
            link.channel, link.status, link.status_at = "telegram", "blocked", troubled.clock.now()
    page = browse("butler", "en").read("/attention")
    assert "Telegram: the resident has blocked the bot" in page


def test_leaders_alone_see_addresses_of_staff_that_fail(troubled: Office, browse: Browse) -> None:
    now, estate = troubled.clock.now(), troubled.cast.estate
    with troubled.db.write() as session:
        address = StaffAddress(estate_id=estate.id, channel="wecom", label="值班群", sealed=b"x",
                               fault="unknown_robot", created_at=now)  # fmt: skip
        session.add(address)
        session.flush()
        session.add(
            Delivery(estate_id=estate.id, address_id=address.id, dedupe_key="k", kind="warn", title="t",
                     text="t", state="dead", not_before=now, created_at=now - timedelta(hours=1))
        )  # fmt: skip
    assert "值班群" in browse("supervisor").read("/attention")
    assert "值班群" not in browse("butler").read("/attention")


def test_nobody_sees_another_estate_and_field_staff_have_no_such_page(
    troubled: Office, browse: Browse
) -> None:
    page = browse("stranger", "en").read("/attention")
    assert "Nothing needs attention." in page
    where = re.search(r'action="(/attention/\d+/settle)"', browse("butler").read("/attention"))
    assert where
    browse("stranger").submit(where[1], {}, 404)
    browse("engineer").read("/attention", 403)


def test_nobody_settles_or_sends_again_what_belongs_to_a_complaint_about_them(
    troubled: Office, browse: Browse
) -> None:
    butler = browse("butler")
    page = butler.read("/attention")
    buttons = re.findall(r'action="(/attention/\d+/(?:settle|send))"', page)
    assert len(buttons) == 2
    with troubled.db.write() as session:
        for ticket in session.scalars(select(Ticket)):
            ticket.hidden_from_id = troubled.cast.butler.id
    assert "救命的话没人懂" not in butler.read("/attention")
    for button in buttons:
        butler.submit(button, {}, 404)
        browse("supervisor").submit(button, {})


def park(office: Office, text: str, minutes: int = 0) -> None:
    """A message whose turn failed before a ticket could hold it."""
    at = office.clock.now() + timedelta(minutes=minutes)
    with office.db.write() as session:
        known = session.scalars(select(Message).where(Message.error_id == "ab12cd34ef56")).one()
        session.add(
            Message(estate_id=known.estate_id, conversation_id=known.conversation_id, link_id=known.link_id,
                    seq=901 + minutes, author="resident", language="zh", text=text, turn_state="parked",
                    error_id="ff", sent_at=at, stored_at=at)
        )  # fmt: skip


def test_what_nobody_understood_is_not_shown_to_the_butler_it_may_be_about(
    troubled: Office, browse: Browse
) -> None:
    park(troubled, "她从来不接电话")
    assert "她从来不接电话" not in browse("butler").read("/attention")
    page = browse("deputy").read("/attention")
    assert "她从来不接电话" in page
    park(troubled, "李伟说话很难听", minutes=1)
    assert "李伟说话很难听" not in browse("deputy").read("/attention")
    found = browse("supervisor").read("/attention")
    assert "李伟说话很难听" in found
    for button in re.findall(r'action="(/attention/\d+/settle)"', found):
        if button not in page:
            browse("deputy").submit(button, {}, 404)


def test_what_was_said_while_a_complaint_about_somebody_was_told_is_not_shown_to_them(
    troubled: Office, browse: Browse
) -> None:
    now = troubled.clock.now()
    with troubled.db.write() as session:
        sent = session.scalars(select(Message).where(Message.author == "butler")).one()
        sent.ticket_id = None
    assert "我们马上去看" in browse("butler").read("/attention")
    with troubled.db.write() as session:
        secret = session.scalars(select(Ticket)).one()
        secret.hidden_from_id = troubled.cast.butler.id
        secret.asked_at, secret.received_at = now - timedelta(hours=1), now + timedelta(hours=1)
    assert "我们马上去看" not in browse("butler").read("/attention")
    assert "我们马上去看" in browse("supervisor").read("/attention")


def test_leaders_find_the_settings_of_alerts_from_here_and_butlers_no_link_they_may_not_open(
    office: Office, browse: Browse
) -> None:
    for name, is_leader in (("supervisor", True), ("manager", True), ("butler", False)):
        page = browse(name).read("/attention").split("<main")[1].split("</main>")[0]
        assert ('href="/settings/alerts"' in page) is is_leader


def parts(page: str, name: str) -> tuple[str, str]:
    """What stands beside the heading of a kind, and where its next part begins ("" where there is none)."""
    section = page.split(f'id="group-{name}"')[1].split("</section>", maxsplit=1)[0]
    extent = re.search(r'class="extent">([^<]*)<', section)
    following = re.search(r'href="([^"]+)">看后面20条', section)
    return extent[1] if extent else "", following[1] if following else ""


def test_of_a_long_list_the_true_number_is_told_and_every_matter_can_be_reached(
    troubled: Office, browse: Browse
) -> None:
    for minute in range(56):
        park(troubled, f"没人懂的话之{minute}。", minutes=minute)
    browser = browse("supervisor", "zh")
    page, said = browser.read("/attention"), []
    assert parts(page, "parked") == ("共57条，显示20条", parts(page, "parked")[1])
    assert parts(page, "undelivered") == ("1", "")
    while True:
        said += re.findall(r"没人懂的话之(\d+)。", page)
        following = parts(page, "parked")[1]
        if not following:
            break
        page = browser.read(following)
    assert said == [str(minute) for minute in reversed(range(56))]
    assert parts(page, "parked") == ("共57条，显示17条", "")
    assert 'href="/attention#group-parked">回到列表开头' in page
    assert parts(page, "undelivered") == ("1", "")


def test_a_part_whose_matters_were_all_seen_to_leads_back_to_the_others(
    troubled: Office, browse: Browse
) -> None:
    page = browse("supervisor", "zh").read("/attention?parked=1")
    assert parts(page, "parked")[0] == "共1条，显示0条"
    assert 'href="/attention#group-parked">回到列表开头' in page
    assert "救命的话没人懂" in browse("supervisor", "zh").read("/attention?parked=x")


def test_everybody_out_of_reach_and_every_failing_address_is_counted_and_reached(
    troubled: Office, browse: Browse
) -> None:
    now, estate = troubled.clock.now(), troubled.cast.estate
    with troubled.db.write() as session:
        for link in session.scalars(select(ChannelLink)).all():
            session.get_one(Conversation, link.conversation_id).last_link_id = link.id
            link.channel, link.status, link.status_at = "telegram", "blocked", now
        session.add_all(
            StaffAddress(estate_id=estate.id, channel="wecom", label=f"值班群{number}号", sealed=b"x",
                         fault="unknown_robot", created_at=now)
            for number in range(21)
        )  # fmt: skip
    browser = browse("supervisor", "zh")
    page = browser.read("/attention")
    assert parts(page, "lost") == ("1", "")
    extent, following = parts(page, "staff")
    assert extent == "共21条，显示20条"
    found = re.findall(r"值班群(\d+)号", page + browser.read(following))
    assert found == [str(number) for number in range(21)]
