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
from accounts.models.file_removal import FileRemoval
from accounts.models.joining import BannedAddress, Invitation, end_of_invitation
from accounts.models.mail import Mail
from accounts.models.person import (
    Awaits,
    LastOwner,
    Person,
    PersonManager,
    PersonQuerySet,
    admitted,
    languages,
    time_zones,
)
from accounts.models.work import MOST_TRIES, SILENCE, Departure, Download, Overtaken, PreparedFile, Work

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
    "FileRemoval",
    "Invitation",
    "LastOwner",
    "Mail",
    "Overtaken",
    "Person",
    "PersonManager",
    "PersonQuerySet",
    "PreparedFile",
    "Work",
    "admitted",
    "end_of_invitation",
    "languages",
    "new_join_token",
    "people_changed",
    "time_zones",
]
