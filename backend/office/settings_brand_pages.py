"""标志与颜色、小区资料: how an estate looks and what it is called; its sheet and logo for everybody."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from backend.audit import queries as audit_queries
from backend.desk import doors
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.desk.views import FieldView
from backend.errors import BadInput, NotFound, Refusal, TooLarge, VersionConflict
from backend.estates import brand, colour
from backend.estates import queries as estate_queries
from backend.messages import files
from backend.models import Estate, StoredFile
from backend.office import settings_brand
from backend.office.settings import Hand
from backend.office.settings_shared import changed_estate, conflict, estate_of, other_estates
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/settings/brand"
#: an address holds one version only, so what it answers never changes
KEPT: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/brand/{code}.css")
def style(request: Request, code: str) -> Response:
    """The estate's accent colour as a style sheet, for everybody. Raises NotFound without one."""
    with request.app.state.db.read() as session:
        estate = estate_queries.find_estate(session, code)
        accent = brand.accent_of(estate.settings) if estate else ""
    if not accent:
        raise NotFound
    return Response(colour.sheet(accent), media_type="text/css", headers=KEPT)


@router.get("/brand/{code}/logo")
def logo(request: Request, code: str) -> Response:
    """The estate's logo, for everybody. Raises NotFound without one."""
    with request.app.state.db.read() as session:
        estate = estate_queries.find_estate(session, code)
        file_id = brand.logo_of(estate.settings) if estate else ""
        row = session.get(StoredFile, file_id) if file_id else None
    if row is None:
        raise NotFound
    place = files.path_of(request.app.state.settings.media_dir, row.id)
    return FileResponse(place, media_type=row.content_type, headers=KEPT)


@router.get(PAGE)
def page(who: Visiting, estate: str = "") -> Response:
    """Names, hotline, address, colour and logo."""
    return _page(who, {"estate": estate})


def _page(
    who: Visit, fields: Mapping[str, str], errors: Mapping[str, str] | None = None, error: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    language, typed = who.language, "name_zh" in fields
    with who.db.read() as session:
        estate = estate_of(session, who, fields)
        shell = shell_of(session, who, on="settings")
        estates = other_estates(session, who, PAGE)
    given = settings_brand.given_of(estate)
    given["accent"] = brand.accent_of(estate.settings)
    given |= {name: fields.get(name, "") for name in given} if typed else {}
    wrong = errors or {}
    data = [
        FieldView(name, t(language, label), "phone" if name == "hotline" else "text", given[name],
                  error=wrong.get(name, ""), is_required=is_required)
        for name, label, is_required in settings_brand.DATA
    ]  # fmt: skip
    data += [
        FieldView(name, t(language, label), "text", given[name], is_required=False, error=wrong.get(name, ""),
                  hint=t(language, settings_brand.HOURS_HINT, example=example))
        for name, label, example in settings_brand.HOURS
    ]  # fmt: skip
    accent = FieldView("accent", t(language, "Accent colour"), "colour", given["accent"], is_required=False,
                       error=wrong.get("accent", ""),
                       hint=t(language, "Like #0b5cad; empty: the standard blue. Dark pages get a lighter "
                              "shade of it by themselves."))  # fmt: skip
    return show(
        who, "settings_brand.html", shell, status=status, title=t(language, "Logo, colour and names"),
        data=data, accent=accent, offered=settings_brand.offered(given["accent"]), error=error,
        estate=estate, estates=estates, logo=brand.brand_of(estate).logo,
        state=settings_brand.state_of(estate),
    )  # fmt: skip


@router.post(PAGE)
def save(who: Visiting, fields: Typed) -> Response:
    """Keep names, hotline, address and colour; ``use`` is the shade that was offered."""
    wanted = {**fields, "accent": fields["use"]} if fields.get("use") else fields
    errors = settings_brand.faults_of(who.language, wanted)
    if errors:
        return _page(who, wanted, errors, status=422)
    try:
        who.db.run(lambda session: _save(session, who, wanted))
    except VersionConflict as refusal:
        return _page(who, wanted, error=refusal.worded(who.language)[1], status=409)
    return go(who.request, _back(fields), t(who.language, "Saved."))


def _back(fields: Mapping[str, str]) -> str:
    code = fields.get("estate", "")
    return f"{PAGE}?estate={code}" if code.isalnum() else PAGE


def _held(session: Session, who: Visit, fields: Mapping[str, str]) -> Estate:
    return estate_queries.lock_estate(session, changed_estate(session, who, fields).id)


def _hand(who: Visit) -> Hand:
    return Hand(who.actor, who.now, who.real_now)


def _save(session: Session, who: Visit, fields: Mapping[str, str]) -> None:
    estate = _held(session, who, fields)
    if fields.get("state") != settings_brand.state_of(estate):
        raise conflict(session, who, audit_queries.last_of(session, "estate", estate.id))
    settings_brand.save(session, _hand(who), estate, fields)


async def sent(request: Request) -> tuple[dict[str, str], bytes]:
    """FastAPI dependency: a form with one picture, its token right. Raises Forbidden, BadInput."""
    async with request.form(max_files=1, max_fields=10) as form:
        texts = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
        file = form.get("file")
        most = settings_brand.MAX_LOGO
        data = await file.read(most + 1) if isinstance(file, UploadFile) else b""
    if sum(map(len, texts.values())) > doors.MAX_FORM:
        raise BadInput
    return doors.checked_fields(request, texts), data


@router.post(f"{PAGE}/logo")
async def upload(who: Visiting, posted: Annotated[tuple[dict[str, str], bytes], Depends(sent)]) -> Response:
    """Use a picture as the logo; one that is none is refused with the reason."""
    return await asyncio.to_thread(_upload, who, *posted)


def _upload(who: Visit, fields: dict[str, str], data: bytes) -> Response:
    with who.db.read() as session:
        estate_of(session, who, fields)
    try:
        checked = settings_brand.check_logo(data)
    except (BadInput, TooLarge) as refusal:
        return _page(who, {"estate": fields.get("estate", "")}, error=_worded(who, refusal),
                     status=refusal.status)  # fmt: skip
    file_id = files.keep(who.request.app.state.settings.media_dir, checked)
    who.db.run(
        lambda session: settings_brand.set_logo(
            session, _hand(who), _held(session, who, fields), file_id, checked
        )
    )
    return go(who.request, _back(fields), t(who.language, "This is the logo now."))


def _worded(who: Visit, refusal: Refusal) -> str:
    return refusal.worded(who.language)[1]


@router.post(f"{PAGE}/logo/remove")
def remove(who: Visiting, fields: Typed) -> Response:
    """Go back to the standard mark."""
    who.db.run(lambda session: settings_brand.drop_logo(session, _hand(who), _held(session, who, fields)))
    return go(who.request, _back(fields), t(who.language, "The logo is removed."))
