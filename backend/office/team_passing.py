"""What lies with somebody goes to a colleague: open tickets, homes, shifts. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.duties import rota
from backend.errors import BadInput, IllegalMove, NotFound
from backend.models import Estate, Ticket, User
from backend.office import team, team_queries, team_rules
from backend.office.team import Hand
from backend.people.roles import Role
from backend.tickets import service as tickets
from backend.tickets import telling
from intents.menu import Menu
from locales import N_


@dataclass(frozen=True, slots=True)
class Passed:
    """How much went to a colleague, and how many shifts fell away."""

    tickets: int = 0
    homes: int = 0
    shifts: int = 0


def close(session: Session, menu: Menu, hand: Hand, user_id: int, to_id: int | None, now: datetime) -> Passed:
    """Pass everything on and close the account, in one transaction; ``now`` is the clock of promises.

    Raises BadInput when something lies with the person and nobody fit was named, and what ``team.close``
    raises.
    """
    user = team.get_colleague(session, hand.viewer, user_id)
    left = team_queries.list_open(session, hand.viewer, user.id)
    homes = team_queries.count_homes(session, user.id)
    colleague = _colleague(session, hand, user, to_id) if to_id is not None else None
    if (left or homes) and colleague is None:
        raise BadInput(N_("Please say who takes over what is open."))
    team.close(session, hand, user_id)
    count = 0
    if colleague is not None:
        count = _pass_tickets(session, menu, hand, [one.number for one in left], user, colleague, now)
        homes = team_queries.pass_homes(session, hand.viewer, user.id, colleague.id)
    shifts = team_queries.list_shifts_from(session, hand.viewer, user.id, now)
    for shift in shifts:
        rota.remove_shift(session, hand.viewer, shift.id, now)
    passed = Passed(count, homes, len(shifts))
    after = {"to": colleague.username if colleague else "", "tickets": passed.tickets, "homes": passed.homes,
             "shifts": passed.shifts}  # fmt: skip
    audit.record(session, hand.actor, hand.now, "user.pass_on", subject="user", subject_id=user.username,
                 after=after)  # fmt: skip
    return passed


def _colleague(session: Session, hand: Hand, user: User, to_id: int) -> User:
    found = team.get_colleague(session, hand.viewer, to_id)
    fits = team_rules.stands_in_for(Role(user.role), Role(found.role))
    own = team_queries.estates_of(session, [user.id, found.id])
    covers = own[user.id] <= own[found.id]
    if found.id == user.id or not found.is_active or not fits or not covers:
        raise BadInput(N_("This colleague cannot take over here."))
    return found


def _pass_tickets(
    session: Session, menu: Menu, hand: Hand, numbers: list[int], user: User, colleague: User, now: datetime
) -> int:
    for number in numbers:
        try:
            ticket = tickets.act(session, menu, hand.viewer, number, "assign", {"user": colleague.id}, now)
        except IllegalMove:  # nothing to assign at this step: it changes hands all the same
            ticket = team_queries.get_ticket(session, number)
        _hand_over(session, hand, ticket, user, colleague, now)
    return len(numbers)


def _hand_over(
    session: Session, hand: Hand, ticket: Ticket, user: User, colleague: User, now: datetime
) -> None:
    """What naming a colleague left with the one who goes."""
    if ticket.butler_id == user.id:
        ticket.butler_id = colleague.id
        telling.changed(session, ticket, now, hand.viewer.user_id)
    if ticket.worker_id == user.id:
        ticket.worker_id = colleague.id
        telling.changed(session, ticket, now, hand.viewer.user_id)


def give_buildings(
    session: Session, hand: Hand, wanted: dict[tuple[int, str], int | None], now: datetime
) -> int:
    """Give buildings to butlers (estate and building → user, None: nobody); return how many homes changed.

    Raises NotFound for an estate of others, BadInput for somebody who is no active butler there.
    """
    changed = 0
    for (estate_id, building), butler_id in wanted.items():
        if not hand.viewer.works_in(estate_id):
            raise NotFound
        butler = _butler(session, hand, estate_id, butler_id)
        count = team_queries.give_building(session, estate_id, building, butler_id)
        if count:
            estate = session.get_one(Estate, estate_id)
            audit.record(session, hand.actor, now, "home.building", estate_id=estate_id, subject="building",
                         subject_id=f"{estate.code} {building}",
                         after={"butler": butler.username if butler else "", "homes": count})  # fmt: skip
        changed += count
    return changed


def _butler(session: Session, hand: Hand, estate_id: int, butler_id: int | None) -> User | None:
    if butler_id is None:
        return None
    found = team.get_colleague(session, hand.viewer, butler_id)
    works_here = estate_id in team_queries.estates_of(session, [found.id])[found.id]
    if not found.is_active or found.role != Role.BUTLER or not works_here:
        raise BadInput(N_("Only an active butler of this estate can serve its homes."))
    return found
