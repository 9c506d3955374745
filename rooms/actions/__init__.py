"""What changes data in rooms: one function a verb, told to the others only after the commit."""

from rooms.actions.deleting import delete_message, remove_message
from rooms.actions.posting import NewMessage, clean_body, post_message, post_messages
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import create_room, join_room, leave_room

__all__ = [
    "NewMessage",
    "Rejected",
    "clean_body",
    "create_room",
    "delete_message",
    "join_room",
    "leave_room",
    "post_message",
    "post_messages",
    "remove_message",
]
