"""The rota (班次): who works when. Leaders write it; the caller owns the transaction."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.duties import queries, rota_queries
from backend.errors import BadInput, Forbidden, NotFound, Refusal
from backend.messages import live
from backend.models import Estate, Shift, User
from backend.people import estates, roles
from backend.people import queries as people
from backend.people.viewer import Viewer
from locales import N_

_HOUR: Final = re.compile(r"(\d{1,2})(?:[:.点时](\d{2}|半)?分?)?")
WEEK: Final = timedelta(days=7)
LONGEST: Final = timedelta(hours=24)
YEARS: Final = range(1970, 9999)


class ShiftRefused(Refusal):
    """The rota cannot be changed so: the person works then already, or the shift is over."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = N_("This step is not possible now.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A shift that was taken off; ``start`` and ``end`` are local to its estate."""

    username: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Week:
    """The shifts of one estate that begin within a local week, and the staff who may have some."""

    estate: Estate
    monday: date
    shifts: tuple[Shift, ...]
    staff: tuple[User, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.estate.timezone)


def may_change(viewer: Viewer) -> bool:
    """True for leaders: supervisors, managers, admins."""
    return roles.is_leader(viewer.role)


def week_of(session: Session, viewer: Viewer, day: date, code: str = "") -> Week:
    """Return the week of ``day`` in the viewer's estate of this code, their first without one.

    Raises NotFound without such an estate, and BadInput for a day before or after all calendars.
    """
    if day.year not in YEARS:
        raise BadInput
    estate = estates.shown_estate(session, viewer, code)
    monday = day - timedelta(days=day.weekday())
    start, end = bounds(monday, estate.timezone)
    shifts = rota_queries.list_shifts(session, estate.id, start, end)
    staff = people.list_staff(session, viewer, estate.id)
    return Week(estate, monday, tuple(shifts), tuple(staff))


def bounds(monday: date, zone: str) -> tuple[datetime, datetime]:
    """Return the first instants of a local week and of the next one, in UTC."""
    return _at(monday, time.min, zone), _at(monday + WEEK, time.min, zone)


def _at(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def times_of(day: date, opens: time, closes: time, zone: str) -> tuple[datetime, datetime]:
    """Return a shift's instants from local hours; one that ends at or before it begins ends the next day."""
    last = day + timedelta(days=1) if closes <= opens else day
    return _at(day, opens, zone), _at(last, closes, zone)


def read_hour(text: str) -> time | None:
    """Return an hour of the day as people type it (``8:00``, ``08：00``, ``8点半``, ``24:00``), or None."""
    found = _HOUR.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    if found is None:
        return None
    hour, minute = int(found[1]), 30 if found[2] == "半" else int(found[2] or 0)
    return time(hour % 24, minute) if minute < 60 and hour * 60 + minute <= 24 * 60 else None


def add_shift(
    session: Session, viewer: Viewer, username: str, start: datetime, end: datetime, now: datetime,
    code: str = "",
) -> Shift:  # fmt: skip
    """Let a colleague work from ``start`` until ``end`` in the estate of this code.

    Raises Forbidden, ShiftRefused, NotFound without an estate, and BadInput for an unknown colleague or code,
    and for none where the viewer works in several.
    """
    if not may_change(viewer):
        raise Forbidden
    estate = queries.get_estate(session, estates.estate_id_of(session, viewer, code))
    staff = {one.username: one for one in people.list_staff(session, viewer, estate.id)}
    user = staff.get(username)
    if user is None:
        raise BadInput(N_("There is no colleague with this name here."))
    if not timedelta() < end - start <= LONGEST:
        raise BadInput(N_("A shift ends after it begins, and lasts a day at most."))
    if end <= now:
        raise ShiftRefused(N_("This shift is over."))
    rota_queries.hold_rota(session, user.id)
    if rota_queries.has_overlap(session, user.id, start, end):
        raise ShiftRefused(N_("{who} already works at that time."), who=user.name(viewer.language))
    return _add(session, estate, user.id, start, end, now)


def _add(
    session: Session, estate: Estate, user_id: int, start: datetime, end: datetime, now: datetime
) -> Shift:
    shift = Shift(estate_id=estate.id, user_id=user_id, starts_at=start, ends_at=end)
    session.add(shift)
    session.flush()
    _changed(session, estate.id, now)
    return shift


def remove_shift(session: Session, viewer: Viewer, shift_id: int, now: datetime) -> Taken:
    """Take a shift off the rota, with the handover it would have ended in.

    Raises NotFound, Forbidden, ShiftRefused for one that is over.
    """
    if not may_change(viewer):
        raise Forbidden
    shift = rota_queries.find_shift(session, viewer, shift_id)
    if shift is None:
        raise NotFound
    if shift.ends_at <= now:
        raise ShiftRefused(N_("This shift is over."))
    estate, user = session.get_one(Estate, shift.estate_id), session.get_one(User, shift.user_id)
    zone = ZoneInfo(estate.timezone)
    taken = Taken(user.username, shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone))
    queries.cancel_slot(session, shift.estate_id, f"shift:{shift.id}", now)
    rota_queries.remove_shift(session, shift.id)
    _changed(session, shift.estate_id, now)
    return taken


def copy_last_week(session: Session, viewer: Viewer, day: date, now: datetime, code: str = "") -> int:
    """Copy last week's shifts into the week of ``day``, at the same local hours; return how many.

    What is over already, and whoever works then already, is left out. Raises Forbidden, and BadInput without
    a code where the viewer works in several estates.
    """
    if not may_change(viewer):
        raise Forbidden
    estates.estate_id_of(session, viewer, code)  # chance never picks one of several
    week = week_of(session, viewer, day, code)
    active = {one.id for one in week.staff}
    start, end = bounds(week.monday - WEEK, week.estate.timezone)
    wanted: Sequence[Shift] = rota_queries.list_shifts(session, week.estate.id, start, end)
    added = 0
    for one in wanted:
        first, last = (_a_week_on(at, week.zone) for at in (one.starts_at, one.ends_at))
        is_free = not rota_queries.has_overlap(session, one.user_id, first, last)
        if one.user_id in active and last > now and first < last and is_free:
            _add(session, week.estate, one.user_id, first, last, now)
            added += 1
    return added


def _a_week_on(instant: datetime, zone: ZoneInfo) -> datetime:
    """The same local time a week later, also where the clocks change between."""
    return (instant.astimezone(zone) + WEEK).astimezone(UTC)


def _changed(session: Session, estate_id: int, now: datetime) -> None:
    queries.look_soon(session, estate_id, now)
    live.emit(session, estate_id, "rota", {}, now)
