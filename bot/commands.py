"""What a person sees of the bot before writing: its commands, its descriptions, the menu button.

Said in English by default and in Chinese to Chinese clients; told to Telegram at start, and only what is
not yet so. Commands stay Latin: Telegram allows nothing else, and nobody needs them.
"""

from collections.abc import Sequence
from typing import Final

import structlog
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands
from telegram.error import TelegramError

from locales import N_, t

COMMANDS: Final = (
    ("menu", N_("Show the services")),
    ("status", N_("See your requests")),
    ("human", N_("Talk to the butler")),
    ("lang", N_("Change the language (Chinese or English)")),
    ("help", N_("See what I can do")),
)
DESCRIPTION: Final = N_(
    "I am the butler service of your home. Report a repair, ask a question, book a service or make a "
    "complaint, in your own words, in Chinese or English. A person reads along and looks after what you ask "
    "for.\n\nIn danger, please call 119, 110 or 120 first."
)
SHORT_DESCRIPTION: Final = N_("The butler service of your home, in Chinese and English, day and night.")
#: Telegram's two-letter code ("" for everybody else) -> our language
LANGUAGES: Final = {"": "en", "zh": "zh"}
SCOPE: Final = BotCommandScopeAllPrivateChats()
log: Final = structlog.stdlib.get_logger(__name__)


async def introduce(bot: Bot) -> bool:
    """Tell Telegram what is not yet so; return whether all is said. What fails is logged and left."""
    try:
        for code, language in LANGUAGES.items():
            await _commands(bot, code, language)
            await _descriptions(bot, code, language)
        await _menu_button(bot)
    except TelegramError as error:
        log.warning("commands not told", because=type(error).__name__)
        return False
    return True


def commands_in(language: str) -> list[BotCommand]:
    return [BotCommand(name, t(language, about)) for name, about in COMMANDS]


async def _commands(bot: Bot, code: str, language: str) -> None:
    wanted, asked = commands_in(language), code or None
    there: Sequence[BotCommand] = await bot.get_my_commands(SCOPE, language_code=asked)
    if list(there) != wanted:
        await bot.set_my_commands(wanted, SCOPE, language_code=asked)


async def _descriptions(bot: Bot, code: str, language: str) -> None:
    asked = code or None
    long, short = t(language, DESCRIPTION), t(language, SHORT_DESCRIPTION)
    if (await bot.get_my_description(asked)).description != long:
        await bot.set_my_description(long, asked)
    if (await bot.get_my_short_description(asked)).short_description != short:
        await bot.set_my_short_description(short, asked)


async def _menu_button(bot: Bot) -> None:
    wanted = MenuButtonCommands()
    if (await bot.get_chat_menu_button()).type != wanted.type:
        await bot.set_chat_menu_button(menu_button=wanted)
