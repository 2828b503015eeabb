"""The office's own tables: views, answers, texts, calendars, notes, imports, sign-offs, and an audit log."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from backend.migrations.kinds import BIG, INSTANT, JSON

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

VISITS = sa.text("appointment_start is not null")
TABLES = ("sign_off_requests", "imports", "remarks", "translations", "presences", "calendar_editions",
          "estate_texts", "canned_answers", "audit_entries", "saved_views")  # fmt: skip
TEXT, WORD, NUMBER, YES = sa.Text(), sa.String(), sa.Integer(), sa.Boolean()
#: the database itself keeps the audit log as it was written; that of a demo goes when the demo is wiped
KEPT_SQLITE = """
create trigger audit_entries_no_{verb} before {verb} on audit_entries {unless}
begin select raise(abort, 'the audit log is append-only'); end
"""
UNLESS_DEMO = "when not exists (select 1 from installations where is_demo)"
KEPT_POSTGRESQL = """
create function audit_entries_kept() returns trigger language plpgsql as
$$ begin
  if tg_op = 'DELETE' and exists (select 1 from installations where is_demo) then return old; end if;
  raise exception 'the audit log is append-only';
end $$;
create trigger audit_entries_kept before update or delete on audit_entries
for each row execute function audit_entries_kept();
"""


def upgrade() -> None:
    _add_columns()
    _views_and_log()
    _texts()
    _calendars_and_presence()
    _notes_and_imports()
    _sign_offs()
    op.create_index("ix_records_replaces_id", "records", ["replaces_id"])
    _keep_log()


def downgrade() -> None:
    op.drop_index("ix_records_replaces_id", "records")
    for name in TABLES:
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function audit_entries_kept()")
    with op.batch_alter_table("users") as batch:
        for name in ("must_change_password", "totp_pending_sealed", "settings"):
            batch.drop_column(name)
    for name in ("visits", "split_from_id", "merged_into_id", "home_id_id"):
        op.drop_index(f"ix_tickets_{name}", "tickets")
    with op.batch_alter_table("tickets") as batch:
        for column, table in (("split_from_id", "tickets"), ("merged_into_id", "tickets"),
                              ("snoozed_by_id", "users")):  # fmt: skip
            batch.drop_constraint(op.f(f"fk_tickets_{column}_{table}"), type_="foreignkey")
            batch.drop_column(column)
        batch.drop_column("snoozed_until")
    with op.batch_alter_table("residents") as batch:
        batch.drop_constraint(op.f("fk_residents_merged_into_id_residents"), type_="foreignkey")
        batch.drop_column("merged_into_id")


def _add_columns() -> None:
    with op.batch_alter_table("residents") as batch:
        _refer(batch, "residents", "merged_into_id", "residents")
    with op.batch_alter_table("tickets") as batch:
        batch.add_column(sa.Column("snoozed_until", INSTANT, nullable=True))
        _refer(batch, "tickets", "snoozed_by_id", "users")
        _refer(batch, "tickets", "merged_into_id", "tickets")
        _refer(batch, "tickets", "split_from_id", "tickets")
    op.create_index("ix_tickets_home_id_id", "tickets", ["home_id", "id"])
    op.create_index("ix_tickets_merged_into_id", "tickets", ["merged_into_id"])
    op.create_index("ix_tickets_split_from_id", "tickets", ["split_from_id"])
    op.create_index("ix_tickets_visits", "tickets", ["estate_id", "appointment_start"],
                    sqlite_where=VISITS, postgresql_where=VISITS)  # fmt: skip
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("settings", JSON, nullable=False, server_default="{}"))
        batch.add_column(sa.Column("totp_pending_sealed", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("must_change_password", YES, nullable=False, server_default=sa.false()))


def _refer(batch: Any, table: str, column: str, target: str) -> None:
    batch.add_column(sa.Column(column, BIG, nullable=True))
    batch.create_foreign_key(op.f(f"fk_{table}_{column}_{target}"), target, [column], ["id"])


def _views_and_log() -> None:
    _table(
        "saved_views",
        {"id": BIG, "estate_id": BIG, "user_id": BIG, "page": WORD, "name": WORD, "query": TEXT,
         "columns": JSON, "is_shared": YES, "created_at": INSTANT},
        references={"estate_id": "estates", "user_id": "users"},
        unique=("estate_id", "user_id", "page", "name"),
    )  # fmt: skip
    _table(
        "audit_entries",
        {"id": BIG, "estate_id": BIG, "at": INSTANT, "user_id": BIG, "action": WORD, "subject": WORD,
         "subject_id": WORD, "before": JSON, "after": JSON, "address": WORD},
        references={"estate_id": "estates", "user_id": "users"},
        empty=("estate_id", "user_id"),
    )  # fmt: skip
    for columns in (["estate_id", "id"], ["user_id", "id"], ["subject", "subject_id"]):
        op.create_index(f"ix_audit_entries_{'_'.join(columns)}", "audit_entries", columns)


def _texts() -> None:
    common = {"version": NUMBER, "changed_at": INSTANT, "changed_by_id": BIG}
    _table(
        "canned_answers",
        {"id": BIG, "estate_id": BIG, "shortcut": WORD, "title_zh": WORD, "title_en": WORD, "text_zh": TEXT,
         "text_en": TEXT, "item_id": WORD, "times": NUMBER, "is_active": YES, **common},
        references={"estate_id": "estates", "changed_by_id": "users"},
        unique=("estate_id", "shortcut"),
        empty=("item_id", "changed_by_id"),
    )  # fmt: skip
    _table(
        "estate_texts",
        {"id": BIG, "estate_id": BIG, "msgid": TEXT, "text_zh": TEXT, "text_en": TEXT, **common},
        references={"estate_id": "estates", "changed_by_id": "users"},
        unique=("estate_id", "msgid"),
        empty=("changed_by_id",),
    )
    _table(
        "translations",
        {
            "message_id": BIG,
            "language": WORD,
            "estate_id": BIG,
            "text": TEXT,
            "provider": WORD,
            "at": INSTANT,
        },
        references={"estate_id": "estates"},
        key=("message_id", "language"),
    )


def _calendars_and_presence() -> None:
    _table(
        "calendar_editions",
        {"version": WORD, "estate_id": BIG, "calendar": WORD, "edition": NUMBER, "text": TEXT,
         "created_at": INSTANT, "created_by_id": BIG},
        references={"estate_id": "estates", "created_by_id": "users"},
        unique=("calendar", "edition"),
        key=("version",),
        empty=("created_by_id",),
    )  # fmt: skip
    op.create_index("ix_calendar_editions_estate_id", "calendar_editions", ["estate_id"])
    _table(
        "presences",
        {"user_id": BIG, "ticket_id": BIG, "estate_id": BIG, "seen_at": INSTANT, "typing_until": INSTANT},
        references={"estate_id": "estates"},
        key=("user_id", "ticket_id"),
        empty=("typing_until",),
    )
    op.create_index("ix_presences_ticket_id_seen_at", "presences", ["ticket_id", "seen_at"])


def _notes_and_imports() -> None:
    _table(
        "remarks",
        {"id": BIG, "estate_id": BIG, "home_id": BIG, "resident_id": BIG, "text": TEXT, "by_user_id": BIG,
         "at": INSTANT, "removed_at": INSTANT},
        references={"estate_id": "estates", "home_id": "homes", "resident_id": "residents",
                    "by_user_id": "users"},
        empty=("home_id", "resident_id", "removed_at"),
    )  # fmt: skip
    op.create_index("ix_remarks_home_id", "remarks", ["home_id"])
    op.create_index("ix_remarks_resident_id", "remarks", ["resident_id"])
    _table(
        "imports",
        {"id": WORD, "estate_id": BIG, "user_id": BIG, "kind": WORD, "name": WORD, "rows": JSON,
         "faults": JSON, "counts": JSON, "state": WORD, "created_at": INSTANT, "done_at": INSTANT},
        references={"estate_id": "estates", "user_id": "users"},
        empty=("user_id", "done_at"),
    )  # fmt: skip
    op.create_index("ix_imports_estate_id_created_at", "imports", ["estate_id", "created_at"])


def _sign_offs() -> None:
    _table(
        "sign_off_requests",
        {"id": BIG, "estate_id": BIG, "ticket_id": BIG, "cycle": NUMBER, "token_hash": WORD,
         "code_hash": WORD, "tries": NUMBER, "by_user_id": BIG, "created_at": INSTANT,
         "expires_at": INSTANT, "signed_at": INSTANT, "method": WORD, "signed_name": WORD,
         "file_id": WORD, "values": JSON},
        references={"estate_id": "estates", "ticket_id": "tickets", "by_user_id": "users"},
        unique=("token_hash",),
        empty=("signed_at", "method", "file_id"),
    )  # fmt: skip
    op.create_index("ix_sign_off_requests_ticket_id", "sign_off_requests", ["ticket_id"])


def _table(
    name: str,
    columns: Mapping[str, Any],
    *,
    references: Mapping[str, str],
    unique: tuple[str, ...] = (),
    key: tuple[str, ...] = ("id",),
    empty: tuple[str, ...] = (),
) -> None:
    """Make a table; names of keys and constraints follow the convention of the models."""
    parts: list[Any] = [sa.Column(one, kind, nullable=one in empty) for one, kind in columns.items()]
    for column, target in references.items():
        called = op.f(f"fk_{name}_{column}_{target}")
        parts.append(sa.ForeignKeyConstraint([column], [f"{target}.id"], name=called))
    parts.append(sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))
    if unique:
        parts.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")))
    op.create_table(name, *parts)


def _keep_log() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(KEPT_POSTGRESQL)
        return
    for verb, unless in (("update", ""), ("delete", UNLESS_DEMO)):
        op.execute(KEPT_SQLITE.format(verb=verb, unless=unless))
