"""Works in a home that the estate must allow: decoration (二次装修, WF-10). Pure."""

from typing import Final

from backend.tickets.machines.table import Machine, moves

DECORATION: Final = Machine(
    "decoration",
    "submitted",
    moves("""
    submitted > incomplete : papers missing : D : missing?, REC-12
    submitted > drawing_review : drawings to engineering : E D : @papers, @owner-consent, @contractor,
        REC-12
    submitted > cancelled : withdrawn : R
    incomplete > submitted : completed : R D : REC-12
    incomplete > cancelled : withdrawn : R
    drawing_review > revise : changes required : E : changes?, REC-12
    drawing_review > fire_review : approved by engineering : E : area, signed_engineering, REC-12
    drawing_review > cancelled : withdrawn : R
    revise > drawing_review : corrected : R D : REC-12
    revise > cancelled : withdrawn : R
    fire_review > permitted : signed by three : SEC FIN D : signed_security, signed_finance,
        signed_service, @fire-approval, @fees-paid, permit_no?, REC-12
    fire_review > revise : changes required : SEC : changes?, REC-12
    fire_review > cancelled : withdrawn : R
    permitted > in_progress : protection checked, permit posted, passes issued : D : REC-12
    permitted > cancelled : withdrawn : R
    in_progress > violation : rule broken : D E SEC : finding, REC-26
    violation > in_progress : corrected or fined : D : action, fine?, REC-26
    in_progress > concealed_check : inspection asked for : R D : REC-12
    concealed_check > in_progress : passed, or rework ordered : E : inspection, REC-12
    in_progress > completion_check : completion reported : R D : REC-12
    completion_check > in_progress : defects to mend : E : defects?, REC-12
    completion_check > accepted : signed by all, manager approves : M : accepted_engineering,
        accepted_security, accepted_service, damage?, REC-12
    accepted > closed : deposit refunded less damage : FIN : refund?, receipt?, REC-16
    """),
    aims={"check_in": "in_progress", "complete": "permitted", "sign_off": "accepted", "follow_up": "closed"},
    aims_at={
        ("complete", step): "accepted"
        for step in ("permitted", "in_progress", "violation", "concealed_check", "completion_check")
    },
    done=frozenset({"accepted"}),
    cancel_to="cancelled",
    not_from={
        "check_in": frozenset({"violation", "concealed_check", "completion_check"}),
        "sign_off": frozenset({"submitted", "incomplete", "drawing_review", "revise", "fire_review"}),
    },
    before_work=frozenset(
        {"submitted", "incomplete", "drawing_review", "revise", "fire_review", "permitted"}
    ),
    unsatisfied="closed",
    sides=frozenset({"incomplete", "revise", "violation", "concealed_check"}),
    is_appointed=True,
    complains=True,
)
