"""What somebody asks of the list of all tickets, as its address says it. Pure.

The address holds everything: words, filters, sort, columns and the place in the list. What it says wrongly is
left out rather than refused, except a date, which is told at its field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from backend.tickets.lifecycle import MACHINES
from locales import N_

PATH: Final = "/tickets"
#: characters of a search; longer ones name nothing that stands in a list
MOST_TEXT: Final = 80
STATES: Final = ("active", "open", "waiting", "done", "closed", "cancelled")
CLOCKS: Final = ("late", "soon", "ok", "paused", "missed")
SORTS: Final = ("newest", "due", "late")
SATISFACTION: Final = ("satisfied", "partly", "unsatisfied", "none")
LANGUAGES: Final = ("zh", "en")
CHANNELS: Final = ("web", "telegram", "phone", "desk", "paper", "alarm")
#: every filter of the address, in the order in which it is written there
FILTERS: Final = (
    "q", "state", "clock", "service", "step", "estate", "building", "home", "butler", "person", "resident",
    "channel", "language", "since", "until", "satisfaction",
)  # fmt: skip
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "state": STATES, "clock": CLOCKS, "satisfaction": SATISFACTION, "language": LANGUAGES,
    "channel": CHANNELS,
}  # fmt: skip
#: every column in the order in which it stands; the matter itself is always there
COLUMNS: Final = (
    "number", "title", "step", "clock", "due", "late_by", "state", "kind", "category", "estate", "building",
    "home", "resident", "language", "channel", "butler", "worker", "received", "changed", "visit", "done",
    "closed",
    "satisfaction", "score", "words",
)  # fmt: skip
ALWAYS: Final = "title"
USUAL: Final = ("number", "title", "step", "clock", "home", "resident", "butler", "received")
BAD_DATE: Final = N_("Please write the day as year-month-day, for example 2026-03-11.")
BAD_ORDER: Final = N_("The last day is before the first one.")
_MOST_NUMBER: Final = 2**53


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends or begins: in which part of the list, at which key, at which ticket's id.

    ``at`` (microseconds since 1970): when the first page was read; how late things are is told as of then.
    """

    part: int
    key: int
    id: int
    at: int

    def text(self) -> str:
        return f"{self.part}.{self.key}.{self.id}.{self.at}"


@dataclass(frozen=True, slots=True)
class Asked:
    """The words and filters, the sort, the columns, and which page of the list."""

    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = SORTS[0]
    columns: tuple[str, ...] = USUAL
    place: Place | None = None
    is_back: bool = False
    view: int = 0
    faults: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The value of a filter, "" where it is not set."""
        return self.filters.get(name, "")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filters)


def read(pairs: Iterable[tuple[str, str]]) -> Asked:
    """Read the parts of an address."""
    given = list(pairs)
    first = {name: value.replace("\x00", "").strip() for name, value in reversed(given)}
    columns = [value for name, value in given if name == "col"]
    columns += [v for name, value in given if name == "cols" for v in value.split(",")]
    filters, faults = _filters(first)
    sort = first.get("sort", "")
    back = read_place(first.get("before", ""))
    return Asked(
        filters=filters,
        sort=sort if sort in SORTS else SORTS[0],
        columns=read_columns(columns),
        place=back or read_place(first.get("after", "")),
        is_back=back is not None,
        view=_number(first.get("view", "")),
        faults=faults,
    )


def _filters(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    found: dict[str, str] = {}
    for name in FILTERS:
        value = given.get(name, "")[:MOST_TEXT]
        allowed = _CHOICES.get(name)
        if value and (allowed is None or value in allowed):
            found[name] = value
    if "resident" in found and not _number(found["resident"]):
        del found["resident"]
    if "step" in found and not _is_step(found["step"]):
        del found["step"]
    return found, _date_faults(found)


def _is_step(text: str) -> bool:
    """``repair`` or ``repair.doing``: a kind of ticket, or one of its steps."""
    workflow, _, step = text.partition(".")
    return workflow in MACHINES and (not step or step in MACHINES[workflow].steps)


def _date_faults(found: Mapping[str, str]) -> dict[str, str]:
    faults = {name: BAD_DATE for name in ("since", "until") if name in found and day_of(found[name]) is None}
    first, last = day_of(found.get("since", "")), day_of(found.get("until", ""))
    if first and last and last < first:
        faults["until"] = BAD_ORDER
    return faults


def day_of(text: str) -> date | None:
    """``2026-03-11`` as a day; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if len(text) == 10 and 1970 < day.year < 9999 else None


def read_columns(names: Sequence[str]) -> tuple[str, ...]:
    """The known ones of ``names`` in their order, with the matter itself; none named: the usual ones."""
    wanted = set(names) & set(COLUMNS)
    return tuple(one for one in COLUMNS if one in wanted | {ALWAYS}) if wanted else USUAL


def read_place(text: str) -> Place | None:
    """Read ``Place.text`` back; None for anything else."""
    parts = [_number(part, none=-1) for part in text.split(".")]
    if len(parts) != 4 or min(parts) < 0:
        return None
    return Place(*parts)


def _number(text: str, none: int = 0) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        return none
    return int(text) if int(text) < _MOST_NUMBER else none


def query_of(asked: Asked) -> list[tuple[str, str]]:
    """The parts of the address that make the list what it is: all but the place and the view's name."""
    pairs = [(name, asked.of(name)) for name in FILTERS if asked.of(name)]
    if asked.sort != SORTS[0]:
        pairs.append(("sort", asked.sort))
    if asked.columns != USUAL:
        pairs.append(("cols", ",".join(asked.columns)))
    return pairs


def address(asked: Asked, path: str = PATH, /, *, keep_view: bool = True, **more: str) -> str:
    """The address of this list from its top; ``more`` is added to it (``after="…"``)."""
    pairs = query_of(asked)
    if asked.view and keep_view:
        pairs.append(("view", str(asked.view)))
    pairs += [(name, value) for name, value in more.items() if value]
    query = urlencode(pairs, safe=",")
    return f"{path}?{query}" if query else path


def without(asked: Asked, *names: str) -> Asked:
    """The same with these filters taken off."""
    return replace(asked, filters={name: v for name, v in asked.filters.items() if name not in names})


def is_tidy(pairs: Sequence[tuple[str, str]]) -> bool:
    """False for what a form without script sends: empty fields, and one field for each column."""
    return all(value and name != "col" for name, value in pairs)


def replace_view(asked: Asked, view_id: int) -> Asked:
    """The same search as the one that a view keeps."""
    return replace(asked, view=view_id, place=None, is_back=False)
