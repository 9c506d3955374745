from rooms.models.attachment import Attachment
from rooms.models.draft import Draft
from rooms.models.follower import Follower
from rooms.models.membership import FormerMembership, Membership
from rooms.models.mention import Mention
from rooms.models.message import Message
from rooms.models.noticed import Noticed
from rooms.models.preview import Preview
from rooms.models.reaction import Reaction
from rooms.models.reminder import Reminder
from rooms.models.report import Removal, Report
from rooms.models.room import Room
from rooms.models.room_address import RoomAddress
from rooms.models.saved import Saved
from rooms.models.scheduled import Scheduled
from rooms.models.version import Version
from rooms.models.vote import Vote

__all__ = [
    "Attachment",
    "Draft",
    "Follower",
    "FormerMembership",
    "Membership",
    "Mention",
    "Message",
    "Noticed",
    "Preview",
    "Reaction",
    "Reminder",
    "Removal",
    "Report",
    "Room",
    "RoomAddress",
    "Saved",
    "Scheduled",
    "Version",
    "Vote",
]
