"""A message of the backend becomes Bot API calls, in both languages."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ports import Button, File, Message, read_parcel
from bot.render import Call, as_edit, keyboard_rows, method_for, render, width, words
from bot.splitting import units

PHOTO = File("p", "photo", "a.jpg", 9, "image/jpeg")
VOICE = File("v", "voice", "a.ogg", 9, "audio/ogg")


def one(**fields: Any) -> Call:
    (call,) = render(Message(**fields))
    return call


def methods(calls: tuple[Call, ...]) -> list[str]:
    return [call.method for call in calls]


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in keyboard_rows(message)]


def buttons(*names: str) -> tuple[Button, ...]:
    return tuple(Button(name, f"7.{i}") for i, name in enumerate(names))


def test_what_the_bot_says_goes_out_as_it_is() -> None:
    call = one(text="1 < 2 & <b>so</b>", kind="menu")
    assert (call.method, call.text, call.markup) == ("sendMessage", "1 < 2 & <b>so</b>", None)


@pytest.mark.parametrize(
    ("language", "name", "first"), [("zh", "王丽", "王丽："), ("en", "Wang Li", "Wang Li:")]
)
def test_a_butlers_words_stand_below_the_butlers_name(language: str, name: str, first: str) -> None:
    call = one(author="butler", name=name, language=language, text="<b>ok</b>\n2", kind="opened")
    assert call.text == f"{first}\n<b>ok</b>\n2"
    assert call.markup is None


def test_a_butlers_file_without_words_has_the_name_for_a_caption() -> None:
    assert words(Message(author="butler", name="王丽", language="zh")) == "王丽："


@pytest.mark.parametrize("kind", ["read_back", "read_back_change", "emergency", "opened", "complaint_opened"])
def test_the_first_line_of_what_is_registered_is_bold(kind: str) -> None:
    call = one(kind=kind, text="Is <this> right?\nTap & drip")
    assert call.markup == "<b>Is &lt;this&gt; right?</b>\nTap &amp; drip"
    assert call.text == "Is <this> right?\nTap & drip"


def test_of_a_single_line_the_first_sentence_is_the_heading() -> None:
    call = one(kind="opened", text="已经为您登记为 #1001：厨房漏水。王丽会在今天 12:00 前答复您。")
    assert call.markup == "<b>已经为您登记为 #1001：厨房漏水。</b>王丽会在今天 12:00 前答复您。"


@pytest.mark.parametrize("text", ["One sentence only.", "好的。我们来看。"])
def test_a_text_without_a_heading_stays_plain(text: str) -> None:
    assert one(kind="opened", text=text).markup is None


def test_a_long_text_is_sent_in_parts_with_the_quote_first_and_the_buttons_last() -> None:
    text = "<b>&😀 a sentence. " * 300
    calls = render(Message(text=text, kind="read_back", buttons=buttons("Yes"), reply_to=5))
    assert "".join(call.text for call in calls) == text
    assert all(units(call.text) <= 4096 for call in calls)
    assert [call.reply_to for call in calls] == [5, None]
    assert [bool(call.rows) for call in calls] == [False, True]
    assert [call.markup is not None for call in calls] == [True, False]


@given(st.text(max_size=200))
def test_no_empty_text_is_ever_sent(text: str) -> None:
    assert all(call.text.strip() for call in render(Message(text=text)))


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200d", "\x00\x07"])
def test_nothing_visible_is_not_sent(text: str) -> None:
    assert render(Message(text=text, buttons=buttons("Yes"))) == ()
    assert one(text=text, files=(PHOTO,)).text == ""


def test_half_a_surrogate_pair_and_control_signs_do_not_reach_telegram() -> None:
    assert one(text="a\ud83db\x00\r\nc").text == "a\ufffdb\nc"


def test_a_photo_bears_the_text_as_its_caption_and_the_buttons() -> None:
    call = one(text="See", files=(PHOTO,), buttons=buttons("Yes"))
    assert (call.method, call.text, bool(call.rows)) == ("sendPhoto", "See", True)


def test_a_text_too_long_for_a_caption_goes_before_the_photo() -> None:
    calls = render(Message(text="好" * 1025, files=(PHOTO,), buttons=buttons("Yes")))
    assert methods(calls) == ["sendMessage", "sendPhoto"]
    assert [bool(call.rows) for call in calls] == [False, True]
    assert calls[1].text == ""


def test_several_photos_are_an_album_with_one_caption() -> None:
    call = one(text="See", files=(PHOTO, replace(PHOTO, id="q")))
    assert (call.method, call.text, call.cost) == ("sendMediaGroup", "See", 2)


def test_buttons_cannot_stand_on_an_album_so_the_text_follows_it() -> None:
    calls = render(Message(text="See", files=(PHOTO, PHOTO), buttons=buttons("Yes")))
    assert methods(calls) == ["sendMediaGroup", "sendMessage"]
    assert calls[1].rows


def test_photos_go_in_tens() -> None:
    photos = tuple(replace(PHOTO, id=i) for i in range(21))
    calls = render(Message(text="See", files=photos))
    assert methods(calls) == ["sendMessage", "sendMediaGroup", "sendMediaGroup", "sendPhoto"]
    assert [call.cost for call in calls] == [1, 10, 10, 1]


@pytest.mark.parametrize(
    ("file", "method"),
    [
        (PHOTO, "sendPhoto"),
        (File("p", "photo", "a.heic", 9, "image/heic"), "sendDocument"),
        (File("p", "photo", "a.png", 11 * 1024 * 1024, "image/png"), "sendDocument"),
        (VOICE, "sendVoice"),
        (File("v", "voice", "a.m4a", 9, "audio/mp4"), "sendDocument"),
        (File("v", "voice", "a.OGA", 9), "sendVoice"),
        (File("v", "video", "a.mp4", 9, "video/mp4"), "sendVideo"),
        (File("d", "document", "合同.pdf", 9), "sendDocument"),
    ],
)
def test_each_file_goes_the_way_telegram_takes_it(file: File, method: str) -> None:
    assert method_for(file) == method


def test_a_photo_and_a_voice_note_with_words_are_three_messages() -> None:
    calls = render(Message(text="Listen", files=(VOICE, PHOTO)))
    assert methods(calls) == ["sendMessage", "sendPhoto", "sendVoice"]


def test_short_labels_of_a_list_stand_in_two_columns_with_the_way_back_below() -> None:
    names = ["维修", "保洁", "费用", "投诉", "返回"]
    assert labels(Message(style="list", buttons=buttons(*names))) == [names[:2], names[2:4], ["返回"]]


def test_one_long_label_puts_a_list_into_one_column() -> None:
    names = ["Repairs", "Moving in and moving out", "Talk to a person", "Back"]
    message = Message(style="list", buttons=buttons(*names))
    assert labels(message) == [names[:1], names[1:2], names[2:]]


def test_a_list_is_never_longer_than_eight_rows_and_the_way_back() -> None:
    names = [f"A rather long service name {i}" for i in range(16)]
    assert len(labels(Message(style="list", buttons=buttons(*names, "Back")))) == 9


def test_choices_stand_side_by_side_as_far_as_they_fit() -> None:
    assert labels(Message(buttons=buttons("Yes", "No", "Later", "Back"))) == [
        ["Yes", "No", "Later"],
        ["Back"],
    ]
    long = ["对，就是这样", "我想改一下时间", "不需要了，谢谢您"]
    assert labels(Message(buttons=buttons(*long))) == [long[:2], long[2:]]
    very_long = "A label that is wider than a whole row can be"
    assert labels(Message(buttons=buttons("Yes", very_long, "No"))) == [["Yes"], [very_long], ["No"]]


def test_a_button_that_telegram_would_refuse_is_left_out() -> None:
    odd = (Button(" ", "7.0"), Button("No data", ""), Button("Long", "好" * 22), Button("Fine", "7.3"))
    assert labels(Message(buttons=odd)) == [["Fine"]]


def test_widths_count_chinese_signs_and_emoji_twice() -> None:
    assert (width("ab"), width("维修"), width("😀!")) == (2, 4, 3)


def test_the_contact_button_stands_under_the_text() -> None:
    call = one(text="Please share your number", keyboard=("contact", "Share my number"))
    assert call.keyboard == ("contact", "Share my number")
    assert as_edit((call,), 5) is None


def test_inline_buttons_win_over_a_reply_keyboard() -> None:
    call = one(text="Thanks", keyboard="remove", buttons=buttons("Menu"))
    assert call.rows
    assert call.keyboard is None
    first, last = render(Message(text="好" * 5000, keyboard="remove", buttons=buttons("Menu")))
    assert (first.keyboard, bool(first.rows)) == ("remove", False)
    assert (last.keyboard, bool(last.rows)) == (None, True)


def test_only_one_text_can_be_shown_in_place_of_another() -> None:
    edit = as_edit(render(Message(text="New", buttons=buttons("Back"), reply_to=3)), 9)
    assert edit is not None
    assert (edit.method, edit.target, edit.reply_to, bool(edit.rows)) == ("editMessageText", 9, None, True)
    assert as_edit(render(Message(text="好" * 5000)), 9) is None
    assert as_edit(render(Message(text="See", files=(PHOTO,))), 9) is None


def test_a_parcel_is_read_with_all_its_parts() -> None:
    parcel = read_parcel(
        {
            "id": 3, "account": "1", "chat": "-42", "op": "edit", "targets": ["5", "6"], "attempt": 2,
            "urgent": True,
            "message": {
                "seq": 1, "author": "butler", "name": "王丽", "kind": None, "language": "zh", "text": "好",
                "style": "list", "buttons": [{"label": "是", "value": "1.0"}],
                "keyboard": {"contact": "号码"},
                "reply_to": "4", "files": [{"id": "f", "kind": "photo", "name": "a.jpg", "size": 3,
                                            "content_type": "image/jpeg"}],
            },
        }
    )  # fmt: skip
    assert (parcel.chat, parcel.op, parcel.targets, parcel.attempt) == (-42, "edit", (5, 6), 2)
    message = parcel.message
    assert (message.keyboard, message.reply_to, message.kind) == (("contact", "号码"), 4, "")
    assert message.files == (File("f", "photo", "a.jpg", 3, "image/jpeg"),)
    assert message.buttons == (Button("是", "1.0"),)


@pytest.mark.parametrize(
    "item", [{}, {"id": 1, "chat": "x"}, {"id": 1, "chat": "1", "op": "dance"}, {"id": 1, "chat": None}]
)
def test_a_parcel_without_sense_is_refused(item: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"parcel|invalid literal"):
        read_parcel(item)
