"""When several reports are one matter (MANNERS §1.8): three alike from one building in 15 minutes. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

#: so many different reporters within so long
ENOUGH: Final = 3
WITHIN: Final = timedelta(minutes=15)
#: workflows that report that something is wrong; three cleanings booked at once are no incident
ALIKE: Final = frozenset({"repair", "standing_report", "emergency", "complaint", "warranty"})
#: services that say nothing of what is wrong
_GENERIC: Final = ("common.voice.", "estate.general")
#: families whose services are faults of one thing: a dripping tap and no water are both plumbing
_FAMILIES: Final = ("value.repair-",)


@dataclass(frozen=True, slots=True)
class Report:
    """One open ticket or draft that reports something. ``reporter``: the home, or what tells people apart.

    ``draft_id``: a report whose owner has not said yes to the read-back yet (then ``ticket_id`` is 0).
    """

    ticket_id: int
    item_id: str
    building: str
    reporter: str
    at: datetime
    draft_id: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """Reports that are probably one matter."""

    topic: str
    building: str
    ticket_ids: tuple[int, ...]
    draft_ids: tuple[int, ...] = ()


class Matter(Protocol):
    """An incident, as far as finding one goes."""

    @property
    def topic(self) -> str: ...
    @property
    def building(self) -> str: ...
    @property
    def state(self) -> str: ...


M = TypeVar("M", bound=Matter)


def topic_of(item_id: str) -> str:
    """Return what a service's reports are counted as; "" for one that is never part of an incident."""
    if item_id.startswith(_GENERIC):
        return ""
    family = ".".join(item_id.split(".")[:2])
    return family if family.startswith(_FAMILIES) else item_id


def known(incidents: Iterable[M], item_id: str, building: str) -> M | None:
    """Return the incident that staff have opened about this, so that the next reporter is told at once.

    One without a building is about the whole estate.
    """
    return _about([one for one in incidents if one.state == "open"], item_id, building)


def belongs_to(incidents: Iterable[M], report: Report) -> M | None:
    """Return the proposed or open incident that a report is one more of."""
    standing = [one for one in incidents if one.state in ("proposed", "open")]
    return _about(standing, report.item_id, report.building)


def _about(incidents: Iterable[M], item_id: str, building: str) -> M | None:
    topic = topic_of(item_id)
    fitting = (one for one in incidents if one.topic == topic and one.building in ("", building))
    return next(fitting, None) if topic else None


def proposals(reports: Collection[Report]) -> list[Proposal]:
    """Return what is to be proposed, by topic and building."""
    alike: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in sorted(reports, key=lambda one: (one.at, one.ticket_id, one.draft_id)):
        topic = topic_of(report.item_id)
        if topic and report.building:
            alike[topic, report.building].append(report)
    return [
        Proposal(topic, building, tuple(one.ticket_id for one in together if one.ticket_id),
                 tuple(one.draft_id for one in together if one.draft_id))
        for (topic, building), own in sorted(alike.items())
        if (together := _together(own))
    ]  # fmt: skip


def _together(reports: Sequence[Report]) -> list[Report]:
    """The reports of the first 15 minutes in which enough different people wrote, and all after."""
    for start, first in enumerate(reports):
        span = [one for one in reports[start:] if one.at - first.at <= WITHIN]
        if len({one.reporter for one in span}) >= ENOUGH:
            return list(reports[start:])
    return []
