"""What was done, for whoever confirms it in another language: marked as what it is, translated where we can.

Nobody puts a name under words that they cannot read without being told so.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.desk import channel_queries
from backend.desk.doors import Visit
from backend.desk.foreign import is_foreign
from backend.models import Resident, SignOffRequest, Ticket
from backend.onsite import queries, signing
from backend.tickets import queries as ticket_rows
from backend.translating.provider import NotTranslated, Translator
from locales import N_, html_tag, t

#: where a request for a confirmation keeps the translation of what was done, by the words themselves
TURNED: Final = "translated"
WRITTEN: Final[Mapping[str, str]] = {
    "en": N_("Written in Chinese by our colleague, and not translated."),
    "zh": N_("Written in English by our colleague, and not translated."),
}
TRANSLATED: Final = N_("Translated by a machine. In the words of our colleague:")
MEANT: Final[Mapping[str, str]] = {
    "en": N_("What you confirm is this: “{name}” is done. The lines in Chinese are our colleague’s notes; "
             "please ask if anything is unclear."),
    "zh": N_("What you confirm is this: “{name}” is done. The lines in English are our colleague’s notes; "
             "please ask if anything is unclear."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what was done. ``lang``: of words in another language than the page's, "" for its own;
    ``note``: what is said of that; ``original``: the words as written, where ``text`` is a translation."""

    name: str
    text: str
    lang: str = ""
    note: str = ""
    original: str = ""


def lines_of(
    reads: str, lines: tuple[tuple[str, str], ...], request: SignOffRequest | None
) -> tuple[Line, ...]:
    """Return the lines as a reader of ``reads`` is to meet them."""
    turned: Mapping[str, Any] = (request.values if request is not None else {}).get(TURNED) or {}
    return tuple(_line(reads, name, text, str(turned.get(text) or "")) for name, text in lines)


def _line(reads: str, name: str, text: str, turned: str) -> Line:
    if not is_foreign(text, reads):
        return Line(name, text)
    written_in = html_tag("zh" if reads == "en" else "en")
    if turned:
        return Line(name, turned, written_in, t(reads, TRANSLATED), text)
    return Line(name, text, written_in, t(reads, WRITTEN[reads]))


def meant(reads: str, name: str, lines: tuple[Line, ...]) -> str:
    """What is confirmed, in the reader's own language; "" where they can read all of it."""
    return t(reads, MEANT[reads], name=name) if any(one.lang and not one.original for one in lines) else ""


def reads_of(session: Session, ticket: Ticket) -> str:
    """The language that the resident reads: that of the chat they last wrote from, else their own."""
    link = channel_queries.last_link(session, ticket.conversation_id)
    person = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    return link.language if link else person.language if person else ticket.language


async def keep_turned(who: Visit, number: int) -> None:
    """Keep a translation of what was done with the newest request, where somebody translates."""
    translator: Translator | None = who.request.app.state.translator
    if translator is None:
        return
    reads, wanted = await asyncio.to_thread(_wanted, who, number)
    source = "zh" if reads == "en" else "en"
    try:
        turned = {text: await translator.translate(text, source, reads) for text in wanted}
    except NotTranslated:
        return  # the page says that it is not translated
    await asyncio.to_thread(who.db.run, lambda session: _keep(session, who, number, turned))


def _wanted(who: Visit, number: int) -> tuple[str, tuple[str, ...]]:
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        reads, values = reads_of(session, ticket), signing.record_values(session, ticket)
    said = (str(values.get(name) or "") for name in ("actual_items", "result", "materials"))
    return reads, tuple(text for text in said if text and is_foreign(text, reads))


def _keep(session: Session, who: Visit, number: int, turned: Mapping[str, str]) -> None:
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    request = queries.latest_request(session, ticket, lock=True)
    if request is not None and turned:
        request.values = {**request.values, TURNED: dict(turned)}
