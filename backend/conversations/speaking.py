"""From replies to stored messages: each is worded in the person's language and queued. Nothing commits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session, object_session

from backend.conversations import facts as fact_room
from backend.conversations import wording
from backend.conversations.facts import Surroundings
from backend.conversations.state import Facts, Reply
from backend.conversations.wording import Voice
from backend.deadlines import queries as deadline_queries
from backend.estates.texts import texts_of
from backend.knowledge import service as knowledge
from backend.knowledge.safety import standard_safety
from backend.messages import service as messages
from backend.models import Deadline, Message, Ticket, User
from backend.tickets import opening
from intents.menu import Menu
from locales import t

Clocks = Mapping[int, Sequence[Deadline]]
NO_CLOCKS: Final[Clocks] = MappingProxyType({})


def voice_of(around: Surroundings, menu: Menu, now: datetime, language: str | None = None) -> Voice:
    """Return how this person is spoken to."""
    spoken = language or around.link.language
    session = object_session(around.estate)
    return Voice(
        language=spoken,
        menu=menu,
        zone=around.estate.timezone,
        now=now,
        estate=around.estate.name(spoken),
        hotline=fact_room.hotline(around.estate),
        faq=lambda key, lang: _faq(around, key, lang),
        emergency=lambda kind, lang: emergency_text(around, kind, lang),
        who=around.butler.name(spoken) if around.butler else "",
        own=texts_of(session, around.estate) if session is not None else {},
    )


def _faq(around: Surroundings, key: str, language: str) -> str:
    return knowledge.answer(key, language, knowledge.values_of(around.estate, around.butler, language))


def emergency_text(around: Surroundings, kind: str, language: str) -> str:
    """Safety lines first, then the numbers, then for a reader of English a card to show in Chinese."""
    book = standard_safety()
    safety = book.of(kind)
    lines = list(safety.lines(language))
    unsaid = [n for n in safety.numbers if not any(n in line for line in lines)]
    if unsaid:
        numbers = t(language, "; ").join(f"{n} {book.labels[n].in_(language)}" for n in unsaid)
        lines.append(t(language, "Numbers: {numbers}", numbers=numbers))
    line = fact_room.hotline(around.estate)
    if line:
        lines.append(t(language, "Estate duty desk: {hotline}", hotline=line))
    if language == "en" and around.home is not None and safety.numbers:
        lines.append(t(language, "Show this to anyone nearby: {card}", card=address_card(around)))
    return "\n".join(lines)


def address_card(around: Surroundings) -> str:
    """The address in Chinese, for a foreign tenant to show (MANNERS scene 4)."""
    home = fact_room.home_name(around.home, "zh") if around.home else ""
    place = f"{around.estate.address_zh}{around.estate.name_zh}{home}"
    return t("zh", "I need help. I am at {place}.", place=place)


def say(
    session: Session,
    menu: Menu,
    around: Surroundings,
    replies: tuple[Reply, ...],
    tickets: list[Ticket | None],
    now: datetime,
    answers_id: int | None = None,
    clocks: Clocks = NO_CLOCKS,
) -> list[Message]:
    """Word and store every reply; the ticket an order made fills number, name and promised time.

    ``clocks``: those just started, by ticket; of other tickets they are looked up.
    """
    voice = voice_of(around, menu, now)
    return [_say_one(session, voice, around, reply, (tickets, clocks), answers_id) for reply in replies]


def reworded(replies: tuple[Reply, ...], before: Facts, now: Facts) -> tuple[Reply, ...]:
    """What was decided before the language changed, with name, home and butler in the new one."""
    other = {"address": now.address_as, "home": now.home, "butler": now.butler}
    old = {"address": before.address_as, "home": before.home, "butler": before.butler}
    return tuple(
        replace(r, values={**r.values, **{k: v for k, v in other.items() if r.values.get(k) == old[k] != ""}})
        for r in replies
    )


def _say_one(
    session: Session,
    voice: Voice,
    around: Surroundings,
    reply: Reply,
    made: tuple[list[Ticket | None], Clocks],
    answers_id: int | None,
) -> Message:
    tickets, clocks = made
    ticket = tickets[reply.order] if reply.order is not None else around.tickets.get(reply.ticket or 0)
    if ticket is not None:
        voice, reply = with_ticket(session, voice, reply, ticket, clocks)
    out = messages.Outgoing(
        author="bot",
        language=_language(voice, reply),
        text=wording.word(voice, reply),
        reply_kind=reply.kind,
        values=_plain(reply, voice.language, around.link.channel),
        buttons=wording.buttons(voice, reply),
        ticket_id=ticket.id if ticket else None,
        answers_id=answers_id,
        is_urgent=reply.is_urgent,
    )
    return messages.send(session, around.conversation, around.link, out, voice.now)


def _language(voice: Voice, reply: Reply) -> str:
    said_in_other = reply.kind in ("language_set", "offer_language")
    return str(reply.values["language"]) if said_in_other else voice.language


#: what is said with the button for the own number, and what takes that button away again
WITH_PHONE_BUTTON: Final = frozenset({"share_phone", "how_to_link_phone", "contact_foreign"})
AFTER_PHONE_BUTTON: Final = frozenset({"linked", "phone_unknown", "phone_kept", "phone_known"})


def _plain(reply: Reply, language: str, channel: str) -> dict[str, Any]:
    values = {k: v for k, v in reply.values.items() if isinstance(v, str | int | bool | dict | list)}
    if channel == "telegram" and reply.kind in WITH_PHONE_BUTTON:
        values["keyboard"] = {"contact": t(language, wording.SHARE_PHONE)}
    if channel == "telegram" and reply.kind in AFTER_PHONE_BUTTON:
        values["keyboard"] = "remove"
    return {**values, "list": True} if reply.kind in wording.LISTS and reply.buttons else values


def with_ticket(
    session: Session, voice: Voice, reply: Reply, ticket: Ticket, clocks: Clocks
) -> tuple[Voice, Reply]:
    """Fill in what only the opened ticket knows."""
    owner = session.get(User, ticket.butler_id) if ticket.butler_id else None
    running = _running(session, ticket, clocks)
    later = next((row.due_at for row in running if row.clock in ("SLA-08", "SLA-09")), None)
    values = {**reply.values, "number": ticket.number, "away": ticket.hidden_from_id is not None}
    if later is not None:
        values["answer_due"] = later.isoformat()
    buttons = tuple(
        replace(b, values={**b.values, "number": ticket.number}) if b.action == "details" else b
        for b in reply.buttons
    )
    heard = replace(
        voice,
        who=owner.name(voice.language) if owner else "",
        due_at=opening.promised_by(ticket, running),
        number=ticket.number,
    )
    return heard, replace(reply, values=values, buttons=buttons)


def _running(session: Session, ticket: Ticket, clocks: Clocks) -> list[Deadline]:
    """The ticket's running clocks, the next one due first; those just started are not read back."""
    if ticket.id not in clocks:
        return deadline_queries.list_running(session, [ticket.id]).get(ticket.id, [])
    running = (one for one in clocks[ticket.id] if one.met_at is None and one.cancelled_at is None)
    return sorted(running, key=lambda one: one.due_at)
