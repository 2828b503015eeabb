"""Runs inside Alembic: applies the steps on the connection that ``backend.migrate`` opened."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from backend.models import Base
from backend.models.base import Instant


def worded(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Write our column kinds by the names of ``backend.migrations.kinds``; False: Alembic's own wording."""
    if kind != "type":
        return False
    if isinstance(thing, Instant):
        return "INSTANT"
    return {sa.BigInteger: "BIG", sa.JSON: "JSON"}.get(type(thing), False)


def run(attributes: dict[str, Any]) -> None:
    """Apply the steps in the caller's transaction; the caller commits."""
    context.configure(
        connection=attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=worded,
    )
    context.run_migrations()


run(context.config.attributes)
