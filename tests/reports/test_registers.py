"""台账登记: the plans' registers by month, from tickets and records, filtered, paged, exported."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from backend.models import AuditEntry, Duty, Ticket
from backend.tickets.forms import standard_forms
from tests.reports.conftest import Browser, Past
from tests.tickets.office import Office

Browse = Callable[..., Browser]


def mar(day: int) -> datetime:
    return datetime(2026, 3, day, 4, tzinfo=UTC)


def text_of(page: str) -> str:
    body = page.split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(body)).split())


def numbers_of(page: str) -> list[int]:
    """The tickets that a register lists, in its order."""
    return [int(one) for one in re.findall(r'<a href="/tickets/(\d+)">#', page)]


def id_of(office: Office, number: int) -> int:
    return office.ticket(number).id


def test_every_ticket_stands_in_the_duty_log_and_each_kind_in_its_own_register(
    office: Office, browse: Browse
) -> None:
    """REC-01, REC-02, REC-05, REC-06, REC-07."""
    made = {kind: office.open(kind) for kind in ("repair", "complaint", "suggestion", "enquiry")}
    reader = browse()
    assert numbers_of(reader.read("/registers/REC-01")) == sorted(made.values(), reverse=True)
    for register, kind in (("REC-02", "repair"), ("REC-05", "complaint"), ("REC-06", "suggestion"),
                           ("REC-07", "enquiry")):  # fmt: skip
        assert numbers_of(reader.read(f"/registers/{register}")) == [made[kind]]


def test_the_index_counts_the_months_lines_of_each_register(
    office: Office, past: Past, browse: Browse
) -> None:
    office.open("repair")
    office.open("complaint")
    past.record("REC-25", mar(3), by=office.cast.supervisor, area="一楼大堂")
    page = text_of(browse().read("/registers"))
    for line in ("客户服务中心值班记录表 REC-01 2", "报修登记表 REC-02 1", "客户投诉记录 REC-05 1",
                 "清洁工作周期与三查记录 REC-25 1"):  # fmt: skip
        assert line in page


def test_the_month_before_has_its_own_lines(office: Office, past: Past, browse: Browse) -> None:
    past.record("REC-25", mar(3), area="一楼大堂")
    past.record("REC-25", datetime(2026, 2, 3, tzinfo=UTC), area="地下车库")
    assert "地下车库" not in browse().read("/registers/REC-25")
    assert "地下车库" in browse().read("/registers/REC-25?month=2026-02")


def test_a_form_filled_in_further_is_one_line_and_shows_the_newest(
    office: Office, past: Past, browse: Browse
) -> None:
    first = past.record("REC-25", mar(3), area="一楼大堂")
    past.record("REC-25", mar(4), area="一楼大堂和门厅", replaces_id=first.id)
    page = browse().read("/registers/REC-25")
    assert len(re.findall(r'href="/registers/REC-25/\d+"', page)) == 1
    assert "一楼大堂和门厅" in page


def test_a_register_is_narrowed_to_a_person_a_building_and_a_state(office: Office, browse: Browse) -> None:
    mine, emmas = office.open("repair"), office.open("repair", who="emma")
    with office.db.write() as session:
        other = update(Ticket).where(Ticket.number == emmas)
        session.execute(other.values(butler_id=office.cast.deputy.id, state="closed"))
    reader = browse()
    for query, wanted in (
        ("building=3", [mine]), ("building=5", [emmas]), ("state=closed", [emmas]),
        ("state=nonsense", [emmas, mine]),
        (f"butler={office.cast.butler.id}", [mine]), ("butler=0", []), ("building=99", []),
    ):  # fmt: skip
        assert numbers_of(reader.read(f"/registers/REC-02?{query}")) == wanted


def test_a_long_register_goes_on_where_its_page_ends(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("queries", "register_queries", "registers"):
        monkeypatch.setattr(f"backend.reports.{module}.PAGE", 2)
    numbers = [office.open("repair") for _ in range(3)]
    reader = browse()
    first = reader.read("/registers/REC-02")
    onward = unescape(re.findall(r'href="(/registers/REC-02\?[^"]*after=[^"]*)"', first)[0])
    assert numbers_of(first) + numbers_of(reader.read(onward)) == numbers[::-1]
    sheet = load_workbook(io.BytesIO(reader.get("/registers/REC-02/export").content)).worksheets[0]
    assert sheet.max_row == 4


def test_the_workbook_has_every_column_of_the_plan_and_hides_the_phone(
    office: Office, browse: Browse
) -> None:
    office.open("repair", words="厨房水龙头漏水")
    sheet = load_workbook(io.BytesIO(browse().get("/registers/REC-02/export").content)).worksheets[0]
    head, row = list(sheet.iter_rows(values_only=True))
    line = dict(zip(head, row, strict=True))
    assert line["住户"] == "陈建国"
    assert line["电话"] == "138****8000"
    assert line["住户原话"] == "厨房水龙头漏水"
    assert {"报修类别", "初步判断", "处理结果"} <= set(head)


def test_every_form_of_the_plans_has_a_register_in_both_languages(office: Office, browse: Browse) -> None:
    """REC-01 to REC-38; an empty one says what will stand there."""
    chinese = browse()
    pages = {kind: chinese.read(f"/registers/{kind}") for kind in standard_forms().all}
    english = browse(language="en")
    for kind, form in standard_forms().all.items():
        assert form.zh in pages[kind]
        page = unescape(english.read(f"/registers/{kind}"))
        assert form.en in page
        assert "Nothing was entered in this month" in page


def test_a_complaint_about_oneself_stands_in_nobody_elses_way_but_is_hidden_from_oneself(
    office: Office, browse: Browse
) -> None:
    number = office.open("complaint", words="我的管家不回消息")
    with office.db.write() as session:
        hidden = update(Ticket).where(Ticket.number == number)
        session.execute(hidden.values(hidden_from_id=office.cast.butler.id))
    for register in ("REC-01", "REC-05"):
        assert numbers_of(browse("butler").read(f"/registers/{register}")) == []
        assert numbers_of(browse("supervisor").read(f"/registers/{register}")) == [number]
    browse("butler").read(f"/tickets/{number}/forms/REC-05", status=404)


def test_a_diary_is_its_butlers_own_and_health_files_are_the_leaders(
    office: Office, past: Past, browse: Browse
) -> None:
    diary = past.record("REC-09", mar(3), by=office.cast.butler, event="喜欢早上打扫")
    health = past.record("REC-32", mar(3), by=office.cast.manager, consent=True)
    for who, sees in (("butler", True), ("deputy", False), ("supervisor", True)):
        assert ("喜欢早上打扫" in browse(who).read("/registers/REC-09")) is sees
    browse("deputy").read(f"/registers/REC-09/{diary.id}", status=404)
    browse("butler").read("/registers/REC-32", status=404)
    browse("butler").read(f"/registers/REC-32/{health.id}", status=404)
    browse("manager").read(f"/registers/REC-32/{health.id}")


def test_next_door_sees_none_of_our_registers(office: Office, past: Past, browse: Browse) -> None:
    office.open("repair")
    record = past.record("REC-25", mar(3), area="一楼大堂")
    stranger = browse("stranger")
    assert numbers_of(stranger.read("/registers/REC-01")) == []
    assert "一楼大堂" not in stranger.read("/registers/REC-25")
    stranger.read(f"/registers/REC-25/{record.id}", status=404)


@pytest.mark.parametrize("who", ["engineer", "guard"])
def test_registers_are_for_the_office(office: Office, browse: Browse, who: str) -> None:
    for path in ("/registers", "/registers/REC-02", "/registers/missed", "/registers/REC-02/export"):
        browse(who).read(path, status=403)


@pytest.mark.parametrize("path", ["REC-99", "REC-02/999999", "nonsense", "REC-02/0"])
def test_what_is_no_register_is_not_found(office: Office, browse: Browse, path: str) -> None:
    assert browse().get(f"/registers/{path}").status_code in (404, 422)


def test_missed_duties_are_told_with_when_and_by_whom(office: Office, browse: Browse) -> None:
    values: dict[str, Any] = {"estate_id": office.cast.estate.id, "subject": "", "role": "supervisor",
                              "opens_at": mar(3), "due_at": mar(4), "missed_at": mar(4)}  # fmt: skip
    with office.db.write() as session:
        session.add(Duty(**values, duty="SLA-46", slot="2026-03-04#1"))
        session.add(Duty(**values, duty="SLA-47", slot="2026-03-04#1", done_at=mar(5),
                         done_by_id=office.cast.butler.id))  # fmt: skip
    page = text_of(browse().read("/registers/missed?month=2026-03"))
    assert "SLA-46 整个小区 主管" in page
    assert "未完成" in page
    assert "超时1天" in page
    file = browse().get("/registers/missed/export?month=2026-03")
    sheet = load_workbook(io.BytesIO(file.content)).worksheets[0]
    assert [row[4] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        "未完成",
        "超时1天才完成",
    ]
    assert "漏做的例行工作 2" in text_of(browse().read("/registers?month=2026-03"))
    assert "这个月没有漏做的例行工作" in browse().read("/registers/missed?month=2026-02")


@pytest.mark.parametrize(
    ("path", "rows"),
    [("/registers/REC-02/export", 1), ("/reports/list.xlsx?of=open", 1), ("/reports/kpis.xlsx", None),
     ("/reports/month.xlsx", None), ("/registers/missed/export", 0), ("/promises/export", None)],
)  # fmt: skip
def test_who_takes_a_workbook_of_a_register_or_a_report_stands_in_the_audit_log(
    office: Office, browse: Browse, path: str, rows: int | None
) -> None:
    office.open("repair")
    answer = browse("butler").get(path)
    assert answer.status_code == 200
    with office.db.read() as session:
        logged = session.scalars(select(AuditEntry).where(AuditEntry.action == "reports.export")).one()
    assert logged.user_id == office.cast.butler.id
    assert f'filename="{logged.after["file"]}"' in answer.headers["content-disposition"]
    assert logged.after["rows"] == rows or rows is None
