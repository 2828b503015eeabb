"""Planning and moving a visit: by form alone, warned of conflicts, the resident told once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.models import Shift, Ticket, TicketEvent, User, UserEstate
from tests.staff_browser import StaffBrowser
from tests.tickets.office import Office

Browse = Callable[..., StaffBrowser]
THURSDAY = "2026-03-12"


def version_of(html: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', html)
    assert found
    return found[1]


def fields(day: str = THURSDAY, start: str = "10:00", end: str = "11:00", **more: Any) -> dict[str, Any]:
    return {"day": day, "start": start, "end": end, **more}


def ticket(office: Office, number: int) -> Ticket:
    with office.db.read() as session:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def told_times(office: Office, number: int) -> int:
    """How often Mr Chen was told a time for his ticket."""
    return sum("10:00" in text or "14:00" in text for text in office.told("chen", number))


@pytest.fixture
def repair(office: Office) -> int:
    """A repair of Mr Chen that waits for a time."""
    return office.open("repair")


def add_engineer(office: Office) -> User:
    """A second engineer of the estate, who stands last in the list of its staff."""
    with office.db.write() as session:
        user = User(username="mate", password_hash="", role="engineer", name_zh="孙立", name_en="Sun Li",
                    created_at=office.clock.now())  # fmt: skip
        session.add(user)
        session.flush()
        session.add(UserEstate(user_id=user.id, estate_id=office.cast.estate.id))
    return user


def goers(html: str) -> list[str]:
    """Whom the form offers to go, in order."""
    return re.findall(
        r"<option[^>]*>([^<]*)", html.split('name="person"')[1].split("</select>", maxsplit=1)[0]
    )


@pytest.mark.parametrize(("language", "mark"), [("zh", "当班"), ("en", "on duty")])
def test_who_goes_is_offered_on_duty_first_and_marked_as_where_a_ticket_is_assigned(
    office: Office, repair: int, browse: Browse, language: str, mark: str
) -> None:
    cast, now = office.cast, office.clock.now()
    mate = add_engineer(office)
    butler = browse("butler", language)
    # where nobody keeps a rota, everybody's own mark counts: both are there
    assert [one.endswith(f" · {mark}") for one in goers(butler.read(f"/visits/{repair}"))] == [
        False,
        True,
        True,
    ]
    with office.db.write() as session:
        session.add(Shift(estate_id=cast.estate.id, user_id=mate.id, starts_at=now - timedelta(hours=1),
                          ends_at=now + timedelta(hours=7)))  # fmt: skip
    shown = goers(butler.read(f"/visits/{repair}"))
    assert [one.endswith(f" · {mark}") for one in shown] == [False, True, False]
    assert shown[1].startswith(mate.name(language))
    assert shown[2].startswith(cast.engineer.name(language))


def test_a_ticket_without_a_time_is_planned_and_given_to_somebody_in_one_go(
    office: Office, repair: int, browse: Browse
) -> None:
    butler, engineer = browse(), office.cast.engineer
    form = butler.read(f"/visits/{repair}?day={THURSDAY}&start=10:00&person={engineer.id}&back=/visits")
    assert "No time is agreed yet." in form
    assert 'value="10:00"' in form
    assert 'value="11:00"' in form
    assert f'<option value="{engineer.id}" selected>' in form
    answer = butler.submit(
        f"/visits/{repair}", fields(person=engineer.id, version=version_of(form), back="/visits?view=week")
    )
    assert answer.headers["location"] == f"/visits?view=week&day={THURSDAY}#v{repair}"
    after = ticket(office, repair)
    assert (after.worker_id, after.step) == (engineer.id, "assigned")
    assert after.appointment_start is not None
    assert after.appointment_start.isoformat() == "2026-03-12T02:00:00+00:00"
    assert told_times(office, repair) == 1


def test_where_nobody_asked_for_a_time_the_form_begins_with_one_that_is_free(
    office: Office, repair: int, browse: Browse
) -> None:
    butler, engineer = browse(), office.cast.engineer
    first = butler.read(f"/visits/{repair}?day={THURSDAY}&person={engineer.id}")
    assert 'name="start" type="time" value="09:00"' in first
    assert "This speaks against it:" not in first
    other = office.open("repair")
    busy = fields(start="09:00", end="11:00", person=engineer.id)
    butler.submit(f"/visits/{other}", {**busy, "version": version_of(butler.read(f"/visits/{other}"))})
    then = butler.read(f"/visits/{repair}?day={THURSDAY}&person={engineer.id}")
    assert 'name="start" type="time" value="11:00"' in then
    assert 'name="end" type="time" value="12:00"' in then
    asked = butler.read(f"/visits/{repair}?day={THURSDAY}&start=09:00&person={engineer.id}")
    assert "This speaks against it:" in asked


def test_a_new_time_is_told_once_and_another_person_alone_is_not(
    office: Office, repair: int, browse: Browse
) -> None:
    butler, engineer = browse(), office.cast.engineer
    butler.submit(f"/visits/{repair}", fields(person=engineer.id))
    butler.submit(f"/visits/{repair}", fields(start="14:00", end="15:00", person=engineer.id))
    assert [told_times(office, repair), "14:00" in office.told("chen", repair)[-1]] == [1, True]
    moved = office.told("chen", repair)[-1]
    assert all(one in moved for one in ("的时间改了：原定", "10:00", "现改为", "14:00")), moved
    steps = [event["to_step"] for event in office.see(repair)["timeline"] if event["to_step"]]
    assert steps[-2:] == ["rescheduled", "assigned"]
    form = butler.read(f"/visits/{repair}")
    assert "so nothing is sent to the resident" in form
    before = len(office.told("chen", repair))
    butler.submit(f"/visits/{repair}", fields(start="14:00", end="15:00", person=engineer.id))
    assert len(office.told("chen", repair)) == before
    assert ticket(office, repair).worker_id == engineer.id


def test_a_conflict_is_said_before_and_planned_all_the_same_with_a_reason(
    office: Office, repair: int, browse: Browse
) -> None:
    butler, engineer = browse(), office.cast.engineer
    other = office.open("repair", who="emma")
    butler.submit(f"/visits/{other}", fields(person=engineer.id))
    sentence = f"At the same time as #{other}"
    asked = f"/visits/{repair}?day={THURSDAY}&start=10:30&end=11:30&person={engineer.id}"
    assert sentence in butler.read(asked)
    wish = fields(start="10:30", end="11:30", person=engineer.id)
    refused = butler.submit(f"/visits/{repair}", wish, 422)
    assert sentence in refused.text
    assert "Please say why it is planned all the same." in refused.text
    assert 'value="10:30"' in refused.text
    assert ticket(office, repair).appointment_start is None
    butler.submit(f"/visits/{repair}", wish | {"reason": "Same flat, one go"})
    assert ticket(office, repair).appointment_start is not None
    with office.db.read() as session:
        notes = [
            one.note
            for one in session.scalars(
                select(TicketEvent).where(TicketEvent.kind == "note").order_by(TicketEvent.id)
            )
        ]
    assert notes == [f"Planned all the same: {sentence}. Reason: Same flat, one go"]
    assert all("Same flat" not in text for text in office.told("chen", repair))


def test_what_was_planned_all_the_same_is_no_conflict_any_more_and_shows_its_reason(
    office: Office, repair: int, browse: Browse
) -> None:
    butler, engineer = browse(), office.cast.engineer
    late = fields(start="21:00", end="22:00", person=engineer.id, reason="Home only at night")
    butler.submit(f"/visits/{repair}", late)
    day = butler.read(f"/visits?day={THURSDAY}")
    assert "with a conflict" not in day
    assert "has-conflict" not in day
    assert "Outside service hours, planned all the same: Home only at night" in day
    other = office.open("repair", who="emma")
    butler.submit(f"/visits/{other}", late | {"start": "21:30", "reason": "Two flats, one evening"})
    day = butler.read(f"/visits?day={THURSDAY}")
    assert "with a conflict" not in day, "one reason is enough for the two that collide"
    assert f"At the same time as #{other}, planned all the same: Two flats, one evening" in day
    office.do(repair, "schedule", start=f"{THURSDAY}T12:30:00Z", end=f"{THURSDAY}T14:00:00Z")
    assert "1 visit with a conflict" in butler.read(f"/visits?day={THURSDAY}"), (
        "another time, another question"
    )


def test_a_holiday_and_closed_hours_are_said_too(repair: int, browse: Browse) -> None:
    butler = browse("butler", "zh")
    assert "服务时间外" in butler.read(f"/visits/{repair}?day={THURSDAY}&start=19:00&end=20:00")
    assert "节假日：国庆" in butler.read(f"/visits/{repair}?day=2026-10-01&start=10:00&end=11:00")


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(repair: int, browse: Browse) -> None:
    butler = browse()
    for wrong, sentence in (
        (fields(day="tomorrow"), "Please give the day"),
        (fields(start="half past"), "Please give the time"),
        (fields(end="09:00"), "The end of the visit must be after its start."),
        (fields(person="999999"), "There is no active colleague"),
        (fields(day="2026-03-01"), "This visit would be over already."),
    ):
        reason = {"reason": "because"}
        page = butler.submit(f"/visits/{repair}", wrong | reason, 422)
        assert sentence in page.text
        assert f'value="{wrong["end"]}"' in page.text


def test_two_people_at_once_the_second_is_told_who_and_when_and_keeps_what_they_typed(
    office: Office, repair: int, browse: Browse
) -> None:
    first, second = browse(), browse("deputy")
    old = version_of(second.read(f"/visits/{repair}"))
    first.submit(f"/visits/{repair}", fields())
    page = second.submit(f"/visits/{repair}", fields(start="15:15", end="16:00", version=old), 409)
    assert "Zhao Min changed this ticket at" in page.text
    assert 'value="15:15"' in page.text
    second.submit(f"/visits/{repair}", fields(start="15:15", end="16:00", version=version_of(page.text)))


def test_a_ticket_that_is_done_can_no_longer_be_moved_which_is_said_in_words(
    office: Office, repair: int, browse: Browse
) -> None:
    butler = browse()
    butler.submit(f"/visits/{repair}", fields(person=office.cast.engineer.id))
    office.do(repair, "cancel")
    assert "can no longer be moved" in butler.read(f"/visits/{repair}")
    page = butler.submit(f"/visits/{repair}", fields(start="15:00", end="16:00"), 409)
    assert "This visit can no longer be moved. The ticket stands at: Cancelled" in page.text


def test_a_refused_part_leaves_the_other_undone(office: Office, repair: int, browse: Browse) -> None:
    """The time and the person are one change: where the second is refused the first did not happen."""
    with office.db.write() as session:
        row = session.scalars(select(Ticket).where(Ticket.number == repair)).one()
        row.hidden_from_id = office.cast.engineer.id
    page = browse().submit(f"/visits/{repair}", fields(person=office.cast.engineer.id), 422)
    assert "There is no active colleague" in page.text
    assert ticket(office, repair).appointment_start is None


def test_a_free_time_offers_what_waits_and_a_new_ticket(office: Office, repair: int, browse: Browse) -> None:
    engineer = office.cast.engineer
    page = browse().read(f"/visits/new?day={THURSDAY}&start=14:30&who={engineer.id}")
    assert "14:30" in page
    assert f"/visits/{repair}?day={THURSDAY}&amp;start=14%3A30&amp;person={engineer.id}" in page
    kept = f"/new?day={THURSDAY}&amp;start=14%3A30&amp;person={engineer.id}"
    assert f'href="{kept}&amp;back=%2Fvisits%3Fday%3D{THURSDAY}"' in page
    browse().read("/visits/new?start=%3Cscript%3E&who=x&day=never")


def test_the_way_back_leads_to_the_calendar_and_nowhere_else(repair: int, browse: Browse) -> None:
    butler = browse()
    assert 'name="back" value="/visits"' in butler.read(f"/visits/{repair}?back=https://elsewhere.example")
    assert 'name="back" value="/visits"' in butler.read(f"/visits/{repair}?back=//elsewhere.example")
    answer = butler.submit(f"/visits/{repair}", fields(back="//elsewhere.example/visits"))
    assert answer.headers["location"].startswith("/visits?")
