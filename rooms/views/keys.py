"""The keys that are there besides those of every page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views import View

from accounts.access import PersonRequest
from rooms.commands import KEYS
from rooms.views.menu import fill_menu


class KeysView(LoginRequiredMixin, View):
    """Which keys there are."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """The page; to htmx the list, in the page's menu."""
        if request.htmx:
            return HttpResponse(fill_menu(render_to_string("rooms/keys.html#shown", {"keys": KEYS}, request)))
        return render(request, "rooms/keys.html", {"keys": KEYS})
