"""The Atom feed of a room, by HTTP: a member makes it, and a program reads it."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from notifications import member_feeds
from notifications.views import SHOWN_ONCE
from notifications.way_views import atom_response, show_once
from rooms import access


class MemberFeedChangeView(LoginRequiredMixin, View):
    """The address of one's feed of a room."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Whether there is one; and its address, once."""
        membership = access.membership(request.user.pk, slug)
        context = {
            "room": membership.room, "current_slug": slug, "feed": member_feeds.feed_of(membership),
            "shown_once": request.session.pop(SHOWN_ONCE, None),
        }  # fmt: skip
        return render(request, "notifications/member_feed.html", context)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Ended; or made anew, and shown on the next page."""
        membership = access.membership(request.user.pk, slug)
        if request.POST.get("do") == "revoke":
            member_feeds.revoke(membership)
            messages.success(request, _("Your feed has ended."))
        else:
            address = member_feeds.make_address(membership, timezone.now())
            show_once(request, _("The address of your feed"), address)
        return SeeOther(reverse("member_feed_change", args=[slug]))


class MemberFeedView(View):
    """A room as Atom, for whoever has the address: a reader signs in nowhere."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponseBase:
        """All of it, or 304 where the reader has it already."""
        return atom_response(request, member_feeds.written(member_feeds.feed_at(secret)))
