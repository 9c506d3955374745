"""The addresses of programs, and of the pages about them."""

from typing import Any

from django.urls import include, path

from integrations.api.service import PREFIX, openapi, service
from integrations.views import bots
from integrations.views.api import ApiView
from integrations.views.tokens import TokenRevokeView, TokensView

# What the noun files say; the page of all of them at the root is ours.
nouns: list[Any] = [one for one in service.urls[0] if getattr(one, "name", "") != "api-root"]
for one in nouns:
    # Files may be as large as the settings say (site_config/bodies.py).
    one.callback.takes_files = one.name == "upload_file"
    one.callback.gives_files = one.name == "get_content"

urlpatterns = [
    path(PREFIX.lstrip("/") + "openapi.json", openapi, name="openapi"),
    path(PREFIX.lstrip("/"), include((nouns, "api"))),
    path("api/", ApiView.as_view(), name="api"),
    path("accounts/tokens/", TokensView.as_view(), name="tokens"),
    path("accounts/tokens/<int:pk>/revoke/", TokenRevokeView.as_view(), name="token_revoke"),
    path("accounts/bots/", bots.BotsView.as_view(), name="bots"),
    path("accounts/bots/<int:pk>/", bots.BotView.as_view(), name="bot"),
    path("accounts/bots/<int:pk>/picture/", bots.BotPictureView.as_view(), name="bot_picture"),
    path("accounts/bots/<int:pk>/rooms/", bots.BotRoomsView.as_view(), name="bot_rooms"),
    path("accounts/bots/<int:pk>/rooms/<int:place>/", bots.BotRoomView.as_view(), name="bot_room_leave"),
    path("accounts/bots/<int:pk>/switch/", bots.BotSwitchView.as_view(), name="bot_switch"),
    path("accounts/bots/<int:pk>/delete/", bots.BotDeleteView.as_view(), name="bot_delete"),
    path("accounts/bots/<int:pk>/tokens/", bots.BotTokensView.as_view(), name="bot_tokens"),
    path(
        "accounts/bots/<int:pk>/tokens/<int:token_pk>/",
        bots.BotTokenRevokeView.as_view(),
        name="bot_token_revoke",
    ),
]
