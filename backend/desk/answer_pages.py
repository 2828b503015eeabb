"""常用回复: the estate's ready answers; everybody who answers residents reads them, leaders change them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.answers import holes, queries, service
from backend.answers.service import BadAnswer, ChangedMeanwhile, Wording
from backend.desk import intake
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import FieldView, Link
from backend.errors import Forbidden, NotFound
from backend.models import CannedAnswer, Estate
from backend.people import queries as people_queries
from backend.people import roles
from backend.web.holed import Piece
from locales import N_, t
from locales.dates import format_full

router = APIRouter(include_in_schema=False, route_class=PageRoute)
FIELDS: Final = (
    ("shortcut", N_("Shortcut"), "text"),
    ("title_zh", N_("Name in Chinese"), "text"),
    ("title_en", N_("Name in English"), "text"),
    ("text_zh", N_("Chinese text"), "area"),
    ("text_en", N_("English text"), "area"),
    ("item", N_("Belongs to this service"), "list"),
)
OPTIONAL: Final = frozenset({"text_zh", "text_en", "item"})
NEW, SAVED = N_("The answer is kept."), N_("The answer is saved.")
ON, OFF = N_("The answer is offered again."), N_("The answer is no longer offered.")
MEANWHILE: Final = N_(
    "{who} saved this answer at {when}. What you typed is still here: compare, and save again to keep yours."
)
NO_SERVICE: Final = N_("There is no service with this name. Please choose one from the list.")


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in the list."""

    id: int
    shortcut: str
    title: str
    zh: tuple[Piece, ...]
    en: tuple[Piece, ...]
    service: str
    times: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an answer; ``key`` None: a new one, of the estate of this code ("": the viewer's first).

    ``notice``: somebody else saved it meanwhile."""

    key: int | None
    fields: tuple[FieldView, ...]
    version: int = 0
    is_active: bool = True
    notice: str = ""
    estate: str = ""


def _require_office(who: Visit) -> None:
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden


def _require_leader(who: Visit) -> None:
    if not roles.is_leader(who.viewer.role):
        raise Forbidden


def _estates(session: Session, who: Visit, code: str) -> tuple[Estate, tuple[Link, ...]]:
    """The viewer's estate of this code (their first without one), and the way to each of several.

    Raises NotFound."""
    found = people_queries.list_estates(session, who.viewer)
    estate = next((one for one in found if one.code == code), None) if code else next(iter(found), None)
    if estate is None:
        raise NotFound
    links = tuple(Link(one.name(who.language), f"/answers?estate={one.code}") for one in found)
    return estate, links if len(links) > 1 else ()


def _code_of(session: Session, who: Visit, row: CannedAnswer) -> str:
    """The code of the answer's estate where the viewer has several, for the way back; else ""."""
    found = people_queries.list_estates(session, who.viewer)
    return next(one.code for one in found if one.id == row.estate_id) if len(found) > 1 else ""


def _list_of(code: str) -> str:
    return f"/answers?estate={code}" if code else "/answers"


@router.get("/answers")
def answers_page(who: Visiting, q: str = "", after: str = "", off: str = "", estate: str = "") -> Response:
    """A page of 50 answers of one estate by shortcut; ``off``: those that are no longer offered.

    Raises Forbidden, NotFound."""
    _require_office(who)
    with who.db.read() as session:
        place, estates = _estates(session, who, estate)
        found = queries.list_answers(
            session, who.viewer, place.id, q[:200], is_active=not off, after=after[:60]
        )
        shell = shell_of(session, who, on="answers")
    lines = tuple(_line(who, row) for row in found[: queries.PAGE])
    more = lines[-1].shortcut if len(found) > queries.PAGE else ""
    may_change = roles.is_leader(who.viewer.role)
    return show(who, "answers.html", shell, lines=lines, q=q, off=off, more=more, may_change=may_change,
                estate=place, estates=estates)  # fmt: skip


def _line(who: Visit, row: CannedAnswer) -> Line:
    item = who.menu.find_item(row.item_id) if row.item_id else None
    title = row.title_en if who.language == "en" else row.title_zh
    name = item.name.in_(who.language) if item else ""
    zh, en = holes.named(row.text_zh, "zh"), holes.named(row.text_en, "en")
    return Line(row.id, row.shortcut, title, zh, en, name, row.times, row.is_active)


@router.get("/answers/new")
def new_page(who: Visiting, estate: str = "") -> Response:
    """An empty form for an estate. Raises Forbidden for all but leaders."""
    _require_leader(who)
    return _show(who, Form(None, _fields(who, {}), estate=estate))


@router.post("/answers/new")
def add(who: Visiting, fields: Typed) -> Response:
    """Keep a new answer; what cannot be taken comes back with a sentence at its field."""
    _require_leader(who)
    wording, errors = _read(who, fields)
    code = fields.get("estate", "")

    def work(session: Session) -> None:
        estate, _ = _estates(session, who, code)
        if errors:
            raise BadAnswer({})
        service.add(session, who.viewer, who.actor, estate.id, wording, who.now)

    try:
        who.db.run(work)
    except BadAnswer as bad:
        return _show(who, Form(None, _fields(who, fields, errors | _worded(who, bad)), estate=code), 422)
    return go(who.request, _list_of(code), t(who.language, NEW))


@router.get("/answers/{answer_id}")
def answer_page(who: Visiting, answer_id: Number) -> Response:
    """One answer with its form. Raises NotFound, Forbidden."""
    _require_leader(who)
    with who.db.read() as session:
        row = queries.get_answer(session, who.viewer, answer_id)
        code = _code_of(session, who, row)
    return _show(who, Form(row.id, _fields(who, _typed_of(who, row)), row.version, row.is_active, "", code))


@router.post("/answers/{answer_id}")
def change(who: Visiting, answer_id: Number, fields: Typed) -> Response:
    """Save an answer; where somebody else saved it meanwhile, what was typed stays beside who it was."""
    _require_leader(who)
    wording, errors = _read(who, fields)
    version = _whole(fields.get("version", ""))

    def work(session: Session) -> str:
        if errors:
            queries.get_answer(session, who.viewer, answer_id)
            raise BadAnswer({})
        row = service.change(session, who.viewer, who.actor, answer_id, wording, version, who.now)
        return _code_of(session, who, row)

    try:
        code = who.db.run(work)
    except BadAnswer as bad:
        shown = _fields(who, fields, errors | _worded(who, bad))
        return _show(who, Form(answer_id, shown, version, estate=fields.get("estate", "")), 422)
    except ChangedMeanwhile:
        return _conflict(who, answer_id, fields)
    return go(who.request, _list_of(code), t(who.language, SAVED))


def _conflict(who: Visit, answer_id: int, fields: Mapping[str, str]) -> Response:
    with who.db.read() as session:
        row = queries.get_answer(session, who.viewer, answer_id)
        author, zone = queries.find_author(session, row), reader_of(session, who).zone
    name = author.name(who.language) if author else t(who.language, "The house itself")
    when = format_full(who.language, row.changed_at, zone)
    notice = t(who.language, MEANWHILE, who=name, when=when)
    theirs = row.text_en if who.language == "en" else row.text_zh
    form = Form(row.id, _fields(who, fields), row.version, row.is_active, f"{notice} “{theirs}”",
                fields.get("estate", ""))  # fmt: skip
    return _show(who, form, 409)


@router.post("/answers/{answer_id}/switch")
def switch(who: Visiting, answer_id: Number, fields: Typed) -> Response:
    """Offer an answer again, or no more. Raises NotFound, Forbidden."""
    is_active = fields.get("on") == "1"

    def work(session: Session) -> str:
        service.switch(session, who.viewer, who.actor, answer_id, is_active, who.now)
        return _code_of(session, who, queries.get_answer(session, who.viewer, answer_id))

    return go(who.request, _list_of(who.db.run(work)), t(who.language, ON if is_active else OFF))


def _show(who: Visit, form: Form, status: int = 200) -> Response:
    with who.db.read() as session:
        shell = shell_of(session, who, on="answers")
    items = intake.item_names(who.menu, who.language)
    return show(
        who, "answer.html", shell, status=status, form=form, holes=holes.known(who.language), items=items
    )


def _fields(
    who: Visit, typed: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> tuple[FieldView, ...]:
    hints = {"shortcut": t(who.language, "What is typed after “/” in the composer.")}
    return tuple(
        FieldView(name, t(who.language, label), kind, typed.get(name, ""), hints.get(name, ""),
                  (errors or {}).get(name, ""), is_required=name not in OPTIONAL)
        for name, label, kind in FIELDS
    )  # fmt: skip


def _typed_of(who: Visit, row: CannedAnswer) -> dict[str, str]:
    item = who.menu.find_item(row.item_id) if row.item_id else None
    typed = {name: str(getattr(row, name)) for name, *_ in FIELDS if name != "item"}
    return {**typed, "item": item.name.in_(who.language) if item else ""}


def _read(who: Visit, fields: Mapping[str, str]) -> tuple[Wording, dict[str, str]]:
    """The wording that was typed, and what is wrong with its service."""
    typed = {name: fields.get(name, "").strip() for name, *_ in FIELDS}
    item = intake.find_item(who.menu, typed["item"]) if typed["item"] else None
    errors = {"item": t(who.language, NO_SERVICE)} if typed["item"] and item is None else {}
    wording = Wording(typed["shortcut"].lower(), typed["title_zh"], typed["title_en"], typed["text_zh"],
                      typed["text_en"], item.id if item else None)  # fmt: skip
    return wording, errors


def _worded(who: Visit, bad: BadAnswer) -> dict[str, str]:
    return {name: t(who.language, text, **values) for name, (text, values) in bad.errors.items()}


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
