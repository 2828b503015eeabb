"""The first schema: people and places, messages and outbox, tickets, deadlines, alerts, live events."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.kinds import BIG, INSTANT, JSON

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "composer_drafts",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "ticket_id", "mode", name=op.f("pk_composer_drafts")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "estates",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("hotline", sa.String(), nullable=False),
        sa.Column("address_zh", sa.String(), nullable=False),
        sa.Column("address_en", sa.String(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estates")),
        sa.UniqueConstraint("code", name=op.f("uq_estates_code")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("response", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "installations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("clock_offset_seconds", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installations")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("is_ok", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    with op.batch_alter_table("login_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_attempts_address_at"), ["address", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_attempts_username_at"), ["username", "at"], unique=False)

    op.create_table(
        "user_estates",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "estate_id", name=op.f("pk_user_estates")),
    )
    op.create_table(
        "users",
        sa.Column("id", BIG, nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.String(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_on_duty", sa.Boolean(), nullable=False),
        sa.Column("deputy_id", BIG, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["deputy_id"], ["users.id"], name=op.f("fk_users_deputy_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "live_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("xid", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_live_events_estate_id_estates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_events")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "residents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("address_as_zh", sa.String(), nullable=False),
        sa.Column("address_as_en", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.String(), nullable=True),
        sa.Column("is_large_type", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_residents_estate_id_estates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents")),
    )
    with op.batch_alter_table("residents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_residents_estate_id_phone_hash"), ["estate_id", "phone_hash"], unique=False
        )

    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_table(
        "zones",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_zones_estate_id_estates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        sa.UniqueConstraint("estate_id", "code", name=op.f("uq_zones_estate_id_code")),
    )
    op.create_table(
        "homes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("zone_id", BIG, nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("building", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("flat", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("butler_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["butler_id"], ["users.id"], name=op.f("fk_homes_butler_id_users")),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_homes_estate_id_estates")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_homes_zone_id_zones")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homes")),
        sa.UniqueConstraint("estate_id", "code", name=op.f("uq_homes_estate_id_code")),
    )
    with op.batch_alter_table("homes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_homes_butler_id"), ["butler_id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("home_id", BIG, nullable=True),
        sa.Column("last_seq", BIG, nullable=False),
        sa.Column("last_link_id", BIG, nullable=True),
        sa.Column("human_replied_at", INSTANT, nullable=True),
        sa.Column("typing_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estates.id"], name=op.f("fk_conversations_estate_id_estates")
        ),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_conversations_home_id_homes")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_conversations_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversations_resident_id"), ["resident_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("home_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_invitations_created_by_users")),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_invitations_estate_id_estates")),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_invitations_home_id_homes")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_invitations_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    op.create_table(
        "residencies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=False),
        sa.Column("home_id", BIG, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_residencies_estate_id_estates")),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_residencies_home_id_homes")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_residencies_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residencies")),
        sa.UniqueConstraint("resident_id", "home_id", name=op.f("uq_residencies_resident_id_home_id")),
    )
    with op.batch_alter_table("residencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_residencies_home_id"), ["home_id"], unique=False)

    op.create_table(
        "channel_links",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", JSON, nullable=False),
        sa.Column("state_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_large_type", sa.Boolean(), nullable=False),
        sa.Column("last_inbound_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_channel_links_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estates.id"], name=op.f("fk_channel_links_estate_id_estates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_links")),
        sa.UniqueConstraint(
            "channel", "account", "address", name=op.f("uq_channel_links_channel_account_address")
        ),
    )
    with op.batch_alter_table("channel_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_channel_links_conversation_id"), ["conversation_id"], unique=False
        )

    op.create_table(
        "files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=True),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_files_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_files_estate_id_estates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_files_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_files_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "consents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("link_id", BIG, nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("shown_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_consents_estate_id_estates")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["channel_links.id"], name=op.f("fk_consents_link_id_channel_links")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("link_id", "notice", "version", name=op.f("uq_consents_link_id_notice_version")),
    )
    op.create_table(
        "device_codes",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("link_id", BIG, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estates.id"], name=op.f("fk_device_codes_estate_id_estates")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["channel_links.id"], name=op.f("fk_device_codes_link_id_channel_links")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_device_codes")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("link_id", BIG, nullable=False),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("home_id", BIG, nullable=True),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("slots", JSON, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("own_words", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("nudged_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_drafts_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_drafts_estate_id_estates")),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_drafts_home_id_homes")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["channel_links.id"], name=op.f("fk_drafts_link_id_channel_links")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_drafts_resident_id_residents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_state_last_at"), ["state", "last_at"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("menu_version", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("home_id", BIG, nullable=True),
        sa.Column("resident_id", BIG, nullable=True),
        sa.Column("conversation_id", BIG, nullable=True),
        sa.Column("link_id", BIG, nullable=True),
        sa.Column("butler_id", BIG, nullable=True),
        sa.Column("first_butler_id", BIG, nullable=True),
        sa.Column("worker_id", BIG, nullable=True),
        sa.Column("hidden_from_id", BIG, nullable=True),
        sa.Column("reopened_from_id", BIG, nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("slots", JSON, nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("class", sa.String(), nullable=True),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("appointment_start", INSTANT, nullable=True),
        sa.Column("appointment_end", INSTANT, nullable=True),
        sa.Column("satisfaction", sa.String(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("changed_by_id", BIG, nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["butler_id"], ["users.id"], name=op.f("fk_tickets_butler_id_users")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["users.id"], name=op.f("fk_tickets_changed_by_id_users")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_tickets_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_tickets_estate_id_estates")),
        sa.ForeignKeyConstraint(
            ["first_butler_id"], ["users.id"], name=op.f("fk_tickets_first_butler_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["hidden_from_id"], ["users.id"], name=op.f("fk_tickets_hidden_from_id_users")
        ),
        sa.ForeignKeyConstraint(["home_id"], ["homes.id"], name=op.f("fk_tickets_home_id_homes")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["channel_links.id"], name=op.f("fk_tickets_link_id_channel_links")
        ),
        sa.ForeignKeyConstraint(
            ["reopened_from_id"], ["tickets.id"], name=op.f("fk_tickets_reopened_from_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["residents.id"], name=op.f("fk_tickets_resident_id_residents")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["users.id"], name=op.f("fk_tickets_worker_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tickets_butler_id_state"), ["butler_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_tickets_estate_id_state_id"), ["estate_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_tickets_resident_id_state"), ["resident_id", "state"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_tickets_worker_id_state"), ["worker_id", "state"], unique=False)

    op.create_table(
        "deadlines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("calendar_version", sa.String(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("warn_at", INSTANT, nullable=True),
        sa.Column("met_at", INSTANT, nullable=True),
        sa.Column("breached_at", INSTANT, nullable=True),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("pause_reason", sa.String(), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_check_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_deadlines_estate_id_estates")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_deadlines_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("ticket_id", "clock", "cycle", name=op.f("uq_deadlines_ticket_id_clock_cycle")),
    )
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deadlines_next_check",
            ["next_check_at"],
            unique=False,
            sqlite_where=sa.text("next_check_at is not null"),
            postgresql_where=sa.text("next_check_at is not null"),
        )

    op.create_table(
        "messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("conversation_id", BIG, nullable=False),
        sa.Column("link_id", BIG, nullable=True),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("by_user_id", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_kind", sa.String(), nullable=True),
        sa.Column("values", JSON, nullable=False),
        sa.Column("buttons", JSON, nullable=False),
        sa.Column("buttons_used_at", INSTANT, nullable=True),
        sa.Column("pressed", JSON, nullable=True),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("turn_state", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("error_id", sa.String(), nullable=True),
        sa.Column("answers_id", BIG, nullable=True),
        sa.Column("replaced_by_id", BIG, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["by_user_id"], ["users.id"], name=op.f("fk_messages_by_user_id_users")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_messages_estate_id_estates")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["channel_links.id"], name=op.f("fk_messages_link_id_channel_links")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "channel", "account", "external_id", name=op.f("uq_messages_channel_account_external_id")
        ),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_messages_conversation_id_seq")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_answers_id"), ["answers_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "ix_messages_waiting",
            ["conversation_id", "seq"],
            unique=False,
            sqlite_where=sa.text("turn_state = 'received'"),
            postgresql_where=sa.text("turn_state = 'received'"),
        )

    op.create_table(
        "ticket_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("by_user_id", BIG, nullable=True),
        sa.Column("acting_for", sa.String(), nullable=True),
        sa.Column("from_step", sa.String(), nullable=True),
        sa.Column("to_step", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.ForeignKeyConstraint(["by_user_id"], ["users.id"], name=op.f("fk_ticket_events_by_user_id_users")),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estates.id"], name=op.f("fk_ticket_events_estate_id_estates")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_events_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_events")),
    )
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_events_ticket_id_id"), ["ticket_id", "id"], unique=False)

    op.create_table(
        "alerts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("deadline_id", BIG, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("clock", sa.String(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_alerts_deadline_id_deadlines")
        ),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_alerts_estate_id_estates")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_alerts_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alerts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_alerts_dedupe_key")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_user_id_seen_at"), ["user_id", "seen_at"], unique=False)

    op.create_table(
        "deadline_pauses",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("deadline_id", BIG, nullable=False),
        sa.Column("from_at", INSTANT, nullable=False),
        sa.Column("until_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadlines.id"], name=op.f("fk_deadline_pauses_deadline_id_deadlines")
        ),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estates.id"], name=op.f("fk_deadline_pauses_estate_id_estates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_pauses")),
    )
    with op.batch_alter_table("deadline_pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_pauses_deadline_id"), ["deadline_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("link_id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_outbox_estate_id_estates")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["channel_links.id"], name=op.f("fk_outbox_link_id_channel_links")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_outbox_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_message_id"), ["message_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_open",
            ["channel", "priority", "id"],
            unique=False,
            sqlite_where=sa.text("state in ('queued','leased','failed')"),
            postgresql_where=sa.text("state in ('queued','leased','failed')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_open",
            sqlite_where=sa.text("state in ('queued','leased','failed')"),
            postgresql_where=sa.text("state in ('queued','leased','failed')"),
        )
        batch_op.drop_index(batch_op.f("ix_outbox_message_id"))

    op.drop_table("outbox")
    with op.batch_alter_table("deadline_pauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deadline_pauses_deadline_id"))

    op.drop_table("deadline_pauses")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alerts_user_id_seen_at"))

    op.drop_table("alerts")
    with op.batch_alter_table("ticket_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_events_ticket_id_id"))

    op.drop_table("ticket_events")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_waiting",
            sqlite_where=sa.text("turn_state = 'received'"),
            postgresql_where=sa.text("turn_state = 'received'"),
        )
        batch_op.drop_index(batch_op.f("ix_messages_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_messages_answers_id"))

    op.drop_table("messages")
    with op.batch_alter_table("deadlines", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deadlines_next_check",
            sqlite_where=sa.text("next_check_at is not null"),
            postgresql_where=sa.text("next_check_at is not null"),
        )

    op.drop_table("deadlines")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tickets_worker_id_state"))
        batch_op.drop_index(batch_op.f("ix_tickets_resident_id_state"))
        batch_op.drop_index(batch_op.f("ix_tickets_estate_id_state_id"))
        batch_op.drop_index(batch_op.f("ix_tickets_butler_id_state"))

    op.drop_table("tickets")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_state_last_at"))
        batch_op.drop_index(batch_op.f("ix_drafts_link_id"))

    op.drop_table("drafts")
    op.drop_table("device_codes")
    op.drop_table("consents")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_files_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_files_message_id"))

    op.drop_table("files")
    with op.batch_alter_table("channel_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_links_conversation_id"))

    op.drop_table("channel_links")
    with op.batch_alter_table("residencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_residencies_home_id"))

    op.drop_table("residencies")
    op.drop_table("invitations")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversations_resident_id"))

    op.drop_table("conversations")
    with op.batch_alter_table("homes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_homes_butler_id"))

    op.drop_table("homes")
    op.drop_table("zones")
    op.drop_table("staff_sessions")
    with op.batch_alter_table("residents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_residents_estate_id_phone_hash"))

    op.drop_table("residents")
    op.drop_table("live_events")
    op.drop_table("users")
    op.drop_table("user_estates")
    with op.batch_alter_table("login_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_attempts_username_at"))
        batch_op.drop_index(batch_op.f("ix_login_attempts_address_at"))

    op.drop_table("login_attempts")
    op.drop_table("installations")
    op.drop_table("idempotency_keys")
    op.drop_table("estates")
    op.drop_table("counters")
    op.drop_table("composer_drafts")
