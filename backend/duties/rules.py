"""Duties as data: what is done again and again, how often, by whom, and with which form. Pure.

The file is read once, checked whole, and becomes frozen values; a fault names file, duty and field. An
estate switches a duty on or off and changes its hours in its settings (``with_settings``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, cast

from backend.deadlines.calendar import WEEK
from backend.deadlines.policy import ROLES
from backend.deadlines.tables import Faults, Reader, read_table

Every = Literal["day", "week", "month", "anchor", "year", "shift", "event"]
Of = Literal["estate", "ticket", "home", "residency", "shift"]

HOME: Final = Path(__file__).parent
EVERY: Final = ("day", "week", "month", "anchor", "year", "shift", "event")
OF: Final = ("estate", "ticket", "home", "residency", "shift")
#: what a duty of each kind says beside the fields that all have
OWN_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("windows", "days", "working_days"),
    "week": ("opens_on", "on_day", "due", "working_days"),
    "month": ("months", "spans", "due", "working_days"),
    "anchor": ("spans",),
    "year": ("due",),
    "shift": ("roles",),
    "event": ("steps", "per"),
}
#: what a duty of each kind may be about
SUBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("estate", "ticket"), "week": ("estate",), "month": ("estate",), "anchor": ("home", "residency"),
    "year": ("home",), "shift": ("shift",), "event": ("estate", "ticket"),
}  # fmt: skip
END_OF_WORK: Final = time(18, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """Local hours of one task of a day; one that is due at or before it opens is due the next day."""

    opens: time
    due: time


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a month: from day ``first`` to day ``last`` of the period's ``last_month`` (31: its end)."""

    first: int
    last: int
    last_month: int = 1


