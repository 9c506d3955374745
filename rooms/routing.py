"""The sockets of rooms."""

from django.urls import path

from rooms.consumers import ChatConsumer, RoomConsumer

websocket_urlpatterns = [
    path("ws/rooms/<str:slug>/", RoomConsumer.as_asgi()),
    path("ws/chat/<str:slug>/", ChatConsumer.as_asgi()),
]
