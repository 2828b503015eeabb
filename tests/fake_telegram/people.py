"""The person's side: write, tap, send, edit, block; and read the chat as the person sees it."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Literal, TypeVar

from tests.fake_telegram import shown as view
from tests.fake_telegram.delivery import DAY, TAP_LIFE, Delivery
from tests.fake_telegram.editing import REACTIONS
from tests.fake_telegram.markup import MOST_TEXT, person_entities, units
from tests.fake_telegram.profile import commands_shown, text_shown
from tests.fake_telegram.sending import described
from tests.fake_telegram.shown import Button, Key, Shown
from tests.fake_telegram.state import Bot, Chat, Message, Tap, User, World

Found = TypeVar("Found")
#: seconds after which what a test waits for is looked at again, where nothing happens in the chat
LOOK = 0.1


class Mark(int):
    """A moment in a chat; what changed later is newer."""


class Seat:
    """One person in one chat. Every action returns the message's id, unless it says otherwise."""

    def __init__(self, world: World, delivery: Delivery, user: User, room: Chat) -> None:
        self._world = world
        self._delivery = delivery
        self.user = user
        self.room = room

    @property
    def id(self) -> int:
        """The id of the chat (of a private chat: also the person's)."""
        return self.room.id

    @property
    def bot(self) -> Bot:
        return self.room.bot

    # --- sending -------------------------------------------------------------------------------------------

    def write(self, text: str, *, reply_to: int | None = None) -> int:
        """Write; like the app, a text beyond 4,096 units goes in several (the last id is returned)."""
        if not text.strip():
            raise ValueError("an empty message cannot be sent")
        number = 0
        for part in _parts(text.strip()):
            entities = person_entities(part)
            number = self.send({"text": part} | ({"entities": entities} if entities else {}), reply_to)
        return number

    def reply(self, message_id: int, text: str) -> int:
        return self.write(text, reply_to=message_id)

    def send(self, content: dict[str, Any], reply_to: int | None = None) -> int:
        """Send any content as the Bot API words it, such as ``{"dice": {"emoji": "🎲", "value": 3}}``."""
        with self._world.lock:
            if self.room.is_blocked or self.user.is_deactivated:
                raise ValueError("who blocked the bot cannot write to it")
            self.room.is_open = True
            if reply_to is not None:
                content = content | {"reply_to_message": self._world.quoted(self.room, reply_to)}
            message = self._world.add(self.room, self.user, content)
            self._tell("message", message)
        return message.id

    def photo(self, data: bytes | int, caption: str = "") -> int:
        """A photo by its bytes (several sizes, the last is the largest), or declared by its size."""
        return self.send({"photo": self._world.files.photo(data)} | _caption(caption))

    def album(self, photos: Sequence[bytes | int], caption: str = "") -> list[int]:
        """Several photos with one media_group_id; only the first has the caption. Returns all ids."""
        group = {"media_group_id": str(self._world.number("user") * 1000)}
        made = [{"photo": self._world.files.photo(data)} | group for data in photos]
        return [self.send(one | _caption(caption if at == 0 else "")) for at, one in enumerate(made)]

    def voice(self, data: bytes | int, caption: str = "") -> int:
        return self.send(described(self._world, "voice", data) | _caption(caption))

    def document(self, name: str, data: bytes | int, caption: str = "", content_type: str = "") -> int:
        return self.send(described(self._world, "document", data, name, content_type) | _caption(caption))

    def video(self, data: bytes | int, caption: str = "", name: str = "video.mp4") -> int:
        return self.send(described(self._world, "video", data, name) | _caption(caption))

    def sticker(self, emoji: str = "👍") -> int:
        file = self._world.files.add("sticker", b"RIFF....WEBPVP8 ", "", "image/webp").body()
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self.send({"sticker": file | kind | {"emoji": emoji}})

    def poll(self, question: str = "Shall we?", options: Sequence[str] = ("Yes", "No")) -> int:
        flags = {
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
        choices = [{"text": option, "voter_count": 0, "persistent_id": option} for option in options]
        said = {"id": str(self._world.number("user")), "question": question, "options": choices}
        return self.send({"poll": said | {"total_voter_count": 0} | flags})

    def contact(self, *, own: bool = True, phone: str | None = None) -> int:
        """Send a contact: one's own (as the contact button does), or somebody else's."""
        number = phone if phone is not None else f"+86138{self.user.id:08d}"
        if own:
            card = {"first_name": self.user.first_name, "user_id": self.user.id}
        else:
            card = {"first_name": "Somebody Else"}
        return self.send({"contact": {"phone_number": number} | card})

    def location(self, latitude: float, longitude: float, title: str = "") -> int:
        point = {"latitude": latitude, "longitude": longitude}
        if not title:
            return self.send({"location": point})
        return self.send({"location": point, "venue": {"location": point, "title": title, "address": title}})

    def edit(self, message_id: int, text: str) -> int:
        """Edit one's own message: its text, or the caption of a file."""
        with self._world.lock:
            message = self._message(message_id)
            if message.sender != self.user.id:
                raise ValueError("only one's own messages can be edited")
            name = "text" if "text" in message.body else "caption"
            kept = {k: v for k, v in message.body.items() if k not in ("entities", "caption_entities")}
            message.body = kept | {name: text, "edit_date": int(self._world.now())}
            message.is_edited, message.changed = True, self.room.touch()
            self._tell("edited_message", message)
        return message_id

    def delete(self, message_id: int) -> None:
        """Delete a message: Telegram never tells the bot."""
        with self._world.lock:
            self._world.drop(self.room, self._message(message_id).id)

    def react(self, message_id: int, *emoji: str) -> None:
        """Set one's reactions to a message; none takes them back."""
        given = [one for one in emoji if one]
        if not REACTIONS.issuperset(given):
            raise ValueError(f"Telegram offers no such reaction: {given}")
        with self._world.lock:
            message = self._message(message_id)
            old = message.reactions.get(self.user.id, [])
            message.reactions[self.user.id] = given
            message.changed = self.room.touch()
            said = {
                "chat": self.room.body(),
                "message_id": message_id,
                "user": self.user.body(),
                "date": int(self._world.now()),
                "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
                "new_reaction": [{"type": "emoji", "emoji": one} for one in given],
            }
            self._world.push(self.bot, "message_reaction", said, ("reaction", self.room.id), DAY)

    # --- taps ----------------------------------------------------------------------------------------------

    def press(self, label: str, *, message_id: int | None = None) -> str:
        """Press a button the chat really shows (its label or data; the last message that has it) and go on.

        Returns the id of the tap, or "" where a key of the reply keyboard was pressed, which writes its text.
        Raises LookupError when no message shows such a button.
        """
        with self._world.lock:
            found = self._find_button(label, message_id)
            if found is not None:
                message, button = found
                return self._tap(message, button.data)
            for key in (key for row in self.keyboard or [] for key in row if message_id is None):
                if key.label == label:
                    self._strike(key)
                    return ""
            seen = [button for message in self.chat for button in message.labels]
        raise LookupError(f"no button {label!r} is shown; there are {seen}")

    def tap(self, label: str, *, message_id: int | None = None, timeout: float = 5.0) -> str | None:
        """Press a button and wait for the answer: its text ("" for none), None when none came in time."""
        return self.answer_to(self.press(label, message_id=message_id), timeout)

    def forge(self, data: str, *, message_id: int | None = None, timeout: float = 5.0) -> str | None:
        """A tap with data that no button has, on any message (else the bot's last); answer as in ``tap``."""
        with self._world.lock:
            own = [message for message in self.room.messages.values() if message.sender == self.bot.id]
            if message_id is None and not own:
                raise LookupError("the bot has written nothing yet")
            number = self._tap(own[-1] if message_id is None else self._message(message_id), data)
        return self.answer_to(number, timeout)

    def answer_to(self, tap_id: str, timeout: float = 5.0) -> str | None:
        """What the bot answered to a tap; waits. None at once while the lane of taps is held back."""
        if not tap_id:
            return None
        tap = self._world.taps[tap_id]
        with self._world.lock:
            if self._delivery.is_held(("tap", self.user.id)):
                return tap.answer
            self.room.changed.wait_for(lambda: tap.answer is not None, timeout)
            return tap.answer

    def _find_button(self, label: str, message_id: int | None) -> tuple[Message, Button] | None:
        for message in reversed(self.chat):
            if message_id in (None, message.message_id):
                for button in (button for row in message.buttons for button in row):
                    if button.data and label in (button.label, button.data):
                        return self.room.messages[message.message_id], button
        return None

    def _tap(self, message: Message, data: str) -> str:
        now = self._world.now()
        number = str((self.user.id << 32) + len(self._world.taps) + 1)
        self._world.taps[number] = Tap(number, self.user.id, self.room, data, now)
        said = {"id": number, "from": self.user.body(), "chat_instance": str(abs(self.room.id) * 7919)}
        said |= {"message": message.body, "data": data}
        self._world.push(self.bot, "callback_query", said, ("tap", self.user.id), TAP_LIFE)
        self.room.changed.notify_all()
        return number

    def _strike(self, key: Key) -> None:
        if key.asks_contact:
            self.contact()
        elif key.asks_location:
            self.location(31.23, 121.47)
        else:
            self.write(key.label)

    # --- reading -------------------------------------------------------------------------------------------

    @property
    def chat(self) -> list[Shown]:
        """All messages that stand in the chat, in order."""
        with self._world.lock:
            files = self._world.files
            return [view.shown(one, self.room, self.user.id, files) for one in self.room.messages.values()]

    @property
    def keyboard(self) -> list[list[Key]] | None:
        """The reply keyboard that is open now."""
        with self._world.lock:
            for message in reversed(self.room.messages.values()):
                shown: list[list[Key]] | Literal["remove"] | None = view.keys(message.keyboard)
                if shown is not None:
                    return None if shown == "remove" else shown
        return None

    @property
    def is_typing(self) -> bool:
        """Whether the bot shows an action: for 5 s, or until it sends."""
        typing = self.room.typing
        return typing is not None and self._world.now() - typing[1] < 5

    @property
    def commands(self) -> list[tuple[str, str]]:
        """The commands the app offers in this chat and the person's language."""
        found = commands_shown(self.bot, self.room, self.user.language)
        return [(one["command"], one["description"]) for one in found]

    @property
    def description(self) -> str:
        """What the app shows in the empty chat."""
        return text_shown(self.bot, "description", self.user.language)

    def mark(self) -> Mark:
        """Now: give it to ``wait_for`` as ``after``, so that only what is new or edited later counts."""
        with self._world.lock:
            return Mark(self.room.sequence)

    def wait_for(self, part: str, timeout: float = 10.0, *, after: int = 0) -> Shown:
        """The newest message of the bot that has ``part`` in its text; waits for it.

        ``after``: a mark or a message id; older messages count only when they were edited since.
        Raises AssertionError with the chat when it does not come in time.
        """

        def find(chat: list[Shown]) -> Shown | None:
            since = self._since(after)
            said = (one for one in reversed(chat) if one.by == "bot" and one.changed > since)
            return next((one for one in said if part in one.text), None)

        return self.wait(find, timeout, what=f"no message with {part!r}")

    def wait(
        self,
        find: Callable[[list[Shown]], Found | None],
        timeout: float = 10.0,
        *,
        what: str = "what was waited for is not there",
    ) -> Found:
        """Wait until ``find`` returns something true for the chat, and return it.

        It is asked again now and then, for it may look at more than the chat.
        """
        until = monotonic() + timeout
        with self._world.lock:
            while not (found := find(self.chat)):
                left = until - monotonic()
                if left <= 0:
                    raise AssertionError(f"{what}; {self.user.first_name}'s chat is:\n{self.transcript()}")
                self.room.changed.wait(min(left, LOOK))
        return found

    def _since(self, after: int) -> int:
        if isinstance(after, Mark):
            return after
        message = self.room.messages.get(after)
        return message.made if message else 0

    def transcript(self) -> str:
        """The chat as lines, for people who read a failed test."""
        return "\n".join(
            f"  {one.by}: {one.text or one.kind} {one.labels or ''}".rstrip() for one in self.chat
        )

    def _message(self, number: int) -> Message:
        if number not in self.room.messages:
            raise LookupError(f"message {number} is not in the chat")
        return self.room.messages[number]

    def _tell(self, kind: str, message: Message) -> None:
        if _hears(self.bot, self.room, message):
            self._world.push(self.bot, kind, message.body, ("message", self.room.id), DAY)


def _hears(bot: Bot, room: Chat, message: Message) -> bool:
    """Privacy mode: in a group a bot gets commands, mentions and replies to itself."""
    if room.kind == "private" or bot.reads_all or not {"text", "photo", "voice"} & set(message.body):
        return not room.is_blocked
    text = str(message.body.get("text", message.body.get("caption", "")))
    reply = message.body.get("reply_to_message", {})
    is_meant = (
        text.startswith("/") or f"@{bot.user.username}" in text or reply.get("from", {}).get("id") == bot.id
    )
    return is_meant and not room.is_blocked


def _caption(text: str) -> dict[str, Any]:
    return {"caption": text} if text else {}


def _parts(text: str) -> list[str]:
    parts = [""]
    for letter in text if units(text) > MOST_TEXT else [text]:
        if len(letter) == 1 and units(parts[-1]) + units(letter) > MOST_TEXT:
            parts.append("")
        parts[-1] += letter
    return parts


class Person(Seat):
    """A person with a private chat with the bot."""

    def start(self, code: str = "") -> int:
        """Open the chat by its Start button or by a link with a code; who had blocked the bot comes back."""
        self.unblock()
        return self.write(f"/start {code}".strip())

    def block(self) -> None:
        self._status("member", "kicked", True)

    def unblock(self) -> None:
        self._status("kicked", "member", False)

    def _status(self, old: str, new: str, is_blocked: bool) -> None:
        with self._world.lock:
            if self.room.is_blocked is is_blocked:
                return
            self.room.is_blocked = is_blocked
            self.room.touch()
            tell_status(self._world, self.room, self.user, old, new)

    def deactivate(self) -> None:
        """The account is deleted: the bot is not told, but meets 403."""
        with self._world.lock:
            self.user.is_deactivated = True


def tell_status(world: World, room: Chat, user: User, old: str, new: str) -> None:
    """my_chat_member: the bot's own standing in a chat has changed."""

    def member(status: str) -> dict[str, Any]:
        return {"user": room.bot.user.body(), "status": status} | (
            {"until_date": 0} if status == "kicked" else {}
        )

    said = {
        "chat": room.body(),
        "from": user.body(),
        "date": int(world.now()),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }
    world.push(room.bot, "my_chat_member", said, ("status", room.id), DAY)
