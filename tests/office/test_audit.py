"""The audit log as its readers see it: filters, pages, export, and who may look."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from backend.audit.actions import ACTIONS, FIELDS
from backend.audit.service import Actor, record
from backend.models import Resident, User
from backend.office.audit import KINDS
from backend.office.audit_words import SUBJECTS, VALUES
from backend.search.asked import COLUMNS, FILTERS
from backend.web import workbook
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office, works_next_door

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


def test_an_entry_of_another_year_is_told_with_its_year(logged: Office, browse: Browse) -> None:
    logged.clock.advance(days=400)
    assert "11 Mar 2026, 09:00" in browse("manager", "en").read("/audit")
    assert "2026年3月11日 09:00" in browse("manager", "zh").read("/audit")


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


def changed(page: str) -> list[str]:
    """What changed, as it is read: field, before where there was anything, after."""
    rows = re.findall(r'<span class="change"><b>(.*?)</b> (?:<del>(.*?)</del>.*?)?<ins>(.*?)</ins>', page)
    return [" | ".join(filter(None, one)) for one in rows]


def note(office: Office, action: str, **more: object) -> None:
    """One entry of the manager's in our estate, as a verb writes it."""
    with office.db.write() as session:
        record(session, Actor(office.cast.manager.id), office.clock.now(), action,
               estate_id=office.cast.estate.id, **more)  # type: ignore[arg-type]  # fmt: skip


def test_a_deputy_is_told_by_name_and_who_left_or_is_of_elsewhere_as_such(
    office: Office, browse: Browse
) -> None:
    cast = office.cast
    with office.db.write() as session:
        session.get_one(User, cast.engineer.id).is_active = False
    for before, after in ((None, cast.deputy.id), (cast.engineer.id, cast.stranger.id), (None, 999_999)):
        note(office, "user.change", subject="user", subject_id="butler", before={"deputy": before},
             after={"deputy": after})  # fmt: skip
    manager = browse("manager", "en")
    page = manager.read("/audit")
    assert "Account Zhao Min (butler)" in page
    assert changed(page) == [
        "Deputy when absent | an account that is no longer there",
        "Deputy when absent | Wang Qiang (account closed) | a colleague of another estate",
        "Deputy when absent | Li Wei",
    ]
    rows = list(
        load_workbook(io.BytesIO(manager.get("/audit/export").content)).active.iter_rows(values_only=True)
    )
    assert "Deputy when absent: Li Wei" in str(rows)
    chinese = changed(browse("manager", "zh").read("/audit"))
    assert chinese[-2:] == [
        "不在时的代班人 | 王强（账号已停用） | 其他小区的同事",
        "不在时的代班人 | 李伟",
    ]


def test_homes_residents_services_and_estates_are_told_by_their_names(office: Office, browse: Browse) -> None:
    cast = office.cast
    note(office, "resident.merge", subject="resident", subject_id=cast.chen.id,
         after={"from": cast.emma.id, "homes": 1})  # fmt: skip
    note(office, "invitation.add", subject="home", subject_id=cast.home.id,
         after={"kind": "spoken", "home": cast.home.code, "resident": cast.neighbour.id})  # fmt: skip
    note(office, "phrase.approve", subject="phrase", subject_id=7,
         after={"item_id": "common.voice.complaint, gone.for-good", "state": "approved"})  # fmt: skip
    note(
        office,
        "user.change",
        subject="user",
        subject_id="x",
        before={"estates": [cast.estate.id]},
        after={"estates": [cast.estate.id, cast.next_door.id]},
    )
    note(office, "home.butler", subject="home", subject_id=cast.home.id,
         before={"butler": ", butler"}, after={"butler": "deputy", "scope": "building"})  # fmt: skip
    page = browse("manager", "en").read("/audit")
    for said in (
        f"Resident {cast.chen.name}", f"Entry that gave way | {cast.emma.name}",
        "Home Bldg 3, Unit 2, Flat 1501", "Home | Bldg 3, Unit 2, Flat 1501",
        "Resident | a resident of another estate", "State | approved",
        "Service | Complaint, a service that is no longer offered",
        "Estates | Jade Garden | Jade Garden, another estate", "For | The whole building",
        "Butler | –, Zhao Min | Li Wei",
    ):  # fmt: skip
        assert said in page or said in changed(page), (said, changed(page))


def test_texts_buildings_and_editions_are_told_in_words_and_bare_ids_are_left_out(
    office: Office, browse: Browse
) -> None:
    note(office, "text.reset", subject="text", subject_id="goodbye")
    note(office, "home.building", subject="building", subject_id="JADE 3")
    note(office, "settings.calendar", subject="calendar", subject_id=office.cast.estate.id,
         before={"edition": "cn-standard@2"}, after={"edition": "own-1@3"})  # fmt: skip
    note(office, "invitation.withdraw", subject="home", subject_id=office.cast.home.id,
         after={"invitation": 41, "home": office.cast.home.code})  # fmt: skip
    note(office, "homes.import", subject="import", subject_id="f00dfeed", after={"faulty": 2})
    page = browse("manager", "zh").read("/audit")
    assert "日历 翠园" in page
    assert "楼栋 3号楼" in page
    assert "goodbye" not in page
    assert "文本 “" in page
    assert {"版本 | 通用日历 | 本小区日历第3版", "有错的行 | 2"} <= set(changed(page))
    assert "f00dfeed" not in page
    assert not [one for one in changed(page) if "41" in one]


def test_somebody_whose_data_were_erased_has_no_name_in_the_log_either(
    office: Office, browse: Browse
) -> None:
    with office.db.write() as session:
        session.get_one(Resident, office.cast.emma.id).name = ""
    note(office, "resident.phone", subject="resident", subject_id=office.cast.emma.id)
    assert "Resident somebody whose data were erased" in browse("manager", "en").read("/audit")


def test_a_leader_of_several_estates_reads_of_which_one_an_entry_is(office: Office, browse: Browse) -> None:
    works_next_door(office, office.cast.manager)
    note(office, "settings.data", subject="estate", subject_id=office.cast.estate.id)
    assert "Estate · Jade Garden" in browse("manager", "en").read("/audit")
    assert "Estate Jade Garden" in browse("supervisor", "en").read("/audit")


def test_every_filter_and_column_of_the_list_of_tickets_has_a_word_in_the_log() -> None:
    assert set(FILTERS) <= VALUES["filters"].keys()
    assert set(COLUMNS) <= VALUES["columns"].keys()


def test_every_field_that_the_log_keeps_has_a_word() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(BACKEND.rglob("*.py")))
    kept = re.findall(r"(?:before|after)=\{([^}]*)\}", code)
    names = {name for call in kept for name in re.findall(r'"(\w+)":', call)}
    assert "deputy" in FIELDS
    assert names - FIELDS.keys() <= {"invitation"}
