"""One ticket as its page shows it: promises, people, service, timeline, what can be done now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from backend.deadlines.policy import standard_policies
from backend.desk import (
    forms,
    on_site,
    pause_form,
    pills,
    queue_events,
    reach,
    tell_choice,
    understanding,
    words,
)
from backend.desk.forms import Desk
from backend.desk.incident_queries import Matter
from backend.desk.incidents import name_of
from backend.desk.kept_by import kept_by
from backend.desk.queue import Reader, tag_of
from backend.desk.talk import talk_of
from backend.desk.ticket_queries import Dossier
from backend.desk.views import (
    ClockView,
    ComposerView,
    EventView,
    Fact,
    Link,
    OutOfReach,
    Pill,
    TicketView,
)
from backend.models import Deadline, Ticket, TicketEvent
from backend.people import roles
from backend.people.residents import ResidentCard
from intents.menu import Menu, SlotSpec
from locales import N_, html_tag, t
from locales.dates import format_date, format_full, format_moment, format_window, local

#: who is given work on site by name
ON_SITE: Final = frozenset({"E", "SEC"})


def ticket_of(
    reader: Reader,
    dossier: Dossier,
    desk: Desk,
    allowed: Sequence[str],
    menu: Menu,
    *,
    card: ResidentCard | None,
    phone: str,
    explained: Mapping[int, Sequence[str]],
    composer: ComposerView | None = None,
    notice: str = "",
) -> TicketView:
    """Word the whole page."""
    ticket, language, zone = dossier.ticket, reader.language, dossier.estate.timezone
    pill = pills.pill_of(language, pills.pick(dossier.deadlines, ticket.cycle), reader.now, zone)
    return TicketView(
        number=ticket.number,
        version=ticket.version,
        title=ticket.name(language),
        symbol=words.kind_symbol(language, ticket),
        state=ticket.state,
        step=words.stands_at(language, ticket),
        words=ticket.words,
        words_lang=html_tag(ticket.language),
        channel=words.symbol_of(language, words.CHANNELS, ticket.channel),
        tag=tag_of(language, ticket.language),
        pill=pill,
        messages=talk_of(reader, dossier),
        earlier=dossier.earlier,
        events=_events(reader, dossier, menu),
        clocks=_clocks(reader, dossier, explained, allowed),
        people=_people(reader, dossier, card, phone),
        service=_service(reader, dossier, menu),
        forms=forms.forms_of(desk, allowed),
        composer=composer or composer_of(reader, dossier, desk, allowed),
        phone=phone.replace(" ", ""),
        is_urgent=ticket.is_urgent,
        notice=notice,
        links=_links(reader, dossier, menu),
        conversation=ticket.conversation_id or 0,
        out_of_reach=_out_of_reach(reader, dossier, phone),
        where=_where(dossier),
        on_site=on_site.way_of(reader.viewer, ticket, reader.now, zone),
    )


def _out_of_reach(reader: Reader, dossier: Dossier, phone: str) -> OutOfReach | None:
    """None also where nobody stands behind the ticket (an alarm)."""
    if dossier.link is None and dossier.resident is None:
        return None
    name = _called(reader.language, dossier)
    return reach.out_of_reach(reader.language, dossier.link, name, phone, reader.now, reader.ahead,
                              dossier.estate.timezone)  # fmt: skip


def _where(dossier: Dossier) -> str:
    """Home and resident in a few characters, for the line under the title."""
    home, who = dossier.home, dossier.resident
    return " · ".join(part for part in (home.code if home else "", who.name if who else "") if part)


def _called(language: str, dossier: Dossier) -> str:
    """What the person is called in a sentence about them."""
    if dossier.resident is None:
        name = dossier.link.name if dossier.link else ""
        return name or t(language, "The visitor")
    return dossier.resident.address_as(language) or dossier.resident.name or t(language, "The resident")


def composer_of(reader: Reader, dossier: Dossier, desk: Desk, allowed: Sequence[str]) -> ComposerView:
    """The box under the conversation, with what was written before and not sent."""
    can_reply = "reply" in allowed and dossier.ticket.conversation_id is not None
    mode = "reply" if can_reply else "note"
    if not dossier.drafts.get(mode) and dossier.drafts.get("note"):
        mode = "note"
    return ComposerView(
        mode=mode,
        text=dossier.drafts.get(mode, ""),
        other=dossier.drafts.get("note" if mode == "reply" else "reply", ""),
        reader=_reads(reader.language, dossier, desk.reader_language),
        reader_language=desk.reader_language,
        can_reply=can_reply,
    )


def _reads(language: str, dossier: Dossier, reads: str) -> str:
    if dossier.link is None:
        return t(language, "No chat with this resident: please call.")
    return t(language, "Reads English") if reads == "en" else t(language, "Reads Chinese")


def _links(reader: Reader, dossier: Dossier, menu: Menu) -> tuple[Link, ...]:
    found, language, incident = [], reader.language, dossier.incident
    is_part = incident is not None and not incident.values.get("is_dismissed")
    if incident is not None and is_part and roles.sees_all_tickets(reader.viewer.role):
        name = name_of(language, Matter(incident), menu)
        found.append(Link(t(language, "part of incident “{name}”", name=name),
                          f"/incidents#incident-{incident.id}"))  # fmt: skip
    if dossier.reopened_from is not None:
        number = dossier.reopened_from
        found.append(Link(t(language, "came from #{number}", number=number), f"/tickets/{number}"))
    if dossier.continued_as is not None:
        number = dossier.continued_as
        found.append(Link(t(language, "went on as #{number}", number=number), f"/tickets/{number}"))
    if duty := dossier.ticket.facts.get("duty"):
        found.append(Link(t(language, "comes from a duty"), f"/duties/{duty}"))
    return tuple(found)


def _clocks(
    reader: Reader, dossier: Dossier, explained: Mapping[int, Sequence[str]], allowed: Sequence[str]
) -> tuple[ClockView, ...]:
    zone = dossier.estate.timezone
    return tuple(
        ClockView(
            name=_clock_name(reader.language, row, dossier.ticket.cycle),
            pill=_honest(reader, dossier, row, pill),
            explain=(*_kept_by(reader, dossier, row, allowed), *explained.get(row.id, ())),
            key=str(row.id),
        )
        for row, pill in pills.pills_of(reader.language, dossier.deadlines, reader.now, zone)
    )


def _kept_by(reader: Reader, dossier: Dossier, row: Deadline, allowed: Sequence[str]) -> tuple[str, ...]:
    if row.met_at is not None or row.cancelled_at is not None:
        return ()
    policy = standard_policies().find(row.clock)
    said = kept_by(reader.language, policy, dossier.ticket.workflow, allowed)
    return (said,) if said else ()


def _honest(reader: Reader, dossier: Dossier, row: Deadline, pill: Pill) -> Pill:
    """A dated plan keeps the promise to solve it within a day (SLA-03); nothing is done by it yet."""
    if row.name != "resolve" or row.met_at is None or dossier.ticket.done_at is not None:
        return pill
    moment = format_moment(reader.language, row.met_at, dossier.estate.timezone, reader.now)
    wall = t(reader.language, "agreed {moment}", moment=moment)
    return replace(pill, word=t(reader.language, "Time agreed"), wall=wall)


def _clock_name(language: str, row: Deadline, cycle: int) -> str:
    name = words.name_of(language, words.CLOCKS, row.name)
    return name if row.cycle >= cycle or row.name == "attend" else t(language, "{name}, before", name=name)


def _people(reader: Reader, dossier: Dossier, card: ResidentCard | None, phone: str) -> tuple[Fact, ...]:
    language, ticket = reader.language, dossier.ticket
    facts = []
    if dossier.resident is None:
        facts.append(Fact(t(language, "Resident"), t(language, "Visitor, not linked to a home")))
    else:
        kind = words.name_of(language, words.RESIDENT_KINDS, dossier.resident.kind)
        facts.append(Fact(t(language, "Resident"), f"{dossier.resident.name} · {kind}"))
        form = dossier.resident.address_as(language)
        facts += [Fact(t(language, "Form of address"), form)] if form else []
    facts += _writes_from(language, dossier)
    if card is not None:
        facts.append(Fact(t(language, "Home"), f"{card.home(language)} ({card.home_code})"))
        if card.phone_masked:
            href = f"tel:{phone.replace(' ', '')}" if phone else ""
            facts.append(Fact(t(language, "Phone"), card.phone_masked, href))
    elif dossier.home is not None:
        facts.append(Fact(t(language, "Home"), dossier.home.code))
    for label, user_id in ((N_("Butler"), ticket.butler_id), (N_("Does the work"), ticket.worker_id)):
        user = dossier.users.get(user_id)
        if user is not None:
            facts.append(Fact(t(language, label), user.name(language)))
    if ticket.butler_id is None:
        facts.append(Fact(t(language, "Butler"), t(language, "Nobody yet")))
    return tuple(facts)


def _writes_from(language: str, dossier: Dossier) -> list[Fact]:
    """Where the person last wrote from, and what they call themselves there."""
    link = dossier.link
    if link is None:
        return []
    name = reach.channel_name(language, link.channel)
    value = t(language, "{channel}: {name}", channel=name, name=link.name) if link.name else name
    return [Fact(t(language, "Writes from"), value)]


def _service(reader: Reader, dossier: Dossier, menu: Menu) -> tuple[Fact, ...]:
    language, ticket, zone = reader.language, dossier.ticket, dossier.estate.timezone
    facts = [Fact(t(language, "Service"), ticket.name(language))]
    if ticket.appointment_start and ticket.appointment_end:
        window = format_window(language, ticket.appointment_start, ticket.appointment_end, zone)
        facts.append(Fact(t(language, "Visit"), window))
    facts += slot_facts(reader, ticket.slots, menu, zone, happened_by=_happened_by(ticket))
    for label, names, value in (
        (N_("Class"), words.CLASSES, ticket.class_),
        (N_("Severity"), words.SEVERITIES, ticket.severity),
        (N_("Department"), words.DEPARTMENTS, ticket.department),
        (N_("Decision"), words.STEPS, ticket.decision),
        (N_("Follow-up"), words.RESULTS, ticket.satisfaction),
    ):
        if value:
            facts.append(Fact(t(language, label), words.name_of(language, names, value)))
    asked, received = ticket.asked_at, ticket.received_at
    facts.append(Fact(t(language, "Asked"), format_moment(language, asked, zone, reader.now)))
    if received != asked:
        facts.append(Fact(t(language, "Confirmed"), format_moment(language, received, zone, reader.now)))
    return tuple(facts)


def _happened_by(ticket: Ticket) -> datetime | None:
    """Until when a time that was named is when it happened: a complaint tells of what was."""
    return ticket.asked_at if ticket.workflow == "complaint" else None


def slot_facts(
    reader: Reader, slots: Mapping[str, Any], menu: Menu, zone: str, happened_by: datetime | None = None
) -> list[Fact]:
    """Return what the resident said beside the matter, each answer under its name.

    ``happened_by``: a time that begins by then is no wish, but when it happened.
    """
    facts, said = [], slots.get("said")
    for name, value in slots.items():
        start = _instant(value.get("start")) if isinstance(value, Mapping) else None
        if happened_by is not None and start is not None and start <= happened_by:
            facts.append(Fact(t(reader.language, "When it happened"), _day_of(reader.language, start, zone)))
            continue
        spec = menu.slots.get(name)
        text = _beside(reader.language, _slot_text(reader.language, spec, value, zone), said, name)
        if text and (spec is not None or name in words.SLOTS):
            facts.append(Fact(_slot_name(reader.language, name, spec), text))
    return facts


def _day_of(language: str, start: datetime, zone: str) -> str:
    """The day alone: what part of it was meant is read in the words."""
    return format_date(language, local(start, zone).date())


def _beside(language: str, text: str, said: Any, slot: str) -> str:
    """A choice with the resident's own word for it: which of two bedrooms, "master bedroom" tells."""
    own = str(said.get(slot) or "") if isinstance(said, Mapping) else ""
    if not text or not own or own == text:
        return text
    return t(language, "{name} ({details})", name=text, details=own)


