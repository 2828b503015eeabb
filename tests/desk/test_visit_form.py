"""What the forms of the desk ask and propose about a visit."""

from datetime import UTC, datetime, timedelta

from backend.desk import colleagues, forms, next_step, visit_form
from backend.desk.forms import Desk
from backend.desk.views import Choice
from backend.models import VISITOR, Ticket

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"


def ticket(workflow: str = "repair", step: str = "assigned", **given: object) -> Ticket:
    """A ticket as the desk's forms read it."""
    kept = {"item_id": "tap", "slots": {}, "facts": {}, "number": 1082, "state": "open", "is_urgent": False,
            "accepted_at": NOW, "words": "", "cycle": 1}  # fmt: skip
    return Ticket(workflow=workflow, step=step, **{**kept, **given})


def window(day: int, hour: int, hours: int = 0, grain: str = "hour") -> dict[str, object]:
    start = datetime(2026, 11, day, hour, tzinfo=UTC)
    end = (start + timedelta(hours=hours)).isoformat() if hours else None
    return {"start": start.isoformat(), "end": end, "grain": grain}


def proposed(**slots: object) -> tuple[datetime, datetime]:
    return visit_form.window_of(Desk("zh", "zh", ticket(slots=slots), ZONE, NOW))


def test_a_visit_is_proposed_for_when_the_resident_wished() -> None:
    assert proposed(when=window(25, 7, 1))[0] == datetime(2026, 11, 25, 7, tzinfo=UTC)
    start, end = proposed(when=window(25, 8))
    assert end - start == timedelta(hours=2)


def test_a_mere_day_or_a_time_that_is_over_proposes_the_next_hour() -> None:
    for when in (window(25, 0, 24, "day"), window(23, 7, 1), window(25, 0, 9)):
        assert proposed(when=when)[0] == datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_another_time_that_was_asked_for_is_proposed_before_the_agreed_one() -> None:
    agreed = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
    one = ticket(slots={"wished": window(25, 8)}, appointment_start=agreed)
    assert visit_form.window_of(Desk("zh", "zh", one, ZONE, NOW))[0].hour == 8
    assert next_step.to_arrange(one, ("schedule", "check_in")) == "schedule"
    assert "16:00" in visit_form.pending("en", one, ZONE)
    one.slots = {}
    assert visit_form.pending("en", one, ZONE) == ""


def test_the_end_of_an_emergency_asks_whether_somebody_was_there() -> None:
    desk = Desk("en", "en", ticket("emergency", "accepted"), ZONE, NOW)
    assert [field.name for field in forms.form_of(desk, "complete").fields] == ["was_there", "note"]
    body = forms.read_body(desk, "complete", {"was_there": "no", "note": "All well by phone."})
    assert body == {"was_there": False, "note": "All well by phone."}
    there = Desk("en", "en", ticket("emergency", "on_site"), ZONE, NOW)
    assert [field.name for field in forms.form_of(there, "complete").fields] == ["note"]


def test_a_visitor_is_given_to_nobody_first() -> None:
    one = ticket("booking", "confirmed", item_id=VISITOR)
    desk = Desk("en", "en", one, ZONE, NOW)
    made = forms.forms_of(desk, ("assign", "schedule", "complete"))
    assert not any(form.is_primary for form in made)
    assert all(form.is_quiet for form in made)
    one.slots = {"wished": window(25, 8)}
    primary = [form for form in forms.forms_of(desk, ("assign", "schedule")) if form.is_primary]
    assert [form.title for form in primary] == ["Change the time"]


def test_whoever_is_free_then_is_proposed_before_whoever_is_elsewhere() -> None:
    people = (Choice("3", "赵强 · 另有上门"), Choice("4", "吴磊"))
    assert colleagues.first_free(people, {3: "12:45–14:45"}) == 4
    assert colleagues.first_free(people, {3: "", 4: ""}) == 3
    assert colleagues.first_free((), ()) == 0
