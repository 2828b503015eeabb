"""The dates of tickets that are over are looked at no more: the index of dates holds those of the others."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BEFORE = sa.text("limit_at is not null")
NOW = sa.text("limit_at is not null and closed_at is null")


def upgrade() -> None:
    op.drop_index("ix_tickets_dated", "tickets")
    op.create_index("ix_tickets_dated", "tickets", ["limit_at"], sqlite_where=NOW, postgresql_where=NOW)


def downgrade() -> None:
    op.drop_index("ix_tickets_dated", "tickets")
    op.create_index("ix_tickets_dated", "tickets", ["limit_at"], sqlite_where=BEFORE, postgresql_where=BEFORE)
