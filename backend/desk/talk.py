"""The conversation as the ticket page shows it: messages and internal notes, in the order they came."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from backend.desk import maps, reach, words
from backend.desk.queue import Reader
from backend.desk.talk_views import FileView, Place, Translated
from backend.desk.ticket_queries import Dossier
from backend.desk.views import MessageView, Quote, Wording
from backend.models import Message, StoredFile, TicketEvent, Translation
from backend.translating.service import ORIGINAL, OURS
from locales import N_, html_tag, t
from locales.dates import format_day, format_full, format_time, local

#: what stands for a message that has no words of its own
REMARKS: Final[Mapping[str, str]] = {
    "voice": N_("Voice message"),
    "sticker": N_("[sticker]"),
    "unsupported": N_("[something that cannot be shown here]"),
    "start": N_("[opened the chat]"),
    "location": N_("[location]"),
}
#: who wrote what stands beside a message, where it was no machine
OWN_WORDINGS: Final[Mapping[str, str]] = {
    OURS: N_("The same in the other language"),
    ORIGINAL: N_("As it was written"),
}
#: whose messages may be in a foreign language; the bot's are worded by us
SPOKEN: Final = frozenset({"resident", "butler"})
OWN_NUMBER: Final = N_("[own number shared]")
OTHER_NUMBER: Final = N_(
    "[a contact card: the number on it is not kept. Please ask for the number if you need it.]"
)
#: kinds whose text, if any, is not the person's own
WORDLESS: Final = frozenset({"start", "contact"})
QUOTED: Final = 120
LINK_TO_SIGN: Final = re.compile(r"/sign/[\w=-]+")
SIX_DIGITS: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")
KB: Final = 1024
#: the room that one photo has in the conversation, in CSS pixels
PHOTO_ROOM: Final = (220, 180)


def talk_of(reader: Reader, dossier: Dossier) -> tuple[MessageView, ...]:
    """Word messages and notes of a ticket, oldest first, with a mark where a new day begins."""
    zone = dossier.estate.timezone
    shown, last_day = [], None
    for at, row in _in_order(dossier):
        day = local(at, zone).date()
        mark = _day_mark(reader, at, zone, day, last_day)
        last_day = day
        shown.append(_message(reader, dossier, row, mark) if isinstance(row, Message)
                     else _note(reader, dossier, row, mark))  # fmt: skip
    return tuple(shown)


def _in_order(dossier: Dossier) -> list[tuple[datetime, Message | TicketEvent]]:
    """Messages in the order in which they were stored, whatever a telephone's clock says; notes between."""
    rows: list[tuple[datetime, Message | TicketEvent]] = []
    last = None
    for message in dossier.messages:
        last = message.sent_at if last is None else max(last, message.sent_at)
        rows.append((last, message))
    # Of a page that is not the first, older notes come with the older messages.
    begin = rows[0][0] if rows and dossier.earlier is not None else None
    rows += [(e.at, e) for e in dossier.events if e.kind == "note" and (begin is None or e.at >= begin)]
    rows.sort(key=lambda row: row[0])
    return rows


def _day_mark(reader: Reader, at: datetime, zone: str, day: date, last: date | None) -> str:
    if day == last:
        return ""
    name = format_day(reader.language, at, zone, reader.now)
    return name[:1].upper() + name[1:]  # it stands alone, not in a sentence


def _message(reader: Reader, dossier: Dossier, row: Message, day: str) -> MessageView:
    language, zone = reader.language, dossier.estate.timezone
    sent = dossier.deliveries.get(row.id)
    remark = remark_of(language, row)
    return MessageView(
        id=f"m{row.id}",
        key=row.id,
        kind=row.author if row.author in ("resident", "butler", "bot") else "system",
        who=_who(reader, dossier, row),
        text=remark or _without_secrets(row),
        is_remark=bool(remark),
        lang=html_tag(language if remark else row.language),
        time=format_time(row.sent_at, zone),
        at=row.sent_at.isoformat(),
        full_time=format_full(language, row.sent_at, zone),
        day=day,
        files=_files(reader, dossier, row),
        delivery=reach.delivery_of(
            language, sent, dossier.links.get(sent.link_id) if sent else None, reader.ahead, zone
        ),
        edited=_edited(language, row, zone),
        wordings=_wordings(language, dossier, row, zone),
        reaction=row.reaction,
        quote=_quote(reader, dossier, row),
        place=_place(row.values) if row.kind == "location" else None,
        translation=_translation(language, dossier.translations.get(row.id)),
        is_foreign=not remark and bool(row.text) and row.language != language and row.author in SPOKEN,
    )


def _translation(language: str, row: Translation | None) -> Translated | None:
    if row is None:
        return None
    label = t(language, OWN_WORDINGS.get(row.provider, N_("Machine translation")))
    return Translated(label, row.text, html_tag(row.language), row.provider not in OWN_WORDINGS)


