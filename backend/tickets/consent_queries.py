"""SQL about owners who are asked for their consent.

Each question is put to the rows of unfinished tickets alone, estate by estate as their index has them: the
ticker asks it again and again.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from backend.models import Conversation, Estate, Residency, Resident, Ticket
from backend.tickets.queries import IS_UNFINISHED

#: names among a ticket's facts: the consent itself, which owner was asked, what they said, that it was told
CONSENT: Final = "owner_consent"
ASKED, ANSWER, TOLD = "owner_asked", "owner_answer", "owner_told"
#: what is no consent, as a guard reads it
NO: Final = ("", "no", "false", "0", "off", "unknown")


def list_to_ask(session: Session, steps: Mapping[str, Sequence[str]], limit: int) -> Sequence[int]:
    """Return the ids of tickets whose owner has a chat and was not asked yet, the oldest first.

    ``steps``: by workflow, those from which the way on needs an owner.
    """
    at = [and_(Ticket.workflow == name, Ticket.step.in_(found)) for name, found in steps.items()]
    asker = aliased(Resident)
    query = (
        select(Ticket.id)
        .join(asker, asker.id == Ticket.resident_id)
        .where(
            _is_under_way(),
            or_(*at),
            asker.kind != "owner",
            Ticket.facts[ASKED].as_string().is_(None),
            _says_no(),
            exists(_owners().where(Residency.home_id == Ticket.home_id, Resident.id != Ticket.resident_id)),
        )
    )
    return session.scalars(query.order_by(Ticket.id).limit(limit)).all()


def list_to_tell(session: Session, limit: int) -> Sequence[int]:
    """Return the ids of tickets whose owner has answered and whose tenant does not know, the oldest first."""
    query = select(Ticket.id).where(
        _is_under_way(),
        Ticket.facts[ANSWER].as_string().is_not(None),
        Ticket.facts[TOLD].as_string().is_(None),
    )
    return session.scalars(query.order_by(Ticket.id).limit(limit)).all()


def _is_under_way() -> ColumnElement[bool]:
    return and_(Ticket.estate_id.in_(select(Estate.id)), IS_UNFINISHED)


def _says_no() -> ColumnElement[bool]:
    """Neither a record nor the dialogue has said that the owner agrees."""
    told, noted = (
        func.lower(func.trim(cast(column[CONSENT].as_string(), String)))
        for column in (Ticket.facts, Ticket.slots)
    )
    return func.coalesce(func.nullif(told, ""), noted, "").in_(NO)


def _owners() -> Select[Resident]:
    """Owners of a home as the register has it today who can be asked in a chat."""
    return (
        select(Resident)
        .join(Residency, Residency.resident_id == Resident.id)
        .where(Residency.ends_at.is_(None), Resident.kind == "owner")
        .where(exists().where(Conversation.resident_id == Resident.id))
    )


def find_owner(session: Session, home_id: int | None, but: int | None) -> Resident | None:
    """Return the owner of a home who can be asked in a chat; None where there is none but ``but``."""
    if home_id is None:
        return None
    query = _owners().where(Residency.home_id == home_id, Resident.id != but)
    return session.scalars(query.order_by(Residency.id)).first()


def is_owner(session: Session, home_id: int | None, resident_id: int) -> bool:
    """Tell whether this resident owns the home as the register has it today."""
    query = select(Resident.id).join(Residency, Residency.resident_id == Resident.id)
    query = query.where(Residency.home_id == home_id, Residency.ends_at.is_(None), Resident.kind == "owner")
    return session.scalar(query.where(Resident.id == resident_id)) is not None


def lock_asked(session: Session, number: int) -> Ticket | None:
    """Return the ticket, held for the answer."""
    query = select(Ticket).where(Ticket.number == number).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).first()
