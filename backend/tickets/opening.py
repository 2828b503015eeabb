"""How a ticket is born: number, owner, first step, timeline, clocks, alerts, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import alerts, claims
from backend.deadlines import service as deadlines
from backend.deadlines.calling import alarmed
from backend.messages import live
from backend.models import Deadline, Home, Ticket, User
from backend.people import butlers
from backend.tickets import lifecycle, queries, seats, telling
from intents.menu import Menu

#: duty staff alerted in parallel in an emergency (WF-19)
#: an alarm rings at once for all who would hear of it after a minute
AT_ONCE: Final = timedelta(minutes=1)
APPOINTED: Final = frozenset({"repair", "housekeeping"})
#: the hours at which an afternoon and an evening of visits end
_VISITS_END: Final = (18, 22)
_ABOUT_BUTLER: Final = ("管家", "客户经理", "butler")


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is known when a ticket is born. ``reason``: confirmed, complaint, emergency, voice, handover,
    failed, intake, redo, duty, case. Instants: the matter's first message, the confirming one, and the
    recording. ``workflow``: another one than the item's; with ``names`` (zh, en) no item of the menu.
    ``read``: the service that the assistant read in the words, and how sure it was in percent."""

    estate_id: int
    item_id: str
    channel: str
    language: str
    words: str
    asked_at: datetime
    received_at: datetime
    reason: str = "confirmed"
    slots: Mapping[str, Any] = field(default_factory=dict)
    conversation_id: int | None = None
    link_id: int | None = None
    resident_id: int | None = None
    home_id: int | None = None
    actor: str = "BOT"
    by_user_id: int | None = None
    reopened_from_id: int | None = None
    file_ids: tuple[str, ...] = ()
    workflow: str = ""
    names: tuple[str, str] | None = None
    read: tuple[str, int] | None = None

    def kind(self, menu: Menu) -> tuple[str, str, str]:
        """Return the workflow and the names in Chinese and English. Raises UnknownItem."""
        if self.names is not None:
            return self.workflow, *self.names
        item = menu.item(self.item_id)
        return self.workflow or item.workflow, item.name.zh, item.name.en


def open_ticket(session: Session, menu: Menu, new: NewTicket, now: datetime) -> Ticket:
    """Open a ticket with its clocks and owner. Raises UnknownItem for an item that is not on the menu."""
    return open_with_clocks(session, menu, new, now)[0]


def open_with_clocks(
    session: Session, menu: Menu, new: NewTicket, now: datetime
) -> tuple[Ticket, tuple[Deadline, ...]]:
    """The same; also the clocks that were started, for whoever tells of the promises at once."""
    workflow, name_zh, name_en = new.kind(menu)
    machine = lifecycle.machine_of(workflow)
    home = session.get(Home, new.home_id) if new.home_id else None
    owner, hidden_from = _owner(session, new, workflow, home, now)
    ticket = Ticket(
        number=queries.take_number(session), estate_id=new.estate_id, item_id=new.item_id,
        menu_version=menu.version, name_zh=name_zh, name_en=name_en, workflow=workflow,
        step=machine.start, home_id=new.home_id, resident_id=new.resident_id,
        conversation_id=new.conversation_id, link_id=new.link_id, butler_id=owner.id if owner else None,
        first_butler_id=owner.id if owner else None, hidden_from_id=hidden_from.id if hidden_from else None,
        reopened_from_id=new.reopened_from_id, channel=new.channel, language=new.language, words=new.words,
        slots=dict(new.slots), is_urgent=_is_emergency(new, workflow), asked_at=new.asked_at,
        received_at=new.received_at, entered_at=now, changed_at=now, changed_by_id=new.by_user_id,
    )  # fmt: skip
    session.add(ticket)
    session.flush()
    read: dict[str, Any] = {} if new.read is None else {"read": {"item": new.read[0], "percent": new.read[1]}}
    telling.record(session, ticket, "opened", now, actor=new.actor, by_user_id=new.by_user_id,
                   reason=new.reason, **read)  # fmt: skip
    queries.attach_files(session, ticket, new.file_ids)
    clocks = deadlines.on_event(session, ticket, "opened", new.received_at, is_new=True)
    if new.reason in ("confirmed", "intake"):
        clocks += _appoint(session, ticket, now)
        seats.sign_up(session, ticket, now)
    if ticket.is_urgent:
        _alert_duty(session, ticket, now)
    live.emit(session, ticket.estate_id, "ticket", {"number": ticket.number, "is_new": True}, now)
    return ticket, clocks


