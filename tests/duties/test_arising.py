"""What arises from a duty: photos of what was seen, faults that become tickets, visits by plan (SLA-57)."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from backend.clock import HandClock
from backend.db import Database
from backend.duties import arising, queries, sweep
from backend.duties.rules import standard_duties
from backend.messages import orphans
from backend.models import Duty, Record, StoredFile, Ticket
from backend.settings import Settings
from backend.tickets.lifecycle import MACHINES
from tests.duties.estate import add_site
from tests.tickets.office import Office, engine, open_office, steps

HOME_VISIT = "SLA-57"


@pytest.fixture
def office(db: Database, clock: HandClock, settings: Settings) -> Iterator[Office]:
    made = open_office(db, clock, settings)
    yield made
    made.client.close()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return out.getvalue()


def tick(office: Office) -> None:
    sweep.tick(office.db, office.clock)


def task(office: Office, duty: str) -> Duty:
    """The first open task of a duty in the cast's estate; the sweep makes them."""
    tick(office)
    with office.db.read() as session:
        query = select(Duty).where(Duty.estate_id == office.cast.estate.id, Duty.duty == duty)
        found = session.scalars(
            query.where(Duty.duty != queries.MARK).order_by(Duty.opens_at, Duty.id)
        ).first()
    assert found is not None, duty
    return found


def at_home(office: Office) -> Duty:
    """The visit to Mr Chen's home, in the month that the plan has for it."""
    tick(office)
    with office.db.read() as session:
        query = select(Duty).where(Duty.duty == HOME_VISIT, Duty.subject == f"home:{office.cast.home.id}")
        found = session.scalars(query).first()
    if found is None or found.opens_at > office.clock.now():
        at = found.opens_at if found else office.clock.now() + timedelta(days=28)
        office.clock.advance(seconds=(at - office.clock.now()).total_seconds() + 60)
        return at_home(office)
    return found


def photo(office: Office, one: Duty, by: str = "butler", data: bytes | None = None) -> Any:
    return office.client.post(
        f"/api/duties/{one.id}/photos", headers=office.as_(by),
        files={"file": ("hall.jpg", picture() if data is None else data, "image/jpeg")},
    )  # fmt: skip


def do(office: Office, one: Duty, by: str = "butler", **body: Any) -> Any:
    return office.client.post(f"/api/duties/{one.id}/do", json=body, headers=office.as_(by))


def files_of(office: Office, one: Duty) -> list[StoredFile]:
    with office.db.read() as session:
        return list(
            session.scalars(select(StoredFile).where(StoredFile.duty_id == one.id).order_by(StoredFile.id))
        )


def record_of(office: Office, one: Duty) -> Record:
    with office.db.read() as session:
        return session.scalars(select(Record).where(Record.duty_id == one.id)).one()


def ticket(office: Office, number: int) -> Ticket:
    with office.db.read() as session:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def test_a_patrol_is_kept_with_its_photos_and_they_are_never_swept_away(
    office: Office, settings: Settings
) -> None:
    check = task(office, "SLA-47")
    taken = photo(office, check)
    assert taken.status_code == 201, taken.text
    done = do(office, check, record={"area": "3栋大堂"}, photos=[taken.json()["id"]])
    assert done.json()["state"] == "done"
    assert record_of(office, check).values["photos"] == [taken.json()["id"]]
    later = office.clock.now() + timedelta(days=3)
    orphans.sweep(office.db, settings.media_dir, later, later)
    assert [one.id for one in files_of(office, check)] == [taken.json()["id"]]


def test_an_engineer_who_may_write_to_no_resident_may_photograph_a_site(office: Office) -> None:
    add_site(office.db, office.cast, office.clock)
    site = task(office, "SLA-45-engineering")
    taken = photo(office, site, "engineer")
    assert taken.status_code == 201
    assert (
        do(office, site, "engineer", record={"finding": "无"}, photos=[taken.json()["id"]]).status_code == 200
    )


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"not a picture", 422, "cannot be opened"),
        (b"OggS" + bytes(40), 422, "cannot be opened"),
        (b"\0\0\0\x18ftypheic" + bytes(40), 422, "HEIC"),
        (bytes(10 * 1024 * 1024 + 1), 413, "10 MB"),
    ],
    ids=["text", "sound", "heic", "large"],
)
def test_what_is_no_photo_or_too_large_is_refused_in_words(
    office: Office, data: bytes, status: int, words: str
) -> None:
    answer = photo(office, task(office, "SLA-47"), data=data)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_photos_go_into_their_own_task_only_and_four_at_most(office: Office) -> None:
    check, round_ = task(office, "SLA-47"), task(office, "SLA-46")
    assert photo(office, check, "guard").status_code == 403
    assert photo(office, check, "stranger").status_code == 404
    of_another = photo(office, round_, "supervisor").json()["id"]
    assert do(office, round_, "supervisor", record={"area": "大堂"}, photos=[of_another]).status_code == 200
    refused = do(office, check, record={"area": "大堂"}, photos=[of_another])
    assert (refused.status_code, "no longer there" in refused.json()["detail"]) == (422, True)
    ids = [photo(office, check).json()["id"] for _ in range(5)]
    too_many = do(office, check, record={"area": "大堂"}, photos=ids)
    assert (too_many.status_code, "At most 4" in too_many.json()["detail"]) == (422, True)
    assert do(office, check, record={"area": "大堂"}, photos=ids[:4]).status_code == 200


