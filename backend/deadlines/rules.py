"""The promises and the calendars that a process works with. Pure; tests hand in their own."""

from dataclasses import dataclass
from functools import cache

from backend.deadlines.calendar import Calendar, Calendars, standard_calendars
from backend.deadlines.faults import UnknownCalendar
from backend.deadlines.policy import Policies, standard_policies


@dataclass(frozen=True, slots=True)
class Rules:
    """What is promised, and on which days work is done. ``former``: what was promised before."""

    policies: Policies
    calendars: Calendars
    former: tuple[Policies, ...] = ()

    def as_made(self, version: str) -> Policies:
        """Return the promises as of the version kept with a row, or today's when that one is gone."""
        return next((one for one in (self.policies, *self.former) if one.version == version), self.policies)

    def knows(self, version: str) -> bool:
        """Tell whether the promises of this version are at hand."""
        return any(one.version == version for one in (self.policies, *self.former))

    def calendar_in_force(self, name: str, zone: str) -> Calendar:
        """Return the newest edition of an estate's calendar on its own clocks.

        ``name`` may be one edition of an estate's own (``own-1@3``). For a name that nobody entered the
        file's first calendar stands in, since a promise must run all the same (``has_calendar`` tells);
        raise UnknownCalendar when there is none at all.
        """
        if any(one.version == name for one in self.calendars.all):
            return self.calendars.get(name).in_zone(zone)
        if not self.has_calendar(name) and self.calendars.all:
            name = self.calendars.all[0].id
        return self.calendars.newest(name).in_zone(zone)

    def has_calendar(self, name: str) -> bool:
        return any(name in (one.id, one.version) for one in self.calendars.all)

    def calendar_as_made(self, stamp: str, name: str, zone: str) -> Calendar:
        """Return the edition, on the clocks, that a promise was reckoned by; the newest where it is gone.

        ``name`` and ``zone`` are the estate's of today: of an old row without a zone in its stamp.
        """
        version, _, own = stamp.partition("/")
        try:
            return self.calendars.get(version).in_zone(own or zone)
        except UnknownCalendar:
            return self.calendar_in_force(name, own or zone)


@cache
def standard_rules() -> Rules:
    """Return the rules of the files in this room; raise DataFaults listing everything wrong with them."""
    return Rules(standard_policies(), standard_calendars())
