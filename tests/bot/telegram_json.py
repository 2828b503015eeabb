"""Updates as the Bot API writes them."""

from typing import Any

from telegram import Update

ACCOUNT = "1000001"
TOM = {"id": 5000001, "is_bot": False, "first_name": "Tom", "last_name": "Baker", "language_code": "en-GB"}
BOT = {"id": 1000001, "is_bot": True, "first_name": "Guanjia", "username": "guanjia_test_bot"}
PRIVATE = {"id": 5000001, "first_name": "Tom", "last_name": "Baker", "type": "private"}
GROUP = {"id": -100200300, "title": "Building 3", "type": "supergroup"}
DATE = 1773190800  # 2026-03-11T01:00:00Z


def message(update_id: int = 700, **content: Any) -> dict[str, Any]:
    said = {"message_id": 42, "from": TOM, "chat": PRIVATE, "date": DATE, **content}
    return {"update_id": update_id, "message": said}


def tap(data: str = "17.0", update_id: int = 701, **content: Any) -> dict[str, Any]:
    shown = {"message_id": 41, "from": BOT, "chat": PRIVATE, "date": DATE, "text": "Which one?"}
    query = {"id": "4382bfdwdsb323b2d9", "from": TOM, "message": shown, "chat_instance": "-39", "data": data}
    return {"update_id": update_id, "callback_query": {**query, **content}}


def member(old: str, new: str, update_id: int = 702, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    change = {
        "chat": chat,
        "from": TOM,
        "date": DATE,
        "old_chat_member": {"user": BOT, "status": old, **_until(old)},
        "new_chat_member": {"user": BOT, "status": new, **_until(new)},
    }
    return {"update_id": update_id, "my_chat_member": change}


def _until(status: str) -> dict[str, Any]:
    return {"until_date": 0} if status == "kicked" else {}


def update(raw: dict[str, Any]) -> Update:
    return Update.de_json(raw, None)
