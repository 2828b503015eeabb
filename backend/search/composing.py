"""The page of the list of tickets, worded. Takes what was found; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from backend.desk.views import Empty, Link
from backend.models import SavedView, User
from backend.people import roles
from backend.people.viewer import Viewer
from backend.search import asked as addresses
from backend.search import fields, service, table
from backend.search.asked import ALWAYS, COLUMNS, Asked
from backend.search.fields import Form
from backend.search.finding import Page
from backend.search.queries import COUNTED
from backend.search.table import Teller
from backend.search.views import Option, SavedLink, SaveForm, SearchView
from backend.search.word_queries import DEPTH
from locales import N_, t

#: rows of one workbook; more are asked for period by period
MOST_EXPORTED: Final = 100_000
SHALLOW: Final = N_(
    "Words are looked for in the newest {depth} tickets. To look further back, choose the days."
)


@dataclass(frozen=True, slots=True)
class Composed:
    """Everything that the page is made of."""

    teller: Teller
    form: Form
    page: Page
    saved: Sequence[tuple[SavedView, User]]
    save: SaveForm | None = None
    number: int | None = None


def search_of(made: Composed) -> SearchView:
    """Word the page."""
    form, page = made.form, made.page
    language, asked = form.language, form.asked
    title = t(language, N_("All tickets"))
    opened = next((view.name for view, _ in made.saved if view.id == asked.view), "")
    return SearchView(
        title=opened or title,
        text=asked.of("q"),
        fields=(*fields.fields_of(form), fields.sorts_of(form)),
        hidden=_hidden(asked),
        on=fields.on_of(form),
        columns=_columns(language, asked),
        heads=tuple(Option(name, table.head(language, name)) for name in asked.columns),
        rows=tuple(table.row_of(made.teller, line, asked.columns) for line in page.lines),
        total=total_of(language, page.count),
        note=t(language, SHALLOW, depth=f"{DEPTH:,}") if page.is_shallow else "",
        saved=saved_of(made.teller.reader.viewer, form, made.saved),
        save=_save_of(made),
        rows_href=addresses.address(asked, "/search/rows"),
        export_href=addresses.address(asked, "/search/tickets.xlsx"),
        progress_href=addresses.address(asked, "/search/progress"),
        clear_href=_cleared(asked),
        number_link=_number_link(language, made.number),
        empty=None if page.lines else _empty(made.teller.reader.viewer, language, asked),
        suggestions=fields.suggestions_of(form),
        count=page.count,
        is_by_age=asked.sort == addresses.SORTS[0],
        is_changed=any(view.id == asked.view and _differs(view, asked) for view, _ in made.saved),
        **_pager(asked, page),
    )


def _save_of(made: Composed) -> SaveForm:
    """The form of a new view; whoever works in several estates says whose team a shared one is for."""
    form, estates = made.form, made.form.lists.estates
    save = made.save or SaveForm(urlencode(addresses.query_of(form.asked)), estate=form.asked.of("estate"))
    if len(estates) < 2:
        return save
    options = tuple(Option(one.code, one.name(form.language), one.code == save.estate) for one in estates)
    return replace(save, estates=options)


def _differs(view: SavedView, asked: Asked) -> bool:
    """True when the list that is open is no longer the one that the view keeps."""
    return addresses.query_of(service.asked_of(view)) != addresses.query_of(asked)


def labels_of(language: str, columns: Sequence[str]) -> dict[str, str]:
    """The heading of each column."""
    return {one: table.head(language, one) for one in columns}


def _pager(asked: Asked, page: Page) -> dict[str, str]:
    older = page.last.place.text() if page.last and page.has_older else ""
    newer = page.first.place.text() if page.first and page.has_newer else ""
    return {
        "older_href": addresses.address(asked, after=older) if older else "",
        "newer_href": addresses.address(asked, before=newer) if newer else "",
        "first_href": addresses.address(asked) if page.has_newer else "",
    }


def _hidden(asked: Asked) -> tuple[tuple[str, str], ...]:
    """What the form carries along without showing it as a field: links from other pages set these."""
    pairs = [(name, asked.of(name)) for name in ("resident", "home") if asked.of(name)]
    return (*pairs, ("view", str(asked.view))) if asked.view else tuple(pairs)


def _cleared(asked: Asked) -> str:
    """The same columns and order without any filter."""
    return addresses.address(addresses.without(asked, *addresses.FILTERS), keep_view=False)


def _columns(language: str, asked: Asked) -> tuple[Option, ...]:
    shown = set(asked.columns)
    return tuple(Option(one, table.head(language, one), one in shown) for one in COLUMNS if one != ALWAYS)


def total_of(language: str, count: int) -> str:
    """How many there are, honestly: beyond what is counted only that there are more."""
    if count > COUNTED:
        return t(language, "More than {n} tickets", n=f"{COUNTED:,}")
    if count == 1:
        return t(language, "1 ticket")
    return t(language, "{n} tickets", n=f"{count:,}")


def saved_of(viewer: Viewer, form: Form, saved: Sequence[tuple[SavedView, User]]) -> tuple[SavedLink, ...]:
    """The saved views, one's own first; a colleague's is named with its owner."""
    estates = form.lists.estates if len(form.lists.estates) > 1 else ()
    teams = {one.id: one.name(form.language) for one in estates}
    return tuple(
        SavedLink(
            id=view.id,
            name=view.name,
            href=addresses.address(service.asked_of(view)),
            is_shared=view.is_shared,
            is_on=view.id == form.asked.view,
            by="" if view.user_id == viewer.user_id else owner.name(form.language),
            may_change=service.may_change(viewer, view),
            team=teams.get(view.estate_id, ""),
        )
        for view, owner in saved
    )


def _number_link(language: str, number: int | None) -> Link | None:
    if number is None:
        return None
    return Link(t(language, "Open ticket #{number}", number=number), f"/tickets/{number}")


def _empty(viewer: Viewer, language: str, asked: Asked) -> Empty:
    if asked.is_narrowed:
        ways = [Link(t(language, "Clear filter"), _cleared(asked))]
        words = asked.of("q") or asked.of("person")
        if words and roles.sees_all_tickets(viewer.role):  # who never wrote has a home all the same
            ways.append(Link(t(language, "Search homes"), f"/homes?{urlencode({'q': words})}"))
        return Empty(
            t(language, "Nothing fits this filter"),
            t(language, "Fewer words or filters find more."),
            tuple(ways),
        )
    return Empty(
        t(language, "There is no ticket yet"),
        t(language, "New requests appear here by themselves."),
        (Link(t(language, "My queue"), "/queue"),),
    )
