"""What is answered at once, without the conversation: taps get their sign, groups one sentence.

Best effort: a person whose tap is stored must not wait for its sign, nor lose anything when it fails.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.config import BotConfig
from bot.heartbeat import Health
from bot.updates import foreign_tap, is_calling
from locales import LANGUAGES, N_, pick_locale, t

#: seconds between two sentences in one group
QUIET: Final = 60.0
#: answers under way at the same time; more taps than that find theirs stored, without a sign
MOST: Final = 200
NOT_YOURS: Final = N_("This button is not yours.")
PRIVATE_ONLY: Final = N_("I talk in private only. Please write to me here: {link}")
PRIVATE_ONLY_UNNAMED: Final = N_("I talk in private only. Please write to me in a private chat.")
log: Final = structlog.stdlib.get_logger(__name__)

#: a call of the Bot API: its name under "method", and its parameters
Call = dict[str, Any]


class Etiquette:
    """Decides what is answered at once; remembers where something was said lately."""

    def __init__(self, config: BotConfig, health: Health, now: Callable[[], float] = time.monotonic) -> None:
        self._account, self._health, self._now = config.account, health, now
        self._said: dict[int, float] = {}

    def answer(self, update: Update) -> Call | None:
        """Return the call that answers ``update`` at once, or None."""
        if update.callback_query:
            return _tap_answer(update)
        chat = update.effective_chat
        if chat is None or not is_calling(update, self._account, self._health.username):
            return None
        return self._group_answer(chat.id)

    def _group_answer(self, chat: int) -> Call | None:
        now = self._now()
        self._said = {other: at for other, at in self._said.items() if now - at < QUIET}
        if chat in self._said:
            return None
        self._said[chat] = now
        name = self._health.username
        sentence, values = (
            (PRIVATE_ONLY, {"link": f"https://t.me/{name}"}) if name else (PRIVATE_ONLY_UNNAMED, {})
        )
        words = "\n".join(t(language, sentence, **values) for language in LANGUAGES)
        return {"method": "sendMessage", "chat_id": chat, "text": words}


def _tap_answer(update: Update) -> Call | None:
    tap = update.callback_query
    if tap is None:
        return None
    answer: Call = {"method": "answerCallbackQuery", "callback_query_id": tap.id}
    if foreign_tap(update):
        answer["text"] = t(pick_locale(tap.from_user.language_code), NOT_YOURS)
    return answer


class Manners:
    """Makes these answers beside everything else, in the loop of the poller."""

    def __init__(self, bot: Bot, etiquette: Etiquette) -> None:
        self._bot, self._etiquette = bot, etiquette
        self._under_way: set[asyncio.Task[None]] = set()

    def after(self, update: Update) -> None:
        """Answer ``update``, which is stored; returns at once."""
        call = self._etiquette.answer(update)
        if call is None or len(self._under_way) >= MOST:
            return
        task = asyncio.create_task(_attempt(self._make(call)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self, seconds: float = 0.5) -> None:
        """Let what is under way end, for ``seconds`` at most."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _make(self, call: Call) -> Coroutine[Any, Any, object]:
        if call["method"] == "sendMessage":
            return self._bot.send_message(call["chat_id"], call["text"])
        return self._bot.answer_callback_query(call["callback_query_id"], text=call.get("text"))


async def _attempt(call: Coroutine[Any, Any, object]) -> None:
    try:
        await call
    except TelegramError as error:  # "query is too old" among others: the tap itself is stored
        log.debug("not answered at once", because=type(error).__name__)
