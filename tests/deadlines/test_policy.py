"""Promises as data: what the file says, and what a wrong file is told."""

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from backend.deadlines.faults import DataFaults
from backend.deadlines.policy import Policy, load_policies, standard_policies

ALL = standard_policies()


def policy(clock: str) -> Policy:
    found = ALL.find(clock)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("clock", "name", "workflow", "stops"),
    [
        ("SLA-01", "respond", "decoration", {"accepted", "replied", "assigned"}),
        ("SLA-02", "feedback", "complaint", {"fed_back"}),
        ("SLA-05", "attend", "repair", {"checked_in", "completed", "signed_off"}),
        ("SLA-06", "follow_up", "repair", {"followed_up"}),
        ("SLA-08", "answer", "enquiry", {"answered"}),
        ("SLA-09", "reply", "suggestion", {"decided"}),
        ("SLA-12", "register", "complaint", {"classified"}),
        ("SLA-14", "follow_up", "complaint", {"followed_up"}),
        ("SLA-26", "follow_up", "housekeeping", {"followed_up"}),
    ],
)
def test_a_clock_has_its_name_its_tickets_and_the_events_that_stop_it(
    clock: str, name: str, workflow: str, stops: set[str]
) -> None:
    found = policy(clock)
    assert found.name == name
    assert found.applies_to(workflow)
    assert set(found.stops) == stops
    assert found.seed_row == clock


def test_a_note_and_the_robots_receipt_stop_nothing() -> None:
    assert ALL.stopped_by("noted") == frozenset()
    assert ALL.stopped_by("received") == frozenset()


@pytest.mark.parametrize(
    ("workflow", "clocks"),
    [
        ("complaint", ["SLA-01", "SLA-02", "SLA-12"]),
        ("repair", ["SLA-01"]),
        ("enquiry", ["SLA-01", "SLA-08"]),
        ("suggestion", ["SLA-01", "SLA-09"]),
        ("booking", ["SLA-01"]),
    ],
)
def test_a_new_ticket_starts_the_clocks_of_its_workflow(workflow: str, clocks: list[str]) -> None:
    assert [one.id for one in ALL.started_by(workflow, "opened")] == clocks


def test_only_tickets_with_an_appointment_know_the_promise_to_attend() -> None:
    attend = ALL.attend("repair")
    assert attend is not None
    assert attend.id == "SLA-05"
    assert ALL.attend("complaint") is None


@pytest.mark.parametrize(
    ("span", "lead"),
    [
        (timedelta(minutes=2), timedelta(minutes=2)),  # never before the start
        (timedelta(minutes=10), timedelta(minutes=5)),  # a quarter would be too short to act in
        (timedelta(hours=24), timedelta(hours=6)),
        (timedelta(days=7), timedelta(hours=24)),
    ],
)
def test_the_warning_leads_by_a_quarter_within_its_bounds(span: timedelta, lead: timedelta) -> None:
    assert policy("SLA-02").warn.lead(span) == lead


def test_somebody_is_called_when_any_promise_falls_due() -> None:
    assert all(any(rung.when == "at" for rung in one.ladder) for one in ALL.all)


def test_the_version_changes_with_the_file(tmp_path: Path) -> None:
    own = Path(__file__).parents[2] / "backend" / "deadlines" / "policies.toml"
    file = tmp_path / "policies.toml"
    file.write_text(own.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert load_policies(file).version != ALL.version
    assert len(ALL.version) == 12


GOOD = dedent("""
    cancels = ["cancelled"]
    [[policies]]
    id = "SLA-01"
    name = "respond"
    title = { zh = "首次响应", en = "First response" }
    limit = "10m"
    basis = "cal"
    starts = ["opened"]
    stops = ["accepted"]
    workflows = ["*"]
    accountable = "butler"
    agreed = "never"
    pauses = true
    warn = { share = 0.25, least = "5m", most = "24h" }
    ladder = [{ when = "at", role = "supervisor" }]
    seed = { row = "SLA-01", words = "…" }
    """)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "SLA-01"', 'id = "respond"', "respond: id: an id like SLA-01"),
        ('name = "respond"', 'name = ""', "SLA-01: name: a text"),
        ('en = "First response"', "en = 3", "SLA-01.title: en: a text"),
        ('limit = "10m"', 'limit = "10 min"', "SLA-01: limit: a span like 10m"),
        ('limit = "10m"', 'limit = "3wd"', "SLA-01: limit: '3wd' does not go with the basis cal"),
        ('basis = "cal"', 'basis = "wd"', "SLA-01: limit: '10m' does not go with the basis wd"),
        ('basis = "cal"', 'basis = "moon"', "SLA-01: basis: one of cal, wd"),
        ('starts = ["opened"]', "starts = []", "SLA-01: starts: a list of texts"),
        ('starts = ["opened"]', 'starts = ["accepted"]', "SLA-01: stops: “accepted” starts this clock"),
        ('accountable = "butler"', 'accountable = "king"', "SLA-01: accountable: one of"),
        ("pauses = true", "pauses = 1", "SLA-01: pauses: true or false"),
        ("share = 0.25", "share = 2", "SLA-01.warn: share: a share"),
        ("share = 0.25", "share = -1", "SLA-01.warn: share: a number of at least 0"),
        ('most = "24h"', 'most = "1m"', "SLA-01.warn: most: it is shorter"),
        ('when = "at"', 'when = "after"', "SLA-01 ladder[0]: when: a rung after"),
        ('role = "supervisor"', 'role = "supervisor", factor = 2.0', "SLA-01 ladder[0]: when: a rung after"),
        ('[{ when = "at", role = "supervisor" }]', "[]", "SLA-01: ladder: somebody must be called"),
        (
            "ladder = [{",
            'ladder = [{ when = "at", role = "butler" }, { when = "before", role = "butler" }, {',
            "order",
        ),
        ("ladder = [{", 'ladder = [{ when = "at", role = "supervisor" }, {', "ladder: a rung is there twice"),
        ('limit = "10m"', 'limit = "window"\nspeed = 3', "SLA-01: speed: this field is not known"),
        ('words = "…"', "words = 1", "SLA-01.seed: words: a text"),
        ('cancels = ["cancelled"]', "", "cancels: a list of texts"),
    ],
)
def test_a_wrong_field_is_named_with_file_and_clock(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in GOOD
    file = tmp_path / "policies.toml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(DataFaults) as caught:
        load_policies(file)
    assert all(one.startswith("policies.toml: ") for one in caught.value.faults)
    assert any(fault in one for one in caught.value.faults), caught.value.faults


def test_an_appointment_has_no_span_to_multiply(tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    wrong = GOOD.replace('"10m"', '"window"').replace(
        "[{ when",
        '[{ when = "at", role = "butler" }, { when = "after", factor = 2.0, role = "manager" }, { when',
    )
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(DataFaults, match="an appointment has no span to multiply"):
        load_policies(file)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", "SLA-01: id: this clock is there twice"),
        (
            'id = "SLA-01"',
            'id = "SLA-02"',
            "SLA-02: name: SLA-01 of the same workflow has the name 'respond' too",
        ),
    ],
)
def test_two_promises_of_one_ticket_never_share_a_name(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    file = tmp_path / "policies.toml"
    second = GOOD.replace('cancels = ["cancelled"]', "").replace(old, new)
    file.write_text(GOOD + second, encoding="utf-8")
    with pytest.raises(DataFaults, match=fault):
        load_policies(file)
