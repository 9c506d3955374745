"""What is stored of programs, and of what moves in and out."""

from integrations.models.command_call import CommandCall
from integrations.models.exports import Export
from integrations.models.feed import CalendarEvent, FeedEntry, FeedMessage, IncomingFeed
from integrations.models.hook import Hook
from integrations.models.hook_buttons import HookButtons
from integrations.models.hook_call import HookCall
from integrations.models.hook_icon import HookIcon
from integrations.models.hook_subject import HookSubject
from integrations.models.moving import ArchiveImport, ImportSource, MovedRecord, Placeholder
from integrations.models.outgoing_call import OutgoingCall
from integrations.models.outgoing_hook import OutgoingHook
from integrations.models.token import Token

__all__ = [
    "ArchiveImport",
    "CalendarEvent",
    "CommandCall",
    "Export",
    "FeedEntry",
    "FeedMessage",
    "Hook",
    "HookButtons",
    "HookCall",
    "HookIcon",
    "HookSubject",
    "ImportSource",
    "IncomingFeed",
    "MovedRecord",
    "OutgoingCall",
    "OutgoingHook",
    "Placeholder",
    "Token",
]
