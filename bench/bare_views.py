"""What a page of Parley is measured against, on the same server, behind the same middleware."""

from functools import lru_cache

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.safestring import SafeString
from django.views import View

from accounts.access import PersonRequest
from hypermedia.locales import current_locale
from hypermedia.responses import SeeOther
from rooms import access
from rooms.render import message, room_page
from rooms.render.pieces import pieces_of
from rooms.views.room import RoomView


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
        """The newest page, with no row kept from before or drawn in advance."""
        room, _ = access.room_and_place(request.user, slug)
        messages, more = room_page.read_page(room)
        pieces = pieces_of(messages)
        html = "".join(message.draw_row(one, pieces[one.pk]) for one in messages)
        page = room_page.render_page(messages, more, SafeString(html)).filled(current_locale())
        return self.page(request, room, page, is_newest=True)
