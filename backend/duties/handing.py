"""Handing a shift over (交接班, WF-14): prepared, offered, taken back, accepted or refused, reviewed.

A shift ends only on acceptance: while its handover is not accepted, the rota keeps the person on duty, four
hours beyond the planned end at most. Nothing commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.deadlines import alerts, claims
from backend.deadlines import queries as clocks
from backend.deadlines.alerts import Call
from backend.duties import handover, handover_log, handover_queries, queries, rota_queries, service, telling
from backend.duties.handover import Parties
from backend.duties.resuming import note
from backend.errors import BadInput, Forbidden, IllegalMove, NotFound, Refusal
from backend.messages import live
from backend.messages.service import MAX_TEXT
from backend.models import Deadline, Handover, Shift, Ticket, User
from backend.models import Duty as Task
from backend.people import estates, roles
from backend.people import queries as people
from backend.people.roles import Role
from backend.people.viewer import Viewer
from locales import N_
from locales.dates import format_moment

DUTY: Final = "SLA-53"
REVIEW: Final = "SLA-53-review"
#: nobody is kept on duty longer than this beyond the planned end
LONGEST_HOLD: Final = timedelta(hours=4)
ENDING: Final = timedelta(minutes=1)
HOLD_STEP: Final = timedelta(minutes=15)
#: a handover prepared by hand that nobody accepted for so long is history: another one is begun
OWN_STANDS: Final = timedelta(hours=24)
#: the shift that takes over begins this near to the end
NEAR: Final = timedelta(hours=2)
MOST_TICKETS: Final = 100
Body = Mapping[str, Any]


class HandoverRefused(Refusal):
    """A handover lacks what its step needs: a colleague, a reason, the check of the equipment."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = N_("This step is not possible now.")


class HandoverMoved(IllegalMove):
    """This step is not one from where the handover stands; ``allowed`` names those that are.

    ``said``: who took the step that makes this one impossible, and when, with holes for ``values``.
    """

    detail: ClassVar[str] = N_("This handover has moved on. Please look at it again.")

    def __init__(self, step: str, allowed: tuple[str, ...], said: str = "", **values: object) -> None:
        super().__init__(step, allowed)
        self.sentence, self.values = said or self.sentence, {**self.values, **values}


#: state → who brought it there, and when
MOVED: Final[Mapping[str, str]] = {
    "prepared": N_("{who} took this handover back ({moment}). It is not offered now."),
    "refused": N_("{who} refused this handover ({moment}). Please look at it again."),
    "accepted": N_("{who} has accepted this handover ({moment}). That can no longer be changed."),
    "reviewed": N_("{who} has accepted this handover ({moment}). That can no longer be changed."),
}


@dataclass(frozen=True, slots=True)
class Open:
    """One ticket that is handed over, with what runs next on it.

    ``manner``: the workflow in whose words its step is told, as ``Ticket.manner``. ``is_alarm``: a danger
    that is not over; it stands first, as in a queue. ``waits``: what a paused clock waits for, and the words
    of it; None where it runs or was late before. ``visit``: the agreed time, its start and end.
    """

    number: int
    name_zh: str
    name_en: str
    manner: str
    step: str
    clock: str = ""
    due_at: datetime | None = None
    is_urgent: bool = False
    is_alarm: bool = False
    waits: tuple[str | None, str | None] | None = None
    visit: tuple[str, ...] = ()
    taken_at: datetime | None = None

    def stored(self) -> dict[str, Any]:
        due = self.due_at.isoformat() if self.due_at else None
        return {
            "number": self.number, "zh": self.name_zh, "en": self.name_en, "manner": self.manner,
            "step": self.step, "clock": self.clock, "due_at": due, "urgent": self.is_urgent,
            "waits": self.waits and list(self.waits), "visit": list(self.visit),
            "taken": self.taken_at.isoformat() if self.taken_at else "",
        }  # fmt: skip


def prepare(session: Session, task: Task, now: datetime) -> Handover | None:
    """Prepare the handover of the shift a task is about, once; None where the shift is gone."""
    shift = rota_queries.get_shift(session, int(task.slot.removeprefix("shift:")))
    if shift is None or task.values.get("handover"):
        return None
    made = _new(session, shift, now)
    task.values = {**task.values, "handover": made.id}
    return made


