"""Residents are found by the last four digits of their phone."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from backend.errors import GuanjiaError
from backend.people import kept_phone, phones
from backend.vault import SealBroken, Vault

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOST = 1000
INDEX = "ix_residents_estate_id_phone_last4_hash"

residents = sa.table(
    "residents",
    sa.column("id", sa.BigInteger),
    sa.column("phone_sealed", sa.LargeBinary),
    sa.column("phone_last4_hash", sa.String),
)


def upgrade() -> None:
    op.add_column("residents", sa.Column("phone_last4_hash", sa.String(), nullable=True))
    after = 0
    while rows := _next(after):
        _fill(context.config.attributes.get("vault"), rows)
        after = rows[-1].id
    op.create_index(INDEX, "residents", ["estate_id", "phone_last4_hash"])


def _next(after: int) -> Sequence[Any]:
    query = sa.select(residents.c.id, residents.c.phone_sealed).order_by(residents.c.id).limit(MOST)
    given = query.where(residents.c.id > after, residents.c.phone_sealed.is_not(None))
    return op.get_bind().execute(given).all()


def _fill(vault: Vault | None, rows: Sequence[Any]) -> None:
    if vault is None:
        raise GuanjiaError("Phones are to be read for this step, and no key was given.")
    found = [{"key": row.id, "last4": _last4(vault, row.phone_sealed)} for row in rows]
    change = residents.update().where(residents.c.id == sa.bindparam("key"))
    op.get_bind().execute(change.values(phone_last4_hash=sa.bindparam("last4")), found)


def _last4(vault: Vault, sealed: bytes) -> str | None:
    try:
        return kept_phone.last4_hash(vault, phones.last4(vault.unseal(sealed)))
    except SealBroken:  # sealed with a key that is lost: it cannot be shown either
        return None


def downgrade() -> None:
    op.drop_index(INDEX, "residents")
    op.drop_column("residents", "phone_last4_hash")
