"""What the tables of counted tickets share: who asks for which month, and numbers that open their tickets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from backend.desk.queue import Reader
from backend.people import roles
from backend.people.viewer import Viewer
from backend.reports import charts, queries, ticket_queries
from backend.reports.asking import Asked
from backend.reports.period import Month
from backend.reports.ticket_queries import Of, Tickets
from backend.reports.views import Cell, Chart, Table
from intents.menu import Menu
from locales import N_, t

#: what a number is narrowed to: column → value, None for those without any
Keys = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One report as it is being made: for whom, of which estate and month; ``section`` is its address."""

    session: Session
    viewer: Viewer
    menu: Menu
    reader: Reader
    asked: Asked
    section: str = ""

    @property
    def language(self) -> str:
        return self.reader.language

    @property
    def month(self) -> Month:
        return self.asked.month

    @property
    def before(self) -> Month:
        return self.asked.month.later(-1)

    def tickets(self, of: Of, month: Month | None = None, keys: Mapping[str, str] | None = None) -> Tickets:
        """Which tickets are meant; a butler's are always their own."""
        own = None if roles.is_leader(self.viewer.role) else self.viewer.user_id
        span = (month or self.month).bounds(self.asked.estate.timezone)
        return Tickets(
            self.asked.estate.id, span, self.reader.now, of, keys or {}, own, self._items(keys or {})
        )

    def _items(self, keys: Mapping[str, str]) -> tuple[str, ...]:
        """The services of the category that is asked for, if any."""
        wanted = keys.get("category")
        found = tuple(one for one in self.menu.items if self.category_of(one) == wanted)
        return found or ((wanted,) if wanted else ())

    def category_of(self, item_id: str) -> str:
        """The category of a service; a service that left the menu stands for itself."""
        item = self.menu.items.get(item_id)
        return item.category if item else item_id

    def count(self, of: Of, *by: str, month: Month | None = None, **keys: str) -> dict[tuple[Any, ...], int]:
        """Count tickets by these columns."""
        return ticket_queries.count_tickets(self.session, self.viewer, self.tickets(of, month, keys), *by)

    def cell(
        self, number: int, of: Of, keys: Keys, month: Month | None = None, *, kind: str = "figure"
    ) -> Cell:
        """A number that opens exactly its tickets."""
        where = {**replace(self.asked, month=month or self.month).where(), "from": self.section, "of": of}
        named = {name: "" if key is None else str(key) for name, key in keys.items()}
        href = f"/reports/list?{urlencode({**where, **named})}" if number else ""
        return Cell(str(number), href, kind if number or kind != "late" else "figure")

    def names_of(self, ids: Iterable[Any]) -> dict[Any, str]:
        """Members of staff by id, None as nobody."""
        users = queries.names_of_users(self.session, [one for one in ids if one])
        names = {one: user.name(self.language) for one, user in users.items()}
        return {**names, None: t(self.language, "Nobody")}


@dataclass(frozen=True, slots=True)
class Made:
    """What a report consists of; ``notes`` stand above its tables."""

    tables: tuple[Table, ...]
    chart: Chart | None = None
    notes: tuple[str, ...] = field(default=())


def heads(language: str, *names: str) -> tuple[str, ...]:
    """The heads of a table, in the reader's language."""
    return tuple(t(language, one) for one in names)


def difference(now: int, before: int) -> Cell:
    """How many more or fewer than in the month before."""
    return Cell(f"{now - before:+d}" if now != before else "0", kind="figure")


def drawn(title: str, values: Mapping[str, float]) -> Chart | None:
    """The bars of a table of counts: the largest is as high as the drawing."""
    return charts.counted(title, [(name, float(value)) for name, value in values.items()])


#: heads of the columns that compare with the month before
COMPARED: Final = (N_("Month before"), N_("Difference"))
