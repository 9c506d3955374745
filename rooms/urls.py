from django.urls import path

from rooms import views

urlpatterns = [
    path("", views.RoomListView.as_view(), name="rooms"),
    path("new/", views.RoomCreateView.as_view(), name="room_new"),
    path("<str:slug>/", views.RoomView.as_view(), name="room"),
    path("<str:slug>/history/", views.HistoryView.as_view(), name="history"),
    path("<str:slug>/join/", views.JoinView.as_view(), name="room_join"),
    path("<str:slug>/leave/", views.LeaveView.as_view(), name="room_leave"),
    path("<str:slug>/preview/", views.PreviewView.as_view(), name="preview"),
    path("<str:slug>/pins/", views.PinsView.as_view(), name="pins"),
    path("<str:slug>/files/", views.UploadView.as_view(), name="files"),
    path("<str:slug>/files/<int:pk>/remove/", views.FileRemoveView.as_view(), name="file_remove"),
    path("<str:slug>/messages/<int:pk>/", views.MessageView.as_view(), name="message"),
    path("<str:slug>/suggestions/", views.SuggestionsView.as_view(), name="suggestions"),
    path("<str:slug>/messages/<int:pk>/unread/", views.UnreadView.as_view(), name="message_unread"),
    path("<str:slug>/messages/<int:pk>/edit/", views.EditView.as_view(), name="message_edit"),
    path("<str:slug>/messages/<int:pk>/versions/", views.VersionsView.as_view(), name="message_versions"),
    path("<str:slug>/messages/<int:pk>/pin/", views.PinView.as_view(), name="message_pin"),
    path("<str:slug>/messages/<int:pk>/save/", views.SaveView.as_view(), name="message_save"),
    path(
        "<str:slug>/messages/<int:pk>/previews/<int:preview_pk>/remove/",
        views.PreviewRemoveView.as_view(),
        name="preview_remove",
    ),
    path("<str:slug>/messages/<int:pk>/reactions/", views.ReactionsView.as_view(), name="reactions"),
    path("<str:slug>/messages/<int:pk>/reply/", views.ReplyView.as_view(), name="reply"),
    path("<str:slug>/messages/<int:pk>/thread/", views.ThreadView.as_view(), name="thread"),
]
