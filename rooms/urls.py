from django.urls import path

from rooms.views.draft_preview import PreviewView
from rooms.views.edit import EditView, LastEditView
from rooms.views.formats import FormatsView
from rooms.views.history import HistoryView
from rooms.views.involvement import FavouriteView, InvolvementView, ReadRoomView
from rooms.views.link_previews import PreviewRemoveView
from rooms.views.members import AddMembersView, MemberRemoveView, MemberRoleView, MembersView
from rooms.views.message import MessageView
from rooms.views.pins import PinsView, PinView
from rooms.views.pointed_at import PointedAtView
from rooms.views.reactions import ReactionsView
from rooms.views.reading import UnreadView
from rooms.views.refused import RefusedView
from rooms.views.reminders import RemindView
from rooms.views.reply import ReplyView
from rooms.views.report import ReportView
from rooms.views.room import RoomView
from rooms.views.room_settings import RoomDeleteView, RoomSettingsView, RoomSwitchView
from rooms.views.rooms import JoinView, LeaveView, RoomCreateView, RoomListView
from rooms.views.saved import SaveView
from rooms.views.scheduled import LaterView
from rooms.views.suggestions import SuggestionsView
from rooms.views.thread import ThreadView
from rooms.views.threads import ThreadFollowView, ThreadReadView
from rooms.views.uploads import FileRemoveView, UploadView
from rooms.views.versions import VersionsView
from rooms.views.votes import VotesView

urlpatterns = [
    path("", RoomListView.as_view(), name="rooms"),
    path("new/", RoomCreateView.as_view(), name="room_new"),
    path("<str:slug>/", RoomView.as_view(), name="room"),
    path("<str:slug>/history/", HistoryView.as_view(), name="history"),
    path("<str:slug>/join/", JoinView.as_view(), name="room_join"),
    path("<str:slug>/leave/", LeaveView.as_view(), name="room_leave"),
    path("<str:slug>/settings/", RoomSettingsView.as_view(), name="room_settings"),
    path("<str:slug>/settings/archive/", RoomSwitchView.as_view(), name="room_archive"),
    path("<str:slug>/settings/delete/", RoomDeleteView.as_view(), name="room_delete"),
    path("<str:slug>/involvement/", InvolvementView.as_view(), name="involvement"),
    path("<str:slug>/favourite/", FavouriteView.as_view(), name="favourite"),
    path("<str:slug>/read/", ReadRoomView.as_view(), name="room_read"),
    path("<str:slug>/members/", MembersView.as_view(), name="members"),
    path("<str:slug>/members/add/", AddMembersView.as_view(), name="members_add"),
    path("<str:slug>/members/<str:username>/remove/", MemberRemoveView.as_view(), name="member_remove"),
    path("<str:slug>/members/<str:username>/role/", MemberRoleView.as_view(), name="member_role"),
    path("<str:slug>/preview/", PreviewView.as_view(), name="preview"),
    path("<str:slug>/later/", LaterView.as_view(), name="later"),
    path("<str:slug>/pins/", PinsView.as_view(), name="pins"),
    path("<str:slug>/files/", UploadView.as_view(), name="files"),
    path("<str:slug>/files/<int:pk>/remove/", FileRemoveView.as_view(), name="file_remove"),
    path("<str:slug>/at/<str:act>/", PointedAtView.as_view(), name="at"),
    path("<str:slug>/up/", LastEditView.as_view(), name="edit_last"),
    path("<str:slug>/messages/<int:pk>/", MessageView.as_view(), name="message"),
    path("<str:slug>/formats/", FormatsView.as_view(), name="formats"),
    path("<str:slug>/refused/", RefusedView.as_view(), name="refused"),
    path("<str:slug>/suggestions/", SuggestionsView.as_view(), name="suggestions"),
    path("<str:slug>/messages/<int:pk>/unread/", UnreadView.as_view(), name="message_unread"),
    path("<str:slug>/messages/<int:pk>/edit/", EditView.as_view(), name="message_edit"),
    path("<str:slug>/messages/<int:pk>/versions/", VersionsView.as_view(), name="message_versions"),
    path("<str:slug>/messages/<int:pk>/pin/", PinView.as_view(), name="message_pin"),
    path("<str:slug>/messages/<int:pk>/save/", SaveView.as_view(), name="message_save"),
    path(
        "<str:slug>/messages/<int:pk>/previews/<int:preview_pk>/remove/",
        PreviewRemoveView.as_view(),
        name="preview_remove",
    ),
    path("<str:slug>/messages/<int:pk>/remind/", RemindView.as_view(), name="message_remind"),
    path("<str:slug>/messages/<int:pk>/report/", ReportView.as_view(), name="message_report"),
    path("<str:slug>/messages/<int:pk>/reactions/", ReactionsView.as_view(), name="reactions"),
    path("<str:slug>/messages/<int:pk>/votes/", VotesView.as_view(), name="votes"),
    path("<str:slug>/messages/<int:pk>/reply/", ReplyView.as_view(), name="reply"),
    path("<str:slug>/messages/<int:pk>/thread/", ThreadView.as_view(), name="thread"),
    path("<str:slug>/messages/<int:pk>/thread/follow/", ThreadFollowView.as_view(), name="thread_follow"),
    path("<str:slug>/messages/<int:pk>/thread/read/", ThreadReadView.as_view(), name="thread_read"),
]
