"""Where a ticket stands, in words that are true at that moment: accepted, untimed, kept for somebody."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from backend.desk import words
from backend.models import Ticket
from backend.models.tickets import CUSTODY
from backend.tickets import wording
from backend.tickets.lifecycle import MACHINES

NOW = datetime(2026, 3, 11, 2, tzinfo=UTC)


def stood(workflow: str, step: str, **more: Any) -> str:
    row = {
        "workflow": workflow,
        "manner": workflow,
        "step": step,
        "accepted_at": None,
        "appointment_start": None,
        "merged_into_id": None,
    }
    return words.stands_at("zh", SimpleNamespace(**{**row, **more}))


@pytest.mark.parametrize(
    ("workflow", "step", "said"),
    [
        ("records", "requested", "待办理"), ("aid", "requested", "待办理"), ("paid", "requested", "待报价"),
        ("lend", "requested", "待借出"), ("standing_report", "reported", "待办理"),
        ("visit", "requested", "待约时间"), ("release_pass", "requested", "待审批"),
    ],
)  # fmt: skip
def test_what_somebody_took_up_waits_for_nobody_to_accept_it(workflow: str, step: str, said: str) -> None:
    assert stood(workflow, step, accepted_at=NOW) == said


def test_what_nobody_took_up_waits_to_be_accepted() -> None:
    assert stood("records", "requested") == "待接单"
    assert stood("standing_report", "reported") == "待派单"


def test_nothing_is_booked_while_no_time_is_agreed() -> None:
    assert stood("housekeeping", "booked") == "待约时间"
    assert stood("housekeeping", "booked", accepted_at=NOW) == "待约时间"
    assert stood("housekeeping", "booked", accepted_at=NOW, appointment_start=NOW) == "已排期"


def test_a_time_that_was_asked_for_and_nobody_took_up_is_not_fixed() -> None:
    assert stood("housekeeping", "booked", appointment_start=NOW) == "待接单"


def test_what_is_kept_for_somebody_is_not_lent_to_them() -> None:
    kept = Ticket(workflow="lend", item_id=CUSTODY, step="lent", accepted_at=NOW)
    assert (kept.manner, words.stands_at("zh", kept)) == ("custody", "已收存")
    assert words.kind_symbol("en", kept).label == "Item custody"
    assert wording.step_name("en", "returned", kept.manner) == "collected"
    for step in MACHINES["lend"].steps:
        for language in ("zh", "en"):
            said = words.step_of(language, "custody", step) + words.act_of(language, "custody", step)
            assert not any(one in said for one in ("借", "归还", "Lent", "free")), (step, said)


def test_a_step_is_pressed_as_an_act_and_stands_as_what_is_true_then() -> None:
    assert words.act_of("zh", "release_pass", "approved") == "批准"
    assert words.step_of("zh", "release_pass", "approved") == "已批准"
    assert words.act_of("en", "permit", "refused") == "Refuse it"


def test_every_own_word_is_of_a_step_that_there_is() -> None:
    steps = {step for machine in MACHINES.values() for step in machine.steps}
    keys = {*words.TAKEN_UP, *words.UNTIMED, *words.UNTAKEN, *words.ACTS}
    assert {key.rpartition(".")[2] for key in keys} <= steps
