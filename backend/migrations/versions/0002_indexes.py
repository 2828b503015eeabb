"""Indexes for what every turn, every poll and the live streams ask: no table is read through."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = (
    ("tickets", ["conversation_id", "id"]),
    ("tickets", ["reopened_from_id"]),
    ("messages", ["replaced_by_id"]),
    ("live_events", ["xid", "id"]),
)


def upgrade() -> None:
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, columns)


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        op.drop_index(_name(table, columns), table)


def _name(table: str, columns: list[str]) -> str:
    return op.f(f"ix_{table}_{'_'.join(columns)}")
