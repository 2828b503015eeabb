"""Jobs as their page shows them: when, where, what the resident said, and what can be done now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

import segno
from markupsafe import Markup
from sqlalchemy.orm import Session

from backend.desk import maps, pills, words
from backend.desk.doors import Visit
from backend.desk.foreign import is_foreign
from backend.desk.queries import deadlines_of
from backend.desk.queue import Reader, tag_of
from backend.desk.views import Pill, Symbol, Tag
from backend.errors import NotFound
from backend.models import Deadline, Estate, Home, Resident, SignOffRequest, Ticket
from backend.onsite import queries, service, signing, sure, texts
from backend.onsite.before_view import Before, before_of
from backend.onsite.foreign_words import reads_of
from backend.people import homes, residents
from backend.tickets import not_arrived, prices
from backend.tickets.work import actions_for
from locales import N_, html_tag, t
from locales.dates import format_day, format_full, format_time, local

DAYS_AHEAD: Final = 14
NO_TIME: Final = N_("No time agreed yet")
AT_ONCE: Final = N_("At once")
MATERIAL_LINES: Final = 3
QR_SCALE: Final = 6


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job on the list. ``key`` is its place on the page, ``at`` the day it is sorted under."""

    key: str
    number: int
    href: str
    time: str
    day: str
    home: str
    title: str
    resident: str
    words: str
    words_lang: str
    symbol: Symbol
    tag: Tag
    pill: Pill
    mark: str
    is_done: bool
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class JobList:
    """Today's jobs in their order, the days after, and those of today that are done."""

    today: tuple[JobRow, ...]
    later: tuple[JobRow, ...]
    done: tuple[JobRow, ...]


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo of the place: its address and what it is called for who cannot see it."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Signing:
    """How far the resident's confirmation is. ``link`` is set while one can still be given by it."""

    is_ready: bool
    done: str
    signature: str
    link: str
    until: str
    tries: int
    has_chat: bool


@dataclass(frozen=True, slots=True)
class JobView:
    """One job: its row, whom to call, where to go, what can be pressed, photos, signing.

    ``reads``: the resident's language; ``is_foreign``: what was done is written in the other one;
    ``signer``: who most likely confirms it: the resident; somebody else's name may be written instead.
    ``may_take_back``: the arrival that was recorded last may be a mistake;
    ``early``: asked before an arrival hours too soon, "" where none is; ``unagreed``: asked before a price
    above ``agreed_fen`` (None: never), with a hole for the amount.
    """

    row: JobRow
    before_going: Before
    reads: str
    is_foreign: bool
    version: int
    step: str
    when: str
    item: str
    phone: str
    tel: str
    geo: str
    map: str
    address: str
    may_set_out: bool
    may_check_in: bool
    may_take_back: bool
    may_complete: bool
    may_photo: bool
    before: tuple[Shot, ...]
    after: tuple[Shot, ...]
    signing: Signing
    signer: str
    done_lines: tuple[tuple[str, str], ...]
    early: str
    agreed_fen: int | None
    unagreed: str


def list_of(session: Session, who: Visit, reader: Reader) -> JobList:
    """Everything this person goes to, today first."""
    here = local(reader.now, reader.zone)
    day_start = here.replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = day_start + timedelta(days=1)
    found = queries.list_jobs(session, who.viewer, day_start, day_start + timedelta(days=DAYS_AHEAD))
    made = _rows(session, reader, found)
    is_later = {one.number for one in found if one.appointment_start and one.appointment_start >= tomorrow}
    is_over = {row.number for row in made if row.is_done}
    return JobList(
        today=tuple(row for row in made if row.number not in is_later | is_over),
        later=tuple(row for row in made if row.number in is_later - is_over),
        done=tuple(row for row in made if row.is_done),
    )


