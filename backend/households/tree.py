"""The tree of an estate: buildings with their counts, the units of one, its homes; or what a search found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from backend.desk.parts import Cut, part_of
from backend.desk.queue import Reader
from backend.desk.views import Empty, Link, Tab
from backend.households import queries, rules, search_queries, wording
from backend.households.queries import Counts
from backend.households.search_queries import Wanted
from backend.households.views import Branch, Export, HomeRow, TreeView
from backend.models import Estate, Home, Resident, User
from backend.people import homes, kept_phone, phones
from backend.people import queries as people
from backend.people.residents import counted
from backend.people.viewer import Viewer
from backend.vault import Vault
from backend.web.reading import is_number
from locales import t

PAGE: Final = 50
SEARCH_LENGTH: Final = 80


class Asked:
    """What the address of the page asks for."""

    def __init__(self, params: Mapping[str, str]) -> None:
        def text(name: str, limit: int = 20) -> str:
            return params.get(name, "").replace("\x00", "").strip()[:limit]

        self.search = text("q", SEARCH_LENGTH)
        self.estate, self.building, self.after = text("estate"), text("building"), text("after", 40)
        self.unit = text("unit") if "unit" in params else None

    @property
    def filters(self) -> tuple[str, ...]:
        """The names of what narrows the list, never the words themselves."""
        if self.search:
            return ("q",)
        named = ("building",) if self.building else ()
        return (*named, "unit") if named and self.unit is not None else named

    @property
    def searched(self) -> str:
        """The address of what was searched for, from the beginning."""
        kept = {"estate": self.estate, "q": self.search}
        return f"/homes?{urlencode({name: value for name, value in kept.items() if value})}"

    def href(self, **more: str | None) -> str:
        own = {"estate": self.estate, "building": self.building, "unit": self.unit} | more
        kept = {name: value for name, value in own.items() if value or (name == "unit" and value == "")}
        return "/homes" + (f"?{urlencode(kept)}" if kept else "")


def tree_of(session: Session, reader: Reader, vault: Vault, params: Mapping[str, str]) -> TreeView:
    """Build the page; without homes in sight it says what to do."""
    asked = Asked(params)
    estates = people.list_estates(session, reader.viewer)
    estate = next((one for one in estates if one.code == asked.estate), estates[0] if estates else None)
    if estate is None:
        return _nothing(reader, asked, (), "")
    tabs = _tabs(reader, estates, estate)
    if asked.search:
        return _found(session, reader, vault, asked, tabs, estate)
    counts = queries.count_parts(session, reader.viewer, estate.id, reader.now)
    if not counts:
        return _nothing(reader, asked, tabs, estate.code)
    names = sorted(counts, key=counted)
    building = asked.building if asked.building in counts else names[0]
    asked.building = building
    return _building(session, reader, asked, tabs, estate, counts, names)


def _tabs(reader: Reader, estates: Sequence[Estate], chosen: Estate) -> tuple[Tab, ...]:
    """The estates to choose from, where there are several."""
    if len(estates) < 2:
        return ()
    return tuple(
        Tab(one.name(reader.language), 0, f"/homes?{urlencode({'estate': one.code})}", one.id == chosen.id)
        for one in estates
    )


def _building(
    session: Session, reader: Reader, asked: Asked, tabs: tuple[Tab, ...], estate: Estate,
    counts: Mapping[str, Counts], names: Sequence[str],
) -> TreeView:  # fmt: skip
    language, building = reader.language, asked.building
    units = queries.count_parts(session, reader.viewer, estate.id, reader.now, building)
    unit_names = sorted(units, key=counted)
    unit = asked.unit if asked.unit in units else unit_names[0] if len(unit_names) > 1 else None
    found = queries.list_homes_in(session, reader.viewer, estate.id, building, unit)
    found.sort(key=lambda home: (counted(home.unit), counted(home.flat)))
    codes = [home.code for home in found]
    start = codes.index(asked.after) + 1 if asked.after in codes else 0
    shown = found[start : start + PAGE]
    heading = homes.word_home(building, unit or "", "", language)
    return TreeView(
        title=t(language, "Residents and homes"),
        search="",
        estates=tabs,
        estate=estate.code,
        building=building,
        branches=tuple(_branch(reader, asked, one, counts[one], None, building) for one in names),
        units=tuple(_branch(reader, asked, building, units[one], one, unit) for one in unit_names)
        if len(unit_names) > 1
        else (),
        heading=heading,
        summary=_summary(reader, counts),
        rows=_rows(session, reader, shown),
        exports=_exports(reader, estate, building, unit, is_whole=len(names) == 1 and unit is None),
        next_href=asked.href(unit=unit, after=shown[-1].code) if start + PAGE < len(found) else "",
        first_href=asked.href(unit=unit) if start else "",
        may_edit=rules.may_edit(reader.viewer.role),
    )


def _exports(
    reader: Reader, estate: Estate, building: str, unit: str | None, *, is_whole: bool
) -> tuple[Export, ...]:
    """The list that is shown as a sheet, and every home of the estate."""
    if not rules.may_edit(reader.viewer.role):
        return ()
    whole = (("estate", estate.code),)
    part = (*whole, ("building", building), *((("unit", unit),) if unit is not None else ()))
    every = Export(t(reader.language, "Export all homes"), whole)
    return (every,) if is_whole else (Export(t(reader.language, "Export this list"), part), every)


def _found_exports(
    reader: Reader, asked: Asked, found: Mapping[int, int], estates: Sequence[Estate]
) -> tuple[Export, ...]:
    """What a search found as a sheet, one for each estate in which it found a home: a sheet is of one."""
    language = reader.language
    meant = [one for one in estates if one.id in found and rules.may_edit(reader.viewer.role)]
    labels = [t(language, "Export this list: {estate}", estate=one.name(language)) for one in meant]
    if len(meant) == 1:
        labels = [t(language, "Export this list")]
    return tuple(
        Export(label, (("estate", one.code), ("q", asked.search)))
        for one, label in zip(meant, labels, strict=True)
    )


def picked(
    session: Session, viewer: Viewer, vault: Vault, estate: Estate, asked: Asked, now: datetime
) -> frozenset[int] | None:
    """Return the ids of all homes of an estate that a filter lets through; None where nothing is filtered."""
    if asked.search:
        wanted = _wanted(session, viewer, vault, asked.search, now)
        return search_queries.ids_found(session, viewer, wanted, now, estate.id)
    if asked.building:
        homes_in = queries.list_homes_in(session, viewer, estate.id, asked.building, asked.unit)
        return frozenset(home.id for home in homes_in)
    return None


def _wanted(session: Session, viewer: Viewer, vault: Vault, text: str, now: datetime) -> Wanted:
    """By a phone number or its end, or a home in any form; by a name, and by what was no number after all."""
    number, home = phones.normalise(text), homes.parse_home(text)
    last4 = kept_phone.asked_last4(vault, text)
    wanted = Wanted(text, vault.digest(number) if number else "", home.code if home else "", last4)
    if (number or home) and not search_queries.list_found(session, viewer, wanted, now, 1):
        return Wanted(text)
    return wanted


def _summary(reader: Reader, counts: Mapping[str, Counts]) -> str:
    total = sum(one.homes for one in counts.values())
    return t(reader.language, "Homes: {count} · buildings: {buildings}", count=total, buildings=len(counts))


def _branch(
    reader: Reader, asked: Asked, building: str, counts: Counts, unit: str | None, on: str | None
) -> Branch:
    """A building (``unit`` None) or a unit of it."""
    language = reader.language
    if unit is None:
        label = homes.word_home(building, "", "", language)
        href = asked.href(building=building, unit=None)
        is_on = building == on
    else:
        label = t(language, "Unit {unit}", unit=unit) if unit else t(language, "Without a unit")
        href, is_on = asked.href(unit=unit), unit == on
    number = t(language, "Homes: {count}", count=counts.homes)
    return Branch(label, href, number, counts.open, counts.late, is_on)


def _rows(session: Session, reader: Reader, shown: Sequence[Home]) -> tuple[HomeRow, ...]:
    ids = [home.id for home in shown]
    living: dict[int, list[Resident]] = {}
    for residency, resident in queries.list_people(session, reader.viewer, ids, reader.now):
        living.setdefault(residency.home_id, []).append(resident)
    counts = queries.count_homes(session, reader.viewer, ids, reader.now)
    staff = {one.id: one for one in people.list_staff(session, reader.viewer)}
    return tuple(
        _row(reader, home, living.get(home.id, []), counts.get(home.id, Counts()), staff) for home in shown
    )


def _row(
    reader: Reader, home: Home, living: Sequence[Resident], counts: Counts, staff: Mapping[int, User]
) -> HomeRow:
    language = reader.language
    butler = staff.get(home.butler_id or 0)
    names = [wording.name_of(language, one) for one in living]
    return HomeRow(
        href=f"/homes/{home.id}",
        name=wording.home_name(language, home),
        code=home.code,
        people=("、" if language == "zh" else ", ").join(names) or t(language, "Nobody entered yet"),
        butler=butler.name(language) if butler else t(language, "No butler"),
        open=counts.open,
        late=counts.late,
    )


def _found(
    session: Session, reader: Reader, vault: Vault, asked: Asked, tabs: tuple[Tab, ...], estate: Estate
) -> TreeView:
    """Homes by what was typed: a phone number, a home in any form, a name."""
    language, viewer = reader.language, reader.viewer
    wanted = _wanted(session, viewer, vault, asked.search, reader.now)
    after = queries.find_home(session, viewer, int(asked.after)) if is_number(asked.after) else None
    found = search_queries.list_found(session, viewer, wanted, reader.now, PAGE + 1, after)
    counts = search_queries.count_found(session, viewer, wanted, reader.now)
    cut: Cut[Home] = Cut(PAGE, after is None, lambda one: one.id, asked.searched, "after")
    part = part_of(language, found, cut, lambda: sum(counts.values()))
    empty = Empty(
        t(language, "Nothing was found for “{text}”.", text=asked.search),
        t(
            language,
            "Try the home, as 3-2-1501, a name, or a telephone number: all of it, or its last four digits.",
        ),
        (Link(t(language, "All homes"), "/homes"),),
    )
    return TreeView(
        title=t(language, "Residents and homes"),
        search=asked.search,
        estates=tabs,
        estate=estate.code,
        branches=(),
        units=(),
        heading=t(language, "Found for “{text}”", text=asked.search),
        rows=_rows(session, reader, part.rows),
        exports=_found_exports(reader, asked, counts, people.list_estates(session, viewer)),
        extent=part.extent,
        next_href=part.next_href,
        first_href=part.first_href,
        empty=None if part.rows else empty,
        may_edit=rules.may_edit(reader.viewer.role),
    )


def _nothing(reader: Reader, asked: Asked, tabs: tuple[Tab, ...], estate: str) -> TreeView:
    language, may_edit = reader.language, rules.may_edit(reader.viewer.role)
    if may_edit:
        empty = Empty(
            t(language, "There are no homes yet."),
            t(language, "Bring them in from an Excel list: homes, residents and butlers at once."),
            (Link(t(language, "Import from Excel"), "/import"),),
        )
    else:
        empty = Empty(
            t(language, "No home is yours yet."),
            t(language, "Homes show here as soon as a supervisor gives them to you."),
            (Link(t(language, "To the queue"), "/queue"),),
        )
    return TreeView(t(language, "Residents and homes"), asked.search, tabs, estate, (), (), "", (),
                    empty=empty, may_edit=may_edit)  # fmt: skip
