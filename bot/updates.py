"""Telegram's updates in the words of the channel's door: what came, from whom, in which chat. Pure.

``inbound`` returns one message for ``POST /api/messages``, or None for what has no place in a conversation
(groups, channels, service messages). What is said about a group is in ``is_calling`` and ``foreign_tap``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from telegram import (
    CallbackQuery,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    MessageReactionUpdated,
    ReactionType,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType

Inbound = dict[str, Any]

COMMANDS: Final = ("menu", "status", "lang", "human", "help")
#: kinds of updates we ask Telegram for; reactions come only when they are named
ALLOWED: Final = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
OTHER_EMOJI: Final = "⭐"
_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_ESTATE: Final = re.compile(r"e_([A-Za-z0-9_-]+)")
_GROUPS: Final = (ChatType.GROUP, ChatType.SUPERGROUP)
_OUTSIDE: Final = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
_MEMBERSHIPS: Final = {"kicked": "blocked", "member": "returned"}
#: what the door takes at most; names are cut, words never
NAME: Final = 200
FILE_NAME: Final = 300


def inbound(update: Update, account: str) -> Inbound | None:
    """Return what the backend is told of ``update``, or None when there is nothing to store.

    ``account`` is the bot's id. The same update always gives the same ``external_id``.
    """
    if update.callback_query:
        found = _tap(update.callback_query)
    elif update.message:
        found = _message(update.message)
    elif update.edited_message:
        found = _edit(update.edited_message, update.update_id)
    elif update.message_reaction:
        found = _reaction(update.message_reaction, update.update_id)
    elif update.my_chat_member:
        found = _membership(update.my_chat_member, update.update_id)
    else:
        found = None
    return None if found is None else {"channel": "telegram", "account": account, **_without_none(found)}


def bare(message: Mapping[str, Any]) -> Inbound:
    """Return ``message`` without what it said: the person is told that it could not be read."""
    kept = {key: message[key] for key in ("channel", "account", "chat", "external_id") if key in message}
    return {**kept, "kind": "unsupported"}


def salvage(raw: Mapping[str, Any], account: str) -> Inbound | None:
    """Return a bare message for an update the library could not read, if somebody waits for an answer."""
    try:
        message = raw["message"]
        chat, number = message["chat"], int(message["message_id"])
        if chat["type"] != ChatType.PRIVATE:
            return None
        key = f"{int(chat['id'])}:{number}"
        return bare({"channel": "telegram", "account": account, "chat": str(chat["id"]), "external_id": key})
    except (KeyError, TypeError, ValueError):
        return None


def foreign_tap(update: Update) -> CallbackQuery | None:
    """Return a tap that nothing can come of: outside a private chat, no button there is the person's."""
    tap = update.callback_query
    if tap is None or (tap.message is not None and tap.message.chat.type == ChatType.PRIVATE):
        return None
    return tap


def is_calling(update: Update, account: str, username: str | None) -> bool:
    """True when a group has just taken the bot in, or somebody there speaks to it."""
    member = update.my_chat_member
    if member is not None:
        return (
            member.chat.type in _GROUPS
            and member.old_chat_member.status in _OUTSIDE
            and member.new_chat_member.status not in _OUTSIDE
        )
    message = update.message
    if message is None or message.chat.type not in _GROUPS:
        return False
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and str(answered.from_user.id) == account:
        return True
    return _is_addressed(message.text or "", username)


def _is_addressed(text: str, username: str | None) -> bool:
    """True for ``/menu``, ``/menu@us`` and ``… @us …``; not for another bot's ``/menu@them``."""
    words = text.split()
    if words and words[0].startswith("/"):
        name = words[0].partition("@")[2]
        return not name or name.lower() == (username or "").lower()
    return bool(username) and f"@{username}".lower() in (word.lower().strip(",.:，。：") for word in words)


def _tap(tap: CallbackQuery) -> Inbound | None:
    message: MaybeInaccessibleMessage | None = tap.message
    if message is None or message.chat.type != ChatType.PRIVATE or not tap.data:
        return None
    return {
        "chat": str(message.chat.id),
        "external_id": f"cb:{tap.id}",
        "button": tap.data,
        "remote_id": str(message.message_id),
        **_person(tap.from_user),
    }


def _message(message: Message) -> Inbound | None:
    if message.chat.type != ChatType.PRIVATE:
        return None
    content = _content(message)
    if content is None:
        return None
    answered = message.reply_to_message
    return {
        "chat": str(message.chat.id),
        "external_id": f"{message.chat.id}:{message.message_id}",
        "remote_id": str(message.message_id),
        "reply_to": str(answered.message_id) if answered else None,
        "sent_at": message.date.isoformat(),
        **_person(message.from_user),
        **content,
    }


def _content(message: Message) -> Inbound | None:
    """What the message bears; None for a service message. The first that fits: a venue has a location too."""
    for read in _READERS:
        found = read(message)
        if found is not None:
            return found
    is_content = message.effective_attachment or message.checklist or message.giveaway or message.api_kwargs
    return {"kind": "unsupported"} if is_content else None


