"""The addresses about what one is told."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("", views.NotificationsView.as_view(), name="notifications"),
    path("test/", views.TestMailView.as_view(), name="notifications_test"),
    path("stop/<str:token>/", views.StopView.as_view(), name="mails_stop"),
]
