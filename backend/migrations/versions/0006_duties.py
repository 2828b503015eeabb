"""Duties, records, rota, staff addresses, alarms, incidents; policies are kept as they were."""

import sqlalchemy as sa
from alembic import op

from backend.migrations.kinds import BIG, INSTANT, JSON

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEXT = sa.text("next_check_at is not null")
WAITING = sa.text("state in ('queued', 'leased')")
UNTOLD = sa.text("told_at is null")
FROZEN = ("item_id", "workflow", "building")


def upgrade() -> None:
    _new_tables()
    with op.batch_alter_table("deadlines") as batch:
        batch.add_column(sa.Column("agreed_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("butler_id", BIG, nullable=True))
        for name in FROZEN:
            batch.add_column(sa.Column(name, sa.String(), nullable=True))
        batch.create_foreign_key(op.f("fk_deadlines_butler_id_users"), "users", ["butler_id"], ["id"])
    op.create_index("ix_deadlines_estate_id_clock_due_at", "deadlines", ["estate_id", "clock", "due_at"])
    with op.batch_alter_table("alerts") as batch:
        batch.add_column(sa.Column("told_at", INSTANT, nullable=True))
    op.execute("update alerts set told_at = created_at")  # nobody is called today about what is long past
    op.create_index("ix_alerts_untold", "alerts", ["id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)
    with op.batch_alter_table("tickets") as batch:
        batch.add_column(sa.Column("facts", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("limit_at", INSTANT, nullable=True))
        batch.add_column(sa.Column("is_late_entry", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("incident_id", BIG, nullable=True))
        batch.create_foreign_key(
            op.f("fk_tickets_incident_id_incidents"), "incidents", ["incident_id"], ["id"]
        )
    op.create_index("ix_tickets_incident_id", "tickets", ["incident_id"])
    with op.batch_alter_table("homes") as batch:
        batch.add_column(sa.Column("delivered_at", INSTANT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("homes") as batch:
        batch.drop_column("delivered_at")
    op.drop_index("ix_tickets_incident_id", "tickets")
    with op.batch_alter_table("tickets") as batch:
        batch.drop_constraint(op.f("fk_tickets_incident_id_incidents"), type_="foreignkey")
        for name in ("incident_id", "is_late_entry", "limit_at", "facts"):
            batch.drop_column(name)
    op.drop_index("ix_alerts_untold", "alerts")
    with op.batch_alter_table("alerts") as batch:
        batch.drop_column("told_at")
    op.drop_index("ix_deadlines_estate_id_clock_due_at", "deadlines")
    with op.batch_alter_table("deadlines") as batch:
        batch.drop_constraint(op.f("fk_deadlines_butler_id_users"), type_="foreignkey")
        for name in ("building", "workflow", "item_id", "butler_id", "agreed_at"):
            batch.drop_column(name)
    for name in ("alarms", "deliveries", "staff_addresses", "handovers", "shifts", "records", "duties",
                 "incidents", "policy_editions"):  # fmt: skip
        op.drop_table(name)


def _new_tables() -> None:
    op.create_table(
        "policy_editions",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_editions")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("building", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("opened_by_id", BIG, nullable=True),
        sa.Column("over_at", INSTANT, nullable=True),
        sa.Column("values", JSON, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_incidents_estate_id_estates")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["users.id"], name=op.f("fk_incidents_opened_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_estate_id_state_id", "incidents", ["estate_id", "state", "id"])
    op.create_table(
        "duties",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("opens_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_by_id", BIG, nullable=True),
        sa.Column("missed_at", INSTANT, nullable=True),
        sa.Column("cancelled_at", INSTANT, nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_check_at", INSTANT, nullable=True),
        sa.Column("values", JSON, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_duties_estate_id_estates")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_duties_user_id_users")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_duties_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["done_by_id"], ["users.id"], name=op.f("fk_duties_done_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint(
            "estate_id", "duty", "subject", "slot", name=op.f("uq_duties_estate_id_duty_subject_slot")
        ),
    )
    op.create_index("ix_duties_estate_id_due_at", "duties", ["estate_id", "due_at"])
    op.create_index(
        "ix_duties_next_check", "duties", ["next_check_at"], sqlite_where=NEXT, postgresql_where=NEXT
    )
    op.create_table(
        "records",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("duty_id", BIG, nullable=True),
        sa.Column("replaces_id", BIG, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_user_id", BIG, nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("acting_for", sa.String(), nullable=True),
        sa.Column("values", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_records_estate_id_estates")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_records_ticket_id_tickets")),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name=op.f("fk_records_duty_id_duties")),
        sa.ForeignKeyConstraint(["replaces_id"], ["records.id"], name=op.f("fk_records_replaces_id_records")),
        sa.ForeignKeyConstraint(["by_user_id"], ["users.id"], name=op.f("fk_records_by_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sa.UniqueConstraint("estate_id", "kind", "number", name=op.f("uq_records_estate_id_kind_number")),
    )
    op.create_index("ix_records_estate_id_kind_at", "records", ["estate_id", "kind", "at"])
    op.create_index("ix_records_ticket_id", "records", ["ticket_id"])
    op.create_table(
        "shifts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_shifts_estate_id_estates")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shifts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_estate_id_ends_at", "shifts", ["estate_id", "ends_at"])
    op.create_index("ix_shifts_user_id_ends_at", "shifts", ["user_id", "ends_at"])
    op.create_table(
        "handovers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("from_user_id", BIG, nullable=False),
        sa.Column("to_user_id", BIG, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("prepared_at", INSTANT, nullable=False),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("reviewed_by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_handovers_estate_id_estates")),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_handovers_from_user_id_users")),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_handovers_to_user_id_users")),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["users.id"], name=op.f("fk_handovers_reviewed_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_estate_id_state_id", "handovers", ["estate_id", "state", "id"])
    op.create_table(
        "staff_addresses",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("tested_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["estate_id"], ["estates.id"], name=op.f("fk_staff_addresses_estate_id_estates")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_addresses_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_addresses")),
    )
    op.create_index("ix_staff_addresses_estate_id_is_active", "staff_addresses", ["estate_id", "is_active"])
    op.create_table(
        "deliveries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("address_id", BIG, nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_deliveries_estate_id_estates")),
        sa.ForeignKeyConstraint(
            ["address_id"], ["staff_addresses.id"], name=op.f("fk_deliveries_address_id_staff_addresses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_deliveries_dedupe_key")),
    )
    op.create_index(
        "ix_deliveries_waiting", "deliveries", ["not_before"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_table(
        "alarms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("estate_id", BIG, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_alarms_estate_id_estates")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_alarms_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("estate_id", "source", "event", name=op.f("uq_alarms_estate_id_source_event")),
    )