def test_a_fault_in_a_public_place_opens_a_report_that_knows_its_duty(office: Office) -> None:
    check = task(office, "SLA-47")
    taken = photo(office, check).json()["id"]
    done = do(office, check, record={"area": "B1"}, photos=[taken], fault="地下一层第三盏灯不亮").json()
    number = done["opened"][0]
    opened = ticket(office, number)
    assert (opened.workflow, opened.words, opened.facts["duty"]) == (
        "standing_report", "地下一层第三盏灯不亮", check.id,
    )  # fmt: skip
    assert "SLA-01" in office.running(number)
    assert [row["kind"] for row in office.see(number)["timeline"]] == ["opened", "from_duty"]
    assert files_of(office, check)[0].ticket_id == opened.id


def test_a_fault_on_a_site_opens_a_repair_at_that_home(office: Office) -> None:
    add_site(office.db, office.cast, office.clock)
    site = task(office, "SLA-45-engineering")
    done = do(office, site, "engineer", record={"finding": "水管被挖断"}, fault="入户水管破裂，要修").json()
    opened = ticket(office, done["opened"][0])
    assert (opened.workflow, opened.home_id, opened.butler_id) == (
        "repair", office.cast.home.id, office.cast.butler.id,
    )  # fmt: skip


def test_a_form_that_is_refused_opens_no_ticket(office: Office) -> None:
    check = task(office, "SLA-47")
    assert do(office, check, record={}, fault="灯不亮").status_code == 422
    with office.db.read() as session:
        assert session.scalars(select(Ticket)).all() == []


def test_a_household_is_visited_by_plan_through_a_visit_of_its_own(office: Office) -> None:
    planned = at_home(office)
    made = office.client.post(f"/api/duties/{planned.id}/arrange", headers=office.as_("butler"))
    assert made.status_code == 201, made.text
    number = made.json()["ticket"]
    visit = office.see(number)
    assert (visit["workflow"], visit["home"], visit["resident"]["name"]) == ("visit", "3-2-1501", "陈建国")
    assert office.clocks(number)["SLA-01"].met_at == office.clock.now()
    twice = office.client.post(f"/api/duties/{planned.id}/arrange", headers=office.as_("butler"))
    assert twice.status_code == 409
    now = office.clock.now()
    window = {"start": (now + timedelta(hours=2)).isoformat(), "end": (now + timedelta(hours=3)).isoformat()}
    office.do(number, "schedule", **window)
    tick(office)
    assert task_now(office, planned).done_at is None
    at = office.clock.advance(hours=2)
    office.do(number, "check_in")
    tick(office)
    done = task_now(office, planned)
    assert (done.done_at, done.done_by_id, done.missed_at) == (at, office.cast.butler.id, None)
    assert steps(office.see(number))[-1][1] == "visited"


def task_now(office: Office, one: Duty) -> Duty:
    with office.db.read() as session:
        return session.get_one(Duty, one.id)


def test_a_visit_that_was_not_made_in_its_month_is_missed_all_the_same(office: Office) -> None:
    planned = at_home(office)
    office.client.post(f"/api/duties/{planned.id}/arrange", headers=office.as_("butler"))
    office.clock.advance(seconds=(planned.due_at - office.clock.now()).total_seconds() + 1)
    tick(office)
    assert task_now(office, planned).missed_at == planned.due_at


def test_a_visit_made_in_time_is_not_missed_though_nobody_looked_before_it_was_due(office: Office) -> None:
    planned = at_home(office)
    made = office.client.post(f"/api/duties/{planned.id}/arrange", headers=office.as_("butler")).json()
    at = office.clock.now()
    office.do(made["ticket"], "schedule", start=(at + timedelta(hours=1)).isoformat(),
              end=(at + timedelta(hours=2)).isoformat())  # fmt: skip
    office.do(made["ticket"], "check_in")
    office.clock.advance(seconds=(planned.due_at - at).total_seconds() + 1)
    tick(office)
    done = task_now(office, planned)
    assert (done.done_at, done.missed_at) == (at, None)


def test_only_a_duty_that_is_a_visit_is_arranged(office: Office) -> None:
    check = task(office, "SLA-47")
    refused = office.client.post(f"/api/duties/{check.id}/arrange", headers=office.as_("butler"))
    assert refused.status_code == 409
    assert "on the spot" in refused.json()["detail"]


def test_what_duties_open_stands_on_the_menu_and_ends_at_steps_of_its_workflow() -> None:
    menu = engine().menu
    for duty in standard_duties():
        for item in filter(None, (duty.opens, duty.fault)):
            assert menu.find_item(item) is not None, duty.id
        if duty.opens:
            assert set(duty.until) <= set(MACHINES[menu.item(duty.opens).workflow].steps), duty.id
    assert arising.arranged_until().keys() == {HOME_VISIT}
