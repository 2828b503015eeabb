"""Verbs of saved views: keep one, rename or share it, bring it up to date, remove it. None commits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.errors import Forbidden, NotFound
from backend.models import SavedView
from backend.people import homes, phones, roles
from backend.people.viewer import Viewer
from backend.search import asked as addresses
from backend.search import view_queries, word_queries
from backend.search.asked import Asked
from backend.vault import Vault
from locales import N_

MOST_NAME: Final = 60
NO_NAME: Final = N_("Please give the view a name.")
LONG_NAME: Final = N_("Please use a shorter name: at most 60 characters.")
TAKEN: Final = N_("There is a view of this name already. Please choose another one.")
PHONE: Final = N_(
    "A saved view keeps no phone numbers. Please search by the resident's name or home, then save it."
)
#: the filters of an address that hold somebody's own words
_WORDED: Final = ("q", "person", "home", "service", "building", "butler")
TOO_MANY: Final = N_("There are 100 views already. Please remove one that is no longer needed.")


@dataclass(frozen=True, slots=True)
class By:
    """Who keeps or changes a view, and when: ``now`` by the estate's clock, ``at`` in real time."""

    actor: Actor
    vault: Vault
    now: datetime
    at: datetime


class ViewRefused(Exception):
    """The view cannot be kept so; ``sentence`` is what its form says."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def query_text(asked: Asked) -> str:
    """The search as a view keeps it: filters and sort; its columns are kept apart."""
    return urlencode([pair for pair in addresses.query_of(asked) if pair[0] != "cols"])


def asked_of(view: SavedView) -> Asked:
    """The search that a view keeps."""
    columns = ",".join(str(one) for one in view.columns)
    kept = addresses.read([*parse_qsl(view.query), ("cols", columns)])
    return addresses.replace_view(kept, view.id)


def may_change(viewer: Viewer, view: SavedView) -> bool:
    """True for its owner, and for leaders where the whole team uses it."""
    return view.user_id == viewer.user_id or (view.is_shared and roles.is_leader(viewer.role))


def without_phone(session: Session, viewer: Viewer, vault: Vault, asked: Asked) -> Asked:
    """The same search without a phone number in it: the one resident it names stands there instead.

    A phone lies sealed everywhere else, while a view is kept as it is read. Raises ViewRefused for a number
    that names nobody or several.
    """
    for name in ("q", "person"):
        phone = phones.normalise(asked.of(name))
        if phone is None:
            continue
        named = word_queries.list_residents_phoned(session, viewer, vault.digest(phone))
        if len(named) != 1 or asked.of("resident") not in ("", str(named[0])):
            raise ViewRefused(PHONE)
        kept = addresses.without(asked, name)
        asked = replace(kept, filters={**kept.filters, "resident": str(named[0])})
    if any(phones.has_number(homes.without_homes(asked.of(name))) for name in _WORDED):
        raise ViewRefused(PHONE)
    return asked


def _kept(view: SavedView) -> dict[str, Any]:
    """What the audit log keeps of a view: which filters it has, never what they look for."""
    filters = sorted({name for name, _ in parse_qsl(view.query)})
    return {"name": view.name, "is_shared": view.is_shared, "filters": filters, "columns": list(view.columns)}


def _note(
    session: Session, by: By, verb: str, view: SavedView, was: Mapping[str, Any], now: Mapping[str, Any]
) -> None:  # fmt: skip
    audit.record(session, by.actor, by.at, f"view.{verb}", estate_id=view.estate_id, subject="view",
                 subject_id=view.id, before=was, after=now)  # fmt: skip


def save_view(
    session: Session, viewer: Viewer, by: By, estate_id: int, asked: Asked, name: str, is_shared: bool
) -> SavedView:
    """Keep a search with its sort and columns under a name. Raises ViewRefused."""
    asked = without_phone(session, viewer, by.vault, asked)
    view = SavedView(
        estate_id=estate_id, user_id=viewer.user_id, page=view_queries.PAGE, query=query_text(asked),
        columns=list(asked.columns), is_shared=is_shared, created_at=by.now,
        name=_fit_name(session, estate_id, viewer.user_id, name),
    )  # fmt: skip
    if len(view_queries.list_names(session, estate_id, viewer.user_id)) >= view_queries.MOST:
        raise ViewRefused(TOO_MANY)
    try:
        with session.begin_nested():
            session.add(view)
    except IntegrityError as error:
        raise ViewRefused(TAKEN) from error
    _note(session, by, "add", view, {}, _kept(view))
    return view


def _fit_name(session: Session, estate_id: int, user_id: int, name: str, view_id: int = 0) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise ViewRefused(NO_NAME)
    if len(plain) > MOST_NAME:
        raise ViewRefused(LONG_NAME)
    if phones.has_number(homes.without_homes(plain)):
        raise ViewRefused(PHONE)
    names = view_queries.list_names(session, estate_id, user_id)
    if any(taken.casefold() == plain.casefold() and id_ != view_id for id_, taken in names):
        raise ViewRefused(TAKEN)
    return plain


def hold_view(session: Session, viewer: Viewer, view_id: int) -> SavedView:
    """Return a view that the viewer may change. Raises NotFound, Forbidden."""
    view = view_queries.find_view(session, viewer, view_id)
    if view is None:
        raise NotFound
    if not may_change(viewer, view):
        raise Forbidden
    return view


def change_view(
    session: Session, viewer: Viewer, by: By, view_id: int, name: str, is_shared: bool
) -> SavedView:
    """Rename a view, share it or keep it to oneself. Raises NotFound, Forbidden, ViewRefused."""
    view = hold_view(session, viewer, view_id)
    was, fit = _kept(view), _fit_name(session, view.estate_id, view.user_id, name, view.id)
    try:
        with session.begin_nested():
            view.name, view.is_shared = fit, is_shared
    except IntegrityError as error:
        raise ViewRefused(TAKEN) from error
    _note(session, by, "change", view, was, _kept(view))
    return view


def update_view(session: Session, viewer: Viewer, by: By, view_id: int, asked: Asked) -> SavedView:
    """Let a view keep this search from now on. Raises NotFound, Forbidden, ViewRefused."""
    view = hold_view(session, viewer, view_id)
    was, asked = _kept(view), without_phone(session, viewer, by.vault, asked)
    view.query, view.columns = query_text(asked), list(asked.columns)
    _note(session, by, "change", view, was, _kept(view))
    return view


def remove_view(session: Session, viewer: Viewer, by: By, view_id: int) -> str:
    """Remove a view; return its name. Raises NotFound, Forbidden."""
    view = hold_view(session, viewer, view_id)
    session.delete(view)
    _note(session, by, "remove", view, _kept(view), {})
    return view.name
