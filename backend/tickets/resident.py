"""What residents do to their own tickets, through the conversation. Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.deadlines import queries as deadline_queries
from backend.deadlines import service as deadlines
from backend.deadlines import waits
from backend.messages import live
from backend.models import Alert, Ticket
from backend.tickets import lifecycle, outcome, queries, records, service, telling, unscheduling
from backend.tickets.lifecycle import Move
from backend.tickets.steps import Lacking, Walker
from intents.menu import Menu


def cancel(session: Session, ticket: Ticket, words: str, now: datetime) -> bool:
    """Withdraw before work starts; False where it is too late."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    move = machine.move(ticket.step, machine.cancel_to)
    if move is None or ticket.step not in machine.before_work:
        return False
    walker = Walker(session, ticket, now, "R")
    walker.walk("cancelled", (move,), words)
    walker.happen("cancelled")
    _settle(session, ticket, now)
    return True


def _settle(session: Session, ticket: Ticket, now: datetime) -> None:
    service.settle(session, ticket, now)
    telling.changed(session, ticket, now, None)


def own_moves(session: Session, ticket: Ticket, now: datetime) -> tuple[Move, ...]:
    """Return the steps that are the resident's own and may be taken now: a price accepted, a work signed."""
    walker = Walker(session, ticket, now, "R")
    moves = lifecycle.machine_of(ticket.workflow, ticket.step).moves_from(ticket.step)
    return tuple(move for move in moves if "R" in move.actor.split() and not walker.lacks(move))


