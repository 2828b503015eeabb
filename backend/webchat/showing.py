"""What the chat is shown: messages, tickets and who it is with, in the reader's language. Decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.conversations import facts
from backend.conversations.tools import Tools
from backend.deadlines import explaining, reckoning
from backend.messages import files
from backend.messages import queries as message_queries
from backend.models import Deadline, Message, StoredFile, Ticket, User
from backend.people import phones
from backend.tickets import beside, expiring
from backend.tickets import queries as ticket_queries
from backend.tickets.steps_told import in_charge, is_own_turn, is_timed, next_told, promised
from backend.tickets.wording import step_name
from backend.webchat import queries, schemas
from locales.dates import format_day, format_moment, format_time

#: nobody asks any more why these take long
OVER: Final = frozenset({"closed", "cancelled"})
#: steps at which a wish stands from its first moment
FROM_THE_FIRST: Final = frozenset({"housekeeping.booked"})


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom messages are shown: language, zone, instant, and the key that signs file links."""

    language: str
    zone: str
    now: datetime
    real_now: datetime
    secret: str


def reader_for(tools: Tools, language: str, zone: str) -> Reader:
    return Reader(language, zone, tools.clock.now(), tools.clock.real_now(), tools.settings.secret_key)


def reader_of_link(session: Session, tools: Tools, link_id: int) -> Reader:
    """Return for whom a link's messages are shown, as the link stands now."""
    language, zone = queries.reading_of(session, link_id)
    return reader_for(tools, language, zone)


def show(session: Session, rows: Sequence[Message], reader: Reader) -> list[schemas.MessageOut]:
    """Return messages as the API tells them."""
    ids = [row.id for row in rows]
    by_message: dict[int, list[StoredFile]] = {}
    for file in message_queries.list_files(session, ids):
        by_message.setdefault(file.message_id or 0, []).append(file)
    tickets = queries.tickets_of(session, {row.ticket_id for row in rows if row.ticket_id})
    names = ticket_queries.names_of(session, {row.by_user_id for row in rows if row.by_user_id})
    replaced = message_queries.list_replaced(session, [row.answers_id for row in rows if row.answers_id])
    shown = [_message(row, tickets, names, by_message.get(row.id, []), reader) for row in rows]
    for row, out in zip(rows, shown, strict=True):
        out.replaces = replaced.get(row.answers_id or 0, [])
    return shown


def _message(
    row: Message,
    tickets: dict[int, Ticket],
    names: dict[int, User],
    attached: list[StoredFile],
    reader: Reader,
) -> schemas.MessageOut:
    ticket = tickets.get(row.ticket_id or 0)
    by = names.get(row.by_user_id or 0)
    return schemas.MessageOut.model_validate(
        {
            "seq": row.seq,
            "author": row.author,
            "language": row.language,
            "text": row.text,
            "buttons": buttons_of(row),
            "style": "list" if row.values.get("list") else "choices",
            "ticket": {"number": ticket.number, "item": ticket.item_id, "state": ticket.state}
            if ticket
            else None,
            "files": [_file(file, reader) for file in attached],
            "client_id": row.client_id,
            "name": by.name(reader.language) if by else None,
            "sent_at": utc(row.sent_at),
            "time": format_time(row.sent_at, reader.zone),
            "day": _heading(format_day(reader.language, row.sent_at, reader.zone, reader.now)),
        }
    )


def _heading(day: str) -> str:
    """``Today``: between messages a day stands alone, not in a sentence."""
    return day[:1].upper() + day[1:]


def buttons_of(row: Message) -> list[dict[str, str]]:
    """Buttons with their short values; used ones are gone."""
    if row.buttons_used_at is not None:
        return []
    return [{"label": b["label"], "value": f"{row.seq}.{i}"} for i, b in enumerate(row.buttons)]


def _file(file: StoredFile, reader: Reader) -> dict[str, object]:
    url = files.sign(reader.secret, file.id, reader.real_now)
    return {"id": file.id, "kind": file.kind, "name": file.name, "size": file.size, "url": url}


def utc(instant: datetime) -> str:
    """An instant as the API writes it: UTC with Z, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tickets_of(session: Session, conversation_id: int, reader: Reader) -> list[schemas.TicketOut]:
    """Return the person's own tickets, newest first, with what was promised."""
    found = queries.deadlines_of(session, conversation_id)
    names = ticket_queries.names_of(session, {who for ticket, _ in found if (who := _in_charge(ticket))})
    into = queries.tickets_of(session, {one.merged_into_id for one, _ in found if one.merged_into_id})
    told: dict[int, tuple[str, ...]] = {}
    for ticket, _ in found:
        if ticket.state not in OVER:
            told |= _explained(session, ticket, reader)
    shown = [_ticket(ticket, clocks, names, reader, told) for ticket, clocks in found]
    for out, (ticket, _) in zip(shown, found, strict=True):
        if (kept := into.get(ticket.merged_into_id or 0)) is not None:
            _as_merged(out, kept.number, reader.language)
    return shown


