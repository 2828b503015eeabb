"""What the pages of reports, registers and forms show: plain values, worded in the viewer's language."""

from dataclasses import dataclass, field

from backend.desk.views import Empty, Tab
from backend.web.parts import Filter


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``kind`` figure (right, aligned digits), late, muted or "" for words; ``note`` below it."""

    text: str
    href: str = ""
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its name; ``is_list``: cards on a phone, else it scrolls sideways within its frame.

    ``cut``: the last row of its workbook, where that cannot hold every row.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_list: bool = False
    empty: Empty | None = None
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the chart's own units; ``label`` below it, ``value`` above."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, with a line at the goal where there is one; its table twin stands below it."""

    title: str
    width: int
    height: int
    base: float
    goal: float | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A page of filters and tables that can be printed and exported."""

    title: str
    subtitle: str
    filters: tuple[Filter, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
    export_href: str = ""
    back: tuple[str, str] | None = None
    earlier_href: str = ""
    later_href: str = ""
    next_href: str = ""
    first_href: str = ""
    links: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    sections: tuple[Tab, ...] = ()
