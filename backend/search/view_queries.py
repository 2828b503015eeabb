"""SQL of saved views: one's own, and those that colleagues share."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from backend.models import SavedView, User
from backend.people.viewer import Viewer

PAGE: Final = "tickets"
#: views in the list of them; nobody finds anything among more
MOST: Final = 100


def _visible(viewer: Viewer) -> Select[SavedView, User]:
    return (
        select(SavedView, User)
        .join(User, User.id == SavedView.user_id)
        .where(
            SavedView.page == PAGE,
            SavedView.estate_id.in_(viewer.estate_ids),
            or_(SavedView.user_id == viewer.user_id, SavedView.is_shared),
        )
    )


def list_views(session: Session, viewer: Viewer) -> list[tuple[SavedView, User]]:
    """Return the views that the viewer may use, with their owners: one's own first, by name."""
    query = _visible(viewer).order_by((SavedView.user_id != viewer.user_id), SavedView.name, SavedView.id)
    return [(view, owner) for view, owner in session.execute(query.limit(MOST))]


def find_view(session: Session, viewer: Viewer, view_id: int) -> SavedView | None:
    """Return a view that the viewer may use."""
    row = session.execute(_visible(viewer).where(SavedView.id == view_id)).first()
    return row[0] if row else None


def list_names(session: Session, estate_id: int, user_id: int) -> Sequence[tuple[int, str]]:
    """Return id and name of every view of one person in one estate."""
    query = select(SavedView.id, SavedView.name).where(
        SavedView.page == PAGE, SavedView.estate_id == estate_id, SavedView.user_id == user_id
    )
    return [(id_, name) for id_, name in session.execute(query)]
