"""The figures as a page words them: tables of KPI-01 to KPI-10, breakdowns, and the list behind a number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from backend.deadlines.policy import standard_policies
from backend.deadlines.reckoning import breach_instant
from backend.desk import words
from backend.desk.promises import late_text, person, promise_text
from backend.desk.queue import Reader
from backend.desk.views import Empty
from backend.models import Estate
from backend.reports import charts, kpi
from backend.reports.asking import Asked, AskedList
from backend.reports.group_queries import GROUPS
from backend.reports.kpi import ALL, Figure, Kpi, Tally
from backend.reports.period import Month
from backend.reports.queries import PAGE, Behind
from backend.reports.service import Group, Report
from backend.reports.views import Cell, Chart, Paper, Table
from backend.web import cut, workbook
from backend.web.parts import Filter, Option
from locales import N_, t
from locales.dates import format_full

GROUP_NAMES: Final = {
    "butler": N_("By butler"), "service": N_("By service"), "building": N_("By building"),
    "provider": N_("By provider"), "month": N_("By month"), "estate": N_("By estate"),
}  # fmt: skip
PART_NAMES: Final = {
    "good": N_("reached the goal"),
    "bad": N_("missed the goal"),
    "all": N_("all"),
    "running": N_("not over yet"),
    "overdue": N_("overdue now"),
}


def percent(language: str, value: float | None, *, points: bool = False) -> str:
    """A share as people read it, a score as points, a dash of nothing."""
    if value is None:
        return "–"
    if points:
        return f"{value:.1f}"
    return t(language, "{n} %", n=f"{100 * value:.1f}")


def change(language: str, now: float | None, before: float | None, *, points: bool = False) -> str:
    """By how much a share rose or fell since the month before, in percentage points; a score in points."""
    if now is None or before is None:
        return "–"
    rise = now - before if points else 100 * (now - before)
    return f"{rise:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")


def of_report(reader: Reader, asked: Asked, made: Report) -> Paper:
    """Word a month's report."""
    language = reader.language
    is_running = made.month.bounds(made.estate.timezone).end > reader.now
    notes = [t(language, "The month is not over: figures as of {moment}.",
               moment=format_full(language, reader.now, reader.zone))] if is_running else []  # fmt: skip
    return Paper(
        title=t(language, "Reports"),
        subtitle=f"{made.estate.name(language)} · {made.month}",
        filters=_filters(language, asked),
        chart=_chart(language, asked, made.groups),
        tables=(
            whole(language, asked, made),
            _breakdown(language, asked, made.groups),
            _clocks(language, asked, made),
        ),
        notes=(*notes, t(language, "A promise counts in the month in which it falls due, once it is over. "
                                   "What has been reported never changes with later settings.")),
        export_href=asked.address("/reports/kpis.xlsx"),
        earlier_href=asked.address("/reports", month=str(asked.month.later(-1))),
        later_href="" if is_running else asked.address("/reports", month=str(asked.month.later(1))),
    )  # fmt: skip


def filters_of(language: str, estates: Sequence[Estate], estate: Estate, month: Month) -> tuple[Filter, ...]:
    """The month, and the estate for those who work in several."""
    places = tuple(Option(one.code, one.name(language), one.id == estate.id) for one in estates)
    where = (Filter("estate", t(language, "Estate"), estate.code, options=places),) if len(places) > 1 else ()
    return (*where, Filter("month", t(language, "Month"), str(month), "month"))


def _filters(language: str, asked: Asked) -> tuple[Filter, ...]:
    by = tuple(Option(one, t(language, GROUP_NAMES[one]), one == asked.by) for one in GROUPS)
    drawn = tuple(Option(one.id, t(language, one.title), one.id == asked.chart) for one in ALL)
    return (
        *filters_of(language, asked.estates, asked.estate, asked.month),
        Filter("by", t(language, "Broken down"), asked.by, options=by),
        Filter("chart", t(language, "Drawn"), asked.chart, options=drawn),
    )


def whole(language: str, asked: Asked, made: Report) -> Table:
    """Every quality target with its goal, what was reached, and the month before."""
    return Table(
        caption=t(language, "Quality targets"),
        head=tuple(t(language, one) for one in (N_("Target"), N_("Goal"), N_("Reached"), N_("Counted"),
                                                N_("Missed"), N_("Month before"), N_("Difference"))),
        rows=tuple(_target(language, asked, one, made) for one in ALL),
    )  # fmt: skip


