"""Gathering what the house knows about one conversation at this moment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.conversations import queries
from backend.conversations.state import Facts, KnownIncident, OpenTicket
from backend.deadlines import queries as deadline_queries
from backend.deadlines.reckoning import most_urgent
from backend.incidents import service as incidents
from backend.models import ChannelLink, Conversation, Deadline, Estate, Home, Resident, Ticket, User
from backend.people import butlers, homes, phones
from backend.tickets import lifecycle
from backend.tickets import queries as ticket_queries
from backend.tickets import service as tickets
from backend.tickets.own_steps import own_steps
from backend.tickets.steps import Walker
from backend.tickets.steps_told import in_charge, is_timed, promised

#: after a person answered, the bot leaves the floor to them (MANNERS §1.12)
QUIET: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The rows behind the facts, for those who carry out the orders."""

    facts: Facts
    estate: Estate
    conversation: Conversation
    link: ChannelLink
    resident: Resident | None
    home: Home | None
    butler: User | None
    tickets: dict[int, Ticket]


def gather(session: Session, link: ChannelLink, conversation: Conversation, now: datetime) -> Surroundings:
    """Read everything a turn may need to know; ``now`` is an aware instant."""
    estate, resident, home, _own = queries.load_around(session, conversation)
    if home is None and resident is not None:
        home = queries.find_home_of(session, resident, now)
    butler = butlers.choose_butler(session, home, estate.id, now=now)
    own = {
        t.number: t for t in ticket_queries.list_own_tickets(session, conversation.id, only_unfinished=True)
    }
    is_quiet = _is_quiet(conversation, now)
    facts = Facts(
        language=link.language,
        zone=estate.timezone,
        estate=estate.name(link.language),
        hotline=hotline(estate),
        linked=resident is not None,
        kind=resident.kind if resident else "",
        channel=link.channel,
        address_as=resident.address_as(link.language) if resident else "",
        home=home_name(home, link.language) if home and resident else "",
        butler=butler.name(link.language) if butler else "",
        tickets=_open_tickets(session, own, link.language, now.astimezone(ZoneInfo(estate.timezone))),
        is_quiet=is_quiet,
        staff_on=_staff_on(session, conversation, own) if is_quiet else None,
        building=home.building if home and resident else "",
        incidents=_known_incidents(session, estate.id, link.language) if home and resident else (),
        human_replied_at=conversation.human_replied_at,
    )
    return Surroundings(facts, estate, conversation, link, resident, home, butler, own)


def _staff_on(session: Session, conversation: Conversation, own: dict[int, Ticket]) -> int | None:
    """The open ticket of which a person of the house wrote last."""
    ticket_id = queries.find_staff_ticket(session, conversation)
    return next((number for number, one in own.items() if one.id == ticket_id), None)


def _known_incidents(session: Session, estate_id: int, language: str) -> tuple[KnownIncident, ...]:
    """The incidents that staff have opened in the estate, so that the next reporter is told at once."""
    known = incidents.list_known(session, estate_id)
    names = ticket_queries.names_of(session, {i for one in known if (i := one.opened_by_id)})
    return tuple(
        KnownIncident(one.id, one.topic, one.building, one.state, incidents.text_of(one, language),
                      name.name(language) if (name := names.get(one.opened_by_id or 0)) else "")
        for one in known
    )  # fmt: skip


def gather_zone(session: Session, estate_id: int) -> str:
    return session.get_one(Estate, estate_id).timezone


def home_name(home: Home, language: str) -> str:
    return homes.word_home(home.building, home.unit, home.flat, language)


def hotline(estate: Estate) -> str:
    """The estate's phone as it is read aloud."""
    return _aloud(estate.hotline)


@lru_cache(maxsize=64)
def _aloud(written: str) -> str:
    number = phones.normalise(written)
    return phones.pretty(number) if number else written


def _is_quiet(conversation: Conversation, now: datetime) -> bool:
    replied = conversation.human_replied_at
    return replied is not None and now - replied < QUIET


def _open_tickets(
    session: Session, own: dict[int, Ticket], language: str, now: datetime
) -> tuple[OpenTicket, ...]:
    ids = [ticket.id for ticket in own.values()]
    running = deadline_queries.list_running(session, ids) if ids else {}
    clocks = {i: first for i, rows in running.items() if (first := most_urgent(promised(rows)))}
    people = {i for t in own.values() if (i := _in_charge(t))}
    names = ticket_queries.names_of(session, people)
    return tuple(
        replace(
            _open_ticket(ticket, clocks, names, language),
            own=_own_steps(session, ticket, now),
            slots=_slots(ticket, now.tzinfo),
            is_timed=is_timed(ticket.appointment_end, now),
        )
        for ticket in own.values()
    )


def _own_steps(session: Session, ticket: Ticket, now: datetime) -> tuple[str, ...]:
    """The kinds of steps that wait for the resident and that nothing stands in the way of."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    found = []
    for one in own_steps(ticket.workflow, ticket.step):
        move = machine.move(ticket.step, one.to)
        walker = Walker(session, ticket, now, "R", given=one.record)
        if move is not None and not walker.lacks(move):
            found.append(one.kind)
    return tuple(found)


def _in_charge(ticket: Ticket) -> int:
    return in_charge(ticket.manner, ticket.step, ticket.worker_id, ticket.butler_id)


def _slots(ticket: Ticket, zone: tzinfo | None) -> dict[str, Any]:
    """The details of a ticket; the agreed time in place of the one that was wished for."""
    start, end = ticket.appointment_start, ticket.appointment_end
    if start is None:
        return dict(ticket.slots)
    agreed = {
        "start": start.astimezone(zone).isoformat(),
        "end": end.astimezone(zone).isoformat() if end else None,
        "grain": "hour",
    }
    return {**ticket.slots, "when": agreed}


def _open_ticket(
    ticket: Ticket, clocks: dict[int, Deadline], names: dict[int, User], language: str
) -> OpenTicket:
    clock = clocks.get(ticket.id)
    user = names.get(_in_charge(ticket))
    actions = tickets.actions_of(ticket)
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    return OpenTicket(
        number=ticket.number,
        item=ticket.item_id,
        name=ticket.name(language),
        workflow=ticket.manner,
        state=ticket.state,
        step=ticket.step,
        actions=actions,
        who=user.name(language) if user else "",
        due_at=clock.due_at if clock else None,
        clock=clock.name if clock else None,
        wants_follow_up="follow_up" in actions and machine.name != "enquiry",
        opened_at=ticket.entered_at,
        words=ticket.words,
        where=str(ticket.slots.get("where") or ""),
    )
