from django.urls import path

from rooms import views

urlpatterns = [
    path("", views.RoomListView.as_view(), name="rooms"),
    path("new/", views.RoomCreateView.as_view(), name="room_new"),
    path("<str:slug>/", views.RoomView.as_view(), name="room"),
    path("<str:slug>/join/", views.JoinView.as_view(), name="room_join"),
    path("<str:slug>/leave/", views.LeaveView.as_view(), name="room_leave"),
    path("<str:slug>/messages/<int:pk>/", views.MessageView.as_view(), name="message"),
]
