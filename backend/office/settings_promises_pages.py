"""时限: every promise as it is made now, and when its clocks show "due soon", which an estate sets itself."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit import queries as audit_queries
from backend.deadlines import warnings
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.desk.views import FieldView
from backend.errors import VersionConflict
from backend.estates import queries as estate_queries
from backend.models import Estate
from backend.office import settings_promises
from backend.office.settings import Hand
from backend.office.settings_shared import changed_estate, conflict, estate_of, other_estates
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/settings/promises"


@router.get(PAGE)
def page(who: Visiting, estate: str = "") -> Response:
    """Every promise of an estate as it is made now. Raises Forbidden, NotFound."""
    return _page(who, {"estate": estate})


def _page(
    who: Visit, fields: Mapping[str, str], errors: Mapping[str, str] | None = None, error: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    language = who.language
    with who.db.read() as session:
        estate = estate_of(session, who, fields)
        shell = shell_of(session, who, on="settings")
        estates = other_estates(session, who, PAGE)
        since = settings_promises.since(session, language, estate.timezone)
    return show(
        who, "settings_promises.html", shell, status=status, title=t(language, "Promises"),
        promises=settings_promises.list_of(language, estate.settings), since=since,
        figures=_figures(language, estate, fields, errors or {}), error=error, estate=estate,
        estates=estates, state=settings_promises.state_of(estate),
    )  # fmt: skip


def _figures(
    language: str, estate: Estate, fields: Mapping[str, str], errors: Mapping[str, str]
) -> list[FieldView]:
    """The form: as typed after a fault, else as it is set."""
    own = warnings.figures_of(warnings.own_of(estate.settings))
    standard = warnings.figures_of(warnings.STANDARD)
    return [
        FieldView(name, t(language, label), "number", fields.get(name, str(own[name])),
                  hint=t(language, "Standard: {figure}", figure=standard[name]), error=errors.get(name, ""))
        for name, label in settings_promises.FIGURES
    ]  # fmt: skip


@router.post(f"{PAGE}/warning")
def save(who: Visiting, fields: Typed) -> Response:
    """Set when clocks show "due soon"; it holds for clocks that start afterwards."""
    figures = settings_promises.read(fields)
    errors = settings_promises.faults_of(who.language, figures)
    if errors:
        return _page(who, fields, errors, status=422)
    try:
        code = who.db.run(lambda session: _save(session, who, fields, figures))
    except VersionConflict as refusal:
        return _page(who, fields, error=refusal.worded(who.language)[1], status=409)
    return go(who.request, f"{PAGE}?estate={code}", t(who.language, "Saved. It holds for clocks that start "
              "from now on; those that run already warn as before."))  # fmt: skip


def _save(session: Session, who: Visit, fields: Mapping[str, str], figures: Mapping[str, int | None]) -> str:
    estate = estate_queries.lock_estate(session, changed_estate(session, who, fields).id)
    if fields.get("state") != settings_promises.state_of(estate):
        raise conflict(session, who, audit_queries.last_of(session, "warning", estate.id))
    hand = Hand(who.actor, who.now, who.real_now)
    settings_promises.save_warning(session, hand, estate, figures)
    return estate.code
