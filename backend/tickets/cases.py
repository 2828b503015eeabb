"""Matters that staff open and no dialogue does: a provider of services (WF-25), a referral's reward (WF-26).

The menu's own item for a referral is of the workflow `records`, as the service plans have it (WF-23 names
it): the wish is written down and its papers are checked. Once somebody is named, staff register the reward,
which waits for the developer to confirm the purchase. No item of the menu is a provider.

Nothing here commits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.errors import Forbidden
from backend.models import Ticket
from backend.people import estates
from backend.people.viewer import Viewer
from backend.tickets import intake, opening, records
from backend.tickets.work import ACTORS
from backend.vault import Vault
from intents.menu import Menu

REFERRAL: Final = "value.asset.referral"
#: providers stand on no menu: their tickets carry an id and names of the house's own
PROVIDER: Final = "house.provider"
PROVIDER_NAMES: Final = ("供方", "Provider")


def open_referral(
    session: Session, menu: Menu, vault: Vault, viewer: Viewer, body: Mapping[str, Any], now: datetime
) -> Ticket:
    """Register who recommended the purchase (the resident found as at intake). Raises as ``take_in``."""
    asked = {"channel": "desk", **body, "item": REFERRAL}
    ticket = intake.take_in(session, menu, vault, viewer, asked, now, workflow="referral")
    _taken_up(session, ticket, now)
    return ticket


def open_provider(
    session: Session, menu: Menu, viewer: Viewer, body: Mapping[str, Any], now: datetime
) -> Ticket:
    """Enter a provider that was surveyed, with the first sheet of its file (REC-30).

    Raises Forbidden, and BadInput for staff of several estates who do not say of which.
    """
    if not viewer.may("open"):
        raise Forbidden
    actor, name = ACTORS[viewer.role], body["provider"]
    estate_id = estates.estate_id_of(session, viewer, body.get("estate"))
    new = opening.NewTicket(
        estate_id=estate_id, item_id=PROVIDER, channel="desk", language="zh",
        words="\n".join(filter(None, (name, body.get("words")))), asked_at=now, received_at=now,
        reason="case", actor=actor, by_user_id=viewer.user_id, workflow="provider", names=PROVIDER_NAMES,
    )  # fmt: skip
    ticket = opening.open_ticket(session, menu, new, now)
    known = {"provider": name, "services": list(body.get("services") or ())}
    records.fill(session, "REC-30", ticket, known, at=now, by=viewer.user_id, actor=actor)
    _taken_up(session, ticket, now)
    return ticket


def _taken_up(session: Session, ticket: Ticket, now: datetime) -> None:
    """Who opened it has taken it: nobody waits for a first answer."""
    ticket.accepted_at = now
    session.flush()
    deadlines.on_event(session, ticket, "accepted", now)
