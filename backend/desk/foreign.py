"""Whether words are in the language of whoever will read them, and what is said where they are not. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from locales import N_

#: two words and more of a language that writes with letters
_LATIN: Final = re.compile(r"[A-Za-z]{3,}[^A-Za-z]+[A-Za-z]{2,}")
#: what a butler is asked before they send, by the language of the reader
FOREIGN: Final[Mapping[str, str]] = {
    "en": N_("This resident reads English, and your text contains Chinese."),
    "zh": N_("This resident reads Chinese, and your text is in English."),
}
#: what the butler is told before they send it all the same, where nobody translates
NO_TRANSLATOR: Final = N_(
    "No translation service is set up here: sent as it is, your text ends with a line in the resident's "
    "language that says it was not translated."
)
#: what a reader of the other language is told where nobody translates
UNTRANSLATED: Final[Mapping[str, str]] = {
    "en": N_("(Written in Chinese and not translated. Please ask if anything is unclear.)"),
    "zh": N_("(Written in English and not translated. Please ask me if anything is unclear.)"),
}


def has_chinese(text: str) -> bool:
    """True when a reader of English would meet Chinese signs in ``text``."""
    return any("\u3400" <= sign <= "\u9fff" for sign in text)


def is_foreign(text: str, reads: str) -> bool:
    """True when ``text`` is not in the language that its reader reads."""
    if reads == "en":
        return has_chinese(text)
    return not has_chinese(text) and bool(_LATIN.search(text))
