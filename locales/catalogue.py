"""Catalogues read once at start: message id = the English sentence with ``{name}`` holes."""

import os
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

ROOT: Final = Path(__file__).parent
LANGUAGES: Final = ("zh", "en")
#: language code of API and columns -> code of Babel and of the catalogue folder
KNOWN_LOCALES: Final = {"zh": "zh_Hans", "en": "en"}
_HTML_TAGS: Final = {"zh": "zh-Hans-CN", "en": "en"}


class MissingTranslation(LookupError):
    """A sentence that has no Chinese text; raised where GUANJIA_STRICT_TEXTS is set (in tests)."""


def N_(sentence: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark a constant for extraction; it is worded later by ``t``."""
    return sentence


def pick_locale(tag: str | None) -> str:
    """Return ``zh`` or ``en`` for any language tag from outside (``zh-TW``, ``en_GB``, ``fr``, None)."""
    code = (tag or "").lower().replace("_", "-").split("-")[0]
    if not code:
        return "zh"
    return "zh" if code in ("zh", "yue", "wuu") else "en"


def html_tag(language: str) -> str:
    """Return the value of ``lang=`` for a language code."""
    return _HTML_TAGS.get(language, "en")


@cache
def _texts(language: str) -> dict[str, str]:
    path = ROOT / KNOWN_LOCALES[language] / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy}


@cache
def _is_strict() -> bool:
    return bool(os.environ.get("GUANJIA_STRICT_TEXTS"))


def t(language: str, sentence: str, /, **values: object) -> str:
    """Word ``sentence`` (an English message id) in ``language``, then fill its ``{holes}``.

    The English text is the id itself. A Chinese text that is missing raises ``MissingTranslation``
    in the strict mode of the tests, and falls back to English in service.
    """
    text = sentence
    if language != "en":
        found = _texts(language).get(sentence)
        if found is None and _is_strict():
            raise MissingTranslation(sentence)
        text = found or sentence
    return text.format_map(values) if values else text
