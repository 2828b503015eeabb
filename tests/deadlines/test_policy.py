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
        ("SLA-03", "resolve", "repair", {"completed", "scheduled", "plan_agreed", "step:done"}),
        ("SLA-04", "attend", "repair", {"checked_in", "step:on_site"}),
        ("SLA-05", "attend", "repair", {"checked_in", "completed", "signed_off"}),
        ("SLA-06", "follow_up", "repair", {"followed_up"}),
        ("SLA-08", "answer", "enquiry", {"answered"}),
        ("SLA-09", "reply", "suggestion", {"decided", "step:replied"}),
        ("SLA-10", "decide", "suggestion", {"step:adopted", "step:not_adopted"}),
        ("SLA-11", "register", "suggestion", {"accepted", "step:registered"}),
        ("SLA-12", "register", "complaint", {"classified"}),
        ("SLA-13", "act", "complaint", {"assigned", "replied", "step:handled"}),
        ("SLA-14", "follow_up", "complaint", {"followed_up"}),
        ("SLA-16", "rework", "paid", {"signed_off", "step:signed_off"}),
        ("SLA-18", "post", "online_info", {"replied", "step:replied"}),
        ("SLA-19", "notify", "move_in", {"step:contractor_told"}),
        ("SLA-20", "notify", "warranty", {"step:notified"}),
        ("SLA-21", "mend", "warranty", {"step:done"}),
        ("SLA-22", "mend", "warranty", {"step:done"}),
        ("SLA-23", "approve", "decoration", {"step:permitted"}),
        ("SLA-25", "hold", "repair", {"spoke", "answered", "fed_back", "decided", "scheduled"}),
        ("SLA-26", "follow_up", "housekeeping", {"followed_up"}),
        ("SLA-27", "report", "complaint", {"acknowledged"}),
        ("SLA-28", "handle", "complaint", {"step:handled"}),
        ("SLA-29", "arrange", "aid", {"step:arranged"}),
    ],
)
def test_a_clock_has_its_name_its_tickets_and_the_events_that_stop_it(
    clock: str, name: str, workflow: str, stops: set[str]
) -> None:
    found = policy(clock)
    assert found.name == name
    assert found.applies_to(workflow)
    assert stops <= set(found.stops)
    assert found.seed_row == clock


def test_every_row_of_the_service_plans_is_a_clock_or_a_rule() -> None:
    rows = {one.id for one in ALL.all} | {one.id for one in ALL.rules}
    assert rows == {f"SLA-{number:02}" for number in range(1, 30)}


def test_a_rule_says_in_both_languages_what_keeps_it_and_where() -> None:
    house = Path(__file__).parents[2]
    for rule in ALL.rules:
        assert rule.kept_zh
        assert rule.kept_en
        assert (house / rule.where).exists(), rule.where


def test_a_note_and_the_robots_receipt_stop_nothing() -> None:
    for one in ALL.all:
        assert not {"note", "noted", "received", "opened"} & set(one.stops)


@pytest.mark.parametrize(
    ("workflow", "facts", "clocks"),
    [
        ("complaint", {}, ["SLA-01", "SLA-02", "SLA-12"]),
        ("complaint", {"severity": "severe"}, ["SLA-01", "SLA-02", "SLA-12", "SLA-27"]),
        ("repair", {}, ["SLA-01", "SLA-03", "SLA-05"]),
        ("repair", {"asap": True}, ["SLA-01", "SLA-03", "SLA-04", "SLA-05"]),
        ("repair", {"urgent": True, "appointment": True}, ["SLA-01", "SLA-03", "SLA-05"]),
        ("repair", {"asap": True, "again": True}, ["SLA-01", "SLA-03", "SLA-05", "SLA-16"]),
        ("emergency", {"urgent": True}, ["SLA-01", "SLA-03", "SLA-04"]),
        ("enquiry", {}, ["SLA-01", "SLA-08"]),
        ("visit", {}, ["SLA-01", "SLA-05"]),
        ("suggestion", {}, ["SLA-01", "SLA-09", "SLA-10", "SLA-11"]),
        ("booking", {}, ["SLA-01", "SLA-03"]),
        ("aid", {}, ["SLA-01", "SLA-03", "SLA-29"]),
        ("warranty", {}, ["SLA-01", "SLA-05", "SLA-20"]),
        ("decoration", {}, ["SLA-01"]),
        ("lend", {}, ["SLA-01"]),
    ],
)
def test_a_new_ticket_starts_the_clocks_of_its_workflow(
    workflow: str, facts: dict[str, bool | str], clocks: list[str]
) -> None:
    known = {"urgent": False, "asap": False, "appointment": False, "again": False, **facts}
    assert [one.id for one in ALL.started_by(workflow, "opened", known)] == clocks


