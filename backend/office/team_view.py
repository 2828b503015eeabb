"""Staff accounts in words: the list, one account, the buildings and who serves them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from backend.desk import words
from backend.desk.queue import Reader
from backend.desk.views import Choice, FieldView, Link
from backend.models import Estate, User
from backend.office import team, team_queries, team_rules
from backend.office.team_queries import Load
from backend.people import absence, phones
from backend.people import queries as people
from backend.people.butlers import is_on_duty
from backend.people.roles import Role
from backend.vault import Vault
from locales import N_, t
from locales.dates import format_full, format_moment

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PersonView:
    """One row of the list; for those who change no accounts without ``username``, ``marks`` and ``href``."""

    id: int
    name: str
    href: str
    username: str
    role: str
    homes: int
    places: str
    deputy: str
    duty: str
    is_here: bool
    load: Load
    is_active: bool
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SessionView:
    kind: str
    since: str
    seen: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account with everything that can be done to it."""

    id: int
    name: str
    username: str
    role: str
    is_active: bool
    may_touch: bool
    is_own: bool
    has_second_factor: bool
    must_change: bool
    phone: str
    away: str
    state: str
    fields: tuple[FieldView, ...]
    sessions: tuple[SessionView, ...]
    open: tuple[Link, ...]
    homes: int
    shifts: int
    successor: FieldView | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """A form that is shown once more: which, what was typed, what is wrong."""

    form: str = ""
    typed: Typed = field(default_factory=dict)
    errors: Typed = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BuildingView:
    """One building; ``field`` chooses who serves all of it."""

    estate: str
    building: str
    homes: int
    served: str
    field: FieldView


def state_of(user: User, estate_ids: frozenset[int]) -> str:
    """What the form was made from: another one means that somebody changed it meanwhile."""
    parts = (user.name_zh, user.name_en, user.role, user.deputy_id, sorted(estate_ids), user.phone_hash)
    return sha256(repr(parts).encode()).hexdigest()[:16]


def list_of(session: Session, reader: Reader) -> list[PersonView]:
    """Everybody at work here, leaders first, closed accounts last. Raises Forbidden for all but leaders.

    Who changes no accounts sees none that is closed, and nothing of how anybody signs in.
    """
    viewer, language = reader.viewer, reader.language
    team.require_reader(viewer)
    manages = team.manages(viewer)
    users = [one for one in team_queries.list_team(session, viewer) if manages or one.is_active]
    names = {one.id: one.name(language) for one in users}
    loads = team_queries.loads(session, viewer, reader.now)
    here = _on_duty(session, reader, users)
    places = _places(session, reader)
    found = [
        PersonView(
            id=one.id, name=names[one.id], href=f"/team/{one.id}" if manages else "",
            username=one.username if manages else "",
            role=words.name_of(language, words.ROLES, one.role),
            homes=sum(places.get(one.id, {}).values()),
            places=_comma(language, sorted(places.get(one.id, {}))),
            deputy=names.get(one.deputy_id or 0, ""), duty=_duty(reader, one, here),
            is_here=one.id in here,
            load=loads.get(one.id, Load()), is_active=one.is_active,
            marks=_marks(language, one) if manages else (),
        )
        for one in users
    ]  # fmt: skip
    order = {one.id: (not one.is_active, team_rules.ORDER.index(Role(one.role)), one.id) for one in users}
    return sorted(found, key=lambda one: order[one.id])


def _places(session: Session, reader: Reader) -> dict[int, dict[str, int]]:
    """Which buildings each butler serves, with how many homes."""
    found: dict[int, dict[str, int]] = {}
    for one in team_queries.list_buildings(session, reader.viewer):
        name = t(reader.language, "Bldg {building}", building=one.building)
        for butler_id, count in one.butlers.items():
            if butler_id is not None:
                own = found.setdefault(butler_id, {})
                own[name] = own.get(name, 0) + count
    return found


def _comma(language: str, texts: Sequence[str]) -> str:
    return ("、" if language == "zh" else ", ").join(texts)


def _on_duty(session: Session, reader: Reader, users: Sequence[User]) -> frozenset[int]:
    """Who is on duty in any of their estates: the rota of one says nothing about the staff of another."""
    viewer, now = reader.viewer, reader.now
    shifts = people.list_shifts_around(session, viewer.estate_ids, now)
    rotas = {key: [one for one in shifts if one.estate_id == key] for key in viewer.estate_ids}
    places = team_queries.estates_of(session, [one.id for one in users])
    return frozenset(
        one.id for one in users
        if any(is_on_duty(one, rotas[key], now) for key in places[one.id] & viewer.estate_ids)
    )  # fmt: skip


def _duty(reader: Reader, user: User, here: frozenset[int]) -> str:
    if not user.is_active:
        return t(reader.language, "Account closed")
    away = away_text(reader, user)
    if away:
        return away
    return t(reader.language, "On duty") if user.id in here else t(reader.language, "Off duty")