def _is_emergency(new: NewTicket, workflow: str) -> bool:
    """Also when somebody phoned it in: the duty staff must hear of it at once (WF-19)."""
    return workflow == "emergency" or new.reason == "emergency"


def _owner(
    session: Session, new: NewTicket, workflow: str, home: Home | None, now: datetime
) -> tuple[User | None, User | None]:
    """Return (who answers for it, whom it is hidden from): a complaint about one's butler goes elsewhere.

    So do words that nobody understood and that speak of the butler: they may be one.
    """
    butler = butlers.choose_butler(session, home, new.estate_id, now=now)
    if workflow != "complaint" and new.reason != "failed":
        return butler, None
    old = session.get(Ticket, new.reopened_from_id) if new.reopened_from_id else None
    if old is not None and old.hidden_from_id is not None:
        return session.get(User, old.butler_id or 0), session.get(User, old.hidden_from_id)
    own = session.get(User, home.butler_id) if home and home.butler_id else None
    if own is not None and _is_about(new, own, *_ABOUT_BUTLER):
        return butlers.choose_other(session, new.estate_id, own.id, now=now), own
    if butler is not None and _is_about(new, butler):
        return butlers.choose_other(session, new.estate_id, butler.id, now=now), butler
    return butler, None


def _is_about(new: NewTicket, butler: User, *words: str) -> bool:
    text = f"{new.words} {new.slots.get('topic', '')} {new.slots.get('person', '')}".lower()
    names = (butler.name_zh, butler.name_en.lower(), *words)
    return any(name and name in text for name in names)


def _appoint(session: Session, ticket: Ticket, now: datetime) -> tuple[Deadline, ...]:
    """The time agreed in the read-back is the appointment: its clock starts (SLA-05). A visitor's is
    a plan."""
    window = ticket.slots.get("when")
    is_pass = ticket.manner == "visitor"
    if ticket.workflow not in APPOINTED and not is_pass:
        return ()
    if not isinstance(window, dict) or window.get("asap"):
        return ()
    start, end = _instant(window.get("start")), _instant(window.get("end"))
    if start is None and end is None:
        return ()
    if is_pass:  # the day of the visit is a dated plan: nothing falls due before it
        return deadlines.on_event(session, ticket, "plan_agreed", now)
    if start is not None and end is None and window.get("or_later"):
        end = _latest(start)
    ticket.appointment_start = start or end
    ticket.appointment_end = end or start
    session.flush()
    return deadlines.on_event(session, ticket, "scheduled", now)


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _latest(start: datetime) -> datetime:
    """Until when "three or later" may be: the afternoon's or the evening's end, and never before it began."""
    at_soonest = start + timedelta(hours=1)
    ends = (start.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in _VISITS_END)
    return next((end for end in ends if end >= at_soonest), at_soonest)


def _alert_duty(session: Session, ticket: Ticket, now: datetime) -> None:
    """Guards, engineers and supervisors on duty and the butler, at once and in parallel, each exactly once.

    Where nobody is on duty whoever answers for the estate; the sweep rings again until somebody accepts.
    """
    team = claims.list_team(session, [ticket.estate_id], now).get(ticket.estate_id, [])
    people = alarmed(alerts.holders_of(ticket), team, AT_ONCE)
    calls = [
        alerts.Call(ticket.estate_id, user_id, "emergency", now, f"emergency:{ticket.id}", ticket.id)
        for user_id in people
    ]
    alerts.write(session, calls, now)


def promised_by(ticket: Ticket, running: Sequence[Deadline]) -> datetime:
    """When a person will have answered: the due instant of the response clock among the running ones."""
    due = next((row.due_at for row in running if row.clock == "SLA-01"), None)
    return due or ticket.received_at + timedelta(minutes=10)
