"""How a ticket ends: the follow-up record and what dissatisfaction starts (SLA-15, SLA-16)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.models import Ticket, User
from backend.tickets import lifecycle, opening, queries, telling, wording
from intents.menu import Menu
from locales.dates import local

#: unreached counts as an outcome after two tries on two days (MANNERS §1.6)
UNREACHED_DAYS: Final = 2
COMPLAINT: Final = "common.voice.complaint"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A follow-up record: satisfied, partly, unsatisfied or unreached; who said or noted it."""

    result: str
    note: str
    score: int | None
    actor: str
    by_user_id: int | None = None


def follow_up(session: Session, menu: Menu, ticket: Ticket, verdict: Verdict, now: datetime) -> Ticket | None:
    """Record the outcome and move on. Returns the new linked complaint where there is one.

    Not satisfied: complaint → new linked complaint, the old one never reopened (SLA-15); repair,
    housekeeping and general → rework on the same ticket with a new cycle (SLA-16), the second time a
    linked complaint, as for an emergency the first time; enquiry → a person looks again, in a new cycle.
    Raises NoWay where nothing is finished yet.
    """
    machine = lifecycle.machine_of(ticket.workflow)
    if verdict.result == "unreached" and not _was_tried_enough(session, ticket, now):
        _record(session, ticket, verdict, now, None)
        return None
    is_unhappy = verdict.result == "unsatisfied"
    second = is_unhappy and machine.unsatisfied == "rework" and ticket.cycle >= 2
    target = machine.unsatisfied if is_unhappy and not second else "closed"
    moves = lifecycle.walk(machine, ticket.step, target)
    ticket.satisfaction, ticket.score = verdict.result, verdict.score
    for move in moves[:-1]:
        telling.record(session, ticket, "step", now, actor=verdict.actor, by_user_id=verdict.by_user_id,
                       acting_for=_acting_for(verdict, move), move=move)  # fmt: skip
    _record(session, ticket, verdict, now, moves[-1])
    session.flush()
    deadlines.on_event(session, ticket, "followed_up", now)
    if target in ("rework", "taken"):
        _begin_again(session, ticket, now)
    if is_unhappy and (second or machine.name in ("complaint", "emergency")):
        return _complain(session, menu, ticket, verdict, now)
    return None


def _record(
    session: Session, ticket: Ticket, verdict: Verdict, now: datetime, move: lifecycle.Move | None
) -> None:
    telling.record(session, ticket, "followed_up", now, actor=verdict.actor, by_user_id=verdict.by_user_id,
                   acting_for=_acting_for(verdict, move), move=move, note=verdict.note,
                   result=verdict.result, score=verdict.score)  # fmt: skip


def _acting_for(verdict: Verdict, move: lifecycle.Move | None) -> str | None:
    """Whose step staff recorded; a resident's own verdict stands for nobody else."""
    return move.taken_for(verdict.actor) if move is not None and verdict.actor != "R" else None


def _was_tried_enough(session: Session, ticket: Ticket, now: datetime) -> bool:
    tries = queries.list_events_of_kind(session, ticket.id, "followed_up", ticket.cycle)
    zone = queries.zone_of(session, ticket.estate_id)
    days = {local(row.at, zone).date() for row in tries if row.values.get("result") == "unreached"}
    return len(days | {local(now, zone).date()}) >= UNREACHED_DAYS


def _begin_again(session: Session, ticket: Ticket, now: datetime) -> None:
    """A new cycle on the same ticket: nothing of the first one's record is changed."""
    ticket.cycle += 1
    ticket.accepted_at = ticket.done_at = None
    ticket.appointment_start = ticket.appointment_end = None
    session.flush()
    deadlines.on_event(session, ticket, "opened", now)
    if ticket.step == "rework":
        _tell_again(session, ticket, now)


def _tell_again(session: Session, ticket: Ticket, now: datetime) -> None:
    reader = telling.reader_of(session, ticket)
    butler = session.get(User, ticket.butler_id) if ticket.butler_id else None
    who = butler.name(reader.language) if butler else ""
    pushed = wording.rework(reader.language, reader.address_as, ticket.number, who)
    telling.push(session, ticket, reader, pushed, now, "rework")


def _complain(session: Session, menu: Menu, old: Ticket, verdict: Verdict, now: datetime) -> Ticket:
    """SLA-15: what the resident says is a new complaint, with all its clocks from now.

    What staff wrote of a follow-up is theirs: only a resident's own words become words of the complaint.
    """
    said = verdict.note if verdict.actor == "R" else ""
    words, topic = said or old.words, said or old.slots.get("topic") or old.words
    item_id = old.item_id if old.workflow == "complaint" else COMPLAINT
    new = opening.NewTicket(
        estate_id=old.estate_id, item_id=item_id, channel=old.channel, language=old.language,
        words=words, asked_at=now, received_at=now, reason="redo",
        slots={"topic": topic, "ticket": old.number}, conversation_id=old.conversation_id,
        link_id=old.link_id, resident_id=old.resident_id, home_id=old.home_id, actor="SYS",
        reopened_from_id=old.id,
    )  # fmt: skip
    ticket = opening.open_ticket(session, menu, new, now)
    reader = telling.reader_of(session, ticket)
    pushed = wording.new_complaint(reader.language, reader.address_as, ticket.number, old.number)
    telling.push(session, ticket, reader, pushed, now, "new_complaint")
    return ticket
