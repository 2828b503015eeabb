"""The form for somebody who phoned, wrote on paper or came to the desk: filled and sent in 20 seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from backend.desk import words
from backend.desk.forms import MAX_TEXT, BadForm, moment_text, read_moment
from backend.desk.queue import Reader
from backend.desk.service import CHANNELS, Intake
from backend.desk.views import Choice, FieldView
from backend.people.residents import ResidentCard
from backend.tickets.intake import OLDEST, SKEW
from intents.menu import Item, Menu
from locales import LANGUAGES, N_, t

#: the usual matters, one press each; anything else is typed
KINDS: Final = (
    ("common.voice.repair-intake", N_("Repair")),
    ("common.voice.complaint", N_("Complaint")),
    ("common.voice.suggestion", N_("Suggestion")),
    ("common.voice.enquiry", N_("Question")),
    ("value.clean-hourly.hourly-helper", N_("Cleaning")),
    ("common.voice.callback", N_("Call back")),
)


#: which of several services that fit what was typed; more of them than this are not offered
WHICH: Final = "which"
MOST_CHOICES: Final = 12


@dataclass(frozen=True, slots=True)
class Blank:
    """What the form starts with: a search, a draft taken over, or what was typed before."""

    search: str = ""
    draft_id: str = ""
    item: str = ""
    words: str = ""
    resident: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One resident that the search of "New for resident" offers."""

    id: str
    name: str
    home: str
    detail: str
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class IntakeView:
    search: str
    found: tuple[Found, ...]
    fields: tuple[FieldView, ...]
    searched: bool = False
    error: str = ""


def found_of(language: str, cards: Sequence[ResidentCard], chosen: str) -> tuple[Found, ...]:
    """Word the residents that fit; a single one is chosen at once."""
    only = str(cards[0].resident_id) if len(cards) == 1 else chosen
    return tuple(
        Found(
            id=str(card.resident_id),
            name=card.name,
            home=card.home_code,
            detail=" · ".join(filter(None, (
                words.name_of(language, words.RESIDENT_KINDS, card.kind),
                card.phone_masked,
                t(language, "Reads English") if card.language == "en" else t(language, "Reads Chinese"),
                card.estate(language),
            ))),
            is_on=str(card.resident_id) == only,
        )
        for card in cards
    )  # fmt: skip


