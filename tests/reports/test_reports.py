"""The eight reports of the plans: each count opens its tickets, beside the month before; so in Excel."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from backend.models import Estate, Message, Ticket, UserEstate
from backend.reports import office_queries
from tests.reports.conftest import Browser, Past
from tests.tickets.office import Office

Browse = Callable[..., Browser]
HOUR = timedelta(hours=1)
NAMES = ("queue", "overdue", "month", "load", "providers", "complaints", "misses", "fees")


def feb(day: int, hour: int = 4) -> datetime:
    return datetime(2026, 2, day, hour, tzinfo=UTC)


def jan(day: int) -> datetime:
    return datetime(2026, 1, day, 4, tzinfo=UTC)


def text_of(page: str) -> str:
    main = page.split("<main", 1)[1].split("</main>", maxsplit=1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(main)).split())


def rows_of(reader: Browser, path: str, sheet: int = 0) -> dict[Any, tuple[Any, ...]]:
    """The workbook of a report: first cell → the others."""
    answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    lines = load_workbook(io.BytesIO(answer.content)).worksheets[sheet].iter_rows(values_only=True)
    return {line[0]: line[1:] for line in lines}


def received(office: Office, number: int, at: datetime, **more: Any) -> None:
    with office.db.write() as session:
        one = update(Ticket).where(Ticket.number == number)
        session.execute(one.values(received_at=at, **more))


def ticket_id(office: Office, number: int) -> int:
    with office.db.read() as session:
        return session.scalars(select(Ticket.id).where(Ticket.number == number)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_whole_in_both_languages_and_as_a_workbook(
    office: Office, browse: Browse, name: str, language: str
) -> None:
    office.open("repair", who="emma")
    reader = browse(language=language)
    page = reader.read(f"/reports/{name}")
    assert 'aria-current="page"' in page
    if language == "en":
        assert not re.search(r"[一-鿿]", text_of(page))
    book = load_workbook(io.BytesIO(reader.get(f"/reports/{name}.xlsx").content))
    assert book.worksheets


def test_each_count_of_the_month_opens_as_many_tickets(office: Office, browse: Browse) -> None:
    numbers = [office.open("repair"), office.open("repair"), office.open("complaint")]
    for number in numbers:
        received(office, number, feb(3))
    received(office, office.open("repair"), jan(5))
    reader = browse()
    page = reader.read("/reports/month?month=2026-02")
    assert "报修 2 0 – – 1 +1" in text_of(page)
    links = [unescape(one) for one in re.findall(r'href="(/reports/list\?[^"]*)"', page)]
    assert len(links) >= 5
    assert '<a class="button" href="/reports/month?' in reader.read(links[0])
    for link in links:
        count = re.search(rf'href="{re.escape(link.replace("&", "&amp;"))}">(\d+)<', page)
        listed = reader.read(link)
        assert count
        assert f"共{count[1]}条" in listed
        assert len(set(re.findall(r'href="/tickets/(\d+)"', listed))) == int(count[1])


def test_the_median_first_answer_and_the_share_within_ten_minutes_go_by_kind(
    office: Office, browse: Browse
) -> None:
    for minutes in (2, 4, 12):
        number = office.open("repair")
        office.clock.advance(minutes=minutes)
        office.do(number, "accept")
    office.clock.advance(minutes=60)
    rows = rows_of(browse(), "/reports/month.xlsx")
    assert rows["报修"] == (3, 0, "4分钟", pytest.approx(0.667), 0, 3)


def test_the_queue_now_stands_by_the_time_to_its_next_breach(office: Office, browse: Browse) -> None:
    late = office.open("repair")
    office.clock.advance(minutes=11)
    soon = office.open("repair")
    reader = browse()
    rows = rows_of(reader, "/reports/queue.xlsx")
    assert rows["合计"][0:2] == (1, 1)
    assert rows["合计"][-1] == 2
    for band, number in (("late", late), ("hour", soon)):
        listed = reader.read(f"/reports/list?of=open&band={band}")
        assert re.findall(r'href="/tickets/(\d+)"', listed) == [str(number)]


def test_what_is_overdue_now_is_listed_whatever_month_it_fell_due_in(
    office: Office, past: Past, browse: Browse
) -> None:
    number = office.open("repair")
    past.promise(number, "SLA-06", jan(9), None)
    reader = browse()
    page = text_of(reader.read("/reports/overdue?month=2026-03"))
    assert "维修回访 SLA-06 1 1月9日" in page
    listed = reader.read("/reports/tickets?month=2026-03&kpi=SLA-06&part=overdue")
    assert f'href="/tickets/{number}"' in listed


def test_the_load_is_reckoned_against_the_ratio_of_the_homes_tier(office: Office, browse: Browse) -> None:
    """Two standard homes of 80; the estate says 4."""
    assert rows_of(browse(), "/reports/load.xlsx")["赵敏"][:2] == (2, 0.025)
    with office.db.write() as session:
        session.get_one(Estate, office.cast.estate.id).settings = {"ratios": {"standard": 4}}
    assert rows_of(browse(), "/reports/load.xlsx")["赵敏"][:2] == (2, 0.5)


@pytest.fixture
def outside(office: Office, past: Past) -> list[int]:
    """Three orders of February: two of one provider, one done again; one of another."""
    numbers = [office.open("housekeeping") for _ in range(3)]
    for number, name in zip(numbers, ("洁衣坊", "洁衣坊", "心之光"), strict=True):
        received(office, number, feb(2))
        past.record("REC-18", feb(2), ticket_id=ticket_id(office, number), provider=name)
    received(office, numbers[1], feb(2), cycle=2)
    past.follow_up(numbers[0], feb(4), "satisfied", "SLA-26")
    past.follow_up(numbers[1], feb(5), "unsatisfied", "SLA-26")
    past.follow_up(numbers[2], feb(6), "satisfied", "SLA-26")
    past.record("REC-16", feb(3), ticket_id=ticket_id(office, numbers[0]), amount=9600, receipt="S-1")
    past.record("REC-20", feb(3), ticket_id=ticket_id(office, numbers[0]), voucher="V-1", cash=500)
    return numbers


def test_satisfaction_goes_by_provider_and_opens_its_tickets(
    office: Office, browse: Browse, outside: list[int]
) -> None:
    """KPI-09 by provider."""
    headers = office.as_("manager")
    asked = {"month": "2026-02", "by": "provider"}
    report = office.client.get("/api/reports/kpis", params=asked, headers=headers).json()
    found = {
        one["key"]: next((kpi["good"], kpi["of"]) for kpi in one["kpis"] if kpi["id"] == "KPI-09")
        for one in report["groups"]
    }
    assert (found["洁衣坊"], found["心之光"]) == ((1, 2), (1, 1))
    asked = {"month": "2026-02", "kpi": "KPI-09", "provider": "洁衣坊"}
    listed = office.client.get("/api/reports/tickets", params=asked, headers=headers).json()
    assert [one["number"] for one in listed["items"]] == [outside[1], outside[0]]
    assert "洁衣坊" in browse().read("/reports?month=2026-02&by=provider&chart=KPI-09")


def test_a_provider_named_later_moves_no_number_of_before(
    office: Office, past: Past, browse: Browse, outside: list[int]
) -> None:
    """Frozen: the promise belongs to whoever had been named when it ended."""
    past.record("REC-18", feb(20), ticket_id=ticket_id(office, outside[0]), provider="别家")
    headers = office.as_("manager")
    asked = {"month": "2026-02", "kpi": "KPI-09", "provider": "洁衣坊"}
    listed = office.client.get("/api/reports/tickets", params=asked, headers=headers).json()
    assert [one["number"] for one in listed["items"]] == [outside[1], outside[0]]


def test_each_provider_has_orders_rework_vouchers_and_money(browse: Browse, outside: list[int]) -> None:
    rows = rows_of(browse(), "/reports/providers.xlsx?month=2026-02")
    assert rows["洁衣坊"] == (2, "–", 0.5, 1, 1, 96, 5, 0, 2)
    assert rows["心之光"] == (1, "–", 1, 0, 0, 0, 0, 0, 1)


def test_complaints_go_by_class_department_and_cause_with_those_that_came_again(
    office: Office, past: Past, browse: Browse
) -> None:
    first, second = office.open("complaint"), office.open("complaint")
    received(office, first, feb(3), class_="valid", department="工程部")
    received(office, second, feb(9), class_="valid", reopened_from_id=ticket_id(office, first))
    past.record("REC-05", feb(4), ticket_id=ticket_id(office, first), cause="管道老化")
    reader = browse()
    page = text_of(reader.read("/reports/complaints?month=2026-02"))
    for line in ("2 1 50.0% 0 – –", "有效 2 0 +2", "工程部 1 0 +1", "管道老化 1 0 +1", "未填写 1 0 +1"):
        assert line in page
    listed = reader.read("/reports/list?month=2026-02&of=again")
    assert re.findall(r'href="/tickets/(\d+)"', listed) == [str(first)]
    listed = reader.read("/reports/list?month=2026-02&of=received&workflow=complaint&cause=管道老化")
    assert re.findall(r'href="/tickets/(\d+)"', listed) == [str(first)]


def test_questions_without_an_answer_are_told_in_the_residents_words(
    office: Office, past: Past, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = office.open("enquiry", words="泳池几点关门？")
    past.record("REC-07", feb(3), ticket_id=ticket_id(office, number), is_unknown=True, question="泳池")
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        common = {"estate_id": ticket.estate_id, "conversation_id": ticket.conversation_id,
                  "language": "zh", "sent_at": feb(4), "stored_at": feb(4)}  # fmt: skip
        asked = Message(seq=901, author="resident", text="蓝色那个呢", **common)
        session.add(asked)
        session.flush()
        session.add(
            Message(seq=902, author="bot", reply_kind="not_understood", answers_id=asked.id, **common)
        )
    page = text_of(browse().read("/reports/misses?month=2026-02"))
    assert "答客问中没有 1 0 +1" in page
    assert "没听懂的话 1 0 +1" in page
    assert "蓝色那个呢 中文 1" in page
    assert f"#{number}" in page
    monkeypatch.setattr(office_queries, "MOST", 0)
    assert "没听懂的话 1 0 +1" in text_of(browse().read("/reports/misses?month=2026-02"))
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.hidden_from_id, ticket.asked_at, ticket.received_at = office.cast.manager.id, feb(3), feb(5)
    page = text_of(browse().read("/reports/misses?month=2026-02"))
    assert ("蓝色那个呢" in page, "没听懂的话 0 0" in page) == (False, True)
    assert "没听懂的话 1 0 +1" in text_of(browse("supervisor").read("/reports/misses?month=2026-02"))


def test_the_fee_ledger_sums_what_was_billed_paid_and_is_open(past: Past, browse: Browse) -> None:
    past.record("REC-16", jan(9), charge="车位费", amount=10000, paid=True)
    past.record("REC-16", feb(3), charge="车位费", amount=12000, paid=True)
    past.record("REC-16", feb(4), charge="车位费", amount=8050, refund=50)
    rows = rows_of(browse(), "/reports/fees.xlsx?month=2026-02")
    assert rows["车位费"] == (2, 200.5, 120, 80.5, 0.5, 100, 100.5)
    assert rows["合计"] == rows["车位费"]


@pytest.mark.parametrize("name", ["load", "providers", "misses", "fees"])
def test_what_is_about_others_is_for_leaders(office: Office, browse: Browse, name: str) -> None:
    reader = browse("butler")
    reader.read(f"/reports/{name}", status=404)
    reader.read(f"/reports/{name}.xlsx", status=404)
    assert f"/reports/{name}?" not in reader.read("/reports")


def test_a_butler_counts_only_their_own_tickets(office: Office, browse: Browse) -> None:
    office.open("repair")
    other = office.open("repair")
    with office.db.write() as session:
        session.execute(update(Ticket).where(Ticket.number == other).values(butler_id=office.cast.deputy.id))
    assert rows_of(browse("butler"), "/reports/month.xlsx")["报修"][0] == 1
    assert rows_of(browse(), "/reports/month.xlsx")["报修"][0] == 2


@pytest.mark.parametrize("path", ["weather", "list", "list?of=lost", "list?of=open&butler=x"])
def test_a_report_that_there_is_none_of_is_not_found(office: Office, browse: Browse, path: str) -> None:
    browse().read(f"/reports/{path}", status=404)


def test_next_door_is_counted_nowhere(office: Office, browse: Browse) -> None:
    office.open("repair")
    reader = browse("stranger")
    assert "共0条" in reader.read("/reports/list?of=received")
    reader.read("/reports/month?estate=JADE", status=404)


def test_who_works_in_several_estates_chooses_one_and_stays_in_it(office: Office, browse: Browse) -> None:
    with office.db.write() as session:
        session.add(UserEstate(user_id=office.cast.manager.id, estate_id=office.cast.next_door.id))
    office.open("repair", who="neighbour")
    reader = browse()
    assert '<option value="NEXT">' in reader.read("/reports/month")
    assert "报修 1" in text_of(reader.read("/reports/month?estate=NEXT"))
    assert "报修 1" not in text_of(reader.read("/reports/month?estate=JADE"))
    for path in ("/reports?estate=NEXT&by=month", "/reports/month?estate=NEXT", "/registers?estate=NEXT",
                 "/registers/REC-02?estate=NEXT", "/registers/missed?estate=NEXT"):  # fmt: skip
        page = reader.read(path)
        links = re.findall(r'href="(/re(?:ports|gisters)[^"]*\?[^"]*)"', page.split("<main", 1)[1])
        assert links
        assert all("estate=NEXT" in link for link in links), path


def test_the_estates_stand_side_by_side(office: Office, past: Past, browse: Browse) -> None:
    """KPI-09 by project: every estate that the viewer works in, and no other."""
    past.follow_up(office.open("repair"), feb(3), "satisfied")
    asked = {"month": "2026-02", "by": "estate"}
    report = office.client.get("/api/reports/kpis", params=asked, headers=office.as_("manager")).json()
    (group,) = report["groups"]
    assert group["key"] == "JADE"
    assert {one["id"]: one["of"] for one in group["kpis"]}["KPI-09"] == 1
