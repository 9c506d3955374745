"""People by HTTP: all that one may know of, each one's card, and their pictures."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Page, Paginator
from django.db.models.fields.files import FieldFile, FileField
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from accounts import actions
from accounts.access import PersonRequest, visible_person
from accounts.models import Block, Person
from accounts.models.values import stored_pictures
from accounts.page_context import page_context
from hypermedia.fragments import UNLESS_ONE_WRITES, hx_partial
from hypermedia.responses import SeeOther, refusal
from live.frames import storage_problem
from live.presence import AWAY, ONLINE
from rooms.access import is_shown_beside
from rooms.models import Room
from rooms.name_lookup import people_matching
from rooms.views.beside import BesideView, open_beside, room_named
from rooms.views.files import file_response

# People on a page of the directory, and rooms on a card.
PEOPLE_ON_A_PAGE = 50
ROOMS_ON_A_CARD = 20
# The room that a page is about, by its address.
ROOM_PAGE = re.compile(r"/rooms/([^/?#]+)/")


class DirectoryView(LoginRequiredMixin, View):
    """All the people that one may know of."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of them, by name; `q` narrows them down. Three queries at most, whatever their number."""
        query = request.GET.get("q", "").replace("\x00", "").strip()[:60]
        everybody = (
            Person.objects.visible_to(request.user)
            .filter(is_active=True)
            .by_name()
            .values_list("pk", flat=True)
        )
        found = people_matching(request.user, query) if query else everybody
        page: Page[int] = Paginator(found, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
        people = Person.objects.filter(pk__in=list(page)).with_namesakes().by_name()
        present = page_context(request).present
        here, away = present.get(ONLINE, set()), present.get(AWAY, set())
        context = {"page": page, "people": people, "here": here, "away": away, "query": query}
        return render(request, "people/directory.html", context)


class PersonView(BesideView):
    """Somebody's card."""

    def get(self, request: PersonRequest, username: str) -> HttpResponseBase:
        """A page of its own; beside the `room` if that is named; else to htmx what its popover shows."""
        try:
            person = visible_person(request.user, username)
        except Http404:
            if request.htmx:
                return refusal(_("That person is not here."), 404)
            raise
        context = card(request, person)
        if "room" in request.GET:
            return open_beside(request, room_named(request), "people/beside.html", context)
        if request.htmx:
            popover = {"in_popover": True, "beside": current_room(request)}
            html = render_to_string("people/card.html", context | popover, request)
            return HttpResponse(hx_partial(f"{UNLESS_ONE_WRITES}#card", "innerHTML", html))
        return render(request, "people/person.html", context)


def card(request: PersonRequest, person: Person) -> dict[str, Any]:
    """What is shown of somebody to who asks. Three queries at most."""
    rooms = list(Room.objects.in_common(request.user, person)[: ROOMS_ON_A_CARD + 1])
    is_me = person.pk == request.user.pk
    return {
        "person": person,
        "is_me": is_me,
        "is_here": person.pk in page_context(request).present.get(ONLINE, ()),
        "is_away": person.pk in page_context(request).present.get(AWAY, ()),
        "is_blocked": not is_me and person.pk in Block.objects.blocked_by(request.user),
        "rooms": rooms[:ROOMS_ON_A_CARD],
        "has_more_rooms": len(rooms) > ROOMS_ON_A_CARD,
        "room_of_mention": room_of_mention(request, rooms),
        "now": timezone.localtime(timezone=person.zone or timezone.get_default_timezone()),
    }


def room_of_mention(request: PersonRequest, rooms: list[Room]) -> Room | None:
    """Where somebody would be mentioned: in the room that the page is about, or the first of `rooms`."""
    slug = request.GET.get("room") or current_room(request)
    return next((room for room in rooms if room.slug == slug), rooms[0] if rooms else None)


def current_room(request: PersonRequest) -> str:
    """The slug of the room that the page is about from which htmx asks; an empty text where there is none."""
    current = ROOM_PAGE.match(request.htmx.current_url_abs_path or "")
    return current[1] if current else ""


class BlockView(LoginRequiredMixin, View):
    """Whether one wants to hear of somebody."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, username: str) -> HttpResponseBase:
        """`blocked` is on or off; then back to where one was."""
        person = visible_person(request.user, username)
        try:
            if request.POST.get("blocked") == "off":
                actions.unblock(request.user, person)
                said = _("You see what %(name)s writes again.")
            else:
                actions.block(request.user, person)
                said = _("You blocked %(name)s: what they write is folded.")
            messages.success(request, said % {"name": person.name})
        except actions.Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(came_from(request) or person.get_absolute_url())


def came_from(request: PersonRequest) -> str:
    """The page of ours that a form was on, as the browser says; an empty text where it does not."""
    address = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""


class AvatarView(LoginRequiredMixin, View):
    """Somebody's picture, or one that a program shows as its own: a new one has another address."""

    gives_files = True
    http_method_names = ("get", "head")
    is_large = False

    def get(self, request: PersonRequest, name: str) -> HttpResponseBase:
        """Always a WebP: we made it."""
        if storage_problem(name) or not name:
            raise Http404
        if not _may_see(request.user, name):
            raise Http404
        small, large = stored_pictures(name)
        picture = FieldFile(request.user, FileField(), large if self.is_large else small)
        return file_response(request, picture, "image/webp")


def _may_see(viewer: Person, picture: str) -> bool:
    """Whether it is of somebody whom `viewer` may know, or beside what they may read. Two queries at most."""
    people = Person.objects.visible_to(viewer)
    return people.filter(avatar=picture).exists() or is_shown_beside(viewer.pk, picture)
