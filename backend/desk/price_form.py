"""The price in the desk's forms of finished and of signed work, as on the page of who did it. Reads no row.

Nothing is proposed: what a visit costs is written by a person, or not at all.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from backend.desk import next_step
from backend.desk.views import FieldView
from backend.tickets import amounts, prices
from locales import N_, t

if TYPE_CHECKING:
    from backend.desk.forms import Desk

#: workflows whose finished work may cost its resident something
PRICED: Final = next_step.SENT | {"paid"}
ACTIONS: Final = ("complete", "sign_off")
NAME: Final = "cost"
HINT: Final = N_("Left empty, nothing is said about a price. 0 means free of charge.")


def fields_of(desk: "Desk") -> tuple[FieldView, ...]:
    """The field, where the work may cost something."""
    if desk.ticket.workflow not in PRICED:
        return ()
    label, hint = t(desk.language, "Cost in yuan"), t(desk.language, HINT)
    return (FieldView(NAME, label, hint=hint, is_required=False),)


def confirming(desk: "Desk", action: str, typed: Mapping[str, str]) -> tuple[FieldView, ...]:
    """A box to tick, where the price that was typed is one that nobody agreed to."""
    if action not in ACTIONS or not _question(desk, _fen(typed)):
        return ()
    label = t(desk.language, "Record this price all the same")
    return (FieldView("sure", label, "check", is_required=False),)


def read(desk: "Desk", body: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """The body with the price in fen; a mistake and a question both stand at the field."""
    text = body.pop(NAME, "")
    try:
        fen = amounts.read_fen(text) if desk.ticket.workflow in PRICED else None
    except ValueError:
        errors[NAME] = t(desk.language, amounts.NO_AMOUNT)
        return body
    question = _question(desk, fen)
    if question and not body.get("sure"):
        errors[NAME] = question
    return body if fen is None else {**body, "cost_fen": fen}


def _fen(typed: Mapping[str, str]) -> int | None:
    try:
        return amounts.read_fen(typed.get(NAME, ""))
    except ValueError:
        return None


def _question(desk: "Desk", fen: int | None) -> str:
    if desk.menu is None:
        return ""
    return prices.unagreed(desk.language, desk.menu, desk.ticket, fen)
