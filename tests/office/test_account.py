"""One's own account: password, second factor, sessions, absence; and the first sign-in of a new colleague."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.models import AuditEntry, StaffSession, User
from backend.people import butlers, passwords
from tests.house.cast import PASSWORD, vault
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
FRESH = "seven quiet rivers"


def user(office: Office, username: str = "butler") -> User:
    with office.db.read() as session:
        return session.scalars(select(User).where(User.username == username)).one()


def sign_in(browser: StaffBrowser, password: str, code: str = "") -> int:
    browser.cookies.clear()
    return browser.post("/login", data={"username": "butler", "password": password, "code": code}).status_code


def change(former: str = PASSWORD, new: str = FRESH, again: str = "") -> dict[str, str]:
    return {"former": former, "new": new, "again": again or new}


def token(page: str) -> str:
    found = re.search(r'name="csrf"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_first_password_has_to_be_changed_before_anything_else(office: Office, browse: Browse) -> None:
    answer = browse("manager", "en").submit(f"/team/{office.cast.butler.id}/password", {}, 200)
    first = re.findall(r"<code>([^<]+)</code>", answer.text)[1]
    theirs = browse("deputy", "en")
    assert sign_in(theirs, first) == 303
    for path in ("/queue", "/alerts", "/account", "/team"):
        assert theirs.get(path).headers["location"] == "/account/password"
    fragment = theirs.get("/alerts", headers={"hx-request": "true"})
    assert fragment.headers["hx-redirect"] == "/account/password"
    login = office.client.post("/api/staff/login", json={"username": "butler", "password": first}).json()
    refused = office.client.get("/api/tickets", headers={"Authorization": f"Bearer {login['token']}"})
    assert refused.status_code == 403
    page = theirs.read("/account/password")
    assert "必须" in page or "请设置您自己的密码" in page
    sent = {"csrf": token(page), **change(first)}
    done = theirs.post("/account/password", data=sent)
    assert (done.status_code, done.headers["location"]) == (303, "/queue")
    assert theirs.read("/queue")
    assert not user(office).must_change_password


def test_the_password_is_changed_with_the_present_one_and_others_are_signed_out(
    office: Office, browse: Browse
) -> None:
    here, elsewhere = browse("butler", "en"), browse("butler", "en")
    here.submit("/account/password", change())
    assert here.read("/queue")
    assert elsewhere.get("/queue").headers["location"].startswith("/login")
    assert (sign_in(elsewhere, PASSWORD), sign_in(elsewhere, FRESH)) == (401, 303)


def test_what_is_wrong_with_a_new_password_is_said_at_its_field(office: Office, browse: Browse) -> None:
    mine = browse("butler", "en")
    said = {
        "not your present password": change("another one altogether"),
        "12 to 128 characters": change(new="short"),
        "must not be a common one": change(new="password1234"),
        "differ": change(again="seven quiet river"),
        "another password than": change(new=PASSWORD),
    }
    for words, fields in said.items():
        assert words in mine.submit("/account/password", fields, 422).text
    assert sign_in(mine, PASSWORD) == 303


def test_ten_wrong_present_passwords_lock_like_ten_wrong_logins(office: Office, browse: Browse) -> None:
    mine = browse("butler", "en")
    for _ in range(10):
        mine.submit("/account/password", change("wrong wrong wrong"), 422)
    assert "Please wait 15 minutes" in mine.submit("/account/password", change(), 429).text
    assert sign_in(mine, PASSWORD) == 429


def test_a_second_factor_is_shown_as_a_code_confirmed_and_asked_for(office: Office, browse: Browse) -> None:
    mine = browse("butler", "en")
    assert "not your present" in mine.submit("/account/second-factor", {"former": "no"}, 422).text
    mine.submit("/account/second-factor", {"former": PASSWORD})
    answer = mine.get("/account/second-factor")
    assert answer.headers["cache-control"] == "no-store"
    assert "<svg" in answer.text
    assert "style=" not in answer.text.split('class="office-qr"')[1].split("</div>")[0]
    secret = re.findall(r"<code>([^<]+)</code>", answer.text)[0].replace(" ", "")
    assert user(office).totp_sealed is None
    assert "does not fit" in mine.submit("/account/second-factor/confirm", {"code": "000000"}, 422).text
    code = pyotp.TOTP(secret).at(office.clock.real_now())
    mine.submit("/account/second-factor/confirm", {"code": f"{code[:3]} {code[3:]}"})
    assert user(office).totp_sealed is not None
    assert user(office).totp_pending_sealed is None
    assert (sign_in(mine, PASSWORD), sign_in(mine, PASSWORD, code)) == (401, 303)
    assert mine.get("/account/second-factor").headers["location"] == "/account"


def test_it_is_taken_off_with_password_and_code(office: Office, browse: Browse) -> None:
    mine, secret = browse("butler", "en"), pyotp.random_base32()
    with office.db.write() as session:
        session.get_one(User, office.cast.butler.id).totp_sealed = vault().seal(secret)
    fields = {"former": PASSWORD, "code": "123"}
    assert "does not fit" in mine.submit("/account/second-factor/off", fields, 422).text
    fields["code"] = pyotp.TOTP(secret).at(office.clock.real_now())
    mine.submit("/account/second-factor/off", fields)
    assert user(office).totp_sealed is None
    with office.db.read() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "user.own_second_factor").order_by(AuditEntry.id)
        )
        assert [(one.before, one.after) for one in entries] == [
            ({"second_factor": True}, {"second_factor": False})
        ]


def test_ten_wrong_codes_lock_the_door_before_all_codes_can_be_tried(office: Office, browse: Browse) -> None:
    mine, secret = browse("butler", "en"), pyotp.random_base32()
    with office.db.write() as session:
        session.get_one(User, office.cast.butler.id).totp_sealed = vault().seal(secret)
    for _ in range(10):
        mine.submit("/account/second-factor/off", {"former": PASSWORD, "code": "123"}, 422)
    right = {"former": PASSWORD, "code": pyotp.TOTP(secret).at(office.clock.real_now())}
    assert "Please wait 15 minutes" in mine.submit("/account/second-factor/off", right, 429).text
    assert user(office).totp_sealed is not None


def test_the_other_sessions_are_ended_and_this_one_goes_on(office: Office, browse: Browse) -> None:
    here, elsewhere = browse("butler", "en"), browse("butler", "en")
    assert "End the others (1)" in here.read("/account")
    here.submit("/account/sessions", {})
    assert elsewhere.get("/queue").status_code == 303
    assert "Nowhere but here." in here.read("/account")
    with office.db.read() as session:
        query = select(func.count()).where(StaffSession.user_id == office.cast.butler.id)
        assert session.scalar(query) == 1


def test_while_somebody_is_away_their_deputy_takes_what_is_new(office: Office, browse: Browse) -> None:
    mine, cast, now = browse("butler", "en"), office.cast, office.clock.now()
    local = now + timedelta(hours=8)
    fields = {"start": f"{local:%Y-%m-%dT%H:%M}", "end": f"{local + timedelta(days=3):%Y-%m-%dT%H:%M}",
              "reason": "annual leave", "deputy": str(cast.deputy.id)}  # fmt: skip
    mine.submit("/account/away", fields)
    assert "Away until" in mine.read("/account")
    assert "请假至" in browse("manager", "zh").read("/team")
    with office.db.read() as session:
        chosen = butlers.choose_butler(session, cast.home, now=office.clock.now())
        assert chosen is not None
        assert chosen.id == cast.deputy.id
    mine.submit("/account/back", {})
    with office.db.read() as session:
        back = butlers.choose_butler(session, cast.home, now=office.clock.now())
        assert back is not None
        assert back.id == cast.butler.id


def test_an_absence_that_cannot_be_is_said_and_nothing_is_lost(office: Office, browse: Browse) -> None:
    mine = browse("butler", "en")
    fields = {"start": "2026-03-12T09:00", "end": "2026-03-12T08:00", "reason": "the dentist", "deputy": ""}
    page = mine.submit("/account/away", fields, 422).text
    assert "ends after it begins" in page
    assert "the dentist" in page
    mine.submit("/account/away", {**fields, "end": "x"}, 422)
    outside = {**fields, "end": "2026-03-13T08:00", "deputy": str(office.cast.stranger.id)}
    assert "cannot stand in" in mine.submit("/account/away", outside, 422).text


def test_everybody_finds_their_own_account_in_both_languages(office: Office, browse: Browse) -> None:
    for username in ("butler", "engineer", "guard", "manager"):
        assert "我的账号" in browse(username).read("/account")
    assert "When I am away" in browse("butler", "en").read("/account")


def test_no_password_is_hashed_while_others_wait_to_write(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer: a hash made in its transaction would hold up every ticket for half a second."""
    manager, butler = browse("manager", "en"), browse("butler", "en")
    writing: list[bool] = []
    make, write = passwords.hash_password, office.db.write

    def hashing(password: str, is_cheap: bool = False) -> str:
        hashed.append(bool(writing))
        return make(password, is_cheap)

    @contextmanager
    def watched() -> Iterator[Session]:
        with write() as session:
            writing.append(True)
            try:
                yield session
            finally:
                writing.pop()

    hashed: list[bool] = []
    monkeypatch.setattr(passwords, "hash_password", hashing)
    monkeypatch.setattr(office.db, "write", watched)
    assert butler.submit("/account/password", change()).status_code == 303
    new = {"username": "qian", "name_zh": "钱进", "name_en": "Qian Jin", "role": "butler"}
    assert "qian" in manager.submit("/team", new, 200).text
    manager.submit(f"/team/{office.cast.deputy.id}/password", {}, 200)
    assert hashed == [False, False, False]
