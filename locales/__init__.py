"""Everything a person can read, in their own language; the only room that imports Babel."""

from locales.catalogue import KNOWN_LOCALES, LANGUAGES, N_, MissingTranslation, html_tag, pick_locale, t

__all__ = ["KNOWN_LOCALES", "LANGUAGES", "N_", "MissingTranslation", "html_tag", "pick_locale", "t"]
