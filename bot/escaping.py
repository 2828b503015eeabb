"""The one way by which words become Telegram HTML. Pure.

Telegram knows four escapes only (``&lt; &gt; &amp; &quot;``). What people write never passes through here: it
is sent without a parse mode.
"""

import re
from typing import Final

_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_TAG: Final = re.compile(r"<(/?)(b)>")
_STRAY: Final = re.compile(r"[<>]|&(?!(?:amp|lt|gt|quot);)")


def html(text: str) -> str:
    """Return ``text`` so that Telegram's HTML shows it letter by letter."""
    return text.translate(_ESCAPES)


def bold(text: str) -> str:
    """Return ``text`` escaped and in bold."""
    return f"<b>{html(text)}</b>"


def is_balanced(markup: str) -> bool:
    """True when ``markup`` has no other tag than ``<b>``, each is closed, and the rest is escaped."""
    is_open = False
    for tag in _TAG.finditer(markup):
        is_closing = bool(tag[1])
        if is_closing != is_open:
            return False
        is_open = not is_open
    return not is_open and _STRAY.search(_TAG.sub("", markup)) is None
