"""What changes data in rooms: one function a verb, told to the others only after the commit."""

from rooms.actions.attaching import remove as remove_attachment
from rooms.actions.attaching import upload_files
from rooms.actions.commanding import Answer, obey
from rooms.actions.deleting import delete_message, remove_message
from rooms.actions.drafting import save_draft
from rooms.actions.editing import NOT_YOURS, Overtaken, edit_message, state_of
from rooms.actions.pinning import pin_message, unpin_message
from rooms.actions.posting import NewMessage, clean_body, post_message, post_messages, posting_together
from rooms.actions.previewing import remove_preview
from rooms.actions.reacting import toggle_reaction
from rooms.actions.reading import Looked, mark_unread, open_room, read_all, read_rooms
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import add_room, create_room, edit_room, join_room, leave_room
from rooms.actions.saving import save_message, unsave_message
from rooms.actions.topic import change_topic

__all__ = [
    "NOT_YOURS",
    "Answer",
    "Looked",
    "NewMessage",
    "Overtaken",
    "Rejected",
    "add_room",
    "change_topic",
    "clean_body",
    "create_room",
    "delete_message",
    "edit_message",
    "edit_room",
    "join_room",
    "leave_room",
    "mark_unread",
    "obey",
    "open_room",
    "pin_message",
    "post_message",
    "post_messages",
    "posting_together",
    "read_all",
    "read_rooms",
    "remove_attachment",
    "remove_message",
    "remove_preview",
    "save_draft",
    "save_message",
    "state_of",
    "toggle_reaction",
    "unpin_message",
    "unsave_message",
    "upload_files",
]
