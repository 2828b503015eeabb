"""What somebody reads before they go: what the butler gave along, the way in, the place in the home."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.desk.queue import Reader
from backend.desk.ticket import slot_facts
from backend.desk.views import Fact
from backend.models import Ticket, User
from backend.onsite import queries
from intents.menu import Menu

#: the timeline's kind of naming who does the work
GIVEN: Final = "assigned"
#: what decides whether one gets in, and where to; the other answers follow as they were said
FIRST: Final[tuple[str, ...]] = ("entry", "where")
#: the page says its time by itself
SHOWN_ELSEWHERE: Final = frozenset({"when", "wished"})


@dataclass(frozen=True, slots=True)
class Before:
    """``note``: the words the job came with, ``by``: who wrote them; ``facts``: the resident's answers."""

    note: str
    by: str
    facts: tuple[Fact, ...]


def before_of(session: Session, reader: Reader, ticket: Ticket, menu: Menu, zone: str) -> Before:
    """Return what there is to know beside words, time and home."""
    row = queries.last_given(session, ticket, GIVEN)
    by = session.get(User, row.by_user_id) if row is not None and row.by_user_id else None
    known: dict[str, Any] = {name: ticket.slots[name] for name in FIRST if name in ticket.slots}
    known |= {name: value for name, value in ticket.slots.items() if name not in SHOWN_ELSEWHERE}
    return Before(
        note=row.note if row is not None else "",
        by=by.name(reader.language) if by is not None else "",
        # what repeats the words that stand above is not said twice
        facts=tuple(one for one in slot_facts(reader, known, menu, zone) if one.value != ticket.words),
    )
