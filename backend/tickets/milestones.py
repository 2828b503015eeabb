"""Telling a resident of a step that they wait for: approved, arranged, cleared, handed out.

Of most steps the ticket's card is enough. At these somebody waits for the news, or has to do something that
no button does (bring a loan back, choose a date): they get one message with what the record says of it, and
what happens next. Nothing here commits.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.models import Ticket, User
from backend.tickets import expiring, news, telling, wording
from backend.tickets.forms import Field, find_form
from backend.tickets.steps_told import in_charge, next_told
from backend.tickets.telling import Reader
from locales import t
from locales.dates import format_date, format_full

#: workflow → the steps that are news to its resident, and are told nowhere else
NEWS: Final[Mapping[str, frozenset[str]]] = {
    "repair": frozenset({"waiting_parts"}),
    "warranty": frozenset({"notified"}),
    "booking": frozenset({"booked"}),
    "aid": frozenset({"arranged", "redirected"}),
    "decoration": frozenset({"permitted", "violation", "accepted", "closed"}),
    "parking": frozenset({"waiting", "verified", "active", "ended"}),
    "release_pass": frozenset({"approved"}),
    "permit": frozenset({"approved"}),
    "records": frozenset({"done"}),
    "move_in": frozenset({"notified", "docs_missing", "active"}),
    "move_out": frozenset({"eng_cleared", "released"}),
    "lend": frozenset({"lent", "unavailable"}),
    "event": frozenset({"signed_up", "waiting"}),
    "benefit": frozenset({"verified", "issued", "part_redeemed"}),
    "referral": frozenset({"confirmed", "rewarded", "lapsed"}),
}
#: what a record says that its resident is told with the news, in this order
DETAILS: Final = (
    "missing", "missing_part", "finding", "fine", "alternative", "next_free", "permit_no", "confirmation",
    "helper", "contractor", "item", "bay", "place_in_list", "card_no", "vouchers", "damage", "refund",
    "reward", "limit",
)  # fmt: skip


def is_news(workflow: str, step: str) -> bool:
    """Tell whether the resident is told of this step by a message."""
    return step in NEWS.get(workflow, frozenset())


def tell(
    session: Session, ticket: Ticket, reader: Reader, now: datetime, given: Mapping[str, Any],
    form: str | None = None, said: str = "",
) -> None:  # fmt: skip
    """Push the news of the step just reached; nothing where it is none.

    ``given``: the record that was handed in with it, whose fields ``form`` names; ``said``: a reason in
    words of staff.
    """
    if not is_news(ticket.workflow, ticket.step):
        return
    who = session.get(User, in_charge(ticket.manner, ticket.step, ticket.worker_id, ticket.butler_id))
    told = next_told(reader.language, ticket.manner, ticket.step, who.name(reader.language) if who else "")
    reached = news.Reached(
        step=wording.step_name(reader.language, ticket.step, ticket.manner),
        details=(*details(reader, form, given), *([said] if said else [])),
        next=told,
    )
    about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language), now,
                       reader.zone)  # fmt: skip
    telling.push(session, ticket, reader, news.reached(about, reached), now, "reached")


def details(
    reader: Reader, form: str | None, given: Mapping[str, Any], names: Sequence[str] = DETAILS
) -> tuple[str, ...]:
    """Return what the record says that its resident should know, each with its name."""
    found = find_form(form)
    fields = [found.field(name) for name in names if given.get(name)] if found else []
    shown = [(one, _shown(reader, one, given[one.id])) for one in fields if one is not None]
    return tuple(
        t(reader.language, "{field}: {value}", field=one.name(reader.language), value=text)
        for one, text in shown
        if text
    )


def _shown(reader: Reader, one: Field, value: Any) -> str:
    """A field's value as residents read it."""
    if one.kind == "money":
        return wording.money(int(value))
    if one.kind == "date":
        return _date(reader, str(value))
    if one.kind == "choice":
        return next((option.name(reader.language) for option in one.options if option.id == value), "")
    if isinstance(value, list):
        return ("、" if reader.language == "zh" else ", ").join(str(name) for name in value)
    return str(value).strip().rstrip("。.")


def _date(reader: Reader, value: str) -> str:
    """In full: a message of the night is read in the morning, when "tomorrow" is another day."""
    moment = expiring.instant(value)
    if moment is not None:
        return format_full(reader.language, moment, reader.zone)
    return format_date(reader.language, date.fromisoformat(value))
