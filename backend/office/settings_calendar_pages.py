"""工作时间与节假日: the working calendar of an estate, seen, changed, tried out, taken out and brought in."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from backend.audit import queries as audit_queries
from backend.deadlines import next_year
from backend.deadlines.calendar import Calendar
from backend.deadlines.faults import DataFaults, NoOpenDay
from backend.desk import doors
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.duties.making import calendar_of
from backend.errors import BadInput, VersionConflict
from backend.estates import queries as estate_queries
from backend.models import Estate
from backend.office import settings, settings_brand, settings_calendar_view, settings_draft, settings_workbook
from backend.office.settings import Hand
from backend.office.settings_calendar_view import Example
from backend.office.settings_draft import Draft, Fault
from backend.office.settings_shared import changed_estate, conflict, estate_of, other_estates
from locales import N_, t
from locales.dates import format_date, format_full, local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/settings/calendar"
MOST_YEARS: Final = 6
MAX_FILE: Final = 500_000
CLOSED: Final = N_("This calendar is closed for more than a year on end: no promise could be kept.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside the form."""

    draft: Draft
    was: str
    faults: tuple[Fault, ...] = ()
    examples: tuple[Example, ...] = ()
    error: str = ""
    notes: tuple[str, ...] = field(default_factory=tuple)


@router.get(PAGE)
def page(who: Visiting, estate: str = "") -> Response:
    """The calendar in force, as a form."""
    with who.db.read() as session:
        found = estate_of(session, who, {"estate": estate})
        calendar = calendar_of(found)
        draft = settings_draft.draft_of(calendar, _years(who, found))
        shown = Shown(draft, found.calendar, examples=_examples(who, calendar))
    return _page(who, estate, shown)


def _years(who: Visit, estate: Estate) -> list[int]:
    """This year and the next."""
    year = local(who.now, estate.timezone).year
    return [year, year + 1]


def _examples(who: Visit, calendar: Calendar) -> tuple[Example, ...]:
    try:
        return tuple(settings_calendar_view.examples(who.language, calendar, who.now))
    except NoOpenDay:
        return ()


def _page(who: Visit, code: str, shown: Shown, status: int = 200) -> Response:
    with who.db.read() as session:
        estate = estate_of(session, who, {"estate": code})
        missing = next_year.missing(session, estate, who.now)
        former = [
            (one.edition, format_full(who.language, one.created_at, estate.timezone))
            for one in estate_queries.list_editions(session, estate.id, 10)
        ]
        shell = shell_of(session, who, on="settings")
        estates = other_estates(session, who, PAGE)
    form = settings_calendar_view.form_of(who.language, shown.draft, shown.faults)
    return show(
        who, "settings_calendar.html", shell, status=status, title=t(who.language, "Hours and holidays"),
        form=form, shown=shown, missing=missing, estate=estate, estates=estates, former=former,
        opening=settings_brand.given_of(estate)[f"hours_{who.language}"],
    )  # fmt: skip


@router.post(PAGE)
def save(who: Visiting, fields: Typed) -> Response:
    """Try a draft out (``step`` preview), or keep it as the next edition; nothing typed is lost."""
    code, draft, was = fields.get("estate", ""), _read(fields), fields.get("was", "")
    faults = settings_draft.faults_of(draft)
    if faults:
        _look(who, code)
        return _page(who, code, Shown(draft, was, tuple(faults)), 422)
    if fields.get("step") != "save":
        return _preview(who, code, draft, was)
    try:
        calendar = who.db.run(lambda session: _save(session, who, fields, draft))
    except VersionConflict as refusal:
        return _page(who, code, Shown(draft, _look(who, code), error=refusal.worded(who.language)[1]), 409)
    except (DataFaults, NoOpenDay) as wrong:
        return _page(who, code, Shown(draft, was, error=_said(who, wrong)), 422)
    sentence = t(who.language, "Saved as edition {number}, which holds from today, {day}. Promises made from "
                 "now on go by it; those made before stay as they are.",
                 number=calendar.edition, day=format_date(who.language, calendar.dated))  # fmt: skip
    return go(who.request, f"{PAGE}?estate={code}" if code else PAGE, sentence)


def _read(fields: Mapping[str, str]) -> Draft:
    years = [int(one) for one in fields.get("years", "").split(",") if one.isdigit() and len(one) == 4]
    return settings_draft.read(fields, sorted(set(years))[:MOST_YEARS])


def _look(who: Visit, code: str) -> str:
    """The edition in force. Raises Forbidden, NotFound."""
    with who.db.read() as session:
        return estate_of(session, who, {"estate": code}).calendar


