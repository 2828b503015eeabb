"""What the understanding is taught here: phrases of operators, and what is published."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key, reference


class Phrase(Base):
    """A wording and the items it fits: ``state`` proposed → approved | rejected, either way again.

    ``source``: operator (written by one), or button: a resident was asked which item was meant and chose one;
    ``message_id`` is the message the words came from, ``times`` how often residents chose so. ``key``: the
    words made comparable. Approved ones hold in every estate, for there is one menu; ``estate_id`` says where
    it came from and who may look after it.
    """

    __tablename__ = "phrases"
    __table_args__ = (Index(None, "estate_id", "key"), Index(None, "state", "id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    language: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str]
    items: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="proposed")
    source: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    message_id: Mapped[int | None] = mapped_column(Big)
    by_user_id: Mapped[int | None] = reference("users.id")
    decided_by_id: Mapped[int | None] = reference("users.id")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Publication(Base):
    """The version of what every web process is to serve; ``kind``: menu, artefact or phrases.

    Menu and artefact are told by the process that has taken them from the files; ``phrases`` counts on with
    every change of an approved phrase.
    """

    __tablename__ = "publications"
    kind: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    changed_at: Mapped[datetime]