@pytest.mark.parametrize(
    ("workflow", "event", "facts", "clocks"),
    [
        ("move_in", "step:snag_open", {}, ["SLA-19"]),
        ("warranty", "step:notified", {"class": "minor"}, ["SLA-21"]),
        ("warranty", "step:notified", {"class": "none"}, ["SLA-21"]),
        ("warranty", "step:notified", {"class": "major"}, ["SLA-22"]),
        ("visit", "step:pending", {}, ["SLA-08"]),
        ("enquiry", "step:pending", {}, []),
        ("decoration", "step:drawing_review", {}, ["SLA-23"]),
        ("complaint", "classified", {"class": "valid", "step": "assigned"}, ["SLA-13", "SLA-28"]),
        ("complaint", "classified", {"class": "invalid", "step": "classified"}, []),
        ("complaint", "classified", {"class": "valid", "step": "fed_back"}, []),
        ("booking", "step:fulfilled", {}, ["SLA-26"]),
        ("emergency", "step:safe", {}, ["SLA-26"]),
    ],
)
def test_a_step_starts_the_clocks_that_begin_there(
    workflow: str, event: str, facts: dict[str, bool | str], clocks: list[str]
) -> None:
    assert [one.id for one in ALL.started_by(workflow, event, facts)] == clocks


def test_a_target_is_no_hard_promise() -> None:
    targets = [one for one in ALL.all if one.is_target]
    assert [one.id for one in targets] == ["SLA-03"]
    assert {rung.role for rung in targets[0].ladder} <= {"butler", "supervisor"}


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
    says = { zh = "十分钟内答复。", en = "Answered in ten minutes." }
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
        ('role = "supervisor"', 'role = "king"', "SLA-01 ladder[0]: role: one of butler, supervisor"),
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


EXCLUSIVE = ('only = { class = ["minor"] }', 'only = { class = ["major"] }')


@pytest.mark.parametrize(
    ("first", "second", "is_fine"),
    [
        (*EXCLUSIVE, True),
        (EXCLUSIVE[0], EXCLUSIVE[0], False),
        (EXCLUSIVE[0], "", False),
        ("only = [{ urgent = true }, { asap = true }]", "only = { urgent = false, asap = false }", True),
        ("only = [{ urgent = true }, { asap = true }]", "only = { urgent = false }", False),
    ],
)
def test_twins_are_fine_where_no_ticket_can_have_both(
    tmp_path: Path, first: str, second: str, is_fine: bool
) -> None:
    file = tmp_path / "policies.toml"
    twin = GOOD.replace('cancels = ["cancelled"]', "").replace('id = "SLA-01"', 'id = "SLA-02"')
    file.write_text(GOOD + first + twin + second, encoding="utf-8")
    if is_fine:
        assert len(load_policies(file).all) == 2
        return
    with pytest.raises(DataFaults, match="has the name 'respond' too"):
        load_policies(file)