def _slot_name(language: str, name: str, spec: SlotSpec | None) -> str:
    if name in words.SLOTS or spec is None:
        return words.name_of(language, words.SLOTS, name)
    return spec.prompt.in_(language).rstrip("？?。.")


def _slot_text(language: str, spec: SlotSpec | None, value: Any, zone: str) -> str:
    """A slot's value in words: an option's name, a window, a plain text or number."""
    if isinstance(value, Mapping):
        start, end = (_instant(value.get(edge)) for edge in ("start", "end"))
        if start is None and end is None:
            return ""
        worded = format_window(language, start, end, zone, str(value.get("grain", "hour")))
        return t(language, "{moment} or later", moment=worded) if value.get("or_later") else worded
    option = spec.option(str(value)) if spec is not None else None
    if option is not None:
        return option.name.in_(language)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _events(reader: Reader, dossier: Dossier, menu: Menu) -> tuple[EventView, ...]:
    """The timeline, newest first; a step that the act just after it names again is told once."""
    found: list[EventView] = []
    for row in reversed(dossier.events):
        if row.kind == "note":
            continue
        one = _event(reader, dossier, row, menu)
        is_said = bool(found) and row.kind == "step" and (found[-1].text, found[-1].at) == (one.text, one.at)
        if not is_said:
            found.append(one)
    return tuple(found)


