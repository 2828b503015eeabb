"""Which language a text is in, by the share of its scripts; a mixture is an answer too."""

from __future__ import annotations

import re

from intents.meaning import Language

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?", re.IGNORECASE)
# Latin words that stand in Chinese sentences every day and do not make them mixed.
_AT_HOME_IN_CHINESE = frozenset(
    [
        "ac",
        "wifi",
        "app",
        "ok",
        "tv",
        "led",
        "usb",
        "pvc",
        "ktv",
        "vip",
        "qq",
        "id",
        "atm",
        "spa",
        "diy",
        "dvd",
        "cd",
        "pc",
        "it",
        "b1",
        "b2",
        "b3",
        "p1",
        "p2",
        "a",
        "b",
        "c",
        "d",
        "e",
        "f",
        "l",
        "m",
        "n",
        "s",
        "x",
    ]
)


def language_of(text: str, fallback: str = "zh") -> Language:
    """zh, en or mixed; a text without letters has the fallback's language, else zh."""
    han = len(_HAN.findall(text))
    words = _WORD.findall(text)
    if not han and not words:
        return "en" if fallback == "en" else "zh"
    if not han:
        return "en"
    foreign = [word for word in words if word.lower() not in _AT_HOME_IN_CHINESE and len(word) > 1]
    if not foreign:
        return "zh"
    return "mixed" if len(foreign) >= 2 or len(foreign[0]) >= 3 else "zh"


def main_language(text: str, fallback: str = "zh") -> str:
    """The one language to match in: zh or en, whichever carries more of the text."""
    han = len(_HAN.findall(text))
    words = len(_WORD.findall(text))
    if not han and not words:
        return "en" if fallback == "en" else "zh"
    return "zh" if han >= 2 * words else "en"
