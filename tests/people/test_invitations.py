"""Invitations: printed and spoken, used once or often, never overdrawn."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.errors import BadInvitation, TooMany
from backend.models import Invitation, Residency
from backend.people import guessing, invitations
from backend.vault import Vault
from tests.people.conftest import House


def redeem(db: Database, vault: Vault, clock: HandClock, code: str) -> invitations.Redeemed:
    with db.write() as session:
        return invitations.redeem_invitation(session, vault, code, clock.real_now())


def make(
    db: Database, vault: Vault, clock: HandClock, house: House, kind: invitations.Kind, uses: int = 2
) -> str:
    with db.write() as session:
        return invitations.create_invitation(
            session, vault, house.home, house.resident, clock.real_now(), kind=kind, uses=uses
        )


def test_a_printed_code_stands_for_a_resident_of_a_home_as_often_as_printed(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    code = make(db, vault, clock, house, "printed")
    assert len(invitations.clean_code(code)) == invitations.PRINTED_SIGNS
    found = redeem(db, vault, clock, f"  {code.lower().replace('-', ' ')}")
    assert found.resident
    assert found.resident.id == house.resident.id
    assert (found.home.id, found.estate.id) == (house.home.id, house.here.id)
    redeem(db, vault, clock, code)
    with pytest.raises(BadInvitation):
        redeem(db, vault, clock, code)


def test_only_a_keyed_hash_of_the_code_is_stored(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    code = make(db, vault, clock, house, "printed")
    with db.read() as session:
        row = session.query(Invitation).one()
    assert row.code_hash == vault.digest(invitations.clean_code(code))
    assert row.code_hash != Vault("another key").digest(invitations.clean_code(code))


def test_a_spoken_code_works_once_and_for_ten_minutes(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    first, second = (make(db, vault, clock, house, "spoken") for _ in range(2))
    redeem(db, vault, clock, first)
    with pytest.raises(BadInvitation):
        redeem(db, vault, clock, first)
    clock.advance(minutes=10)
    with pytest.raises(BadInvitation):
        redeem(db, vault, clock, second)


@pytest.mark.parametrize("code", ["", "nonsense", "DEMO-OWNER", "x" * 10_000, "\x00\ud800"])
def test_an_unknown_code_is_refused(
    db: Database, vault: Vault, clock: HandClock, house: House, code: str
) -> None:
    with pytest.raises(BadInvitation):
        redeem(db, vault, clock, code)


def test_racers_cannot_overdraw_an_invitation(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    code = make(db, vault, clock, house, "printed", uses=3)

    def one(_n: int) -> bool:
        try:
            redeem(db, vault, clock, code)
        except BadInvitation:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(20))) == 3


def test_who_has_moved_out_is_not_let_in_and_the_use_is_given_back(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    code = make(db, vault, clock, house, "printed")
    with db.write() as session:
        session.query(Residency).filter_by(resident_id=house.resident.id).one().ends_at = clock.now()
    with pytest.raises(BadInvitation):
        redeem(db, vault, clock, code)
    with db.read() as session:
        assert session.query(Invitation).one().uses_left == 2


def test_an_invitation_without_limits_lasts(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    with db.write() as session:
        invitations.add_invitation(
            session, vault, house.home, house.resident, code="LAST-ING", now=clock.real_now(),
            uses=None, expires_at=None,
        )  # fmt: skip
    clock.advance(**{"days": 4000})
    for _ in range(30):
        redeem(db, vault, clock, "lasting")


def test_five_wrong_spoken_codes_close_the_door_to_that_address_only(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    def guess(code: str, address: str = "192.0.2.7") -> None:
        with guessing.counting_guesses(db, code, address, clock.real_now()):
            redeem(db, vault, clock, code)

    right = make(db, vault, clock, house, "spoken")
    wrong = "0000 0000" if invitations.clean_code(right) != "00000000" else "11111111"
    for _ in range(20):
        with pytest.raises(BadInvitation):
            guess("LONG-CODE-THAT-IS-WRONG-0000")
    for _ in range(5):
        with pytest.raises(BadInvitation):
            guess(wrong)
    with pytest.raises(TooMany):
        guess(right)
    printed = make(db, vault, clock, house, "printed")
    guess(printed)
    guess(right, "192.0.2.8")
    clock.advance(**{"seconds": timedelta(minutes=10).total_seconds()})
    with pytest.raises(BadInvitation):
        guess(wrong)
