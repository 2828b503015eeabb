"""What staff do to complaints alone: class them, explain an invalid one, feed back the result (WF-03)."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import alerts
from backend.errors import BadInput
from backend.models import Ticket
from backend.people import butlers
from backend.people import queries as people_queries
from backend.tickets import lifecycle, queries, telling, wording
from backend.tickets.lifecycle import Move
from backend.tickets.work import INVALID, Work, forget_draft
from locales import N_

#: fields of the complaint's record that come with an action as they are (REC-05)
HANDLING: Final = ("talk", "cause", "corrective", "preventive", "signed_by", "responsible", "object")
#: what is done for a complaint beside talking about it: a colleague named, somebody there, a date set
ACTS: Final = frozenset({"assigned", "checked_in", "planned"})


def given(work: Work) -> dict[str, Any]:
    """Return what the body says for the complaint's record."""
    return {name: work.body[name] for name in HANDLING if work.body.get(name)}


def explain(work: Work, text: str) -> None:
    """An invalid complaint needs a visit or a notice before it can be fed back (domain §2.4)."""
    if not text.strip() and not work.given.get("talk"):
        raise BadInput(N_("Please note the conversation or notice in which the facts were explained."))
    work.given |= {"notice": text} if text.strip() else {}
    work.walk("explained", lifecycle.walk(work.machine, work.ticket.step, "explained"), note=text)


def classify(work: Work) -> None:
    """Class, severity, department (domain §2.4): only a person may say invalid; unclear counts as valid."""
    ticket = work.ticket
    was_severe = ticket.severity == "severe"
    ticket.class_ = "valid" if work.body["class"] == "unclear" else work.body["class"]
    ticket.severity = work.body.get("severity") or ticket.severity
    ticket.department = work.body.get("department") or ticket.department
    ticket.limit_at = work.body.get("limit_at") or ticket.limit_at
    moves = _class_moves(work, is_invalid=ticket.class_ in INVALID)
    values: dict[str, Any] = {"class": ticket.class_, "severity": ticket.severity}
    work.given |= given(work)
    work.walk("classified", moves, **values, department=ticket.department)
    if not moves:
        work.walker.fill("REC-05")
    if ticket.department:
        work.happen("classified", ticket.limit_at)
    if _is_seen_to(work):
        work.happen("assigned")
    tell_if_severe(work, was_severe=was_severe)


def _is_seen_to(work: Work) -> bool:
    """Tell whether somebody was sent before the class was entered: that is the first act of SLA-13 already,
    and nobody need be rung for it. A mere reply is not: it may say no more than that it was heard (SLA-01).
    """
    events = queries.list_events(work.session, work.ticket.id)
    return any(event.kind in ACTS for event in events)


def tell_if_severe(work: Work, *, was_severe: bool) -> None:
    """Ring for the managers when a complaint has just turned out to be severe."""
    if work.ticket.severity == "severe" and not was_severe:
        work.happen("severe")
        tell_managers(work.session, work.ticket, work.now)


def tell_managers(session: Session, ticket: Ticket, now: datetime) -> None:
    """A severe complaint is the manager's at once (SLA-27): those on duty, else every manager."""
    on_duty = butlers.list_on_duty(session, ticket.estate_id, ["manager"], now=now)
    people = on_duty or people_queries.list_by_load(session, ticket.estate_id, ["manager"])
    calls = [
        alerts.Call(ticket.estate_id, user.id, "severe", now, f"severe:{ticket.id}", ticket_id=ticket.id)
        for user in people
        if user.id != ticket.hidden_from_id
    ]
    alerts.write(session, calls, now)


def _class_moves(work: Work, *, is_invalid: bool) -> tuple[Move, ...]:
    """The steps a class takes; once handled or explained only a class of the same kind can be recorded."""
    step, target = work.ticket.step, "classified" if is_invalid else "assigned"
    if step == target:
        return ()
    if step in ("registered", "classified"):
        return lifecycle.walk(work.machine, step, target)
    events = queries.list_events(work.session, work.ticket.id)
    if any(event.to_step == "explained" for event in events) != is_invalid:
        raise work.refuse()
    return ()


def feedback(work: Work) -> None:
    """What was found and done, in a person's words; the resident is then asked for their opinion."""
    if work.ticket.class_ in INVALID and work.ticket.step != "explained":
        raise work.refuse()
    moves = _to_fed_back(work)
    work.ticket.class_ = work.ticket.class_ or "valid"
    handled = any(move.to_step == "handled" for move in moves)
    work.given |= {"feedback": work.body["text"], **given(work)}
    work.walk("fed_back", moves)
    telling.speak(work.session, work.ticket, work.reader, work.body["text"], work.viewer.user_id, work.now,
                  "feedback", tuple(work.body.get("files") or ()))  # fmt: skip
    if handled:
        work.happen("completed")
    work.happen("replied")
    work.happen("fed_back")
    reader = work.reader
    pushed = wording.fed_back(reader.language, reader.address_as, work.ticket.number)
    telling.push(work.session, work.ticket, reader, pushed, work.now, "opinion")
    forget_draft(work, "reply")


def _to_fed_back(work: Work) -> tuple[Move, ...]:
    """By way of the handling; the shorter way past it is only for what was explained as invalid."""
    step = work.ticket.step
    if step in ("handled", "explained"):
        return lifecycle.walk(work.machine, step, "fed_back")
    handling = lifecycle.walk(work.machine, step, "handled")
    return (*handling, *lifecycle.walk(work.machine, "handled", "fed_back"))
