"""What Telegram brings to the desk: deliveries, people out of reach, edits, files, bots in trouble."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from backend.messages import service as messages
from backend.models import (
    Alert,
    ChannelLink,
    ChannelState,
    Conversation,
    LiveEvent,
    Message,
    MessageVersion,
    OutboxRow,
    StoredFile,
    Ticket,
)
from tests.desk.conftest import Desk, World

Open = Callable[..., Desk]


@dataclass
class Chat:
    """A resident's ticket whose conversation runs over Telegram."""

    world: World
    number: int

    @property
    def link(self) -> ChannelLink:
        with self.world.db.read() as session:
            query = (
                select(ChannelLink)
                .join(Conversation, Conversation.last_link_id == ChannelLink.id)
                .join(Ticket, Ticket.conversation_id == Conversation.id)
            )
            return session.scalars(query.where(Ticket.number == self.number)).one()

    def change(self, row: Any, **values: Any) -> None:
        with self.world.db.write() as session:
            found = session.get_one(type(row), row.id)
            for name, value in values.items():
                setattr(found, name, value)

    def hears(self, text: str = "", **values: Any) -> Message:
        """The resident writes; ``values`` are columns that the channel filled."""
        with self.world.db.write() as session:
            link = session.get_one(ChannelLink, self.link.id)
            talk = session.get_one(Conversation, link.conversation_id)
            incoming = messages.Incoming(external_id=f"t{talk.last_seq}", text=text)
            now = self.world.clock.now()
            message = messages.store(session, link, incoming, now=now, real_now=now)[0]
            for name, value in values.items():
                setattr(message, name, value)
            return message

    def says(self, text: str = "我马上过来。") -> OutboxRow:
        """The butler answers; return the delivery."""
        self.world.act(self.world.butler, self.number, "reply", text=text)
        with self.world.db.read() as session:
            return session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1)).one()

    def file(self, message: Message, **values: Any) -> StoredFile:
        given = {"kind": "photo", "name": "x.jpg", "content_type": "image/jpeg", "size": 2048, "sha256": ""}
        with self.world.db.write() as session:
            row = StoredFile(
                id=f"{message.id:016x}{len(values):016x}", estate_id=message.estate_id, message_id=message.id,
                conversation_id=message.conversation_id, created_at=self.world.clock.now(),
                **(given | values),
            )  # fmt: skip
            session.add(row)
            return row


@pytest.fixture
def chat(world: World) -> Chat:
    made = Chat(world, world.open())
    made.change(made.link, channel="telegram", account="1000001", address="77", name="Chen J.")
    return made


def page_of(desk: Open, chat: Chat, username: str = "lin", language: str = "zh") -> str:
    browser = desk(username, language)
    if language == "en":
        browser.press("/language", language="en", back="/queue")
    return browser.get(f"/tickets/{chat.number}").text


DELIVERIES = [
    ({"state": "queued"}, "发送中", "waiting"),
    ({"state": "leased"}, "发送中", "waiting"),
    ({"state": "sent"}, "已送达 Telegram", "sent"),
    ({"state": "dead", "reason": "blocked"}, "未送达：住户已停用机器人", "dead"),
    ({"state": "dead", "reason": "deactivated"}, "未送达：住户的账号已注销", "dead"),
    ({"state": "dead", "reason": "gone"}, "未送达：聊天已不存在", "dead"),
    ({"state": "dead", "reason": "refused"}, "未送达：Telegram 拒收这条消息", "dead"),
    ({"state": "dead", "reason": "unconfirmed"}, "未能确认是否送达", "dead"),
    ({"state": "dead", "reason": "something new"}, "未送达", "dead"),
]


@pytest.mark.parametrize(("values", "words", "state"), DELIVERIES)
def test_what_became_of_a_message_is_said_in_words(
    desk: Open, chat: Chat, values: dict[str, Any], words: str, state: str
) -> None:
    chat.change(chat.says(), **values)
    html = page_of(desk, chat)
    shown = html.split("我马上过来。")[1].split("</li>")[0]
    assert f'class="delivery is-{state}"' in shown
    assert words in shown
    assert ("重新发送" in shown) == (state == "dead")