def _rows(session: Session, reader: Reader, found: Sequence[Ticket]) -> list[JobRow]:
    flats, people = queries.homes_of(session, found), queries.residents_of(session, found)
    clocks = deadlines_of(session, [one.id for one in found])
    coming = queries.set_out_ids(session, found)
    return [
        _row(
            reader, one, flats.get(one.home_id or 0), people.get(one.resident_id or 0),
            clocks.get(one.id, []), is_coming=one.id in coming,
        )
        for one in found
    ]  # fmt: skip


def _row(
    reader: Reader, ticket: Ticket, home: Home | None, person: Resident | None, clocks: Sequence[Deadline],
    *, is_coming: bool,
) -> JobRow:  # fmt: skip
    language = reader.language
    return JobRow(
        key=f"t{ticket.number}",
        number=ticket.number,
        href=f"/jobs/{ticket.number}",
        time=_window(language, ticket, reader.zone),
        day=_day(reader, ticket),
        home=home.code if home else t(language, "Public area"),
        title=ticket.name(language),
        resident=_name(language, person),
        words=ticket.words,
        words_lang=html_tag(ticket.language),
        symbol=words.kind_symbol(language, ticket),
        tag=tag_of(language, ticket.language),
        pill=pills.pill_of(language, pills.pick(clocks, ticket.cycle), reader.now, reader.zone),
        mark=_mark(reader, ticket, is_coming=is_coming),
        is_done=ticket.state in ("done", "closed"),
        is_urgent=ticket.is_urgent,
    )


def _name(language: str, person: Resident | None) -> str:
    if person is None:
        return ""
    return person.address_as(language) or person.name


def _window(language: str, ticket: Ticket, zone: str) -> str:
    start, end = ticket.appointment_start, ticket.appointment_end
    if start is None:
        return ""
    if end is None or end == start:
        return format_time(start, zone)
    return f"{format_time(start, zone)}–{format_time(end, zone)}"


def _day(reader: Reader, ticket: Ticket) -> str:
    if ticket.appointment_start is None:
        is_danger = ticket.workflow == "emergency" and ticket.state in ("open", "waiting")
        return t(reader.language, AT_ONCE if is_danger else NO_TIME)
    day = format_day(reader.language, ticket.appointment_start, reader.zone, reader.now)
    return day[:1].upper() + day[1:]  # it stands alone, not in a sentence


def _mark(reader: Reader, ticket: Ticket, *, is_coming: bool) -> str:
    """Where the job stands: on the way, or the step it is at."""
    if is_coming and service.may_set_out(ticket, reader.viewer):
        return t(reader.language, "On the way")
    return words.stands_at(reader.language, ticket)


def job_of(session: Session, who: Visit, reader: Reader, ticket: Ticket) -> JobView:
    """One job with everything its page needs."""
    row = _rows(session, reader, [ticket])[0]
    allowed = actions_for(ticket, who.viewer)
    estate = session.get_one(Estate, ticket.estate_id)
    home = queries.homes_of(session, [ticket]).get(ticket.home_id or 0)
    person = queries.residents_of(session, [ticket]).get(ticket.resident_id or 0)
    phone = _phone(session, who, ticket)
    place = _place(estate, home)
    shots = service.site_photos(session, ticket)
    reads = reads_of(session, ticket)
    lines = done_lines(reader.language, signing.record_values(session, ticket))
    out = bool(queries.list_site_events(session, ticket, queries.SET_OUT))
    return JobView(
        row=row,
        before_going=before_of(session, reader, ticket, who.menu, estate.timezone),
        reads=reads,
        is_foreign=any(is_foreign(text, reads) for _, text in lines),
        version=ticket.version,
        step=row.mark,
        when=f"{row.day} {row.time}".strip(),
        item=ticket.name(reader.language),
        phone=phone,
        tel="".join(sign for sign in phone if sign.isdigit() or sign == "+"),
        geo=f"geo:0,0?q={quote(place)}",
        map=maps.of_address(place),
        address=_address(reader.language, estate, home),
        may_set_out="check_in" in allowed and not out,
        may_check_in="check_in" in allowed,
        may_take_back="not_arrived" in allowed and bool(not_arrived.last_arrival(session, ticket)),
        may_complete="complete" in allowed,
        may_photo="complete" in allowed or signing.is_ready(ticket),
        before=_shots(reader.language, ticket, shots.get("photos_before", ()), N_("Before the work")),
        after=_shots(reader.language, ticket, shots.get("photos_after", ()), N_("After the work")),
        signing=_signing(session, who, reader, ticket),
        signer=person.name if person else "",
        done_lines=lines,
        early=sure.arrives_early(reader.language, ticket, reader.now, estate.timezone),
        agreed_fen=prices.agreed_fen(who.menu, ticket),
        unagreed=t(reader.language, prices.UNAGREED, amount=sure.HOLE),
    )


