"""What a channel brings besides words, at the door it uses: both databases, the clock moved by hand."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.conversations import changes, service
from backend.db import Database
from backend.messages.schemas import InboundMessage
from backend.models import Alert, ChannelState, Estate, LiveEvent, MessageVersion, StoredFile, Ticket
from backend.settings import Settings
from tests.conversations.carrier import Carrier, texts
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import CHEN_CODE, EMMA_CODE

PHOTO = {"remote_id": "AgAC", "kind": "photo", "size": 3000, "content_type": "image/jpeg"}


@pytest.fixture
def carrier(settings: Settings, db: Database, clock: HandClock) -> Carrier:
    the_cast.enter(db, clock)
    app: FastAPI = create_app(settings, database=db, clock=clock, engine=engine())
    return Carrier(app, TestClient(app, raise_server_exceptions=False), db)


@pytest.fixture
def chen(carrier: Carrier) -> Carrier:
    """Mr Chen's Telegram chat, linked by his invitation."""
    carrier.hear(kind="start", text=CHEN_CODE)
    return carrier


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "JPEG")
    return out.getvalue()


def photo(number: int) -> list[dict[str, Any]]:
    return [PHOTO | {"remote_id": f"photo{number}"}]


class TestAlbums:
    def test_photos_sent_together_are_one_message_read_a_second_after_the_last(
        self, chen: Carrier, clock: HandClock
    ) -> None:
        before = len(chen.messages())
        for number in range(3):
            text = "厨房水管漏水" if number == 1 else ""
            chen.store(chen.one(album="a1", attachments=photo(number), text=text))
            clock.advance(seconds=0.4)
        chen.turns()
        assert chen.claim() == [], "the last part may not have come yet"
        clock.advance(seconds=1.1)
        chen.turns()
        (album,) = chen.messages()[before:]
        assert (album.text, album.kind, album.turn_state) == ("厨房水管漏水", "file", "done")
        with chen.db.read() as session:
            files = session.scalars(
                select(StoredFile).where(StoredFile.message_id == album.id).order_by(StoredFile.id)
            ).all()
        assert {f.remote_id for f in files} == {"photo0", "photo1", "photo2"}
        assert chen.claim()

    def test_a_part_that_is_delivered_again_is_known(self, chen: Carrier) -> None:
        first, second = (chen.one(album="a2", attachments=photo(n)) for n in (1, 2))
        assert chen.store(first, second) == 2
        assert chen.store(second, first) == 0

    def test_a_part_that_comes_late_joins_its_message(self, chen: Carrier, clock: HandClock) -> None:
        before = len(chen.messages())
        chen.store(chen.one(album="a3", attachments=photo(1)))
        clock.advance(seconds=2)
        chen.turns()
        chen.store(chen.one(album="a3", attachments=photo(2)))
        assert len(chen.messages()) == before + 1
        with chen.db.read() as session:
            assert len(session.scalars(select(StoredFile)).all()) == 2

    def test_words_behind_an_album_wait_for_it(self, chen: Carrier, clock: HandClock) -> None:
        chen.store(chen.one(album="a4", attachments=photo(1)))
        chen.store(chen.one(text="客厅空调不制冷"))
        chen.turns()
        assert chen.claim() == [], "the album comes first"
        clock.advance(seconds=2)
        chen.turns()
        assert [m.turn_state for m in chen.messages()[-2:]] == ["done", "done"]


