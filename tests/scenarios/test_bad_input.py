"""Bad input on Telegram gets a sentence or a refusal; nothing of it is stored, nothing comes for ever."""

import json
import logging
from collections.abc import Iterator

import httpx2
import pytest
from sqlalchemy import func, select

from backend import logs
from backend.db import Database
from backend.models import Message, StoredFile
from bot.splitting import units
from tests.fake_telegram.people import Person
from tests.scenarios import watching
from tests.scenarios.house import WEBHOOK_SECRET, House
from tests.scenarios.test_reliability import ON_SQLITE, settled
from tests.scenarios.test_six_conversations import number_in
from tests.scenarios.watching import until

ON_WEBHOOK = pytest.mark.parametrize("mode", ["webhook"], indirect=True)
SECRET = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
JUNK = ("DROP TABLE residents", "x" * 64, "e_NOWHERE", "💥", "../../etc/passwd", "TEST-CHEN-000")

pytestmark = ON_SQLITE


@pytest.fixture
def stranger(house: House) -> Person:
    person = house.fake.person("Stranger", "en")
    person.start()
    person.wait(lambda chat: any(one.by == "bot" for one in chat))
    settled(house)
    return person


@pytest.fixture
def at_home(house: House, chen: Person) -> Person:
    """Mr Chen with all his welcome read."""
    settled(house)
    return chen


def answered(house: House, person: Person, after: int) -> str:
    """What the bot says next; then all is done and nothing waits at Telegram."""
    person.wait(lambda chat: any(one.by == "bot" and one.changed > after for one in chat))
    settled(house)
    return "\n".join(one.text for one in person.chat if one.by == "bot" and one.changed > after)


def test_start_with_junk_binds_nobody_and_is_answered(house: House, stranger: Person) -> None:
    for junk in JUNK:
        mark = stranger.mark()
        stranger.write(f"/start {junk}")
        assert answered(house, stranger, mark)
    kept = [str(one.values) + one.text for one in house.heard()]
    assert not any("residents" in one or "CHEN" in one for one in kept), "no code is kept in clear"
    assert house.tickets() == []
    mark = stranger.mark()
    stranger.write("/status")
    assert "Chen" not in answered(house, stranger, mark)


@pytest.mark.parametrize("data", ["99.0", "x" * 64, "1.99", "0", "' OR 1=1", "💥", "-1.0"])
def test_forged_data_gets_a_sentence_and_has_no_effect(house: House, stranger: Person, data: str) -> None:
    mark = stranger.mark()
    assert stranger.forge(data) is not None, "the sign of the tap ends"
    assert "already settled" in answered(house, stranger, mark)
    assert house.tickets() == []


def test_a_button_of_another_chat_has_no_effect(house: House, at_home: Person, stranger: Person) -> None:
    at_home.write("明天下午两点请个阿姨打扫三小时")
    at_home.wait_for("家里有人")
    at_home.tap("家里有人")
    asked = at_home.wait_for("跟您确认一下")
    data = next(button.data for row in asked.buttons for button in row if button.label == "对")
    mark = stranger.mark()
    stranger.forge(data)
    assert "registered" not in answered(house, stranger, mark)
    assert house.tickets() == []
    at_home.tap("对")
    at_home.wait_for("登记好了")
    assert len(house.tickets()) == 1


def test_a_tap_on_an_old_keyboard_says_that_it_is_settled(house: House, at_home: Person) -> None:
    at_home.write("明天下午两点请个阿姨打扫三小时")
    at_home.wait_for("家里有人")
    at_home.tap("家里有人")
    asked = at_home.wait_for("跟您确认一下")
    data = {button.label: button.data for row in asked.buttons for button in row}
    at_home.tap("对")
    at_home.wait_for("登记好了")
    settled(house)
    mark = at_home.mark()
    other = next(value for label, value in data.items() if label != "对")
    assert at_home.forge(other, message_id=asked.message_id) is not None
    assert "已经处理好了" in answered(house, at_home, mark) or "登记好了" not in answered(
        house, at_home, mark
    )
    assert len(house.tickets()) == 1


def test_somebody_elses_contact_is_declined_and_not_kept(house: House, stranger: Person) -> None:
    mark = stranger.mark()
    stranger.contact(own=False, phone="+8613900139000")
    assert "only take your own number" in answered(house, stranger, mark)
    with house.db.read() as session:
        kept = [str(one.values) + one.text for one in session.scalars(select(Message))]
    assert not any("13900139000" in one for one in kept)


def test_a_file_beyond_twenty_megabytes_is_declined_unfetched(house: House, at_home: Person) -> None:
    mark = at_home.mark()
    at_home.document("film.pdf", 21 * 1024 * 1024, content_type="application/pdf")
    assert "20 MB" in answered(house, at_home, mark)
    with house.db.read() as session:
        (row,) = session.scalars(select(StoredFile))
    assert (row.state, row.reason) == ("missing", "too_large")
    assert house.fake.calls_of("getFile") == []


