"""Opening, wording and ending an incident. Nothing here commits; who reported is told by the sweep."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.errors import BadInput, Forbidden, NotFound, Refusal
from backend.incidents import queries
from backend.messages import live
from backend.models import Incident, Ticket
from backend.people import roles
from backend.people.viewer import Viewer
from locales import N_

MOST_TEXT: Final = 500


class IncidentMoved(Refusal):
    status = 409
    title = N_("Somebody got there first.")
    detail = N_("This incident was opened or ended meanwhile. Please look at it again.")


class IncidentKnown(Refusal):
    status = 409
    title = N_("Somebody got there first.")
    detail = N_("There is an incident of this kind in this building already.")


@dataclass(frozen=True, slots=True)
class Texts:
    """What everybody who reported is told, in both languages."""

    zh: str
    en: str

    def checked(self) -> "Texts":
        """Return them without blank ends. Raises BadInput when one is missing or too long."""
        found = Texts(self.zh.strip(), self.en.strip())
        if not found.zh or not found.en:
            raise BadInput(N_("Both languages are needed: everybody is told in their own."))
        if max(len(found.zh), len(found.en)) > MOST_TEXT:
            raise BadInput(N_("Please keep this under {limit} characters."), limit=MOST_TEXT)
        return found


def require_office(viewer: Viewer) -> None:
    """Who answers residents may open and end incidents. Raises Forbidden."""
    if not (viewer.may("reply") and roles.sees_all_tickets(viewer.role)):
        raise Forbidden


def open_proposed(
    session: Session, viewer: Viewer, incident_id: int, texts: Texts, now: datetime
) -> Incident:
    """Make a proposal an incident: everybody is told. Raises Forbidden, NotFound, IncidentMoved, BadInput."""
    found = _held(session, viewer, incident_id, "proposed")
    worded = texts.checked()
    found.state, found.opened_by_id = "open", viewer.user_id
    found.text_zh, found.text_en = worded.zh, worded.en
    live.emit(session, found.estate_id, "incident", {"id": found.id}, now)
    return found


def start(
    session: Session, viewer: Viewer, estate_id: int, topic: str, building: str, texts: Texts, now: datetime
) -> Incident:
    """Open an incident that nobody proposed; alike reports join it. ``building`` "" is the whole estate.

    Raises Forbidden, NotFound, IncidentKnown, BadInput.
    """
    require_office(viewer)
    if not viewer.works_in(estate_id):
        raise NotFound
    worded = texts.checked()
    queries.lock_estate(session, estate_id)
    standing = queries.list_standing(session, [estate_id])
    if any((one.topic, one.building) == (topic, building) for one in standing):
        raise IncidentKnown
    made = Incident(estate_id=estate_id, topic=topic, building=building, state="open", opened_at=now,
                    opened_by_id=viewer.user_id, text_zh=worded.zh, text_en=worded.en)  # fmt: skip
    session.add(made)
    session.flush()
    live.emit(session, estate_id, "incident", {"id": made.id}, now)
    return made


def end(session: Session, viewer: Viewer, incident_id: int, texts: Texts, now: datetime) -> Incident:
    """End an incident: everybody is told once more. Raises Forbidden, NotFound, IncidentMoved, BadInput."""
    found = _held(session, viewer, incident_id, "open")
    worded = texts.checked()
    found.state, found.over_at = "over", now
    found.values = {**found.values, "end_zh": worded.zh, "end_en": worded.en, "ended_by": viewer.user_id}
    live.emit(session, found.estate_id, "incident", {"id": found.id}, now)
    return found


def dismiss(session: Session, viewer: Viewer, incident_id: int, now: datetime) -> Incident:
    """The reports have nothing to do with each other: nobody is told, and they are not proposed again."""
    return put_away(session, _held(session, viewer, incident_id, "proposed"), now)


def put_away(session: Session, proposed: Incident, now: datetime) -> Incident:
    """End a proposal that became no incident: dismissed, or all its reports were seen to one by one."""
    proposed.state, proposed.over_at = "over", now
    proposed.values = {**proposed.values, "is_dismissed": True, "is_told": True}
    live.emit(session, proposed.estate_id, "incident", {"id": proposed.id}, now)
    return proposed


def list_known(session: Session, estate_id: int) -> list[Incident]:
    """Return the estate's open incidents, for ``rules.known``."""
    return [one for one in queries.list_standing(session, [estate_id]) if one.state == "open"]


def draft_ids(incident: Incident) -> tuple[int, ...]:
    """Return the drafts that are reports of it; which of them are still under way, the rows say."""
    return tuple(int(one) for one in incident.values.get("drafts", ()))


def list_awaited(session: Session) -> list[tuple[int, int]]:
    """Return (incident, draft) of open incidents: reports whose owners were never asked anything more."""
    rows = [one for one in queries.list_standing(session) if one.state == "open"]
    return [(one.id, draft_id) for one in rows for draft_id in draft_ids(one)]


def take_in(session: Session, ticket: Ticket, incident_id: int, now: datetime) -> None:
    """A ticket made of a draft that was one of the incident's reports; the sweep tells its person."""
    ticket.incident_id = incident_id
    session.flush()
    live.emit(session, ticket.estate_id, "incident", {"id": incident_id}, now)


def text_of(incident: Incident, language: str, *, is_over: bool = False) -> str:
    """Return what people are told in their language, while it lasts or when it is over."""
    key = "zh" if language == "zh" else "en"
    if is_over:
        return str(incident.values.get(f"end_{key}", ""))
    return incident.text_zh if key == "zh" else incident.text_en


def is_open(ticket: Ticket) -> bool:
    """True for a ticket about which somebody still waits for word."""
    return ticket.state in ("open", "waiting", "done")


def _held(session: Session, viewer: Viewer, incident_id: int, state: str) -> Incident:
    require_office(viewer)
    found = queries.find_incident(session, viewer.estate_ids, incident_id, lock=True)
    if found is None:
        raise NotFound
    if found.state != state:
        raise IncidentMoved
    return found
