"""排班: who works when this week; leaders add, remove and copy shifts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import words
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.estate_links import EstateLink, address, links_of
from backend.desk.queue import Reader
from backend.desk.record_fields import MISSING
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Choice, FieldView
from backend.duties import rota
from backend.duties.rota import Week
from backend.errors import Refusal
from backend.models import Shift, User
from backend.people import roles
from backend.people.estates import shown_estate
from backend.people.roles import Role
from locales import N_, t
from locales.dates import format_date, format_shift, local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: the usual hours, offered when a shift is added
OPENS, CLOSES = "08:00", "20:00"


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One shift; ``may_remove`` where the reader may still take it off."""

    id: int
    who: str
    role: str
    hours: str
    is_now: bool
    may_remove: bool


@dataclass(frozen=True, slots=True)
class DayView:
    day: str
    is_today: bool
    shifts: tuple[ShiftView, ...]


@dataclass(frozen=True, slots=True)
class RotaView:
    """The week; ``fields`` and ``may_change`` are for leaders.

    ``earlier``, ``now``, ``later``: addresses. ``estate``: its code, "" where the reader has only one;
    ``estates``: the way to the others.
    """

    title: str
    span: str
    week: str
    days: tuple[DayView, ...]
    earlier: str
    now: str
    later: str
    may_change: bool
    fields: tuple[FieldView, ...]
    estate: str = ""
    estates: tuple[EstateLink, ...] = ()
    error: str = ""


