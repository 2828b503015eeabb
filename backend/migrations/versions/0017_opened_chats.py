"""Who has opened a chat and not written yet is written to there."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

conversations = sa.table(
    "conversations", sa.column("id", sa.BigInteger), sa.column("last_link_id", sa.BigInteger)
)
links = sa.table(
    "channel_links",
    sa.column("id", sa.BigInteger),
    sa.column("conversation_id", sa.BigInteger),
    sa.column("status", sa.String),
)


def upgrade() -> None:
    opened = sa.select(sa.func.max(links.c.id)).where(
        links.c.conversation_id == conversations.c.id, links.c.status == "active"
    )
    op.execute(
        conversations.update()
        .where(conversations.c.last_link_id.is_(None))
        .values(last_link_id=opened.scalar_subquery())
    )


def downgrade() -> None:
    """An older release reads the same column; what it says stays true."""
