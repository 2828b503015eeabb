"""Indexes of the search and the reports: by service, by day, what was broken, what was not understood."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BREACHED = sa.text("breached_at is not null")
MISSES = sa.text("reply_kind in ('not_understood', 'say_it_differently', 'out_of_scope')")


def upgrade() -> None:
    op.create_index("ix_tickets_estate_id_item_id_id", "tickets", ["estate_id", "item_id", "id"])
    op.create_index("ix_tickets_estate_id_received_at", "tickets", ["estate_id", "received_at"])
    op.create_index("ix_deadlines_breached", "deadlines", ["estate_id", "ticket_id"],
                    sqlite_where=BREACHED, postgresql_where=BREACHED)  # fmt: skip
    op.create_index("ix_messages_misses", "messages", ["estate_id", "sent_at"],
                    sqlite_where=MISSES, postgresql_where=MISSES)  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_messages_misses", "messages")
    op.drop_index("ix_deadlines_breached", "deadlines")
    op.drop_index("ix_tickets_estate_id_received_at", "tickets")
    op.drop_index("ix_tickets_estate_id_item_id_id", "tickets")
