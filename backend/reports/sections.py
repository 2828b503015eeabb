"""The reports there are, and the row of links between them."""

from dataclasses import dataclass, replace
from typing import Final

from backend.desk.views import Tab
from backend.people import roles
from backend.people.viewer import Viewer
from backend.reports.asking import Asked
from locales import N_, t


@dataclass(frozen=True, slots=True)
class Section:
    """One report: the last part of its address, its name, whether leaders alone read it, whether it has a
    month."""

    name: str
    title: str
    is_for_leaders: bool = False
    has_month: bool = True


#: the first one is the quality targets, which have an address of their own
TARGETS: Final = Section("", N_("Quality targets"))
SECTIONS: Final = (
    TARGETS,
    Section("queue", N_("Queue now"), has_month=False),
    Section("overdue", N_("Overdue by promise")),
    Section("month", N_("Tickets of the month")),
    Section("load", N_("Load of each butler"), is_for_leaders=True),
    Section("providers", N_("Providers"), is_for_leaders=True),
    Section("complaints", N_("Complaints")),
    Section("misses", N_("Questions without an answer"), is_for_leaders=True),
    Section("fees", N_("Fee ledger"), is_for_leaders=True),
)


def find(name: str, viewer: Viewer) -> Section | None:
    """Return the report of this name, None for one that is unknown or not for this viewer."""
    return next((one for one in _of(viewer) if one.name == name and name), None)


def _of(viewer: Viewer) -> tuple[Section, ...]:
    is_leader = roles.is_leader(viewer.role)
    return tuple(one for one in SECTIONS if is_leader or not one.is_for_leaders)


def tabs(viewer: Viewer, asked: Asked, on: str) -> tuple[Tab, ...]:
    """The links to every report of the same month that the viewer may read."""
    plain = replace(asked, by="butler", chart=asked.chart)
    return tuple(
        Tab(
            t(viewer.language, one.title),
            0,
            plain.address(f"/reports/{one.name}".rstrip("/")),
            one.name == on,
        )
        for one in _of(viewer)
    )
