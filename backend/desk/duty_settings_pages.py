"""Which duties an estate has, and at which hours: for managers and administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import words
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.duties import queries, settings
from backend.duties.rules import Duty, standard_duties
from backend.errors import Forbidden, NotFound
from backend.estates import queries as estate_queries
from backend.models import Estate
from backend.people import roles
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE = "/settings/duties"


@dataclass(frozen=True, slots=True)
class RuleView:
    """One duty as it is arranged here; ``hours`` is empty where it has none of its own."""

    id: str
    title: str
    role: str
    is_on: bool
    hours: str
    error: str = ""


@router.get(PAGE)
def settings_page(who: Visiting) -> Response:
    """Every duty, on or off, with its hours."""
    return _page(who)


def _page(who: Visit, typed: Mapping[str, str] | None = None, wrong: frozenset[str] = frozenset(),
          status: int = 200) -> Response:  # fmt: skip
    with who.db.read() as session:
        estate = _estate(session, who)
        shell = shell_of(session, who, on="duties")
    arranged = settings.with_settings(standard_duties(), estate.settings)
    rules = [_view(who.language, one, typed, one.id in wrong) for one in arranged]
    faults = ", ".join(settings.faults_of(standard_duties(), estate.settings))
    return show(who, "duty_settings.html", shell, rules=rules, faults=faults, status=status,
                title=t(who.language, "Duties of {estate}", estate=estate.name(who.language)))  # fmt: skip


def _estate(session: Session, who: Visit) -> Estate:
    if not roles.may_manage_people(who.viewer.role):
        raise Forbidden
    if not who.viewer.estate_ids:
        raise NotFound
    return queries.get_estate(session, min(who.viewer.estate_ids))


def _view(language: str, duty: Duty, typed: Mapping[str, str] | None, is_wrong: bool) -> RuleView:
    hours = settings.hours_text(duty)
    return RuleView(
        id=duty.id,
        title=duty.title(language),
        role=words.name_of(language, words.ROLES, duty.role),
        is_on=f"on.{duty.id}" in typed if typed is not None else duty.is_on,
        hours=(typed or {}).get(f"hours.{duty.id}", hours) if hours else "",
        error=t(language, "Please write hours like 08:00–10:00.") if is_wrong else "",
    )


@router.post(PAGE)
def arrange(who: Visiting, fields: Typed) -> Response:
    """Keep what was changed; hours that cannot be read are said at their duty, and nothing is kept."""
    found = {one.id: _change(one, fields) for one in standard_duties()}
    wrong = frozenset(name for name, change in found.items() if change is None)
    if wrong:
        return _page(who, fields, wrong, 422)
    changes = {name: change for name, change in found.items() if change}
    who.db.run(lambda session: _keep(session, who, changes))
    return go(who.request, PAGE, t(who.language, "The duties are arranged."))


def _change(duty: Duty, fields: Mapping[str, str]) -> dict[str, Any] | None:
    """What the form changes in one duty; None when its hours cannot be read."""
    is_on = f"on.{duty.id}" in fields
    change: dict[str, Any] = {} if is_on == duty.is_on else {"on": is_on}
    if not settings.hours_text(duty):
        return change
    hours = settings.read_hours(duty, fields.get(f"hours.{duty.id}", settings.hours_text(duty)))
    return None if hours is None else change | hours


def _keep(session: Session, who: Visit, changes: Mapping[str, dict[str, Any]]) -> None:
    # Held: what others set of the estate at this moment stays beside it.
    estate = estate_queries.lock_estate(session, _estate(session, who).id)
    former = estate.settings.get("duties")
    roles_kept = {
        name: {"role": one["role"]}
        for name, one in (former.items() if isinstance(former, Mapping) else ())
        if isinstance(one, Mapping) and "role" in one
    }
    names = {*roles_kept, *changes}
    merged = {name: roles_kept.get(name, {}) | changes.get(name, {}) for name in sorted(names)}
    estate.settings = {**estate.settings, "duties": merged}
    queries.look_soon(session, estate.id, who.now)
