"""Becoming known on Telegram: codes, one's own number, first contact; on both databases."""

import base64
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.clock import HandClock
from backend.conversations import service
from backend.conversations.tools import Tools
from backend.messages import service as messages
from backend.models import (
    ChannelLink,
    Consent,
    Conversation,
    Invitation,
    Message,
    MessageVersion,
    Residency,
    Resident,
    Ticket,
    TicketEvent,
)
from backend.people import invitations, kept_phone, setup
from tests.conversations.conftest import Line
from tests.house.cast import CHEN_CODE, EMMA_CODE, Cast

BOTH = pytest.mark.parametrize("language", ["zh", "en"])


def kinds(replies: list[Message]) -> list[str | None]:
    return [reply.reply_kind for reply in replies]


class Phone(Line):
    """One Telegram chat; ``hear`` stores what the channel's door would and runs the turns."""

    def hear(self, kind: str = "", text: str = "", **more: Any) -> list[Message]:
        """What was said since, in order."""
        before = self.newest()
        self.store(text, kind=kind, **more)
        self.turns()
        return [m for m in self.all() if m.id > before and m.author != "resident"]

    def turns(self) -> None:
        for _ in range(3):  # a chat that becomes known goes on in another conversation
            service.run_waiting(self.tools, self.conversation_id)
            self.conversation_id = self.link().conversation_id

    def link(self) -> ChannelLink:
        with self.tools.db.read() as session:
            return session.get_one(ChannelLink, self.link_id)

    def newest(self) -> int:
        with self.tools.db.read() as session:
            return session.scalar(select(func.max(Message.id))) or 0

    def all(self) -> list[Message]:
        with self.tools.db.read() as session:
            rows = select(Message).where(Message.link_id == self.link_id).order_by(Message.id)
            return list(session.scalars(rows))

    def sealed(self, text: str) -> str:
        return base64.b64encode(self.tools.vault.seal(text)).decode()

    def start(self, code: str = "") -> list[Message]:
        return self.hear("start", "/start", values={"code_sealed": self.sealed(code)} if code else {})

    def contact(self, number: str) -> list[Message]:
        return self.hear("contact", values={"is_own": True, "phone_sealed": self.sealed(number)})

    def resident(self) -> Resident | None:
        with self.tools.db.read() as session:
            conversation = session.get_one(Conversation, self.link().conversation_id)
            return session.get(Resident, conversation.resident_id) if conversation.resident_id else None

    def edit(self, message_id: int, text: str) -> list[Message]:
        before = self.newest()
        with self.tools.db.write() as session:
            message = session.get_one(Message, message_id)
            session.add(
                MessageVersion(estate_id=message.estate_id, message_id=message.id, external_id=f"e:{before}",
                               text=message.text, until_at=self.tools.clock.now())
            )  # fmt: skip
            message.text, message.turn_state = text, "received"
            message.values = {**message.values, "reread": True}
        self.turns()
        assert self.message(message_id).turn_state == "done"
        assert "reread" not in self.message(message_id).values
        return [m for m in self.all() if m.id > before]


def open_phone(tools: Tools, cast: Cast, language: str = "zh", name: str = "Tom", chat: str = "42") -> Phone:
    now = tools.clock.now()
    with tools.db.write() as session:
        conversation = messages.new_conversation(session, cast.estate.id, now)
        link = ChannelLink(
            estate_id=cast.estate.id, conversation_id=conversation.id, channel="telegram", account="100",
            address=chat, language=language, name=name, created_at=now, state={},
        )  # fmt: skip
        session.add(link)
        session.flush()
        return Phone(tools, link.id, conversation.id)


@pytest.fixture
def phone(tools: Tools, cast: Cast) -> Phone:
    return open_phone(tools, cast)


@pytest.fixture
def tom(tools: Tools, cast: Cast) -> Phone:
    """An English-speaking stranger."""
    return open_phone(tools, cast, "en")


@pytest.fixture
def chens(phone: Phone) -> Phone:
    """Mr Chen's Telegram chat."""
    phone.start(CHEN_CODE)
    return phone


