"""What a page of Parley is measured against, on the same server, behind the same middleware."""

from functools import lru_cache

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views import View

from accounts.access import PersonRequest
from rooms import fragments, rows
from rooms.views import RoomView, SeeOther


@lru_cache
def content(size: int) -> bytes:
    """So many bytes."""
    return b"." * size


class BareView(LoginRequiredMixin, View):
    """So many bytes for somebody who is signed in: a session, a person, and no more."""

    def get(self, request: HttpRequest, size: int) -> HttpResponse:
        """The bytes."""
        return HttpResponse(content(size))

    def post(self, request: HttpRequest, size: int) -> HttpResponse:
        """Look there: a form was sent, its token checked, and nothing done."""
        return SeeOther("/")


class TemplatedRoomView(RoomView):
    """The page of a room with each of its rows rendered by the template, for each request."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The page, with no row kept from before."""
        rows._rows.kept.clear()
        fragments.kept_page.cache_clear()
        return super().get(request, slug)
