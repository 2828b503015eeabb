"""What staff do to a ticket. Every verb: look (404), check (409), move, tell the resident, mark the change.

Nothing here commits. Bodies are plain values, already checked by ``schemas``.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.deadlines.faults import BeyondTheLimit
from backend.errors import BadInput, Forbidden, VersionConflict
from backend.messages import queries as message_queries
from backend.models import Ticket, User
from backend.people.roles import Role
from backend.people.service import clean_username
from backend.people.viewer import Viewer
from backend.tickets import (
    choosing,
    complaints,
    endings,
    given,
    holding,
    leaving,
    lifecycle,
    merging,
    milestones,
    moves,
    news,
    not_arrived,
    outcome,
    passing_on,
    pausing,
    photos,
    queries,
    seats,
    setting_aside,
    splitting,
    taking,
    telling,
    unscheduling,
    unvisited,
    wording,
)
from backend.tickets.lifecycle import Move, NoWay
from backend.tickets.moves import NextStep, moves_for
from backend.tickets.settling import settle
from backend.tickets.work import (
    ACTORS,
    INVALID,
    WORKERS,
    Body,
    Work,
    actions_for,
    actions_of,
    allowed_now,
    forget_draft,
)
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_time

__all__ = [
    "ACTORS",
    "HANDLERS",
    "WORKERS",
    "NextStep",
    "act",
    "actions_for",
    "actions_of",
    "allowed_now",
    "moves_for",
    "settle",
]


def act(
    session: Session, menu: Menu, viewer: Viewer, number: int, action: str, body: Body, now: datetime,
    version: int | None = None,
) -> Ticket:  # fmt: skip
    """Take one action. Raises NotFound, Forbidden, VersionConflict, IllegalMove (names the allowed ones)."""
    ticket = hold(session, viewer, number)
    seats.hold(session, ticket)
    if not viewer.may(action):
        raise Forbidden
    _check_version(session, ticket, viewer, version, now)
    work = Work(session, menu, viewer, ticket, body, now)
    if action not in actions_of(ticket):
        raise work.refuse()
    try:
        HANDLERS[action](work)
    except NoWay as error:
        raise work.refuse() from error
    if viewer.role == Role.MANAGER:
        work.happen("acknowledged")  # the manager has seen it and acts (SLA-27)
    settle(session, ticket, now)
    leaving.unlink(session, ticket, now)
    telling.changed(session, ticket, now, viewer.user_id)
    return ticket


def hold(session: Session, viewer: Viewer, number: int) -> Ticket:
    """The ticket, held for the change; its conversation first, as every turn does, or the two could wait
    for each other."""
    seen = queries.get_ticket(session, viewer, number)
    if seen.conversation_id is not None:
        message_queries.lock_conversation(session, seen.conversation_id)
    return queries.get_ticket(session, viewer, number, lock=True)


def _check_version(
    session: Session, ticket: Ticket, viewer: Viewer, version: int | None, now: datetime
) -> None:
    if version is None or version == ticket.version:
        return
    by = session.get(User, ticket.changed_by_id) if ticket.changed_by_id else None
    who = by.name(viewer.language) if by else t(viewer.language, "The resident")
    zone = queries.zone_of(session, ticket.estate_id)
    allowed = allowed_now(session, ticket, viewer)
    raise VersionConflict(who, format_time(ticket.changed_at, zone), allowed)


def accept(work: Work) -> None:
    """A person takes it: the response clock stops (SLA-01); the resident learns who."""
    moves = taking.moves_of(work)
    taking.take(work)
    if work.viewer.role in WORKERS and work.ticket.worker_id is None:
        work.ticket.worker_id = work.viewer.user_id
    work.walk("accepted", moves)
    work.happen("accepted")
    taking.tell(work, work.viewer.name(work.reader.language))
    _tell_news(work)


def reply(work: Work) -> None:
    """Words, photos, or both. Raises BadInput for neither, and for a photo that is no longer there."""
    files = photos.require_free(work.session, work.ticket, work.body.get("files") or ())
    text = work.body.get("text") or ""
    if not text and not files:
        raise BadInput(N_("A reply needs words or a photo."))
    reader = work.reader
    telling.speak(work.session, work.ticket, reader, text, work.viewer.user_id, work.now, "reply", files)
    work.record("replied")
    work.happen("replied")
    if reader.link is not None:  # nobody holds the line who has no chat
        work.happen(holding.told_by(text, has_files=bool(files)))
    forget_draft(work, "reply")


def note(work: Work) -> None:
    """For colleagues only: an event, never a message; stops no clock. ``keeps``: for pages to read."""
    queries.attach_files(work.session, work.ticket, tuple(work.body.get("files") or ()))
    work.record("note", note=work.body["text"], **work.body.get("keeps", {}))
    forget_draft(work, "note")


def assign(work: Work) -> None:
    """Name the engineer or guard who does the work, or the colleague who answers for the ticket.

    A transfer never restarts a clock and keeps the first-asked butler on record. Where nobody had taken it
    before, it is taken now (SLA-01): no one accepts it again, and the resident learns who looks after it.
    """
    user, is_first = _colleague(work), work.ticket.accepted_at is None
    moves: tuple[Move, ...] = ()
    if user.role in WORKERS:
        work.ticket.worker_id = user.id
        moves = _way_forward(work, "assign")
    else:
        work.ticket.butler_id = user.id
        work.ticket.first_butler_id = work.ticket.first_butler_id or user.id
    if is_first:
        moves = moves or taking.free_moves_of(work)
        taking.take(work)
    work.walk("assigned", moves, note=work.body.get("note") or "", user=user.id)
    given.tell(work, user)
    work.happen("assigned")
    if is_first:
        taking.tell(work, taking.keeper(work))


def _colleague(work: Work) -> User:
    wanted = work.body["user"]
    by_id = wanted if isinstance(wanted, int) else None
    name = None if by_id else clean_username(str(wanted))
    user = queries.find_colleague(work.session, work.ticket.estate_id, by_id, name)
    if user is None:
        raise BadInput(N_("There is no active colleague of that name in this estate."))
    if user.id == work.ticket.hidden_from_id:
        raise BadInput(N_("This ticket must not go to the person it is about."))
    return user


def _way_forward(work: Work, action: str) -> tuple[Move, ...]:
    """The steps of an action where it has any here; naming a second engineer moves nothing."""
    target = work.machine.aim(work.ticket.step, action)
    if target is None or work.ticket.step not in work.machine.before_work | work.machine.sides:
        return ()
    try:
        return () if work.ticket.step == target else lifecycle.walk(work.machine, work.ticket.step, target)
    except NoWay:
        return ()  # to do it again the same step is walked: naming somebody else moves nothing


def schedule(work: Work) -> None:
    """Fix the visit's window (at most four pushes a ticket: this is the second)."""
    start, end = work.body["start"], work.body["end"]
    if end <= start:
        raise BadInput(N_("The end of the visit must be after its start."))
    if end <= work.now:
        raise BadInput(N_("This visit would be over already."))
    # at a side step it is waited for a new time: the former one was given up
    had_one = work.ticket.appointment_start is not None or work.ticket.step in work.machine.sides
    was = unscheduling.moved_from(work.ticket, (start, end), work.now)
    unscheduling.fix(work.ticket, start, end)
    found = lifecycle.rescheduling(work.machine, work.ticket.step, had_one=had_one)
    if any(work.walker.lacks(move) for move in found):
        found = ()  # a time may be agreed before a price is: the step itself waits for what it needs
    work.walk("scheduled", found, start=_utc(start), end=_utc(end), **_untold(work))
    work.happen("scheduled")
    if not _is_told(work):
        return
    reader = work.reader
    pushed = wording.time_set(reader.language, reader.address_as, work.ticket.number, start, end, reader.zone,
                              was)  # fmt: skip
    telling.push(work.session, work.ticket, reader, pushed, work.now, "time_set")


