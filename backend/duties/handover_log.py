"""The log of a shift that was handed over (REC-24), as a record. Nothing here commits."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.duties import handover_queries, queries
from backend.models import Handover, User
from backend.people import queries as people
from backend.people.viewer import Viewer
from backend.tickets import records
from backend.tickets.work import ACTORS
from locales.dates import local

FORM: Final = "REC-24"


def write(session: Session, viewer: Viewer, row: Handover, now: datetime) -> None:
    """Write the log of the shift as it stands now (REC-24)."""
    giver, heir = people.get_user(session, row.from_user_id), people.get_user(session, row.to_user_id)
    zone = queries.get_estate(session, row.estate_id).timezone
    reviewer = people.get_user(session, row.reviewed_by_id)
    kept = row.values
    start, end = (datetime.fromisoformat(kept["shift"][name]) for name in ("starts_at", "ends_at"))
    numbers = "、".join(f"#{one['number']}" for one in kept.get("tickets", []))
    values = {
        "shift": _hours(local(start, zone), local(end, zone)),
        "signed_from": _name(giver),
        "signed_to": _name(heir) if row.reason == "" else "",
        "open_items": "\n".join(filter(None, (numbers, row.note))),
        "equipment": "\n".join(filter(None, (kept.get("keys", ""), kept.get("equipment", "")))),
        "reason": row.reason,
        "reviewer": _name(reviewer),
    }
    former = handover_queries.find_record(session, row.estate_id, FORM, kept.get("record"))
    record = records.write(
        session, FORM, values, estate_id=row.estate_id, at=now, by=viewer.user_id,
        actor=ACTORS[viewer.role], replaces=former,
    )  # fmt: skip
    row.values = {**row.values, "record": record.id}


def _name(user: User | None) -> str:
    return user.name("zh") if user else ""


def _hours(start: datetime, end: datetime) -> str:
    """``2026-03-11 09:00–18:00``; with the day of the end where it is another one."""
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M}–{last}"
