"""The addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from accounts import views as accounts
from rooms import views as rooms

urlpatterns = [
    path("", rooms.HomeView.as_view(), name="home"),
    path("welcome/", accounts.WelcomeView.as_view(), name="welcome"),
    path("join/<str:token>/", accounts.JoinLinkView.as_view(), name="join_link"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("rooms/", include("rooms.urls")),
    path("search/", rooms.SearchView.as_view(), name="search"),
    path("connection/", include("live.urls")),
    path("admin/", admin.site.urls),
]
