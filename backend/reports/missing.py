"""The report of missed duties: what was to be done, by when, by whom, and whether it was done late."""

from collections.abc import Sequence
from typing import Final

from backend.desk import words
from backend.desk.queue import Reader
from backend.desk.views import Empty
from backend.duties.queries import Entry
from backend.duties.service import title_of
from backend.reports.papers import filters_of
from backend.reports.period import Month
from backend.reports.registers import Place
from backend.reports.views import Cell, Paper, Table
from locales import N_, t
from locales.dates import format_full, format_span

HEADS: Final = (N_("Duty"), N_("About"), N_("Role"), N_("Due"), N_("Outcome"), N_("Person"))


def page_of(reader: Reader, where: Place, month: Month, rows: Sequence[Entry]) -> Paper:
    """Word the month's missed duties of one estate, oldest first."""
    language, estate = reader.language, where.estate
    mine = [one for one in rows if one.duty.estate_id == estate.id]
    table = Table(
        caption=t(language, "Missed duties"),
        head=tuple(t(language, one) for one in HEADS),
        rows=tuple(_row(reader, one) for one in mine),
        is_list=True,
        empty=None if mine else Empty(
            t(language, "No duty was missed in this month"),
            t(language, "A patrol, check or report that was not done in time stands here."),
        ),
    )  # fmt: skip
    return Paper(
        title=t(language, "Missed duties"),
        subtitle=f"{estate.name(language)} · {month}",
        filters=filters_of(language, where.estates, estate, month),
        tables=(table,),
        export_href=where.address("/registers/missed/export", month),
        back=(t(language, "All registers"), where.address("/registers", month)),
        earlier_href=where.address("/registers/missed", month.later(-1)),
        later_href=where.address("/registers/missed", month.later(1)) if where.is_past(reader, month) else "",
    )


def _row(reader: Reader, one: Entry) -> tuple[Cell, ...]:
    language, task = reader.language, one.duty
    return (
        Cell(title_of(task, language), f"/duties/{task.id}", note=task.duty),
        _about(language, one),
        Cell(words.name_of(language, words.ROLES, task.role)),
        Cell(format_full(language, task.due_at, reader.zone)),
        _outcome(reader, one),
        Cell(one.user.name(language) if one.user else "–"),
    )


def _about(language: str, one: Entry) -> Cell:
    if one.ticket is not None:
        return Cell(f"#{one.ticket.number}", f"/tickets/{one.ticket.number}", note=one.ticket.name(language))
    return Cell(one.home.code if one.home else t(language, "The whole estate"))


def _outcome(reader: Reader, one: Entry) -> Cell:
    done = one.duty.done_at
    if done is None:
        return Cell(t(reader.language, "Not done"), kind="late")
    late = format_span(reader.language, (done - one.duty.due_at).total_seconds())
    return Cell(t(reader.language, "Answered {span} late", span=late), kind="late")