def spoken(tools: Tools, cast: Cast, **more: Any) -> str:
    with tools.db.write() as session:
        at = tools.clock.real_now()
        return invitations.create_invitation(session, tools.vault, cast.home, cast.chen, at, **more)


def for_a_home(tools: Tools, cast: Cast) -> str:
    with tools.db.write() as session:
        at = tools.clock.real_now()
        return invitations.create_invitation(session, tools.vault, cast.flat, None, at)


def tickets(tools: Tools) -> list[Ticket]:
    with tools.db.read() as session:
        return list(session.scalars(select(Ticket).order_by(Ticket.id)))


class TestStart:
    def test_a_code_binds_the_chat_after_greeting_and_notice(self, phone: Phone, cast: Cast) -> None:
        said = phone.start(CHEN_CODE)
        assert kinds(said) == ["welcome_first", "privacy", "linked", "menu"]
        assert phone.resident().id == cast.chen.id  # type: ignore[union-attr]
        assert said[2].values["keyboard"] == "remove"
        assert said[2].buttons == []
        assert said[3].buttons

    def test_the_language_of_a_known_resident_wins_over_the_phones(self, tom: Phone) -> None:
        assert tom.start(CHEN_CODE)[-1].language == "zh"

    def test_the_code_is_forgotten_in_the_same_transaction(self, phone: Phone) -> None:
        phone.start(CHEN_CODE)
        phone.start("NOT-A-CODE-AT-ALL")
        assert all("code_sealed" not in message.values for message in phone.all())

    def test_the_same_link_opened_again_only_greets(self, tools: Tools, cast: Cast, phone: Phone) -> None:
        code = spoken(tools, cast, uses=1)
        phone.start(code)
        said = phone.start(code)
        assert kinds(said) == ["greeting"]
        assert tickets(tools) == []

    def test_a_new_person_in_a_home_is_told_to_the_butler_once_and_by_name(
        self, tools: Tools, cast: Cast, phone: Phone
    ) -> None:
        code = for_a_home(tools, cast)
        phone.start(code)
        phone.start(code)
        (ticket,) = tickets(tools)
        assert "Tom" in ticket.words
        assert phone.resident().name == "Tom"  # type: ignore[union-attr]

    @BOTH
    @pytest.mark.parametrize("code", ["NO-SUCH-CODE-0000", "x", "' or 1=1 --", "漏水", "12345678"])
    def test_junk_is_answered_kindly_with_the_way_in(
        self, tools: Tools, cast: Cast, language: str, code: str
    ) -> None:
        guest = open_phone(tools, cast, language)
        said = guest.start(code)
        assert kinds(said) == ["welcome_first", "privacy", "code_failed", "how_to_link_phone"]
        assert "8888 6666" in said[2].text
        assert guest.resident() is None

    def test_whoever_guesses_too_often_is_not_listened_to(
        self, tools: Tools, cast: Cast, phone: Phone
    ) -> None:
        for number in range(5):
            phone.start(f"1234567{number}")
        assert "code_too_many" in kinds(phone.start(spoken(tools, cast, kind="spoken")))
        assert phone.resident() is None

    def test_guesses_are_counted_by_chat(self, tools: Tools, cast: Cast, phone: Phone) -> None:
        for number in range(5):
            phone.start(f"1234567{number}")
        other = open_phone(tools, cast, chat="43")
        assert "linked" in kinds(other.start(spoken(tools, cast, kind="spoken")))

    def test_without_a_code_a_stranger_is_greeted_and_told_the_way_in(self, tom: Phone) -> None:
        said = tom.start()
        assert kinds(said) == ["welcome_first", "privacy", "greeting", "how_to_link_phone"]
        assert said[-1].values["keyboard"] == {"contact": "Share my phone number"}
        assert said[-1].buttons == []
        assert kinds(tom.start()) == ["greeting", "how_to_link_phone"]

    def test_a_resident_who_starts_again_sees_the_doors(self, chens: Phone) -> None:
        (greeting,) = chens.start()
        assert "陈先生" in greeting.text
        assert greeting.buttons

    def test_another_persons_code_moves_the_chat(self, chens: Phone, cast: Cast) -> None:
        chens.start(EMMA_CODE)
        assert chens.resident().id == cast.emma.id  # type: ignore[union-attr]

    def test_what_was_written_right_after_the_code_is_heard_as_the_residents(
        self, tools: Tools, phone: Phone, chen: Line
    ) -> None:
        """The chat moves into the conversation that Mr Chen has on the web; nothing stays behind."""
        phone.store("/start", kind="start", values={"code_sealed": phone.sealed(CHEN_CODE)})
        late = phone.store("我要投诉电梯三天没人打扫")
        phone.turns()
        assert phone.message(late).conversation_id == chen.conversation_id
        (ticket,) = chen.tickets()
        assert ticket.workflow == "complaint"

    def test_a_message_stored_where_the_chat_has_left_follows_it(self, phone: Phone, chen: Line) -> None:
        visited = phone.conversation_id
        phone.start(CHEN_CODE)
        late = phone.store("我要投诉电梯三天没人打扫")
        with phone.tools.db.write() as session:  # stored by a process that had read the link before
            message = session.get_one(Message, late)
            message.conversation_id, message.seq = visited, 900
        service.run_waiting(phone.tools, visited)
        service.run_waiting(phone.tools, chen.conversation_id)
        assert [ticket.workflow for ticket in chen.tickets()] == ["complaint"]


