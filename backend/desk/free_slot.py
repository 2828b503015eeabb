"""A free time of the calendar that goes along while a new ticket is opened for it. Pure.

It travels in the address and in hidden fields of the form; what is wrong in it is left out. When the ticket
is open, the form that plans the visit starts with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

#: where the calendar of visits lives; it lies above this room, so only its address is known here
CALENDAR: Final = "/visits"
MOST_BACK: Final = 300


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A day, perhaps the time and the colleague, and the calendar it was chosen on."""

    day: date
    start: time | None = None
    person: int = 0
    back: str = CALENDAR

    @property
    def parts(self) -> dict[str, str]:
        """The parts of an address, or the hidden fields of a form."""
        found = {
            "day": self.day.isoformat(),
            "start": f"{self.start:%H:%M}" if self.start else "",
            "person": str(self.person or ""),
            "back": self.back,
        }
        return {name: text for name, text in found.items() if text}

    def plan_address(self, number: int) -> str:
        """Where the visit of a ticket is planned for this time."""
        return f"{CALENDAR}/{number}?{urlencode(self.parts)}"

    def instant(self, zone: str) -> datetime:
        """Return when it begins on the clocks of ``zone``; noon where only the day is known."""
        return datetime.combine(self.day, self.start or time(12), ZoneInfo(zone))


def read(given: Mapping[str, str]) -> FreeSlot | None:
    """Return the free time that an address or a form names; None without a day that can be read."""
    day = _day(given.get("day", ""))
    if day is None:
        return None
    person, back = given.get("person", ""), calendar_of(given.get("back", ""))
    is_number = person.isascii() and person.isdigit() and len(person) < 16
    return FreeSlot(day, _time(given.get("start", "")), int(person) if is_number else 0,
                    back or CALENDAR)  # fmt: skip


def calendar_of(text: str) -> str:
    """Return the address of a calendar that somebody came from; "" for anything else, elsewhere above all."""
    is_ours = text == CALENDAR or text.startswith(f"{CALENDAR}?")
    return text if is_ours and text.isascii() and text.isprintable() and len(text) <= MOST_BACK else ""


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year <= 2100 else None


def _time(text: str) -> time | None:
    try:
        return (
            time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None) if len(text) == 5 else None
        )
    except ValueError:
        return None
