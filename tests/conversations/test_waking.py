"""The quiet half hour after a person's words: what the bot still takes, and where the rest belongs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.conversations import drafts, service
from backend.models import Alert, ChannelLink, Message, StoredFile, Ticket
from backend.tickets import telling
from tests.conversations.conftest import Line
from tests.conversations.talking import NOW, Chat, chat
from tests.conversations.test_dialogue import BOTH, ticket

SOCKET = ticket(1085, item="value.repair-electrical.socket-switch", name="修插座、开关")
TAP = ticket(1073, item="value.repair-plumbing.water-fittings", name="修水龙头")


def quiet(language: str = "zh", *tickets: object) -> Chat:
    """A person of the house wrote five minutes ago, and the bot has been silent since."""
    return chat(
        language, is_quiet=True, human_replied_at=NOW - timedelta(minutes=5), tickets=tickets or (SOCKET,)
    )


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("阳台地漏堵了，水下不去，今天下午，钥匙在物业，家里没人", "value.repair-plumbing.drain-unblock"),
        ("明天晚上七点有三位朋友来我家，车牌沪B88888，请登记", "common.security.visitor-registration"),
        ("明天晚上七点有三位朋友来我家", "common.security.visitor-registration"),
        ("帮我约搬家，后天早上八点，三室的东西，搬到苏州", "value.moving.moving"),
        ("冰箱门关不上，今天晚上可以来吗，家里有人", "value.repair-appliance.fridge"),
    ],
)
def test_a_wish_with_details_is_as_plain_as_one_without(words: str, item: str) -> None:
    talk = quiet()
    talk.say(words)
    assert talk.state.form is not None, talk.last_kinds
    assert talk.state.form.item == item
    assert talk.last_kinds in (["ask"], ["read_back"])


@pytest.mark.parametrize(
    "words",
    [
        "钥匙放在前台了",
        "那就明天下午吧",
        "明天下午三点来，钥匙在物业",
        "插座是客厅那个，师傅带两个新的来",
        "带个梯子过来吧",
        "好的，谢谢，等你们",
        "那个插座还是没电",
    ],
)
def test_what_is_for_the_person_stays_with_them(words: str) -> None:
    talk = quiet()
    talk.say(words)
    assert (talk.last_kinds, talk.opened, talk.state.form) == ([], [], None)
    assert talk.state.about == 1085


def test_the_answer_belongs_to_the_ticket_that_staff_wrote_of_last() -> None:
    talk = quiet("en", TAP, SOCKET)
    talk.state = replace(talk.state, about=1073, expects="new_time")
    talk.knows(staff_on=1085)
    talk.say("Fine, 180 is OK, go ahead")
    assert (talk.last_kinds, talk.state.about, talk.state.expects) == ([], 1085, None)


def test_words_that_name_another_ticket_belong_to_that_one() -> None:
    talk = quiet("zh", TAP, SOCKET)
    talk.knows(staff_on=1085)
    talk.say("水龙头那边的师傅带梯子来吧")
    assert (talk.last_kinds, talk.state.about) == ([], 1073)


@BOTH
def test_a_choice_that_the_bot_gave_after_the_person_is_answered(language: str) -> None:
    talk = quiet(language)
    items = ("value.repair-appliance.fridge", "value.repair-appliance.ac")
    talk.state = replace(talk.state, offered=items, offered_words="x", offered_at=talk.now.isoformat(),
                         said_at=(talk.now - timedelta(minutes=1)).isoformat())  # fmt: skip
    talk.say({"zh": "好", "en": "yes"}[language])
    assert talk.last_kinds != []


def _open(chen: Line, words: str) -> Ticket:
    before = {one.id for one in chen.tickets()}
    chen.say(words)
    while not (new := [one for one in chen.tickets() if one.id not in before]):
        actions = [button["action"] for button in chen.shown()[-1].buttons]
        tap = next((one for one in ("yes", "slot", "offer") if one in actions), None)
        chen.press(tap) if tap else chen.say("一个")
    chen.tools.clock.advance(seconds=60)  # type: ignore[attr-defined]
    return new[0]


def _write(chen: Line, ticket: Ticket, words: str) -> None:
    clock = chen.tools.clock
    with chen.tools.db.write() as session:
        held = session.get_one(Ticket, ticket.id)
        reader = telling.reader_of(session, held)
        telling.speak(session, held, reader, words, held.butler_id or 1, clock.now(), "reply")
    clock.advance(seconds=30)  # type: ignore[attr-defined]


def test_an_agreed_price_stands_on_the_ticket_it_was_named_for(chen: Line) -> None:
    tap = _open(chen, "厨房水龙头漏水，明天上午，我在家")
    lamp = _open(chen, "客厅灯不亮了，明天上午，我在家")
    _write(chen, lamp, "换灯180元，可以吗？")
    _write(chen, tap, "水龙头要180元，可以吗？")
    message_id = chen.store("好的，180可以，做吧")
    service.run_waiting(chen.tools, chen.conversation_id)
    assert chen.replies(message_id) == []
    assert chen.message(message_id).ticket_id == tap.id


def test_a_new_wish_is_filed_on_no_other_tickets_talk(chen: Line) -> None:
    lamp = _open(chen, "客厅灯不亮了，明天上午，我在家")
    _write(chen, lamp, "师傅明天上午到")
    replies = chen.say("阳台地漏堵了，水下不去，今天下午，钥匙在物业，家里没人")
    assert replies
    with chen.tools.db.read() as session:
        said = session.scalars(select(Message).where(Message.text.startswith("阳台地漏"))).first()
        assert said is not None
        assert said.ticket_id is None


def test_a_new_wish_beside_one_that_was_left_comes_first_and_is_a_ticket_of_its_own(chen: Line) -> None:
    lamp = _open(chen, "客厅灯不亮了，明天上午，我在家")
    chen.say("主卧的窗户关不严，明天上午，我在家")
    if any(button["action"] == "change" for button in chen.shown()[-1].buttons):
        chen.press("change")
    _write(chen, lamp, "师傅明天上午到")
    said = chen.say("楼道的声控灯坏了，四楼")
    assert [one.reply_kind for one in said] in (["ask"], ["read_back"])
    chen.tools.clock.advance(seconds=30 * 60)  # type: ignore[attr-defined]
    drafts.tick(chen.tools.db, chen.tools.clock, chen.tools.menu)
    new = {one.item_id: one.words for one in chen.tickets() if one.id != lamp.id}
    assert new == {
        "common.facilities.public-fault": "楼道的声控灯坏了，四楼",
        "value.repair-civil.alu-window": "主卧的窗户关不严，明天上午，我在家",
    }


def test_what_is_left_to_the_person_rings_for_them_once_until_they_write_again(chen: Line) -> None:
    lamp = _open(chen, "客厅灯不亮了，明天上午，我在家")
    _write(chen, lamp, "换灯180元，可以吗？")
    chen.say("好的，180可以，做吧")
    chen.say("钥匙放在前台了")
    assert _rung(chen) == 1
    chen.tools.clock.advance(seconds=60)  # type: ignore[attr-defined]
    _write(chen, lamp, "好的，还缺一个灯泡型号")
    chen.say("谢谢")
    assert _rung(chen) == 1
    chen.say("要暖光的那种")
    assert _rung(chen) == 2


def _rung(chen: Line) -> int:
    with chen.tools.db.read() as session:
        return len(session.scalars(select(Alert).where(Alert.kind == "wrote")).all())


def _photo(chen: Line, name: str, words: str = "") -> Message:
    """Send a photo, with words or without; the message as it is stored after its turn."""
    with chen.tools.db.write() as session:
        link = session.get_one(ChannelLink, chen.link_id)
        row = StoredFile(
            id=name * 32, estate_id=link.estate_id, conversation_id=chen.conversation_id, kind="photo",
            name="p.jpg", content_type="image/jpeg", size=1, sha256=name * 64,
            created_at=chen.tools.clock.now(),
        )  # fmt: skip
        session.add(row)
    message_id = chen.store(words, file_ids=(name * 32,))
    service.run_waiting(chen.tools, chen.conversation_id)
    return chen.message(message_id)


def _photos_of(chen: Line, ticket: Ticket) -> list[str]:
    with chen.tools.db.read() as session:
        rows = session.scalars(select(StoredFile).where(StoredFile.ticket_id == ticket.id)).all()
        return sorted(row.id[0] for row in rows)


def test_a_photo_that_is_left_to_the_person_rings_as_words_do(chen: Line) -> None:
    lamp = _open(chen, "客厅灯不亮了，明天上午，我在家")
    _write(chen, lamp, "麻烦拍张照片看看是哪种灯")
    assert _photo(chen, "a").ticket_id == lamp.id
    assert (_rung(chen), _photos_of(chen, lamp)) == (1, ["a"])
    _photo(chen, "b")
    assert (_rung(chen), _photos_of(chen, lamp)) == (1, ["a", "b"])
    chen.tools.clock.advance(seconds=60)  # type: ignore[attr-defined]
    _write(chen, lamp, "看到了，再拍一下灯座")
    _photo(chen, "c", "这个是灯座")
    assert (_rung(chen), _photos_of(chen, lamp)) == (2, ["a", "b", "c"])


def test_photos_of_what_is_handed_over_lie_with_the_wish_they_were_sent_with(chen: Line) -> None:
    lamp = _open(chen, "客厅灯不亮了，明天上午，我在家")
    chen.say("主卧的窗户关不严，明天上午，我在家")
    _photo(chen, "a")
    _photo(chen, "n", "另外厨房水龙头漏水")
    _write(chen, lamp, "师傅明天上午到")
    chen.say("楼道的声控灯坏了，四楼")
    _photo(chen, "b")
    chen.tools.clock.advance(seconds=30 * 60)  # type: ignore[attr-defined]
    drafts.tick(chen.tools.db, chen.tools.clock, chen.tools.menu)
    new = [one for one in chen.tickets() if one.id != lamp.id]
    photos = {one.item_id: _photos_of(chen, one) for one in new}
    assert sorted(name for names in photos.values() for name in names) == ["a", "b", "n"]
    assert photos["value.repair-civil.alu-window"] == ["a"]
    assert "b" in photos["common.facilities.public-fault"]
