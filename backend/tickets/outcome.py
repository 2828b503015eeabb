"""How a ticket ends: the follow-up record and what dissatisfaction starts (SLA-15, SLA-16)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.models import Ticket, User
from backend.tickets import complaints, facts, lifecycle, news, opening, queries, telling, wording
from backend.tickets.lifecycle import Move
from backend.tickets.steps import Lacking, Walker
from intents.menu import Menu
from locales.dates import local

#: unreached counts as an outcome after two tries on two days (MANNERS §1.6)
UNREACHED_DAYS: Final = 2
COMPLAINT: Final = "common.voice.complaint"
WARRANTY: Final = "common.repair-tracking.warranty-repair"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A follow-up record: satisfied, partly, unsatisfied or unreached; who said or noted it.

    ``details``: what else the record says (method, person, wishes, next action).
    """

    result: str
    note: str
    score: int | None
    actor: str
    by_user_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        """The fields of the follow-up record (REC-04)."""
        said = {"satisfaction": self.result, "score": self.score, "note": self.note or None}
        return {name: value for name, value in {**said, **self.details}.items() if value is not None}


def follow_up(session: Session, menu: Menu, ticket: Ticket, verdict: Verdict, now: datetime) -> Ticket | None:
    """Record the outcome and move on. Returns the new linked complaint where there is one.

    Not satisfied: complaint → new linked complaint, the old one never reopened (SLA-15), and so for whatever
    cannot be done again (a booking, aid, an emergency); repair, paid service, housekeeping and standing
    report → rework on the same ticket with a new cycle (SLA-16), the second time a linked complaint;
    enquiry → a person looks again, in a new cycle. Where the payment is not recorded yet, the verdict is, and
    the ticket ends with the payment. Raises NoWay where nothing is finished yet, Lacking where
    a step needs what is not there.
    """
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    walker = Walker(session, ticket, now, verdict.actor, verdict.by_user_id, verdict.given)
    if verdict.result == "unreached" and not _was_tried_enough(session, ticket, now):
        walker.record("followed_up", None, verdict.note, result=verdict.result, score=verdict.score)
        walker.fill(walker.form_of("followed_up"))
        return None
    is_unhappy = verdict.result == "unsatisfied"
    second = is_unhappy and machine.name in TWICE and ticket.cycle >= 2
    end = machine.aim(ticket.step, "follow_up") or "closed"
    target = machine.unsatisfied if is_unhappy and not second else end
    ticket.satisfaction, ticket.score = verdict.result, verdict.score
    ticket.facts = {**ticket.facts, facts.JUDGED: ticket.cycle}
    way = _before_money(lifecycle.walk(machine, ticket.step, target))
    moves = _as_far_as_allowed(walker, way)
    cycle = ticket.cycle
    walker.walk("followed_up", moves, verdict.note, result=verdict.result, score=verdict.score)
    if not any(move.to_step == "followed_up" for move in moves):
        walker.fill(walker.form_of("followed_up"))
    walker.happen("followed_up")
    if ticket.cycle > cycle and machine.unsatisfied != "taken":
        _tell_again(session, ticket, now)
    if is_unhappy and (second or machine.complains):
        return _complain(session, menu, ticket, verdict, now)
    return None


#: steps at which money or a voucher was taken, which only a record of its own can say (REC-16, REC-20)
MONEY: Final = frozenset({"charged", "settled"})
#: verdicts with which a ticket may end
CONTENT: Final = frozenset({"satisfied", "partly", "unreached"})
#: what is done again on the same ticket once, and is a complaint the second time (DESIGN §6)
TWICE: Final = frozenset({"repair", "paid", "housekeeping", "standing_report", "general"})


