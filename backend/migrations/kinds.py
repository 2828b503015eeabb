"""The column kinds of the steps, fixed here so that a change of the models never rewrites an old step."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

BIG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT: Final = sa.DateTime(timezone=True)
JSON: Final = sa.JSON().with_variant(JSONB(), "postgresql")
