"""What engineers, guards and butlers do on site, through the ticket's own actions. Nothing here commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.errors import BadInput, Forbidden
from backend.messages import files, live
from backend.messages.files import Checked
from backend.models import StoredFile, Ticket
from backend.onsite import queries, texts
from backend.people.viewer import Viewer
from backend.tickets import lifecycle, photos, telling
from backend.tickets import queries as ticket_rows
from backend.tickets import service as tickets
from backend.tickets.steps import Walker
from backend.tickets.work import ACTORS, actions_for
from intents.menu import Menu
from locales import N_

#: photos of one side of one job
MOST_PHOTOS: Final = 12
SIDES: Final = ("before", "after")
ALREADY: Final = N_("The resident has been told already that somebody is on the way.")
TOO_MANY: Final = N_("At most {limit} photos belong to one side of a job.")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done on site: in words, the materials in one line, the cost in fen (None: not said)."""

    note: str = ""
    actual_items: str = ""
    materials: str = ""
    cost_fen: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        """The fields of the work order that this fills in."""
        said = {"actual_items": self.actual_items, "materials": self.materials, "cost_fen": self.cost_fen}
        return {name: value for name, value in {**said, **self.extra}.items() if value not in ("", None)}


def may_set_out(ticket: Ticket, viewer: Viewer) -> bool:
    """Whoever may check in may first say that they are coming."""
    return "check_in" in actions_for(ticket, viewer)


def set_out(session: Session, viewer: Viewer, number: int, now: datetime) -> Ticket:
    """Tell the resident who is on the way, once a round. Raises NotFound, Forbidden, BadInput."""
    ticket = tickets.hold(session, viewer, number)
    if not may_set_out(ticket, viewer):
        raise Forbidden
    if queries.list_site_events(session, ticket, queries.SET_OUT):
        raise BadInput(ALREADY)
    telling.record(session, ticket, queries.SET_OUT, now, actor=ACTORS[viewer.role],
                   by_user_id=viewer.user_id)  # fmt: skip
    reader = telling.reader_of(session, ticket)
    who = viewer.name(reader.language)
    pushed = texts.coming(reader.language, reader.address_as, ticket.number, who)
    # Somebody stands at the door in minutes: this waits for no morning.
    telling.push(session, ticket, reader, pushed, now, "coming", is_urgent=True)
    telling.changed(session, ticket, now, viewer.user_id)
    return ticket


def check_in(
    session: Session, menu: Menu, viewer: Viewer, number: int, now: datetime, version: int | None
) -> Ticket:
    """Somebody stands at the place (SLA-02)."""
    return tickets.act(session, menu, viewer, number, "check_in", {}, now, version)


def not_arrived(session: Session, menu: Menu, viewer: Viewer, number: int, now: datetime) -> Ticket:
    """Nobody is there yet after all. Raises BadInput where something else was recorded since."""
    return tickets.act(session, menu, viewer, number, "not_arrived", {}, now)


def complete(
    session: Session, menu: Menu, viewer: Viewer, number: int, done: Done, now: datetime, version: int | None
) -> Ticket:
    """The work is done; what was used and what it costs goes into its order with the photos (REC-03)."""
    body = {"note": done.note or done.actual_items, "cost_fen": done.cost_fen}
    ticket = tickets.act(session, menu, viewer, number, "complete", body, now, version)
    given = done.given | site_photos(session, ticket)
    walker = Walker(session, ticket, now, ACTORS[viewer.role], viewer.user_id, given)
    walker.fill(walker.form_of(ticket.step))
    return ticket


def site_photos(session: Session, ticket: Ticket) -> dict[str, list[str]]:
    """The photos of this round by the field of the record that they belong to."""
    taken = queries.list_site_events(session, ticket, queries.PHOTO_TAKEN)
    found = {f"photos_{side}": [e.values["file"] for e in taken if e.values.get("side") == side]
             for side in SIDES}  # fmt: skip
    return {name: ids for name, ids in found.items() if ids}


def require_room(session: Session, viewer: Viewer, number: int, side: str) -> None:
    """Raise NotFound, Forbidden, or BadInput where no further photo of this side may be kept."""
    ticket = ticket_rows.get_ticket(session, viewer, number)
    if not viewer.may("check_in"):
        raise Forbidden
    if side not in SIDES or lifecycle.is_final(
        lifecycle.machine_of(ticket.workflow, ticket.step), ticket.step
    ):
        raise BadInput
    if len(site_photos(session, ticket).get(f"photos_{side}", ())) >= MOST_PHOTOS:
        raise BadInput(TOO_MANY, limit=MOST_PHOTOS)


def add_photo(
    session: Session, viewer: Viewer, number: int, side: str, file_id: str, checked: Checked, name: str,
    now: datetime,
) -> StoredFile:  # fmt: skip
    """Keep a photo of the place with the job; it goes to nobody, and moves no version.

    ``file_id``: of bytes that are on disk. Raises NotFound, Forbidden, BadInput.
    """
    require_room(session, viewer, number, side)
    ticket = ticket_rows.get_ticket(session, viewer, number)
    row = _own_file(session, viewer, ticket, file_id, checked, name, now)
    telling.record(session, ticket, queries.PHOTO_TAKEN, now, actor=ACTORS[viewer.role],
                   by_user_id=viewer.user_id, file=row.id, side=side)  # fmt: skip
    live.emit(session, ticket.estate_id, "ticket", {"number": ticket.number}, now)
    return row


def add_signature(
    session: Session, viewer: Viewer, number: int, file_id: str, checked: Checked, now: datetime
) -> StoredFile:
    """Keep the drawn signature with the job. Raises NotFound, Forbidden."""
    ticket = ticket_rows.get_ticket(session, viewer, number)
    if not viewer.may("sign_off"):
        raise Forbidden
    return _own_file(session, viewer, ticket, file_id, checked, "signature", now)


def _own_file(
    session: Session, viewer: Viewer, ticket: Ticket, file_id: str, checked: Checked, name: str,
    now: datetime,
) -> StoredFile:  # fmt: skip
    row = files.add(session, file_id=file_id, checked=checked, name=name, estate_id=ticket.estate_id,
                    conversation_id=ticket.conversation_id, now=now)  # fmt: skip
    photos.take(session, viewer, ticket, (row.id,))
    return row


def materials_line(rows: Sequence[tuple[str, str, int | None]]) -> str:
    """Materials as one line of the work order: name, price each, ×quantity, each in its order."""
    said = []
    for name, quantity, price in rows:
        many = f" ×{quantity}" if quantity else ""
        cost = "" if price is None else f" ¥{price // 100}.{price % 100:02d}"
        said.append(f"{name}{cost}{many}")
    return "; ".join(said)