class TestEdits:
    def test_the_earlier_wording_is_kept_and_a_second_delivery_changes_nothing(
        self, chen: Carrier, clock: HandClock
    ) -> None:
        chen.store(one := chen.one(text="明天下午修空调"))
        edit = chen.one(kind="edit", text="后天下午修空调", remote_id=one["remote_id"], external_id="e:1",
                        sent_at=clock.advance(seconds=20).isoformat())  # fmt: skip
        assert (chen.store(edit), chen.store(edit)) == (1, 1)
        message = chen.messages()[-1]
        assert (message.text, message.edited_at) == ("后天下午修空调", clock.now())
        with chen.db.read() as session:
            assert [v.text for v in session.scalars(select(MessageVersion).order_by(MessageVersion.id))] == [
                "明天下午修空调"
            ]

    def test_an_older_edit_that_comes_late_does_not_undo_a_newer_one(
        self, chen: Carrier, clock: HandClock
    ) -> None:
        chen.store(one := chen.one(text="一"))
        early, late = clock.now(), clock.now() + timedelta(seconds=9)
        for key, text, at in (("e:2", "三", late), ("e:1", "二", early)):
            chen.store(
                chen.one(kind="edit", text=text, remote_id=one["remote_id"], external_id=key,
                         sent_at=at.isoformat())
            )  # fmt: skip
        assert chen.messages()[-1].text == "三"

    def test_an_edit_of_what_nobody_knows_is_a_message(self, chen: Carrier) -> None:
        chen.store(chen.one(kind="edit", text="厨房水管漏水", remote_id="1", external_id="e:9"))
        assert chen.messages()[-1].text == "厨房水管漏水"
        chen.store(chen.one(kind="edit", text="厨房水管漏水了", remote_id="1", external_id="e:10"))
        assert chen.messages()[-1].text == "厨房水管漏水了"

    def test_an_edit_while_the_wish_is_under_way_changes_the_read_back(self, chen: Carrier) -> None:
        chen.store(one := chen.one(text="明天上午请阿姨来做日常保洁，两小时"))
        chen.turns()
        first = texts(chen.deliver())[-1]
        chen.store(
            chen.one(kind="edit", text="明天下午请阿姨来做日常保洁，两小时", remote_id=one["remote_id"])
        )
        chen.turns()
        assert texts(chen.deliver()) != [first]


class TestReactions:
    def test_a_reaction_is_kept_and_taken_back(self, chen: Carrier) -> None:
        (answer, *_) = chen.hear("你好")
        react = {"kind": "reaction", "remote_id": answer["remote_ids"][0]}
        assert chen.store(chen.one(**react, reactions=["👍"])) == 1
        assert chen.store(chen.one(**react, reactions=["👍"])) == 0
        assert "👍" in {m.reaction for m in chen.messages("bot")}
        chen.store(chen.one(**react, reactions=[]))
        assert {m.reaction for m in chen.messages("bot")} == {""}

    def test_a_reaction_to_what_nobody_knows_is_nothing(self, chen: Carrier) -> None:
        assert chen.store(chen.one(kind="reaction", remote_id="5", reactions=["👍"])) == 0