def _phone(session: Session, who: Visit, ticket: Ticket) -> str:
    if ticket.resident_id is None:
        return ""
    try:
        return residents.get_phone(session, who.viewer, who.vault, ticket.resident_id, who.now)
    except NotFound:  # moved out since
        return ""


def _place(estate: Estate, home: Home | None) -> str:
    """What a map is asked for: the address and the building, never the flat or a name."""
    building = f"{home.building}号楼" if home else ""
    return f"{estate.address_zh or estate.name_zh}{estate.name_zh if estate.address_zh else ''}{building}"


def _address(language: str, estate: Estate, home: Home | None) -> str:
    where = homes.word_home(home.building, home.unit, home.flat, language) if home else ""
    return " · ".join(one for one in (estate.name(language), where) if one)


def _shots(language: str, ticket: Ticket, ids: Sequence[str], called: str) -> tuple[Shot, ...]:
    alt = t(language, called)
    return tuple(Shot(f"/jobs/{ticket.number}/photos/{one}", f"{alt} {n}") for n, one in enumerate(ids, 1))


def _signing(session: Session, who: Visit, reader: Reader, ticket: Ticket) -> Signing:
    request = queries.latest_request(session, ticket)
    settings = who.request.app.state.settings
    is_open = signing.is_live(request, ticket, who.now)
    link = ""
    if is_open and request is not None and request.values.get("language"):
        link = f"{settings.public_url.rstrip('/')}/sign/{signing.token_of(settings.secret_key, request)}"
    signed = request if request is not None and request.signed_at is not None else None
    return Signing(
        is_ready=signing.is_ready(ticket) and signed is None,
        done=signed_line(reader.language, signed, reader.zone) if signed else "",
        signature=f"/jobs/{ticket.number}/photos/{signed.file_id}" if signed and signed.file_id else "",
        link=link,
        until=format_full(reader.language, request.expires_at, reader.zone) if request and link else "",
        tries=signing.MOST_TRIES - request.tries if request and link else 0,
        has_chat=ticket.conversation_id is not None,
    )


def signed_line(language: str, request: SignOffRequest, zone: str) -> str:
    """Who confirmed, when and how."""
    assert request.signed_at is not None
    return t(
        language,
        "{name} confirmed it on {moment}, {method}.",
        name=request.signed_name,
        moment=format_full(language, request.signed_at, zone),
        method=t(language, texts.METHODS.get(request.method or "", texts.METHODS["link"])),
    )


def done_lines(language: str, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What was done, with what, and what it costs: as far as it is written down."""
    cost = values.get("cost_fen")
    found = (
        (N_("What was done"), values.get("actual_items") or values.get("result")),
        (N_("Materials"), values.get("materials")),
        (N_("Cost"), "" if cost is None else t(language, "free of charge") if cost == 0 else yuan(cost)),
    )
    return tuple((t(language, label), str(text)) for label, text in found if text)


def yuan(fen: int) -> str:
    """An amount as it is read: ¥1,234.50; ``fen`` are hundredths of a yuan."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"


def qr(link: str) -> Markup:
    """A link as a picture for the resident's camera: black on white in every theme; "" for none."""
    if not link:
        return Markup("")
    drawn = segno.make(link, micro=False, error="m")
    return Markup(
        drawn.svg_inline(scale=QR_SCALE, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr",
                         lineclass=None)
    )  # fmt: skip
