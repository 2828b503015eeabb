"""WF-22: seats of an event are counted, the waiting list moves up, and the last seat goes to one only."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.models import Estate
from backend.tickets import expiry
from tests.tickets.office import Office, engine, works_next_door
from tests.tickets.test_moves import ITEMS, begin, go

EVENT = ITEMS["event"]


def publish(office: Office, seats: int | None, by: str = "supervisor") -> Any:
    return office.client.put(
        f"/api/tickets/events/{EVENT}", json={"seats": seats}, headers=office.as_(by)
    )  # fmt: skip


def stands(office: Office) -> tuple[int | None, int, int]:
    found = office.client.get(f"/api/tickets/events/{EVENT}", headers=office.as_("butler")).json()
    return found["seats"], found["taken"], found["waiting"]


def step(office: Office, number: int) -> str:
    return office.ticket(number).step


def test_who_joins_has_a_seat_while_there_are_any_and_then_waits(office: Office) -> None:
    assert publish(office, 2).status_code == 200
    first, second, third = (begin(office, "event", who) for who in ("chen", "emma", "chen"))
    assert [step(office, one) for one in (first, second, third)] == ["signed_up", "signed_up", "waiting"]
    assert stands(office) == (2, 2, 1)
    assert any("候补" in said or "名额" in said for said in office.told("chen", third))
    refused = office.try_(third, "move", to="signed_up")
    assert (refused.status_code, refused.json()["lacks"][0]["name"]) == (409, "seats")


def test_a_seat_that_becomes_free_goes_to_the_next_in_line_who_is_told(office: Office) -> None:
    publish(office, 1)
    first, second, third = (begin(office, "event", who) for who in ("chen", "emma", "chen"))
    assert expiry.tick(office.db, office.clock, engine().menu) == 0
    office.do(first, "cancel")
    assert expiry.tick(office.db, office.clock, engine().menu) == 1
    assert (step(office, second), step(office, third)) == ("signed_up", "waiting")
    event = office.see(second)["timeline"][-1]
    assert (event["actor"], event["to_step"]) == ("SYS", "signed_up")
    assert any("place" in said for said in office.told("emma", second))
    assert expiry.tick(office.db, office.clock, engine().menu) == 0
    publish(office, 2)
    assert expiry.tick(office.db, office.clock, engine().menu) == 1
    assert step(office, third) == "signed_up"


def test_a_party_takes_as_many_seats_as_it_has_people_and_is_not_parted(office: Office) -> None:
    publish(office, 3)
    first = begin(office, "event", "chen", slots={"party": 2})
    second = begin(office, "event", "emma", slots={"party": 2})
    assert [step(office, one) for one in (first, second)] == ["signed_up", "waiting"]
    later = begin(office, "event", "chen")
    assert step(office, later) == "waiting"  # nobody overtakes those who wait
    assert stands(office) == (3, 2, 2)


def test_a_party_larger_than_the_event_holds_up_nobody_and_is_first_once_it_fits(office: Office) -> None:
    publish(office, 2)
    large = begin(office, "event", "emma", slots={"party": 5})
    small = begin(office, "event", "chen")
    assert [step(office, one) for one in (large, small)] == ["waiting", "signed_up"]
    begin(office, "event", "chen")
    later = begin(office, "event", "chen")
    assert (step(office, later), stands(office)) == ("waiting", (2, 2, 2))
    office.do(small, "cancel")
    assert expiry.tick(office.db, office.clock, engine().menu) == 1
    assert (step(office, large), step(office, later)) == ("waiting", "signed_up")
    publish(office, 7)
    assert expiry.tick(office.db, office.clock, engine().menu) == 1
    assert step(office, large) == "signed_up"


def test_an_event_without_counted_seats_takes_everybody_as_before(office: Office) -> None:
    number = begin(office, "event")
    assert step(office, number) == "open"
    assert go(office, number, "signed_up")["step"] == "signed_up"
    assert stands(office) == (None, 1, 0)


def test_of_two_who_are_given_the_last_seat_at_once_one_gets_it(office: Office) -> None:
    numbers = [begin(office, "event", who) for who in ("chen", "emma")]
    publish(office, 1)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda one: office.try_(one, "move", to="signed_up"), numbers))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert stands(office)[1] == 1


def test_only_leaders_publish_seats_and_only_for_events(office: Office) -> None:
    assert publish(office, 5, "butler").status_code == 403
    assert publish(office, -1).status_code == 422
    path = "/api/tickets/events/common.voice.repair-intake"
    assert office.client.put(path, json={"seats": 5}, headers=office.as_("supervisor")).status_code == 422
    publish(office, 5)
    publish(office, None)
    assert stands(office)[0] is None


def test_staff_of_two_estates_say_whose_event_it_is(office: Office) -> None:
    works_next_door(office, office.cast.supervisor)
    path, who = f"/api/tickets/events/{EVENT}", office.as_("supervisor")
    unsaid = office.client.put(path, json={"seats": 9}, headers=who)
    assert unsaid.status_code == 422
    assert "JADE, NEXT" in unsaid.json()["detail"]
    assert office.client.put(f"{path}?estate=NEXT", json={"seats": 9}, headers=who).json()["seats"] == 9
    assert office.client.get(f"{path}?estate=JADE", headers=who).json()["seats"] is None
    assert office.client.get(f"{path}?estate=NEXT", headers=office.as_("butler")).status_code == 422


@pytest.mark.parametrize("seats", ["30", True, -1, {"a": 1}])
def test_seats_that_are_no_number_count_for_nothing(office: Office, seats: object) -> None:
    with office.db.write() as session:
        estate = session.get_one(Estate, office.cast.estate.id)
        estate.settings = {**estate.settings, "events": {EVENT: seats}}
    assert step(office, begin(office, "event")) == "open"
