"""请假与代班: who is away and who stands in; a leader writes it down for a colleague who is ill."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import words
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.forms import moment_text, read_moment
from backend.desk.queue import Reader
from backend.desk.record_fields import MISSING
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Choice, FieldView
from backend.errors import BadInput
from backend.models import User
from backend.office import absences, account
from backend.people import absence
from backend.people.absence import Absence
from locales import N_, t
from locales.dates import format_moment

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/absences"


@dataclass(frozen=True, slots=True)
class AwayView:
    """One absence that runs or is to come: who, how long, why, who stands in."""

    id: int
    who: str
    span: str
    reason: str
    deputy: str
    is_now: bool


@router.get(PAGE)
def absences_page(who: Visiting) -> Response:
    """Who of the viewer's team is away, and the form for another. Raises Forbidden."""
    return _page(who, {}, {})


def _page(who: Visit, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> Response:
    absences.require_leader(who.viewer)
    with who.db.read() as session:
        reader = reader_of(session, who)
        team = absences.list_team(session, who.viewer)
        shown = [row for one in team if (row := _view(session, reader, one))]
        shell = shell_of(session, who, on="rota")
    fields = _fields(reader, team, typed, errors)
    title = t(who.language, "Absences and deputies")
    return show(who, "absences.html", shell, status=status, away=shown, fields=fields, title=title)


def _view(session: Session, reader: Reader, user: User) -> AwayView | None:
    found = absence.absence_of(user.settings)
    if found is None or found.end <= reader.now:
        return None
    deputy = session.get(User, user.deputy_id) if user.deputy_id else None
    start, end = (format_moment(reader.language, one, reader.zone, reader.now)
                  for one in (found.start, found.end))  # fmt: skip
    return AwayView(
        id=user.id,
        who=_name(reader, user),
        span=t(reader.language, "{start} to {end}", start=start, end=end),
        reason=found.reason,
        deputy=deputy.name(reader.language) if deputy else t(reader.language, "Nobody"),
        is_now=found.covers(reader.now),
    )


def _name(reader: Reader, user: User) -> str:
    return f"{user.name(reader.language)} · {words.name_of(reader.language, words.ROLES, user.role)}"


def _fields(
    reader: Reader, team: list[User], typed: Mapping[str, str], errors: Mapping[str, str]
) -> tuple[FieldView, ...]:
    language = reader.language
    people = tuple(Choice(str(one.id), _name(reader, one)) for one in team)
    named = Choice("", t(language, "Whoever is named already"))
    given = {"start": moment_text(reader.now, reader.zone), **typed}

    def one(
        name: str, label: str, kind: str, choices: tuple[Choice, ...] = (), *, must: bool = True
    ) -> FieldView:
        return FieldView(name, t(language, label), kind, given.get(name, ""), is_required=must,
                         choices=choices, error=errors.get(name, ""))  # fmt: skip

    return (
        one("user", N_("Who"), "select", people),
        one("start", N_("From"), "moment"),
        one("end", N_("Until"), "moment"),
        one("deputy", N_("Deputy when absent"), "select", (named, *people), must=False),
        one("reason", N_("Reason"), "text", must=False),
    )


@router.post("/absences/add")
def add(who: Visiting, fields: Typed) -> Response:
    """Write an absence down. Raises Forbidden, NotFound."""
    with who.db.read() as session:
        zone = reader_of(session, who).zone
    start, end = (read_moment(fields.get(name, ""), zone) for name in ("start", "end"))
    user_id, deputy_id = _number(fields.get("user", "")), _number(fields.get("deputy", ""))
    if start is None or end is None or user_id is None:
        at = "user" if user_id is None else "start" if start is None else "end"
        return _page(who, fields, {at: t(who.language, MISSING)}, 422)
    away = Absence(start, end, fields.get("reason", "").strip()[: account.REASON_LENGTH])
    try:
        who.db.run(
            lambda session: (
                absences.note(session, who.viewer, who.actor, user_id, away, deputy_id, who.now).id
            )
        )
    except BadInput as refusal:
        at = "deputy" if isinstance(refusal, account.WrongDeputy) else "end"
        return _page(who, fields, {at: refusal.worded(who.language)[1]}, refusal.status)
    return go(who.request, PAGE, t(who.language, "Noted. Meanwhile new matters go to the deputy."))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


@router.post("/absences/{user_id}/back")
def back(who: Visiting, user_id: Number, _fields: Typed) -> Response:
    """The colleague is there again. Raises Forbidden, NotFound."""
    who.db.run(lambda session: absences.take_back(session, who.viewer, who.actor, user_id, who.now).id)
    return go(who.request, PAGE, t(who.language, "Noted: on duty again."))
