"""Entries of the audit log in words: people, homes and services by their names, never by a number.

The log keeps ids, which last; the names behind them are looked up when it is read, as they are today.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from backend.audit.actions import FIELDS
from backend.conversations.sentences import SENTENCES
from backend.desk import words
from backend.desk.queue import Reader
from backend.desk.staff_addresses import NAMES as CHANNELS
from backend.duties.rules import standard_duties
from backend.models import AuditEntry, CannedAnswer, Home, Remark, Resident, SavedView, StaffAddress, User
from backend.office.audit_queries import TABLES, Ids, Known
from backend.people import company
from backend.people.homes import parse_home, word_home
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_date, format_full

#: what a changed row is called
SUBJECTS: Final[Mapping[str, str]] = {
    "user": N_("Account"), "home": N_("Home"), "resident": N_("Resident"), "estate": N_("Estate"),
    "remark": N_("Note"), "import": N_("Import"), "address": N_("Address for alerts"),
    "answer": N_("Ready answer"), "phrase": N_("Phrase"), "text": N_("Text"), "building": N_("Building"),
    "calendar": N_("Calendar"), "tickets": N_("Tickets"), "visits": N_("Visits"),
    "handover": N_("Handover"), "warning": N_("Warning"), "event": N_("Event"), "view": N_("Saved views"),
    "reports": N_("Reports"), "mail": N_("Mail server"), "sms": N_("SMS gateway"),
}  # fmt: skip
_DONE: Final = {"changed": N_("changed"), "removed": N_("removed")}
#: filters and columns of the list of all tickets, as its page calls them
_OF_TICKETS: Final = {
    "q": N_("Words"), "state": N_("State"), "clock": N_("Promise"), "service": N_("Service or category"),
    "step": N_("Step"), "estate": N_("Estate"), "building": N_("Building"), "home": N_("Home"),
    "butler": N_("Butler"), "person": N_("Resident or phone"), "resident": N_("Resident"),
    "channel": N_("Channel"), "language": N_("Language"), "since": N_("Received from"),
    "until": N_("Received until"), "satisfaction": N_("Satisfaction"), "number": N_("Ticket number"),
    "title": N_("Matter"), "due": N_("Promised by"), "late_by": N_("Longest overdue"),
    "kind": N_("Kind of ticket"),
    "category": N_("Category"), "worker": N_("Done by"), "received": N_("Received at"),
    "changed": N_("Last change"), "visit": N_("Visit agreed"), "done": N_("Work done at"),
    "closed": N_("Closed at"), "score": N_("Score"), "words": N_("In the resident's words"),
    "unit": N_("Unit"),
}  # fmt: skip
#: the words of fields whose values are chosen from a list
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "role": words.ROLES,
    "kind": {**words.RESIDENT_KINDS, "printed": N_("Printed code"), "spoken": N_("Spoken code")},
    "language": {"zh": N_("Chinese"), "en": N_("English")},
    "phone": {**_DONE, "shown": N_("looked at in full")},
    "name": _DONE, "address_as_zh": _DONE, "address_as_en": _DONE,
    "state": {"approved": N_("approved"), "rejected": N_("rejected"), "proposed": N_("proposed")},
    "reason": {company.NOBODY: N_("no account is linked to it"),
               company.UNNAMED: N_("the company gave no verified name"),
               company.CLOSED: N_("the account is closed"),
               company.ANOTHER: N_("the account is tied to another person")},
    "scope": {"home": N_("This home only"), "building": N_("The whole building"),
              "zone": N_("The whole zone")},
    "channel": {name: label for name, (_, label) in CHANNELS.items()},
    "filters": _OF_TICKETS, "columns": _OF_TICKETS,
}  # fmt: skip
#: fields that are instants, kept in UTC
INSTANTS: Final = frozenset({"from", "until"})
#: fields that name people, by their id or by the names under which they sign in
_BY_ID: Final = frozenset({"deputy", "user"})
_BY_LOGIN: Final = frozenset({"butler", "to"})
#: fields that are nothing but an id, of which the rest of the entry says all
_SILENT: Final = frozenset({"invitation"})
MERGED: Final = "resident.merge"
#: what stands where there is no value
NONE: Final = "–"
#: characters of a text that stand for the whole of it
_SHORT: Final = 24
NO_NAME: Final = N_("somebody whose data were erased")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its name and both values in words; ``was`` "" where there was none before."""

    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Teller:
    """For whom entries are worded, the menu that names services, and what stands behind the ids."""

    reader: Reader
    menu: Menu
    known: Known

    @property
    def language(self) -> str:
        return self.reader.language


def ids_of(entries: Iterable[AuditEntry]) -> Ids:
    """Return what these entries name by an id or by a login."""
    ids = Ids()
    for entry in entries:
        if entry.subject == "user":
            ids.logins.add(entry.subject_id)
        elif entry.subject in TABLES and entry.subject_id.isascii() and entry.subject_id.isdigit():
            ids.rows.setdefault(entry.subject, set()).add(int(entry.subject_id))
        for kept in (entry.before, entry.after):
            _add(ids, entry, kept)
    return ids


