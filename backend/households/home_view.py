"""The page of one home: who lives there, what is open, notes, invitations, and the forms to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from backend.desk.queue import Reader
from backend.desk.views import Choice, Fact, FieldView, Link
from backend.households import columns, queries, rules, wording
from backend.households.queries import PAGE
from backend.households.views import HomeView, PersonView, TicketLine
from backend.models import ChannelLink, Consent, Estate, Home, Residency, Resident, Ticket
from backend.people import invitations
from backend.people import queries as people
from backend.vault import Vault
from locales import N_, t

PAST_SHOWN: Final = 10
SCOPES: Final = {
    "home": N_("This home only"), "building": N_("The whole building"), "zone": N_("The whole zone"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """What came back from a form: which one, what was typed, what is wrong at which field."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def home_of(
    session: Session, reader: Reader, vault: Vault, home: Home, real_now: datetime, *,
    before: int | None = None, typed: Typed | None = None,
) -> HomeView:  # fmt: skip
    """Build the page; ``before``: older tickets than this number; ``typed``: a form that comes back."""
    language, may_edit = reader.language, rules.may_edit(reader.viewer.role)
    living = queries.list_people(session, reader.viewer, [home.id], reader.now)
    former = queries.list_former(session, reader.viewer, home.id, reader.now)
    whose = {resident.id: resident for _residency, resident in (*living, *former)}
    opened, past, more = tickets_of(session, reader, whose, home_id=home.id, before=before)
    filled = typed or Typed()
    query = {"building": home.building, **({"unit": home.unit} if home.unit else {})}
    return HomeView(
        id=home.id,
        title=wording.home_name(language, home),
        code=home.code,
        facts=_facts(session, reader, home),
        people=people_of(session, reader, vault, living, home if may_edit else None),
        former=tuple(wording.person_of(reader, vault, one, stay) for stay, one in former),
        open=opened,
        past=past,
        past_href=f"/homes/{home.id}?before={past[-1].number}#past" if more else "",
        first_href=f"/homes/{home.id}#past" if before else "",
        remarks=wording.remarks_of(
            reader, queries.list_remarks(session, reader.viewer, home_id=home.id), may_edit=may_edit
        ),
        invitations=tuple(
            wording.invitation_of(reader, one, real_now, whose)
            for one in queries.list_invitations(session, reader.viewer, home.id, real_now)
        ),
        back=Link(t(language, "All homes"), f"/homes?{urlencode(query)}"),
        butler_fields=_filled(_butler_fields(session, reader, home), filled, "butler") if may_edit else (),
        invite_fields=_filled(_invite_fields(reader, living), filled, "invite"),
        remark_field=_filled((remark_field(language),), filled, "remark")[0],
        may_edit=may_edit,
        open_form=filled.form,
    )


def remark_field(language: str) -> FieldView:
    return FieldView("text", t(language, "Note"), "area",
                     hint=t(language, "For staff only; residents never see it."))  # fmt: skip


def _filled(fields: Sequence[FieldView], typed: Typed, form: str) -> tuple[FieldView, ...]:
    if typed.form != form:
        return tuple(fields)
    return tuple(
        replace(one, value=typed.values.get(one.name, one.value), error=typed.errors.get(one.name, ""))
        for one in fields
    )


def tickets_of(
    session: Session, reader: Reader, whose: Mapping[int, Resident], *, home_id: int | None = None,
    resident_id: int | None = None, before: int | None = None,
) -> tuple[tuple[TicketLine, ...], tuple[TicketLine, ...], bool]:  # fmt: skip
    """Open tickets, a page of finished ones, and whether there are more of these."""

    def lines(found: Sequence[Ticket]) -> tuple[TicketLine, ...]:
        clocks = queries.list_deadlines(session, [one.id for one in found])
        return wording.ticket_lines(reader, found, clocks, whose if home_id is not None else None)

    viewer = reader.viewer
    opened = queries.list_tickets(session, viewer, home_id=home_id, resident_id=resident_id, is_open=True)
    limit = PAGE if before else PAST_SHOWN
    past = queries.list_tickets(session, viewer, home_id=home_id, resident_id=resident_id, is_open=False,
                                after=before, limit=limit)  # fmt: skip
    return lines(opened[:PAGE]), lines(past[:limit]), len(past) > limit


