"""The list as a workbook: exactly the filter, the same columns and figures, no formula of anybody's."""

import base64
import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from backend.models import AuditEntry
from tests.search.conftest import Browser
from tests.tickets.office import Office, utc

Browse = Callable[..., Browser]
COLUMNS = "cols=number,title,clock,late_by,home,received,score,words"


def rows_of(data: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_workbook_holds_exactly_the_filter_with_the_columns_of_the_page(
    office: Office, browse: Browse
) -> None:
    first = office.open("repair", words="漏水")
    second = office.open("repair", words="=HYPERLINK(1)")
    office.open("enquiry", who="emma")
    at_work = browse()
    data = at_work.get(f"/search/tickets.xlsx?q=3-2-1501&{COLUMNS}").content
    head, *rows = rows_of(data)
    assert head == ["工单号", "事由", "承诺", "承诺时间", "最长超时", "房屋", "受理时间", "评分", "住户原话"]
    assert [row[0] for row in rows] == [second, first]
    assert rows[0][-1] == "=HYPERLINK(1)"
    assert load_workbook(io.BytesIO(data)).active.cell(2, 9).data_type == "s"  # type: ignore[union-attr]
    assert rows[1][5] == "3-2-1501"
    assert rows[1][6] == datetime(2026, 3, 11, 10, 0)  # noqa: DTZ001
    assert "时限内" in rows[1][2]


def test_a_workbook_speaks_the_readers_language(office: Office, browse: Browse) -> None:
    office.open("repair")
    head, row = rows_of(browse("deputy", "en").get(f"/search/tickets.xlsx?{COLUMNS}").content)
    assert head[0] == "Ticket number"
    assert "On time" in row[2]


def test_a_promise_has_the_instant_it_runs_to_beside_its_name_and_no_time_left_that_is_soon_wrong(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair")
    due = next(one for one in office.see(number)["promises"] if one["clock"] == "respond")["due_at"]
    head, row = rows_of(browse("deputy", "en").get("/search/tickets.xlsx?cols=number,title,clock").content)
    assert head == ["Ticket number", "Matter", "Promise", "Promised by"]
    assert row[2].endswith("On time")
    assert row[3] == utc(due).astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None, microsecond=0)


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in blocks]


def test_a_long_one_tells_how_far_it_is_and_then_gives_the_same_file(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        office.open("repair")
    monkeypatch.setattr("backend.search.finding.CHUNK", 2)
    at_work = browse()
    heard = events(at_work.get(f"/search/progress?{COLUMNS}").text)
    steps = [(one["done"], one["total"]) for kind, one in heard if kind == "progress"]
    assert steps == [(2, 5), (4, 5), (5, 5), (5, 5)]
    data = b"".join(base64.b64decode(one["data"]) for kind, one in heard if kind == "piece")
    assert rows_of(data) == rows_of(at_work.get(f"/search/tickets.xlsx?{COLUMNS}").content)
    assert heard[-1][0] == "end"
    assert heard[-1][1]["name"] == "tickets-2026-03-11.xlsx"


def test_more_rows_than_a_workbook_takes_are_asked_for_in_parts(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        office.open("repair")
    monkeypatch.setattr("backend.search.export_pages.MOST_EXPORTED", 2)
    at_work = browse()
    answer = at_work.get("/search/tickets.xlsx?state=open")
    assert answer.headers["location"] == "/tickets?state=open"
    assert "工单超过2张" in at_work.read("/tickets?state=open")
    kind, refused = events(at_work.get("/search/progress?state=open").text)[0]
    assert kind == "refused"
    assert "工单超过2张" in refused["text"]


def test_what_left_the_house_is_written_down_without_the_words(office: Office, browse: Browse) -> None:
    office.open("repair", words="漏水")
    browse().get("/search/tickets.xlsx?q=漏水&state=open")
    with office.db.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "tickets.export")).one()
    assert entry.user_id == office.cast.butler.id
    assert entry.after["rows"] == 1
    assert entry.after["filters"] == ["q", "state"]
    assert "漏水" not in json.dumps(entry.after, ensure_ascii=False)


def test_nobody_exports_what_they_may_not_see(office: Office, browse: Browse) -> None:
    office.open("repair")
    assert len(rows_of(browse("engineer").get("/search/tickets.xlsx").content)) == 1
    assert len(rows_of(browse("stranger").get("/search/tickets.xlsx").content)) == 1
