"""A list that no workbook can hold says so: on its page, and in the last row of its file."""

import io
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from backend.models import Ticket
from backend.web import cut, workbook
from tests.reports.conftest import Browser, Past
from tests.reports.test_figures import HOUR, feb
from tests.tickets.office import Office

Browse = Callable[..., Browser]
HOW = "To save all of them, choose a building or a person, and save them part by part."
#: each list: its page, its workbook, and how its reader is told to narrow it down
LISTS = [
    ("/registers/REC-02", "/registers/REC-02/export", "楼栋、人员或状态"),
    ("/registers/REC-25?month=2026-02", "/registers/REC-25/export?month=2026-02", "楼栋或人员"),
    ("/reports/list?of=open", "/reports/list.xlsx?of=open", "各位管家或各项服务"),
    ("/reports/tickets?kpi=KPI-01&month=2026-02", "/reports/tickets.xlsx?kpi=KPI-01&month=2026-02",
     "各位管家或各项服务"),
    ("/promises", "/promises/export", "逐个选好管家或状态"),
]  # fmt: skip


@pytest.fixture
def three(office: Office, past: Past) -> None:
    """Three of everything: repairs open today, their follow-ups of February, three cleaning records."""
    for day in (3, 4, 5):
        past.promise(office.open("repair"), "SLA-06", feb(day), HOUR)
        past.record("REC-25", feb(day), area="一楼大堂")


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2, values_only=True))


def test_a_list_that_fits_says_nothing_and_a_longer_one_how_many_there_are() -> None:
    assert cut.in_file("zh", count=3, most=3, how=HOW) == cut.on_page("en", count=3, most=3, how=HOW) == ""
    assert cut.in_file("en", count=70_003, most=50_000, how=HOW) == (
        "This list has 70,003 rows. This file holds the first 50,000 of them; "
        f"the other 20,003 are not in it. {HOW}"
    )
    assert cut.on_page("zh", count=70_003, most=50_000, how=HOW) == (
        "这份列表共有 70,003 行，一个 Excel 文件只放得下前 50,000 行。"
        "要全部保存，请选好楼栋或人员，分几次导出。"
    )


@pytest.mark.parametrize(("page", "file", "how"), LISTS)
@pytest.mark.usefixtures("three")
def test_what_a_workbook_cannot_hold_is_told_in_its_last_row_and_on_the_page_before(
    browse: Browse, monkeypatch: pytest.MonkeyPatch, page: str, file: str, how: str
) -> None:
    reader = browse()
    whole = rows_of(reader.get(file).content)
    assert "只放得下" not in reader.read(page)
    assert len(whole) >= 3
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    *kept, last = rows_of(reader.get(file).content)
    assert kept == whole[:2]
    assert f"这份列表共有 {len(whole)} 行，这个文件只有前 2 行，另外 {len(whole) - 2} 行" in str(last[0])
    assert how in str(last[0])
    shown = unescape(reader.read(page))
    assert f"这份列表共有 {len(whole)} 行，一个 Excel 文件只放得下前 2 行。" in shown
    assert how in shown


@pytest.mark.parametrize(("page", "file", "how"), LISTS)
@pytest.mark.usefixtures("three")
def test_a_workbook_that_is_exactly_full_lacks_nothing_and_says_nothing(
    browse: Browse, monkeypatch: pytest.MonkeyPatch, page: str, file: str, how: str
) -> None:
    reader = browse()
    whole = rows_of(reader.get(file).content)
    monkeypatch.setattr(workbook, "MOST_ROWS", len(whole))
    assert rows_of(reader.get(file).content) == whole
    assert "只放得下" not in reader.read(page)


def test_a_narrowed_register_counts_only_what_it_is_narrowed_to(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("chen", "chen", "emma"):
        office.open("repair", who=who)
    hidden = office.open("repair")
    with office.db.write() as session:
        about = update(Ticket).where(Ticket.number == hidden)
        session.execute(about.values(hidden_from_id=office.cast.manager.id))
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)
    reader = browse(language="en")
    assert "This list has 3 rows." in reader.read("/registers/REC-02")
    assert "This list has 2 rows." in reader.read("/registers/REC-02?building=3")
    assert "This list has" not in reader.read("/registers/REC-02?building=5")