def _said(who: Visit, wrong: Exception) -> str:
    if isinstance(wrong, NoOpenDay):
        return t(who.language, CLOSED)
    return t(who.language, "This calendar cannot be used: {faults}", faults=str(wrong))


def _preview(who: Visit, code: str, draft: Draft, was: str) -> Response:
    with who.db.read() as session:
        estate = estate_of(session, who, {"estate": code})
        try:
            calendar, _ = settings.drafted(session, estate, draft, who.now)
        except (DataFaults, NoOpenDay) as wrong:
            return _page(who, code, Shown(draft, was, error=_said(who, wrong)), 422)
        found = _examples(who, calendar.in_zone(estate.timezone))
    note = t(who.language, "Tried out, not saved yet.")
    return _page(who, code, Shown(draft, was, examples=found, notes=(note,)))


def _save(session: Session, who: Visit, fields: Mapping[str, str], draft: Draft) -> Calendar:
    estate = estate_queries.lock_estate(session, changed_estate(session, who, fields).id)
    if fields.get("was") != estate.calendar:
        raise conflict(session, who, audit_queries.last_of(session, "calendar", estate.id))
    return settings.save_calendar(session, Hand(who.actor, who.now, who.real_now), estate, draft)


@router.get(f"{PAGE}/export")
def export(who: Visiting, estate: str = "", form: str = "xlsx") -> Response:
    """The calendar in force as an Excel sheet, or as TOML."""
    with who.db.read() as session:
        found = estate_of(session, who, {"estate": estate})
        calendar, code = calendar_of(found), found.code
        years = sorted({*_years(who, found), *(one.year for one in calendar.years)})
        draft = settings_draft.draft_of(calendar, years)
        data, kind = settings_workbook.written(draft), settings_workbook.MEDIA_TYPE
        if form == "toml":
            dated = local(who.now, found.timezone).date()
            _, text = settings_draft.calendar_of(draft, calendar, settings.calendar_name(found), 1, dated)
            data, kind = text.encode(), "application/toml"
    ending = "toml" if form == "toml" else "xlsx"
    headers = {"Content-Disposition": f'attachment; filename="calendar-{code}.{ending}"'}
    return Response(data, media_type=kind, headers=headers)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was posted: the fields, and the file."""

    fields: dict[str, str]
    data: bytes


async def sent(request: Request) -> Sent:
    """FastAPI dependency: a form with one small file, its token right. Raises Forbidden, BadInput."""
    async with request.form(max_files=1, max_fields=10) as form:
        texts = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
        file = form.get("file")
        data = await file.read(MAX_FILE + 1) if isinstance(file, UploadFile) else b""
    if len(data) > MAX_FILE or sum(map(len, texts.values())) > doors.MAX_FORM:
        raise BadInput
    return Sent(doors.checked_fields(request, texts), data)


@router.post(f"{PAGE}/upload")
async def upload(who: Visiting, posted: Annotated[Sent, Depends(sent)]) -> Response:
    """Put an uploaded calendar into the form, to be looked at; nothing is saved."""
    return await asyncio.to_thread(_upload, who, posted)


def _upload(who: Visit, posted: Sent) -> Response:
    code = posted.fields.get("estate", "")
    with who.db.read() as session:
        found = estate_of(session, who, {"estate": code})
        was, years = found.calendar, _years(who, found)
        current = settings_draft.draft_of(calendar_of(found), years)
    try:
        draft = _uploaded(who, posted.data, years)
    except BadInput as refusal:
        return _page(who, code, Shown(current, was, error=refusal.worded(who.language)[1]), refusal.status)
    faults = tuple(settings_draft.faults_of(draft))
    note = t(who.language, "This is what the file says. Please look at it, then save.")
    return _page(who, code, Shown(draft, was, faults, notes=(note,)), 422 if faults else 200)


def _uploaded(who: Visit, data: bytes, years: list[int]) -> Draft:
    """Read a file as TOML or Excel; this year and the next always have their place. Raises BadInput."""
    if not data:
        raise BadInput(N_("Please choose a file first."))
    if data[:2] == b"PK":
        draft = settings_workbook.read(data)
        known = {one.year: one for one in draft.years}
        wanted = sorted({*known, *years})[-MOST_YEARS:]
        empty = settings_draft.YearDraft
        return Draft(draft.week, tuple(known.get(year, empty(year)) for year in wanted))
    calendar, faults = settings_draft.faults_in_text(data.decode("utf-8", "replace"))
    if calendar is None:
        raise BadInput(N_("This calendar cannot be used: {faults}"), faults=faults)
    wanted = sorted({*years, *(one.year for one in calendar.years)})[-MOST_YEARS:]
    return settings_draft.draft_of(calendar, wanted)