def _add(ids: Ids, entry: AuditEntry, kept: Mapping[str, Any]) -> None:
    for name, value in kept.items():
        if isinstance(value, int) and name in _BY_ID:
            ids.users.add(value)
        elif isinstance(value, int) and _is_resident(entry, name):
            ids.rows.setdefault("resident", set()).add(value)
        elif isinstance(value, str) and name in _BY_LOGIN:
            ids.logins.update(value.split(", "))


def _is_resident(entry: AuditEntry, name: str) -> bool:
    return name == "resident" or (name == "from" and entry.action == MERGED)


def person(teller: Teller, user: User | None) -> str:
    """A member of staff by name; who left, or works elsewhere only, is told as such."""
    if user is None:
        return t(teller.language, "an account that is no longer there")
    if user.id not in teller.known.own:
        return t(teller.language, "a colleague of another estate")
    name = user.name(teller.language)
    return name if user.is_active else t(teller.language, "{name} (account closed)", name=name)


def about(teller: Teller, entry: AuditEntry) -> str:
    """What kind of row was changed, and which one; of which estate where the reader has several."""
    label = t(teller.language, SUBJECTS[entry.subject]) if entry.subject in SUBJECTS else entry.subject
    known = teller.known.estates
    place = known[entry.estate_id].name(teller.language) if entry.estate_id in known else ""
    said = " ".join(one for one in (label, _which(teller, entry)) if one)
    return " · ".join(one for one in (said, place if len(known) > 1 else "") if one)


def _which(teller: Teller, entry: AuditEntry) -> str:
    tell = _WHICH.get(entry.subject)
    return tell(teller, entry) if tell else ""


def _account(teller: Teller, entry: AuditEntry) -> str:
    user = teller.known.logins.get(entry.subject_id)
    if user is None or user.id not in teller.known.own:
        return entry.subject_id
    return t(teller.language, "{name} ({login})", name=user.name(teller.language), login=user.username)


def _row(teller: Teller, entry: AuditEntry) -> str:
    """A row by its name; "" for one of elsewhere, or that is gone."""
    key = entry.subject_id
    row = teller.known.rows.get((entry.subject, int(key))) if key.isascii() and key.isdigit() else None
    if isinstance(row, Remark):
        row = teller.known.rows.get(
            ("home", row.home_id) if row.home_id else ("resident", row.resident_id or 0)
        )
    if isinstance(row, Home):
        return word_home(row.building, row.unit, row.flat, teller.language)
    if isinstance(row, Resident):
        return _resident(teller, row.id)
    if isinstance(row, CannedAnswer):
        return _quoted(teller, row.title_zh if teller.language == "zh" else row.title_en)
    if isinstance(row, SavedView):
        return _quoted(teller, row.name)
    return _quoted(teller, row.label) if isinstance(row, StaffAddress) else ""


def _building(teller: Teller, entry: AuditEntry) -> str:
    """Older entries have the code of the estate before it."""
    return word_home(entry.subject_id.split(" ")[-1], "", "", teller.language)


def _text(teller: Teller, entry: AuditEntry) -> str:
    sentence = SENTENCES.get(entry.subject_id)
    return _quoted(teller, t(teller.language, sentence)) if sentence else ""


def _quoted(teller: Teller, text: str) -> str:
    short = text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
    return t(teller.language, "“{text}”", text=short) if short else ""


def _estate(teller: Teller, entry: AuditEntry) -> str:
    """The estate itself; where the reader has several, it is told anyway."""
    found = teller.known.estates.get(entry.estate_id or 0)
    return found.name(teller.language) if found and len(teller.known.estates) == 1 else ""


_WHICH: Final[Mapping[str, Callable[[Teller, AuditEntry], str]]] = {
    "user": _account, "building": _building, "text": _text, "estate": _estate, "calendar": _estate,
    "warning": _estate, "event": lambda teller, entry: _item(teller, entry.subject_id),
    **dict.fromkeys(TABLES, _row),
}  # fmt: skip


def _resident(teller: Teller, resident_id: int) -> str:
    row = teller.known.rows.get(("resident", resident_id))
    if not isinstance(row, Resident):
        return t(teller.language, "a resident of another estate")
    return row.name or t(teller.language, NO_NAME)


def _item(teller: Teller, item_id: str) -> str:
    item = teller.menu.items.get(item_id)
    return (
        item.name.in_(teller.language) if item else t(teller.language, "a service that is no longer offered")
    )


def changes(teller: Teller, entry: AuditEntry) -> tuple[Change, ...]:
    """The fields that differ, in the order of their names in the code."""
    names = sorted((entry.before.keys() | entry.after.keys()) - _SILENT)
    made = (_change(teller, entry, name) for name in names)
    return tuple(one for one in made if one.was or one.now != NONE)


