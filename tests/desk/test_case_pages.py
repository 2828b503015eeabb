"""Providers and referrals at the desk: chosen from lists, entered by forms, reached from their tickets."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import inspect, select

from backend.models import Ticket
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office, works_next_door
from tests.tickets.test_cases import provider, referral, sheets
from tests.tickets.test_moves import ITEMS, begin, go

Browse = Callable[..., StaffBrowser]
LONG = "很" * 101


@pytest.fixture
def browse(office: Office) -> Browse:
    def opened(username: str = "butler", language: str = "en") -> StaffBrowser:
        return StaffBrowser(office, username, language)

    return opened


def put_to_work(office: Office, number: int) -> None:
    go(office, number, ("evaluated", {"qualification": "甲级"}), "contracted", by="manager")
    go(office, number, ("active", {"qualified": True}))


def enter(browser: StaffBrowser, **fields: str) -> int:
    """Open a case by its form; the number of its ticket."""
    form = "referrals" if "who" in fields or "ticket" in fields else "providers"
    where = browser.submit(f"/cases/{form}", fields).headers["location"]
    assert re.fullmatch(r"/tickets/\d+", where)
    return int(where.split("/")[-1])


def test_a_provider_is_entered_and_stands_in_the_list(office: Office, browse: Browse) -> None:
    butler = browse()
    assert "No provider is entered yet." in butler.read("/cases")
    number = enter(butler, name="洁美家政", services="日常保洁\n\n开荒", words="实地考察过。")
    assert sheets(office, "REC-30")[0] == {"provider": "洁美家政", "services": ["日常保洁", "开荒"]}
    page = unescape(butler.read("/cases"))
    assert "<b>洁美家政</b>" in page
    assert f'href="/tickets/{number}"' in page
    assert 'href="/cases?estate=JADE#provider"' in butler.read(f"/tickets/{number}")
    assert "还没有登记推荐。" in browse("butler", "zh").read("/cases")


def test_a_step_that_names_a_provider_offers_those_in_service(office: Office, browse: Browse) -> None:
    ticket = office.open("housekeeping")
    number = provider(office)
    form = f"/tickets/{ticket}?do=move-assigned"
    assert '<option value="洁美家政">' not in browse().read(form)
    put_to_work(office, number)
    page = browse().read(form)
    assert '<option value="洁美家政">' in page
    assert re.search(r'name="r.provider"[^>]*list="items"', page)
    sent = {"to": "assigned", "r.provider": "洁美家政", "r.qualified": "yes", "for": "B"}
    browse().submit(f"/tickets/{ticket}/move", sent)
    assert sheets(office, "REC-18")[-1]["provider"] == "洁美家政"
    go(office, number, ("suspended", {"reason": "评分低"}), by="manager")
    other = office.open("housekeeping", "emma")
    assert '<option value="洁美家政">' not in browse().read(f"/tickets/{other}?do=move-assigned")


def test_those_in_service_stand_first(office: Office, browse: Browse) -> None:
    first = provider(office)
    enter(browse(), name="后来的公司")
    put_to_work(office, first)
    page = browse().read("/cases")
    assert page.index("洁美家政") < page.index("后来的公司")


def test_a_referral_is_registered_by_phone_or_home(office: Office, browse: Browse) -> None:
    first = enter(browse(), who="138 0013 8000", words="推荐朋友李先生购房。")
    assert (office.see(first)["workflow"], office.see(first)["resident"]["name"]) == ("referral", "陈建国")
    second = enter(browse(), who="3-2-1501", words="又推荐一位。")
    page = unescape(browse().read("/cases"))
    assert page.index(f"#{second}") < page.index(f"#{first}")
    assert 'href="/cases?estate=JADE#referral"' in browse().read(f"/tickets/{first}")


def test_the_wish_of_a_resident_leads_to_the_registration(office: Office, browse: Browse) -> None:
    wish = begin(office, "paid", item_id="value.asset.referral", words="我想推荐同事买房")
    butler = browse()
    link = f'href="/cases?ticket={wish}#referral"'
    assert link in butler.read(f"/tickets/{wish}")
    page = unescape(butler.read(f"/cases?ticket={wish}"))
    assert "Who recommends: 陈建国" in page
    assert "我想推荐同事买房</textarea>" in page
    assert 'name="who"' not in page
    number = enter(butler, ticket=str(wish), words="我想推荐同事买房")
    assert office.see(number)["resident"]["name"] == "陈建国"


@pytest.mark.parametrize(
    ("form", "fields", "sentence"),
    [
        ("providers", {"name": " ", "words": "x"}, "Please fill this in."),
        ("providers", {"name": LONG}, "Please keep this under 100 characters."),
        ("providers", {"name": "某公司", "services": LONG}, "At most 20 services"),
        ("referrals", {"who": "", "words": ""}, "Please fill this in."),
        ("referrals", {"who": "13900000000", "words": "推荐"}, "alert"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    browse: Browse, form: str, fields: dict[str, str], sentence: str
) -> None:
    page = browse().submit(f"/cases/{form}", fields, 422).text
    assert sentence in page
    for text in filter(str.strip, fields.values()):
        assert text in page


def test_who_may_open_and_whose_estate_it_is(office: Office, browse: Browse) -> None:
    browse("engineer").read("/cases", 403)
    browse("engineer").submit("/cases/providers", {"name": "某公司"}, 403)
    browse().read("/cases?estate=NEXT", 404)
    browse().read("/cases?ticket=999999", 404)
    works_next_door(office, office.cast.manager)
    manager = browse("manager")
    number = enter(manager, name="隔壁的公司", estate="NEXT")
    assert office.ticket(number).estate_id == office.cast.next_door.id
    assert "隔壁的公司" in manager.read("/cases?estate=NEXT")
    assert "隔壁的公司" not in manager.read("/cases?estate=JADE")
    assert ITEMS["paid"] not in browse().read("/cases")


def case_parts(page: str, name: str) -> tuple[list[str], str, str]:
    """The tickets of a list, what stands beside its heading, and where its next part begins."""
    section = unescape(page).split(f'id="{name}-title"')[1].split("</section>")[0]
    extent = re.search(r'class="extent">([^<]*)<', section)
    following = re.search(r'href="([^"]+)">Show the next 50', section)
    numbers = re.findall(r'<a href="/tickets/(\d+)">#', section)
    return numbers, extent[1] if extent else "", following[1] if following else ""


def test_every_provider_and_referral_can_be_reached_those_in_service_first(
    office: Office, browse: Browse
) -> None:
    first, told = provider(office), referral(office)
    put_to_work(office, first)
    with office.db.write() as session:
        for workflow, copies in (("provider", 54), ("referral", 50)):
            one = session.scalars(select(Ticket).where(Ticket.workflow == workflow)).one()
            columns = [one.key for one in inspect(Ticket).column_attrs if one.key != "id"]
            values = {name: getattr(one, name) for name in columns}
            session.add_all(
                Ticket(**values | {"number": 5000 + one.number * 100 + at, "step": "surveyed"})
                for at in range(copies)
            )
    butler = browse()
    page = butler.read("/cases")
    for name, count, last in (("provider", 55, None), ("referral", 51, told)):
        numbers, extent, following = case_parts(page, name)
        rest, extent_after, end = case_parts(butler.read(following), name)
        assert (extent, extent_after, end) == (f"50 of {count}", f"{count - 50} of {count}", "")
        assert len(set(numbers + rest)) == count
        assert numbers[0] == str(first) if last is None else rest[-1] == str(last)
    assert case_parts(butler.read("/cases?providers=x.1"), "provider") == case_parts(page, "provider")
