"""Workflows that followed the general machine follow their own: their tickets stand at its steps."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: workflow → its step for each general one: received, accepted, in_work, done, followed_up, rework.
#: Where a guard has to be passed first (the owner's consent, the papers), work begun counts as not begun:
#: the record is then made once, instead of never. Closed and cancelled stay what they are.
GENERAL = ("received", "accepted", "in_work", "done", "followed_up", "rework")
FORWARD = {
    "paid": ("requested", "requested", "in_service", "signed_off", "followed_up", "rework"),
    "booking": ("confirmed", "confirmed", "booked", "fulfilled", "followed_up", "booked"),
    "benefit": ("card_issued", "card_issued", "reserved", "redeemed", "settled", "reserved"),
    "move_in": ("requested", "requested", "booked", "paid", "paid", "snag_open"),
    "move_out": ("requested", "requested", "requested", "released", "released", "requested"),
    "decoration": ("submitted", "submitted", "submitted", "accepted", "accepted", "in_progress"),
    "parking": ("requested", "requested", "verified", "active", "active", "verified"),
    "warranty": ("registered", "registered", "in_work", "done", "followed_up", "notified"),
    "visit": ("requested", "requested", "booked", "answered", "answered", "pending"),
    "online_info": ("browsed", "classified", "classified", "replied", "replied", "classified"),
    "aid": ("requested", "requested", "arranged", "done", "done", "arranged"),
    "lend": ("requested", "requested", "lent", "lent", "lent", "lent"),
    "release_pass": ("requested", "requested", "requested", "approved", "approved", "requested"),
    "permit": ("requested", "requested", "requested", "approved", "approved", "requested"),
    "event": ("open", "signed_up", "signed_up", "attended", "attended", "signed_up"),
    "records": ("requested", "requested", "verified", "verified", "verified", "verified"),
    "standing_report": ("reported", "reported", "assigned", "checked", "followed_up", "assigned"),
}
#: in these workflows work that was done still lacks its last step: the ticket is open again until it is taken
REOPENED = ("lend", "move_in", "records", "release_pass")
#: general step → the steps of each workflow that become it when this is taken back; the start is received
BACK = {
    "paid": {"accepted": "quoted accepted scheduled", "in_work": "in_service",
             "done": "signed_off charged bad_faith_unpaid"},
    "booking": {"accepted": "offered accepted", "in_work": "booked", "done": "fulfilled",
                "closed": "complained"},
    "benefit": {"accepted": "verified agreed issued", "in_work": "reserved part_redeemed",
                "done": "redeemed settled", "cancelled": "rejected"},
    "move_in": {"accepted": "notified booked docs_missing", "closed": "active",
                "in_work": "verified inspected snag_open contractor_told accepted paid"},
    "move_out": {"accepted": "owner_consented",
                 "in_work": "eng_cleared fin_cleared sec_cleared keys_returned",
                 "done": "released", "cancelled": "refused"},
    "decoration": {"accepted": "incomplete drawing_review revise fire_review permitted",
                   "in_work": "in_progress violation concealed_check completion_check", "done": "accepted"},
    "parking": {"accepted": "waiting verified", "done": "active", "closed": "ended"},
    "warranty": {"accepted": "notified", "in_work": "overdue"},
    "visit": {"accepted": "booked booked_again", "in_work": "visited pending", "done": "answered",
              "closed": "filed"},
    "online_info": {"accepted": "classified", "done": "replied", "closed": "nothing"},
    "aid": {"accepted": "eligible", "in_work": "arranged", "cancelled": "redirected"},
    "lend": {"in_work": "lent overdue", "closed": "returned", "cancelled": "unavailable"},
    "release_pass": {"accepted": "approved", "closed": "released", "cancelled": "refused"},
    "permit": {"done": "approved", "closed": "expired", "cancelled": "refused"},
    "event": {"accepted": "waiting signed_up", "done": "attended"},
    "records": {"accepted": "verified", "closed": "done", "cancelled": "refused"},
    "standing_report": {"in_work": "assigned corrected", "done": "checked", "cancelled": "merged"},
}  # fmt: skip
DATED = sa.text("limit_at is not null")
TICKETS = sa.table("tickets", sa.column("workflow"), sa.column("step"), sa.column("state"))


def upgrade() -> None:
    # What the hour ends (loans, permits, bookings) is found without reading every ticket.
    op.create_index("ix_tickets_dated", "tickets", ["limit_at"], sqlite_where=DATED, postgresql_where=DATED)
    op.execute(
        sa.update(TICKETS)
        .where(TICKETS.c.workflow.in_(REOPENED), TICKETS.c.state == "done")
        .values(state="open")
    )
    for workflow, steps in FORWARD.items():
        _rename(workflow, dict(zip(GENERAL, steps, strict=True)))


def downgrade() -> None:
    op.drop_index("ix_tickets_dated", "tickets")
    for workflow, groups in BACK.items():
        back = {step: general for general, steps in groups.items() for step in steps.split()}
        _rename(workflow, {FORWARD[workflow][0]: "received"} | back)


def _rename(workflow: str, steps: Mapping[str, str]) -> None:
    """All at once: one machine's new step is another step of the old one."""
    changed = {old: new for old, new in steps.items() if old != new}
    if changed:
        op.execute(
            sa.update(TICKETS)
            .where(TICKETS.c.workflow == workflow, TICKETS.c.step.in_(list(changed)))
            .values(step=sa.case(changed, value=TICKETS.c.step))
        )
