"""One action on one ticket: what its handler needs, and what may be done to a ticket at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import queries as deadline_queries
from backend.deadlines import waiting
from backend.errors import IllegalMove
from backend.models import Deadline, Ticket
from backend.people.viewer import Viewer
from backend.tickets import arriving, expiring, facts, lifecycle, not_arrived, queries, telling, wording
from backend.tickets.lifecycle import Machine, Move
from backend.tickets.steps import Lacking, Walker
from intents.menu import Menu

Body = Mapping[str, Any]
#: role → actor of the timeline
ACTORS: Final = {"butler": "B", "supervisor": "S", "manager": "M", "engineer": "E", "guard": "SEC",
                 "desk": "D", "admin": "S"}  # fmt: skip
WORKERS: Final = frozenset({"engineer", "guard"})
INVALID: Final = frozenset({"invalid", "malicious"})


@dataclass(slots=True)
class Work:
    """One action on one ticket: everything its handler needs.

    ``given``: the fields of the record that goes with the action, as far as its body says them.
    """

    session: Session
    menu: Menu
    viewer: Viewer
    ticket: Ticket
    body: Body
    now: datetime
    given: dict[str, Any] = field(default_factory=dict)
    acting_for: str | None = None

    @property
    def machine(self) -> Machine:
        return lifecycle.machine_of(self.ticket.workflow, self.ticket.step)

    @property
    def reader(self) -> telling.Reader:
        return telling.reader_of(self.session, self.ticket)

    @property
    def actor(self) -> str:
        return ACTORS[self.viewer.role]

    @property
    def walker(self) -> Walker:
        return Walker(self.session, self.ticket, self.now, self.actor, self.viewer.user_id, self.given,
                      self.acting_for)  # fmt: skip

    def record(self, kind: str, *, move: Move | None = None, note: str = "", **values: Any) -> None:
        """Add a timeline row; a step that is somebody else's keeps for whom it was recorded."""
        if move is not None:
            self.walk(kind, (move,), note, **values)
        else:
            self.walker.record(kind, None, note, **values)

    def happen(self, event: str, agreed_at: datetime | None = None) -> None:
        """Let the clocks know."""
        self.walker.happen(event, agreed_at)

    def walk(self, kind: str, moves: tuple[Move, ...], note: str = "", **values: Any) -> None:
        """Take the steps, one row each; the note belongs to the last. Raises Lacking before the first."""
        try:
            self.walker.check(moves)
        except Lacking as lacking:
            lacking.allowed = self.allowed
            raise
        self.walker.walk(kind, moves, note, **values)

    def refuse(self) -> IllegalMove:
        step = wording.step_name(self.viewer.language, self.ticket.step, self.ticket.workflow)
        return IllegalMove(step, self.allowed)

    @property
    def allowed(self) -> tuple[str, ...]:
        return allowed_now(self.session, self.ticket, self.viewer)


def actions_of(ticket: Ticket) -> tuple[str, ...]:
    """Return the actions possible on the ticket now, whoever asks."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    found = lifecycle.allowed(
        machine, ticket.step, is_paused=ticket.state == "waiting", is_accepted=ticket.accepted_at is not None
    )
    if lifecycle.is_final(machine, ticket.step):
        return (*found, "separate") if ticket.merged_into_id is not None else found
    if is_judged(ticket):
        found = tuple(action for action in found if action != "follow_up")
    more: tuple[str, ...] = ("plan",) if ticket.step not in machine.done else ()
    more += ("unschedule",) if _has_time(ticket, machine) else ()
    more += ("not_arrived",) if arriving.is_at_the_place(ticket) else ()
    return (*found, *more, *(("move",) if machine.moves_from(ticket.step) else ()), *_in_the_queue(ticket))


def _has_time(ticket: Ticket, machine: Machine) -> bool:
    """A visit is agreed and work has not begun: the time alone can be called off."""
    is_agreed = machine.is_appointed and ticket.appointment_start is not None
    return is_agreed and ticket.step in machine.before_work


def _in_the_queue(ticket: Ticket) -> tuple[str, ...]:
    """What is done to its place in the queue; an emergency is neither set aside nor taken for another."""
    if ticket.is_urgent or ticket.workflow == "emergency":
        return ("pass_on", "split", "choose")
    return ("bring_back" if ticket.snoozed_until is not None else "set_aside", "pass_on", "merge", "split",
            "choose")  # fmt: skip


def is_judged(ticket: Ticket) -> bool:
    """Tell whether the resident has had their say on this round, and only the payment is still to come."""
    said = ticket.facts.get(facts.JUDGED) == ticket.cycle and ticket.satisfaction in ("satisfied", "partly")
    return said and ticket.step in ("finished", "signed", "signed_off")


def actions_for(ticket: Ticket, viewer: Viewer) -> tuple[str, ...]:
    """Return the actions that this viewer may take on the ticket now."""
    return tuple(
        action
        for action in actions_of(ticket)
        if viewer.may(action) and (action != "move" or may_move(ticket, viewer))
    )


def allowed_now(
    session: Session, ticket: Ticket, viewer: Viewer, clocks: Sequence[Deadline] | None = None
) -> tuple[str, ...]:
    """Return ``actions_for`` without what cannot be: a pause where no clock may wait, taking back an arrival
    that was none. ``clocks``: the ticket's, at hand."""
    found = actions_for(ticket, viewer)
    if not not_arrived.last_arrival(session, ticket):
        found = tuple(one for one in found if one != "not_arrived")
    if "pause" not in found:
        return found
    if clocks is None:
        clocks = deadline_queries.list_running(session, [ticket.id]).get(ticket.id, [])
    can_wait = waiting.that_may_wait(session, clocks)
    return found if can_wait else tuple(one for one in found if one != "pause")


def may_move(ticket: Ticket, viewer: Viewer) -> bool:
    """Tell whether any step of the ticket is this viewer's to take or to record."""
    return bool(open_moves(ticket, viewer))


def open_moves(ticket: Ticket, viewer: Viewer) -> tuple[Move, ...]:
    """Return the moves from the ticket's step that are this viewer's to take, whatever they still need."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    return tuple(
        move
        for move in machine.moves_from(ticket.step)
        if viewer.may_take(move.actor) and not expiring.is_not_by_hand(move)
    )


def forget_draft(work: Work, mode: str) -> None:
    """What was typed has been sent: nobody needs the draft any more; other words, of another window, stay."""
    draft = queries.find_draft(work.session, work.viewer.user_id, work.ticket.id, mode)
    if draft is not None and _is_of(draft.text.strip(), str(work.body.get("text") or "")):
        queries.forget_drafts(work.session, work.viewer.user_id, work.ticket.id, mode)


def _is_of(draft: str, sent: str) -> bool:
    """True for the words that were sent, or what they were while they were being written."""
    shared = len(tuple(takewhile(lambda pair: pair[0] == pair[1], zip(draft, sent, strict=False))))
    return draft in sent or shared * 2 >= len(draft)
