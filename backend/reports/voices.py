"""What residents complained about, and what they asked that nobody had an answer to."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.desk import words
from backend.desk.views import Empty
from backend.people.viewer import Viewer
from backend.reports import kpi, office_queries
from backend.reports.counting import COMPARED, Made, Page, difference, drawn, heads
from backend.reports.papers import change, percent
from backend.reports.period import Span
from backend.reports.views import Cell, Table
from locales import N_, t
from locales.dates import format_full

#: names of what a complaint is gathered by
BY: Final = {"class": N_("By class"), "department": N_("By department"), "cause": N_("By cause")}


def complaints(page: Page) -> Made:
    """Report (f): the month's complaints by class, department and cause, and how many led to a new one."""
    tables = [_gathered(page, by) for by in BY]
    found = page.count("received", "class", workflow="complaint")
    names = {_name(page, "class", key): n for (key,), n in found.items()}
    return Made((_again(page), *tables), drawn(t(page.language, "Complaints by class"), names))


def _again(page: Page) -> Table:
    """The re-complaint rate: of the month's complaints those whose outcome led to a new one."""
    language, keys = page.language, {"workflow": "complaint"}
    counts = [
        (sum(page.count("received", month=one, workflow="complaint").values()),
         sum(page.count("again", month=one).values()))
        for one in (page.month, page.before)
    ]  # fmt: skip
    (received, again), (past, past_again) = counts
    share, earlier = kpi.share(again, received), kpi.share(past_again, past)
    row = (
        page.cell(received, "received", keys),
        page.cell(again, "again", {}, kind="late"),
        Cell(percent(language, share), kind="figure"),
        page.cell(past, "received", keys, page.before),
        Cell(percent(language, earlier), kind="figure"),
        Cell(change(language, share, earlier), kind="figure"),
    )
    head = (N_("Complaints"), N_("Complained again"), N_("Share"), N_("Complaints the month before"),
            N_("Share the month before"), N_("Difference"))  # fmt: skip
    return Table(t(language, "Complained again"), heads(language, *head), (row,))


def _gathered(page: Page, by: str) -> Table:
    now = page.count("received", by, workflow="complaint")
    past = page.count("received", by, month=page.before, workflow="complaint")
    found = {key for (key,) in [*now, *past]}
    keys = sorted(found, key=lambda one: (one is None, -now.get((one,), 0), one or ""))
    nobody = t(page.language, "Nobody complained in this month or the one before")
    caption = t(page.language, BY[by])
    return Table(
        caption=caption,
        head=(caption, *heads(page.language, N_("Complaints"), *COMPARED)),
        rows=tuple(_line(page, by, one, now.get((one,), 0), past.get((one,), 0)) for one in keys),
        empty=None if keys else Empty(nobody, ""),
    )  # fmt: skip


def _line(page: Page, by: str, key: str | None, now: int, past: int) -> tuple[Cell, ...]:
    keys = {"workflow": "complaint", by: key}
    return (
        Cell(_name(page, by, key)),
        page.cell(now, "received", keys),
        page.cell(past, "received", keys, page.before),
        difference(now, past),
    )


def _name(page: Page, by: str, key: str | None) -> str:
    if not key:
        return t(page.language, "Not said yet")
    names: Mapping[str, Mapping[str, Any]] = {"class": words.CLASSES, "department": words.DEPARTMENTS}
    return words.name_of(page.language, names.get(by, {}), key)


def misses(page: Page) -> Made:
    """Report (g): enquiries that the FAQ had no answer to, and words the assistant did not understand."""
    span = page.month.bounds(page.asked.estate.timezone)
    estate = page.asked.estate.id
    unknown = office_queries.list_unknown(page.session, page.viewer, estate, span)
    words_now = office_queries.list_misses(page.session, page.viewer, estate, span)
    counted = {
        t(page.language, "Not in the FAQ"): _both(page, office_queries.count_unknown),
        t(page.language, "Not understood"): _both(page, office_queries.count_misses),
    }
    caption = t(page.language, "Questions without an answer")
    whole = Table(
        caption=caption,
        head=heads(page.language, N_("Kind"), N_("This month"), *COMPARED),
        rows=tuple(
            (Cell(name), Cell(str(now), kind="figure"), Cell(str(past), kind="figure"), difference(now, past))
            for name, (now, past) in counted.items()
        ),
    )
    chart = drawn(caption, {name: now for name, (now, _) in counted.items()})
    return Made((whole, _unknown(page, unknown), _not_understood(page, words_now)), chart)


def _both(page: Page, count: Callable[[Session, Viewer, int, Span], int]) -> tuple[int, int]:
    """Of the month and the one before: all of them, however few of their words are listed."""
    zone, estate = page.asked.estate.timezone, page.asked.estate.id
    now, past = (
        count(page.session, page.viewer, estate, one.bounds(zone)) for one in (page.month, page.before)
    )
    return now, past


def _unknown(page: Page, found: list[tuple[Any, Any]]) -> Table:
    language = page.language
    return Table(
        caption=t(language, "Not in the FAQ"),
        head=heads(language, N_("Ticket"), N_("Question"), N_("Answer"), N_("Time")),
        rows=tuple(
            (
                Cell(f"#{ticket.number}", f"/tickets/{ticket.number}", note=ticket.name(language)),
                Cell(str(record.values.get("question") or ticket.words or "–")),
                Cell(str(record.values.get("answer") or "–")),
                Cell(format_full(language, record.at, page.reader.zone)),
            )
            for ticket, record in found
        ),
        is_list=True,
        empty=None if found else Empty(t(language, "Every question had an answer in the FAQ"), ""),
    )


def _not_understood(page: Page, found: list[office_queries.Miss]) -> Table:
    language = page.language
    names = {"zh": t(language, "Chinese"), "en": t(language, "English")}
    return Table(
        caption=t(language, "Not understood"),
        head=heads(language, N_("What was written"), N_("Language"), N_("Times"), N_("Last time")),
        rows=tuple(
            (
                Cell(one.text),
                Cell(names.get(one.language, one.language)),
                Cell(str(one.times), kind="figure"),
                Cell(format_full(language, one.last_at, page.reader.zone)),
            )
            for one in found
        ),
        empty=None if found else Empty(t(language, "Everything was understood"), ""),
    )
