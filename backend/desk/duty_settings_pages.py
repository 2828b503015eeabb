"""Which duties an estate has, and at which hours: for managers and administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.desk import words
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.estate_links import address, links_of
from backend.desk.shell import shell_of, show
from backend.duties import queries, settings
from backend.duties.rules import Duties, Duty, standard_duties
from backend.errors import Forbidden
from backend.estates import queries as estate_queries
from backend.models import Estate
from backend.people import roles
from backend.people.estates import estate_id_of, shown_estate
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE = "/settings/duties"


#: how often, in three parts of the page: what their hours are differs
PARTS: Final = (
    (("day",), N_("Every day"), N_("Write hours like 08:00–10:00, several with a space between them.")),
    (("week", "month", "year"), N_("Every week, month or year"),
     N_("Write the hour by which it is done on its last day, like 18:00.")),
    (("shift", "anchor", "event"), N_("When something happens"),
     N_("At a change of shift, after somebody moves in or when a ticket calls for it: no fixed hours.")),
)  # fmt: skip
ROLE_RHYTHM: Final = {
    "week": N_("{role} · every week"), "month": N_("{role} · every month"), "year": N_("{role} · every year"),
}  # fmt: skip
#: hours that do not fit into one line of a phone
LONG: Final = 24


@dataclass(frozen=True, slots=True)
class RuleView:
    """One duty as it is arranged here; ``hours`` is empty where it has none of its own, ``is_long`` where
    they need two lines of a phone."""

    id: str
    title: str
    role: str
    is_on: bool
    hours: str
    error: str = ""
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The duties of one rhythm, and how their hours are written."""

    title: str
    hint: str
    is_daily: bool
    rules: tuple[RuleView, ...]


@router.get(PAGE)
def settings_page(who: Visiting, estate: str = "") -> Response:
    """Every duty, on or off, with its hours, in the estate of this code."""
    return _page(who, estate)


def _page(who: Visit, code: str, typed: Mapping[str, str] | None = None, wrong: frozenset[str] = frozenset(),
          status: int = 200) -> Response:  # fmt: skip
    with who.db.read() as session:
        _require(who)
        estate = shown_estate(session, who.viewer, code)
        others = links_of(session, who, estate, PAGE)
        shell = shell_of(session, who, on="duties")
    arranged = settings.with_settings(standard_duties(), estate.settings)
    parts = _parts(who.language, arranged, typed, wrong)
    faults = _unread(who.language, settings.faults_of(standard_duties(), estate.settings))
    return show(who, "duty_settings.html", shell, parts=parts, faults=faults, status=status,
                estates=others, estate=estate.code if others else "",
                title=t(who.language, "Duties of {estate}", estate=estate.name(who.language)))  # fmt: skip


def _parts(
    language: str, arranged: Duties, typed: Mapping[str, str] | None, wrong: frozenset[str]
) -> list[Part]:
    return [
        Part(t(language, title), t(language, hint), "day" in kinds,
             tuple(_view(language, one, typed, one.id in wrong) for one in arranged if one.every in kinds))
        for kinds, title, hint in PARTS
    ]  # fmt: skip


def _unread(language: str, faults: Sequence[str]) -> str:
    """What cannot be read, by the duty's title; by what stands in the settings where no duty is so called."""
    titles = {one.id: one.title(language) for one in standard_duties()}
    names = dict.fromkeys(one.partition(".")[0] for one in faults)
    return ("、" if language == "zh" else ", ").join(titles.get(one, one) for one in names)


def _require(who: Visit) -> None:
    if not roles.may_manage_people(who.viewer.role):
        raise Forbidden


def _view(language: str, duty: Duty, typed: Mapping[str, str] | None, is_wrong: bool) -> RuleView:
    hours = settings.hours_text(duty)
    shown = (typed or {}).get(f"hours.{duty.id}", _in_lines(hours)) if hours else ""
    says = (
        N_("Please write hours like 08:00–10:00.")
        if duty.every == "day"
        else N_("Please write the hour like 18:00.")
    )
    return RuleView(
        id=duty.id,
        title=duty.title(language),
        role=_role_of(language, duty),
        is_on=f"on.{duty.id}" in typed if typed is not None else duty.is_on,
        hours=shown,
        error=t(language, says) if is_wrong else "",
        is_long=len(shown) > LONG,
    )