def test_a_failed_message_names_the_time_of_the_next_try(desk: Open, chat: Chat) -> None:
    later = chat.world.clock.now() + timedelta(minutes=3)
    chat.change(chat.says(), state="failed", retry_at=later, reason="network")
    assert "10:03 再试一次" in page_of(desk, chat)
    assert "Will be tried again at 10:03" in page_of(desk, chat, language="en")


def test_a_message_that_gave_way_to_a_later_one_says_nothing(desk: Open, chat: Chat) -> None:
    chat.change(chat.says(), state="dead", reason="replaced")
    shown = page_of(desk, chat).split("我马上过来。")[1].split("</li>")[0]
    assert "delivery" not in shown
    assert "重新发送" not in shown


def test_taking_buttons_off_is_no_delivery(desk: Open, chat: Chat) -> None:
    sent = chat.says()
    chat.change(sent, state="sent")
    with chat.world.db.write() as session:
        session.add(
            OutboxRow(estate_id=sent.estate_id, message_id=sent.message_id, link_id=sent.link_id, op="strip",
                      channel="telegram", state="dead", reason="refused", created_at=sent.created_at)
        )  # fmt: skip
    assert "已送达 Telegram" in page_of(desk, chat)


def test_a_dead_message_can_be_sent_again_once(desk: Open, chat: Chat) -> None:
    row = chat.says()
    chat.change(row, state="dead", reason="refused")
    lin = desk("lin")
    where = f"/tickets/{chat.number}/messages/{row.message_id}/again"
    answer = lin.press(where, htmx=True)
    assert (answer.status_code, answer.headers["hx-reswap"]) == (200, "none")
    assert unquote(answer.headers["x-toast"]) == "正在重新发送。"
    assert "发送中" in answer.text
    again = lin.press(where)
    assert (again.status_code, again.headers["location"]) == (303, f"/tickets/{chat.number}")
    assert "这条消息已在发送中。" in lin.get(f"/tickets/{chat.number}").text


def test_only_a_message_of_this_page_can_be_sent_again(desk: Open, chat: Chat) -> None:
    row = chat.says()
    heard = chat.hears("好的")
    chat.change(row, state="dead", reason="refused")
    other = chat.world.open(resident=chat.world.tenant)
    lin = desk("lin")
    assert lin.press(f"/tickets/{other}/messages/{row.message_id}/again").status_code == 404
    assert lin.press(f"/tickets/{chat.number}/messages/{heard.id}/again").status_code == 404
    stranger = desk("wang")
    assert stranger.press(f"/tickets/{chat.number}/messages/{row.message_id}/again").status_code == 404


def test_who_cannot_be_reached_is_named_with_the_number_to_call(desk: Open, chat: Chat) -> None:
    assert "联系不到" not in page_of(desk, chat)
    chat.change(chat.link, status="blocked", status_at=chat.world.clock.now())
    html = page_of(desk, chat)
    assert "自今天 10:00起，在 Telegram 上联系不到陈先生（住户已停用机器人）。" in html
    assert '请打电话： <a href="tel:13800138000">138 0013 8000</a>' in html
    assert "Mr Chen cannot be reached on Telegram since 10:00 today (has blocked the bot)." in page_of(
        desk, chat, language="en"
    )


def test_nobody_is_out_of_reach_since_a_moment_to_come(desk: Open, chat: Chat) -> None:
    """A demo's clock may be set back, and what a channel told stands at the time of the machine."""
    later = chat.world.clock.now() + timedelta(days=9)
    chat.change(chat.link, status="blocked", status_at=later)
    page = page_of(desk, chat, language="en")
    assert "Mr Chen cannot be reached on Telegram (has blocked the bot)." in page


def test_who_opened_the_web_chat_and_never_wrote_is_not_said_to_be_told(desk: Open, chat: Chat) -> None:
    chat.change(chat.link, channel="web", last_inbound_at=None)
    lin, version = desk("lin"), str(chat.world.ticket(chat.number).version)
    answer = lin.press(f"/tickets/{chat.number}/accept", htmx=True, version=version)
    assert unquote(answer.headers["x-toast"]) == (
        "已办理。内容已放进住户的网页聊天，对方打开过但还没有写过话，下次打开时就能看到。"
    )
    answer = lin.press(f"/tickets/{chat.number}/reply", htmx=True, text="我马上过来。")
    assert unquote(answer.headers["x-toast"]).startswith("已保存。内容已放进住户的网页聊天，")


