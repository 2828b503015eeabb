"""Tickets for people who phoned, wrote on paper or came to the desk. Nothing here commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.errors import BadInput
from backend.messages import queries as message_queries
from backend.models import Conversation, Home, Resident, Ticket
from backend.people import residents
from backend.people.residents import ResidentCard
from backend.people.viewer import Viewer
from backend.tickets import opening
from backend.tickets.service import ACTORS
from backend.vault import Vault
from intents.menu import Menu
from locales import N_

#: a clock may be this much ahead of ours before "received" counts as the future
SKEW: Final = timedelta(minutes=1)


def take_in(
    session: Session, menu: Menu, vault: Vault, viewer: Viewer, body: Mapping[str, Any], now: datetime
) -> Ticket:
    """Open a ticket for a resident found by id, phone or home; its clocks run from ``received_at``.

    Raises BadInput for an unknown item, an unknown resident, or a time that lies ahead.
    """
    if menu.find_item(body["item"]) is None:
        raise BadInput(N_("There is no service with this id on the menu."))
    received_at = body.get("received_at") or now
    if received_at > now + SKEW:
        raise BadInput(N_("The time of receipt lies in the future."))
    card = _resident(session, vault, viewer, body, now)
    conversation = conversation_of(session, card, now)
    new = opening.NewTicket(
        estate_id=card.estate_id, item_id=body["item"], channel=body["channel"], language=card.language,
        words=body["words"], asked_at=received_at, received_at=received_at, reason="intake",
        slots={"topic": body["words"], **body.get("slots", {})}, conversation_id=conversation.id,
        link_id=conversation.last_link_id, resident_id=card.resident_id, home_id=card.home_id,
        actor=ACTORS[viewer.role], by_user_id=viewer.user_id,
    )  # fmt: skip
    return opening.open_ticket(session, menu, new, now)


def _resident(
    session: Session, vault: Vault, viewer: Viewer, body: Mapping[str, Any], now: datetime
) -> ResidentCard:
    if body.get("resident_id"):
        return residents.get_resident(session, viewer, vault, body["resident_id"], now)
    found: list[ResidentCard] = []
    if body.get("phone"):
        found = residents.find_residents_by_phone(session, viewer, vault, body["phone"], now)
    if not found and body.get("home"):
        found = residents.search_residents(session, viewer, vault, body["home"], now)
    if not found:
        raise BadInput(
            N_("Nobody was found with this phone number or home. Please search by name, or check the number.")
        )
    return found[0]


def conversation_of(session: Session, card: ResidentCard, now: datetime) -> Conversation:
    """The resident's one conversation; they see it when they open the chat."""
    known = message_queries.find_conversation_of(session, card.resident_id)
    if known is not None:
        return known
    session.get_one(Resident, card.resident_id)
    session.get_one(Home, card.home_id)
    made = Conversation(estate_id=card.estate_id, resident_id=card.resident_id, home_id=card.home_id,
                        created_at=now)  # fmt: skip
    session.add(made)
    session.flush()
    return made