def away_text(reader: Reader, user: User) -> str:
    """``Away until Thu 5 Dec, 18:00``, or "" while the person is not away."""
    found = absence.absence_of(user.settings)
    if found is None or not found.covers(reader.now):
        return ""
    until = format_moment(reader.language, found.end, reader.zone, reader.now)
    return t(reader.language, "Away until {when}", when=until)


def _marks(language: str, user: User) -> tuple[str, ...]:
    marks = []
    if user.must_change_password:
        marks.append(t(language, "First password not changed yet"))
    if user.totp_sealed is not None:
        marks.append(t(language, "Second factor on"))
    return tuple(marks)


def account_of(session: Session, reader: Reader, vault: Vault, user: User, real_now: datetime,
               back: Back) -> AccountView:  # fmt: skip
    """One account, its form, its sessions and what lies with it."""
    viewer, language = reader.viewer, reader.language
    own = team_queries.estates_of(session, [user.id])[user.id]
    may_touch = team.may_touch(session, viewer, user)
    left = team_queries.list_open(session, viewer, user.id) if may_touch else ()
    homes = team_queries.count_homes(session, user.id)
    shifts = team_queries.list_shifts_from(session, viewer, user.id, reader.now)
    is_own = user.id == viewer.user_id
    is_edit = back.form == "edit"
    return AccountView(
        id=user.id, name=user.name(language), username=user.username,
        role=words.name_of(language, words.ROLES, user.role), is_active=user.is_active, may_touch=may_touch,
        is_own=is_own, has_second_factor=user.totp_sealed is not None, must_change=user.must_change_password,
        phone=phones.mask(vault.unseal(user.phone_sealed)) if user.phone_sealed else "",
        away=away_text(reader, user), state=state_of(user, own),
        fields=fields_of(session, reader, user, own, back if is_edit else Back()) if may_touch else (),
        sessions=sessions_of(session, reader, user.id, real_now),
        open=tuple(Link(f"#{one.number} {one.name(language)}", f"/tickets/{one.number}") for one in left),
        homes=homes, shifts=len(shifts),
        successor=_successor(session, reader, user, own, back) if left or homes else None,
        error=back.errors.get("", ""),
    )  # fmt: skip


def company_of(language: str, user: User, claim: str, back: Back) -> FieldView:
    """Which name at the company signs in with this account."""
    is_back = back.form == "company"
    label = N_("E-mail address at the company") if claim == "email" else N_("User name at the company")
    return FieldView(
        "company_name", t(language, label), "text",
        back.typed.get("company_name", "") if is_back else user.company_name or "",
        hint=t(language, "Without one this account opens by its password only."),
        error=back.errors.get("company_name", "") if is_back else "", is_required=False,
    )  # fmt: skip


def sessions_of(
    session: Session, reader: Reader, user_id: int, real_now: datetime
) -> tuple[SessionView, ...]:
    kinds = {"cookie": N_("Dashboard"), "bearer": N_("Programme (API)")}
    shift = reader.now - real_now  # sessions live in real time, pages may show the demo's
    return tuple(
        SessionView(
            kind=t(reader.language, kinds.get(one.kind, one.kind)),
            since=format_full(reader.language, one.created_at + shift, reader.zone),
            seen=format_full(reader.language, one.last_seen_at + shift, reader.zone),
        )
        for one in team_queries.list_sessions(session, user_id, real_now)
    )


def fields_of(
    session: Session, reader: Reader, user: User | None, own: frozenset[int], back: Back
) -> tuple[FieldView, ...]:
    """The form of an account; without one, of a new colleague."""
    language, typed = reader.language, back.typed
    is_new = user is None
    given = {
        "username": user.username if user else "", "name_zh": user.name_zh if user else "",
        "name_en": user.name_en if user else "", "phone": "",
        "role": user.role if user else "butler", "deputy": str(user.deputy_id or "") if user else "",
    } | {name: value for name, value in typed.items() if not name.startswith("estate.")}  # fmt: skip
    found = [
        FieldView("name_zh", t(language, "Chinese name"), "text", given["name_zh"]),
        FieldView("name_en", t(language, "English name"), "text", given["name_en"]),
        *([] if user is not None and user.id == reader.viewer.user_id else [_role(reader, given["role"])]),
        FieldView("phone", t(language, "Phone"), "phone", given["phone"], is_required=False,
                  hint="" if is_new else t(language, "Leave this empty to keep the number as it is.")),
        *_estates(session, reader, own, typed),
        *([] if user is None else [_deputy(session, reader, user, given["deputy"])]),
    ]  # fmt: skip
    if is_new:
        hint = t(language, "Letters and digits; it cannot be changed later.")
        found.insert(0, FieldView("username", t(language, "User name"), "text", given["username"], hint=hint))
    return tuple(_with_error(one, back.errors) for one in found)


