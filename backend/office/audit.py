"""The audit log as a page and as a workbook: plain values in the viewer's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.audit.actions import ACTIONS
from backend.audit.queries import Wanted
from backend.desk.queue import Reader
from backend.desk.views import Choice
from backend.errors import Forbidden
from backend.models import AuditEntry, User
from backend.office import audit_queries, audit_words
from backend.office.audit_words import Change, Teller
from backend.people import roles
from backend.people.viewer import Viewer
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_full, format_time, format_year_date, local

PAGE: Final = 50
Entries = Sequence[tuple[AuditEntry, User | None]]
#: a kind of action, as chosen in the filter: its name, and what the names of its actions begin with
KINDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "user": (N_("Staff accounts"), ("user",)),
    "settings": (N_("Settings"), ("settings",)),
    "address": (N_("Addresses for alerts"), ("address",)),
    "home": (N_("Homes"), ("home", "invitation")),
    "resident": (N_("Residents"), ("resident", "remark")),
    "sheet": (N_("Imports and exports"), ("homes", "tickets", "visits", "reports")),
    "answer": (N_("Ready answers"), ("answer",)),
    "text": (N_("Texts and phrases"), ("text", "phrase")),
    "view": (N_("Saved views"), ("view",)),
    "event": (N_("Event"), ("event",)),
    "handover": (N_("Handover"), ("handover",)),
    "audit": (N_("The log itself"), ("audit",)),
}


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry; ``action`` is in words, ``about`` names the row that changed."""

    id: int
    at: str
    time: str
    who: str
    action: str
    about: str
    where: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class LogView:
    """A page of the log with its filters and the addresses of its neighbours; ``export`` "" where none is."""

    entries: tuple[EntryView, ...]
    people: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    asked: Mapping[str, str]
    is_filtered: bool
    newer: str
    older: str
    export: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address: user id, kind, first and last local day, keyset."""

    who: int | None = None
    kind: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None
    after: int | None = None

    def address(self, path: str = "/audit", **keys: int) -> str:
        """Return the same search elsewhere: another page of it, or its workbook."""
        fields = {"who": self.who, "kind": self.kind, "from": self.first, "to": self.last, **keys}
        text = urlencode({name: str(value) for name, value in fields.items() if value})
        return f"{path}?{text}" if text else path

    def wanted(self, estate_ids: frozenset[int], zone: str) -> Wanted:
        """The same as the queries take it: local days are instants of the zone, the last day included."""
        start = _midnight(self.first, zone) if self.first else None
        end = _midnight(self.last + timedelta(days=1), zone) if self.last else None
        kinds = KINDS[self.kind][1] if self.kind else ()
        return Wanted(estate_ids, self.who, kinds, start, end, self.before, self.after)


def may_export(viewer: Viewer) -> bool:
    """True for those who may take the log out of the house."""
    return roles.may_manage_people(viewer.role)


def wanted_of(viewer: Viewer, asked: Asked, zone: str) -> Wanted:
    """What the viewer may read of what is asked for. Raises Forbidden for all but leaders.

    A supervisor reads what was done in their estates; what became of accounts is for those who manage them,
    but for what the supervisor did themselves.
    """
    if not roles.is_leader(viewer.role):
        raise Forbidden
    found = asked.wanted(viewer.estate_ids, zone)
    return found if roles.may_manage_people(viewer.role) else replace(found, only_own_of=viewer.user_id)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def read(params: Mapping[str, str]) -> Asked:
    """Read the address; what cannot be read filters nothing."""
    kind = params.get("kind", "")
    return Asked(
        who=_number(params.get("who", "")),
        kind=kind if kind in KINDS else "",
        first=_day(params.get("from", "")),
        last=_day(params.get("to", "")),
        before=_number(params.get("before", "")),
        after=_number(params.get("after", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def page_of(teller: Teller, asked: Asked, found: Entries, people: Iterable[User]) -> LogView:
    """Word one page; ``found`` holds one entry more than a page where the list goes on."""
    reader = teller.reader
    is_back = asked.after is not None
    has_more = len(found) > PAGE
    shown = found[-PAGE:] if is_back else found[:PAGE]
    plain = replace(asked, before=None, after=None)
    has_newer = bool(shown) and (has_more if is_back else asked.before is not None)
    has_older = bool(shown) and (is_back or has_more)
    return LogView(
        entries=tuple(_entry(teller, entry, user) for entry, user in shown),
        people=tuple(Choice(str(one.id), one.name(reader.language)) for one in people),
        kinds=tuple(Choice(name, t(reader.language, label)) for name, (label, _) in KINDS.items()),
        asked={"who": str(asked.who or ""), "kind": asked.kind, "from": str(asked.first or ""),
               "to": str(asked.last or "")},
        is_filtered=plain != Asked(),
        newer=plain.address(after=shown[0][0].id) if has_newer else "",
        older=plain.address(before=shown[-1][0].id) if has_older else "",
        export=plain.address("/audit/export") if may_export(reader.viewer) else "",
    )  # fmt: skip


def teller_of(session: Session, reader: Reader, menu: Menu, found: Entries) -> Teller:
    """Return what words these entries for a reader: the names behind their ids, as they are today."""
    ids = audit_words.ids_of(entry for entry, _ in found)
    return Teller(reader, menu, audit_queries.look_up(session, reader.viewer, ids))


def _entry(teller: Teller, entry: AuditEntry, user: User | None) -> EntryView:
    language = teller.language
    return EntryView(
        id=entry.id,
        at=entry.at.isoformat(),
        time=_time(teller, entry.at),
        who=user.name(language) if user else t(language, "The house itself"),
        action=t(language, ACTIONS[entry.action]) if entry.action in ACTIONS else entry.action,
        about=audit_words.about(teller, entry),
        where=entry.address,
        changes=audit_words.changes(teller, entry),
    )


def _time(teller: Teller, at: datetime) -> str:
    """When it was; with its year where that is another one than now."""
    here, zone = local(at, teller.reader.zone), teller.reader.zone
    if here.year == local(teller.reader.now, zone).year:
        return format_full(teller.language, at, zone)
    day = format_year_date(teller.language, here.date())
    return t(teller.language, "{day}, {time}", day=day, time=format_time(at, zone))


def head_of(language: str) -> list[str]:
    """The columns of the workbook."""
    names = (N_("When"), N_("Who"), N_("What was done"), N_("Which row"), N_("IP address"), N_("Before"),
             N_("After"))  # fmt: skip
    return [t(language, one) for one in names]


def line_of(teller: Teller, entry: AuditEntry, user: User | None) -> list[str | datetime]:
    """One entry as a row of the workbook."""
    reader, view = teller.reader, _entry(teller, entry, user)
    sides = [(one.field, one.was, one.now) for one in view.changes]
    was, now = (
        "\n".join(
            t(reader.language, "{label}: {value}", label=one[0], value=one[side])
            for one in sides
            if one[side]
        )
        for side in (1, 2)
    )
    at = local(entry.at, reader.zone).replace(tzinfo=None)
    return [at, view.who, view.action, view.about, view.where, was, now]
