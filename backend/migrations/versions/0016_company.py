"""An account may be linked to a name at the company, and is tied to the person whom that name meant first."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = ("company_name", "company_subject")


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("users", sa.Column(column, sa.String(), nullable=True))
        op.create_index(f"ix_users_{column}", "users", [column], unique=True)


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_index(f"ix_users_{column}", "users")
        op.drop_column("users", column)