def test_a_queued_message_to_somebody_out_of_reach_waits(desk: Open, chat: Chat) -> None:
    chat.says()
    chat.change(chat.link, status="gone", status_at=chat.world.clock.now())
    assert "等候中，能联系上住户时再发" in page_of(desk, chat)


def test_the_queue_marks_who_cannot_be_reached(desk: Open, chat: Chat) -> None:
    lin = desk("lin")
    assert "联系不上" not in lin.get("/queue").text
    chat.change(chat.link, status="deactivated")
    assert "联系不上" in lin.get("/queue").text
    assert "联系不上" in lin.get(f"/queue/rows?ids=t{chat.number}").text


def test_the_facts_say_where_somebody_writes_from_and_by_what_name(desk: Open, chat: Chat) -> None:
    html = page_of(desk, chat)
    assert "联系渠道" in html
    assert "Telegram：Chen J." in html


def test_an_edited_message_shows_its_earlier_wordings(desk: Open, chat: Chat) -> None:
    now = chat.world.clock.now()
    message = chat.hears("明天 <b>三点</b>来", edited_at=now)
    with chat.world.db.write() as session:
        session.add(
            MessageVersion(estate_id=message.estate_id, message_id=message.id, external_id="e:1",
                           text="明天两点来", until_at=now)
        )  # fmt: skip
    html = page_of(desk, chat)
    assert "10:00 编辑过" in html
    assert html.index("明天两点来") < html.rindex("明天 &lt;b&gt;三点")
    assert "10:00 之前" in html


def test_a_reply_quotes_what_it_answers_and_a_reaction_stands_beside(desk: Open, chat: Chat) -> None:
    row = chat.says("您几点在家？")
    chat.hears("三点", reply_to_id=row.message_id)
    chat.hears("还有", reply_to_id=999_999)
    with chat.world.db.write() as session:
        session.get_one(Message, row.message_id).reaction = "👍"
    html = page_of(desk, chat)
    quote = html.split('class="quote"')[1].split("</a>")[0]
    assert f'href="#m{row.message_id}"' in quote
    assert "您几点在家？" in quote
    assert "林静" in quote
    assert "更早的一条消息" in html
    assert "👍" in html


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("sticker", {}, "[贴纸]"),
        ("unsupported", {}, "[此处无法显示的内容]"),
        ("contact", {"is_own": True, "phone_sealed": "c2VjcmV0"}, "[已分享本人号码]"),
        ("contact", {"is_own": False}, "[联系人名片，上面的号码未保存，需要时请向住户询问]"),
        ("start", {"code_sealed": "c2VjcmV0"}, "[打开了聊天]"),
    ],
)
def test_what_has_no_words_is_said_in_words(
    desk: Open, chat: Chat, kind: str, values: dict[str, Any], words: str
) -> None:
    chat.hears("/start" if kind == "start" else "", kind=kind, values=values)
    html = page_of(desk, chat)
    assert words in html
    assert "c2VjcmV0" not in html
    assert "/start" not in html


def test_a_location_has_its_name_its_coordinates_and_a_map_that_opens_anywhere(
    desk: Open, chat: Chat
) -> None:
    chat.hears(kind="location", values={"latitude": 31.2304, "longitude": 121.4737, "title": "东门岗亭"})
    html = page_of(desk, chat)
    assert 'href="https://uri.amap.com/marker?position=121.47370,31.23040&amp;coordinate=wgs84"' in html
    assert 'rel="noreferrer noopener" target="_blank"' in html
    assert "东门岗亭" in html
    assert "31.23040, 121.47370" in html


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "expected"}, "正在取回照片…"),
        ({"state": "expected", "kind": "document"}, "正在取回文件…"),
        ({"state": "missing", "reason": "too_large"}, "文件超过 20 MB，无法取回，请住户发一个小一点的。"),
        (
            {"state": "missing", "reason": "kind", "kind": "document"},
            "不接收这种文件，请住户改发照片或 PDF。",
        ),
        ({"state": "missing", "reason": "gone"}, "Telegram 上已没有这个文件，请住户重新发送。"),
        ({"state": "missing", "reason": None}, "这个文件没能取回。"),
    ],
)
def test_a_file_that_is_not_here_says_why(desk: Open, chat: Chat, values: dict[str, Any], words: str) -> None:
    row = chat.file(chat.hears(kind="file"), channel="telegram", **values)
    html = page_of(desk, chat)
    assert words in html
    assert row.id not in html
    assert desk("lin").get(f"/tickets/{chat.number}/files/{row.id}").status_code == 404


