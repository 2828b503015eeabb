"""What staff do to complaints alone: class them, explain an invalid one, feed back the result (WF-03)."""

from typing import Any

from backend.errors import BadInput
from backend.tickets import lifecycle, queries, telling, wording
from backend.tickets.lifecycle import Move
from backend.tickets.work import INVALID, Work, forget_draft
from locales import N_


def explain(work: Work, text: str) -> None:
    """An invalid complaint needs a visit or a notice before it can be fed back (domain §2.4)."""
    if not text.strip():
        raise BadInput(N_("Please note the conversation or notice in which the facts were explained."))
    work.walk("explained", lifecycle.walk(work.machine, work.ticket.step, "explained"), note=text)


def classify(work: Work) -> None:
    """Class, severity, department (domain §2.4): only a person may say invalid; unclear counts as valid."""
    ticket = work.ticket
    ticket.class_ = "valid" if work.body["class"] == "unclear" else work.body["class"]
    ticket.severity = work.body.get("severity") or ticket.severity
    ticket.department = work.body.get("department") or ticket.department
    moves = _class_moves(work, is_invalid=ticket.class_ in INVALID)
    values: dict[str, Any] = {"class": ticket.class_, "severity": ticket.severity}
    work.walk("classified", moves, **values, department=ticket.department)
    if ticket.department:
        work.happen("classified")


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
