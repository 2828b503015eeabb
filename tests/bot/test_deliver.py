"""One parcel at a time against the strict Telegram of our own, over real HTTP."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image
from telegram import Bot

from bot.deliver import Deliverer, Delivery, Progress
from bot.errors import BackendDown, BackendRefused
from bot.faults import Outcome
from bot.ports import read_parcel
from bot.request import AiohttpRequest
from tests.fake_telegram import FakeTelegram, Person
from tests.server import free_port


def picture(size: tuple[int, int] = (60, 40)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "red").save(data, "PNG")
    return data.getvalue()


@dataclass
class Files:
    """The one door of the backend that delivering needs."""

    contents: dict[str, bytes] = field(default_factory=dict)
    failure: Exception | None = None

    async def file(self, file_id: Any) -> bytes:
        if self.failure is not None:
            raise self.failure
        return self.contents[file_id]


class Desk:
    """Delivers parcels one after the other with one Deliverer, as a process would."""

    def __init__(self, fake: FakeTelegram, url: str = "") -> None:
        self.fake = fake
        self.url = url or fake.url
        self.files = Files({"p": picture(), "q": picture(), "v": b"OggS voice", "d": b"words"})
        self.held: list[tuple[int, float]] = []
        self.costs: list[int] = []

    def deliver(self, *items: dict[str, Any], seconds: float = 30.0) -> list[tuple[Outcome, tuple[int, ...]]]:
        """Deliver parcels in turn; return each outcome with the ids of its messages."""
        return asyncio.run(self._deliver(items, seconds))

    async def _deliver(
        self, items: tuple[dict[str, Any], ...], seconds: float
    ) -> list[tuple[Outcome, tuple[int, ...]]]:
        async def gate(_chat: int, _urgent: bool, cost: int) -> None:
            self.costs.append(cost)

        request = AiohttpRequest()
        bot = Bot(self.fake.token, f"{self.url}/bot", f"{self.url}/file/bot", request=request)
        backend: Any = self.files
        deliverer = Deliverer(bot, backend, gate, lambda *held: self.held.append(held), lambda: 0.0)
        outcomes = []
        try:
            for item in items:
                delivery = Delivery(read_parcel(item))
                outcomes.append((await deliverer.deliver(delivery, seconds), delivery.remote_ids))
        finally:
            await request.shutdown()
        return outcomes


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake
        assert fake.unknown_methods == []


@pytest.fixture
def fake(telegram: FakeTelegram) -> Iterator[FakeTelegram]:
    yield telegram
    telegram.faults.clear()


@pytest.fixture
def desk(fake: FakeTelegram) -> Desk:
    return Desk(fake)


@pytest.fixture
def tom(fake: FakeTelegram) -> Person:
    person = fake.person("Tom", language="en-GB")
    person.start()
    return person


def parcel(
    chat: Any, text: str = "", op: str = "send", targets: tuple[int, ...] = (), **message: Any
) -> dict[str, Any]:
    return {"id": 1, "chat": str(getattr(chat, "id", chat)), "op": op, "targets": [str(t) for t in targets],
            "message": {"text": text, **message}}  # fmt: skip


def photo(name: str = "p") -> dict[str, Any]:
    return {"id": name, "kind": "photo", "name": f"{name}.png", "size": 99, "content_type": "image/png"}


def said(person: Person) -> list[str]:
    return [shown.text for shown in person.chat if shown.by == "bot"]


BUTTONS = [{"label": "Yes", "value": "7.0"}, {"label": "No", "value": "7.1"}]


def test_a_text_with_buttons_arrives_plain_and_its_id_is_told(desk: Desk, tom: Person) -> None:
    ((outcome, ids),) = desk.deliver(parcel(tom, "<b>1 & 2</b>", buttons=BUTTONS))
    shown = tom.chat[-1]
    assert (outcome, ids) == (Outcome("sent"), (shown.message_id,))
    assert (shown.text, shown.labels, shown.parse_mode) == ("<b>1 & 2</b>", ["Yes", "No"], None)


def test_what_is_read_back_has_a_bold_first_line(desk: Desk, tom: Person) -> None:
    desk.deliver(parcel(tom, "Is <this> right?\nTap", kind="read_back"))
    shown = tom.chat[-1]
    assert (shown.text, shown.parse_mode) == ("Is <this> right?\nTap", "HTML")
    assert [entity["type"] for entity in shown.entities] == ["bold"]


def test_markup_that_telegram_refuses_is_sent_once_more_as_plain_text(desk: Desk, tom: Person) -> None:
    desk.fake.faults.add("400:Bad Request: can't parse entities: unclosed tag", chat=tom)
    ((outcome, _),) = desk.deliver(parcel(tom, "Right?\nTap", kind="read_back"))
    assert outcome.outcome == "sent"
    assert (tom.chat[-1].text, tom.chat[-1].parse_mode) == ("Right?\nTap", None)


def test_a_long_text_arrives_in_parts_with_all_ids(desk: Desk, tom: Person) -> None:
    text = "<b>&😀 a sentence.\n" * 300
    ((_, ids),) = desk.deliver(parcel(tom, text))
    assert ids == tuple(shown.message_id for shown in tom.chat if shown.by == "bot")
    assert "\n".join(said(tom)) == text.strip()


def test_a_photo_arrives_with_its_caption(desk: Desk, tom: Person) -> None:
    desk.deliver(parcel(tom, "See", files=[photo()], buttons=BUTTONS))
    shown = tom.chat[-1]
    assert (shown.kind, shown.text, shown.labels) == ("photo", "See", ["Yes", "No"])
    assert shown.files[0].data == desk.files.contents["p"]


def test_two_photos_arrive_as_an_album_and_count_for_two(desk: Desk, tom: Person) -> None:
    ((_, ids),) = desk.deliver(parcel(tom, "See", files=[photo(), photo("q")]))
    album = [shown for shown in tom.chat if shown.album]
    assert [shown.text for shown in album] == ["See", ""]
    assert ids == tuple(shown.message_id for shown in album)
    assert desk.costs == [2]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ({"id": "v", "kind": "voice", "name": "v.ogg", "content_type": "audio/ogg"}, "voice"),
        ({"id": "v", "kind": "voice", "name": "v.m4a", "content_type": "audio/mp4"}, "document"),
        ({"id": "d", "kind": "video", "name": "d.mp4", "content_type": "video/mp4"}, "video"),
        ({"id": "d", "kind": "document", "name": "合同 “1”.pdf", "content_type": ""}, "document"),
        ({"id": "d", "kind": "photo", "name": "broken.jpg", "content_type": "image/jpeg"}, "document"),
    ],
)
def test_each_kind_of_file_arrives(desk: Desk, tom: Person, file: dict[str, Any], kind: str) -> None:
    ((outcome, _),) = desk.deliver(parcel(tom, files=[file]))
    assert outcome.outcome == "sent"
    shown = tom.chat[-1]
    assert (shown.kind, shown.files[0].data) == (kind, desk.files.contents[file["id"]])
    if kind == "document":
        assert shown.files[0].name == file["name"]


def test_the_contact_button_comes_and_goes(desk: Desk, tom: Person) -> None:
    desk.deliver(parcel(tom, "Your number?", keyboard={"contact": "Share my number"}))
    assert tom.keyboard is not None
    assert tom.keyboard[0][0].asks_contact
    desk.deliver(parcel(tom, "Thank you", keyboard="remove"))
    assert tom.keyboard is None


def test_an_answer_quotes_the_message_it_answers_unless_that_is_gone(desk: Desk, tom: Person) -> None:
    mine = tom.write("When?")
    desk.deliver(parcel(tom, "At 10", reply_to=str(mine)), parcel(tom, "Or 11", reply_to="999999"))
    assert [shown.reply_to for shown in tom.chat[-2:]] == [mine, None]


def test_a_menu_edits_itself_in_place(desk: Desk, tom: Person) -> None:
    ((_, ids),) = desk.deliver(parcel(tom, "Menu", buttons=BUTTONS))
    ((outcome, again),) = desk.deliver(parcel(tom, "Repairs", "edit", ids, buttons=BUTTONS[:1]))
    assert (outcome.outcome, again) == ("sent", ids)
    assert said(tom) == ["Repairs"]
    assert tom.chat[-1].labels == ["Yes"]


def test_an_edit_that_changes_nothing_counts_as_sent(desk: Desk, tom: Person) -> None:
    ((_, ids),) = desk.deliver(parcel(tom, "Menu", buttons=BUTTONS))
    assert desk.deliver(parcel(tom, "Menu", "edit", ids, buttons=BUTTONS)) == [(Outcome("sent"), ids)]


def test_what_cannot_be_edited_is_sent_anew(desk: Desk, tom: Person) -> None:
    ((outcome, ids),) = desk.deliver(parcel(tom, "Menu", "edit", (999_999,), buttons=BUTTONS))
    assert outcome.outcome == "sent"
    assert ids == (tom.chat[-1].message_id,)
    assert said(tom) == ["Menu"]


@pytest.mark.parametrize("old", [{"files": [photo()]}, {"text": "Menu"}])
def test_the_old_buttons_go_when_the_new_message_is_sent_apart(
    desk: Desk, tom: Person, old: dict[str, Any]
) -> None:
    ((_, ids),) = desk.deliver(parcel(tom, buttons=BUTTONS, **old))
    new = "Long. " * 900 if "text" in old else "Repairs"
    desk.deliver(parcel(tom, new, "edit", ids, buttons=BUTTONS))
    shown = [shown for shown in tom.chat if shown.by == "bot"]
    assert [bool(one.buttons) for one in shown] == [False] * (len(shown) - 1) + [True]
    assert len(shown) >= 2


def test_an_edit_without_a_target_is_a_message(desk: Desk, tom: Person) -> None:
    desk.deliver(parcel(tom, "Menu", "edit"))
    assert said(tom) == ["Menu"]


def test_stripping_takes_the_buttons_and_leaves_the_text(desk: Desk, tom: Person) -> None:
    ((_, ids),) = desk.deliver(parcel(tom, "Menu", buttons=BUTTONS))
    twice = desk.deliver(parcel(tom, "", "strip", (*ids, 999_999)), parcel(tom, "", "strip", ids))
    assert [outcome.outcome for outcome, _ in twice] == ["sent", "sent"]
    assert (said(tom), tom.chat[-1].labels) == (["Menu"], [])


def test_deleting_takes_back_what_is_still_there(desk: Desk, tom: Person) -> None:
    sent = desk.deliver(
        parcel(tom, "One"), {**parcel(tom, "Two"), "id": 2}, {**parcel(tom, "Three"), "id": 3}
    )
    ids = tuple(message for _, messages in sent for message in messages)
    desk.deliver(parcel(tom, "", "delete", (*ids[:2], 999_999)))
    assert said(tom) == ["Three"]
    again = desk.deliver(parcel(tom, "", "delete", ids[2:]), parcel(tom, "", "delete", ids[2:]))
    assert [outcome.outcome for outcome, _ in again] == ["sent", "sent"]
    assert said(tom) == []


def test_what_is_too_old_to_delete_keeps_nothing_else_from_going(desk: Desk, tom: Person) -> None:
    ((_, ids),) = desk.deliver(parcel(tom, "One"))
    desk.fake.faults.add("400:Bad Request: message can't be deleted", method="deleteMessages", chat=tom)
    ((outcome, _),) = desk.deliver(parcel(tom, "", "delete", (*ids, 999_999)))
    assert outcome.outcome == "sent"
    assert said(tom) == []


def test_a_blocked_and_a_deleted_account_are_told_apart(desk: Desk, fake: FakeTelegram) -> None:
    people = [fake.person("Ann"), fake.person("Ben")]
    for person in people:
        person.start()
    people[0].block()
    people[1].deactivate()
    outcomes = desk.deliver(*(parcel(person, "Hello") for person in people))
    assert [outcome.reason for outcome, _ in outcomes] == ["blocked", "deactivated"]
    assert desk.deliver(parcel(424242, "Hello"))[0][0] == Outcome("dead", "gone")


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("429", Outcome("retry", "flood", 2.0)),
        ("502", Outcome("retry", "server")),
        ("500", Outcome("retry", "server")),
        ("401", Outcome("retry", "token", 30.0)),
        ("drop", Outcome("retry", "unconfirmed")),
        ("lost_answer", Outcome("retry", "unconfirmed")),
        ("400:Bad Request: BUTTON_TYPE_INVALID", Outcome("dead", "refused: Button_type_invalid")),
    ],
)
def test_trouble_becomes_an_outcome(desk: Desk, tom: Person, fault: str, outcome: Outcome) -> None:
    desk.fake.faults.add(fault, chat=tom, method="sendMessage", retry_after=2)
    assert desk.deliver(parcel(tom, "Hello")) == [(outcome, ())]
    assert desk.held == ([(tom.id, 2.0)] if fault == "429" else [])


def test_without_a_connection_nothing_can_have_been_sent(fake: FakeTelegram, tom: Person) -> None:
    desk = Desk(fake, f"http://127.0.0.1:{free_port()}")
    assert desk.deliver(parcel(tom, "Hello")) == [(Outcome("retry", "network"), ())]


def test_an_answer_that_takes_too_long_is_unconfirmed(desk: Desk, tom: Person) -> None:
    desk.fake.faults.add("delay:5", chat=tom)
    assert desk.deliver(parcel(tom, "Hello"), seconds=0.2) == [(Outcome("retry", "unconfirmed"), ())]


def test_a_retry_goes_on_after_the_parts_that_went_out(desk: Desk, tom: Person) -> None:
    text = "Line of words.\n" * 700
    desk.fake.faults.add("delay:0", chat=tom, method="sendMessage")  # the first part passes
    desk.fake.faults.add("502", chat=tom, method="sendMessage")
    (first, _), (second, ids) = desk.deliver(parcel(tom, text), parcel(tom, text))
    assert (first.outcome, second.outcome, len(ids)) == ("retry", "sent", 3)
    assert "\n".join(said(tom)) == text.strip()


def test_a_group_that_became_a_supergroup_is_told_with_its_new_id(desk: Desk, fake: FakeTelegram) -> None:
    ann = fake.person("Ann")
    group = fake.group("Tower 3", [ann])
    old = group.id
    new = group.migrate()
    assert desk.deliver(parcel(old, "Hello")) == [(Outcome("retry", "migrated", 0.05, new), ())]


@pytest.mark.parametrize(
    ("failure", "attempt", "outcome"),
    [
        (BackendDown(None, "away"), 1, Outcome("retry", "network")),
        (BackendDown(404, "no such file"), 1, Outcome("retry", "network")),
        (BackendDown(404, "no such file"), 5, Outcome("dead", "refused: the file is no longer there")),
        (BackendRefused(422, "odd"), 1, Outcome("dead", "refused: file: odd")),
    ],
)
def test_a_file_the_backend_cannot_give(
    desk: Desk, tom: Person, failure: Exception, attempt: int, outcome: Outcome
) -> None:
    desk.files.failure = failure
    assert desk.deliver({**parcel(tom, "", files=[photo()]), "attempt": attempt}) == [(outcome, ())]


def test_a_file_beyond_what_bots_may_send_is_refused_unread(desk: Desk, tom: Person) -> None:
    huge = {"id": "none", "kind": "document", "name": "a.zip", "size": 51 * 1024 * 1024}
    ((outcome, _),) = desk.deliver(parcel(tom, "", files=[huge]))
    assert outcome == Outcome("dead", "refused: file is too big to send")


def test_a_message_without_anything_to_show_is_done(desk: Desk, tom: Person) -> None:
    assert desk.deliver(parcel(tom, " \u200b")) == [(Outcome("sent"), ())]
    assert said(tom) == []


def test_what_was_sent_is_forgotten_after_ten_minutes() -> None:
    moments = iter([0.0, 1.0, 700.0, 700.0])
    progress = Progress(lambda: next(moments))
    progress.of("a")[0] = (5,)
    assert progress.of("a") == {0: (5,)}
    progress.of("b")
    assert not progress.knows("a")
    assert progress.of("a") == {}
