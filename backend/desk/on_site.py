"""The way from a ticket to its page on site: whether anybody goes there, and whether it is today."""

from datetime import datetime
from typing import Final

from backend.desk import next_step
from backend.desk.talk_views import WayOnSite
from backend.models import VISITOR, Ticket
from backend.people import roles
from backend.people.viewer import Viewer
from locales import N_, t
from locales.dates import local

#: workflows in which somebody goes there whether or not a time or a person stands
SENT: Final = next_step.SENT | {"paid", "emergency", "visit"}
#: those in which residents come to the estate, or goods to the gate: nobody goes to a home
COME_THEMSELVES: Final = frozenset({"booking", "lend", "event", "release_pass"})
RUNNING: Final = ("open", "waiting")
ON_SITE: Final = N_("On-site")
CONFIRM: Final = N_("Let the resident sign on this screen, or confirm by code or link")


def way_of(viewer: Viewer, ticket: Ticket, now: datetime, zone: str) -> WayOnSite | None:
    """Return the way to the ticket's page on site, None where nobody goes there."""
    if not _is_gone_to(ticket) or not viewer.may("check_in"):
        return None
    return WayOnSite(_page(ticket), t(viewer.language, ON_SITE), _is_near(viewer, ticket, now, zone))


def _is_gone_to(ticket: Ticket) -> bool:
    if ticket.item_id == VISITOR or ticket.workflow in COME_THEMSELVES or ticket.state == "cancelled":
        return False
    is_given = ticket.appointment_start is not None or ticket.worker_id is not None
    return is_given or ticket.workflow in SENT


def _is_near(viewer: Viewer, ticket: Ticket, now: datetime, zone: str) -> bool:
    """Whether it is wanted today: a visit of today or one that is behind, danger, or one's own job."""
    today, start = local(now, zone).date(), ticket.appointment_start
    if ticket.state not in RUNNING:
        done = ticket.done_at if ticket.state == "done" else None
        return done is not None and local(done, zone).date() == today
    if start is not None:
        return local(start, zone).date() <= today
    is_own = ticket.worker_id == viewer.user_id or not roles.sees_all_tickets(viewer.role)
    return is_own or ticket.workflow == "emergency"


def to_confirm(language: str, ticket: Ticket, action: str) -> WayOnSite | None:
    """Return the way from the form of a sign-off to where the resident gives it, None for other forms."""
    if action != "sign_off":
        return None
    place = "#sign" if ticket.state == "done" else ""
    return WayOnSite(_page(ticket) + place, t(language, CONFIRM))


def _page(ticket: Ticket) -> str:
    return f"/jobs/{ticket.number}"