def _is_told(work: Work) -> bool:
    return work.body.get("tell") is not False


def _untold(work: Work) -> dict[str, Any]:
    """What the timeline keeps where the resident is told nothing."""
    return {} if _is_told(work) else {"told": False}


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _take_up(work: Work) -> None:
    """Recorded work was taken up by somebody, also where nobody had pressed accept or check in before."""
    if work.ticket.accepted_at is None:
        work.ticket.accepted_at = work.now
        work.happen("accepted")
    work.happen("checked_in")


def check_in(work: Work) -> None:
    work.walk("checked_in", lifecycle.moves_of(work.machine, work.ticket.step, "check_in"))
    _take_up(work)
    endings.tell_arrival(work.session, work.ticket, work.reader, work.now, work.viewer)
    _tell_news(work)


def _tell_news(work: Work) -> None:
    """What the resident waited for, where the action led there."""
    form = work.walker.form_of(work.ticket.step)
    milestones.tell(work.session, work.ticket, work.reader, work.now, work.given, form)


def complete(work: Work) -> None:
    """The work is done: walk the steps between; the follow-up clock starts (SLA-06, SLA-14, SLA-26)."""
    text = work.body.get("note") or ""
    work.given |= complaints.given(work)
    work.given |= {k: v for k, v in work.body.items() if k == "cost_fen" and v is not None}
    if work.ticket.workflow == "complaint" and work.ticket.class_ in INVALID:
        complaints.explain(work, text)
        return
    work.walk("completed", unvisited.way_to_the_end(work), note=text)
    if work.ticket.workflow == "complaint":
        work.ticket.class_ = work.ticket.class_ or "valid"
    _take_up(work)
    work.happen("completed")
    endings.tell_done(work.session, work.ticket, work.reader, work.now, work.body.get("cost_fen"))
    _tell_news(work)


