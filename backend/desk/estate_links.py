"""The estates of whoever works in several, as links to the same page of each: the address says which."""

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from backend.desk.doors import Visit
from backend.models import Estate
from backend.people import queries as people


@dataclass(frozen=True, slots=True)
class EstateLink:
    """One estate; ``is_on``: the page is about this one."""

    label: str
    href: str
    is_on: bool


def links_of(session: Session, who: Visit, here: Estate, path: str, **kept: str) -> tuple[EstateLink, ...]:
    """Return a link to ``path`` for each estate, with what else of the address is ``kept``; none for one."""
    found = people.list_estates(session, who.viewer)
    if len(found) < 2:
        return ()
    return tuple(
        EstateLink(one.name(who.language), address(path, estate=one.code, **kept), one.id == here.id)
        for one in found
    )


def address(path: str, **parts: str) -> str:
    """Return an address with those of its parts that say something."""
    query = urlencode({name: text for name, text in parts.items() if text})
    return f"{path}?{query}" if query else path