def _with_error(one: FieldView, errors: Typed) -> FieldView:
    return one if one.name not in errors else FieldView(
        one.name, one.label, one.kind, one.value, one.hint, errors[one.name], one.choices, one.is_required
    )  # fmt: skip


def _role(reader: Reader, chosen: str) -> FieldView:
    roles = tuple(
        Choice(one.value, words.name_of(reader.language, words.ROLES, one.value))
        for one in team_rules.grantable(reader.viewer)
    )
    return FieldView("role", t(reader.language, "Role"), "select", chosen, choices=roles)


def _estates(session: Session, reader: Reader, own: frozenset[int], typed: Typed) -> list[FieldView]:
    """One tick for each estate; where there is only one nothing is to be chosen."""
    estates = people.list_estates(session, reader.viewer)
    if len(estates) < 2:
        return []
    found = []
    for one in estates:
        name = f"estate.{one.id}"
        is_on = name in typed if typed else one.id in own
        label = t(reader.language, "Works in {estate}", estate=one.name(reader.language))
        found.append(FieldView(name, label, "check", "1" if is_on else "", is_required=False))
    return found


def _deputy(session: Session, reader: Reader, user: User, chosen: str) -> FieldView:
    nobody = Choice("", t(reader.language, "No fixed deputy"))
    return FieldView("deputy", t(reader.language, "Deputy when absent"), "select", chosen,
                     choices=(nobody, *deputies(session, reader, user)), is_required=False)  # fmt: skip


def deputies(session: Session, reader: Reader, user: User) -> tuple[Choice, ...]:
    """Who may stand in for somebody: active colleagues who do the same kind of work."""
    staff = people.list_staff(session, reader.viewer)
    fit = [one for one in staff if team_rules.stands_in_for(Role(user.role), Role(one.role))]
    return tuple(_person(reader, one) for one in fit if one.id != user.id)


def _person(reader: Reader, user: User) -> Choice:
    role = words.name_of(reader.language, words.ROLES, user.role)
    return Choice(str(user.id), f"{user.name(reader.language)} · {role}")


def _successor(
    session: Session, reader: Reader, user: User, own: frozenset[int], back: Back
) -> FieldView:  # fmt: skip
    choices = deputies(session, reader, user)
    covers = team_queries.estates_of(session, [int(one.value) for one in choices])
    fit = tuple(one for one in choices if own <= covers.get(int(one.value), frozenset()))
    first = Choice("", t(reader.language, "Please choose"))
    chosen = back.typed.get("to", str(user.deputy_id or ""))
    return FieldView("to", t(reader.language, "Who takes over"), "select", chosen, choices=(first, *fit),
                     error=back.errors.get("to", ""))  # fmt: skip


def buildings_of(session: Session, reader: Reader) -> list[BuildingView]:
    """Every building with a choice of butlers, one for the whole of it."""
    language = reader.language
    estates = {one.id: one for one in people.list_estates(session, reader.viewer)}
    names = {one.id: one.name(language) for one in team_queries.list_team(session, reader.viewer)}
    butlers = {key: _butlers(session, reader, key) for key in estates}
    found = []
    for one in sorted(team_queries.list_buildings(session, reader.viewer), key=_by_number):
        chosen = [key for key in one.butlers if key is not None]
        is_one = len(one.butlers) == 1
        served = [
            f"{names.get(key or 0, t(language, 'Nobody'))} {count}" for key, count in one.butlers.items()
        ]
        value = ("" if not chosen else str(chosen[0])) if is_one else "mixed"
        kept = () if is_one else (Choice("mixed", t(language, "Leave as it is")),)
        label = t(language, "Butler of building {building}", building=one.building)
        found.append(BuildingView(
            estate=_estate_name(estates, one.estate_id, language), building=one.building, homes=one.homes,
            served="" if is_one else _comma(language, served),
            field=FieldView(f"b.{one.estate_id}.{one.building}", label, "select", value,
                            choices=(*kept, Choice("", t(language, "Nobody")), *butlers[one.estate_id])),
        ))  # fmt: skip
    return found


def _by_number(one: team_queries.Building) -> tuple[int, int, str]:
    digits = "".join(sign for sign in one.building if sign.isdigit())
    return (one.estate_id, int(digits[:9]) if digits else 0, one.building)


def _estate_name(estates: Mapping[int, Estate], key: int, language: str) -> str:
    return estates[key].name(language) if len(estates) > 1 else ""


def _butlers(session: Session, reader: Reader, estate_id: int) -> tuple[Choice, ...]:
    staff = people.list_staff(session, reader.viewer, estate_id)
    return tuple(Choice(str(one.id), one.name(reader.language)) for one in staff if one.role == Role.BUTLER)
