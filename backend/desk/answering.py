"""Ready answers beside one ticket: offered in the resident's language, their holes filled as far as known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.answers import holes, service
from backend.desk.doors import Visit
from backend.desk.forms import Desk
from backend.desk.quick import KINDS
from backend.desk.ticket_queries import Dossier
from backend.models import CannedAnswer
from backend.people.viewer import Viewer
from backend.web.holed import Piece, pieces
from locales import N_, html_tag, t
from locales.dates import format_window

#: what a ready answer may be filled with: nothing that staff keep for themselves
HOLES: Final = tuple(holes.LABELS)
#: a ready answer stands in the form that it was put into as a field of its own: its id after this
ANSWER: Final = "answer."
MOST_ANSWERS: Final = 20
NO_ENGLISH: Final = N_("This answer has no English text yet, and the resident reads English.")
NO_CHINESE: Final = N_("This answer has no Chinese text yet, and the resident reads Chinese.")


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer in the panel. ``text`` goes into the box with its open holes, ``pieces`` is what is read.

    ``missing`` says why it cannot be sent; ``words`` is what is searched."""

    id: int
    shortcut: str
    title: str
    text: str
    lang: str
    words: str
    pieces: tuple[Piece, ...]
    missing: str = ""
    is_of_item: bool = False


@dataclass(frozen=True, slots=True)
class QuickView:
    kind: str
    icon: str
    label: str


def quick_of(language: str) -> tuple[QuickView, ...]:
    """Return the quick sends under names in the butler's language."""
    return tuple(QuickView(name, kind.icon, t(language, kind.name)) for name, kind in KINDS.items())


def answers_of(
    desk: Desk, dossier: Dossier, rows: Sequence[CannedAnswer], viewer: Viewer
) -> tuple[AnswerView, ...]:
    """Word the offered answers in the resident's language under names in the butler's.

    Whoever writes goes by their own name, also who covers for the butler of the home.
    """
    values = values_of(desk, dossier) | {"butler": viewer.name(desk.reader_language)}
    return tuple(_answer(desk, row, values) for row in rows)


def _answer(desk: Desk, row: CannedAnswer, values: Mapping[str, str]) -> AnswerView:
    is_english = desk.reader_language == "en"
    raw = row.text_en if is_english else row.text_zh
    missing = ""
    if not raw:
        raw = row.text_zh if is_english else row.text_en
        missing = t(desk.language, NO_ENGLISH if is_english else NO_CHINESE)
    text = holes.fill(raw, values, desk.language)
    shown_in = desk.reader_language if not missing else ("zh" if is_english else "en")
    return AnswerView(
        id=row.id,
        shortcut=row.shortcut,
        title=row.title_en if desk.language == "en" else row.title_zh,
        text=text,
        pieces=pieces(text, {}),
        lang=html_tag(shown_in),
        words=" ".join((row.shortcut, row.title_zh, row.title_en, row.text_zh, row.text_en)).lower(),
        missing=missing,
        is_of_item=row.item_id == desk.ticket.item_id,
    )


def values_of(desk: Desk, dossier: Dossier) -> dict[str, str]:
    """Return what is known for the holes, in the resident's language; "" for what is not."""
    reads, ticket = desk.reader_language, dossier.ticket
    return {
        "name": _called(reads, dossier),
        "number": str(ticket.number),
        "service": ticket.name(reads),
        "home": dossier.home.code if dossier.home else "",
        "time": _window(reads, dossier),
        "hotline": dossier.estate.hotline,
        "estate": dossier.estate.name(reads),
    }


def _called(reads: str, dossier: Dossier) -> str:
    """The form of address that was chosen, else in English the name they go by; never a guess."""
    resident = dossier.resident
    if resident is None:
        return ""
    chosen = resident.address_as(reads)
    if reads == "zh":
        return "" if chosen == "您" else chosen
    return chosen or (resident.name.split()[0] if resident.name[:1].isascii() else "")


def _window(reads: str, dossier: Dossier) -> str:
    start, end = dossier.ticket.appointment_start, dossier.ticket.appointment_end
    if start is None:
        return ""
    return format_window(reads, start, end if end and end > start else None, dossier.estate.timezone)


def count_used(who: Visit, fields: Mapping[str, str]) -> None:
    """Count the ready answers of a form that was sent: what is used most is offered first."""
    ids = [name.removeprefix(ANSWER) for name in fields if name.startswith(ANSWER)]
    known = [int(one) for one in ids[:MOST_ANSWERS] if one.isascii() and one.isdigit() and len(one) < 16]
    if known:
        who.db.run(lambda session: service.used(session, who.viewer, known))
