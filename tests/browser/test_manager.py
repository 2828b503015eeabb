"""The manager's Friday afternoon on a phone, and the October holiday on the demo clock."""

import io
import re
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete, select

from backend import clock as the_clock
from backend import demo_clock, migrate
from backend.db import Database
from backend.deadlines import sweep
from backend.models import Deadline, Installation, Ticket
from backend.settings import Settings
from tests.house.cast import PASSWORD
from tests.tickets.office import Office, open_office

pytestmark = pytest.mark.browser
FRIDAY = datetime(2026, 9, 18, 16, 50, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS_TO_THE_HOLIDAY = 15


class EstateClock(the_clock.HandClock):
    """That Friday, moved on by the demo clock's own row."""

    def __init__(self, at: datetime, database: Database) -> None:
        super().__init__(at)
        self._database = database

    def now(self) -> datetime:
        return self.at + timedelta(seconds=demo_clock.read_offset(self._database))


@pytest.fixture(scope="session")
def base_url() -> str:
    """This estate has a server of its own; the shared demo need not start for it."""
    return ""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The cast's estate as a demo, on SQLite, on Thursday morning."""
    url = f"sqlite:///{tmp_path / 'guanjia.sqlite'}"
    database = Database(url)
    migrate.upgrade(database)
    settings = Settings(database_url=url, secret_key="a secret key for tests, never used anywhere else",
                        service_token="a service token for tests",
                        media_dir=tmp_path / "media", argon2_is_cheap=True)  # fmt: skip
    opened = open_office(database, EstateClock(FRIDAY - timedelta(hours=30, minutes=50), database), settings)
    with database.write() as session:
        session.add(Installation(is_demo=True, clock_offset_seconds=0))
    yield opened
    opened.client.close()
    opened.app.state.threads.shutdown(wait=False)
    database.close()


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """Where the office is served; open pages listen without end and are not waited for."""
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(office.app, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    thread.start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def until(office: Office, **before: float) -> None:
    """Wait until that long before Friday, 16:50."""
    office.clock.at = (FRIDAY - timedelta(**before)).astimezone(office.clock.at.tzinfo)


@pytest.fixture
def three_late(office: Office) -> list[int]:
    """Friday's promises: 122 kept, three late; one of them had waited for the resident for two hours."""
    complaint = office.open("complaint", words="楼上装修太吵。")
    office.do(complaint, "accept")
    office.do(complaint, "classify")
    _met_at_once(office, "SLA-13", "SLA-28")
    until(office, hours=30)
    office.do(complaint, "pause")
    until(office, hours=28)
    office.do(complaint, "resume")
    _keep(office, 121)
    until(office, minutes=20)
    late = [office.open("repair"), office.open("repair", who="emma")]
    until(office, minutes=0)
    sweep.tick(office.db, office.clock)
    return [complaint, *late]


def _met_at_once(office: Office, *clocks: str) -> None:
    with office.db.write() as session:
        for row in session.scalars(select(Deadline).where(Deadline.clock.in_(clocks))):
            row.met_at, row.next_check_at = row.started_at, None


def _keep(office: Office, count: int) -> None:
    """That many promises of Friday, kept in the morning."""
    number = office.open("enquiry")
    due = FRIDAY - timedelta(hours=5)
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        session.execute(delete(Deadline).where(Deadline.ticket_id == ticket.id))
        ticket.state = "closed"
        kept = {"estate_id": ticket.estate_id, "ticket_id": ticket.id, "clock": "SLA-01", "name": "respond",
                "basis": "cal", "policy_version": "p", "calendar_version": "c", "due_at": due,
                "started_at": due - timedelta(minutes=10), "met_at": due - timedelta(minutes=4)}  # fmt: skip
        session.add_all(Deadline(cycle=cycle, **kept) for cycle in range(1, count + 1))


def sign_in(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/login")
    page.fill("#username", "manager")
    page.fill("#password", PASSWORD)
    page.locator("form.card button.is-primary").click()
    page.wait_for_url("**/queue*")


def more(page: Page) -> None:
    """The last button of the bar at the bottom."""
    page.locator("nav.bottom summary, nav.bottom button").last.click()


def saved(page: Page, link: Locator) -> list[tuple[Any, ...]]:
    """The lines of the workbook behind a link."""
    with page.expect_download() as waiting:
        link.click()
    book = load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    return list(book.worksheets[0].iter_rows(min_row=2, values_only=True))


def test_a_manager_sees_why_three_promises_are_late_and_takes_the_figures_along(
    page: Page, address: str, three_late: list[int]
) -> None:
    """今日承诺 → 97.6 % → the three late tickets → why, in words → the same figures in Excel."""
    sign_in(page, address)
    more(page)
    page.get_by_role("link", name="今日承诺").locator("visible=true").click()
    share = page.locator(".share-figure").first
    expect(share).to_contain_text("97.6%")
    expect(page.locator(".share-detail").first).to_have_text("按时122项，未按时3项，未到期0项")
    assert len(saved(page, page.get_by_role("link", name="导出Excel"))) == 125
    share.click()
    rows = page.locator("#rows > li")
    expect(rows).to_have_count(3)
    late = saved(page, page.get_by_role("link", name="导出Excel"))
    assert {int(re.findall(r"\d+", str(line[0]))[0]) for line in late} == set(three_late)
    assert all("已超时" in str(line[-1]) for line in late)
    rows.filter(has_text=f"#{three_late[0]}").get_by_role("link", name="怎么算的").click()
    told = page.locator(".explain[open]")
    expect(told).to_be_in_viewport()
    assert told.locator("li").all_inner_texts() == [
        "做了“反馈”就算兑现。",
        "投诉反馈：24小时内，昼夜连续计时。",
        "9月17日 周四 10:00开始计时。",
        "9月17日 周四 10:00至9月17日 周四 10:50计时50分钟。",
        "9月17日 周四 10:50至9月17日 周四 12:50暂停，补回2小时00分。等您确认时间。",
        "9月17日 周四 12:50至9月18日 周五 16:50计时1天4小时。",
        "9月18日 周五 12:00到期。",
        "已超时4小时50分。",
    ]
    is_covered = "one => one.getBoundingClientRect().top < document.querySelector('.top').offsetHeight"
    assert not page.locator(".clock:has(.explain[open])").evaluate(is_covered)


def test_a_suggestion_made_in_the_october_holiday_is_answered_by_the_make_up_day(
    page: Page, address: str, office: Office
) -> None:
    """Three working days from Saturday 3 October 2026: Thursday, Friday, and Saturday the 10th, made up."""
    until(office, minutes=0)
    sign_in(page, address)
    for _ in range(DAYS_TO_THE_HOLIDAY):
        more(page)
        page.get_by_role("button", name="+1天").locator("visible=true").click()
        page.wait_for_load_state()
    number = office.open("suggestion", words="建议在3号楼前装一盏路灯。")
    page.goto(f"{address}/tickets/{number}")
    page.click("#side-fold > summary")
    clock = page.locator(".clock").filter(has_text="建议答复")
    expect(clock.locator(".clock-wall")).to_have_text("10月10日 周六 18:00前")
    clock.locator("summary").click()
    told = clock.locator("li").all_inner_texts()
    assert "工作日：10月8日 周四、10月9日 周五、10月10日 周六（调休上班）。" in told
    assert "国庆节（10月1日 周四至10月7日 周三）不计。" in told