class TestTaps:
    def confirm(self, chen: Carrier) -> dict[str, Any]:
        """A wish up to its read-back, which has the only-once button 对."""
        found = chen.hear("明天下午两点请个阿姨打扫三小时")
        chen.store(chen.tap(found[-1], "家里有人"))
        chen.turns()
        found = chen.deliver()
        return next(i for i in found if any(b["label"] == "对" for b in i["message"]["buttons"]))

    def tickets(self, carrier: Carrier) -> int:
        with carrier.db.read() as session:
            return len(session.scalars(select(Ticket)).all())

    def test_twenty_taps_at_once_have_one_effect(self, chen: Carrier) -> None:
        asked, before = self.confirm(chen), self.tickets(chen)
        taps = [chen.tap(asked, "对") for _ in range(20)]
        with ThreadPoolExecutor(20) as threads:
            assert sum(threads.map(chen.store, taps)) == 1
        chen.turns()
        assert self.tickets(chen) == before + 1
        told = [i for i in chen.deliver() if i["op"] == "send"]
        assert len(told) == 1, texts(told)

    def test_the_buttons_of_a_settled_question_are_taken_off(self, chen: Carrier) -> None:
        asked = self.confirm(chen)
        chen.store(chen.tap(asked, "对"))
        chen.turns()
        (strip, *_) = chen.deliver()
        assert (strip["op"], strip["targets"]) == ("strip", asked["remote_ids"])

    def test_another_button_of_a_settled_question_says_so(self, chen: Carrier) -> None:
        asked, before = self.confirm(chen), self.tickets(chen)
        chen.store(chen.tap(asked, "对"))
        chen.store(chen.tap(asked, "改"))
        chen.turns()
        assert self.tickets(chen) == before + 1
        assert any("已经" in text for text in texts(chen.deliver())[-1:])

    @pytest.mark.parametrize("data", ["999.0", "1.99", "x", "", "1.0.0", "-1.0", "９.0", "9" * 60])
    def test_forged_data_has_no_effect_but_an_answer(self, chen: Carrier, data: str) -> None:
        before = self.tickets(chen)
        chen.hear(button=data)
        assert self.tickets(chen) == before
        assert chen.messages()[-1].pressed["action"] == "old"  # type: ignore[index]

    def test_a_button_of_somebody_else_is_not_theirs(self, chen: Carrier) -> None:
        asked, before = self.confirm(chen), self.tickets(chen)
        emma = Carrier(chen.app, chen.client, chen.db, chat="777", language="en")
        emma.hear(kind="start", text=EMMA_CODE)
        emma.store(chen.tap(asked, "对") | {"chat": "777"})
        emma.turns()
        assert self.tickets(chen) == before

    def test_a_keyboard_from_before_the_link_names_nothing_now(self, carrier: Carrier) -> None:
        assert carrier.client.post("/api/chat/sessions", json={"invitation": CHEN_CODE}).status_code == 201
        menu = next(i for i in carrier.hear("菜单") if i["message"]["buttons"])
        carrier.hear(kind="start", text=CHEN_CODE)  # his conversation exists: the chat moves into it
        carrier.hear("明天上午请阿姨来做日常保洁，两小时")
        carrier.store(carrier.tap(menu))
        assert carrier.messages()[-1].pressed["action"] == "old"  # type: ignore[index]

    def test_a_tap_that_overtook_the_word_of_its_message_counts(self, chen: Carrier) -> None:
        chen.store(chen.one(text="菜单"))
        chen.turns()
        (menu,) = chen.claim()
        menu["remote_ids"] = ["4711"]  # the sender has not told yet what it is called
        assert chen.store(chen.tap(menu)) == 1
        assert chen.messages()[-1].pressed["action"] == "door"  # type: ignore[index]

    def test_the_menu_turns_into_its_next_level_in_place(self, chen: Carrier) -> None:
        (menu,) = chen.hear("菜单")
        chen.store(chen.tap(menu, "报修"))
        chen.turns()
        (level,) = chen.deliver()
        assert (level["op"], level["targets"]) == ("edit", menu["remote_ids"])
        chen.store(chen.tap(level, "返回"))
        chen.turns()
        (back,) = chen.deliver()
        assert (back["op"], back["targets"]) == ("edit", menu["remote_ids"])


