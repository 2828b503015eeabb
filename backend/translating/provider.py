"""The one interface to machine translation, and a provider that speaks as LibreTranslate does."""

from typing import Any, Final, Protocol

import aiohttp

from backend.errors import Refusal
from backend.settings import Settings
from locales import N_

#: seconds in which an answer must be there: somebody waits at the page
SECONDS: Final = 12
#: characters that are translated at once; a message has no more
LONGEST: Final = 4000
FORBIDDEN: Final = frozenset({401, 403})
SLOWER: Final = 429
OK: Final = 200


class NotTranslated(Refusal):
    """The provider gave no translation; the sentence says why and what to do."""

    status = 502
    title = N_("It could not be translated.")
    detail = N_("The translation service did not answer. Please try again, or write in the other language.")


REFUSED: Final = N_("The translation service refuses our key. Please tell the administrator.")
BUSY: Final = N_("The translation service is busy. Please try again in a minute.")
STRANGE: Final = N_("The translation service gave an answer we do not understand. Please try again later.")


class Translator(Protocol):
    """Whoever translates. ``name`` stands beside every translation that is kept."""

    @property
    def name(self) -> str: ...

    async def translate(self, text: str, source: str, target: str) -> str:
        """Return ``text`` in ``target`` (zh or en). Raises NotTranslated."""
        ...


class LibreTranslate:
    """A server of the LibreTranslate kind: ``POST {url}/translate`` with JSON, and a key if wanted."""

    name = "libretranslate"

    def __init__(self, url: str, key: str = "", seconds: float = SECONDS) -> None:
        self._url = url.rstrip("/") + "/translate"
        self._key = key
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def translate(self, text: str, source: str, target: str) -> str:
        """Return ``text`` in ``target``. Raises NotTranslated with a sentence for the butler."""
        body = {"q": text[:LONGEST], "source": source, "target": target, "format": "text"}
        try:
            async with (
                aiohttp.ClientSession(timeout=self._timeout) as session,
                session.post(self._url, json=body | ({"api_key": self._key} if self._key else {}),
                             allow_redirects=False) as answer,
            ):  # fmt: skip
                if answer.status != OK:
                    raise _refusal(answer.status)
                return _text_of(await answer.json(content_type=None))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise NotTranslated from error
        except ValueError as error:
            raise NotTranslated(STRANGE) from error


def _refusal(status: int) -> NotTranslated:
    if status in FORBIDDEN:
        return NotTranslated(REFUSED)
    return NotTranslated(BUSY) if status == SLOWER else NotTranslated()


def _text_of(answer: Any) -> str:
    text = answer.get("translatedText") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise NotTranslated(STRANGE)
    return text.strip()


def translator_of(settings: Settings) -> Translator | None:
    """Return the translator of the settings; None where none is set."""
    return LibreTranslate(settings.translate_url, settings.translate_key) if settings.translate_url else None
