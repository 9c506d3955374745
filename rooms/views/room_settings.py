"""What is set about a room, by HTTP."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.access import PersonRequest
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.rejected import Rejected
from rooms.actions.rooms import archive_room, change_room, delete_room, revive_room
from rooms.forms import RoomSettingsForm
from rooms.models import Membership, Room


def named_room(request: PersonRequest, slug: str) -> Membership:
    """The membership of the current user in a room that has a name. Raises NotFound."""
    membership = access.membership(request.user.pk, slug)
    if membership.room.is_direct:
        raise access.NotFound
    return membership


class RoomSettingsView(LoginRequiredMixin, View):
    """The settings of a room: its moderators change them, its members read them."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """The form, as the room is."""
        membership = named_room(request, slug)
        return self.page(request, membership, RoomSettingsForm(instance=copy_of(membership.room)))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Change it, and say so in the room."""
        membership = named_room(request, slug)
        form = RoomSettingsForm(request.POST, instance=copy_of(membership.room), person=request.user)
        if not form.is_valid():
            return self.page(request, membership, form, status=422)
        try:
            change_room(membership, form.instance, form.changed_data)
        except Rejected as rejected:
            form.add_error(None, str(rejected))
            return self.page(request, membership, form, status=422)
        except IntegrityError:
            form.add_error("slug", _("Another room has just got that address."))
            return self.page(request, membership, form, status=422)
        messages.success(request, _("The room is saved."))
        return SeeOther(reverse("room_settings", args=[form.instance.slug]))

    def page(
        self, request: PersonRequest, membership: Membership, form: RoomSettingsForm, *, status: int = 200
    ) -> HttpResponse:
        """The page, for those who may change something and those who may not."""
        context = {
            "room": membership.room,
            "current_slug": membership.room.slug,
            "form": form,
            "may_moderate": access.moderates(membership),
        }
        return render(request, "rooms/room_settings.html", context, status=status)


def copy_of(room: Room) -> Room:
    """`room` for a form: the page must not show what is not stored."""
    return Room.objects.get(pk=room.pk)


class RoomSwitchView(LoginRequiredMixin, View):
    """Archiving a room, and taking it out of the archive: `archived` says what is meant."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Do it, or say why not."""
        membership = named_room(request, slug)
        try:
            (archive_room if request.POST.get("archived") == "on" else revive_room)(membership)
        except Rejected as rejected:
            messages.error(request, str(rejected))
        return SeeOther(reverse("room_settings", args=[slug]))


class RoomDeleteView(LoginRequiredMixin, View):
    """The end of a room."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Delete it, where its name was typed."""
        membership = named_room(request, slug)
        name = membership.room.name
        try:
            delete_room(membership, request.POST.get("name", ""))
        except Rejected as rejected:
            messages.error(request, str(rejected))
            return SeeOther(reverse("room_settings", args=[slug]))
        messages.success(request, _("%(room)s is deleted.") % {"room": name})
        return SeeOther(reverse("rooms"))
