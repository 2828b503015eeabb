"""全部工单: what the list finds, in which order, a page at a time, and for whom."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.models import Message, Ticket
from backend.search import queries
from tests.search.conftest import Browser
from tests.tickets.office import Office

Browse = Callable[..., Browser]


def change(office: Office, number: int, /, **values: object) -> None:
    with office.db.write() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        for name, value in values.items():
            setattr(ticket, name, value)


def test_the_list_shows_every_ticket_newest_first_with_its_number_home_and_promise(
    office: Office, browse: Browse
) -> None:
    first = office.open("repair", words="厨房漏水")
    office.clock.advance(minutes=5)
    second = office.open("enquiry", who="emma", words="When is the pool open?")
    at_work = browse()
    assert at_work.found("/tickets") == [second, first]
    page = at_work.read("/tickets")
    assert "共2张工单" in page
    assert f'href="/tickets/{first}"' in page
    for shown in ("3-2-1501", "陈建国", "赵敏", "时限内"):
        assert shown in page


@pytest.mark.parametrize(
    "text",
    ["3-2-1501", "3号楼2单元1501", "三号楼二单元1501室", "Bldg 3, Unit 2, Flat 1501", "3-2", "3号楼", "1501"],
)
def test_a_home_is_found_in_every_spelling(office: Office, browse: Browse, text: str) -> None:
    mine = office.open("repair")
    office.open("repair", who="emma")
    assert browse().found(f"/tickets?q={text}") == [mine]


@pytest.mark.parametrize(
    "text", ["138 0013 8000", "+86 13800138000", "8000", "８０００", "陈建国", "陈先生", "Mr Chen", "chen"]
)
def test_a_resident_is_found_by_phone_and_by_name_in_both_languages(
    office: Office, browse: Browse, text: str
) -> None:
    mine = office.open("repair")
    office.open("repair", who="emma")
    at_work = browse()
    assert at_work.found("/tickets?q=" + text.replace("+", "%2B")) == [mine]
    assert at_work.found("/tickets?person=" + text.replace("+", "%2B")) == [mine]


def test_four_digits_find_the_phone_that_ends_so_beside_the_words_that_hold_them(
    office: Office, browse: Browse
) -> None:
    mine = office.open("repair")
    said = office.open("repair", who="emma", words="型号8000的开关坏了")
    at_work = browse()
    assert at_work.found("/tickets?q=8000") == [said, mine]
    assert at_work.found("/tickets?q=8000 陈") == [mine]
    for part in ("800", "38000", "0013"):
        assert mine not in at_work.found(f"/tickets?q={part}")
    assert "8000" not in at_work.read("/tickets?q=陈").split("<main")[1]
    assert browse("stranger").found("/tickets?q=8000") == []


def test_whoever_has_no_ticket_yet_is_looked_for_among_the_homes(office: Office, browse: Browse) -> None:
    at_work = browse()
    assert at_work.get("/search?q=0123").headers["location"] == "/tickets?q=0123"
    page = at_work.read("/tickets?q=0123")
    assert 'href="/homes?q=0123">搜索房屋和住户</a>' in page
    assert "Emma Brown" in at_work.read("/homes?q=0123")
    assert "/homes?q=" not in browse("engineer").read("/tickets?q=0123")


def test_a_number_in_which_a_phone_ends_shows_both(office: Office, browse: Browse) -> None:
    number = office.open("repair", who="emma")
    at_work = browse()
    change(office, number, number=8000)
    assert at_work.get("/search?q=8000").headers["location"] == "/tickets/8000"
    mine = office.open("repair")
    assert at_work.get("/search?q=8000").headers["location"] == "/tickets?q=8000"
    assert at_work.found("/tickets?q=8000") == [mine, 8000]
    assert 'href="/tickets/8000">打开工单 #8000' in at_work.read("/tickets?q=8000")


def test_words_of_the_resident_of_messages_and_of_the_service_are_found(
    office: Office, browse: Browse
) -> None:
    leak = office.open("repair", words="卫生间一直在滴水")
    other = office.open("complaint", who="emma", words="Too much noise at night")
    office.do(leak, "reply", text="师傅下午带密封圈过来。")
    at_work = browse()
    assert at_work.found("/tickets?q=滴水") == [leak]
    assert at_work.found("/tickets?q=密封圈") == [leak]
    assert at_work.found("/tickets?q=NOISE night") == [other]
    assert at_work.found("/tickets?q=3-2-1501 滴水") == [leak]
    assert at_work.found("/tickets?q=3-2-1501 noise") == []
    assert other in at_work.found("/tickets?q=complaint")
    assert at_work.found("/tickets?q=投诉") == [other]


def test_signs_of_a_pattern_are_taken_as_they_are(office: Office, browse: Browse) -> None:
    plain = office.open("repair", words="坏了")
    rare = office.open("repair", words="100%_坏了")
    assert browse().found("/tickets?q=%25_坏") == [rare]
    assert plain != rare


def test_each_filter_narrows_the_list_and_can_be_taken_off_again(office: Office, browse: Browse) -> None:
    leak = office.open("repair", words="漏水")
    loud = office.open("complaint", who="emma", words="noise", channel="phone")
    office.do(leak, "accept")
    office.do(leak, "assign", user="engineer")
    change(office, loud, butler_id=None, satisfaction="unsatisfied")
    change(office, leak, received_at=office.clock.now() - timedelta(days=3))
    at_work = browse()
    butler = office.cast.butler.id
    only_leak = (
        "building=3", "channel=web", "language=zh", "step=repair.", "step=repair.assigned", "home=3-2-1501",
        f"butler={butler}", "butler=me", f"resident={office.cast.chen.id}", "until=2026-03-10",
        "satisfaction=none", "service=common.voice.repair-intake",
    )  # fmt: skip
    for query in only_leak:
        assert at_work.found(f"/tickets?{query}") == [leak], query
    only_loud = ("building=5", "channel=phone", "language=en", "step=complaint.", "butler=none",
                 "since=2026-03-11", "satisfaction=unsatisfied", "service=投诉", "person=Emma")  # fmt: skip
    for query in only_loud:
        assert at_work.found(f"/tickets?{query}") == [loud], query
    both = at_work.read("/tickets?building=3&channel=web")
    assert 'href="/tickets?channel=web"' in both
    assert 'href="/tickets?building=3"' in both
    assert "楼栋：3" in both


def test_states_and_promises_are_filters(office: Office, browse: Browse) -> None:
    quiet = office.open("suggestion")
    late = office.open("repair", words="漏水")
    gone = office.open("enquiry")
    office.do(quiet, "accept")
    office.do(gone, "accept")
    office.do(gone, "cancel", reason="不用了")
    office.clock.advance(minutes=30)
    at_work = browse()
    assert at_work.found("/tickets?clock=late") == [late]
    assert at_work.found("/tickets?clock=ok") == [quiet]
    assert at_work.found("/tickets?state=cancelled") == [gone]
    assert at_work.found("/tickets?state=active") == [late, quiet]
    office.do(late, "accept")
    assert at_work.found("/tickets?clock=missed") == [late]


def test_lists_by_due_instant_and_by_lateness_go_on_where_they_ended(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of two forth and back give every ticket once, in one order, whatever the sort."""
    for minutes in range(5):
        office.open("repair", words=f"第{minutes}张")
        office.clock.advance(minutes=4)
    done = office.open("enquiry")
    office.do(done, "accept")
    office.do(done, "cancel", reason="不用了")
    at_work = browse()
    expected = {sort: at_work.found(f"/tickets?sort={sort}") for sort in ("newest", "due", "late")}
    assert expected["newest"] == sorted(expected["newest"], reverse=True)
    assert expected["late"][:3] == [1001, 1002, 1003]
    assert expected["due"][-1] == done
    monkeypatch.setattr("backend.search.finding.PAGE", 2)
    monkeypatch.setattr(queries.list_found, "__kwdefaults__", {"place": None, "is_back": False, "limit": 2})
    for sort, whole in expected.items():
        path, forth, pages = f"/tickets?sort={sort}", list[int](), list[str]()
        while path:
            page = at_work.read(path)
            pages.append(path)
            forth += at_work.found(path)
            office.clock.advance(seconds=1)
            path = link(page, "next")
        assert forth == whole, sort
        back = link(at_work.read(pages[-1]), "prev")
        assert at_work.found(back) == whole[2:4]
        assert at_work.found(link(at_work.read(back), "prev")) == whole[:2]


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_a_count_is_honest_about_what_was_not_counted(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        office.open("repair")
    monkeypatch.setattr(queries.count_found, "__defaults__", (2,))
    monkeypatch.setattr("backend.search.composing.COUNTED", 2)
    assert "超过2张工单" in browse().read("/tickets")
    assert "More than 2 tickets" in browse("deputy", "en").read("/tickets")


def test_an_empty_list_says_so_and_offers_to_clear_the_filter(office: Office, browse: Browse) -> None:
    office.open("repair")
    page = browse().read("/tickets?q=zzz&cols=number,title,words")
    assert "没有符合筛选的工单" in page
    assert 'href="/tickets?cols=number,title,words"' in page


def test_a_wrong_day_is_told_at_its_field_and_nothing_typed_is_lost(office: Office, browse: Browse) -> None:
    page = browse().read("/tickets?since=yesterday&q=漏水", status=422)
    assert 'value="yesterday"' in page
    assert "请按“年-月-日”填写日期" in page
    assert 'value="漏水"' in page
    assert "截止日期早于开始日期" in browse("deputy").read(
        "/tickets?since=2026-03-11&until=2026-03-01", status=422
    )


def test_the_address_of_a_form_is_made_short(office: Office, browse: Browse) -> None:
    answer = browse().get("/tickets?q=&state=open&clock=&col=number&col=words&sort=newest&since=")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/tickets?state=open&cols=number,title,words"


def test_chosen_columns_are_shown_and_no_others(office: Office, browse: Browse) -> None:
    office.open("repair", words="水一直漏")
    page = browse().read("/tickets?cols=title,words,channel")
    heads = re.findall(r'<th scope="col" class="is-(\w+)"', page)
    assert heads == ["title", "channel", "words"]
    assert "水一直漏" in page


def test_nobody_finds_a_complaint_about_themselves(office: Office, browse: Browse) -> None:
    secret = office.open("complaint", words="赵敏态度很差")
    change(office, secret, hidden_from_id=office.cast.butler.id)
    at_work = browse()
    assert at_work.found("/tickets") == []
    assert at_work.found("/tickets?q=态度") == []
    assert "共0张工单" in at_work.read("/tickets")
    assert at_work.get(f"/search?q={secret}").headers["location"] == f"/tickets?q={secret}"
    assert f't{secret}"' not in at_work.get(f"/search/rows?ids=t{secret}").text
    assert browse("supervisor").found("/tickets?q=态度") == [secret]


def test_an_engineer_finds_own_jobs_only_and_a_neighbour_finds_nothing(
    office: Office, browse: Browse
) -> None:
    job, other = office.open("repair", words="漏水"), office.open("repair", words="漏水")
    office.do(job, "accept")
    office.do(job, "assign", user="engineer")
    assert browse("engineer").found("/tickets?q=漏水") == [job]
    assert browse("stranger").found("/tickets?q=漏水") == []
    assert browse("stranger").found(f"/tickets?resident={office.cast.chen.id}") == []
    assert browse("stranger").get(f"/search?q={other}").headers["location"] == f"/tickets?q={other}"


def test_the_header_leads_a_number_to_its_ticket_and_words_to_the_list(
    office: Office, browse: Browse
) -> None:
    number = office.open("repair")
    at_work = browse()
    for text in (str(number), f"%23{number}", f"工单{number}"):
        assert at_work.get(f"/search?q={text}").headers["location"] == f"/tickets/{number}"
    assert at_work.get("/search?q=漏水").headers["location"] == "/tickets?q=%E6%BC%8F%E6%B0%B4"
    assert at_work.get("/search?q=").headers["location"] == "/tickets"
    assert 'action="/search"' in at_work.read("/queue")


def test_a_number_that_is_a_flat_as_well_shows_both(office: Office, browse: Browse) -> None:
    number = office.open("repair")
    change(office, number, number=1501, home_id=office.cast.flat.id)
    other = office.open("repair")
    at_work = browse()
    assert at_work.get("/search?q=1501").headers["location"] == "/tickets?q=1501"
    assert at_work.found("/tickets?q=1501") == [other, 1501]
    assert 'href="/tickets/1501">打开工单 #1501' in at_work.read("/tickets?q=1501")
    assert at_work.get("/search?q=%231501").headers["location"] == "/tickets/1501"


def test_changed_rows_are_given_alone_with_what_still_belongs_to_the_search(
    office: Office, browse: Browse
) -> None:
    kept, left = office.open("repair"), office.open("repair")
    office.do(left, "accept")
    office.do(left, "cancel", reason="不用了")
    part = browse().read(
        f"/search/rows?state=active&cols=number,title,step&ids=t{kept},t{left},x,t99999999999999999"
    )
    assert re.findall(r'<tr id="t(\d+)"', part) == [str(kept), str(left)]
    matching = part.split('data-matching="')[1].split('"')[0]
    assert matching == f"{{&#34;t{kept}&#34;: true, &#34;t{left}&#34;: false}}"
    assert "已取消" in part


def test_a_message_that_was_replaced_is_not_found(office: Office, browse: Browse) -> None:
    number = office.open("repair", words="漏水")
    office.do(number, "reply", text="旧的说法")
    with office.db.write() as session:
        message = session.scalars(select(Message).where(Message.text == "旧的说法")).one()
        message.replaced_by_id = message.id
    assert browse().found("/tickets?q=旧的说法") == []


def test_older_tickets_are_read_through_only_when_days_are_given(
    office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = office.open("repair", words="滴水")
    office.open("repair", words="坏了")
    monkeypatch.setattr("backend.search.word_queries.DEPTH", 1)
    at_work = browse()
    assert at_work.found("/tickets?q=滴水") == []
    assert "关键词只在最近" in at_work.read("/tickets?q=滴水")
    assert at_work.found("/tickets?q=滴水&since=2026-01-01") == [old]
    assert at_work.found("/tickets?q=陈建国 1501") != []


def test_an_address_names_no_resident_to_whom_none_of_their_tickets_is_shown(
    office: Office, browse: Browse
) -> None:
    number, chen = office.open("repair"), office.cast.chen
    path = f"/tickets?resident={chen.id}"
    assert "陈建国" in browse("butler").read(path)
    assert "陈建国" not in browse("engineer").read(path)
    office.do(number, "assign", user="engineer")
    assert "陈建国" in browse("engineer").read(path)


@pytest.mark.parametrize("step", ["xyz", "xyz.open", "repair.xyz", ".", "repair.."])
def test_a_step_that_is_none_is_left_out(office: Office, browse: Browse, step: str) -> None:
    number = office.open("repair")
    assert browse().found(f"/tickets?step={step}") == [number]
