"""The history of a room by HTTP: from any message, any day, up and down."""

import datetime
from collections.abc import Callable
from functools import partial

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views import View

from accounts.access import PersonRequest
from accounts.page_context import page_context
from hypermedia import precompiled
from hypermedia.locales import current_locale
from rooms import access
from rooms.models import Membership, Room
from rooms.render import history
from rooms.render.names import room_heading
from rooms.views.panel import follow_address
from rooms.views.parameters import whole_number


class HistoryView(LoginRequiredMixin, View):
    """A stretch of a room's history, that can be read on at both of its ends."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The messages around one, before or after one, of a day, or the newest; to htmx what comes next."""
        membership = access.membership(request.user.pk, slug)
        room = membership.room
        at = {name: whole_number(request.GET.get(name, "")) for name in ("around", "before", "after")}
        if request.GET.get("date"):
            return self.go_to_day(room, request.GET["date"])
        if at["before"]:
            back_to = at["before"] if "top" in request.GET else None
            read_on = partial(history.older_fragments, back_to=back_to)
            return self.read_on(request, membership, history.range_before(room, at["before"]), read_on)
        if at["after"]:
            return self.read_on(
                request, membership, history.range_after(room, at["after"]), history.newer_fragments
            )
        if not at["around"]:
            return history_page(request, membership, history.newest_range(room))
        return history_page(
            request, membership, range_around_message(request, room, at["around"]), marked=at["around"]
        )

    def go_to_day(self, room: Room, text: str) -> HttpResponseBase:
        """Lead to the first message of a day; to the newest where that is no day."""
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError:
            return redirect(room)
        first = history.first_message_on(room, day)
        return redirect(history.history_url(room.slug, first))

    def read_on(
        self,
        request: PersonRequest,
        membership: Membership,
        stretch: history.MessageRange,
        read_on: Callable[[Room, history.MessageRange], str],
    ) -> HttpResponseBase:
        """What to read on with: to htmx alone, and the place in the address; otherwise a page."""
        if not request.htmx:
            return history_page(request, membership, stretch)
        # Whoever leaves and comes back finds the place where they were.
        headers = {}
        if stretch.middle:
            headers = follow_address(request, history.history_url(membership.room.slug, stretch.middle))
        return HttpResponse(read_on(membership.room, stretch), headers=headers)


def range_around_message(request: PersonRequest, room: Room, pk: int) -> history.MessageRange:
    """The message `pk`, or where it would be, among the others."""
    people_revision = page_context(request).community.people_revision
    return history.range_around(room, pk, people_revision, current_locale())


def place_of_menu(html: str) -> str:
    """A menu, after the row of its message: where a script runs, the row's time opens it in a popover.

    The place has the focus in any case, so that the row is in view.
    """
    return f'<li class="menu-place" tabindex="-1" autofocus><noscript>{html}</noscript></li>'


def history_page(
    request: PersonRequest,
    membership: Membership,
    stretch: history.MessageRange,
    *,
    marked: int | None = None,
    menu: str = "",
) -> HttpResponse:
    """The page, with one message marked, and under it `menu`."""
    room = membership.room
    context = {
        "room": room,
        "heading": room_heading(room),
        "current_slug": room.slug,
        "rows": stretch.rows_with(marked, place_of_menu(menu)) if menu else stretch.rows,
        "top_day": stretch.top_day,
        "oldest": stretch.oldest,
        "newest": stretch.newest,
        "marked": marked,
        "day": timezone.localdate(stretch.messages[0].posted_at).isoformat() if stretch.messages else "",
    }
    return precompiled.precompiled_page(request, "rooms/history.html", context)
