"""Rooms by HTTP: each address is a page, and to htmx the part of it that changes."""

from rooms.views.message import MessageView
from rooms.views.room import RoomView
from rooms.views.rooms import HomeView, JoinView, LeaveView, RoomCreateView, RoomListView
from rooms.views.search import SearchView
from rooms.views.see_other import SeeOther

__all__ = [
    "HomeView",
    "JoinView",
    "LeaveView",
    "MessageView",
    "RoomCreateView",
    "RoomListView",
    "RoomView",
    "SearchView",
    "SeeOther",
]
