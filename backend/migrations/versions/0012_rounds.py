"""Indexes of what is looked for every few seconds, or went wrong: nobody reads the whole past for it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_tickets_aside": ("tickets", "snoozed_until", "snoozed_until is not null"),
    "ix_duties_arranged": (
        "duties", "ticket_id", "ticket_id is not null and done_at is null and cancelled_at is null"
    ),
    "ix_records_duty_id": ("records", "duty_id", "duty_id is not null"),
    "ix_outbox_dead": ("outbox", "id", "state = 'dead'"),
    "ix_deliveries_dead": ("deliveries", "created_at", "state = 'dead'"),
    "ix_channel_links_lost": ("channel_links", "id", "status in ('blocked', 'deactivated', 'gone')"),
}  # fmt: skip


def upgrade() -> None:
    for name, (table, column, some) in INDEXES.items():
        where = sa.text(some)
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, (table, _, _) in INDEXES.items():
        op.drop_index(name, table)
