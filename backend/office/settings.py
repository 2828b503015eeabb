"""Verbs on an estate's settings; each is written into the audit log. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.deadlines.calendar import Calendar
from backend.duties import queries as duty_queries
from backend.duties.making import calendar_of
from backend.estates import queries
from backend.models import CalendarEdition, Estate
from backend.office import settings_draft
from backend.office.settings_draft import Draft
from locales.dates import local


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes something; ``now`` is the clock of promises, ``real_now`` that of the log."""

    actor: Actor
    now: datetime
    real_now: datetime


def calendar_name(estate: Estate) -> str:
    """What an estate's own calendar is called in every stamp of a promise."""
    return f"own-{estate.id}"


def drafted(session: Session, estate: Estate, draft: Draft, now: datetime) -> tuple[Calendar, str]:
    """Return the edition that a draft without faults would become. Raises DataFaults, NoOpenDay."""
    edition = queries.last_edition(session, calendar_name(estate)) + 1
    dated = local(now, estate.timezone).date()
    base = calendar_of(estate)
    return settings_draft.calendar_of(draft, base, calendar_name(estate), edition, dated)


def save_calendar(session: Session, hand: Hand, estate: Estate, draft: Draft) -> Calendar:
    """Keep a draft as the next edition, in force from now on; promises made before keep theirs.

    The estate must be held. Raises DataFaults, NoOpenDay.
    """
    calendar, text = drafted(session, estate, draft, hand.now)
    session.add(
        CalendarEdition(version=calendar.version, estate_id=estate.id, calendar=calendar.id,
                        edition=calendar.edition, text=text, created_at=hand.real_now,
                        created_by_id=hand.actor.user_id)
    )  # fmt: skip
    session.flush()
    was, estate.calendar = estate.calendar, calendar.version
    duty_queries.look_soon(session, estate.id, hand.now)
    audit.record(session, hand.actor, hand.real_now, "settings.calendar", estate_id=estate.id,
                 subject="calendar", subject_id=estate.id, before={"edition": was},
                 after={"edition": calendar.version})  # fmt: skip
    return calendar