def week_view(
    reader: Reader, week: Week, others: tuple[EstateLink, ...] = (), typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> RotaView:  # fmt: skip
    """Word a week of the rota, with the form to add a shift.

    ``others``: the way to each estate of a reader who has several.
    """
    code = week.estate.code if others else ""
    days = [week.monday + timedelta(days=more) for more in range(7)]
    today = local(reader.now, week.estate.timezone).date()
    staff = {one.id: one for one in week.staff}
    may_change = rota.may_change(reader.viewer)
    start, end = format_date(reader.language, days[0]), format_date(reader.language, days[-1])
    return RotaView(
        title=_title(reader.language, week) if others else t(reader.language, "Rota"),
        span=t(reader.language, "{start} to {end}", start=start, end=end),
        week=week.monday.isoformat(),
        days=tuple(_day(reader, week, day, today, staff, may_change) for day in days),
        earlier=_path(code, (week.monday - rota.WEEK).isoformat()),
        now=_path(code),
        later=_path(code, (week.monday + rota.WEEK).isoformat()),
        may_change=may_change,
        fields=_fields(reader, week, today, typed or {}, errors or {}) if may_change else (),
        estate=code,
        estates=others,
        error=(errors or {}).get("", ""),
    )


def _title(language: str, week: Week) -> str:
    return t(language, "Rota of {estate}", estate=week.estate.name(language))


def _path(code: str, week: str = "") -> str:
    return address("/rota", week=week, estate=code)


def _day(
    reader: Reader, week: Week, day: date, today: date, staff: Mapping[int, User], may_change: bool
) -> DayView:
    zone = week.estate.timezone
    own = [one for one in week.shifts if local(one.starts_at, zone).date() == day]
    shown = tuple(_shift(reader, one, zone, staff.get(one.user_id), may_change) for one in own)
    return DayView(format_date(reader.language, day), day == today, shown)


def _shift(reader: Reader, shift: Shift, zone: str, user: User | None, may_change: bool) -> ShiftView:
    hours = format_shift(reader.language, shift.starts_at, shift.ends_at, zone)
    return ShiftView(
        id=shift.id,
        who=user.name(reader.language) if user else t(reader.language, "A colleague"),
        role=words.name_of(reader.language, words.ROLES, user.role) if user else "",
        hours=hours,
        is_now=shift.starts_at <= reader.now < shift.ends_at,
        may_remove=may_change and shift.ends_at > reader.now,
    )


def _fields(
    reader: Reader, week: Week, today: date, typed: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[FieldView, ...]:
    language = reader.language
    # Those who work in shifts first: leaders come after them.
    staff = sorted(week.staff, key=lambda one: roles.is_leader(Role(one.role)))
    people = tuple(Choice(one.username, _staff_name(language, one)) for one in staff)
    days = [week.monday + timedelta(days=more) for more in range(7)]
    chosen = today if today in days else week.monday
    choices = tuple(Choice(day.isoformat(), format_date(language, day)) for day in days)
    given = (
        ("user", N_("Who"), "select", people[0].value if people else "", people),
        ("day", N_("Day"), "select", chosen.isoformat(), choices),
        ("opens", N_("From"), "text", OPENS, ()),
        ("closes", N_("Until"), "text", CLOSES, ()),
    )
    return tuple(
        FieldView(name, t(language, label), kind, typed.get(name, value), error=errors.get(name, ""),
                  choices=options)
        for name, label, kind, value, options in given
    )  # fmt: skip


def _staff_name(language: str, user: User) -> str:
    return f"{user.name(language)} · {words.name_of(language, words.ROLES, user.role)}"


@router.get("/rota")
def rota_page(who: Visiting, week: str = "", estate: str = "") -> Response:
    """The week of a day (``2026-03-11``), the present one by default, in the estate of this code."""
    return _page(who, week, estate)


def _page(who: Visit, week: str, code: str, typed: Mapping[str, str] | None = None,
          errors: Mapping[str, str] | None = None, status: int = 200) -> Response:  # fmt: skip
    with who.db.read() as session:
        reader = reader_of(session, who)
        found = rota.week_of(session, who.viewer, _read_day(week, reader), code)
        others = links_of(session, who, found.estate, "/rota", week=found.monday.isoformat() if week else "")
        view = week_view(reader, found, others, typed, errors)
        shell = shell_of(session, who, on="rota")
    return show(who, "rota.html", shell, rota=view, title=view.title, status=status)


def _read_day(text: str, reader: Reader) -> date:
    """The day that was asked for; today for what is none, or far away."""
    today = local(reader.now, reader.zone).date()
    try:
        found = date.fromisoformat(text) if len(text) == 10 and text.isascii() else today
    except ValueError:
        return today
    return found if abs((found - today).days) < 3660 else today


@router.post("/rota/add")
def add(who: Visiting, fields: Typed) -> Response:
    """Add a shift; what cannot be is said at its field, or above the form."""
    week, code = fields.get("week", ""), fields.get("estate", "")
    try:
        who.db.run(lambda session: _add(session, who, fields))
    except BadHours as bad:
        return _page(who, week, code, fields, {bad.field: t(who.language, MISSING)}, 422)
    except Refusal as refusal:
        return _page(who, week, code, fields, {"": refusal.worded(who.language)[1]}, refusal.status)
    return go(who.request, _back(fields, "day"), t(who.language, "The shift is on the rota."))


class BadHours(Exception):
    """A day or an hour that is none; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def _add(session: Session, who: Visit, fields: Mapping[str, str]) -> None:
    code = fields.get("estate", "")
    start, end = _hours(fields, shown_estate(session, who.viewer, code).timezone)
    rota.add_shift(session, who.viewer, fields.get("user", ""), start, end, who.now, code)


def _hours(fields: Mapping[str, str], zone: str) -> tuple[datetime, datetime]:
    """The instants of the typed day and hours. Raises BadHours."""
    read: dict[str, time] = {}
    for name in ("opens", "closes"):
        try:
            read[name] = time.fromisoformat(fields.get(name, "").strip().replace("：", ":"))
        except ValueError:
            raise BadHours(name) from None
    try:
        day = date.fromisoformat(fields.get("day", ""))
    except ValueError:
        raise BadHours("day") from None
    if not 2000 <= day.year < 2200:
        raise BadHours("day")
    return rota.times_of(day, read["opens"].replace(tzinfo=None), read["closes"].replace(tzinfo=None), zone)


@router.post("/rota/{shift_id}/remove")
def remove(who: Visiting, shift_id: Number, fields: Typed) -> Response:
    """Take a shift off the rota."""
    who.db.run(lambda session: rota.remove_shift(session, who.viewer, shift_id, who.now))
    sentence = t(who.language, "The shift is off the rota.")
    return go(who.request, _back(fields, "week"), sentence)


@router.post("/rota/copy")
def copy(who: Visiting, fields: Typed) -> Response:
    """Copy last week's shifts into this one."""
    added = who.db.run(lambda session: _copy(session, who, fields))
    sentence = t(who.language, "{count} shifts were copied from the week before.", count=added)
    return go(who.request, _back(fields, "week"), sentence)


def _copy(session: Session, who: Visit, fields: Mapping[str, str]) -> int:
    day = _read_day(fields.get("week", ""), reader_of(session, who))
    return rota.copy_last_week(session, who.viewer, day, who.now, fields.get("estate", ""))


def _back(fields: Mapping[str, str], name: str) -> str:
    """The week of the day in this field, in the estate of the form."""
    day = fields.get(name, "")
    is_day = len(day) == 10 and day.isascii() and day.replace("-", "").isdigit()
    return _path(fields.get("estate", ""), day if is_day else "")
