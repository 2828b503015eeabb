"""The import of homes and residents: a dry run that is kept, then everything in one transaction.

Nothing here commits. Between the two the rows lie in the table ``imports`` with their phones sealed; they
are weighed anew each time they are looked at, so that what changed meanwhile is seen.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.errors import NotFound
from backend.households import columns, import_queries, plan, sheet
from backend.households.plan import Plan, Step
from backend.households.rows import Fault, Raw, Row, read_row
from backend.models import Estate, Home, Import, Residency, Resident, Zone
from backend.people import address, kept_phone, phones
from backend.people.residents import counted
from backend.people.viewer import Viewer
from backend.vault import Vault
from locales.dates import local

#: how long a dry run that nobody carried out is kept
UNUSED_LIFE: Final = timedelta(days=1)
CHUNK: Final = 250
#: told as the import goes on: (rows done, rows in all)
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a sheet as they are kept, their phones sealed, and what is wrong with them."""

    rows: list[dict[str, Any]]
    faults: list[Fault]


def read(vault: Vault, estate: Estate, raws: Sequence[Raw], now: datetime) -> Found:
    """Read the rows of a sheet (``sheet.read``). Done before a transaction begins: sealing takes its time."""
    today = local(now, estate.timezone).date()
    kept: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for raw in raws:
        row, found = read_row(raw, lambda number: hide(vault, number), today)
        faults += found
        kept.append({"row": plan.row_json(row)} if row else _kept_raw(vault, raw))
    return Found(kept, faults)


