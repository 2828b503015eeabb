"""How much time is left, in words; the browser ticks with the same templates (client_strings)."""

from datetime import timedelta
from typing import Final

from locales import N_, t

#: "D": whole days
LEFT: Final = {
    "D": N_("{d}d left"),
    "d": N_("{d}d {h}h left"),
    "h": N_("{h}h {m}m left"),
    "m": N_("{m}m left"),
    "s": N_("{s}s left"),
}
OVER: Final = {
    "D": N_("{d}d"),
    "d": N_("{d}d {h}h"),
    "h": N_("{h}h {m}m"),
    "m": N_("{m}m"),
    "s": N_("{s}s"),
}
STATES: Final = {
    "ok": N_("On time"),
    "soon": N_("Due soon"),
    "late": N_("Overdue"),
    "done": N_("Done"),
    "missed": N_("Done"),
}


def count(language: str, left: timedelta) -> str:
    """``2d 3h left`` · ``1d left`` · ``1h 05m left`` · ``9m left`` · ``42s left``; past due just the span.
    Rounded down."""
    words = OVER if left < timedelta(0) else LEFT
    seconds = int(abs(left.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return t(language, words["d" if hours % 24 else "D"], d=days, h=hours % 24)
    if hours:
        return t(language, words["h"], h=hours, m=f"{minutes % 60:02d}")
    if minutes:
        return t(language, words["m"], m=minutes)
    return t(language, words["s"], s=seconds)