def _words(message: Message) -> Inbound | None:
    return _spoken(message.text) if message.text else None


def _spoken(text: str) -> Inbound:
    """Words, or one of our commands; a command that is not ours is words."""
    found = _COMMAND.fullmatch(text)
    name = found[1].lower() if found else ""
    argument = ((found[2] if found else None) or "").strip()
    if name == "start":
        return _start(argument)
    if name in COMMANDS:
        return {"kind": "command", "command": name, "text": argument or None}
    return {"text": text}


def _start(payload: str) -> Inbound:
    """``/start CODE`` of an invitation's link, ``/start e_QY`` of an estate's, or a bare ``/start``."""
    estate = _ESTATE.fullmatch(payload)
    if estate:
        return {"kind": "start", "estate": estate[1][:40]}
    return {"kind": "start", "text": payload or None}


def _contact(message: Message) -> Inbound | None:
    contact, sender = message.contact, message.from_user
    if contact is None:
        return None
    is_own = sender is not None and contact.user_id == sender.id
    # Somebody else's number is theirs to give: it goes no further than this line.
    shared = _without_none({"is_own": is_own, "phone": contact.phone_number[:40] if is_own else None})
    return {"kind": "contact", "contact": shared}


def _location(message: Message) -> Inbound | None:
    place = message.venue.location if message.venue else message.location
    if place is None:
        return None
    found: Inbound = {"latitude": place.latitude, "longitude": place.longitude}
    if message.venue:
        found["title"] = message.venue.title[:FILE_NAME]
    return {"kind": "location", "location": found}


def _sticker(message: Message) -> Inbound | None:
    return {"kind": "sticker"} if message.sticker or message.dice else None


def _files(message: Message) -> Inbound | None:
    attachment = _attachment(message)
    if attachment is None:
        return None
    return {
        "text": message.caption,
        "album": message.media_group_id,
        "attachments": [_without_none(attachment)],
    }


def _attachment(message: Message) -> Inbound | None:
    """The file of a message; an animation also comes as a document, so that is looked at last."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return _file(largest, "photo", "image/jpeg")
    if message.voice or message.audio:
        return _file(message.voice or message.audio, "voice", "audio/ogg")
    if message.video or message.video_note or message.animation:
        return _file(message.video or message.video_note or message.animation, "video", "video/mp4")
    if message.document:
        return _file(message.document, _kind_of(message.document.mime_type), None)
    return None


def _file(file: Any, kind: str, usual_type: str | None) -> Inbound:
    name = getattr(file, "file_name", None)
    return {
        "remote_id": file.file_id,
        "kind": kind,
        "name": name[:FILE_NAME] if name else None,
        "size": file.file_size,
        "content_type": (getattr(file, "mime_type", None) or usual_type or "")[:NAME] or None,
    }


def _kind_of(content_type: str | None) -> str:
    """A photo, a recording or a film sent as a file is still one."""
    family = (content_type or "").partition("/")[0].lower()
    return {"image": "photo", "audio": "voice", "video": "video"}.get(family, "document")


def _edit(message: Message, update_id: int) -> Inbound | None:
    """New words of an earlier message; a moving location is edited too, and has none."""
    words = message.text or message.caption
    if message.chat.type != ChatType.PRIVATE or not words:
        return None
    at = message.edit_date or message.date
    return {
        "chat": str(message.chat.id),
        "external_id": f"e:{update_id}",
        "kind": "edit",
        "remote_id": str(message.message_id),
        "text": words,
        "sent_at": at.isoformat(),
        **_person(message.from_user),
    }


def _reaction(reaction: MessageReactionUpdated, update_id: int) -> Inbound | None:
    if reaction.chat.type != ChatType.PRIVATE:
        return None
    return {
        "chat": str(reaction.chat.id),
        "external_id": f"r:{update_id}",
        "kind": "reaction",
        "remote_id": str(reaction.message_id),
        "reactions": _emojis(reaction.new_reaction),
        "sent_at": reaction.date.isoformat(),
        **_person(reaction.user),
    }


def _emojis(reactions: Sequence[ReactionType]) -> list[str]:
    return [r.emoji if isinstance(r, ReactionTypeEmoji) else OTHER_EMOJI for r in reactions]


def _membership(change: ChatMemberUpdated, update_id: int) -> Inbound | None:
    kind = _MEMBERSHIPS.get(str(change.new_chat_member.status))
    if change.chat.type != ChatType.PRIVATE or kind is None:
        return None
    return {
        "chat": str(change.chat.id),
        "external_id": f"s:{update_id}",
        "kind": kind,
        "sent_at": change.date.isoformat(),
        **_person(change.from_user),
    }


def _person(user: User | None) -> Inbound:
    if user is None:
        return {}
    return {
        "name": user.full_name.strip()[:NAME] or None,
        "language": (user.language_code or "")[:20] or None,
    }


def _without_none(found: Mapping[str, Any]) -> Inbound:
    return {key: value for key, value in found.items() if value is not None}


_READERS: Final[tuple[Callable[[Message], Inbound | None], ...]] = (
    _contact,
    _location,
    _sticker,
    _files,
    _words,
)
