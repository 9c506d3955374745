"""The addresses of hooks: where programs speak, and where moderators make them."""

from django.urls import path

from integrations.views.hooks import HookPageView, HooksView
from integrations.views.incoming import CommandAnswerView, HookView, SlackHookView
from integrations.views.outgoing import OutgoingNewView, OutgoingView
from integrations.views.press import PressView

urlpatterns = [
    path("hooks/<str:key>", HookView.as_view(), name="incoming"),
    path("hooks/answers/<str:key>", CommandAnswerView.as_view(), name="command_answer"),
    path("services/<str:team>/<str:app>/<str:key>", SlackHookView.as_view(), name="incoming_slack"),
    path("rooms/<str:slug>/messages/<int:pk>/press/", PressView.as_view(), name="press"),
    path("rooms/<str:slug>/settings/hooks/", HooksView.as_view(), name="hooks"),
    path("rooms/<str:slug>/settings/hooks/outgoing/", OutgoingNewView.as_view(), name="outgoing_new"),
    path("rooms/<str:slug>/settings/hooks/outgoing/<int:pk>/", OutgoingView.as_view(), name="outgoing"),
    path("rooms/<str:slug>/settings/hooks/<int:pk>/", HookPageView.as_view(), name="hook"),
]
