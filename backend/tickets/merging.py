"""Two tickets about one matter become one, and are separated again. Nothing here commits.

The older promise survives: the younger ticket ends where its machine lets it be called off. No clock starts
anew, and none that is stricter is lost: then the two are not merged.
"""

from collections.abc import Sequence
from typing import Final

from backend.deadlines import queries as deadline_queries
from backend.deadlines import service as deadlines
from backend.errors import BadInput
from backend.models import Deadline, Ticket
from backend.tickets import beside, lifecycle, opening, queries, telling
from backend.tickets.lifecycle import Move
from backend.tickets.settling import settle
from backend.tickets.work import Work
from locales import N_

#: whose step says that it was reported already, where its machine knows one
MERGED: Final = "merged"


def merge(work: Work) -> None:
    """Take this ticket and #``into`` for the same matter; the older of the two goes on.

    Raises BadInput with the reason where a promise, an emergency or work already begun would be lost.
    """
    other = queries.get_ticket(work.session, work.viewer, work.body["into"], lock=True)
    keeps, goes = sorted((work.ticket, other), key=lambda one: (one.received_at, one.number))
    _check_alike(work, keeps, goes)
    _check_weight(keeps, goes)
    _check_clocks(work, keeps, goes)
    _end(work, keeps, goes)
    telling.record(work.session, keeps, "took_in", work.now, actor=work.actor,
                   by_user_id=work.viewer.user_id, note=_note(work), number=goes.number)  # fmt: skip
    telling.changed(work.session, other, work.now, work.viewer.user_id)


def _check_alike(work: Work, keeps: Ticket, goes: Ticket) -> None:
    if keeps.id == goes.id:
        raise BadInput(N_("A ticket cannot be merged with itself."))
    for one in (keeps, goes):
        if lifecycle.is_final(lifecycle.machine_of(one.workflow, one.step), one.step):
            raise BadInput(N_("#{number} is over already."), number=one.number)
    is_near = keeps.estate_id == goes.estate_id and any(
        getattr(keeps, name) is not None and getattr(keeps, name) == getattr(goes, name)
        for name in ("home_id", "resident_id", "conversation_id", "incident_id")
    )
    if not is_near or keeps.hidden_from_id != goes.hidden_from_id:
        raise BadInput(N_("Only tickets of the same home, resident or incident can be one matter."))
    if keeps.workflow != goes.workflow:
        raise BadInput(N_("#{number} is another kind of matter, with promises of its own."),
                       number=goes.number)  # fmt: skip


def _check_weight(keeps: Ticket, goes: Ticket) -> None:
    """What weighs more never ends in what weighs less."""
    if goes.workflow == "emergency" or (goes.is_urgent and not keeps.is_urgent):
        raise BadInput(N_("#{number} is an emergency and stays a ticket of its own."), number=goes.number)
    if goes.severity == "severe" and keeps.severity != "severe":
        raise BadInput(N_("#{number} is a severe complaint and stays a ticket of its own."),
                       number=goes.number)  # fmt: skip


def _check_clocks(work: Work, keeps: Ticket, goes: Ticket) -> None:
    work.session.flush()
    clocks = deadline_queries.list_deadlines(work.session, [keeps.id, goes.id])
    if lost(clocks.get(keeps.id, []), clocks.get(goes.id, [])) is not None:
        raise BadInput(
            N_("#{number} carries a stricter promise than #{into}. Please keep that one first, or leave "
               "the two apart."),
            number=goes.number, into=keeps.number,
        )  # fmt: skip


def lost(keeps: Sequence[Deadline], goes: Sequence[Deadline]) -> Deadline | None:
    """Return a running clock of ``goes`` that nothing in ``keeps`` honours as soon; None when all are."""
    running = (one for one in goes if one.met_at is None and one.cancelled_at is None)
    return next((one for one in running if not any(_honours(other, one) for other in keeps)), None)


def _honours(kept: Deadline, given_up: Deadline) -> bool:
    """The same promise was kept already, or runs and falls due no later."""
    if kept.name != given_up.name or kept.cancelled_at is not None:
        return False
    is_waiting = kept.paused_at is not None and given_up.paused_at is None
    return kept.met_at is not None or (not is_waiting and kept.due_at <= given_up.due_at)


def _end(work: Work, keeps: Ticket, goes: Ticket) -> None:
    """The younger ends, linked to the older; its resident is told once."""
    own = work if goes is work.ticket else Work(work.session, work.menu, work.viewer, goes, {}, work.now)
    move = _way_out(own, keeps)
    goes.merged_into_id = keeps.id
    goes.snoozed_until = goes.snoozed_by_id = None
    own.walk("merged", (move,), note=_note(work), number=keeps.number)
    own.happen("cancelled")
    settle(work.session, goes, work.now)
    reader = own.reader
    told = beside.merged(beside.about(reader, goes, work.now), keeps.number)
    telling.push(work.session, goes, reader, told, work.now, "cancelled")


def _way_out(own: Work, keeps: Ticket) -> Move:
    machine, step = own.machine, own.ticket.step
    move = machine.move(step, MERGED) or machine.move(step, machine.cancel_to)
    if move is None:
        raise BadInput(N_("Work on #{number} has begun already: it can no longer be merged."),
                       number=own.ticket.number)  # fmt: skip
    if move.to_step == MERGED:
        own.given["merged_with"] = f"#{keeps.number}"
    return move


def _note(work: Work) -> str:
    return work.body.get("note") or ""


def separate(work: Work) -> None:
    """It was another matter after all: it goes on under a new number, its clocks from the first asking.

    A ticket that is over stays over, and what was reckoned of it stays as it was.
    """
    goes = work.ticket
    keeps = work.session.get(Ticket, goes.merged_into_id or 0)
    new = opening.open_ticket(work.session, work.menu, _anew(work, goes), work.now)
    new.butler_id, new.hidden_from_id = goes.butler_id, goes.hidden_from_id
    _appoint(work, goes, new)
    goes.merged_into_id = None
    work.record("separated", number=new.number)
    if keeps is not None:
        telling.record(work.session, keeps, "separated", work.now, actor=work.actor,
                       by_user_id=work.viewer.user_id, number=new.number)  # fmt: skip
        telling.changed(work.session, keeps, work.now, work.viewer.user_id)
    reader = telling.reader_of(work.session, new)
    told = beside.separated(beside.about(reader, new, work.now), goes.number)
    telling.push(work.session, new, reader, told, work.now, "split")


def _anew(work: Work, goes: Ticket) -> opening.NewTicket:
    return opening.NewTicket(
        estate_id=goes.estate_id, item_id=goes.item_id, channel=goes.channel, language=goes.language,
        words=goes.words, asked_at=goes.asked_at, received_at=goes.received_at, reason="separated",
        slots=dict(goes.slots), conversation_id=goes.conversation_id, link_id=goes.link_id,
        resident_id=goes.resident_id, home_id=goes.home_id, actor=work.actor,
        by_user_id=work.viewer.user_id, reopened_from_id=goes.id, workflow=goes.workflow,
        names=(goes.name_zh, goes.name_en),
    )  # fmt: skip


def _appoint(work: Work, goes: Ticket, new: Ticket) -> None:
    """A visit that was agreed and still lies ahead stays agreed."""
    if goes.appointment_end is None or goes.appointment_end <= work.now:
        return
    new.appointment_start, new.appointment_end = goes.appointment_start, goes.appointment_end
    work.session.flush()
    deadlines.on_event(work.session, new, "scheduled", work.now)
