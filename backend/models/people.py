"""Who: staff users, residents, invitations, sessions, consents."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key, reference


class User(Base):
    """A member of staff. Roles: butler, supervisor, manager, engineer, guard, desk, admin.

    ``settings``: how they want to be told, keys, sound. ``totp_pending_sealed``: a second factor that was
    shown and not yet confirmed. ``must_change_password``: somebody else chose it. ``company_name``: what the
    company calls them, where its accounts sign them in; ``company_subject``: whom that name meant first.
    """

    __tablename__ = "users"
    __table_args__ = (Index(None, "company_name", unique=True), Index(None, "company_subject", unique=True))
    id: Mapped[Key]
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    language: Mapped[str] = mapped_column(default="zh")
    theme: Mapped[str] = mapped_column(default="auto")
    phone_sealed: Mapped[bytes | None]
    phone_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_on_duty: Mapped[bool] = mapped_column(default=True)
    deputy_id: Mapped[int | None] = reference("users.id")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    totp_pending_sealed: Mapped[bytes | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    company_name: Mapped[str | None]
    company_subject: Mapped[str | None]
    created_at: Mapped[datetime]

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


class UserEstate(Base):
    """A user works in an estate; without this row its data are 404 to them."""

    __tablename__ = "user_estates"
    user_id: Mapped[int] = mapped_column(Big, primary_key=True)
    estate_id: Mapped[int] = mapped_column(Big, primary_key=True)


class Resident(Base):
    """A person who lives in or owns a home. ``kind``: owner, tenant, family.

    ``merged_into_id``: the same person was entered twice, and this row is the one that gave way.
    """

    __tablename__ = "residents"
    __table_args__ = (Index(None, "estate_id", "phone_hash"), Index(None, "estate_id", "phone_last4_hash"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    name: Mapped[str]
    surname: Mapped[str] = mapped_column(default="")
    address_as_zh: Mapped[str] = mapped_column(default="")
    address_as_en: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="zh")
    kind: Mapped[str] = mapped_column(default="owner")
    phone_sealed: Mapped[bytes | None]
    phone_hash: Mapped[str | None]
    phone_last4_hash: Mapped[str | None]
    is_large_type: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = reference("residents.id")
    created_at: Mapped[datetime]

    def address_as(self, language: str) -> str:
        """How they like to be addressed: ``陈先生``, ``Mr Chen``, or "" when it was never said."""
        return self.address_as_zh if language == "zh" else self.address_as_en


class Residency(Base):
    """A resident belongs to a home from ``starts_at`` until ``ends_at``."""

    __tablename__ = "residencies"
    __table_args__ = (UniqueConstraint("resident_id", "home_id"), Index(None, "home_id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    resident_id: Mapped[int] = reference("residents.id")
    home_id: Mapped[int] = reference("homes.id")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class Invitation(Base):
    """A code that binds a session to a resident of a home. ``uses_left`` None = unlimited (demo)."""

    __tablename__ = "invitations"
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    home_id: Mapped[int] = reference("homes.id")
    resident_id: Mapped[int | None] = reference("residents.id")
    code_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="printed")
    uses_left: Mapped[int | None]
    expires_at: Mapped[datetime | None]
    created_by: Mapped[int | None] = reference("users.id")
    created_at: Mapped[datetime]


class DeviceCode(Base):
    """Six spoken digits that open the same web chat on another device, once, within ten minutes."""

    __tablename__ = "device_codes"
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    estate_id: Mapped[EstateKey]
    link_id: Mapped[int] = reference("channel_links.id")
    expires_at: Mapped[datetime]


class StaffSession(Base):
    """A signed-in member of staff: ``kind`` cookie (dashboard) or bearer (API); only the hash is stored."""

    __tablename__ = "staff_sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = reference("users.id")
    kind: Mapped[str]
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginAttempt(Base):
    """One try to sign in, kept for the lock-out."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index(None, "username", "at"), Index(None, "address", "at"))
    id: Mapped[Key]
    username: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
    is_ok: Mapped[bool]


class Consent(Base):
    """Which version of the privacy notice a link was shown, and withdrawn when."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("link_id", "notice", "version"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    link_id: Mapped[int] = reference("channel_links.id")
    notice: Mapped[str]
    version: Mapped[str]
    shown_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
