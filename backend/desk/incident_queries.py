"""What the desk reads of incidents: their reports, and the one row that stands for all of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from backend.desk import queries
from backend.desk.queries import Entry
from backend.incidents import queries as rows
from backend.incidents.service import draft_ids
from backend.models import Draft, Home, Incident, Ticket
from backend.people import roles
from backend.people.viewer import Viewer


@dataclass(slots=True)
class Matter:
    """One incident with its reports. ``folded``: the tickets its row in the queue stands for."""

    incident: Incident
    tickets: list[tuple[Ticket, Home | None]] = field(default_factory=list)
    drafts: list[tuple[Draft, Home]] = field(default_factory=list)
    folded: list[Entry] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.tickets) + len(self.drafts)

    @property
    def unit(self) -> str:
        """The unit all reports are from, "" where they are from several."""
        homes = [home for _ticket, home in self.tickets] + [home for _draft, home in self.drafts]
        units = {home.unit if home is not None else "" for home in homes}
        return units.pop() if len(units) == 1 else ""


def list_matters(session: Session, viewer: Viewer, incidents: Sequence[Incident]) -> list[Matter]:
    """Return these incidents with the reports that the viewer may see."""
    found = {one.id: Matter(one) for one in incidents}
    for ticket, home in rows.list_tickets(session, found):
        if viewer.may_see_ticket(ticket.estate_id, ticket.worker_id, ticket.hidden_from_id):
            found[ticket.incident_id or 0].tickets.append((ticket, home))
    owner = {draft_id: one.id for one in incidents if one.state != "over" for draft_id in draft_ids(one)}
    for draft, home in rows.list_drafts(session, owner):
        found[owner[draft.id]].drafts.append((draft, home))
    return list(found.values())


def list_rows(session: Session, viewer: Viewer, tab: str, ids: Sequence[int] | None = None) -> list[Matter]:
    """Return the standing incidents that have a row in a tab; field staff have none.

    ``ids``: of these alone.
    """
    if not roles.sees_all_tickets(viewer.role):
        return []
    standing = rows.list_standing(session, viewer.estate_ids)
    matters = list_matters(session, viewer, [one for one in standing if ids is None or one.id in ids])
    behind: dict[int, list[Entry]] = defaultdict(list)
    for entry in queries.list_folded(session, viewer, tab, [one.incident.id for one in matters]):
        behind[entry.ticket.incident_id or 0].append(entry)
    for one in matters:
        one.folded = behind[one.incident.id]
    return [one for one in matters if one.folded or _has_draft(viewer, tab, one) or _is_bare(tab, one)]


def _has_draft(viewer: Viewer, tab: str, matter: Matter) -> bool:
    if tab == "team":
        return bool(matter.drafts)
    whose = viewer.user_id if tab == "mine" else None
    return any(home.butler_id == whose for _draft, home in matter.drafts)


def _is_bare(tab: str, matter: Matter) -> bool:
    """Opened by staff before anybody reported it: the team sees that it stands."""
    return tab == "team" and not matter.count
