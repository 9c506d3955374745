"""The socket of any page, and of the page about the connection itself."""

from django.urls import path

from accounts.consumers import ConnectionConsumer, PersonConsumer

websocket_urlpatterns = [
    path("ws/live/", PersonConsumer.as_asgi()),
    path("ws/connection/", ConnectionConsumer.as_asgi()),
]
