"""The months that reports speak of, in an estate's own zone. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from locales.dates import local

YEARS: Final = range(2000, 2200)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; written ``2026-02``."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """Return the month of ``2026-02``; None for anything else."""
        year, dash, number = text.partition("-")
        is_plain = year.isascii() and number.isascii() and year.isdigit() and number.isdigit()
        if not (dash and is_plain and len(year) == 4 and len(number) == 2):
            return None
        found = cls(int(year), int(number))
        return found if found.year in YEARS and 1 <= found.number <= 12 else None

    @classmethod
    def of(cls, instant: datetime, zone: str) -> "Month":
        """Return the month that it is at ``instant`` in ``zone``."""
        day = local(instant, zone)
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def later(self, months: int) -> "Month":
        """Return the month that many months later; earlier for a negative number."""
        whole = self.year * 12 + self.number - 1 + months
        return Month(whole // 12, whole % 12 + 1)

    def bounds(self, zone: str) -> "Span":
        """Return the instants of its beginning and of the next one's, in UTC."""
        return Span(self._start(zone), self.later(1)._start(zone))

    def _start(self, zone: str) -> datetime:
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open: ``start`` belongs to it, ``end`` does not."""

    start: datetime
    end: datetime
