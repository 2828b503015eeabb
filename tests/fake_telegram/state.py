"""What the server remembers: bots, people, chats, messages, taps, calls. One lock guards it all."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Condition, RLock
from typing import Any

from tests.fake_telegram.errors import ApiError, bad
from tests.fake_telegram.faults import Faults, Pacing
from tests.fake_telegram.files import Files


@dataclass(slots=True)
class User:
    """Somebody with an account: a person or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False
    is_deactivated: bool = False

    def body(self) -> dict[str, Any]:
        said = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        optional = {"last_name": self.last_name, "username": self.username, "language_code": self.language}
        return said | {name: value for name, value in optional.items() if value}


@dataclass(slots=True, eq=False)
class Message:
    """One message of a chat. ``body`` is never changed in place: updates that were handed out keep theirs."""

    id: int
    sender: int
    body: dict[str, Any]
    made: int
    changed: int
    sent_at: float
    keyboard: dict[str, Any] | None = None
    parse_mode: str = ""
    is_edited: bool = False
    reactions: dict[int, list[str]] = field(default_factory=dict)


class Chat:
    """A private chat or a group, as both sides see it; ``changed`` is notified at every change."""

    def __init__(self, bot: "Bot", number: int, kind: str, title: str, lock: RLock) -> None:
        self.bot = bot
        self.id = number
        self.kind = kind
        self.title = title
        self.members: dict[int, User] = {}
        self.messages: dict[int, Message] = {}
        self.changed = Condition(lock)
        self.sequence = 0
        self.is_open = kind != "private"
        self.is_blocked = False
        self.migrated_to = 0
        self.typing: tuple[str, float] | None = None
        self.next_message = 1

    def body(self) -> dict[str, Any]:
        """The chat as it stands in a message."""
        if self.kind != "private":
            return {"id": self.id, "type": self.kind, "title": self.title}
        user = self.members[self.id]
        said: dict[str, Any] = {"id": self.id, "type": "private", "first_name": user.first_name}
        optional = {"last_name": user.last_name, "username": user.username}
        return said | {name: value for name, value in optional.items() if value}

    def touch(self) -> int:
        """Count one change and wake everybody who waits for one."""
        self.sequence += 1
        self.changed.notify_all()
        return self.sequence


@dataclass(slots=True, eq=False)
class Tap:
    """One press of a button and what the bot answered to it."""

    id: str
    user: int
    chat: Chat
    data: str
    pressed_at: float
    answer: str | None = None
    is_alert: bool = False


@dataclass(slots=True, eq=False)
class Call:
    """One call of a bot: ``at`` and ``done`` in monotonic seconds, ``answered`` the HTTP status or None."""

    method: str
    bot: "Bot"
    chat: int | None
    raw: Any
    at: float
    done: float | None = None
    answered: int | None = None
    error: str | None = None
    result: Any = None

    @property
    def params(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.raw.shown()
        return shown


class Bot:
    """One bot account: its token, its profile, its chats and the updates that wait for it."""

    def __init__(self, number: int, username: str) -> None:
        self.id = number
        self.token = f"{number}:TEST-{sha256(str(number).encode()).hexdigest()[:30]}"
        self.user = User(number, username.replace("_", " ").title(), username=username, is_bot=True)
        self.chats: dict[int, Chat] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.menu_buttons: dict[int, dict[str, Any]] = {}
        self.reads_all = False
        self.is_revoked = False
        self.next_message = 100

    def body(self) -> dict[str, Any]:
        """The answer of getMe."""
        abilities = {"can_join_groups": True, "can_read_all_group_messages": self.reads_all}
        closed = {
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        return self.user.body() | abilities | closed


class World:
    """Everything. Hold ``lock`` to read or change it."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.bots: dict[str, Bot] = {}
        self.users: dict[int, User] = {}
        self.files = Files(self.now)
        self.taps: dict[str, Tap] = {}
        self.calls: list[Call] = []
        self.called = Condition(self.lock)
        self.unknown_methods: list[str] = []
        self.faults = Faults()
        self.pacing = Pacing()
        self.skipped = 0.0
        #: set by the delivery: (bot, kind, body, lane, seconds of life)
        self.push: Callable[[Bot, str, dict[str, Any], tuple[str, int], float], None] = lambda *_: None
        self._numbers = {
            "bot": 1_000_000,
            "user": 5_000_000,
            "group": -4_000_000,
            "super": -1_001_000_000_000,
        }

    def now(self) -> float:
        """The server's time (Unix seconds), moved on by ``FakeTelegram.skip``."""
        return time.time() + self.skipped

    def number(self, kind: str) -> int:
        step = 1 if self._numbers[kind] > 0 else -1
        self._numbers[kind] += step
        return self._numbers[kind]

    def chat_of(self, bot: Bot, given: str) -> Chat:
        """The chat a call names, when the bot may write to it. Raises the refusals a real bot meets."""
        if not given:
            raise bad("chat_id is empty")
        try:
            chat = bot.chats.get(int(given))
        except ValueError:
            chat = None
        if chat is None or not chat.is_open:
            raise bad("chat not found")
        if chat.migrated_to:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        return chat

    def writable(self, bot: Bot, given: str) -> Chat:
        """Like ``chat_of``; also refuses where the person blocked the bot or is gone."""
        chat = self.chat_of(bot, given)
        if chat.kind == "private" and chat.members[chat.id].is_deactivated:
            raise ApiError(403, "Forbidden: user is deactivated")
        if chat.is_blocked:
            where = {"private": "bot was blocked by the user", "group": "bot was kicked from the group chat"}
            reason = where.get(chat.kind, "bot was kicked from the supergroup chat")
            raise ApiError(403, f"Forbidden: {reason}")
        return chat

    def add(self, chat: Chat, sender: User, content: dict[str, Any]) -> Message:
        """Put a message into a chat. Private chats and basic groups share the bot's row of ids."""
        if chat.kind == "supergroup":
            chat.next_message += 1
            number = chat.next_message
        else:
            chat.bot.next_message += 1
            number = chat.bot.next_message
        now = self.now()
        body = {"message_id": number, "from": sender.body(), "chat": chat.body(), "date": int(now), **content}
        made = chat.touch()
        message = Message(number, sender.id, body, made, made, now)
        chat.messages[number] = message
        return message

    def quoted(self, chat: Chat, number: int) -> dict[str, Any]:
        """The message that is answered, as it stands in the answer: one level deep."""
        return {k: v for k, v in chat.messages[number].body.items() if k != "reply_to_message"}

    def drop(self, chat: Chat, number: int) -> None:
        del chat.messages[number]
        chat.touch()

    def calls_of(self, method: str | None, chat: int | None) -> Iterator[Call]:
        for call in self.calls:
            if method in (None, call.method) and chat in (None, call.chat):
                yield call