def _target(language: str, asked: Asked, one: Kpi, made: Report) -> tuple[Cell, ...]:
    is_score, figure, past = one.counts == "score", made.figures[one.id], made.before[one.id]
    earlier = replace(asked, month=asked.month.later(-1))
    missed = 0 if is_score else figure.of - figure.good
    counted = "–" if is_score else f"{figure.good} / {figure.of}"
    return (
        Cell(t(language, one.title), note=one.id if one.id.startswith("KPI") else ""),
        Cell(percent(language, one.goal, points=is_score), kind="figure"),
        _value(language, asked, one, figure),
        Cell(counted, _list(asked, one, "all", figure.of), "figure"),
        Cell(
            "–" if is_score else str(missed),
            _list(asked, one, "bad", missed),
            "late" if missed else "figure",
        ),
        _value(language, earlier, one, past),
        Cell(change(language, figure.value, past.value, points=is_score), kind="figure"),
    )


def _value(
    language: str, asked: Asked, one: Kpi, figure: Figure, group: tuple[tuple[str, str], ...] = ()
) -> Cell:
    text = percent(language, figure.value, points=one.counts == "score")
    return Cell(text, _list(asked, one, "all", figure.of, group), "figure")


def _list(asked: Asked, one: Kpi, part: kpi.Part, count: int, group: tuple[tuple[str, str], ...] = ()) -> str:
    """Where a number leads: to its tickets or its register; nowhere when nothing stands behind it."""
    if one.record:
        return f"/registers/{one.record}?{urlencode(asked.where())}" if count else ""
    return AskedList(asked, one, part, group).address() if count and one.has_list else ""


def _breakdown(language: str, asked: Asked, groups: Sequence[Group]) -> Table:
    caption = t(language, GROUP_NAMES[asked.by])
    return Table(
        caption=caption,
        head=(caption, *(t(language, one.title) for one in ALL)),
        rows=tuple(_group(language, asked, one) for one in groups),
        empty=None if groups else Empty(
            t(language, "Nothing was due in this month"),
            t(language, "As soon as the first promise of the month is over, its figures stand here."),
        ),
    )  # fmt: skip


def _group(language: str, asked: Asked, group: Group) -> tuple[Cell, ...]:
    where = _where(asked, group.key)
    narrowed = () if where is not None else ((asked.by, group.key),)
    name = Cell(group.name, where.address("/reports") if where else "")
    where = where or asked
    return (name, *(_value(language, where, one, group.figures[one.id], narrowed) for one in ALL))


def _where(asked: Asked, key: str) -> Asked | None:
    """The report of one group where the group is a month or an estate of its own."""
    if asked.by == "month":
        return replace(asked, month=Month.read(key) or asked.month)
    if asked.by == "estate":
        return replace(asked, estate=next(one for one in asked.estates if one.code == key))
    return None


def _clocks(language: str, asked: Asked, made: Report) -> Table:
    heads = (N_("Promise"), N_("Over"), N_("Kept"), N_("Late or open"), N_("Share kept"), N_("Running"),
             N_("Month before"), N_("Difference"))  # fmt: skip
    found, past = made.clocks, made.clocks_before
    return Table(
        caption=t(language, "Promise by promise"),
        head=tuple(t(language, one) for one in heads),
        rows=tuple(
            _clock(language, asked, clock, one, past.get(clock, Tally())) for clock, one in found.items()
        ),
        empty=None if found else Empty(
            t(language, "No promise yet"), t(language, "Every kind of promise of the month stands here.")
        ),
    )  # fmt: skip


def _clock(language: str, asked: Asked, clock: str, tally: Tally, past: Tally) -> tuple[Cell, ...]:
    policy = standard_policies().find(clock)
    is_aim = policy is not None and policy.is_target
    broken, one = tally.due - tally.kept, Kpi(clock, "", "kept", (clock,))
    share, earlier = kpi.share(tally.kept, tally.due), kpi.share(past.kept, past.due)

    def count(number: int, part: kpi.Part) -> Cell:
        kind = "late" if part == "bad" and number and not is_aim else "figure"
        return Cell(str(number), _list(asked, one, part, number), kind)

    return (
        Cell(title_of(language, one), note=f"{clock} · {t(language, 'an aim')}" if is_aim else clock),
        count(tally.due, "all"),
        count(tally.kept, "good"),
        count(broken, "bad"),
        Cell(percent(language, share), kind="figure"),
        count(tally.running, "running"),
        Cell(percent(language, earlier), kind="figure"),
        Cell(change(language, share, earlier), kind="figure"),
    )


