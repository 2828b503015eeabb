"""Teaching the understanding: what a resident chose is proposed, what an operator approves takes effect.

Every web process looks at the version of the phrases each second (``backend.engine_watch``); nothing here
touches an engine. Nothing here commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.errors import BadInput, Forbidden
from backend.learning import queries, rules
from backend.models import Phrase
from backend.people import estates, roles
from backend.people.viewer import Viewer
from intents.additions import Phrase as Taught
from intents.menu import Menu
from locales import N_


@dataclass(frozen=True, slots=True)
class Choice:
    """A resident was asked which item their words meant, and chose ``item_id``."""

    estate_id: int
    language: str
    words: str
    item_id: str
    message_id: int | None


def propose(session: Session, menu: Menu, choice: Choice, now: datetime) -> Phrase | None:
    """Keep a resident's choice as an example for an operator to look at; None where nothing may be kept.

    The same choice again is counted, whatever became of it.
    """
    item, words = menu.find_item(choice.item_id), rules.cleaned(choice.words)
    if item is None or words is None or not rules.is_teachable(item):
        return None
    key = rules.key_of(words)
    known = queries.find_same(session, choice.estate_id, key, item.id)
    if known is not None:
        known.times += 1
        return known
    made = Phrase(
        estate_id=choice.estate_id, language=rules.language(words, choice.language), text=words, key=key,
        items=[item.id], source="button", message_id=choice.message_id, created_at=now,
    )  # fmt: skip
    session.add(made)
    return made


def add(
    session: Session, menu: Menu, viewer: Viewer, text: str, items: Sequence[str], now: datetime,
    estate: str | None = None,
) -> Phrase:  # fmt: skip
    """Add an operator's own phrase, approved at once; ``estate``: its code, where they work in several."""
    _allow(viewer)
    return add_to(
        session, menu, estates.estate_id_of(session, viewer, estate), text, items, now, viewer.user_id
    )


def add_to(
    session: Session, menu: Menu, estate_id: int, text: str, items: Sequence[str], now: datetime,
    by_id: int | None = None,
) -> Phrase:  # fmt: skip
    """Add an approved phrase; ``by_id`` None: from the command line. Raises BadInput."""
    words, known = _words(text), _items(menu, items)
    made = Phrase(
        estate_id=estate_id, language=rules.language(words, "zh"), text=words, key=rules.key_of(words),
        items=known, source="operator", by_user_id=by_id, created_at=now,
    )  # fmt: skip
    session.add(made)
    _decide(session, made, "approved", by_id, now)
    return made


def approve(
    session: Session, menu: Menu, viewer: Viewer | None, phrase_id: int, now: datetime,
    text: str | None = None, items: Sequence[str] | None = None,
) -> Phrase:  # fmt: skip
    """Let a phrase take effect, in other words or for other items when these are given.

    ``viewer`` None: from the command line. Raises NotFound, Forbidden, BadInput.
    """
    phrase = _open(session, viewer, phrase_id)
    phrase.items = _items(menu, items if items is not None else phrase.items)
    if text is not None:
        phrase.text = _words(text)
        phrase.key, phrase.language = rules.key_of(phrase.text), rules.language(phrase.text, phrase.language)
    _decide(session, phrase, "approved", viewer.user_id if viewer else None, now)
    return phrase


def reject(session: Session, viewer: Viewer | None, phrase_id: int, now: datetime) -> Phrase:
    """Let a phrase have no effect, or none any more. Raises NotFound, Forbidden."""
    phrase = _open(session, viewer, phrase_id)
    was_in_effect = phrase.state == "approved"
    _decide(session, phrase, "rejected", viewer.user_id if viewer else None, now, tell=was_in_effect)
    return phrase


def list_phrases(
    session: Session, viewer: Viewer, *, state: str | None, before: int | None, limit: int
) -> Sequence[Phrase]:
    """Return phrases of the viewer's estates, newest first. Raises Forbidden."""
    _allow(viewer)
    return queries.list_phrases(session, viewer.estate_ids, state=state, before=before, limit=limit)


def versions(session: Session, viewer: Viewer) -> dict[str, str]:
    """Return what is published. Raises Forbidden."""
    _allow(viewer)
    return queries.read_versions(session)


def approved(session: Session) -> list[Taught]:
    """Return what every engine is to know, as it takes it."""
    return [Taught(text, items) for text, items in queries.list_approved(session)]


def _allow(viewer: Viewer | None) -> None:
    """None is the operator at the command line."""
    if viewer is not None and not roles.may_teach(viewer.role):
        raise Forbidden


def _open(session: Session, viewer: Viewer | None, phrase_id: int) -> Phrase:
    _allow(viewer)
    return queries.get_phrase(session, phrase_id, viewer.estate_ids if viewer else None)


def _decide(
    session: Session, phrase: Phrase, state: str, by_id: int | None, now: datetime, *, tell: bool = True
) -> None:
    phrase.state, phrase.decided_by_id, phrase.decided_at = state, by_id, now
    session.flush()
    if tell:
        queries.count_on(session, "phrases", now)


def _words(text: str) -> str:
    words = rules.cleaned(text)
    if words is None:
        raise BadInput(
            N_("A phrase has 2 to {most} characters, and neither telephone numbers nor addresses in it."),
            most=rules.MOST,
        )
    return words


def _items(menu: Menu, items: Sequence[str]) -> list[str]:
    """The items as the menu calls them now. Raises BadInput for one it has not, or may not learn."""
    found = {item_id: menu.find_item(item_id) for item_id in items}
    wrong = [item_id for item_id, item in found.items() if item is None or not rules.is_teachable(item)]
    if wrong or not found:
        raise BadInput(
            N_("These services are not on the menu, or are never learnt: {items}."),
            items=", ".join(wrong) or "–",
        )
    return list(dict.fromkeys(item.id for item in found.values() if item is not None))
