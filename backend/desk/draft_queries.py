"""SQL of wishes that their residents have not confirmed yet, as the queue shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from backend.conversations.state import State
from backend.models import ChannelLink, Draft, Home, Resident
from backend.models.base import Instant
from backend.people import roles
from backend.people.viewer import Viewer

#: on a page of the queue
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """A wish that the resident has not confirmed yet; ``more``: the items of those that wait behind it.

    ``is_asking``: before it stand words of which the bot still asks which service they mean.
    """

    draft: Draft
    home: Home | None
    resident: Resident | None
    more: tuple[str, ...] = ()
    is_asking: bool = False


def _entry(draft: Draft, home: Home | None, resident: Resident | None, link: ChannelLink) -> DraftEntry:
    """The draft keeps the words of all that was wished; only the dialogue knows how many wishes they are."""
    state = State.from_json(link.state.get("now", {}))
    more = (str(wish["item"]) for wish in state.waiting if str(wish["words"]) in draft.words)
    asked = state.offered_words.strip() if state.form is None and state.offered else ""
    return DraftEntry(draft, home, resident, tuple(one for one in more if one != draft.item_id),
                      is_asking=bool(asked) and asked in draft.words)  # fmt: skip


def _drafts(
    viewer: Viewer, tab: str, covered: Sequence[int] = ()
) -> Select[Draft, Home, Resident, ChannelLink]:
    query = (
        select(Draft, Home, Resident, ChannelLink)
        .join(ChannelLink, ChannelLink.id == Draft.link_id)
        .outerjoin(Home, Home.id == Draft.home_id)
        .outerjoin(Resident, Resident.id == Draft.resident_id)
        .where(Draft.state == "to_confirm", Draft.estate_id.in_(viewer.estate_ids))
    )
    if tab == "cover":
        return query.where(Home.butler_id.in_(covered))
    if tab == "mine":
        return query.where(Home.butler_id == viewer.user_id)
    return query.where(Home.butler_id.is_(None)) if tab == "unassigned" else query


def list_drafts(
    session: Session, viewer: Viewer, tab: str, covered: Sequence[int] = (),
    after: tuple[datetime, int] | None = None,
) -> list[DraftEntry]:  # fmt: skip
    """Return a page of the drafts to be confirmed and one more, the longest silent first.

    Field staff see none. ``after``: when the last one of the page before was silent from, and its id.
    """
    if not roles.sees_all_tickets(viewer.role):
        return []
    query = _drafts(viewer, tab, covered)
    if after:
        since = literal(after[0], Instant())
        is_next = and_(Draft.last_at == since, Draft.id > after[1])
        query = query.where(or_(Draft.last_at > since, is_next))
    rows = session.execute(query.order_by(Draft.last_at, Draft.id).limit(MOST + 1))
    return [_entry(*row) for row in rows]


def count_drafts(session: Session, viewer: Viewer, tab: str, covered: Sequence[int] = ()) -> int:
    if not roles.sees_all_tickets(viewer.role):
        return 0
    ids = _drafts(viewer, tab, covered).with_only_columns(Draft.id).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def find_draft(session: Session, viewer: Viewer, draft_id: int) -> DraftEntry | None:
    """Return a draft of the viewer's estates that still waits to be confirmed."""
    row = session.execute(_drafts(viewer, "team").where(Draft.id == draft_id)).first()
    return _entry(*row) if row else None
