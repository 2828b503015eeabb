"""Groups: members write and tap in one room, and a group may become a supergroup under another id."""

from collections.abc import Sequence

from tests.fake_telegram.delivery import DAY, Delivery
from tests.fake_telegram.people import Person, Seat, tell_status
from tests.fake_telegram.shown import Shown
from tests.fake_telegram.state import Bot, Chat, User, World


class Group:
    """A group with the bot in it. ``as_(person)`` is a member's seat, with all that a seat can do."""

    def __init__(
        self, world: World, delivery: Delivery, bot: Bot, title: str, members: Sequence[Person]
    ) -> None:
        self._world = world
        self._delivery = delivery
        self.room = Chat(bot, world.number("group"), "group", title, world.lock)
        self.room.members = {member.user.id: member.user for member in members}
        bot.chats[self.room.id] = self.room
        self._founder = members[0].user
        tell_status(world, self.room, self._founder, "left", "member")

    @property
    def id(self) -> int:
        return self.room.id

    @property
    def chat(self) -> list[Shown]:
        """The chat as its first member sees it."""
        return self._seat(self._founder).chat

    def as_(self, person: Person) -> Seat:
        """A member's seat. Raises LookupError for a person who is no member."""
        if person.user.id not in self.room.members:
            raise LookupError(f"{person.user.first_name} is no member")
        return self._seat(person.user)

    def write(self, person: Person, text: str) -> int:
        return self.as_(person).write(text)

    def tap(self, person: Person, label: str) -> str | None:
        return self.as_(person).tap(label)

    def remove_bot(self) -> None:
        """The bot is thrown out."""
        with self._world.lock:
            self.room.is_blocked = True
            tell_status(self._world, self.room, self._founder, "member", "kicked")

    def migrate(self) -> int:
        """Make it a supergroup: new id, new message ids; the old id answers 400 with the new one."""
        with self._world.lock:
            old = self.room
            new = Chat(old.bot, self._world.number("super"), "supergroup", old.title, self._world.lock)
            new.members = old.members
            old.bot.chats[new.id] = self.room = new
            self._service(old, {"migrate_to_chat_id": new.id})
            self._service(new, {"migrate_from_chat_id": old.id})
            old.migrated_to = new.id
        return new.id

    def _service(self, room: Chat, content: dict[str, int]) -> None:
        message = self._world.add(room, self._founder, dict(content))
        self._world.push(room.bot, "message", message.body, ("message", room.id), DAY)

    def _seat(self, user: User) -> Seat:
        return Seat(self._world, self._delivery, user, self.room)
