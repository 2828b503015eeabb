"""Telling a resident that it is their turn: a price to accept, work to sign off, papers to complete.

Nothing here commits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.models import Ticket
from backend.tickets import milestones, news, telling, wording
from backend.tickets.own_steps import own_steps
from backend.tickets.steps_told import is_own_turn, next_told
from backend.tickets.telling import Reader

#: fields of a record that say what lies before the resident, the fullest first
_CONTENTS: Final = ("content", "options", "terms")
#: those that would not be understood without their names
_NAMED: Final = ("missing", "changes", "snags")


def tell(
    session: Session, ticket: Ticket, reader: Reader, now: datetime, given: Mapping[str, Any],
    form: str | None = None,
) -> None:  # fmt: skip
    """Push what the resident is asked at the step just reached; nothing where it is not their turn.

    ``given``: the record of that step, which says what the price covers and what is missing; ``form`` names
    its fields.
    """
    steps = own_steps(ticket.workflow, ticket.step)
    if not is_own_turn(ticket.workflow, ticket.step) or not steps:
        return
    price, content = _price(ticket), _content(given)
    if not price:
        told = next_told(reader.language, ticket.workflow, ticket.step, "")
        named = milestones.details(reader, form, given, _NAMED)
        content = news.joined(reader.language, [*named, *([content] if content else [])], told)
    turn = wording.YourTurn(ticket.number, ticket.name(reader.language), price, content, steps)
    pushed = wording.your_turn(reader.language, reader.address_as, turn)
    telling.push(session, ticket, reader, pushed, now, "your_turn")


def _price(ticket: Ticket) -> str:
    """The price of an offer that is still open; "" where none was named."""
    price = ticket.facts.get("price") if ticket.step in ("quoted", "offered") else None
    return wording.money(price) if isinstance(price, int) and price > 0 else ""


def _content(given: Mapping[str, Any]) -> str:
    """What the price covers, or what is still missing, as staff wrote it."""
    for name in _CONTENTS:
        value = given.get(name)
        if value:
            text = "、".join(value) if isinstance(value, list) else str(value)
            return text.strip().rstrip("。.")
    return ""
