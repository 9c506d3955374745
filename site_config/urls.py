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
    path("files/<int:pk>/thumbnail/", rooms.ThumbnailView.as_view(), name="file_thumbnail"),
    path("files/<int:pk>/<str:name>", rooms.FileView.as_view(), name="file"),
    path("previews/<int:pk>/picture/", rooms.PreviewPictureView.as_view(), name="preview_picture"),
    path("mentions/", rooms.MentionsView.as_view(), name="mentions"),
    path("read/", rooms.ReadAllView.as_view(), name="read_all"),
    path("saved/", rooms.SavedView.as_view(), name="saved"),
    path("search/", rooms.SearchView.as_view(), name="search"),
    path("connection/", include("live.urls")),
    path("admin/", admin.site.urls),
]
