"""供方与推荐: the providers an estate may send and its referrals, to choose from, and opening either."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import words
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.forms import MAX_TEXT
from backend.desk.parts import Cut, Part, part_of
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import FieldView
from backend.errors import BadInput, Forbidden
from backend.models import Estate, Resident, Ticket
from backend.people import queries as people
from backend.people import roles
from backend.people.estates import shown_estate
from backend.tickets import case_queries, cases
from backend.tickets import queries as ticket_rows
from backend.tickets.case_queries import Case
from backend.web.reading import is_number, number_of
from locales import N_, t
from locales.dates import format_moment

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/cases"
#: of each list at a time
MOST: Final = 50
MOST_NAME: Final = 100
MOST_SERVICES: Final = 20
OPENED: Final = N_("Ticket #{number} is open.")


@dataclass(frozen=True, slots=True)
class CaseView:
    """One row of a list."""

    number: int
    name: str
    home: str
    step: str
    since: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Again:
    """A refused form: which (provider or referral), what was typed, and the sentence at each field."""

    form: str = ""
    typed: Mapping[str, str] | None = None
    errors: Mapping[str, str] | None = None


def _estate_of(session: Session, who: Visit, code: str) -> Estate:
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden
    return shown_estate(session, who.viewer, code)


@router.get(PAGE)
def page(who: Visiting, estate: str = "", ticket: str = "") -> Response:
    """Both lists of an estate; ``ticket``: of whom a referral is to be registered."""
    return _page(who, estate, ticket)


def _page(who: Visit, code: str, ticket: str = "", again: Again | None = None, status: int = 200) -> Response:
    given = again or Again()
    with who.db.read() as session:
        wished = _wished(session, who, ticket)
        estate = session.get_one(Estate, wished.estate_id) if wished else _estate_of(session, who, code)
        reader = reader_of(session, who)
        providers, referrals = _providers(session, who, estate), _referrals(session, who, estate)
        person = session.get(Resident, wished.resident_id) if wished and wished.resident_id else None
        estates = people.list_estates(session, who.viewer)
        shell = shell_of(session, who, on="cases")
    return show(
        who, "cases.html", shell, status=status, title=t(who.language, "Providers and referrals"),
        estate=estate, estates=estates if len(estates) > 1 else (), may_open=who.viewer.may("open"),
        providers=[_row(reader, one) for one in providers.rows], provider_part=providers,
        referrals=[_row(reader, one) for one in referrals.rows], referral_part=referrals,
        provider_fields=_provider_fields(who.language, given),
        referral_fields=_referral_fields(who.language, given, wished),
        person=person.name if person else "", wished=wished.number if wished else "",
        error=(given.errors or {}).get(""), wrong=given.form,
    )  # fmt: skip


def _providers(session: Session, who: Visit, estate: Estate) -> Part[Case]:
    """The providers that the address asks for; the other list begins anew."""
    group, _, last = who.request.query_params.get("providers", "").partition(".")
    is_cut = is_number(group) and is_number(last)
    after = (int(group), int(last)) if is_cut else None
    cut: Cut[Case] = Cut(
        MOST, not is_cut, lambda one: "{}.{}".format(*case_queries.place_of(one)),
        f"{PAGE}?estate={estate.code}", "providers", "#provider",
    )  # fmt: skip
    found = case_queries.list_providers(session, who.viewer, estate.id, MOST + 1, after=after)
    count = partial(case_queries.count_cases, session, who.viewer, estate.id, case_queries.PROVIDER)
    return part_of(who.language, found, cut, count)


def _referrals(session: Session, who: Visit, estate: Estate) -> Part[Case]:
    before = number_of(who.request.query_params.get("referrals", ""))
    cut: Cut[Case] = Cut(
        MOST, before is None, lambda one: one.ticket.id,
        f"{PAGE}?estate={estate.code}", "referrals", "#referral",
    )  # fmt: skip
    found = case_queries.list_referrals(session, who.viewer, estate.id, MOST + 1, before)
    count = partial(case_queries.count_cases, session, who.viewer, estate.id, case_queries.REFERRAL)
    return part_of(who.language, found, cut, count)


def _wished(session: Session, who: Visit, text: str) -> Ticket | None:
    """The ticket in which a resident told of a referral. Raises Forbidden, NotFound."""
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        return None
    ticket = ticket_rows.get_ticket(session, who.viewer, int(text))
    return ticket if ticket.resident_id is not None else None


def _row(reader: Reader, one: Case) -> CaseView:
    ticket = one.ticket
    since = format_moment(reader.language, ticket.received_at, reader.zone, reader.now)
    step = words.stands_at(reader.language, ticket)
    return CaseView(ticket.number, one.name, one.home, step, since, ticket.step == case_queries.ACTIVE)


def _field(
    language: str, again: Again, form: str, name: str, label: str, *, kind: str = "text", value: str = "",
    hint: str = "", is_required: bool = True,
) -> FieldView:  # fmt: skip
    is_mine = again.form == form
    typed = (again.typed or {}).get(name, "") if is_mine else value
    error = (again.errors or {}).get(name, "") if is_mine else ""
    return FieldView(name, t(language, label), kind, typed, t(language, hint) if hint else "", error,
                     is_required=is_required)  # fmt: skip


def _provider_fields(language: str, again: Again) -> tuple[FieldView, ...]:
    return (
        _field(language, again, "provider", "name", N_("Name of the provider")),
        _field(language, again, "provider", "services", N_("Services"), kind="area",
               hint=N_("One on each line."), is_required=False),
        _field(language, again, "provider", "words", N_("What was seen"), kind="area", is_required=False),
    )  # fmt: skip


def _referral_fields(language: str, again: Again, wished: Ticket | None) -> tuple[FieldView, ...]:
    who = () if wished else (
        _field(language, again, "referral", "who", N_("Who recommends: phone or home"),
               hint=N_("The number finds the home; a home with several people needs the number.")),
    )  # fmt: skip
    said = wished.words if wished else ""
    return (*who, _field(language, again, "referral", "words", N_("Whom they recommend, and what they said"),
                         kind="area", value=said))  # fmt: skip


@router.post(f"{PAGE}/providers")
def open_provider(who: Visiting, fields: Typed) -> Response:
    """Enter a provider that was surveyed; its evaluation goes on in its ticket."""
    name, text = fields.get("name", "").strip(), fields.get("words", "").strip()
    services = [line.strip() for line in fields.get("services", "").splitlines() if line.strip()]
    errors = _missing(who.language, {"name": (name, MOST_NAME)}) | _too_long(who.language, "words", text)
    if len(services) > MOST_SERVICES or any(len(one) > MOST_NAME for one in services):
        errors["services"] = t(who.language, "At most {count} services, each in a few words.",
                               count=MOST_SERVICES)  # fmt: skip
    body = {"provider": name, "services": services, "words": text, "estate": fields.get("estate", "")}
    return _open(who, fields, "provider", errors, lambda session: cases.open_provider(
        session, who.menu, who.viewer, body, who.now))  # fmt: skip


@router.post(f"{PAGE}/referrals")
def open_referral(who: Visiting, fields: Typed) -> Response:
    """Register a referral; its reward waits in the ticket for the purchase."""
    found, text = fields.get("who", "").strip(), fields.get("words", "").strip()
    wanted = {"words": (text, MAX_TEXT)} | ({} if fields.get("ticket") else {"who": (found, MOST_NAME)})
    errors = _missing(who.language, wanted)
    return _open(who, fields, "referral", errors, lambda session: cases.open_referral(
        session, who.menu, who.vault, who.viewer, {"words": text, **_found_by(session, who, fields)},
        who.now))  # fmt: skip


def _found_by(session: Session, who: Visit, fields: Mapping[str, str]) -> dict[str, object]:
    """How the resident is found: of the ticket, by their home, else by their number."""
    wished = _wished(session, who, fields.get("ticket", ""))
    if wished is not None and wished.resident_id is not None:
        return {"resident_id": wished.resident_id}
    text = fields.get("who", "").strip()
    is_home = "-" in text and not text.startswith("+") and sum(map(str.isdigit, text)) < 10
    return {"home": text} if is_home else {"phone": text}


def _missing(language: str, wanted: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    found = {name: t(language, "Please fill this in.") for name, (text, _) in wanted.items() if not text}
    for name, (text, most) in wanted.items():
        found |= _too_long(language, name, text, most)
    return found


def _too_long(language: str, name: str, text: str, most: int = MAX_TEXT) -> dict[str, str]:
    said = t(language, "Please keep this under {limit} characters.", limit=most)
    return {name: said} if len(text) > most else {}


def _open(
    who: Visit, fields: Mapping[str, str], form: str, errors: Mapping[str, str],
    work: Callable[[Session], Ticket],
) -> Response:  # fmt: skip
    """Open it and go to its ticket; what is missing is said at its field, nothing typed is lost."""
    code, ticket = fields.get("estate", ""), fields.get("ticket", "")
    if not who.viewer.may("open"):
        raise Forbidden
    if errors:
        return _page(who, code, ticket, Again(form, fields, errors), 422)
    try:
        number = who.db.run(lambda session: work(session).number)
    except BadInput as refusal:
        sentence = refusal.worded(who.language)[1]
        return _page(who, code, ticket, Again(form, fields, {"": sentence}), refusal.status)
    return go(who.request, f"/tickets/{number}", t(who.language, OPENED, number=number))
