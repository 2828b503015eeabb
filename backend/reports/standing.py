"""How the work stands now: the queue by state and by time to the next breach, and what is overdue."""

from datetime import datetime
from typing import Final

from backend.desk import words
from backend.desk.views import Empty
from backend.reports import kpi, office_queries, service
from backend.reports.asking import AskedList
from backend.reports.counting import COMPARED, Made, Page, drawn, heads
from backend.reports.kpi import Kpi, Part, Tally
from backend.reports.papers import change, percent, title_of
from backend.reports.registers import STATES
from backend.reports.ticket_queries import BANDS
from backend.reports.views import Cell, Table
from locales import N_, t
from locales.dates import format_full

BAND_NAMES: Final = {
    "late": N_("Overdue"), "hour": N_("Within an hour"), "four": N_("Within 4 hours"),
    "day": N_("Within 24 hours"), "later": N_("Later"), "waiting": N_("Waiting"),
    "none": N_("No promise runs"),
}  # fmt: skip
OPEN: Final = ("open", "waiting", "done")


def queue_now(page: Page) -> Made:
    """Report (a): the open tickets by where they stand and by when their next promise runs out."""
    language = page.language
    found = page.count("open", "workflow", "state", "band")
    bands = {one: sum(n for key, n in found.items() if key[2] == one) for one in BANDS}
    names = [t(language, BAND_NAMES[one]) for one in BANDS]
    title = t(language, "Open tickets by time to the next breach")
    by_state = Table(
        caption=title,
        head=(*heads(language, N_("Stands at")), *names, *heads(language, N_("In all"))),
        rows=tuple(_state(page, one, found) for one in (*OPEN, "")),
        empty=None,
    )
    flows = sorted({key[0] for key in found})
    by_flow = Table(
        caption=t(language, "Open tickets by kind"),
        head=(*heads(language, N_("Kind")), *names, *heads(language, N_("In all"))),
        rows=tuple(_flow(page, one, found) for one in flows),
        empty=None if flows else Empty(t(language, "No ticket is open"), ""),
    )
    chart = drawn(title, dict(zip(names, bands.values(), strict=True)))
    note = t(language, "As it stands now, {moment}, whatever the month.",
             moment=format_full(language, page.reader.now, page.reader.zone))  # fmt: skip
    return Made((by_state, by_flow), chart, (note,))


def _state(page: Page, state: str, found: dict[tuple[str, ...], int]) -> tuple[Cell, ...]:
    """One state's line; "" is the sum of them all."""
    name = t(page.language, STATES[state]) if state else t(page.language, "In all")
    keys = {"state": state} if state else {}
    rows = {key: n for key, n in found.items() if not state or key[1] == state}
    return (Cell(name), *_bands(page, rows, **keys))


def _flow(page: Page, flow: str, found: dict[tuple[str, ...], int]) -> tuple[Cell, ...]:
    name = words.workflow_symbol(page.language, flow).label
    rows = {key: n for key, n in found.items() if key[0] == flow}
    return (Cell(name), *_bands(page, rows, workflow=flow))


def _bands(page: Page, rows: dict[tuple[str, ...], int], **keys: str) -> tuple[Cell, ...]:
    cells = [
        page.cell(
            sum(n for key, n in rows.items() if key[2] == band),
            "open",
            {**keys, "band": band},
            kind="late" if band == "late" else "figure",
        )
        for band in BANDS
    ]
    return (*cells, page.cell(sum(rows.values()), "open", keys))


def overdue(page: Page) -> Made:
    """Report (b): per promise what is overdue now, and how many of the month's were kept, beside the last."""
    choice = service.choice_of(page.viewer, page.asked.estate, page.month, page.reader.now)
    past = service.choice_of(page.viewer, page.asked.estate, page.before, page.reader.now)
    now = office_queries.count_overdue(page.session, page.viewer, choice)
    month = service.by_clock(service.whole(page.session, page.viewer, choice))
    before = service.by_clock(service.whole(page.session, page.viewer, past))
    clocks = sorted({*now, *month})
    titles = {clock: title_of(page.language, Kpi(clock, "", "kept", (clock,))) for clock in clocks}
    caption = t(page.language, "Overdue by promise")
    table = Table(
        caption=caption,
        head=heads(page.language, N_("Promise"), N_("Overdue now"), N_("Oldest due"), N_("Over in the month"),
                   N_("Late or open"), N_("Share kept"), *COMPARED),
        rows=tuple(
            (Cell(titles[one], note=one), *_overdue(page, one, now.get(one)),
             *_month(page, one, month.get(one, Tally()), before.get(one, Tally())))
            for one in clocks
        ),
        empty=None if clocks else Empty(t(page.language, "No promise yet"), ""),
    )  # fmt: skip
    chart = drawn(caption, {titles[one]: now[one][0] for one in clocks if one in now})
    return Made((table,), chart)


def _list(page: Page, clock: str, number: int, part: Part) -> Cell:
    href = AskedList(page.asked, Kpi(clock, "", "kept", (clock,)), part).address() if number else ""
    return Cell(str(number), href, "late" if number and part in ("overdue", "bad") else "figure")


def _overdue(page: Page, clock: str, found: tuple[int, datetime] | None) -> tuple[Cell, ...]:
    count, oldest = found or (0, None)
    told = format_full(page.language, oldest, page.reader.zone) if oldest else "–"
    return (_list(page, clock, count, "overdue"), Cell(told))


def _month(page: Page, clock: str, tally: Tally, past: Tally) -> tuple[Cell, ...]:
    language = page.language
    share, earlier = kpi.share(tally.kept, tally.due), kpi.share(past.kept, past.due)
    return (
        _list(page, clock, tally.due, "all"),
        _list(page, clock, tally.due - tally.kept, "bad"),
        Cell(percent(language, share), kind="figure"),
        Cell(percent(language, earlier), kind="figure"),
        Cell(change(language, share, earlier), kind="figure"),
    )
