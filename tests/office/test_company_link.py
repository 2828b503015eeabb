"""Who manages accounts says which of them the company's sign-in opens."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from backend.models import AuditEntry, StaffSession, User
from backend.people.issuer import Issuer
from backend.settings import Company
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
NAME = "zhao.min@company.example"


@pytest.fixture(autouse=True)
def company(office: Office) -> Iterator[None]:
    office.app.state.issuer = Issuer(Company("https://login.company.example", "guanjia", "a secret"), "/back")
    yield
    office.app.state.issuer = None


def butler(office: Office) -> User:
    with office.db.read() as session:
        return session.get_one(User, office.cast.butler.id)


def page(office: Office, user: User | None = None) -> str:
    return f"/team/{(user or office.cast.butler).id}"


def link(
    browser: StaffBrowser, office: Office, name: str, status: int = 303, user: User | None = None
) -> Any:
    return browser.submit(f"{page(office, user)}/company", {"company_name": name}, status)


def test_a_manager_links_an_account_and_takes_the_link_away_and_both_are_in_the_log(
    office: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    assert "E-mail address at the company" in manager.read(page(office))
    link(manager, office, " Zhao.Min@Company.example ")
    assert butler(office).company_name == NAME
    assert f'value="{NAME}"' in manager.read(page(office))
    link(manager, office, "")
    assert butler(office).company_name is None
    with office.db.read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.action, one.before, one.after) for one in entries] == [
        ("user.company", {"company_name": ""}, {"company_name": NAME}),
        ("user.company", {"company_name": NAME}, {"company_name": ""}),
    ]
    log = manager.read("/audit?kind=user")
    assert log.count("Link to the company account changed") == 2
    assert NAME in log


def test_the_form_names_what_the_company_is_asked_for(office: Office, browse: Browse) -> None:
    assert "公司里的邮箱" in browse().read(page(office))
    by_name = Company("https://login.company.example", "guanjia", "a secret", "preferred_username")
    office.app.state.issuer = Issuer(by_name, "/back")
    assert "公司里的用户名" in browse().read(page(office))


def test_a_refusal_is_read_in_the_log_with_its_reason(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        session.add(
            AuditEntry(estate_id=office.cast.estate.id, at=office.clock.real_now(), subject="user",
                       action="user.company_refused", address="192.0.2.1", before={},
                       after={"company_name": NAME, "reason": "company.nobody"})
        )  # fmt: skip
    log = browse().read("/audit?kind=user")
    assert all(text in log for text in ("公司账号登录被拒绝", NAME, "没有账号关联到它", "192.0.2.1"))


def test_a_name_belongs_to_one_account_and_is_written_in_one_word(office: Office, browse: Browse) -> None:
    manager = browse()
    link(manager, office, NAME)
    answer = link(manager, office, NAME.upper(), 422, office.cast.deputy)
    assert "这个公司账号已经关联到别人了。" in answer.text
    for wrong in ("zhao min", "x" * 255, "zhao\u200bmin"):
        answer = link(manager, office, wrong, 422)
        assert "请照公司里的写法填写" in answer.text
        assert wrong in answer.text
    assert butler(office).company_name == NAME


def test_a_link_that_changes_ends_every_session_and_forgets_the_person(
    office: Office, browse: Browse
) -> None:
    manager, theirs = browse(), browse("butler")
    link(manager, office, NAME)
    assert theirs.get("/queue").status_code == 200
    with office.db.write() as session:
        session.get_one(User, office.cast.butler.id).company_subject = "https://login.company.example u-1"
    assert "认定是那个人" in manager.read(page(office))
    link(manager, office, "someone@company.example")
    assert butler(office).company_subject is None
    assert theirs.get("/queue").status_code == 303
    with office.db.read() as session:
        left = session.scalars(select(StaffSession.user_id)).all()
    assert office.cast.butler.id not in left


def test_who_may_not_change_an_account_cannot_link_it(office: Office, browse: Browse) -> None:
    link(browse("supervisor"), office, NAME, 403)
    link(browse("butler"), office, NAME, 403)
    link(browse(), office, NAME, 404, office.cast.stranger)
    assert butler(office).company_name is None


def test_without_company_sign_in_nothing_is_asked_about_it(office: Office, browse: Browse) -> None:
    office.app.state.issuer = None
    assert "company_name" not in browse().read(page(office))