def _event(reader: Reader, dossier: Dossier, row: TicketEvent, menu: Menu) -> EventView:
    language, zone = reader.language, dossier.estate.timezone
    symbol = words.symbol_of(language, words.EVENTS, row.kind)
    return EventView(
        icon=symbol.name,
        text=_event_text(reader, dossier, row, symbol.label),
        who=_event_who(reader, dossier, row),
        time=format_moment(language, row.at, zone, reader.now),
        at=row.at.isoformat(),
        full_time=format_full(language, row.at, zone),
        detail=row.note or understanding.read_as(language, menu, row.values),
        is_opening=row.kind == "opened",
        by=user.name(language) if (user := dossier.users.get(row.by_user_id)) else "",
    )


def _event_text(reader: Reader, dossier: Dossier, row: TicketEvent, label: str) -> str:
    language = reader.language
    if row.kind in ("step", "moved") and row.to_step:
        return words.step_of(language, dossier.ticket.manner, row.to_step)
    if row.kind == "assigned":
        user = dossier.users.get(row.values.get("user"))
        return t(language, "Assigned to {who}", who=user.name(language)) if user else label
    if row.kind in queue_events.EVENTS:
        named = dossier.users.get(row.values.get("user"))
        moment = queue_events.moments(language, dossier.estate.timezone, reader.now)
        return queue_events.text_of(
            language, row.kind, row.values, moment, named.name(language) if named else ""
        )
    if row.kind == "chosen":
        was, now = (row.values.get(f"{one}_{language}", "") for one in ("was", "now"))
        return t(language, "Another service chosen: {was} → {now}", was=was, now=now)
    if row.kind == "unreachable":
        return f"{label} · {reach.reason_of(language, row.values.get('reason', ''))}"
    if row.kind == "followed_up":
        result = words.name_of(language, words.RESULTS, row.values.get("result"))
        return f"{label} · {result}" if result else label
    if row.kind == "paused":
        return pause_form.event_text(language, label, row.values)
    return tell_choice.event_text(language, label, row.values)


def _stood_in(dossier: Dossier, whose: str) -> bool:
    """Tell whether the step was somebody else's to take: of those who work on site only where one of them was
    given the ticket, and never of the desk, whose work the butlers do."""
    return whose != "D" and (whose not in ON_SITE or dossier.ticket.worker_id is not None)


def _event_who(reader: Reader, dossier: Dossier, row: TicketEvent) -> str:
    language = reader.language
    user = dossier.users.get(row.by_user_id)
    who = user.name(language) if user else words.name_of(language, words.ACTORS, row.actor)
    if row.acting_for and _stood_in(dossier, row.acting_for):
        whose = words.name_of(language, words.ACTORS, row.acting_for)
        return t(language, "{who}, for {whose}", who=who, whose=whose)
    return who
