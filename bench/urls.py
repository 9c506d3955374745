"""Parley's addresses, and the views that its pages are measured against."""

from django.urls import path

from bench import bare_views
from site_config.urls import urlpatterns as parley

urlpatterns = [
    path("bench/bare/<int:size>/", bare_views.BareView.as_view()),
    path("bench/templated/<str:slug>/", bare_views.TemplatedRoomView.as_view()),
    *parley,
]
