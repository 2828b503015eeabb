"""Everyday turns of phrase that say what is meant by what was just asked. Pure."""

import re
from typing import Final

from backend.conversations.state import slot_values
from intents.meaning import Act, Intent

LETTING_GO: Final = ("不用", "算了", "不要了", "不需要", "never mind", "forget it", "no need", "any more")
#: a detail of a wish: words that hold one correct it and do not let it go
_DETAILS: Final = frozenset({"when", "deadline", "from_to", "where"})
_NO_MORE: Final = re.compile(
    r"(?:唉|哎|那就|那)?[，,\s]*(?:算了[，,\s]*(?:.{0,4}(?:不用|不要|不需要|不).{0,8}了|吧)?"
    r"|(?:不用|不需要).{0,8}了)[。.!！]?"
)
_NAMES_PERSON: Final = re.compile(
    r"人工|真人|管家|客服|主管|经理|person|human|butler|agent|manager|someone", re.IGNORECASE
)
_KEEPS: Final = re.compile(
    r"^(?:那)?还是(?:来|要|修|办|留|约)|(?:不|别|先别|不用|不要)取消|留着"
    r"|\bkeep it\b|\b(?:do not|don['’]t) cancel",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(
    r"^\s*(?:ever )?since\b|^从.{1,8}(?:开始|起|就)|^[昨前]天.{0,3}(?:开始|就)", re.IGNORECASE
)
_AT_HOME: Final = re.compile(
    r"家里?有人|在家|\b(?:i|we|someone)(?:['’](?:m|re|ll|s)| am| are| is| will)(?: be)?(?: at)? home\b",
    re.IGNORECASE,
)
_NOBODY: Final = re.compile(r"不在家|没人|没有人|nobody|no one|not (?:at )?home", re.IGNORECASE)


def lets_go(words: str, intent: Intent) -> bool:
    """ "不用了" and "算了，不用保洁了" let the whole wish go; "不对" or "不要周二了" only mean a detail."""
    if intent.act == Act.DENY and any(mark in words.lower() for mark in LETTING_GO):
        return True
    return not _DETAILS & set(slot_values(intent)) and bool(_NO_MORE.fullmatch(words.strip()))


def keeps(words: str) -> bool:
    """Thinking better of it, when asked whether to cancel."""
    return bool(_KEEPS.search(words))


def names_person(words: str) -> bool:
    """False for "ring before you come": as a reply to a ticket's message it is about that visit."""
    return bool(_NAMES_PERSON.search(words))


def is_since(words: str) -> bool:
    """How long it has been so: no answer to "when shall we come?"."""
    return bool(_SINCE.search(words))


def is_at_home(words: str) -> bool:
    """Said among other things: "after two, I'm home"."""
    return bool(_AT_HOME.search(words)) and not _NOBODY.search(words)
