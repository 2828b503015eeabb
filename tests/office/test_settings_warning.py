"""When a clock shows "due soon": a manager sets it, it is written into the log, new clocks go by it."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from sqlalchemy import select

from backend.deadlines.policy import standard_policies
from backend.models import AuditEntry, Estate
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
PAGE = "/settings/promises"
HALF = {"share": "50", "least": "6", "most": "2"}
#: as an older release let it be saved
HALF_AT_ONCE = {"share": 50, "least": 15, "most": 2}


def save(browser: StaffBrowser, status: int = 303, **fields: str) -> str:
    found = re.search(r'name="state" value="([\d-]+)"', browser.read(PAGE))
    assert found
    sent = HALF | {"state": found[1]} | fields
    return unescape(browser.submit(f"{PAGE}/warning", sent, status).text)


def warned(office: Office, number: int, clock: str) -> timedelta:
    """How long before its end a clock of this ticket warns."""
    row = office.clocks(number)[clock]
    assert row.warn_at is not None
    return row.due_at - row.warn_at


def test_a_manager_sets_the_warning_and_new_clocks_go_by_it(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    older = office.open("repair")
    save(manager)
    assert warned(office, older, "SLA-01") == timedelta(minutes=5)
    assert warned(office, office.open("repair", "emma"), "SLA-01") == timedelta(minutes=6)
    page = unescape(manager.read(PAGE))
    assert "When 50 % of the time is left, at least 6 min and at most 2 h before the end" in page
    assert 'name="share" value="50"' in page
    assert "Standard: 25" in page
    assert "its own warning" in page


def test_who_is_called_at_the_same_time_stands_in_one_line(browse: Browse) -> None:
    page = browse("manager", "en").read(PAGE)
    assert '<span class="change">At the warning: Engineer, Butler</span>' in page


def test_the_change_stands_in_the_audit_log_in_words(office: Office, browse: Browse) -> None:
    save(browse("manager", "en"))
    with office.db.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.warning")).one()
    assert (entry.before, entry.after) == (
        {"share": 25, "least": 5, "most": 24}, {"share": 50, "least": 6, "most": 2},
    )  # fmt: skip
    log = unescape(browse("manager", "en").read("/audit"))
    assert "Warning of clocks changed" in log
    assert "Share of the time (%)" in log


def test_saving_the_same_again_writes_nothing(office: Office, browse: Browse) -> None:
    save(browse("manager"), share="25", least="5", most="24")
    with office.db.read() as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.warning")).all() == []


def test_a_figure_out_of_range_is_told_at_its_field_and_nothing_typed_is_lost(browse: Browse) -> None:
    manager = browse("manager", "en")
    page = save(manager, 422, share="0", least="abc", most="24")
    assert "Please write a whole number from 5 to 90." in page
    assert "Please write a whole number from 1 to 9." in page
    assert 'value="abc"' in page
    assert "shorter than the least" in save(manager, 422, share="25", least="90", most="1")
    assert "请填写5到90之间的整数。" in save(browse("manager"), 422, share="")


def test_a_warning_that_would_begin_with_the_shortest_promise_is_refused_at_its_field(
    office: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    page = save(manager, 422, share="40", least="10", most="2")
    said = "“First response” is promised within 10 min, so it would be “due soon” from the start."
    assert f"{said} Please write a whole number from 1 to 9." in page
    assert re.search(r'id="warning-least"[^>]*aria-invalid="true"', re.sub(r"\s+", " ", page))
    for name, value in (("share", "40"), ("least", "10"), ("most", "2")):
        assert f'name="{name}" value="{value}"' in page, "nothing typed is lost"
    chinese = save(browse("manager", "zh"), 422, least="15")
    assert (
        "“首次响应”的时限只有10分钟，这样设置，一开始计时就会显示“即将超时”。请填写1到9之间的整数。"
        in chinese
    )
    assert office.cast.estate.settings.get("warning") is None
    save(manager, least="9")
    assert warned(office, office.open("repair"), "SLA-01") == timedelta(minutes=9)


def test_a_warning_that_was_saved_when_more_could_be_is_used_on_and_refused_only_when_saved_anew(
    office: Office, browse: Browse
) -> None:
    with office.db.write() as session:
        session.get_one(Estate, office.cast.estate.id).settings = {"warning": HALF_AT_ONCE}
    manager = browse("manager", "en")
    assert 'name="least" value="15"' in manager.read(PAGE)
    assert warned(office, office.open("repair"), "SLA-01") == timedelta(minutes=10)
    assert "from 1 to 9" in save(manager, 422, least="15")


def test_whoever_saves_after_somebody_else_is_told_by_name(browse: Browse) -> None:
    manager = browse("manager", "en")
    save(manager)
    page = save(manager, 409, state="25-5-24", share="40")
    assert "changed these settings at" in page
    assert 'name="share" value="40"' in page


def test_only_managers_set_it_and_only_in_their_estates(office: Office, browse: Browse) -> None:
    browse("supervisor").submit(f"{PAGE}/warning", {**HALF, "state": "25-5-24"}, 403)
    browse("manager").submit(f"{PAGE}/warning", {**HALF, "state": "25-5-24", "estate": "NEXT"}, 404)
    assert office.cast.estate.settings.get("warning") is None


def test_the_edition_of_the_promises_is_told_as_a_day_and_never_as_a_hash(
    office: Office, browse: Browse
) -> None:
    version = standard_policies().version
    before = browse("manager", "en").read(PAGE)
    assert version not in before
    assert "The edition in force has been used since" not in before
    office.open("repair")
    english, chinese = browse("manager", "en").read(PAGE), browse("manager", "zh").read(PAGE)
    assert "The edition in force has been used since 11 Mar 2026." in english
    assert "现行版本自2026年3月11日起使用。" in chinese
    assert version not in english + chinese