def test_an_appointment_and_a_promise_without_one_may_share_a_name(tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    twin = GOOD.replace('cancels = ["cancelled"]', "").replace('id = "SLA-01"', 'id = "SLA-02"')
    file.write_text(GOOD + twin.replace('"10m"', '"window"'), encoding="utf-8")
    assert len(load_policies(file).all) == 2


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        ("only = {}", "a condition without any word"),
        ("only = { urgent = 1 }", "SLA-01.only: urgent: true or false"),
        ("only = { mood = true }", "SLA-01.only: mood: this field is not known"),
        ('only = { class = ["odd"] }', "SLA-01.only: class: one of none, valid"),
        ('only = [{ severity = "severe" }]', "SLA-01 only[0]: severity: a list of texts"),
        ('waits = ["step:revise"]', "SLA-01: waits: a clock that waits must go on"),
        ('waits = ["a"]\ngoes_on = ["a"]', "SLA-01: goes_on: what lets the clock wait"),
        ('default = "24h"', "SLA-01: default: a limit that is agreed has a default"),
        ('ends = ["Step One"]', "SLA-01: ends: an event like accepted or step:handled"),
        ("repeats = 1", "SLA-01: repeats: true or false"),
    ],
)
def test_a_wrong_condition_or_pause_is_named(tmp_path: Path, added: str, fault: str) -> None:
    file = tmp_path / "policies.toml"
    file.write_text(GOOD + added, encoding="utf-8")
    with pytest.raises(DataFaults) as caught:
        load_policies(file)
    assert any(fault in one for one in caught.value.faults), caught.value.faults


def test_a_target_calls_nobody_above_the_supervisor(tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    file.write_text(GOOD.replace("supervisor", "manager") + "target = true", encoding="utf-8")
    with pytest.raises(DataFaults, match="nobody above the supervisor"):
        load_policies(file)


def test_a_limit_may_be_said_in_seconds_or_be_set_for_the_ticket(tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    file.write_text(GOOD.replace('"10m"', '"60s"'), encoding="utf-8")
    assert load_policies(file).all[0].limit.elapsed == timedelta(minutes=1)
    file.write_text(GOOD.replace('"10m"', '"agreed"\ndefault = "24h"'), encoding="utf-8")
    found = load_policies(file).all[0]
    assert found.is_dated
    assert found.limit.elapsed == timedelta(hours=24)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('["*"]', '["repairs"]', "SLA-01: workflows: there is no workflow 'repairs'"),
        ('["accepted"]', '["acepted"]', "SLA-01: stops: there is no event 'acepted'"),
        ('["opened"]', '["step:nowhere"]', "SLA-01: starts: there is no event 'step:nowhere'"),
    ],
)
def test_a_name_that_nobody_has_is_named_where_the_names_are_handed_in(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    file = tmp_path / "policies.toml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    assert load_policies(file).all
    with pytest.raises(DataFaults) as caught:
        load_policies(file, events={"opened", "accepted"}, workflows={"repair"})
    assert caught.value.faults == (f"policies.toml: {fault}",)


def test_an_event_of_a_workflow_that_the_promise_is_not_for_is_named(tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    wrong = GOOD.replace('["*"]', '["repair"]').replace('["accepted"]', '["visit/accepted"]')
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(DataFaults, match="'visit/accepted' is never heard"):
        load_policies(file)


RULE = """
[[rules]]
id = "SLA-07"
title = { zh = "录入", en = "Recorded" }
kept = { zh = "当即录入。", en = "At once." }
where = "backend/tickets/intake.py"
words = "…"
"""


def test_a_row_is_a_clock_or_a_rule_and_never_both(tmp_path: Path) -> None:
    file = tmp_path / "policies.toml"
    file.write_text(GOOD + RULE, encoding="utf-8")
    assert [one.id for one in load_policies(file).rules] == ["SLA-07"]
    file.write_text(GOOD + RULE.replace("SLA-07", "SLA-01"), encoding="utf-8")
    with pytest.raises(DataFaults, match="SLA-01: id: this row is a promise already"):
        load_policies(file)
