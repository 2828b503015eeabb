"""Where: installation, estates, zones, homes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key, reference


class Installation(Base):
    """One row about this database: the demo mark and the demo clock's offset, which only grows."""

    __tablename__ = "installations"
    id: Mapped[Key]
    is_demo: Mapped[bool]
    clock_offset_seconds: Mapped[int] = mapped_column(Big, default=0)


class Estate(Base):
    """One residential estate 小区; ``settings`` holds logo, colour, greeting, hours."""

    __tablename__ = "estates"
    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    timezone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    calendar: Mapped[str] = mapped_column(default="cn")
    hotline: Mapped[str] = mapped_column(default="")
    address_zh: Mapped[str] = mapped_column(default="")
    address_en: Mapped[str] = mapped_column(default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


class Zone(Base):
    """A part of an estate 组团, served by its own butlers."""

    __tablename__ = "zones"
    __table_args__ = (UniqueConstraint("estate_id", "code"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]


class Home(Base):
    """One home 房屋; ``code`` is ``3-2-1501`` (building, unit, flat).

    ``delivered_at``: when it was handed to its first owner.
    """

    __tablename__ = "homes"
    __table_args__ = (UniqueConstraint("estate_id", "code"), Index(None, "butler_id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    zone_id: Mapped[int | None] = reference("zones.id")
    code: Mapped[str]
    building: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    flat: Mapped[str]
    tier: Mapped[str] = mapped_column(default="standard")
    butler_id: Mapped[int | None] = reference("users.id")
    delivered_at: Mapped[datetime | None]
