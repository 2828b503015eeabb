"""Every kind of update in the words of the channel's door."""

from typing import Any

import pytest

from bot.updates import bare, foreign_tap, inbound, is_calling, salvage
from tests.bot.telegram_json import ACCOUNT, BOT, DATE, GROUP, PRIVATE, TOM, member, message, tap, update

NAME = "guanjia_test_bot"
STICKER = {"file_id": "F", "file_unique_id": "F", "width": 1, "height": 1, "is_animated": False,
           "is_video": False, "type": "regular"}  # fmt: skip
POLL = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
        "allows_revoting": False, "members_only": False}  # fmt: skip


def said(**content: Any) -> dict[str, Any]:
    found = inbound(update(message(**content)), ACCOUNT)
    assert found is not None
    return found


def size(width: int, file_id: str) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "file_unique_id": file_id,
        "width": width,
        "height": width,
        "file_size": width,
    }


def file(file_id: str, **values: Any) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id, "file_size": 9, **values}


def test_words_come_with_who_wrote_them_where_and_when() -> None:
    assert said(text="The tap leaks <b>&") == {
        "channel": "telegram",
        "account": ACCOUNT,
        "chat": "5000001",
        "external_id": "5000001:42",
        "remote_id": "42",
        "text": "The tap leaks <b>&",
        "name": "Tom Baker",
        "language": "en-GB",
        "sent_at": "2026-03-11T01:00:00+00:00",
    }


def test_a_long_text_is_not_cut() -> None:
    assert len(said(text="水" * 4096)["text"]) == 4096


def test_a_person_without_a_language_or_last_name_is_a_person_too() -> None:
    raw = message(text="hi")
    raw["message"]["from"] = {"id": 5000001, "is_bot": False, "first_name": "Tom"}
    found = inbound(update(raw), ACCOUNT)
    assert found is not None
    assert found["name"] == "Tom"
    assert "language" not in found


def test_an_answer_names_the_message_it_answers() -> None:
    earlier = {"message_id": 40, "from": BOT, "chat": PRIVATE, "date": DATE, "text": "When?"}
    assert said(text="Tomorrow", reply_to_message=earlier)["reply_to"] == "40"


def test_a_tap_is_a_message_with_the_button_and_the_message_that_bears_it() -> None:
    found = inbound(update(tap("17.0")), ACCOUNT)
    assert found is not None
    assert found["external_id"] == "cb:4382bfdwdsb323b2d9"
    assert (found["button"], found["remote_id"], found["chat"]) == ("17.0", "41", "5000001")
    assert "kind" not in found


def test_a_tap_on_a_message_too_old_to_be_shown_is_still_a_tap() -> None:
    old = {"message_id": 41, "chat": PRIVATE, "date": 0}
    found = inbound(update(tap("9.1", message=old)), ACCOUNT)
    assert found is not None
    assert (found["button"], found["remote_id"]) == ("9.1", "41")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/menu", {"kind": "command", "command": "menu"}),
        ("/MENU", {"kind": "command", "command": "menu"}),
        ("/status@guanjia_test_bot", {"kind": "command", "command": "status"}),
        ("/lang zh", {"kind": "command", "command": "lang", "text": "zh"}),
        ("/human", {"kind": "command", "command": "human"}),
        ("/help", {"kind": "command", "command": "help"}),
        ("/start", {"kind": "start"}),
        ("/start DEMO-TENANT", {"kind": "start", "text": "DEMO-TENANT"}),
        ("/start e_QY", {"kind": "start", "estate": "QY"}),
        ("/start \x00<junk> e_", {"kind": "start", "text": "\x00<junk> e_"}),
        ("/price of a lamp", {"text": "/price of a lamp"}),
        ("/", {"text": "/"}),
        ("menu", {"text": "menu"}),
    ],
)
def test_our_commands_are_commands_and_all_others_are_words(text: str, expected: dict[str, str]) -> None:
    found = said(text=text)
    assert {key: found[key] for key in ("kind", "command", "text", "estate") if key in found} == expected


def test_of_a_photo_the_largest_size_is_taken_and_its_caption() -> None:
    found = said(photo=[size(90, "S"), size(1280, "L"), size(320, "M")], caption="Here", media_group_id="77")
    expected = {"remote_id": "L", "kind": "photo", "size": 1280, "content_type": "image/jpeg"}
    assert found["attachments"] == [expected]
    assert (found["text"], found["album"]) == ("Here", "77")


