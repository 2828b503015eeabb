"""The conversation as the ticket page shows it: messages and internal notes, in the order they came."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from backend.desk import words
from backend.desk.queue import Reader
from backend.desk.ticket_queries import Dossier
from backend.desk.views import FileView, MessageView
from backend.models import Message, OutboxRow, StoredFile, TicketEvent
from locales import N_, html_tag, t
from locales.dates import format_day, format_full, format_time, local

DELIVERY: Final = {
    "queued": ("waiting", N_("Waiting to be sent")),
    "leased": ("waiting", N_("Being sent")),
    "sent": ("sent", N_("Sent")),
    "failed": ("failed", N_("Not sent yet, will be tried again")),
    "dead": ("failed", N_("Could not be delivered")),
}


def talk_of(reader: Reader, dossier: Dossier) -> tuple[MessageView, ...]:
    """Word messages and notes of a ticket, oldest first, with a mark where a new day begins."""
    zone = dossier.estate.timezone
    rows: list[tuple[datetime, Message | TicketEvent]] = [(m.sent_at, m) for m in dossier.messages]
    rows += [(e.at, e) for e in dossier.events if e.kind == "note"]
    rows.sort(key=lambda row: row[0])
    shown, last_day = [], None
    for at, row in rows:
        day = local(at, zone).date()
        mark = _day_mark(reader, at, zone, day, last_day)
        last_day = day
        shown.append(_message(reader, dossier, row, mark) if isinstance(row, Message)
                     else _note(reader, dossier, row, mark))  # fmt: skip
    return tuple(shown)


def _day_mark(reader: Reader, at: datetime, zone: str, day: date, last: date | None) -> str:
    if day == last:
        return ""
    name = format_day(reader.language, at, zone, reader.now)
    return name[:1].upper() + name[1:]  # it stands alone, not in a sentence


def _message(reader: Reader, dossier: Dossier, row: Message, day: str) -> MessageView:
    zone = dossier.estate.timezone
    state, delivered = _delivery(reader.language, dossier.deliveries.get(row.id))
    return MessageView(
        id=f"m{row.id}",
        kind=row.author if row.author in ("resident", "butler", "bot") else "system",
        who=_who(reader, dossier, row),
        text=_text(reader.language, row),
        lang=html_tag(row.language),
        time=format_time(row.sent_at, zone),
        at=row.sent_at.isoformat(),
        full_time=format_full(reader.language, row.sent_at, zone),
        day=day,
        files=_files(dossier.ticket.number, row.id, dossier.files),
        delivery=delivered,
        delivery_state=state,
    )


def _note(reader: Reader, dossier: Dossier, row: TicketEvent, day: str) -> MessageView:
    zone = dossier.estate.timezone
    author = dossier.users.get(row.by_user_id)
    return MessageView(
        id=f"e{row.id}",
        kind="note",
        who=author.name(reader.language)
        if author
        else words.name_of(reader.language, words.ACTORS, row.actor),
        text=row.note,
        lang="",
        time=format_time(row.at, zone),
        at=row.at.isoformat(),
        full_time=format_full(reader.language, row.at, zone),
        day=day,
    )


def _text(language: str, row: Message) -> str:
    if row.text:
        return row.text
    return t(language, "Voice message") if row.kind == "voice" else ""


def _who(reader: Reader, dossier: Dossier, row: Message) -> str:
    if row.author == "butler":
        author = dossier.users.get(row.by_user_id)
        return author.name(reader.language) if author else t(reader.language, "Butler")
    if row.author == "resident":
        return dossier.resident.name if dossier.resident else t(reader.language, "Visitor")
    return t(reader.language, "Bot") if row.author == "bot" else t(reader.language, "System")


def _delivery(language: str, row: OutboxRow | None) -> tuple[str, str]:
    if row is None or row.state not in DELIVERY:
        return "", ""
    state, sentence = DELIVERY[row.state]
    return state, t(language, sentence)


def _files(number: int, message_id: int, files: Sequence[StoredFile]) -> tuple[FileView, ...]:
    return tuple(
        FileView(file.name, f"/tickets/{number}/files/{file.id}", file.kind)
        for file in files
        if file.message_id == message_id
    )
