"""The steps that may follow and the action that takes one of them, with the record it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from backend.errors import BadInput
from backend.models import Ticket
from backend.people.viewer import Viewer
from backend.tickets import (
    complaints,
    endings,
    facts,
    lacking,
    lifecycle,
    milestones,
    outcome,
    records,
    taking,
    turns,
    wording,
)
from backend.tickets.guards import lacks
from backend.tickets.lifecycle import Machine, Move
from backend.tickets.steps import Lacking
from backend.tickets.work import ACTORS, Work, open_moves
from locales import N_

#: what the clocks know an action by that leads to the same step
EVENTS: Final[Mapping[str, str]] = {
    "assign": "assigned", "check_in": "checked_in", "complete": "completed", "sign_off": "signed_off",
    "feedback": "fed_back", "answer": "answered", "decide": "decided",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step that may follow: whose it is (``for_``), the fields its record has and must have, and what
    still lacks, in the reader's language; an empty ``lacks`` means that it can be taken now."""

    to: str
    event: str
    for_: str
    form: str | None
    fields: tuple[str, ...]
    needs: tuple[str, ...]
    lacks: tuple[str, ...]


def moves_for(session: Session, ticket: Ticket, viewer: Viewer) -> tuple[NextStep, ...]:
    """Return the steps that this viewer may take or record now, each with what it still needs."""
    return moves_of_kind(ticket, viewer, facts.resident_kind(session, ticket))


def moves_of_kind(ticket: Ticket, viewer: Viewer, kind: str | None) -> tuple[NextStep, ...]:
    """The same for a caller who knows already whether the resident is owner, tenant or family."""
    found = []
    for move in open_moves(ticket, viewer):
        known = facts.facts_of(ticket, kind, actor=ACTORS[viewer.role])
        told = tuple(lacking.said(viewer.language, one, move.form) for one in lacks(move, known))
        asked = records.fields_of(move)
        found.append(NextStep(move.to_step, move.event, move.actor, move.form, asked, move.fields, told))
    return tuple(found)


def move(work: Work) -> None:
    """Take one step by name, with its record. Raises Lacking, IllegalMove, BadInput."""
    to = work.body["to"]
    found = next((one for one in open_moves(work.ticket, work.viewer) if one.to_step == to), None)
    if found is None:
        raise _refuse(work)
    work.acting_for = _acting_for(work, found)
    work.given = records.checked(found, work.body.get("record") or {})
    missing = work.walker.lacks(found)
    if missing:
        raise Lacking(missing, _steps(work), found.form)
    machine, was_done = work.machine, work.ticket.step in work.machine.done
    was_severe, is_first = work.ticket.severity == "severe", work.ticket.accepted_at is None
    told = taking.last_told(work)
    _remember(work, found)
    work.walk("moved", (found,), note=work.body.get("note") or "", record=sorted(work.given))
    _let_know(work, machine, found, was_done=was_done)
    if work.ticket.workflow == "complaint":
        complaints.tell_if_severe(work, was_severe=was_severe)
    _follow(work, machine, found, was_done=was_done)
    outcome.close_judged(work.walker)
    _tell(work, found)
    if is_first and work.ticket.accepted_at is not None and taking.last_told(work) == told:
        taking.tell(work, work.viewer.name(work.reader.language))  # nothing else has said who acts (SLA-01)


def _tell(work: Work, found: Move) -> None:
    """Whose turn it is now, and what the resident waited for."""
    said = (work.session, work.ticket, work.reader, work.now, work.given, found.form)
    turns.tell(*said)
    why = (work.ticket.reason or "") if found.to_step in lifecycle.DROPPED else ""
    milestones.tell(*said, why.strip().rstrip("。."))


def _steps(work: Work) -> tuple[str, ...]:
    return tuple(one.to_step for one in open_moves(work.ticket, work.viewer))


def _refuse(work: Work) -> Exception:
    refusal = work.refuse()
    refusal.allowed = _steps(work)
    language, workflow = work.viewer.language, work.ticket.workflow
    names = [wording.step_name(language, step, workflow) for step in refusal.allowed]
    comma = "、" if language == "zh" else ", "
    refusal.values = {**refusal.values, "allowed": comma.join(names) or "–"}
    return refusal


def _acting_for(work: Work, found: Move) -> str | None:
    """For whom it is recorded: whom the body names, else whoever the step belongs to."""
    named = work.body.get("for")
    if named is None:
        return found.taken_for(work.actor)
    if named not in found.actor.split():
        raise BadInput(N_("This step cannot be recorded for {actor}. It belongs to: {actors}."), actor=named,
                       actors=found.actor)  # fmt: skip
    return None if named == work.actor else str(named)


def _remember(work: Work, found: Move) -> None:
    """What a step settles beside its record: the reason of a refusal stands on the ticket."""
    reason = work.given.get("reason") or work.body.get("note")
    if found.to_step in lifecycle.DROPPED:
        work.ticket.reason = reason or work.ticket.reason


def _follow(work: Work, machine: Machine, found: Move, *, was_done: bool) -> None:
    """What a step brings with it: a warranty ticket of its own, and what the resident is told of an end."""
    ticket = work.ticket
    if found.to_step == "moved_to_warranty":
        outcome.hand_to_warranty(work.session, work.menu, ticket, work.now)
    elif found.to_step in lifecycle.DROPPED:
        endings.tell_dropped(work.session, ticket, work.reader, work.now, ticket.reason or "")
    elif ticket.step in machine.done and not was_done:
        endings.tell_done(work.session, ticket, work.reader, work.now, _cost(work))


def _cost(work: Work) -> int | None:
    """The price that the step's record books."""
    booked = work.given.get("cost_fen")
    return int(booked) if booked else None


def _let_know(work: Work, machine: Machine, found: Move, *, was_done: bool) -> None:
    """The clocks hear of the step as of the action that leads there; whoever moves a ticket took it up."""
    ticket = work.ticket
    if ticket.step in lifecycle.DROPPED:
        work.happen("cancelled")
        return
    if ticket.accepted_at is None:
        ticket.accepted_at = work.now
        work.happen("accepted")
    if ticket.workflow == "complaint" and ticket.department:
        work.happen("classified", ticket.limit_at)
    for action, event in EVENTS.items():
        if machine.aims.get(action) == found.to_step:
            work.happen(event)
    if found.to_step in machine.done and not was_done:
        work.happen("completed")
    if found.to_step == "followed_up" or (was_done and found.to_step == "closed"):
        work.happen("followed_up")