@pytest.mark.parametrize(
    ("content", "kind", "name", "content_type"),
    [
        ({"voice": file("F", duration=3, mime_type="audio/ogg")}, "voice", None, "audio/ogg"),
        ({"audio": file("F", duration=3, file_name="a.mp3", mime_type="audio/mpeg")}, "voice", "a.mp3",
         "audio/mpeg"),
        ({"video": file("F", width=1, height=1, duration=3, file_name="v.mp4")}, "video", "v.mp4",
         "video/mp4"),
        ({"video_note": file("F", length=1, duration=3)}, "video", None, "video/mp4"),
        ({"animation": file("F", width=1, height=1, duration=3), "document": file("F")}, "video", None,
         "video/mp4"),
        ({"document": file("F", file_name="bill.pdf", mime_type="application/pdf")}, "document", "bill.pdf",
         "application/pdf"),
        ({"document": file("F", file_name="a.HEIC", mime_type="image/heic")}, "photo", "a.HEIC",
         "image/heic"),
        ({"document": file("F", mime_type="video/quicktime")}, "video", None, "video/quicktime"),
        ({"document": file("F")}, "document", None, None),
    ],
)  # fmt: skip
def test_files_are_told_by_kind_name_and_size_and_fetched_later(
    content: dict[str, Any], kind: str, name: str | None, content_type: str | None
) -> None:
    (found,) = said(**content)["attachments"]
    assert (found["remote_id"], found["kind"], found["size"]) == ("F", kind, 9)
    assert (found.get("name"), found.get("content_type")) == (name, content_type)


def test_a_contact_is_ones_own_only_when_telegram_says_so() -> None:
    own = said(contact={"phone_number": "+8613800138000", "first_name": "Tom", "user_id": 5000001})
    assert own["kind"] == "contact"
    assert own["contact"] == {"is_own": True, "phone": "+8613800138000"}
    for user_id in ({"user_id": 5000002}, {}):
        other = said(contact={"phone_number": "+8613900139000", "first_name": "Li", **user_id})
        assert other["contact"] == {"is_own": False}, "somebody else's number goes no further"


def test_a_place_has_its_name_when_it_has_one() -> None:
    place = {"latitude": 30.25, "longitude": 120.125}
    assert said(location=place)["location"] == place
    venue = said(location=place, venue={"location": place, "title": "Gate 2", "address": "1 Lake Road"})
    assert (venue["kind"], venue["location"]) == ("location", {**place, "title": "Gate 2"})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"sticker": STICKER}, "sticker"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "sticker"),
        ({"poll": POLL}, "unsupported"),
        ({"story": {"chat": PRIVATE, "id": 3}}, "unsupported"),
        ({"game": {"title": "g", "description": "d", "photo": []}}, "unsupported"),
        ({"something_of_next_year": {"a": 1}}, "unsupported"),
    ],
)  # fmt: skip
def test_what_has_no_words_is_named_so_that_it_is_answered(content: dict[str, Any], kind: str) -> None:
    assert said(**content)["kind"] == kind


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": {"message_id": 3, "chat": PRIVATE, "date": DATE, "text": "x"}},
        {"new_chat_title": "x"},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 5}},
        {"delete_chat_photo": True},
    ],
)
def test_service_messages_are_nobodys_words(content: dict[str, Any]) -> None:
    assert inbound(update(message(**content)), ACCOUNT) is None


def test_an_edit_names_its_message_and_brings_the_new_words() -> None:
    raw = {"update_id": 9, "edited_message": {**message(text="Tuesday")["message"], "edit_date": DATE + 60}}
    found = inbound(update(raw), ACCOUNT)
    assert found is not None
    assert (found["external_id"], found["kind"], found["remote_id"]) == ("e:9", "edit", "42")
    assert (found["text"], found["sent_at"]) == ("Tuesday", "2026-03-11T01:01:00+00:00")


def test_an_edited_caption_is_an_edit_and_a_moving_location_is_none() -> None:
    raw = {"update_id": 9, "edited_message": message(photo=[size(9, "S")], caption="new")["message"]}
    found = inbound(update(raw), ACCOUNT)
    assert found is not None
    assert found["text"] == "new"
    moving = {"update_id": 9, "edited_message": message(location={"latitude": 1, "longitude": 2})["message"]}
    assert inbound(update(moving), ACCOUNT) is None


