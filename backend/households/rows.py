"""One row of the sheet read: a home, and a resident or nobody; every fault by column and sentence. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from backend.households import columns
from backend.households.columns import BY_ID, PERSONAL, TITLES, plain
from backend.people import address, homes, phones
from backend.people.homes import HomeName
from locales import N_, t

NAME_LENGTH: Final = 60
#: hides a phone number: (keyed hash, that of its last four digits, sealed) as text
Hide = Callable[[str], tuple[str, str, str]]

NEEDED: Final = N_("This is needed.")
TOO_LONG: Final = N_("Please keep this under {limit} characters.")
NO_HOME: Final = N_("“{text}” is no home: write building, unit and flat, such as 3, 2 and 1501.")
NO_WORD: Final = N_("“{text}” is not known here. Possible: {known}.")
NO_PHONE: Final = N_("“{text}” is no telephone number. Write it in full, with the country code when it is "
                     "not Chinese.")  # fmt: skip
NO_DAY: Final = N_("“{text}” is no day: write it as 2024-05-01.")
NO_NAME: Final = N_("This row says something about a person: whose is it? Write a name.")
NOT_MISS: Final = N_("Please write “女士”. The service never says “小姐”.")
FAR_DAY: Final = N_("“{text}” cannot be right: the day lies before 1950, or more than a year ahead.")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a cell: row of the sheet, column id ("" for the whole row), sentence and its holes."""

    row: int
    column: str
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def worded(self, language: str) -> str:
        # A list of words is kept once, whatever language its reader has.
        known = str(self.values.get("known", ""))
        said = {"known": known.replace(", ", "、")} if known and language == "zh" else {}
        return t(language, self.sentence, **{**self.values, **said})

    def where(self, language: str) -> str:
        """Row and column: ``第12行 手机``, ``row 12, Phone``."""
        if not self.column:
            return t(language, "row {row}", row=self.row)
        name = BY_ID[self.column].name(language)
        return t(language, "row {row}, {column}", row=self.row, column=name)

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "sentence": self.sentence,
                "values": dict(self.values)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as the sheet has it: text by column id, and the faults that the cells themselves have."""

    number: int
    cells: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read. "" (None for ``large_type``) means: not said, so nothing is changed."""

    number: int
    building: str
    unit: str
    flat: str
    zone: str = ""
    tier: str = ""
    butler: str = ""
    name: str = ""
    address_zh: str = ""
    address_en: str = ""
    kind: str = ""
    language: str = ""
    phone_hash: str = ""
    phone_last4_hash: str = ""
    phone_sealed: str = ""
    large_type: bool | None = None
    since: str = ""

    @property
    def home(self) -> HomeName:
        return HomeName(self.building, self.unit, self.flat)

    @property
    def code(self) -> str:
        return self.home.code


class Reading:
    """One row under the reader's eye: takes the cells one by one, and notes what is wrong."""

    def __init__(self, raw: Raw, today: date) -> None:
        self.number, self.today = raw.number, today
        self.cells = {name: plain(text) for name, text in raw.cells.items()}
        self.faults = list(raw.faults)
        self.bad = {fault.column for fault in raw.faults}

    def wrong(self, column: str, sentence: str, **values: Any) -> None:
        if column not in self.bad:  # the first is enough
            self.faults.append(Fault(self.number, column, sentence, values))
            self.bad.add(column)

    def text(self, column: str, limit: int = NAME_LENGTH) -> str:
        text = self.cells.get(column, "")
        if len(text) > limit:
            self.wrong(column, TOO_LONG, limit=limit)
        return text

    def word(self, column: str) -> str:
        text = self.cells.get(column, "")
        value = columns.meaning(column, text) if text else ""
        if value is None:
            known = ", ".join(" ".join(words[:2]) for words in columns.WORDS[column].values())
            self.wrong(column, NO_WORD, text=text[:40], known=known)
        return value or ""


def read_row(raw: Raw, hide: Hide, today: date) -> tuple[Row | None, tuple[Fault, ...]]:
    """Return the row, or None with its faults; ``today`` is the estate's."""
    seen = Reading(raw, today)
    home = _home(seen)
    person = _person(seen, hide) if any(seen.cells.get(one) for one in PERSONAL) else {}
    place: dict[str, Any] = {
        "zone": seen.text("zone", 20),
        "tier": seen.word("tier"),
        "butler": seen.text("butler"),
    }
    if seen.faults or home is None:
        return None, tuple(seen.faults)
    return Row(raw.number, home.building, home.unit, home.flat, **place, **person), ()


