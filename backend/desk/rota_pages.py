"""排班: who works when this week; leaders add, remove and copy shifts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import words
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.estate_links import EstateLink, address, links_of
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Choice, FieldView
from backend.duties import rota
from backend.duties.rota import Week
from backend.errors import Refusal
from backend.models import Shift, User
from backend.people import roles
from backend.people.absence import absence_of
from backend.people.estates import shown_estate
from backend.people.roles import Role
from locales import N_, t
from locales.dates import format_date, format_shift, local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: the usual hours, offered when a shift is added
OPENS, CLOSES = "08:00", "20:00"
#: the parts of an address that fill the form in: what was added or taken off last is soon done again, or put
#: back, or given to another colleague
KEPT: Final = ("user", "day", "opens", "closes")
FAULTS: Final = {
    "day": N_("Please choose a day."),
    "opens": N_("Please write a time like 08:00."),
    "closes": N_("Please write a time like 08:00."),
}


@dataclass(frozen=True, slots=True)
class ShiftView:
    """One shift; ``may_remove`` where the reader may still take it off; ``is_away``: on leave meanwhile."""

    id: int
    who: str
    role: str
    hours: str
    is_now: bool
    may_remove: bool
    is_away: bool = False


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
    leave = absence_of(user.settings) if user else None
    return ShiftView(
        id=shift.id,
        who=user.name(reader.language) if user else t(reader.language, "A colleague"),
        role=words.name_of(reader.language, words.ROLES, user.role) if user else "",
        hours=hours,
        is_now=shift.starts_at <= reader.now < shift.ends_at and not (leave and leave.covers(reader.now)),
        may_remove=may_change and shift.ends_at > reader.now,
        is_away=leave is not None and leave.start < shift.ends_at and shift.starts_at < leave.end,
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
    asked = who.request.query_params
    return _page(who, week, estate, {name: asked[name][:40] for name in KEPT if name in asked})


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
    """Add a shift; what cannot be is said at its field."""
    week, code = fields.get("week", ""), fields.get("estate", "")
    try:
        who.db.run(lambda session: _add(session, who, fields))
    except BadHours as bad:
        return _page(who, week, code, fields, {bad.field: t(who.language, FAULTS[bad.field])}, 422)
    except Refusal as refusal:
        return _page(who, week, code, fields, {"user": refusal.worded(who.language)[1]}, refusal.status)
    return go(who.request, _back(fields, "day", fields), t(who.language, "The shift is on the rota."))


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
        found = rota.read_hour(fields.get(name, ""))
        if found is None:
            raise BadHours(name)
        read[name] = found
    try:
        day = date.fromisoformat(fields.get("day", ""))
    except ValueError:
        raise BadHours("day") from None
    if not 2000 <= day.year < 2200:
        raise BadHours("day")
    return rota.times_of(day, read["opens"], read["closes"], zone)


@router.post("/rota/{shift_id}/remove")
def remove(who: Visiting, shift_id: Number, fields: Typed) -> Response:
    """Take a shift off the rota; the form below then holds it, to be put back or given to another."""
    taken = who.db.run(lambda session: _remove(session, who, shift_id))
    sentence = t(who.language, "The shift is off the rota. It stands in the form below: you can put it back, "
                 "or give it to a colleague.")  # fmt: skip
    return go(who.request, _back(fields, "week", taken), sentence)


def _remove(session: Session, who: Visit, shift_id: int) -> dict[str, str]:
    """Take it off, and return it as the form has it."""
    taken = rota.remove_shift(session, who.viewer, shift_id, who.now)
    hours = {"opens": f"{taken.start:%H:%M}", "closes": f"{taken.end:%H:%M}"}
    return {"user": taken.username, "day": taken.start.date().isoformat()} | hours


@router.post("/rota/copy")
def copy(who: Visiting, fields: Typed) -> Response:
    """Copy last week's shifts into this one."""
    added = who.db.run(lambda session: _copy(session, who, fields))
    sentence = t(who.language, "{count} shifts were copied from the week before.", count=added)
    return go(who.request, _back(fields, "week"), sentence)


def _copy(session: Session, who: Visit, fields: Mapping[str, str]) -> int:
    day = _read_day(fields.get("week", ""), reader_of(session, who))
    return rota.copy_last_week(session, who.viewer, day, who.now, fields.get("estate", ""))


def _back(fields: Mapping[str, str], name: str, kept: Mapping[str, str] | None = None) -> str:
    """The week of the day in this field, in the estate of the form; ``kept`` stands in the form then."""
    day = fields.get(name, "")
    is_day = len(day) == 10 and day.isascii() and day.replace("-", "").isdigit()
    form = {part: kept.get(part, "") for part in KEPT} if kept else {}
    path = address("/rota", week=day if is_day else "", estate=fields.get("estate", ""), **form)
    return f"{path}#add-shift" if kept else path
