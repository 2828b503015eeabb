"""Telegram: what a channel calls our messages, edits kept, files that are still to be fetched, its state."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.kinds import BIG, INSTANT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

EXPECTED = sa.text("state = 'expected'")
TYPING = sa.text("typing_until is not null")


def _columns() -> dict[str, tuple[sa.Column[object], ...]]:
    return {
        "channel_links": (
            sa.Column("status_at", INSTANT),
            sa.Column("name", sa.String(), nullable=False, server_default=""),
        ),
        "files": (
            sa.Column("state", sa.String(), nullable=False, server_default="here"),
            sa.Column("channel", sa.String()),
            sa.Column("account", sa.String()),
            sa.Column("remote_id", sa.String()),
            sa.Column("leased_until", INSTANT),
            sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("retry_at", INSTANT),
            sa.Column("reason", sa.String()),
        ),
        "messages": (
            sa.Column("reply_to_id", BIG),
            sa.Column("album_id", sa.String()),
            sa.Column("edited_at", INSTANT),
            sa.Column("reaction", sa.String(), nullable=False, server_default=""),
        ),
        "outbox": (
            sa.Column("op", sa.String(), nullable=False, server_default="send"),
            sa.Column("target_id", BIG),
        ),
    }


def upgrade() -> None:
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    op.create_index("ix_outbox_link_id_state", "outbox", ["link_id", "state"])
    op.create_index("ix_files_expected", "files", ["channel", "created_at"], sqlite_where=EXPECTED,
                    postgresql_where=EXPECTED)  # fmt: skip
    op.create_index("ix_conversations_typing", "conversations", ["typing_until"], sqlite_where=TYPING,
                    postgresql_where=TYPING)  # fmt: skip
    _create_remote_messages()
    _create_message_versions()
    _create_channel_states()


def _create_remote_messages() -> None:
    op.create_table(
        "remote_messages",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("estate_id", BIG, sa.ForeignKey("estates.id"), nullable=False),
        sa.Column("link_id", BIG, sa.ForeignKey("channel_links.id"), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("message_id", BIG, sa.ForeignKey("messages.id"), nullable=False),
        sa.UniqueConstraint("link_id", "remote_id"),
    )
    op.create_index("ix_remote_messages_message_id", "remote_messages", ["message_id"])


def _create_message_versions() -> None:
    op.create_table(
        "message_versions",
        sa.Column("id", BIG, primary_key=True),
        sa.Column("estate_id", BIG, sa.ForeignKey("estates.id"), nullable=False),
        sa.Column("message_id", BIG, sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until_at", INSTANT, nullable=False),
        sa.UniqueConstraint("message_id", "external_id"),
    )


def _create_channel_states() -> None:
    op.create_table(
        "channel_states",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("since_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("leads_until", INSTANT, nullable=True),
    )


def downgrade() -> None:
    for table in ("channel_states", "message_versions", "remote_messages"):
        op.drop_table(table)
    op.drop_index("ix_conversations_typing", "conversations")
    op.drop_index("ix_files_expected", "files")
    op.drop_index("ix_outbox_link_id_state", "outbox")
    for table, columns in reversed(_columns().items()):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
