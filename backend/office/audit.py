"""The audit log as a page and as a workbook: plain values in the viewer's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from backend.audit.actions import ACTIONS, FIELDS
from backend.audit.queries import Wanted
from backend.desk import words
from backend.desk.queue import Reader
from backend.desk.views import Choice
from backend.errors import Forbidden
from backend.models import AuditEntry, User
from backend.people import roles
from backend.people.viewer import Viewer
from locales import N_, t
from locales.dates import format_full, local

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
    "audit": (N_("The log itself"), ("audit",)),
}
#: what a changed row is called
SUBJECTS: Final[Mapping[str, str]] = {
    "user": N_("Account"), "home": N_("Home"), "resident": N_("Resident"), "estate": N_("Estate"),
    "remark": N_("Note"), "import": N_("Import"), "address": N_("Address for alerts"),
    "answer": N_("Ready answer"), "phrase": N_("Phrase"), "text": N_("Text"), "building": N_("Building"),
    "calendar": N_("Calendar"), "tickets": N_("Tickets"), "visits": N_("Visits"),
    "warning": N_("Warning"), "event": N_("Event"), "view": N_("Saved views"),
    "reports": N_("Reports"),
}  # fmt: skip
#: the words of fields whose values are chosen from a list
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "role": words.ROLES,
    "kind": {**words.RESIDENT_KINDS, "printed": N_("Printed code"), "spoken": N_("Spoken code")},
    "language": {"zh": N_("Chinese"), "en": N_("English")},
    "phone": {"shown": N_("looked at in full")},
}  # fmt: skip
#: fields that are instants, kept in UTC
INSTANTS: Final = frozenset({"from", "until"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its name and both values in words."""

    field: str
    was: str
    now: str


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


def page_of(reader: Reader, asked: Asked, found: Entries, people: Iterable[User]) -> LogView:
    """Word one page; ``found`` holds one entry more than a page where the list goes on."""
    is_back = asked.after is not None
    has_more = len(found) > PAGE
    shown = found[-PAGE:] if is_back else found[:PAGE]
    plain = replace(asked, before=None, after=None)
    has_newer = bool(shown) and (has_more if is_back else asked.before is not None)
    has_older = bool(shown) and (is_back or has_more)
    return LogView(
        entries=tuple(_entry(reader, entry, user) for entry, user in shown),
        people=tuple(Choice(str(one.id), one.name(reader.language)) for one in people),
        kinds=tuple(Choice(name, t(reader.language, label)) for name, (label, _) in KINDS.items()),
        asked={"who": str(asked.who or ""), "kind": asked.kind, "from": str(asked.first or ""),
               "to": str(asked.last or "")},
        is_filtered=plain != Asked(),
        newer=plain.address(after=shown[0][0].id) if has_newer else "",
        older=plain.address(before=shown[-1][0].id) if has_older else "",
        export=plain.address("/audit/export") if may_export(reader.viewer) else "",
    )  # fmt: skip


def _entry(reader: Reader, entry: AuditEntry, user: User | None) -> EntryView:
    language = reader.language
    return EntryView(
        id=entry.id,
        at=entry.at.isoformat(),
        time=format_full(language, entry.at, reader.zone),
        who=user.name(language) if user else t(language, "The house itself"),
        action=_worded(language, ACTIONS, entry.action),
        about=f"{_worded(language, SUBJECTS, entry.subject)} {entry.subject_id}".strip(),
        where=entry.address,
        changes=_changes(reader, entry),
    )


def _changes(reader: Reader, entry: AuditEntry) -> tuple[Change, ...]:
    names = sorted(entry.before.keys() | entry.after.keys())
    return tuple(
        Change(
            _worded(reader.language, FIELDS, name),
            _side(reader, name, entry.before.get(name)),
            _side(reader, name, entry.after.get(name)),
        )
        for name in names
    )


def _side(reader: Reader, name: str, value: Any) -> str:
    """One value of a field; an instant is told in the reader's zone, as people write it."""
    if name in INSTANTS and isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return format_full(reader.language, at, reader.zone) if at.tzinfo else value
    return _value(reader.language, value, VALUES.get(name, {}))


def _worded(language: str, names: Mapping[str, str], name: str) -> str:
    return t(language, names[name]) if name in names else name


def _value(language: str, value: Any, known: Mapping[str, str]) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return t(language, "Yes") if value else t(language, "No")
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(_value(language, one, known) for one in value)
    if isinstance(value, dict):
        sides = ((_worded(language, FIELDS, name), one) for name, one in value.items())
        said = (t(language, "{label}: {value}", label=name, value=_value(language, one, known))
                for name, one in sides)  # fmt: skip
        return ("；" if language == "zh" else "; ").join(said)
    return t(language, known[value]) if value in known else str(value)


def head_of(language: str) -> list[str]:
    """The columns of the workbook."""
    names = (N_("When"), N_("Who"), N_("What was done"), N_("Which row"), N_("From where"), N_("Before"),
             N_("After"))  # fmt: skip
    return [t(language, one) for one in names]


def line_of(reader: Reader, entry: AuditEntry, user: User | None) -> list[str | datetime]:
    """One entry as a row of the workbook."""
    view = _entry(reader, entry, user)
    sides = [(one.field, one.was, one.now) for one in view.changes]
    was, now = (
        "\n".join(t(reader.language, "{label}: {value}", label=one[0], value=one[side]) for one in sides)
        for side in (1, 2)
    )
    at = local(entry.at, reader.zone).replace(tzinfo=None)
    return [at, view.who, view.action, view.about, view.where, was, now]
