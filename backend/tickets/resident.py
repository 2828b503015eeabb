"""What residents do to their own tickets, through the conversation. Nothing here commits."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.messages import live
from backend.models import Alert, Ticket
from backend.tickets import lifecycle, outcome, queries, service, telling
from intents.menu import Menu


def cancel(session: Session, ticket: Ticket, words: str, now: datetime) -> bool:
    """Withdraw before work starts; False where it is too late."""
    machine = lifecycle.machine_of(ticket.workflow)
    move = machine.move(ticket.step, machine.cancel_to)
    if move is None or ticket.step not in machine.before_work:
        return False
    telling.record(session, ticket, "cancelled", now, actor="R", move=move, note=words)
    session.flush()
    deadlines.on_event(session, ticket, "cancelled", now)
    service.settle(session, ticket, now)
    telling.changed(session, ticket, now, None)
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


def add(session: Session, ticket: Ticket, values: dict[str, Any], now: datetime) -> None:
    """Put words and photos on the ticket; a ticket that waited for the resident goes on.

    ``kind``: added, cancel_asked, or edited (``words``: the new wording of a message that belongs to it).
    """
    queries.attach_files(session, ticket, values.get("file_ids") or ())
    kind = values.get("kind") or "added"
    telling.record(session, ticket, kind, now, actor="R", note=values.get("words") or "")
    if kind != "edited":  # a better wording answers nothing
        heard_back(session, ticket, now)
    telling.changed(session, ticket, now, None)


def heard_back(session: Session, ticket: Ticket, now: datetime) -> None:
    """The resident answered: a clock that waited for them counts again."""
    if ticket.state == "waiting":
        telling.record(session, ticket, "resumed", now, actor="R")
        deadlines.resume(session, ticket, now)
        service.settle(session, ticket, now, is_paused=False)


def reschedule(session: Session, ticket: Ticket, values: dict[str, Any], now: datetime) -> None:
    """Another time is wished for; the butler confirms it by scheduling."""
    ticket.slots = {**ticket.slots, "wished": values["when"]}
    telling.record(session, ticket, "reschedule_asked", now, actor="R", note=values.get("words") or "",
                   when=values["when"])  # fmt: skip
    _ring(session, ticket, "reschedule", f"move:{ticket.id}:{ticket.version}", now)
    telling.changed(session, ticket, now, None)


def follow_up(
    session: Session, menu: Menu, ticket: Ticket, values: dict[str, Any], now: datetime
) -> Ticket | None:
    """The resident's own verdict counts as the follow-up record; returns a new linked complaint, if any."""
    verdict = outcome.Verdict(values["result"], values.get("words") or "", None, "R")
    new = outcome.follow_up(session, menu, ticket, verdict, now)
    service.settle(session, ticket, now)
    telling.changed(session, ticket, now, None)
    return new


def helped(session: Session, ticket: Ticket, is_helped: bool, now: datetime) -> None:
    """An answer helped (closed) or did not (a person looks again, with a new cycle and its clocks)."""
    machine = lifecycle.machine_of(ticket.workflow)
    move = machine.move(ticket.step, "closed" if is_helped else "taken")
    if move is None:
        return
    telling.record(session, ticket, "helped" if is_helped else "not_helped", now, actor="R", move=move)
    if not is_helped:
        ticket.cycle += 1
        ticket.accepted_at = ticket.done_at = None
        session.flush()
        deadlines.on_event(session, ticket, "opened", now)
    service.settle(session, ticket, now, is_paused=False)
    telling.changed(session, ticket, now, None)
