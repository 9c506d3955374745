"""The feeds of a room, by HTTP: for its moderators."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from integrations.actions.feeds import add_feed, remove_feed
from integrations.models import IncomingFeed
from rooms import access
from rooms.actions.rejected import Rejected
from rooms.models import Membership
from rooms.views.parameters import whole_number

is_address = URLValidator(schemes=["https", "http"])


class RoomFeedsView(LoginRequiredMixin, View):
    """All of them, and another; `remove` names one that is read no longer."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page."""
        return self.page(request, self.moderated(request, slug))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Add one, or remove it."""
        membership = self.moderated(request, slug)
        url = request.POST.get("url", "").strip()
        try:
            if "remove" in request.POST:
                remove_feed(membership, self.feed(membership, request.POST["remove"]))
                messages.success(request, _("It is read here no longer."))
            else:
                is_address(url)
                add_feed(membership, url)
                messages.success(request, _("It is read here: what is new in it from now on is said."))
        except ValidationError:
            return self.page(request, membership, url=url, error=_("That is no address of the web."))
        except Rejected as rejected:
            return self.page(request, membership, url=url, error=str(rejected))
        return SeeOther(reverse("room_feeds", args=[slug]))

    def moderated(self, request: PersonRequest, slug: str) -> Membership:
        """The membership of a moderator of a room that has a name. Raises NotFound."""
        membership = access.membership(request.user.pk, slug)
        if membership.room.is_direct or not access.moderates(membership):
            raise access.NotFound
        return membership

    def feed(self, membership: Membership, pk: str) -> IncomingFeed:
        """A feed of that room. One query. Raises NotFound."""
        found = IncomingFeed.objects.filter(room=membership.room_id, pk=whole_number(pk) or 0).first()
        if found is None:
            raise access.NotFound
        return found

    def page(
        self, request: PersonRequest, membership: Membership, url: str = "", error: str = ""
    ) -> HttpResponseBase:
        """The page, with what was wrong."""
        feeds = IncomingFeed.objects.filter(room=membership.room_id).select_related("bot").order_by("pk")
        context = {
            "room": membership.room, "current_slug": membership.room.slug, "feeds": feeds, "url": url,
            "error": error,
        }  # fmt: skip
        return render(request, "integrations/feeds.html", context, status=422 if error else 200)