class TestReach:
    def test_a_blocked_bot_is_told_to_the_butler_and_what_waits_is_sent_on_return(
        self, chen: Carrier, clock: HandClock
    ) -> None:
        chen.store(chen.one(text="我要投诉，楼上太吵了"))
        chen.turns()
        at = clock.advance(seconds=5)
        assert chen.store(chen.one(kind="blocked", sent_at=at.isoformat())) == 1
        assert chen.store(chen.one(kind="blocked", sent_at=at.isoformat())) == 0
        assert chen.claim() == []
        with chen.db.read() as session:
            (alert,) = session.scalars(select(Alert).where(Alert.kind == "attention")).all()
        assert (alert.values["what"], alert.values["reason"]) == ("unreachable", "blocked")
        chen.store(chen.one(kind="returned", sent_at=clock.advance(seconds=5).isoformat()))
        assert chen.claim()

    def test_a_refused_send_marks_the_chat_and_whoever_writes_is_back(self, chen: Carrier) -> None:
        chen.store(chen.one(text="你好"))
        chen.turns()
        (item,) = chen.claim()
        chen.ack(item, "dead", reason="deactivated")
        assert chen.link().status == "deactivated"
        chen.store(chen.one(text="我回来了"))
        assert chen.link().status == "active"
        assert [i["id"] for i in chen.claim()] == [item["id"]], "the answer that did not arrive comes now"

    def test_an_old_block_that_comes_after_the_return_changes_nothing(
        self, chen: Carrier, clock: HandClock
    ) -> None:
        at = clock.now()
        chen.store(chen.one(kind="blocked", sent_at=at.isoformat()))
        chen.store(chen.one(kind="returned", sent_at=clock.advance(seconds=5).isoformat()))
        chen.store(chen.one(kind="blocked", sent_at=at.isoformat()))
        assert chen.link().status == "active"

    def test_how_the_channel_fares_is_kept_with_since_when(self, chen: Carrier, clock: HandClock) -> None:
        body = {"channel": "telegram", "account": "100"}
        for state, seconds in (("working", 0), ("unreachable", 60), ("unreachable", 20)):
            clock.advance(seconds=seconds)
            assert chen.post("channels/status", **body, state=state, name="estate_bot").status_code == 204
        with chen.db.read() as session:
            row = session.get_one(ChannelState, ("telegram", "100"))
        assert (row.state, row.name) == ("unreachable", "estate_bot")
        assert row.seen_at - row.since_at == timedelta(seconds=20)


class TestFiles:
    def file(self, carrier: Carrier) -> StoredFile:
        with carrier.db.read() as session:
            return session.scalars(select(StoredFile).order_by(StoredFile.created_at.desc())).first()  # type: ignore[return-value]

    def upload(self, carrier: Carrier, file_id: str, data: bytes) -> Any:
        return carrier.client.post("/api/files", files={"file": ("a.jpg", data)}, data={"id": file_id},
                                   headers=carrier.headers)  # fmt: skip

    def claimed(self, carrier: Carrier) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = carrier.post("files/claim", channel="telegram").json()["items"]
        return items

    def test_a_photo_is_answered_at_once_and_fetched_afterwards(self, chen: Carrier) -> None:
        chen.hear("厨房水管漏水", attachments=[PHOTO])
        (expected,) = self.claimed(chen)
        assert (expected["remote_id"], expected["account"]) == ("AgAC", "100")
        assert self.claimed(chen) == [], "leased to one process"
        assert chen.client.get(f"/api/files/{expected['id']}", headers=chen.headers).status_code == 404
        for _ in range(2):  # a process that was killed in between sends it twice
            assert self.upload(chen, expected["id"], jpeg()).status_code == 201
        assert (self.file(chen).state, self.file(chen).content_type) == ("here", "image/jpeg")
        assert (self.file(chen).width, self.file(chen).height) == Image.open(io.BytesIO(jpeg())).size
        assert chen.client.get(f"/api/files/{expected['id']}", headers=chen.headers).status_code == 200

    def test_a_lease_that_ran_out_is_handed_to_another(self, chen: Carrier, clock: HandClock) -> None:
        chen.hear("", attachments=[PHOTO])
        (first,) = self.claimed(chen)
        clock.advance(seconds=121)
        assert [f["id"] for f in self.claimed(chen)] == [first["id"]]

    def test_what_cannot_be_opened_is_refused_and_its_sender_told(self, chen: Carrier) -> None:
        chen.hear("", attachments=[PHOTO])
        (expected,) = self.claimed(chen)
        assert self.upload(chen, expected["id"], b"<svg>not a photo</svg>").status_code == 422
        assert (self.file(chen).state, self.file(chen).reason) == ("missing", "kind")
        assert len(chen.deliver()) == 1

    def test_a_file_that_is_gone_is_given_up_and_its_sender_told(self, chen: Carrier) -> None:
        chen.hear("", attachments=[PHOTO])
        (expected,) = self.claimed(chen)
        chen.post("files/ack", id=expected["id"], outcome="dead", reason="wrong file_id")
        assert self.file(chen).state == "missing"
        assert len(chen.deliver()) == 1

    def test_a_passing_fault_is_tried_again_later(self, chen: Carrier, clock: HandClock) -> None:
        chen.hear("", attachments=[PHOTO])
        (expected,) = self.claimed(chen)
        chen.post("files/ack", id=expected["id"], outcome="retry", reason="network")
        assert self.claimed(chen) == []
        clock.advance(seconds=3)
        assert [f["id"] for f in self.claimed(chen)] == [expected["id"]]

    @pytest.mark.parametrize(
        ("attachment", "reason"),
        [
            (PHOTO | {"kind": "video", "size": 21 * 1024 * 1024, "content_type": "video/mp4"}, "too_large"),
            (PHOTO | {"kind": "document", "content_type": "application/x-msdownload"}, "kind"),
        ],
    )
    def test_a_file_we_cannot_keep_is_answered_at_once_and_never_fetched(
        self, chen: Carrier, attachment: dict[str, Any], reason: str
    ) -> None:
        assert len(chen.hear("", attachments=[attachment])) == 1
        assert (self.file(chen).state, self.file(chen).reason) == ("missing", reason)
        assert self.claimed(chen) == []

    def test_a_film_and_a_pdf_are_kept(self, chen: Carrier) -> None:
        film = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 100
        for data, kind, mime in (
            (film, "video", "video/mp4"),
            (b"%PDF-1.7\n", "document", "application/pdf"),
        ):
            chen.hear("", attachments=[PHOTO | {"kind": kind, "content_type": mime}])
            (expected,) = self.claimed(chen)
            assert self.upload(chen, expected["id"], data).json()["kind"] == kind