def _without_secrets(row: Message) -> str:
    """What was sent, without the link and the code by which only the resident confirms a sign-off."""
    if row.reply_kind != "to_confirm":
        return row.text
    return SIX_DIGITS.sub("••••••", LINK_TO_SIGN.sub("/sign/••••", row.text))


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


def remark_of(language: str, row: Message) -> str:
    """Word a message that has no words of its own; empty for one that has. No number and no code is shown."""
    if row.author != "resident" or (row.text and row.kind not in WORDLESS):
        return ""
    if row.kind == "contact":
        return t(language, OWN_NUMBER if row.values.get("is_own", True) else OTHER_NUMBER)
    return t(language, REMARKS[row.kind]) if row.kind in REMARKS else ""


def _who(reader: Reader, dossier: Dossier, row: Message) -> str:
    if row.author == "butler":
        author = dossier.users.get(row.by_user_id)
        return author.name(reader.language) if author else t(reader.language, "Butler")
    if row.author == "resident":
        return dossier.resident.name if dossier.resident else _visitor(reader.language, dossier)
    return t(reader.language, "Bot") if row.author == "bot" else t(reader.language, "System")


def _visitor(language: str, dossier: Dossier) -> str:
    """A visitor by the name of their channel, marked as one."""
    word = t(language, "Visitor")
    return f"{dossier.link.name} · {word}" if dossier.link and dossier.link.name else word


def _files(reader: Reader, dossier: Dossier, row: Message) -> tuple[FileView, ...]:
    found = [file for file in dossier.files if file.message_id == row.id]
    photos = [file.id for file in found if file.kind == "photo"]
    who = _who(reader, dossier, row) if photos else ""
    return tuple(_file(reader.language, dossier.ticket.number, file, photos, who) for file in found)


def _file(language: str, number: int, file: StoredFile, photos: Sequence[str], who: str) -> FileView:
    url = f"/tickets/{number}/files/{file.id}" if file.state == "here" else ""
    is_photo = file.id in photos
    width, height = drawn(file.width, file.height)
    return FileView(
        name=file.name,
        url=url,
        kind=file.kind,
        state=file.state,
        note=reach.file_note(language, file),
        size=_size(file.size),
        small=f"{url}?small=1" if url and is_photo else "",
        label=_label(language, photos.index(file.id) + 1, len(photos), who) if is_photo else "",
        width=width,
        height=height,
    )


def _label(language: str, place: int, count: int, who: str) -> str:
    """What a photo is called for who cannot see it."""
    if count == 1:
        return t(language, "Photo from {who}", who=who)
    return t(language, "Photo {n} of {count} from {who}", n=place, count=count, who=who)


def drawn(width: int | None, height: int | None) -> tuple[int, int]:
    """Return how large a photo of so many pixels is drawn, in CSS pixels; (0, 0) where they are not known."""
    if not width or not height:
        return 0, 0
    scale = min(1.0, PHOTO_ROOM[0] / width, PHOTO_ROOM[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _size(count: int) -> str:
    """Bytes as people say them."""
    if count < KB * KB:
        return f"{max(1, round(count / KB))} KB"
    return f"{count / KB / KB:.1f} MB"


def _edited(language: str, row: Message, zone: str) -> str:
    if row.edited_at is None:
        return ""
    return t(language, "edited {time}", time=format_time(row.edited_at, zone))


def _wordings(language: str, dossier: Dossier, row: Message, zone: str) -> tuple[Wording, ...]:
    """The earlier wordings of an edited message with the present one last; nothing for any other."""
    earlier = [
        Wording(t(language, "Until {time}", time=format_time(one.until_at, zone)), one.text)
        for one in dossier.versions.get(row.id, ())
    ]
    return (*earlier, Wording(t(language, "Now"), row.text)) if earlier else ()


def _quote(reader: Reader, dossier: Dossier, row: Message) -> Quote | None:
    if row.reply_to_id is None:
        return None
    answered = next((one for one in dossier.messages if one.id == row.reply_to_id), None)
    if answered is None:
        return Quote("", t(reader.language, "An earlier message"))
    said = remark_of(reader.language, answered) or " ".join(answered.text.split())
    if not said and any(file.message_id == answered.id for file in dossier.files):
        said = t(reader.language, "Photo or file")
    short = said if len(said) <= QUOTED else said[:QUOTED].rstrip() + "…"
    return Quote(_who(reader, dossier, answered), short, f"#m{answered.id}")


def _place(values: Mapping[str, Any]) -> Place | None:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    point = f"{latitude:.5f}, {longitude:.5f}"
    return Place(str(values.get("title") or ""), point, maps.of_point(latitude, longitude))
