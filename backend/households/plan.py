"""What an import would do: each row beside what is known already. Pure; nothing is written here.

A home is known by its code, a resident by their name in the home, else by their phone in the home. What a
row does not say is left as it is, so that the same file read twice changes nothing the second time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from backend.households import columns, doubts
from backend.households.rows import Fault, Row
from locales import N_

TWICE: Final = N_("The same person stands in row {other} already.")
HOME_TWICE: Final = N_("The same home stands in row {other} already.")
CONTRADICTS: Final = N_("Row {other} says “{text}” for the same home.")
NO_BUTLER: Final = N_("There is no butler “{text}” in this estate. There is: {known}.")
TWO_BUTLERS: Final = N_("Several butlers are called “{text}”. Please write the user name: {known}.")
MOVED_OUT: Final = N_("This person moved out of this home. To move them in again, use the page of the home.")
#: fields of a person that a row may change, beside name and phone
DETAILS: Final = ("address_zh", "address_en", "kind", "language", "since")
BUTLERS_NAMED: Final = 8


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who lives, or lived, in a home; ``since`` is a day of the estate."""

    id: int
    name: str
    phone_hash: str
    address_zh: str
    address_en: str
    kind: str
    language: str
    large_type: bool
    since: str
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class KnownHome:
    id: int
    zone: str
    tier: str
    butler_id: int | None
    people: tuple[KnownPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class Butler:
    id: int
    username: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the estate has: homes by code, its butlers, the codes of its zones by what they are called."""

    homes: Mapping[str, KnownHome]
    butlers: Sequence[Butler]
    zones: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What one row comes to. ``home`` and ``person``: new, changed, same, or none where nobody is named.

    ``changes``: (field, before, after) of what exists; a phone is told as changed, never by its digits.
    """

    row: Row
    home: str
    person: str
    home_id: int | None = None
    resident_id: int | None = None
    butler_id: int | None = None
    home_values: Mapping[str, Any] = field(default_factory=dict)
    person_values: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_same(self) -> bool:
        return self.home == "same" and self.person in ("same", "none")


@dataclass(frozen=True, slots=True)
class Plan:
    """All rows weighed: steps for those that can be taken over, faults for the others.

    ``doubts``: what is taken over all the same, and should be looked at once; ``butlers``: who is behind the
    user names of the steps.
    """

    steps: tuple[Step, ...]
    faults: tuple[Fault, ...]
    zones: tuple[str, ...] = ()
    doubts: tuple[Fault, ...] = ()
    butlers: Sequence[Butler] = ()

    def counts(self) -> dict[str, int]:
        """How much would be added, changed or left as it is."""
        found = dict.fromkeys(("homes_new", "homes_changed", "people_new", "people_changed", "same"), 0)
        for step in self.steps:
            for kind, state in (("homes", step.home), ("people", step.person)):
                if f"{kind}_{state}" in found:
                    found[f"{kind}_{state}"] += 1
            found["same"] += step.is_same
        return found


class _Weighing:
    """Goes through the rows in their order and remembers what came before."""

    def __init__(self, known: Known, rows: Iterable[Row] = ()) -> None:
        self.known = known
        self.doubts: list[Fault] = []
        self.lives = doubts.homes_of_people(known.homes)
        self.keepers = doubts.butlers_of_buildings(known)
        #: homes of which some row says who serves them
        self.given = {row.code for row in rows if row.butler}
        self.faults: list[Fault] = []
        self.homes: dict[str, Row] = {}
        self.people: dict[tuple[str, str], Row] = {}
        self.taken: set[int] = set()
        self.said: set[tuple[str, str]] = set()
        self.zones: dict[str, str] = dict(known.zones)
        self.new_zones: list[str] = []

    def step(self, row: Row) -> Step | None:
        """Return what the row comes to, or None when it has a fault."""
        before = len(self.faults)
        butler_id = self._butler(row)
        told = butler_id is not None
        if not told and row.code not in self.known.homes and row.code not in self.given:
            butler_id = self.keepers.get(row.building)
        self._double(row)
        if len(self.faults) > before:
            return None
        first = self.homes.setdefault(row.code, row)
        if row.name:
            self.people[row.code, row.name.casefold()] = row
        home = self.known.homes.get(row.code)
        values, changes = self._home(row, home, butler_id)
        state = "changed" if home and values else "same"
        if home is None and first is row:
            state = "new"
            changes += [("butler", "", self._login(butler_id))] if butler_id is not None and not told else []
        found = self._person(row, home)
        if found is None:
            return None
        person_state, person, person_values, own = found
        return Step(
            row=row, home=state, person=person_state, home_id=home.id if home else None,
            resident_id=person.id if person else None, butler_id=butler_id, home_values=values,
            person_values=person_values, changes=(*changes, *own),
        )  # fmt: skip

    def _butler(self, row: Row) -> int | None:
        return self.butler(row.number, row.butler) if row.butler else None

    def butler(self, number: int, text: str) -> int | None:
        """Whom a cell means; None and a fault for nobody, or for several of one name."""
        wanted = text.casefold()
        by_login = [one for one in self.known.butlers if one.username.casefold() == wanted]
        named = [one for one in self.known.butlers if wanted in (name.casefold() for name in one.names)]
        found = by_login or named
        if len(found) == 1:
            return found[0].id
        those = found or self.known.butlers
        listed = ", ".join(f"{one.names[0]} ({one.username})" for one in those[:BUTLERS_NAMED]) or "–"
        sentence = TWO_BUTLERS if found else NO_BUTLER
        self.faults.append(Fault(number, "butler", sentence, {"text": text[:30], "known": listed}))
        return None

    def _double(self, row: Row) -> None:
        other = self.people.get((row.code, row.name.casefold())) if row.name else None
        if other is not None:
            self._wrong(row, "name", TWICE, other=other.number)
        first = self.homes.get(row.code)
        if first is None:
            return
        if not row.name:
            self._wrong(row, "", HOME_TWICE, other=first.number)
        for name in ("zone", "tier", "butler"):
            said, says = str(getattr(first, name)), str(getattr(row, name))
            if said and says and said.casefold() != says.casefold():
                text = columns.word_for(name, said) if name == "tier" else said
                self._wrong(row, name, CONTRADICTS, other=first.number, text=text[:30])

    def _home(
        self, row: Row, home: KnownHome | None, butler_id: int | None
    ) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
        """The columns of the home that the row sets, and those that it changes."""
        wanted: dict[str, Any] = {}
        if row.zone:
            wanted["zone"] = self._zone(row.zone)
        if row.tier:
            wanted["tier"] = row.tier
        if butler_id is not None:
            wanted["butler_id"] = butler_id
        # What an earlier row of the same home has said counts once.
        wanted = {name: value for name, value in wanted.items() if (row.code, name) not in self.said}
        self.said |= {(row.code, name) for name in wanted}
        if home is None:
            return wanted, []
        changed = {name: value for name, value in wanted.items() if getattr(home, name) != value}
        told = [self._told(name, home, value) for name, value in changed.items()]
        return changed, told

    def _zone(self, text: str) -> str:
        code = self.zones.get(text.casefold())
        if code is None:
            code = self.zones[text.casefold()] = text
            self.new_zones.append(text)
        return code

    def _told(self, name: str, home: KnownHome, value: Any) -> tuple[str, str, str]:
        before = getattr(home, name)
        if name == "butler_id":
            return "butler", self._login(before), self._login(value)
        return name, str(before), str(value)

    def _login(self, butler_id: int | None) -> str:
        return next((one.username for one in self.known.butlers if one.id == butler_id), "")

    def _person(
        self, row: Row, home: KnownHome | None
    ) -> tuple[str, KnownPerson | None, dict[str, Any], list[tuple[str, str, str]]] | None:
        """Who the row is about: nobody, somebody new, or somebody known and what changes of them."""
        if not row.name:
            return "none", None, {}, []
        person = self._known_person(row, home)
        if person is None:
            elsewhere = self.lives.get((row.name.casefold(), row.phone_hash))
            if elsewhere is not None:
                self.doubts.append(Fault(row.number, "name", doubts.LIVES_ELSEWHERE, {"home": elsewhere}))
            return "new", None, {}, []
        if person.has_left:
            self._wrong(row, "name", MOVED_OUT)
            return None
        self.taken.add(person.id)
        values, told = _changes(row, person)
        return ("changed" if values else "same"), person, values, told

    def _known_person(self, row: Row, home: KnownHome | None) -> KnownPerson | None:
        same_name = _named(row, self.known)
        if same_name:
            return min(same_name, key=lambda one: one.has_left)
        people = [one for one in home.people if one.id not in self.taken] if home else []
        same_phone = (one for one in people if row.phone_hash and one.phone_hash == row.phone_hash)
        return next((one for one in same_phone if not one.has_left), None)

    def _wrong(self, row: Row, column: str, sentence: str, **values: Any) -> None:
        self.faults.append(Fault(row.number, column, sentence, values))


def _changes(row: Row, person: KnownPerson) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    values: dict[str, Any] = {}
    told: list[tuple[str, str, str]] = []
    for name in ("name", *DETAILS):
        said, was = str(getattr(row, name)), str(getattr(person, name))
        if said and said != was:
            values[name] = said
            told.append((name, was, said))
    if row.large_type is not None and row.large_type != person.large_type:
        values["large_type"] = row.large_type
        told.append(("large_type", _yes(person.large_type), _yes(row.large_type)))
    if row.phone_hash and row.phone_hash != person.phone_hash:
        values |= phone_of(row)
        told.append(("phone", "", ""))
    return values, told


def phone_of(row: Row) -> dict[str, Any]:
    """A row's number as a resident has it; one that was read by an older release has no last four digits."""
    last4 = row.phone_last4_hash or None
    return {"phone_hash": row.phone_hash, "phone_last4_hash": last4, "phone_sealed": row.phone_sealed}


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def weigh(rows: Iterable[Row], known: Known) -> Plan:
    """Return what the rows come to, in their order."""
    ordered, doubted = doubts.one_spelling(sorted(rows, key=lambda row: row.number), known.homes)
    weighing = _Weighing(known, ordered)
    # Whoever is named in the file is not taken for somebody else who shares their phone.
    weighing.taken = {one.id for row in ordered for one in _named(row, known)}
    steps = [weighing.step(row) for row in ordered]
    asked = sorted((*doubted, *weighing.doubts), key=lambda one: one.row)
    return Plan(tuple(one for one in steps if one), tuple(weighing.faults), tuple(weighing.new_zones),
                tuple(asked), known.butlers)  # fmt: skip


def butler_faults(cells: Iterable[tuple[int, str]], known: Known) -> list[Fault]:
    """Faults in the butler's cell (row, text) of rows that could not be read for another reason."""
    weighing = _Weighing(known)
    for number, text in cells:
        weighing.butler(number, columns.plain(text))
    return weighing.faults


def _named(row: Row, known: Known) -> list[KnownPerson]:
    home = known.homes.get(row.code)
    return [one for one in home.people if one.name.casefold() == row.name.casefold()] if home else []


def row_json(row: Row) -> dict[str, Any]:
    """A row as it is kept between the dry run and the import; its phone is sealed."""
    return {name: value for name, value in asdict(row).items() if value not in ("", None)}


def row_from(kept: Mapping[str, Any]) -> Row:
    return Row(**{"unit": "", **kept})
