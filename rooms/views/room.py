"""One room by HTTP: a page, and to htmx the part of it that changes."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View

from accounts.access import PersonRequest
from accounts.fragments import people
from live.presence import present
from rooms import access, actions, fragments
from rooms.models import Room
from rooms.models.message import Shown
from rooms.views.see_other import SeeOther


class RoomView(LoginRequiredMixin, View):
    """One room: its newest page, an older one, and the composer's other door."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page; with `before`, the page of messages older than that one, which htmx gets alone."""
        room, joined = access.room_and_place(request.user, slug)
        if not joined:
            return render(request, "rooms/room_outside.html", {"room": room})
        before = cursor_in(request)
        page, more = fragments.page_of(room, before)
        if before and request.htmx:
            return HttpResponse(fragments.older(page, more))
        return self.page(request, room, page, more, {"before": before})

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Post without a script; what cannot be posted comes back in the box."""
        membership = access.membership(request.user.pk, slug)
        text = request.POST.get("body", "")
        try:
            actions.post_message(membership, text, request.POST.get("token", ""))
        except actions.Rejected as rejected:
            context = {"error": str(rejected), "draft": text}
            return self.page(
                request, membership.room, *fragments.page_of(membership.room), context, status=422
            )
        return SeeOther(membership.room.get_absolute_url() + "#newest")

    def page(
        self,
        request: PersonRequest,
        room: Room,
        page: list[Shown],
        more: bool,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> HttpResponse:
        """The whole page of a room; `context` says what is particular about it."""
        context |= {
            "room": room,
            "current_slug": room.slug,
            "rows": fragments.rows(page),
            "oldest": page[0].pk if more and page else "",
            "first": page[0] if page and not page[0].starts_day else None,
            "here": people("here", present()[room.group]),
            "token": fragments.new_token(),
        }
        return render(request, "rooms/room.html", context, status=status)


def cursor_in(request: PersonRequest) -> int | None:
    """The id in `before`, or nothing where that is no id."""
    before = request.GET.get("before", "")
    return int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
