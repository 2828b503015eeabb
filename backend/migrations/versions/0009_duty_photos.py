"""Photos of a duty: a file may belong to a task, which keeps it from being swept away as never sent."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("files") as batch:
        batch.add_column(sa.Column("duty_id", BIG, nullable=True))
    op.create_index("ix_files_duty_id", "files", ["duty_id"])


def downgrade() -> None:
    op.drop_index("ix_files_duty_id", "files")
    with op.batch_alter_table("files") as batch:
        batch.drop_column("duty_id")
