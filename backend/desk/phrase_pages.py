"""机器人学到的说法: what was proposed, approved and rejected; adding, and trying a sentence."""

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.desk import intake, understanding
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Forbidden
from backend.learning import service as learning
from backend.models import Phrase
from backend.people import roles
from locales import N_, html_tag, t
from locales.dates import format_moment

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = 50
STATES: Final = {
    "proposed": N_("To review"), "approved": N_("In effect"), "rejected": N_("Rejected"),
}  # fmt: skip
SOURCES: Final = {"button": N_("from a choice"), "operator": N_("added here")}
APPROVED, REJECTED = N_("In effect within five seconds."), N_("It has no effect any more.")
NO_SERVICE: Final = N_("There is no service with this name. Please choose one from the list.")


@dataclass(frozen=True, slots=True)
class Line:
    """One phrase in the list; ``error`` says what is wrong with what was typed for it."""

    id: int
    text: str
    lang: str
    service: str
    source: str
    times: int
    when: str
    error: str = ""


def _require_teacher(who: Visit) -> None:
    if not roles.may_teach(who.viewer.role):
        raise Forbidden


@router.get("/phrases")
def phrases_page(
    who: Visiting, state: str = "proposed", before: int | None = None, sentence: str = ""
) -> Response:
    """A page of 50 phrases of one state, newest first; ``sentence`` is tried. Raises Forbidden."""
    _require_teacher(who)
    return _page(who, state if state in STATES else "proposed", before, sentence=sentence[:200])


def _page(
    who: Visit, state: str, before: int | None = None, *, sentence: str = "", status: int = 200,
    wrong: tuple[int, str] = (0, ""), typed: tuple[str, str] = ("", ""),
) -> Response:  # fmt: skip
    """``wrong``: the phrase (0: the new one) and the sentence; ``typed``: what the new one held."""
    with who.db.read() as session:
        last = before if before is not None and 0 < before < 2**53 else None
        rows = learning.list_phrases(session, who.viewer, state=state, before=last, limit=PAGE + 1)
        zone, shell = reader_of(session, who).zone, shell_of(session, who, on="phrases")
    lines = tuple(_line(who, row, zone, wrong) for row in rows[:PAGE])
    engine = who.request.app.state.engine
    guesses = understanding.guesses_of(engine, who.menu, sentence, who.language, who.now)
    tabs = tuple((name, t(who.language, label)) for name, label in STATES.items())
    return show(
        who, "phrases.html", shell, status=status, lines=lines, state=state, tabs=tabs, sentence=sentence,
        guesses=guesses, items=intake.item_names(who.menu, who.language), typed=typed,
        error="" if wrong[0] else wrong[1], older=rows[PAGE - 1].id if len(rows) > PAGE else 0,
    )  # fmt: skip


def _line(who: Visit, row: Phrase, zone: str, wrong: tuple[int, str]) -> Line:
    found = [who.menu.find_item(one) for one in row.items]
    names = [item.name.in_(who.language) for item in found if item is not None]
    return Line(
        row.id, row.text, html_tag(row.language), (names or row.items or [""])[0],
        t(who.language, SOURCES.get(row.source, SOURCES["operator"])), row.times,
        format_moment(who.language, row.created_at, zone, who.now),
        wrong[1] if wrong[0] == row.id else "",
    )  # fmt: skip


@router.post("/phrases")
def add(who: Visiting, fields: Typed) -> Response:
    """Add a phrase, in effect at once. Raises Forbidden."""
    _require_teacher(who)
    text, name = fields.get("text", "").strip(), fields.get("item", "").strip()
    item = intake.find_item(who.menu, name) if name else None
    if item is None:
        sentence = t(who.language, NO_SERVICE)
        return _page(who, "proposed", status=422, wrong=(0, sentence), typed=(text, name))

    def work(session: Session) -> None:
        row = learning.add(session, who.menu, who.viewer, text, [item.id], who.now)
        _log(session, who, "phrase.add", row)

    try:
        who.db.run(work)
    except BadInput as bad:
        sentence = bad.worded(who.language)[1]
        return _page(who, "proposed", status=422, wrong=(0, sentence), typed=(text, name))
    return go(who.request, "/phrases?state=approved", t(who.language, APPROVED))


@router.post("/phrases/{key}/approve")
def approve(who: Visiting, key: Number, fields: Typed) -> Response:
    """Let a phrase take effect, in these words and for this service. Raises NotFound, Forbidden."""
    _require_teacher(who)
    state = fields.get("state", "proposed")
    item = intake.find_item(who.menu, fields.get("item", "").strip() or "-")
    if item is None:
        sentence = t(who.language, NO_SERVICE)
        return _page(who, state if state in STATES else "proposed", status=422, wrong=(key, sentence))

    def work(session: Session) -> None:
        text = fields.get("text", "").strip() or None
        row = learning.approve(session, who.menu, who.viewer, key, who.now, text, [item.id])
        _log(session, who, "phrase.approve", row)

    try:
        who.db.run(work)
    except BadInput as bad:
        return _page(who, state if state in STATES else "proposed", status=422,
                     wrong=(key, bad.worded(who.language)[1]))  # fmt: skip
    return go(who.request, "/phrases", t(who.language, APPROVED))


@router.post("/phrases/{key}/reject")
def reject(who: Visiting, key: Number, fields: Typed) -> Response:
    """Let a phrase have no effect. Raises NotFound, Forbidden."""

    def work(session: Session) -> None:
        row = learning.reject(session, who.viewer, key, who.now)
        _log(session, who, "phrase.reject", row)

    who.db.run(work)
    return go(who.request, "/phrases", t(who.language, REJECTED))


def _log(session: Session, who: Visit, action: str, row: Phrase) -> None:
    """Which phrase for which service; a resident's words stay out of the log."""
    session.flush()
    audit.record(session, who.actor, who.now, action, estate_id=row.estate_id, subject="phrase",
                 subject_id=row.id, after={"item_id": ", ".join(row.items), "state": row.state})  # fmt: skip