def sign_off(work: Work) -> None:
    """The resident tried it and signed (验收签字): names, materials and cost are kept with the row."""
    details = {name: value for name, value in work.body.items() if value not in (None, [])}
    for field in ("photos_before", "photos_after"):
        photos.take(work.session, work.viewer, work.ticket, work.body.get(field) or ())
    work.given |= details
    moves: tuple[Move, ...] = ()
    was_done = work.ticket.step in work.machine.done
    if work.ticket.step != work.machine.aims["sign_off"]:
        moves = lifecycle.moves_of(work.machine, work.ticket.step, "sign_off")
    work.walk("signed_off", moves, **details)
    if not moves:
        work.walker.fill(work.walker.form_of(work.ticket.step))
    _take_up(work)
    work.happen("signed_off")
    if was_done:  # what was completed before was told of then
        endings.tell_signed(work.session, work.ticket, work.reader, work.now)
    else:
        endings.tell_done(work.session, work.ticket, work.reader, work.now, work.body.get("cost_fen"))
        _tell_news(work)


def answer(work: Work) -> None:
    """Answer a question (SLA-08), then ask whether it helped."""
    work.given |= {"question": work.ticket.words, "answer": work.body["text"]}
    work.given["answered_by"] = work.viewer.name(work.ticket.language)
    if work.body.get("is_unknown") is not None:
        work.given["is_unknown"] = work.body["is_unknown"]
    work.walk("answered", lifecycle.moves_of(work.machine, work.ticket.step, "answer"))
    telling.speak(work.session, work.ticket, work.reader, work.body["text"], work.viewer.user_id, work.now,
                  "answer", tuple(work.body.get("files") or ()))  # fmt: skip
    work.happen("replied")
    work.happen("answered")
    reader = work.reader
    pushed = wording.answered(reader.language, work.ticket.number)
    telling.push(work.session, work.ticket, reader, pushed, work.now, "opinion")
    forget_draft(work, "reply")