class TestTypedCodes:
    @pytest.mark.parametrize("text", [CHEN_CODE, CHEN_CODE.lower().replace("-", " ")])
    def test_a_stranger_is_linked_by_writing_the_code(self, phone: Phone, text: str) -> None:
        assert kinds(phone.hear(text=text))[-2:] == ["linked", "menu"]

    def test_a_spoken_code_is_typed_here_for_want_of_a_box(
        self, tools: Tools, cast: Cast, phone: Phone
    ) -> None:
        assert "linked" in kinds(phone.hear(text=spoken(tools, cast, kind="spoken")))

    def test_a_wrong_one_is_told(self, phone: Phone) -> None:
        assert "code_failed" in kinds(phone.hear(text="1234 5678"))

    def test_words_that_look_like_a_code_are_words(self, tom: Phone) -> None:
        assert "code_failed" not in kinds(tom.hear(text="the lift in building 3"))

    def test_a_resident_writes_digits_in_peace(self, chens: Phone, tools: Tools) -> None:
        with tools.db.read() as session:
            uses = session.scalar(select(func.sum(Invitation.uses_left)))
        assert not {"linked", "code_failed"} & set(kinds(chens.hear(text="88886666")))
        with tools.db.read() as session:
            assert session.scalar(select(func.sum(Invitation.uses_left))) == uses


