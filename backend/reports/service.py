"""One report: the month's figures of an estate, whole and by group. Reads only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.errors import Forbidden
from backend.models import Estate
from backend.people import queries as people
from backend.people import roles
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.reports import kpi, queries
from backend.reports.group_queries import Choice
from backend.reports.kpi import Counts, Figure, Tally
from backend.reports.period import Month
from intents.menu import Menu
from locales import t

#: how many months a trend shows
TREND: Final = 12


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a breakdown; ``key`` is what narrows a list to it ("0" or "" for those without any)."""

    key: str
    name: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Report:
    """A month of an estate, with the month ``before``. ``clocks``: promise by promise, of any workflow."""

    estate: Estate
    month: Month
    by: str
    figures: Mapping[str, Figure]
    groups: tuple[Group, ...]
    clocks: Mapping[str, Tally]
    before: Mapping[str, Figure]
    clocks_before: Mapping[str, Tally]


def require_reader(viewer: Viewer) -> None:
    """Raise Forbidden for those who have no part in the figures: butlers see their own, leaders all."""
    if not (roles.is_leader(viewer.role) or viewer.role == Role.BUTLER):
        raise Forbidden


def choice_of(viewer: Viewer, estate: Estate, month: Month, now: datetime) -> Choice:
    """Which rows this viewer's report counts: a butler's own, a leader's whole estate."""
    own = None if roles.is_leader(viewer.role) else viewer.user_id
    return Choice(estate.id, month.bounds(estate.timezone), now, butler=own)


def report(
    session: Session, viewer: Viewer, menu: Menu, estate: Estate, month: Month, by: str, now: datetime
) -> Report:
    """Count the month; raises Forbidden for roles without reports."""
    require_reader(viewer)
    choice = choice_of(viewer, estate, month, now)
    counts = whole(session, viewer, choice)
    past = whole(session, viewer, choice_of(viewer, estate, month.later(-1), now))
    if by == "month":
        groups = _trend(session, viewer, estate, month, now)
    elif by == "estate":
        groups = _estates(session, viewer, month, now)
    else:
        groups = _groups(session, viewer, menu, choice, by)
    return Report(
        estate=estate,
        month=month,
        by=by,
        figures=kpi.figures(counts),
        groups=groups,
        clocks=by_clock(counts),
        before=kpi.figures(past),
        clocks_before=by_clock(past),
    )


def whole(session: Session, viewer: Viewer, choice: Choice) -> Counts:
    """Everything that was counted, in one."""
    return next(iter(by_group(session, viewer, choice).values()), Counts({}, {}, {}))


def by_group(session: Session, viewer: Viewer, choice: Choice, by: str = "") -> dict[Any, Counts]:
    """Everything that was counted, by group; one group where nothing is broken down."""
    tallies = queries.count_promises(session, viewer, choice, by)
    results = queries.count_results(session, viewer, choice, by)
    bills = queries.count_bills(session, choice, by)
    tests = _tests(queries.list_tests(session, choice, by))
    keys = dict.fromkeys([*tallies, *results, *bills, *tests])
    return {
        key: Counts(
            tallies.get(key, {}),
            results.get(key, {}),
            {"REC-16": bills.get(key, (0, 0)), "REC-33": tests.get(key, (0, 0))},
        )
        for key in keys
    }


def _tests(rows: Iterable[tuple[Any, Mapping[str, Any]]]) -> dict[Any, tuple[int, int]]:
    """How many residents were recognised, of how many tested (KPI-07)."""
    found: dict[Any, tuple[int, int]] = {}
    for key, values in rows:
        right, tested = found.get(key, (0, 0))
        found[key] = right + _number(values.get("correct")), tested + _number(values.get("tested"))
    return found


def _number(value: Any) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() else 0


def by_clock(counts: Counts) -> dict[str, Tally]:
    """Promise by promise, whatever the workflow."""
    found: dict[str, Tally] = {}
    for (clock, _), tally in sorted(counts.tallies.items()):
        found[clock] = found.get(clock, Tally()) + tally
    return found


def _groups(session: Session, viewer: Viewer, menu: Menu, choice: Choice, by: str) -> tuple[Group, ...]:
    found = by_group(session, viewer, choice, by)
    names = group_names(session, menu, viewer.language, by, found)
    nobody = "0" if by == "butler" else ""
    groups = [Group(str(key or nobody), names[key], kpi.figures(counts)) for key, counts in found.items()]
    return tuple(sorted(groups, key=lambda one: (one.key == nobody, one.name)))


def group_names(session: Session, menu: Menu, language: str, by: str, keys: Iterable[Any]) -> dict[Any, str]:
    """Name each group: a person, a service, a building."""
    wanted = list(keys)
    if by == "butler":
        users = queries.names_of_users(session, [key for key in wanted if key])
        return {key: users[key].name(language) if key in users else t(language, "Nobody") for key in wanted}
    if by == "service":
        items = {key: menu.find_item(key or "") for key in wanted}
        return {key: item.name.in_(language) if item else str(key or "–") for key, item in items.items()}
    if by == "provider":
        return {key: str(key) if key else t(language, "Nobody from outside") for key in wanted}
    return {
        key: t(language, "Building {name}", name=key) if key else t(language, "No home") for key in wanted
    }


def _trend(
    session: Session, viewer: Viewer, estate: Estate, month: Month, now: datetime
) -> tuple[Group, ...]:
    groups = []
    for back in range(TREND - 1, -1, -1):
        one = month.later(-back)
        choice = replace(choice_of(viewer, estate, month, now), span=one.bounds(estate.timezone))
        groups.append(Group(str(one), str(one), kpi.figures(whole(session, viewer, choice))))
    return tuple(groups)


def _estates(session: Session, viewer: Viewer, month: Month, now: datetime) -> tuple[Group, ...]:
    """Every estate the viewer works in, each by its own clock's month."""
    return tuple(
        Group(
            one.code,
            one.name(viewer.language),
            kpi.figures(whole(session, viewer, choice_of(viewer, one, month, now))),
        )
        for one in people.list_estates(session, viewer)
    )
