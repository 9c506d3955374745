"""The history of a room by HTTP: from any message, any day, up and down."""

import datetime
from collections.abc import Callable

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from accounts.access import PersonRequest
from rooms import access, history
from rooms.models import Room
from rooms.views.room import whole_number


class HistoryView(LoginRequiredMixin, View):
    """A stretch of a room's history, that can be read on at both of its ends."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The messages around one, before or after one, of a day, or the newest; to htmx what comes next."""
        room = access.membership(request.user.pk, slug).room
        at = {name: whole_number(request.GET.get(name, "")) for name in ("around", "before", "after")}
        if request.GET.get("date"):
            return self.go_to_day(room, request.GET["date"])
        if at["before"]:
            stretch = history.before(room, at["before"])
            return self.answer(request, room, stretch, history.older)
        if at["after"]:
            stretch = history.after(room, at["after"])
            return self.answer(request, room, stretch, history.newer)
        if not at["around"]:
            return self.page(request, room, history.newest(room))
        return self.page(request, room, history.around(room, at["around"]), at["around"])

    def go_to_day(self, room: Room, text: str) -> HttpResponseBase:
        """Lead to the first message of a day; to the newest where that is no day."""
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError:
            return redirect(room)
        first = history.first_on(room, day)
        return redirect(place_of(room.slug, first))

    def answer(
        self,
        request: PersonRequest,
        room: Room,
        stretch: history.Stretch,
        read_on: Callable[[Room, history.Stretch], str],
    ) -> HttpResponseBase:
        """What to read on with: to htmx alone, and the place in the address; otherwise a page."""
        if not request.htmx:
            return self.page(request, room, stretch)
        response = HttpResponse(read_on(room, stretch))
        if stretch.messages:
            # Whoever leaves and comes back finds the place where they were.
            middle = stretch.messages[len(stretch.messages) // 2]
            response["HX-Replace-Url"] = place_of(room.slug, middle.pk)
        return response

    def page(
        self, request: PersonRequest, room: Room, stretch: history.Stretch, marked: int | None = None
    ) -> HttpResponse:
        """The page, with one message marked."""
        context = {
            "room": room,
            "current_slug": room.slug,
            "stretch": stretch,
            "oldest": stretch.oldest,
            "newest": stretch.newest,
            "marked": marked,
            "day": stretch.messages[0].day if stretch.messages else None,
        }
        return render(request, "rooms/history.html", context)


def place_of(slug: str, pk: int) -> str:
    """The address of a message in its room's history."""
    return f"{reverse('history', args=[slug])}?around={pk}#message-{pk}"