class TestContact:
    def test_the_number_on_the_list_opens_the_chat(self, phone: Phone, cast: Cast) -> None:
        said = phone.contact("+86 138 0013 8000")
        assert kinds(said) == ["welcome_first", "privacy", "linked", "menu"]
        assert phone.resident().id == cast.chen.id  # type: ignore[union-attr]
        assert all("phone_sealed" not in message.values for message in phone.all())

    @pytest.mark.parametrize("number", ["447700900123", "+44 7700 900123"])
    def test_a_number_from_abroad_is_known_with_and_without_its_plus(
        self, tom: Phone, cast: Cast, number: str
    ) -> None:
        tom.contact(number)
        assert tom.resident().id == cast.emma.id  # type: ignore[union-attr]

    def test_an_american_number_is_not_read_as_a_chinese_one(self, phone: Phone) -> None:
        phone.contact("13800138000")
        assert phone.resident() is None

    @BOTH
    def test_a_number_that_is_not_on_it_is_told_and_the_button_goes(
        self, tools: Tools, cast: Cast, language: str
    ) -> None:
        guest = open_phone(tools, cast, language)
        said = guest.contact("+8613900000000")
        assert kinds(said)[2:] == ["phone_unknown", "how_to_link"]
        assert said[2].values["keyboard"] == "remove"
        assert guest.resident() is None

    def test_two_with_one_number_are_left_to_the_butler(self, tools: Tools, cast: Cast, phone: Phone) -> None:
        with tools.db.write() as session:
            setup.create_resident(session, tools.vault, cast.flat, tools.clock.now(), name="陈太太",
                                  phone="13800138000")  # fmt: skip
        assert "phone_unknown" in kinds(phone.contact("+8613800138000"))

    def test_one_who_moved_out_is_not_let_in(self, tools: Tools, cast: Cast, phone: Phone) -> None:
        with tools.db.write() as session:
            row = session.scalars(select(Residency).where(Residency.resident_id == cast.chen.id)).one()
            row.ends_at = tools.clock.now()
        assert "phone_unknown" in kinds(phone.contact("+8613800138000"))

    def test_a_known_resident_without_a_number_gives_theirs(
        self, tools: Tools, cast: Cast, phone: Phone
    ) -> None:
        phone.start(for_a_home(tools, cast))
        said = phone.contact("+447700900999")
        assert kinds(said) == ["phone_kept"]
        resident = phone.resident()
        assert resident is not None
        assert resident.phone_hash == tools.vault.digest("+447700900999")
        assert resident.phone_last4_hash == kept_phone.last4_hash(tools.vault, "0999")
        assert kinds(phone.contact("+447700900999")) == ["phone_known"]

    def test_a_number_on_record_is_not_overwritten(self, tools: Tools, chens: Phone) -> None:
        chens.contact("+8613900000000")
        assert chens.resident().phone_hash == tools.vault.digest("+8613800138000")  # type: ignore[union-attr]

    @BOTH
    def test_somebody_elses_contact_binds_nobody(self, tools: Tools, cast: Cast, language: str) -> None:
        guest = open_phone(tools, cast, language)
        said = guest.hear("contact", values={"is_own": False})
        assert kinds(said)[-1] == "contact_foreign"
        assert set(said[-1].values["keyboard"]) == {"contact"}
        assert guest.resident() is None


class TestFirstContact:
    @BOTH
    def test_who_speaks_and_the_notice_come_before_the_first_answer_once(
        self, tools: Tools, cast: Cast, language: str
    ) -> None:
        guest = open_phone(tools, cast, language)
        hello = {"zh": "你好", "en": "hello"}[language]
        assert kinds(guest.hear(text=hello)) == ["welcome_first", "privacy", "greeting"]
        assert kinds(guest.hear(text=hello)) == ["greeting"]
        with tools.db.read() as session:
            assert session.scalar(select(func.count()).select_from(Consent)) == 1

    def test_in_an_emergency_help_comes_first(self, tom: Phone) -> None:
        said = kinds(tom.hear(text="I smell gas in the kitchen"))
        assert said == ["emergency", "emergency_where", "welcome_first", "privacy"]

    def test_the_web_chat_never_offers_the_telephone_button(self, visitor: Line) -> None:
        said = visitor.press("human") + visitor.say("我要投诉电梯三天没人打扫")
        assert all("keyboard" not in message.values for message in [*visitor.shown(), *said])
        assert "share_phone" not in kinds(visitor.shown())


class TestWeb:
    def test_commands_may_be_typed_there_too(self, chen: Line) -> None:
        assert kinds(chen.say("/help")) == ["help"]
        assert kinds(chen.say("/menu")) == ["menu"]
        assert kinds(chen.say("/status")) == ["no_tickets"]
        (said,) = chen.say("/lang en")
        assert (said.reply_kind, said.language) == ("language_set", "en")


