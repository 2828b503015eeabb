"""One action on one ticket: what its handler needs, and what may be done to a ticket at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.errors import IllegalMove
from backend.models import Ticket
from backend.people.viewer import Viewer
from backend.tickets import lifecycle, queries, telling, wording
from backend.tickets.lifecycle import Machine, Move
from intents.menu import Menu

Body = Mapping[str, Any]
#: role → actor of the timeline
ACTORS: Final = {"butler": "B", "supervisor": "S", "manager": "M", "engineer": "E", "guard": "SEC",
                 "desk": "D", "admin": "S"}  # fmt: skip
WORKERS: Final = frozenset({"engineer", "guard"})
INVALID: Final = frozenset({"invalid", "malicious"})


@dataclass(slots=True)
class Work:
    """One action on one ticket: everything its handler needs."""

    session: Session
    menu: Menu
    viewer: Viewer
    ticket: Ticket
    body: Body
    now: datetime

    @property
    def machine(self) -> Machine:
        return lifecycle.machine_of(self.ticket.workflow)

    @property
    def reader(self) -> telling.Reader:
        return telling.reader_of(self.session, self.ticket)

    @property
    def actor(self) -> str:
        return ACTORS[self.viewer.role]

    def record(self, kind: str, *, move: Move | None = None, note: str = "", **values: Any) -> None:
        """Add a timeline row; a step that is somebody else's keeps for whom it was recorded."""
        acting_for = move.taken_for(self.actor) if move is not None else None
        telling.record(self.session, self.ticket, kind, self.now, actor=self.actor,
                       by_user_id=self.viewer.user_id, acting_for=acting_for, move=move, note=note,
                       **values)  # fmt: skip

    def happen(self, event: str) -> None:
        """Let the clocks know."""
        self.session.flush()
        deadlines.on_event(self.session, self.ticket, event, self.now)

    def walk(self, kind: str, moves: tuple[Move, ...], note: str = "", **values: Any) -> None:
        """Take the steps, one row each; the note belongs to the last."""
        for move in moves[:-1]:
            self.record("step", move=move)
        if moves:
            self.record(kind, move=moves[-1], note=note, **values)
        else:
            self.record(kind, note=note, **values)

    def refuse(self) -> IllegalMove:
        step = wording.step_name(self.viewer.language, self.ticket.step)
        return IllegalMove(step, actions_for(self.ticket, self.viewer))


def actions_of(ticket: Ticket) -> tuple[str, ...]:
    """Return the actions possible on the ticket now, whoever asks."""
    return lifecycle.allowed(
        lifecycle.machine_of(ticket.workflow), ticket.step,
        is_paused=ticket.state == "waiting", is_accepted=ticket.accepted_at is not None,
    )  # fmt: skip


def actions_for(ticket: Ticket, viewer: Viewer) -> tuple[str, ...]:
    """Return the actions that this viewer may take on the ticket now."""
    return tuple(action for action in actions_of(ticket) if viewer.may(action))


def forget_draft(work: Work, mode: str) -> None:
    """What was typed has been sent: nobody needs the draft any more."""
    queries.forget_drafts(work.session, work.viewer.user_id, work.ticket.id, mode)