def _as_merged(out: schemas.TicketOut, into: int, language: str) -> None:
    """Its own machine calls it off; its resident is told that the matter goes on."""
    out.step_name = beside.merged_step(language, into)
    out.next = schemas.NextOut(text=beside.merged_next(language, into), yours=False, due_at=None, time="")


def _explained(session: Session, ticket: Ticket, reader: Reader) -> dict[int, tuple[str, ...]]:
    """How each of the ticket's clocks came about, by its id: why it takes as long as it does."""
    told = explaining.explained(session, ticket, reader.zone, reader.language, reader.now)
    return {one.deadline.id: one.sentences for one in told}


def _in_charge(ticket: Ticket) -> int:
    """Who acts next, as the resident is told it; 0 while nobody does."""
    return in_charge(ticket.manner, ticket.step, ticket.worker_id, ticket.butler_id)


def _ticket(
    ticket: Ticket,
    clocks: Sequence[Deadline],
    names: dict[int, User],
    reader: Reader,
    explained: dict[int, tuple[str, ...]],
) -> schemas.TicketOut:
    return schemas.TicketOut(
        number=ticket.number,
        item=ticket.item_id,
        name=ticket.name(reader.language),
        state=ticket.state,
        step=ticket.step,
        step_name=_standing(reader.language, ticket),
        slots=ticket.slots,
        created_at=utc(ticket.received_at),
        promises=[_promise(c, reader, explained) for c in clocks if c.cancelled_at is None],
        next=_next(ticket, clocks, names.get(_in_charge(ticket)), reader),
    )


def _standing(language: str, ticket: Ticket) -> str:
    """Where it stands: registered, and no more, until somebody has taken it up and its time is agreed."""
    is_settled = ticket.accepted_at is not None and ticket.appointment_start is not None
    begins = f"{ticket.manner}.{ticket.step}" in FROM_THE_FIRST and not is_settled
    return step_name(language, "requested" if begins else ticket.step, "" if begins else ticket.manner)


def _next(
    ticket: Ticket, clocks: Sequence[Deadline], who: User | None, reader: Reader
) -> schemas.NextOut | None:
    """What happens next and by when: the open promise that is due next, else the date set for the ticket.

    A promise that is late already stands among the promises as late; what is still to come is said here.
    """
    named = who.name(reader.language) if who else ""
    ahead_of = is_timed(ticket.appointment_end, reader.now)
    text = next_told(reader.language, ticket.manner, ticket.step, named, is_timed=ahead_of)
    if not text:
        return None
    first = reckoning.most_urgent(promised(clocks))
    ahead = _ahead(ticket, clocks, reader.now)
    shown = ahead or (first.due_at if first else None)
    return schemas.NextOut(
        text=text,
        yours=is_own_turn(ticket.workflow, ticket.step),
        due_at=utc(shown) if shown else None,
        time=format_moment(reader.language, ahead, reader.zone, reader.now) if ahead else "",
    )


def _ahead(ticket: Ticket, clocks: Sequence[Deadline], now: datetime) -> datetime | None:
    """The instant that still lies ahead: the next running promise, or until when the step itself lasts."""
    running = [one for one in promised(clocks) if one.paused_at is None and one.due_at > now]
    first = reckoning.most_urgent(running)
    if first is not None:
        return first.due_at
    lasts = expiring.is_dated(ticket.workflow, ticket.step)
    return ticket.limit_at if lasts and ticket.limit_at and ticket.limit_at > now else None


def _promise(clock: Deadline, reader: Reader, explained: dict[int, tuple[str, ...]]) -> schemas.PromiseOut:
    breached = reckoning.breach_instant(clock, reader.now)
    return schemas.PromiseOut(
        clock=clock.name,
        due_at=utc(clock.due_at),
        met_at=utc(clock.met_at) if clock.met_at else None,
        breached_at=utc(breached) if breached else None,
        text=format_moment(reader.language, clock.due_at, reader.zone, reader.now),
        explain=list(explained.get(clock.id, ())),
    )


def who_is_there(session: Session, tools: Tools, link_id: int) -> schemas.MeOut:
    """Return who the chat is with: name, butler, estate, language."""
    link, conversation = queries.get_pair(session, link_id)
    around = facts.gather(session, link, conversation, tools.clock.now())
    estate, known, language = around.estate, around.facts, link.language
    hours = (estate.settings.get("desk_hours") or {}).get(language, "")
    return schemas.MeOut(
        name=known.address_as, linked=known.linked, language=language, large_type=link.is_large_type,
        home=known.home,
        butler=_butler(tools, around.butler, known.butler) if known.linked and around.butler else None,
        estate=schemas.EstateOut(code=estate.code, name=known.estate, hotline=known.hotline,
                                 desk_hours=hours),
    )  # fmt: skip


def _butler(tools: Tools, butler: User, name: str) -> schemas.ButlerOut:
    phone = tools.vault.unseal(butler.phone_sealed) if butler.phone_sealed else ""
    return schemas.ButlerOut(name=name, phone=phones.pretty(phone) if phone else "")
