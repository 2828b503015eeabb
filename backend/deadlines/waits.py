"""What a ticket's clocks may wait for, and how that is worded for staff and for residents. Pure.

The key is kept with the pause, so that whoever reads it does so in their own language. A reason in somebody's
own words has a key beside it, or none; a step's own wait (the corrected drawings of SLA-23) has neither.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from locales import N_, t

ANSWER: Final = "answer"
TIME: Final = "time"
PART: Final = "part"
#: key → what the resident reads as the reason
TO_RESIDENT: Final[Mapping[str, str]] = {
    ANSWER: N_("we need your answer to go on."),
    TIME: N_("we are waiting for a time that suits you; please name one."),
    PART: N_("we are waiting for a part."),
}
#: words of earlier releases that pauses still carry, in either language → their key
_EARLIER: Final[Mapping[str, str]] = {
    "we are waiting for a time that suits you.": TIME,
    "需要您回复后才能继续。": ANSWER,
    "正在等您方便的时间。": TIME,
    "正在等配件。": PART,
}
#: key → the word of a pill
WORDS: Final[Mapping[str, str]] = {
    ANSWER: N_("Waiting for resident"),
    TIME: N_("Waiting for a time"),
    PART: N_("Waiting for parts"),
}
#: key → the sentence in the story of a clock, which staff and residents read
_SAID: Final[Mapping[str, str]] = {
    ANSWER: N_("Waiting for an answer."),
    TIME: N_("Waiting for a time to be agreed."),
    PART: N_("Waiting for a part."),
}
#: a wait in somebody's own words, which blames nobody
OWN: Final = N_("Clocks paused")
LANGUAGES: Final = ("zh", "en")


def read(key: str | None, reason: str | None) -> tuple[str | None, str]:
    """Return the key, and the words of one's own ("" for none).

    An older pause has no key; where its words are one of ours, in either language, they stand for it.
    """
    meant = _ours().get((reason or "").strip())
    return (key if key in WORDS else meant), "" if meant else (reason or "").strip()


def word(language: str, key: str | None, reason: str | None) -> str:
    """Word what is waited for in a few characters: ``等配件``. A step's own wait is for the resident."""
    known, own = read(key, reason)
    if known is None and own:
        return t(language, OWN)
    return t(language, WORDS[known or ANSWER])


def said(language: str, key: str | None, reason: str | None) -> str:
    """Word the reason as a sentence: one's own words, else the key's; "" where there is neither."""
    known, own = read(key, reason)
    return own or (t(language, _SAID[known]) if known else "")


def told(language: str, key: str | None, reason: str | None) -> str:
    """Word the reason as the resident reads it."""
    known, own = read(key, reason)
    return own or (t(language, TO_RESIDENT[known]) if known else "")


@cache
def _ours() -> Mapping[str, str]:
    """What earlier forms wrote into the reason itself → its key."""
    now = {t(language, text): key for key, text in TO_RESIDENT.items() for language in LANGUAGES}
    return {**_EARLIER, **now}
