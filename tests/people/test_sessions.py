"""Signing in, staying in, being let out."""

from datetime import timedelta

import pyotp
import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.errors import BadInput, LockedOut, WrongLogin
from backend.models import LoginAttempt, StaffSession, User
from backend.people import doors, passwords, service
from backend.people.passwords import BadPassword
from backend.people.roles import Role
from backend.people.service import LoginTry, SignedIn
from backend.vault import Vault
from tests.people.conftest import PASSWORD, House


def sign_in(db: Database, vault: Vault, clock: HandClock, name: str = "butler", password: str = PASSWORD,
            address: str = "192.0.2.1", code: str = "") -> SignedIn:  # fmt: skip
    attempt = LoginTry(name, password, code, address)
    return doors.sign_in(db, vault, attempt, clock.real_now(), is_cheap=True)


def test_the_right_password_opens_a_session_of_which_only_a_hash_is_kept(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    signed_in = sign_in(db, vault, clock, " Butler ")
    found = doors.open_session(db, signed_in.token, "cookie", clock.real_now())
    assert found is not None
    assert (found.viewer.username, found.viewer.role) == ("butler", Role.BUTLER)
    assert found.viewer.estate_ids == {house.here.id}
    assert found.csrf == signed_in.csrf
    with db.read() as session:
        assert session.get(StaffSession, signed_in.token) is None


def test_every_login_gets_a_token_of_its_own(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    assert sign_in(db, vault, clock).token != sign_in(db, vault, clock).token


@pytest.mark.parametrize("name", ["butler", "nobody", "bad\x00name", "x" * 5000, ""])
def test_a_wrong_password_and_an_unknown_user_get_the_same_answer_and_the_try_is_kept(
    db: Database, vault: Vault, clock: HandClock, house: House, name: str
) -> None:
    with pytest.raises(WrongLogin):
        sign_in(db, vault, clock, name, "wrong")
    with db.read() as session:
        assert session.query(LoginAttempt).filter_by(is_ok=False).count() == 1


@pytest.mark.parametrize("name", ["butler", "nobody"])
def test_ten_wrong_tries_lock_an_account_known_or_not_for_a_quarter_of_an_hour(
    db: Database, vault: Vault, clock: HandClock, house: House, name: str
) -> None:
    for n in range(10):
        with pytest.raises(WrongLogin):
            sign_in(db, vault, clock, name, "wrong", address=f"192.0.2.{n}")
    with pytest.raises(LockedOut) as locked:
        sign_in(db, vault, clock, name)
    assert "15" in locked.value.worded("en")[1]
    clock.advance(minutes=15)
    if name == "butler":
        assert sign_in(db, vault, clock, name).user.id == house.butler.id


def test_fifty_wrong_tries_lock_an_address_for_everybody_behind_it(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    for n in range(50):
        with pytest.raises(WrongLogin):
            sign_in(db, vault, clock, f"name{n}", "wrong")
    with pytest.raises(LockedOut):
        sign_in(db, vault, clock)
    assert sign_in(db, vault, clock, address="192.0.2.2").token


def test_a_right_login_clears_the_count_of_its_account(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    for _ in range(2):
        for _ in range(9):
            with pytest.raises(WrongLogin):
                sign_in(db, vault, clock, password="wrong")
        sign_in(db, vault, clock)


def test_a_second_factor_is_asked_of_whoever_has_one(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    secret = pyotp.random_base32()
    with db.write() as session:
        session.get_one(User, house.manager.id).totp_sealed = vault.seal(secret)
    with pytest.raises(WrongLogin):
        sign_in(db, vault, clock, "manager")
    code = pyotp.TOTP(secret).at(clock.real_now())
    assert sign_in(db, vault, clock, "manager", code=f"{code[:3]} {code[3:]}").token


def test_a_cookie_is_no_bearer_token_and_a_bearer_token_no_cookie(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    token = sign_in(db, vault, clock).token
    assert doors.open_session(db, token, "bearer", clock.real_now()) is None
    assert doors.open_session(db, "forged \ud800", "cookie", clock.real_now()) is None


@pytest.mark.parametrize(("name", "limit"), [("manager", 30), ("butler", 720)])
def test_a_session_at_rest_ends(
    db: Database, vault: Vault, clock: HandClock, house: House, name: str, limit: int
) -> None:
    token = sign_in(db, vault, clock, name).token
    clock.advance(minutes=limit - 1)
    is_open = doors.open_session(db, token, "cookie", clock.real_now()) is not None
    clock.advance(minutes=limit)
    assert is_open
    assert doors.open_session(db, token, "cookie", clock.real_now()) is None


def test_a_session_in_use_ends_after_twelve_hours_all_the_same(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    token = sign_in(db, vault, clock, "manager").token
    for _ in range(35):
        clock.advance(minutes=20)
        assert doors.open_session(db, token, "cookie", clock.real_now())
    clock.advance(minutes=20)
    assert doors.open_session(db, token, "cookie", clock.real_now()) is None


def test_use_is_noted_once_a_minute(db: Database, vault: Vault, clock: HandClock, house: House) -> None:
    signed_in = sign_in(db, vault, clock)
    for seconds, seen in ((59, 0), (1, 60), (30, 60)):
        clock.advance(seconds=seconds)
        doors.open_session(db, signed_in.token, "cookie", clock.real_now())
        with db.read() as session:
            row = session.get_one(StaffSession, service.hash_token(signed_in.token))
            assert row.last_seen_at - row.created_at == timedelta(seconds=seen)


def test_signing_out_a_new_password_and_being_put_out_end_sessions(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    def is_open(token: str) -> bool:
        return doors.open_session(db, token, "cookie", clock.real_now()) is not None

    first, second, other = (sign_in(db, vault, clock, name).token for name in ("butler", "butler", "manager"))
    with db.write() as session:
        service.logout(session, first)
    assert (is_open(first), is_open(second)) == (False, True)
    with db.write() as session:
        hashed = passwords.fresh("nine grey owls here", house.butler.username, True)
        service.set_password(session, session.get_one(User, house.butler.id), hashed)
        service.set_active(session, session.get_one(User, house.manager.id), False)
    assert not is_open(second)
    assert not is_open(other)
    with pytest.raises(WrongLogin):
        sign_in(db, vault, clock, "manager")


def test_a_changed_role_counts_from_the_next_request(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    token = sign_in(db, vault, clock).token
    with db.write() as session:
        session.get_one(User, house.butler.id).role = "guard"
    found = doors.open_session(db, token, "cookie", clock.real_now())
    assert found is not None
    assert not found.viewer.may("classify")


def test_a_taken_name_and_a_weak_password_are_refused(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    def create(name: str, password: str) -> None:
        with db.write() as session:
            service.create_user(
                session, vault, username=name, password=password, role=Role.DESK, name_zh="前台",
                name_en="Desk", estate_ids=[house.here.id], now=clock.real_now(), is_cheap=True,
            )  # fmt: skip

    with pytest.raises(BadInput):
        create("BUTLER", PASSWORD)
    with pytest.raises(BadPassword):
        create("desk", "123456789012")
    create("desk", PASSWORD)
    assert sign_in(db, vault, clock, "desk").user.role == "desk"


def test_old_tries_and_ended_sessions_are_forgotten(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    sign_in(db, vault, clock)
    clock.advance(days=2)
    with db.write() as session:
        service.forget_old(session, clock.real_now())
        assert session.query(StaffSession).count() == session.query(LoginAttempt).count() == 0


def test_preferences_are_kept_and_nonsense_is_not(
    db: Database, vault: Vault, clock: HandClock, house: House
) -> None:
    token = sign_in(db, vault, clock).token
    found = doors.open_session(db, token, "cookie", clock.real_now())
    assert found
    with db.write() as session:
        service.set_preferences(session, found.viewer, language="en", theme="pink")
    again = doors.open_session(db, token, "cookie", clock.real_now())
    assert again
    assert (again.viewer.language, again.viewer.theme) == ("en", "auto")
