"""Methods that put something into a chat."""

from typing import Any, Final

from tests.fake_telegram.errors import bad
from tests.fake_telegram.files import measure
from tests.fake_telegram.markup import inline_keyboard, reply_keyboard, sent_caption, sent_text
from tests.fake_telegram.methods import method
from tests.fake_telegram.params import MEGABYTE, Params
from tests.fake_telegram.state import Bot, Chat, Message, World

MOST_PHOTO: Final = 10 * MEGABYTE
_ACTIONS = (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note"
)
ACTIONS: Final = frozenset(_ACTIONS.split())


@method("sendMessage", is_paced=True)
def send_message(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    content = sent_text(params)
    return _send(world, bot, params, content).body


@method("sendContact", is_paced=True)
def send_contact(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    phone, name = params.text("phone_number"), params.text("first_name")
    if not phone or not name:
        raise bad("phone number is empty" if not phone else "first name is empty")
    contact = {"phone_number": phone, "first_name": name}
    if params.text("last_name"):
        contact["last_name"] = params.text("last_name")
    return _send(world, bot, params, {"contact": contact}).body


@method("sendLocation", is_paced=True)
def send_location(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    point = {"latitude": params.number("latitude"), "longitude": params.number("longitude")}
    return _send(world, bot, params, {"location": point}).body


@method("sendChatAction")
def send_chat_action(world: World, bot: Bot, params: Params) -> bool:
    chat = world.writable(bot, params.text("chat_id"))
    action = params.text("action")
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat.typing = (action, world.now())
    chat.touch()
    return True


def media(world: World, kind: str, params: Params, value: str, member: str) -> dict[str, Any]:
    """The content of a message with one file: uploaded now, or known by its id."""
    upload = params.upload(value, member)
    if upload is None:
        return _known(world, kind, value)
    if not upload.data:
        raise bad("file must be non-empty")
    if kind == "photo":
        if len(upload.data) > MOST_PHOTO:
            raise bad("file is too big")
        size = measure(upload.data)
        if size is None:
            raise bad("IMAGE_PROCESS_FAILED")
        if sum(size) > 10_000 or max(size) > 20 * min(size):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        return {"photo": world.files.photo(upload.data)}
    return described(world, kind, upload.data, upload.name, upload.content_type)


def described(
    world: World, kind: str, data: bytes | int, name: str = "", content_type: str = ""
) -> dict[str, Any]:
    """A new voice note, video or document as it stands in a message."""
    usual = {"voice": "audio/ogg", "video": "video/mp4"}.get(kind, "")
    file = world.files.add(kind, data, name, content_type or usual)
    body = file.body() | ({"mime_type": file.content_type} if file.content_type else {})
    if kind == "document":
        return {"document": body | ({"file_name": name} if name else {})}
    body["duration"] = 3
    if kind == "video":
        body |= {"width": 640, "height": 360}
        body |= {"file_name": name} if name else {}
    return {kind: body}


def _known(world: World, kind: str, value: str) -> dict[str, Any]:
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    if value.startswith("attach://") or not value:
        raise bad(f"there is no {kind} in the request")
    file = world.files.get(value)
    if file.kind != kind:
        raise bad(f"can't use file of type {file.kind.title()} as {kind.title()}")
    if kind == "photo":
        return {"photo": [file.body() | {"width": file.width, "height": file.height}]}
    body = file.body() | {"mime_type": file.content_type}
    extra: dict[str, dict[str, Any]] = {
        "document": {"file_name": file.name},
        "video": {"width": 640, "height": 360, "duration": 3},
    }
    return {kind: body | extra.get(kind, {"duration": 3})}


def _one_file(kind: str) -> Any:
    def send(world: World, bot: Bot, params: Params) -> dict[str, Any]:
        world.writable(bot, params.text("chat_id"))
        caption = sent_caption(params)
        content = media(world, kind, params, params.text(kind), kind)
        return _send(world, bot, params, content | caption).body

    return send


for _kind in ("photo", "document", "voice", "video"):
    method(f"send{_kind.title()}", is_paced=True)(_one_file(_kind))


@method("sendMediaGroup", is_paced=True)
def send_media_group(world: World, bot: Bot, params: Params) -> list[dict[str, Any]]:
    world.writable(bot, params.text("chat_id"))
    items = params.json("media")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad("can't parse media JSON object")
    if not 2 <= len(items) <= 10:
        raise bad(
            "too many messages to send as an album" if items[2:] else "too few media to send as an album"
        )
    kinds = {str(item.get("type")) for item in items}
    if not (kinds <= {"photo", "video"} or kinds == {"document"}):
        raise bad("can't use the media of the specified type in the album")
    contents = [_item(world, params, item) for item in items]
    album = {"media_group_id": str(world.number("user") * 1000)}
    return [_send(world, bot, params, content | album).body for content in contents]


def _item(world: World, params: Params, item: dict[str, Any]) -> dict[str, Any]:
    own = Params(item)
    return media(world, own.text("type"), params, own.text("media"), "") | sent_caption(own)


@method("forwardMessage", is_paced=True)
def forward_message(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    message = _original(world, bot, params, "forward")
    origin = {"type": "user", "sender_user": world.users[message.sender].body(), "date": message.body["date"]}
    content = _content(message) | {"forward_origin": origin}
    content.pop("reply_markup", None)
    return _send(world, bot, params, content).body


@method("copyMessage", is_paced=True)
def copy_message(world: World, bot: Bot, params: Params) -> dict[str, Any]:
    message = _original(world, bot, params, "copy")
    content = _content(message)
    content.pop("reply_markup", None)
    if params.raw.get("caption") is not None and "text" not in content:
        content = {k: v for k, v in content.items() if not k.startswith("caption")} | sent_caption(params)
    return {"message_id": _send(world, bot, params, content).id}


def _original(world: World, bot: Bot, params: Params, what: str) -> Message:
    source = world.chat_of(bot, params.text("from_chat_id"))
    message = source.messages.get(params.integer("message_id"))
    if message is None:
        raise bad(f"message to {what} not found")
    return message


def _content(message: Message) -> dict[str, Any]:
    envelope = ("message_id", "from", "chat", "date", "edit_date", "reply_to_message", "media_group_id")
    return {name: value for name, value in message.body.items() if name not in envelope}


def _send(world: World, bot: Bot, params: Params, content: dict[str, Any]) -> Message:
    chat = world.writable(bot, params.text("chat_id"))
    markup = params.json("reply_markup")
    if markup:
        inline = inline_keyboard(markup)
        if inline:
            content = content | {"reply_markup": inline}
    answered = _answered(chat, params)
    if answered:
        content = content | {"reply_to_message": world.quoted(chat, answered)}
    keyboard = reply_keyboard(markup, chat.kind == "private") if markup else None
    message = world.add(chat, bot.user, content)
    message.keyboard = keyboard
    message.parse_mode = params.text("parse_mode")
    chat.typing = None
    return message


def _answered(chat: Chat, params: Params) -> int:
    """The number of the message that is replied to, 0 for none. Raises 400 when it is gone."""
    reply = params.json("reply_parameters")
    if isinstance(reply, dict):
        number, may_lack = int(reply.get("message_id", 0)), bool(reply.get("allow_sending_without_reply"))
    else:
        number, may_lack = params.integer("reply_to_message_id"), params.flag("allow_sending_without_reply")
    if number in chat.messages or not number:
        return number
    if may_lack:
        return 0
    raise bad("message to be replied not found")
