"""Which words may become an example for everybody, and how they are compared. Pure."""

import re
import unicodedata
from typing import Final

from backend.people import homes
from intents.additions import without_homes
from intents.language import language_of
from intents.menu import Item
from intents.normalize import normalize

#: characters; a longer story is no phrase
MOST: Final = 200
LEAST: Final = 2
#: an alarm has a path of its own; a complaint is not for everybody's eyes, and may be about the reader
NEVER: Final = frozenset({"emergency", "complaint"})
_SPOKEN: Final = str.maketrans("零〇一二两三四五六七八九幺", "0012234567891")
#: a telephone, an identity card, an account, however the digits are grouped; a home may have nine of them
_NUMBER: Final = re.compile(r"(?:\d[\s\-‐-―()./·]*){7,}")
_LONG_NUMBER: Final = re.compile(r"(?:\d[\s\-‐-―()./·]*){10,}")
_ADDRESS: Final = re.compile(
    r"@|https?:|www\.|(?:微信|weixin|wechat|qq|whatsapp)\s*(?:号|id)?\s*[::]?\s*[a-z]*\d", re.I
)


def is_teachable(item: Item) -> bool:
    """True for an item that phrases may be learnt for."""
    return item.workflow not in NEVER


def cleaned(text: str) -> str | None:
    """Return the words without the numbers of homes; None when they are no example for others: they hold
    contact data, have no letters, or are far too short or long."""
    words = without_homes(homes.without_homes(text)).strip(" ，,、:：-")
    plain = unicodedata.normalize("NFKC", words).lower()
    if not LEAST <= len(words) <= MOST or not any(sign.isalpha() for sign in words):
        return None
    if _NUMBER.search(plain.translate(_SPOKEN)) or _ADDRESS.search(plain):
        return None
    return None if _LONG_NUMBER.search(unicodedata.normalize("NFKC", text).translate(_SPOKEN)) else words


def key_of(words: str) -> str:
    """Return the words as they are compared: width, case, script and marks make no difference."""
    return " ".join(re.findall(r"\w+", normalize(words).text))


def language(words: str, otherwise: str) -> str:
    """Return zh, en or mixed; ``otherwise`` for words without a language."""
    return language_of(normalize(words).text, otherwise)
