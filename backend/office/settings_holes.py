"""What stands in the holes of the assistant's sentences: their names for staff, and an example of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.estates.wording import holes_of
from backend.models import Estate
from backend.office.settings_texts import TextView, preview
from backend.web.holed import HoleView, Piece, pieces, plain
from locales import LANGUAGES, N_, t

#: hole → what it is called where somebody reads the sentence and does not word it
LABELS: Final[Mapping[str, str]] = {
    "named": N_("form of address"),
    "hello": N_("greeting of the time of day"),
    "name": N_("service"),
    "number": N_("ticket number"),
    "who": N_("who sees to it"),
    "butler": N_("butler's name"),
    "phone": N_("phone number"),
    "home": N_("flat"),
    "due": N_("time of the answer"),
    "answer_due": N_("day of the decision"),
    "day": N_("day of the visit"),
    "window": N_("time of the visit"),
    "detail": N_("what it is about"),
    "text": N_("what is known so far"),
    "wish": N_("good wish"),
    "estate": N_("estate"),
    "hotline": N_("hotline"),
}


@dataclass(frozen=True, slots=True)
class TextLine:
    """A sentence in the list, as it is said now: language → its pieces. ``said``: the reader's, in one."""

    kind: str
    is_own: bool
    pieces: Mapping[str, tuple[Piece, ...]]
    said: str


def names_in(language: str) -> dict[str, str]:
    return {hole: t(language, label) for hole, label in LABELS.items()}


def line_of(view: TextView, reader: str) -> TextLine:
    """Show a sentence with each hole by its name, in the language of the sentence."""
    now = {one: view.own[one] or view.standard[one] for one in LANGUAGES}
    shown = {one: pieces(text, names_in(one)) for one, text in now.items()}
    return TextLine(view.kind, view.is_own, shown, plain(now[reader], names_in(reader)))


def standard_of(view: TextView) -> dict[str, tuple[Piece, ...]]:
    """The standard in both languages, each hole by its name."""
    return {one: pieces(view.standard[one], names_in(one)) for one in LANGUAGES}


def list_of(estate: Estate, language: str, text: str) -> list[HoleView]:
    """The holes of a sentence, what each is filled with and an example, in the order of the sentence."""
    names = names_in(language)
    written = sorted((f"{{{name}}}" for name in holes_of(text) or ()), key=text.index)
    return [
        HoleView(one, names.get(one.strip("{}"), ""), preview(estate, language, one).strip())
        for one in written
    ]
