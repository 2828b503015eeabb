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
from backend.models.deadlines import Alert, Deadline, DeadlinePause, PolicyEdition
from backend.models.duties import Duty, Handover, Record, Shift
from backend.models.estates import Estate, Home, Installation, Zone
from backend.models.learning import Phrase, Publication
from backend.models.live import LiveEvent
from backend.models.notices import Alarm, Delivery, Incident, StaffAddress
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
    "Alarm",
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
    "Delivery",
    "DeviceCode",
    "Draft",
    "Duty",
    "Estate",
    "Handover",
    "Home",
    "IdempotencyKey",
    "Incident",
    "Installation",
    "Invitation",
    "LiveEvent",
    "LoginAttempt",
    "Message",
    "MessageVersion",
    "OutboxRow",
    "Phrase",
    "PolicyEdition",
    "Publication",
    "Record",
    "RemoteMessage",
    "Residency",
    "Resident",
    "Shift",
    "StaffAddress",
    "StaffSession",
    "StoredFile",
    "Ticket",
    "TicketEvent",
    "User",
    "UserEstate",
    "Zone",
]
