"""What the page about incidents shows, and the sentences its forms begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.desk.queue import Reader
from backend.desk.views import Choice, FieldView
from backend.incidents.rules import ALIKE, topic_of
from backend.incidents.service import text_of
from backend.models import Incident, Ticket
from backend.people.homes import word_home
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_full, format_moment

Form = Mapping[str, str]
BEGUN: Final = N_(
    "We know of “{name}” in {place} and are working on it. I will tell you as soon as it is over; "
    "you need not write again."
)
OVER: Final = N_(
    "It is over: “{name}” in {place}. Thank you for your patience; if anything is still wrong, "
    "please write to me."
)


@dataclass(frozen=True, slots=True)
class Reporting:
    """One ticket of an incident. ``is_heard``: its person is told in the chat; else somebody must ring."""

    number: int
    home: str
    is_heard: bool


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident. ``state``: proposed, open or over; ``said``: what people were told last."""

    id: int
    state: str
    title: str
    time: str
    at: str
    full_time: str
    tickets: tuple[Reporting, ...]
    said: str
    fields: tuple[FieldView, ...]


def incident_of(
    reader: Reader, incident: Incident, tickets: Sequence[tuple[Ticket, str | None]], menu: Menu,
    again: Form | None = None,
) -> IncidentView:  # fmt: skip
    """Word one incident with the form that comes next."""
    language = reader.language
    at = incident.over_at or incident.opened_at
    return IncidentView(
        id=incident.id,
        state=incident.state,
        title=f"{place_name(language, incident.building)} · {topic_name(language, incident.topic, menu)}",
        time=format_moment(language, at, reader.zone, reader.now),
        at=at.isoformat(),
        full_time=format_full(language, at, reader.zone),
        tickets=tuple(
            Reporting(ticket.number, code or "", ticket.conversation_id is not None)
            for ticket, code in tickets
        ),
        said=text_of(incident, language, is_over=incident.state == "over"),
        fields=text_fields(language, incident.topic, incident.building, menu, again,
                           is_over=incident.state == "open"),
    )  # fmt: skip


def place_name(language: str, building: str) -> str:
    """Word a building; "" is the whole estate."""
    return word_home(building, "", "", language) if building else t(language, "The whole estate")


def topic_name(language: str, topic: str, menu: Menu) -> str:
    """Word what an incident is about: a service, or a family of services."""
    item = menu.find_item(topic)
    if item is not None:
        return item.name.in_(language)
    category = menu.categories.get(topic)
    return category.name.in_(language) if category else topic


def text_fields(
    language: str, topic: str, building: str, menu: Menu, again: Form | None = None, *, is_over: bool = False
) -> tuple[FieldView, ...]:
    """Return the two fields of what people are told, begun with a sentence that may stand as it is."""
    given = again or {}
    labels = {
        "zh": t(language, "What people read in Chinese"),
        "en": t(language, "What people read in English"),
    }
    return tuple(
        FieldView(f"text_{code}", labels[code], "area",
                  given.get(f"text_{code}", default_text(code, topic, building, menu, is_over=is_over)),
                  error=given.get(f"error_{code}", ""))
        for code in ("zh", "en")
    )  # fmt: skip


def default_text(language: str, topic: str, building: str, menu: Menu, *, is_over: bool = False) -> str:
    """Return the sentence a form begins with."""
    place, name = place_name(language, building), topic_name(language, topic, menu)
    return t(language, OVER if is_over else BEGUN, name=name, place=place)


def new_fields(language: str, menu: Menu, again: Form | None = None) -> tuple[FieldView, ...]:
    """Return the form for an incident that nobody proposed."""
    given = again or {}
    topics = sorted({topic_of(item.id) for item in menu.items.values() if item.workflow in ALIKE} - {""})
    named = sorted(
        (Choice(topic, topic_name(language, topic, menu)) for topic in topics), key=lambda one: one.label
    )
    return (
        FieldView("topic", t(language, "What it is about"), "select", given.get("topic", ""),
                  choices=tuple(named)),
        FieldView("building", t(language, "Building"), value=given.get("building", ""), is_required=False,
                  hint=t(language, "Empty: the whole estate.")),
        FieldView("text_zh", t(language, "What people read in Chinese"), "area", given.get("text_zh", "")),
        FieldView("text_en", t(language, "What people read in English"), "area", given.get("text_en", "")),
    )  # fmt: skip


def short(text: str) -> str:
    """A building as it is stored: ``3``, ``A``; what people type around it is taken off."""
    return text.strip().removesuffix("号楼").removesuffix("栋").removesuffix("座").strip().upper()[:8]
