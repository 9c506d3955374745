"""The addresses about what one is told."""

from django.urls import path

from notifications import views, way_views

urlpatterns = [
    path("", views.NotificationsView.as_view(), name="notifications"),
    path("test/", views.TestMailView.as_view(), name="notifications_test"),
    path("again/", views.BeginAgainView.as_view(), name="mails_again"),
    path("digest/", views.DigestView.as_view(), name="digest"),
    path("sound/", views.SoundView.as_view(), name="notifications_sound"),
    path("desktop/", views.DesktopView.as_view(), name="notifications_desktop"),
    path("words/", views.WordsView.as_view(), name="notifications_words"),
    path("ways/new/<str:kind>/", way_views.WayNewView.as_view(), name="way_new"),
    path("ways/<int:pk>/", way_views.WayView.as_view(), name="way"),
    path("ways/<int:pk>/test/", way_views.WayTestView.as_view(), name="way_test"),
    path("ways/<int:pk>/secret/", way_views.WaySecretView.as_view(), name="way_secret"),
    path("ways/<int:pk>/remove/", way_views.WayRemoveView.as_view(), name="way_remove"),
    path("feed/", way_views.FeedChangeView.as_view(), name="feed_change"),
    path("stop/<str:token>/", views.StopView.as_view(), name="mails_stop"),
]
