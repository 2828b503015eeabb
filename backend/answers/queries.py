"""SQL of ready answers. Every function takes a viewer; another estate's answer does not exist for them."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import CannedAnswer, User
from backend.people.viewer import Viewer

#: more are not shown at once; an estate has some dozens
MOST: Final = 200
PAGE: Final = 50


def _own(viewer: Viewer) -> Select[CannedAnswer]:
    return select(CannedAnswer).where(CannedAnswer.estate_id.in_(viewer.estate_ids))


def list_answers(
    session: Session,
    viewer: Viewer,
    estate_id: int,
    text: str = "",
    *,
    is_active: bool | None = None,
    after: str = "",
) -> Sequence[CannedAnswer]:
    """Return a page of an estate's answers and one more, by shortcut (each is there once).

    ``text``: words of their name, text or shortcut."""
    query = _own(viewer).where(CannedAnswer.estate_id == estate_id)
    query = query.order_by(CannedAnswer.shortcut).limit(PAGE + 1)
    for word in text.lower().split():
        fields = (CannedAnswer.shortcut, CannedAnswer.title_zh, CannedAnswer.title_en, CannedAnswer.text_zh,
                  CannedAnswer.text_en)  # fmt: skip
        query = query.where(or_(*(func.lower(one).contains(word, autoescape=True) for one in fields)))
    if is_active is not None:
        query = query.where(CannedAnswer.is_active.is_(is_active))
    return session.scalars(query.where(CannedAnswer.shortcut > after) if after else query).all()


def list_offered(session: Session, viewer: Viewer, estate_id: int, item_id: str) -> Sequence[CannedAnswer]:
    """Return the answers in use in an estate: those of this service first, then the most used."""
    query = _own(viewer).where(CannedAnswer.estate_id == estate_id, CannedAnswer.is_active.is_(True))
    is_other = CannedAnswer.item_id.is_distinct_from(item_id)
    return session.scalars(
        query.order_by(is_other, CannedAnswer.times.desc(), CannedAnswer.id).limit(MOST)
    ).all()


def get_answer(session: Session, viewer: Viewer, answer_id: int, *, hold: bool = False) -> CannedAnswer:
    """Return an answer of the viewer's estates; ``hold`` locks it for a change. Raises NotFound."""
    query = _own(viewer).where(CannedAnswer.id == answer_id)
    found = session.scalars(query.with_for_update() if hold else query).first()
    if found is None:
        raise NotFound
    return found


def hold_answers(session: Session, viewer: Viewer, answer_ids: Sequence[int]) -> Sequence[CannedAnswer]:
    """Return those of these answers that are the viewer's estates', locked for a change."""
    query = _own(viewer).where(CannedAnswer.id.in_(answer_ids)).order_by(CannedAnswer.id)
    return session.scalars(query.with_for_update()).all()


def has_shortcut(session: Session, estate_id: int, shortcut: str, besides: int | None) -> bool:
    """True when another answer of the estate has this shortcut already."""
    query = select(CannedAnswer.id).where(
        CannedAnswer.estate_id == estate_id, CannedAnswer.shortcut == shortcut
    )
    return any(one != besides for one in session.scalars(query))


def find_author(session: Session, answer: CannedAnswer) -> User | None:
    """Return who changed the answer last; None for the house itself."""
    return session.get(User, answer.changed_by_id) if answer.changed_by_id else None