def test_films_play_documents_are_saved_and_photos_stand_in_a_grid(
    desk: Open, chat: Chat, settings: Any
) -> None:
    message = chat.hears(kind="file")
    made = [
        chat.file(message, kind="photo"),
        chat.file(message, kind="photo", name="y.jpg"),
        chat.file(message, kind="video", content_type="video/mp4", name="v.mp4"),
        chat.file(message, kind="document", content_type="application/pdf", name="报价.pdf", size=3_400_000),
    ]
    html = page_of(desk, chat)
    assert 'class="photos is-grid"' in html
    assert '<video controls preload="none"' in html
    assert 'download="报价.pdf"' in html
    assert "3.2 MB" in html
    place = settings.media_dir / made[3].id[:2] / made[3].id[2:4]
    place.mkdir(parents=True, exist_ok=True)
    (place / made[3].id).write_bytes(b"%PDF-1.7")
    answer = desk("lin").get(f"/tickets/{chat.number}/files/{made[3].id}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_messages_keep_the_order_in_which_they_were_stored(desk: Open, chat: Chat) -> None:
    now = chat.world.clock.now()
    chat.hears("甲先说", sent_at=now + timedelta(minutes=2))
    chat.hears("乙后说", sent_at=now)
    html = page_of(desk, chat)
    assert html.index("甲先说") < html.index("乙后说")


def put_state(world: World, state: str, account: str = "1000001", **shifts: float) -> None:
    now = world.clock.real_now()
    with world.db.write() as session:
        session.merge(
            ChannelState(channel="telegram", account=account, state=state, since_at=now,
                         seen_at=now - timedelta(**shifts))
        )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("unreachable", "自今天 10:00起连不上 Telegram。网页聊天正常；"),
        ("refused", "请重新设置 GUANJIA_TELEGRAM_TOKEN。"),
        ("standing_by", "本进程待命，对方停下后自动接手。"),
    ],
)
def test_every_page_says_that_the_channel_does_not_work(
    desk: Open, world: World, state: str, words: str
) -> None:
    lin, number = desk("lin"), world.open()
    put_state(world, state)
    for path in ("/queue", f"/tickets/{number}", "/alerts", "/new", f"/queue/rows?ids=t{number}"):
        assert words in lin.get(path).text, path
    assert words in lin.get(f"/tickets/{number}?part=live").text


def test_a_bot_that_works_or_does_not_exist_says_nothing(desk: Open, world: World) -> None:
    lin = desk("lin")
    assert 'class="banner"' not in lin.get("/queue").text
    put_state(world, "working", seconds=119)
    assert 'class="banner"' not in lin.get("/queue").text


def test_a_bot_not_heard_of_for_two_minutes_cannot_be_reached(desk: Open, world: World) -> None:
    put_state(world, "working", minutes=2)
    assert "自今天 09:58起连不上 Telegram。" in desk("lin").get("/queue").text


def test_a_bot_that_another_one_followed_is_spoken_of_no_more(desk: Open, world: World) -> None:
    put_state(world, "working", account="1000001", hours=3)
    assert "连不上 Telegram" in desk("lin").get("/queue").text
    put_state(world, "working", account="1000002")
    assert "连不上 Telegram" not in desk("lin").get("/queue").text


def test_a_bot_that_nobody_has_spoken_for_within_a_day_is_spoken_of_no_more(desk: Open, world: World) -> None:
    lin = desk("lin")
    for state in ("working", "unreachable", "refused"):
        put_state(world, state, hours=23)
        assert 'class="banner"' in lin.get("/queue").text, state
        put_state(world, state, hours=24)
        assert 'class="banner"' not in lin.get("/queue").text, state


@pytest.mark.parametrize("account", ["", "1000002"])
def test_a_token_that_was_removed_or_changed_is_no_fault(
    desk: Open, app: FastAPI, world: World, account: str
) -> None:
    lin, state = desk("lin"), app.state
    put_state(world, "working", minutes=3)
    state.telegram_account = "1000001"
    assert 'class="banner"' in lin.get("/queue").text
    state.telegram_account = account
    assert 'class="banner"' not in lin.get("/queue").text
    put_state(world, "refused", seconds=20)
    assert 'class="banner"' in lin.get("/queue").text, "somebody serves it now"


