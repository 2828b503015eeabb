"""Finding residents and homes for staff: by phone, home, name. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import Home
from backend.people import homes, kept_phone, phones, queries
from backend.people.viewer import Viewer
from backend.vault import Vault


@dataclass(frozen=True, slots=True)
class ResidentCard:
    """What a member of staff sees of a resident at a glance; the phone's middle is hidden."""

    resident_id: int
    name: str
    address_as_zh: str
    address_as_en: str
    language: str
    kind: str
    phone_masked: str
    home_id: int
    home_code: str
    home_zh: str
    home_en: str
    tier: str
    butler_id: int | None
    estate_id: int
    estate_zh: str
    estate_en: str

    def home(self, language: str) -> str:
        return self.home_zh if language == "zh" else self.home_en

    def estate(self, language: str) -> str:
        return self.estate_zh if language == "zh" else self.estate_en

    def address_as(self, language: str) -> str:
        return self.address_as_zh if language == "zh" else self.address_as_en


def find_residents_by_phone(
    session: Session, viewer: Viewer, vault: Vault, text: str, now: datetime
) -> list[ResidentCard]:
    """Return everybody with the phone number written in ``text``; a couple may share one."""
    number = phones.normalise(text)
    if number is None:
        return []
    rows = queries.list_residents_by_phone(session, viewer, vault.digest(number), now)
    return [_card(row, vault) for row in rows]


def find_resident_by_phone(
    session: Session, viewer: Viewer, vault: Vault, text: str, now: datetime
) -> ResidentCard | None:
    """Return the resident with this number, or None; of several, the first by home."""
    return next(iter(find_residents_by_phone(session, viewer, vault, text, now)), None)


def search_residents(
    session: Session, viewer: Viewer, vault: Vault, text: str, now: datetime
) -> list[ResidentCard]:
    """Return up to 20 residents for what staff typed: a phone or its last four digits, a home, a name."""
    text = text.replace("\x00", "").strip()[:100]
    if not text:
        return []
    found = find_residents_by_phone(session, viewer, vault, text, now)
    home = homes.parse_home(text)
    if not found and home:
        found = [_card(row, vault) for row in queries.list_residents_of_home(session, viewer, home.code, now)]
    if found:
        return found
    last4 = kept_phone.asked_last4(vault, text)
    return [_card(row, vault) for row in queries.list_residents_like(session, viewer, text, last4, now)]


def get_resident(
    session: Session, viewer: Viewer, vault: Vault, resident_id: int, now: datetime
) -> ResidentCard:
    """Return the card of a resident. Raises NotFound, for a foreign estate's as for none."""
    row = queries.find_resident_row(session, viewer, resident_id, now)
    if row is None:
        raise NotFound
    return _card(row, vault)


def get_phone(session: Session, viewer: Viewer, vault: Vault, resident_id: int, now: datetime) -> str:
    """Return a resident's whole number as it is read, or "". Raises NotFound."""
    row = queries.find_resident_row(session, viewer, resident_id, now)
    if row is None:
        raise NotFound
    sealed: bytes | None = row[0].phone_sealed
    return phones.pretty(vault.unseal(sealed)) if sealed else ""


def list_homes(session: Session, viewer: Viewer, estate_id: int | None = None) -> list[Home]:
    """Return the homes of the viewer's estates, in the order people count them: 2 before 10."""
    found = queries.list_homes(session, viewer, estate_id)
    return sorted(found, key=lambda home: (home.estate_id, *map(counted, _parts(home))))


def _parts(home: Home) -> tuple[str, str, str]:
    return home.building, home.unit, home.flat


def counted(text: str) -> tuple[int, str]:
    """By what a part of a home's name is sorted, as people count: 2 before 10, 12 before 12A."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return (int(digits) if digits else 0, text)


def _card(row: queries.Housed, vault: Vault) -> ResidentCard:
    resident, home, estate = row
    sealed = resident.phone_sealed
    return ResidentCard(
        resident_id=resident.id,
        name=resident.name,
        address_as_zh=resident.address_as_zh,
        address_as_en=resident.address_as_en,
        language=resident.language,
        kind=resident.kind,
        phone_masked=phones.mask(vault.unseal(sealed)) if sealed else "",
        home_id=home.id,
        home_code=home.code,
        home_zh=homes.word_home(home.building, home.unit, home.flat, "zh"),
        home_en=homes.word_home(home.building, home.unit, home.flat, "en"),
        tier=home.tier,
        butler_id=home.butler_id,
        estate_id=estate.id,
        estate_zh=estate.name_zh,
        estate_en=estate.name_en,
    )