def intake_of(
    reader: Reader,
    blank: Blank,
    found: tuple[Found, ...],
    menu: Menu,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> IntakeView:
    """Word the form, with what was typed and a message at each field that needs one."""
    fields = tuple(
        replace(
            field, value=(typed or {}).get(field.name, field.value), error=(errors or {}).get(field.name, "")
        )
        for field in _fields(reader, blank, menu, _which(reader.language, menu, typed or {}))
    )
    return IntakeView(
        search=blank.search,
        found=found,
        fields=fields,
        searched=bool(blank.search),
        error=(errors or {}).get("resident", "") or (errors or {}).get("", ""),
    )


def _fields(reader: Reader, blank: Blank, menu: Menu, which: tuple[FieldView, ...]) -> tuple[FieldView, ...]:
    language = reader.language
    channels = tuple(Choice(c, t(language, words.CHANNELS[c][1])) for c in CHANNELS)
    kinds = tuple(Choice(item, t(language, label)) for item, label in KINDS if menu.find_item(item))
    item = menu.find_item(blank.item) if blank.item else None
    chosen = item.name.in_(language) if item else ""
    return (
        FieldView("channel", t(language, "How they came"), "radio", "phone", choices=channels),
        FieldView("words", t(language, "In their own words"), "area", blank.words),
        FieldView("kind", t(language, "What is it about?"), "radio", "", choices=kinds, is_required=False),
        FieldView("item", t(language, "Or a service from the menu"), "list", chosen,
                  hint=t(language, "Type a few letters and choose."), is_required=False),
        *which,
        FieldView("received_at", t(language, "When they asked"), "moment",
                  moment_text(reader.now, reader.zone)),
        FieldView("draft", "", "hidden", blank.draft_id, is_required=False),
    )  # fmt: skip


def _which(language: str, menu: Menu, typed: Mapping[str, str]) -> tuple[FieldView, ...]:
    """Several services hold what was typed: one press chooses among them."""
    fitting = find_items(menu, typed.get("item", ""))
    if not 1 < len(fitting) <= MOST_CHOICES:
        return ()
    choices = tuple(Choice(item.id, item.name.in_(language)) for item in fitting)
    return (FieldView(WHICH, t(language, "Which of these services?"), "radio", choices=choices,
                      is_required=False),)  # fmt: skip


def item_names(menu: Menu, language: str) -> list[str]:
    """The names the menu field offers, without aliases and items nobody asks for by name."""
    names = {item.name.in_(language) for item in menu.items.values() if item.listed and not item.alias_of}
    return sorted(names)


def find_item(menu: Menu, text: str) -> Item | None:
    """Return the item that was typed: by id, by a name in either language, or the only one that holds it."""
    found = find_items(menu, text)
    return found[0] if len(found) == 1 else None


def find_items(menu: Menu, text: str) -> list[Item]:
    """Return the items that fit what was typed: one for an id or a whole name, else all that hold it."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    direct = menu.find_item(text.strip())
    if direct is not None:
        return [menu.item(direct.id)]
    named = [item for item in menu.items.values() if wanted in _names(item)][:1] or [
        item for item in menu.items.values() if item.listed and any(wanted in n for n in _names(item))
    ]
    return list({one.id: one for one in (menu.item(item.id) for item in named)}.values())


def _names(item: Item) -> tuple[str, ...]:
    own = [text.in_(language) for text in (item.name, item.staff_name) for language in LANGUAGES]
    return tuple(name.casefold() for name in (*own, *item.aliases))


def read_intake(reader: Reader, menu: Menu, typed: Mapping[str, str]) -> Intake:
    """Return the request as typed. Raises BadForm with a sentence at each field."""
    language, errors = reader.language, dict[str, str]()
    resident, item = typed.get("resident", ""), _item(menu, typed)
    if not _is_number(resident):
        errors["resident"] = t(language, "Please choose the resident.")
    if item is None:
        wrong = "item" if typed.get("item", "").strip() else "kind"
        errors[wrong] = t(language, _unclear(menu, typed))
    text = typed.get("words", "").strip()
    if not text or len(text) > MAX_TEXT:
        errors["words"] = t(language, "Please write what the resident said, in up to {limit} characters.",
                            limit=MAX_TEXT)  # fmt: skip
    at = read_moment(typed.get("received_at", ""), reader.zone)
    if late := _wrong_moment(reader, at):
        errors["received_at"] = late
    if typed.get("channel") not in CHANNELS:
        errors["channel"] = t(language, "Please choose how they came.")
    if errors or item is None or at is None:
        raise BadForm(errors)
    draft = typed.get("draft", "")
    # The field holds minutes: this very minute means now, and not before what was written within it.
    received = reader.now if at + timedelta(minutes=1) > reader.now else at
    draft_id = int(draft) if _is_number(draft) else None
    return Intake(int(resident), item.id, typed["channel"], text, received, draft_id)


def _unclear(menu: Menu, typed: Mapping[str, str]) -> str:
    number = len(find_items(menu, typed.get("item", "")))
    if number > MOST_CHOICES:
        return N_("Many services fit: please type more of the name.")
    return N_("Several services fit: please choose one below.") if number else N_(
        "Please choose what it is about.")  # fmt: skip


def _item(menu: Menu, typed: Mapping[str, str]) -> Item | None:
    if typed.get("item", "").strip():
        fitting = find_items(menu, typed["item"])
        chosen = [one for one in fitting if len(fitting) == 1 or one.id == typed.get(WHICH)]
        return chosen[0] if chosen else None
    kind = typed.get("kind", "")
    return menu.find_item(kind) if kind in {item for item, _ in KINDS} else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _wrong_moment(reader: Reader, at: datetime | None) -> str:
    if at is None:
        return t(reader.language, "Please give a date and a time.")
    if at > reader.now + SKEW:
        return t(reader.language, "This lies in the future.")
    if at < reader.now - OLDEST:
        return t(reader.language, "This is longer ago than {days} days.", days=OLDEST.days)
    return ""
