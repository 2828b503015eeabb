"""A print run of invitations: one for each home of a building that has none in use. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.errors import Forbidden, NotFound
from backend.households import queries, rules
from backend.households.service import Desk
from backend.models import Estate, Home, Resident
from backend.people import invitations
from backend.people.residents import counted

#: slips of one run, twenty sheets of paper; a building with more homes takes several runs
MOST_SLIPS: Final = 120


@dataclass(frozen=True, slots=True)
class Slip:
    """An invitation just made, with its code; ``resident``: the only one of the home, else it is for all."""

    home: Home
    resident: Resident | None
    code: str


@dataclass(frozen=True, slots=True)
class Run:
    """The slips of one run in the order of the doors, and how many homes wait for the next one."""

    slips: tuple[Slip, ...]
    left: int


def invite_building(
    session: Session, desk: Desk, estate: Estate, building: str, most: int = MOST_SLIPS
) -> Run:
    """Invite each home of a building that has no invitation in use, at most ``most`` of them.

    They work for as long and as often as a printed one usually does. Raises Forbidden, and NotFound for a
    building without a home that the viewer sees.
    """
    homes = _homes_of(session, desk, estate, building)
    taken = queries.invited_homes(session, [one.id for one in homes], desk.real_now)
    bare = [one for one in homes if one.id not in taken]
    slips = tuple(_slips(session, desk, bare[:most]))
    if slips:
        _record(session, desk, estate, "invitation.run", building, len(slips))
    return Run(slips, len(bare) - len(slips))


def _homes_of(session: Session, desk: Desk, estate: Estate, building: str) -> list[Home]:
    """The building's homes, held: of two who press at once the second finds invitations in use."""
    if not rules.may_see(desk.viewer.role):
        raise Forbidden
    homes = queries.hold_homes_in(session, desk.viewer, estate.id, building)
    if not homes:
        raise NotFound
    return sorted(homes, key=lambda one: (counted(one.unit), counted(one.flat)))


def _slips(session: Session, desk: Desk, homes: Sequence[Home]) -> list[Slip]:
    living: dict[int, list[Resident]] = {}
    people = queries.list_people(session, desk.viewer, [one.id for one in homes], desk.now)
    for residency, resident in people:
        living.setdefault(residency.home_id, []).append(resident)
    found = []
    for home in homes:
        known = living.get(home.id, [])
        alone = known[0] if len(known) == 1 else None
        code = invitations.create_invitation(
            session, desk.vault, home, alone, desk.real_now, created_by=desk.viewer.user_id
        )
        found.append(Slip(home, alone, code))
    return found


def withdraw_run(session: Session, desk: Desk, estate: Estate, building: str, made_at: datetime) -> int:
    """The viewer's own run of that instant was never handed out: it works no more; return how many ended."""
    homes = [one.id for one in _homes_of(session, desk, estate, building)]
    made = queries.list_made(session, homes, desk.viewer.user_id, made_at)
    open_ones = [one for one in made if one.expires_at is None or one.expires_at > desk.real_now]
    for one in open_ones:
        one.expires_at = desk.real_now
    if open_ones:
        _record(session, desk, estate, "invitation.withdraw", building, len(open_ones))
    return len(open_ones)


def _record(session: Session, desk: Desk, estate: Estate, action: str, building: str, count: int) -> None:
    audit.record(session, desk.actor, desk.now, action, estate_id=estate.id, subject="building",
                 subject_id=building, after={"homes": count})  # fmt: skip
