"""Incidents: many alike reports as one matter, opened, worded and ended with one form each."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import incident_queries
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.incidents import IncidentView, incident_of, new_fields, short
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Forbidden, NotFound
from backend.incidents import queries, rules, service
from backend.incidents.service import Texts
from backend.people import roles
from backend.people.estates import estate_id_of
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/incidents"
ENDED_SHOWN: Final = 10


def _page(
    who: Visit, wrong: int = 0, typed: dict[str, str] | None = None, error: str = "", at: str = "text_en"
) -> Response:
    """The page; ``wrong`` is the incident whose form is shown again, -1 the form for a new one.

    ``at``: the field of the new one that the error is about.
    """
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden
    with who.db.read() as session:
        views = _views(session, who, wrong, typed or {})
        places = queries.list_estates(session, who.viewer.estate_ids)
        shell = shell_of(session, who, on="incidents")
    standing = [one for one in views if one.state != "over"]
    fields = new_fields(who.language, who.menu, typed if wrong == -1 else None, places)
    if wrong == -1:
        fields = tuple(replace(one, error=error if one.name == at else "") for one in fields)
    return show(who, "incidents.html", shell, status=422 if wrong else 200, fields=fields, error=error,
                wrong=wrong, standing=standing, states=_states(standing),
                ended=[one for one in views if one.state == "over"], may_act=who.viewer.may("reply"),
                title=t(who.language, "Incidents"))  # fmt: skip


def _views(session: Session, who: Visit, wrong: int, typed: dict[str, str]) -> list[IncidentView]:
    reader = reader_of(session, who)
    found = queries.list_standing(session, who.viewer.estate_ids)
    found += queries.list_ended(session, who.viewer.estate_ids, ENDED_SHOWN)
    return [
        incident_of(reader, one, who.menu, typed if one.incident.id == wrong else None)
        for one in incident_queries.list_matters(session, who.viewer, found)
    ]


@router.get("/incidents")
def page(who: Visiting) -> Response:
    """What is proposed, what is open, and what ended last."""
    return _page(who)


def _states(standing: list[IncidentView]) -> dict[int, str]:
    return {one.id: one.state for one in standing}


@router.get("/incidents/changed")
def changed(who: Visiting) -> Response:
    """What stands now, for an open page: states, and the reports of each, to be put in place."""
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden
    with who.db.read() as session:
        standing = [one for one in _views(session, who, 0, {}) if one.state != "over"]
        shell = shell_of(session, who)
    return show(who, "_incidents_changed.html", shell, standing=standing, states=_states(standing), oob=True)


@router.post("/incidents")
def start(who: Visiting, fields: Typed) -> Response:
    """Open an incident that nobody proposed."""
    topic, building = rules.topic_of(fields.get("topic", "")), short(fields.get("building", ""))
    texts = Texts(fields.get("text_zh", ""), fields.get("text_en", ""))
    if not fields.get("estate") and len(who.viewer.estate_ids) > 1:
        return _page(who, -1, fields, t(who.language, "Please fill this in."), at="estate")
    try:
        if not topic:
            raise BadInput
        who.db.run(lambda session: _start(session, who, fields.get("estate"), topic, building, texts))
    except BadInput as bad:
        return _page(who, -1, fields, bad.worded(who.language)[1])
    return go(who.request, PAGE, t(who.language, "The incident is open; who reports it is told."))


def _start(session: Session, who: Visit, code: str | None, topic: str, building: str, texts: Texts) -> None:
    estate_id = estate_id_of(session, who.viewer, code)
    service.start(session, who.viewer, estate_id, topic, building, texts, who.now)


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
