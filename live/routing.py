"""The socket that has nothing to do with people."""

from django.urls import path

from live.practice import PracticeConsumer

websocket_urlpatterns = [path("ws/practice/", PracticeConsumer.as_asgi())]
