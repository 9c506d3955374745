"""Parley's addresses, and the views that its pages are measured against."""

from django.urls import path

from bench import bare_views
from integrations.actions import hook_calls
from site_config.urls import urlpatterns as parley

# What one hook may say in a minute is said in a second here.
hook_calls.CALL_LIMIT.most = 1_000_000

urlpatterns = [
    path("bench/bare/<int:size>/", bare_views.BareView.as_view()),
    path("bench/templated/<str:slug>/", bare_views.TemplatedRoomView.as_view()),
    *parley,
]
