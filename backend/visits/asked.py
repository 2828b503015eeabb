"""What somebody asks of the calendar, as its address says it. Pure; what is wrong in it is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

PATH: Final = "/visits"
VIEWS: Final = ("day", "week")
#: days from today; further away nothing is planned
FARTHEST: Final = 3660
MOST_TEXT: Final = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """Which day, as a day or its week, and narrowed to what. ``worker`` 0: nobody yet; None: everybody."""

    day: date
    today: date
    view: str = "day"
    worker: int | None = None
    building: str = ""
    kind: str = ""
    estate: int = 0

    @property
    def is_narrowed(self) -> bool:
        return self.worker is not None or bool(self.building or self.kind)

    @property
    def monday(self) -> date:
        return self.day - timedelta(days=self.day.weekday())


def read(given: Mapping[str, str], today: date) -> Asked:
    """Read the parts of an address."""
    text = {name: value.replace("\x00", "").strip()[:MOST_TEXT] for name, value in given.items()}
    view, worker = text.get("view", ""), text.get("worker", "")
    return Asked(
        day=day_of(text.get("day", ""), today) or today,
        today=today,
        view=view if view in VIEWS else VIEWS[0],
        worker=0 if worker == "nobody" else number_of(worker) or None,
        building=text.get("building", ""),
        kind=text.get("kind", ""),
        estate=number_of(text.get("estate", "")),
    )


def day_of(text: str, today: date) -> date | None:
    """Return the day that ``2026-03-11`` names; None for what is none, or far away."""
    try:
        found = date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        return None
    return found if found is not None and abs((found - today).days) <= FARTHEST else None


def number_of(text: str) -> int:
    """Return an id of an address; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def parts(asked: Asked) -> dict[str, str]:
    """What the address says beside its path, usual values left out."""
    worker = {None: "", 0: "nobody"}.get(asked.worker, str(asked.worker))
    found = {
        "day": "" if asked.day == asked.today else asked.day.isoformat(),
        "view": "" if asked.view == VIEWS[0] else asked.view,
        "worker": worker,
        "building": asked.building,
        "kind": asked.kind,
        "estate": str(asked.estate or ""),
    }
    return {name: value for name, value in found.items() if value}


def address(asked: Asked, path: str = PATH, **changed: Any) -> str:
    """Return the address of the calendar, or of another page about the same, with something changed."""
    query = urlencode(parts(replace(asked, **changed)))
    return f"{path}?{query}" if query else path
