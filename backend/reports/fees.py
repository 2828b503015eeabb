"""Report (h): the fee ledger of a month by what was charged for: billed, paid, open, refunded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from backend.desk.views import Empty
from backend.reports import office_queries
from backend.reports.counting import COMPARED, Made, Page, drawn, heads
from backend.reports.filled import yuan
from backend.reports.outside import fen
from backend.reports.period import Month
from backend.reports.views import Cell, Table
from locales import N_, t


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some lines of the ledger: how many, and the fen billed, paid and refunded."""

    lines: int = 0
    billed: int = 0
    paid: int = 0
    refunded: int = 0

    @property
    def open(self) -> int:
        """What is still owed, in fen."""
        return self.billed - self.paid

    def with_line(self, values: Mapping[str, Any]) -> "Sums":
        """Add a line; it is paid when it says so, or when it has a receipt."""
        amount = fen(values.get("amount"))
        is_paid = values.get("paid") is True or bool(values.get("receipt"))
        return Sums(
            self.lines + 1,
            self.billed + amount,
            self.paid + (amount if is_paid else 0),
            self.refunded + fen(values.get("refund")),
        )


def ledger(page: Page) -> Made:
    """Make the table of one month beside the month before."""
    now, past = _sums(_lines(page, page.month)), _sums(_lines(page, page.before))
    names = sorted({one for one in [*now, *past] if one is not None}, key=lambda one: (not one, one))
    caption = t(page.language, "Fee ledger by item charged")
    table = Table(
        caption=caption,
        head=heads(page.language, N_("Item charged"), N_("Bills"), N_("Billed"), N_("Paid"),
                   N_("Still open"), N_("Refunded"), *COMPARED),
        rows=tuple(_row(page, one, now.get(one, Sums()), past.get(one, Sums())) for one in (*names, None))
        if names else (),
        empty=None if names else Empty(
            t(page.language, "Nothing was charged in this month or the one before"),
            t(page.language, "Every fee that is written into the ledger stands here."),
        ),
    )  # fmt: skip
    billed = {_name(page, one): now[one].billed / 100 for one in names if one in now}
    return Made((table,), drawn(t(page.language, "Billed, in yuan"), billed))


def _lines(page: Page, month: Month) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """What was charged for, which is the service where the form names nothing else, and the form."""
    span = month.bounds(page.asked.estate.timezone)
    for values, ticket in office_queries.list_fees(page.session, page.viewer, page.asked.estate.id, span):
        name = ticket.name(page.language) if ticket else ""
        yield str(values.get("charge") or name), values


def _sums(lines: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str | None, Sums]:
    """Sum up by item charged; None has them all."""
    found: dict[str | None, Sums] = {}
    for charge, values in lines:
        for key in (charge, None):
            found[key] = found.get(key, Sums()).with_line(values)
    return found


def _name(page: Page, key: str | None) -> str:
    return t(page.language, "In all") if key is None else key or t(page.language, "Not said yet")


def _row(page: Page, key: str | None, now: Sums, past: Sums) -> tuple[Cell, ...]:
    register = f"/registers/REC-16?{urlencode(page.asked.where())}" if now.lines else ""
    return (
        Cell(_name(page, key)),
        Cell(str(now.lines), register, "figure"),
        Cell(yuan(now.billed), kind="figure"),
        Cell(yuan(now.paid), kind="figure"),
        Cell(yuan(now.open), kind="late" if now.open else "figure"),
        Cell(yuan(now.refunded), kind="figure"),
        Cell(yuan(past.billed), kind="figure"),
        Cell(yuan(now.billed - past.billed), kind="figure"),
    )
