"""What the page about incidents shows, their row in the queue, and the sentences their forms begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.desk.incident_queries import Matter
from backend.desk.pills import pick, pill_of
from backend.desk.queries import Cursor
from backend.desk.queue import Reader, rank_text
from backend.desk.views import Choice, FieldView, QueueRow, Step, Symbol
from backend.incidents.rules import ALIKE, topic_of
from backend.incidents.service import text_of
from backend.models import Estate
from backend.people.homes import word_home
from intents.menu import Menu
from locales import N_, html_tag, t
from locales.dates import format_full, format_moment

Form = Mapping[str, str]
BEGUN: Final = N_(
    "We know of “{name}” in {place} and are working on it. I will tell you as soon as it is over; "
    "you need not write again."
)
#: what an incident is called where the service's own name is that of a repair
MATTERS: Final[Mapping[str, str]] = {
    "common.equipment.lift-fault": N_("Lift out of service"),
    "common.equipment.public-power-water": N_("Power or water cut"),
}
OVER: Final = N_(
    "It is over: “{name}” in {place}. Thank you for your patience; if anything is still wrong, "
    "please write to me."
)


@dataclass(frozen=True, slots=True)
class Reporting:
    """One report. ``is_heard``: its person is told in the chat; else somebody must ring.

    ``number`` 0: a draft, whose owner has not said yes yet; it becomes a ticket when the incident is opened.
    """

    number: int
    home: str
    is_heard: bool
    href: str


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


def incident_of(reader: Reader, matter: Matter, menu: Menu, again: Form | None = None) -> IncidentView:
    """Word one incident with the form that comes next."""
    incident, language = matter.incident, reader.language
    at = incident.over_at or incident.opened_at
    return IncidentView(
        id=incident.id,
        state=incident.state,
        title=name_of(language, matter, menu),
        time=format_moment(language, at, reader.zone, reader.now),
        at=at.isoformat(),
        full_time=format_full(language, at, reader.zone),
        tickets=_reports(matter),
        said=text_of(incident, language, is_over=incident.state == "over"),
        fields=text_fields(language, incident.topic, incident.building, menu, again,
                           unit=matter.unit, is_over=incident.state == "open"),
    )  # fmt: skip


def _reports(matter: Matter) -> tuple[Reporting, ...]:
    tickets = [
        Reporting(ticket.number, home.code if home else "", ticket.conversation_id is not None,
                  f"/tickets/{ticket.number}")
        for ticket, home in matter.tickets
    ]  # fmt: skip
    drafts = [Reporting(0, home.code, True, f"/new?draft={draft.id}") for draft, home in matter.drafts]
    return (*tickets, *drafts)


def name_of(language: str, matter: Matter, menu: Menu) -> str:
    """Word an incident: where, and what."""
    incident = matter.incident
    place = place_name(language, incident.building, matter.unit)
    return f"{place} · {topic_name(language, incident.topic, menu)}"


def row_of(reader: Reader, matter: Matter, menu: Menu) -> QueueRow:
    """Word an incident as the one row that stands for all its reports, with their most pressing clock."""
    incident, language = matter.incident, reader.language
    first = matter.folded[0] if matter.folded else None
    rank = first.rank if first else Cursor(1, incident.opened_at, 0)
    deadlines = [one for entry in matter.folded for one in entry.deadlines]
    cycle = first.ticket.cycle if first else 0
    is_proposed = incident.state == "proposed"
    label = t(language, "Answer all") if is_proposed else t(language, "Incident")
    words = first.ticket if first else (matter.drafts[0][0] if matter.drafts else None)
    return QueueRow(
        key=f"i{incident.id}", number=0, href=f"/incidents#incident-{incident.id}", version=0,
        rank=rank_text(rank), symbol=Symbol("siren", t(language, "Incident")),
        title=_row_title(language, matter, menu), words=words.words if words else "",
        words_lang=html_tag(first.ticket.language if first else language),
        step=t(language, "Proposed") if is_proposed else t(language, "Everybody is told"),
        pill=pill_of(language, pick(deadlines, cycle), reader.now, reader.zone),
        home=place_name(language, incident.building), resident="", tag=None,
        channel=Symbol("users", t(language, "Several residents")),
        action=Step("incident", label, f"/incidents#incident-{incident.id}"),
    )  # fmt: skip


def _row_title(language: str, matter: Matter, menu: Menu) -> str:
    incident = matter.incident
    place = unit_name(language, matter.unit) or place_name(language, incident.building)
    topic = topic_name(language, incident.topic, menu)
    what = f"{place}{topic}" if language == "zh" else f"{place}, {topic}"
    if incident.state == "proposed":
        return t(language, "Perhaps one matter: {what} ({count} reports)", what=what, count=matter.count)
    return t(language, "Incident: {what} ({count} reports)", what=what, count=matter.count)


def unit_name(language: str, unit: str) -> str:
    """Word a unit alone; "" where there is none."""
    return t(language, "Unit {unit}", unit=unit) if unit else ""


def place_name(language: str, building: str, unit: str = "") -> str:
    """Word a building, or one of its units; "" is the whole estate."""
    return word_home(building, unit, "", language) if building else t(language, "The whole estate")


def topic_name(language: str, topic: str, menu: Menu) -> str:
    """Word what an incident is about: a service, or a family of services."""
    if topic in MATTERS:
        return t(language, MATTERS[topic])
    item = menu.find_item(topic)
    if item is not None:
        return item.name.in_(language)
    category = menu.categories.get(topic)
    return category.name.in_(language) if category else topic


def text_fields(
    language: str,
    topic: str,
    building: str,
    menu: Menu,
    again: Form | None = None,
    *,
    unit: str = "",
    is_over: bool = False,
) -> tuple[FieldView, ...]:
    """Return the two fields of what people are told, begun with a sentence that may stand as it is."""
    given = again or {}
    labels = {
        "zh": t(language, "What people read in Chinese"),
        "en": t(language, "What people read in English"),
    }
    return tuple(
        FieldView(f"text_{code}", labels[code], "area",
                  given.get(f"text_{code}", default_text(code, topic, building, menu, unit=unit,
                                                            is_over=is_over)),
                  error=given.get(f"error_{code}", ""))
        for code in ("zh", "en")
    )  # fmt: skip


def default_text(
    language: str, topic: str, building: str, menu: Menu, *, unit: str = "", is_over: bool = False
) -> str:
    """Return the sentence a form begins with."""
    place, name = place_name(language, building, unit), topic_name(language, topic, menu)
    return t(language, OVER if is_over else BEGUN, name=name, place=place)


def new_fields(
    language: str, menu: Menu, again: Form | None = None, estates: Sequence[Estate] = ()
) -> tuple[FieldView, ...]:
    """Return the form for an incident that nobody proposed; of several ``estates`` one is to be chosen."""
    given = again or {}
    topics = sorted({topic_of(item.id) for item in menu.items.values() if item.workflow in ALIKE} - {""})
    named = sorted(
        (Choice(topic, topic_name(language, topic, menu)) for topic in topics), key=lambda one: one.label
    )
    places = tuple(Choice(one.code, one.name(language)) for one in estates)
    where = FieldView("estate", t(language, "Estate"), "select", given.get("estate", ""),
                      choices=(Choice("", "–"), *places))  # fmt: skip
    return (
        *((where,) if len(places) > 1 else ()),
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
