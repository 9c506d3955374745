"""Rooms, by HTTP, as those see them who run the community."""

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import PersonRequest
from administration import access
from administration.access import Administers
from administration.actions import let_new_people_find
from administration.paging import page_of, words_in
from hypermedia.responses import SeeOther
from rooms.models import Membership, Message, Room


class RoomsView(Administers):
    """Every room that has a name, a page at a time; `q` narrows them down."""

    http_method_names = ("get",)

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """A page of them."""
        query = words_in(request)
        members = Membership.objects.filter(room=OuterRef("pk")).values("room").annotate(count=Count("pk"))
        last = Message.objects.filter(room=OuterRef("pk"), removed_at=None).order_by("-pk")
        found = Room.objects.exclude(kind=Room.Kind.DIRECT).by_name().annotate(
            count=Coalesce(Subquery(members.values("count")), 0),
            last=Subquery(last.values("posted_at")[:1]),
        )  # fmt: skip
        for word in query.split():
            found = found.filter(Q(name__icontains=word) | Q(topic__icontains=word) | Q(slug__icontains=word))
        return render(request, "administration/rooms.html", {"page": page_of(request, found), "query": query})


class RoomView(Administers):
    """Whether new people find a room."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """`found` says so."""
        room, found = access.room(slug), request.POST.get("found") == "on"
        let_new_people_find(request.user, room, found)
        if found:
            said = _("Who comes in from now on will find it: %(room)s.")
        else:
            said = _("Who comes in from now on will do not find it: %(room)s.")
        messages.success(request, said % {"room": room.name})
        return SeeOther(reverse("administration_rooms"))