@dataclass(frozen=True, slots=True)
class After:
    """A stretch after an anchor day, both ends as (months, days)."""

    name: str
    opens: tuple[int, int]
    due: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty. ``id`` SLA-45-service belongs to the row SLA-45; ``tells`` hears when it was missed.

    ``asks`` are the fields of the form that are asked, ``needs`` those that must be filled in, ``sets`` what
    is filled in by itself; with a ``page`` it is done there. ``opens`` names the item of the menu whose
    ticket the duty may be done by, once that comes to a step of ``until``; ``fault`` the item as which a
    fault that was found is opened.
    """

    id: str
    title_zh: str
    title_en: str
    role: str
    tells: str
    form: str
    every: Every
    of: Of
    seed_row: str
    seed_words: str
    is_on: bool = True
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    sets: Mapping[str, Any] = field(default_factory=dict)
    page: str = ""
    windows: tuple[Window, ...] = ()
    days: tuple[str, ...] = WEEK
    working_days: bool = False
    opens_on: str = "mon"
    on_day: str = "fri"
    due: time = END_OF_WORK
    months: int = 1
    spans: tuple[Span, ...] = ()
    stretches: tuple[After, ...] = ()
    roles: tuple[str, ...] = ()
    workflow: str = ""
    step: str = ""
    steps: tuple[str, ...] = ()
    per: str = "ticket"
    opens: str = ""
    until: tuple[str, ...] = ()
    fault: str = ""

    def title(self, language: str) -> str:
        return self.title_zh if language == "zh" else self.title_en


Duties = tuple[Duty, ...]


@cache
def standard_duties() -> Duties:
    """Return the duties of the file beside this module, read once; raise DataFaults with every fault."""
    return load_duties(HOME / "duties.toml")


def find(duties: Duties, duty_id: str) -> Duty | None:
    """Return the duty of this id; None when it is no longer one."""
    return next((one for one in duties if one.id == duty_id), None)


def load_duties(path: Path) -> Duties:
    """Return the duties of ``path``; raise DataFaults with every fault as file, duty and field."""
    faults = Faults(path.name)
    top = Reader(read_table(path), "", faults)
    top.only("duties")
    found = tuple(_duty(one) for one in top.each("duties"))
    if not found:
        top.fault("duties", "at least one duty is expected")
    ids = [one.id for one in found]
    for twin in sorted({one for one in ids if ids.count(one) > 1}):
        faults.add(twin, "id", "this duty is there twice")
    faults.raise_if_any()
    return found


def _duty(table: Reader) -> Duty:
    every = cast(Every, table.one_of("every", EVERY))
    of = _of(table, every)
    about = _about(every, of)
    table.only(
        "id", "title", "role", "tells", "form", "asks", "sets", "page", "every", "of", "on", "seed", "opens",
        "until", "fault", *about, *OWN_FIELDS[every],
    )  # fmt: skip
    title, seed = table.inner("title"), table.inner("seed")
    title.only("zh", "en")
    seed.only("row", "words")
    common = Duty(
        id=_matching(table, "id", r"SLA-\d\d(-[a-z0-9]+)?", "an id like SLA-46 or SLA-45-service"),
        title_zh=title.text("zh"),
        title_en=title.text("en"),
        role=table.one_of("role", ROLES),
        tells=table.one_of("tells", ROLES),
        form=_matching(table, "form", r"REC-\d\d", "a form like REC-25"),
        every=every,
        of=of,
        seed_row=seed.text("row"),
        seed_words=seed.text("words"),
        is_on=table.flag("on", default=True),
        **_doing(table),
        **_arising(table),
    )
    named: dict[str, Any] = {name: table.text(name) for name in about}
    return replace(common, **named, **_OWN[every](table))


def _doing(table: Reader) -> dict[str, Any]:
    """How it is done: by the fields of its form, or on a page of its own."""
    if "page" in table.table:
        return {"page": table.text("page")}
    asked = table.texts("asks")
    return {
        "asks": tuple(one.removesuffix("?") for one in asked),
        "needs": tuple(one for one in asked if not one.endswith("?")),
        "sets": table.inner("sets").table if "sets" in table.table else {},
    }


def _arising(table: Reader) -> dict[str, Any]:
    """The tickets that come of it: the one it is done by, and that of a fault that was found."""
    found: dict[str, Any] = {name: table.text(name) for name in ("opens", "fault") if name in table.table}
    if ("opens" in table.table) != ("until" in table.table):
        table.fault("until", "a duty that opens a ticket is done at a step of it: `opens` and `until`")
    return {**found, "until": table.texts("until") if "until" in table.table else ()}


def _about(every: Every, of: Of) -> tuple[str, ...]:
    """The fields that say which tickets a duty is about."""
    if every == "event":
        return ("workflow",)
    return ("workflow", "step") if of == "ticket" else ()


def _of(table: Reader, every: Every) -> Of:
    allowed = SUBJECTS[every]
    given = "of" in table.table or "estate" not in allowed
    return cast(Of, table.one_of("of", allowed)) if given else "estate"


def _matching(table: Reader, field: str, pattern: str, wanted: str) -> str:
    found = table.text(field)
    if found and not re.fullmatch(pattern, found):
        table.fault(field, f"{wanted} is expected, not {found!r}")
    return found


def _of_day(table: Reader) -> dict[str, Any]:
    windows = tuple(_window(one) for one in table.each("windows"))
    if not windows:
        table.fault("windows", "at least one pair of hours is expected")
    days = table.texts("days") if "days" in table.table else WEEK
    for day in set(days) - set(WEEK):
        table.fault("days", f"{day!r} is no day of the week")
    return {"windows": windows, "days": days, "working_days": table.flag("working_days", default=False)}


def _window(table: Reader) -> Window:
    table.only("opens", "due")
    return Window(table.time("opens"), table.time("due"))


def _due(table: Reader) -> time:
    return table.time("due") if "due" in table.table else END_OF_WORK


def _of_week(table: Reader) -> dict[str, Any]:
    opens, due = table.one_of("opens_on", WEEK), table.one_of("on_day", WEEK)
    if WEEK.index(opens) > WEEK.index(due):
        table.fault("on_day", "it is due before it opens")
    closed = table.flag("working_days", default=False)
    return {"opens_on": opens, "on_day": due, "due": _due(table), "working_days": closed}


def _of_month(table: Reader) -> dict[str, Any]:
    months = int(table.number("months", 1))
    spans = tuple(_span(one, months) for one in table.each("spans"))
    if not spans:
        table.fault("spans", "at least one span of days is expected")
    closed = table.flag("working_days", default=False)
    return {"months": months, "spans": spans, "due": _due(table), "working_days": closed}


def _span(table: Reader, months: int) -> Span:
    table.only("first", "last", "last_month")
    last_month = int(table.number("last_month", 1)) if "last_month" in table.table else 1
    found = Span(int(table.number("first", 1)), int(table.number("last", 1)), last_month)
    # A month may end on the 28th: a span that opens later would open and be due on one day.
    if found.first > 28 or found.last > 31 or found.last_month > months:
        table.fault("first", "days 1 to 28 to open, 1 to 31 to end, within the months of the period")
    if found.last_month == 1 and found.last < found.first:
        table.fault("last", "it ends before it begins")
    return found


def _of_anchor(table: Reader) -> dict[str, Any]:
    found = tuple(_after(one) for one in table.each("spans"))
    if not found:
        table.fault("spans", "at least one stretch after the anchor is expected")
    if len({one.name for one in found}) < len(found):
        table.fault("spans", "a name is there twice")
    return {"stretches": found}


def _after(table: Reader) -> After:
    table.only("name", "opens", "due")
    found = After(table.text("name"), _offset(table, "opens"), _offset(table, "due"))
    if _rough(found.due) <= _rough(found.opens):
        table.fault("due", "it is due before it opens")
    return found


def _offset(table: Reader, field: str) -> tuple[int, int]:
    said = table.text(field)
    parts = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)d)?", said)
    if parts and said:
        return int(parts[1] or 0), int(parts[2] or 0)
    if said:
        table.fault(field, f"months and days like 3m, 14d or 3m14d are expected, not {said!r}")
    return 0, 0


def _rough(offset: tuple[int, int]) -> timedelta:
    return timedelta(days=offset[0] * 30 + offset[1])


def _of_year(table: Reader) -> dict[str, Any]:
    return {"due": _due(table)}


def _of_shift(table: Reader) -> dict[str, Any]:
    roles = table.texts("roles")
    for role in set(roles) - set(ROLES):
        table.fault("roles", f"{role!r} is no role")
    return {"roles": roles}


def _of_event(table: Reader) -> dict[str, Any]:
    return {"steps": table.texts("steps"), "per": table.one_of("per", ("ticket", "day"))}


_OWN: Final = {
    "day": _of_day, "week": _of_week, "month": _of_month, "anchor": _of_anchor, "year": _of_year,
    "shift": _of_shift, "event": _of_event,
}  # fmt: skip