def people_of(
    session: Session, reader: Reader, vault: Vault, found: Sequence[tuple[Residency, Resident]],
    home: Home | None = None,
) -> tuple[PersonView, ...]:  # fmt: skip
    """Residents with their chats and consents; ``home``: where they may be moved out of."""
    links: dict[int, list[ChannelLink]] = {}
    for resident_id, link in queries.list_links(session, [one.id for _stay, one in found]):
        links.setdefault(resident_id, []).append(link)
    owners = {link.id: resident_id for resident_id, own in links.items() for link in own}
    consents: dict[int, list[Consent]] = {}
    for consent in queries.list_consents(session, list(owners)):
        consents.setdefault(owners[consent.link_id], []).append(consent)
    return tuple(
        replace(
            wording.person_of(reader, vault, one, stay, links.get(one.id, ()), consents.get(one.id, ())),
            out_path=f"/homes/{home.id}/residents/{one.id}/out" if home else "",
        )
        for stay, one in found
    )


def _facts(session: Session, reader: Reader, home: Home) -> tuple[Fact, ...]:
    language = reader.language
    estate = session.get_one(Estate, home.estate_id)
    zone = queries.find_zone(session, home.zone_id)
    butler = people.get_user(session, home.butler_id)
    deputy = people.get_user(session, butler.deputy_id) if butler else None
    named = butler.name(language) if butler else t(language, "No butler")
    found = [
        wording.fact(language, N_("Estate"), estate.name(language)),
        wording.fact(language, N_("Home"), home.code),
        wording.fact(language, N_("Butler"), named),
    ]
    if deputy is not None:
        found.append(wording.fact(language, N_("Deputy"), deputy.name(language)))
    if zone is not None:
        found.append(wording.fact(language, N_("Zone"), zone.name_zh if language == "zh" else zone.name_en))
    found.append(wording.fact(language, N_("Tier"), columns.word_for("tier", home.tier, language)))
    if home.delivered_at is not None:
        day = wording.day_of(language, home.delivered_at, reader.zone)
        found.append(wording.fact(language, N_("Handed over to its first owner"), day))
    return tuple(found)


def _butler_fields(session: Session, reader: Reader, home: Home) -> tuple[FieldView, ...]:
    language = reader.language
    staff = queries.list_butlers(session, reader.viewer, home.estate_id)
    choices = (
        Choice("", t(language, "No butler")),
        *(Choice(str(one.id), one.name(language)) for one in staff),
    )
    scopes = [name for name in rules.SCOPES if name != "zone" or home.zone_id is not None]
    return (
        FieldView("butler", t(language, "Butler"), "select", str(home.butler_id or ""), choices=choices),
        FieldView("scope", t(language, "For"), "radio", "home",
                  choices=tuple(Choice(name, t(language, SCOPES[name])) for name in scopes)),
        FieldView("reason", t(language, "Reason"), hint=t(language, "Kept in the audit log. Open tickets "
                  "stay with whoever answers for them now.")),
    )  # fmt: skip


def _invite_fields(reader: Reader, living: Sequence[tuple[Residency, Resident]]) -> tuple[FieldView, ...]:
    language = reader.language
    names = tuple(Choice(str(one.id), wording.name_of(language, one)) for _stay, one in living)
    somebody = Choice("", t(language, "Whoever joins this home; you confirm who it is"))
    kinds = (
        Choice("printed", t(language, "Printed code, with a QR code")),
        Choice("spoken", t(language, "Spoken code: eight digits, once, ten minutes")),
    )
    return (
        FieldView("resident", t(language, "For whom"), "select", names[0].value if names else "",
                  choices=(*names, somebody), is_required=False),
        FieldView("kind", t(language, "Kind of code"), "radio", "printed", choices=kinds),
        FieldView("uses", t(language, "Uses"), "number", str(invitations.PRINTED_USES),
                  hint=t(language, "In how many chats a printed code may be used, 1 to 20.")),
        FieldView("days", t(language, "Days"), "number", str(invitations.PRINTED_LIFE.days),
                  hint=t(language, "For how many days a printed code is good, 1 to 365.")),
    )  # fmt: skip
