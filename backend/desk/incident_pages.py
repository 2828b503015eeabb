"""Incidents: many alike reports as one matter, opened, worded and ended with one form each."""

from collections import defaultdict
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.incidents import IncidentView, incident_of, new_fields, short
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Forbidden, NotFound
from backend.incidents import queries, rules, service
from backend.incidents.service import Texts
from backend.models import Incident, Ticket
from backend.people import roles
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/incidents"
ENDED_SHOWN: Final = 10


def _page(who: Visit, wrong: int = 0, typed: dict[str, str] | None = None, error: str = "") -> Response:
    """The page; ``wrong`` is the incident whose form is shown again, -1 the form for a new one."""
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden
    with who.db.read() as session:
        views = _views(session, who, wrong, typed or {})
        shell = shell_of(session, who, on="incidents")
    fields = new_fields(who.language, who.menu, typed if wrong == -1 else None)
    if wrong == -1:
        fields = tuple(replace(one, error=error if one.name == "text_en" else "") for one in fields)
    return show(who, "incidents.html", shell, status=422 if wrong else 200, fields=fields, error=error,
                wrong=wrong, standing=[one for one in views if one.state != "over"],
                ended=[one for one in views if one.state == "over"], may_act=who.viewer.may("reply"),
                title=t(who.language, "Incidents"))  # fmt: skip


def _views(session: Session, who: Visit, wrong: int, typed: dict[str, str]) -> list[IncidentView]:
    reader = reader_of(session, who)
    estates = who.viewer.estate_ids
    found: list[Incident] = queries.list_standing(session, estates)
    found += queries.list_ended(session, estates, ENDED_SHOWN)
    tickets: dict[int, list[tuple[Ticket, str | None]]] = defaultdict(list)
    for ticket, code in queries.list_tickets(session, [one.id for one in found]):
        if who.viewer.may_see_ticket(ticket.estate_id, ticket.worker_id, ticket.hidden_from_id):
            tickets[ticket.incident_id or 0].append((ticket, code))
    return [
        incident_of(reader, one, tickets[one.id], who.menu, typed if one.id == wrong else None)
        for one in found
    ]


@router.get("/incidents")
def page(who: Visiting) -> Response:
    """What is proposed, what is open, and what ended last."""
    return _page(who)


@router.post("/incidents")
def start(who: Visiting, fields: Typed) -> Response:
    """Open an incident that nobody proposed."""
    if not who.viewer.estate_ids:
        raise NotFound
    topic, building = rules.topic_of(fields.get("topic", "")), short(fields.get("building", ""))
    texts = Texts(fields.get("text_zh", ""), fields.get("text_en", ""))
    estate_id = min(who.viewer.estate_ids)
    try:
        if not topic:
            raise BadInput
        who.db.run(
            lambda session: service.start(session, who.viewer, estate_id, topic, building, texts, who.now)
        )
    except BadInput as bad:
        return _page(who, -1, fields, bad.worded(who.language)[1])
    return go(who.request, PAGE, t(who.language, "The incident is open; who reports it is told."))


@router.post("/incidents/{incident_id}/{verb}")
def act(incident_id: Number, verb: str, who: Visiting, fields: Typed) -> Response:
    """``open`` a proposal, ``end`` an incident, or ``dismiss`` a proposal."""
    texts = Texts(fields.get("text_zh", ""), fields.get("text_en", ""))
    try:
        sentence = who.db.run(lambda session: _act(session, who, incident_id, verb, texts))
    except BadInput as bad:
        return _page(who, incident_id, fields, bad.worded(who.language)[1])
    return go(who.request, PAGE, sentence)


def _act(session: Session, who: Visit, incident_id: int, verb: str, texts: Texts) -> str:
    if verb == "open":
        service.open_proposed(session, who.viewer, incident_id, texts, who.now)
        return t(who.language, "Everybody who reported it is told within seconds.")
    if verb == "end":
        service.end(session, who.viewer, incident_id, texts, who.now)
        return t(who.language, "It is over; everybody who reported it is told within seconds.")
    if verb == "dismiss":
        service.dismiss(session, who.viewer, incident_id, who.now)
        return t(who.language, "These reports stay single tickets.")
    raise NotFound