def test_pieces_read_together_take_the_earlier_reply_back(chen: Carrier, clock: HandClock) -> None:
    (first,) = chen.hear("空调")
    clock.advance(seconds=1)
    found = chen.hear("不制冷了")
    assert ("delete", first["remote_ids"]) in [(i["op"], i["targets"]) for i in found]


def test_pieces_that_were_not_answered_yet_get_one_reply(chen: Carrier, clock: HandClock) -> None:
    chen.store(chen.one(text="空调"))
    chen.turns()
    clock.advance(seconds=1)
    chen.store(chen.one(text="不制冷了"))
    chen.turns()
    assert len(chen.deliver()) == 1


def test_a_message_at_the_moment_of_linking_goes_to_the_resident(carrier: Carrier) -> None:
    carrier.hear("你好")
    carrier.store(carrier.one(kind="start", text=CHEN_CODE), carrier.one(text="我要投诉，楼上太吵了"))
    for _ in range(3):
        carrier.turns()
    with carrier.db.read() as session:
        assert session.scalars(select(Ticket)).one().resident_id is not None


def test_an_answer_goes_where_the_person_last_wrote(chen: Carrier, settings: Settings) -> None:
    """Mr Chen complains on Telegram, then writes in the web chat: there the butler answers."""
    chen.hear("我要投诉，楼上太吵了")
    opened = chen.client.post("/api/chat/sessions", json={"invitation": CHEN_CODE}).json()
    headers = {"Authorization": f"Bearer {opened['token']}"}
    shown = chen.client.get("/api/chat/messages", headers=headers).json()["messages"]
    assert any(m["text"] == "我要投诉，楼上太吵了" for m in shown), "one history"
    body = {"client_id": "w1", "text": "有进展吗？"}
    assert chen.client.post("/api/chat/messages", json=body, headers=headers).status_code == 200
    assert chen.claim() == [], "the web chat shows its replies by itself"
    with chen.db.read() as session:
        number = session.scalars(select(Ticket)).one().number
    staff = chen.client.post("/api/staff/login", json={"username": "butler", "password": the_cast.PASSWORD})
    bearer = {"Authorization": f"Bearer {staff.json()['token']}"}
    chen.client.post(f"/api/tickets/{number}/reply", json={"text": "我马上去看。"}, headers=bearer)
    assert chen.claim() == []
    chen.hear("好的谢谢")
    chen.client.post(f"/api/tickets/{number}/reply", json={"text": "已经劝过了。"}, headers=bearer)
    assert [i["message"]["text"] for i in chen.claim() if i["message"]["author"] == "butler"] == [
        "已经劝过了。"
    ]


