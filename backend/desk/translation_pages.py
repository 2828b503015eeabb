"""A foreign message in the butler's language, on demand; a reply that goes out translated."""

import asyncio
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import foreign, ticket_pages, ticket_queries
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go, with_toast
from backend.errors import BadInput, NotFound
from backend.models import Message
from backend.tickets import queries as ticket_rows
from backend.tickets import telling
from backend.translating import service as translating
from backend.translating.provider import NotTranslated, Translator
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
NO_PROVIDER: Final = N_("There is no translation service here.")
#: what a translated reply looks like to its reader: nobody takes a machine's words for the butler's own
OUTGOING: Final = N_("{text}\n\n(Machine translation. Original: {original})")
DONE: Final = N_("Translated by a machine.")


@dataclass(frozen=True, slots=True)
class Turned:
    """A reply in the reader's language, and as it was written; ``language`` is that of the original."""

    text: str
    original: str
    language: str


def translator_at(who: Visit) -> Translator:
    """Return the translator of this installation. Raises BadInput where there is none."""
    found: Translator | None = who.request.app.state.translator
    if found is None:
        raise BadInput(NO_PROVIDER)
    return found


@router.post("/tickets/{number}/messages/{key}/translation")
async def translate_message(who: Visiting, number: Number, key: Number, fields: Typed) -> Response:
    """Translate one message for whoever reads it, and keep that beside it. Raises NotFound, NotTranslated."""
    translator = translator_at(who)
    message = await asyncio.to_thread(_message, who, number, key)
    source = "en" if message.language == "en" else "zh"
    if source == who.language:
        raise BadInput
    text = await translator.translate(message.text, source, who.language)
    await asyncio.to_thread(
        who.db.run,
        lambda session: translating.keep(
            session, session.get_one(Message, message.id), who.language, text, translator.name, who.now
        ),
    )
    sentence = t(who.language, DONE)
    if not who.is_fragment:
        return go(who.request, f"/tickets/{number}#m{key}", sentence)
    return with_toast(await asyncio.to_thread(ticket_pages.live_parts, who, number), sentence)


def _message(who: Visit, number: int, key: int) -> Message:
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        found = ticket_queries.find_message(session, who.viewer, ticket, key)
    if found is None or not found.text.strip():
        raise NotFound
    return found


async def turned(who: Visit, number: int, original: str) -> Turned:
    """Translate what was written into its reader's language. Raises NotTranslated, BadInput, NotFound."""
    reads = await asyncio.to_thread(_reads, who, number)
    translator = translator_at(who)
    source = "zh" if reads == "en" else "en"
    text = await translator.translate(original, source, reads)
    if foreign.is_foreign(text, reads):
        raise NotTranslated
    return Turned(t(reads, OUTGOING, text=text, original=original), original, source)


def _reads(who: Visit, number: int) -> str:
    def work(session: Session) -> str:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        return telling.reader_of(session, ticket).language

    answer: str = who.db.run(work)
    return answer


def keep_original(who: Visit, number: int, sent: Turned) -> None:
    """Keep the butler's own words beside what was sent."""

    def work(session: Session) -> None:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        message = ticket_queries.last_own_message(session, who.viewer, ticket)
        if message is not None:
            translating.keep(session, message, sent.language, sent.original, translating.ORIGINAL, who.now)

    who.db.run(work)
