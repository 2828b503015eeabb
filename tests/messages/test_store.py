"""Storing: exactly once per external id, in order, cleaned; what cannot be stored is refused by name."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.clock import HandClock
from backend.conversations.queries import find_next
from backend.db import Database
from backend.errors import TextTooLong, UnknownButton
from backend.messages import queries, service
from backend.messages.service import Incoming, Outgoing
from backend.models import ChannelLink, Conversation, Message, OutboxRow
from tests.messages.conftest import Chats


def store(
    session: Session, clock: HandClock, link_id: int, key: str, text: str = "漏水"
) -> tuple[Message, bool]:
    link = session.get_one(ChannelLink, link_id)
    return service.store(session, link, Incoming(key, text), now=clock.now(), real_now=clock.real_now())


def count(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


class TestStore:
    def test_the_same_external_id_is_stored_once(self, db: Database, clock: HandClock, chats: Chats) -> None:
        with db.write() as session:
            first, is_new = store(session, clock, chats.chen_link, "1")
        with db.write() as session:
            again, is_new_again = store(session, clock, chats.chen_link, "1", "другое")
        assert (is_new, is_new_again) == (True, False)
        assert again.id == first.id
        assert again.text == "漏水"

    def test_the_same_id_on_another_account_is_another_message(
        self, db: Database, clock: HandClock, chats: Chats
    ) -> None:
        with db.write() as session:
            store(session, clock, chats.chen_link, "1")
            store(session, clock, chats.emma_link, "1")
        assert count(db) == 2

    def test_twenty_at_once_store_one_row(self, db: Database, clock: HandClock, chats: Chats) -> None:
        def once(_: int) -> bool:
            return db.run(lambda session: store(session, clock, chats.chen_link, "1")[1])

        with ThreadPoolExecutor(20) as threads:
            new = list(threads.map(once, range(20)))
        assert new.count(True) == 1
        assert count(db) == 1

    def test_forty_at_once_are_numbered_without_gaps(
        self, db: Database, clock: HandClock, chats: Chats
    ) -> None:
        def once(n: int) -> int:
            return db.run(lambda session: store(session, clock, chats.chen_link, str(n))[0].seq)

        with ThreadPoolExecutor(10) as threads:
            seqs = list(threads.map(once, range(40)))
        assert sorted(seqs) == list(range(1, 41))

    def test_a_rolled_back_message_leaves_no_gap(self, db: Database, clock: HandClock, chats: Chats) -> None:
        with pytest.raises(TextTooLong), db.write() as session:
            store(session, clock, chats.chen_link, "1", "长" * 10_000)
        with db.write() as session:
            assert store(session, clock, chats.chen_link, "2")[0].seq == 1

    def test_the_oldest_waiting_message_comes_first(
        self, db: Database, clock: HandClock, chats: Chats
    ) -> None:
        with db.write() as session:
            first = store(session, clock, chats.chen_link, "1")[0]
            store(session, clock, chats.chen_link, "2")
        with db.read() as session:
            waiting = find_next(session, chats.chen, clock.real_now())
            assert waiting is not None
            assert waiting[0].id == first.id
            assert list(queries.count_waiting(session, clock.real_now())) == [chats.chen]

    def test_whoever_writes_again_can_be_written_to_again(
        self, db: Database, clock: HandClock, chats: Chats
    ) -> None:
        with db.write() as session:
            session.get_one(ChannelLink, chats.emma_link).status = "blocked"
            store(session, clock, chats.emma_link, "1")
        with db.read() as session:
            assert session.get_one(ChannelLink, chats.emma_link).status == "active"


class TestCleanText:
    @pytest.mark.parametrize(
        ("raw", "kept"),
        [
            ("a\x00b", "ab"),
            ("\u202eecilA\u202c", "ecilA"),
            ("\u2067x\u2069\u200f", "x"),
            ("漏水\ud800了", "漏水\ufffd了"),
            ("😀", "😀"),
            ("\ud83d\ude00", "😀"),
            ("  two\nlines\t ", "two\nlines"),
            ("\x1b[31mred", "[31mred"),
            ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ],
    )
    def test_what_cannot_be_stored_or_would_disguise_goes(self, raw: str, kept: str) -> None:
        assert service.clean_text(raw) == kept

    def test_the_longest_message_of_telegram_fits(self) -> None:
        assert len(service.clean_text("长" * 4096)) == 4096

    @pytest.mark.parametrize(("language", "word"), [("zh", "4096"), ("en", "4096")])
    def test_ten_thousand_characters_are_refused_in_words(self, language: str, word: str) -> None:
        with pytest.raises(TextTooLong) as refused:
            service.clean_text("长" * 10_000)
        assert word in refused.value.worded(language)[1].replace(",", "")


class TestButtons:
    @pytest.mark.parametrize(
        "value",
        ["", "1", "1.", ".0", "1.9", "9.0", "-1.0", "1.-1", "1.0.0", "١.٠", "1.0" + "0" * 20, "x.y", "1 .0"],
    )
    def test_a_forged_value_is_refused(
        self, db: Database, clock: HandClock, chats: Chats, value: str
    ) -> None:
        say(db, clock, chats.chen, chats.chen_link)
        with db.read() as session, pytest.raises(UnknownButton):
            service.resolve_button(session, chats.chen, value, "zh")

    def test_somebody_elses_button_is_refused(self, db: Database, clock: HandClock, chats: Chats) -> None:
        say(db, clock, chats.chen, chats.chen_link)
        with db.read() as session, pytest.raises(UnknownButton):
            service.resolve_button(session, chats.emma, "1.0", "en")

    def test_the_buttons_of_a_message_are_used_once_by_twenty_presses(
        self, db: Database, clock: HandClock, chats: Chats
    ) -> None:
        message = say(db, clock, chats.chen, chats.chen_link)
        with ThreadPoolExecutor(20) as threads:
            used = list(
                threads.map(
                    lambda _: db.run(lambda s: queries.use_buttons(s, message.id, clock.now())), range(20)
                )
            )
        assert used.count(True) == 1


def say(db: Database, clock: HandClock, conversation_id: int, link_id: int, **values: object) -> Message:
    """One message of the bot with a button, delivered to the link."""
    with db.write() as session:
        buttons = [{"label": "对", "action": "yes", "values": {}, "single": True}]
        out = Outgoing("bot", "zh", "跟您确认一下。", buttons=buttons, **values)  # type: ignore[arg-type]
        conversation = session.get_one(Conversation, conversation_id)
        return service.send(session, conversation, session.get_one(ChannelLink, link_id), out, clock.now())


def test_a_reply_on_the_web_is_born_sent_and_elsewhere_queued(
    db: Database, clock: HandClock, chats: Chats
) -> None:
    say(db, clock, chats.chen, chats.chen_link)
    say(db, clock, chats.emma, chats.emma_link)
    with db.read() as session:
        assert list(session.scalars(select(OutboxRow.state).order_by(OutboxRow.id))) == ["sent", "queued"]