def title_of(language: str, one: Kpi) -> str:
    """What a target, or the promise of a clock, is called."""
    if one.title:
        return t(language, one.title)
    policy = standard_policies().find(one.id)
    return (policy.title_zh if language == "zh" else policy.title_en) if policy else one.id


def _chart(language: str, asked: Asked, groups: Sequence[Group]) -> Chart | None:
    drawn = kpi.find_kpi(asked.chart) or ALL[0]
    is_score = drawn.counts == "score"
    values = [
        (one.name, one.figures[drawn.id].value,
         percent(language, one.figures[drawn.id].value, points=is_score))
        for one in groups
    ]  # fmt: skip
    title = t(language, "{promise}: {matter}", promise=t(language, GROUP_NAMES[asked.by]),
              matter=t(language, drawn.title))  # fmt: skip
    return charts.bars(title, values, drawn.goal)


def bars_of(language: str, title: str, values: Mapping[str, float | None]) -> Chart | None:
    """Bars of shares, with the line at 100 %."""
    return charts.bars(title, [(name, one, percent(language, one)) for name, one in values.items()], 1.0)


#: how the list behind a number that no workbook can hold is saved whole
HOW_NARROWER: Final = N_(
    "To save all of them, go back to the report, open the number of one butler or one service after the "
    "other, and save each list."
)


def cut_notes(language: str, count: int) -> tuple[str, ...]:
    """What stands above a list of which a workbook cannot hold every row."""
    said = cut.on_page(language, count, workbook.MOST_ROWS, HOW_NARROWER)
    return (said,) if said else ()


def of_list(reader: Reader, asked: AskedList, rows: Sequence[Behind], count: int) -> Paper:
    """Word the list behind a number."""
    language, shown = reader.language, rows[:PAGE]
    title = t(language, "{promise}: {matter}", promise=title_of(language, asked.kpi),
              matter=t(language, PART_NAMES[asked.part]))  # fmt: skip
    return Paper(
        title=title,
        subtitle=t(language, "{estate} · {month} · {count} in all", estate=asked.report.estate.name(language),
                   month=asked.report.month, count=count),
        tables=(behind_table(reader, title, shown),),
        notes=cut_notes(language, count),
        export_href=asked.address("/reports/tickets.xlsx"),
        back=(t(language, "Back to the report"), asked.report.address("/reports")),
        next_href=asked.address(after=str(shown[-1].deadline.id)) if len(rows) > PAGE else "",
        first_href=asked.address() if asked.before is not None else "",
    )  # fmt: skip


def behind_table(reader: Reader, caption: str, rows: Sequence[Behind]) -> Table:
    """The promises behind a number, each with its ticket."""
    language = reader.language
    heads = (N_("Ticket"), N_("Home"), N_("Resident"), N_("Butler"), N_("Promise"), N_("Due"), N_("Met"),
             N_("Outcome"))  # fmt: skip
    return Table(
        caption=caption,
        head=tuple(t(language, one) for one in heads),
        rows=tuple(_behind(reader, one) for one in rows),
        is_list=True,
        empty=None if rows else Empty(t(language, "Nothing stands behind this number"), ""),
    )


def _behind(reader: Reader, one: Behind) -> tuple[Cell, ...]:
    language, zone, clock = reader.language, reader.zone, one.deadline
    return (
        Cell(f"#{one.ticket.number}", f"/tickets/{one.ticket.number}", note=one.ticket.name(language)),
        Cell(one.home.code if one.home else "–", kind="code"),
        Cell(person(language, one.resident, one.ticket.workflow)),
        Cell(one.butler.name(language) if one.butler else t(language, "Nobody")),
        Cell(promise_text(language, clock), note=clock.clock),
        Cell(format_full(language, clock.due_at, zone)),
        Cell(format_full(language, clock.met_at, zone) if clock.met_at else "–"),
        _outcome(reader, one),
    )


def _outcome(reader: Reader, one: Behind) -> Cell:
    language, clock = reader.language, one.deadline
    if breach_instant(clock, reader.now) is None:
        return Cell(t(language, "Kept" if clock.met_at else "not over yet"))
    if clock.met_at is None and clock.cancelled_at is not None:
        return Cell(t(language, "No longer needed"), kind="late")
    note = words.stands_at(language, one.ticket) if clock.met_at is None else ""
    return Cell(late_text(reader, clock), kind="late", note=note)
