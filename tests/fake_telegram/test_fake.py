"""The fake against an unmodified python-telegram-bot: what the other tests rely on is itself tested here."""

import asyncio
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonCommands,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import (
    ChatMigrated,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.library import bot_at, keyboard, picture, refusal, run
from tests.fake_telegram.markup import parse, units


def test_a_message_is_shown_with_its_formatting_and_its_buttons(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> Message:
        markup = keyboard("Repairs", "Back")
        return await bot.send_message(tom.id, "<b>Tom</b> &amp; <i>you</i>", "HTML", reply_markup=markup)

    sent = run(fake, work)
    seen = tom.wait_for("Tom & you")
    assert seen.message_id == sent.message_id
    assert seen.labels == ["Repairs", "Back"]
    assert [(entity["type"], entity["length"]) for entity in seen.entities] == [("bold", 3), ("italic", 3)]
    assert seen.parse_mode == "HTML"
    assert fake.calls[-1].params["chat_id"] == str(tom.id)


def test_what_is_too_long_or_badly_formed_is_refused_in_telegrams_words(
    fake: FakeTelegram, tom: Person
) -> None:
    async def work(bot: Bot) -> None:
        async def text(words: str, **more: Any) -> str:
            return await refusal(bot.send_message(tom.id, words, **more))

        assert await text("x" * 4097) == "Message is too long"
        assert await text("😀" * 2049) == "Message is too long"
        assert await text("") == "Message text is empty"
        assert 'unsupported start tag "flat" at byte offset 3' in await text("在<flat>", parse_mode="HTML")
        assert 'can\'t find end tag corresponding to start tag "b"' in await text("<b>x", parse_mode="HTML")
        assert 'expected "</i>", found "</b>"' in await text("<b><i>x</b></i>", parse_mode="HTML")
        assert "unexpected end tag" in await text("x</b>", parse_mode="HTML")
        assert await text("x", reply_markup=keyboard("在" * 22)) == "Button_data_invalid"
        assert await text("x", reply_parameters=ReplyParameters(9999)) == "Message to be replied not found"
        await bot.send_message(tom.id, "<b>" + "x" * 4096 + "</b>", parse_mode="HTML")
        await bot.send_message(tom.id, "x", reply_markup=keyboard("在" * 21))
        assert "caption is too long" in await refusal(bot.send_photo(tom.id, picture(), "x" * 1025))
        assert "Chat not found" in await refusal(bot.send_message(77, "x"))

    run(fake, work)


def test_an_edit_that_changes_nothing_and_one_of_a_lost_message_are_refused(
    fake: FakeTelegram, tom: Person
) -> None:
    async def work(bot: Bot) -> None:
        sent = await bot.send_message(tom.id, "Menu", reply_markup=keyboard("A"))
        same = bot.edit_message_text("Menu", tom.id, sent.message_id, reply_markup=keyboard("A"))
        assert "message is not modified" in (await refusal(same)).lower()
        await bot.edit_message_reply_markup(tom.id, sent.message_id)
        assert tom.chat[-1].buttons == []
        assert not tom.chat[-1].edited
        assert await refusal(bot.edit_message_caption(tom.id, sent.message_id, caption="x")) == (
            "There is no caption in the message to edit"
        )
        await bot.delete_message(tom.id, sent.message_id)
        lost = bot.edit_message_text("x", tom.id, sent.message_id)
        assert await refusal(lost) == "Message to edit not found"
        assert await refusal(bot.delete_message(tom.id, sent.message_id)) == "Message to delete not found"
        own = tom.write("mine")
        assert await refusal(bot.edit_message_text("x", tom.id, own)) == "Message can't be edited"

    run(fake, work)


def test_photos_come_in_sizes_and_go_out_as_bytes(fake: FakeTelegram, tom: Person) -> None:
    data = picture()
    tom.photo(data, "the leak")

    async def work(bot: Bot) -> None:
        message = (await bot.get_updates())[-1].message
        assert message is not None
        assert message.caption == "the leak"
        assert [size.width for size in message.photo] == [90, 320, 800, 1600]
        assert bytes(await (await message.photo[-1].get_file()).download_as_bytearray()) == data
        small = await (await message.photo[0].get_file()).download_as_bytearray()
        assert len(small) < len(data)
        sent = await bot.send_photo(tom.id, data, "here it is")
        await bot.send_photo(tom.id, sent.photo[-1].file_id)
        assert "image_process_failed" in (await refusal(bot.send_photo(tom.id, b"no picture"))).lower()
        await bot.send_document(tom.id, b"%PDF-1.4", filename="rules.pdf")
        await bot.send_voice(tom.id, b"OggS")
        await bot.send_video(tom.id, b"....ftyp")

    run(fake, work)
    assert [file.kind for message in tom.chat for file in message.files] == [
        *["photo"] * 3,
        "document",
        "voice",
        "video",
    ]
    assert tom.chat[2].files[0].data == data
    assert tom.chat[-3].files[0].name == "rules.pdf"


def test_a_file_beyond_20_mb_is_declared_but_not_given(fake: FakeTelegram, tom: Person) -> None:
    tom.document("plan.zip", 21 * 1024 * 1024)
    tom.video(3_000_000)

    async def work(bot: Bot) -> int:
        *_, large, video = await bot.get_updates()
        assert large.message is not None
        assert large.message.document is not None
        assert await refusal(large.message.document.get_file()) == "File is too big"
        assert video.message is not None
        assert video.message.video is not None
        file = await video.message.video.get_file()
        data = await file.download_as_bytearray()
        fake.skip(3601)
        assert "Not Found" in await refusal(file.download_as_bytearray(), InvalidToken)
        return len(data)

    assert run(fake, work) == 3_000_000


def test_albums_have_two_to_ten_parts_both_ways(fake: FakeTelegram, tom: Person) -> None:
    tom.album([picture(400, 300), picture(300, 400)], "two views")

    async def work(bot: Bot) -> None:
        *_, one, two = [update.message for update in await bot.get_updates()]
        assert one is not None
        assert two is not None
        assert one.media_group_id == two.media_group_id
        assert (one.caption, two.caption) == ("two views", None)
        sent = await bot.send_media_group(tom.id, [InputMediaPhoto(picture(), caption="a")] * 2)
        assert len(sent) == 2
        await refusal(bot.send_media_group(tom.id, [InputMediaPhoto(picture())] * 11))
        mixed: list[InputMediaPhoto | InputMediaDocument] = [
            InputMediaPhoto(picture()),
            InputMediaDocument(b"x", filename="x.txt"),
        ]
        assert "album" in await refusal(bot.send_media_group(tom.id, mixed))

    run(fake, work)
    assert len({message.album for message in tom.chat[-2:]}) == 1


def test_commands_and_texts_belong_to_a_scope_and_a_language(fake: FakeTelegram, tom: Person) -> None:
    li = fake.person("李", "zh-hans")

    async def work(bot: Bot) -> None:
        scope = BotCommandScopeAllPrivateChats()
        await bot.set_my_commands([BotCommand("menu", "All services")])
        await bot.set_my_commands([BotCommand("menu", "全部服务")], scope, "zh")
        assert (await bot.get_my_commands(scope, "zh"))[0].description == "全部服务"
        assert "language code" in await refusal(
            bot.set_my_commands([BotCommand("menu", "x")], language_code="zh-hans")
        )
        assert await refusal(bot.set_my_commands([("Menu", "x")])) == "Bot_command_invalid"
        await bot.set_my_description("I am your butler.")
        await bot.set_my_description("我是您的管家。", "zh")
        await bot.set_my_short_description("Butler")
        await bot.set_my_name("Guanjia")
        assert (await bot.get_my_description("zh")).description == "我是您的管家。"
        assert (await bot.get_my_name()).name == "Guanjia"
        assert (await bot.get_my_short_description()).short_description == "Butler"
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        assert isinstance(await bot.get_chat_menu_button(tom.id), MenuButtonCommands)
        await bot.delete_my_commands(scope, "zh")

    run(fake, work)
    assert tom.commands == li.commands == [("menu", "All services")]
    assert (tom.description, li.description) == ("I am your butler.", "我是您的管家。")


def test_a_contact_key_shares_ones_own_number(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> None:
        keys = ReplyKeyboardMarkup([[KeyboardButton("Share my number", request_contact=True)], ["No"]])
        await bot.send_message(tom.id, "May I have your number?", reply_markup=keys)
        tom.press("Share my number")
        tom.contact(own=False, phone="+44 20 7946 0000")
        assert tom.keyboard is not None
        own, other = [update.message for update in (await bot.get_updates())[-2:]]
        assert own is not None
        assert own.contact is not None
        assert own.contact.user_id == tom.id
        assert other is not None
        assert other.contact is not None
        assert other.contact.user_id is None
        await bot.send_message(tom.id, "Thank you.", reply_markup=ReplyKeyboardRemove())

    run(fake, work)
    assert tom.keyboard is None


def test_every_kind_of_message_is_read_by_the_library(fake: FakeTelegram, tom: Person) -> None:
    number = tom.write("Tom's flat /menu")
    tom.reply(number, "and more")
    tom.edit(number, "Tom's flat, please")
    tom.sticker()
    tom.poll()
    tom.location(31.2, 121.4, "Gate 2")
    tom.voice(b"OggS")
    tom.send({"dice": {"emoji": "🎲", "value": 3}})

    async def work(bot: Bot) -> None:
        await bot.send_chat_action(tom.id, "typing")
        assert tom.is_typing
        _, _, reply, edit, sticker, poll, place, voice, _ = await bot.get_updates()
        assert reply.message is not None
        assert reply.message.reply_to_message is not None
        assert reply.message.reply_to_message.message_id == number
        assert edit.edited_message is not None
        assert sticker.effective_message is not None
        assert poll.effective_message is not None
        assert poll.effective_message.poll is not None
        assert place.effective_message is not None
        assert place.effective_message.venue is not None
        assert voice.effective_message is not None
        full = await bot.get_chat(tom.id)
        assert full.first_name == "Tom"
        forwarded = await bot.forward_message(tom.id, tom.id, number)
        assert forwarded.forward_origin is not None
        await bot.copy_message(tom.id, tom.id, number)
        await bot.send_contact(tom.id, "+862112345678", "Front desk")
        await bot.send_location(tom.id, 31.2, 121.4)
        await bot.delete_messages(tom.id, [number, 9999])

    run(fake, work)
    assert not tom.is_typing
    assert fake.unknown_methods == []


def test_who_blocks_the_bot_is_out_of_reach_until_the_return(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> list[str]:
        tom.block()
        assert "bot was blocked by the user" in await refusal(bot.send_message(tom.id, "x"), Forbidden)
        tom.start()
        await bot.send_message(tom.id, "Welcome back.")
        tom.deactivate()
        assert "user is deactivated" in await refusal(bot.send_message(tom.id, "x"), Forbidden)
        states = [update.my_chat_member for update in await bot.get_updates()]
        return [state.new_chat_member.status for state in states if state]

    assert run(fake, work) == ["kicked", "member"]


def test_a_group_that_grows_answers_with_its_new_id(fake: FakeTelegram, tom: Person) -> None:
    ann = fake.person("Ann")
    group = fake.group("Tower 3", [tom, ann])

    async def work(bot: Bot) -> None:
        await bot.send_message(group.id, "Menu", reply_markup=keyboard("Repairs"))
        group.write(ann, "only among us")
        group.write(ann, "/menu")
        group.as_(ann).press("Repairs")
        old, new = group.id, group.migrate()
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(old, "x")
        assert caught.value.new_chat_id == new
        await bot.send_message(new, "x")
        texts = [update.message.text for update in await bot.get_updates() if update.message]
        assert texts == ["/start DEMO-TENANT", "/menu", None, None]

    run(fake, work)
    assert group.chat[-1].text == "x"


def test_a_wrong_token_and_an_unknown_method_are_refused(fake: FakeTelegram, tom: Person) -> None:
    async def work() -> None:
        for token in ("1000001:WRONG", "999"):
            async with bot_at(fake, token) as bot:
                await bot.get_me()

    with pytest.raises(InvalidToken):
        asyncio.run(work())

    async def call(bot: Bot) -> str:
        return await refusal(bot.send_game(tom.id, "chess"), TelegramError)

    run(fake, call)
    assert fake.unknown_methods == ["sendGame"]


def test_units_and_html_are_counted_as_telegram_counts_them() -> None:
    assert [units(text) for text in ("abc", "在家", "😀", "")] == [3, 2, 2, 0]
    text, entities = parse('😀<a href="https://e.org/?a=1&amp;b=2">x</a>&lt;b&gt; &nbsp;', "HTML")
    assert text == "😀x<b> &nbsp;"
    assert entities == [{"offset": 2, "length": 1, "type": "text_link", "url": "https://e.org/?a=1&b=2"}]
