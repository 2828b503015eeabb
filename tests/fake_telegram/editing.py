"""Methods that change or take back what stands in a chat, and the answer to a tap."""

from typing import Any, Final

from tests.fake_telegram.errors import NOT_MODIFIED, QUERY_TOO_OLD, bad
from tests.fake_telegram.markup import inline_keyboard, sent_caption, sent_text, units
from tests.fake_telegram.methods import method
from tests.fake_telegram.params import Params
from tests.fake_telegram.state import Bot, Chat, Message, World

MOST_ANSWER: Final = 200
DELETE_SECONDS: Final = 48 * 3600
ANSWER_SECONDS: Final = 150
_REACTIONS = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤️‍🔥 🌚 🌭 💯 "
    "🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 "
    "☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂️ 🤷 🤷‍♀️ 😡"
)
REACTIONS: Final = frozenset(_REACTIONS.split())


@method("editMessageText", is_paced=True)
def edit_text(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    content = sent_text(params)
    chat, message = _own(world, bot, params)
    if "text" not in message.body:
        raise bad("there is no text in the message to edit")
    message.parse_mode = params.text("parse_mode")
    return _change(world, chat, message, params, content, ("text", "entities"))


@method("editMessageCaption", is_paced=True)
def edit_caption(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    content = sent_caption(params)
    chat, message = _own(world, bot, params)
    if not any(kind in message.body for kind in ("photo", "video", "document", "voice")):
        raise bad("there is no caption in the message to edit")
    return _change(world, chat, message, params, content, ("caption", "caption_entities"))


@method("editMessageReplyMarkup", is_paced=True)
def edit_reply_markup(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    chat, message = _own(world, bot, params)
    return _change(world, chat, message, params, {}, ())


def _own(world: World, bot: Bot, params: Params) -> tuple[Chat, Message]:
    chat = world.writable(bot, params.text("chat_id"))
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if message.sender != bot.id or "forward_origin" in message.body:
        raise bad("message can't be edited")
    return chat, message


def _change(
    world: World,
    chat: Chat,
    message: Message,
    params: Params,
    content: dict[str, Any],
    replaced: tuple[str, ...],
) -> dict[str, Any]:
    """Put new content in place of the old; a keyboard that is not sent again goes away."""
    keyboard = inline_keyboard(params.json("reply_markup"))
    gone = (*replaced, "reply_markup", "edit_date")
    before = {name: value for name, value in message.body.items() if name != "edit_date"}
    after = {name: value for name, value in message.body.items() if name not in gone} | content
    if keyboard:
        after["reply_markup"] = keyboard
    if after == before:
        raise bad(NOT_MODIFIED)
    message.body = after | {"edit_date": int(world.now())}
    message.is_edited = message.is_edited or bool(replaced)
    message.changed = chat.touch()
    return message.body


@method("deleteMessage")
def delete_message(world: World, bot: Bot, params: Params) -> bool:
    chat = world.writable(bot, params.text("chat_id"))
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("message to delete not found")
    _check_deletable(world, bot, chat, message)
    world.drop(chat, message.id)
    return True


@method("deleteMessages")
def delete_messages(world: World, bot: Bot, params: Params) -> bool:
    chat = world.writable(bot, params.text("chat_id"))
    numbers = params.json("message_ids")
    if not isinstance(numbers, list) or not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > 100:
        raise bad("too many message identifiers specified")
    found = [chat.messages[number] for number in numbers if number in chat.messages]
    for message in found:
        _check_deletable(world, bot, chat, message)
    for message in found:
        world.drop(chat, message.id)
    return True


def _check_deletable(world: World, bot: Bot, chat: Chat, message: Message) -> None:
    if chat.kind != "private" and message.sender != bot.id:
        raise bad("message can't be deleted")
    if world.now() - message.sent_at > DELETE_SECONDS:
        raise bad("message can't be deleted for everyone")


@method("answerCallbackQuery")
def answer_callback_query(world: World, bot: Bot, params: Params) -> bool:
    tap = world.taps.get(params.text("callback_query_id"))
    is_late = tap is not None and world.now() - tap.pressed_at > ANSWER_SECONDS
    if tap is None or is_late or tap.chat.bot is not bot or tap.answer is not None:
        raise bad(QUERY_TOO_OLD)
    text = params.text("text")
    if units(text) > MOST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    tap.answer, tap.is_alert = text, params.flag("show_alert")
    tap.chat.touch()
    return True


@method("setMessageReaction")
def set_message_reaction(world: World, bot: Bot, params: Params) -> bool:
    chat = world.writable(bot, params.text("chat_id"))
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("message to react not found")
    given = params.json("reaction") or []
    if not isinstance(given, list) or len(given) > 1:
        raise bad("REACTIONS_TOO_MANY")
    emoji = [str(one.get("emoji", "")) if isinstance(one, dict) else "" for one in given]
    if not REACTIONS.issuperset(emoji):
        raise bad("REACTION_INVALID")
    message.reactions[bot.id] = emoji
    message.changed = chat.touch()
    return True
