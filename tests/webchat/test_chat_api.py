"""Every door of the resident API is asked the same: works, wrong token, malformed, forged, twice."""

import io
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from starlette.testclient import TestClient

from backend.clock import HandClock
from backend.db import Database
from backend.messages import live
from backend.messages import service as messages
from backend.messages.service import Outgoing
from backend.models import Conversation, Invitation, Message, Ticket
from backend.people import invitations
from tests.house.cast import CHEN_CODE, EMMA_CODE, NEIGHBOUR_CODE, Cast, vault
from tests.webchat.conftest import Person, open_chat

COMPLAINT = "我要投诉电梯三天没人打扫"
M_KEYS = {"seq", "author", "language", "text", "buttons", "ticket", "files", "sent_at"}
TICKET_KEYS = {"number", "item", "name", "state", "step", "slots", "created_at", "promises"}
PROMISE_KEYS = {"clock", "due_at", "met_at", "breached_at"}
DOORS = [
    ("GET", "messages"), ("POST", "messages"), ("GET", "tickets"), ("POST", "files"), ("GET", "me"),
    ("POST", "language"), ("POST", "large"), ("POST", "link"), ("DELETE", "sessions"),
]  # fmt: skip


def is_problem(answer: Any, status: int, language: str = "zh") -> bool:
    """A problem JSON with these four keys whose sentence is in the language."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    has_hanzi = any("一" <= sign <= "鿿" for sign in body["detail"])
    return has_hanzi == (language == "zh")


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "JPEG")
    return out.getvalue()


def upload(person: Person, data: bytes, name: str = "IMG_1.jpg") -> Any:
    return person.client.post("/api/chat/files", files={"file": (name, data)}, headers=person.headers)


def count(db: Database, what: Any) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


class TestDoors:
    @pytest.mark.parametrize(("method", "path"), DOORS)
    @pytest.mark.parametrize("token", ["", "wrong", "é", "x" * 5000])
    def test_a_wrong_token_is_refused_in_the_callers_language(
        self, client: TestClient, method: str, path: str, token: str
    ) -> None:
        headers = {"Authorization": f"Bearer {token}".encode(), "Accept-Language": "en-GB"}
        answer = client.request(
            method, f"/api/chat/{path}", json={} if method == "POST" else None, headers=headers
        )
        assert is_problem(answer, 401, "en")

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("sessions", b"{"),
            ("sessions", b"[]"),
            ("sessions", b"\xff\xfe"),
            ("sessions", b'{"language":"fr"}'),
            ("sessions", b'{"invitation":{}}'),
            ("messages", b'{"text":"x"}'),
            ("messages", b'{"client_id":""}'),
            ("messages", b'{"client_id":"a\\u0000b","text":"x"}'),
            ("messages", b'{"client_id":"a","text":7}'),
            ("messages", b'{"client_id":"a","text":"\xff"}'),
            ("messages", b'{"client_id":"\\ud800","text":"x"}'),
            ("messages", b'{"client_id":"a","text":"x","files":["\\u0000"]}'),
            ("language", b'{"language":"xx"}'),
            ("link", b"{}"),
            ("files", b"{}"),
        ],
    )
    def test_a_malformed_body_is_a_problem_and_stores_nothing(
        self, chen: Person, db: Database, path: str, body: bytes
    ) -> None:
        before = count(db, Message)
        headers = {**chen.headers, "Content-Type": "application/json", "Accept-Language": "zh-CN"}
        answer = chen.client.post(f"/api/chat/{path}", content=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text
        assert is_problem(answer, answer.status_code, "zh")
        assert count(db, Message) == before

    def test_a_signed_out_token_opens_nothing(self, chen: Person) -> None:
        assert chen.client.delete("/api/chat/sessions", headers=chen.headers).status_code == 204
        assert chen.get("messages").status_code == 401


class TestSessions:
    def test_an_invitation_opens_the_residents_chat_in_their_language(self, emma: Person) -> None:
        assert {m["language"] for m in emma.messages[1:]} == {"en"}
        assert emma.get("me").json()["name"] == "Ms Brown"
        assert emma.get("me").json()["butler"]["name"] == "Zhao Min"

    def test_a_visitor_sees_no_butler_and_no_home(self, visitor: Person) -> None:
        me = visitor.get("me").json()
        assert (me["linked"], me["butler"], me["home"], me["name"]) == (False, None, "", "")
        assert visitor.get("tickets").json() == []

    @pytest.mark.parametrize("code", ["NO-SUCH-CODE-1", "", "\u0000", "' or 1=1 --", "12345678"])
    def test_an_unknown_invitation_is_refused_and_opens_nothing(self, client: TestClient, code: str) -> None:
        answer = client.post(
            "/api/chat/sessions", json={"invitation": code}, headers={"Accept-Language": "en"}
        )
        if code == "":
            assert answer.status_code == 201, "no invitation at all: a visitor"
        else:
            assert is_problem(answer, 422, "en")

    def test_used_up_and_expired_invitations_are_refused_alike(
        self, client: TestClient, db: Database, clock: HandClock, cast: Cast
    ) -> None:
        with db.write() as session:
            once = invitations.create_invitation(session, vault(), cast.home, cast.chen, clock.now(), uses=1)
            spoken = invitations.create_invitation(
                session, vault(), cast.home, cast.chen, clock.now(), kind="spoken"
            )
        open_chat(client, invitation=once)
        clock.advance(minutes=11)
        refused = [
            client.post("/api/chat/sessions", json={"invitation": c}) for c in (once, spoken, "NO-SUCH-1")
        ]
        assert [answer.status_code for answer in refused] == [422] * 3
        assert len({answer.json()["detail"] for answer in refused}) == 1

    def test_the_estate_is_chosen_by_code_else_the_first(self, client: TestClient) -> None:
        assert open_chat(client, estate="NEXT").get("me").json()["estate"]["code"] == "NEXT"
        assert open_chat(client, estate="NOWHERE").get("me").json()["estate"]["code"] == "JADE"
        assert open_chat(client).get("me").json()["estate"]["code"] == "JADE"
        chosen = open_chat(client, estate="JADE", invitation=NEIGHBOUR_CODE)
        assert chosen.get("me").json()["estate"]["code"] == "NEXT"

    def test_the_first_message_is_in_both_languages_and_the_notice_follows(self, visitor: Person) -> None:
        first, notice, *_rest = visitor.messages
        assert "管家" in first["text"]
        assert "butler" in first["text"]
        assert notice["author"] == "system"


class TestLink:
    def test_a_visitor_is_linked_by_writing_the_code(self, visitor: Person) -> None:
        replies = visitor.say(CHEN_CODE.lower().replace("-", " "))
        assert replies, "the answer to the code is a reply to it"
        assert visitor.get("me").json()["linked"] is True

    def test_linking_moves_to_the_residents_own_chat(self, visitor: Person, chen: Person) -> None:
        answer = visitor.client.post(
            "/api/chat/link", json={"invitation": CHEN_CODE}, headers=visitor.headers
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["reset"] is True

    def test_what_a_visitor_complained_of_follows_them(self, client: TestClient, chen: Person) -> None:
        guest = open_chat(client, language="zh")
        guest.say(COMPLAINT)
        guest.say(CHEN_CODE)
        assert [ticket["item"] for ticket in guest.get("tickets").json()] == ["common.voice.complaint"]

    def test_wrong_spoken_codes_in_the_chat_are_counted(
        self, client: TestClient, db: Database, clock: HandClock, cast: Cast
    ) -> None:
        guest = open_chat(client)
        for n in range(5):
            guest.say(f"1234567{n}")
        with db.write() as session:
            code = invitations.create_invitation(
                session, vault(), cast.home, cast.chen, clock.now(), kind="spoken"
            )
        guest.say(code)
        assert guest.get("me").json()["linked"] is False
        with db.read() as session:
            uses = session.scalar(select(Invitation.uses_left).order_by(Invitation.id.desc()).limit(1))
        assert uses == 1


class TestMessages:
    def test_a_message_is_answered_in_the_promised_shape(self, chen: Person) -> None:
        (reply,) = chen.say("你好")
        assert set(reply) >= M_KEYS
        assert reply["author"] == "bot"
        assert reply["sent_at"].endswith("Z")
        assert reply["ticket"] is None
        assert all(set(button) == {"label", "value"} for button in reply["buttons"])
        assert all(len(button["value"].encode()) <= 16 for button in reply["buttons"])

    def test_a_reply_about_a_ticket_names_it(self, chen: Person) -> None:
        (reply,) = chen.say(COMPLAINT)
        assert reply["ticket"] == {"number": 1001, "item": "common.voice.complaint", "state": "open"}

    def test_no_choice_has_more_than_five_buttons_and_no_list_more_than_nine(self, chen: Person) -> None:
        for words in ("你好", "菜单", "我家水管", "厨房水龙头漏水", "状态", "取消", COMPLAINT, "状态"):
            chen.say(words)
        for message in chen.messages:
            labels = [button["label"] for button in message["buttons"] if "转人工" not in button["label"]]
            limit = 5 if message["style"] == "choices" else 10
            assert len(labels) <= limit, (message["text"], labels)

    def test_the_same_client_id_twice_gets_the_same_replies(self, chen: Person, db: Database) -> None:
        first = chen.post(client_id="once", text=COMPLAINT)
        again = chen.post(client_id="once", text="anything else")
        assert first.json()["messages"] == again.json()["messages"]
        assert count(db, Ticket) == 1

    def test_twenty_parallel_posts_of_one_client_id_store_one_message(
        self, chen: Person, db: Database
    ) -> None:
        with ThreadPoolExecutor(20) as threads:
            answers = list(threads.map(lambda _: chen.post(client_id="once", text=COMPLAINT), range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({str(answer.json()["messages"]) for answer in answers}) == 1
        assert count(db, Ticket) == 1
        with db.read() as session:
            own = select(func.count()).select_from(Message).where(Message.author == "resident")
            assert session.scalar(own) == 1

    def test_two_people_may_use_the_same_client_id(self, chen: Person, emma: Person) -> None:
        chen.post(client_id="1", text=COMPLAINT)
        assert "#" in emma.post(client_id="1", text="I want to complain, the lift is dirty").text

    def test_ten_thousand_characters_are_refused_in_the_chats_language(
        self, emma: Person, db: Database
    ) -> None:
        before = count(db, Message)
        answer = emma.client.post(
            "/api/chat/messages", json={"client_id": "long", "text": "x" * 10_000},
            headers={**emma.headers, "Accept-Language": "zh-CN"},
        )  # fmt: skip
        assert is_problem(answer, 422, "en")
        assert count(db, Message) == before

    @pytest.mark.parametrize("text", ["a\u0000b", "\u202eevil", "x\u2066y"])
    def test_strange_signs_are_stored_without_harm(self, chen: Person, text: str) -> None:
        chen.say(text)
        stored = [m["text"] for m in chen.get("messages").json()["messages"] if m["author"] == "resident"]
        assert stored == ["ab" if "b" in text else text.strip("\u202e").replace("\u2066", "")]

    @pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "  "}, {"text": "", "files": ["f" * 32]}])
    def test_an_empty_message_is_refused(self, chen: Person, body: dict[str, Any]) -> None:
        assert is_problem(chen.post(**body), 422)

    def test_more_than_sixty_a_minute_are_too_many(self, chen: Person, db: Database) -> None:
        answers = [chen.post(client_id=f"n{n}", button="1.99") for n in range(3)]
        assert {answer.status_code for answer in answers} == {422}
        with db.write() as session:
            for n in range(60):
                link = session.get_one(Conversation, 1)
                session.add(
                    Message(
                        estate_id=link.estate_id, conversation_id=link.id, link_id=1, seq=1000 + n,
                        author="resident", language="zh", text="x", sent_at=link.created_at,
                        stored_at=link.created_at,
                    )
                )  # fmt: skip
        assert is_problem(chen.post(text="你好"), 429)


class TestButtons:
    def test_a_menu_is_walked_and_a_level_may_be_pressed_again(self, chen: Person) -> None:
        chen.say("菜单")
        door = chen.button("保洁")
        first = chen.post(button=door).json()["messages"]
        again = chen.post(button=door).json()["messages"]
        assert [m["text"] for m in first] == [m["text"] for m in again]
        assert again[0]["buttons"]

    @pytest.mark.parametrize("value", ["", "x", "99.0", "1.99", "0.0", "-1.0", "1.0.0", "9" * 64])
    def test_a_forged_button_is_refused(self, chen: Person, value: str) -> None:
        assert is_problem(chen.post(button=value), 422)

    def test_somebody_elses_button_is_refused(self, chen: Person, emma: Person) -> None:
        chen.say("厨房水龙头漏水")
        assert is_problem(emma.post(button=chen.button()), 422, "en")

    def test_the_second_press_of_a_button_is_refused_in_words(self, chen: Person) -> None:
        chen.say("厨房水龙头漏水")
        value = chen.button()
        assert chen.post(button=value).status_code == 200
        assert is_problem(chen.post(button=value), 422)

    def test_twenty_parallel_presses_of_the_yes_open_one_ticket(self, chen: Person, db: Database) -> None:
        chen.say("厨房水龙头漏水，明天上午来修")
        for _ in range(3):
            if any(b["label"] in ("对", "没错") or b["label"] == "对" for b in chen.messages[-1]["buttons"]):
                break
            chen._keep(chen.post(button=chen.messages[-1]["buttons"][0]["value"]))
        yes = chen.messages[-1]["buttons"][0]["value"]
        with ThreadPoolExecutor(20) as threads:
            codes = [a.status_code for a in threads.map(lambda _: chen.post(button=yes), range(20))]
        assert sorted(codes) == [200] + [422] * 19
        assert count(db, Ticket) == 1

    def test_the_same_press_sent_twice_gets_the_same_replies(self, chen: Person) -> None:
        chen.say("厨房水龙头漏水")
        value = chen.button()
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda _: chen.post(client_id="press", button=value), range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({str(answer.json()["messages"]) for answer in answers}) == 1

    def test_a_stale_button_says_so_and_changes_nothing(self, chen: Person, db: Database) -> None:
        chen.say("厨房水龙头漏水")
        stale = chen.button()
        chen.say("取消")
        (reply,) = chen.post(button=stale).json()["messages"]
        assert reply["text"]
        assert count(db, Ticket) == 0


class TestFiles:
    def test_a_photo_alone_is_a_message(self, chen: Person) -> None:
        file_id = upload(chen, photo()).json()["id"]
        answer = chen.post(text="", files=[file_id])
        assert answer.status_code == 200, answer.text
        (own,) = [m for m in chen.get("messages").json()["messages"] if m["author"] == "resident"]
        (file,) = own["files"]
        assert set(file) == {"id", "kind", "name", "size", "url"}
        shown = chen.client.get(file["url"])
        assert shown.status_code == 200
        assert shown.headers["content-type"] == "image/jpeg"
        assert "sandbox" in shown.headers["content-security-policy"]

    def test_a_small_copy_of_a_photo_opens_by_the_same_link_and_by_no_other(
        self, chen: Person, clock: HandClock
    ) -> None:
        url = upload(chen, photo()).json()["url"]
        small = chen.client.get(f"{url}&small=1")
        assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
        assert chen.client.get(url.split("?")[0] + "?small=1").status_code == 422
        assert chen.client.get(url.split("&")[0] + f"&sign={'0' * 32}&small=1").status_code == 404
        clock.advance(minutes=11)
        assert chen.client.get(f"{url}&small=1").status_code == 404

    def test_sound_has_no_small_copy(self, chen: Person) -> None:
        url = upload(chen, b"OggS" + b"\0" * 60, "voice.ogg").json()["url"]
        assert chen.client.get(f"{url}&small=1").headers["content-type"] == "audio/ogg"

    def test_a_photo_with_words_goes_onto_the_ticket(self, chen: Person, db: Database) -> None:
        file_id = upload(chen, photo()).json()["id"]
        chen.post(text=COMPLAINT, files=[file_id])
        with db.read() as session:
            assert session.scalar(select(Ticket.id)) is not None

    def test_a_voice_message_is_a_ticket_at_once(self, chen: Person) -> None:
        file_id = upload(chen, b"OggS" + b"\0" * 60, "voice.ogg").json()["id"]
        (reply,) = chen.post(text="", files=[file_id]).json()["messages"]
        assert "#1001" in reply["text"]

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            (b"x" * 30 * 1024 * 1024, 413),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422),
            (b"\0\0\0\x18ftypheic" + b"\0" * 64, 422),
            (b"", 422),
        ],
        ids=["30 MB", "SVG", "HEIC", "empty"],
    )
    def test_a_bad_file_is_refused_in_words(self, emma: Person, data: bytes, status: int) -> None:
        assert is_problem(upload(emma, data), status, "en")

    def test_somebody_elses_file_cannot_be_sent(self, chen: Person, emma: Person) -> None:
        file_id = upload(chen, photo()).json()["id"]
        assert is_problem(emma.post(text="", files=[file_id]), 422, "en")

    def test_a_link_expires_and_cannot_be_forged(self, chen: Person, clock: HandClock) -> None:
        url = upload(chen, photo()).json()["url"]
        assert chen.client.get(url[:-1] + ("0" if url[-1] != "0" else "1")).status_code == 404
        assert chen.client.get(url.split("&")[0] + "&sign=é").status_code == 404
        clock.advance(minutes=11)
        assert chen.client.get(url).status_code == 404


class TestPolling:
    def test_messages_after_a_number_come_in_order(self, chen: Person) -> None:
        chen.say("你好")
        seqs = [m["seq"] for m in chen.get("messages").json()["messages"]]
        assert seqs == sorted(seqs)
        assert chen.get("messages", after=seqs[-1]).json() == {"messages": [], "typing": False}
        later = chen.get("messages", after=seqs[0]).json()["messages"]
        assert [m["seq"] for m in later] == seqs[1:]

    @pytest.mark.parametrize("params", [{"after": -1}, {"after": "x"}, {"wait": 26}, {"wait": "long"}])
    def test_a_malformed_question_is_a_problem(self, chen: Person, params: dict[str, Any]) -> None:
        assert is_problem(chen.get("messages", **params), 422)

    def test_a_long_poll_answers_at_once_when_the_butler_replies(
        self, chen: Person, db: Database, clock: HandClock, cast: Cast
    ) -> None:
        chen.say("你好")
        last = chen.get("messages").json()["messages"][-1]["seq"]
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(chen.get, "messages", after=last, wait=20)
            with db.write() as session:
                conversation = session.get_one(Conversation, 1)
                link = messages.last_link(session, conversation)
                out = Outgoing("butler", "zh", "师傅马上到。", by_user_id=cast.butler.id)
                messages.send(session, conversation, link, out, clock.now())
            answer = waiting.result(15).json()
        assert [(m["author"], m["text"]) for m in answer["messages"]] == [("butler", "师傅马上到。")]
        assert answer["messages"][0]["name"] == "赵敏"

    def test_typing_is_told_until_it_ends(self, chen: Person, db: Database, clock: HandClock) -> None:
        last = chen.get("messages").json()["messages"][-1]["seq"]
        with db.write() as session:
            session.get_one(Conversation, 1).typing_until = clock.now() + timedelta(seconds=5)
        assert chen.get("messages", after=last).json()["typing"] is True
        clock.advance(seconds=6)
        assert chen.get("messages", after=last).json()["typing"] is False

    def test_a_poll_comes_back_when_typing_begins_and_when_it_ends_and_not_between(
        self, chen: Person, db: Database, clock: HandClock
    ) -> None:
        last = chen.get("messages").json()["messages"][-1]["seq"]
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(chen.get, "messages", after=last, wait=20, typing=False)
            with db.write() as session:
                conversation = session.get_one(Conversation, 1)
                conversation.typing_until = clock.now() + timedelta(milliseconds=300)
                live.emit(session, conversation.estate_id, "message", {"conversation": 1}, clock.now())
            assert waiting.result(15).json() == {"messages": [], "typing": True}
            waiting = threads.submit(chen.get, "messages", after=last, wait=20, typing=True)
            assert not wait({waiting}, timeout=0.1).done
            clock.advance(seconds=1)
            assert waiting.result(15).json() == {"messages": [], "typing": False}

    def test_a_reply_that_read_two_pieces_names_what_it_replaces(
        self, chen: Person, clock: HandClock
    ) -> None:
        (first,) = chen.say("我家厨房")
        clock.advance(seconds=1)
        (second,) = chen.say("水龙头漏水")
        assert second["replaces"] == [first["seq"]]
        shown = [m["seq"] for m in chen.get("messages").json()["messages"]]
        assert first["seq"] not in shown


class TestLanguage:
    def test_a_tap_switches_the_bot_and_the_person(self, chen: Person, client: TestClient) -> None:
        answer = client.post("/api/chat/language", json={"language": "en"}, headers=chen.headers)
        assert [m["language"] for m in answer.json()["messages"]] == ["en"]
        (reply,) = chen.say("hello")
        assert reply["language"] == "en"
        assert open_chat(client, invitation=CHEN_CODE).get("me").json()["language"] == "en"

    def test_the_form_is_kept(self, chen: Person, client: TestClient) -> None:
        chen.say("厨房水龙头漏水")
        client.post("/api/chat/language", json={"language": "en"}, headers=chen.headers)
        (reply,) = chen.say("tomorrow morning")
        assert reply["language"] == "en"
        assert reply["buttons"]

    def test_large_type_is_remembered(self, chen: Person, client: TestClient) -> None:
        assert client.post("/api/chat/large", json={"on": True}, headers=chen.headers).status_code == 204
        assert chen.get("me").json()["large_type"] is True


class TestTickets:
    def test_they_are_a_plain_list_in_the_promised_shape(self, chen: Person) -> None:
        chen.say(COMPLAINT)
        (ticket,) = chen.get("tickets").json()
        assert set(ticket) >= TICKET_KEYS
        assert (ticket["number"], ticket["item"], ticket["state"]) == (1001, "common.voice.complaint", "open")
        assert ticket["created_at"].endswith("Z")
        assert ticket["promises"]
        for promise in ticket["promises"]:
            assert set(promise) >= PROMISE_KEYS
            assert promise["due_at"].endswith("Z")
            assert promise["met_at"] is None

    def test_a_missed_promise_reads_as_breached_before_any_sweep(
        self, chen: Person, clock: HandClock
    ) -> None:
        chen.say(COMPLAINT)
        clock.advance(minutes=11)
        promises = {p["clock"]: p for p in chen.get("tickets").json()[0]["promises"]}
        assert promises["respond"]["breached_at"] == promises["respond"]["due_at"]

    def test_each_tells_what_happens_next_who_acts_and_by_when(self, chen: Person, clock: HandClock) -> None:
        chen.say(COMPLAINT)
        (ticket,) = chen.get("tickets").json()
        told = ticket["next"]
        assert told["text"].startswith("接下来由")
        assert told["yours"] is False
        assert told["due_at"] == {p["clock"]: p for p in ticket["promises"]}["respond"]["due_at"]
        assert told["time"]
        clock.advance(minutes=11)
        late = chen.get("tickets").json()[0]["next"]
        feedback = {p["clock"]: p for p in ticket["promises"]}["feedback"]
        assert late["due_at"] == feedback["due_at"], "no moment that has passed is promised"
        assert late["time"]

    def test_each_promise_of_a_request_in_hand_tells_how_it_came_about(self, chen: Person) -> None:
        chen.say(COMPLAINT)
        (ticket,) = chen.get("tickets").json()
        for promise in ticket["promises"]:
            assert len(promise["explain"]) >= 2
            assert all(one.endswith("。") for one in promise["explain"]), promise["explain"]

    def test_nobody_sees_anothers(self, chen: Person, emma: Person, visitor: Person) -> None:
        chen.say(COMPLAINT)
        assert emma.get("tickets").json() == []
        assert visitor.get("tickets").json() == []


def test_the_code_of_a_tenant_is_not_the_owners(client: TestClient) -> None:
    assert open_chat(client, invitation=EMMA_CODE).get("me").json()["home"] == "Bldg 5, Unit 1, Flat 802"
