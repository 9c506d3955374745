"""Who asks, before any view: nobody at all yet, somebody new, or somebody with a time zone."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from hypermedia.local_times import EDGE, fill

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class FirstRunMiddleware:
    """Lead every address of an empty site to the form that founds the community."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Ask whether there is anybody, unless somebody is signed in."""
        if self._is_exempt(request.path) or request.user.is_authenticated or Person.objects.exists():
            return self.get_response(request)
        return redirect("welcome")

    @staticmethod
    def _is_exempt(path: str) -> bool:
        return path == reverse("welcome") or path.startswith(settings.STATIC_URL)


class PersonMiddleware:
    """Answer signed-in people in their own time zone, and let nothing keep a copy of it.

    What is on a page for readers in all zones is filled in for theirs.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate the person's zone while their page is made; `no-store` unless the view said otherwise."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(request.user.zone):
            response = self.get_response(request)
            fill_in_times(response)
        # A page restored from the browser's back/forward cache would keep a dead socket.
        response.setdefault("Cache-Control", "no-store")
        return response


def fill_in_times(response: HttpResponseBase) -> None:
    """Put the times of the current zone in the place of the marks of a page; a file may hold anything."""
    if not isinstance(response, HttpResponse) or not response["Content-Type"].startswith("text/html"):
        return
    if EDGE.encode() in response.content:
        response.content = fill(response.content.decode(), timezone.get_current_timezone()).encode()
