"""The audit log as its readers see it: filters, pages, export, and who may look."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from backend.audit.actions import ACTIONS
from backend.audit.service import Actor, record
from backend.office.audit import KINDS, SUBJECTS
from backend.web import workbook
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
BACKEND = Path(__file__).parents[2] / "backend"
CALLS = re.compile(r"record\(\s*session,\s*[\w.]+,\s*[\w.]+,\s*\"([\w.]+)\"")
SUBJECT = re.compile(r"\bsubject=\"(\w+)\"")


@pytest.fixture
def logged(office: Office) -> Office:
    """Sixty changes of two people, an hour apart, the last one an hour ago; one next door."""
    cast = office.cast
    with office.db.write() as session:
        for place in range(60):
            who = cast.manager if place % 2 else cast.supervisor
            record(
                session, Actor(who.id, "10.0.0.7"), office.clock.now() - timedelta(hours=60 - place),
                "settings.duties" if place % 3 else "address.add",
                estate_id=cast.estate.id, subject="estate", subject_id=place,
                before={"label": f"old {place}"}, after={"label": f"new {place}"},
            )  # fmt: skip
        record(session, Actor(cast.stranger.id), office.clock.now(), "settings.duties",
               estate_id=cast.next_door.id, after={"label": "next door"})  # fmt: skip
    return office


def ids(html: str) -> list[str]:
    return re.findall(r'<tr id="(a\d+)"', html)


def test_the_log_reads_newest_first_in_pages_of_fifty_and_back_again(logged: Office, browse: Browse) -> None:
    manager = browse()
    first = manager.read("/audit")
    assert "new 59" in first
    assert "new 9<" not in first
    older = re.search(r'href="(/audit\?before=\d+)"', first)
    assert older
    second = manager.read(older[1])
    assert (len(ids(first)), len(ids(second))) == (50, 10)
    newer = re.search(r'href="(/audit\?after=\d+)"', second)
    assert newer
    assert ids(manager.read(newer[1])) == ids(first)


def test_it_is_filtered_by_person_kind_and_day(logged: Office, browse: Browse) -> None:
    manager, cast = browse("manager", "en"), logged.cast
    assert "<title>Audit log · " in manager.read("/audit")
    assert len(ids(manager.read(f"/audit?who={cast.supervisor.id}"))) == 30
    assert len(ids(manager.read("/audit?kind=address"))) == 20
    day = logged.clock.now().date().isoformat()
    assert 0 < len(ids(manager.read(f"/audit?from={day}"))) < 24
    assert "Nothing fits this filter." in manager.read("/audit?kind=text")
    assert len(ids(manager.read("/audit?who=x&from=2026-99-99&before=-1"))) == 50


def test_the_workbook_holds_exactly_the_filter_and_taking_it_is_logged(
    logged: Office, browse: Browse
) -> None:
    manager = browse("manager", "en")
    answer = manager.get("/audit/export?kind=address")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][:3] == ("When", "Who", "What was done")
    assert len(rows) == 21
    assert "Audit log exported" in manager.read("/audit")


def test_a_workbook_that_cannot_hold_everything_says_so_in_its_last_row_and_on_the_page(
    logged: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 20)
    manager = browse("manager", "en")
    for kind, has_more in (("address", False), ("", True)):
        page = manager.read(f"/audit?kind={kind}")
        assert ("An Excel file holds only the first 20 of them." in page) == has_more
        answer = manager.get(f"/audit/export?kind={kind}")
        rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
        assert len(rows) == 21 + has_more
        assert str(rows[-1][0]).startswith("This list has ") == has_more
        assert str(rows[-1][0]).endswith("choose days in the filter, and save them part by part.") == has_more


def test_another_estate_does_not_exist_and_only_leaders_read(logged: Office, browse: Browse) -> None:
    for username in ("manager", "supervisor"):
        assert "next door" not in browse(username).read("/audit")
    for username in ("butler", "engineer", "guard"):
        browse(username).read("/audit", 403)


def test_a_supervisor_reads_their_estates_and_of_accounts_only_what_they_did_themselves(
    logged: Office, browse: Browse
) -> None:
    cast, now = logged.cast, logged.clock.now()
    with logged.db.write() as session:
        for who in (cast.manager, cast.supervisor):
            record(
                session, Actor(who.id, ""), now, "user.away", subject="user", subject_id=f"by-{who.username}"
            )
    supervisor, manager = browse("supervisor", "en"), browse("manager", "en")
    assert "by-supervisor" in supervisor.read("/audit?kind=user")
    assert "by-manager" not in supervisor.read("/audit?kind=user")
    assert "by-manager" in manager.read("/audit?kind=user")
    assert "by-manager" not in supervisor.read(f"/audit?who={cast.manager.id}&kind=user")
    assert len(ids(supervisor.read("/audit"))) == 50
    assert 'href="/audit"' in supervisor.read("/alerts")


def test_an_instant_is_told_in_the_readers_zone_as_people_write_it(logged: Office, browse: Browse) -> None:
    away = {"from": "2026-03-12T00:00:00+00:00", "until": "no date", "reason": ""}
    with logged.db.write() as session:
        actor, now = Actor(logged.cast.manager.id), logged.clock.now()
        record(session, actor, now, "user.away", subject="user", subject_id="butler", after=away)
    page = browse("manager", "en").read("/audit?kind=user")
    assert "Thu 12 Mar, 08:00" in page
    assert "2026-03-12T00" not in page
    assert "no date" in page


def test_the_log_leaves_the_house_only_with_managers_and_admins(logged: Office, browse: Browse) -> None:
    supervisor = browse("supervisor", "en")
    assert "/audit/export" not in supervisor.read("/audit")
    supervisor.read("/audit/export", 403)
    assert "/audit/export" in browse("manager", "en").read("/audit")


def test_every_action_that_is_written_has_words_and_a_kind() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(BACKEND.rglob("*.py")))
    written = set(CALLS.findall(code))
    assert "audit.export" in written
    assert written - ACTIONS.keys() == set()
    first = {name.split(".")[0] for name in ACTIONS}
    found = [prefix for _, prefixes in KINDS.values() for prefix in prefixes]
    assert first <= set(found)
    assert len(found) == len(set(found))
    assert all(first & set(prefixes) for _, prefixes in KINDS.values())
    assert set(SUBJECT.findall(code)) <= SUBJECTS.keys()


def test_exports_are_found_by_their_kind_and_read_in_words(logged: Office, browse: Browse) -> None:
    cast, now = logged.cast, logged.clock.now()
    with logged.db.write() as session:
        record(session, Actor(cast.manager.id), now, "tickets.export", subject="tickets",
               after={"rows": 3})  # fmt: skip
        record(session, Actor(cast.manager.id), now, "homes.import", estate_id=cast.estate.id,
               subject="import", after={"rows": 7})  # fmt: skip
        record(session, Actor(cast.manager.id), now, "user.change", subject="user", subject_id="zhao",
               before={"role": "butler"}, after={"role": "supervisor"})  # fmt: skip
    assert len(ids(browse().read("/audit?kind=sheet"))) == 2
    page = browse("manager", "en").read("/audit?kind=user")
    assert "Account zhao" in page
    assert "<del>Butler</del>" in page
    assert "tickets.export" not in browse().read("/audit")