def test_the_bell_says_who_cannot_be_reached_and_why(desk: Open, chat: Chat) -> None:
    world, now = chat.world, chat.world.clock.now()
    values = {"what": "unreachable", "name": "Mr Chen", "reason": "blocked"}
    with world.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == chat.number)).one()
        session.add(
            Alert(estate_id=world.estate.id, user_id=world.butler.id, ticket_id=ticket.id, kind="attention",
                  dedupe_key="x", values=values, at=now, created_at=now)
        )  # fmt: skip
    lin = desk("lin")
    assert "在 Telegram 上联系不到Mr Chen：住户已停用机器人。" in lin.get("/alerts").text
    lin.press("/language", language="en", back="/queue")
    html = lin.get("/alerts").text
    assert "Mr Chen cannot be reached on Telegram: has blocked the bot." in html
    assert f'href="/tickets/{chat.number}"' in html


def test_typing_tells_open_pages_that_there_is_nothing_to_fetch(desk: Open, chat: Chat) -> None:
    desk("lin").press(f"/tickets/{chat.number}/draft", mode="reply", text="您")
    with chat.world.db.read() as session:
        last = session.scalars(
            select(LiveEvent).where(LiveEvent.kind == "message").order_by(LiveEvent.id.desc()).limit(1)
        ).one()
    assert last.payload == {"conversation": chat.link.conversation_id, "is_typing": True}


def test_a_reply_to_somebody_out_of_reach_is_not_called_sent(desk: Open, chat: Chat) -> None:
    chat.change(chat.link, status="blocked", status_at=chat.world.clock.now())
    version = chat.world.ticket(chat.number).version
    path = f"/tickets/{chat.number}/reply"
    answer = desk("lin").press(path, htmx=True, text="我马上过来。", version=str(version))
    assert unquote(answer.headers["x-toast"]) == "已保存，等能联系上住户时再发送。"


def test_a_ticket_without_words_has_no_empty_box_for_them(desk: Open, chat: Chat) -> None:
    assert "talk-words" in page_of(desk, chat)
    with chat.world.db.write() as session:
        row = session.scalars(select(Ticket).where(Ticket.number == chat.number)).one()
        row.words = ""
    assert "talk-words" not in page_of(desk, chat)


def phoned(world: World, browser: Desk) -> int:
    """A ticket for somebody who telephoned and has never written to us."""
    fields = {"resident": str(world.resident.id), "channel": "phone", "words": "厨房灯不亮",
              "kind": "common.voice.repair-intake", "received_at": "2026-03-11T09:50"}  # fmt: skip
    return int(browser.press("/new", **fields).headers["location"].split("/")[-1])


def test_who_never_had_a_chat_is_to_be_called_and_nothing_is_said_to_be_sent_to_them(
    desk: Open, world: World
) -> None:
    number = phoned(world, desk("xu"))
    lin = desk("lin")
    version = str(world.ticket(number).version)
    answer = lin.press(f"/tickets/{number}/accept", htmx=True, version=version)
    assert unquote(answer.headers["x-toast"]) == ("已办理。这位住户没有聊天渠道，还没有告知，请打电话联系。")
    page = lin.get(f"/tickets/{number}").text
    assert "陈先生没有聊天渠道，在这里写的内容对方收不到。" in page
    assert 'href="tel:13800138000"' in page
    answer = lin.press(f"/tickets/{number}/reply", htmx=True, text="我马上过来。")
    assert unquote(answer.headers["x-toast"]) == ("已保存，但没有发出：这位住户没有聊天渠道，请打电话告知。")
    lin.press("/language", language="en", back="/queue")
    assert "Mr Chen has no chat: what is written here reaches nobody." in lin.get(f"/tickets/{number}").text
    with world.db.read() as session:
        assert session.scalars(select(OutboxRow)).all() == []


def test_whoever_cannot_be_reached_now_is_not_said_to_have_been_told(desk: Open, chat: Chat) -> None:
    chat.change(chat.link, status="blocked", status_at=chat.world.clock.now())
    version = str(chat.world.ticket(chat.number).version)
    answer = desk("lin").press(f"/tickets/{chat.number}/accept", htmx=True, version=version)
    assert unquote(answer.headers["x-toast"]) == "已办理，等能联系上住户时再告知。"
