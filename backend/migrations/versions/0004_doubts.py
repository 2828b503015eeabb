"""Lost answers are counted apart from other faults; messages that need a person are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PARKED = sa.text("turn_state = 'parked'")


def upgrade() -> None:
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_messages_parked", "messages", ["id"], sqlite_where=PARKED, postgresql_where=PARKED)


def downgrade() -> None:
    op.drop_index("ix_messages_parked", "messages")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("doubts")
