"""Verbs on how an estate looks and what it is called; written into the audit log. Nothing here commits."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.errors import BadInput, BadUpload, TooLarge
from backend.estates import brand, colour
from backend.messages import files
from backend.messages.files import Checked
from backend.models import Estate
from backend.office.settings import Hand
from backend.people import phones
from locales import N_, t

#: columns of the estate that are set here, with what a page calls them and whether they must be there
DATA: Final = (
    ("name_zh", N_("Name in Chinese"), True), ("name_en", N_("Name in English"), True),
    ("hotline", N_("Hotline"), False), ("address_zh", N_("Address in Chinese"), False),
    ("address_en", N_("Address in English"), False),
)  # fmt: skip
#: when the service centre is open, as residents read it: kept in ``settings["desk_hours"]``
HOURS: Final = (
    ("hours_zh", N_("Opening hours in Chinese"), "每天 8:30–20:30"),
    ("hours_en", N_("Opening hours in English"), "from 8:30 to 20:30 every day"),
)
HOURS_HINT: Final = N_(
    "Residents read it in the chat, and when they ask for the hours. For example: {example}"
)
LONGEST: Final = 120
MAX_LOGO: Final = 1024 * 1024


def state_of(estate: Estate) -> str:
    """What the form was made from."""
    parts = [*given_of(estate).values(), brand.accent_of(estate.settings)]
    return sha256(repr(parts).encode()).hexdigest()[:16]


def given_of(estate: Estate) -> dict[str, str]:
    """Return names, hotline, address and opening hours as the form has them."""
    hours = estate.settings.get("desk_hours") or {}
    told = {"hours_zh": str(hours.get("zh", "")), "hours_en": str(hours.get("en", ""))}
    return {name: str(getattr(estate, name)) for name, _, _ in DATA} | told


def faults_of(language: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with names, hotline, address and colour, by field."""
    found = {}
    for name, _, is_required in (*DATA, *((name, label, False) for name, label, _ in HOURS)):
        text = fields.get(name, "").strip()
        if is_required and not text:
            found[name] = t(language, "Please fill this in.")
        elif len(text) > LONGEST:
            found[name] = t(language, "Please keep this under {limit} characters.", limit=LONGEST)
    hotline = fields.get("hotline", "").strip()
    if hotline and phones.normalise(hotline) is None:
        found["hotline"] = t(language, "This is not a phone number we can read.")
    hours = [name for name, _, _ in HOURS if fields.get(name, "").strip()]
    if len(hours) == 1:
        empty = next(name for name, _, _ in HOURS if name not in hours)
        found[empty] = t(language, "Please fill in both languages, or leave both empty.")
    accent = colour_fault(language, fields.get("accent", "").strip())
    return found | ({"accent": accent} if accent else {})


def colour_fault(language: str, text: str) -> str:
    """Say why a colour cannot be the accent; "" when it can, or when none is wished."""
    if not text:
        return ""
    found = colour.read(text)
    if found is None:
        return t(language, "Please write a colour like #0b5cad.")
    if colour.is_red(found):
        return t(language, "Red means overdue on every page. Please choose another colour.")
    if not colour.is_readable(found):
        said = N_("Text in this colour is hard to read. The nearest shade that can be read is {colour}.")
        return t(language, said, colour=colour.nearest(found))
    return ""


def offered(text: str) -> str:
    """Return the shade that is offered in place of one that cannot be read, or ""."""
    found = colour.read(text)
    if found is None or colour.is_red(found) or colour.is_readable(found):
        return ""
    return colour.nearest(found)


def save(session: Session, hand: Hand, estate: Estate, fields: Mapping[str, str]) -> None:
    """Keep names, hotline, address, opening hours and colour. The estate must be held. Raises BadInput."""
    if faults_of("en", fields):
        raise BadInput
    before = given_of(estate)
    for name, _, _ in DATA:
        setattr(estate, name, fields.get(name, "").strip())
    hours = {name.removeprefix("hours_"): fields.get(name, before[name]).strip() for name, _, _ in HOURS}
    rest = {key: one for key, one in estate.settings.items() if key != "desk_hours"}
    estate.settings = rest | ({"desk_hours": hours} if all(hours.values()) else {})
    after = given_of(estate)
    if before != after:
        audit.record(session, hand.actor, hand.real_now, "settings.data", estate_id=estate.id,
                     subject="estate", subject_id=estate.id, before=before, after=after)  # fmt: skip
    accent = colour.read(fields.get("accent", "")) or ""
    _set(session, hand, estate, brand.ACCENT, accent)


def _set(session: Session, hand: Hand, estate: Estate, name: str, value: str) -> None:
    was = estate.settings.get(name, "")
    if was == value:
        return
    rest = {key: one for key, one in estate.settings.items() if key != name}
    estate.settings = rest | ({name: value} if value else {})
    audit.record(session, hand.actor, hand.real_now, "settings.brand", estate_id=estate.id,
                 subject="estate", subject_id=estate.id, before={name: was}, after={name: value})  # fmt: skip


def check_logo(data: bytes) -> Checked:
    """Return the picture as it is kept, re-encoded. Raises TooLarge above 1 MB, BadUpload for no picture."""
    if not data:
        raise BadInput(N_("Please choose a file first."))
    if len(data) > MAX_LOGO:
        raise TooLarge(None, limit=1)
    checked = files.check(data)
    if checked.kind != "photo":
        raise BadUpload
    return checked


def set_logo(session: Session, hand: Hand, estate: Estate, file_id: str, checked: Checked) -> None:
    """Use a picture that is on disk already as the estate's logo; the former one is swept in time."""
    files.add(session, file_id=file_id, checked=checked, name="logo", estate_id=estate.id,
              conversation_id=None, now=hand.now)  # fmt: skip
    _set(session, hand, estate, brand.LOGO, file_id)


def drop_logo(session: Session, hand: Hand, estate: Estate) -> None:
    _set(session, hand, estate, brand.LOGO, "")
