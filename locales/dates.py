"""Dates, times and spans as people say them; instants in, words out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date

from locales.catalogue import KNOWN_LOCALES, N_, t


def _require_aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant must know its zone")
    return instant.astimezone(UTC)


def local(instant: datetime, zone: str) -> datetime:
    """Return the aware ``instant`` in the estate's IANA ``zone``."""
    return _require_aware(instant).astimezone(ZoneInfo(zone))


def format_time(instant: datetime, zone: str) -> str:
    """``15:30`` in the estate's zone, the same in both languages."""
    return f"{local(instant, zone):%H:%M}"


def format_date(language: str, day: date) -> str:
    """``12月5日 周四`` or ``Thu 5 Dec``; never figures only."""
    pattern = "M月d日 EEE" if language == "zh" else "EEE d MMM"
    return str(babel_date(day, format=pattern, locale=KNOWN_LOCALES[language]))


def format_year_date(language: str, day: date) -> str:
    """``2027年2月21日`` or ``21 Feb 2027``: for what is read long after, on paper and in logs."""
    pattern = "yyyy年M月d日" if language == "zh" else "d MMM yyyy"
    return str(babel_date(day, format=pattern, locale=KNOWN_LOCALES[language]))


def format_day(language: str, instant: datetime, zone: str, now: datetime) -> str:
    """``今天``, ``明天`` or the date, as seen at ``now``."""
    day = local(instant, zone).date()
    offset = (day - local(now, zone).date()).days
    names = {0: N_("today"), 1: N_("tomorrow"), -1: N_("yesterday")}
    return t(language, names[offset]) if offset in names else format_date(language, day)


def format_moment(language: str, instant: datetime, zone: str, now: datetime) -> str:
    """``今天 14:10``, ``14:10 today`` or ``Thu 5 Dec, 14:10``."""
    day = format_day(language, instant, zone, now)
    if day != format_date(language, local(instant, zone).date()):
        return t(language, "{time} {day}", day=day, time=format_time(instant, zone))
    return t(language, "{day}, {time}", day=day, time=format_time(instant, zone))


def format_full(language: str, instant: datetime, zone: str) -> str:
    """Date and time without relative words, for lists and records."""
    day = format_date(language, local(instant, zone).date())
    return t(language, "{day}, {time}", day=day, time=format_time(instant, zone))


def format_window(
    language: str, start: datetime | None, end: datetime | None, zone: str, grain: str = "hour"
) -> str:
    """A visit window in words: ``11月22日 周日 10:00–12:00``, ``by Thu 5 Dec, 18:00``, a whole day."""
    if start is None and end is not None:
        return t(language, "by {moment}", moment=_edge(language, end, zone, grain))
    if start is None:
        return t(language, "as soon as possible")
    if end is None or end == start:
        return _point(language, start, zone, grain)
    first, last = local(start, zone), local(end, zone)
    if grain in ("day", "week"):
        final = (last - timedelta(seconds=1)).date()
        return _days(language, first.date(), final)
    if first.date() == last.date() or last - first <= timedelta(hours=24):
        day = format_date(language, first.date())
        return t(language, "{day}, {start}–{end}", day=day, start=f"{first:%H:%M}", end=_clock_end(last))
    return t(
        language,
        "{start} to {end}",
        start=format_full(language, start, zone),
        end=format_full(language, end, zone),
    )


def format_shift(language: str, start: datetime, end: datetime, zone: str) -> str:
    """The hours of a shift: ``08:00–20:00``, ``20:00–08:00 next day``, ``24 h from 08:00``."""
    first, last = local(start, zone), local(end, zone)
    begins, ends = f"{first:%H:%M}", _clock_end(last)
    if end - start == timedelta(hours=24):
        return t(language, "24 h from {start}", start=begins)
    if first.date() == (last - timedelta(seconds=1)).date():
        return f"{begins}–{ends}"
    return t(language, "{start}–{end} next day", start=begins, end=ends)


def _clock_end(last: datetime) -> str:
    return "24:00" if last.hour == 0 and last.minute == 0 else f"{last:%H:%M}"


def _point(language: str, start: datetime, zone: str, grain: str) -> str:
    if grain in ("day", "week"):
        return t(language, "from {day}", day=format_date(language, local(start, zone).date()))
    return format_full(language, start, zone)


def _edge(language: str, end: datetime, zone: str, grain: str) -> str:
    if grain in ("day", "week"):
        return format_date(language, (local(end, zone) - timedelta(seconds=1)).date())
    return format_full(language, end, zone)


def _days(language: str, first: date, final: date) -> str:
    if first == final:
        return format_date(language, first)
    return t(
        language, "{start} to {end}", start=format_date(language, first), end=format_date(language, final)
    )


def format_span(language: str, seconds: float) -> str:
    """A length of time, rounded down: ``2天3小时``, ``1d``, ``1h 05m``, ``9m``, ``42s``."""
    total = max(0, int(seconds))
    minutes, hours, days = total // 60, total // 3600, total // 86400
    if days:
        return t(language, "{d}d {h}h" if hours % 24 else "{d}d", d=days, h=hours % 24)
    if hours:
        return t(language, "{h}h {m}m", h=hours, m=f"{minutes % 60:02d}")
    if minutes:
        return t(language, "{m}m", m=minutes)
    return t(language, "{s}s", s=total)
