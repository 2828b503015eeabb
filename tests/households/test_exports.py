"""The sheet of a list of homes: exactly what the list is filtered by, and every home where it is not."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from backend.errors import BadUpload
from backend.households import sheet
from backend.models import AuditEntry, Estate
from backend.people import setup
from backend.people.homes import HomeName
from tests.households.conftest import Browser
from tests.tickets.office import Office

Browse = Callable[..., Browser]


def add_homes(office: Office, *names: tuple[str, str, str]) -> None:
    with office.db.write() as session:
        for name in names:
            setup.create_home(session, session.get_one(Estate, office.cast.estate.id), HomeName(*name))


def exports(page: str) -> dict[str, dict[str, str]]:
    """The fields that each button of the page for a sheet sends, by its label."""
    forms = re.findall(r'<form method="post" action="/homes/export">(.*?)</form>', page, re.DOTALL)
    return {
        re.sub(r"<[^>]+>", "", form).strip(): {
            name: unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
            if name != "csrf"
        }
        for form in forms
    }


def homes_of(browser: Browser, fields: dict[str, str]) -> list[str]:
    """The homes of a sheet, one for each of its rows."""
    cells = [raw.cells for raw in sheet.read(browser.press("/homes/export", 200, **fields).content)]
    return ["-".join((one["building"], one["unit"], one["flat"])) for one in cells]


def test_a_list_of_homes_is_exported_exactly_as_it_is_filtered(office: Office, browse: Browse) -> None:
    add_homes(office, ("3", "1", "101"), ("3", "2", "102"), ("8", "1", "101"))
    browser = browse("supervisor", "en")
    every = ["3-1-101", "3-2-102", "3-2-1501", "5-1-802", "8-1-101"]
    for address, listed in (
        ("/homes?building=3&unit=2", ["3-2-102", "3-2-1501"]),
        ("/homes?building=8", ["8-1-101"]),
        ("/homes?q=Brown", ["5-1-802"]),
        ("/homes?q=101", ["3-1-101", "8-1-101"]),
    ):
        offered = exports(browser.read(address))
        assert homes_of(browser, offered["Export this list"]) == listed, address
        shown = set(re.findall(r'class="home-code">([^<]+)<', browser.read(address)))
        assert shown == set(listed), address
        if "q=" not in address:
            assert homes_of(browser, offered["Export all homes"]) == every
    with office.db.read() as session:
        rows = session.scalars(
            select(AuditEntry.after).where(AuditEntry.action == "homes.export").order_by(AuditEntry.id)
        ).all()
    assert rows[0] == {"rows": 2, "filters": ["building", "unit"]}
    assert rows[1] == {"rows": 5}
    assert rows[4] == {"rows": 1, "filters": ["q"]}


def test_a_search_that_finds_more_than_a_page_is_exported_whole(office: Office, browse: Browse) -> None:
    add_homes(office, *(("9", "1", str(100 + at)) for at in range(60)))
    browser = browse()
    offered = exports(browser.read("/homes?q=9-1-"))
    assert len(homes_of(browser, offered["导出此列表"])) == 60


def test_a_filter_that_lets_nothing_through_gives_no_row_and_who_may_not_export_has_no_button(
    office: Office, browse: Browse
) -> None:
    browser = browse()
    assert exports(browser.read("/homes?q=没有这个人")) == {}
    for asked in ({"q": "没有这个人"}, {"building": "77"}):
        with pytest.raises(BadUpload, match="nothing below the headings"):
            homes_of(browser, {"estate": "JADE", **asked})
    assert exports(browse("butler").read("/homes")) == {}