def _in_lines(hours: str) -> str:
    """Two stretches of hours a line: more do not fit into one line of a phone."""
    parts = hours.split(" ")
    return "\n".join(" ".join(parts[at : at + 2]) for at in range(0, len(parts), 2))


def _role_of(language: str, duty: Duty) -> str:
    """Who does it and, where the part of the page does not say it, how often."""
    role = words.name_of(language, words.ROLES, duty.role)
    if duty.months > 1:
        return t(language, "{role} · every {months} months", role=role, months=duty.months)
    rhythm = ROLE_RHYTHM.get(duty.every)
    return t(language, rhythm, role=role) if rhythm else role


@router.post(PAGE)
def arrange(who: Visiting, fields: Typed) -> Response:
    """Keep what was changed; hours that cannot be read are said at their duty, and nothing is kept."""
    found = {one.id: _change(one, fields) for one in standard_duties()}
    wrong = frozenset(name for name, change in found.items() if change is None)
    code = fields.get("estate", "")
    if wrong:
        return _page(who, code, fields, wrong, 422)
    changes = {name: change for name, change in found.items() if change}
    who.db.run(lambda session: _keep(session, who, code, changes))
    return go(who.request, address(PAGE, estate=code), t(who.language, "The duties are arranged."))


def _change(duty: Duty, fields: Mapping[str, str]) -> dict[str, Any] | None:
    """What the form changes in one duty; None when its hours cannot be read."""
    is_on = f"on.{duty.id}" in fields
    change: dict[str, Any] = {} if is_on == duty.is_on else {"on": is_on}
    if not settings.hours_text(duty):
        return change
    hours = settings.read_hours(duty, fields.get(f"hours.{duty.id}", settings.hours_text(duty)))
    return None if hours is None else change | hours


def _keep(session: Session, who: Visit, code: str, changes: Mapping[str, dict[str, Any]]) -> None:
    _require(who)
    # Held: what others set of the estate at this moment stays beside it.
    estate = estate_queries.lock_estate(session, estate_id_of(session, who.viewer, code))
    former = estate.settings.get("duties")
    roles_kept = {
        name: {"role": one["role"]}
        for name, one in (former.items() if isinstance(former, Mapping) else ())
        if isinstance(one, Mapping) and "role" in one
    }
    names = {*roles_kept, *changes}
    merged = {name: roles_kept.get(name, {}) | changes.get(name, {}) for name in sorted(names)}
    was, estate.settings = _arranged(estate), {**estate.settings, "duties": merged}
    after = _told(was, _arranged(estate))
    if after:
        audit.record(session, who.actor, who.real_now, "settings.duties", estate_id=estate.id,
                     subject="estate", subject_id=estate.id, after=after)  # fmt: skip
    queries.look_soon(session, estate.id, who.now)


def _arranged(estate: Estate) -> dict[str, tuple[bool, str]]:
    """Every duty by its id: whether it is on, and its hours."""
    rules = settings.with_settings(standard_duties(), estate.settings)
    return {one.id: (one.is_on, settings.hours_text(one)) for one in rules}


def _told(was: Mapping[str, tuple[bool, str]], now: Mapping[str, tuple[bool, str]]) -> dict[str, list[str]]:
    """What the audit log keeps: the duties that were switched off or on, and new hours."""
    found = {
        "duties_off": [name for name, (is_on, _) in now.items() if was[name][0] and not is_on],
        "duties_on": [name for name, (is_on, _) in now.items() if is_on and not was[name][0]],
        "duty_hours": [f"{name} {hours}" for name, (_, hours) in now.items() if hours != was[name][1]],
    }
    return {name: ids for name, ids in found.items() if ids}
