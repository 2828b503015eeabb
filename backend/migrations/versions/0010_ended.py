"""What ended today is found without reading the whole past."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = {"ix_tickets_closed": "closed_at", "ix_tickets_done": "done_at"}


def upgrade() -> None:
    for name, column in COLUMNS.items():
        some = sa.text(f"{column} is not null")
        op.create_index(name, "tickets", ["estate_id", column], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_index(name, "tickets")
