"""What every page of settings shares: who may open it, and of which estate it is."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from backend.desk.doors import Visit
from backend.desk.shell import reader_of
from backend.desk.views import Link
from backend.errors import Forbidden, VersionConflict
from backend.models import AuditEntry, Estate, User
from backend.people import queries as people
from backend.people import roles
from backend.people.estates import meant_estate, shown_estate
from locales import N_, t
from locales.dates import format_time

SOMEBODY: Final = N_("A colleague")


class Changed(VersionConflict):
    """Somebody saved the same settings meanwhile."""

    detail = N_(
        "{who} changed these settings at {when}. What you typed still stands here: please compare, then save "
        "once more."
    )


def require_manager(who: Visit) -> None:
    """Raise Forbidden for all but managers and admins."""
    if not roles.may_manage_people(who.viewer.role):
        raise Forbidden


def estate_of(session: Session, who: Visit, fields: Mapping[str, str]) -> Estate:
    """The viewer's estate of the code in ``fields``, their first without one. Raises Forbidden, NotFound."""
    require_manager(who)
    return shown_estate(session, who.viewer, fields.get("estate", ""))


def changed_estate(session: Session, who: Visit, fields: Mapping[str, str]) -> Estate:
    """The viewer's estate that a form names, their only one without. Raises Forbidden, NotFound, BadInput."""
    require_manager(who)
    return meant_estate(session, who.viewer, fields.get("estate", ""))


def other_estates(session: Session, who: Visit, path: str) -> tuple[Link, ...]:
    """Links to the same page of each estate; none where the viewer has only one."""
    found = people.list_estates(session, who.viewer)
    if len(found) < 2:
        return ()
    return tuple(Link(one.name(who.language), f"{path}?estate={one.code}") for one in found)


def conflict(session: Session, who: Visit, found: tuple[AuditEntry, User | None] | None) -> Changed:
    """Name who was faster, and when."""
    zone = reader_of(session, who).zone
    name = found[1].name(who.language) if found and found[1] else t(who.language, SOMEBODY)
    return Changed(name, format_time(found[0].at if found else who.now, zone))
