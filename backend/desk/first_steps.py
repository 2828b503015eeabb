"""What a manager of an estate without a home finds in place of the empty queue: what to do first."""

from typing import Final

from sqlalchemy.orm import Session

from backend.desk import queries
from backend.desk.doors import Visit
from backend.desk.views import Empty, Link
from backend.people import roles
from locales import N_, t

#: butlers come before homes, for the list of homes names them
STEPS: Final = (
    (N_("1. Name, hotline and logo"), "/settings/brand"),
    (N_("2. Colleagues"), "/team"),
    (N_("3. Homes and residents from Excel"), "/import"),
    (N_("4. Hours and holidays"), "/settings/calendar"),
    (N_("5. Where staff hear of alerts"), "/settings/alerts"),
)


def for_manager(session: Session, who: Visit) -> Empty | None:
    """Return the first steps; None for whoever cannot take them, and once there is a home."""
    if not roles.may_manage_people(who.viewer.role) or queries.has_homes(session, who.viewer):
        return None
    return Empty(
        t(who.language, "This estate is still empty"),
        t(
            who.language,
            "Take these steps in this order; everything can be changed later. Then invite residents on the "
            "page of their home, where each code has its QR code to print.",
        ),
        tuple(Link(t(who.language, name), href) for name, href in STEPS),
    )