def step(
    session: Session, ticket: Ticket, to: str, now: datetime, words: str = "",
    record: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Take a step that is the resident's own (accept a price, sign off, refuse); False where it is not.

    Raises Lacking when the step needs what is not there yet, as the owner's consent.
    """
    move = lifecycle.machine_of(ticket.workflow, ticket.step).move(ticket.step, to)
    if move is None or "R" not in move.actor.split():
        return False
    walker = Walker(session, ticket, now, "R", given=records.checked(move, record or {}))
    walker.check((move,))
    was_done = ticket.step in walker.machine.done
    walker.walk("moved", (move,), words)
    if to in lifecycle.DROPPED:
        ticket.reason = words or ticket.reason
        walker.happen("cancelled")
    elif ticket.step in walker.machine.done and not was_done:
        walker.happen("completed")
    heard_back(session, ticket, now)
    _settle(session, ticket, now)
    return True


def urge(session: Session, ticket: Ticket, now: datetime) -> None:
    """Chase it: noted, and rung to whoever answers for it, at most once in ten minutes."""
    telling.record(session, ticket, "urged", now, actor="R")
    _ring(session, ticket, "urged", f"urge:{ticket.id}:{int(now.timestamp()) // 600}", now)
    telling.changed(session, ticket, now, None)


def _ring(session: Session, ticket: Ticket, kind: str, key: str, now: datetime) -> None:
    if ticket.butler_id is None or queries.has_alert(session, key):
        return
    session.add(
        Alert(estate_id=ticket.estate_id, user_id=ticket.butler_id, ticket_id=ticket.id, kind=kind,
              dedupe_key=key, at=now, created_at=now)
    )  # fmt: skip
    live.emit(session, ticket.estate_id, "alert", {"users": [ticket.butler_id]}, now)


def wrote(session: Session, ticket: Ticket, since: datetime, now: datetime) -> None:
    """What was left to the person in the chat rings for whoever answers for it, once ``since`` they wrote."""
    _ring(session, ticket, "wrote", f"wrote:{ticket.id}:{int(since.timestamp())}", now)


def add(session: Session, ticket: Ticket, values: dict[str, Any], now: datetime) -> None:
    """Put words and photos on the ticket; a ticket that waited for the resident goes on.

    ``kind``: added, cancel_asked, all_clear (told to all who were called), edited (``words``: the new wording
    of a message that belongs to it), or why: what was not right stands in the ticket's own words, for whoever
    takes it up again.
    """
    queries.attach_files(session, ticket, values.get("file_ids") or ())
    kind = values.get("kind") or "added"
    if kind == "why":
        kind = "added"
        _say_why(ticket, str(values.get("words") or "").strip())
    telling.record(session, ticket, kind, now, actor="R", note=values.get("words") or "")
    if kind == "all_clear":
        _ring_all(session, ticket, kind, now)
    if kind != "edited":  # a better wording answers nothing
        heard_back(session, ticket, now)
    telling.changed(session, ticket, now, None)


def _ring_all(session: Session, ticket: Ticket, kind: str, now: datetime) -> None:
    """For everybody who was called to the ticket, and whoever answers for it; at most once in ten minutes."""
    people = queries.list_alerted(session, ticket.id) | ({ticket.butler_id} if ticket.butler_id else set())
    keys = {user: f"{kind}:{ticket.id}:{user}:{int(now.timestamp()) // 600}" for user in people}
    fresh = [user for user, key in keys.items() if not queries.has_alert(session, key)]
    session.add_all(
        Alert(estate_id=ticket.estate_id, user_id=user, ticket_id=ticket.id, kind=kind, dedupe_key=keys[user],
              at=now, created_at=now)
        for user in fresh
    )  # fmt: skip
    if fresh:
        live.emit(session, ticket.estate_id, "alert", {"users": sorted(fresh)}, now)


def _say_why(ticket: Ticket, words: str) -> None:
    ticket.words = f"{ticket.words}\n{words}".strip()
    if "topic" in ticket.slots:
        ticket.slots = {**ticket.slots, "topic": f"{ticket.slots['topic']}\n{words}".strip()}


def heard_back(session: Session, ticket: Ticket, now: datetime) -> None:
    """The resident answered: a clock that waited for them counts again; a part comes no sooner for it."""
    if ticket.state == "waiting" and not _waits_for_a_part(session, ticket):
        telling.record(session, ticket, "resumed", now, actor="R")
        deadlines.resume(session, ticket, now)
        service.settle(session, ticket, now, is_paused=False)


def _waits_for_a_part(session: Session, ticket: Ticket) -> bool:
    clocks = deadline_queries.list_running(session, [ticket.id]).get(ticket.id, [])
    known = {waits.read(one.waits_for, one.pause_reason)[0] for one in clocks if one.paused_at is not None}
    return known == {waits.PART}


def reschedule(session: Session, ticket: Ticket, values: dict[str, Any], now: datetime) -> None:
    """Another time is wished for; the butler confirms it by scheduling."""
    ticket.slots = {**ticket.slots, "wished": values["when"]}
    telling.record(session, ticket, "reschedule_asked", now, actor="R", note=values.get("words") or "",
                   when=values["when"])  # fmt: skip
    _ring(session, ticket, "reschedule", f"move:{ticket.id}:{ticket.version}", now)
    telling.changed(session, ticket, now, None)


def unschedule(session: Session, ticket: Ticket, words: str, now: datetime) -> bool:
    """Call off the visit alone: the ticket waits for another time; False where there is none to call off."""
    if "unschedule" not in service.actions_of(ticket):
        return False
    unscheduling.take_away(Walker(session, ticket, now, "R"), words)
    _ring(session, ticket, "reschedule", f"off:{ticket.id}:{ticket.version}", now)
    _settle(session, ticket, now)
    return True


def follow_up(
    session: Session, menu: Menu, ticket: Ticket, values: dict[str, Any], now: datetime
) -> Ticket | None:
    """The resident's own verdict counts as the follow-up record; returns a new linked complaint, if any."""
    verdict = outcome.Verdict(values["result"], values.get("words") or "", None, "R")
    new = outcome.follow_up(session, menu, ticket, verdict, now)
    _settle(session, ticket, now)
    return new


def helped(session: Session, ticket: Ticket, is_helped: bool, now: datetime) -> None:
    """An answer helped (closed) or did not (a person looks again, with a new cycle and its clocks)."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    move = machine.move(ticket.step, "closed" if is_helped else "taken")
    if move is None:
        return
    Walker(session, ticket, now, "R").walk("helped" if is_helped else "not_helped", (move,))
    service.settle(session, ticket, now, is_paused=False)
    telling.changed(session, ticket, now, None)


__all__ = ["Lacking", "add", "cancel", "follow_up", "heard_back", "helped", "own_moves", "reschedule",
           "step", "unschedule", "urge", "wrote"]  # fmt: skip