def _home(seen: Reading) -> HomeName | None:
    whole = seen.cells.get("home", "")
    if whole and not seen.cells.get("flat"):
        return _parsed(seen, "home", whole, whole)
    for column in ("building", "flat"):
        if not seen.cells.get(column):
            seen.wrong(column, NEEDED)
    building = re.sub(r"(号楼|[号栋幢座楼])$", "", seen.cells.get("building", ""))
    unit = re.sub(r"单元$", "", seen.cells.get("unit", ""))
    flat = re.sub(r"[室房号]$", "", seen.cells.get("flat", ""))
    text = f"{building}栋" + (f"{unit}单元" if unit else "") + f"{flat}室"
    shown = "-".join(part for part in (building, unit, flat) if part)
    return None if seen.bad & {"building", "unit", "flat"} else _parsed(seen, "flat", text, shown)


def _parsed(seen: Reading, column: str, text: str, shown: str) -> HomeName | None:
    found = homes.parse_home(text)
    if found is None or homes.without_homes(text).strip():
        seen.wrong(column, NO_HOME, text=shown[:40])
        return None
    return found


def _person(seen: Reading, hide: Hide) -> dict[str, Any]:
    name = clean_name(seen.text("name"))
    if not name:
        seen.wrong("name", NO_NAME)
    phone_hash, phone_last4_hash, phone_sealed = _phone(seen, hide)
    large = seen.word("large_type")
    return {
        "name": name,
        **_address(seen, name),
        "kind": seen.word("kind"),
        "language": seen.word("language"),
        "phone_hash": phone_hash,
        "phone_last4_hash": phone_last4_hash,
        "phone_sealed": phone_sealed,
        "large_type": None if not large else large == "yes",
        "since": _since(seen),
    }


def clean_name(text: str) -> str:
    """A name as it is kept: 陈 明, spread out to look even in a list, is 陈明."""
    return re.sub(r"(?<=[一-鿿])\s+(?=[一-鿿])", "", plain(text))


def _address(seen: Reading, name: str) -> dict[str, str]:
    chinese, english = seen.text("address_zh", 30), seen.text("address_en", 30)
    if "小姐" in chinese:
        seen.wrong("address_zh", NOT_MISS)
    return address_from(name, chinese, english)


def address_from(name: str, chinese: str, english: str) -> dict[str, str]:
    """The two forms of address: a title alone is joined to the surname, 欧阳 kept whole."""
    surname, _given = address.split_name(name)
    title_zh, title_en = TITLES.get(chinese.casefold()), TITLES.get(english.casefold().rstrip("."))
    if title_zh and surname:
        blank = " " if surname[:1].isascii() else ""
        chinese = address.address_zh(surname + blank, title_zh)
    if title_en and surname[:1].isascii():
        english = address.address_en(surname, title_en) or english
    return {"address_zh": chinese, "address_en": english}


def _phone(seen: Reading, hide: Hide) -> tuple[str, str, str]:
    text = seen.cells.get("phone", "")
    if not text or "phone" in seen.bad:
        return "", "", ""
    number = phones.normalise(text)
    if number is None:
        seen.wrong("phone", NO_PHONE, text=_half_hidden(text))
        return "", "", ""
    return hide(number)


def _half_hidden(text: str) -> str:
    """Enough to find the cell by; faults are kept and shown where a number must not be read in full."""
    digits = len(re.sub(r"\D", "", text))
    return text[:20] if digits < 7 else f"{text[:3]}…{text[-2:]}"


_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?: 00:00(?::00)?)?")


def _since(seen: Reading) -> str:
    text = seen.cells.get("since", "")
    if not text:
        return ""
    day = read_day(text)
    if day is None:
        seen.wrong("since", NO_DAY, text=text[:20])
    elif day.year < 1950 or (day - seen.today).days > 366:
        seen.wrong("since", FAR_DAY, text=text[:20])
    return day.isoformat() if day else ""


def read_day(text: str) -> date | None:
    """A day as people write it in a cell: 2024-05-01, 2024/5/1, 2024年5月1日; None for anything else."""
    found = _DAY.fullmatch(plain(text))
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
