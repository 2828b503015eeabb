"""What the pages of the list of tickets show: plain values, worded in the viewer's language."""

from dataclasses import dataclass
from datetime import datetime

from backend.desk.views import Empty, Link, Pill, Symbol, Tag


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``number`` or ``at`` is its value as a workbook keeps it; ``full`` is told on hover;
    ``kept``: what a workbook has instead of the text."""

    column: str
    text: str
    number: int | None = None
    at: datetime | None = None
    full: str = ""
    kept: str = ""
    lang: str = ""
    pill: Pill | None = None
    tag: Tag | None = None
    symbol: Symbol | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket; ``key`` is its stable id (``t1042``). Cells stand in the order of the columns."""

    key: str
    number: int
    href: str
    state: str
    words: str
    words_lang: str
    is_urgent: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """Choices under a common heading; "" where there is none."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One filter: ``kind`` select, text, date, or list (text with suggestions)."""

    name: str
    label: str
    value: str = ""
    kind: str = "select"
    groups: tuple[Options, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class SavedLink:
    """A saved view in the list of them; ``by`` names the owner of somebody else's.

    ``team``: the estate whose people see it once it is shared, told to whoever works in several.
    """

    id: int
    name: str
    href: str
    is_shared: bool
    is_on: bool
    by: str = ""
    may_change: bool = False
    says: str = ""
    error: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class SaveForm:
    """Keeping this search as a view: what was typed, and what is wrong with it.

    ``estates``: whose team a shared one is for, to whoever works in several; ``estate_error`` is told there.
    """

    query: str
    name: str = ""
    is_shared: bool = False
    error: str = ""
    is_open: bool = False
    estate: str = ""
    estates: tuple[Option, ...] = ()
    estate_error: str = ""


@dataclass(frozen=True, slots=True)
class SearchView:
    """The whole page. ``on``: the filters that are set, each with the address without it."""

    title: str
    text: str
    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...]
    on: tuple[Link, ...]
    columns: tuple[Option, ...]
    heads: tuple[Option, ...]
    rows: tuple[Row, ...]
    total: str
    note: str
    saved: tuple[SavedLink, ...]
    save: SaveForm
    rows_href: str
    export_href: str
    progress_href: str
    clear_href: str
    older_href: str = ""
    newer_href: str = ""
    first_href: str = ""
    number_link: Link | None = None
    empty: Empty | None = None
    suggestions: tuple[str, ...] = ()
    count: int = 0
    is_by_age: bool = True
    is_changed: bool = False
