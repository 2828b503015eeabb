"""The owner's consent to what a tenant asks for, given by the owner in their own chat (WF-09, WF-10, WF-20).

A tenant, or somebody of the family, needs it; where the owner of that home is known here and has a chat, they
are asked there, once. Staff may record it as before. Asking and telling have transactions of their own: two
chats are never held at once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend import logs
from backend.clock import Clock
from backend.db import Database
from backend.deadlines import alerts
from backend.messages import queries as message_queries
from backend.messages import quiet
from backend.messages import service as messages
from backend.models import Estate, Home, Resident, Ticket
from backend.tickets import consent_queries, facts, lifecycle, own_steps, queries, resident, telling, wording
from backend.tickets.consent_queries import ANSWER, ASKED, CONSENT, TOLD
from backend.tickets.lifecycle import MACHINES
from backend.tickets.steps import Lacking
from locales import N_, t

GUARD: Final = "owner-consent"
#: so many of each a tick
BATCH: Final = 100
#: workflow → the steps from which the way on needs the owner
NEEDS: Final[Mapping[str, frozenset[str]]] = {
    name: found
    for name, machine in MACHINES.items()
    if (found := frozenset(move.from_step for move in machine.moves if GUARD in move.guards))
}
QUESTION: Final = N_(
    "{named}{who} has asked for “{name}” at {home} (#{number}). This needs your consent as the owner of the "
    "home. Do you agree?"
)
SAID: Final[Mapping[str, str]] = {
    "yes": N_("{named}the owner has agreed to #{number} ({name}), and it goes on."),
    "no": N_(
        "{named}the owner has not agreed to #{number} ({name}). Please talk to them; your butler knows of it "
        "too."
    ),
}


def tick(db: Database, clock: Clock) -> int:
    """Ask owners who were not asked yet, and tell tenants what was answered; return how many messages."""
    now = clock.now()
    steps = {name: sorted(found) for name, found in NEEDS.items()}
    with db.read() as session:
        asking = consent_queries.list_to_ask(session, steps, BATCH)
        telling_ = consent_queries.list_to_tell(session, BATCH)
    done = sum(_each(db, one, now, is_answer=False) for one in asking)
    return done + sum(_each(db, one, now, is_answer=True) for one in telling_)


def _each(db: Database, ticket_id: int, now: datetime, *, is_answer: bool) -> bool:
    work = _tell_tenant if is_answer else _ask_owner
    try:
        return db.run(lambda session: work(session, ticket_id, now))
    except Exception as error:  # one that cannot be asked holds up no other
        logs.failure("tickets.consent", error, ticket=ticket_id)
        return False


def _is_to_ask(session: Session, ticket: Ticket) -> bool:
    """It waits for an owner who was not asked yet."""
    return ASKED not in ticket.facts and _is_open(session, ticket)


def _is_open(session: Session, ticket: Ticket) -> bool:
    """Its way on needs an owner, and nobody has told that they agreed."""
    if ticket.closed_at is not None or ticket.step not in NEEDS.get(ticket.workflow, ()):
        return False
    kind = facts.resident_kind(session, ticket)
    return kind not in (None, "owner") and not facts.facts_of(ticket, kind).says_yes(CONSENT)


def _ask_owner(session: Session, ticket_id: int, now: datetime) -> bool:
    seen = session.get_one(Ticket, ticket_id)
    owner = consent_queries.find_owner(session, seen.home_id, seen.resident_id)
    talk = message_queries.find_conversation_of(session, owner.id) if owner else None
    if owner is None or talk is None:
        return False
    conversation = message_queries.lock_conversation(session, talk.id)
    ticket = queries.lock_ticket(session, ticket_id)
    if ticket is None or not _is_to_ask(session, ticket):
        return False
    ticket.facts = {**ticket.facts, ASKED: owner.id}
    link = messages.last_link(session, conversation)
    language = link.language if link else owner.language
    zone = session.get_one(Estate, ticket.estate_id).timezone
    out = messages.Outgoing(
        author="bot", language=language, text=_question(session, ticket, owner, language),
        reply_kind=CONSENT, values={"owner": ticket.number}, buttons=_buttons(language, ticket.number),
        not_before=quiet.not_before(now, zone, link.last_inbound_at if link else None),
    )  # fmt: skip
    messages.send(session, conversation, link, out, now)
    telling.record(session, ticket, "owner_asked", now, actor="BOT")
    return True


def _question(session: Session, ticket: Ticket, owner: Resident, language: str) -> str:
    tenant = session.get_one(Resident, ticket.resident_id)
    home = session.get(Home, ticket.home_id) if ticket.home_id else None
    return wording.sentence(
        language, QUESTION, named=wording.named(language, owner.address_as(language)), who=tenant.name,
        name=ticket.name(language), home=home.code if home else "", number=ticket.number,
    )  # fmt: skip


def _buttons(language: str, number: int) -> list[dict[str, Any]]:
    labels = ((N_("I agree"), True), (N_("I do not agree"), False))
    return [
        {"label": t(language, label), "action": "owner", "values": {"number": number, "agree": is_yes}}
        for label, is_yes in labels
    ]


def find_asked(session: Session, owner: Resident | None, number: int) -> Ticket | None:
    """Return the ticket, held, that waits for this owner's word; None where it is settled or not theirs.

    It is settled too when staff recorded the consent meanwhile, or the ticket went another way.
    """
    ticket = consent_queries.lock_asked(session, number)
    if ticket is None or owner is None or ticket.facts.get(ASKED) != owner.id:
        return None
    is_theirs = consent_queries.is_owner(session, ticket.home_id, owner.id)
    return ticket if is_theirs and ANSWER not in ticket.facts and _is_open(session, ticket) else None


def answer(
    session: Session, owner: Resident | None, number: int, now: datetime, *, is_yes: bool
) -> Ticket | None:
    """Note what the owner said; None where they are not the one who was asked, or it is settled already."""
    ticket = find_asked(session, owner, number)
    if ticket is None or owner is None:
        return None
    said = "yes" if is_yes else "no"
    ticket.facts = {**ticket.facts, ANSWER: said, **({CONSENT: True} if is_yes else {})}
    kind = "owner_agreed" if is_yes else "owner_refused"
    telling.record(session, ticket, kind, now, actor="R", note=owner.name, owner=owner.id)
    telling.changed(session, ticket, now, None)
    if not is_yes and ticket.butler_id is not None:
        values = {"number": ticket.number, "what": "owner"}
        key, butler = f"owner:{ticket.id}", ticket.butler_id
        call = alerts.Call(ticket.estate_id, butler, "attention", now, key, ticket.id, values=values)
        alerts.write(session, [call], now)
    return ticket


def _tell_tenant(session: Session, ticket_id: int, now: datetime) -> bool:
    seen = session.get_one(Ticket, ticket_id)
    if seen.conversation_id is not None:
        message_queries.lock_conversation(session, seen.conversation_id)
    ticket = queries.lock_ticket(session, ticket_id)
    if ticket is None or ANSWER not in ticket.facts or TOLD in ticket.facts:
        return False
    said = str(ticket.facts[ANSWER])
    ticket.facts = {**ticket.facts, TOLD: said}
    reader = telling.reader_of(session, ticket)
    text = wording.sentence(
        reader.language, SAID[said], named=wording.named(reader.language, reader.address_as),
        number=ticket.number, name=ticket.name(reader.language),
    )  # fmt: skip
    telling.push(session, ticket, reader, wording.Push(text, []), now, "owner_said")
    if said == "yes":
        _go_ahead(session, ticket, now)
    return True


def _go_ahead(session: Session, ticket: Ticket, now: datetime) -> None:
    """The resident's own step that waited for nothing else (a move-out) is taken with the consent."""
    one = own_steps.find(ticket.workflow, ticket.step, "go_ahead")
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    if one is None or machine.move(ticket.step, one.to) is None:
        return
    try:
        resident.step(session, ticket, one.to, now)
    except Lacking:
        return
