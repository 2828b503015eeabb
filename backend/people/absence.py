"""When somebody is away, as they or their leader wrote it down. Pure.

``users.settings["away"]`` is ``{"from": ISO, "until": ISO, "reason": text}``, instants in UTC. While it lasts
nobody counts as on duty, whatever rota or mark says, and their deputy takes what is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

KEY: Final = "away"


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from ``start`` until just before ``end``; the reason is for colleagues."""

    start: datetime
    end: datetime
    reason: str = ""

    def covers(self, now: datetime) -> bool:
        return self.start <= now < self.end

    def stored(self) -> dict[str, str]:
        """Return it as it stands in the settings of its person."""
        return {"from": self.start.isoformat(), "until": self.end.isoformat(), "reason": self.reason}


def absence_of(settings: Mapping[str, Any]) -> Absence | None:
    """Return the absence that stands in somebody's settings; what cannot be read is none."""
    found = settings.get(KEY)
    if not isinstance(found, Mapping):
        return None
    try:
        start, end = (datetime.fromisoformat(str(found[name])) for name in ("from", "until"))
    except (KeyError, ValueError):
        return None
    if start.tzinfo is None or end.tzinfo is None:
        return None
    return Absence(start, end, str(found.get("reason", "")))


def is_away(settings: Mapping[str, Any], now: datetime) -> bool:
    found = absence_of(settings)
    return found is not None and found.covers(now)
