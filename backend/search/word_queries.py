"""SQL of the words in a search: whose home, which resident, which ticket, what somebody said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, false, func, or_, select, union
from sqlalchemy.orm import Session

from backend.models import Home, Message, Resident, Ticket
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

#: residents or homes that one word may name; a word that names more narrows nothing
MOST_NAMED: Final = 500
#: the newest tickets whose words are read through; older ones are found when days are given
DEPTH: Final = 50_000
#: every state of a ticket: with estate and id they are an index
STATES: Final = ("open", "waiting", "done", "closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a search and what it names: any of them will do.

    ``words``: to be found in what was said, "" when the term names a home or a phone and nothing else;
    ``item_ids``: services of that name. ``above``: only tickets with a higher id are read through for these.
    """

    number: int | None = None
    home_ids: Sequence[int] = ()
    resident_ids: Sequence[int] = ()
    item_ids: Sequence[str] = ()
    words: str = ""
    above: int = 0

    @property
    def is_wide(self) -> bool:
        """True when tickets are to be read through for it, and there are many of them."""
        return bool(self.above and (self.words or self.item_ids))


def pattern_of(text: str) -> str:
    """``text`` anywhere in a column, its own signs of a pattern taken as they are."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def narrowed(viewer: Viewer, terms: Sequence[Term]) -> Select[Ticket]:
    """The viewer's tickets that every one of ``terms`` means.

    Among many tickets each way is looked up by its own index and what they find is put together: asked in one
    condition with "or", the whole past would be read through for a word that occurs nowhere.
    """
    wide = [term for term in terms if term.is_wide]
    query = select(Ticket) if wide else visible(viewer)
    for term in wide:
        query = query.where(Ticket.id.in_(union(*_ways(viewer, term))))
    narrow = (or_(*_named(term), *_meant(term), false()) for term in terms if not term.is_wide)
    return query.where(*narrow)


def _ways(viewer: Viewer, term: Term) -> list[Select[int]]:
    """The ids that each way finds, none of them beyond what the viewer may see."""
    mine = visible(viewer)
    found = [mine.where(way).with_only_columns(Ticket.id) for way in _named(term)]
    read = mine.where(Ticket.id > term.above, or_(*_meant(term)))
    for estate_id in viewer.estate_ids:
        for state in STATES:
            stretch = read.where(Ticket.estate_id == estate_id, Ticket.state == state)
            found.append(stretch.with_only_columns(Ticket.id))
    return found


def _named(term: Term) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if term.number is not None:
        found.append(Ticket.number == term.number)
    if term.home_ids:
        found.append(Ticket.home_id.in_(term.home_ids))
    if term.resident_ids:
        found.append(Ticket.resident_id.in_(term.resident_ids))
    return found


def _meant(term: Term) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if term.item_ids:
        found.append(Ticket.item_id.in_(term.item_ids))
    if term.words:
        found.append(_said(pattern_of(term.words)))
    return found


def _said(pattern: str) -> ColumnElement[bool]:
    """The resident's own words, and every message that belongs to the ticket; notes are no messages."""
    message = select(Message.id).where(
        Message.ticket_id == Ticket.id,
        Message.replaced_by_id.is_(None),
        Message.text.ilike(pattern, escape="\\"),
    )
    return or_(Ticket.words.ilike(pattern, escape="\\"), message.exists())


def depth(session: Session) -> int:
    """Return the id above which tickets are among the newest ``DEPTH``."""
    return max((session.scalar(select(func.max(Ticket.id))) or 0) - DEPTH, 0)


def list_homes_named(session: Session, viewer: Viewer, code: str = "", flat: str = "") -> list[int]:
    """Return the homes with this whole code, or with this flat's number in any building."""
    query = select(Home.id).where(Home.estate_id.in_(viewer.estate_ids))
    query = query.where(Home.code == code) if code else query.where(func.upper(Home.flat) == flat.upper())
    return list(session.scalars(query.limit(MOST_NAMED)))


def list_homes_like(session: Session, viewer: Viewer, text: str) -> list[int]:
    """Return the homes whose code begins like this: 3-2- names a whole unit."""
    begins = pattern_of(text)[1:]
    query = select(Home.id).where(Home.estate_id.in_(viewer.estate_ids), Home.code.ilike(begins, escape="\\"))
    return list(session.scalars(query.limit(MOST_NAMED)))


def list_residents_named(session: Session, viewer: Viewer, text: str) -> list[int]:
    """Return the residents whose name, or form of address, holds these words."""
    pattern = pattern_of(text)
    names = (Resident.name, Resident.address_as_zh, Resident.address_as_en)
    query = select(Resident.id).where(
        Resident.estate_id.in_(viewer.estate_ids),
        or_(*(name.ilike(pattern, escape="\\") for name in names)),
    )
    return list(session.scalars(query.limit(MOST_NAMED)))


def list_residents_phoned(session: Session, viewer: Viewer, phone_hash: str) -> list[int]:
    """Return the residents with this phone number."""
    query = select(Resident.id).where(
        Resident.estate_id.in_(viewer.estate_ids), Resident.phone_hash == phone_hash
    )
    return list(session.scalars(query))


def list_residents_ending(session: Session, viewer: Viewer, last4_hash: str) -> list[int]:
    """Return the residents whose phone number ends in these four digits."""
    query = select(Resident.id).where(
        Resident.estate_id.in_(viewer.estate_ids), Resident.phone_last4_hash == last4_hash
    )
    return list(session.scalars(query.limit(MOST_NAMED)))


def has_ticket(session: Session, viewer: Viewer, resident_ids: Sequence[int]) -> bool:
    """True when the viewer sees a ticket of any of these residents."""
    if not resident_ids:
        return False
    query = visible(viewer).where(Ticket.resident_id.in_(resident_ids)).with_only_columns(Ticket.id)
    return session.scalars(query.limit(1)).first() is not None


def find_resident(session: Session, viewer: Viewer, resident_id: int) -> Resident | None:
    """Return a resident of the viewer's estates, of whom the viewer sees a ticket."""
    seen = visible(viewer).where(Ticket.resident_id == resident_id).with_only_columns(Ticket.id)
    query = select(Resident).where(
        Resident.id == resident_id, Resident.estate_id.in_(viewer.estate_ids), seen.exists()
    )
    return session.scalars(query).first()


def list_buildings(session: Session, viewer: Viewer) -> list[str]:
    """Return every building of the viewer's estates."""
    query = select(Home.building).where(Home.estate_id.in_(viewer.estate_ids)).distinct()
    return list(session.scalars(query))
