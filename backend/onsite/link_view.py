"""A confirmation as the resident's own page shows it: the job and nothing else of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.db import Database
from backend.errors import Refusal
from backend.messages import files
from backend.models import Estate, SignOffRequest
from backend.onsite import foreign_words, queries, signing
from backend.onsite.foreign_words import Line
from backend.onsite.job_view import done_lines
from backend.onsite.service import site_photos
from backend.settings import Settings
from locales import html_tag
from locales.dates import format_full


@dataclass(frozen=True, slots=True)
class LinkView:
    """What was done and by whom, with photos as signed links. No name, phone or home of the resident."""

    language: str
    lang: str
    estate: str
    number: int
    title: str
    worker: str
    at: str
    until: str
    lines: tuple[Line, ...]
    meant: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def of(session: Session, settings: Settings, token: str, now: datetime, real_now: datetime) -> LinkView:
    """What stands behind a link. Raises Spent for one that is none any more."""
    request, ticket = signing.open_link(session, token, settings.secret_key, now, lock=False)
    language = _language(request)
    estate = session.get_one(Estate, ticket.estate_id)
    worker = signing.worker_of(session, ticket)
    shots = site_photos(session, ticket)
    done = done_lines(language, signing.record_values(session, ticket))
    lines = foreign_words.lines_of(language, done, request)

    def links(side: str) -> tuple[str, ...]:
        return tuple(files.sign(settings.secret_key, one, real_now) for one in shots.get(side, ()))

    return LinkView(
        language=language,
        lang=html_tag(language),
        estate=estate.name(language),
        number=ticket.number,
        title=ticket.name(language),
        worker=worker.name(language) if worker else "",
        at=format_full(language, ticket.done_at, estate.timezone) if ticket.done_at else "",
        until=format_full(language, request.expires_at, estate.timezone),
        lines=lines,
        meant=foreign_words.meant(language, ticket.name(language), lines),
        before=links("photos_before"),
        after=links("photos_after"),
    )


def _language(request: SignOffRequest | None) -> str:
    values: Mapping[str, object] = request.values if request is not None else {}
    return str(values.get("language") or "")


def language_of(session: Session, settings: Settings, token: str) -> str:
    """The language that a link was sent in; "" for one that is none of ours."""
    return _language(queries.find_request(session, signing.hash_of(settings.secret_key, token)))


def worded(refusal: Refusal, db: Database, settings: Settings, token: str) -> str:
    """A refusal in the language of the link."""
    with db.read() as session:
        language = language_of(session, settings, token)
    return refusal.worded(language or "zh")[1]
