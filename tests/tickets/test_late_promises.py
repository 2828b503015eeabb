"""What residents are told of their promises when a ticket changes hands or goes into another: the truth."""

import pytest

from tests.tickets.office import Office

STANDS = {"chen": "都不变", "emma": "every time promised to you stands"}
LATE = {"chen": "答应您的时间已经过了", "emma": "promised to you is over"}
BOTH = pytest.mark.parametrize("who", ["chen", "emma"])


@BOTH
def test_a_promise_that_still_runs_stands_when_the_ticket_is_merged(office: Office, who: str) -> None:
    old, young = office.open("repair", who), office.open("repair", who)
    office.do(young, "merge", into=old)
    assert STANDS[who] in office.told(who, young)[-1]


@BOTH
def test_nobody_is_told_that_an_overdue_promise_stands_when_their_ticket_is_merged(
    office: Office, who: str
) -> None:
    old = office.open("repair", who)
    young = office.open("repair", who)
    office.clock.advance(minutes=11)
    office.do(young, "merge", into=old)
    said = office.told(who, young)[-1]
    assert LATE[who] in said
    assert STANDS[who] not in said
    assert office.clocks(old)["SLA-01"].due_at <= office.clock.now(), "and the older one is as late"


def test_a_promise_that_was_kept_on_the_older_ticket_is_not_told_as_late(office: Office) -> None:
    old = office.open("repair")
    office.do(old, "accept")
    young = office.open("repair")
    office.clock.advance(minutes=11)
    office.do(young, "merge", into=old)
    assert STANDS["chen"] in office.told("chen", young)[-1]


def test_whoever_takes_over_a_late_ticket_is_not_said_to_keep_its_promise(office: Office) -> None:
    early, late = office.open("repair"), office.open("repair")
    office.do(early, "pass_on", user="deputy", note="钥匙在前台。")
    assert office.told("chen", early)[-1].endswith("答应您的时间不变。")
    office.clock.advance(minutes=11)
    office.do(late, "pass_on", user="deputy", note="钥匙在前台。")
    assert "答应您的时间已经过了，非常抱歉" in office.told("chen", late)[-1]


def test_a_word_in_between_ends_no_clock_of_a_complaint_but_the_first_answer(office: Office) -> None:
    """Only the result is feedback (WF-03, handled → fed_back: SLA-02); what is said on the way is a reply."""
    number = office.open("complaint")
    office.do(number, "classify")
    office.do(number, "reply", text="工程部还在查，查清楚就告诉您。")
    assert office.see(number)["step"] == "assigned"
    assert office.clocks(number)["SLA-01"].met_at is not None
    assert {"SLA-02", "SLA-28"} <= office.running(number)
