"""Two tickets about one matter become one, and are separated again. Nothing here commits.

The older ticket goes on: the younger one ends where its machine lets it be called off. No clock starts anew,
and of two promises of one kind the stricter holds, as it was given.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from backend.deadlines import queries as deadline_queries
from backend.deadlines import service as deadlines
from backend.deadlines.waiting import Wait
from backend.errors import BadInput, NotFound
from backend.models import Deadline, Ticket
from backend.tickets import beside, going_on, lifecycle, opening, queries, telling
from backend.tickets.lifecycle import Move
from backend.tickets.settling import settle
from backend.tickets.work import Work
from locales import N_

#: whose step says that it was reported already, where its machine knows one
MERGED: Final = "merged"
#: the clock of a visit
ATTEND: Final = "attend"


def merge(work: Work) -> None:
    """Take this ticket and #``into`` for the same matter; the older of the two goes on.

    Raises BadInput with the reason where an emergency or work already begun would be lost, and NotFound.
    """
    other = _other(work)
    keeps, goes = sorted((work.ticket, other), key=lambda one: (one.received_at, one.number))
    _check_alike(work, keeps, goes, other)
    _check_weight(keeps, goes)
    was_waiting, both_wait = keeps.state == "waiting", keeps.state == goes.state == "waiting"
    promised, wait = _running(work, goes), _wake(work, keeps)
    _end(work, keeps, goes, promised)
    _take_on(work, keeps, goes, promised)
    if was_waiting:
        _wait_on(work, keeps, wait, is_waiting=both_wait)
    telling.record(work.session, keeps, "took_in", work.now, actor=work.actor,
                   by_user_id=work.viewer.user_id, note=_note(work), number=goes.number)  # fmt: skip
    telling.changed(work.session, other, work.now, work.viewer.user_id)


def _other(work: Work) -> Ticket:
    try:
        return queries.get_ticket(work.session, work.viewer, work.body["into"], lock=True)
    except NotFound as error:
        raise NotFound(N_("There is no ticket #{number} that you may see. Please check the number."),
                       number=work.body["into"]) from error  # fmt: skip


def _check_alike(work: Work, keeps: Ticket, goes: Ticket, other: Ticket) -> None:
    """``other``: the one that was named, which a refusal names again."""
    if keeps.id == goes.id:
        raise BadInput(
            N_("#{number} is this ticket itself. Please choose the other one."), number=other.number
        )
    for one in (keeps, goes):
        if lifecycle.is_final(lifecycle.machine_of(one.workflow, one.step), one.step):
            raise BadInput(N_("#{number} is over already."), number=one.number)
    is_near = keeps.estate_id == goes.estate_id and any(
        getattr(keeps, name) is not None and getattr(keeps, name) == getattr(goes, name)
        for name in ("home_id", "resident_id", "conversation_id", "incident_id")
    )
    if not is_near or keeps.hidden_from_id != goes.hidden_from_id:
        raise BadInput(N_("#{number} is not of the same home, resident or incident: the two cannot be one "
                          "matter."), number=other.number)  # fmt: skip
    if keeps.workflow != goes.workflow:
        raise BadInput(N_("#{number} is another kind of matter, with promises of its own. If they are one "
                          "matter all the same, correct the service of one of them first, under “Wrong "
                          "service?”."),
                       number=other.number)  # fmt: skip


def _check_weight(keeps: Ticket, goes: Ticket) -> None:
    """What weighs more never ends in what weighs less."""
    if goes.workflow == "emergency" or (goes.is_urgent and not keeps.is_urgent):
        raise BadInput(N_("#{number} is an emergency and stays a ticket of its own."), number=goes.number)
    if goes.severity == "severe" and keeps.severity != "severe":
        raise BadInput(N_("#{number} is a severe complaint and stays a ticket of its own."),
                       number=goes.number)  # fmt: skip


def _running(work: Work, ticket: Ticket) -> list[Deadline]:
    work.session.flush()
    return list(deadline_queries.list_running(work.session, [ticket.id]).get(ticket.id, []))


def lost(keeps: Sequence[Deadline], given_up: Sequence[Deadline]) -> list[Deadline]:
    """Return those promises of ``given_up`` that nothing in ``keeps`` honours as soon."""
    return [one for one in given_up if not any(_honours(other, one) for other in keeps)]


def _honours(kept: Deadline, given_up: Deadline) -> bool:
    """The same promise was kept already, or runs and falls due no later."""
    if kept.name != given_up.name or kept.cancelled_at is not None:
        return False
    return kept.met_at is not None or (kept.paused_at is None and kept.due_at <= given_up.due_at)


def _take_on(work: Work, keeps: Ticket, goes: Ticket, promised: Sequence[Deadline]) -> None:
    """The stricter promise of the two holds; a visit agreed on the younger is the older's now."""
    own = deadline_queries.list_deadlines(work.session, [keeps.id]).get(keeps.id, [])
    stricter = lost(own, promised)
    for one in stricter:
        deadlines.take_on(work.session, keeps, one, work.now)
    visit_ends = goes.appointment_end or goes.appointment_start
    if any(one.name == ATTEND and one.due_at == visit_ends for one in stricter):
        _agree(work, keeps, goes)


def _agree(work: Work, keeps: Ticket, goes: Ticket) -> None:
    own = _as_own(work, keeps)
    had_one = keeps.appointment_start is not None
    keeps.appointment_start, keeps.appointment_end = goes.appointment_start, goes.appointment_end
    keeps.worker_id = keeps.worker_id or goes.worker_id
    found = lifecycle.rescheduling(own.machine, keeps.step, had_one=had_one)
    if found and not any(own.walker.lacks(move) for move in found):
        own.walk("step", found)
    own.happen("scheduled")


def _as_own(work: Work, ticket: Ticket) -> Work:
    return work if ticket is work.ticket else replace(work, ticket=ticket, body={}, given={})


def _wake(work: Work, keeps: Ticket) -> Wait:
    """Let the clocks that wait with the ticket run; return what they waited for."""
    if keeps.state != "waiting":
        return Wait()
    waits = [Wait(one.pause_reason or "", one.waits_for) for one in _running(work, keeps) if one.paused_at]
    deadlines.resume(work.session, keeps, work.now)
    return next((one for one in waits if one != Wait()), Wait())


def _wait_on(work: Work, keeps: Ticket, wait: Wait, *, is_waiting: bool) -> None:
    """A matter waits for its resident only where both tickets did."""
    if is_waiting:
        deadlines.pause(work.session, keeps, wait.reason, work.now, waits_for=wait.waits_for)
        return
    _as_own(work, keeps).record("resumed")
    settle(work.session, keeps, work.now, is_paused=False)


def _end(work: Work, keeps: Ticket, goes: Ticket, promised: Sequence[Deadline]) -> None:
    """The younger ends, linked to the older; its resident is told once, and honestly where it is late."""
    own_clocks = deadline_queries.list_deadlines(work.session, [keeps.id]).get(keeps.id, [])
    kept = {one.name for one in own_clocks if one.met_at is not None}
    is_late = beside.is_late(promised, work.now, kept)
    own = _as_own(work, goes)
    move = _way_out(own, keeps)
    goes.merged_into_id = keeps.id
    goes.snoozed_until = goes.snoozed_by_id = None
    own.walk("merged", (move,), note=_note(work), number=keeps.number)
    own.happen("cancelled")
    settle(work.session, goes, work.now)
    reader = own.reader
    told = beside.merged(beside.about(reader, goes, work.now), keeps.number, is_late=is_late)
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
    going_on.appoint(work, goes, new)
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
