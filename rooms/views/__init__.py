"""Rooms by HTTP: each address is a page, and to htmx the part of it that changes."""

from rooms.views.attaching import FileRemoveView, UploadView
from rooms.views.edit import EditView
from rooms.views.files import FileView, ThumbnailView
from rooms.views.history import HistoryView
from rooms.views.mentions import MentionsView
from rooms.views.message import MessageView
from rooms.views.pins import PinsView, PinView
from rooms.views.preview import PreviewView
from rooms.views.previews import PreviewPictureView, PreviewRemoveView
from rooms.views.reaction import ReactionsView
from rooms.views.reading import ReadAllView, UnreadView
from rooms.views.reply import ReplyView
from rooms.views.room import RoomView
from rooms.views.rooms import HomeView, JoinView, LeaveView, RoomCreateView, RoomListView
from rooms.views.saved import SavedView, SaveView
from rooms.views.search import SearchView
from rooms.views.see_other import SeeOther
from rooms.views.suggestions import SuggestionsView
from rooms.views.thread import ThreadView
from rooms.views.versions import VersionsView

__all__ = [
    "EditView",
    "FileRemoveView",
    "FileView",
    "HistoryView",
    "HomeView",
    "JoinView",
    "LeaveView",
    "MentionsView",
    "MessageView",
    "PinView",
    "PinsView",
    "PreviewPictureView",
    "PreviewRemoveView",
    "PreviewView",
    "ReactionsView",
    "ReadAllView",
    "ReplyView",
    "RoomCreateView",
    "RoomListView",
    "RoomView",
    "SaveView",
    "SavedView",
    "SearchView",
    "SeeOther",
    "SuggestionsView",
    "ThreadView",
    "ThumbnailView",
    "UnreadView",
    "UploadView",
    "VersionsView",
]
