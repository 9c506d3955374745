"""People, and the community they belong to."""

from accounts.models.audit import AuditEntry
from accounts.models.block import Block
from accounts.models.community import (
    ACCENTS,
    MEGABYTE,
    MESSAGES_A_MINUTE,
    Community,
    new_join_token,
    people_changed,
)
from accounts.models.joining import BannedAddress, Invitation, end_of_invitation
from accounts.models.person import (
    Awaits,
    LastOwner,
    Person,
    PersonManager,
    PersonQuerySet,
    admitted,
    time_zones,
)
from accounts.models.work import MOST_TRIES, SILENCE, Departure, Download, Overtaken, Work

__all__ = [
    "ACCENTS",
    "MEGABYTE",
    "MESSAGES_A_MINUTE",
    "MOST_TRIES",
    "SILENCE",
    "AuditEntry",
    "Awaits",
    "BannedAddress",
    "Block",
    "Community",
    "Departure",
    "Download",
    "Invitation",
    "LastOwner",
    "Overtaken",
    "Person",
    "PersonManager",
    "PersonQuerySet",
    "Work",
    "admitted",
    "end_of_invitation",
    "new_join_token",
    "people_changed",
    "time_zones",
]