def decide(work: Work) -> None:
    """Adopted or not, with the reason, told either way (SLA-09, SLA-10)."""
    is_adopted = bool(work.body["adopted"])
    ticket, reason = work.ticket, work.body["reason"]
    ticket.decision, ticket.reason = ("adopted" if is_adopted else "not_adopted"), reason
    work.given |= {k: work.body[k] for k in ("measures", "consulted") if work.body.get(k)}
    work.given |= {"decision": ticket.decision, "reason": reason}
    moves: tuple[Move, ...] = ()
    if ticket.step not in ("adopted", "not_adopted"):
        moves = lifecycle.walk(work.machine, ticket.step, ticket.decision)
    work.walk("decided", moves, note=reason, adopted=is_adopted)
    work.record("step", move=work.machine.move(ticket.step, "replied"))
    work.happen("replied")
    work.happen("decided")
    reader = work.reader
    pushed = wording.decided(reader.language, reader.address_as, ticket.number, is_adopted, reason)
    telling.push(work.session, ticket, reader, pushed, work.now, "decided")


def follow_up(work: Work) -> None:
    result = work.body["result"]
    details = {k: work.body[k] for k in ("method", "person", "wishes", "next_action") if work.body.get(k)}
    outcome.follow_up(
        work.session, work.menu, work.ticket,
        outcome.Verdict(result, work.body.get("note") or "", work.body.get("score"), work.actor,
                        work.viewer.user_id, details), work.now,
    )  # fmt: skip


def plan(work: Work) -> None:
    """Agree a time by which it is done: the dated plan that a promise is then measured by (SLA-03, SLA-28).

    Raises BadInput for a time that is over, and for one later than the promise allows (SLA-09).
    """
    at, ticket = work.body["at"], work.ticket
    if at <= work.now:
        raise BadInput(N_("The agreed time must lie ahead."))
    ticket.limit_at = at
    work.record("planned", note=work.body.get("note") or "", until=_utc(at))
    try:
        work.happen("plan_agreed", at)
        work.happen("limit_set", at)
    except BeyondTheLimit as error:
        raise BadInput(N_("This time is later than the promise of this service allows.")) from error
    reader = work.reader
    about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language), at,
                       reader.zone)  # fmt: skip
    telling.push(work.session, ticket, reader, news.planned(about), work.now, "time_set")


def resume(work: Work) -> None:
    work.record("resumed")
    deadlines.resume(work.session, work.ticket, work.now)
    settle(work.session, work.ticket, work.now, is_paused=False)


def cancel(work: Work) -> None:
    ticket, reason = work.ticket, work.body["reason"]
    move = work.machine.move(ticket.step, work.machine.cancel_to)
    if move is None:
        raise work.refuse()
    ticket.reason = reason
    work.walk("cancelled", (move,), note=reason, **_untold(work))
    work.happen("cancelled")
    if not _is_told(work):
        return
    reader = work.reader
    pushed = wording.cancelled(reader.language, reader.address_as, ticket.number, reason)
    telling.push(work.session, ticket, reader, pushed, work.now, "cancelled")


HANDLERS: Final[Mapping[str, Callable[[Work], None]]] = {
    "accept": accept, "reply": reply, "note": note, "assign": assign, "schedule": schedule,
    "check_in": check_in, "complete": complete, "sign_off": sign_off, "classify": complaints.classify,
    "feedback": complaints.feedback, "answer": answer, "decide": decide, "follow_up": follow_up,
    "move": moves.move, "plan": plan, "pause": pausing.pause, "resume": resume, "cancel": cancel,
    "set_aside": setting_aside.set_aside, "bring_back": setting_aside.bring_back,
    "pass_on": passing_on.pass_on, "merge": merging.merge, "separate": merging.separate,
    "not_arrived": not_arrived.not_arrived, "split": splitting.split, "choose": choosing.choose,
    "unschedule": unscheduling.unschedule,
}  # fmt: skip