class TestWhatElseCame:
    def test_a_location_answers_an_emergencys_where(self, chens: Phone) -> None:
        chens.hear(text="厨房有煤气味")
        said = chens.hear("location", values={"latitude": 31.2304, "longitude": 121.4737, "title": "会所"})
        assert kinds(said) == ["added_alarm"]
        with chens.tools.db.read() as session:
            notes = list(
                session.scalars(
                    select(TicketEvent.note).where(TicketEvent.kind == "added").order_by(TicketEvent.id)
                )
            )
        assert notes == ["会所（31.23040, 121.47370）"]

    @pytest.mark.parametrize(
        ("kind", "values", "told"),
        [("sticker", {}, "sticker"), ("unsupported", {}, "unsupported"),
         ("file", {"refused": "too_large"}, "refused_too_large"),
         ("file", {"refused": "kind"}, "refused_kind")],
    )  # fmt: skip
    def test_what_cannot_be_read_is_answered(
        self, chens: Phone, kind: str, values: dict[str, Any], told: str
    ) -> None:
        assert kinds(chens.hear(kind, values=values)) == [told]

    def test_a_reply_goes_to_the_ticket_whose_message_it_answers(self, chens: Phone) -> None:
        first = chens.hear(text="我要投诉电梯三天没人打扫")[-1]
        chens.hear(text="我要投诉楼上半夜装修太吵")
        number = {ticket.id: ticket.number for ticket in chens.tickets()}[first.ticket_id or 0]
        (said,) = chens.hear(text="有进展吗", reply_to_id=first.id)
        assert f"#{number}" in said.text
        assert len([n for n in (1001, 1002) if f"#{n}" in said.text]) == 1
        chens.hear(text="补充一下，按钮也坏了", reply_to_id=first.id)
        newest = [m for m in chens.all() if m.author == "resident"][-1]
        assert newest.ticket_id == first.ticket_id

    def test_an_edit_of_a_complaint_is_a_line_in_its_ticket_and_sends_nothing(
        self, chens: Phone, clock: HandClock
    ) -> None:
        chens.hear(text="我要投诉电梯三天没人打扫")
        (complaint,) = [m for m in chens.all() if m.text == "我要投诉电梯三天没人打扫"]
        clock.advance(minutes=1)
        assert chens.edit(complaint.id, "我要投诉电梯五天没人打扫") == []
        with chens.tools.db.read() as session:
            (event,) = session.scalars(select(TicketEvent).where(TicketEvent.kind == "edited"))
        assert event.note == "我要投诉电梯五天没人打扫"
        assert len(chens.tickets()) == 1

    def test_an_edit_that_makes_sense_at_last_is_read_anew(self, chens: Phone) -> None:
        chens.hear(text="哇啦哇啦咕噜")
        unclear = [m for m in chens.all() if m.author == "resident"][-1]
        said = chens.edit(unclear.id, "我要投诉电梯三天没人打扫")
        assert kinds(said) == ["complaint_opened"]

    def test_an_edit_changes_the_wish_under_way(self, chens: Phone) -> None:
        chens.hear(text="厨房水龙头漏水")
        wish = [m for m in chens.all() if m.author == "resident"][-1]
        chens.edit(wish.id, "卫生间水龙头漏水")
        assert chens.link().state["now"]["form"]["words"] == "卫生间水龙头漏水"
        (draft,) = [draft for draft in chens.drafts() if draft.state == "open"]
        assert draft.words == "卫生间水龙头漏水"

    def test_an_edit_that_takes_all_words_away_is_nothing(self, chens: Phone) -> None:
        chens.hear(text="你好")
        hello = [m for m in chens.all() if m.author == "resident"][-1]
        assert chens.edit(hello.id, "") == []

    def test_a_message_edited_before_its_turn_is_read_in_its_new_wording(
        self, chens: Phone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, edited = service.understand, []

        def slow(tools: Tools, waiting: service.Waiting) -> service.Reading:
            reading = real(tools, waiting)
            if not edited:
                edited.append(waiting.message.id)
                with tools.db.write() as session:
                    session.get_one(Message, waiting.message.id).text = "我要投诉电梯三天没人打扫"
            return reading

        monkeypatch.setattr(service, "understand", slow)
        assert kinds(chens.hear(text="你好")) == ["complaint_opened"]
