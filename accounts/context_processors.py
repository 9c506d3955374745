"""What every page may show of the community and its people."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html

from accounts import ways_in
from accounts.appearance import theme_colour
from accounts.models import Community
from accounts.page_context import page_context


def page_surroundings(request: HttpRequest) -> dict[str, Any]:
    """`community` and its `logo`, `outcome`, `online`, `folded`, and one's own, when a page names them.

    And `zone`, as an address has it: the time zone in which the page shows times; `sign_in_by`, the providers
    by which one signs in, whether by nothing else, and whether by codes that are mailed.
    """
    its = page_context(request)
    return {
        "community": SimpleLazyObject(lambda: its.community),
        "outcome": SimpleLazyObject(lambda: its.outcome),
        "online": SimpleLazyObject(lambda: its.online),
        "own_picture": SimpleLazyObject(lambda: its.own_picture),
        "theme_colour": SimpleLazyObject(lambda: theme_colour(getattr(request.user, "appearance", ""))),
        "folded": SimpleLazyObject(lambda: its.folded),
        "sign_in_by": ways_in.providers(),
        "sign_in_by_code": ways_in.by_code(),
        "sign_in_only_by_provider": ways_in.only_by_provider(),
        "zone": quote(str(timezone.get_current_timezone())),
        "logo": SimpleLazyObject(lambda: logo(its.community)),
    }


def logo(community: Community) -> str:
    """The picture that stands for the community; nothing where it has none."""
    if not community.logo:
        return ""
    return format_html('<img class="logo" src="{}" alt="" width="24" height="24">', community.logo_url)
