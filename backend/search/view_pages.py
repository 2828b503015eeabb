"""Saved views: keep a search, rename it, share it, bring it up to date, remove it."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.errors import NotFound
from backend.people import queries as people_queries
from backend.search import asked as addresses
from backend.search import composing, fields, finding, service, view_queries
from backend.search.asked import Asked
from backend.search.fields import Form
from backend.search.service import By, ViewRefused
from backend.search.ticket_pages import list_of
from backend.search.views import SavedLink, SaveForm
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)


class NoTeam(ViewRefused):
    """A view is to be shared by somebody of several estates, and nothing says with whose team."""


def _asked(query: str) -> Asked:
    """The search that a form carries along."""
    return addresses.read(parse_qsl(query[:4000]))


def _estate(session: Session, who: Visit, asked: Asked, typed: Mapping[str, str]) -> int:
    """The estate whose team a shared view is for: that of the form, else the one it searches in."""
    codes = {one.code: one.id for one in people_queries.list_estates(session, who.viewer)}
    if not codes:
        raise NotFound
    found = codes.get(typed.get("estate", "")) or codes.get(asked.of("estate"))
    if found is None and len(codes) > 1 and typed.get("is_shared"):
        raise NoTeam(N_("Please choose the estate whose team sees this view."))
    # One's own view is seen in none of them by anybody else.
    return found or min(codes.values())


def _by(who: Visit) -> By:
    return By(who.actor, who.vault, who.now, who.real_now)


@router.post("/search/views")
def save(who: Visiting, typed: Typed) -> Response:
    """Keep a search under a name; what is wrong with the name is told at its field."""
    asked, name = _asked(typed.get("query", "")), typed.get("name", "")
    is_shared = bool(typed.get("is_shared"))

    def work(session: Session) -> Asked:
        estate_id = _estate(session, who, asked, typed)
        return service.asked_of(
            service.save_view(session, who.viewer, _by(who), estate_id, asked, name, is_shared)
        )

    try:
        kept = who.db.run(work)
    except ViewRefused as refused:
        said = t(who.language, refused.sentence)
        no_team, no_name = (said, "") if isinstance(refused, NoTeam) else ("", said)
        form = SaveForm(typed.get("query", ""), name, is_shared, no_name, is_open=True,
                        estate=typed.get("estate", ""), estate_error=no_team)  # fmt: skip
        with who.db.read() as session:
            return list_of(session, who, asked, form)
    return go(who.request, addresses.address(kept), t(who.language, "The view is saved."))


@router.get("/search/views")
def views_page(who: Visiting) -> Response:
    """Every view that the viewer may use, with what may be changed of it."""
    return _page(who)


def _page(who: Visit, wrong: SavedLink | None = None) -> Response:
    with who.db.read() as session:
        saved = view_queries.list_views(session, who.viewer)
        lists = finding.lists_of(session, who.viewer, Asked())
        shell = shell_of(session, who, on="tickets")
    form = Form(who.language, Asked(), who.menu, lists)
    links = composing.saved_of(who.viewer, form, saved)
    says = {
        view.id: fields.says(Form(who.language, service.asked_of(view), who.menu, lists)) for view, _ in saved
    }
    status = 422 if wrong else 200
    return show(who, "search_views.html", shell, status=status, views=links, says=says, wrong=wrong)


@router.post("/search/views/{view_id}")
def change(who: Visiting, typed: Typed, view_id: Number) -> Response:
    """Rename a view, share it or keep it to oneself."""
    name, is_shared = typed.get("name", ""), bool(typed.get("is_shared"))
    try:
        who.db.run(
            lambda session: service.change_view(session, who.viewer, _by(who), view_id, name, is_shared)
        )
    except ViewRefused as refused:
        error = t(who.language, refused.sentence)
        return _page(who, SavedLink(view_id, name, "", is_shared, False, error=error))
    return go(who.request, "/search/views", t(who.language, "The view is changed."))


@router.post("/search/views/{view_id}/update")
def update(who: Visiting, typed: Typed, view_id: Number) -> Response:
    """Let a view keep the search, the sort and the columns that are open now."""
    asked = _asked(typed.get("query", ""))

    def work(session: Session) -> Asked:
        return service.asked_of(service.update_view(session, who.viewer, _by(who), view_id, asked))

    try:
        kept = who.db.run(work)
    except ViewRefused as refused:
        form = SaveForm(typed.get("query", ""), "", False, t(who.language, refused.sentence), is_open=True)
        with who.db.read() as session:
            return list_of(session, who, asked, form)
    return go(who.request, addresses.address(kept), t(who.language, "The view is changed."))


@router.post("/search/views/{view_id}/delete")
def remove(who: Visiting, typed: Typed, view_id: Number) -> Response:
    """Remove a view; the tickets stay as they are."""
    name = who.db.run(lambda session: service.remove_view(session, who.viewer, _by(who), view_id))
    return go(who.request, "/search/views", t(who.language, "The view “{name}” is removed.", name=name))
