"""The staff API of duties, shifts and handovers."""

from collections.abc import Iterator
from typing import Any

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.duties import sweep
from backend.settings import Settings
from tests.tickets.office import Office, open_office, works_next_door


@pytest.fixture
def office(db: Database, clock: HandClock, settings: Settings) -> Iterator[Office]:
    made = open_office(db, clock, settings)
    sweep.tick(db, clock)
    yield made
    made.client.close()


def get(office: Office, path: str, by: str = "butler") -> dict[str, Any]:
    answer = office.client.get(path, headers=office.as_(by))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def post(office: Office, path: str, by: str = "butler", **body: Any) -> Any:
    return office.client.post(path, json=body, headers=office.as_(by))


def test_a_duty_is_listed_taken_and_done(office: Office) -> None:
    own = get(office, "/api/duties")
    assert own["next"] is None
    check = next(one for one in own["items"] if one["duty"] == "SLA-47" and one["state"] == "open")
    assert (check["title"], check["role"], check["form"]) == (
        "Spot check of the cleaning", "butler", "REC-25",
    )  # fmt: skip
    taken = post(office, f"/api/duties/{check['id']}/take").json()
    assert taken["user"] == "butler"
    refused = post(office, f"/api/duties/{check['id']}/do", record={"finding": "none"})
    assert refused.status_code == 422
    assert refused.json()["detail"] == "Please check these fields: Area."
    assert refused.json()["fields"] == ["area"]
    done = post(office, f"/api/duties/{check['id']}/do", record={"area": "Lobby 3"}).json()
    assert done["state"] == "done"
    again = post(office, f"/api/duties/{check['id']}/do", by="deputy", record={"area": "Lobby 3"})
    assert again.status_code == 409
    assert "Zhao Min" in again.json()["detail"]


def test_every_role_sees_its_own_and_may_ask_for_everybodys(office: Office) -> None:
    assert {one["role"] for one in get(office, "/api/duties", "engineer")["items"]} == {"engineer"}
    whole = get(office, "/api/duties?everybody=true", "engineer")["items"]
    assert len({one["role"] for one in whole}) > 2


def test_what_was_missed_is_listed_by_month(office: Office) -> None:
    office.clock.advance(hours=9)
    sweep.tick(office.db, office.clock)
    missed = get(office, "/api/duties/missed?month=2026-03", "manager")["items"]
    assert [one["missed_at"] for one in missed if one["duty"] == "SLA-47"] == ["2026-03-11T10:00:00Z"]
    assert get(office, "/api/duties/missed?month=2026-02", "manager")["items"] == []


@pytest.mark.parametrize("path", ["/api/duties/0/take", "/api/duties/99999/take", "/api/duties/99999/burn"])
def test_what_is_not_there_is_not_found(office: Office, path: str) -> None:
    assert post(office, path).status_code in (404, 422)


def test_shifts_are_written_by_leaders_and_read_by_all(office: Office) -> None:
    shift = {"user": "guard", "start": "2026-03-12T00:00:00Z", "end": "2026-03-12T12:00:00Z"}
    assert post(office, "/api/shifts", "butler", **shift).status_code == 403
    made = post(office, "/api/shifts", "supervisor", **shift)
    assert made.status_code == 201
    assert post(office, "/api/shifts", "supervisor", **shift).status_code == 409
    assert post(office, "/api/shifts", "supervisor", **(shift | {"end": shift["start"]})).status_code == 422
    listed = get(office, "/api/shifts?week=2026-03-09", "guard")["items"]
    assert [(one["user"], one["starts_at"]) for one in listed] == [("guard", "2026-03-12T00:00:00Z")]
    place = f"/api/shifts/{made.json()['id']}"
    assert office.client.delete(place, headers=office.as_("butler")).status_code == 403
    assert office.client.delete(place, headers=office.as_("supervisor")).status_code == 204
    assert office.client.delete(place, headers=office.as_("supervisor")).status_code == 404


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31"])
def test_a_week_beyond_all_calendars_is_bad_input(office: Office, week: str) -> None:
    answer = office.client.get(f"/api/shifts?week={week}", headers=office.as_("butler"))
    assert answer.status_code == 422


def test_a_shift_is_handed_over(office: Office) -> None:
    made = post(office, "/api/handovers")
    assert made.status_code == 201
    place = f"/api/handovers/{made.json()['id']}"
    assert made.json()["allowed"] == ["offer"]
    wrong = post(office, f"{place}/accept", "deputy", checked=True)
    assert wrong.status_code == 409
    assert wrong.json()["allowed"] == []
    assert post(office, f"{place}/offer").status_code == 409
    assert post(office, f"{place}/offer", to="deputy", note="lift 3").json()["heir"] == "deputy"
    listed = get(office, "/api/handovers", "deputy")["items"]
    assert listed[0]["allowed"] == ["accept", "refuse"]
    done = post(office, f"{place}/accept", "deputy", checked=True).json()
    assert (done["state"], done["decided_at"]) == ("accepted", "2026-03-11T02:00:00Z")
    assert post(office, f"{place}/review", "manager").json()["state"] == "reviewed"


def test_an_offer_is_taken_back_until_somebody_accepted_it_and_then_the_answer_says_who_and_when(
    office: Office,
) -> None:
    place = f"/api/handovers/{post(office, '/api/handovers').json()['id']}"
    assert post(office, f"{place}/offer", to="deputy").json()["allowed"] == ["take_back"]
    assert post(office, f"{place}/take_back", "deputy").status_code == 403
    taken = post(office, f"{place}/take_back").json()
    assert (taken["state"], taken["offered_at"], taken["allowed"]) == ("prepared", None, ["offer"])
    assert post(office, f"{place}/take_back").status_code == 409
    late = post(office, f"{place}/accept", "deputy", checked=True)
    assert (late.status_code, late.json()["detail"]) == (
        409, "Zhao Min took this handover back (10:00 today). It is not offered now.",
    )  # fmt: skip
    office.clock.advance(minutes=5)
    post(office, f"{place}/offer", to="deputy")
    post(office, f"{place}/accept", "deputy", checked=True)
    office.clock.advance(minutes=5)
    headers = office.as_("butler") | {"Accept-Language": "zh"}
    refused = office.client.post(f"{place}/take_back", json={}, headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (
        409, "李伟已经接班（今天 10:05），不能再改动。",
    )  # fmt: skip


def test_whoever_works_in_several_estates_says_in_which_a_shift_or_a_handover_is(office: Office) -> None:
    works_next_door(office, office.cast.supervisor)
    shift = {"user": "stranger", "start": "2026-03-12T01:00:00Z", "end": "2026-03-12T09:00:00Z"}
    refused = post(office, "/api/shifts", "supervisor", **shift)
    assert refused.status_code == 422
    assert "JADE, NEXT" in refused.json()["detail"]
    assert post(office, "/api/shifts", "supervisor", **shift, estate="NEXT").status_code == 201
    week = "/api/shifts?week=2026-03-09"
    assert get(office, week, "supervisor")["items"] == []
    assert [one["user"] for one in get(office, f"{week}&estate=NEXT", "supervisor")["items"]] == ["stranger"]
    headers = office.as_("supervisor")
    assert office.client.get(f"{week}&estate=ELSEWHERE", headers=headers).status_code == 404
    assert post(office, "/api/handovers", "supervisor").status_code == 422
    assert post(office, "/api/handovers", "supervisor", estate="NEXT").status_code == 201
