"""Ready answers of an estate: begun with, added, changed, switched. Nothing here commits."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.answers import holes, queries
from backend.answers.starter import standard_answers
from backend.audit import service as audit
from backend.errors import Forbidden, GuanjiaError
from backend.models import CannedAnswer
from backend.people import roles
from backend.people.viewer import Viewer
from locales import N_

#: characters of a text; a message to a resident has no more
LONGEST: Final = 4000
LONGEST_TITLE: Final = 80
_SHORTCUT: Final = re.compile(r"[\w-]{1,30}")
MISSING: Final = N_("Please fill this in.")
TOO_LONG: Final = N_("Please keep this under {limit} characters.")
BAD_SHORTCUT: Final = N_("Letters, digits and hyphens only, at most 30, without spaces.")
TAKEN: Final = N_("Another answer has this shortcut already. Please choose another one.")
NO_TEXT: Final = N_("Please write the answer in at least one language.")
UNKNOWN_HOLES: Final = N_("There is no such hole: {holes}. The holes are: {known}.")


class BadAnswer(GuanjiaError):
    """What was typed cannot be kept: field -> (sentence, values)."""

    def __init__(self, errors: Mapping[str, tuple[str, dict[str, object]]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


class ChangedMeanwhile(GuanjiaError):
    """Somebody else saved the answer since the form was opened."""


@dataclass(frozen=True, slots=True)
class Wording:
    """An answer as it is typed. ``item_id``: the service it belongs to, if to one."""

    shortcut: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    item_id: str | None


def seed(session: Session, estate_id: int, now: datetime) -> None:
    """Give a new estate the answers to begin with."""
    for one in standard_answers():
        wording = Wording(one.shortcut, one.title.zh, one.title.en, one.text.zh, one.text.en, one.item)
        session.add(CannedAnswer(estate_id=estate_id, changed_at=now, **asdict(wording)))


def add(
    session: Session, viewer: Viewer, actor: audit.Actor, estate_id: int, wording: Wording, now: datetime
) -> CannedAnswer:
    """Add an answer. Raises Forbidden, BadAnswer."""
    _allow(viewer, estate_id)
    _check(session, estate_id, wording, None)
    row = CannedAnswer(estate_id=estate_id, changed_at=now, changed_by_id=viewer.user_id, **asdict(wording))
    session.add(row)
    session.flush()
    audit.record(session, actor, now, "answer.add", estate_id=estate_id, subject="answer",
                 subject_id=row.id, after=asdict(wording))  # fmt: skip
    return row


def change(
    session: Session, viewer: Viewer, actor: audit.Actor, answer_id: int, wording: Wording, version: int,
    now: datetime,
) -> CannedAnswer:  # fmt: skip
    """Save an answer in other words. Raises NotFound, Forbidden, ChangedMeanwhile, BadAnswer."""
    row = queries.get_answer(session, viewer, answer_id, hold=True)
    _allow(viewer, row.estate_id)
    if row.version != version:
        raise ChangedMeanwhile
    _check(session, row.estate_id, wording, row.id)
    before = asdict(wording_of(row))
    for name, value in asdict(wording).items():
        setattr(row, name, value)
    _changed(row, viewer, now)
    audit.record(session, actor, now, "answer.change", estate_id=row.estate_id, subject="answer",
                 subject_id=row.id, before=before, after=asdict(wording))  # fmt: skip
    return row


def switch(
    session: Session, viewer: Viewer, actor: audit.Actor, answer_id: int, is_active: bool, now: datetime
) -> CannedAnswer:
    """Offer an answer, or offer it no more. Raises NotFound, Forbidden."""
    row = queries.get_answer(session, viewer, answer_id, hold=True)
    _allow(viewer, row.estate_id)
    before, row.is_active = row.is_active, is_active
    _changed(row, viewer, now)
    audit.record(session, actor, now, "answer.switch", estate_id=row.estate_id, subject="answer",
                 subject_id=row.id, before={"is_active": before}, after={"is_active": is_active})  # fmt: skip
    return row


def used(session: Session, viewer: Viewer, answer_ids: Sequence[int]) -> None:
    """Count a use of each: what is used most is offered first. Unknown and foreign ones count nothing."""
    for row in queries.hold_answers(session, viewer, answer_ids):
        row.times += 1


def wording_of(row: CannedAnswer) -> Wording:
    return Wording(row.shortcut, row.title_zh, row.title_en, row.text_zh, row.text_en, row.item_id)


def _changed(row: CannedAnswer, viewer: Viewer, now: datetime) -> None:
    row.version += 1
    row.changed_at, row.changed_by_id = now, viewer.user_id


def _allow(viewer: Viewer, estate_id: int) -> None:
    if not roles.is_leader(viewer.role) or not viewer.works_in(estate_id):
        raise Forbidden


def _check(session: Session, estate_id: int, wording: Wording, besides: int | None) -> None:
    errors: dict[str, tuple[str, dict[str, object]]] = {}
    for name in ("title_zh", "title_en"):
        _check_text(errors, name, getattr(wording, name), LONGEST_TITLE, is_required=True)
    for name in ("text_zh", "text_en"):
        _check_text(errors, name, getattr(wording, name), LONGEST, is_required=False)
    if not wording.text_zh and not wording.text_en:
        errors["text_zh"] = (NO_TEXT, {})
    if not _SHORTCUT.fullmatch(wording.shortcut):
        errors["shortcut"] = (BAD_SHORTCUT, {})
    elif queries.has_shortcut(session, estate_id, wording.shortcut, besides):
        errors["shortcut"] = (TAKEN, {})
    if errors:
        raise BadAnswer(errors)


def _check_text(
    errors: dict[str, tuple[str, dict[str, object]]], name: str, text: str, longest: int, *, is_required: bool
) -> None:
    unknown = sorted(holes.names_in(text) - holes.LABELS.keys())
    if is_required and not text:
        errors[name] = (MISSING, {})
    elif len(text) > longest:
        errors[name] = (TOO_LONG, {"limit": longest})
    elif unknown:
        known = " ".join("{" + one + "}" for one in holes.LABELS)
        errors[name] = (UNKNOWN_HOLES, {"holes": ", ".join(unknown), "known": known})