def test_a_file_of_a_kind_we_do_not_open_is_declined(house: House, at_home: Person) -> None:
    mark = at_home.mark()
    at_home.document("setup.exe", b"MZ" + bytes(100), content_type="application/x-msdownload")
    assert "打不开" in answered(house, at_home, mark)
    assert house.fake.calls_of("getFile") == []


def test_five_thousand_characters_of_a_person_are_heard_whole(house: House, at_home: Person) -> None:
    words = ("我要投诉 <b>&amp; 楼上装修太吵了😀。" * 230)[:5000]
    at_home.write(words)
    until(lambda: len(watching.heard_from(house, at_home)) == 3)
    settled(house)
    assert "".join(watching.heard_from(house, at_home)[1:]) == words.strip()
    until(lambda: all(message.turn_state == "done" for message in house.heard()))
    assert all(one.parse_mode in (None, "HTML") for one in at_home.chat)


def test_a_long_reply_of_the_butler_arrives_whole_and_cut_where_one_pauses(
    house: House, at_home: Person
) -> None:
    at_home.write("请问租客能不能办停车月卡？")
    number = number_in(at_home.wait_for("我帮您问一下"))
    house.do(number, "accept")
    settled(house)
    mark = at_home.mark()
    sentence = "陈先生，<b>&amp; 停车月卡可以办😀👨‍👩‍👧‍👦🇨🇳，请带上租房合同。"
    words = "".join(f"{n}. {sentence}" for n in range(200))[:3990]
    house.do(number, "reply", text=words)
    answered(house, at_home, mark)
    parts = [one for one in at_home.chat if one.by == "bot" and one.changed > mark]
    whole = "".join(one.text for one in parts)
    assert units(words) > 4096
    assert len(parts) >= 2
    assert whole.replace("赵敏：\n", "", 1) == words
    assert all(one.text.endswith("。") for one in parts[:-1])
    assert all(one.parse_mode is None for one in parts)


def test_unknown_kinds_do_not_stop_what_follows(house: House, at_home: Person) -> None:
    mark = at_home.mark()
    house.fake.push("hologram", {"id": 1, "from": at_home.user.body()})
    house.fake.push("business_message", {"message_id": 5, "chat": {"id": at_home.id, "type": "private"}})
    at_home.send({"hologram": {"file_id": "x"}})
    at_home.send({"dice": {"emoji": "🎲", "value": 3}})
    at_home.poll()
    at_home.write("在吗")
    until(lambda: "在吗" in watching.heard_from(house, at_home))
    assert "看不了" in answered(house, at_home, mark) or "打不开" in answered(house, at_home, mark)


@ON_WEBHOOK
def test_calls_of_the_webhook_by_others_are_refused_and_store_nothing(house: House, at_home: Person) -> None:
    url, before = house.fake.webhook.url, _count(house.db)
    said = {"message_id": 9000, "date": 1, "chat": {"id": at_home.id, "type": "private"}, "text": "forged"}
    update = json.dumps({"update_id": 1, "message": said}).encode()
    with httpx2.Client(trust_env=False, timeout=10) as client:
        assert client.post(url, content=update).status_code == 403
        wrong = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET + "1"}
        assert client.post(url, content=update, headers=wrong).status_code == 403
        assert client.post(url + "0", content=update, headers=SECRET).status_code == 404
        assert client.get(url, headers=SECRET).status_code == 405
        assert client.post(url, content=b" " * (1024 * 1024 + 1), headers=SECRET).status_code == 413
        for body in (b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"update_id": "1"}', b"\xff\xfe"):
            assert client.post(url, content=body, headers=SECRET).status_code == 400, body[:20]
    assert _count(house.db) == before
    assert house.fake.pending == 0


def _count(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


@pytest.fixture
def loud() -> Iterator[None]:
    """Everything is logged, of every library."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("DEBUG")
    yield
    root.handlers[:], root.level = before[0], before[1]


def test_no_log_holds_the_token_whatever_goes_wrong(
    loud: None,
    house: House,
    chen: Person,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    settled(house)
    for kind in ("502", "drop", "500", "429", "400:no such thing"):
        house.fake.faults.add(kind, method="sendMessage", chat=chen)
    for kind in ("drop", "502"):
        house.fake.faults.add(kind, method="getUpdates")
    house.fake.faults.add("502", method="download")
    house.fake.faults.add("drop", method="answerCallbackQuery")
    chen.photo(b"\xff\xd8 no picture")
    chen.write("您好")
    chen.forge("99.0", timeout=0)
    until(lambda: len(house.heard()) >= 4, 30)
    settled(house, 60)
    said = capfd.readouterr()
    logged = said.out + said.err + caplog.text
    assert "not sent" in logged
    for secret in (house.fake.token, house.fake.token.partition(":")[2], house.settings.service_token):
        assert secret not in logged
