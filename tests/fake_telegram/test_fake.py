"""The fake against an unmodified python-telegram-bot: what the other tests rely on is itself tested here."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from io import BytesIO
from time import monotonic
from typing import Any

import pytest
from aiohttp import web
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonCommands,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.markup import parse, units
from tests.server import free_port

Work = Callable[[Bot], Coroutine[Any, Any, Any]]


@pytest.fixture(autouse=True)
def _seconds_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library warns about its old form of retry_after; warnings are errors here."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def fake() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture
def tom(fake: FakeTelegram) -> Person:
    person = fake.person("Tom", "en-GB")
    person.start("DEMO-TENANT")
    return person


@asynccontextmanager
async def bot_at(fake: FakeTelegram, token: str = "") -> AsyncIterator[Bot]:
    def request() -> HTTPXRequest:
        return HTTPXRequest(connection_pool_size=8, httpx_kwargs={"trust_env": False})

    async with Bot(
        token or fake.token,
        base_url=f"{fake.url}/bot",
        base_file_url=f"{fake.url}/file/bot",
        request=request(),
        get_updates_request=request(),
    ) as bot:
        yield bot


def run(fake: FakeTelegram, work: Work) -> Any:
    async def whole() -> Any:
        async with bot_at(fake) as bot:
            return await work(bot)

    return asyncio.run(whole())


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(one, callback_data=one.lower())] for one in labels])


def picture(width: int = 1600, height: int = 900) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG")
    return out.getvalue()


async def refusal(call: Coroutine[Any, Any, Any], kind: type[TelegramError] = BadRequest) -> str:
    with pytest.raises(kind) as caught:
        await call
    return str(caught.value)


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


def test_a_poll_is_held_until_something_comes_and_confirms_by_its_offset(
    fake: FakeTelegram, tom: Person
) -> None:
    async def work(bot: Bot) -> float:
        (first,) = await bot.get_updates(timeout=5)
        assert (await bot.get_updates(timeout=5))[0].update_id == first.update_id
        began = monotonic()
        asyncio.get_running_loop().call_later(0.2, tom.write, "later")
        (second,) = await bot.get_updates(first.update_id + 1, timeout=5)
        assert second.message is not None
        assert second.message.text == "later"
        await bot.get_updates(second.update_id + 1)
        return monotonic() - began

    assert 0.15 < run(fake, work) < 2
    assert fake.pending == 0


def test_a_second_poller_ends_the_first_and_a_webhook_ends_both(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> None:
        (one,) = await bot.get_updates()
        first = asyncio.create_task(refusal(bot.get_updates(one.update_id + 1, timeout=5), Conflict))
        fake.wait_calls(1, "getUpdates")
        await asyncio.to_thread(fake.wait_calls, 2, "getUpdates", which=lambda call: True)
        second = asyncio.create_task(refusal(bot.get_updates(one.update_id + 1, timeout=5), Conflict))
        assert "terminated by other getUpdates request" in await first
        await asyncio.to_thread(fake.wait_calls, 3, "getUpdates", which=lambda call: True)
        await bot.set_webhook("https://example.com/hook")
        assert "terminated by setWebhook request" in await second
        assert "can't use getUpdates method while webhook is active" in await refusal(
            bot.get_updates(), Conflict
        )

    run(fake, work)


def test_a_tap_hears_its_answer_once(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> str | None:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        pressed = asyncio.create_task(asyncio.to_thread(tom.tap, "repairs"))
        await asyncio.to_thread(tom.wait, lambda chat: fake.updates("callback_query"))
        query = (await bot.get_updates(allowed_updates=[]))[-1].callback_query
        assert query is not None
        assert query.data == "repairs"
        await query.answer("Opening")
        assert "query is too old" in (await refusal(query.answer("again"))).lower()
        await query.edit_message_text("Which room?", reply_markup=keyboard("Kitchen"))
        return await pressed

    assert run(fake, work) == "Opening"
    assert tom.chat[-1].labels == ["Kitchen"]
    with pytest.raises(LookupError, match="no button 'Repairs' is shown"):
        tom.press("Repairs")


def test_a_late_answer_to_a_tap_is_refused_and_a_late_tap_is_dropped(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> None:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        number = tom.press("Repairs")
        fake.skip(151)
        assert "query is too old" in (await refusal(bot.answer_callback_query(number))).lower()
        assert [update.callback_query for update in await bot.get_updates()] == [None]

    run(fake, work)


def test_a_tap_can_overtake_the_message_before_it(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> list[str]:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        with fake.hold_messages(tom):
            tom.write("it drips")
            tom.press("Repairs")
        return [("tap" if u.callback_query else "message") for u in await bot.get_updates()]

    assert run(fake, work) == ["message", "tap", "message"]


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
        mixed = [InputMediaPhoto(picture()), InputMediaDocument(b"x", filename="x.txt")]
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


def test_reactions_come_only_when_they_are_asked_for(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> list[Update]:
        sent = await bot.send_message(tom.id, "Done.")
        tom.react(sent.message_id, "👍")
        await bot.get_updates(allowed_updates=["message", "message_reaction"])
        tom.react(sent.message_id, "❤")
        await bot.set_message_reaction(tom.id, tom.chat[0].message_id, "👀")
        assert await refusal(bot.set_message_reaction(tom.id, sent.message_id, "🚰")) == "Reaction_invalid"
        return list(await bot.get_updates())

    reaction = run(fake, work)[-1].message_reaction
    assert reaction is not None
    assert [len(reaction.old_reaction), reaction.new_reaction[0].emoji] == [1, "❤"]
    assert tom.chat[0].reactions == ["👀"]
    assert len(fake.updates("message_reaction")) == 1


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


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", RetryAfter),
        ("403", Forbidden),
        ("401", InvalidToken),
        ("502", NetworkError),
        ("drop", NetworkError),
        ("lost_answer", NetworkError),
        ("400:chat not found", BadRequest),
    ],
)
def test_a_fault_strikes_its_method_and_chat_as_often_as_asked(
    fake: FakeTelegram, tom: Person, kind: str, error: type[TelegramError]
) -> None:
    ann = fake.person("Ann")
    ann.start()
    fault = fake.faults.add(kind, method="sendMessage", chat=tom, times=2, retry_after=7)

    async def work(bot: Bot) -> None:
        for _ in range(2):
            await refusal(bot.send_message(tom.id, "x"), error)
            await bot.send_message(ann.id, "x")
        await bot.send_message(tom.id, "x")

    run(fake, work)
    assert fault.hits == 2
    assert sum(message.by == "bot" for message in tom.chat) == (3 if kind == "lost_answer" else 1)
    assert [call.answered for call in fake.calls_of("sendMessage", ann)] == [200, 200]


def test_a_delay_delays_its_chat_alone(fake: FakeTelegram, tom: Person) -> None:
    ann = fake.person("Ann")
    ann.start()
    fake.faults.add("delay:0.3", chat=tom)

    async def work(bot: Bot) -> None:
        await asyncio.gather(*(bot.send_message(one.id, "x") for one in (tom, ann)))

    run(fake, work)
    (slow,), (quick,) = fake.calls_of("sendMessage", tom), fake.calls_of("sendMessage", ann)
    assert slow.done is not None
    assert quick.done is not None
    assert slow.done - slow.at >= 0.3 > quick.done - quick.at


def test_the_pacing_limits_hold_per_chat_when_they_are_on(fake: FakeTelegram, tom: Person) -> None:
    ann = fake.person("Ann")
    ann.start()
    fake.limits = True

    async def work(bot: Bot) -> None:
        for _ in range(3):
            await bot.send_message(tom.id, "x")
        await refusal(bot.send_message(tom.id, "x"), RetryAfter)
        await bot.send_message(ann.id, "x")

    run(fake, work)
    assert fake.calls[-2].error == "Too Many Requests: retry after 1"


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


class Hook:
    """A webhook that notes what comes and answers as it is told."""

    def __init__(self, *answers: web.Response) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[float, int, str]] = []
        self.arrived = asyncio.Condition()
        self.gate: asyncio.Event | None = None
        self.most = self.inside = 0

    async def take(self, request: web.Request) -> web.Response:
        said = json.loads(await request.read())
        self.inside += 1
        self.most = max(self.most, self.inside)
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        self.seen.append((monotonic(), said["update_id"], secret))
        async with self.arrived:
            self.arrived.notify_all()
        if self.gate is not None:
            await self.gate.wait()
        self.inside -= 1
        return self.answers.pop(0) if self.answers else web.Response()

    async def wait(self, count: int) -> None:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.seen) >= count)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        application = web.Application()
        application.router.add_post("/hook", self.take)
        runner = web.AppRunner(application)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}/hook"
        await runner.cleanup()


def test_a_webhook_is_called_again_until_it_takes_the_update(fake: FakeTelegram, tom: Person) -> None:
    reply = {"method": "sendMessage", "chat_id": tom.id, "text": "Said in the answer."}

    async def work(bot: Bot) -> None:
        hook = Hook(web.Response(status=500), web.Response(status=503), web.json_response(reply))
        async with hook.served() as url:
            await bot.set_webhook(url, secret_token="s3cret_-", max_connections=4)
            await hook.wait(3)
            await asyncio.to_thread(tom.wait_for, "Said in the answer.")
            times = [at for at, _, _ in hook.seen]
            assert times[1] - times[0] >= 0.2
            assert times[2] - times[1] >= 0.4
            assert {(number, secret) for _, number, secret in hook.seen} == {
                (fake.updates()[0].id, "s3cret_-")
            }
            assert "503" in ((await bot.get_webhook_info()).last_error_message or "")
            fake.redeliver(fake.updates()[0].id)
            await hook.wait(4)
            assert hook.seen[3][1] == hook.seen[0][1]
            await bot.delete_webhook()
        assert [attempt.status for attempt in fake.webhook.attempts] == []
        assert "unallowed characters" in await refusal(bot.set_webhook(url, secret_token="not allowed"))
        assert "https url must" in await refusal(bot.set_webhook("http://example.com/hook"))

    run(fake, work)


def test_a_webhook_gets_one_update_per_lane_and_several_lanes_at_once(
    fake: FakeTelegram, tom: Person
) -> None:
    ann = fake.person("Ann")

    async def work(bot: Bot) -> None:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        hook = Hook()
        hook.gate = asyncio.Event()
        async with hook.served() as url:
            await bot.set_webhook(url)
            tom.write("second")
            ann.start()
            tom.press("Repairs")
            await hook.wait(3)
            assert hook.most == 3
            hook.gate.set()
            await hook.wait(4)
            async with asyncio.timeout(5):
                while fake.pending:
                    await asyncio.sleep(0.01)
            lanes = {attempt.lane[0] for attempt in fake.webhook.attempts}
            assert lanes == {"message", "tap"}

    run(fake, work)


def test_many_writers_at_once_lose_nothing_and_keep_their_order(fake: FakeTelegram) -> None:
    people = [fake.person(f"P{number}") for number in range(8)]

    def write(person: Person) -> None:
        for number in range(50):
            person.write(str(number))

    async def work(bot: Bot) -> list[Update]:
        taken: list[Update] = []
        while len(taken) < 400:
            offset = taken[-1].update_id + 1 if taken else 0
            taken += await bot.get_updates(offset, timeout=5)
        return taken

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(write, person) for person in people]
        taken = run(fake, work)
        for job in jobs:
            job.result()
    for person in people:
        texts = [one.message.text for one in taken if one.message and one.message.chat.id == person.id]
        assert texts == [str(number) for number in range(50)]


def test_units_and_html_are_counted_as_telegram_counts_them() -> None:
    assert [units(text) for text in ("abc", "在家", "😀", "")] == [3, 2, 2, 0]
    text, entities = parse('😀<a href="https://e.org/?a=1&amp;b=2">x</a>&lt;b&gt; &nbsp;', "HTML")
    assert text == "😀x<b> &nbsp;"
    assert entities == [{"offset": 2, "length": 1, "type": "text_link", "url": "https://e.org/?a=1&b=2"}]
