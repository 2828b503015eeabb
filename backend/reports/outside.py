"""Report (e): what each provider did: orders, work in time, satisfaction, rework, vouchers, money."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.desk.views import Empty
from backend.reports import kpi, papers, service, ticket_queries
from backend.reports.asking import AskedList
from backend.reports.counting import COMPARED, Made, Page, difference, drawn, heads
from backend.reports.filled import yuan
from backend.reports.kpi import Counts, Kpi
from backend.reports.views import Cell, Table
from locales import N_, t

NOTHING: Final = Counts({}, {}, {})
#: the forms that name what was charged, which voucher was used, and what was paid beside it
MONEY_FORMS: Final = ("REC-16", "REC-18", "REC-20")


@dataclass(frozen=True, slots=True)
class Money:
    """Of one provider's orders: vouchers used, yuan (in fen) charged, and paid in cash beside a voucher."""

    vouchers: int = 0
    charged: int = 0
    cash: int = 0

    def with_form(self, kind: str, values: Mapping[str, Any]) -> "Money":
        """Add what one form says."""
        used = bool(values.get("voucher")) and kind == "REC-20"
        return Money(
            self.vouchers + used,
            self.charged + (fen(values.get("amount")) if kind == "REC-16" else 0),
            self.cash + fen(values.get("cash")),
        )


def fen(value: Any) -> int:
    """An amount as it is stored, in hundredths of a yuan; 0 for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def providers(page: Page) -> Made:
    """Make the table of one month."""
    orders = page.count("received", "provider")
    past = page.count("received", "provider", month=page.before)
    again = page.count("rework", "provider")
    money = _money(page)
    choice = service.choice_of(page.viewer, page.asked.estate, page.month, page.reader.now)
    counts = service.by_group(page.session, page.viewer, choice, "provider")
    names = sorted({key for key in [*(one for (one,) in [*orders, *past, *again]), *money, *counts] if key})
    caption = t(page.language, "Providers")
    table = Table(
        caption=caption,
        head=heads(page.language, N_("Provider"), N_("Orders"), N_("Work done in time"),
                   N_("Satisfied residents"), N_("Done again"), N_("Vouchers used"), N_("Charged"),
                   N_("Paid in cash"), *COMPARED),
        rows=tuple(
            _row(page, one, (orders, again, past), counts.get(one, NOTHING), money.get(one, Money()))
            for one in names
        ),
        empty=None if names else Empty(
            t(page.language, "No provider was named in this month"),
            t(page.language, "Whoever is named when the work is arranged stands here with their orders."),
        ),
    )  # fmt: skip
    return Made((table,), drawn(caption, {one: orders.get((one,), 0) for one in names}))


def _money(page: Page) -> dict[str, Money]:
    found: dict[str, Money] = {}
    asked = page.tickets("received")
    for provider, kind, values in ticket_queries.list_values(page.session, page.viewer, asked, MONEY_FORMS):
        if provider:
            found[provider] = found.get(provider, Money()).with_form(kind, values)
    return found


def _row(
    page: Page, name: str, counted: tuple[Mapping[Any, int], ...], counts: Counts, money: Money
) -> tuple[Cell, ...]:
    orders, again, past = (one.get((name,), 0) for one in counted)
    keys = {"provider": name}
    return (
        Cell(name),
        page.cell(orders, "received", keys),
        _on_time(page, name, counts),
        _satisfied(page, name, counts),
        page.cell(again, "rework", keys, kind="late"),
        Cell(str(money.vouchers), kind="figure"),
        Cell(yuan(money.charged), kind="figure"),
        Cell(yuan(money.cash), kind="figure"),
        page.cell(past, "received", keys, page.before),
        difference(orders, past),
    )


def _on_time(page: Page, name: str, counts: Counts) -> Cell:
    tally = counts.tally(kpi.ON_TIME.clocks)
    return _share(page, name, kpi.ON_TIME, tally.kept, tally.due)


def _satisfied(page: Page, name: str, counts: Counts) -> Cell:
    figure = kpi.figures(counts)["KPI-09"]
    return _share(page, name, kpi.find_kpi("KPI-09"), figure.good, figure.of)


def _share(page: Page, name: str, one: Kpi | None, good: int, of: int) -> Cell:
    href = AskedList(page.asked, one, "all", (("provider", name),)).address() if one and of else ""
    return Cell(papers.percent(page.language, kpi.share(good, of)), href, "figure")
