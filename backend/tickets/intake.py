"""Tickets for people who phoned, wrote on paper or came to the desk. Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.errors import BadInput, Forbidden
from backend.messages import service as messages
from backend.models import Ticket
from backend.people import homes, residents
from backend.people.residents import ResidentCard
from backend.people.viewer import Viewer
from backend.tickets import opening, queries
from backend.tickets.work import ACTORS
from backend.vault import Vault
from intents.menu import Menu
from locales import N_
from locales.dates import local

#: a clock may be this much ahead of ours before "received" counts as the future
SKEW: Final = timedelta(minutes=2)
#: what was asked longer ago is history, not a promise
OLDEST: Final = timedelta(days=30)
#: what staff hear is entered within this time, or shown as entered late (SLA-07)
ENTER_WITHIN: Final = timedelta(minutes=15)


def take_in(
    session: Session,
    menu: Menu,
    vault: Vault,
    viewer: Viewer,
    body: Mapping[str, Any],
    now: datetime,
    *,
    workflow: str = "",
) -> Ticket:
    """Open a ticket for a resident found by id, phone or home; its clocks run from ``received_at``.

    ``workflow``: another one than the item's, where staff open what follows from it (``cases``).
    Raises Forbidden for a role that opens none, NotFound for a foreign resident's id, BadInput for an
    unknown item, nobody or several people found, or a time that lies ahead or too far back.
    """
    if not viewer.may("open"):
        raise Forbidden
    if menu.find_item(body["item"]) is None:
        raise BadInput(N_("There is no service with this id on the menu."))
    received_at = _received_at(body.get("received_at"), now)
    card = _resident(session, vault, viewer, body, now)
    conversation = messages.conversation_of(session, card.resident_id, card.estate_id, card.home_id, now)
    slots = _slots(menu, body.get("slots") or {}, queries.zone_of(session, card.estate_id))
    new = opening.NewTicket(
        estate_id=card.estate_id, item_id=body["item"], channel=body["channel"], language=card.language,
        words=body["words"], asked_at=received_at, received_at=received_at, reason="intake",
        slots={"topic": body["words"], **slots}, conversation_id=conversation.id,
        link_id=conversation.last_link_id, resident_id=card.resident_id, home_id=card.home_id,
        actor=ACTORS[viewer.role], by_user_id=viewer.user_id, workflow=workflow,
    )  # fmt: skip
    ticket = opening.open_ticket(session, menu, new, now)
    ticket.is_late_entry = now - received_at > ENTER_WITHIN
    return ticket


def _received_at(given: datetime | None, now: datetime) -> datetime:
    if given is None:
        return now
    if given > now + SKEW:
        raise BadInput(N_("The time of receipt lies in the future."))
    if given < now - OLDEST:
        raise BadInput(N_("The time of receipt is longer ago than {days} days."), days=OLDEST.days)
    return min(given, now)


def _slots(menu: Menu, given: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """The details as tickets keep them: instants local to the estate, with their offset."""
    if any(name not in menu.slots or (name == "when") != isinstance(given[name], dict) for name in given):
        raise BadInput(N_("Please check these fields: {fields}."), fields="slots")
    kept = dict(given)
    if "when" in kept:
        window = kept["when"]
        ends = {e: local(window[e], zone).isoformat() if window[e] else None for e in ("start", "end")}
        kept["when"] = {**ends, "grain": window["grain"]} if any(ends.values()) else None
    return kept


def _resident(
    session: Session, vault: Vault, viewer: Viewer, body: Mapping[str, Any], now: datetime
) -> ResidentCard:
    """The one person that id, phone or home name; whose chat it reaches must never be guessed."""
    if body.get("resident_id"):
        return residents.get_resident(session, viewer, vault, body["resident_id"], now)
    found = _candidates(session, vault, viewer, body, now)
    if not found:
        raise BadInput(
            N_("Nobody was found with this phone number or home. Please search by name, or check the number.")
        )
    people = {card.resident_id: f"{card.resident_id} {card.name}" for card in found}
    if len(people) > 1:
        raise BadInput(
            N_("Several people were found. Please choose one by resident_id: {people}."),
            people=", ".join(people.values()),
        )
    return found[0]


def _candidates(
    session: Session, vault: Vault, viewer: Viewer, body: Mapping[str, Any], now: datetime
) -> list[ResidentCard]:
    home = homes.parse_home(body.get("home") or "")
    if body.get("phone"):
        found = residents.find_residents_by_phone(session, viewer, vault, body["phone"], now)
        return [card for card in found if home is None or card.home_code == home.code]
    if home is None:
        return []
    found = residents.search_residents(session, viewer, vault, home.code, now)
    return [card for card in found if card.home_code == home.code]
