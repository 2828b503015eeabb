"""Methods about the bot itself and about chats: names, descriptions, commands, menu button, files."""

import re
from typing import Any, Final

from tests.fake_telegram.errors import bad
from tests.fake_telegram.methods import method
from tests.fake_telegram.params import Params
from tests.fake_telegram.state import Bot, Chat, World

COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE: Final = re.compile(r"[a-z]{2}")
PLAIN_SCOPES: Final = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES: Final = ("chat", "chat_administrators", "chat_member")
#: method suffix -> (member, longest, the refusal)
TEXTS: Final = {
    "Name": ("name", 64, "bot name is too long"),
    "Description": ("description", 512, "bot description is too long"),
    "ShortDescription": ("short_description", 120, "bot short description is too long"),
}


@method("getMe")
def get_me(_: World, bot: Bot, __: Params) -> dict[str, Any]:
    return bot.body()


def _language(params: Params) -> str:
    language = params.text("language_code")
    if language and not LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _scope(world: World, bot: Bot, params: Params) -> str:
    scope = params.json("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in PLAIN_SCOPES:
        return str(kind)
    if kind not in CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    chat = world.chat_of(bot, str(scope.get("chat_id", "")))
    if kind == "chat_administrators" and chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    return f"{kind}:{chat.id}" + (f":{scope.get('user_id')}" if kind == "chat_member" else "")


@method("setMyCommands")
def set_commands(world: World, bot: Bot, params: Params) -> bool:
    commands = params.json("commands")
    if not isinstance(commands, list):
        raise bad("can't parse commands JSON object")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    kept = [_command(command) for command in commands]
    bot.commands[_scope(world, bot, params), _language(params)] = kept
    return True


def _command(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name, description = str(given.get("command", "")).removeprefix("/"), str(given.get("description", ""))
    if not COMMAND.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


@method("getMyCommands")
def get_commands(world: World, bot: Bot, params: Params) -> list[dict[str, str]]:
    return bot.commands.get((_scope(world, bot, params), _language(params)), [])


@method("deleteMyCommands")
def delete_commands(world: World, bot: Bot, params: Params) -> bool:
    bot.commands.pop((_scope(world, bot, params), _language(params)), None)
    return True


def commands_shown(bot: Bot, chat: Chat, language: str) -> list[dict[str, str]]:
    """The commands the app offers in a chat: the narrowest scope wins, then the person's language."""
    wide = "all_private_chats" if chat.kind == "private" else "all_group_chats"
    for scope in (f"chat:{chat.id}", wide, "default"):
        for code in (language[:2].lower(), ""):
            if (scope, code) in bot.commands:
                return bot.commands[scope, code]
    return []


def text_shown(bot: Bot, member: str, language: str) -> str:
    """A name or description as a person of this language sees it."""
    return bot.profile.get((member, language[:2].lower())) or bot.profile.get((member, ""), "")


def _enter_texts(suffix: str, member: str, longest: int, refusal: str) -> None:
    def set_text(_: World, bot: Bot, params: Params) -> bool:
        text, language = params.text(member), _language(params)
        if len(text) > longest:
            raise bad(refusal)
        bot.profile[member, language] = text
        return True

    def get_text(_: World, bot: Bot, params: Params) -> dict[str, str]:
        usual = bot.user.first_name if member == "name" else ""
        return {member: text_shown(bot, member, _language(params)) or usual}

    method(f"setMy{suffix}")(set_text)
    method(f"getMy{suffix}")(get_text)


for _suffix, (_member, _longest, _refusal) in TEXTS.items():
    _enter_texts(_suffix, _member, _longest, _refusal)


@method("setChatMenuButton")
def set_menu_button(world: World, bot: Bot, params: Params) -> bool:
    button = params.json("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise bad("can't parse menu button: MenuButton has unsupported type")
    bot.menu_buttons[_menu_chat(world, bot, params)] = button
    return True


@method("getChatMenuButton")
def get_menu_button(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    own = bot.menu_buttons.get(_menu_chat(world, bot, params))
    return own or bot.menu_buttons.get(0) or {"type": "default"}


def _menu_chat(world: World, bot: Bot, params: Params) -> int:
    given = params.text("chat_id")
    return world.chat_of(bot, given).id if given else 0


@method("getFile")
def get_file(world: World, _: Bot, params: Params) -> dict[str, Any]:
    if not params.text("file_id"):
        raise bad("file_id not specified")
    return world.files.open(params.text("file_id"))


@method("getChat")
def get_chat(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    chat = world.chat_of(bot, params.text("chat_id"))
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        True,
    )
    return chat.body() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


@method("getChatMember")
def get_chat_member(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    chat = world.chat_of(bot, params.text("chat_id"))
    number = params.integer("user_id")
    if number == bot.id:
        return {"status": "left" if chat.is_blocked else "member", "user": bot.user.body()}
    if number not in chat.members:
        raise bad("user not found")
    return {"status": "member", "user": chat.members[number].body()}
