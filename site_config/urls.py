"""The addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from accounts import views as accounts
from administration.views.community import LogoView
from integrations.views.exports import ExportView, RoomExportView
from integrations.views.feeds import RoomFeedsView
from integrations.views.imports import ImportView
from notifications.member_feed_views import MemberFeedChangeView, MemberFeedView
from notifications.way_views import FeedView
from rooms.views.direct import DirectNewView, DirectWithView
from rooms.views.files import FileView, ThumbnailView
from rooms.views.go import GoView
from rooms.views.involvement import SideOrderView, SideSectionView
from rooms.views.keys import KeysView
from rooms.views.link_previews import PreviewPictureView
from rooms.views.mentions import MentionsView
from rooms.views.people import AvatarView
from rooms.views.pictures import PictureView
from rooms.views.reading import ReadAllView
from rooms.views.reminders import RemindersView, ReminderView
from rooms.views.rooms import HomeView
from rooms.views.saved import SavedView
from rooms.views.scheduled import ScheduledListView, ScheduledView
from rooms.views.search import SearchView
from rooms.views.threads import ThreadsView

handler400 = "hypermedia.views.bad_request"
handler500 = "site_config.storage.server_error"

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("welcome/", accounts.WelcomeView.as_view(), name="welcome"),
    path("join/<str:token>/", accounts.JoinLinkView.as_view(), name="join_link"),
    path("", include("integrations.urls")),
    path("accounts/notifications/", include("notifications.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("rooms/<str:slug>/settings/feeds/", RoomFeedsView.as_view(), name="room_feeds"),
    path("", include("integrations.hook_urls")),
    path("rooms/", include("rooms.urls")),
    path("rooms/<str:slug>/export/", RoomExportView.as_view(), name="room_export"),
    path("rooms/<str:slug>/feed/", MemberFeedChangeView.as_view(), name="member_feed_change"),
    path("feeds/rooms/<str:secret>.atom", MemberFeedView.as_view(), name="member_feed"),
    path("exports/<int:pk>/", ExportView.as_view(), name="export"),
    path("people/", include("rooms.people_urls")),
    path("avatars/<str:name>/", AvatarView.as_view(), name="avatar"),
    path("avatars/<str:name>/large/", AvatarView.as_view(is_large=True), name="avatar_large"),
    path("direct/new/", DirectNewView.as_view(), name="direct_new"),
    path("people/<str:username>/message/", DirectWithView.as_view(), name="direct_with"),
    path("files/<int:pk>/view/", PictureView.as_view(), name="picture"),
    path("files/<int:pk>/thumbnail/", ThumbnailView.as_view(), name="file_thumbnail"),
    path("files/<int:pk>/<str:name>", FileView.as_view(), name="file"),
    path("previews/<int:pk>/picture/", PreviewPictureView.as_view(), name="preview_picture"),
    path("mentions/", MentionsView.as_view(), name="mentions"),
    path("threads/", ThreadsView.as_view(), name="threads"),
    path("feeds/<str:secret>.atom", FeedView.as_view(), name="mentions_feed"),
    path("read/", ReadAllView.as_view(), name="read_all"),
    path("side/", SideOrderView.as_view(), name="side"),
    path("side/<str:section>/", SideSectionView.as_view(), name="side_section"),
    path("go/", GoView.as_view(), name="go"),
    path("keys/", KeysView.as_view(), name="keys"),
    path("saved/", SavedView.as_view(), name="saved"),
    path("reminders/", RemindersView.as_view(), name="reminders"),
    path("reminders/<int:pk>/", ReminderView.as_view(), name="reminder"),
    path("scheduled/", ScheduledListView.as_view(), name="scheduled"),
    path("scheduled/<int:pk>/", ScheduledView.as_view(), name="scheduled_one"),
    path("search/", SearchView.as_view(), name="search"),
    path("administration/import/", ImportView.as_view(), name="administration_import"),
    path("administration/", include("administration.urls")),
    path("community/logo/<str:name>", LogoView.as_view(), name="community_logo"),
    path("connection/", include("live.urls")),
    path("admin/", admin.site.urls),
]
