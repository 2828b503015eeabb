"""Times that are told for a wish: on the day that is known, and never less than was told before. Pure."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from backend.conversations.state import Form, HoursAlone

#: details that are a time
SLOTS: Final = frozenset({"when", "deadline", "from_to"})


def length_of(new: dict[str, Any]) -> dict[str, Any]:
    """ "From nine to twelve" says how long it takes: three hours, not the nine that were read first."""
    window = next((v for k, v in new.items() if k in SLOTS and isinstance(v, dict)), {})
    if not (window.get("start") and window.get("end") and window["grain"] in ("hour", "minute")):
        return {}
    start, end = (datetime.fromisoformat(window[side]) for side in ("start", "end"))
    length, read = int((end - start).total_seconds()) // 60, new.get("duration", 0)
    is_hour_of_clock = read in (start.hour * 60, start.hour % 12 * 60)
    return {"duration": length} if read > length or is_hour_of_clock else {}


def says_less(form: Form, slot: str, window: Any) -> bool:
    """A day that is named once more, beside something else, takes no hour away that was told for it."""
    known = form.slots.get(slot)
    is_asked = form.asking in (slot, None) or form.step != "asking"
    if slot not in SLOTS or is_asked or not (isinstance(window, dict) and isinstance(known, dict)):
        return False
    is_day = window.get("grain") == "day" and known.get("grain") in ("hour", "minute", "part_of_day")
    return is_day and day_of(window) == day_of(known)


def on_same_day(now: datetime, form: Form, new: HoursAlone) -> dict[str, Any]:
    """Hours said alone are meant on the day that is known already, unless they are over by then."""
    days = (day_of(form.slots.get(slot)) for slot in ("when", "deadline"))
    return on_day(now, next((day for day in days if day), None), new)


def on_day(now: datetime, known: date | None, new: HoursAlone) -> dict[str, Any]:
    """Hours said alone, on the day that is known, unless they are over by then."""
    read_as = day_of(new)
    if known is None or read_as is None:
        return dict(new)
    moved = {
        side: (datetime.fromisoformat(new[side]) + (known - read_as)).isoformat() if new[side] else None
        for side in ("start", "end")
    }
    last = moved["end"] or moved["start"]
    is_over = last is not None and datetime.fromisoformat(last) < now
    return dict(new) if is_over else {**new, **moved}


def is_past(now: datetime, window: Any) -> bool:
    """Whether a window has begun by now."""
    start = window.get("start") if isinstance(window, dict) else None
    return bool(start) and datetime.fromisoformat(str(start)) <= now


def day_of(window: Any) -> date | None:
    """The first day of a window; the last possible one where it has no beginning."""
    if not isinstance(window, dict):
        return None
    if window.get("start"):
        return datetime.fromisoformat(window["start"]).date()
    if window.get("end"):  # an end at midnight belongs to the day before
        return (datetime.fromisoformat(window["end"]) - timedelta(minutes=1)).date()
    return None
