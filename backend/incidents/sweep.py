"""Every few seconds: alike reports are found, joined and told. Safe with several processes and kills.

Finding holds the estate; telling is one transaction for each ticket, its conversation held first, and an
event on the ticket keeps that its people were told.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from backend.clock import Clock
from backend.db import Database
from backend.deadlines import alerts
from backend.deadlines import service as deadlines
from backend.incidents import queries, rules, service
from backend.incidents.queries import Reported
from backend.messages import live
from backend.messages import queries as message_queries
from backend.models import Incident, Ticket
from backend.people import butlers
from backend.tickets import telling
from intents.menu import Menu

#: reports older than this begin nothing
LOOKED_BACK: Final = timedelta(minutes=30)
#: an end that could not be told for so long is no news
STILL_WORTH: Final = timedelta(days=1)
TOLD: Final = "incident_told"
ENDED: Final = "incident_ended"


def tick(db: Database, clock: Clock, menu: Menu | None = None) -> int:
    """Find and tell; how many tickets joined an incident or had their people told.

    One estate or ticket in trouble does not stop the others; its error is raised after all had their turn.
    """
    now = clock.now()
    done = 0
    errors = list[Exception]()
    items = frozenset(item.id for item in menu.items.values() if item.workflow in rules.ALIKE) if menu else ()
    for incident_id in _lapsing(db):
        db.run(partial(_lapse, incident_id, now))
    for estate_id in _with_news(db, items, now):
        try:
            done += db.run(partial(_find, estate_id, items, now))
        except Exception as error:
            errors.append(error)
    for incident_id, ticket_id, kind in _untold(db, now):
        try:
            done += db.run(partial(_tell, incident_id, ticket_id, kind, now))
        except Exception as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return done


def _lapsing(db: Database) -> list[int]:
    """Proposals that nobody took up while there was something to answer: a report of next month is another
    matter, and must not join them unheard."""
    with db.read() as session:
        proposed = [one for one in queries.list_standing(session) if one.state == "proposed"]
        return [one.id for one in proposed if not _is_waited_for(session, one)]


def _is_waited_for(session: Session, incident: Incident) -> bool:
    tickets = queries.list_tickets(session, [incident.id])
    is_open = any(ticket.state in ("open", "waiting") for ticket, _home in tickets)
    return is_open or bool(queries.list_drafts(session, service.draft_ids(incident)))


def _lapse(incident_id: int, now: datetime, session: Session) -> None:
    found = session.get_one(Incident, incident_id)
    queries.lock_estate(session, found.estate_id)
    incident = queries.find_incident(session, [found.estate_id], incident_id, lock=True)
    if incident is not None and incident.state == "proposed" and not _is_waited_for(session, incident):
        service.put_away(session, incident, now)


def _with_news(db: Database, items: Collection[str], now: datetime) -> list[int]:
    """The estates in which something is to be proposed or joined: looked for without a lock."""
    with db.read() as session:
        standing = queries.list_standing(session)
        recent = _recent(session, standing, items, now)
    by_estate: dict[int, list[Reported]] = defaultdict(list)
    for one in recent:
        by_estate[one.estate_id].append(one)
    return [
        estate_id
        for estate_id, own in sorted(by_estate.items())
        if any(_joins(standing, one) for one in own) or rules.proposals([one.report for one in own])
    ]


def _recent(
    session: Session, standing: Sequence[Incident], items: Collection[str], now: datetime,
    estate_id: int | None = None,
) -> list[Reported]:  # fmt: skip
    """Reports that belong to no incident yet. Whoever writes of an open one is told in the chat, and asked:
    their draft is left to their answer."""
    since = now - LOOKED_BACK
    counted = {draft_id for one in standing for draft_id in service.draft_ids(one)}
    drafts = queries.list_recent_drafts(session, since, items, estate_id) if items else []
    return queries.list_recent(session, since, estate_id) + [
        one
        for one in drafts
        if one.report.draft_id not in counted
        and ((incident := _joins(standing, one)) is None or incident.state == "proposed")
    ]


def _joins(standing: Iterable[Incident], one: Reported) -> Incident | None:
    here = [incident for incident in standing if incident.estate_id == one.estate_id]
    return rules.belongs_to(here, one.report)


def _find(estate_id: int, items: Collection[str], now: datetime, session: Session) -> int:
    """Join reports to what stands, then propose what is new; how many reports joined."""
    queries.lock_estate(session, estate_id)
    standing = queries.list_standing(session, [estate_id])
    recent = _recent(session, standing, items, now, estate_id)
    joining: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    left = []
    for one in recent:
        incident = _joins(standing, one)
        if incident is None:
            left.append(one)
            continue
        tickets, drafts = joining[incident.id]
        (drafts if one.report.draft_id else tickets).append(one.report.draft_id or one.report.ticket_id)
    for proposal in rules.proposals([one.report for one in left]):
        made = _propose(session, estate_id, proposal, left, now)
        joining[made.id] = (list(proposal.ticket_ids), list(proposal.draft_ids))
    return sum(_join(session, estate_id, key, *ids, now) for key, ids in joining.items())


def _join(
    session: Session,
    estate_id: int,
    incident_id: int,
    ticket_ids: list[int],
    drafts: list[int],
    now: datetime,
) -> int:
    numbers = queries.join(session, incident_id, ticket_ids) if ticket_ids else []
    if drafts:
        incident = queries.find_incident(session, [estate_id], incident_id, lock=True)
        if incident is None or incident.state != "proposed":
            drafts = []
        else:
            kept = [*service.draft_ids(incident), *drafts]
            incident.values = {**incident.values, "drafts": kept}
    live.emit_all(session, estate_id, "ticket", [{"number": number} for number in numbers], now)
    live.emit(session, estate_id, "incident", {"id": incident_id}, now)
    return len(numbers) + len(drafts)


def _propose(
    session: Session, estate_id: int, proposal: rules.Proposal, reported: list[Reported], now: datetime
) -> Incident:
    """One row and one alert: the supervisors on duty and the butlers who have the tickets."""
    made = Incident(estate_id=estate_id, topic=proposal.topic, building=proposal.building, state="proposed",
                    opened_at=now)  # fmt: skip
    session.add(made)
    session.flush()
    people = {user.id for user in butlers.list_on_duty(session, estate_id, ["supervisor"], now=now)}
    people |= {
        one.butler_id
        for one in reported
        if one.butler_id is not None
        and (one.report.ticket_id in proposal.ticket_ids or one.report.draft_id in proposal.draft_ids)
    }
    count = len(proposal.ticket_ids) + len(proposal.draft_ids)
    values = {"building": proposal.building, "incident": made.id, "count": count}
    calls = [
        alerts.Call(estate_id, user_id, "incident", now, f"incident:{made.id}", values=values, is_live=True)
        for user_id in sorted(people)
    ]
    alerts.write(session, calls, now)
    return made


def _untold(db: Database, now: datetime) -> list[tuple[int, int, str]]:
    """(incident, ticket, what) of everybody who is still to be told."""
    found = []
    with db.read() as session:
        for incident in queries.list_to_tell(session, now - STILL_WORTH):
            kind = TOLD if incident.state == "open" else ENDED
            told = queries.list_told(session, incident.id, kind)
            knowing = told if kind == TOLD else queries.list_told(session, incident.id, TOLD)
            found += [
                (incident.id, ticket.id, kind)
                for ticket, _home in queries.list_tickets(session, [incident.id])
                if ticket.id not in told
                and (service.is_open(ticket) if kind == TOLD else ticket.id in knowing)
            ]
    return found


def _tell(incident_id: int, ticket_id: int, kind: str, now: datetime, session: Session) -> bool:
    """Tell one ticket's person, once; False when another process was first or it is another matter by now."""
    ticket = _hold(session, ticket_id)
    incident = session.get_one(Incident, incident_id, populate_existing=True)
    told = queries.list_told(session, incident_id, kind)
    if ticket.incident_id != incident_id or ticket.id in told:
        return False
    if incident.state != ("open" if kind == TOLD else "over"):
        return False
    by = incident.opened_by_id if kind == TOLD else incident.values.get("ended_by")
    reader = telling.reader_of(session, ticket)
    text = service.text_of(incident, reader.language, is_over=kind == ENDED)
    knows_already = ticket.conversation_id is not None and ticket.conversation_id in told.values()
    is_heard = reader.conversation is not None or knows_already
    if not knows_already:
        telling.speak(session, ticket, reader, text, int(by or 0), now, kind)
    telling.record(session, ticket, kind, now, actor="S", by_user_id=by, note=text,
                   incident=incident_id, is_heard=is_heard)  # fmt: skip
    if kind == TOLD and is_heard:
        # A person's words to this very resident: the response clock stops (SLA-01).
        session.flush()
        deadlines.on_event(session, ticket, "replied", now)
    telling.changed(session, ticket, now, by)
    return True


def _hold(session: Session, ticket_id: int) -> Ticket:
    """The ticket, its conversation held first, as every turn does."""
    seen = session.get_one(Ticket, ticket_id)
    if seen.conversation_id is not None:
        message_queries.lock_conversation(session, seen.conversation_id)
    return queries.lock_ticket(session, ticket_id)
