"""今日小结: the evening's sheet is told to every leader once a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from backend.models import Alert
from backend.notifier.texts import SENTENCES
from backend.reports import sweep
from tests.reports.conftest import Browser
from tests.tickets.office import Office, works_next_door


def told(office: Office) -> dict[int, Alert]:
    with office.db.read() as session:
        rows = session.scalars(select(Alert).where(Alert.kind == "evening").order_by(Alert.id))
        return {row.user_id: row for row in rows}


def evening(office: Office) -> None:
    """It is 10:00 when a test begins; now it is past six."""
    office.clock.advance(hours=8, minutes=1)


def test_leaders_are_told_at_six_how_the_day_stands(office: Office) -> None:
    kept, _ = office.open("repair"), office.open("repair")
    office.do(kept, "accept")
    sweep.tick(office.db, office.clock)
    assert told(office) == {}
    evening(office)
    sweep.tick(office.db, office.clock)
    found = told(office)
    assert {office.cast.supervisor.id, office.cast.manager.id} == set(found)
    alert = found[office.cast.manager.id]
    assert alert.values["zh"].startswith("按时1项，未按时1项")
    assert alert.values["en"].startswith("1 kept, 1 broken")
    assert alert.told_at is None
    assert "{clock}" in SENTENCES["evening"]


def test_nobody_is_told_twice_however_often_it_runs(office: Office) -> None:
    evening(office)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: sweep.tick(office.db, office.clock), range(6)))
    assert len(told(office)) == 2
    assert sweep.tick(office.db, office.clock) == 0


def test_the_next_day_is_told_anew_and_an_evening_slept_through_is_not(office: Office) -> None:
    office.clock.advance(hours=13, minutes=30)
    assert sweep.tick(office.db, office.clock) == 0
    office.clock.advance(hours=18, minutes=31)
    assert sweep.tick(office.db, office.clock) == 2
    office.clock.advance(days=1)
    assert sweep.tick(office.db, office.clock) == 2
    with office.db.read() as session:
        days = session.scalars(select(Alert.at).where(Alert.kind == "evening").order_by(Alert.id)).all()
    assert max(days) - min(days) == timedelta(days=1)


def test_the_bell_leads_to_the_sheet(office: Office) -> None:
    evening(office)
    sweep.tick(office.db, office.clock)
    page = Browser(office, "manager", "zh").read("/alerts")
    assert "今日小结已生成" in page
    assert 'href="/promises/evening"' in page


def test_who_leads_two_estates_hears_of_each_by_itself(office: Office) -> None:
    works_next_door(office, office.cast.manager)
    for who in ("chen", "chen", "neighbour"):
        kind = {"estate_id": office.cast.next_door.id} if who == "neighbour" else {}
        office.open("repair", who, **kind)
    evening(office)
    sweep.tick(office.db, office.clock)
    with office.db.read() as session:
        rows = session.scalars(
            select(Alert).where(Alert.user_id == office.cast.manager.id).order_by(Alert.id)
        )
        heard = {row.estate_id: row.values["en"] for row in rows if row.kind == "evening"}
    assert heard[office.cast.estate.id].startswith("0 kept, 2 broken")
    assert heard[office.cast.next_door.id].startswith("0 kept, 1 broken")