def begin(session: Session, viewer: Viewer, now: datetime, code: str = "") -> Handover:
    """Prepare the viewer's own handover by hand: their shift's, or one without. Pressed twice: one.

    ``code``: of which estate one without a shift is. Raises NotFound without an estate, BadInput without a
    code where they work in several.
    """
    rota_queries.hold_rota(session, viewer.user_id)
    shift = running_shift(session, viewer, now)
    found = handover_queries.find_unfinished(session, viewer.user_id, now - OWN_STANDS)
    if found is not None:
        return found
    if shift is None:
        estate_id = estates.estate_id_of(session, viewer, code)
        shift = Shift(estate_id=estate_id, user_id=viewer.user_id, starts_at=now, ends_at=now)
    made = _new(session, shift, now)
    task = queries.find_slot(session, shift.estate_id, DUTY, f"shift:{shift.id}") if shift.id else None
    if task is not None:
        task.values = {**task.values, "handover": made.id}
    return made


def running_shift(session: Session, viewer: Viewer, now: datetime) -> Shift | None:
    """Return the viewer's shift of just now; None off shift."""
    return rota_queries.find_running(session, viewer.user_id, now)


def _new(session: Session, shift: Shift, now: datetime) -> Handover:
    heir = rota_queries.find_next(session, shift, NEAR)
    kept = {"id": shift.id, "starts_at": shift.starts_at.isoformat(), "ends_at": shift.ends_at.isoformat()}
    made = Handover(
        estate_id=shift.estate_id, from_user_id=shift.user_id, to_user_id=heir, state="prepared",
        values={"shift": kept}, prepared_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    live.emit(session, made.estate_id, "handover", {"id": made.id}, now)
    return made


def contents(session: Session, row: Handover) -> list[Open]:
    """Return the open tickets of whoever hands over, with the promise that runs out first on each."""
    tickets = handover_queries.list_open_tickets(session, row.estate_id, row.from_user_id, MOST_TICKETS)
    next_due = clocks.most_urgent_of(session, [one.id for one in tickets])
    return sorted((_open(one, next_due.get(one.id)) for one in tickets), key=_pressing)


def _pressing(one: Open) -> tuple[bool, bool, bool, datetime, int]:
    """Dangers first, then by what falls due; what waits for somebody else comes after what does not."""
    due = one.due_at or datetime.max.replace(tzinfo=UTC)
    return not one.is_alarm, one.due_at is None, one.waits is not None, due, one.number


def shown(session: Session, viewer: Viewer, row: Handover) -> list[dict[str, Any]]:
    """Return what is handed over as far as the viewer may see it: nobody reads of a complaint about them.

    It is as it stands now until the handover is offered, then as it was offered.
    """
    is_fixed = row.state not in ("prepared", "refused")
    kept = row.values.get("tickets", []) if is_fixed else [one.stored() for one in contents(session, row)]
    numbers = {int(one["number"]) for one in kept}
    is_party = viewer.user_id in (row.from_user_id, row.to_user_id)
    seen = handover_queries.list_visible_numbers(session, viewer, numbers, is_party=is_party)
    return [one for one in kept if int(one["number"]) in seen]


def _open(ticket: Ticket, clock: Deadline | None) -> Open:
    due = clock.due_at if clock else None
    is_waiting = clock is not None and clock.paused_at is not None and clock.paused_at < clock.due_at
    visit = (ticket.appointment_start, ticket.appointment_end)
    return Open(
        *(ticket.number, ticket.name_zh, ticket.name_en, ticket.manner),
        ticket.step,
        clock.name if clock else "",
        due,
        is_urgent=ticket.is_urgent,
        is_alarm=ticket.workflow == "emergency" and ticket.state in ("open", "waiting"),
        waits=(clock.waits_for, clock.pause_reason) if clock is not None and is_waiting else None,
        visit=tuple(at.isoformat() for at in visit if at is not None),
        taken_at=ticket.accepted_at,
    )


def week_ago(now: datetime) -> datetime:
    return now - timedelta(days=7)


def parties(viewer: Viewer, row: Handover) -> Parties:
    is_manager = viewer.role in (Role.MANAGER, Role.ADMIN)
    is_leader, offered_by = roles.is_leader(viewer.role), row.values.get("offered_by")
    return Parties(viewer.user_id, row.from_user_id, row.to_user_id, is_manager, is_leader, offered_by)


def allowed(viewer: Viewer, row: Handover) -> tuple[str, ...]:
    """Return what the viewer may do with this handover now."""
    return handover.allowed(row.state, parties(viewer, row))


def act(
    session: Session, viewer: Viewer, handover_id: int, action: str, body: Body, now: datetime,
    actor: Actor | None = None,
) -> Handover:  # fmt: skip
    """Take one step. Raises NotFound, Forbidden, HandoverMoved, HandoverRefused, BadInput.

    ``actor``: who is written into the audit log, and from where; the viewer without one.
    """
    row = handover_queries.get_handover(session, viewer, handover_id, lock=True)
    who = parties(viewer, row)
    if action not in handover.ACTIONS:
        raise NotFound
    if not handover.path(row.state, action):
        raise _moved(session, viewer, row, now)
    if not handover.is_theirs(action, who):
        raise Forbidden
    if action == "take_back":
        _take_back(session, row, now, actor or Actor(viewer.user_id))
    else:
        {"offer": _offer, "accept": _accept, "refuse": _refuse, "review": _review}[action](
            session, viewer, row, body, now
        )
    row.state = handover.ACTIONS[action]
    note(session, row, action, actor or Actor(viewer.user_id), now)
    live.emit(session, row.estate_id, "handover", {"id": row.id}, now)
    return row


def _moved(session: Session, viewer: Viewer, row: Handover, now: datetime) -> HandoverMoved:
    """Why a step is not possible now: who was faster and when, where somebody was."""
    by, at = row.to_user_id, row.decided_at
    if row.state == "prepared":
        taken = row.values.get("taken_back") or {}
        by, at = taken.get("by"), datetime.fromisoformat(taken["at"]) if taken else None
    user, allowed_now = people.get_user(session, by), allowed(viewer, row)
    if row.state not in MOVED or user is None or at is None:
        return HandoverMoved(row.state, allowed_now)
    zone = queries.get_estate(session, row.estate_id).timezone
    moment = format_moment(viewer.language, at, zone, now)
    return HandoverMoved(
        row.state, allowed_now, MOVED[row.state], who=user.name(viewer.language), moment=moment
    )


def _offer(session: Session, viewer: Viewer, row: Handover, body: Body, now: datetime) -> None:
    colleagues = {one.username: one for one in people.list_staff(session, viewer, row.estate_id)}
    wanted = colleagues.get(str(body.get("to", "")))
    heir = wanted.id if wanted else row.to_user_id
    if (body.get("to") and wanted is None) or heir == row.from_user_id:
        raise BadInput(N_("There is no colleague with this name here."))
    if heir is None:
        raise HandoverRefused(N_("Please say who takes over."))
    note = _text(body, "note")
    if row.state == "refused" and not note:
        raise HandoverRefused(N_("Please say what was completed since it was refused."))
    row.to_user_id, row.note, row.offered_at, row.reason = heir, note, now, ""
    carried = [one.stored() for one in contents(session, row)]
    by = viewer.user_id if viewer.user_id != row.from_user_id else None
    row.values = {**row.values, "keys": _text(body, "keys"), "tickets": carried, "offered_by": by}
    _call(session, row, "handover_offered", [heir], now)


def _take_back(session: Session, row: Handover, now: datetime, actor: Actor) -> None:
    """What was written stays for the next offer; what is open is looked up anew then."""
    heir = people.get_user(session, row.to_user_id)
    taken = {"by": actor.user_id, "at": now.isoformat()}
    row.values = {**row.values, "tickets": [], "offered_by": None, "taken_back": taken}
    offered_at, row.offered_at = row.offered_at, None
    if heir is None or offered_at is None:
        return
    claims.mark_seen(session, f"{_key(row, 'handover_offered', offered_at)}:{heir.id}", now)
    _call(session, row, "handover_taken_back", [heir.id], now)
    audit.record(session, actor, now, "handover.take_back", estate_id=row.estate_id, subject="handover",
                 subject_id=row.id, before={"to": heir.username})  # fmt: skip


def _accept(session: Session, viewer: Viewer, row: Handover, body: Body, now: datetime) -> None:
    if row.values.get("keys") and body.get("checked") is not True:
        raise HandoverRefused(N_("Please check the equipment and the keys together first."))
    row.to_user_id, row.decided_at = viewer.user_id, now
    row.values = {**row.values, "equipment": _text(body, "equipment")}
    session.flush()
    _end_shift(session, row, now)
    handover_log.write(session, viewer, row, now)
    task = queries.find_slot(session, row.estate_id, DUTY, f"shift:{_shift_id(row)}")
    if task is not None and task.done_at is None:
        service.finish(task, row.from_user_id, now)
    _call(session, row, "handover_accepted", [row.from_user_id], now)


def _refuse(session: Session, viewer: Viewer, row: Handover, body: Body, now: datetime) -> None:
    reason = _text(body, "reason")
    if not reason:
        raise HandoverRefused(N_("Please say what is not clear."))
    row.reason, row.decided_at, row.to_user_id = reason, now, viewer.user_id
    team = claims.list_team(session, [row.estate_id], now).get(row.estate_id, [])
    above = telling.to_tell(Role.SUPERVISOR, team)
    handover_log.write(session, viewer, row, now)
    _call(session, row, "handover_refused", sorted({row.from_user_id, *above}), now)


def _review(session: Session, viewer: Viewer, row: Handover, body: Body, now: datetime) -> None:
    row.reviewed_at, row.reviewed_by_id = now, viewer.user_id
    row.state = "reviewed"
    session.flush()
    handover_log.write(session, viewer, row, now)
    if handover_queries.count_unreviewed(session, row.estate_id):
        return
    for task in handover_queries.list_review_tasks(session, row.estate_id, REVIEW, now):
        service.finish(task, viewer.user_id, now)


def _text(body: Body, name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise BadInput
    return value.strip()


def _call(session: Session, row: Handover, kind: str, users: Sequence[int], now: datetime) -> None:
    giver, heir = people.get_user(session, row.from_user_id), people.get_user(session, row.to_user_id)
    values = {
        "what": "handover", "handover": row.id, "reason": row.reason,
        "from_zh": _name(giver, "zh"), "from_en": _name(giver, "en"),
        "to_zh": _name(heir, "zh"), "to_en": _name(heir, "en"),
    }  # fmt: skip
    key = _key(row, kind, now)
    alerts.write(session, [Call(row.estate_id, one, kind, now, key, values=values) for one in users], now)


def _key(row: Handover, kind: str, at: datetime) -> str:
    return f"handover:{row.id}:{kind}:{at.isoformat()}"


def _name(user: User | None, language: str) -> str:
    return user.name(language) if user else ""


def _shift_id(row: Handover) -> int:
    return int(row.values.get("shift", {}).get("id") or 0)


def planned_end(row: Handover) -> datetime | None:
    """Return when the shift was to end by the rota; None for a handover without a shift."""
    text = row.values.get("shift", {}).get("ends_at")
    return datetime.fromisoformat(text) if text and _shift_id(row) else None


def _end_shift(session: Session, row: Handover, now: datetime) -> None:
    """Accepted: the shift ends as planned, or now where it was held."""
    shift, planned = rota_queries.get_shift(session, _shift_id(row)), planned_end(row)
    if shift is not None and planned is not None:
        shift.ends_at = max(planned, now)
        queries.look_soon(session, row.estate_id, now)


def has_ending(session: Session, now: datetime) -> bool:
    """Tell whether a shift is to be kept on now; reads only."""
    return bool(_ending(session, now))


def hold_shifts(session: Session, now: datetime) -> int:
    """Keep those on duty whose shift ends and is not accepted; return how many were kept on."""
    held = _ending(session, now)
    for shift, planned in held:
        shift.ends_at = min(now + HOLD_STEP, planned + LONGEST_HOLD)
    return len(held)


def _ending(session: Session, now: datetime) -> list[tuple[Shift, datetime]]:
    """Shifts that end within a minute, or ended just now, while nobody has accepted them; planned ends."""
    found = []
    for row in handover_queries.list_unaccepted(session, now - LONGEST_HOLD - NEAR):
        shift, planned = rota_queries.get_shift(session, _shift_id(row)), planned_end(row)
        if shift is None or planned is None or not planned - HOLD_STEP <= now < planned + LONGEST_HOLD:
            continue
        if shift.ends_at <= now + ENDING:
            found.append((shift, planned))
    return found


def is_idle(session: Session, task: Task) -> bool:
    """True for a review with nothing to review: it is neither reminded of nor missed."""
    return task.duty == REVIEW and not handover_queries.count_unreviewed(session, task.estate_id)