def test_reactions_are_the_persons_reactions_now() -> None:
    emoji, custom = {"type": "emoji", "emoji": "👍"}, {"type": "custom_emoji", "custom_emoji_id": "5"}
    for now, expected in (([emoji, custom], ["👍", "⭐"]), ([], [])):
        change = {"chat": PRIVATE, "message_id": 40, "user": TOM, "date": DATE}
        raw = {"update_id": 8, "message_reaction": {**change, "old_reaction": [], "new_reaction": now}}
        found = inbound(update(raw), ACCOUNT)
        assert found is not None
        assert (found["external_id"], found["kind"], found["remote_id"]) == ("r:8", "reaction", "40")
        assert found["reactions"] == expected


def test_blocking_the_bot_and_coming_back_are_told() -> None:
    gone = inbound(update(member("member", "kicked")), ACCOUNT)
    back = inbound(update(member("kicked", "member", 703)), ACCOUNT)
    assert gone is not None
    assert back is not None
    assert (gone["kind"], gone["external_id"]) == ("blocked", "s:702")
    assert (back["kind"], back["external_id"]) == ("returned", "s:703")


@pytest.mark.parametrize(
    "raw",
    [
        message(text="hello all", chat=GROUP),
        message(chat=GROUP, migrate_to_chat_id=-1009),
        tap(message={"message_id": 4, "from": BOT, "chat": GROUP, "date": DATE, "text": "x"}),
        member("left", "member", chat=GROUP),
        {
            "update_id": 5,
            "channel_post": {"message_id": 4, "chat": {**GROUP, "type": "channel"}, "date": DATE},
        },
        {"update_id": 5, "edited_message": message(text="x", chat=GROUP)["message"]},
        {"update_id": 5, "an_update_of_next_year": {"a": 1}},
    ],
)
def test_nothing_is_stored_from_groups_channels_and_unknown_updates(raw: dict[str, Any]) -> None:
    assert inbound(update(raw), ACCOUNT) is None


def test_the_same_update_has_the_same_key() -> None:
    raw = message(text="x")
    assert inbound(update(raw), ACCOUNT) == inbound(update(raw), ACCOUNT)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (message(text="/menu", chat=GROUP), True),
        (message(text="/menu@guanjia_test_bot", chat=GROUP), True),
        (message(text="/menu@another_bot", chat=GROUP), False),
        (message(text="ask @Guanjia_Test_Bot, please", chat=GROUP), True),
        (message(text="good morning", chat=GROUP), False),
        (message(text="/menu"), False),
        (message(text="ok", chat=GROUP, reply_to_message={"message_id": 1, "date": DATE, "chat": GROUP,
                                                          "from": BOT, "text": "x"}), True),
        (member("left", "member", chat=GROUP), True),
        (member("member", "member", chat=GROUP), False),
        (member("member", "left", chat=GROUP), False),
        (message(chat=GROUP, migrate_to_chat_id=-1009), False),
    ],
)  # fmt: skip
def test_a_group_is_answered_when_it_speaks_to_the_bot(raw: dict[str, Any], expected: bool) -> None:
    assert is_calling(update(raw), ACCOUNT, NAME) is expected


def test_a_tap_outside_a_private_chat_belongs_to_nobody() -> None:
    shown = {"message_id": 4, "from": BOT, "chat": GROUP, "date": DATE, "text": "x"}
    assert foreign_tap(update(tap(message=shown))) is not None
    assert foreign_tap(update(tap())) is None


def test_what_the_library_cannot_read_is_answered_in_a_private_chat_only() -> None:
    broken = {"update_id": 1, "message": {"message_id": 7, "chat": {"id": 5000001, "type": "private"}}}
    found = salvage(broken, ACCOUNT)
    assert found is not None
    assert (found["external_id"], found["kind"]) == ("5000001:7", "unsupported")
    for raw in ({"update_id": 1}, {"message": {"message_id": "x"}}, message(text="x", chat=GROUP)):
        assert salvage(raw, ACCOUNT) is None


def test_a_bare_message_keeps_its_key_and_nothing_it_said() -> None:
    kept = bare(said(text="poison"))
    assert kept == {
        "channel": "telegram",
        "account": ACCOUNT,
        "chat": "5000001",
        "external_id": "5000001:42",
        "kind": "unsupported",
    }
