"""报表: the month's figures as a page in both languages, as a workbook, and with the tickets behind them."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from openpyxl import load_workbook

from tests.reports.conftest import Browser, Past
from tests.tickets.office import Office

Browse = Callable[..., Browser]
HOUR = timedelta(hours=1)
FEB = "/reports?month=2026-02"


def feb(day: int) -> datetime:
    return datetime(2026, 2, day, 4, tzinfo=UTC)


def text_of(page: str) -> str:
    return " ".join(
        re.sub(r"<[^>]+>", " ", unescape(page.split("<main", 1)[1].split("</main>", maxsplit=1)[0])).split()
    )


def links_of(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="(/reports/tickets\?[^"]*)"', page)]


@pytest.fixture
def repairs(office: Office, past: Past) -> list[int]:
    numbers = [office.open("repair") for _ in range(3)]
    past.promise(numbers[0], "SLA-06", feb(3), -HOUR)
    past.promise(numbers[1], "SLA-06", feb(5), 26 * HOUR)
    past.promise(numbers[2], "SLA-06", feb(7), None)
    return numbers


def test_the_page_shows_each_target_with_what_was_counted(repairs: list[int], browse: Browse) -> None:
    page = text_of(browse().read(FEB))
    assert "维修回访及时率 KPI-02 100.0% 33.3% 1 / 3 2" in page
    assert "维修回访率 KPI-01 100.0% 66.7% 2 / 3 1" in page
    assert "赵敏" in page


def test_every_number_that_opens_a_list_opens_as_many_rows(repairs: list[int], browse: Browse) -> None:
    """The figure in the link's row and the count of the list are the same."""
    reader = browse()
    page = reader.read(FEB)
    for wanted, count in (("kpi=KPI-02&part=bad", 2), ("kpi=KPI-02&part=all", 3), ("kpi=KPI-01&part=bad", 1)):
        link = next(one for one in links_of(page) if wanted in one)
        listed = reader.read(link)
        assert f"共{count}条" in listed
        assert len(re.findall(r'href="/tickets/\d+"', listed)) == count


def test_the_list_tells_how_late_each_was(repairs: list[int], browse: Browse) -> None:
    page = text_of(browse().read("/reports/tickets?month=2026-02&kpi=KPI-02&part=bad"))
    assert "超时1天2小时才完成" in page
    assert "尚未完成，已超时" in page


def test_a_month_without_anything_says_what_will_stand_there(office: Office, browse: Browse) -> None:
    page = browse().read(FEB)
    for sentence in ("这个月没有到期的承诺", "本月的每一类承诺都会列在这里。"):
        assert sentence in page
    assert 'class="chart"' not in page


@pytest.mark.parametrize("by", ["butler", "service", "building", "month"])
def test_the_page_is_whole_in_english(repairs: list[int], browse: Browse, by: str) -> None:
    reader = browse(language="en")
    page = text_of(reader.read(f"{FEB}&by={by}"))
    assert not re.search(r"[一-鿿]", page)
    assert 'class="chart"' in reader.read(f"{FEB}&by={by}&chart=KPI-02")


def test_the_workbook_has_the_same_figures(repairs: list[int], browse: Browse) -> None:
    answer = browse().get("/reports/kpis.xlsx?month=2026-02")
    book = load_workbook(io.BytesIO(answer.content))
    rows = {row[0]: row[1:] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert rows["维修回访及时率 KPI-02"] == (1, pytest.approx(0.333), "1 / 3", 2, "–", "–")
    assert 'filename="kpis-2026-02.xlsx"' in answer.headers["content-disposition"]


def test_the_list_as_a_workbook_is_whole_and_runs_nothing(
    office: Office, past: Past, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.reports.queries.PAGE", 2)
    for _ in range(5):
        past.promise(office.open("repair"), "SLA-06", feb(3), HOUR)
    with office.db.write() as session:
        session.merge(office.cast.chen).name = "=1+1"
    answer = browse().get("/reports/tickets.xlsx?month=2026-02&kpi=KPI-02&part=bad")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet.max_row == 6
    assert {sheet.cell(row, 3).data_type for row in range(2, 7)} == {"s"}


def test_todays_promises_are_exported_as_they_are_listed(office: Office, browse: Browse) -> None:
    kept, late = office.open("repair"), office.open("repair")
    office.do(kept, "accept")
    office.clock.advance(minutes=11)
    answer = browse().get("/promises/export?queue=team&state=broken")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    ((number, *_, outcome),) = list(sheet.iter_rows(min_row=2, values_only=True))
    assert str(number).startswith(f"#{late}")
    assert str(outcome).startswith("尚未完成，已超时1分")
    whole = load_workbook(io.BytesIO(browse().get("/promises/export?queue=team").content)).worksheets[0]
    outcomes = {str(row[-1]) for row in whole.iter_rows(min_row=2, values_only=True)}
    assert "按时完成" in outcomes


def test_a_butler_reads_their_own_and_engineers_are_refused(repairs: list[int], browse: Browse) -> None:
    assert "33.3%" in browse("butler").read(FEB)
    assert "33.3%" not in browse("deputy").read(FEB)
    browse("engineer").read(FEB, status=403)


@pytest.mark.parametrize("query", ["month=2026-99", "month=x", "by=weather", "chart=KPI-99"])
def test_an_address_that_cannot_be_read_shows_this_month(office: Office, browse: Browse, query: str) -> None:
    assert "2026-03" in browse().read(f"/reports?{query}")


def test_a_number_without_a_list_is_not_found(office: Office, browse: Browse) -> None:
    browse().read("/reports/tickets?kpi=KPI-10", status=404)
    browse("stranger").read("/reports?estate=JADE", status=404)