def test_a_turn_is_taken_once_however_many_processes_look(chen: Carrier) -> None:
    chen.store(chen.one(text="我要投诉，楼上太吵了"))
    conversation_id = chen.link().conversation_id
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: service.take_turn(chen.app.state.tools, conversation_id), range(6)))
    with chen.db.read() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1


def test_the_metrics_say_what_waits_and_whether_the_channel_works(chen: Carrier, clock: HandClock) -> None:
    chen.store(chen.one(text="我要投诉，楼上太吵了"))
    chen.post("channels/status", channel="telegram", account="100", state="working")
    assert gauge(chen, "guanjia_turns_waiting") == 1
    assert gauge(chen, 'guanjia_channel_working{account="100",channel="telegram"}') == 1
    chen.turns()
    clock.advance(minutes=3)
    assert gauge(chen, "guanjia_turns_waiting") == 0
    assert gauge(chen, 'guanjia_outbox_oldest_seconds{channel="telegram"}') == 180
    assert gauge(chen, 'guanjia_channel_working{account="100",channel="telegram"}') == 0, "nobody spoke"


def test_what_is_unsent_for_a_bot_that_nobody_serves_stays_and_is_not_late(
    chen: Carrier, clock: HandClock
) -> None:
    chen.post("channels/status", channel="telegram", account="100", state="working")
    chen.store(chen.one(text="我要投诉，楼上太吵了"))
    chen.turns()
    clock.advance(hours=23)
    assert gauge(chen, 'guanjia_outbox_oldest_seconds{channel="telegram"}') == 23 * 3600
    clock.advance(hours=1)
    assert gauge(chen, 'guanjia_outbox_oldest_seconds{channel="telegram"}') == 0
    assert gauge(chen, 'guanjia_outbox_waiting{channel="telegram"}') > 0


def gauge(carrier: Carrier, name: str) -> float:
    lines = carrier.client.get("/metrics", headers=carrier.headers).text.splitlines()
    return float(next(line for line in lines if line.startswith(name)).rsplit(" ", 1)[1])


def test_a_moved_demo_clock_moves_what_a_channel_tells_too(chen: Carrier, clock: HandClock) -> None:
    """Telegram tells real time; "tomorrow" is meant from the house's today."""
    sent, moved = clock.now() - timedelta(seconds=5), clock.now() + timedelta(days=2)
    one = InboundMessage.model_validate(chen.one(text="明天", sent_at=sent.isoformat()))
    assert changes.told_at(one, moved, clock.now()) == sent + timedelta(days=2)


def test_a_channel_that_begins_to_fail_is_told_to_open_pages_once(chen: Carrier) -> None:
    body = {"channel": "telegram", "account": "100"}
    for state in ("working", "unreachable", "unreachable"):
        chen.post("channels/status", **body, state=state)
    with chen.db.read() as session:
        told = session.scalars(
            select(LiveEvent).where(LiveEvent.kind == "channel").order_by(LiveEvent.id)
        ).all()
        estates = session.scalars(select(Estate.id)).all()
    assert len(told) == 2 * len(estates)


def test_the_butler_is_named_in_the_readers_language_whatever_they_wrote(carrier: Carrier) -> None:
    emma = Carrier(carrier.app, carrier.client, carrier.db, chat="777", language="en")
    emma.hear(kind="start", text=EMMA_CODE)
    emma.hear("I want to complain: the flat above is far too noisy")
    with emma.db.read() as session:
        number = session.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first()
    staff = emma.client.post("/api/staff/login", json={"username": "butler", "password": the_cast.PASSWORD})
    bearer = {"Authorization": f"Bearer {staff.json()['token']}"}
    emma.client.post(f"/api/tickets/{number}/reply", json={"text": "我马上去看。"}, headers=bearer)
    names = [i["message"]["name"] for i in emma.deliver() if i["message"]["author"] == "butler"]
    assert names == ["Zhao Min"]
