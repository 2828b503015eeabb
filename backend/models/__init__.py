"""The tables, one file per family; importing this package declares them all."""

from backend.models.base import Base
from backend.models.conversations import (
    ChannelLink,
    ChannelState,
    Conversation,
    Draft,
    Message,
    MessageVersion,
    OutboxRow,
    RemoteMessage,
    StoredFile,
)
from backend.models.deadlines import Alert, Deadline, DeadlinePause
from backend.models.estates import Estate, Home, Installation, Zone
from backend.models.learning import Phrase, Publication
from backend.models.live import LiveEvent
from backend.models.people import (
    Consent,
    DeviceCode,
    Invitation,
    LoginAttempt,
    Residency,
    Resident,
    StaffSession,
    User,
    UserEstate,
)
from backend.models.tickets import ComposerDraft, Counter, IdempotencyKey, Ticket, TicketEvent

__all__ = [
    "Alert",
    "Base",
    "ChannelLink",
    "ChannelState",
    "ComposerDraft",
    "Consent",
    "Conversation",
    "Counter",
    "Deadline",
    "DeadlinePause",
    "DeviceCode",
    "Draft",
    "Estate",
    "Home",
    "IdempotencyKey",
    "Installation",
    "Invitation",
    "LiveEvent",
    "LoginAttempt",
    "Message",
    "MessageVersion",
    "OutboxRow",
    "Phrase",
    "Publication",
    "RemoteMessage",
    "Residency",
    "Resident",
    "StaffSession",
    "StoredFile",
    "Ticket",
    "TicketEvent",
    "User",
    "UserEstate",
    "Zone",
]
