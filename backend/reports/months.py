"""What a month brought: tickets by kind and category with their first answers, and each butler's load."""

from collections.abc import Mapping
from statistics import median
from typing import Any, Final

from backend.desk import words
from backend.desk.views import Empty
from backend.reports import kpi, office_queries, papers, ratios, service, ticket_queries
from backend.reports.asking import AskedList
from backend.reports.counting import COMPARED, Made, Page, difference, drawn, heads
from backend.reports.kpi import Counts, Tally
from backend.reports.views import Cell, Table
from locales import N_, t
from locales.dates import format_span

FIRST_ANSWER: Final = "SLA-01"
TIERS: Final = {
    "vip": N_("VIP"), "high": N_("High tier"), "standard": N_("Standard tier"), "basic": N_("Basic tier"),
    "none": N_("Shared butlers"),
}  # fmt: skip


def month(page: Page) -> Made:
    """Report (c): the month's tickets by kind and category, first answers, and the quality targets."""
    made = service.report(page.session, page.viewer, page.menu, page.asked.estate, page.month, "butler",
                          page.reader.now)  # fmt: skip
    flows = _by_flow(page)
    names = {
        words.workflow_symbol(page.language, key).label: n
        for (key,), n in page.count("received", "workflow").items()
    }
    chart = drawn(flows.caption, names)
    return Made((flows, _by_category(page), papers.whole(page.language, page.asked, made)), chart)


def _by_flow(page: Page) -> Table:
    language = page.language
    received, past = page.count("received", "workflow"), page.count("received", "workflow", month=page.before)
    closed = page.count("closed", "workflow")
    choice = service.choice_of(page.viewer, page.asked.estate, page.month, page.reader.now)
    counts = service.whole(page.session, page.viewer, choice)
    answers: dict[str, list[float]] = {}
    for flow, seconds in ticket_queries.list_first_answers(
        page.session, page.viewer, page.tickets("received")
    ):
        answers.setdefault(flow, []).append(seconds)
    answers[""] = [one for found in answers.values() for one in found]
    flows = sorted({key for (key,) in [*received, *past, *closed]})
    return Table(
        caption=t(language, "Tickets of the month by kind"),
        head=heads(language, N_("Kind"), N_("Received"), N_("Closed"), N_("Median first answer"),
                   N_("First answer within 10 minutes"), *COMPARED),
        rows=tuple(
            _flow(page, one, (received, closed, past), answers.get(one, []), counts) for one in (*flows, "")
        ),
    )  # fmt: skip


def _flow(
    page: Page, flow: str, counted: tuple[Mapping[Any, int], ...], answers: list[float], counts: Counts
) -> tuple[Cell, ...]:
    """One kind's line; "" is the sum of them all."""
    language = page.language
    received, closed, past = (
        sum(n for (key,), n in one.items() if not flow or key == flow) for one in counted
    )
    name = words.workflow_symbol(language, flow).label if flow else t(language, "In all")
    keys = {"workflow": flow} if flow else {}
    tally = counts.tally((FIRST_ANSWER,), (flow,) if flow else ())
    return (
        Cell(name),
        page.cell(received, "received", keys),
        page.cell(closed, "closed", keys),
        Cell(format_span(language, median(answers)) if answers else "–", kind="figure"),
        _quick(page, tally, keys),
        page.cell(past, "received", keys, page.before),
        difference(received, past),
    )


def _quick(page: Page, tally: Tally, keys: Mapping[str, str]) -> Cell:
    """The share of first answers in time (KPI-08), which opens them."""
    one = kpi.find_kpi("KPI-08")
    assert one is not None
    href = AskedList(page.asked, one, "all", tuple(keys.items())).address() if tally.due else ""
    return Cell(papers.percent(page.language, kpi.share(tally.kept, tally.due)), href, "figure")


def _by_category(page: Page) -> Table:
    now, past = (
        _categories(page, page.count("received", "item")),
        _categories(page, page.count("received", "item", month=page.before)),
    )
    rows = [
        (
            Cell(_category_name(page, one)),
            page.cell(now.get(one, 0), "received", {"category": one}),
            page.cell(past.get(one, 0), "received", {"category": one}, page.before),
            difference(now.get(one, 0), past.get(one, 0)),
        )
        for one in sorted({*now, *past}, key=lambda one: (-now.get(one, 0), one))
    ]
    return Table(
        caption=t(page.language, "Tickets of the month by category"),
        head=heads(page.language, N_("Category"), N_("Received"), *COMPARED),
        rows=tuple(rows),
        empty=None if rows else Empty(t(page.language, "No ticket came in during this month"), ""),
    )


def _categories(page: Page, items: Mapping[tuple[Any, ...], int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (item,), count in items.items():
        category = page.category_of(item)
        found[category] = found.get(category, 0) + count
    return found


def _category_name(page: Page, category: str) -> str:
    known = page.menu.categories.get(category)
    return known.name.in_(page.language) if known else category


def load(page: Page) -> Made:
    """Report (d): each butler's homes against the ratio, and what they have on their hands."""
    language = page.language
    homes = office_queries.count_homes(page.session, page.asked.estate.id)
    lines = ratios.ratios_of(page.asked.estate.settings)
    counted = (
        page.count("open", "butler"),
        page.count("open", "butler", band="late"),
        page.count("received", "butler"),
        page.count("received", "butler", month=page.before),
    )
    people = {*homes, *(key for one in counted for (key,) in one)}
    names = page.names_of(people)
    order = sorted(people, key=lambda one: (one is None, names.get(one, "")))
    loads = {one: ratios.load(homes.get(one, {}), lines) if one else None for one in order}
    caption = t(language, "Load of each butler")
    table = Table(
        caption=caption,
        head=heads(language, N_("Butler"), N_("Homes"), N_("Load against the ratio"), N_("Open tickets"),
                   N_("Overdue"), N_("Received in the month"), *COMPARED),
        rows=tuple(_butler(page, one, names[one], homes.get(one, {}), loads[one], counted) for one in order),
        empty=None if order else Empty(t(language, "No butler has a home yet"), ""),
    )  # fmt: skip
    chart = papers.bars_of(language, caption, {names[one]: loads[one] for one in order if one})
    ratio = " · ".join(
        t(language, "{promise}: {matter}", promise=t(language, TIERS.get(tier, tier)), matter=n)
        for tier, n in lines.items()
        if n
    )
    return Made((table,), chart, (t(language, "Homes of one butler by tier. {ratios}", ratios=ratio),))


def _butler(
    page: Page,
    butler: int | None,
    name: str,
    homes: Mapping[str, int],
    load: float | None,
    counted: tuple[Mapping[Any, int], ...],
) -> tuple[Cell, ...]:
    language = page.language
    standing, late, received, past = (one.get((butler,), 0) for one in counted)
    tiers = " · ".join(
        t(language, "{promise}: {matter}", promise=t(language, TIERS.get(tier, tier)), matter=n)
        for tier, n in sorted(homes.items())
    )
    return (
        Cell(name),
        Cell(str(sum(homes.values())), kind="figure", note=tiers if len(homes) > 1 else ""),
        Cell(papers.percent(language, load), kind="late" if load is not None and load > 1 else "figure"),
        page.cell(standing, "open", {"butler": butler}),
        page.cell(late, "open", {"butler": butler, "band": "late"}, kind="late"),
        page.cell(received, "received", {"butler": butler}),
        page.cell(past, "received", {"butler": butler}, page.before),
        difference(received, past),
    )
