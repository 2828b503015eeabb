"""Taking the steps of a machine: guards first, then a timeline row, the clocks and the form of each.

Everybody who moves a ticket comes through here: staff (``work``), residents (``resident``, ``outcome``) and
the hour (``expiry``). Nothing here commits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.errors import IllegalMove
from backend.models import Ticket
from backend.tickets import expiring, facts, lacking, lifecycle, records, telling
from backend.tickets.guards import VOID, Lack, class_that_counts, lacks
from backend.tickets.lifecycle import Machine, Move
from locales import N_, t


class Lacking(IllegalMove):
    """The step exists, but something is missing; ``lacks`` says what, in the reader's language."""

    detail = N_("This step is not possible yet. Still needed: {lacks}")

    def __init__(self, lacks: tuple[Lack, ...], allowed: tuple[str, ...], form: str | None = None) -> None:
        super().__init__("", allowed)
        self.sentence, self.lacks, self.form = type(self).detail, lacks, form

    def worded(self, language: str) -> tuple[str, str]:
        said = " ".join(lacking.said(language, one, self.form) for one in self.lacks)
        return t(language, self.title), t(language, self.sentence, lacks=said)

    def problem(self, language: str) -> dict[str, object]:
        said = [lacking.told(language, one, self.form) for one in self.lacks]
        return {**super().problem(language), "lacks": said}


@dataclass(slots=True)
class Walker:
    """Who takes steps on which ticket, when, and with which record; ``given`` are the record's fields."""

    session: Session
    ticket: Ticket
    now: datetime
    actor: str
    by_user_id: int | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    acting_for: str | None = None

    @property
    def machine(self) -> Machine:
        return lifecycle.machine_of(self.ticket.workflow, self.ticket.step)

    def lacks(self, move: Move) -> tuple[Lack, ...]:
        kind = facts.resident_kind(self.session, self.ticket)
        return lacks(move, facts.facts_of(self.ticket, kind, self.given, self.actor, self.now))

    def check(self, moves: tuple[Move, ...], allowed: tuple[str, ...] = ()) -> None:
        """Raise Lacking for the first step that may not be taken yet."""
        for move in moves:
            missing = self.lacks(move)
            if missing:
                raise Lacking(missing, allowed, move.form)

    def walk(self, kind: str, moves: tuple[Move, ...], note: str = "", **values: Any) -> None:
        """Take the steps, one row each; kind, note and values belong to the last."""
        self._settle_facts()
        for move in moves[:-1]:
            self._take("step", move)
        if moves:
            self._take(kind, moves[-1], note, **values)
        else:
            self.record(kind, None, note, **values)
        self._keep(moves)

    def pass_on(self, moves: tuple[Move, ...]) -> None:
        """Take steps whose forms were filled in before, and are not written again."""
        for move in moves:
            self._take("step", move)

    def fill(self, *forms: str | None) -> None:
        """Fill in forms further where no step was taken: signed after the work, a department named late."""
        self._settle_facts()
        for form in forms:
            if form is not None:
                records.fill(self.session, form, self.ticket, self.given, at=self.now, by=self.by_user_id,
                             actor=self.actor)  # fmt: skip

    def form_of(self, step: str) -> str | None:
        """Return the form that is filled in on the way to a step."""
        return next((move.form for move in self.machine.moves if move.to_step == step and move.form), None)

    def _settle_facts(self) -> None:
        """What the record settles is known before the clocks hear of the step: the date set for this very
        ticket (SLA-28), what a complaint is about, and whatever later steps ask for."""
        ticket = self.ticket
        ticket.limit_at = expiring.instant(self.given.get("limit")) or ticket.limit_at
        if ticket.workflow == "complaint":
            ticket.class_ = class_that_counts(self.given["class"]) if "class" in self.given else ticket.class_
            ticket.severity = self.given.get("severity") or ticket.severity
            ticket.department = self.given.get("department") or ticket.department
        lasting = facts.lasting()
        kept = {k: v for k, v in self.given.items() if v not in facts.EMPTY and k in lasting}
        if kept:
            ticket.facts = {**ticket.facts, **kept}

    def record(self, kind: str, move: Move | None, note: str = "", **values: Any) -> None:
        telling.record(self.session, self.ticket, kind, self.now, actor=self.actor,
                       by_user_id=self.by_user_id, acting_for=self._whose(move), move=move, note=note,
                       **values)  # fmt: skip

    def _whose(self, move: Move | None) -> str | None:
        """For whom staff recorded the step; what residents and the hour do stands for nobody else."""
        if move is None or self.actor in ("R", "SYS"):
            return None
        return self.acting_for or move.taken_for(self.actor)

    def _take(self, kind: str, move: Move, note: str = "", **values: Any) -> None:
        self.record(kind, move, note, **values)
        self._forget(VOID.get(move.to_step, frozenset()))
        if lifecycle.is_return(self.machine, move):
            begin_again(self.session, self.ticket, self.now)
        self.happen(f"step:{move.to_step}")

    def _forget(self, names: frozenset[str]) -> None:
        """A new price needs a new consent."""
        if names & self.ticket.facts.keys():
            self.ticket.facts = {k: v for k, v in self.ticket.facts.items() if k not in names}

    def happen(self, event: str, agreed_at: datetime | None = None) -> None:
        """Let the clocks know."""
        self.session.flush()
        deadlines.on_event(self.session, self.ticket, event, self.now, agreed_at=agreed_at)

    def _keep(self, moves: tuple[Move, ...]) -> None:
        """Note until when the step lasts, and write the forms that these steps fill in, each once."""
        ticket, known = self.ticket, facts.known_of(self.ticket)
        if ticket.manner == "visitor":
            date = expiring.leaves_by(ticket.step, ticket.slots)
        else:
            slots = expiring.lasting(ticket.slots) if ticket.manner == "custody" else ticket.slots
            date = expiring.date_of(ticket.workflow, ticket.step, known, slots)
        ticket.limit_at = date or ticket.limit_at
        last = moves[-1] if moves else None
        for form in sorted({move.form for move in moves if move.form}):
            steps = [move.to_step for move in moves if move.form == form]
            records.fill(self.session, form, self.ticket, self.given, at=self.now, by=self.by_user_id,
                         actor=self.actor, acting_for=self._whose(last), steps=steps)  # fmt: skip


def begin_again(session: Session, ticket: Ticket, now: datetime) -> None:
    """A new cycle on the same ticket: nothing of the first one's record is changed.

    What the second round must prove anew (who signed, what was paid) is no longer known.
    """
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    again = {name for move in _ahead(machine, ticket.step) for name in move.fields}
    ticket.facts = {name: value for name, value in ticket.facts.items() if name not in again}
    ticket.cycle += 1
    ticket.accepted_at = ticket.done_at = None
    ticket.appointment_start = ticket.appointment_end = None
    session.flush()
    deadlines.on_event(session, ticket, "opened", now)


def _ahead(machine: Machine, step: str) -> list[Move]:
    """Every move that can still follow."""
    found: list[Move] = []
    seen, queue = {step}, [step]
    while queue:
        here = queue.pop()
        for move in machine.moves:
            if move.from_step == here:
                found.append(move)
                if move.to_step not in seen:
                    seen.add(move.to_step)
                    queue.append(move.to_step)
    return found
