"""Hours and holidays: a change is the next edition, new promises go by it, those made before stay."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

from openpyxl import load_workbook
from sqlalchemy import select

from backend.deadlines import next_year, service, sweep
from backend.models import Alert, AuditEntry, CalendarEdition, Estate
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
PAGE = "/settings/calendar"


def fields_of(html: str) -> dict[str, str]:
    """The form as the page shows it."""
    part = html.split('action="/settings/calendar" novalidate')[1].split("</form>", maxsplit=1)[0]
    found = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', part))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', part):
        found[name] = re.findall(r'value="(\w+)" selected', options)[0]
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', part, re.DOTALL))
    return {name: unescape(value) for name, value in found.items() if name not in ("csrf", "step")}


def estate(office: Office) -> Estate:
    with office.db.read() as session:
        return session.get_one(Estate, office.cast.estate.id)


def save(browser: StaffBrowser, status: int = 303, **changes: str) -> str:
    fields = fields_of(browser.read(PAGE)) | {"step": "save"} | changes
    return browser.submit(PAGE, fields, status).text


def test_a_change_is_the_next_edition_and_the_former_one_stays(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    save(manager, **{"week.fri": "09:00–12:00", "week.sat": "10:00–16:00"})
    first = estate(office).calendar
    assert first == f"own-{office.cast.estate.id}@1"
    save(manager, **{"week.sat": ""})
    assert estate(office).calendar == first.replace("@1", "@2")
    with office.db.read() as session:
        kept = {one.version: one.text for one in session.scalars(select(CalendarEdition))}
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "settings.calendar").order_by(AuditEntry.id)
        ).all()
    assert "sat = [{ opens = 10:00:00, closes = 16:00:00 }]" in kept[first]
    assert [one.before["edition"] for one in entries] == ["cn", first]
    assert "09:00–12:00" in manager.read(PAGE)


def test_what_was_saved_is_said_in_words_and_from_which_day_it_holds(office: Office, browse: Browse) -> None:
    said = {"zh": "已保存为第1版，从今天（3月11日 周三）起生效。",
            "en": "Saved as edition 2, which holds from today, Wed 11 Mar."}  # fmt: skip
    listed = {"zh": "第1版", "en": "Edition 2"}
    for language, sentence in said.items():
        manager = browse("manager", language)
        save(manager, **{"week.sat": "10:00–16:00" if language == "zh" else ""})
        shown = manager.read(PAGE)
        assert sentence in shown
        assert listed[language] in shown.split("</main>")[0].split("office-links")[-1]
        assert "own-" not in shown.replace(f'name="was" value="{estate(office).calendar}"', "")


def test_new_promises_go_by_it_and_those_made_before_stay(office: Office, browse: Browse) -> None:
    before = office.open("suggestion")  # decided within working days (SLA-09)
    made = {name: row for name, row in office.clocks(before).items() if row.basis == "wd"}
    assert made
    old = {name: (row.due_at, row.calendar_version) for name, row in made.items()}
    save(
        browse("manager", "en"), **{"week.wed": "", "week.thu": "", "week.fri": "", "week.mon": "09:00–11:30"}
    )
    after = office.open("suggestion")
    fresh = {name: row for name, row in office.clocks(after).items() if row.basis == "wd"}
    assert {name: (row.due_at, row.calendar_version) for name, row in office.clocks(before).items()
            if name in old} == old  # fmt: skip
    for name, row in fresh.items():
        assert row.calendar_version.startswith("own-")
        assert row.due_at > old[name][0]
    with office.db.read() as session:
        ticket, row = office.ticket(after), next(iter(fresh.values()))
        assert service.explain(session, ticket, row, office.clock.now() + timedelta(days=9))
    office.clock.advance(days=30)
    sweep.tick(office.db, office.clock)
    assert browse("manager", "en").read(f"/tickets/{after}")


def test_a_draft_is_tried_out_before_it_is_saved(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    page = manager.read(PAGE)
    assert "Fri 13 Mar, 16:00" in page
    assert "Wed 18 Mar, 18:00" in page
    changed = fields_of(page) | {"week.mon": "", "step": "preview"}
    tried = manager.submit(PAGE, changed, 200).text
    assert "Thu 19 Mar, 18:00" in tried
    assert "not saved yet" in tried
    assert estate(office).calendar == "cn"


def test_faults_are_named_at_their_fields_and_nothing_typed_is_lost(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    page = save(manager, 422, **{"week.mon": "nine to five", "year.2026.days": "2026-10-03"})
    assert "Monday: Please write hours like" in page
    assert "2026-10-03 is a holiday as well." in page
    assert 'value="nine to five"' in page
    assert "nine to five" in save(browse("manager", "zh"), 422, **{"week.mon": "nine to five"})
    empty = {f"week.{day}": "" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    assert "could never keep a promise" in save(browse("manager", "en"), 422, **empty)
    assert estate(office).calendar == "cn"


def test_one_mistake_is_told_once_and_with_the_name_of_its_holiday(browse: Browse) -> None:
    wrong = {"h.2026.7.zh": "小区清洗日", "h.2026.7.en": "Cleaning day", "h.2026.7.first": "Christmas Eve"}
    page = save(browse("manager", "en"), 422, **wrong)
    assert page.count("<li>2026 Cleaning day: Please write a date like 2026-10-01.</li>") == 1
    assert "<li>2026 小区清洗日：" in save(browse("manager", "zh"), 422, **wrong)
    both = save(browse("manager", "en"), 422, **wrong, **{"h.2026.7.last": "Christmas Day"})
    assert both.count("<li>2026 Cleaning day: Please write a date like 2026-10-01.</li>") == 2


def test_who_was_faster_is_told(office: Office, browse: Browse) -> None:
    one, two = browse("manager", "en"), browse("manager", "en")
    stale = fields_of(two.read(PAGE)) | {"step": "save", "week.sun": "10:00–11:00"}
    save(one, **{"week.sat": "10:00–12:00"})
    page = two.submit(PAGE, stale, 409).text
    assert "Sun Lei changed these settings at" in page
    assert "10:00–11:00" in page
    two.submit(PAGE, fields_of(page) | {"step": "save"})


def test_it_goes_out_as_excel_and_comes_back_into_the_form(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    data = manager.get(f"{PAGE}/export").content
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet["F7"] = "10:00–15:00"  # Saturday
    out = io.BytesIO()
    book.save(out)
    token = {"csrf": manager.token()}
    read = manager.post(f"{PAGE}/upload", data=token, files={"file": ("c.xlsx", out.getvalue())})
    assert (read.status_code, fields_of(read.text)["week.sat"]) == (200, "10:00–15:00")
    assert estate(office).calendar == "cn"
    toml = manager.get(f"{PAGE}/export?form=toml").content
    again = manager.post(f"{PAGE}/upload", data=token, files={"file": ("c.toml", toml)})
    assert fields_of(again.text)["week.sat"] == ""
    for bad in (b"", b"PK", b"nonsense ="):
        answer = manager.post(f"{PAGE}/upload", data=token, files={"file": ("c", bad)})
        assert answer.status_code == 422


def test_from_20_november_managers_are_asked_once_for_next_year(office: Office, browse: Browse) -> None:
    manager = browse("manager", "en")
    assert "still to be entered" not in manager.read("/settings")
    office.clock.advance(days=(datetime(2026, 11, 20).date() - office.clock.now().date()).days)  # noqa: DTZ001
    assert next_year.tick(office.db, office.clock) == 1
    assert next_year.tick(office.db, office.clock) == 0
    manager = browse("manager", "en")
    assert "2027 is still to be entered" in manager.read("/settings")
    assert "Please enter the holidays of 2027" in manager.read("/alerts")
    assert 'href="/settings/calendar"' in manager.read("/alerts")
    with office.db.read() as session:
        assert {one.user_id for one in session.scalars(select(Alert))} == {office.cast.manager.id}
    save(manager, **{"year.2027.status": "published"})
    assert "still to be entered" not in manager.read("/settings")


def test_only_managers_and_admins_open_settings_and_only_of_their_estates(
    office: Office, browse: Browse
) -> None:
    for username in ("butler", "supervisor", "engineer"):
        for path in ("/settings", PAGE, "/settings/promises", f"{PAGE}/export"):
            browse(username).read(path, 403)
    manager = browse("manager", "en")
    manager.read(f"{PAGE}?estate=NEXT", 404)
    manager.submit(PAGE, {"estate": "NEXT", "step": "save", "years": "2026"}, 404)


def test_promises_are_told_in_both_languages(office: Office, browse: Browse) -> None:
    page = browse("manager", "en").read("/settings/promises")
    assert "They follow the service plans and are not changed here" in page
    assert "When 25 % of the time is left, at least 5 min and at most" in page
    assert "At 2 times the limit: Manager" in page
    assert "首次响应" in browse("manager").read("/settings/promises")


def test_working_hours_are_told_apart_from_the_opening_hours_that_residents_read(
    office: Office, browse: Browse
) -> None:
    with office.db.write() as session:
        found = session.get_one(Estate, office.cast.estate.id)
        hours = {"zh": "每天 8:30–20:30", "en": "8:30 to 20:30"}
        found.settings = {**found.settings, "desk_hours": hours}
    page = unescape(browse("manager", "en").read(PAGE))
    assert "These are not the opening hours of the service centre: as those, residents are told" in page
    assert "“8:30 to 20:30”" in page
    assert "“每天 8:30–20:30”" in unescape(browse("manager", "zh").read(PAGE))
