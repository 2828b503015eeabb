"""Homes, residents, chats and tickets of a home in the viewer's words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from backend.desk import pills, reach, words
from backend.desk.queue import Reader
from backend.desk.views import Fact
from backend.households.views import ChatView, InvitationView, PersonView, RemarkView, TicketLine
from backend.messages.outbox import LOST
from backend.models import (
    ChannelLink,
    Consent,
    Deadline,
    Home,
    Invitation,
    Remark,
    Residency,
    Resident,
    Ticket,
    User,
)
from backend.people import homes, phones
from backend.vault import Vault
from locales import N_, t
from locales.dates import format_moment, format_year_date, local

LANGUAGES = {"zh": N_("Chinese"), "en": N_("English")}


def home_name(language: str, home: Home) -> str:
    return homes.word_home(home.building, home.unit, home.flat, language)


def day_of(language: str, instant: datetime, zone: str) -> str:
    """A day with its year, as lists of people need it: ``2024年5月1日``, ``1 May 2024``."""
    return format_year_date(language, local(instant, zone).date())


def name_of(language: str, resident: Resident) -> str:
    return resident.name or t(language, "Name not known yet")


def person_of(
    reader: Reader, vault: Vault, resident: Resident, residency: Residency | None,
    links: Sequence[ChannelLink] = (), consents: Sequence[Consent] = (),
) -> PersonView:  # fmt: skip
    """A resident as staff see them; the middle of the phone is hidden."""
    language = reader.language
    sealed = resident.phone_sealed
    return PersonView(
        id=resident.id,
        href=f"/residents/{resident.id}",
        name=name_of(language, resident),
        kind=words.name_of(language, words.RESIDENT_KINDS, resident.kind),
        language=words.name_of(language, LANGUAGES, resident.language),
        since=since_of(reader, residency),
        phone=phones.mask(vault.unseal(sealed)) if sealed else "",
        called=resident.address_as(language),
        chats=tuple(_chat(reader, link) for link in links),
        consents=tuple(_consent(reader, one) for one in consents),
        phone_path=f"/residents/{resident.id}/phone" if sealed else "",
    )


def since_of(reader: Reader, residency: Residency | None) -> str:
    if residency is None:
        return ""
    since = day_of(reader.language, residency.starts_at, reader.zone)
    if residency.ends_at is None:
        return t(reader.language, "since {day}", day=since)
    until = day_of(reader.language, residency.ends_at, reader.zone)
    return t(reader.language, "{start} to {end}", start=since, end=until)


def _chat(reader: Reader, link: ChannelLink) -> ChatView:
    """Whether somebody can be reached on a channel, in words."""
    symbol = words.symbol_of(reader.language, words.CHANNELS, link.channel)
    if link.status in LOST:
        state = t(reader.language, "cannot be reached: {reason}", reason=reach.reason_of(reader.language,
                  link.status))  # fmt: skip
        return ChatView(symbol.name, symbol.label, state, is_lost=True)
    if link.status == "ended":
        return ChatView(symbol.name, symbol.label, t(reader.language, "signed out"))
    if link.last_inbound_at is None:
        return ChatView(symbol.name, symbol.label, t(reader.language, "linked, has not written yet"))
    moment = format_moment(reader.language, link.last_inbound_at, reader.zone, reader.now)
    return ChatView(symbol.name, symbol.label, t(reader.language, "reachable, last wrote {moment}",
                                                 moment=moment))  # fmt: skip


def _consent(reader: Reader, consent: Consent) -> str:
    """Which privacy notice was shown when, and whether agreement was taken back."""
    language = reader.language
    shown = day_of(language, consent.shown_at, reader.zone)
    if consent.withdrawn_at is not None:
        taken = day_of(language, consent.withdrawn_at, reader.zone)
        return t(language, "Privacy notice {version}: shown {day}, withdrawn {taken}",
                 version=consent.version, day=shown, taken=taken)  # fmt: skip
    return t(language, "Privacy notice {version}: shown {day}", version=consent.version, day=shown)


def ticket_lines(
    reader: Reader, tickets: Iterable[Ticket], deadlines: Iterable[Deadline],
    residents: Mapping[int, Resident] | None = None,
) -> tuple[TicketLine, ...]:  # fmt: skip
    """Tickets as lines, each with its most urgent clock."""
    clocks: dict[int, list[Deadline]] = {}
    for row in deadlines:
        clocks.setdefault(row.ticket_id, []).append(row)
    return tuple(_line(reader, one, clocks.get(one.id, []), residents or {}) for one in tickets)


def _line(
    reader: Reader, ticket: Ticket, clocks: list[Deadline], residents: Mapping[int, Resident]
) -> TicketLine:
    shown = pills.pick(clocks, ticket.cycle)
    who = residents.get(ticket.resident_id or 0)
    return TicketLine(
        number=ticket.number,
        href=f"/tickets/{ticket.number}",
        name=ticket.name(reader.language),
        step=words.stands_at(reader.language, ticket),
        pill=pills.pill_of(reader.language, shown, reader.now, reader.zone),
        day=day_of(reader.language, ticket.received_at, reader.zone),
        who=name_of(reader.language, who) if who else "",
    )


def remarks_of(
    reader: Reader, remarks: Iterable[tuple[Remark, User]], *, may_edit: bool
) -> tuple[RemarkView, ...]:
    """Notes with who wrote them; one's own may be taken back, by leaders and the desk any."""
    return tuple(
        RemarkView(
            text=row.text,
            who=user.name(reader.language),
            time=format_moment(reader.language, row.at, reader.zone, reader.now),
            at=row.at.isoformat(),
            remove_path=f"/remarks/{row.id}/remove" if may_edit or user.id == reader.viewer.user_id else "",
        )
        for row, user in remarks
    )


def invitation_of(
    reader: Reader, invitation: Invitation, real_now: datetime, residents: Mapping[int, Resident]
) -> InvitationView:
    language = reader.language
    who = residents.get(invitation.resident_id or 0)
    whom = name_of(language, who) if who else t(language, "whoever joins this home")
    kind = t(language, "Spoken code") if invitation.kind == "spoken" else t(language, "Printed code")
    left = (
        t(language, "without limit")
        if invitation.uses_left is None
        else t(language, "uses left: {count}", count=invitation.uses_left)
    )
    until = (
        format_moment(language, invitation.expires_at, reader.zone, real_now) if invitation.expires_at else ""
    )
    told = [left, t(language, "until {moment}", moment=until) if until else ""]
    path = f"/homes/{invitation.home_id}/invitations/{invitation.id}/withdraw"
    return InvitationView(t(language, "{kind} for {whom}", kind=kind, whom=whom),
                          " · ".join(one for one in told if one), path)  # fmt: skip


def fact(language: str, label: str, value: str, href: str = "") -> Fact:
    return Fact(t(language, label), value, href)
