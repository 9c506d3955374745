"""What one wants of one's rooms, by HTTP: how much one hears of one, favourites, how the side is."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.access import PersonRequest
from accounts.models import Person
from hypermedia.responses import SeeOther
from rooms import access
from rooms.actions.involvement import (
    fold_section,
    order_side,
    read_room,
    set_favourite,
    set_involvement,
    set_told,
)
from rooms.models import Membership
from rooms.models.values import SECTIONS

Involvement = Membership.Involvement
# What each means, in the words of somebody who chooses.
MEANINGS = {
    Involvement.EVERYTHING: gettext_lazy("Its badge counts each new message."),
    Involvement.MENTIONS: gettext_lazy(
        "Its badge shows when somebody names you, answers you, or calls the room."
    ),
    Involvement.NOTHING: gettext_lazy(
        "It has no badge, and is paler. What is meant for you still counts under Mentions."
    ),
    Involvement.HIDDEN: gettext_lazy(
        "It is not at the side, until somebody names you, answers you, or calls the room."
    ),
}
# In a direct conversation every message is meant for everybody.
DIRECT_MEANINGS = {
    Involvement.EVERYTHING: MEANINGS[Involvement.EVERYTHING],
    Involvement.NOTHING: gettext_lazy("It has no badge, and is paler."),
    Involvement.HIDDEN: gettext_lazy("It is not at the side, until there is a new message."),
}

Told = Membership.Told
TOLD_MEANINGS = {
    Told.USUAL: gettext_lazy(
        "What is meant for you, as you chose for all rooms; nothing, if you chose that above."
    ),
    Told.EVERYTHING: gettext_lazy(
        "Each message, by mail and your other ways, if you have not read it by then."
    ),
    Told.NOTHING: gettext_lazy("No mail, and nothing by another way, whatever is said."),
}


def choices_for(membership: Membership) -> list[tuple[str, str, str]]:
    """What there is to choose: the value, its name, and what it means."""
    is_direct = membership.room.is_direct
    meanings = DIRECT_MEANINGS if is_direct else MEANINGS
    names = {Involvement.HIDDEN: _("Hidden, until there is something new")} if is_direct else {}
    return [(one.value, str(names.get(one, one.label)), str(words)) for one, words in meanings.items()]


class InvolvementView(LoginRequiredMixin, View):
    """How much one hears of a room."""

    def get(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """What there is to choose."""
        return self.page(request, access.membership(request.user.pk, slug))

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Choose, as `involvement` says."""
        membership = access.membership(request.user.pk, slug)
        chosen = request.POST.get("involvement", "")
        told = request.POST.get("told", membership.told)
        if chosen not in {value for value, *_words in choices_for(membership)} or told not in Told.values:
            return self.page(request, membership, _("Choose one of these."))
        set_involvement(membership, Involvement(chosen))
        if told != membership.told:
            set_told(membership, Told(told))
        messages.success(request, _("Saved."))
        return SeeOther(reverse("involvement", args=[slug]))

    def page(self, request: PersonRequest, membership: Membership, problem: str = "") -> HttpResponse:
        """The page, with what is wrong."""
        context = {
            "room": membership.room,
            "current_slug": membership.room.slug,
            "membership": membership,
            "choices": choices_for(membership),
            "told": [(one.value, one.label, words) for one, words in TOLD_MEANINGS.items()],
            "problem": problem,
            "unread": max(0, membership.room.posts - membership.read),
        }
        return render(request, "rooms/involvement.html", context, status=422 if problem else 200)


class FavouriteView(LoginRequiredMixin, View):
    """A room as a favourite."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """It is one, unless `favourite` is "no"."""
        membership = access.membership(request.user.pk, slug)
        set_favourite(membership, is_favourite=request.POST.get("favourite") != "no")
        return SeeOther(reverse("involvement", args=[slug]))


class ReadRoomView(LoginRequiredMixin, View):
    """A room, as read, without opening it."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, slug: str) -> HttpResponseBase:
        """Mark it so; the badges go by what every page hears."""
        read_room(access.membership(request.user.pk, slug))
        messages.success(request, _("All of it is read."))
        return SeeOther(reverse("involvement", args=[slug]))


class SideSectionView(LoginRequiredMixin, View):
    """A section of the side."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, section: str) -> HttpResponseBase:
        """It is `folded`, or open, on every device."""
        if section not in SECTIONS:
            raise access.NotFound
        fold_section(request.user, section, is_open=request.POST.get("folded") != "true")
        return HttpResponse(status=204) if request.htmx else SeeOther(reverse("rooms"))


class SideOrderView(LoginRequiredMixin, View):
    """The order of the rooms at the side."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Keep `order`, on every device."""
        order = request.POST.get("order", "")
        if order not in Person.SideOrder.values:
            return HttpResponse(_("There is no such order."), status=422, content_type="text/plain")
        order_side(request.user, Person.SideOrder(order))
        return SeeOther(reverse("rooms"))