def dry_run(
    session: Session, estate: Estate, name: str, found: Found, actor: Actor, now: datetime
) -> Import:  # fmt: skip
    """Keep what was read; nothing of the estate is changed."""
    forget(session, now)
    made = Import(
        id=secrets.token_urlsafe(16), estate_id=estate.id, user_id=actor.user_id, kind="homes",
        name=name[:120], rows=found.rows, faults=[one.as_json() for one in found.faults],
        counts={"rows": len(found.rows)}, created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def forget(session: Session, now: datetime) -> None:
    """Forget what was read more than a day ago and not imported, in every estate."""
    import_queries.forget_unused(session, now - UNUSED_LIFE)


def hide(vault: Vault, number: str) -> tuple[str, str, str]:
    """A phone number as it is kept: its keyed hash, that of its last four digits, and itself sealed."""
    last4 = kept_phone.last4_hash(vault, phones.last4(number))
    return vault.digest(number), last4, b64encode(vault.seal(number)).decode()


def _kept_raw(vault: Vault, raw: Raw) -> dict[str, Any]:
    """A row that could not be read, to be given back with its remark; what may be a phone is sealed."""
    cells = dict(raw.cells)
    phone = cells.pop("phone", "")
    sealed = b64encode(vault.seal(phone)).decode() if phone else ""
    return {"number": raw.number, "cells": cells, "phone": sealed}


def weighed(session: Session, imported: Import, now: datetime) -> Plan:
    """What the import would do now, with every fault, those of reading first by row."""
    estate = session.get_one(Estate, imported.estate_id)
    rows = [plan.row_from(one["row"]) for one in imported.rows if "row" in one]
    spoilt = [(one["number"], one["cells"].get("butler", "")) for one in imported.rows if "cells" in one]
    known = import_queries.known_of(session, estate, now)
    found = plan.weigh(rows, known)
    faults = [Fault(**one) for one in imported.faults] + list(found.faults)
    faults += plan.butler_faults(((row, text) for row, text in spoilt if text), known)
    return replace(found, faults=tuple(sorted(faults, key=lambda one: one.row)))


def faulty_rows(vault: Vault, imported: Import, found: Plan, language: str) -> bytes:
    """The rows with faults as a sheet of the same form, each with what is wrong in its last column."""
    told: dict[int, list[str]] = {}
    for fault in found.faults:
        said = told.setdefault(fault.row, [])
        name = columns.BY_ID[fault.column].name(language) if fault.column else ""
        sentence = fault.worded(language)
        said.append(f"{name}: {sentence}" if name else sentence)
    rows = []
    for one in imported.rows:
        number = one["row"]["number"] if "row" in one else one["number"]
        if number in told:
            cells = _cells(vault, plan.row_from(one["row"])) if "row" in one else _raw_cells(vault, one)
            rows.append({**cells, columns.REMARK.id: " ".join(told[number])})
    return sheet.write(rows, remarks=True)


def _raw_cells(vault: Vault, kept: Mapping[str, Any]) -> dict[str, str]:
    sealed = kept["phone"]
    phone = vault.unseal(b64decode(sealed)) if sealed else ""
    cells = {**kept["cells"], "phone": phone}
    whole = cells.pop("home", "")  # the sheet that is given back has three columns for it
    return {"building": whole, **cells} if whole and not cells.get("building") else cells


def _cells(vault: Vault, row: Row) -> dict[str, str]:
    texts = {one.id: str(getattr(row, one.id, "")) for one in columns.COLUMNS}
    for name in ("kind", "language", "tier"):
        texts[name] = columns.word_for(name, texts[name])
    texts["large_type"] = "" if row.large_type is None else "是" if row.large_type else "否"
    texts["phone"] = phones.pretty(vault.unseal(b64decode(row.phone_sealed))) if row.phone_sealed else ""
    return texts


def carry_out(
    session: Session, viewer: Viewer | None, import_id: str, actor: Actor, now: datetime, tell: Tell
) -> dict[str, int]:
    """Write every row without a fault; return what was done. A second time nothing more happens.

    ``viewer`` None: the command line, whose operator may do it in any estate.

    Raises NotFound for an import of another estate, or one that was forgotten.
    """
    imported = import_queries.find_import(session, viewer, import_id, lock=True)
    if imported is None:
        raise NotFound
    if imported.state == "done":
        return dict(imported.counts)
    estate = import_queries.lock_estate(session, imported.estate_id)
    found = weighed(session, imported, now)
    _Writing(session, estate, now, tell).write(found)
    bad = len({fault.row for fault in found.faults})
    counts = {**imported.counts, **found.counts(), "faulty": bad}
    imported.state, imported.done_at, imported.counts = "done", now, counts
    imported.rows, imported.faults = [], []
    audit.record(session, actor, now, "homes.import", estate_id=estate.id, subject="import",
                 subject_id=imported.id, after={"file": imported.name, **counts})  # fmt: skip
    session.flush()
    return counts


class _Writing:
    """Writes a plan into an estate, row after row, and tells how far it is."""

    def __init__(self, session: Session, estate: Estate, now: datetime, tell: Tell) -> None:
        self.session, self.estate, self.now, self.tell = session, estate, now, tell
        self.homes: dict[str, int] = {}
        self.zones: dict[str, int] = {}

    def write(self, found: Plan) -> None:
        self._add_zones(found.zones)
        total, done = 2 * len(found.steps), 0
        for part in _parts(found.steps):
            self._write_homes(part)
            done += len(part)
            self.tell(done, total)
        for part in _parts(found.steps):
            self._write_people(part)
            done += len(part)
            self.tell(done, total)

    def _add_zones(self, codes: Sequence[str]) -> None:
        own = self.estate.id
        self.session.add_all(Zone(estate_id=own, code=one, name_zh=one, name_en=one) for one in codes)
        self.session.flush()
        self.zones = import_queries.zone_ids(self.session, own)

    def _write_homes(self, steps: Sequence[Step]) -> None:
        changed = {step.home_id for step in steps if step.home_id and step.home_values}
        rows = import_queries.homes_by_id(self.session, changed)
        made: list[Home] = []
        for step in steps:
            if step.home_id is not None:
                self.homes[step.row.code] = step.home_id
            if step.home == "new":
                made.append(self._new_home(step))
            elif step.home_id in rows:
                self._fill(rows[step.home_id], step.home_values)
        self.session.add_all(made)
        self.session.flush()
        self.homes |= {home.code: home.id for home in made}
        self._fill_new(steps)

    def _new_home(self, step: Step) -> Home:
        name = step.row.home
        home = Home(estate_id=self.estate.id, code=name.code, building=name.building, unit=name.unit,
                    flat=name.flat)  # fmt: skip
        self._fill(home, step.home_values)
        return home

    def _fill_new(self, steps: Sequence[Step]) -> None:
        """A later row of a new home may say what the first left open."""
        late = [one for one in steps if one.home_id is None and one.home == "same" and one.home_values]
        rows = import_queries.homes_by_id(self.session, (self.homes[one.row.code] for one in late))
        for one in late:
            self._fill(rows[self.homes[one.row.code]], one.home_values)

    def _fill(self, home: Home, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if name == "zone":
                home.zone_id = self.zones[value]
            else:
                setattr(home, name, value)

    def _write_people(self, steps: Sequence[Step]) -> None:
        known = {step.resident_id for step in steps if step.resident_id and step.person_values}
        rows = import_queries.residents_by_id(self.session, known)
        lived = import_queries.residencies_of(self.session, known)
        made: list[tuple[Step, Resident]] = []
        for step in steps:
            if step.person == "new":
                made.append((step, self._new_resident(step.row)))
            elif step.resident_id in rows:
                values = dict(step.person_values)
                since = values.pop("since", "")
                _change(rows[step.resident_id], values)
                if since:
                    residency = lived[step.resident_id, self.homes[step.row.code]]
                    residency.starts_at = self._start_of(since)
        self.session.add_all(resident for _step, resident in made)
        self.session.flush()
        self.session.add_all(self._residency(step, resident) for step, resident in made)
        self.session.flush()

    def _new_resident(self, row: Row) -> Resident:
        resident = Resident(
            estate_id=self.estate.id, name="", kind=row.kind or "owner", language=row.language or "zh",
            is_large_type=bool(row.large_type), created_at=self.now,
        )  # fmt: skip
        _change(resident, {"name": row.name, "address_zh": row.address_zh, "address_en": row.address_en})
        if row.phone_hash:
            _change(resident, plan.phone_of(row))
        return resident

    def _residency(self, step: Step, resident: Resident) -> Residency:
        since = self._start_of(step.row.since) if step.row.since else self.now
        return Residency(estate_id=self.estate.id, resident_id=resident.id,
                         home_id=self.homes[step.row.code], starts_at=since)  # fmt: skip

    def _start_of(self, day: str) -> datetime:
        return datetime.combine(date.fromisoformat(day), time(), ZoneInfo(self.estate.timezone))


_FIELDS: Final = {
    "address_zh": "address_as_zh", "address_en": "address_as_en", "large_type": "is_large_type",
}  # fmt: skip


def _change(resident: Resident, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "phone_sealed":
            resident.phone_sealed = b64decode(value)
        else:
            setattr(resident, _FIELDS.get(name, name), value)
    if "name" in values:
        resident.surname = address.split_name(values["name"])[0]


def _parts(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    return (steps[start : start + CHUNK] for start in range(0, len(steps), CHUNK))


def export(
    session: Session, vault: Vault, estate: Estate, actor: Actor, now: datetime,
    homes: Collection[int] | None = None, filters: Collection[str] = (),
) -> bytes:  # fmt: skip
    """Every home and resident of an estate as the sheet that is imported; who took it is written down.

    ``homes``: the ids of those that ``filters``, told by their names alone, let through; None for all.
    """
    known = import_queries.known_of(session, estate, now)
    logins = {one.id: one.username for one in known.butlers}
    found = import_queries.export_of(session, estate.id, now)
    texts = [
        _exported(vault, home, known.homes[home.code].zone, logins, residency, resident, estate.timezone)
        for home, residency, resident in sorted(found, key=_order)
        if homes is None or home.id in homes
    ]
    after: dict[str, Any] = {"rows": len(texts)} | ({"filters": sorted(filters)} if filters else {})
    audit.record(session, actor, now, "homes.export", estate_id=estate.id, subject="estate",
                 subject_id=estate.code, after=after)  # fmt: skip
    return sheet.write(texts)


def _order(row: tuple[Home, Residency | None, Resident | None]) -> list[tuple[int, str]]:
    return [counted(part) for part in (row[0].building, row[0].unit, row[0].flat)]


def _exported(
    vault: Vault, home: Home, zone: str, logins: Mapping[int, str], residency: Residency | None,
    resident: Resident | None, zone_name: str,
) -> dict[str, str]:  # fmt: skip
    cells = {
        "building": home.building, "unit": home.unit, "flat": home.flat, "zone": zone,
        "tier": columns.word_for("tier", home.tier), "butler": logins.get(home.butler_id or 0, ""),
    }  # fmt: skip
    if resident is None or residency is None:
        return cells
    sealed = resident.phone_sealed
    return cells | {
        "name": resident.name,
        "address_zh": resident.address_as_zh,
        "address_en": resident.address_as_en,
        "kind": columns.word_for("kind", resident.kind),
        "language": columns.word_for("language", resident.language),
        "phone": phones.pretty(vault.unseal(sealed)) if sealed else "",
        "large_type": "是" if resident.is_large_type else "否",
        "since": local(residency.starts_at, zone_name).date().isoformat(),
    }