def _change(teller: Teller, entry: AuditEntry, name: str) -> Change:
    was, now = (_side(teller, entry, name, side.get(name)) for side in (entry.before, entry.after))
    return Change(_label(teller, entry, name), "" if was == NONE else was, now)


def _label(teller: Teller, entry: AuditEntry, name: str) -> str:
    if entry.action == MERGED and name == "from":
        return t(teller.language, "Entry that gave way")
    return t(teller.language, FIELDS[name]) if name in FIELDS else name


def _side(teller: Teller, entry: AuditEntry, name: str, value: Any) -> str:
    """One value of a field in words."""
    if value is None or value in ("", [], {}):
        return NONE
    if isinstance(value, int) and _is_resident(entry, name):
        return _resident(teller, value)
    if isinstance(value, int) and name in _BY_ID:
        return person(teller, teller.known.users.get(value))
    tell = _TOLD.get(name)
    return tell(teller, value) if tell else value_in_words(teller.language, value, VALUES.get(name, {}))


def value_in_words(language: str, value: Any, known: Mapping[str, str]) -> str:
    """A plain value, a list or a table of them; ``known``: the words of those that are chosen."""
    if value is None or value in ("", [], {}):
        return NONE
    if isinstance(value, bool):
        return t(language, "Yes") if value else t(language, "No")
    if isinstance(value, list):
        return _joined(language, (value_in_words(language, one, known) for one in value))
    if isinstance(value, dict):
        sides = ((t(language, FIELDS[name]) if name in FIELDS else name, one) for name, one in value.items())
        said = (t(language, "{label}: {value}", label=name, value=value_in_words(language, one, known))
                for name, one in sides)  # fmt: skip
        return ("；" if language == "zh" else "; ").join(said)
    return t(language, known[value]) if value in known else str(value)


def _joined(language: str, texts: Iterable[str]) -> str:
    return ("、" if language == "zh" else ", ").join(texts)


def _instant(teller: Teller, value: Any) -> str:
    """An instant in the reader's zone, as people write it."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return format_full(teller.language, at, teller.reader.zone) if at.tzinfo else str(value)


def _logins(teller: Teller, value: Any) -> str:
    """People by the names under which they sign in; homes that nobody served have "" among them."""
    known = teller.known.logins
    names = (person(teller, known[one]) if one in known else one or NONE for one in str(value).split(", "))
    return _joined(teller.language, names)


def _estates(teller: Teller, value: Any) -> str:
    """The names of estates; those that are not the reader's are only counted in."""
    ids = value if isinstance(value, list) else [value]
    mine = [teller.known.estates[one].name(teller.language) for one in ids if one in teller.known.estates]
    other = [t(teller.language, "another estate")] if len(mine) < len(ids) else []
    return _joined(teller.language, mine + other)


def _home(teller: Teller, value: Any) -> str:
    found = parse_home(str(value))
    return found.worded(teller.language) if found and found.code == str(value) else str(value)


def _items(teller: Teller, value: Any) -> str:
    return _joined(teller.language, (_item(teller, one) for one in str(value).split(", ")))


def _day(teller: Teller, value: Any) -> str:
    try:
        return format_date(teller.language, date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _edition(teller: Teller, value: Any) -> str:
    """An estate's own calendar by its edition; any other is the one that all estates share."""
    name, _, number = str(value).partition("@")
    if name.startswith("own-"):
        return t(teller.language, "own calendar, edition {number}", number=number)
    return t(teller.language, "the common calendar")


def _duty(teller: Teller, duty_id: str) -> str:
    found = next((one for one in standard_duties() if one.id == duty_id), None)
    return found.title(teller.language) if found else duty_id


def _duties(teller: Teller, value: Any) -> str:
    """Duties by their names; their own hours follow after a space."""
    told = ((_duty(teller, name), hours) for name, _, hours in (str(one).partition(" ") for one in value))
    return _joined(teller.language, (" ".join(filter(None, one)) for one in told))


def _filter(teller: Teller, value: Any) -> str:
    """Which filters the log was saved with; what they looked for stands in the file."""
    names = {"who": N_("Who"), "kind": N_("What"), "from": N_("From"), "to": N_("To")}
    asked = [name for name, _ in parse_qsl(str(value).removeprefix("?")) if name in names]
    return _joined(teller.language, (t(teller.language, names[one]) for one in asked)) or NONE


_TOLD: Final[Mapping[str, Callable[[Teller, Any], str]]] = {
    **dict.fromkeys(INSTANTS, _instant), **dict.fromkeys(_BY_LOGIN, _logins), "estates": _estates,
    "home": _home, "item_id": _items, "day": _day, "edition": _edition, "filter": _filter,
    "duties_off": _duties, "duties_on": _duties, "duty_hours": _duties,
    "logo": lambda teller, _: t(teller.language, "a picture"),
}  # fmt: skip