def _before_money(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """What somebody thinks of the work says nothing of a payment: that step waits for who took the money."""
    return tuple(takewhile(lambda move: move.to_step not in MONEY, moves))


def close_judged(walker: Walker) -> None:
    """After the payment the ticket goes on to where the resident's verdict, already on record, leads."""
    ticket = walker.ticket
    is_judged = ticket.facts.get(facts.JUDGED) == ticket.cycle and ticket.satisfaction in CONTENT
    if is_judged and ticket.step in MONEY:
        walker.acting_for = None
        walker.pass_on(lifecycle.walk(walker.machine, ticket.step, "closed"))


def _as_far_as_allowed(walker: Walker, moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """The call was made, and is recorded, though the ticket cannot be closed yet (an unpaid part).

    What a resident says is always heard, however far it moves the ticket. Raises Lacking when not even the
    call of a colleague can be recorded.
    """
    if walker.actor == "R":
        return tuple(takewhile(lambda move: not walker.lacks(move), moves))
    is_end = bool(moves) and lifecycle.is_final(walker.machine, moves[-1].to_step)
    if len(moves) > 1 and is_end and walker.lacks(moves[-1]):
        moves = moves[:-1]
    walker.check(moves)
    return moves


def _was_tried_enough(session: Session, ticket: Ticket, now: datetime) -> bool:
    tries = queries.list_events_of_kind(session, ticket.id, "followed_up", ticket.cycle)
    zone = queries.zone_of(session, ticket.estate_id)
    days = {local(row.at, zone).date() for row in tries if row.values.get("result") == "unreached"}
    return len(days | {local(now, zone).date()}) >= UNREACHED_DAYS


def _tell_again(session: Session, ticket: Ticket, now: datetime) -> None:
    reader = telling.reader_of(session, ticket)
    butler = session.get(User, ticket.butler_id) if ticket.butler_id else None
    who = butler.name(reader.language) if butler else ""
    pushed = wording.rework(reader.language, reader.address_as, ticket.number, who)
    telling.push(session, ticket, reader, pushed, now, "rework")


def _complain(session: Session, menu: Menu, old: Ticket, verdict: Verdict, now: datetime) -> Ticket:
    """SLA-15: what the resident says is a new complaint, with all its clocks from now.

    What staff wrote of a follow-up is theirs: only a resident's own words become words of the complaint.
    """
    said = verdict.note if verdict.actor == "R" else ""
    words, topic = said or old.words, said or old.slots.get("topic") or old.words
    item_id = old.item_id if old.workflow == "complaint" else COMPLAINT
    new = opening.NewTicket(
        estate_id=old.estate_id, item_id=item_id, channel=old.channel, language=old.language,
        words=words, asked_at=now, received_at=now, reason="redo",
        slots={"topic": topic, "ticket": old.number}, conversation_id=old.conversation_id,
        link_id=old.link_id, resident_id=old.resident_id, home_id=old.home_id, actor="SYS",
        reopened_from_id=old.id,
    )  # fmt: skip
    ticket = opening.open_ticket(session, menu, new, now)
    _weigh_alike(session, ticket, old, now)
    reader = telling.reader_of(session, ticket)
    pushed = wording.new_complaint(reader.language, reader.address_as, ticket.number, old.number)
    telling.push(session, ticket, reader, pushed, now, "new_complaint")
    return ticket


def _weigh_alike(session: Session, ticket: Ticket, old: Ticket, now: datetime) -> None:
    """What was severe is severe still where it was not put right (SLA-27)."""
    ticket.severity = old.severity if old.workflow == "complaint" else None
    if ticket.severity == "severe":
        Walker(session, ticket, now, "SYS").happen("severe")
        complaints.tell_managers(session, ticket, now)


def hand_to_warranty(session: Session, menu: Menu, old: Ticket, now: datetime) -> Ticket:
    """A defect in the liability period goes on as a linked warranty ticket of its own (WF-12)."""
    new = opening.NewTicket(
        estate_id=old.estate_id, item_id=WARRANTY, channel=old.channel, language=old.language,
        words=old.words, asked_at=old.asked_at, received_at=now, reason="redo", slots=dict(old.slots),
        conversation_id=old.conversation_id, link_id=old.link_id, resident_id=old.resident_id,
        home_id=old.home_id, actor="SYS", reopened_from_id=old.id,
    )  # fmt: skip
    ticket = opening.open_ticket(session, menu, new, now)
    ticket.facts = {k: v for k, v in old.facts.items() if k in ("class", "defect")}
    reader = telling.reader_of(session, ticket)
    about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language), now,
                       reader.zone)  # fmt: skip
    telling.push(session, ticket, reader, news.warranty(about), now, "new_complaint")
    return ticket


__all__ = ["Lacking", "Verdict", "follow_up", "hand_to_warranty"]
