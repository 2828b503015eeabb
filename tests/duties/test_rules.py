"""The data of the duties: whole as it stands, and every slip is named with file, duty and field."""

from datetime import time
from pathlib import Path

import pytest

from backend.deadlines.faults import DataFaults
from backend.duties import settings
from backend.duties.rules import HOME, Window, find, load_duties, standard_duties

FILE = (HOME / "duties.toml").read_text(encoding="utf-8")


def spoilt(folder: Path, old: str, new: str) -> tuple[str, ...]:
    """The faults of the file with one thing changed."""
    assert old in FILE, old
    path = folder / "duties.toml"
    path.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFaults) as faulty:
        load_duties(path)
    return faulty.value.faults


def test_every_row_from_sla_40_to_59_has_a_duty_and_so_has_the_look_through_posts() -> None:
    rows = {one.seed_row for one in standard_duties()}
    assert rows == {"SLA-17", *(f"SLA-{number}" for number in range(40, 60))}
    assert all(one.id.startswith(one.seed_row) for one in standard_duties())


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "SLA-40"', 'id = "SLA-4"', "SLA-4: id: an id like"),
        ('id = "SLA-41"', 'id = "SLA-40"', "SLA-40: id: this duty is there twice"),
        ('role = "butler"', 'role = "cook"', "SLA-40: role: one of"),
        ('form = "REC-34"', 'form = "R34"', "SLA-40: form: a form like"),
        ('every = "month"', 'every = "moon"', "SLA-40: every: one of"),
        ("months = 1\n", "moons = 1\n", "SLA-40: moons: this field is not known"),
        ("{ first = 1, last = 5 }", "{ first = 5, last = 1 }", "spans[0]: last: it ends before it begins"),
        ('opens_on = "mon"', 'opens_on = "sun"', "SLA-43: on_day: it is due before it opens"),
        ('due = "3m14d"', 'due = "3w"', "spans[0]: due: months and days like"),
        ('due = "3m14d"', 'due = "2m"', "it is due before it opens"),
        ('steps = ["issued"]', "steps = []", "SLA-44: steps: a list of texts"),
        ("on = false\nseed", 'on = "no"\nseed', "SLA-41: on: true or false"),
        ('roles = ["desk", ', 'roles = ["cook", ', "SLA-53: roles: 'cook' is no role"),
        ("opens = 07:30:00", 'opens = "half past"', "opens: a time like"),
        ('asks = ["period", ', "asks = [3, ", "SLA-40: asks: a list of texts"),
    ],
)
def test_a_slip_is_named_with_duty_and_field(tmp_path: Path, old: str, new: str, fault: str) -> None:
    found = spoilt(tmp_path, old, new)
    assert any(fault in one and one.startswith("duties.toml: ") for one in found), found


def test_a_file_without_duties_is_refused(tmp_path: Path) -> None:
    (tmp_path / "duties.toml").write_text("", encoding="utf-8")
    with pytest.raises(DataFaults, match="at least one duty"):
        load_duties(tmp_path / "duties.toml")


def test_an_estate_changes_hours_role_and_whether_it_is_on() -> None:
    changed = settings.with_settings(
        standard_duties(),
        {"duties": {"SLA-46": {"windows": [["22:00", "06:00"]], "role": "guard"}, "SLA-41": {"on": True}}},
    )
    rounds, card = find(changed, "SLA-46"), find(changed, "SLA-41")
    assert rounds is not None
    assert card is not None
    assert (rounds.windows, rounds.role) == ((Window(time(22), time(6)),), "guard")
    assert card.is_on


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"SLA-99": {"on": False}}, "SLA-99"),
        ({"SLA-46": {"on": "no"}}, "SLA-46.on"),
        ({"SLA-46": {"windows": [["8", "x"]]}}, "SLA-46.windows"),
        ({"SLA-46": {"windows": [[8, 9]]}}, "SLA-46.windows"),
        ({"SLA-46": {"role": "cook"}}, "SLA-46.role"),
        ({"SLA-46": {"due": "17:00"}}, "SLA-46.due"),
        ({"SLA-40": {"due": "17:00+08:00"}}, "SLA-40.due"),
        ({"SLA-46": False}, "SLA-46"),
        ([], "duties"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_and_changes_nothing(entry: object, fault: str) -> None:
    own = {"duties": entry}
    assert settings.faults_of(standard_duties(), own) == (fault,)
    assert settings.with_settings(standard_duties(), own) == standard_duties()


@pytest.mark.parametrize(
    ("duty", "text", "change"),
    [
        ("SLA-47", "08:00–18:00", {}),
        ("SLA-47", "09:00-12:00，13:00到20:00", {"windows": [["09:00", "12:00"], ["13:00", "20:00"]]}),
        ("SLA-47", "9 to 5", None),
        ("SLA-47", "25:00-26:00", None),
        ("SLA-47", "", None),
        ("SLA-40", "18:00", {}),
        ("SLA-40", "12:30", {"due": "12:30"}),
        ("SLA-40", "noon", None),
    ],
)
def test_hours_are_read_as_people_write_them(duty: str, text: str, change: dict[str, object] | None) -> None:
    found = find(standard_duties(), duty)
    assert found is not None
    assert settings.read_hours(found, text) == change
    assert settings.read_hours(found, settings.hours_text(found)) == {}
